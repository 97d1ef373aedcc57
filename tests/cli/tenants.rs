//! Tenants: what belongs to one is never seen by another, whatever their names have in common.

use crate::machine::{DEMO_END, Machine, column, demo, minutes, number, text};
use std::fs;

/// Names of which each is the beginning of others, and which sort around any separator.
const NAMES: [&str; 5] = ["a", "ab", "a-b", "a_b", "a0"];

/// What stands in everything of a tenant and nowhere else.
fn canary(tenant: &str) -> String {
    let letters: String = tenant
        .bytes()
        .flat_map(|b| [b'q' + b % 5, b'a' + b % 16, b'a' + b / 16])
        .map(char::from)
        .collect();
    format!("canary{letters}end")
}

/// The log of birch, as if each tenant had a birch of its own.
fn log_of(tenant: &str) -> String {
    let log = fs::read_to_string(demo("birch.log")).expect("the demo");
    let canary = canary(tenant);
    log.replace("birch", &format!("birch-{canary}"))
        .replace("error: UNC", &format!("error: UNC {canary}"))
        .lines()
        .filter(|l| l.contains("kernel") || l.contains("postgres"))
        .map(|l| format!("{l} {canary}\n"))
        .collect()
}

/// Five tenants in one store, each with a memory.
fn shared() -> Machine {
    let machine = Machine::new();
    for tenant in NAMES {
        let log = machine.file(&format!("{tenant}/{}.log", canary(tenant)), log_of(tenant));
        machine.ok(&["--tenant", tenant, "ingest", &log]);
    }
    for tenant in NAMES {
        let of = ["--tenant", tenant, "--as-of", DEMO_END];
        let listed = machine.json(&[&of[..], &["candidates"]].concat());
        let ids = column(&listed["results"], "candidate_id");
        let title = format!("What happened to {}", canary(tenant));
        machine.ok(&[&of[..], &["promote", &ids[0], "--title", &title]].concat());
        let last = &ids[ids.len() - 1];
        machine.ok(&[&of[..], &["review", last, "useful", "--notes", &title]].concat());
    }
    machine
}

#[test]
fn no_command_of_one_tenant_shows_anything_of_another() {
    let machine = shared();
    for tenant in NAMES {
        let of = |args: &[&str]| {
            let all = [&["--tenant", tenant, "--as-of", DEMO_END], args].concat();
            machine.run(&all)
        };
        let ids = |args: &[&str], list: &str, name: &str| {
            let answer = of(&[args, &["--format", "json"]].concat()).exits(0).json();
            column(&answer[list], name)
        };
        let words = |all: &[&[&str]]| -> Vec<Vec<String>> {
            let owned = |args: &&[&str]| args.iter().map(ToString::to_string).collect();
            all.iter().map(owned).collect()
        };
        let mut telling = words(&[
            &["candidates", "--limit", "0"],
            &["signatures", "--limit", "0"],
            &["events", "--limit", "0"],
            &["events", "--limit", "0", "--raw"],
            &["events", "canary"],
            &["digest", "--since", "14d", "--limit", "0"],
            &["incidents"],
            &["incidents", "canary", "what", "happened"],
            &["review"],
            &["status"],
        ]);
        // What may have nothing to say, or not in every format.
        let other = words(&[
            &["config"],
            &["digest", "--exceptions-only", "--dry-run"],
            &["events", "--malformed", "--limit", "0"],
            &["incidents", "--export"],
            &["prune", "--dry-run"],
            &["replay"],
            &["replay", "--reparse"],
            &["replay", "--suggest"],
            &["signatures", "--overrules"],
        ]);
        let subjects = [
            ids(&["candidates", "--limit", "0"], "results", "candidate_id"),
            ids(&["signatures", "--limit", "3"], "results", "signature_id"),
            ids(&["events", "UNC", "--limit", "2"], "results", "event_id"),
            ids(&["incidents"], "results", "incident_memory_id"),
        ];
        for id in subjects.concat() {
            telling.extend(words(&[
                &["explain", &id],
                &["export", &id],
                &["related", &id, "--limit", "100"],
            ]));
        }
        let told = telling.len();
        for (n, command) in telling.into_iter().chain(other).enumerate() {
            for format in ["table", "json"] {
                let args: Vec<&str> = command.iter().map(String::as_str).collect();
                let run = of(&[&args[..], &["--format", format, "--wide"]].concat());
                let done = run.code == Some(0);
                assert!(done || n >= told || args[0] == "export", "{run:?}");
                let all = format!("{}{}", run.out(), run.err());
                for other in NAMES.iter().filter(|other| **other != tenant) {
                    assert!(
                        !all.contains(&canary(other)),
                        "{tenant} sees {other}: {}",
                        run.said
                    );
                }
                assert!(
                    n >= told || !done || all.contains(&canary(tenant)),
                    "{tenant} misses its own: {}",
                    run.said
                );
            }
        }
    }
}

#[test]
fn ids_of_one_tenant_lead_another_nowhere() {
    let machine = shared();
    let ask = |tenant: &str, args: &[&str]| {
        machine.run(&[&["--tenant", tenant, "--as-of", DEMO_END], args].concat())
    };
    let first = |command: &[&str], name: &str| {
        let answer = ask("ab", &[command, &["--format", "json"]].concat()).json();
        column(&answer["results"], name)[0].clone()
    };
    let ids = [
        first(&["candidates"], "candidate_id"),
        first(&["signatures", "canary"], "signature_id"),
        first(&["events"], "event_id"),
        first(&["incidents"], "incident_memory_id"),
    ];
    for stranger in ["a", "a-b", "nobody"] {
        for id in &ids {
            for command in ["explain", "related"] {
                let run = ask(stranger, &[command, id]).exits(1);
                assert!(!run.err().contains("canary"), "{}", run.err());
            }
        }
        ask(stranger, &["promote", &ids[0]]).exits(1);
        ask(stranger, &["review", &ids[1], "noise"]).exits(1);
        ask(stranger, &["events", "--signature", &ids[1]]).exits(1);
    }
}

#[test]
fn a_tenant_reads_a_file_whether_or_not_another_did() {
    let machine = Machine::new();
    let log = demo("alder.log");
    for tenant in ["a", "ab"] {
        let answer = machine.json(&["--tenant", tenant, "ingest", &log]);
        assert_eq!(answer["ingested"], 1488, "{tenant}");
    }
    for tenant in ["a", "ab"] {
        let counts = &machine.json(&["--tenant", tenant, "status"])["counts"];
        assert_eq!(counts["events"], 1488, "{tenant}");
        assert_eq!(counts["hosts"], 1, "{tenant}");
    }
}

#[test]
fn what_a_tenant_is_told_does_not_depend_on_others() {
    let alone = Machine::new();
    alone.ok(&["--tenant", "a", "ingest", &demo("")]);
    let beside = Machine::new();
    beside.ok(&["--tenant", "ab", "ingest", &demo("birch.log")]);
    beside.ok(&["--tenant", "a", "ingest", &demo("")]);
    beside.ok(&["--tenant", "0", "ingest", &demo("alder.log")]);
    for command in ["candidates", "signatures"] {
        let args = [
            "--tenant", "a", "--as-of", DEMO_END, command, "--limit", "0",
        ];
        assert!(alone.json(&args) == beside.json(&args), "{command}");
    }
}

#[test]
fn a_tenant_named_in_a_log_is_only_text() {
    let machine = Machine::new();
    let line = "{\"time\":\"2026-03-02T00:00:00Z\",\"tenant\":\"ab\",\"tenant_id\":\"ab\",\"message\":\"hello\"}\n";
    let log = machine.file("app.json", line);
    machine.ok(&[
        "--tenant",
        "a",
        "ingest",
        &log,
        &text(&machine.path("app.json")),
    ]);
    let none = machine.json(&["--tenant", "ab", "events"]);
    assert_eq!(none["results"].as_array().map(Vec::len), Some(0));
    let events = machine.json(&["--tenant", "a", "events"]);
    assert_eq!(column(&events["results"], "tenant_id"), ["a"]);
}

/// A machine whose configuration says whose records are.
fn routed() -> Machine {
    let machine = Machine::new();
    let rules = r#"
        tenant = "home"
        [[route]]
        path = "*/client-a/*"
        tenant = "a"
        [[route]]
        host = "b-*"
        tenant = "b"
        [[route]]
        field = "customer"
        value = "acme*"
        tenant = "acme"
    "#;
    machine.file("config/brainstem/config.toml", rules);
    machine
}

fn raw_of(machine: &Machine, tenant: &str) -> String {
    let raw = machine.ok(&["events", "--raw", "--limit", "0", "--tenant", tenant]);
    raw.out()
}

#[test]
fn the_configuration_says_whose_records_are() {
    let machine = routed();
    let of_a = minutes("web-1", 0..4);
    let (of_b, of_home) = (minutes("b-1", 0..3), minutes("c-1", 0..5));
    machine.file("logs/client-a/app.log.1", &of_a);
    machine.file("logs/client-a/app.log", "");
    let trace = "2026-03-02T00:09:00+00:00 b-1 app[1]: failed\n  at one\n";
    machine.file("logs/mixed.log", format!("{of_b}{of_home}{trace}"));
    let customer = |name: &str| {
        format!(
            "{{\"time\":\"2026-03-02T00:00:00Z\",\"level\":\"info\",\"message\":\"m\",\"customer\":\"{name}\"}}\n"
        )
    };
    let (acme, other) = (customer("acme-7"), customer("a"));
    machine.file("logs/app.json", format!("{acme}{other}"));
    let logs = text(&machine.path("logs"));
    let run = machine.ok(&["ingest", &logs]);
    let run = run.says("4 of the events belong to a,");
    run.says("4 of the events belong to b,");
    for _ in 0..2 {
        assert_eq!(raw_of(&machine, "a"), of_a);
        assert_eq!(raw_of(&machine, "b"), format!("{of_b}{trace}"));
        assert_eq!(raw_of(&machine, "acme"), acme);
        assert_eq!(raw_of(&machine, "home"), format!("{other}{of_home}"));
        // Again: nothing new, for nobody.
        machine.ok(&["ingest", &logs]);
    }
    // More for the same: sources and what is known of them stay one each.
    let mixed = text(&machine.path("logs/mixed.log"));
    machine.append(&mixed, minutes("b-1", 3..6));
    machine.ok(&["ingest", &logs]);
    let status = machine.json(&["status", "--tenant", "b"]);
    assert_eq!(column(&status["sources"], "name"), [mixed]);
    assert_eq!(number(&status["sources"][0]["coverage"]["lines_read"]), 7);
    assert_eq!(number(&status["counts"]["events"]), 7);
    let events = machine.json(&["events", "--tenant", "b", "--limit", "1"]);
    assert_eq!(events["results"][0]["tenant_id"], "b");
    assert_eq!(events["results"][0]["host"], "b-1");
    assert!(
        events["results"][0]["source_name"]
            .as_str()
            .is_some_and(|s| s.ends_with("mixed.log"))
    );
    // Who names a tenant means it.
    machine.ok(&["ingest", "--tenant", "all", &logs]);
    assert_eq!(
        number(&machine.json(&["status", "--tenant", "all"])["counts"]["events"]),
        18
    );
}

#[test]
fn a_rule_that_makes_no_sense_is_refused() {
    let rules = [
        "[[route]]\ntenant = \"a\"",
        "[[route]]\npath = \"*\"",
        "[[route]]\npath = \"*\"\nhost = \"*\"\ntenant = \"a\"",
        "[[route]]\nfield = \"x\"\ntenant = \"a\"",
        "[[route]]\npath = \"*\"\ntenant = \"../a\"",
        "[[route]]\npath = \"[\"\ntenant = \"a\"",
        "[[route]]\npaht = \"*\"\ntenant = \"a\"",
    ];
    for rule in rules {
        let machine = Machine::new();
        machine.file("config/brainstem/config.toml", rule);
        machine.run(&["status"]).exits(2).says("config.toml");
    }
}

#[test]
fn all_tenants_are_told_of_side_by_side_when_asked_for() {
    let machine = shared();
    let names = machine.json(&["status", "--all-tenants"]);
    let names = column(&names["tenants"], "tenant_id");
    assert!(names.len() > 1, "{names:?}");
    for command in ["candidates", "signatures", "events", "incidents", "digest"] {
        let all = machine.json(&[command, "--all-tenants"]);
        assert_eq!(column(&all["tenants"], "tenant_id"), names, "{command}");
        let list = if command == "digest" {
            "items"
        } else {
            "results"
        };
        let mut expected = Vec::new();
        for name in &names {
            let own = machine.json(&[command, "--tenant", name]);
            for row in own[list].as_array().expect("a list") {
                let mut row = row.clone();
                row["tenant_id"] = name.as_str().into();
                expected.push(row);
            }
        }
        let rows = all[list].as_array().expect("a list");
        assert_eq!(rows.len(), expected.len(), "{command}");
        if command != "digest" {
            assert!(*rows == expected, "{command}");
        }
        for format in ["table", "markdown", "csv", "ndjson", "html"] {
            machine.ok(&[command, "--all-tenants", "--format", format]);
        }
    }
    let page = machine.ok(&["digest", "--all-tenants"]).out();
    names
        .iter()
        .for_each(|n| assert!(page.contains(&format!("Tenant {n}")), "{page}"));
    let lines = machine
        .ok(&["events", "--all-tenants", "--format", "ndjson"])
        .out();
    names
        .iter()
        .for_each(|n| assert!(lines.contains(&format!("\"tenant_id\":\"{n}\""))));
    let metrics = machine
        .ok(&["status", "--all-tenants", "--format", "prometheus"])
        .out();
    assert_eq!(
        metrics.matches("# TYPE brainstem_events ").count(),
        1,
        "{metrics}"
    );
    machine
        .run(&["prune", "--all-tenants"])
        .exits(2)
        .says("--tenant");
}
