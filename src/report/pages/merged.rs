//! `merge`: what was taken over from each store.

use crate::report::{Answer, Block, Cell, Column, Line, Report, Table};
use crate::time::Timestamp;
use serde_json::{Value, json};

/// What was taken over from one store.
#[derive(Clone, Debug, Default)]
pub struct MergedRow {
    /// Where that store is.
    pub store: String,
    /// Records taken over.
    pub records: u64,
    /// Records that were here already.
    pub known: u64,
    /// Sources that were new here.
    pub sources: u64,
    /// Memories taken over.
    pub memories: u64,
    /// Reviews taken over.
    pub reviews: u64,
    /// Overrules taken over.
    pub overrules: u64,
    /// Records that were pruned there before.
    pub pruned: u64,
}

static COLUMNS: [Column; 8] = [
    Column::new("store", "store"),
    Column::new("events", "events"),
    Column::new("already_known", "already known"),
    Column::new("sources", "sources"),
    Column::new("memories", "memories"),
    Column::new("reviews", "reviews"),
    Column::new("overrules", "overrules"),
    Column::new("pruned", "pruned"),
];

/// A sentence for each store.
pub fn merged(rows: &[MergedRow], as_of: Timestamp) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows = rows.iter().map(row).collect();
    Report {
        as_of,
        answer: Answer::list("results", rows.iter().map(value).collect()),
        sheet,
        blocks: rows.iter().map(|r| Block::Paragraph(sentence(r))).collect(),
        ..Report::default()
    }
}

fn row(r: &MergedRow) -> Vec<Cell> {
    let counts = [
        r.records,
        r.known,
        r.sources,
        r.memories,
        r.reviews,
        r.overrules,
        r.pruned,
    ];
    std::iter::once(Cell::text(&r.store))
        .chain(counts.map(Cell::Exact))
        .collect()
}

fn value(r: &MergedRow) -> Value {
    json!({
        "store": r.store,
        "events": r.records,
        "already_known": r.known,
        "sources": r.sources,
        "memories": r.memories,
        "reviews": r.reviews,
        "overrules": r.overrules,
        "pruned": r.pruned,
    })
}

fn sentence(r: &MergedRow) -> Line {
    let mut line = vec![
        Cell::Words("Took "),
        Cell::Counted(r.records, "event", "events"),
        Cell::Words(" from "),
        Cell::text(&r.store),
        Cell::Words(", with "),
        Cell::Counted(r.sources, "new source", "new sources"),
    ];
    for (count, one, many) in [
        (r.memories, "memory", "memories"),
        (r.reviews, "review", "reviews"),
        (r.overrules, "overrule", "overrules"),
    ] {
        if count > 0 {
            line.extend([Cell::Words(", "), Cell::Counted(count, one, many)]);
        }
    }
    if r.known > 0 {
        line.extend([
            Cell::Words("; "),
            Cell::Exact(r.known),
            Cell::Words(" were here already"),
        ]);
    }
    line.push(Cell::Words("."));
    line
}
