//! `ingest --journal-cursor`: one cursor.

use crate::report::{Answer, Block, Cell, Column, Report, Table, Tone};
use crate::time::Timestamp;
use serde_json::json;

static COLUMNS: [Column; 1] = [Column::new("cursor", "cursor")];

/// The cursor of the newest journal entry that was taken in.
pub fn journal_cursor(cursor: &str, as_of: Timestamp) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows.push(vec![Cell::text(cursor)]);
    Report {
        as_of,
        answer: Answer::ok(json!({"cursor": cursor})),
        sheet,
        blocks: vec![Block::Note(Tone::Plain, vec![Cell::text(cursor)])],
        ..Report::default()
    }
}
