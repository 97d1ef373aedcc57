//! Signatures people can trust: what is one stays one, what a person overrules holds, and no id that was shown is ever lost.

use crate::machine::{Machine, column, demo, number};
use serde_json::Value;

/// A line of a service, at a minute of a day of March 2026.
fn line(day: u32, minute: u32, service: &str, message: &str) -> String {
    let (hour, minute) = (minute / 60, minute % 60);
    format!("2026-03-{day:02}T{hour:02}:{minute:02}:00+00:00 web-1 {service}: {message}\n")
}

/// `count` lines, one every ten minutes from midnight.
fn lines(day: u32, count: u32, service: &str, message: &str) -> String {
    (0..count)
        .map(|n| line(day, n * 10, service, message))
        .collect()
}

const AS_OF: [&str; 2] = ["--as-of", "2026-03-16"];

fn asked(machine: &Machine, args: &[&str]) -> Value {
    machine.json(&[&AS_OF, args].concat())
}

fn all(machine: &Machine) -> Value {
    asked(machine, &["signatures", "--limit", "0"])["results"].clone()
}

/// The id of the only signature whose template holds these words.
#[track_caller]
fn id_of(machine: &Machine, words: &str) -> String {
    let found = asked(machine, &["signatures", words]);
    let ids = column(&found["results"], "signature_id");
    assert_eq!(ids.len(), 1, "{words}: {found:#}");
    ids[0].clone()
}

/// Two messages that mean the same to a person and nothing alike to a program, and one that is neither.
fn two() -> (Machine, String, String) {
    let machine = Machine::new();
    let log = [
        lines(2, 30, "modem", "carrier lost on the uplink"),
        lines(3, 12, "modem", "no signal from the provider"),
        lines(3, 7, "modem", "firmware is up to date"),
    ];
    machine.pipe(log.concat(), &["ingest"]).exits(0);
    let ids = (
        id_of(&machine, "carrier lost"),
        id_of(&machine, "no signal"),
    );
    (machine, ids.0, ids.1)
}

/// A quiet service, and a troubled one that says these messages in turn, on six days at no regular times.
fn troubles(messages: &[&str]) -> String {
    let quiet = (2..16).map(|day| lines(day, 140, "poller", "polled all devices"));
    let times = [(2, 500), (5, 61), (6, 1207), (9, 333), (13, 842), (15, 17)];
    let troubled = times.iter().zip(messages.iter().cycle());
    let said = troubled.map(|(&(day, minute), message)| {
        let storm = (0..2).map(|n| line(day, minute + n, "raid", message));
        storm.collect::<String>()
    });
    quiet.chain(said).collect()
}

#[test]
fn merged_signatures_count_as_one_under_both_ids() {
    let (machine, lost, silent) = two();
    let before = all(&machine);
    let told = asked(
        &machine,
        &["signatures", "--merge", &silent, &lost, "--author", "ann"],
    );
    assert_eq!(told["ok"], true);
    assert_eq!(told["overrule"]["author"], "ann");
    // The id of the one seen first stays, whatever the order they were named in.
    assert_eq!(column(&told["results"], "signature_id"), [lost.as_str()]);
    assert_eq!(number(&told["results"][0]["count"]), 42);
    assert_eq!(all(&machine).as_array().map(Vec::len), Some(2));
    for id in [&lost, &silent] {
        let page = asked(&machine, &["explain", id]);
        assert_eq!(page["signature"]["signature_id"], lost.as_str());
        assert_eq!(number(&page["signature"]["count"]), 42);
        assert_eq!(page["aliases"], serde_json::json!([silent]));
        assert_eq!(page["lineage"]["aliases"][0]["why"], "merged");
        assert_eq!(page["lineage"]["overrules"][0]["author"], "ann");
        let events = asked(&machine, &["events", "--signature", id, "--limit", "0"]);
        let of_events = column(&events["results"], "signature_id");
        assert_eq!(of_events.len(), 42);
        assert!(of_events.iter().all(|id| *id == lost));
    }
    assert_eq!(
        number(&machine.json(&["status"])["counts"]["signatures"]),
        2
    );
    // What comes later is counted with it too.
    let more = lines(4, 5, "modem", "no signal from the provider");
    machine.pipe(more, &["ingest"]).exits(0);
    let page = asked(&machine, &["explain", &silent]);
    assert_eq!(number(&page["signature"]["count"]), 47);
    // Undone, everything is as it was, but for what came since.
    let overrule = told["overrule_id"].as_str().expect("an id");
    let undone = asked(
        &machine,
        &["signatures", "--undo", &overrule[..9], "--author", "bob"],
    );
    assert_eq!(undone["overrule"]["undone"]["author"], "bob");
    let after = all(&machine);
    let ids = |rows: &Value| {
        let mut ids = column(rows, "signature_id");
        ids.sort();
        ids
    };
    assert_eq!(ids(&after), ids(&before));
    let events = asked(
        &machine,
        &["events", "--signature", &silent, "--limit", "0"],
    );
    assert_eq!(events["results"].as_array().map(Vec::len), Some(17));
    let listed = machine.json(&["signatures", "--overrules"]);
    assert_eq!(column(&listed["results"], "overrule_id"), [overrule]);
    assert_eq!(listed["results"][0]["undone"]["author"], "bob");
    machine
        .run(&["signatures", "--undo", overrule])
        .exits(2)
        .says("undone");
}

#[test]
fn an_overrule_holds_for_every_time_and_for_its_tenant_alone() {
    let (machine, lost, silent) = two();
    let other = ["--tenant", "client-b"];
    let log = [
        lines(2, 3, "modem", "carrier lost on the uplink"),
        lines(3, 4, "modem", "no signal from the provider"),
    ];
    machine
        .pipe(log.concat(), &[&other[..], &["ingest"]].concat())
        .exits(0);
    asked(&machine, &["signatures", "--merge", &lost, &silent]);
    let of_other = machine.json(&[&other[..], &AS_OF, &["signatures"]].concat());
    assert_eq!(of_other["results"].as_array().map(Vec::len), Some(2));
    let listed = machine.json(&[&other[..], &["signatures", "--overrules"]].concat());
    assert_eq!(listed["results"], serde_json::json!([]));
    // As of the past it holds as it does now, for what there was.
    let past = |as_of: &str| {
        let args = ["--as-of", as_of, "explain", lost.as_str()];
        number(&machine.json(&args)["signature"]["count"])
    };
    assert_eq!(past("2026-03-03T01:00:00Z"), 30 + 6);
    assert_eq!(past("2026-03-03"), 30);
    machine
        .run(&["--as-of", "2026-03-03", "explain", &silent])
        .exits(1);
}

#[test]
fn a_finding_speaks_of_what_was_merged_as_one() {
    let machine = Machine::new();
    let log = troubles(&["link failed: no carrier", "uplink error, reset needed"]);
    machine.pipe(log, &["ingest"]).exits(0);
    let (a, b) = (
        id_of(&machine, "no carrier"),
        id_of(&machine, "reset needed"),
    );
    asked(&machine, &["signatures", "--merge", &a, &b]);
    let found = asked(&machine, &["candidates", "--all", "--limit", "0"]);
    let rows = found["results"].as_array().expect("a list");
    let of_both: Vec<&Value> = rows
        .iter()
        .filter(|c| c["signature_ids"].to_string().contains(&a))
        .collect();
    assert!(!of_both.is_empty(), "{found:#}");
    assert!(
        of_both.iter().any(|c| number(&c["event_count"]) == 12),
        "{found:#}"
    );
    assert!(!found.to_string().contains(&b), "{found:#}");
}

#[test]
fn a_family_is_split_into_its_members_and_made_whole_again() {
    let machine = Machine::new();
    let users = ["alice", "bob", "carol", "dave", "erin", "frank"];
    let log: String = (0..)
        .zip(users)
        .map(|(n, user)| line(2 + n, 0, "auth", &format!("quota exceeded for user {user}")))
        .collect();
    machine.pipe(log, &["ingest"]).exits(0);
    let family = id_of(&machine, "quota");
    let page = asked(&machine, &["explain", &family]);
    assert_eq!(page["lineage"]["algorithm"], "v1");
    let growth = page["lineage"]["growth"].as_array().expect("a list");
    let grown: Vec<u64> = growth.iter().map(|d| number(&d["fingerprints"])).collect();
    assert_eq!(grown, [1, 2, 3, 4, 5, 6]);
    assert_eq!(growth[5]["day"], "2026-03-07");
    let told = asked(&machine, &["signatures", "--split", &family]);
    let mut templates = column(&told["results"], "template");
    templates.sort();
    let expected = users.map(|user| format!("quota exceeded for user {user}"));
    assert_eq!(templates, expected);
    assert_eq!(all(&machine).as_array().map(Vec::len), Some(6));
    // The id of the family is that of its eldest, and no other's.
    let page = asked(&machine, &["explain", &family]);
    assert_eq!(page["signature"]["template"], expected[0].as_str());
    // Two of them are put together again: a later overrule acts on what the earlier ones made.
    let ids = column(&told["results"], "signature_id");
    let merged = asked(&machine, &["signatures", "--merge", &ids[1], &ids[2]]);
    assert_eq!(number(&merged["results"][0]["count"]), 2);
    assert_eq!(
        merged["results"][0]["template"],
        "quota exceeded for user <user>"
    );
    assert_eq!(all(&machine).as_array().map(Vec::len), Some(5));
    for overrule in [&merged, &told] {
        let id = overrule["overrule_id"].as_str().expect("an id");
        asked(&machine, &["signatures", "--undo", id]);
    }
    assert_eq!(id_of(&machine, "quota"), family);
}

#[test]
fn a_name_is_read_wherever_the_signature_is_spoken_of() {
    let machine = Machine::new();
    let log = troubles(&["rebuild failed with an error"]);
    machine.pipe(log, &["ingest"]).exits(0);
    let id = id_of(&machine, "rebuild");
    let before = asked(&machine, &["candidates", "--all"]);
    let name = "old shelf";
    asked(&machine, &["signatures", "--rename", &id, name]);
    for args in [
        &["signatures"][..],
        &["signatures", "old", "shelf"],
        &["explain", &id],
        &["candidates", "--all"],
        &["digest", "--dry-run", "--since", "14d"],
    ] {
        let page = machine.ok(&[&AS_OF[..], args, &["--wide"]].concat()).out();
        assert!(page.contains(name), "{args:?}: {page}");
    }
    let row = &asked(&machine, &["signatures"])["results"][0];
    assert_eq!(row["name"], name);
    assert_eq!(row["template"], "rebuild failed with an error");
    // A name is for people: what is found, and how grave it is, does not depend on it.
    let after = asked(&machine, &["candidates", "--all"]);
    for member in ["candidate_id", "score_total", "decision_band", "template"] {
        let of = |page: &Value| -> Vec<Value> {
            let rows = page["results"].as_array().expect("a list");
            assert!(!rows.is_empty());
            rows.iter().map(|c| c[member].clone()).collect()
        };
        assert_eq!(of(&after), of(&before), "{member}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (machine, lost, silent) = two();
    let refused = |args: &[&str], code: i32| {
        machine
            .run(&[&AS_OF[..], &["signatures"], args].concat())
            .exits(code);
    };
    refused(&["--merge", &lost, &lost], 2);
    refused(&["--merge", &lost], 2);
    refused(&["--merge", &lost, "sig_zzzzzzzzzz"], 1);
    refused(&["--split", &lost], 2);
    refused(&["--rename", &lost, "  "], 2);
    refused(&["--undo", "ovr_bcdf"], 1);
    refused(&["--split", &lost, "--rename", &silent, "x"], 2);
    let listed = machine.json(&["signatures", "--overrules"]);
    assert_eq!(listed["results"], serde_json::json!([]));
}

/// A store in which memory and a review were recorded under an id that then joined an older family; with that id, the family's,
/// the memory's and the review's.
fn grown() -> (Machine, String, String, String, String) {
    let machine = Machine::new();
    let log = lines(9, 6, "auth", "quota exceeded for user erin");
    machine.pipe(log, &["ingest"]).exits(0);
    let young = id_of(&machine, "quota");
    let memory = asked(
        &machine,
        &["promote", &young, "--title", "Disk of the share is full"],
    );
    let review = asked(
        &machine,
        &["review", &young, "known", "--notes", "erin moves films"],
    );
    let older: String = (0..)
        .zip(["alice", "bob", "carol", "dave", "frank"])
        .map(|(n, user)| line(2 + n, 0, "auth", &format!("quota exceeded for user {user}")))
        .collect();
    machine.pipe(older, &["ingest"]).exits(0);
    let family = id_of(&machine, "quota");
    assert_ne!(family, young);
    let text = |value: &Value| value.as_str().expect("an id").to_string();
    let (inc, rev) = (
        text(&memory["incident_memory_id"]),
        text(&review["review_id"]),
    );
    (machine, young, family, inc, rev)
}

#[test]
fn an_id_that_joined_an_older_family_is_found_everywhere() {
    let (machine, young, family, inc, rev) = grown();
    let page = asked(&machine, &["explain", &young]);
    assert_eq!(page["signature"]["signature_id"], family.as_str());
    let alias = &page["lineage"]["aliases"][0];
    assert_eq!(alias["signature_id"], young.as_str());
    assert_eq!(
        (&alias["why"], &alias["recorded"]),
        (&"grown".into(), &true.into())
    );
    assert!(alias["stood_until"].is_string(), "{alias}");
    assert_eq!(page["related_incidents"], serde_json::json!([inc]));
    assert_eq!(page["reviews"][0]["review_id"], rev.as_str());
    let shown = machine
        .ok(&[&AS_OF[..], &["explain", &family, "--wide"]].concat())
        .out();
    assert!(shown.contains(&young[..12]), "{shown}");
    for id in [&young, &family] {
        let events = asked(&machine, &["events", "--signature", id, "--limit", "0"]);
        assert_eq!(events["results"].as_array().map(Vec::len), Some(11));
        let found = asked(&machine, &["related", id]);
        assert_eq!(
            column(&found["related_incidents"], "incident_memory_id"),
            [inc.as_str()]
        );
        let reason = found["related_incidents"][0]["reason"].as_str();
        assert!(
            reason.is_some_and(|r| r.contains("the same signature")),
            "{found}"
        );
        let found = machine.json(&["incidents", id]);
        assert_eq!(
            column(&found["results"], "incident_memory_id"),
            [inc.as_str()]
        );
        let found = machine.json(&["incidents", id, "xylophone"]);
        assert_eq!(found["results"], serde_json::json!([]));
    }
    let told = asked(&machine, &["review", &young, "noise"]);
    assert_eq!(told["review"]["signature_ids"], serde_json::json!([family]));
    let again = asked(&machine, &["promote", &young, "--title", "Quota"]);
    assert!(again["incident_memory_id"].is_string());
    // As of before the others were there to be joined, it is still its own.
    let log = machine.json(&["--as-of", "2026-03-20", "explain", &inc]);
    assert_eq!(log["incident"]["signature_ids"], serde_json::json!([young]));
}

#[test]
fn records_of_a_memory_are_kept_when_its_signature_joined_another() {
    let (machine, young, ..) = grown();
    machine.ok(&[
        "--as-of",
        "2029-01-01",
        "prune",
        "--keep",
        "ignore_fast=1d,background=1d,watch=1d",
    ]);
    let events = asked(&machine, &["events", "--signature", &young, "--limit", "0"]);
    assert_eq!(events["results"].as_array().map(Vec::len), Some(11));
}

/// The slot of an explained signature that stands after these words.
#[track_caller]
fn slot(page: &Value, before: &str) -> Value {
    let slots = page["slots"]["slots"].as_array().expect("a list");
    let found = slots.iter().find(|s| s["before"] == before);
    found
        .unwrap_or_else(|| panic!("{before:?}: {page:#}"))
        .clone()
}

#[test]
fn slots_tell_what_they_held() {
    let machine = Machine::new();
    let message = |n: u32| {
        let host = ["alpha", "beta", "beta", "gamma"][n as usize % 4];
        format!(
            "backup of host {host} to 10.0.0.9 took {} ms, pass 2",
            n + 1
        )
    };
    let log: String = (0..100)
        .map(|n| line(2, n, "backup", &message(n)))
        .collect();
    machine.pipe(log, &["ingest"]).exits(0);
    let id = id_of(&machine, "backup of");
    let page = asked(&machine, &["explain", &id]);
    assert_eq!(number(&page["slots"]["records"]), 100);
    assert_eq!(number(&page["slots"]["unclear"]), 0);
    let host = slot(&page, "backup of host ");
    assert_eq!(number(&host["distinct"]), 3);
    assert_eq!(host["range"], Value::Null);
    let top: Vec<(String, u64)> = host["top"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|v| {
            (
                v["value"].as_str().expect("text").to_string(),
                number(&v["count"]),
            )
        })
        .collect();
    let expected = [("beta", 50), ("alpha", 25), ("gamma", 25)].map(|(v, n)| (v.to_string(), n));
    assert_eq!(top, expected);
    let to = slot(&page, "to ");
    assert_eq!(
        (&to["constant"], &to["top"][0]["value"]),
        (&true.into(), &"10.0.0.9".into())
    );
    let took = slot(&page, "took ");
    let range: Vec<f64> = ["min", "median", "p95", "max"]
        .map(|name| took["range"][name].as_f64().expect("a number"))
        .to_vec();
    assert_eq!(
        (range.as_slice(), &took["range"]["unit"]),
        (&[1.0, 50.0, 95.0, 100.0][..], &"ms".into())
    );
    let shown = machine
        .ok(&[&AS_OF[..], &["explain", &id, "--wide"]].concat())
        .out();
    for said in [
        "all 100 records",
        "always 10.0.0.9",
        "beta (50), alpha (25), gamma (25)",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    // As of a past time there is nothing in them of what came later.
    let page = machine.json(&["--as-of", "2026-03-02T01:00:00Z", "explain", &id]);
    assert_eq!(number(&page["slots"]["records"]), 60);
    assert_eq!(slot(&page, "took ")["range"]["max"].as_f64(), Some(60.0));
}

#[test]
fn what_is_read_of_slots_is_bounded_and_said() {
    let machine = Machine::new();
    let log: String = (0..12_000)
        .map(|n| {
            line(
                2 + n / 1440,
                n % 1440,
                "poller",
                &format!("polled {n} devices"),
            )
        })
        .collect();
    machine.pipe(log, &["ingest"]).exits(0);
    let id = id_of(&machine, "polled");
    let page = asked(&machine, &["explain", &id]);
    assert_eq!(number(&page["slots"]["records"]), 10_000);
    let polled = slot(&page, "polled ");
    assert_eq!(number(&polled["distinct"]), 10_000);
    assert_eq!(polled["range"]["min"].as_f64(), Some(2000.0));
    let shown = machine.ok(&[&AS_OF[..], &["explain", &id]].concat()).out();
    assert!(shown.contains("newest 10,000 of 12,000 records"), "{shown}");
}

#[test]
fn a_secret_among_the_values_is_masked() {
    let machine = Machine::new();
    let log: String = (0..9)
        .map(|n| {
            line(
                2,
                n,
                "web",
                &format!("login user=u{n} password=hunter{n}x from 10.0.0.{n}"),
            )
        })
        .collect();
    machine.pipe(log, &["ingest"]).exits(0);
    let id = id_of(&machine, "login");
    for format in ["json", "table", "csv", "html"] {
        let args = [
            "explain",
            &id,
            "--wide",
            "--samples",
            "0",
            "--format",
            format,
        ];
        let page = machine.ok(&[&AS_OF[..], &args].concat()).out();
        assert!(!page.contains("hunter"), "{format}: {page}");
    }
    let page = asked(&machine, &["explain", &id, "--show-secrets"]);
    assert!(page["slots"].to_string().contains("hunter3x"), "{page:#}");
}

#[test]
fn slots_of_a_family_and_of_messages_inside_json_are_read_too() {
    let machine = Machine::new();
    let log: String = (0..20)
        .map(|n| {
            let user = ["ann", "bob", "cid", "dan"][n as usize % 4];
            format!(
                "{{\"time\":\"2026-03-02T00:{n:02}:00Z\",\"service\":\"shop\",\"message\":\"\\\"cart\\\" of user {user} holds {n} items\"}}\n"
            )
        })
        .collect();
    machine.pipe(log, &["ingest"]).exits(0);
    let id = id_of(&machine, "cart");
    let page = asked(&machine, &["explain", &id]);
    assert_eq!(number(&page["slots"]["unclear"]), 0, "{page:#}");
    let user = page["slots"]["slots"].as_array().expect("a list").iter();
    let user = user.filter(|s| s["slot"] == "<user>").collect::<Vec<_>>();
    assert_eq!(number(&user[0]["distinct"]), 4, "{page:#}");
    assert_eq!(slot(&page, "holds ")["range"]["max"].as_f64(), Some(19.0));
}

#[test]
fn a_file_is_proved_to_give_the_same_in_any_order_and_pieces() {
    let machine = Machine::new();
    for name in ["alder.log", "cedar.journal.json.gz"] {
        let told = machine.json(&["signatures", "--check", &demo(name)]);
        assert_eq!((&told["ok"], &told["same"]), (&true.into(), &true.into()));
        assert!(number(&told["records"]) > 1000 && number(&told["signatures"]) > 20);
        assert_eq!(told["readings"].as_array().map(Vec::len), Some(3));
        assert_eq!(told["differences"], serde_json::json!([]));
    }
    assert!(!machine.store().exists());
    let page = machine
        .ok(&["signatures", "--check", &demo("birch.log")])
        .out();
    for said in [
        "The same each time",
        "backwards",
        "Compared of each: id, template",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    machine.run(&["signatures", "--check", "-"]).exits(2);
    machine
        .run(&["signatures", "--check", "absent.log"])
        .exits(66)
        .says("absent.log");
}

#[test]
fn the_columns_of_a_table_are_known_in_every_piece_and_every_run() {
    let machine = Machine::new();
    let row = |n: u32| {
        let (hour, minute, second) = (n / 3600 % 24, n / 60 % 60, n % 60);
        format!(
            "2026-03-02T{hour:02}:{minute:02}:{second:02}Z,web-{},warning,disk {} is {} percent full\n",
            n % 5,
            n % 7,
            n % 100
        )
    };
    let rows = |range: std::ops::Range<u32>| range.map(row).collect::<String>();
    let log = format!("time,host,severity,message\n{}", rows(0..3000));
    let path = machine.file("disks.csv", log);
    let told = machine.json(&["signatures", "--check", &path]);
    assert_eq!(told["same"], true, "{told:#}");
    machine.ok(&["ingest", &path]);
    machine.append(&path, rows(3000..3500));
    machine.ok(&["ingest", &path]);
    let found = asked(&machine, &["signatures", "disk"]);
    assert_eq!(found["results"].as_array().map(Vec::len), Some(1));
    assert_eq!(number(&found["results"][0]["count"]), 3500);
    let last = asked(&machine, &["events", "--reverse", "--limit", "1"]);
    assert_eq!(last["results"][0]["host"], "web-4", "{last:#}");
}

/// Words of letters alone that are never twice the same.
fn random_words(count: u32) -> String {
    let mut state = 7u64;
    let mut word = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let letter = |i: u64| char::from(b'a' + ((state >> (8 + 6 * i)) % 26) as u8);
        (0..9).map(letter).collect::<String>()
    };
    (0..count)
        .map(|_| format!("{} {}\n", word(), word()))
        .collect()
}

#[test]
fn a_source_that_is_no_log_is_named_with_the_reason() {
    let machine = Machine::new();
    let words = machine.file("tokens.txt", random_words(6000));
    let log: String = (0..6)
        .map(|day| lines(2 + day, 140, "poller", "polled all devices"))
        .collect();
    let log = machine.file("poller.log", log.repeat(8));
    machine.ok(&["ingest", &words, &log]);
    let run = machine.run(&["status", "--format", "json"]).exits(1);
    let state = run.json();
    assert_eq!(state["healthy"], false);
    let problems = state["problems"].as_array().expect("a list");
    assert_eq!(problems.len(), 1, "{problems:?}");
    let said = problems[0].as_str().expect("a sentence");
    assert!(
        said.contains("tokens.txt") && said.contains("100 % of 6000 records"),
        "{said}"
    );
    for source in state["sources"].as_array().expect("a list") {
        let bad = source["name"]
            .as_str()
            .is_some_and(|n| n.ends_with("tokens.txt"));
        assert_eq!(source["unsuitable"].is_string(), bad, "{source}");
    }
    let page = machine.run(&["status"]).exits(1).out();
    assert!(page.contains("words at random"), "{page}");
}

#[test]
fn a_service_is_part_of_what_a_message_is_but_its_process_and_version_are_not() {
    let machine = Machine::new();
    let message = "connection to the database was lost";
    let log: String = [
        "sshd[4711]",
        "sshd[99]",
        "SSHD[1]",
        "sshd",
        "sshd(8.9p1)[5]",
    ]
    .iter()
    .map(|service| line(2, 1, service, message))
    .chain([
        line(2, 2, "sshd-session[7]", message),
        line(2, 3, "nginx[7]", message),
    ])
    .collect();
    machine.pipe(log, &["ingest"]).exits(0);
    let found = all(&machine);
    let mut counts: Vec<u64> = found
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| number(&row["count"]))
        .collect();
    counts.sort();
    assert_eq!(counts, [1, 1, 5], "{found:#}");
    // The same in a journal, and whether the case differs in the words of the message too.
    let entry = |identifier: &str, message: &str, n: u32| {
        format!(
            "{{\"__REALTIME_TIMESTAMP\":\"{}\",\"_HOSTNAME\":\"web-1\",\"SYSLOG_IDENTIFIER\":\"{identifier}\",\"SYSLOG_PID\":\"{n}\",\"MESSAGE\":\"{message}\"}}\n",
            1_772_409_600_000_000u64 + u64::from(n)
        )
    };
    let journal = Machine::new();
    let log = [
        entry("cupsd", "Queue of the printer is full", 1),
        entry("CUPSD", "queue of the printer is full", 2),
        entry("cupsd[12]", "Queue of the Printer is full", 3),
    ];
    journal.pipe(log.concat(), &["ingest"]).exits(0);
    let found = all(&journal);
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found:#}");
    assert_eq!(number(&found[0]["count"]), 3);
}

#[test]
fn a_list_is_sorted_before_it_is_cut_and_narrowed_in_every_format() {
    let machine = Machine::with_demo();
    let asked = |more: &[&str]| {
        let list = [
            "signatures",
            "--sort",
            "count:desc",
            "--fields",
            "count,service",
        ];
        let args = [&list, &AS_OF[..], more].concat();
        machine.ok(&args)
    };
    let counts = |rows: &Value| -> Vec<u64> {
        let rows = rows["results"].as_array().expect("a list");
        rows.iter()
            .filter_map(|row| row["count"].as_u64())
            .collect()
    };
    let all = counts(&asked(&["--limit", "0", "--format", "json"]).json());
    assert!(all.len() > 20 && all.is_sorted_by(|a, b| a >= b), "{all:?}");
    let few = asked(&["--limit", "3", "--format", "json"]).json();
    assert_eq!(counts(&few), all[..3]);
    assert_eq!(
        few["results"][0].as_object().map(serde_json::Map::len),
        Some(2)
    );
    let csv = asked(&["--limit", "3", "--format", "csv"]).out();
    assert!(
        csv.starts_with("count,service\r\n") || csv.starts_with("count,service\n"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 4);
    machine.run(&["signatures", "--sort", "nothing"]).exits(2);
}
