//! `promote` and `incidents`: what is made durable, how it changes, and what it does.

use crate::place::*;
use serde_json::{Value, json};

fn promoted(place: &Place, id: &str, options: &[&str]) -> String {
    let answer = place.ask(&[&["promote", id], options].concat());
    let id = answer["incident_memory_id"].as_str().expect("an id");
    id.to_string()
}

fn incidents(place: &Place, options: &[&str]) -> Vec<Value> {
    let answer = place.ask(&[&["incidents"], options].concat());
    answer["results"].as_array().expect("a list").clone()
}

fn signature(place: &Place, words: &[&str]) -> Value {
    place.ask(&[&["signatures"], words].concat())["results"][0].clone()
}

#[test]
fn a_memory_keeps_numbers_words_and_raw_records() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    let inc = promoted(
        &place,
        &id,
        &[
            "--incident-type",
            "vpn_instability",
            "--check",
            "ask the provider",
        ],
    );
    let kept = place.explained(&inc)["incident"].clone();
    assert_eq!(kept["candidate_id"], json!(id));
    assert_eq!(kept["memory_type"], "incident_memory");
    assert_eq!(kept["incident_type"], "vpn_instability");
    assert_eq!(kept["author"], "kim");
    assert!(kept["title"].as_str().is_some_and(|t| t.contains(FLAP)));
    assert!(kept["summary"].as_str().is_some_and(|s| !s.is_empty()));
    assert!(kept["event_count"].as_u64().is_some_and(|n| n >= 20));
    assert!(
        kept["configuration"]
            .as_str()
            .is_some_and(|c| !c.is_empty())
    );
    let pinned = kept["pinned"].as_array().expect("records");
    assert!(pinned.iter().any(|p| {
        p["raw"]
            .as_str()
            .is_some_and(|r| r.starts_with("<28>1 2026-03-10T"))
    }));
}

#[test]
fn each_kind_of_memory_does_what_it_is_for() {
    let fresh = after_ten_days();
    let id = fresh.candidate(FLAP);
    let score = |place: &Place| {
        place.explained(&id)["candidate"]["score_total"]
            .as_f64()
            .expect("a score")
    };
    let before = score(&fresh);
    for (kind, raises) in [
        ("incident_memory", true),
        ("watch_pattern", true),
        ("tenant_risk_marker", true),
        ("lesson", false),
        ("runbook_hint", false),
    ] {
        let place = fresh.copy();
        let inc = promoted(&place, &id, &["--type", kind]);
        assert_eq!(score(&place) > before, raises, "{kind}");
        let candidate = place.explained(&id)["candidate"].clone();
        let named = match kind {
            "lesson" | "runbook_hint" => candidate["related_lessons"][0].clone(),
            "tenant_risk_marker" => candidate["judgements"][0]["id"].clone(),
            _ => candidate["related_incidents"][0].clone(),
        };
        assert_eq!(named, json!(inc), "{kind}");
    }
}

#[test]
fn a_watched_pattern_has_more_attention_until_it_is_closed() {
    let place = after_ten_days();
    let quiet = ["tunnel", "established"];
    let before = signature(&place, &quiet);
    let attention = |s: &Value| s["attention"].as_f64().expect("a number");
    let id = before["signature_id"].as_str().expect("an id");
    let inc = promoted(&place, id, &["--type", "watch_pattern"]);
    let said = place.run(&["promote", id, "--type", "watch_pattern"]).out;
    assert!(
        said.contains(&format!("Promoted {} to", &id[..10])),
        "{said}"
    );
    assert!(attention(&signature(&place, &quiet)) > attention(&before));
    place.run(&["incidents", "--close", &inc]);
    assert_eq!(attention(&signature(&place, &quiet)), attention(&before));
    place.run(&["incidents", "--reopen", &inc]);
    assert!(attention(&signature(&place, &quiet)) > attention(&before));
}

#[test]
fn a_weak_place_raises_what_is_seen_there_and_nothing_else() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    let score = |place: &Place| {
        place.explained(&id)["candidate"]["score_total"]
            .as_f64()
            .expect("a score")
    };
    let before = score(&place);
    let marked = |option: &str, name: &str| {
        let place = place.copy();
        promoted(&place, &id, &["--type", "tenant_risk_marker", option, name]);
        score(&place)
    };
    assert!(marked("--host", "fw-01") > before);
    assert!(marked("--service", "charon") > before);
    assert_eq!(marked("--host", "web-01"), before);
    assert_eq!(marked("--service", "cron"), before);
    let wrong = place.try_run(&["promote", &id, "--host", "fw-01"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("tenant_risk_marker"), "{}", wrong.err);
}

#[test]
fn every_change_is_kept_with_its_time_and_author() {
    let place = after_ten_days();
    let inc = promoted(&place, &place.candidate(FLAP), &["--title", "first"]);
    place.run(&[
        "incidents",
        "--edit",
        &inc,
        "--title",
        "second",
        "--author",
        "sam",
    ]);
    place.run(&["incidents", "--close", &inc]);
    place.run(&["incidents", "--reopen", &inc]);
    let kept = place.explained(&inc)["incident"].clone();
    assert_eq!(
        (&kept["title"], &kept["status"]),
        (&json!("second"), &json!("open"))
    );
    let history = kept["history"].as_array().expect("changes");
    let fields: Vec<&str> = history.iter().filter_map(|a| a["field"].as_str()).collect();
    assert_eq!(fields, ["title", "status", "status"]);
    assert_eq!(history[0]["author"], "sam");
    assert_eq!(
        (&history[0]["before"], &history[0]["after"]),
        (&json!("first"), &json!("second"))
    );
    assert_eq!(history[1]["author"], "kim");
    // Promoting again brings new numbers and keeps the words.
    place.ingest(&next_day(11));
    promoted(&place, &place.candidate(FLAP), &[]);
    let again = place.explained(&inc)["incident"].clone();
    assert_eq!(again["title"], "second");
    assert!(again["history"].as_array().is_some_and(|h| h.len() >= 3));
    assert_eq!(place.try_run(&["incidents", "--edit", &inc]).code, 2);
}

#[test]
fn a_memory_that_was_taken_in_is_found_through_the_other() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    let one = promoted(&place, &id, &["--title", "tunnel"]);
    let two = promoted(&place, &id, &["--title", "the same", "--type", "lesson"]);
    place.run(&["incidents", "--merge", &two, "--into", &one]);
    let listed = incidents(&place, &[]);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["incident_memory_id"], json!(one));
    let through = place.explained(&two)["incident"].clone();
    assert_eq!(through["incident_memory_id"], json!(one));
    assert_eq!(through["history"][0]["field"], "merged");
    assert_eq!(
        place
            .try_run(&["incidents", "--merge", &one, "--into", &one])
            .code,
        2
    );
}

#[test]
fn memory_moves_between_stores_once() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    let inc = promoted(&place, &id, &["--title", "moves"]);
    let lines = place.run(&["incidents", "--export"]).out;
    assert_eq!(lines.lines().count(), 1);
    let other = Place::of("client-b");
    let file = other.path("memory.jsonl");
    std::fs::write(&file, &lines).expect("written");
    let file = file.to_str().expect("text");
    for taken in [1, 0] {
        let answer = other.ask(&["incidents", "--import", file]);
        assert_eq!(answer["results"].as_array().map(Vec::len), Some(taken));
    }
    other.ingest(&ten_days());
    let theirs = other.explained(&inc)["incident"].clone();
    assert_eq!(
        (&theirs["title"], &theirs["tenant_id"]),
        (&json!("moves"), &json!("client-b"))
    );
    assert!(theirs["pinned"].as_array().is_some_and(|p| !p.is_empty()));
    // The same logs give the same signatures, so it is known there at once.
    let candidate = other.candidate(FLAP);
    assert_eq!(
        other.explained(&candidate)["candidate"]["related_incidents"],
        json!([inc])
    );
    // Lines of before it was kept when they were judged are known as of any time.
    let mut old: Value = serde_json::from_str(&lines).expect("JSON");
    old.as_object_mut().expect("an object").remove("judged_at");
    let third = Place::new();
    let path = third.path("old.jsonl");
    std::fs::write(&path, format!("{old}\n")).expect("written");
    third.run(&["incidents", "--import", path.to_str().expect("text")]);
    assert_eq!(incidents(&third, &["--as-of", "2026-03-02"]).len(), 1);
    std::fs::write(other.path("memory.jsonl"), format!("{lines}{{\"no\":1}}\n")).expect("written");
    let wrong = other.try_run(&["incidents", "--import", file]);
    assert_eq!(wrong.code, 65);
    assert!(wrong.err.contains("line 2 of"), "{}", wrong.err);
}

#[test]
fn memory_is_searched_in_words_by_kind_and_time_and_says_why() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    promoted(
        &place,
        &id,
        &[
            "--title",
            "Branch tunnel unstable",
            "--summary",
            "modem replaced",
        ],
    );
    promoted(
        &place,
        &id,
        &["--title", "Lifetimes must match", "--type", "lesson"],
    );
    let best = incidents(&place, &["tunel", "modems"]);
    assert_eq!(best[0]["title"], "Branch tunnel unstable");
    let reason = best[0]["reason"].as_str().expect("a reason");
    assert!(
        reason.contains("tunel") && reason.contains("modems"),
        "{reason}"
    );
    assert_eq!(incidents(&place, &["--type", "lesson"]).len(), 1);
    assert_eq!(incidents(&place, &["--since", "1d"]).len(), 2);
    assert_eq!(incidents(&place, &["xylophone"]), Vec::<Value>::new());
}

#[test]
fn a_signature_that_grew_into_another_still_finds_its_memory() {
    // The elder of a family arrives after its younger member was promoted: the younger one's id becomes an alias.
    let place = after_ten_days();
    let inc = promoted(&place, &place.candidate(FLAP), &[]);
    let before = signature(&place, &["rekey", "failed"])["signature_id"].clone();
    let mut log = Log::default();
    for n in 0..40 {
        let message = format!(
            "rekey of tunnel branch{} failed, peer does not answer",
            "abcdefghij".repeat(1 + n % 3)
        );
        log.say(at(1, 0, 0, n as u32), "fw-01", WARNING, "charon", &message);
    }
    place.ingest(&log);
    let old = before.as_str().expect("an id");
    let explained = place.explained(old);
    assert_eq!(explained["related_incidents"], json!([inc]));
    // It is another signature now, and the incident is found by it, by the id it was promoted with, and by words.
    let now = signature(&place, &["rekey", "failed"])["signature_id"].clone();
    assert_ne!(now, before);
    let now = now.as_str().expect("an id");
    for id in [old, now] {
        let related = place.ask(&["related", id]);
        let found = &related["related_incidents"][0];
        assert_eq!(found["incident_memory_id"], json!(inc), "{related}");
        let reason = found["reasons"][0].as_str().expect("a reason");
        assert!(reason.contains(old) && reason.contains(now), "{reason}");
    }
    assert_eq!(
        incidents(&place, &["rekey"])[0]["incident_memory_id"],
        json!(inc)
    );
}

#[test]
fn memory_stays_in_its_tenant() {
    let place = after_ten_days();
    place.ingest_for("client-b", &ten_days());
    let id = place.candidate(FLAP);
    let inc = promoted(&place, &id, &["--title", "ours alone"]);
    let theirs =
        |args: &[&str]| place.try_run_for("client-b", &[args, &["--format", "json"]].concat());
    assert_eq!(
        theirs(&["incidents", "ours"]).results(),
        Vec::<Value>::new()
    );
    assert_eq!(theirs(&["explain", &inc]).code, 1);
    for args in [
        &["candidates", "--all"][..],
        &["digest"],
        &["status"],
        &["review"],
    ] {
        let said = theirs(args).out;
        assert!(
            !said.contains("ours alone") && !said.contains(&inc),
            "{args:?}: {said}"
        );
    }
    for tenant in [
        "../default",
        "default\0",
        "Default",
        "default/..",
        "",
        "a\u{202e}b",
        "*",
    ] {
        if tenant.contains('\0') {
            continue;
        }
        assert_eq!(
            place.try_run_for(tenant, &["incidents"]).code,
            2,
            "{tenant:?}"
        );
    }
}
