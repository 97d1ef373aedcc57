//! `export`: a bundle that can be handed on.

use crate::place::*;

#[test]
fn a_bundle_holds_everything_and_no_secret() {
    let place = Place::new();
    let mut log = ten_days();
    for day in 1..11 {
        let message = "login to mail relay failed, password=hunter2 was refused";
        log.say(
            at(day, (day * 7) % 23, 13, 0),
            "web-01",
            WARNING,
            "relay",
            message,
        );
    }
    place.ingest(&log);
    let id = place.candidate("login to mail relay failed");
    place.run(&[
        "promote",
        &id,
        "--title",
        "relay refuses us",
        "--type",
        "lesson",
    ]);
    let text = place.run(&["export", &id, "--show-secrets"]).out;
    for part in [
        "# ",
        "How the score came about",
        "login to mail relay failed",
        "relay refuses us",
        "Evidence",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let bundle = place.run(&["export", &id, "--format", "json"]);
    assert!(!text.contains("hunter2") && !bundle.out.contains("hunter2"));
    let bundle = bundle.json();
    assert_eq!(bundle["candidate"]["candidate_id"], id.as_str());
    assert_eq!(
        bundle["related"]["related_lessons"][0]["title"],
        "relay refuses us"
    );
    assert!(
        bundle["evidence"]["samples"]
            .as_array()
            .is_some_and(|s| !s.is_empty())
    );
    assert_eq!(place.try_run(&["export", "cand_zzzz"]).code, 1);
}
