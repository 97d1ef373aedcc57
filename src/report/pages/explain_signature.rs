//! `explain` of a signature: what it is, what it has earned and why, and what it consists of.

use super::{
    ReviewRow, Sample, SignatureRow, activity_line, evidence, hosts_line, joined, overrule_value,
    overrules_section, page, period_line, push_fact, review_value, reviews_section, section,
    section_beside, signature_value, signatures, slots_section, slots_value,
};
use crate::memory::Overrule;
use crate::report::{Answer, Block, Cell, Column, Fact, Line, Report, Table};
use crate::signature::{SeveritySeen, SlotReport};
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

/// An older id that names the signature now.
#[derive(Clone, Debug)]
pub struct Alias {
    /// The id.
    pub signature_id: String,
    /// How it became one: `grown`, `merged`, `split`.
    pub why: &'static str,
    /// The last run at whose end it was a signature of its own.
    pub stood_until: Option<Timestamp>,
    /// Whether memory or reviews were recorded under it.
    pub recorded: bool,
}

/// Where a signature came from.
#[derive(Clone, Copy, Debug)]
pub struct Lineage<'a> {
    /// The version of the algorithm that made its fingerprints.
    pub algorithm: &'static str,
    /// Older ids that name it now.
    pub aliases: &'a [Alias],
    /// What people overruled about it, oldest first.
    pub overrules: &'a [Overrule],
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
    /// What its slots held.
    pub slots: &'a SlotReport,
    /// Where it came from.
    pub lineage: Lineage<'a>,
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
        vec![s.title()],
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
    blocks.extend(overrules_section(p.lineage.overrules));
    blocks.extend(slots_section(p.slots, s.count));
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
    if s.name.is_some() {
        push_fact(&mut facts, "Template", vec![Cell::code(&s.template)]);
    }
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
    push_fact(&mut facts, "Identity", identity(p));
    if !p.lineage.aliases.is_empty() {
        let ids = p
            .lineage
            .aliases
            .iter()
            .map(|a| vec![Cell::id(&a.signature_id)]);
        push_fact(&mut facts, "Also", joined(ids.collect()));
    }
    facts
}

/// By which algorithm it was made, and how it grew.
fn identity(p: &SignaturePage<'_>) -> Line {
    let mut line = vec![
        Cell::text(p.lineage.algorithm),
        Cell::Dim(" · "),
        Cell::Counted(p.members.len() as u64, "fingerprint", "fingerprints"),
    ];
    if let (Some(first), Some(last)) = (p.members.first(), p.members.last())
        && p.members.len() > 1
    {
        line.extend([
            Cell::Words(", the first of "),
            Cell::Time(first.first_seen),
            Cell::Words(", the last of "),
            Cell::Time(last.first_seen),
        ]);
    }
    line
}

/// How many fingerprints it had at the end of each day on which it got one.
fn growth(members: &[MemberRow]) -> Vec<Value> {
    let mut total = 0;
    let days = members.chunk_by(|a, b| day(a.first_seen) == day(b.first_seen));
    let grown = days.map(|of_day| {
        total += of_day.len();
        json!({"day": day(of_day[0].first_seen), "fingerprints": total})
    });
    grown.collect()
}

fn day(time: Timestamp) -> String {
    time.rfc3339().chars().take(10).collect()
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
    let alias = |a: &Alias| {
        json!({
            "signature_id": a.signature_id,
            "why": a.why,
            "stood_until": a.stood_until,
            "recorded": a.recorded,
        })
    };
    let ids = |all: &[(String, String)]| -> Value { all.iter().map(|(id, _)| json!(id)).collect() };
    Answer::ok(json!({
        "signature": signature_value(p.signature),
        "attention": p.reasons.iter().map(reason).collect::<Vec<_>>(),
        "severities": p.severities,
        "members": p.members.iter().map(member).collect::<Vec<_>>(),
        "aliases": p.lineage.aliases.iter().map(|a| &a.signature_id).collect::<Vec<_>>(),
        "slots": slots_value(p.slots),
        "lineage": {
            "algorithm": p.lineage.algorithm,
            "fingerprints": p.members.len(),
            "growth": growth(p.members),
            "aliases": p.lineage.aliases.iter().map(alias).collect::<Vec<_>>(),
            "overrules": p.lineage.overrules.iter().map(overrule_value).collect::<Vec<_>>(),
        },
        "evidence": {
            "event_count": p.signature.count,
            "samples": p.samples.iter().map(Sample::value).collect::<Vec<_>>(),
        },
        "reviews": p.reviews.iter().map(review_value).collect::<Vec<_>>(),
        "related_candidates": ids(p.candidates),
        "related_incidents": ids(p.incidents),
    }))
}
