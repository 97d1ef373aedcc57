//! `signatures --check`: whether the same records gave the same signatures, and what was compared.

use crate::report::{Answer, Block, Cell, Column, Report, Table, Tone};
use crate::time::Timestamp;
use serde_json::json;

use super::section;

/// What was compared, and what was different.
#[derive(Clone, Debug)]
pub struct CheckPage<'a> {
    /// What was read.
    pub path: &'a str,
    /// Its records.
    pub records: u64,
    /// Their signatures.
    pub signatures: u64,
    /// Their distinct fingerprints.
    pub fingerprints: u64,
    /// How it was read, each time.
    pub readings: &'a [String],
    /// What was different, a sentence each.
    pub differences: &'a [String],
    /// When.
    pub as_of: Timestamp,
}

/// What is compared of each signature.
const COMPARED: [&str; 6] = [
    "id",
    "template",
    "service",
    "fingerprints",
    "count",
    "severities",
];

static COLUMNS: [Column; 1] = [Column::new("difference", "difference").least(40)];

/// The verdict, how it was reached, and the differences.
pub fn checked(p: &CheckPage<'_>) -> Report {
    let same = p.differences.is_empty();
    let verdict = match same {
        true => "The same each time: ",
        false => "Not the same each time: ",
    };
    let tone = if same { Tone::Good } else { Tone::Alarm };
    let line = vec![
        Cell::Words(verdict),
        Cell::Counted(p.signatures, "signature", "signatures"),
        Cell::Words(" of "),
        Cell::Counted(p.fingerprints, "fingerprint", "fingerprints"),
        Cell::Words(" in "),
        Cell::Counted(p.records, "record", "records"),
        Cell::Words(" of "),
        Cell::text(p.path),
    ];
    let compared = format!("Compared of each: {}.", COMPARED.join(", "));
    let bullets = p.readings.iter().map(|r| vec![Cell::text(r)]).collect();
    let mut blocks = vec![
        Block::Note(tone, line),
        Block::Note(Tone::Dim, vec![Cell::text(compared)]),
        section("How it was read"),
        Block::Bullets(bullets),
    ];
    if !same {
        let told = p.differences.iter().map(|d| vec![Cell::text(d)]).collect();
        blocks.extend([section("What was different"), Block::Bullets(told)]);
    }
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows = p.differences.iter().map(|d| vec![Cell::text(d)]).collect();
    Report {
        as_of: p.as_of,
        answer: Answer::ok(json!({
            "same": same,
            "path": p.path,
            "records": p.records,
            "signatures": p.signatures,
            "fingerprints": p.fingerprints,
            "compared": COMPARED,
            "readings": p.readings,
            "differences": p.differences,
        })),
        sheet,
        blocks,
        ..Report::default()
    }
}
