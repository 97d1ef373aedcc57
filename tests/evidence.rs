//! The evidence store through the program: many small runs cost what one large run costs, nothing is lost by merging, pruning
//! keeps what was earned, and text nobody can learn from stays findable.

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Place {
        Place {
            dir: tempfile::tempdir().expect("a directory"),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs the program on a store of this name, as of the end of the demo; returns what it printed.
    fn run(&self, store: &str, arguments: &[&str]) -> Vec<u8> {
        self.run_as_of("2026-03-16", store, arguments)
    }

    fn run_as_of(&self, as_of: &str, store: &str, arguments: &[&str]) -> Vec<u8> {
        let done = Command::cargo_bin("brainstem")
            .expect("the program")
            .env("TZ", "UTC")
            .env("HOME", self.dir.path())
            .arg("--store")
            .arg(self.path(store))
            .args(["--as-of", as_of])
            .args(arguments)
            .assert()
            .success();
        done.get_output().stdout.clone()
    }

    fn text(&self, store: &str, arguments: &[&str]) -> String {
        String::from_utf8(self.run(store, arguments)).expect("text")
    }

    fn json(&self, store: &str, arguments: &[&str]) -> serde_json::Value {
        let mut all = arguments.to_vec();
        all.extend(["--format", "json"]);
        serde_json::from_slice(&self.run(store, &all)).expect("JSON")
    }
}

fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/demo")
        .join(name)
}

/// A log that grows by forty steps, ingested after each into `many`, and at the end at once into `one`.
fn grown(place: &Place) -> Vec<u8> {
    let whole = fs::read(demo("birch.log")).expect("the demo");
    let lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
    let log = place.path("birch.log");
    let file = log.to_str().expect("a name");
    let mut so_far = Vec::new();
    for part in lines.chunks(lines.len() / 40 + 1) {
        so_far.extend(part.concat());
        fs::write(&log, &so_far).expect("written");
        place.run("many", &["ingest", "--quiet", file]);
    }
    place.run("one", &["ingest", "--quiet", file]);
    whole
}

#[test]
fn many_small_runs_end_like_one_large_run() {
    let place = Place::new();
    let whole = grown(&place);
    assert_eq!(
        place.run("many", &["events", "--raw", "--limit", "0"]),
        whole
    );
    for question in [&["candidates"][..], &["signatures", "--limit", "0"]] {
        assert_eq!(place.json("many", question), place.json("one", question));
    }
    // Forty runs would leave forty segments; merged as they come, few are left.
    let status = Command::cargo_bin("brainstem")
        .expect("the program")
        .arg("--store")
        .arg(place.path("many"))
        .args(["--verbose", "status"])
        .assert()
        .success();
    let said = String::from_utf8(status.get_output().stderr.clone()).expect("text");
    let segments = said
        .split("brainstem: ")
        .nth(1)
        .and_then(|s| s.split(' ').next())
        .and_then(|n| n.parse::<u32>().ok());
    assert!(segments.is_some_and(|n| (1..=8).contains(&n)), "{said}");
}

#[test]
fn pruning_takes_records_and_leaves_what_is_known() {
    let place = Place::new();
    grown(&place);
    let events = |store: &str| {
        place
            .text(store, &["events", "--limit", "0", "--format", "ndjson"])
            .lines()
            .count()
    };
    let before = (
        events("many"),
        place.json("many", &["candidates"]),
        place.json("many", &["signatures", "--limit", "0"]),
    );
    let keep = [
        "prune",
        "--keep",
        "ignore_fast=1d,background=1d,watch=2d,investigate=forever",
    ];
    let would = place.json("many", &[&keep[..], &["--dry-run"]].concat());
    assert_eq!(events("many"), before.0, "a trial removes nothing");
    let did = place.json("many", &keep);
    assert_eq!(would["removed"], did["removed"]);
    let removed = did["removed"].as_u64().expect("a number") as usize;
    assert!(
        removed > before.0 / 2 && removed < before.0,
        "{removed} of {}",
        before.0
    );
    assert_eq!(events("many"), before.0 - removed);
    assert_eq!(place.json("many", &["candidates"]), before.1);
    assert_eq!(
        place.json("many", &["signatures", "--limit", "0"]),
        before.2
    );
    assert_eq!(
        place.json("many", &keep)["removed"],
        0,
        "a second time there is nothing left to take"
    );
}

#[test]
fn an_event_keeps_its_id_when_others_go() {
    let place = Place::new();
    grown(&place);
    let last = |store: &str| {
        place.json(store, &["events", "--reverse", "--limit", "1"])["results"][0].clone()
    };
    let before = last("many");
    place.run(
        "many",
        &["prune", "--keep", "ignore_fast=1d,background=1d,watch=1d"],
    );
    assert_eq!(last("many"), before);
    let explained = place.json(
        "many",
        &["explain", before["event_id"].as_str().expect("an id")],
    );
    assert_eq!(explained["event"]["message_raw"], before["message_raw"]);
}

#[test]
fn what_was_promoted_is_never_pruned() {
    let place = Place::new();
    grown(&place);
    let first = place.json("many", &["candidates", "--limit", "1"])["results"][0].clone();
    let (candidate, signature) = (
        first["candidate_id"].as_str().expect("an id"),
        first["signature_ids"][0].as_str().expect("an id"),
    );
    let of_it = || {
        place.run(
            "many",
            &["events", "--raw", "--limit", "0", "--signature", signature],
        )
    };
    let before = of_it();
    assert!(!before.is_empty());
    place.run("many", &["promote", candidate]);
    place.run(
        "many",
        &[
            "prune",
            "--keep",
            "ignore_fast=1h,background=1h,watch=1h,investigate=1h,promote=1h",
        ],
    );
    assert_eq!(of_it(), before);
}

#[test]
fn random_words_are_kept_byte_for_byte_and_found() {
    let place = Place::new();
    let mut state = 9u64;
    let mut word = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (0..8)
            .map(|i| char::from(b'a' + ((state >> (8 + 7 * i)) % 26) as u8))
            .collect::<String>()
    };
    let text: String = (0..5000)
        .map(|_| format!("{} {} {}\n", word(), word(), word()))
        .collect();
    let log = place.path("words.log");
    fs::write(&log, &text).expect("written");
    place.run(
        "s",
        &["ingest", "-i", "plain", log.to_str().expect("a name")],
    );
    // These lines say no time, so they count under that of the file: now.
    let found = place.run_as_of("now", "s", &["events", "--raw", "--limit", "0"]);
    assert!(
        found == text.as_bytes(),
        "{} bytes of {}",
        found.len(),
        text.len()
    );
    let line = text.lines().nth(4321).expect("a line");
    let found = place.run_as_of("now", "s", &["events", "--raw", line]);
    assert_eq!(String::from_utf8(found).expect("text"), format!("{line}\n"));
}
