//! `review`: what was recorded, what it acts on, what ends it; and the list of all reviews.

use super::{hosts_line, joined, list_page, section as heading};
use crate::memory::Review;
use crate::report::{Answer, Block, Cell, Column, Line, Report, Shown, Table, Tone};
use crate::time::Timestamp;
use serde_json::{Value, json};

/// How near a wake limit is.
#[derive(Clone, Debug)]
pub struct WakeRow {
    /// `rate`, `host`, `severity` or `recovery`.
    pub axis: &'static str,
    /// What it takes, in words.
    pub limit: String,
    /// Where it stands, in words.
    pub now: String,
    /// Whether it was passed.
    pub reached: bool,
}

/// A review and what has become of it.
#[derive(Clone, Debug)]
pub struct ReviewRow {
    /// The review.
    pub review: Review,
    /// `holding`, `in_force`, `expired`, `woke`, `regressed`, or `replaced` by a later one.
    pub state: &'static str,
    /// What it says and what came of it; empty when it is not in force.
    pub words: String,
    /// Occurrences since, where it is in force.
    pub events_since: Option<u64>,
    /// How near each wake limit is.
    pub wakes: Vec<WakeRow>,
}

/// A review that was just recorded.
#[derive(Clone, Debug)]
pub struct ReviewPage<'a> {
    /// The review.
    pub review: &'a Review,
    /// What will wake it, in words.
    pub wakes: &'a [String],
    /// What all times are relative to.
    pub as_of: Timestamp,
}

static COLUMNS: [Column; 13] = [
    Column::new("review_id", "id"),
    Column::new("decision", "decision"),
    Column::new("state", "state"),
    Column::new("title", "about").least(30),
    Column::new("hosts", "hosts")
        .least(10)
        .shown(Shown::WithRoom(2)),
    Column::new("reviewer", "by")
        .least(6)
        .shown(Shown::WithRoom(3)),
    Column::new("created_at", "since").shown(Shown::WithRoom(1)),
    Column::new("until", "until").shown(Shown::WithRoom(4)),
    Column::new("events_since", "count since").shown(Shown::Wide),
    Column::new("wakes", "how near it is to waking").shown(Shown::Wide),
    Column::new("notes", "notes").shown(Shown::Wide),
    Column::new("subject_id", "subject").shown(Shown::Sheet),
    Column::new("signature_ids", "signature_ids").shown(Shown::Sheet),
];

/// Reviews in the order given.
pub fn reviews(rows: &[ReviewRow], as_of: Timestamp) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows = rows.iter().map(row).collect();
    let values = rows.iter().map(value).collect();
    list_page(as_of, "results", values, sheet, "No reviews.")
}

fn row(r: &ReviewRow) -> Vec<Cell> {
    let optional = |text: &Option<String>| text.as_ref().map_or(Cell::Empty, Cell::text);
    let near: Vec<String> = r.wakes.iter().map(|w| w.now.clone()).collect();
    vec![
        Cell::id(&r.review.review_id),
        Cell::Named(r.review.decision.name()),
        Cell::Named(r.state),
        Cell::text(&r.review.title),
        Cell::list(&r.review.hosts),
        optional(&r.review.reviewer),
        Cell::Time(r.review.created_at),
        r.review.until.map_or(Cell::Empty, Cell::Time),
        r.events_since.map_or(Cell::Empty, Cell::Count),
        Cell::list(&near),
        optional(&r.review.notes),
        Cell::id(&r.review.subject_id),
        Cell::list(&r.review.signature_ids),
    ]
}

/// Every field of a review by its name, and what has become of it.
pub fn value(r: &ReviewRow) -> Value {
    let mut value = json!(r.review);
    let wake =
        |w: &WakeRow| json!({"axis": w.axis, "limit": w.limit, "now": w.now, "reached": w.reached});
    if let Value::Object(members) = &mut value {
        members.insert("state".to_string(), json!(r.state));
        members.insert("words".to_string(), json!(r.words));
        members.insert("events_since".to_string(), json!(r.events_since));
        members.insert("wakes".to_string(), r.wakes.iter().map(wake).collect());
    }
    value
}

/// That a review was recorded, what it acts on, and what ends it.
pub fn reviewed(p: &ReviewPage<'_>) -> Report {
    let r = p.review;
    let mut blocks = vec![Block::Paragraph(vec![
        Cell::Words("Recorded "),
        Cell::id(&r.review_id),
        Cell::Words(": "),
        Cell::Named(r.decision.name()),
        Cell::Words(", "),
        Cell::text(&r.title),
    ])];
    if r.decision.is_judgement() {
        blocks.push(Block::Note(Tone::Dim, acts_on(r)));
    }
    if let Some(until) = r.until {
        let line = vec![
            Cell::Words("It ends "),
            Cell::Time(until),
            Cell::Words(" UTC."),
        ];
        blocks.push(Block::Note(Tone::Note, line));
    }
    if !p.wakes.is_empty() {
        blocks.push(heading("It comes back with any of these"));
        let lines = p.wakes.iter().map(|w| vec![Cell::text(w)]).collect();
        blocks.push(Block::Bullets(lines));
    }
    let fresh = ReviewRow {
        review: r.clone(),
        state: "in_force",
        words: String::new(),
        events_since: None,
        wakes: Vec::new(),
    };
    Report {
        as_of: p.as_of,
        answer: Answer::ok(json!({
            "review_id": r.review_id,
            "review": r,
            "wakes": p.wakes,
        })),
        sheet: reviews(&[fresh], p.as_of).sheet,
        blocks,
        ..Report::default()
    }
}

fn acts_on(r: &Review) -> Line {
    let mut line = vec![Cell::Words("It acts on ")];
    line.extend(joined(
        r.signature_ids.iter().map(|s| vec![Cell::id(s)]).collect(),
    ));
    line.push(Cell::Words(" on "));
    match r.hosts.iter().all(String::is_empty) {
        true => line.push(Cell::Words("records without a host")),
        false => line.extend(hosts_line(&r.hosts)),
    }
    line.push(Cell::Words(", and on nothing else."));
    line
}

/// What people said about a subject, oldest first, as a section of its page.
pub fn section(rows: &[ReviewRow]) -> Vec<Block> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for r in rows {
        lines.push(history_line(r));
        lines.extend(r.wakes.iter().map(|w| {
            let verdict = if w.reached { ": woke it" } else { "" };
            vec![
                Cell::Words("  "),
                Cell::Words(w.axis),
                Cell::Words(": "),
                Cell::text(&w.now),
                Cell::Words(verdict),
            ]
        }));
    }
    vec![heading("What people said"), Block::Bullets(lines)]
}

fn history_line(r: &ReviewRow) -> Line {
    let optional = |text: &Option<String>| text.as_ref().map_or(Cell::Empty, Cell::text);
    let said = match r.words.is_empty() {
        true => vec![
            Cell::Named(r.review.decision.name()),
            Cell::Words(" "),
            Cell::Time(r.review.created_at),
        ],
        false => vec![Cell::text(&r.words)],
    };
    joined(vec![
        said,
        vec![Cell::Named(r.state)],
        vec![optional(&r.review.reviewer)],
        vec![optional(&r.review.notes)],
        vec![Cell::id(&r.review.review_id)],
    ])
}
