//! The same logs give the same answers, in whatever order, in however many runs and from whatever files they come.

use crate::machine::{DEMO_END, Machine, demo, number};
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use std::fs;
use std::io::Read;

const FILES: [&str; 4] = [
    "alder.log",
    "birch.log",
    "cedar.journal.json.gz",
    "dogwood.log.gz",
];

/// Everything that is answered about the present.
fn answers(machine: &Machine) -> [Value; 4] {
    let ask = |args: &[&str]| machine.json(&[&["--as-of", DEMO_END], args].concat());
    let counts = machine.json(&["status"])["counts"].clone();
    [
        ask(&["candidates", "--limit", "0"]),
        ask(&["signatures", "--limit", "0"]),
        ask(&["digest", "--dry-run", "--since", "14d", "--limit", "0"])["items"].clone(),
        counts,
    ]
}

#[track_caller]
fn same_answers(machine: &Machine, how: &str) {
    let expected = answers(&Machine::with_demo());
    for (got, expected) in answers(machine).iter().zip(&expected) {
        assert!(got == expected, "{how}: {got:#}\ninstead of {expected:#}");
    }
}

#[test]
fn files_in_another_order_give_the_same_answers() {
    let machine = Machine::new();
    let mut files = FILES.map(demo);
    files.reverse();
    let mut args = vec!["ingest"];
    args.extend(files.iter().map(String::as_str));
    machine.ok(&args);
    same_answers(&machine, "reversed");
}

#[test]
fn one_file_a_run_gives_the_same_answers() {
    let machine = Machine::new();
    for file in [
        "dogwood.log.gz",
        "alder.log",
        "cedar.journal.json.gz",
        "birch.log",
    ] {
        machine.ok(&["ingest", &demo(file)]);
    }
    same_answers(&machine, "one by one");
}

#[test]
fn one_thread_or_many_give_the_same_answers() {
    for threads in ["1", "7"] {
        let machine = Machine::new();
        machine.ok(&["ingest", "--threads", threads, &demo("")]);
        same_answers(&machine, threads);
    }
}

#[test]
fn files_that_grow_from_run_to_run_give_the_same_answers() {
    let machine = Machine::new();
    let whole = [demo("alder.log"), demo("birch.log")].map(|p| fs::read(p).expect("the demo"));
    let paths = [
        machine.file("logs/alder.log", ""),
        machine.file("logs/birch.log", ""),
    ];
    for part in 0..5 {
        for (path, whole) in paths.iter().zip(&whole) {
            // Cuts fall into lines, not between them.
            let cut = |n: usize| whole.len() * n / 5;
            machine.append(path, &whole[cut(part)..cut(part + 1)]);
        }
        machine.ok(&["ingest", &paths[1], &paths[0]]);
    }
    machine.ok(&["ingest", &demo(FILES[2]), &demo(FILES[3])]);
    same_answers(&machine, "grown");
}

#[test]
fn streams_and_parts_out_of_order_give_the_same_answers() {
    let machine = Machine::new();
    let alder = fs::read(demo("alder.log")).expect("the demo");
    let lines: Vec<&[u8]> = alder.split_inclusive(|b| *b == b'\n').collect();
    let (early, late) = lines.split_at(lines.len() / 3);
    machine.pipe(late.concat(), &["ingest"]).exits(0);
    machine.pipe(early.concat(), &["ingest", "-"]).exits(0);
    let mut journal = Vec::new();
    let packed = fs::File::open(demo(FILES[2])).expect("the demo");
    MultiGzDecoder::new(packed)
        .read_to_end(&mut journal)
        .expect("gzip");
    machine
        .pipe(journal, &["ingest", "--source-label", "cedar"])
        .exits(0);
    machine.ok(&["ingest", &demo(FILES[1]), &demo(FILES[3])]);
    same_answers(&machine, "streams");
}

#[test]
fn a_digest_of_files_is_that_of_a_store_of_them() {
    let stored = Machine::with_demo().json(&["--as-of", DEMO_END, "digest"]);
    let machine = Machine::new();
    let shot = machine.json(&["--as-of", DEMO_END, "digest", &demo("")]);
    assert!(!machine.store().exists());
    assert_eq!(shot["coverage"], stored["coverage"]);
    assert!(number(&shot["coverage"]["lines_read"]) > 7000);
    // Only a store knows what an earlier digest told.
    let told = |page: &Value| {
        let mut items = page["items"].as_array().expect("a list").clone();
        for item in &mut items {
            item.as_object_mut().expect("an item").remove("change");
        }
        items
    };
    assert_eq!(told(&shot), told(&stored));
}

#[test]
fn the_same_question_gets_the_same_bytes() {
    let machine = Machine::with_demo();
    for (format, command) in [
        ("table", &["candidates"][..]),
        ("json", &["candidates"]),
        ("markdown", &["signatures"]),
        ("html", &["digest", "--dry-run"]),
        ("ndjson", &["events"]),
        ("csv", &["events"]),
        ("json", &["replay", "--from", "2026-03-14"]),
    ] {
        let args = [&["--as-of", DEMO_END], command, &["--format", format]].concat();
        assert!(machine.ok(&args).out == machine.ok(&args).out, "{args:?}");
    }
}
