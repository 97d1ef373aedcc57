//! `candidates`: the ranked list.

use super::{list_page, score_value};
use crate::candidate::{Candidate, Contribution};
use crate::report::{Cell, Column, Report, Shown, Table};
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

static COLUMNS: [Column; 15] = [
    Column::new("score_total", "score"),
    Column::new("decision_band", "band"),
    Column::new("candidate_type", "type").shown(Shown::WithRoom(2)),
    Column::new("title", "title").least(44),
    Column::new("service", "service")
        .least(8)
        .shown(Shown::WithRoom(5)),
    Column::new("hosts", "hosts")
        .least(10)
        .shown(Shown::WithRoom(3)),
    Column::new("event_count", "count"),
    Column::new("daily", "by day").shown(Shown::WithRoom(4)),
    Column::new("first_seen", "first seen").shown(Shown::Wide),
    Column::new("last_seen", "last seen").shown(Shown::WithRoom(1)),
    Column::new("candidate_id", "id"),
    Column::new("template", "template").shown(Shown::Wide),
    Column::new("signature_ids", "signature_ids").shown(Shown::Sheet),
    Column::new("why_it_matters", "why_it_matters").shown(Shown::Sheet),
    Column::new("held_back", "held back").shown(Shown::Wide),
];

/// Candidates, best first as they come.
pub fn candidates(found: &[Candidate], as_of: Timestamp) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows = found.iter().map(row).collect();
    let rows = found.iter().map(value).collect();
    list_page(as_of, "results", rows, sheet, "No candidates.")
}

fn row(c: &Candidate) -> Vec<Cell> {
    let signatures: Vec<String> = c.signatures.iter().map(ToString::to_string).collect();
    vec![
        Cell::Score(c.score_points),
        Cell::Band(c.decision_band),
        Cell::Named(c.candidate_type.name()),
        Cell::title(&c.title),
        Cell::text(&c.service),
        Cell::list(&c.hosts),
        Cell::Count(c.event_count),
        Cell::Spark(c.daily.clone()),
        Cell::Time(c.first_seen),
        Cell::Ago(c.last_seen),
        Cell::id(&c.candidate_id),
        Cell::code(&c.template),
        Cell::list(&signatures),
        Cell::text(&c.why_it_matters),
        held(c),
    ]
}

/// What holds it back, if anything does.
fn held(c: &Candidate) -> Cell {
    match c.judgements.first() {
        Some(judged) if c.held_back => Cell::text(&judged.words),
        _ => Cell::Empty,
    }
}

/// Every field of a candidate by its name.
pub fn value(c: &Candidate) -> Value {
    let signatures: Vec<String> = c.signatures.iter().map(ToString::to_string).collect();
    json!({
        "candidate_id": c.candidate_id,
        "tenant_id": c.tenant_id,
        "candidate_type": c.candidate_type,
        "title": c.title,
        "decision_band": c.decision_band,
        "attention_band": c.attention_band,
        "score_total": score_value(c.score_points),
        "score_breakdown": breakdown(&c.score_breakdown),
        "why_it_matters": c.why_it_matters,
        "explanation": c.explanation,
        "service": c.service,
        "template": c.template,
        "signature_ids": signatures,
        "hosts": c.hosts,
        "event_count": c.event_count,
        "first_seen": c.first_seen,
        "last_seen": c.last_seen,
        "daily": c.daily,
        "evidence": c.evidence,
        "counterfactual": c.counterfactual,
        "check_next": c.check_next,
        "rules": c.rules,
        "members": c.members,
        "related_incidents": c.related_incidents,
        "related_lessons": c.related_lessons,
        "judgements": c.judgements,
        "held_back": c.held_back,
    })
}

/// The rows of a score by component; the contributions add up to `score_total`.
pub(super) fn breakdown(rows: &[Contribution]) -> Value {
    let mut components = Map::new();
    for row in rows {
        let parts = json!({
            "raw": row.raw,
            "baseline": row.baseline,
            "value": row.value,
            "weight": row.weight,
            "contribution": score_value(row.points),
        });
        components.insert(row.component.name().to_string(), parts);
    }
    Value::Object(components)
}
