//! The JSON schema of each subcommand's answer, from one checked-in table that tests hold against real answers.
//!
//! A member of the same name means the same wherever it stands, so what it means is said once, in `about`, and put beside
//! every member of that name.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What each page answers, what its members mean, and which pages a subcommand has.
const TABLE: &str = include_str!("schemas.json");

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The JSON schema of what a subcommand answers with `--format json`: one of its pages, or an error. `None` where it answers
/// no JSON.
pub fn schema(subcommand: &str) -> Option<Value> {
    let table: Value = serde_json::from_str(TABLE).ok()?;
    let pages = table["commands"].get(subcommand)?.as_array()?;
    let names = pages.iter().filter_map(Value::as_str).chain(["error"]);
    let answers: Vec<Value> = names
        .map(|name| {
            let mut page = table["pages"][name].clone();
            // What a subcommand adds to pages that are others' too.
            let more = table["with"][subcommand].as_object().into_iter().flatten();
            if let Some(properties) = page["properties"].as_object_mut() {
                properties.extend(more.map(|(name, schema)| (name.clone(), schema.clone())));
            }
            explain(&mut page, &table["about"]);
            titled(name, page)
        })
        .collect();
    let mut used = BTreeSet::new();
    answers.iter().for_each(|a| collect(a, &table, &mut used));
    let definition = |name: String| {
        let mut of = table["defs"][&name].clone();
        explain(&mut of, &table["about"]);
        (name, of)
    };
    let definitions: Map<String, Value> = used.into_iter().map(definition).collect();
    Some(json!({
        "$schema": DIALECT,
        "title": format!("brainstem {subcommand} --format json"),
        "description": "One answer, or an error. With --format ndjson each line is a member of the answer's list alone; \
            with --fields the members of a list's rows are those asked for; with --all-tenants rows say whose they are.",
        "anyOf": answers,
        "$defs": definitions,
    }))
}

fn titled(name: &str, page: Value) -> Value {
    let mut titled = Map::new();
    titled.insert("title".to_string(), Value::from(name.replace('_', " ")));
    if let Value::Object(page) = page {
        titled.extend(page);
    }
    Value::Object(titled)
}

/// Puts what its members mean into a schema and all schemas in it.
fn explain(schema: &mut Value, about: &Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get_mut("properties") {
                for (name, property) in properties.iter_mut() {
                    explain(property, about);
                    if let (Some(said), Some(property)) =
                        (about.get(name), property.as_object_mut())
                    {
                        property.insert("description".to_string(), said.clone());
                    }
                }
            }
            if let Some(items) = members.get_mut("items") {
                explain(items, about);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|s| explain(s, about)),
        _ => {}
    }
}

/// The definitions that a schema refers to, and those that they refer to.
fn collect(schema: &Value, table: &Value, used: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
                    Some(def) if name == "$ref" => {
                        if used.insert(def.to_string()) {
                            collect(&table["defs"][def], table, used);
                        }
                    }
                    _ => collect(member, table, used),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|s| collect(s, table, used)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidate::{AttentionBand, CandidateType, Component, DecisionBand};

    fn table() -> Value {
        serde_json::from_str(TABLE).expect("the table is JSON")
    }

    fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Value {
        all.iter().map(|&one| name(one)).collect()
    }

    #[test]
    fn names_that_can_be_told_apart_are_those_of_the_program() {
        let candidate = &table()["defs"]["candidate"]["properties"];
        let of = |member: &str| candidate[member]["enum"].clone();
        assert_eq!(
            of("decision_band"),
            names(&DecisionBand::ALL, DecisionBand::name)
        );
        assert_eq!(
            of("candidate_type"),
            names(&CandidateType::ALL, CandidateType::name)
        );
        assert_eq!(
            of("attention_band"),
            names(&AttentionBand::ALL, AttentionBand::name)
        );
        let rows = &candidate["score_breakdown"]["propertyNames"]["enum"];
        assert_eq!(*rows, names(&Component::ALL, Component::name));
    }

    #[test]
    fn a_schema_holds_all_it_refers_to_and_says_what_members_mean() {
        let whole = schema("digest").expect("digest answers JSON");
        assert!(whole["$defs"]["coverage"]["properties"]["lines_read"]["description"].is_string());
        assert!(
            whole["$defs"]["candidate"].is_null(),
            "digest has items of its own"
        );
        assert!(schema("man").is_none());
    }

    #[test]
    fn every_meaning_is_that_of_a_member() {
        let table = table();
        let text = format!("{}{}", table["pages"], table["defs"]);
        for name in table["about"].as_object().expect("meanings").keys() {
            assert!(
                text.contains(&format!("\"{name}\":")),
                "no member is called {name}"
            );
        }
    }
}
