//! `--schema`: what a subcommand says of its JSON is what its JSON is.

use crate::machine::{DEMO_END, Machine, demo};
use crate::schema::fault;
use serde_json::Value;

/// Asks, and holds the answer against the schema of the subcommand.
fn checked(machine: &Machine, args: &[&str]) -> Value {
    let schema = machine.ok(&[args[0], "--schema"]).json();
    let all = [args, &["--as-of", DEMO_END, "--format", "json"]].concat();
    let answer = machine.run(&all).json();
    if let Err(fault) = fault(&answer, &schema) {
        panic!("{args:?}: {fault}");
    }
    answer
}

fn first(answer: &Value, list: &str, id: &str) -> String {
    answer[list][0][id].as_str().expect("an id").to_string()
}

#[test]
fn answers_are_what_their_schemas_say() {
    let machine = Machine::with_demo();
    let log = machine.file("new.log", "Mar 15 10:00:00 elm app: <script> \u{1b}[2J\n");
    for args in [
        &["ingest", &log][..],
        &["ingest", "--dry-run", &demo("birch.log")],
        &["digest", "--limit", "2"],
        &["digest"],
        &["digest", "--exceptions-only"],
        &["events", "--limit", "40"],
        &["replay"],
        &["replay", "--at", "2026-03-15"],
        &["replay", "--set", "burst.factor=9"],
        &["replay", "--suggest"],
        &["replay", "--reparse"],
        &["status"],
        &["prune", "--dry-run"],
        &["signatures", "--check", &demo("birch.log")],
        &["explain", "cand_zzzz"],
    ] {
        checked(&machine, args);
    }
    let candidate = first(
        &checked(&machine, &["candidates"]),
        "results",
        "candidate_id",
    );
    let signature = first(
        &checked(&machine, &["signatures"]),
        "results",
        "signature_id",
    );
    let event = first(
        &checked(&machine, &["events", "--limit", "1"]),
        "results",
        "event_id",
    );
    let promoted = checked(&machine, &["promote", &candidate, "--title", "a tunnel"]);
    let memory = promoted["incident_memory_id"].as_str().expect("an id");
    checked(
        &machine,
        &["review", &candidate, "snooze", "--until", "escalates"],
    );
    checked(
        &machine,
        &[
            "review", &signature, "useful", "--tried", memory, "--helped", "yes",
        ],
    );
    checked(&machine, &["review"]);
    checked(&machine, &["incidents"]);
    checked(&machine, &["digest"]);
    for id in [&candidate, &signature, &event, memory] {
        checked(&machine, &["explain", id]);
        checked(&machine, &["related", id]);
        checked(&machine, &["export", id]);
    }
    checked(
        &machine,
        &["signatures", "--rename", &signature, "the tunnel"],
    );
    checked(&machine, &["signatures", "--overrules"]);
}

#[test]
fn a_schema_needs_no_store_and_is_refused_where_there_is_no_answer() {
    let machine = Machine::new();
    let schema = machine.ok(&["explain", "--schema"]).json();
    assert_eq!(schema["title"], "brainstem explain --format json");
    assert!(!machine.store().exists());
    machine.run(&["man", "--schema"]).exits(2);
}
