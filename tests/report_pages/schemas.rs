//! Every page's JSON is what its schema says, with the invented world and with hostile text in every field.

use crate::schema::fault;
use crate::world::World;
use brainstem::report::{Look, renderer, schema};
use serde_json::{Value, json};

/// The subcommand that answers with a page.
fn subcommand(page: &str) -> &str {
    match page {
        "digest" | "digest_empty" => "digest",
        "reviewed" | "reviews" => "review",
        "promoted" => "promote",
        "reparse" | "replay_before" | "replay_compared" | "suggestion" => "replay",
        "error" => "status",
        page if page.starts_with("explain_") => "explain",
        page => page,
    }
}

fn check_world(say: &dyn Fn(&str) -> String) {
    let mut pages = 0;
    for (name, report) in (World { say }).reports() {
        let mut page = Vec::new();
        renderer("json")
            .expect("JSON is a format")
            .render(&report, &Look::default(), &mut page)
            .expect("a vector takes everything");
        let answer: Value = serde_json::from_slice(&page).expect("JSON");
        let whole = schema(subcommand(name)).unwrap_or_else(|| panic!("{name} has no schema"));
        if let Err(fault) = fault(&answer, &whole) {
            panic!("{name}: {fault}");
        }
        pages += 1;
    }
    assert!(pages > 15);
}

#[test]
fn pages_are_what_their_schemas_say() {
    check_world(&str::to_string);
    check_world(&|_| "\u{1b}[2J\n\"}]".to_string());
}

#[test]
fn the_check_sees_what_it_looks_for() {
    let schema = schema("promote").expect("promote answers JSON");
    let answer = json!({"ok": true, "incident_memory_id": "inc_bcdf"});
    assert_eq!(fault(&answer, &schema), Ok(()));
    for wrong in [
        json!({"ok": true}),
        json!({"ok": true, "incident_memory_id": 7}),
        json!({"ok": true, "incident_memory_id": "inc_bcdf", "more": 1}),
    ] {
        assert!(fault(&wrong, &schema).is_err(), "{wrong}");
    }
}
