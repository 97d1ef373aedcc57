//! `replay --suggest`: weights that fit what people called useful and noise, as a difference to the configuration file.

use super::{Setting, page};
use crate::report::{Answer, Block, Cell, Column, Line, Report, Table};
use crate::time::Timestamp;
use serde_json::{Value, json};

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct SuggestionPage<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// When it was asked for.
    pub as_of: Timestamp,
    /// Candidates called useful.
    pub useful: u64,
    /// Candidates called noise.
    pub noise: u64,
    /// So many of each kind are needed.
    pub least: u64,
    /// Pairs of both kinds.
    pub pairs: u64,
    /// Pairs that are ranked right now.
    pub right_before: u64,
    /// Pairs that would be.
    pub right_after: u64,
    /// What to change.
    pub settings: &'a [Setting],
}

static COLUMNS: [Column; 3] = [
    Column::new("name", "setting"),
    Column::new("from", "from"),
    Column::new("to", "to"),
];

/// The difference, and what it rests on.
pub fn suggestion(p: &SuggestionPage<'_>) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    let row = |s: &Setting| {
        let name = Cell::text(s.name.clone());
        vec![name, Cell::Number(s.from), Cell::Number(s.to)]
    };
    sheet.rows = p.settings.iter().map(row).collect();
    let mut blocks = vec![page(
        vec![
            Cell::Words("Weights from the reviews of "),
            Cell::text(p.tenant),
        ],
        Vec::new(),
    )];
    blocks.push(Block::Paragraph(summary(p)));
    if !p.settings.is_empty() {
        let difference = p.settings.iter().flat_map(|s| {
            let line = |sign: &str, value: f64| {
                vec![Cell::code(format!("{sign}\"{}\" = {value:.2}", s.name))]
            };
            [line("-", s.from), line("+", s.to)]
        });
        let told =
            "Put the lines with a + into the configuration file; replay --set tries them first.";
        blocks.extend([
            Block::Bullets(difference.collect()),
            Block::Paragraph(vec![Cell::Words(told)]),
        ]);
    }
    let settings = p
        .settings
        .iter()
        .map(|s| json!({"name": s.name, "from": s.from, "to": s.to}));
    let answer = Answer::ok(json!({
        "useful": p.useful,
        "noise": p.noise,
        "pairs": p.pairs,
        "right_before": p.right_before,
        "right_after": p.right_after,
        "settings": settings.collect::<Vec<Value>>(),
    }));
    Report {
        as_of: p.as_of,
        answer,
        sheet,
        blocks,
        ..Report::default()
    }
}

fn summary(p: &SuggestionPage<'_>) -> Line {
    let judged = vec![
        Cell::Count(p.useful),
        Cell::Words(" useful and "),
        Cell::Count(p.noise),
        Cell::Words(" noise: "),
    ];
    let rest = if p.useful.min(p.noise) < p.least {
        vec![
            Cell::Words("too few to learn from; "),
            Cell::Count(p.least),
            Cell::Words(" of each are needed."),
        ]
    } else if p.settings.is_empty() {
        vec![
            Cell::Count(p.right_before),
            Cell::Words(" of "),
            Cell::Count(p.pairs),
            Cell::Words(
                " pairs are ranked right, and no other weights would rank more of them so.",
            ),
        ]
    } else {
        vec![
            Cell::Count(p.right_before),
            Cell::Words(" of "),
            Cell::Count(p.pairs),
            Cell::Words(" pairs are ranked right now, "),
            Cell::Count(p.right_after),
            Cell::Words(" with these weights."),
        ]
    };
    [judged, rest].concat()
}
