//! `events`: what was stored is found again, and comes back as it came.

use crate::machine::{DEMO_END, Machine, column, demo, fixture, minutes, number, same, text};
use flate2::read::MultiGzDecoder;
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

fn files_below(directory: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(directory)
        .expect("a directory")
        .map(|e| e.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        match path.is_dir() {
            true => files_below(&path, found),
            false => found.push(path),
        }
    }
}

/// A record a line; what is packed is unpacked, and the last line gets its end.
fn lines_of(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).expect("a fixture");
    let mut lines = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        MultiGzDecoder::new(bytes.as_slice())
            .read_to_end(&mut lines)
            .expect("gzip");
    } else {
        lines = bytes;
    }
    if lines.last().is_some_and(|b| *b != b'\n') {
        lines.push(b'\n');
    }
    lines
}

#[test]
fn the_records_of_every_fixture_come_back_byte_for_byte() {
    let mut files = Vec::new();
    files_below(Path::new(&fixture("", "")), &mut files);
    files.retain(|f| f.extension().is_none_or(|e| e != "xz") && !text(f).contains("/."));
    assert!(files.len() > 20, "{files:?}");
    let machine = Machine::new();
    let names: Vec<String> = files.iter().map(|f| text(f)).collect();
    let mut args = vec!["ingest", "--flush-partial"];
    args.extend(names.iter().map(String::as_str));
    machine.ok(&args);
    let all: Vec<u8> = files.iter().flat_map(|f| lines_of(f)).collect();
    same(&machine.raw(), &all);
}

#[test]
fn odd_bytes_come_back_byte_for_byte() {
    let long = "x".repeat(200_000);
    let odd: [&[u8]; 12] = [
        b"",
        b" ",
        b"\r",
        b"crlf\r",
        b"\xff\xfe\xfd not UTF-8 \xc3",
        b"a NUL \0 inside",
        b"\x1b[31mred\x1b[0m \x07",
        "\u{feff}with a mark \u{202e}bidi".as_bytes(),
        b"{\"message\":\"half",
        b"<999>1 2026-02-30T25:61:61Z - - - - - nonsense",
        long.as_bytes(),
        b"trailing spaces   ",
    ];
    let lines = [odd.join(&b'\n'), b"\n".to_vec()].concat();
    for format in ["auto", "syslog", "journald", "json", "plain"] {
        let machine = Machine::new();
        machine
            .pipe(lines.clone(), &["ingest", "-i", format])
            .exits(0);
        same(&machine.raw(), &lines);
    }
}

#[test]
fn lines_longer_than_a_record_come_back_in_one_piece() {
    let long = |len: usize| "x".repeat(len) + "\n";
    let mebi = 1 << 20;
    let lines = [
        "before\n".to_string(),
        long(3_000_000),
        long(mebi),
        "between\n".to_string(),
        long(mebi + 1),
        long(2 * mebi),
        "after\n".to_string(),
    ]
    .concat();
    let machine = Machine::new();
    machine.pipe(lines.as_str(), &["ingest"]).exits(0);
    same(&machine.raw(), lines.as_bytes());
    let words = machine.ok(&["events", "--raw", "after"]);
    assert_eq!(words.out(), "after\n");
}

#[test]
fn an_empty_record_before_all_others_comes_back_empty() {
    for lines in ["\n", "\n\n\n", &format!("\n\n{}", minutes("web-1", 0..3))] {
        let machine = Machine::new();
        machine.pipe(lines, &["ingest"]).exits(0);
        same(&machine.raw(), lines.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_lines_come_back_byte_for_byte(
        lines in prop::collection::vec(prop::collection::vec(any::<u8>().prop_filter("a line end", |b| *b != b'\n'), 0..60), 1..40),
        format in prop::sample::select(vec!["auto", "syslog", "journald", "json", "plain"]),
    ) {
        // What begins like an archive is read as one.
        let bytes = [b"it begins as text\n".to_vec(), lines.join(&b'\n'), b"\n".to_vec()].concat();
        let machine = Machine::new();
        machine.pipe(bytes.clone(), &["ingest", "-i", format]).exits(0);
        same(&machine.raw(), &bytes);
    }
}

fn found(machine: &Machine, args: &[&str]) -> Value {
    let args = [&["--as-of", DEMO_END, "events", "--limit", "0"], args].concat();
    machine.json(&args)["results"].clone()
}

#[test]
fn an_event_has_the_names_others_rely_on() {
    let machine = Machine::with_demo();
    let events = found(&machine, &["Out of memory"]);
    let events = events.as_array().expect("a list");
    assert_eq!(events.len(), 5);
    for event in events {
        for name in [
            "event_id",
            "tenant_id",
            "signature_id",
            "timestamp",
            "host",
            "service",
            "kind",
            "message_raw",
            "message_normalized",
            "source_type",
            "source_name",
            "raw_ref",
            "parse_status",
        ] {
            assert!(event[name].is_string(), "{name} of {event}");
        }
        assert_eq!(event["host"], "cedar");
        assert_eq!(event["service"], "kernel");
        let raw = event["message_raw"].as_str().expect("text");
        assert!(raw.starts_with("Out of memory: Killed process"), "{raw}");
    }
}

#[test]
fn events_come_in_the_order_they_were_taken_in() {
    let machine = Machine::new();
    machine.pipe(minutes("web-1", 50..60), &["ingest"]).exits(0);
    machine.pipe(minutes("web-1", 0..10), &["ingest"]).exits(0);
    let stamps = column(&machine.json(&["events"])["results"], "timestamp");
    assert_eq!(stamps[0], "2026-03-02T00:50:00Z");
    assert_eq!(stamps[10], "2026-03-02T00:00:00Z");
    let mut back = column(
        &machine.json(&["events", "--reverse"])["results"],
        "timestamp",
    );
    back.reverse();
    assert_eq!(back, stamps);
}

#[test]
fn filters_find_what_a_reading_of_the_log_finds() {
    let machine = Machine::with_demo();
    let birch = fs::read_to_string(demo("birch.log")).expect("the demo");
    let count = |fits: &dyn Fn(&str) -> bool| birch.lines().filter(|l| fits(l)).count();
    let of = |args: &[&str]| found(&machine, &[&["--host", "birch"], args].concat());
    let len = |value: Value| value.as_array().map_or(0, Vec::len);
    assert_eq!(len(of(&[])), count(&|_| true));
    assert_eq!(
        len(of(&["standby reachable"])),
        count(&|l| l.contains("standby reachable"))
    );
    assert_eq!(
        len(of(&["REACHABLE", "Standby"])),
        count(&|l| l.contains("standby reachable"))
    );
    assert_eq!(
        len(of(&["--service", "postgres"])),
        count(&|l| l.split(' ').nth(3) == Some("postgres"))
    );
    assert_eq!(
        len(of(&[
            "--since",
            "2026-03-10",
            "--until",
            "2026-03-12T06:00:00Z"
        ])),
        count(&|l| {
            let stamp = l.split(' ').nth(1).expect("a stamp");
            ("2026-03-10T00:00:00".."2026-03-12T06:00:00").contains(&stamp)
        })
    );
    let severity = |l: &str| {
        let end = l.find('>').expect("a priority");
        l[1..end].parse::<u8>().expect("a number") % 8
    };
    assert_eq!(
        len(of(&["--severity", "warning"])),
        count(&|l| severity(l) <= 4)
    );
    assert_eq!(
        len(of(&["--severity", "error"])),
        count(&|l| severity(l) <= 3)
    );
    assert_eq!(len(of(&["no such words anywhere"])), 0);
}

#[test]
fn the_events_of_a_signature_are_as_many_as_it_counts() {
    let machine = Machine::with_demo();
    let all = machine.json(&["--as-of", DEMO_END, "signatures", "--limit", "0"]);
    let rows = all["results"].as_array().expect("a list");
    assert_eq!(rows.iter().map(|r| number(&r["count"])).sum::<u64>(), 7875);
    for row in rows.iter().step_by(20) {
        let id = row["signature_id"].as_str().expect("an id");
        let events = found(&machine, &["--signature", id]);
        assert_eq!(
            events.as_array().map(Vec::len),
            Some(number(&row["count"]) as usize),
            "{row}"
        );
        assert!(column(&events, "signature_id").iter().all(|of| of == id));
    }
}

#[test]
fn what_was_not_understood_can_be_listed() {
    let machine = Machine::new();
    let log = format!(
        "{}not a line of this kind\n{{\"half\n",
        minutes("web-1", 0..30)
    );
    let answer = machine
        .pipe(log, &["ingest", "-i", "syslog", "--format", "json"])
        .exits(0)
        .json();
    let coverage = &answer["coverage"];
    assert_eq!(number(&coverage["lines_read"]), 32);
    assert_eq!(number(&coverage["parsed"]), 30);
    assert_eq!(
        number(&coverage["partial"]) + number(&coverage["malformed"]),
        2
    );
    let odd = machine.ok(&["events", "--malformed", "--raw"]);
    assert_eq!(odd.out(), "not a line of this kind\n{\"half\n");
}

#[test]
fn lines_of_every_output_format_are_as_many_as_events() {
    let machine = Machine::new();
    machine.pipe(minutes("web-1", 0..25), &["ingest"]).exits(0);
    let out = |format: &str| {
        machine
            .ok(&["events", "--limit", "0", "--format", format])
            .out()
    };
    assert_eq!(out("ndjson").lines().count(), 25);
    assert_eq!(out("csv").lines().count(), 26);
    let json: Value = serde_json::from_str(&out("json")).expect("JSON");
    let lines: Vec<Value> = out("ndjson")
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .collect();
    assert_eq!(json["results"], Value::Array(lines));
}

#[test]
fn unknown_words_in_options_are_explained() {
    let machine = Machine::with_demo();
    machine
        .run(&["events", "--severity", "dreadful"])
        .exits(2)
        .says("dreadful")
        .says("warning");
    machine
        .run(&["events", "--since", "once"])
        .exits(2)
        .says("once")
        .says("24h");
    machine
        .run(&["events", "--signature", "sig_zzzz"])
        .exits(1)
        .says("sig_zzzz");
}
