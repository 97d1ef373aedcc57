//! The digest for programs and spreadsheets.

use super::{DigestItem, DigestPage, Gone, HeldBack, next_to_end, score_value, seen_before_value};
use crate::report::{Answer, Cell, Change, Column, Shown, Table};
use serde_json::{Value, json};

/// The digest for programs: items, coverage, and what stands around them on the page.
pub(super) fn answer(d: &DigestPage<'_>) -> Answer {
    let below = |i: &DigestItem| {
        json!({
            "candidate_id": i.candidate.candidate_id,
            "title": i.candidate.title,
            "decision_band": i.candidate.decision_band,
            "score_total": score_value(i.candidate.score_points),
            "change": i.change.map(Change::name),
        })
    };
    let gone = |g: &Gone| json!({"candidate_id": g.candidate_id, "title": g.title, "last_seen": g.last_seen});
    let held = |h: &HeldBack| {
        json!({
            "review_id": h.review_id,
            "title": h.title,
            "decision": h.decision,
            "reviewer": h.reviewer,
            "since": h.since,
            "hosts": h.hosts,
            "event_count": h.event_count,
            "until": h.until,
            "wakes": h.wakes,
        })
    };
    let next = next_to_end(d.held_back);
    let mut answer = Answer::list("items", d.items.iter().map(|i| item_value(i, d)).collect());
    if !d.statement.is_empty() {
        answer = answer.with("statement", json!(d.statement));
    }
    answer
        .with("coverage", json!(d.coverage))
        .with("tenant_id", json!(d.tenant))
        .with("as_of", json!(d.as_of))
        .with("since", json!(d.since))
        .with("previous", json!(d.previous))
        .with("below_limit", d.below.iter().map(below).collect())
        .with("gone", d.gone.iter().map(gone).collect())
        .with("held_back", d.held_back.iter().map(held).collect())
        .with(
            "next_to_end",
            json!(next.map(|h| json!({"review_id": h.review_id, "until": h.until}))),
        )
        .with("notices", json!(d.notices))
}

fn item_value(i: &DigestItem, d: &DigestPage<'_>) -> Value {
    let c = &i.candidate;
    let signatures: Vec<String> = c.signatures.iter().map(ToString::to_string).collect();
    json!({
        "candidate_id": c.candidate_id,
        "title": c.title,
        "decision_band": c.decision_band,
        "why_it_matters": c.why_it_matters,
        "score_total": score_value(c.score_points),
        "candidate_type": c.candidate_type,
        "hosts": c.hosts,
        "service": c.service,
        "event_count": c.event_count,
        "first_seen": c.first_seen,
        "last_seen": c.last_seen,
        "template": c.template,
        "signature_ids": signatures,
        "explanation": c.explanation,
        "example": i.example,
        "check_next": c.check_next,
        "related_incidents": c.related_incidents,
        "related_lessons": c.related_lessons,
        "seen_before": seen_before_value(c, d.known),
        "judgements": c.judgements,
        "change": i.change.map(Change::name),
    })
}

static SHEET: [Column; 14] = [
    Column::new("change", "change"),
    Column::new("decision_band", "band"),
    Column::new("score_total", "score"),
    Column::new("candidate_type", "type"),
    Column::new("title", "title").least(30),
    Column::new("service", "service"),
    Column::new("hosts", "hosts").least(10),
    Column::new("event_count", "count"),
    Column::new("first_seen", "first seen"),
    Column::new("last_seen", "last seen"),
    Column::new("candidate_id", "id"),
    Column::new("template", "template").shown(Shown::Sheet),
    Column::new("why_it_matters", "why").shown(Shown::Sheet),
    Column::new("related_incidents", "seen before").shown(Shown::Sheet),
];

/// The digest for spreadsheets: a row for each item.
pub(super) fn sheet(d: &DigestPage<'_>) -> Table {
    let mut sheet = Table::new(&SHEET);
    sheet.rows = d.items.iter().map(sheet_row).collect();
    sheet
}

fn sheet_row(i: &DigestItem) -> Vec<Cell> {
    let c = &i.candidate;
    vec![
        i.change.map_or(Cell::Empty, Cell::Change),
        Cell::Band(c.decision_band),
        Cell::Score(c.score_points),
        Cell::Named(c.candidate_type.name()),
        Cell::title(&c.title),
        Cell::text(&c.service),
        Cell::list(&c.hosts),
        Cell::Count(c.event_count),
        Cell::Time(c.first_seen),
        Cell::Time(c.last_seen),
        Cell::id(&c.candidate_id),
        Cell::code(&c.template),
        Cell::text(&c.why_it_matters),
        Cell::list(&c.related_incidents),
    ]
}
