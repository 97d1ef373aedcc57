//! `merge`: other stores into this one, as if it had read all their logs itself.

use crate::machine::{Machine, Run, demo, number, text};
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;

/// Another store on the same machine, with these logs.
fn store_of(machine: &Machine, name: &str, logs: &[&str]) -> String {
    let store = text(&machine.path(name));
    machine.ok(&[&["--store", &store, "ingest"], logs].concat());
    store
}

/// What a store answers; raw records in the order of their times, since two stores have them in two orders.
fn answers(machine: &Machine, store: &str) -> Vec<String> {
    let ask = |args: &[&str]| -> Run {
        let all = [&["--store", store, "--as-of", "2026-03-16"], args].concat();
        machine.ok(&all)
    };
    let mut told: Vec<String> = ["candidates", "signatures"]
        .map(|list| ask(&[list, "--limit", "0", "--format", "json"]).out())
        .to_vec();
    let raw = ask(&["events", "--limit", "0", "--raw"]).out;
    let mut lines: Vec<&[u8]> = raw.split(|b| *b == b'\n').collect();
    lines.sort_unstable();
    told.push(lines.concat().escape_ascii().to_string());
    told
}

fn merge(machine: &Machine, into: &str, others: &[&str]) -> Vec<Value> {
    let all = [&["--store", into, "merge"], others].concat();
    let rows = machine.json(&all)["results"].clone();
    rows.as_array().expect("a row for each store").clone()
}

#[test]
fn two_halves_make_the_whole_and_again_makes_no_more() {
    let machine = Machine::new();
    let one = store_of(
        &machine,
        "one/s.redb",
        &[&demo("alder.log"), &demo("birch.log")],
    );
    let two = store_of(
        &machine,
        "two/s.redb",
        &[&demo("cedar.journal.json.gz"), &demo("dogwood.log.gz")],
    );
    let whole = store_of(&machine, "whole/s.redb", &[&demo("")]);
    let rows = merge(&machine, &one, &[&two]);
    assert_eq!(
        (&rows[0]["events"], &rows[0]["sources"]),
        (&4015.into(), &2.into())
    );
    assert!(answers(&machine, &one) == answers(&machine, &whole));
    let again = merge(&machine, &one, &[&two, &whole]);
    assert!(again.iter().all(|row| row["events"] == 0), "{again:?}");
    assert!(answers(&machine, &one) == answers(&machine, &whole));
    // Into a store that is not there yet, by detours.
    let new = text(&machine.path("new/s.redb"));
    merge(&machine, &new, &[&two, &one, &whole]);
    assert!(answers(&machine, &new) == answers(&machine, &whole));
    // What came in by a merge is known when it is read.
    let read = machine.json(&["--store", &new, "ingest", &demo("")]);
    assert_eq!(number(&read["ingested"]), 0);
}

#[test]
fn a_log_that_went_on_is_taken_over_from_where_it_was() {
    let machine = Machine::new();
    let line = |n: u32, said: &str| {
        format!(
            "2026-03-02T00:{:02}:{:02}+00:00 web app[7]: {said}\n",
            n / 60,
            n % 60
        )
    };
    let lines = |range: std::ops::Range<u32>| {
        range
            .map(|n| line(n, "the door is open"))
            .collect::<String>()
    };
    let log = machine.file("app.log", lines(0..30));
    let short = store_of(&machine, "short/s.redb", &[&log]);
    machine.append(&log, lines(30..90));
    machine.append(
        &log,
        line(91, "message repeated 5 times: [ the door is open]"),
    );
    let long = store_of(&machine, "long/s.redb", &[&log]);
    let rows = merge(&machine, &short, &[&long]);
    assert_eq!(
        (&rows[0]["events"], &rows[0]["already_known"]),
        (&61.into(), &30.into())
    );
    assert!(answers(&machine, &short) == answers(&machine, &long));
    // A line that stands for five counts five times.
    let signatures = machine.json(&["--store", &short, "signatures", "--as-of", "2026-03-03"]);
    assert_eq!(signatures["results"][0]["count"], 95);
    // Nor does the shorter one add to the longer.
    assert_eq!(merge(&machine, &long, &[&short])[0]["events"], 0);
    // Another log of the same name is another source.
    machine.file("app.log", lines(0..30).replace("web", "db"));
    let other = store_of(&machine, "other/s.redb", &[&log]);
    let rows = merge(&machine, &short, &[&other]);
    assert_eq!(
        (&rows[0]["events"], &rows[0]["sources"]),
        (&30.into(), &1.into())
    );
}

#[test]
fn streams_are_known_by_the_store_that_read_them() {
    let machine = Machine::new();
    let stores = ["a/s.redb", "b/s.redb"].map(|name| text(&machine.path(name)));
    let pipe = |store: &str, input: &str| {
        machine.pipe(input, &["--store", store, "ingest"]).exits(0);
    };
    pipe(&stores[0], "one\ntwo\n");
    pipe(&stores[1], "one\ntwo\n");
    // The same words piped into two stores are two streams.
    assert_eq!(merge(&machine, &stores[0], &[&stores[1]])[0]["events"], 2);
    pipe(&stores[1], "three\n");
    assert_eq!(merge(&machine, &stores[0], &[&stores[1]])[0]["events"], 1);
    // On the way back only what the other never had.
    assert_eq!(merge(&machine, &stores[1], &[&stores[0]])[0]["events"], 2);
    assert_eq!(merge(&machine, &stores[0], &[&stores[1]])[0]["events"], 0);
    // A journal that was piped into both came once.
    let entries = std::fs::read(demo("cedar.journal.json.gz")).expect("the demo");
    let packed = machine.file("journal.gz", &entries);
    machine.ok(&["--store", &stores[0], "ingest", &packed]);
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&entries[..]), &mut plain)
        .expect("gzip");
    machine
        .pipe(
            plain,
            &["--store", &stores[1], "ingest", "--source-label", "journal"],
        )
        .exits(0);
    assert_eq!(merge(&machine, &stores[1], &[&stores[0]])[0]["events"], 0);
}

#[test]
fn what_people_said_comes_along_and_tenants_stay_apart() {
    let machine = Machine::with_demo();
    let at = ["--as-of", "2026-03-16"];
    let run = |args: &[&str]| machine.ok(&[&at, args].concat());
    run(&[
        "promote",
        "cand_gsnrlc",
        "--title",
        "The disk of birch",
        "--check",
        "the cable",
    ]);
    run(&["review", "cand_pmwdfj", "noise", "--reviewer", "kim"]);
    run(&["signatures", "--rename", "sig_fhzdlq", "guessed passwords"]);
    let other = store_of(
        &machine,
        "b/s.redb",
        &["--tenant", "client-b", &demo("alder.log")],
    );
    let ours = text(machine.store());
    let rows = merge(&machine, &other, &[&ours]);
    assert_eq!(
        [
            &rows[0]["memories"],
            &rows[0]["reviews"],
            &rows[0]["overrules"]
        ],
        [1, 1, 1]
    );
    for list in [
        &["incidents"][..],
        &["review"],
        &["signatures", "--overrules"],
    ] {
        let ask = |store: &str| {
            machine.json(&[&["--store", store], &at[..], list].concat())["results"].clone()
        };
        assert_eq!(ask(&other), ask(&ours), "{list:?}");
    }
    let rows = merge(&machine, &other, &[&ours]);
    assert_eq!(
        [
            &rows[0]["memories"],
            &rows[0]["reviews"],
            &rows[0]["overrules"]
        ],
        [0, 0, 0]
    );
    let of = |tenant: &str| {
        number(
            &machine.json(&["--store", &other, "--tenant", tenant, "status"])["counts"]["events"],
        )
    };
    assert_eq!((of("default"), of("client-b")), (7875, 1488));
}

#[test]
fn killed_at_any_moment_a_merge_can_be_repeated() {
    let machine = Machine::with_demo();
    let ours = text(machine.store());
    let into = text(&machine.path("into/s.redb"));
    for step in 0..12 {
        let mut child = machine
            .process(&["--store", &into, "merge", &ours])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        std::thread::sleep(Duration::from_millis(step * 8));
        child.kill().expect("it is ours");
        child.wait().expect("it ends");
        if machine.path("into/s.redb").exists() {
            // Nothing was read into it yet, which status says.
            let run = machine.run(&["--store", &into, "status", "--format", "json"]);
            let events = number(&run.json()["counts"]["events"]);
            assert!(events == 0 || events == 7875, "{events}");
        }
    }
    merge(&machine, &into, &[&ours]);
    assert!(answers(&machine, &into) == answers(&machine, &ours));
}

#[test]
fn what_cannot_be_merged_is_told() {
    let machine = Machine::with_demo();
    let ours = text(machine.store());
    machine
        .run(&["merge", &ours])
        .exits(2)
        .says("is the store to merge into");
    machine.run(&["merge"]).exits(2);
    machine
        .run(&["merge", "absent.redb"])
        .exits(66)
        .says("absent.redb");
    let log = machine.file("some.log", "not a store\n");
    machine.run(&["merge", &log]).exits(65).says("some.log");
    // Counts of records that are gone stay where they are, and that is said.
    machine.ok(&[
        "--as-of",
        "2026-03-16",
        "prune",
        "--keep",
        "ignore_fast=1d,background=1d",
    ]);
    let into = text(&machine.path("into/s.redb"));
    machine
        .ok(&["--store", &into, "merge", &ours])
        .says("were pruned there");
}
