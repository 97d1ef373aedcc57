//! `candidates`: the ranked list, its filters and its shapes.

use crate::machine::{DEMO_END, Machine, column, minutes, number};
use serde_json::Value;

fn listed(machine: &Machine, filters: &[&str]) -> Value {
    let args = [
        &["--as-of", DEMO_END, "candidates", "--limit", "0"],
        filters,
    ]
    .concat();
    machine.json(&args)["results"].clone()
}

#[test]
fn what_was_planted_in_the_demo_comes_up_with_its_type() {
    let machine = Machine::with_demo();
    let all = listed(&machine, &[]);
    let planted = [
        ("recurrence", "UNC"),
        ("burst", "upstream timed out"),
        ("spread", "no selectable sources"),
        ("anomaly", "EDAC"),
    ];
    for (kind, words) in planted {
        let found = all.as_array().expect("a list").iter().any(|c| {
            let text = format!("{} {} {}", c["title"], c["template"], c["members"]);
            c["candidate_type"] == kind && text.contains(words)
        });
        assert!(
            found,
            "no {kind} of {words:?} in {:?}",
            column(&all, "title")
        );
    }
}

#[test]
fn the_list_is_ranked_and_cut_at_the_limit() {
    let machine = Machine::with_demo();
    let all = listed(&machine, &[]);
    let scores: Vec<f64> = all
        .as_array()
        .expect("a list")
        .iter()
        .map(|c| c["score_total"].as_f64().expect("a score"))
        .collect();
    assert!(scores.len() > 5, "{scores:?}");
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    let three = machine.json(&["--as-of", DEMO_END, "candidates", "--limit", "3"]);
    assert_eq!(
        three["results"].as_array(),
        Some(&all.as_array().expect("a list")[..3].to_vec())
    );
}

#[test]
fn a_candidate_has_the_names_others_rely_on() {
    let machine = Machine::with_demo();
    for candidate in listed(&machine, &[]).as_array().expect("a list") {
        for name in [
            "candidate_id",
            "tenant_id",
            "candidate_type",
            "title",
            "decision_band",
            "attention_band",
            "why_it_matters",
            "explanation",
            "service",
            "template",
            "first_seen",
            "last_seen",
        ] {
            assert!(candidate[name].is_string(), "{name} of {candidate}");
        }
        assert!(number(&candidate["event_count"]) > 0);
        assert!(!column_of_texts(&candidate["signature_ids"]).is_empty());
        assert!(!column_of_texts(&candidate["hosts"]).is_empty());
    }
}

fn column_of_texts(list: &Value) -> Vec<&str> {
    let list = list.as_array().expect("a list");
    list.iter().map(|v| v.as_str().expect("text")).collect()
}

#[test]
fn the_contributions_of_a_score_add_up_to_it() {
    let machine = Machine::with_demo();
    for candidate in listed(&machine, &[]).as_array().expect("a list") {
        let parts = candidate["score_breakdown"].as_object().expect("parts");
        let tens: i64 = parts
            .values()
            .map(|part| {
                (part["contribution"].as_f64().expect("a number") * 10_000.0).round() as i64
            })
            .sum();
        let total = candidate["score_total"].as_f64().expect("a number") * 10_000.0;
        assert_eq!(tens, total.round() as i64, "{candidate}");
    }
}

#[test]
fn filters_keep_what_fits_and_all_of_it() {
    let machine = Machine::with_demo();
    let all = listed(&machine, &[]);
    let all = all.as_array().expect("a list");
    let bands = [
        "ignore",
        "watch",
        "review",
        "urgent_human_review",
        "promote_to_incident_memory",
    ];
    let rank = |c: &Value| {
        bands
            .iter()
            .position(|b| c["decision_band"] == *b)
            .expect("a band")
    };
    type Fits<'f> = Box<dyn Fn(&Value) -> bool + 'f>;
    let cases: [(&[&str], Fits<'_>); 6] = [
        (
            &["--type", "burst,recurrence"],
            Box::new(|c| c["candidate_type"] == "burst" || c["candidate_type"] == "recurrence"),
        ),
        (&["--band", "review"], Box::new(|c| rank(c) >= 2)),
        (
            &["--host", "alder"],
            Box::new(|c| column_of_texts(&c["hosts"]).contains(&"alder")),
        ),
        (
            &["--service", "kernel"],
            Box::new(|c| c["service"] == "kernel"),
        ),
        (
            &["--since", "12h"],
            Box::new(|c| c["last_seen"].as_str().expect("a time") >= "2026-03-15T12:00:00Z"),
        ),
        (
            &["--since", "2026-03-15T14:00:00Z"],
            Box::new(|c| c["last_seen"].as_str().expect("a time") >= "2026-03-15T14:00:00Z"),
        ),
    ];
    for (filter, fits) in cases {
        let expected: Vec<Value> = all.iter().filter(|c| fits(c)).cloned().collect();
        assert!(
            !expected.is_empty() && expected.len() < all.len(),
            "{filter:?} tells nothing apart"
        );
        assert_eq!(
            listed(&machine, filter),
            Value::Array(expected),
            "{filter:?}"
        );
    }
}

#[test]
fn a_band_that_was_reached_ends_with_three() {
    let machine = Machine::with_demo();
    let args = |band| ["--as-of", DEMO_END, "candidates", "--fail-on", band];
    machine.run(&args("review")).exits(3);
    machine.run(&args("promote_to_incident_memory")).exits(0);
}

#[test]
fn old_logs_are_answered_as_of_their_end_and_it_is_said() {
    let machine = Machine::with_demo();
    let run = machine
        .run(&["candidates", "--format", "json"])
        .exits(0)
        .says("2026-03-15");
    assert!(!run.json()["results"].as_array().expect("a list").is_empty());
    let asked = machine
        .run(&["--as-of", "2026-03-16", "candidates", "--format", "json"])
        .exits(0);
    assert_eq!(asked.err(), "");
}

#[test]
fn new_logs_are_answered_as_of_now() {
    let machine = Machine::new();
    let now = chrono::Utc::now();
    let lines: String = (0..5)
        .map(|n| {
            let time = now - chrono::TimeDelta::minutes(n);
            format!("{} web-1 app: fine\n", time.to_rfc3339())
        })
        .collect();
    machine.pipe(lines, &["ingest"]).exits(0);
    assert_eq!(machine.ok(&["candidates"]).err(), "");
}

#[test]
fn what_happened_after_the_asked_time_is_not_seen() {
    let machine = Machine::with_demo();
    let before = machine.json(&[
        "--as-of",
        "2026-03-15T13:00:00Z",
        "candidates",
        "--type",
        "burst",
    ]);
    let after = machine.json(&[
        "--as-of",
        "2026-03-15T15:00:00Z",
        "candidates",
        "--type",
        "burst",
    ]);
    let titles = |answer: &Value| column(&answer["results"], "template").join("\n");
    assert!(!titles(&before).contains("upstream timed out"));
    assert!(titles(&after).contains("upstream timed out"));
}

#[test]
fn every_output_format_lists_the_same_candidates() {
    let machine = Machine::with_demo();
    let ids = column(&listed(&machine, &[]), "candidate_id");
    let out = |format: &str| {
        let args = [
            "--as-of",
            DEMO_END,
            "candidates",
            "--limit",
            "0",
            "--format",
            format,
        ];
        machine.ok(&args).out()
    };
    let lines: Vec<String> = out("ndjson")
        .lines()
        .map(|l| {
            let row: Value = serde_json::from_str(l).expect("a JSON object a line");
            row["candidate_id"].as_str().expect("an id").to_string()
        })
        .collect();
    assert_eq!(lines, ids);
    let text = out("csv");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let at = table
        .headers()
        .expect("a header")
        .iter()
        .position(|h| h == "candidate_id")
        .expect("a column of ids");
    let cells: Vec<String> = table
        .records()
        .map(|row| row.expect("a row of CSV")[at].to_string())
        .collect();
    assert_eq!(cells, ids);
    let (markdown, table) = (out("markdown"), out("table"));
    for id in &ids {
        assert!(markdown.contains(id.as_str()), "{id}");
        // Ids are shortened in tables, to what is unique.
        assert!(table.contains(&id[..8]), "{id}");
    }
}

#[test]
fn nothing_wrong_is_no_error() {
    let machine = Machine::new();
    machine.pipe(minutes("web-1", 0..300), &["ingest"]).exits(0);
    let answer = machine.json(&["candidates"]);
    assert_eq!(
        answer["results"].as_array().map(Vec::len),
        Some(0),
        "{answer}"
    );
    assert!(!machine.ok(&["candidates"]).out.is_empty());
}
