//! `replay --incident` and `replay --at`: what was told before a time of trouble, and what was there but not told.

use super::{page, score_value, section};
use crate::candidate::{CandidateType, DecisionBand};
use crate::report::{Answer, Block, Cell, Column, Line, Report, Shown, Table};
use crate::time::{SECOND, Timestamp};
use serde_json::{Value, json};

/// A candidate that was told before.
#[derive(Clone, Debug)]
pub struct Warned {
    /// Its id.
    pub candidate_id: String,
    /// Its type.
    pub candidate_type: CandidateType,
    /// Its title, as it was last.
    pub title: String,
    /// The step at which it came up.
    pub first_surfaced: Timestamp,
    /// The highest it came to.
    pub highest_band: DecisionBand,
    /// Its highest score in ten-thousandths.
    pub highest_points: i64,
    /// What it has to do with the incident; empty for nothing that is known.
    pub reasons: Vec<String>,
}

/// A finding that was in the data, but below the line.
#[derive(Clone, Debug)]
pub struct Unsaid {
    /// Its id.
    pub candidate_id: String,
    /// Its type.
    pub candidate_type: CandidateType,
    /// Its title.
    pub title: String,
    /// Its score in ten-thousandths.
    pub score_points: i64,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// What would have brought it up.
    pub why: String,
}

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct BeforePage<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The incident, by id and title, if one was asked for.
    pub incident: Option<(&'a str, &'a str)>,
    /// The time of trouble.
    pub trouble: Timestamp,
    /// The first step looked at.
    pub from: Timestamp,
    /// How long a step is, in microseconds.
    pub step: i64,
    /// What was told, closest to the incident first, then earliest.
    pub warned: &'a [Warned],
    /// What was not told, highest score first.
    pub unsaid: &'a [Unsaid],
}

static WARNED: [Column; 8] = [
    Column::new("lead_seconds", "before it"),
    Column::new("first_surfaced", "first raised").shown(Shown::WithRoom(2)),
    Column::new("highest_score", "score"),
    Column::new("highest_band", "band"),
    Column::new("candidate_type", "type").shown(Shown::WithRoom(3)),
    Column::new("title", "title").least(24),
    Column::new("reason", "because").shown(Shown::WithRoom(1)),
    Column::new("candidate_id", "id"),
];

static UNSAID: [Column; 4] = [
    Column::new("score_total", "score"),
    Column::new("title", "title").least(18),
    Column::new("last_seen", "last seen"),
    Column::new("why", "what would have brought it up").least(36),
];

/// What was told before the trouble, then what was not.
pub fn replay_before(p: &BeforePage<'_>) -> Report {
    let heading = match p.incident {
        Some((_, title)) => vec![Cell::Words("Before "), Cell::text(title)],
        None => vec![Cell::Words("Before "), Cell::Time(p.trouble)],
    };
    let aside = match p.incident {
        Some((id, _)) => vec![Cell::id(id)],
        None => vec![Cell::text(p.tenant)],
    };
    let mut blocks = vec![page(heading, aside), Block::Paragraph(summary(p))];
    if !p.warned.is_empty() {
        blocks.extend([section("Told before it"), Block::Sheet]);
    }
    let mut sheet = Table::new(&WARNED);
    sheet.rows = p.warned.iter().map(|w| warned_row(w, p.trouble)).collect();
    if !p.unsaid.is_empty() {
        let mut table = Table::new(&UNSAID);
        table.rows = p.unsaid.iter().map(unsaid_row).collect();
        blocks.extend([section("In the data, but not told"), Block::Table(table)]);
    }
    let answer = Answer::ok(json!({
        "incident_memory_id": p.incident.map(|(id, _)| id),
        "trouble_at": p.trouble,
        "from": p.from,
        "surfaced": p.warned.iter().map(|w| warned_value(w, p.trouble)).collect::<Vec<_>>(),
        "below": p.unsaid.iter().map(unsaid_value).collect::<Vec<_>>(),
    }));
    Report {
        as_of: p.trouble,
        answer,
        sheet,
        blocks,
        ..Report::default()
    }
}

fn summary(p: &BeforePage<'_>) -> Line {
    let mut line = vec![
        Cell::Words("The trouble: "),
        Cell::Time(p.trouble),
        Cell::Words(". Looked at every "),
        Cell::Span(p.step),
        Cell::Words(" from "),
        Cell::Time(p.from),
        Cell::Words(" on; "),
    ];
    match p.warned.len() as u64 {
        0 => line.push(Cell::Words("nothing was told before it.")),
        n => line.extend([
            Cell::Counted(n, "candidate was", "candidates were"),
            Cell::Words(" told before it."),
        ]),
    }
    line
}

fn warned_row(w: &Warned, trouble: Timestamp) -> Vec<Cell> {
    vec![
        Cell::Span(trouble.since(w.first_surfaced)),
        Cell::Time(w.first_surfaced),
        Cell::Score(w.highest_points),
        Cell::Band(w.highest_band),
        Cell::Named(w.candidate_type.name()),
        Cell::title(&w.title),
        Cell::text(w.reasons.join("; ")),
        Cell::id(&w.candidate_id),
    ]
}

fn unsaid_row(u: &Unsaid) -> Vec<Cell> {
    vec![
        Cell::Score(u.score_points),
        Cell::title(&u.title),
        Cell::Ago(u.last_seen),
        Cell::text(&u.why),
    ]
}

fn warned_value(w: &Warned, trouble: Timestamp) -> Value {
    json!({
        "candidate_id": w.candidate_id,
        "candidate_type": w.candidate_type,
        "title": w.title,
        "first_surfaced": w.first_surfaced,
        "lead_seconds": trouble.since(w.first_surfaced) / SECOND,
        "highest_band": w.highest_band,
        "highest_score": score_value(w.highest_points),
        "reasons": w.reasons,
    })
}

fn unsaid_value(u: &Unsaid) -> Value {
    json!({
        "candidate_id": u.candidate_id,
        "candidate_type": u.candidate_type,
        "title": u.title,
        "score_total": score_value(u.score_points),
        "last_seen": u.last_seen,
        "why": u.why,
    })
}
