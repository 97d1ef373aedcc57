//! `replay`: what would have been told when, what before a trouble, and what with other constants.

use crate::machine::{DEMO_END, Machine, column};
use crate::scenario::{Scenario, Signals};
use brainstem::event::Severity;
use brainstem::time::{DAY, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn rows(list: &Value) -> &[Value] {
    list.as_array().expect("a list")
}

fn text<'v>(row: &'v Value, name: &str) -> &'v str {
    let value = row[name].as_str();
    value.unwrap_or_else(|| panic!("no {name} in {row}"))
}

/// What `candidates` lists as of a time, under a configuration if one is given.
fn listed(machine: &Machine, as_of: &str, config: Option<&str>) -> Vec<Value> {
    let mut args = vec![
        "--as-of",
        as_of,
        "candidates",
        "--limit",
        "0",
        "--band",
        "watch",
    ];
    if let Some(path) = config {
        args.extend(["--config", path]);
    }
    rows(&machine.json(&args)["results"]).to_vec()
}

fn has(list: &[Value], id: &str) -> bool {
    list.iter().any(|c| c["candidate_id"] == id)
}

#[test]
fn each_candidate_is_told_with_its_first_step_as_what_and_how_long_before_its_peak() {
    let machine = Machine::with_demo();
    let walk = machine.json(&["replay", "--step", "12h"]);
    let steps = column(&walk["steps"], "as_of");
    let first = rows(&walk["first_surfaced"]);
    assert!(first.len() >= 5, "{walk}");
    let mut later = 0;
    for row in first {
        let (id, came, peak) = (
            text(row, "candidate_id"),
            text(row, "first_surfaced"),
            text(row, "peak"),
        );
        let at = |when: &str| {
            let all = listed(&machine, when, None);
            all.into_iter().find(|c| c["candidate_id"] == id)
        };
        let then = at(came).expect("it is there at its first step");
        assert_eq!(then["decision_band"], row["first_band"]);
        let before = steps.iter().take_while(|s| s.as_str() < came).last();
        assert!(
            before.is_none_or(|b| at(b).is_none()),
            "{id} was there before {came}"
        );
        let highest = at(peak).expect("it is there at its peak");
        assert_eq!(highest["score_total"], row["highest_score"]);
        let half_days = |s: &str| steps.iter().position(|t| t == s).expect("a step") as i64;
        let lead = (half_days(peak) - half_days(came)) * 12 * 3600;
        assert_eq!(row["lead_seconds"], json!(lead));
        later += i64::from(lead > 0);
    }
    assert!(later > 0, "something was told before its peak");
    let sheet = machine
        .ok(&["replay", "--step", "12h", "--format", "csv"])
        .out();
    assert_eq!(sheet.lines().count(), first.len() + 1);
    for row in first {
        assert!(sheet.contains(text(row, "candidate_id")));
    }
}

#[test]
fn before_an_incident_it_says_what_was_told_how_long_before_and_why_it_belongs() {
    let machine = Machine::with_demo();
    let recurrence = ["--as-of", DEMO_END, "candidates", "--type", "recurrence"];
    let candidate = machine.json(&recurrence)["results"][0].clone();
    let id = text(&candidate, "candidate_id");
    let memory = machine.json(&["--as-of", DEMO_END, "promote", id, "--title", "the disk"]);
    let incident = text(&memory, "incident_memory_id");
    let said = machine.json(&["replay", "--incident", incident, "--step", "6h"]);
    assert_eq!(said["incident_memory_id"], incident);
    let surfaced = rows(&said["surfaced"]);
    // What it was promoted from leads, for it is the same.
    assert_eq!(surfaced[0]["candidate_id"], id);
    let why = surfaced[0]["reasons"][0].as_str().expect("a reason");
    assert!(why.starts_with("the same signature"), "{why}");
    let trouble = text(&said, "trouble_at");
    for row in surfaced {
        let came = text(row, "first_surfaced");
        assert!(came <= trouble, "{row}");
        assert!(has(
            &listed(&machine, came, None),
            text(row, "candidate_id")
        ));
        assert!(row["lead_seconds"].as_i64().is_some_and(|s| s >= 0));
    }
    let page = machine.ok(&["replay", "--incident", incident]).out();
    assert!(page.contains("Before the disk"), "{page}");
    machine.run(&["replay", "--incident", "inc_zzzz"]).exits(1);
}

#[test]
fn before_a_time_of_trouble_it_says_what_was_below_the_line_and_what_would_have_brought_it_up() {
    let machine = Machine::with_demo();
    let mut tried = 0;
    for trouble in [
        "2026-03-06T12:00:00Z",
        "2026-03-09T12:00:00Z",
        "2026-03-12T12:00:00Z",
    ] {
        let said = machine.json(&["replay", "--at", trouble, "--step", "1d"]);
        assert_eq!(said["trouble_at"], trouble);
        let told = listed(&machine, trouble, None);
        for row in rows(&said["below"]) {
            let id = text(row, "candidate_id");
            assert!(!has(&told, id), "{row}");
            // Each with the setting that is named is on the list.
            let why = text(row, "why");
            let lines = match why.strip_prefix("told with ") {
                Some(setting) => {
                    let (name, value) = setting.split_once(" = ").expect("a setting");
                    format!("\"{name}\" = {value}\n")
                }
                None => {
                    let floor = why.strip_prefix("told from a score.floor of ");
                    let floor = floor.and_then(|w| w.strip_suffix(" on")).expect(why);
                    format!("\"score.floor\" = {floor}\n\"score.watch\" = {floor}\n")
                }
            };
            let config = machine.file("lenient.toml", lines);
            assert!(has(&listed(&machine, trouble, Some(&config)), id), "{row}");
            tried += 1;
        }
    }
    assert!(tried > 0, "nothing was below the line at any of the times");
}

#[test]
fn another_constant_is_compared_with_the_one_in_force() {
    let machine = Machine::with_demo();
    let settings = ["recurrence.episodes=2", "score.watch=0.3"];
    let compared = machine.json(&["replay", "--set", settings[0], "--set", settings[1]]);
    assert_eq!(
        compared["settings"],
        json!([
            {"name": "recurrence.episodes", "from": 3.0, "to": 2.0},
            {"name": "score.watch", "from": 0.2, "to": 0.3},
        ])
    );
    let config = machine.file(
        "tried.toml",
        "\"recurrence.episodes\" = 2\n\"score.watch\" = 0.3\n",
    );
    let raised = |args: &[&str]| -> BTreeSet<String> {
        let walk = machine.json(args);
        column(&walk["first_surfaced"], "candidate_id")
            .into_iter()
            .collect()
    };
    let before = raised(&["replay"]);
    let after = raised(&["replay", "--config", &config]);
    let ids = |name: &str| -> BTreeSet<String> {
        column(&compared[name], "candidate_id")
            .into_iter()
            .collect()
    };
    assert_eq!(ids("gained"), &after - &before);
    assert_eq!(ids("lost"), &before - &after);
    assert!(!ids("gained").is_empty() && ids("moved").is_subset(&(&before & &after)));
    let same = before.intersection(&after).count() - ids("moved").len();
    assert_eq!(compared["same"], json!(same));
    // What is as it was is compared with itself and found the same.
    let none = machine.json(&["replay", "--set", "burst.factor=3"]);
    assert_eq!(none["same"], json!(before.len()));
    for (bad, hint) in [
        ("burst.facter=4", "burst.factor"),
        ("burst.factor=much", "--set burst.factor=4"),
        ("burst.factor", "--set burst.factor=4"),
    ] {
        machine.run(&["replay", "--set", bad]).exits(2).says(hint);
    }
}

#[test]
fn weights_are_suggested_from_reviews_and_never_applied() {
    let machine = Machine::with_demo();
    let few = machine.json(&["replay", "--suggest"]);
    assert_eq!(few["settings"], json!([]));
    // The strongest are called noise and the weakest useful: the ranking could not be more wrong.
    let list = listed(&machine, DEMO_END, None);
    assert!(list.len() >= 6);
    for (i, candidate) in list.iter().enumerate() {
        let verdict = match i {
            i if i < 3 => "noise",
            i if i >= list.len() - 3 => "useful",
            _ => continue,
        };
        let id = text(candidate, "candidate_id");
        machine.ok(&["--as-of", DEMO_END, "review", id, verdict]);
    }
    let before = std::fs::read(machine.store()).expect("the store");
    let said = machine.json(&["replay", "--suggest"]);
    assert_eq!((&said["useful"], &said["noise"]), (&json!(3), &json!(3)));
    assert_eq!(said["pairs"], json!(9));
    let right = |name: &str| said[name].as_i64().expect("a number");
    let settings = rows(&said["settings"]);
    assert_eq!(
        settings.is_empty(),
        right("right_after") <= right("right_before")
    );
    for setting in settings {
        assert!(text(setting, "name").starts_with("weight."));
        assert_ne!(setting["from"], setting["to"]);
    }
    assert!(
        std::fs::read(machine.store()).expect("the store") == before,
        "the store is as it was"
    );
    // What is printed can be put into the configuration file as it is.
    let page = machine.ok(&["replay", "--suggest"]).out();
    let lines = page.lines().filter_map(|l| l.trim().strip_prefix("• +"));
    let config = machine.file("weights.toml", lines.collect::<Vec<_>>().join("\n"));
    machine.ok(&["candidates", "--config", &config]);
}

#[test]
fn what_was_learned_later_is_not_known_as_of_an_earlier_time() {
    let machine = Machine::with_demo();
    let list = listed(&machine, DEMO_END, None);
    let id = text(&list[0], "candidate_id");
    let walk = machine.json(&["replay"]);
    machine.ok(&[
        "--as-of",
        DEMO_END,
        "promote",
        id,
        "--title",
        "known at last",
    ]);
    assert_eq!(rows(&machine.json(&["incidents"])["results"]).len(), 1);
    let past = machine.json(&["--as-of", "2026-03-05", "incidents"]);
    assert_eq!(past["results"], json!([]));
    // The steps before anybody knew are as they were.
    let again = machine.json(&["replay"]);
    let last = rows(&walk["steps"]).len() - 1;
    assert_eq!(rows(&again["steps"])[..last], rows(&walk["steps"])[..last]);
}

/// A machine that was given the lines of a scenario up to a time, and nothing later.
fn given(scenario: &Scenario, until: Timestamp) -> Machine {
    let machine = Machine::new();
    for (name, text) in scenario.files_until(until) {
        let path = machine.file(&format!("logs/{name}"), text);
        let file = std::fs::File::options().append(true).open(path);
        // Stamps without a year get theirs from it.
        let when = std::time::UNIX_EPOCH + std::time::Duration::from_micros(until.0 as u64);
        let set = file.and_then(|f| f.set_modified(when));
        set.expect("the file gets its time");
    }
    let logs = machine.path("logs");
    let logs = logs.to_str().expect("a path of text");
    machine.ok(&["ingest", logs, "--timezone", "UTC", "--flush-partial"]);
    machine
}

#[test]
fn each_step_is_what_a_store_with_the_lines_up_to_then_would_say() {
    let mut scenario = Scenario::new(3, Signals::All);
    // A quarter of what is harmless is enough, and quicker.
    let mut number = 0;
    scenario.lines.retain(|line| {
        number += 1;
        number % 4 == 0 || line.severity >= Severity::Warning
    });
    let whole = given(&scenario, scenario.end.plus(DAY));
    let all = |machine: &Machine, as_of: &str| {
        machine.json(&["--as-of", as_of, "candidates", "--limit", "0", "--all"])
    };
    let (mut steps, mut told) = (0, BTreeSet::new());
    let walk = machine_steps(&whole);
    for (as_of, at) in &walk {
        let fresh = given(&scenario, *at);
        let (past, present) = (all(&whole, as_of), all(&fresh, as_of));
        let scores = |answer: &Value| -> Vec<(String, String)> {
            let rows = rows(&answer["results"]).iter();
            rows.map(|c| {
                (
                    text(c, "candidate_id").to_string(),
                    c["score_total"].to_string(),
                )
            })
            .collect()
        };
        assert_eq!(scores(&past), scores(&present), "as of {as_of}");
        assert!(past == present, "as of {as_of}");
        told.extend(column(&past["results"], "candidate_type"));
        steps += 1;
    }
    assert!(steps >= 10 && told.len() >= 4, "{steps} steps, {told:?}");
}

/// The times at which a replay of the store stops, as text and as times, but for the last, which lies after all lines.
fn machine_steps(machine: &Machine) -> Vec<(String, Timestamp)> {
    let walk = machine.json(&["replay", "--step", "1d"]);
    let mut times = column(&walk["steps"], "as_of");
    times.pop();
    let parse = |text: String| {
        let time = brainstem::time::parse_when(&text, Timestamp(0)).expect("a time");
        (text, time)
    };
    times.into_iter().map(parse).collect()
}
