//! What has to do with what, and why.

use crate::place::*;
use serde_json::Value;

fn ids(list: &Value, name: &str) -> Vec<String> {
    let rows = list.as_array().expect("a list").iter();
    rows.filter_map(|r| r[name].as_str().map(str::to_string))
        .collect()
}

/// The reasons for which this memory or candidate is in a list.
fn reasons(list: &Value, id: &str) -> String {
    let rows = list.as_array().expect("a list").iter();
    let of = |r: &&Value| r["incident_memory_id"] == id || r["candidate_id"] == id;
    rows.filter(of).map(|r| r["reason"].to_string()).collect()
}

/// Ten days in which the modem of fw-01 loses its carrier two minutes before most flaps, and a printer runs out of paper at other
/// times.
fn with_a_modem() -> Place {
    let mut log = ten_days();
    for day in 1..11 {
        let (hour, minute) = ((day * 5) % 11, (day * 7) % 60);
        let before = at(day, hour, minute, 0) - 120;
        log.say(
            before,
            "fw-01",
            WARNING,
            "pppd",
            "carrier lost, line is down",
        );
        let other = at(day, (day * 3 + 12) % 24, (day * 17 + 20) % 60, 0);
        log.say(
            other,
            "fw-01",
            WARNING,
            "cups",
            "out of paper error in tray two",
        );
    }
    let place = Place::new();
    place.ingest(&log);
    place
}

fn signature(place: &Place, word: &str) -> String {
    let found = place
        .run(&["signatures", word, "--format", "json"])
        .results();
    found[0]["signature_id"]
        .as_str()
        .expect("an id")
        .to_string()
}

fn promoted(place: &Place, id: &str, title: &str) -> String {
    let answer = place.ask(&["promote", id, "--title", title, "--summary", "-"]);
    let inc = answer["incident_memory_id"].as_str();
    inc.expect("an id").to_string()
}

#[test]
fn what_keeps_coming_within_minutes_on_the_same_host_is_related() {
    let place = with_a_modem();
    let modem = promoted(&place, &signature(&place, "carrier"), "one");
    let paper = promoted(&place, &signature(&place, "paper"), "two");
    let flap = signature(&place, "rekey");
    let found = place.ask(&["related", &flap]);
    let incidents = &found["related_incidents"];
    let why = reasons(incidents, &modem);
    assert!(
        why.contains("within 5 minutes on the same host 10 of 10 times: fw-01"),
        "{found}"
    );
    assert!(!reasons(incidents, &paper).contains("minutes"), "{found}");
    // The same from the other side, and twice.
    let back = place.ask(&["related", &modem]);
    let candidates = ids(&back["related_candidates"], "candidate_id");
    assert!(
        candidates.contains(&place.candidates("carrier", &[])[0]),
        "{back}"
    );
    assert_eq!(place.ask(&["related", &flap]), found);
}

#[test]
fn what_goes_over_the_same_hosts_in_the_same_order_is_related() {
    let mut log = ten_days();
    let hosts = ["web-01", "db-01", "fw-02", "fw-01"];
    for (i, host) in hosts.iter().enumerate() {
        let i = i as u32;
        log.say(
            at(10, 9 + i, 0, 0),
            host,
            ERROR,
            "agentd",
            "certificate rejected by controller",
        );
        log.say(
            at(10, 14 + i, 30, 0),
            host,
            ERROR,
            "mountd",
            "volume vanished while busy",
        );
        log.say(
            at(10, 22 - i, 45, 0),
            host,
            ERROR,
            "lldpd",
            "neighbour table overflow",
        );
    }
    let place = Place::new();
    place.ingest(&log);
    let same = promoted(&place, &signature(&place, "volume"), "one");
    let other = promoted(&place, &signature(&place, "neighbour"), "two");
    let found = place.ask(&["related", &signature(&place, "certificate")]);
    let why = reasons(&found["related_incidents"], &same);
    assert!(
        why.contains("the same order of hosts: web-01, db-01, fw-02, fw-01"),
        "{found}"
    );
    let why = reasons(&found["related_incidents"], &other);
    assert!(!why.contains("order"), "{found}");
}

#[test]
fn each_is_ranked_by_how_close_it_is_and_no_limit_means_all() {
    let place = with_a_modem();
    let flap = place.candidates("carrier", &[])[0].clone();
    for (n, word) in ["carrier", "paper", "hourly", "rekey"].iter().enumerate() {
        promoted(&place, &signature(&place, word), &format!("number {n}"));
    }
    let all = place.ask(&["related", &flap, "--limit", "0"]);
    let list = all["related_incidents"].as_array().expect("a list");
    assert!(list.len() > 1, "{all}");
    let closeness: Vec<f64> = list
        .iter()
        .filter_map(|r| r["closeness"].as_f64())
        .collect();
    assert_eq!(closeness.len(), list.len());
    assert!(
        closeness.is_sorted_by(|a, b| a >= b) && closeness[0] <= 1.0,
        "{all}"
    );
    assert!(
        list[0]["reasons"][0]
            .as_str()
            .is_some_and(|r| r.starts_with("the same signature"))
    );
    let one = place.ask(&["related", &flap, "--limit", "1"]);
    assert_eq!(
        ids(&one["related_incidents"], "incident_memory_id"),
        ids(&all["related_incidents"], "incident_memory_id")[..1]
    );
}

const FROM_THE_LAST_LOOK: &str = "those the last look found";

/// Whether what is related to an id was found without looking at everything; the answer is the same either way.
fn is_from_the_last_look(place: &Place, id: &str) -> bool {
    let asked = ["related", id, "--limit", "0", "--format", "json"];
    let ran = place.run(&[&["--verbose"], &asked[..]].concat());
    let page = place.ask(&["digest", "--dry-run"]);
    let as_of = page["as_of"].as_str().expect("a time").to_string();
    let whole = place.run(&[&asked[..], &["--as-of", &as_of]].concat());
    assert_eq!(ran.out, whole.out, "{id}");
    ran.err.contains(FROM_THE_LAST_LOOK)
}

#[test]
fn the_last_look_is_enough_while_nothing_has_changed_and_says_the_same_as_a_new_one() {
    let place = with_a_modem();
    let flap = signature(&place, "rekey");
    assert!(is_from_the_last_look(&place, &flap), "an ingest looks");
    let modem = promoted(&place, &signature(&place, "carrier"), "one");
    promoted(&place, &place.candidates("carrier", &[])[0], "two");
    assert!(!is_from_the_last_look(&place, &flap), "memory changed");
    let event = place
        .run(&["events", "carrier", "--format", "json"])
        .results()[3]
        .clone();
    let event = event["event_id"].as_str().expect("an id").to_string();
    let candidates = place.candidates("", &[]);
    let signatures = place.run(&["signatures", "--format", "json"]).results();
    let signatures = signatures.iter().map(|s| s["signature_id"].as_str());
    let all = signatures.map(|id| id.expect("an id").to_string());
    for id in all.chain(candidates).chain([modem.clone(), event]) {
        assert!(is_from_the_last_look(&place, &id), "{id}");
        let beginning = &id[..id.len().min(9)];
        assert!(is_from_the_last_look(&place, beginning), "{beginning}");
    }
    // A run that brings nothing changes nothing; a judgement does, and so do other constants.
    let log = place.path("default-0.log");
    place.run(&["ingest", log.to_str().expect("a path of text")]);
    assert!(is_from_the_last_look(&place, &flap), "nothing came");
    // A log that has another name now is told of by that.
    let rotated = place.path("default-0.log.1");
    std::fs::rename(&log, &rotated).expect("renamed");
    let ran = place.run(&["ingest", rotated.to_str().expect("a path of text")]);
    assert!(ran.out.contains("Ingested 0 events"), "{}", ran.out);
    assert!(!is_from_the_last_look(&place, &flap), "it was renamed");
    std::fs::write(place.path("other.toml"), "window.days = 2.0\n").expect("written");
    let other = place.path("other.toml");
    let other = ["--config", other.to_str().expect("a path of text")];
    let ran = place.run(&[&other[..], &["--verbose", "related", &flap]].concat());
    assert!(!ran.err.contains(FROM_THE_LAST_LOOK), "other constants");
    assert!(!is_from_the_last_look(&place, &flap), "it kept its own");
    place.run(&["review", &modem, "known"]);
    assert!(!is_from_the_last_look(&place, &flap), "it was judged");
    assert!(is_from_the_last_look(&place, &flap), "it was kept again");
    place.run(&["digest", "--dry-run"]);
    place.run(&["digest"]);
    assert!(is_from_the_last_look(&place, &flap), "a digest was told");
}

#[test]
fn among_thousands_of_memories_those_that_are_close_are_found() {
    let place = with_a_modem();
    let modem = promoted(&place, &signature(&place, "carrier"), "one");
    let line = place.run(&["incidents", "--export"]).out;
    let memory: Value = serde_json::from_str(line.trim()).expect("a memory");
    let mut lines = String::new();
    for n in 0..2_500u32 {
        let mut other = memory.clone();
        let letters: String = (0..20)
            .map(|place| char::from(b"bcdfghjk"[(n >> (3 * (place % 5))) as usize % 8]))
            .collect();
        other["incident_memory_id"] = format!("inc_{letters}").into();
        other["signature_ids"] = serde_json::json!([format!("sig_{letters}")]);
        other["templates"] = serde_json::json!([format!("cabinet {n} was opened")]);
        other["title"] = format!("cabinet {n}").into();
        other["last_seen"] = "2026-03-02T00:00:00Z".into();
        lines.push_str(&format!("{other}\n"));
    }
    std::fs::write(place.path("memories.jsonl"), lines).expect("written");
    let path = place.path("memories.jsonl");
    place.run(&[
        "incidents",
        "--import",
        path.to_str().expect("a path of text"),
    ]);
    let flap = signature(&place, "rekey");
    let found = place.ask(&["related", &flap]);
    let first = &found["related_incidents"][0];
    assert_eq!(first["incident_memory_id"].as_str(), Some(modem.as_str()));
    assert!(is_from_the_last_look(&place, &flap));
}
