//! `replay --set`: the same walk under two configurations, side by side.

use super::{page, score_value};
use crate::candidate::{CandidateType, DecisionBand};
use crate::report::{Answer, Block, Cell, Column, Line, Report, Shown, Table, Tone};
use crate::time::Timestamp;
use serde_json::{Value, json};

/// What a walk made of a candidate.
#[derive(Clone, Debug)]
pub struct Raised {
    /// The step at which it came up.
    pub first_surfaced: Timestamp,
    /// The highest it came to.
    pub highest_band: DecisionBand,
    /// Its highest score in ten-thousandths.
    pub highest_points: i64,
}

/// A candidate that the two walks tell otherwise.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Its id.
    pub candidate_id: String,
    /// Its type.
    pub candidate_type: CandidateType,
    /// Its title.
    pub title: String,
    /// Under the constants in force, if it was raised.
    pub before: Option<Raised>,
    /// Under the others, if it was raised.
    pub after: Option<Raised>,
}

/// A constant with another value.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// The value in force.
    pub from: f64,
    /// The value that is tried.
    pub to: f64,
}

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct ComparedPage<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The end of the walk.
    pub as_of: Timestamp,
    /// How long a step is, in microseconds.
    pub step: i64,
    /// How many steps.
    pub steps: u64,
    /// What was tried.
    pub settings: &'a [Setting],
    /// What is otherwise: gained, then lost, then moved.
    pub rows: &'a [Compared],
    /// Candidates that are as they were.
    pub same: u64,
}

static COLUMNS: [Column; 8] = [
    Column::new("change", "change"),
    Column::new("title", "title").least(24),
    Column::new("score_before", "score"),
    Column::new("score_after", "with it"),
    Column::new("first_surfaced_before", "first raised").shown(Shown::WithRoom(1)),
    Column::new("first_surfaced_after", "with it").shown(Shown::WithRoom(1)),
    Column::new("candidate_type", "type").shown(Shown::WithRoom(2)),
    Column::new("candidate_id", "id"),
];

/// What would be gained, lost and moved.
pub fn replay_compared(p: &ComparedPage<'_>) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows = p.rows.iter().map(row).collect();
    let mut blocks = vec![page(
        vec![Cell::Words("Replay of "), Cell::text(p.tenant)],
        vec![
            Cell::Counted(p.steps, "step", "steps"),
            Cell::Words(" of "),
            Cell::Span(p.step),
        ],
    )];
    let tried = p.settings.iter().map(|s| {
        vec![
            Cell::code(format!("{} = {}", s.name, s.to)),
            Cell::Words(" instead of "),
            Cell::Number(s.from),
        ]
    });
    blocks.push(Block::Bullets(tried.collect()));
    blocks.push(Block::Paragraph(summary(p)));
    if !p.rows.is_empty() {
        blocks.push(Block::Sheet);
    }
    let settings = p
        .settings
        .iter()
        .map(|s| json!({"name": s.name, "from": s.from, "to": s.to}));
    let list = |kind: &str| -> Value {
        let of_kind = p.rows.iter().filter(|c| change(c).0 == kind);
        of_kind.map(value).collect()
    };
    let answer = Answer::ok(json!({
        "settings": settings.collect::<Vec<Value>>(),
        "steps": p.steps,
        "gained": list("gained"),
        "lost": list("lost"),
        "moved": list("moved"),
        "same": p.same,
    }));
    Report {
        as_of: p.as_of,
        answer,
        sheet,
        blocks,
        ..Report::default()
    }
}

fn summary(p: &ComparedPage<'_>) -> Line {
    let count = |kind: &str| p.rows.iter().filter(|c| change(c).0 == kind).count() as u64;
    vec![
        Cell::Count(count("gained")),
        Cell::Words(" gained, "),
        Cell::Count(count("lost")),
        Cell::Words(" lost, "),
        Cell::Count(count("moved")),
        Cell::Words(" moved, "),
        Cell::Count(p.same),
        Cell::Words(" as before."),
    ]
}

fn change(c: &Compared) -> (&'static str, Tone) {
    match (&c.before, &c.after) {
        (None, _) => ("gained", Tone::Strong),
        (_, None) => ("lost", Tone::Warn),
        _ => ("moved", Tone::Plain),
    }
}

fn row(c: &Compared) -> Vec<Cell> {
    let (change, tone) = change(c);
    let of = |r: &Option<Raised>, cell: fn(&Raised) -> Cell| r.as_ref().map_or(Cell::Empty, cell);
    let score = |r: &Raised| Cell::Score(r.highest_points);
    let first = |r: &Raised| Cell::Time(r.first_surfaced);
    vec![
        Cell::Toned(tone, change),
        Cell::title(&c.title),
        of(&c.before, score),
        of(&c.after, score),
        of(&c.before, first),
        of(&c.after, first),
        Cell::Named(c.candidate_type.name()),
        Cell::id(&c.candidate_id),
    ]
}

fn value(c: &Compared) -> Value {
    json!({
        "candidate_id": c.candidate_id,
        "candidate_type": c.candidate_type,
        "title": c.title,
        "before": c.before.as_ref().map(raised_value),
        "after": c.after.as_ref().map(raised_value),
    })
}

fn raised_value(r: &Raised) -> Value {
    json!({
        "first_surfaced": r.first_surfaced,
        "highest_band": r.highest_band,
        "highest_score": score_value(r.highest_points),
    })
}
