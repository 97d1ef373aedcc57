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
