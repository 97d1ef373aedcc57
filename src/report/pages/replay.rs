//! `replay`: history walked in event time, and what would have been raised when.

use super::{page, score_value, section};
use crate::candidate::{CandidateType, DecisionBand};
use crate::report::{Answer, Block, Cell, Column, Line, Report, Shown, Table};
use crate::time::{SECOND, Timestamp};
use serde_json::{Value, json};

/// A candidate at one step.
#[derive(Clone, Debug)]
pub struct Surfaced {
    /// Its id.
    pub candidate_id: String,
    /// Its title.
    pub title: String,
    /// What it asked for at that step.
    pub decision_band: DecisionBand,
    /// Its score at that step, in ten-thousandths.
    pub score_points: i64,
}

/// One step of the walk.
#[derive(Clone, Debug)]
pub struct ReplayStep {
    /// As of when.
    pub as_of: Timestamp,
    /// Events in the step.
    pub events: u64,
    /// What came up.
    pub new: Vec<Surfaced>,
    /// What got worse.
    pub worse: Vec<Surfaced>,
    /// What went away.
    pub gone: Vec<Surfaced>,
}

/// When a candidate was first raised, and what became of it.
#[derive(Clone, Debug)]
pub struct FirstSurfaced {
    /// Its id.
    pub candidate_id: String,
    /// Its type.
    pub candidate_type: CandidateType,
    /// Its title.
    pub title: String,
    /// The step at which it came up.
    pub first_surfaced: Timestamp,
    /// What it asked for then.
    pub first_band: DecisionBand,
    /// The first step at which its score was highest.
    pub peak: Timestamp,
    /// The highest it came to.
    pub highest_band: DecisionBand,
    /// Its highest score in ten-thousandths.
    pub highest_points: i64,
    /// Steps at which it was there.
    pub steps: u64,
}

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct ReplayPage<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The end of the walk.
    pub as_of: Timestamp,
    /// How long a step is, in microseconds.
    pub step: i64,
    /// The steps, oldest first.
    pub steps: &'a [ReplayStep],
    /// When each candidate was first raised, oldest first.
    pub first: &'a [FirstSurfaced],
}

static STEPS: [Column; 5] = [
    Column::new("as_of", "as of"),
    Column::new("events", "events"),
    Column::new("change", "change"),
    Column::new("title", "title").least(24),
    Column::new("candidate_id", "id"),
];

static FIRST: [Column; 10] = [
    Column::new("first_surfaced", "first raised"),
    Column::new("first_band", "as").shown(Shown::WithRoom(4)),
    Column::new("lead_seconds", "before peak").shown(Shown::WithRoom(1)),
    Column::new("peak", "peak").shown(Shown::WithRoom(5)),
    Column::new("highest_score", "score"),
    Column::new("highest_band", "band"),
    Column::new("candidate_type", "type").shown(Shown::WithRoom(3)),
    Column::new("title", "title").least(18),
    Column::new("steps", "steps").shown(Shown::WithRoom(2)),
    Column::new("candidate_id", "id"),
];

/// The walk step by step, then when each candidate was first raised.
pub fn replay(r: &ReplayPage<'_>) -> Report {
    let mut blocks = vec![page(
        vec![Cell::Words("Replay of "), Cell::text(r.tenant)],
        vec![Cell::Words("steps of "), Cell::Span(r.step)],
    )];
    if r.first.is_empty() {
        blocks.push(Block::Paragraph(summary(r)));
    } else {
        blocks.extend([
            Block::Paragraph(summary(r)),
            section("Step by step"),
            Block::Table(step_table(r.steps)),
            section("First raised"),
            Block::Sheet,
        ]);
    }
    let mut sheet = Table::new(&FIRST);
    sheet.rows = r.first.iter().map(first_row).collect();
    let answer = Answer::list("steps", r.steps.iter().map(step_value).collect())
        .with("first_surfaced", r.first.iter().map(first_value).collect());
    Report {
        as_of: r.as_of,
        answer,
        sheet,
        blocks,
        ..Report::default()
    }
}

fn summary(r: &ReplayPage<'_>) -> Line {
    let mut line = vec![Cell::Counted(r.steps.len() as u64, "step", "steps")];
    if let (Some(first), Some(last)) = (r.steps.first(), r.steps.last()) {
        line.extend([
            Cell::Words(" from "),
            Cell::Time(first.as_of),
            Cell::Words(" to "),
            Cell::Time(last.as_of),
        ]);
    }
    match r.first.len() as u64 {
        0 => line.push(Cell::Words("; nothing would have been raised.")),
        n => line.extend([
            Cell::Words("; "),
            Cell::Counted(n, "candidate", "candidates"),
            Cell::Words(" raised."),
        ]),
    }
    line
}

fn step_table(steps: &[ReplayStep]) -> Table {
    use crate::report::Change::{Gone, New, Worse};
    let mut table = Table::new(&STEPS);
    for step in steps {
        let kinds = [(New, &step.new), (Worse, &step.worse), (Gone, &step.gone)];
        let all = kinds
            .into_iter()
            .flat_map(|(change, list)| list.iter().map(move |s| (change, s)));
        for (i, (change, surfaced)) in all.enumerate() {
            let head = match i {
                0 => [Cell::Time(step.as_of), Cell::Count(step.events)],
                _ => [Cell::Empty, Cell::Empty],
            };
            let mut row = Vec::from(head);
            row.extend([
                Cell::Change(change),
                Cell::title(&surfaced.title),
                Cell::id(&surfaced.candidate_id),
            ]);
            table.rows.push(row);
        }
    }
    table
}

fn first_row(f: &FirstSurfaced) -> Vec<Cell> {
    vec![
        Cell::Time(f.first_surfaced),
        Cell::Band(f.first_band),
        Cell::Span(lead(f)),
        Cell::Time(f.peak),
        Cell::Score(f.highest_points),
        Cell::Band(f.highest_band),
        Cell::Named(f.candidate_type.name()),
        Cell::title(&f.title),
        Cell::Count(f.steps),
        Cell::id(&f.candidate_id),
    ]
}

/// How long before its peak it was raised, in microseconds.
fn lead(f: &FirstSurfaced) -> i64 {
    f.peak.since(f.first_surfaced)
}

fn step_value(s: &ReplayStep) -> Value {
    let list = |all: &[Surfaced]| -> Value { all.iter().map(surfaced_value).collect() };
    json!({
        "as_of": s.as_of,
        "events": s.events,
        "new": list(&s.new),
        "worse": list(&s.worse),
        "gone": list(&s.gone),
    })
}

fn surfaced_value(s: &Surfaced) -> Value {
    json!({
        "candidate_id": s.candidate_id,
        "title": s.title,
        "decision_band": s.decision_band,
        "score_total": score_value(s.score_points),
    })
}

fn first_value(f: &FirstSurfaced) -> Value {
    json!({
        "candidate_id": f.candidate_id,
        "candidate_type": f.candidate_type,
        "title": f.title,
        "first_surfaced": f.first_surfaced,
        "first_band": f.first_band,
        "peak": f.peak,
        "lead_seconds": lead(f) / SECOND,
        "highest_band": f.highest_band,
        "highest_score": score_value(f.highest_points),
        "steps": f.steps,
    })
}
