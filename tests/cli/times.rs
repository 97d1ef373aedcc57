//! Time: years and zones nobody wrote, days there are not, clocks that are wrong, and questions about parts of the past.

use crate::machine::{Machine, column, minutes, number, same};
use std::fs;
use std::time::{Duration, UNIX_EPOCH};

/// The times of all events, in the order they were taken in.
fn stamps(machine: &Machine) -> Vec<String> {
    column(
        &machine.json(&["events", "--limit", "0"])["results"],
        "timestamp",
    )
}

/// How well each event was understood, in the same order.
fn statuses(machine: &Machine) -> Vec<String> {
    column(
        &machine.json(&["events", "--limit", "0"])["results"],
        "parse_status",
    )
}

/// Gives a file the age it would have if it had last been written then, in seconds since 1970.
fn last_written(log: &str, secs: u64) {
    fs::File::open(log)
        .and_then(|f| f.set_modified(UNIX_EPOCH + Duration::from_secs(secs)))
        .expect("an age");
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
fn an_hour_that_comes_twice_counts_its_records_once_and_one_that_never_comes_keeps_them() {
    let machine = Machine::new();
    let lines = "2025-10-26 02:30:00 app: before the clock went back\n\
                 2025-10-26 02:30:00 app: and after\n\
                 2025-03-30 02:30:00 app: no such hour\n";
    machine
        .pipe(lines, &["--timezone", "Europe/Berlin", "ingest"])
        .exits(0);
    assert_eq!(machine.count(), 3);
    assert_eq!(
        stamps(&machine),
        [
            "2025-10-26T00:30:00Z",
            "2025-10-26T00:30:00Z",
            "2025-03-30T01:30:00Z"
        ]
    );
}

#[test]
fn the_year_of_stamps_without_one_comes_from_the_age_of_the_file() {
    // A file of 1 January 2025, one of 31 December 2024 whose last line is a little ahead, and one of 20 December 2023.
    let rows: [(u64, &str, &[&str]); 3] = [
        (
            1_735_700_000,
            "Dec 31 23:59:58 web-1 app: the old year\nJan  1 00:00:02 web-1 app: the new year\n",
            &["2024-12-31T23:59:58Z", "2025-01-01T00:00:02Z"],
        ),
        (
            1_735_687_800,
            "Dec 31 23:29:59 web-1 app: now\nJan  1 00:00:00 web-1 app: ahead by half an hour\nJan  3 00:00:00 web-1 app: a year ago\n",
            &[
                "2024-12-31T23:29:59Z",
                "2025-01-01T00:00:00Z",
                "2024-01-03T00:00:00Z",
            ],
        ),
        (
            1_703_030_400,
            "Dec 24 10:00:00 web-1 app: last year\nJun 10 10:00:00 web-1 app: this\nDec 19 10:00:00 web-1 app: too\n",
            &[
                "2022-12-24T10:00:00Z",
                "2023-06-10T10:00:00Z",
                "2023-12-19T10:00:00Z",
            ],
        ),
    ];
    for (written, lines, expected) in rows {
        let machine = Machine::new();
        let log = machine.file("messages.1", lines);
        last_written(&log, written);
        machine.ok(&["ingest", &log]);
        assert_eq!(stamps(&machine), expected, "{lines}");
    }
}

#[test]
fn the_age_of_a_log_can_be_told_where_its_file_does_not_keep_it() {
    let lines =
        "Dec 31 23:59:58 web-1 app: the old year\nJan  1 00:00:02 web-1 app: the new year\n";
    let expected = ["2022-12-31T23:59:58Z", "2023-01-01T00:00:02Z"];
    let machine = Machine::new();
    let copy = machine.file("copy", lines);
    machine.ok(&["ingest", "--written", "2023-01-01", &copy]);
    assert_eq!(stamps(&machine), expected);
    let machine = Machine::new();
    machine
        .pipe(lines, &["ingest", "--written", "2023-01-01"])
        .exits(0);
    assert_eq!(stamps(&machine), expected);
    machine
        .run(&["ingest", "--written", "long ago", &copy])
        .exits(2)
        .says("long ago");
}

#[test]
fn days_and_hours_that_do_not_exist_are_marked_and_roll_over_into_no_other() {
    let machine = Machine::new();
    let wrong = [
        "Feb 29 10:00:00",
        "Nov 31 10:00:00",
        "Mar  2 24:00:00",
        "Mar  2 14:99:16",
        "Mar  2 14:59:61",
    ];
    let lines: String = ["Mar  2 14:00:00", "Mar  2 14:00:60"]
        .iter()
        .chain(&wrong)
        .map(|stamp| format!("{stamp} web-1 app: hello\n"))
        .collect();
    machine
        .pipe(lines.as_str(), &["ingest", "--written", "2026-03-02"])
        .exits(0);
    let found = statuses(&machine);
    assert_eq!(found[..2], ["ok", "ok"]);
    assert!(found[2..].iter().all(|s| s == "time_suspect"), "{found:?}");
    // A leap second is the last moment before it; what has no time counts where it stands.
    assert_eq!(stamps(&machine)[0], "2026-03-02T14:00:00Z");
    for stamp in &stamps(&machine)[1..] {
        assert_eq!(stamp, "2026-03-02T14:00:59.999999Z");
    }
    same(&machine.raw(), lines.as_bytes());
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
fn absurd_times_are_kept_and_move_neither_the_present_nor_what_is_kept_how_long() {
    let machine = Machine::new();
    let times = [
        "\"2099-01-01T00:00:00Z\"",
        "\"1970-01-01T00:00:00Z\"",
        "\"0000-01-01T00:00:00Z\"",
        "\"10000-01-01T00:00:00Z\"",
        "\"-0001-01-01T00:00:00Z\"",
        "\"2262-04-12T00:00:00Z\"",
        "9223372036854775807",
        "-9223372036854775808",
        "10000000000",
        "4294967296",
    ];
    let lines: String = times
        .iter()
        .chain(&["\"2026-03-02T01:02:03Z\""])
        .map(|time| format!("{{\"time\":{time},\"message\":\"disk is full\"}}\n"))
        .collect();
    machine.pipe(lines.as_str(), &["ingest"]).exits(0);
    let found = statuses(&machine);
    assert!(found[..10].iter().all(|s| s != "ok"), "{found:?}");
    assert_eq!(found[10], "ok");
    same(&machine.raw(), lines.as_bytes());
    // The only time to go by is that of the one sound record, wherever the others are counted.
    let listed = machine.ok(&["signatures"]).says("2026-03-02 01:02");
    assert!(listed.out().contains("disk is full"), "{}", listed.out());
    let pruned = machine.json(&["prune", "--dry-run"]);
    assert_eq!(number(&pruned["removed"]), 0);
}

#[test]
fn a_clock_that_jumped_by_years_makes_no_record_old_enough_to_go() {
    let machine = Machine::new();
    // Four hours of 2026-03-02, and a line from a clock that ran years ahead until now.
    machine.pipe(minutes("web-1", 0..240), &["ingest"]).exits(0);
    let jumped = chrono::Utc::now().to_rfc3339();
    machine
        .pipe(format!("{jumped} web-1 app: a jump\n"), &["ingest"])
        .exits(0);
    let run = machine.run(&["prune", "--format", "json"]).exits(0);
    assert_eq!(number(&run.json()["removed"]), 0);
    run.says("nothing was logged from 2026-03-02")
        .says("240 more would go with --as-of now");
    assert_eq!(machine.count(), 241);
    let done = machine.json(&["--as-of", "now", "prune"]);
    assert_eq!(number(&done["removed"]), 240, "who names a time means it");
}

#[test]
fn the_days_of_a_log_add_up_to_all_of_it_and_no_event_is_in_two() {
    let machine = Machine::new();
    let midnight = "2026-03-03T00:00:00.000000+00:00 web-1 app: on the stroke\n";
    let lines = format!("{}{midnight}", minutes("web-1", 0..4000));
    machine.pipe(lines, &["ingest"]).exits(0);
    let days = ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"];
    let events = |options: &[&str], zone: &str| {
        let mut command = machine.command(&[options, &["--format", "ndjson"]].concat());
        let output = command.env("TZ", zone).output().expect("it runs");
        String::from_utf8(output.stdout).expect("text")
    };
    for zone in ["UTC", "Pacific/Auckland", "America/New_York"] {
        let parts = days.windows(2).map(|day| {
            let span = [
                "events", "--limit", "0", "--since", day[0], "--until", day[1],
            ];
            events(&span, zone)
        });
        let mut parts: Vec<String> = parts
            .flat_map(|part| part.lines().map(String::from).collect::<Vec<_>>())
            .collect();
        let mut all: Vec<String> = events(&["events", "--limit", "0"], "UTC")
            .lines()
            .map(String::from)
            .collect();
        parts.sort();
        all.sort();
        assert_eq!(parts.len(), 4001, "{zone}");
        assert!(parts == all, "{zone}");
    }
}

#[test]
fn what_comes_in_late_counts_on_the_day_it_happened() {
    let (early, late) = (minutes("web-1", 0..600), minutes("web-1", 600..1200));
    let in_order = Machine::new();
    in_order
        .pipe(format!("{early}{late}"), &["ingest"])
        .exits(0);
    let out_of_order = Machine::new();
    for part in [late, early] {
        out_of_order.pipe(part, &["ingest"]).exits(0);
    }
    let known = |machine: &Machine| machine.json(&["signatures", "--limit", "0"]);
    assert!(known(&in_order) == known(&out_of_order));
}
