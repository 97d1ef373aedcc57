//! `--as-of` and `replay`: the past as it looked then, with nothing of what came later.

use crate::machine::{DEMO_END, Machine, column, demo, minutes};
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use std::fs;
use std::io::Read;

/// Id and score of each candidate, ranked.
fn ranked(answer: &Value) -> Vec<(String, String)> {
    let rows = answer["results"].as_array().expect("a list");
    rows.iter()
        .map(|c| (c["candidate_id"].to_string(), c["score_total"].to_string()))
        .collect()
}

/// The lines of the two demo files that carry whole stamps, up to a time. The lines of a host are in the order of time.
fn before(bytes: &[u8], stamp: impl Fn(&str) -> String, until: &str) -> String {
    let text = std::str::from_utf8(bytes).expect("the demo is text");
    let lines = text.split_inclusive('\n');
    lines.filter(|line| stamp(line).as_str() < until).collect()
}

#[test]
fn a_past_time_is_answered_as_a_store_that_ends_there_would() {
    let machine = Machine::with_demo();
    let read = |name: &str| fs::read(demo(name)).expect("the demo");
    let mut journal = Vec::new();
    MultiGzDecoder::new(read("cedar.journal.json.gz").as_slice())
        .read_to_end(&mut journal)
        .expect("gzip");
    let mut dogwood = Vec::new();
    MultiGzDecoder::new(read("dogwood.log.gz").as_slice())
        .read_to_end(&mut dogwood)
        .expect("gzip");
    let (alder, birch) = (read("alder.log"), read("birch.log"));
    for until in [
        "2026-03-05T09:00:00",
        "2026-03-09T00:00:00",
        "2026-03-12T17:00:00",
        "2026-03-14T06:00:00",
        "2026-03-15T14:00:00",
        "2026-03-16T00:00:00",
    ] {
        let cut = Machine::new();
        let iso = |line: &str| line[..19].to_string();
        cut.file("alder.log", before(&alder, iso, until));
        let rfc5424 = |line: &str| line[line.find("2026-").expect("a stamp")..][..19].to_string();
        cut.file("birch.log", before(&birch, rfc5424, until));
        let micros = |line: &str| {
            let entry: Value = serde_json::from_str(line).expect("an entry");
            let micros = entry["__REALTIME_TIMESTAMP"].as_str().expect("a time");
            let time = chrono::DateTime::from_timestamp_micros(micros.parse().expect("a number"));
            time.expect("a time")
                .format("%Y-%m-%dT%H:%M:%S")
                .to_string()
        };
        cut.file("cedar.json", before(&journal, micros, until));
        // "Mar  2 00:00:01": all of it is March of 2026, which the file's age has to say.
        let bsd = |line: &str| {
            let day: u32 = line[4..6].trim().parse().expect("a day");
            format!("2026-03-{day:02}T{}", &line[7..15])
        };
        let dogwood = cut.file("dogwood.log", before(&dogwood, bsd, until));
        let march = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_773_619_200);
        fs::File::open(&dogwood)
            .and_then(|f| f.set_modified(march))
            .expect("the age of the file");
        cut.ok(&[
            "ingest",
            "alder.log",
            "birch.log",
            "cedar.json",
            "dogwood.log",
        ]);
        let until = format!("{until}Z");
        for command in ["candidates", "signatures"] {
            let args = ["--as-of", &until, command, "--limit", "0"];
            let (of_all, of_cut) = (machine.json(&args), cut.json(&args));
            if command == "candidates" {
                assert_eq!(ranked(&of_all), ranked(&of_cut), "as of {until}");
                assert!(
                    !ranked(&of_all).is_empty(),
                    "nothing to compare as of {until}"
                );
            }
            assert!(
                of_all == of_cut,
                "{command} as of {until}: {of_all:#}\ninstead of {of_cut:#}"
            );
        }
    }
}

#[test]
fn a_step_of_a_replay_is_the_list_as_of_its_time() {
    let machine = Machine::with_demo();
    let walk = machine.json(&["replay", "--step", "1d"]);
    let steps = walk["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), 14);
    // A step tells what changed; what is there is what came and has not gone.
    let mut there = std::collections::BTreeMap::new();
    for step in steps {
        let as_of = step["as_of"].as_str().expect("a time");
        for row in step["gone"].as_array().expect("a list") {
            there.remove(row["candidate_id"].as_str().expect("an id"));
        }
        for kind in ["new", "worse"] {
            for row in step[kind].as_array().expect("a list") {
                let id = row["candidate_id"].as_str().expect("an id");
                there.insert(id.to_string(), row["score_total"].clone());
            }
        }
        let args = [
            "--as-of",
            as_of,
            "candidates",
            "--limit",
            "0",
            "--band",
            "watch",
        ];
        let listed = machine.json(&args);
        let mut ids = column(&listed["results"], "candidate_id");
        ids.sort();
        assert_eq!(
            there.keys().cloned().collect::<Vec<_>>(),
            ids,
            "as of {as_of}"
        );
        for kind in ["new", "worse"] {
            for row in step[kind].as_array().expect("a list") {
                let candidates = listed["results"].as_array().expect("a list");
                let same = candidates
                    .iter()
                    .find(|c| c["candidate_id"] == row["candidate_id"])
                    .expect("it is listed");
                assert_eq!(same["score_total"], row["score_total"], "as of {as_of}");
                assert_eq!(same["decision_band"], row["decision_band"], "as of {as_of}");
            }
        }
    }
}

#[test]
fn a_replay_of_files_is_that_of_a_store_of_them() {
    let machine = Machine::with_demo();
    let stored = machine.json(&["replay"]);
    let fresh = Machine::new();
    assert_eq!(fresh.json(&["replay", &demo("")]), stored);
    assert!(!fresh.store().exists());
}

#[test]
fn a_replay_goes_where_it_is_told() {
    let machine = Machine::with_demo();
    let args = [
        "replay",
        "--from",
        "2026-03-10",
        "--to",
        "2026-03-11",
        "--step",
        "6h",
    ];
    let walk = machine.json(&args);
    let times = column(&walk["steps"], "as_of");
    let first = times.first().expect("a step");
    assert_eq!(first, "2026-03-10T00:00:00Z");
    assert!(
        times.contains(&"2026-03-10T18:00:00Z".to_string()),
        "{times:?}"
    );
    assert!(
        times.iter().all(|t| t.as_str() <= "2026-03-11T06:00:00Z"),
        "{times:?}"
    );
    for bad in ["90m", "0h", "week"] {
        machine
            .run(&["replay", "--step", bad])
            .exits(2)
            .says("whole hours");
    }
}

#[test]
fn events_after_the_asked_time_are_not_listed() {
    let machine = Machine::new();
    machine.pipe(minutes("web-1", 0..120), &["ingest"]).exits(0);
    let past = [
        "--as-of",
        "2026-03-02T01:00:00Z",
        "events",
        "--raw",
        "--limit",
        "0",
    ];
    assert_eq!(machine.ok(&past).out(), minutes("web-1", 0..60));
}

#[test]
fn times_are_understood_as_people_write_them() {
    let machine = Machine::with_demo();
    let asked = |time: &str| machine.json(&["--as-of", time, "candidates"]);
    assert_eq!(asked("2026-03-16"), asked(DEMO_END));
    assert_eq!(asked("2026-03-16T01:00:00+01:00"), asked(DEMO_END));
    machine
        .run(&["--as-of", "the day after", "candidates"])
        .exits(2)
        .says("the day after")
        .says("hint: ");
}
