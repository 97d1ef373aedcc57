//! `review`: who says what about what, and what comes of it.

use crate::place::*;
use serde_json::{Value, json};

/// The row `memory_weight` of a candidate's score.
fn memory_weight(place: &Place, id: &str) -> f64 {
    place.explained(id)["score_breakdown"]["memory_weight"]["contribution"]
        .as_f64()
        .unwrap_or(0.0)
}

fn state_of(place: &Place, review: &Value) -> String {
    let found = place.ask(&["review"]);
    let rows = found["results"].as_array().expect("reviews");
    let own = rows.iter().find(|r| r["review_id"] == review["review_id"]);
    own.expect("the review is listed")["state"]
        .as_str()
        .expect("a state")
        .to_string()
}

#[test]
fn every_judgement_is_recorded_and_moves_the_score_by_a_named_contribution() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    assert_eq!(memory_weight(&place, &id), 0.0);
    for (decision, sign) in [("useful", 1.0), ("noise", -1.0), ("known", -1.0)] {
        let place = place.copy();
        let answer = place.ask(&[
            "review",
            &id,
            decision,
            "--notes",
            "as we said",
            "--reviewer",
            "sam",
        ]);
        assert_eq!(answer["ok"], json!(true));
        assert!(
            answer["review_id"]
                .as_str()
                .is_some_and(|r| r.starts_with("rev_"))
        );
        assert!(memory_weight(&place, &id) * sign > 0.0, "{decision}");
        let explained = place.explained(&id);
        let words = explained["judgements"][0]["words"].as_str().expect("words");
        assert!(
            words.starts_with(&format!("{decision} by sam since ")),
            "{words}"
        );
        assert_eq!(explained["reviews"][0]["notes"], "as we said");
        let recomputed = place.ask(&["explain", &id, "--recompute"]);
        assert_eq!(recomputed["recomputed"]["same"], json!(true));
    }
}

#[test]
fn what_is_judged_noise_known_resolved_or_put_to_sleep_is_held_back() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    for args in [
        &["noise"][..],
        &["known"],
        &["resolved"],
        &["snooze", "--until", "3d"],
        &["snooze", "--until", "escalates"],
    ] {
        let place = place.copy();
        place.run(&[&["review", id.as_str()], args].concat());
        assert_eq!(
            place.candidates(FLAP, &[]),
            Vec::<String>::new(),
            "{args:?}"
        );
        assert_eq!(
            place.candidates(FLAP, &["--all"]),
            [id.as_str()],
            "{args:?}"
        );
        let digest = place.ask(&["digest", "--since", "7d", "--limit", "0"]);
        let told = digest["items"].as_array().expect("items");
        assert!(
            told.iter().all(|i| i["candidate_id"] != json!(id)),
            "{args:?}"
        );
    }
}

#[test]
fn a_sleep_ends_at_its_time() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    place.run(&["review", &id, "snooze", "--until", "2026-03-12"]);
    let mut log = next_day(11);
    log.flap(at(11, 9, 30, 0), "fw-01", 20);
    log.flap(at(11, 17, 40, 0), "fw-01", 20);
    place.ingest(&log);
    assert!(place.candidates(FLAP, &[]).is_empty());
    place.ingest(&next_day(12));
    let back = place.candidate(FLAP);
    let words = place.explained(&back)["judgements"][0]["words"].clone();
    let words = words.as_str().expect("words").to_string();
    assert!(words.contains("ended 2026-03-12 00:00"), "{words}");
}

#[test]
fn a_sleep_on_one_host_leaves_the_same_signature_on_another_visible() {
    let mut log = ten_days();
    for day in 1..11 {
        log.flap(at(day, (day * 7) % 23, (day * 11) % 60, 0), "fw-02", 25);
    }
    let place = Place::new();
    place.ingest(&log);
    let on = |options: &[&str]| {
        let found =
            place.try_run(&[&["candidates", "--limit", "0", "--format", "json"], options].concat());
        let mut hosts: Vec<String> = Vec::new();
        for c in found.results() {
            if c["title"].as_str().is_some_and(|t| t.contains(FLAP)) {
                hosts.extend(
                    c["hosts"]
                        .as_array()
                        .expect("hosts")
                        .iter()
                        .map(|h| h.as_str().expect("a name").to_string()),
                );
            }
        }
        hosts.sort();
        hosts.dedup();
        hosts
    };
    assert_eq!(on(&[]), ["fw-01", "fw-02"]);
    let signature =
        place.ask(&["signatures", "rekey", "failed"])["results"][0]["signature_id"].clone();
    let signature = signature.as_str().expect("a signature").to_string();
    place.run(&[
        "review", &signature, "snooze", "--until", "30d", "--hosts", "fw-01",
    ]);
    assert!(on(&[]).contains(&"fw-02".to_string()));
    place.run(&[
        "review", &signature, "snooze", "--until", "30d", "--hosts", "fw-02",
    ]);
    assert_eq!(on(&[]), Vec::<String>::new());
    assert_eq!(on(&["--all"]), ["fw-01", "fw-02"]);
}

/// Puts the flapping tunnel to sleep until it escalates, and then lets something happen.
fn woken_by(what: impl Fn(&mut Log)) -> (Place, Value, String) {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    let review = place.ask(&["review", &id, "snooze", "--until", "escalates"]);
    let mut log = next_day(11);
    what(&mut log);
    place.ingest(&log);
    let state = state_of(&place, &review);
    (place, review, state)
}

#[test]
fn what_sleeps_until_it_escalates_says_its_limits_in_advance() {
    let (place, review, state) = woken_by(|log| log.flap(at(11, 3, 0, 0), "fw-01", 20));
    let limits = review["wakes"].as_array().expect("limits");
    let has = |what: &str| {
        limits
            .iter()
            .any(|l| l.as_str().is_some_and(|l| l.contains(what)))
    };
    assert!(
        has("in an hour") && has("any host but fw-01") && has("severity graver than warning"),
        "{limits:?}"
    );
    assert!(has("a recovery slower than"), "{limits:?}");
    // One more of the same is no escalation, and it can be seen how near it is.
    assert_eq!(state, "holding");
    assert!(place.candidates(FLAP, &[]).is_empty());
    let near = place.ask(&["review"])["results"][0]["wakes"].clone();
    let rate = near[0]["now"].as_str().expect("words");
    assert!(rate.starts_with("1 of "), "{rate}");
}

#[test]
fn what_sleeps_comes_back_with_more_of_it_and_says_why() {
    let (place, _, state) = woken_by(|log| {
        for n in 0..30 {
            log.flap(at(11, 3, n * 2, 0), "fw-01", 20);
        }
    });
    assert_eq!(state, "woke");
    comes_back(&place, "rate 30 of ");
}

#[test]
fn what_sleeps_comes_back_on_a_new_host_and_says_why() {
    let (place, _, state) = woken_by(|log| log.flap(at(11, 3, 0, 0), "web-01", 20));
    assert_eq!(state, "woke");
    comes_back(&place, "host new on web-01");
}

#[test]
fn what_sleeps_comes_back_graver_and_says_why() {
    let (place, _, state) = woken_by(|log| {
        let message = "rekey of tunnel 31 failed, peer does not answer";
        log.say(at(11, 3, 0, 0), "fw-01", ERROR, "charon", message);
        log.say(
            at(11, 3, 0, 20),
            "fw-01",
            INFO,
            "charon",
            "tunnel 31 established again with peer",
        );
    });
    assert_eq!(state, "woke");
    comes_back(&place, "severity error, and was warning");
}

#[test]
fn what_sleeps_comes_back_when_it_heals_slower_and_says_why() {
    let (place, _, state) = woken_by(|log| log.flap(at(11, 3, 0, 0), "fw-01", 1_500));
    assert_eq!(state, "woke");
    comes_back(&place, "recovery 25m of ");
}

fn comes_back(place: &Place, why: &str) {
    let back = place.candidates(FLAP, &[]);
    let words =
        place.explained(back.first().expect("it is back"))["judgements"][0]["words"].clone();
    let words = words.as_str().expect("words").to_string();
    assert!(words.starts_with(&format!("woke: {why}")), "{words}");
}

#[test]
fn what_was_resolved_and_comes_again_regressed_and_says_how_long_it_was_away() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    let review = place.ask(&[
        "review",
        &id,
        "resolved",
        "--notes",
        "the provider replaced the modem",
    ]);
    place.ingest(&next_day(11));
    assert_eq!(state_of(&place, &review), "holding");
    let mut log = next_day(12);
    log.flap(at(12, 20, 0, 0), "fw-01", 20);
    place.ingest(&log);
    assert_eq!(state_of(&place, &review), "regressed");
    let back = place.candidate(FLAP);
    let explained = place.explained(&back);
    let words = explained["judgements"][0]["words"].as_str().expect("words");
    assert!(
        words.starts_with("regressed: resolved by kim on "),
        "{words}"
    );
    assert!(
        words.ends_with("after it had stayed away for 47h"),
        "{words}"
    );
    assert!(memory_weight(&place, &back) > 0.0);
    // What was said then is still there.
    assert_eq!(
        explained["reviews"][0]["notes"],
        "the provider replaced the modem"
    );
}

#[test]
fn notes_and_judgements_stand_beside_each_other() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    place.run(&["review", &id, "known", "--notes", "first"]);
    place.run(&["review", &id, "--notes", "second"]);
    assert!(place.candidates(FLAP, &[]).is_empty());
    let reviews = place.explained(&id)["reviews"].clone();
    let notes: Vec<&str> = reviews
        .as_array()
        .expect("reviews")
        .iter()
        .filter_map(|r| r["notes"].as_str())
        .collect();
    assert_eq!(notes, ["first", "second"]);
    place.run(&["review", &id, "useful"]);
    assert_eq!(place.candidates(FLAP, &[]), [id.as_str()]);
    let reviews = place.explained(&id)["reviews"].clone();
    let states: Vec<&str> = reviews
        .as_array()
        .expect("reviews")
        .iter()
        .filter_map(|r| r["state"].as_str())
        .collect();
    assert_eq!(states, ["replaced", "in_force", "in_force"]);
}

#[test]
fn a_review_can_be_taken_back() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    let review = place.ask(&["review", &id, "noise"]);
    let review = review["review_id"].as_str().expect("an id");
    assert!(place.candidates(FLAP, &[]).is_empty());
    place.run(&["review", review, "withdraw"]);
    assert_eq!(place.candidates(FLAP, &[]), [id.as_str()]);
    assert_eq!(memory_weight(&place, &id), 0.0);
}

#[test]
fn what_makes_no_sense_is_refused_with_a_hint() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    for (args, code, hint) in [
        (&["review", id.as_str()][..], 2, "say useful, noise"),
        (&["review", &id, "snooze"], 2, "--until escalates"),
        (
            &["review", &id, "snooze", "--until", "2026-01-01"],
            2,
            "name a later time",
        ),
        (
            &["review", &id, "snooze", "--until", "soon"],
            2,
            "write --until 3d",
        ),
        (
            &["review", &id, "noise", "--until", "escalates"],
            2,
            "say snooze",
        ),
        (
            &["review", &id, "useful", "--until", "3d"],
            2,
            "leave --until out",
        ),
        (&["review", &id, "withdraw"], 2, "lists reviews"),
        (
            &["review", &id, "noise", "--hosts", "fw-09"],
            1,
            "it was seen on fw-01",
        ),
        (&["review", &id, "--tried", "inc_bcdf"], 1, "list ids"),
        (&["review", "cand_zzzz", "noise"], 1, "list ids"),
    ] {
        let ran = place.try_run(args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(hint), "{args:?}: {}", ran.err);
    }
    assert_eq!(place.ask(&["review"])["results"], json!([]));
}

#[test]
fn a_judgement_stays_in_its_tenant_and_in_its_time() {
    let place = after_ten_days();
    place.ingest_for("client-b", &ten_days());
    let id = place.candidate(FLAP);
    place.run(&["review", &id, "noise"]);
    assert!(place.candidates(FLAP, &[]).is_empty());
    assert_eq!(place.candidates_for("client-b", FLAP, &[]).len(), 1);
    let theirs = place.try_run_for("client-b", &["review", "--format", "json"]);
    assert_eq!(theirs.results(), Vec::<Value>::new());
    // As of a day before it was said, nobody had said it.
    assert_eq!(
        place
            .candidates(FLAP, &["--as-of", "2026-03-09T12:00:00Z"])
            .len(),
        1
    );
}
