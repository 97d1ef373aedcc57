//! Records that are no plain lines: however a record came, its events are found one by one, and its bytes come back once.

use crate::machine::{Machine, column, number, same};
use serde_json::Value;

/// `time host message` of all events, in the order they came.
fn told(machine: &Machine) -> Vec<String> {
    let events = machine.json(&["events", "--limit", "0"]);
    let of = |e: &Value, name: &str| e[name].as_str().unwrap_or_default().to_string();
    let events = events["results"].as_array().expect("a list").iter();
    events
        .map(|e| {
            let parts = ["timestamp", "host", "message_raw"].map(|name| of(e, name));
            parts.join(" ")
        })
        .collect()
}

const ALERT: &str = r#"{"alert_id":1,"host":"fw","severity":"warning","message_raw":"tunnel down","timestamp":"2026-03-02T01:02:03Z","metadata":{"datasource":"IPSec","cleared_at":"2026-03-02T01:02:35Z"}}"#;

#[test]
fn a_batch_is_as_many_events_and_comes_back_as_it_came() {
    let batch = r#"{"events":[ {"asset_id":"a","timestamp":"2026-03-02T01:02:04Z","message_raw":"on battery","host":"ups-1"},
{"asset_id":"b","timestamp":"2026-03-02T01:03:04Z","message_raw":"on line again","host":"ups-2"} ],"source_label":"x"}"#
        .replace('\n', "")
        + "\n";
    let machine = Machine::new();
    let answer = machine.pipe(batch.clone(), &["ingest", "--format", "json"]);
    let answer: Value = serde_json::from_slice(&answer.exits(0).out).expect("JSON");
    assert_eq!(number(&answer["ingested"]), 2, "{answer}");
    assert_eq!(number(&answer["signatures_created"]), 2);
    assert!(answer.get("event_id").is_none());
    assert_eq!(
        told(&machine),
        [
            "2026-03-02T01:02:04Z ups-1 on battery",
            "2026-03-02T01:03:04Z ups-2 on line again"
        ]
    );
    same(&machine.raw(), batch.as_bytes());
    // One of them alone is an event that can be read alone.
    let one = machine.ok(&["events", "--raw", "--host", "ups-2"]).out();
    assert!(
        one.starts_with(r#"{"asset_id":"b""#) && one.ends_with("\"}\n"),
        "{one}"
    );
}

#[test]
fn arrays_between_lines_fall_apart_and_come_back() {
    let lines = concat!(
        "{\"time\":\"2026-03-02T01:02:03Z\",\"level\":\"error\",\"msg\":\"first\"}\n",
        "[{\"time\":\"2026-03-02T01:02:04Z\",\"msg\":\"second\"}, {\"time\":\"2026-03-02T01:02:05Z\",\"msg\":\"third\"} ]\r\n",
        "[]\n[1,2]\n",
        "{\"time\":\"2026-03-02T01:02:06Z\",\"msg\":\"last\"}\n",
    );
    let machine = Machine::new();
    machine.pipe(lines, &["ingest"]).exits(0);
    let told = told(&machine);
    assert_eq!(told.len(), 6, "{told:?}");
    assert_eq!(told[2], "2026-03-02T01:02:05Z  third");
    same(&machine.raw(), lines.as_bytes());
}

#[test]
fn a_cleared_alert_is_a_fault_and_a_recovery() {
    let machine = Machine::new();
    let log = machine.file("alerts.json", format!("{ALERT}\n"));
    assert_eq!(number(&machine.json(&["ingest", &log])["ingested"]), 2);
    assert_eq!(number(&machine.json(&["ingest", &log])["ingested"]), 0);
    assert_eq!(
        told(&machine),
        [
            "2026-03-02T01:02:03Z fw tunnel down",
            "2026-03-02T01:02:35Z fw cleared: tunnel down"
        ]
    );
    let events = machine.json(&["events"]);
    let signatures = column(&events["results"], "signature_id");
    assert_ne!(signatures[0], signatures[1]);
    same(&machine.raw(), format!("{ALERT}\n").as_bytes());
}

#[test]
fn one_event_is_told_by_its_ids() {
    let machine = Machine::new();
    let event = r#"{"asset_id":"a","timestamp":"2026-03-02T01:02:04Z","message_raw":"on battery"}"#;
    let run = machine
        .pipe(event, &["ingest", "--format", "json"])
        .exits(0);
    let answer: Value = serde_json::from_slice(&run.out).expect("JSON");
    let event_id = answer["event_id"].as_str().expect("an id");
    let explained = machine.json(&["explain", event_id]);
    assert!(explained.to_string().contains("on battery"), "{explained}");
    assert!(
        answer["signature_id"]
            .as_str()
            .is_some_and(|id| id.starts_with("sig_"))
    );
    assert!(answer["candidate_ids"].is_array());
}

#[test]
fn runs_of_nul_bytes_come_back_as_they_came() {
    let nuls = |n: usize| "\0".repeat(n);
    let lines = [
        "before\nhalf a line",
        &nuls(19),
        "the other half\n",
        &nuls(16),
        "\n",
        &nuls(300_000),
        "after\nshort \0\0 run\n",
    ]
    .concat();
    let machine = Machine::new();
    let log = machine.file("torn.log", &lines);
    let answer = machine.json(&["ingest", &log]);
    same(&machine.raw(), lines.as_bytes());
    assert_eq!(number(&answer["ingested"]), 8, "{answer}");
}

#[test]
fn a_line_in_many_pieces_is_one_line_of_the_coverage() {
    let lines = ["before\n", &"x".repeat(3_000_000), "\nafter\n"].concat();
    let machine = Machine::new();
    let log = machine.file("long.log", &lines);
    let answer = machine.json(&["ingest", &log]);
    assert_eq!(number(&answer["coverage"]["lines_read"]), 3, "{answer}");
    assert_eq!(number(&answer["coverage"]["malformed"]), 1, "{answer}");
    same(&machine.raw(), lines.as_bytes());
}

#[test]
fn a_document_of_many_lines_is_read_as_its_events() {
    let documents = [
        "[\n  {\n    \"time\": \"2026-03-02T01:02:03Z\",\n    \"msg\": \"first\"\n  },\n  {\n    \"time\": \"2026-03-02T01:02:04Z\",\n    \"msg\": \"second\"\n  }\n]\n",
        "{\n  \"events\": [\n    {\"time\": \"2026-03-02T01:02:03Z\", \"msg\": \"first\"},\n    {\"time\": \"2026-03-02T01:02:04Z\", \"msg\": \"second\"}\n  ]\n}\n",
        "{\n  \"time\": \"2026-03-02T01:02:03Z\",\n  \"msg\": \"first\"\n}\n{\n  \"time\": \"2026-03-02T01:02:04Z\",\n  \"msg\": \"second\"\n}\n",
    ];
    for document in documents {
        let machine = Machine::new();
        let file = machine.file("export.json", document);
        assert_eq!(number(&machine.json(&["ingest", &file])["ingested"]), 2);
        assert_eq!(
            told(&machine),
            [
                "2026-03-02T01:02:03Z  first",
                "2026-03-02T01:02:04Z  second"
            ]
        );
        same(&machine.raw(), document.as_bytes());
        assert_eq!(number(&machine.json(&["ingest", &file])["ingested"]), 0);
    }
}

#[test]
fn a_large_document_is_read_event_by_event() {
    let event = |i: usize| {
        let text = "x".repeat(400);
        format!(
            "    {{\n      \"time\": \"2026-03-02T01:{:02}:{:02}Z\",\n      \"msg\": \"event {i}\", \"text\": \"{text}\"\n    }}",
            i / 60 % 60,
            i % 60
        )
    };
    let list: Vec<String> = (0..20_000).map(event).collect();
    let document = format!(
        "{{\n  \"total\": 20000,\n  \"events\": [\n{}\n  ],\n  \"next\": null\n}}\n",
        list.join(",\n")
    );
    let machine = Machine::new();
    let file = machine.file("export.json", &document);
    let answer = machine.json(&["ingest", &file]);
    assert_eq!(number(&answer["ingested"]), 20_000, "{answer}");
    assert_eq!(number(&answer["coverage"]["parsed"]), 20_000, "{answer}");
    same(&machine.raw(), document.as_bytes());
}

const TRACES: &str = "\
2026-03-02T01:02:03Z web-1 shop[7]: ERROR checkout failed
java.lang.IllegalStateException: no cart 4711
\tat shop.Cart.of(Cart.java:7)
\tat shop.Main.main(Main.java:3)
Caused by: java.io.IOException: closed
\t... 2 more
2026-03-02T01:02:04Z web-1 shop[7]: up again
2026-03-02T01:02:05Z web-1 shop[7]: ERROR checkout failed
java.lang.IllegalStateException: no cart 815
\tat shop.Cart.of(Cart.java:9)
2026-03-02T01:02:06Z web-1 shop[7]: up again
";

#[test]
fn a_stack_trace_is_part_of_its_record() {
    let machine = Machine::new();
    machine.pipe(TRACES, &["ingest"]).exits(0);
    let told = told(&machine);
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(
        told[0].ends_with("checkout failed\njava.lang.IllegalStateException: no cart 4711"),
        "{told:?}"
    );
    let events = machine.json(&["events"]);
    let signatures = column(&events["results"], "signature_id");
    assert_eq!(signatures[0], signatures[2]);
    assert_ne!(signatures[0], signatures[1]);
    same(&machine.raw(), TRACES.as_bytes());
}

#[test]
fn a_trace_that_was_read_in_two_runs_loses_and_doubles_nothing() {
    let lines: Vec<&str> = TRACES.split_inclusive('\n').collect();
    for cut in 1..lines.len() {
        let machine = Machine::new();
        let log = machine.file("app.log", lines[..cut].concat());
        machine.ok(&["ingest", &log]);
        machine.append(&log, lines[cut..].concat());
        machine.ok(&["ingest", &log]);
        same(&machine.raw(), TRACES.as_bytes());
    }
}

#[test]
fn traces_are_whole_wherever_a_chunk_ends() {
    let machine = Machine::new();
    let text = TRACES.repeat(25_000);
    let log = machine.file("app.log", &text);
    assert!(text.len() > 10 << 20);
    let answer = machine.json(&["ingest", &log]);
    assert_eq!(number(&answer["ingested"]), 100_000, "{answer}");
    assert_eq!(number(&answer["signatures_created"]), 2, "{answer}");
}

#[test]
fn escaped_line_ends_of_a_relay_are_a_trace_too() {
    let machine = Machine::new();
    let frames =
        "#012  File \"/srv/app/views.py\", line 10, in handle#012    return self.run(request)"
            .repeat(3);
    let line = |name: &str| {
        format!(
            "Mar  2 01:02:03 web-1 app[9]: Traceback (most recent call last):{frames}#012{name}: bad value\n"
        )
    };
    let lines = line("ValueError") + &line("KeyError");
    machine.pipe(lines.clone(), &["ingest"]).exits(0);
    let told = told(&machine);
    assert!(
        told[0].ends_with(" web-1 ValueError: bad value"),
        "{told:?}"
    );
    assert!(told[1].ends_with(" web-1 KeyError: bad value"), "{told:?}");
    same(&machine.raw(), lines.as_bytes());
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn utf16_is_read_as_text_and_comes_back_as_it_came() {
    let text = "\u{feff}2026-03-02T01:02:03Z web-1 app: caf\u{e9} \u{1f600} offen\r\n2026-03-02T01:02:04Z web-1 app: zu\r\n\r\n";
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        let machine = Machine::new();
        let bytes = utf16(text, unit);
        // The second run begins in the middle of a line, and of a character.
        let log = machine.file("export.log", &bytes[..121]);
        machine.ok(&["ingest", &log]);
        machine.append(&log, &bytes[121..]);
        machine.ok(&["ingest", &log]);
        same(&machine.raw(), &bytes);
        assert_eq!(
            told(&machine)[..2],
            [
                "2026-03-02T01:02:03Z web-1 caf\u{e9} \u{1f600} offen",
                "2026-03-02T01:02:04Z web-1 zu"
            ]
        );
    }
}

#[test]
fn half_a_character_of_utf16_is_kept() {
    let machine = Machine::new();
    let mut bytes = utf16("\u{feff}one\nt", u16::to_le_bytes);
    bytes.extend([0x3d, 0xd8]);
    bytes.extend(utf16("\nthree\n", u16::to_le_bytes));
    machine.pipe(bytes.clone(), &["ingest"]).exits(0);
    same(&machine.raw(), &bytes);
    let events = machine.json(&["events"]);
    assert_eq!(
        column(&events["results"], "parse_status")[1],
        "bad_encoding"
    );
}

#[test]
fn counted_syslog_needs_no_line_ends() {
    let record = |n: usize| format!("<34>1 2026-03-02T01:02:{n:02}Z web-1 app - - - message {n}");
    let counted = |n: usize| format!("{} {}", record(n).len(), record(n));
    let stream: String = (0..50).map(counted).collect();
    let machine = Machine::new();
    let log = machine.file("relay.log", &stream);
    let answer = machine.json(&["ingest", &log]);
    assert_eq!(number(&answer["ingested"]), 50, "{answer}");
    assert_eq!(number(&answer["coverage"]["parsed"]), 50, "{answer}");
    machine.append(&log, counted(50) + &counted(51));
    assert_eq!(number(&machine.json(&["ingest", &log])["ingested"]), 2);
    let told = told(&machine);
    assert_eq!(told[51], "2026-03-02T01:02:51Z web-1 message 51");
    let raw = machine.raw();
    same(
        &raw[..raw.len() - 1],
        (stream + &counted(50) + &counted(51)).as_bytes(),
    );
    let with_ends: String = (0..9).map(|n| counted(n) + "\n").collect();
    let machine = Machine::new();
    machine.pipe(with_ends.clone(), &["ingest"]).exits(0);
    assert_eq!(
        column(&machine.json(&["events"])["results"], "event_id").len(),
        9
    );
    same(&machine.raw(), with_ends.as_bytes());
}

#[test]
fn the_columns_of_a_table_are_known_in_every_chunk_and_every_run() {
    let rows = |range: std::ops::Range<usize>| -> String {
        let row = |i: usize| {
            let (hour, minute, second) = (i / 3600 % 24, i / 60 % 60, i % 60);
            format!(
                "2026-03-02 {hour:02}:{minute:02}:{second:02},web-{},Warning,\"queue, {i} long\",{}\n",
                i % 3,
                "x".repeat(600)
            )
        };
        range.map(row).collect()
    };
    for (header, args) in [
        ("Time,Host,Level,Message,More\n", &[][..]),
        (
            "Wann,Wo,Level,Was,More\n",
            &[
                "--map",
                "timestamp=Wann",
                "--map",
                "message=Was",
                "--map",
                "host=Wo",
            ],
        ),
    ] {
        let machine = Machine::new();
        let log = machine.file("table.csv", header.to_string() + &rows(0..8_000));
        machine.ok(&[&["ingest", &log], args].concat());
        machine.append(&log, rows(8_000..8_010));
        let answer = machine.json(&["ingest", &log]);
        assert_eq!(number(&answer["coverage"]["parsed"]), 10, "{answer}");
        let events = machine.json(&["events", "--limit", "0"]);
        let told = told(&machine);
        assert_eq!(told.len(), 8_011);
        for i in [1usize, 2, 7_999, 8_000, 8_010] {
            assert!(
                told[i].ends_with(&format!(" web-{} queue, {} long", (i - 1) % 3, i - 1)),
                "{}",
                told[i]
            );
        }
        assert_eq!(
            events["results"][8_010]["structured_fields"]["More"],
            "x".repeat(600)
        );
        same(
            &machine.raw(),
            (header.to_string() + &rows(0..8_010)).as_bytes(),
        );
    }
}

#[test]
fn a_column_is_told_by_a_field_there_is() {
    let machine = Machine::new();
    for told in ["When", "when=When", "timestamp="] {
        let run = machine.run(&["ingest", "--map", told, "x.csv"]).exits(2);
        assert!(run.err().contains("--map timestamp=When"), "{}", run.err());
    }
}

#[test]
fn a_line_that_says_a_message_was_repeated_counts_as_so_many() {
    let machine = Machine::new();
    let lines = "\
Mar  2 01:02:03 web-1 app[1]: disk is full
Mar  2 01:02:33 web-1 last message repeated 29 times
Mar  2 01:02:34 web-1 app[1]: message repeated 10 times: [ disk is full]
Mar  2 01:02:35 web-2 last message repeated 7 times
";
    machine.pipe(lines, &["ingest"]).exits(0);
    let events = machine.json(&["events"]);
    let signatures = column(&events["results"], "signature_id");
    assert_eq!(signatures[0], signatures[1]);
    assert_eq!(signatures[0], signatures[2]);
    assert_ne!(signatures[0], signatures[3]);
    let answer = machine.json(&["signatures"]);
    let rows = answer["results"].as_array().expect("a list");
    let full = rows
        .iter()
        .find(|s| s["signature_id"] == signatures[0].as_str())
        .expect("the signature");
    assert_eq!(number(&full["count"]), 40, "{full}");
    same(&machine.raw(), lines.as_bytes());
}

#[test]
fn what_an_event_speaks_of_is_a_key_to_others() {
    let machine = Machine::new();
    machine
        .pipe(
            "Mar  2 01:02:03 web-1 sshd[7]: Failed password for invalid user guest from 203.0.113.7 port 4711 ssh2\n",
            &["ingest"],
        )
        .exits(0);
    let events = machine.json(&["events"]);
    let event = &events["results"][0];
    let keys: Vec<&str> = event["correlation_keys"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for key in [
        "host:web-1",
        "service:sshd",
        "user:guest",
        "source:203.0.113.7",
    ] {
        assert!(keys.contains(&key), "{key} in {keys:?}");
    }
    let id = event["event_id"].as_str().expect("an id");
    let explained = machine.json(&["explain", id]);
    assert!(explained.to_string().contains("user:guest"), "{explained}");
}

#[test]
fn a_trial_tells_how_each_source_would_be_read() {
    let machine = Machine::new();
    let log = machine.file(
        "app.log",
        "Mar  2 01:02:03 web-1 cron[7]: job 1 done\n".repeat(30),
    );
    let answer = machine.json(&["ingest", "--dry-run", "--timezone", "+02:00", &log]);
    assert_eq!(answer["timezone"], "+02:00");
    assert_eq!(answer["source_formats"][0]["format"], "syslog");
    let first = answer["first_events"].as_array().expect("a list");
    assert_eq!(first.len(), 5);
    assert_eq!(first[0]["host"], "web-1");
    let page = machine.ok(&["ingest", "--dry-run", &log]).out();
    for part in ["syslog", "job 1 done", "UTC", "First events"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!machine.store().exists());
}

#[test]
fn what_could_not_be_read_is_listed_with_the_reason() {
    let machine = Machine::new();
    let fine = "Mar  2 01:02:03 web-1 cron[7]: job 1 done\n".repeat(30);
    let log = machine.file(
        "app.log",
        fine.clone() + "%% garbage %%\n" + &fine + "caf\u{0}\n",
    );
    machine.ok(&["ingest", &log]);
    let listed = machine.json(&["events", "--malformed"]);
    let rows = listed["results"].as_array().expect("a list");
    assert_eq!(rows.len(), 2, "{listed}");
    assert_eq!(rows[0]["message_raw"], "%% garbage %%");
    assert!(
        rows[0]["reason"]
            .as_str()
            .is_some_and(|r| r.contains("not in the format"))
    );
    let page = machine.ok(&["events", "--malformed"]).out();
    assert!(page.contains("not in the format"), "{page}");
    let status = machine.json(&["status"]);
    assert_eq!(
        number(&status["sources"][0]["coverage"]["malformed"]),
        2,
        "{status}"
    );
}

#[test]
fn it_is_told_when_what_follows_is_in_another_format() {
    let machine = Machine::new();
    let log = machine.file(
        "app.log",
        "Mar  2 01:02:03 web-1 cron[7]: job 1 done\n".repeat(50),
    );
    machine.ok(&["ingest", &log]);
    machine.append(&log, "%% 77 up and running\n".repeat(50));
    let run = machine.ok(&["ingest", &log]);
    assert!(
        run.err()
            .contains("50 of 50 records that follow are not in the format syslog"),
        "{}",
        run.err()
    );
}

#[test]
fn a_log_that_is_no_longer_understood_is_a_candidate() {
    let day = |day: usize, line: &dyn Fn(usize) -> String| -> String {
        (0..48).map(|i| line(day * 48 + i)).collect()
    };
    let fine = |i: usize| {
        format!(
            "2026-03-{:02}T{:02}:{:02}:00Z web-1 shop[7]: order {i} placed\n",
            i / 48 + 1,
            i % 48 / 2,
            i % 2 * 30
        )
    };
    let machine = Machine::new();
    let log = machine.file(
        "shop.log",
        (0..9).map(|d| day(d, &fine)).collect::<String>(),
    );
    machine.ok(&["ingest", &log]);
    let at = ["--as-of", "2026-03-10T12:00:00Z"];
    let names = |answer: &Value| answer["results"].to_string();
    let before = machine.json(&[&at[..], &["candidates", "--limit", "0"]].concat());
    assert!(!names(&before).contains("format changed"), "{before}");
    // The file is written to for the last time, in a new format, on the tenth.
    machine.append(
        &log,
        (0..200)
            .map(|i| format!("%% order/{i} ok\n"))
            .collect::<String>(),
    );
    let written = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_773_136_800);
    std::fs::File::options()
        .append(true)
        .open(&log)
        .and_then(|f| f.set_modified(written))
        .expect("a time");
    machine.ok(&["ingest", &log]);
    let after = machine.json(&[&at[..], &["candidates", "--limit", "0"]].concat());
    assert!(names(&after).contains("format changed"), "{after}");
    assert!(names(&after).contains("shop.log"), "{after}");
    // Nothing of it is seen from before it happened.
    let past = machine.json(&[
        "--as-of",
        "2026-03-10T09:00:00Z",
        "candidates",
        "--limit",
        "0",
    ]);
    assert!(!names(&past).contains("format changed"), "{past}");
}

#[test]
fn deep_json_and_json_that_is_no_object_are_kept_and_harm_nothing() {
    let machine = Machine::new();
    let deep = "{\"a\":".repeat(100_000) + "1" + &"}".repeat(100_000);
    let fine = "{\"time\":\"2026-03-02T01:02:03Z\",\"level\":\"info\",\"msg\":\"fine\"}\n";
    let odd = format!("{deep}\n42\n\"x\"\n[]\nnull\n");
    let lines = fine.repeat(30) + &odd + fine;
    machine.pipe(lines.clone(), &["ingest"]).exits(0);
    same(&machine.raw(), lines.as_bytes());
    let events = machine.json(&["events", "--limit", "0"]);
    let kept = column(&events["results"], "parse_status");
    assert_eq!(kept.len(), 36);
    assert!(
        kept[30..35].iter().all(|status| status == "unparsed"),
        "{kept:?}"
    );
    assert_eq!(kept[35], "ok");
}
