//! `replay --reparse`: stored records read once more, and what becomes of facts, memory and judgements.

use crate::machine::{DEMO_END, Machine, column, demo};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Sixty lines of one machine, without a year and a zone, of three programs.
fn legacy() -> String {
    let line = |n: u32| {
        let (hour, minute) = (n / 6, n % 6 * 10);
        let says = match n % 3 {
            0 => format!("pump[{}]: pressure {n} bar below limit, retrying", n + 300),
            1 => format!("feeder[{}]: tray {n} is empty", n + 900),
            _ => "cron: hourly jobs finished".to_string(),
        };
        format!("Mar  9 {hour:02}:{minute:02}:07 mill-1 {says}\n")
    };
    (0..60).map(line).collect()
}

/// A machine that has read those lines as UTC, and the demo.
fn with_legacy() -> Machine {
    let machine = Machine::with_demo();
    let log = machine.file("legacy.log", legacy());
    machine.ok(&["ingest", &log]);
    machine
}

/// The store as it stands on disk.
fn bytes(machine: &Machine) -> Vec<u8> {
    std::fs::read(machine.store()).expect("the store is there")
}

fn reparse(machine: &Machine, options: &[&str]) -> Value {
    machine.json(&[&["replay", "--reparse"], options].concat())
}

/// Everything that is told of the facts: signatures, candidates and events.
fn facts(machine: &Machine) -> Vec<String> {
    let ask = |args: &[&str]| machine.ok(&[&["--as-of", DEMO_END], args].concat()).out();
    vec![
        ask(&["signatures", "--limit", "0", "--format", "json"]),
        ask(&["candidates", "--limit", "0", "--format", "json"]),
        ask(&["events", "--limit", "0", "--raw"]),
        ask(&["events", "mill", "--limit", "0", "--format", "csv"]),
    ]
}

#[test]
fn what_reads_as_before_is_said_to_and_left_alone() {
    let machine = with_legacy();
    let formats = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/formats");
    machine.run(&["ingest", formats]);
    let before = bytes(&machine);
    let said = reparse(&machine, &[]);
    assert_eq!(said["changed"], 0, "{said}");
    for kind in ["split", "merged", "renamed", "rearranged"] {
        assert_eq!(said[kind], json!([]));
    }
    assert!(bytes(&machine) == before);
    let told = facts(&machine);
    let said = reparse(&machine, &["--apply"]);
    assert_eq!(
        (&said["changed"], &said["applied"]),
        (&json!(0), &json!(true))
    );
    assert!(facts(&machine) == told);
}

#[test]
fn another_zone_moves_the_times_of_that_source_and_nothing_else() {
    let machine = with_legacy();
    let before = bytes(&machine);
    let other = ["--source", "legacy", "--timezone", "+02:00"];
    let said = reparse(&machine, &other);
    assert_eq!(said["changed"], 60);
    let fields = json!({"time": 60, "host": 0, "service": 0, "severity": 0, "parse_status": 0, "message": 0});
    assert_eq!(said["changed_fields"], fields);
    assert_eq!((&said["renamed"], &said["split"]), (&json!([]), &json!([])));
    assert_eq!(said["applied"], false);
    assert!(bytes(&machine) == before, "nothing was written");
    reparse(&machine, &[&other[..], &["--apply"]].concat());
    let fresh = Machine::with_demo();
    let log = fresh.file("legacy.log", legacy());
    fresh.ok(&["ingest", &log, "--timezone", "+02:00"]);
    let (got, expected) = (facts(&machine), facts(&fresh));
    for (got, expected) in got.iter().zip(&expected) {
        // Sources are named by their paths.
        let plain = |text: &str, of: &Machine| text.replace(&*of.path("").to_string_lossy(), "");
        assert!(plain(got, &machine) == plain(expected, &fresh));
    }
    // It stays read so.
    assert_eq!(reparse(&machine, &[])["changed"], 0);
    assert_eq!(
        reparse(&machine, &["--source", "legacy", "--timezone", "UTC"])["changed"],
        60
    );
    machine
        .run(&["replay", "--reparse", "--source", "nowhere"])
        .exits(1)
        .says("brainstem status");
}

#[test]
fn another_format_renames_exactly_its_signatures_and_memory_stays_with_them() {
    let machine = with_legacy();
    let find = |words: &str| {
        let answer = machine.json(&["--as-of", DEMO_END, "signatures", words]);
        column(&answer["results"], "signature_id")
    };
    let old = find("pressure")[0].clone();
    let memory = machine.json(&["--as-of", DEMO_END, "promote", &old, "--title", "the pump"]);
    let incident = memory["incident_memory_id"].as_str().expect("an id");
    machine.ok(&["--as-of", DEMO_END, "review", &old, "useful"]);
    let said = reparse(&machine, &["--source", "legacy", "-i", "plain", "--apply"]);
    let renamed = said["renamed"].as_array().expect("a list");
    assert_eq!((renamed.len(), &said["changed"]), (3, &json!(60)), "{said}");
    let of = renamed
        .iter()
        .find(|r| r["before"][0]["signature_id"] == *old);
    let of = of.expect("the pump is among them");
    assert!(
        of["example"]
            .as_str()
            .is_some_and(|e| e.contains("pump[300]"))
    );
    assert_eq!(of["before"][0]["records"], 20);
    assert_eq!(of["after"][0]["records"], 20);
    let new = find("pressure");
    assert_eq!(new, column(&of["after"], "signature_id"));
    assert_ne!(new[0], old);
    // By the old id and by the new one the memory and the judgement are found.
    for id in [&old, &new[0]] {
        let explained = machine.json(&["--as-of", DEMO_END, "explain", id]);
        assert_eq!(
            explained["related_incidents"],
            json!([incident]),
            "{explained}"
        );
        assert_eq!(
            column(&explained["reviews"], "decision"),
            ["useful"],
            "{explained}"
        );
    }
    let explained = machine
        .ok(&["--as-of", DEMO_END, "explain", incident])
        .out();
    assert!(explained.contains("pump[357]"), "{explained}");
    // And again when it is read as it was at first.
    reparse(&machine, &["--source", "legacy", "-i", "syslog", "--apply"]);
    assert_eq!(find("pressure"), [old.as_str()]);
    let explained = machine.json(&["--as-of", DEMO_END, "explain", &new[0]]);
    assert_eq!(
        explained["related_incidents"],
        json!([incident]),
        "{explained}"
    );
}

#[test]
fn after_it_the_store_is_as_if_it_had_been_read_so_at_first() {
    let machine = Machine::new();
    let logs = [
        demo("alder.log"),
        demo("birch.log"),
        demo("cedar.journal.json.gz"),
    ];
    machine.ok(&["ingest", &logs[0]]);
    machine.ok(&["ingest", &logs[1], &logs[2]]);
    reparse(
        &machine,
        &["--source", "alder.log", "-i", "plain", "--apply"],
    );
    let fresh = Machine::new();
    fresh.ok(&["ingest", &logs[0], "-i", "plain"]);
    fresh.ok(&["ingest", &logs[1], &logs[2]]);
    let (got, expected) = (facts(&machine), facts(&fresh));
    for (got, expected) in got.iter().zip(&expected) {
        assert!(got == expected);
    }
    let status = |m: &Machine| m.json(&["status"])["coverage"].clone();
    assert_eq!(status(&machine), status(&fresh));
}

#[test]
fn what_was_pruned_stays_counted() {
    let machine = with_legacy();
    let total = || -> u64 {
        let answer = machine.json(&["--as-of", DEMO_END, "signatures", "--limit", "0"]);
        let rows = answer["results"].as_array().expect("a list").iter();
        rows.filter_map(|r| r["count"].as_u64()).sum()
    };
    let before = total();
    let stored = |events: &Value| events["counts"]["events"].as_u64();
    let all = stored(&machine.json(&["status"]));
    machine.ok(&["--as-of", "2026-04-20", "prune"]);
    assert!(
        stored(&machine.json(&["status"])) < all,
        "something was pruned"
    );
    reparse(
        &machine,
        &["--source", "alder.log", "-i", "plain", "--apply"],
    );
    assert_eq!(total(), before);
}

#[test]
fn killed_at_any_time_it_leaves_the_old_or_the_new_state() {
    let machine = with_legacy();
    let apply = [
        "replay",
        "--reparse",
        "--source",
        "demo",
        "-i",
        "plain",
        "--apply",
    ];
    let told = || {
        let ask = |args: &[&str]| machine.ok(&[args, &["--limit", "0"]].concat()).out();
        [
            ask(&["signatures"]),
            ask(&["events", "alder", "--format", "csv"]),
        ]
    };
    let begin = told();
    let template = bytes(&machine);
    let began = Instant::now();
    machine.ok(&apply);
    let took = began.elapsed();
    let end = told();
    assert!(begin != end);
    let mut ends = [0, 0];
    // Mostly near the end, where it writes; the last one is given all the time it wants.
    for part in [
        0.0, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.1, 20.0,
    ] {
        std::fs::write(machine.store(), &template).expect("the store is put back");
        let mut child = machine
            .process(&apply)
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts");
        let until = Instant::now() + took.mul_f64(part);
        while Instant::now() < until && child.try_wait().expect("it runs").is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        // It may have ended already.
        let _ = child.kill();
        child.wait().expect("it ends");
        let now = told();
        match (now == begin, now == end) {
            (true, _) => ends[0] += 1,
            (_, true) => ends[1] += 1,
            _ => panic!("a mixture after {part} of its time"),
        }
    }
    assert!(ends[0] > 0 && ends[1] > 0, "{ends:?}");
}
