//! `explain` of a signature: what it is, what it has earned and why, and what it consists of.

use super::{
    ReviewRow, Sample, SignatureRow, activity_line, evidence, hosts_line, joined, page,
    period_line, push_fact, review_value, reviews_section, section, section_beside,
    signature_value, signatures,
};
use crate::report::{Answer, Block, Cell, Column, Fact, Report, Table};
use crate::signature::SeveritySeen;
use crate::time::Timestamp;
use serde_json::{Value, json};

/// One reason for a signature's attention.
#[derive(Clone, Debug)]
pub struct AttentionReason {
    /// Its name: severity, rarity, novelty …
    pub name: String,
    /// What was measured, 0 to 1.
    pub value: f64,
    /// Its weight.
    pub weight: f64,
    /// What it adds.
    pub contribution: f64,
    /// The number behind it, in words; may be empty.
    pub detail: String,
}

/// One fingerprint of a signature.
#[derive(Clone, Debug)]
pub struct MemberRow {
    /// The fingerprint, in hexadecimal.
    pub fingerprint: String,
    /// Its own template.
    pub template: String,
    /// Occurrences.
    pub count: u64,
    /// First occurrence.
    pub first_seen: Timestamp,
}

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct SignaturePage<'a> {
    /// The signature.
    pub signature: &'a SignatureRow,
    /// What all times are relative to.
    pub as_of: Timestamp,
    /// Severities its records carried, gravest first.
    pub severities: &'a [SeveritySeen],
    /// Why it has earned what it has.
    pub reasons: &'a [AttentionReason],
    /// Its members, eldest first.
    pub members: &'a [MemberRow],
    /// Other ids it is known by: signatures that grew into it.
    pub aliases: &'a [String],
    /// Candidates that speak of it: id and title.
    pub candidates: &'a [(String, String)],
    /// Memories that speak of it: id and title.
    pub incidents: &'a [(String, String)],
    /// What people said about it, oldest first.
    pub reviews: &'a [ReviewRow],
    /// Raw records of it.
    pub samples: &'a [Sample],
}

/// Facts, attention, members and records of a signature.
pub fn explain_signature(p: &SignaturePage<'_>) -> Report {
    let s = p.signature;
    let mut blocks = vec![page(
        vec![Cell::code(&s.template)],
        vec![
            Cell::Share(s.attention),
            Cell::Words("  "),
            Cell::Attention(s.attention_band),
        ],
    )];
    blocks.push(Block::Facts(facts(p)));
    if !p.reasons.is_empty() {
        blocks.extend([
            section("Why it has this attention"),
            Block::Table(reasons(p.reasons)),
        ]);
    }
    blocks.extend(named("Candidates", p.candidates));
    blocks.extend(named("In memory", p.incidents));
    blocks.extend(reviews_section(p.reviews));
    if p.members.len() > 1 {
        let aside = vec![Cell::Counted(
            p.members.len() as u64,
            "fingerprint",
            "fingerprints",
        )];
        blocks.extend([
            section_beside("What it consists of", aside),
            Block::Table(members(p.members)),
        ]);
    }
    blocks.extend(evidence(p.samples, s.count));
    Report {
        as_of: p.as_of,
        answer: answer(p),
        sheet: signatures(std::slice::from_ref(s), p.as_of).sheet,
        blocks,
        ..Report::default()
    }
}

fn facts(p: &SignaturePage<'_>) -> Vec<Fact> {
    let s = p.signature;
    let mut facts = Vec::new();
    push_fact(
        &mut facts,
        "Signature",
        vec![Cell::id(s.signature_id.to_string())],
    );
    push_fact(&mut facts, "Service", vec![Cell::text(&s.service)]);
    push_fact(&mut facts, "Hosts", hosts_line(&s.hosts));
    let mut seen = vec![Cell::Counted(s.count, "time", "times"), Cell::Words(" ")];
    seen.extend(period_line(s.first_seen, s.last_seen));
    push_fact(&mut facts, "Seen", seen);
    if !s.daily.is_empty() {
        push_fact(&mut facts, "Activity", activity_line(&s.daily));
    }
    let severities = p
        .severities
        .iter()
        .map(|seen| {
            vec![
                Cell::Severity(Some(seen.severity)),
                Cell::Words(" "),
                Cell::Counted(seen.count, "time", "times"),
            ]
        })
        .collect();
    push_fact(&mut facts, "Severity", joined(severities));
    if !p.aliases.is_empty() {
        push_fact(
            &mut facts,
            "Also",
            joined(p.aliases.iter().map(|a| vec![Cell::id(a)]).collect()),
        );
    }
    facts
}

static REASONS: [Column; 5] = [
    Column::new("name", "reason"),
    Column::new("value", "value"),
    Column::new("weight", "weight"),
    Column::new("contribution", "adds"),
    Column::new("detail", "because").least(20),
];

fn reasons(all: &[AttentionReason]) -> Table {
    let mut table = Table::new(&REASONS);
    table.rows = all
        .iter()
        .map(|r| {
            vec![
                Cell::text(&r.name),
                Cell::Share(r.value),
                Cell::Share(r.weight),
                Cell::Share(r.contribution),
                Cell::text(&r.detail),
            ]
        })
        .collect();
    table
}

static MEMBERS: [Column; 4] = [
    Column::new("first_seen", "first seen"),
    Column::new("count", "count"),
    Column::new("template", "template").least(30),
    Column::new("fingerprint", "fingerprint").least(8),
];

fn members(all: &[MemberRow]) -> Table {
    let mut table = Table::new(&MEMBERS);
    table.rows = all
        .iter()
        .map(|m| {
            vec![
                Cell::Time(m.first_seen),
                Cell::Count(m.count),
                Cell::code(&m.template),
                Cell::text(&m.fingerprint),
            ]
        })
        .collect();
    table
}

fn named(title: &'static str, all: &[(String, String)]) -> Vec<Block> {
    if all.is_empty() {
        return Vec::new();
    }
    let line =
        |(id, title): &(String, String)| vec![Cell::id(id), Cell::Words(" "), Cell::text(title)];
    vec![
        section(title),
        Block::Bullets(all.iter().map(line).collect()),
    ]
}

fn answer(p: &SignaturePage<'_>) -> Answer {
    let reason = |r: &AttentionReason| {
        json!({
            "name": r.name,
            "value": r.value,
            "weight": r.weight,
            "contribution": r.contribution,
            "detail": r.detail,
        })
    };
    let member = |m: &MemberRow| {
        json!({
            "fingerprint": m.fingerprint,
            "template": m.template,
            "count": m.count,
            "first_seen": m.first_seen,
        })
    };
    let ids = |all: &[(String, String)]| -> Value { all.iter().map(|(id, _)| json!(id)).collect() };
    Answer::ok(json!({
        "signature": signature_value(p.signature),
        "attention": p.reasons.iter().map(reason).collect::<Vec<_>>(),
        "severities": p.severities,
        "members": p.members.iter().map(member).collect::<Vec<_>>(),
        "aliases": p.aliases,
        "evidence": {
            "event_count": p.signature.count,
            "samples": p.samples.iter().map(Sample::value).collect::<Vec<_>>(),
        },
        "reviews": p.reviews.iter().map(review_value).collect::<Vec<_>>(),
        "related_candidates": ids(p.candidates),
        "related_incidents": ids(p.incidents),
    }))
}
