//! `digest`: what it remembers, what it says was held back, and how it says that there is nothing.

use crate::place::*;
use serde_json::{Value, json};

fn digest(place: &Place, options: &[&str]) -> Value {
    let week = &["digest", "--since", "7d", "--limit", "0"];
    place.ask(&[week, options].concat())
}

/// What became of the item about something.
fn change(digest: &Value, about: &str) -> Option<String> {
    let items = digest["items"].as_array().expect("items");
    let item = items
        .iter()
        .find(|i| i["title"].as_str().is_some_and(|t| t.contains(about)))?;
    Some(item["change"].as_str().expect("a change").to_string())
}

/// What a digest told of that is gone.
fn gone(digest: &Value) -> Vec<String> {
    let gone = digest["gone"].as_array().expect("a list");
    gone.iter()
        .map(|g| g["title"].as_str().expect("a title").to_string())
        .collect()
}

#[test]
fn each_digest_says_what_became_of_things_since_the_last_one() {
    let mut log = Log::default();
    log.everyday(&["fw-01", "fw-02", "web-01", "db-01"], 1..11);
    for day in 6..11 {
        log.flap(at(day, (day * 5) % 23, (day * 7) % 60, 0), "fw-01", 20);
    }
    let place = Place::new();
    place.ingest(&log);
    assert_eq!(change(&digest(&place, &[]), FLAP).as_deref(), Some("new"));
    assert_eq!(change(&digest(&place, &[]), FLAP).as_deref(), Some("same"));
    // Four times a day instead of once.
    let mut worse = Log::default();
    worse.everyday(&["fw-01", "fw-02", "web-01", "db-01"], 11..14);
    for day in 11..14 {
        for n in 0..4 {
            worse.flap(
                at(day, n * 6 + day % 3, (day * 7 + n * 17) % 60, 0),
                "fw-01",
                20,
            );
        }
    }
    place.ingest(&worse);
    assert_eq!(change(&digest(&place, &[]), FLAP).as_deref(), Some("worse"));
    // Then never again.
    for day in 14..18 {
        place.ingest(&next_day(day));
    }
    assert_eq!(
        change(&digest(&place, &[]), FLAP).as_deref(),
        Some("better")
    );
    for day in 18..29 {
        place.ingest(&next_day(day));
    }
    let last = digest(&place, &[]);
    assert_eq!(change(&last, FLAP), None);
    assert!(gone(&last).iter().any(|t| t.contains(FLAP)), "{last}");
    assert!(gone(&digest(&place, &[])).is_empty());
}

#[test]
fn a_dry_run_and_a_digest_of_files_are_not_remembered() {
    let place = after_ten_days();
    digest(&place, &["--dry-run"]);
    let file = place.path("default-0.log");
    let of_file = digest(&place, &[file.to_str().expect("text")]);
    assert!(of_file["items"].as_array().is_some_and(|i| !i.is_empty()));
    assert_eq!(of_file["items"][0]["change"], Value::Null);
    assert_eq!(change(&digest(&place, &[]), FLAP).as_deref(), Some("new"));
    assert_eq!(
        change(&digest(&place, &["--dry-run"]), FLAP).as_deref(),
        Some("same")
    );
}

#[test]
fn a_store_that_cannot_be_written_still_gives_a_page_and_a_note() {
    use std::os::unix::fs::{PermissionsExt, chown};
    let place = after_ten_days();
    let mode = std::fs::Permissions::from_mode(0o444);
    std::fs::set_permissions(place.store(), mode).expect("the mode is set");
    // Whoever may write everything is stopped by the owner of the file instead; nobody else may change that owner.
    let _ = chown(place.store(), Some(54_321), None);
    let ran = place.run(&["digest", "--since", "7d"]);
    assert!(ran.out.contains(FLAP), "{}", ran.out);
    assert!(
        ran.err.contains("this digest is not remembered"),
        "{}",
        ran.err
    );
}

#[test]
fn a_digest_ends_with_what_was_held_back_by_whom_and_until_when() {
    let place = after_ten_days();
    let id = place.candidate(FLAP);
    let review = place.ask(&[
        "review",
        &id,
        "snooze",
        "--until",
        "5d",
        "--reviewer",
        "sam",
    ]);
    let told = digest(&place, &[]);
    let held = &told["held_back"][0];
    assert_eq!(held["review_id"], review["review_id"]);
    assert_eq!(
        (&held["reviewer"], &held["decision"]),
        (&json!("sam"), &json!("snooze"))
    );
    assert_eq!(held["hosts"], json!(["fw-01"]));
    assert!(
        held["event_count"]
            .as_u64()
            .is_some_and(|n| (10..=14).contains(&n)),
        "{held}"
    );
    assert_eq!(told["next_to_end"]["review_id"], review["review_id"]);
    let page = place.run(&["digest", "--since", "7d"]).out;
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["Held back by reviews", "by sam", "Next to end", "since 20"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // Put aside is not gone.
    assert_eq!(gone(&told), Vec::<String>::new());
    // A sleep that ends by getting worse says how near that is.
    place.run(&["review", &id, "snooze", "--until", "escalates"]);
    let wakes = digest(&place, &[])["held_back"][0]["wakes"].clone();
    let wakes = wakes.as_str().expect("words");
    assert!(
        wakes.starts_with("0 of ") && wakes.contains("no new host"),
        "{wakes}"
    );
}

#[test]
fn a_digest_without_exceptions_is_one_sealed_line() {
    let place = after_ten_days();
    let only = &["digest", "--since", "7d", "--exceptions-only"];
    assert!(place.run(only).out.lines().count() > 3);
    let line = place.run(only).out;
    assert_eq!(line.lines().count(), 1, "{line}");
    let words = "read 1960 lines of 1 source (0 since the last digest), 0 items new or worse, ";
    assert!(line.contains(words), "{line}");
    let check = |line: &str| place.try_run(&["digest", "--verify", line]).code;
    assert_eq!(check(&line), 0);
    assert_eq!(check(&line.replace("1960", "1961")), 1);
    assert_eq!(
        after_ten_days()
            .try_run(&["digest", "--verify", &line])
            .code,
        1
    );
    let statement = place.ask(only)["statement"].clone();
    assert!(
        statement
            .as_str()
            .is_some_and(|s| s.contains("; seal seal_"))
    );
}

#[test]
fn each_tenant_has_a_ledger_of_its_own() {
    let place = after_ten_days();
    place.ingest_for("client-b", &ten_days());
    digest(&place, &[]);
    let theirs = place.try_run_for("client-b", &["digest", "--since", "7d", "--format", "json"]);
    assert_eq!(change(&theirs.json(), FLAP).as_deref(), Some("new"));
}
