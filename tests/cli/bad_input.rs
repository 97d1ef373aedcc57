//! Input that is no good log: kept byte for byte, marked, and nothing beside it is harmed.

use crate::machine::{Machine, column, minutes, number, same, text};
use crate::whole::taken_in_whole;
use serde_json::Value;

/// Reads this as a file of its own.
#[track_caller]
fn kept(content: &[u8], args: &[&str]) -> (Machine, Value) {
    let machine = Machine::new();
    let log = machine.file("app.log", content);
    let answer = taken_in_whole(&machine, &[&["ingest", &log], args].concat(), 0, content);
    (machine, answer)
}

fn statuses(machine: &Machine) -> Vec<String> {
    column(
        &machine.json(&["events", "--limit", "0"])["results"],
        "parse_status",
    )
}

#[test]
fn an_empty_file_is_a_source_and_its_growth_is_read_from_the_start() {
    let (machine, answer) = kept(b"", &[]);
    assert_eq!(number(&answer["ingested"]), 0);
    let sources = &machine.json(&["status"])["sources"];
    assert_eq!(column(sources, "name").len(), 1);
    let log = text(&machine.path("app.log"));
    machine.append(&log, minutes("web-1", 0..3));
    machine.ok(&["ingest", &log]);
    same(&machine.raw(), minutes("web-1", 0..3).as_bytes());
    let sources = &machine.json(&["status"])["sources"];
    assert_eq!(column(sources, "name").len(), 1);
}

#[test]
fn empty_lines_are_kept_and_counted_and_never_news() {
    let (machine, answer) = kept(&b"\n".repeat(10_000), &[]);
    assert_eq!(number(&answer["ingested"]), 10_000);
    assert_eq!(machine.count(), 10_000);
    let found = machine.json(&["candidates", "--limit", "0"]);
    assert_eq!(found["results"].as_array().map(Vec::len), Some(0));
}

#[test]
fn bytes_that_are_no_text_are_kept_and_shown_escaped() {
    let head = "2026-03-02T00:00:00+00:00 web-1 app[1]: ";
    let mut log = Vec::new();
    // Stray bytes, an overlong form, half a surrogate pair, a character cut off at the end of the line.
    for bad in [
        &b"caf\xe9"[..],
        b"\xff\xfe",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xe2\x82",
    ] {
        log.extend_from_slice(head.as_bytes());
        log.extend_from_slice(bad);
        log.push(b'\n');
    }
    // And one that lies across the end of any buffer of a power of two.
    log.extend_from_slice(head.as_bytes());
    log.extend(std::iter::repeat_n(b'x', (1 << 16) - log.len() - 1));
    log.extend_from_slice("\u{20ac}\n".as_bytes());
    let (machine, _) = kept(&log, &[]);
    let marks = statuses(&machine);
    assert_eq!(marks[..5], ["bad_encoding"; 5]);
    assert_eq!(marks[5], "ok");
    let page = machine.ok(&["events", "--limit", "2", "--wide"]);
    assert!(page.out().contains(r"caf\xe9"), "{}", page.out());
}

#[test]
fn a_nul_inside_a_line_ends_nothing() {
    let log = b"2026-03-02T00:00:00+00:00 web-1 app[1]: before\0after\n";
    let (machine, _) = kept(log, &[]);
    let found = machine.json(&["events", "after"]);
    assert_eq!(
        column(&found["results"], "message_raw"),
        ["before\u{0}after"]
    );
}

#[test]
fn a_line_of_megabytes_harms_no_neighbour() {
    let mut log = minutes("web-1", 0..3).into_bytes();
    log.extend(std::iter::repeat_n(b'y', 3 << 20));
    log.push(b'\n');
    log.extend(minutes("web-1", 3..6).into_bytes());
    let (machine, _) = kept(&log, &[]);
    let marks = statuses(&machine);
    let whole = marks.iter().filter(|m| *m == "ok").count();
    assert_eq!(whole, 6, "{marks:?}");
    assert!(marks.iter().any(|m| m == "oversize_fragment"), "{marks:?}");
}

#[test]
fn json_of_any_depth_and_kind_is_kept_and_marked() {
    let deep = |n: usize| format!("{{\"a\":{}1{}}}\n", "[".repeat(n), "]".repeat(n));
    let mut log = String::new();
    for n in [100, 128, 100_000] {
        log += &deep(n);
    }
    log += "42\n\"x\"\n[]\nnull\n{}x\n";
    let (machine, answer) = kept(log.as_bytes(), &["--input-format", "json"]);
    assert_eq!(number(&answer["ingested"]), 8);
    let marks = statuses(&machine);
    let deep = ["time_missing", "unparsed", "unparsed"];
    assert_eq!(marks[..3], deep, "{marks:?}");
    assert_eq!(marks[3..], ["unparsed"; 5], "{marks:?}");
}

#[test]
fn json_with_odd_values_is_read_as_far_as_it_goes() {
    let number = "123456789012345678901234567890";
    let zeros = "0,".repeat(450_000);
    let members: Vec<String> = (0..60_000).map(|n| format!("\"k{n}\":{n}")).collect();
    let cases = [
        (r#"{"msg":"m","v":1e999}"#, "partial"),
        (r#"{"msg":"m","v":NaN}"#, "partial"),
        (&format!("{{\"msg\":\"m\",\"v\":{number}}}"), "time_missing"),
        (r#"{"msg":"\ud800m"}"#, "partial"),
        ("{\"msg\":\"a\tb\"}", "partial"),
        ("{\"msg\":\"a\0b\"}", "partial"),
        (r#"{"msg":"m"}x"#, "partial"),
        (r#"{"msg":"a"}{"msg":"b"}"#, "partial"),
        // The last one counts.
        (r#"{"msg":"a","msg":"b"}"#, "time_missing"),
        (
            &format!("{{\"msg\":\"m\",\"v\":[{zeros}0]}}"),
            "time_missing",
        ),
        (
            &format!("{{\"msg\":\"m\",{}}}", members.join(",")),
            "time_missing",
        ),
    ];
    let log: String = cases.iter().map(|(line, _)| format!("{line}\n")).collect();
    let (machine, _) = kept(log.as_bytes(), &["--input-format", "json"]);
    assert_eq!(statuses(&machine), cases.map(|(_, status)| status));
    let events = &machine.json(&["events"])["results"];
    assert_eq!(events[2]["structured_fields"]["v"], number);
    assert_eq!(events[8]["message_raw"], "b");
    let fields = events[10]["structured_fields"].as_object();
    assert_eq!(fields.map(serde_json::Map::len), Some(256));
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_record_and_not_asked_for_again() {
    let lines = minutes("web-1", 0..2);
    let (machine, _) = kept(format!("\u{feff}{lines}").as_bytes(), &[]);
    let hosts = column(&machine.json(&["events"])["results"], "host");
    assert_eq!(hosts, ["web-1", "web-1"]);
    assert_eq!(statuses(&machine), ["ok", "ok"]);
    let log = text(&machine.path("app.log"));
    machine.append(&log, minutes("web-1", 2..3));
    machine.ok(&["ingest", &log]);
    assert_eq!(statuses(&machine), ["ok"; 3]);
}

#[test]
fn carriage_returns_are_kept_and_not_seen() {
    let unix = minutes("web-1", 0..2);
    let windows = unix.replace('\n', "\r\n");
    let lone = "2026-03-02T00:09:00+00:00 web-1 app[1]: one\rtwo\n";
    let (machine, answer) = kept(format!("{windows}{lone}{unix}").as_bytes(), &[]);
    assert_eq!(number(&answer["ingested"]), 5);
    let messages = column(&machine.json(&["events"])["results"], "message_raw");
    assert_eq!(messages[0], messages[3]);
    assert_eq!(messages[2], "one\rtwo");
}

#[test]
fn what_a_source_is_in_is_told_by_its_first_record_that_says_anything() {
    let lines = minutes("web-1", 0..3);
    let nuls = "\0".repeat(70_000);
    for start in ["", "\n", "\r\n \n", &nuls] {
        // In two runs, as after a rotation, and in one.
        let machine = Machine::new();
        let log = machine.file("app.log", start);
        machine.ok(&["ingest", &log]);
        machine.append(&log, &lines);
        machine.ok(&["ingest", &log]);
        let at_once = Machine::new();
        let whole = at_once.file("app.log", format!("{start}{lines}"));
        at_once.ok(&["ingest", &whole]);
        for machine in [machine, at_once] {
            same(&machine.raw(), format!("{start}{lines}").as_bytes());
            let hosts = column(&machine.json(&["events", "polled"])["results"], "host");
            assert_eq!(hosts, ["web-1"; 3], "{start:.9?}");
            let sources = &machine.json(&["status"])["sources"];
            assert_eq!(column(sources, "format"), ["syslog"], "{start:.9?}");
        }
    }
}

#[test]
fn files_that_are_no_logs_are_named_and_the_rest_is_read() {
    let machine = Machine::new();
    let mut logins = vec![0; 768];
    logins[0] = 2;
    logins[384] = 7;
    logins[392..397].copy_from_slice(b"pts/0");
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
    let odd: [(&str, &[u8]); 5] = [
        ("lastlog", &[0; 584]),
        ("picture.log", picture),
        ("program.log", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0rest"),
        ("system.journal", b"LPKSHHRH\0\0\0\0\0\0\0\0"),
        ("wtmp", &logins),
    ];
    machine.file("logs/app.log", minutes("web-1", 0..3));
    for (name, content) in odd {
        machine.file(&format!("logs/{name}"), content);
    }
    let pattern = text(&machine.path("logs/*"));
    let run = machine.ok(&["ingest", &pattern]);
    let run = run.says("5 files are no logs and were not read: ");
    run.says("lastlog").says("picture.log").says("program.log");
    same(&machine.raw(), minutes("web-1", 0..3).as_bytes());
    // Whoever names one wants it, and is told how to get it.
    for (name, instead) in [
        ("picture.log", "strings '"),
        ("system.journal", "journalctl --file '"),
        ("wtmp", "last -f '"),
    ] {
        let path = text(&machine.path("logs").join(name));
        let run = machine.run(&["ingest", &path]).exits(66);
        run.says(name).says(&format!("hint: {instead}"));
    }
    let path = text(&machine.path("logs/picture.log"));
    machine.ok(&["ingest", "--force-text", &path]);
    let all = [minutes("web-1", 0..3).as_bytes(), b"\x89PNG\r\n\x1a\n"].concat();
    same(&machine.raw(), &all);
}

#[test]
fn a_log_that_looks_like_no_text_is_read_when_told_to() {
    let noise = |n: u32| n.wrapping_mul(2_654_435_761) >> 24;
    let content: Vec<u8> = (0..9000).map(|n| noise(n) as u8).chain([b'\n']).collect();
    let machine = Machine::new();
    let log = machine.file("noise.log", &content);
    machine
        .run(&["ingest", &log])
        .exits(66)
        .says("hint: brainstem ingest --force-text '");
    taken_in_whole(&machine, &["ingest", "--force-text", &log], 0, &content);
}

#[test]
fn a_log_that_was_emptied_is_told_of_and_goes_on_from_its_start() {
    let machine = Machine::new();
    let log = machine.file("app.log", minutes("web-1", 0..4));
    machine.ok(&["ingest", &log]);
    machine.file("app.log", "");
    machine.ok(&["ingest", &log]).says("app.log");
    machine.append(&log, minutes("web-1", 4..6));
    machine.ok(&["ingest", &log]);
    same(&machine.raw(), minutes("web-1", 0..6).as_bytes());
}

#[test]
fn two_logs_with_one_beginning_are_both_read_whole() {
    let machine = Machine::new();
    let head = minutes("web-1", 0..40);
    let one = machine.file("logs/syslog", format!("{head}{}", minutes("web-1", 50..53)));
    let two = machine.file(
        "logs/messages",
        format!("{head}{}", minutes("web-1", 60..64)),
    );
    machine.ok(&["ingest", &one, &two]);
    assert_eq!(machine.count(), 40 + 3 + 40 + 4);
    machine.append(&one, minutes("web-1", 70..71));
    machine.ok(&["ingest", &text(&machine.path("logs"))]);
    assert_eq!(machine.count(), 88);
}

#[test]
fn a_short_first_line_is_read_at_once() {
    for content in ["x\n", "\n", "a b\n"] {
        let (_, answer) = kept(content.as_bytes(), &[]);
        assert_eq!(number(&answer["ingested"]), 1, "{content:?}");
    }
}

#[test]
fn a_journal_message_in_any_form_is_read_and_null_is_told_of() {
    let entry = |n: u32, message: &str| {
        format!(
            "{{\"__CURSOR\":\"s=1;i={n:x};b=2\",\"__REALTIME_TIMESTAMP\":\"177240972300000{n}\",\"_HOSTNAME\":\"web-1\",\"SYSLOG_IDENTIFIER\":\"app\",\"MESSAGE\":{message}}}\n"
        )
    };
    let long: Vec<String> = (0..48_000u32).map(|n| (97 + n % 26).to_string()).collect();
    let log: String = [
        entry(1, "[104,105]"),
        entry(2, "[\"one\",\"two\"]"),
        entry(3, "null"),
        entry(4, &format!("[{}]", long.join(","))),
    ]
    .concat();
    let (machine, answer) = kept(log.as_bytes(), &[]);
    assert_eq!(number(&answer["coverage"]["partial"]), 1, "{answer}");
    assert_eq!(statuses(&machine), ["ok", "ok", "field_null", "ok"]);
    let messages = column(&machine.json(&["events"])["results"], "message_raw");
    assert_eq!(messages[..2], ["hi", "one\ntwo"]);
    assert_eq!(messages[3].len(), 48_000);
}
