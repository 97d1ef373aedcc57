//! `related`: what the past knows about a subject, each with the reason why it is here.

use super::{page, score_value};
use crate::candidate::DecisionBand;
use crate::memory::MemoryType;
use crate::report::{Answer, Block, Cell, Column, Level, Line, Report, Shown, Table, Tone};
use crate::time::Timestamp;
use serde_json::{Value, json};

/// A candidate that has to do with the subject.
#[derive(Clone, Debug)]
pub struct RelatedCandidate {
    /// Its id.
    pub candidate_id: String,
    /// Its title.
    pub title: String,
    /// What it asks for.
    pub decision_band: DecisionBand,
    /// Its score in ten-thousandths.
    pub score_points: i64,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// How close it is, 0 to 1.
    pub closeness: f64,
    /// Why it is here, strongest first.
    pub reasons: Vec<String>,
}

/// A memory that has to do with the subject.
#[derive(Clone, Debug)]
pub struct RelatedMemory {
    /// Its id.
    pub incident_memory_id: String,
    /// Its kind.
    pub memory_type: MemoryType,
    /// Its title.
    pub title: String,
    /// What to look at next time.
    pub check: Option<String>,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// How close it is, 0 to 1.
    pub closeness: f64,
    /// Why it is here, strongest first.
    pub reasons: Vec<String>,
}

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct RelatedPage<'a> {
    /// The id that was asked about.
    pub subject_id: &'a str,
    /// What it says: a title, a template, a message.
    pub subject: &'a str,
    /// What all times are relative to.
    pub as_of: Timestamp,
    /// Candidates, closest first.
    pub candidates: &'a [RelatedCandidate],
    /// Incidents, closest first.
    pub incidents: &'a [RelatedMemory],
    /// Lessons and hints, closest first.
    pub lessons: &'a [RelatedMemory],
}

static COLUMNS: [Column; 6] = [
    Column::new("kind", "kind").shown(Shown::WithRoom(2)),
    Column::new("id", "id"),
    Column::new("title", "title").least(26),
    Column::new("last_seen", "last seen"),
    Column::new("closeness", "close").shown(Shown::WithRoom(1)),
    Column::new("reason", "because").least(24),
];

/// Candidates, incidents and lessons that have to do with the subject.
pub fn related(r: &RelatedPage<'_>) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows.extend(r.candidates.iter().map(candidate_row));
    sheet
        .rows
        .extend(r.incidents.iter().chain(r.lessons).map(memory_row));
    let heading = vec![Cell::Words("Related to "), Cell::text(r.subject)];
    let mut blocks = vec![page(heading, vec![Cell::id(r.subject_id)])];
    blocks.push(match sheet.rows.is_empty() {
        true => Block::Paragraph(vec![Cell::Words("Nothing is related to it.")]),
        false => Block::Sheet,
    });
    blocks.extend(checks(r));
    let answer = Answer::ok(json!({
        "related_candidates": r.candidates.iter().map(candidate_value).collect::<Vec<_>>(),
        "related_incidents": r.incidents.iter().map(memory_value).collect::<Vec<_>>(),
        "related_lessons": r.lessons.iter().map(memory_value).collect::<Vec<_>>(),
    }));
    Report {
        as_of: r.as_of,
        answer,
        sheet,
        blocks,
        ..Report::default()
    }
}

/// What memory says to look at.
fn checks(r: &RelatedPage<'_>) -> Vec<Block> {
    let lines: Vec<Line> = r
        .incidents
        .iter()
        .chain(r.lessons)
        .filter_map(|m| {
            let check = m.check.as_ref()?;
            Some(vec![
                Cell::id(&m.incident_memory_id),
                Cell::Words(" "),
                Cell::text(check),
            ])
        })
        .collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let heading = Block::Heading {
        level: Level::Section,
        tone: Tone::Plain,
        line: vec![Cell::Words("What to check")],
        aside: Line::new(),
    };
    vec![heading, Block::Bullets(lines)]
}

fn candidate_row(c: &RelatedCandidate) -> Vec<Cell> {
    vec![
        Cell::Words("candidate"),
        Cell::id(&c.candidate_id),
        Cell::title(&c.title),
        Cell::Ago(c.last_seen),
        Cell::Score(points(c.closeness)),
        Cell::text(c.reasons.join("; ")),
    ]
}

fn memory_row(m: &RelatedMemory) -> Vec<Cell> {
    vec![
        Cell::Words(memory_word(m.memory_type)),
        Cell::id(&m.incident_memory_id),
        Cell::text(&m.title),
        Cell::Ago(m.last_seen),
        Cell::Score(points(m.closeness)),
        Cell::text(m.reasons.join("; ")),
    ]
}

fn memory_word(kind: MemoryType) -> &'static str {
    match kind {
        MemoryType::IncidentMemory => "incident",
        MemoryType::Lesson => "lesson",
        MemoryType::RunbookHint => "runbook",
        MemoryType::WatchPattern => "pattern",
        MemoryType::TenantRiskMarker => "risk",
    }
}

fn candidate_value(c: &RelatedCandidate) -> Value {
    json!({
        "candidate_id": c.candidate_id,
        "title": c.title,
        "decision_band": c.decision_band,
        "score_total": score_value(c.score_points),
        "last_seen": c.last_seen,
        "closeness": score_value(points(c.closeness)),
        "reason": c.reasons.join("; "),
        "reasons": c.reasons,
    })
}

fn memory_value(m: &RelatedMemory) -> Value {
    json!({
        "incident_memory_id": m.incident_memory_id,
        "memory_type": m.memory_type,
        "title": m.title,
        "check": m.check,
        "last_seen": m.last_seen,
        "closeness": score_value(points(m.closeness)),
        "reason": m.reasons.join("; "),
        "reasons": m.reasons,
    })
}

/// In ten-thousandths, like a score.
fn points(closeness: f64) -> i64 {
    (closeness * 10_000.0).round() as i64
}
