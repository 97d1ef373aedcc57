//! `config`: what is in force, where each value came from, and files with mistakes in them.

use crate::machine::{Machine, text};
use serde_json::Value;

/// A setting by name.
fn setting(answer: &Value, name: &str) -> Value {
    let all = answer["settings"].as_array().expect("a list");
    let found = all.iter().find(|s| s["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}")).clone()
}

#[test]
fn each_value_is_told_with_where_it_came_from() {
    let machine = Machine::new();
    let usual = machine.file(
        "config/brainstem/config.toml",
        "tenant = \"client-a\"\nburst.factor = 4\n[silence]\nruns = 5.5\n[[route]]\nhost = \"b-*\"\ntenant = \"b\"\n",
    );
    let told = machine.json(&["config"]);
    let of = |told: &Value, name: &str| {
        let s = setting(told, name);
        (
            s["value"].clone(),
            s["origin"].as_str().expect("a place").to_string(),
        )
    };
    assert_eq!(of(&told, "tenant"), ("client-a".into(), usual.clone()));
    assert_eq!(of(&told, "burst.factor"), (4.0.into(), usual.clone()));
    assert_eq!(of(&told, "silence.runs"), (5.5.into(), usual.clone()));
    assert_eq!(of(&told, "burst.min"), (8.0.into(), "default".into()));
    assert_eq!(
        of(&told, "store"),
        (text(machine.store()).into(), "BRAINSTEM_STORE".into())
    );
    assert_eq!(told["routes"][0]["pattern"], "b-*");
    assert_eq!(told["files"], Value::from(vec![usual]));
    // An option comes before the environment, and that before files; a file that is named comes instead of the usual ones.
    let named = machine.file("other.toml", "burst.factor = 5\n");
    let told = machine.json(&[
        "config", "--config", &named, "--tenant", "x", "--store", "s.redb",
    ]);
    assert_eq!(of(&told, "tenant"), ("x".into(), "--tenant".into()));
    assert_eq!(of(&told, "store"), ("s.redb".into(), "--store".into()));
    assert_eq!(of(&told, "burst.factor"), (5.0.into(), named));
    assert_eq!(of(&told, "silence.runs").1, "default");
    let changed = machine.json(&["config", "--changed"]);
    let names: Vec<&str> = (changed["settings"].as_array().expect("a list").iter())
        .filter_map(|s| s["name"].as_str())
        .collect();
    assert_eq!(names, ["store", "tenant", "burst.factor", "silence.runs"]);
}

#[test]
fn every_number_has_a_unit_a_default_and_a_reason() {
    let machine = Machine::new();
    let told = machine.json(&["config"]);
    let all = told["settings"].as_array().expect("a list");
    assert!(all.len() > 80, "{}", all.len());
    for s in all {
        for key in ["unit", "reason", "origin"] {
            assert!(s[key].as_str().is_some_and(|text| !text.is_empty()), "{s}");
        }
        assert!(
            s["default"].is_number()
                || ["store", "tenant"].contains(&s["name"].as_str().expect("a name")),
            "{s}"
        );
    }
    let page = machine.ok(&["config", "burst.factor"]).out();
    assert!(
        page.contains("burst.factor = 3") && page.contains("everyday swing"),
        "{page}"
    );
}

#[test]
fn the_file_to_start_from_says_what_is_in_force() {
    let machine = Machine::new();
    machine.file(
        "config/brainstem/config.toml",
        "tenant = \"client-a\"\nburst.factor = 4\n[[route]]\nfield = \"customer\"\nvalue = \"a*\"\ntenant = \"b\"\n",
    );
    let file = machine.ok(&["config", "--toml"]).out();
    let named = machine.file("again.toml", &file);
    let again = machine.ok(&["config", "--toml", "--config", &named]).out();
    assert_eq!(again, file);
    let before = machine.json(&["config"]);
    let after = machine.json(&["config", "--config", &named]);
    assert_eq!(before["configuration"], after["configuration"]);
    // What is commented out is as it comes: taking the marks away changes no number.
    let all = file.lines().map(|line| match line.strip_prefix("# ") {
        Some(rest) if rest.contains(" = ") && !rest.ends_with(']') => rest,
        _ => line,
    });
    let whole = machine.file("whole.toml", all.collect::<Vec<_>>().join("\n"));
    let whole = machine.json(&["config", "--config", &whole]);
    assert_eq!(whole["configuration"], before["configuration"]);
}

#[test]
fn a_mistake_in_a_file_is_told_with_what_is_meant() {
    let machine = Machine::new();
    for (content, says, hint) in [
        (
            "tennant = \"a\"\n",
            "there is no setting called tennant",
            "did you mean tenant?",
        ),
        (
            "burst.facter = 4\n",
            "burst.facter",
            "did you mean burst.factor?",
        ),
        ("[brust]\nfactor = 4\n", "brust", "did you mean burst?"),
        (
            "[burst]\nfaktor = 4\n",
            "burst.faktor",
            "did you mean burst.factor?",
        ),
        (
            "[[routes]]\nhost = \"a\"\ntenant = \"b\"\n",
            "routes",
            "did you mean route?",
        ),
        (
            "[[route]]\nhosts = \"a\"\ntenant = \"b\"\n",
            "hosts",
            "did you mean host?",
        ),
        (
            "[route]\nhost = \"a\"\ntenant = \"b\"\n",
            "route is a list",
            "[[route]]",
        ),
        (
            "burst.factor = \"4\"\n",
            "needs a number",
            "burst.factor = 3.0",
        ),
        ("burst = 4\n", "burst is a table", "brainstem config"),
        ("tenant = 4\n", "tenant needs text", "tenant ="),
        ("tenant = \"a\"\nstore = \n", "in line 2", "hint"),
    ] {
        let file = machine.file("bad.toml", content);
        machine
            .run(&["--config", &file, "status"])
            .exits(2)
            .says("bad.toml")
            .says(says)
            .says(hint);
    }
    machine
        .run(&["config", "brust"])
        .exits(2)
        .says("did you mean burst?");
}
