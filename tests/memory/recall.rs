//! What memory says by itself: in the summary of what was taken in, in candidates, digest and explanations.

use crate::place::*;
use serde_json::json;

#[test]
fn what_was_seen_before_is_told_everywhere_with_its_last_time_and_what_helped() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    let promote = |kind: &str, title: &str| {
        let answer = place.ask(&[
            "promote",
            &id,
            "--type",
            kind,
            "--title",
            title,
            "--check",
            "ask the provider",
        ]);
        answer["incident_memory_id"]
            .as_str()
            .expect("an id")
            .to_string()
    };
    let incident = promote("incident_memory", "the branch tunnel");
    let lesson = promote("lesson", "wait a minute");
    let hint = promote("runbook_hint", "restart the modem");
    place.run(&["review", &id, "--tried", &hint, "--helped", "yes"]);
    place.run(&["review", &id, "--tried", &lesson, "--helped", "no"]);
    let mut log = next_day(11);
    log.flap(at(11, 9, 0, 0), "fw-01", 20);
    let told = place.ingest(&log).json()["seen_before"].clone();
    let ids: Vec<&str> = told
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|s| s["incident_memory_id"].as_str())
        .collect();
    assert!(
        ids.contains(&incident.as_str()) && ids.contains(&lesson.as_str()),
        "{told}"
    );
    assert!(
        told[0]["last_seen"]
            .as_str()
            .is_some_and(|t| t.starts_with("2026-03-10T")),
        "{told}"
    );

    let explained = place.explained(&id);
    let known = explained["seen_before"].as_array().expect("a list").clone();
    assert_eq!(known[0]["incident_memory_id"], json!(incident));
    assert_eq!(known[0]["check"], "ask the provider");
    // What helped comes before what did not.
    assert_eq!(
        explained["candidate"]["related_lessons"],
        json!([hint, lesson])
    );
    assert_eq!(
        known[1]["helped"],
        "tried once, helped once; back after 9h 42m"
    );
    let digest = place.run(&["digest", "--since", "7d"]).out;
    let digest = digest.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        digest.contains("the branch tunnel, ") && digest.contains("tried once, helped once"),
        "{digest}"
    );
    assert_eq!(
        place.explained(&hint)["helped"],
        "tried once, helped once; back after 9h 42m"
    );
}

#[test]
fn the_facts_say_whether_it_stopped() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    let hint = place.ask(&["promote", &id, "--type", "runbook_hint"])["incident_memory_id"].clone();
    let hint = hint.as_str().expect("an id");
    place.run(&["review", &id, "resolved", "--tried", hint]);
    let helped = || place.explained(hint)["helped"].clone();
    assert_eq!(helped(), "tried once; too early to tell whether it stopped");
    for day in 11..14 {
        place.ingest(&next_day(day));
    }
    assert_eq!(helped(), "tried once; quiet for 3d since");
}
