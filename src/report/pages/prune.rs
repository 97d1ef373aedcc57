//! `prune`: what was freed, or would be.

use crate::report::{Answer, Block, Cell, Column, Report, Table};
use crate::time::Timestamp;
use serde_json::json;

/// What a prune amounts to.
#[derive(Clone, Copy, Debug, Default)]
pub struct PrunePage {
    /// When it was reckoned from.
    pub as_of: Timestamp,
    /// Events looked at.
    pub events: u64,
    /// Events that go.
    pub removed: u64,
    /// Bytes of those as they came, about.
    pub raw_bytes: u64,
    /// Bytes of the store they take, about.
    pub stored_bytes: u64,
    /// Bytes of the file before and after; equal for a trial.
    pub file_bytes: (u64, u64),
    /// Whether it was done or only reckoned.
    pub trial: bool,
}

static COLUMNS: [Column; 6] = [
    Column::new("events", "events"),
    Column::new("removed", "removed"),
    Column::new("raw_bytes", "raw bytes"),
    Column::new("stored_bytes", "stored bytes"),
    Column::new("file_bytes_before", "file before"),
    Column::new("file_bytes_after", "file after"),
];

/// What became, or would become, of evidence past its time.
pub fn prune(p: &PrunePage) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows.push(vec![
        Cell::Exact(p.events),
        Cell::Exact(p.removed),
        Cell::Exact(p.raw_bytes),
        Cell::Exact(p.stored_bytes),
        Cell::Exact(p.file_bytes.0),
        Cell::Exact(p.file_bytes.1),
    ]);
    let mut line = vec![
        Cell::Words(if p.trial { "Would remove " } else { "Removed " }),
        Cell::Exact(p.removed),
        Cell::Words(" of "),
        Cell::Counted(p.events, "event", "events"),
        Cell::Words(": "),
        Cell::Bytes(p.raw_bytes),
        Cell::Words(" of log, about "),
        Cell::Bytes(p.stored_bytes),
        Cell::Words(" of the store. Counts, memory and promoted evidence stay."),
    ];
    if !p.trial {
        line.extend([
            Cell::Words(" The file went from "),
            Cell::Bytes(p.file_bytes.0),
            Cell::Words(" to "),
            Cell::Bytes(p.file_bytes.1),
            Cell::Words("."),
        ]);
    }
    Report {
        as_of: p.as_of,
        answer: Answer::ok(json!({
            "events": p.events,
            "removed": p.removed,
            "raw_bytes": p.raw_bytes,
            "stored_bytes": p.stored_bytes,
            "file_bytes_before": p.file_bytes.0,
            "file_bytes_after": p.file_bytes.1,
            "dry_run": p.trial,
        })),
        sheet,
        blocks: vec![Block::Paragraph(line)],
        ..Report::default()
    }
}
