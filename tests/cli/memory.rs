//! `promote`, `incidents`, `related`, and what `explain` says of memory: what was learned once is found again.

use crate::machine::{DEMO_END, Machine, column};
use serde_json::Value;

/// A machine that remembers the recurrence of the demo, with the candidate and the memory.
fn remembering() -> (Machine, Value, Value) {
    let machine = Machine::with_demo();
    let listed = machine.json(&["--as-of", DEMO_END, "candidates", "--type", "recurrence"]);
    let candidate = listed["results"][0].clone();
    let id = candidate["candidate_id"].as_str().expect("an id");
    let memory = machine.json(&[
        "--as-of",
        DEMO_END,
        "promote",
        id,
        "--title",
        "Disk of the database dies",
        "--summary",
        "Replaced the cable, then the backplane",
        "--check",
        "smartctl -a /dev/sdb",
        "--incident-type",
        "failing_disk",
    ]);
    (machine, candidate, memory)
}

fn id(of: &Value, name: &str) -> String {
    of[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {of}"))
        .to_string()
}

#[test]
fn a_promoted_candidate_is_found_by_its_words() {
    let (machine, candidate, memory) = remembering();
    let inc = id(&memory, "incident_memory_id");
    for query in [
        &["backplane"][..],
        &["DATABASE"],
        &["disks", "dying"],
        &["databse"],
        &[],
    ] {
        let found = machine.json(&[&["incidents"], query].concat());
        assert_eq!(
            column(&found["results"], "incident_memory_id"),
            [inc.as_str()],
            "{query:?}"
        );
    }
    let none = machine.json(&["incidents", "xylophone"]);
    assert_eq!(none["results"].as_array().map(Vec::len), Some(0));
    let found = machine.json(&["incidents", "backplane"]);
    let first = &found["results"][0];
    assert_eq!(first["title"], "Disk of the database dies");
    assert_eq!(first["summary"], "Replaced the cable, then the backplane");
    assert_eq!(first["candidate_id"], candidate["candidate_id"]);
    assert_eq!(first["signature_ids"], candidate["signature_ids"]);
}

#[test]
fn memory_is_related_to_what_shares_its_signature() {
    let (machine, candidate, memory) = remembering();
    let inc = id(&memory, "incident_memory_id");
    let signature = candidate["signature_ids"][0].as_str().expect("an id");
    let events = machine.json(&["events", "--signature", signature, "--limit", "1"]);
    let event = id(&events["results"][0], "event_id");
    for subject in [signature, &id(&candidate, "candidate_id"), &event] {
        let found = machine.json(&["--as-of", DEMO_END, "related", subject]);
        let incidents = &found["related_incidents"];
        assert!(
            column(incidents, "incident_memory_id").contains(&inc),
            "{subject}: {found}"
        );
        assert!(
            incidents[0]["reason"]
                .as_str()
                .is_some_and(|r| r.contains("signature"))
        );
    }
    let other = machine.json(&["--as-of", DEMO_END, "related", &inc]);
    let candidates = column(&other["related_candidates"], "candidate_id");
    assert!(
        candidates.contains(&id(&candidate, "candidate_id")),
        "{other}"
    );
}

#[test]
fn explain_shows_memory_and_what_it_speaks_of() {
    let (machine, candidate, memory) = remembering();
    let inc = id(&memory, "incident_memory_id");
    let of_memory = machine.ok(&["--as-of", DEMO_END, "explain", &inc]).out();
    for said in [
        "Disk of the database dies",
        "then the backplane",
        "smartctl -a",
    ] {
        assert!(of_memory.contains(said), "{said}: {of_memory}");
    }
    for subject in [
        id(&candidate, "candidate_id"),
        candidate["signature_ids"][0]
            .as_str()
            .expect("an id")
            .to_string(),
    ] {
        let page = machine
            .ok(&["--as-of", DEMO_END, "explain", &subject])
            .out();
        assert!(
            page.contains("Disk of the database dies"),
            "{subject}: {page}"
        );
    }
}

#[test]
fn the_digest_and_the_list_know_what_was_seen_before() {
    let (machine, candidate, memory) = remembering();
    let inc = id(&memory, "incident_memory_id");
    let page = machine.json(&[
        "--as-of", DEMO_END, "digest", "--since", "14d", "--limit", "0",
    ]);
    let items = page["items"].as_array().expect("a list");
    let ours = items
        .iter()
        .find(|i| i["candidate_id"] == candidate["candidate_id"])
        .expect("the candidate is on the page");
    assert!(ours.to_string().contains(&inc), "{ours}");
}

#[test]
fn memory_outlives_its_events_as_they_were() {
    let (machine, candidate, _) = remembering();
    let found = machine.json(&["incidents", "backplane"]);
    let first = &found["results"][0];
    assert_eq!(first["event_count"], candidate["event_count"]);
    assert_eq!(first["hosts"], candidate["hosts"]);
    assert_eq!(first["last_seen"], candidate["last_seen"]);
}

#[test]
fn promoting_twice_is_one_memory_with_the_later_words() {
    let (machine, candidate, memory) = remembering();
    let cand = id(&candidate, "candidate_id");
    let args = [
        "--as-of",
        DEMO_END,
        "promote",
        &cand,
        "--title",
        "It was the power supply",
    ];
    let again = machine.json(&args);
    assert_eq!(again["incident_memory_id"], memory["incident_memory_id"]);
    let all = machine.json(&["incidents"]);
    assert_eq!(
        column(&all["results"], "title"),
        ["It was the power supply"]
    );
}

#[test]
fn a_lesson_is_told_apart_from_an_incident() {
    let (machine, candidate, memory) = remembering();
    let cand = id(&candidate, "candidate_id");
    let args = [
        "--as-of",
        DEMO_END,
        "promote",
        &cand,
        "--type",
        "lesson",
        "--title",
        "Buy spares",
    ];
    let lesson = machine.json(&args);
    assert_ne!(lesson["incident_memory_id"], memory["incident_memory_id"]);
    let related = machine.json(&["--as-of", DEMO_END, "related", &cand]);
    assert_eq!(column(&related["related_lessons"], "title"), ["Buy spares"]);
    assert_eq!(
        column(&related["related_incidents"], "title"),
        ["Disk of the database dies"]
    );
}

#[test]
fn a_unique_beginning_of_an_id_is_enough_and_an_unknown_one_is_said() {
    let (machine, candidate, _) = remembering();
    let cand = id(&candidate, "candidate_id");
    let args = [
        "--as-of",
        DEMO_END,
        "promote",
        &cand[..12],
        "--type",
        "watch_pattern",
    ];
    let memory = machine.json(&args);
    let found = machine.json(&["incidents"]);
    let kept = found["results"].as_array().expect("a list");
    let kept = kept
        .iter()
        .find(|i| i["incident_memory_id"] == memory["incident_memory_id"])
        .expect("the memory is listed");
    assert_eq!(kept["candidate_id"], candidate["candidate_id"]);
    for unknown in ["cand_zzzz", "sig_zzzz", "evt_zzzz", "inc_zzzz"] {
        for command in ["explain", "related"] {
            machine.run(&[command, unknown]).exits(1).says(unknown);
        }
    }
    machine
        .run(&["promote", "cand_zzzz"])
        .exits(1)
        .says("cand_zzzz");
    machine
        .run(&["explain", "nonsense"])
        .exits(2)
        .says("hint: ");
    machine
        .run(&["explain", "cand_"])
        .exits(2)
        .says("more letters");
}
