//! `explain`, `signatures`, `digest` and `status`: the pages of one thing, of all things, of the day, and of the store.

use crate::machine::{DEMO_END, Machine, column, demo, minutes, number, text};
use serde_json::Value;

fn asked(machine: &Machine, args: &[&str]) -> Value {
    machine.json(&[&["--as-of", DEMO_END], args].concat())
}

#[test]
fn a_candidate_is_explained_with_records_as_they_came() {
    let machine = Machine::with_demo();
    let log = std::fs::read_to_string(demo("birch.log")).expect("the demo");
    let listed = asked(
        &machine,
        &["candidates", "--type", "recurrence", "--host", "birch"],
    );
    for candidate in listed["results"].as_array().expect("a list") {
        let id = candidate["candidate_id"].as_str().expect("an id");
        let page = asked(&machine, &["explain", id]);
        assert_eq!(page["candidate"]["candidate_id"], candidate["candidate_id"]);
        assert_eq!(page["candidate"]["score_total"], candidate["score_total"]);
        assert_eq!(page["evidence"]["event_count"], candidate["event_count"]);
        assert_eq!(
            page["evidence"]["signature_ids"],
            candidate["signature_ids"]
        );
        let samples = page["evidence"]["sample_messages"]
            .as_array()
            .or(page["evidence"]["samples"].as_array());
        let samples = samples.unwrap_or_else(|| panic!("no samples in {page:#}"));
        assert!(!samples.is_empty());
        for sample in samples {
            let raw = sample["raw"].as_str().expect("the record");
            assert!(log.lines().any(|l| l == raw), "{raw}");
        }
        assert!(page["explanation"].as_str().is_some_and(|e| !e.is_empty()));
    }
}

#[test]
fn a_score_computed_anew_is_the_same() {
    let machine = Machine::with_demo();
    for id in column(
        &asked(&machine, &["candidates", "--limit", "0"])["results"],
        "candidate_id",
    ) {
        machine.ok(&["--as-of", DEMO_END, "explain", &id, "--recompute"]);
    }
}

#[test]
fn signatures_and_events_are_explained_too() {
    let machine = Machine::with_demo();
    let rows = asked(&machine, &["signatures", "Out of memory"]);
    let row = &rows["results"][0];
    let id = row["signature_id"].as_str().expect("an id");
    let page = asked(&machine, &["explain", id]);
    assert!(
        page.to_string().contains("Out of memory: Killed process"),
        "{page:#}"
    );
    let event = &asked(&machine, &["events", "--signature", id, "--limit", "1"])["results"][0];
    let page = asked(
        &machine,
        &["explain", event["event_id"].as_str().expect("an id")],
    );
    assert!(
        page.to_string()
            .contains(event["message_raw"].as_str().expect("text")),
        "{page:#}"
    );
    assert!(page.to_string().contains(id), "{page:#}");
}

#[test]
fn signatures_are_found_by_words_and_band() {
    let machine = Machine::with_demo();
    let all = asked(&machine, &["signatures", "--limit", "0"]);
    let found = asked(
        &machine,
        &["signatures", "--limit", "0", "FAILED", "password"],
    );
    let expected: Vec<&Value> = all["results"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|r| {
            let text = r["template"].as_str().expect("a template").to_lowercase();
            text.contains("failed") && text.contains("password")
        })
        .collect();
    assert!(!expected.is_empty());
    let found = found["results"].as_array().expect("a list");
    assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    let bands = [
        "ignore_fast",
        "background",
        "watch",
        "investigate",
        "promote",
    ];
    let rank = |r: &Value| {
        bands
            .iter()
            .position(|b| r["attention_band"] == *b)
            .expect("a band")
    };
    let watched = asked(&machine, &["signatures", "--limit", "0", "--band", "watch"]);
    let watched = watched["results"].as_array().expect("a list");
    let rows = all["results"].as_array().expect("a list");
    assert_eq!(watched.len(), rows.iter().filter(|r| rank(r) >= 2).count());
    assert!(watched.iter().all(|r| rank(r) >= 2));
}

#[test]
fn templates_hold_what_stays_and_name_what_varies() {
    let machine = Machine::new();
    machine.pipe(minutes("web-1", 0..50), &["ingest"]).exits(0);
    let rows = machine.json(&["signatures"]);
    assert_eq!(
        column(&rows["results"], "template"),
        ["polled <num> devices in <num> ms"]
    );
    assert_eq!(number(&rows["results"][0]["count"]), 50);
}

#[test]
fn the_digest_is_a_page_in_every_format() {
    let machine = Machine::with_demo();
    let page = asked(&machine, &["digest"]);
    assert_eq!(page["ok"], true);
    let items = page["items"].as_array().expect("a list");
    assert!(!items.is_empty() && items.len() <= 10);
    assert_eq!(number(&page["coverage"]["lines_read"]), 7875);
    let out = |format: &str| {
        machine
            .ok(&["--as-of", DEMO_END, "digest", "--format", format])
            .out()
    };
    let (table, markdown) = (out("table"), out("markdown"));
    assert!(markdown.starts_with("# "), "{markdown}");
    for item in items {
        let id = item["candidate_id"].as_str().expect("an id");
        assert!(
            table.contains(&id[..8]) && markdown.contains(&id[..8]),
            "{id}"
        );
    }
}

#[test]
fn the_digest_tells_of_its_window_and_no_more_than_asked() {
    let machine = Machine::with_demo();
    let items = |args: &[&str]| {
        let page = asked(&machine, &[&["digest"], args].concat());
        page["items"].as_array().expect("a list").clone()
    };
    assert_eq!(items(&["--limit", "2"]).len(), 2);
    let day = items(&["--limit", "0"]);
    for item in &day {
        let silent = item["candidate_type"] == "silence";
        assert!(silent || item["last_seen"].as_str().expect("a time") >= "2026-03-15T00:00:00Z");
    }
    assert!(items(&["--limit", "0", "--since", "14d"]).len() >= day.len());
    machine
        .run(&["--as-of", DEMO_END, "digest", "--fail-on", "review"])
        .exits(3);
}

#[test]
fn a_digest_of_files_says_what_it_could_not_read() {
    let machine = Machine::new();
    let absent = text(&machine.path("absent.log"));
    let run = machine
        .run(&["digest", &demo("alder.log"), &absent])
        .exits(1);
    assert!(format!("{}{}", run.out(), run.err()).contains("absent.log"));
    machine
        .run(&["digest", &absent])
        .exits(66)
        .says("absent.log");
}

#[test]
fn the_state_counts_what_is_there() {
    let machine = Machine::with_demo();
    let state = machine.json(&["status"]);
    assert_eq!(state["ok"], true);
    assert_eq!(state["healthy"], true);
    assert_eq!(number(&state["counts"]["events"]), 7875);
    assert_eq!(number(&state["counts"]["hosts"]), 4);
    let signatures = machine.json(&["--as-of", DEMO_END, "signatures", "--limit", "0"]);
    let signatures = signatures["results"].as_array().expect("a list").len() as u64;
    assert_eq!(number(&state["counts"]["signatures"]), signatures);
    let mut formats = column(&state["sources"], "format");
    formats.sort();
    assert_eq!(formats, ["journald", "syslog", "syslog", "syslog"]);
    assert_eq!(
        state["first_event"].as_str().map(|t| &t[..10]),
        Some("2026-03-02")
    );
    assert_eq!(
        state["last_event"].as_str().map(|t| &t[..10]),
        Some("2026-03-15")
    );
}

#[test]
fn a_log_that_was_not_understood_never_looks_like_all_clear() {
    let machine = Machine::new();
    let odd = "neither this nor that\n".repeat(40);
    machine.pipe(odd, &["ingest", "-i", "journald"]).exits(0);
    let state = machine.run(&["status", "--format", "json"]).exits(1).json();
    assert_eq!(state["healthy"], false);
    assert_eq!(number(&state["coverage"]["malformed"]), 40);
    let page = machine.ok(&["digest"]).out();
    assert!(page.contains("40 not understood"), "{page}");
}

#[test]
fn completions_and_manual_pages_cover_every_subcommand() {
    let machine = Machine::new();
    let help = machine.ok(&["--help"]).out();
    let listed = help
        .lines()
        .skip_while(|l| *l != "Commands:")
        .skip(1)
        .take_while(|l| !l.is_empty());
    let subcommands: Vec<&str> = listed
        .filter(|l| !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(subcommands.len() >= 13, "{subcommands:?}");
    for shell in ["bash", "zsh", "fish"] {
        let script = machine.ok(&["completions", shell]).out();
        for name in &subcommands {
            assert!(script.contains(name), "{shell} does not know {name}");
        }
    }
    machine.ok(&["man", "--directory", &text(machine.path("").as_path())]);
    let whole = machine.ok(&["man"]).out();
    for name in &subcommands {
        assert!(whole.contains(name), "{name}");
        let page = machine.ok(&["man", name]).out();
        assert!(
            page.starts_with(".ie") && page.contains(".TH"),
            "{name}: {page:.80}"
        );
        assert!(
            machine.path(&format!("brainstem-{name}.1")).exists(),
            "{name}"
        );
        let help = machine.ok(&[name, "--help"]).out();
        assert!(help.contains("Usage: brainstem"), "{help}");
    }
    machine.run(&["man", "dance"]).exits(2).says("dance");
}

#[test]
fn evidence_that_is_a_document_is_shown_as_its_message_unless_all_of_it_is_wanted() {
    let machine = Machine::with_demo();
    let found = machine.json(&["signatures", "Out of memory", "--limit", "1"]);
    let id = column(&found["results"], "signature_id").remove(0);
    let page = machine.ok(&["explain", &id]).out();
    assert!(page.contains("│ Out of memory: Killed process"), "{page}");
    assert!(!page.contains("__CURSOR"), "{page}");
    let whole = machine.ok(&["explain", &id, "--raw"]).out();
    assert!(whole.contains("__CURSOR"), "{whole}");
    let answer = machine.json(&["explain", &id]);
    let raw = answer["evidence"]["samples"][0]["raw"].as_str();
    assert!(raw.is_some_and(|r| r.contains("__CURSOR")), "{answer}");
}

#[test]
fn fields_and_order_can_be_asked_of_pages_that_are_no_lists() {
    let machine = Machine::with_demo();
    let listed = machine.json(&["candidates"]);
    let ids = column(&listed["results"], "candidate_id");
    let signature = listed["results"][0]["signature_ids"][0].as_str();
    let signature = signature.expect("an id").to_string();
    let lines = |args: &[&str]| -> Vec<String> {
        let out = machine.ok(args).out();
        out.lines().map(String::from).collect()
    };
    let csv = ["--format", "csv"];
    let status = ["status", "--stale-after", "never", "--fields", "name,bytes"];
    let ascending = lines(&[&status[..], &["--sort", "bytes"], &csv].concat());
    let mut descending = lines(&[&status[..], &["--sort", "bytes:desc"], &csv].concat());
    assert_eq!(ascending[0], "name,bytes");
    descending[1..].reverse();
    assert_eq!(ascending, descending);
    let related = [
        "related",
        &signature,
        "--fields",
        "reason,id",
        "--sort",
        "id",
    ];
    let related = lines(&[&related[..], &csv].concat());
    assert!(
        related.len() > 1 && related[0] == "reason,id",
        "{related:?}"
    );
    let explained = ["explain", &ids[0], "--fields", "candidate_id,score_total"];
    let page = machine.ok(&explained).out();
    assert!(page.starts_with("id ") && page.contains("score"), "{page}");
    for command in ["explain", "related"] {
        let run = machine.run(&[command, &ids[0], "--fields", "no_such"]);
        run.exits(2).says("no such field: no_such").says("hint: ");
    }
}
