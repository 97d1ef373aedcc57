//! `ingest`: what is read, what is read only once, and what is said about the rest.

use crate::machine::{Machine, column, demo, fixture, gzip, minutes, number, same, text};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

#[test]
fn the_summary_says_what_was_taken_in_and_how_well_it_was_understood() {
    let machine = Machine::new();
    let answer = machine.json(&["ingest", &demo("")]);
    assert_eq!(answer["ok"], true);
    let records = 1488 + 2372 + 2147 + 1868;
    assert_eq!(number(&answer["ingested"]), records, "{answer}");
    assert_eq!(number(&answer["coverage"]["lines_read"]), records);
    assert_eq!(number(&answer["coverage"]["parsed"]), records);
    assert!(number(&answer["signatures_created"]) > 50, "{answer}");
    let found = machine.json(&["--as-of", "2026-03-16", "candidates", "--limit", "0"]);
    let found = found["results"].as_array().expect("a list").len() as u64;
    assert_eq!(number(&answer["candidates_created"]), found);
}

#[test]
fn a_single_event_is_answered_with_its_ids() {
    let machine = Machine::new();
    let answer = machine
        .pipe(minutes("web-1", 0..1), &["ingest", "--format", "json"])
        .exits(0)
        .json();
    let event = answer["event_id"].as_str().expect("an event id");
    let signature = answer["signature_id"].as_str().expect("a signature id");
    assert!(answer["candidate_ids"].is_array());
    let found = machine.json(&["events"]);
    assert_eq!(column(&found["results"], "event_id"), [event]);
    assert_eq!(column(&found["results"], "signature_id"), [signature]);
}

#[test]
fn a_second_run_reads_nothing_and_a_grown_file_only_what_is_new() {
    let machine = Machine::new();
    let log = machine.file("app.log", minutes("web-1", 0..50));
    let packed = machine.file("old.log.gz", gzip(minutes("web-2", 0..30).as_bytes()));
    let both = ["ingest", &log, &packed];
    assert_eq!(number(&machine.json(&both)["ingested"]), 80);
    let again = machine.json(&both);
    assert_eq!(number(&again["ingested"]), 0);
    assert_eq!(number(&again["coverage"]["lines_read"]), 0);
    assert_eq!(number(&again["coverage"]["skipped_seen"]), 80);
    machine.append(&log, minutes("web-1", 50..57));
    let grown = machine.json(&both);
    assert_eq!(number(&grown["ingested"]), 7);
    assert_eq!(number(&grown["coverage"]["lines_read"]), 7);
    let all = [
        minutes("web-1", 0..50),
        minutes("web-2", 0..30),
        minutes("web-1", 50..57),
    ];
    same(&machine.raw(), &all.concat().into_bytes());
}

#[test]
fn a_half_written_line_is_read_once_when_it_is_whole() {
    let machine = Machine::new();
    let whole = minutes("web-1", 0..3);
    let cut = whole.len() - 20;
    let log = machine.file("app.log", &whole[..cut]);
    assert_eq!(number(&machine.json(&["ingest", &log])["ingested"]), 2);
    machine.append(&log, &whole[cut..]);
    assert_eq!(number(&machine.json(&["ingest", &log])["ingested"]), 1);
    same(&machine.raw(), whole.as_bytes());
}

#[test]
fn a_last_line_without_an_end_can_be_taken_at_once() {
    let machine = Machine::new();
    let whole = minutes("web-1", 0..3);
    let log = machine.file("app.log", whole.trim_end());
    assert_eq!(number(&machine.json(&["ingest", &log])["ingested"]), 2);
    let rest = machine.json(&["ingest", "--flush-partial", &log]);
    assert_eq!(number(&rest["ingested"]), 1);
    same(&machine.raw(), whole.as_bytes());
}

#[test]
fn rotation_between_two_runs_loses_and_doubles_nothing() {
    let machine = Machine::new();
    let log = machine.file("log/app.log", minutes("web-1", 0..20));
    let pattern = text(&machine.path("log/app.log*"));
    machine.ok(&["ingest", &pattern]);
    machine.append(&log, minutes("web-1", 20..25));
    fs::rename(&log, machine.path("log/app.log.1")).expect("rotation");
    machine.file("log/app.log", minutes("web-1", 25..31));
    assert_eq!(number(&machine.json(&["ingest", &pattern])["ingested"]), 11);
    let old = fs::read(machine.path("log/app.log.1")).expect("the rotated file");
    fs::remove_file(machine.path("log/app.log.1")).expect("rotation");
    fs::rename(&log, machine.path("log/app.log.1")).expect("rotation");
    machine.file("log/app.log.2.gz", gzip(&old));
    machine.file("log/app.log", minutes("web-1", 31..33));
    assert_eq!(number(&machine.json(&["ingest", &pattern])["ingested"]), 2);
    same(&machine.raw(), minutes("web-1", 0..33).as_bytes());
}

#[test]
fn a_rotated_file_is_found_when_only_the_live_name_is_given() {
    let machine = Machine::new();
    let log = machine.file("log/app.log", minutes("web-1", 0..20));
    machine.ok(&["ingest", &log]);
    machine.append(&log, minutes("web-1", 20..25));
    fs::rename(&log, machine.path("log/app.log.1")).expect("rotation");
    machine.file("log/app.log", minutes("web-1", 25..31));
    assert_eq!(number(&machine.json(&["ingest", &log])["ingested"]), 11);
    same(&machine.raw(), minutes("web-1", 0..31).as_bytes());
}

#[test]
fn copytruncate_between_two_runs_loses_and_doubles_nothing() {
    let machine = Machine::new();
    let log = machine.file("log/app.log", minutes("web-1", 0..20));
    let pattern = text(&machine.path("log/app.log*"));
    machine.ok(&["ingest", &pattern]);
    machine.append(&log, minutes("web-1", 20..25));
    fs::copy(&log, machine.path("log/app.log.1")).expect("a copy");
    // The live file grows beyond where it was read before the next run.
    fs::write(&log, minutes("web-1", 25..60)).expect("truncated and grown");
    assert_eq!(number(&machine.json(&["ingest", &pattern])["ingested"]), 40);
    same(&machine.raw(), minutes("web-1", 0..60).as_bytes());
}

#[test]
fn compression_is_told_by_content_and_not_by_name() {
    let machine = Machine::new();
    let lines = minutes("web-1", 0..40);
    let halves = [
        gzip(&lines.as_bytes()[..900]),
        gzip(&lines.as_bytes()[900..]),
    ]
    .concat();
    let packed = machine.file("packed-as.log", halves);
    let plain = machine.file("plain.log.gz", minutes("web-2", 0..5));
    assert_eq!(
        number(&machine.json(&["ingest", &packed, &plain])["ingested"]),
        45
    );
    same(
        &machine.raw(),
        [lines, minutes("web-2", 0..5)].concat().as_bytes(),
    );
    let piped = Machine::new();
    piped
        .pipe(gzip(minutes("web-1", 0..9).as_bytes()), &["ingest"])
        .exits(0);
    same(&piped.raw(), minutes("web-1", 0..9).as_bytes());
}

#[test]
fn a_cut_archive_gives_what_it_holds_and_is_reported() {
    let machine = Machine::new();
    let lines = minutes("web-1", 0..2000);
    let packed = gzip(lines.as_bytes());
    let log = machine.file("app.log.gz", &packed[..packed.len() / 2]);
    // One that is being written right now is left for later; this one is left over.
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    fs::File::open(&log)
        .and_then(|f| f.set_modified(old))
        .expect("an older file");
    let run = machine.run(&["ingest", &log]).exits(1);
    assert!(format!("{}{}", run.out(), run.err()).contains("app.log.gz"));
    let bytes = |raw: Vec<u8>| raw.into_iter().filter(|b| *b != b'\n').collect::<Vec<u8>>();
    let all = bytes(lines.clone().into_bytes());
    let first = bytes(machine.raw());
    assert!(all.starts_with(&first));
    assert!(first.len() > all.len() / 8, "{} bytes", first.len());
    // The line in the middle of which it was cut may be in two pieces, but each byte is there once.
    fs::write(&log, &packed).expect("the whole archive");
    machine.ok(&["ingest", &log]);
    same(&bytes(machine.raw()), &all);
}

#[test]
fn directories_patterns_and_names_lead_to_each_file_once() {
    let machine = Machine::new();
    let one = machine.file("logs/one.log", minutes("web-1", 0..4));
    machine.file("logs/deep/two.log", minutes("web-2", 0..4));
    machine.file("logs/three.txt", minutes("web-3", 0..4));
    machine.file("logs/.hidden.log", minutes("web-4", 0..4));
    symlink(&one, machine.path("logs/link.log")).expect("a link");
    fs::hard_link(&one, machine.path("logs/same.log")).expect("a second name");
    let dir = text(&machine.path("logs"));
    let pattern = format!("{dir}/*.log");
    let answer = machine.json(&["ingest", &pattern, &dir, &one, "logs/../logs/one.log"]);
    assert_eq!(number(&answer["ingested"]), 12, "{answer}");
    assert_eq!(number(&answer["sources"]), 3, "{answer}");
}

#[test]
fn a_pattern_takes_what_it_matches_and_one_without_a_match_is_no_input() {
    let machine = Machine::new();
    machine.file("logs/one.log", minutes("web-1", 0..4));
    machine.file("logs/three.txt", minutes("web-3", 0..5));
    let txt = text(&machine.path("logs/*.txt"));
    assert_eq!(number(&machine.json(&["ingest", &txt])["ingested"]), 5);
    let none = text(&machine.path("logs/*.gz"));
    machine.run(&["ingest", &none]).exits(66).says("*.gz");
}

#[test]
fn standard_input_is_read_with_a_dash_and_without_an_argument() {
    for args in [&["ingest", "-"][..], &["ingest"]] {
        let machine = Machine::new();
        let lines = minutes("web-1", 0..12);
        machine.pipe(lines.as_str(), args).exits(0);
        same(&machine.raw(), lines.as_bytes());
    }
}

#[test]
fn a_stream_has_the_name_it_was_given() {
    let machine = Machine::new();
    let args = ["ingest", "--source-label", "fw-01"];
    machine.pipe(minutes("web-1", 0..2), &args).exits(0);
    let sources = &machine.json(&["status"])["sources"];
    assert_eq!(column(sources, "name"), ["fw-01"]);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
    let machine = Machine::new();
    let good = machine.file("good.log", minutes("web-1", 0..4));
    let last = machine.file("last.log", minutes("web-2", 0..4));
    let absent = text(&machine.path("absent.log"));
    let dangling = machine.path("dangling.log");
    symlink("nowhere", &dangling).expect("a link");
    let pipe = machine.path("pipe.log");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).expect("a named pipe");
    let mut bad = vec![
        absent,
        text(&dangling),
        text(&pipe),
        "/dev/null".to_string(),
        // It opens as any file does, and gives an error when it is read.
        "/proc/self/mem".to_string(),
    ];
    if !rustix::process::geteuid().is_root() {
        let secret = machine.file("secret.log", "x\n");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o000);
        fs::set_permissions(&secret, mode).expect("a mode");
        bad.push(secret);
    }
    let mut args = vec!["ingest", &good];
    args.extend(bad.iter().map(String::as_str));
    args.push(&last);
    let run = machine.run(&args).exits(1);
    let said = format!("{}{}", run.out(), run.err());
    for path in &bad {
        let name = Path::new(path).file_name().expect("a name");
        assert!(
            said.contains(name.to_str().expect("UTF-8")),
            "{path}: {said}"
        );
    }
    assert_eq!(machine.count(), 8);
}

#[test]
fn what_cannot_be_read_stands_in_the_answer_too() {
    let machine = Machine::new();
    let good = machine.file("good.log", minutes("web-1", 0..4));
    let absent = text(&machine.path("absent.log"));
    let run = machine.run(&["ingest", &good, &absent, "--format", "json"]);
    let answer = run.exits(1).json();
    assert_eq!(answer["ok"], true);
    assert_eq!(number(&answer["ingested"]), 4);
    assert_eq!(column(&answer["skipped"], "source"), [absent.as_str()]);
    let reason = &column(&answer["skipped"], "reason")[0];
    assert!(reason.contains("No such file"), "{reason}");
}

#[test]
fn nothing_readable_is_no_input() {
    let machine = Machine::new();
    let absent = text(&machine.path("absent.log"));
    machine
        .run(&["ingest", &absent])
        .exits(66)
        .says("absent.log")
        .says("hint: ");
    let answer = machine.run(&["ingest", &absent, "--format", "json"]);
    assert_eq!(answer.exits(66).json()["error"]["code"], "no_input");
}

#[test]
fn a_dry_run_reports_and_stores_nothing() {
    let machine = Machine::new();
    let log = machine.file("app.log", minutes("web-1", 0..6));
    let answer = machine.json(&["ingest", "--dry-run", &log]);
    assert_eq!(number(&answer["ingested"]), 6);
    assert_eq!(answer["dry_run"], true);
    assert!(!machine.store().exists());
}

#[test]
fn every_format_is_recognised() {
    let machine = Machine::new();
    let mut names = Vec::new();
    for format in fs::read_dir(fixture("formats", "")).expect("the fixtures") {
        for file in fs::read_dir(format.expect("an entry").path()).expect("the fixtures") {
            let name = text(&file.expect("an entry").path());
            if !name.ends_with(".expected.jsonl") {
                names.push(name);
            }
        }
    }
    let mut args = vec!["ingest", "--flush-partial"];
    args.extend(names.iter().map(String::as_str));
    machine.ok(&args);
    // A format with damaged records among its samples makes the state unhealthy: 1 is an answer here too.
    let status = machine.run(&["status", "--format", "json"]).json();
    let sources = &status["sources"];
    assert_eq!(column(sources, "name").len(), names.len());
    for (name, format) in column(sources, "name")
        .iter()
        .zip(column(sources, "format"))
    {
        let expected = Path::new(name).parent().and_then(Path::file_name);
        assert_eq!(expected, Some(format.as_ref()), "{name}");
    }
}

#[test]
fn copies_under_other_names_are_other_logs() {
    let machine = Machine::new();
    let lines = minutes("web-1", 0..40);
    let one = machine.file("one.log", &lines);
    let two = machine.file("two.log", &lines);
    assert_eq!(
        number(&machine.json(&["ingest", &one, &two])["ingested"]),
        80
    );
    assert_eq!(
        number(&machine.json(&["ingest", &two, &one])["ingested"]),
        0
    );
}

#[test]
fn a_file_that_was_replaced_is_read_as_a_new_one() {
    let machine = Machine::new();
    let log = machine.file("app.log", minutes("web-1", 0..40));
    machine.ok(&["ingest", &log]);
    // The same name, and on most file systems the same inode.
    fs::remove_file(&log).expect("a file");
    machine.file("app.log", minutes("web-2", 0..30));
    assert_eq!(number(&machine.json(&["ingest", &log])["ingested"]), 30);
    machine.file("app.log", "");
    assert_eq!(number(&machine.json(&["ingest", &log])["ingested"]), 0);
    machine.append(&log, minutes("web-3", 0..2));
    assert_eq!(number(&machine.json(&["ingest", &log])["ingested"]), 2);
}

fn stamps(machine: &Machine) -> Vec<String> {
    column(
        &machine.json(&["events", "--limit", "0"])["results"],
        "timestamp",
    )
}

#[test]
fn stamps_without_a_zone_are_read_in_the_zone_that_was_named() {
    let lines = "<13>1 2026-03-02T10:00:00Z web-1 app - - - zoned\n\
                 2026-03-02 10:00:00 app: no zone\n";
    for (zone, hour) in [("UTC", "10"), ("+02:00", "08"), ("America/New_York", "15")] {
        let machine = Machine::new();
        machine
            .pipe(lines, &["--timezone", zone, "ingest"])
            .exits(0);
        let expected = [
            "2026-03-02T10:00:00Z".to_string(),
            format!("2026-03-02T{hour}:00:00Z"),
        ];
        assert_eq!(stamps(&machine), expected, "{zone}");
    }
    let machine = Machine::new();
    machine
        .run(&["--timezone", "Mars/Base", "ingest", "-"])
        .exits(2)
        .says("Mars/Base");
}

#[test]
fn the_year_of_stamps_without_one_comes_from_the_age_of_the_file() {
    let machine = Machine::new();
    let log = machine.file(
        "messages",
        "Dec 31 23:59:58 web-1 app: the old year\nJan  1 00:00:02 web-1 app: the new year\n",
    );
    let january = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_735_700_000);
    fs::File::open(&log)
        .and_then(|f| f.set_modified(january))
        .expect("an age");
    machine.ok(&["ingest", &log]);
    assert_eq!(
        stamps(&machine),
        ["2024-12-31T23:59:58Z", "2025-01-01T00:00:02Z"]
    );
}

#[test]
fn a_clock_from_the_future_does_not_move_the_present() {
    let machine = Machine::new();
    let lines = format!(
        "{}2099-01-01T00:00:00+00:00 web-1 app: from the future\n",
        minutes("web-1", 0..200)
    );
    let answer = machine
        .pipe(lines, &["ingest", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(number(&answer["ingested"]), 201);
    let run = machine.ok(&["candidates"]).says("2026-03-02");
    assert!(!run.err().contains("2099"), "{}", run.err());
    let kept = machine.ok(&["events", "from the future", "--raw"]);
    assert_eq!(
        kept.out(),
        "2099-01-01T00:00:00+00:00 web-1 app: from the future\n"
    );
}

#[test]
fn memory_that_matches_is_named_at_once() {
    let machine = Machine::with_demo();
    let listed = machine.json(&["candidates", "--type", "recurrence"]);
    let candidate = &listed["results"][0];
    let id = candidate["candidate_id"].as_str().expect("an id");
    let promoted = machine.json(&["promote", id, "--title", "The old controller again"]);
    let memory = promoted["incident_memory_id"].as_str().expect("an id");
    // The record comes again, a day later.
    let signature = candidate["signature_ids"][0].as_str().expect("an id");
    let seen = machine.ok(&["events", "--signature", signature, "--raw", "--limit", "1"]);
    let again = seen.out().replacen("2026-03-0", "2026-03-1", 1);
    let run = machine.pipe(again, &["ingest"]).exits(0);
    assert!(
        run.out().contains("The old controller again"),
        "{}",
        run.out()
    );
    assert!(
        run.out().to_lowercase().contains("seen before"),
        "{}",
        run.out()
    );
    let quiet = machine.pipe(minutes("web-9", 0..1), &["ingest"]).exits(0);
    assert!(!quiet.out().contains(memory), "{}", quiet.out());
    assert!(!quiet.out().contains("The old controller again"));
}
