//! `explain` of an event: the record, what was made of it, and what it belongs to.

use super::{event_value, events, joined, page, push_fact, section};
use crate::event::Event;
use crate::report::{Answer, Block, Cell, Exhibit, Fact, Report, Untrusted, lossless};
use crate::time::Timestamp;
use serde_json::{Value, json};

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct EventPage<'a> {
    /// The event.
    pub event: &'a Event,
    /// The record as it came, without the line end.
    pub raw: &'a [u8],
    /// Its signature's template.
    pub template: &'a str,
    /// How often that signature was seen.
    pub signature_count: u64,
    /// Candidates that speak of its signature: id and title.
    pub candidates: &'a [(String, String)],
    /// Memories that speak of its signature: id and title.
    pub incidents: &'a [(String, String)],
    /// What all times are relative to.
    pub as_of: Timestamp,
}

/// What a record says and what it belongs to.
pub fn explain_event(p: &EventPage<'_>) -> Report {
    let e = p.event;
    let mut blocks = vec![page(
        vec![Cell::text(&e.message_raw)],
        vec![Cell::Severity(e.severity)],
    )];
    blocks.push(Block::Facts(facts(p)));
    if !e.structured_fields.is_empty() {
        blocks.extend([
            section("Fields of the record"),
            Block::Facts(field_facts(e)),
        ]);
    }
    for (title, all) in [("Candidates", p.candidates), ("In memory", p.incidents)] {
        if !all.is_empty() {
            let line = |(id, name): &(String, String)| {
                vec![Cell::id(id), Cell::Words(" "), Cell::text(name)]
            };
            blocks.extend([
                section(title),
                Block::Bullets(all.iter().map(line).collect()),
            ]);
        }
    }
    blocks.extend([
        section("The record as it came"),
        Block::Evidence(vec![Exhibit {
            about: vec![Cell::text(&e.raw_ref)],
            raw: Untrusted::from_bytes(p.raw),
        }]),
    ]);
    Report {
        as_of: p.as_of,
        answer: answer(p),
        sheet: events(std::slice::from_ref(e), p.as_of).sheet,
        blocks,
        ..Report::default()
    }
}

fn facts(p: &EventPage<'_>) -> Vec<Fact> {
    let e = p.event;
    let mut facts = Vec::new();
    push_fact(&mut facts, "Event", vec![Cell::id(&e.event_id)]);
    let when = joined(vec![
        vec![Cell::Moment(e.timestamp), Cell::Words(" UTC")],
        vec![Cell::Ago(e.timestamp)],
    ]);
    push_fact(&mut facts, "Time", when);
    let place = joined(vec![
        vec![Cell::text(&e.host)],
        vec![Cell::text(&e.service)],
    ]);
    push_fact(&mut facts, "Where", place);
    push_fact(
        &mut facts,
        "Source",
        joined(vec![
            vec![Cell::text(&e.source_name)],
            vec![Cell::text(&e.kind)],
        ]),
    );
    push_fact(
        &mut facts,
        "Parsed",
        vec![Cell::Named(e.parse_status.name())],
    );
    push_fact(&mut facts, "Template", vec![Cell::code(p.template)]);
    let signature = vec![
        Cell::id(&e.signature_id),
        Cell::Words(", seen "),
        Cell::Counted(p.signature_count, "time", "times"),
    ];
    push_fact(&mut facts, "Signature", signature);
    push_fact(
        &mut facts,
        "Entities",
        vec![Cell::list(&e.correlation_keys)],
    );
    push_fact(&mut facts, "Labels", vec![Cell::list(&e.labels)]);
    facts
}

/// Every field beside the message; what is not text as JSON.
fn field_facts(e: &Event) -> Vec<Fact> {
    e.structured_fields
        .iter()
        .map(|(name, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            Fact {
                name: Cell::text(name),
                lines: vec![vec![Cell::field(name, text)]],
            }
        })
        .collect()
}

fn answer(p: &EventPage<'_>) -> Answer {
    let ids = |all: &[(String, String)]| -> Value { all.iter().map(|(id, _)| json!(id)).collect() };
    Answer::ok(json!({
        "event": event_value(p.event),
        "raw": lossless(p.raw),
        "template": p.template,
        "signature_count": p.signature_count,
        "related_candidates": ids(p.candidates),
        "related_incidents": ids(p.incidents),
    }))
}
