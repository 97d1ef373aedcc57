//! `signatures`: what the logs consist of, and what each part has earned.

use super::list_page;
use crate::candidate::AttentionBand;
use crate::report::{Cell, Column, Report, Shown, Table};
use crate::signature::SignatureId;
use crate::time::Timestamp;
use serde_json::{Value, json};

/// A signature in a list.
#[derive(Clone, Debug)]
pub struct SignatureRow {
    /// Its id.
    pub signature_id: SignatureId,
    /// The program it comes from.
    pub service: String,
    /// Its template.
    pub template: String,
    /// What a person called it.
    pub name: Option<String>,
    /// Occurrences.
    pub count: u64,
    /// Where it was seen.
    pub hosts: Vec<String>,
    /// First occurrence.
    pub first_seen: Timestamp,
    /// Last occurrence.
    pub last_seen: Timestamp,
    /// What it has earned.
    pub attention_band: AttentionBand,
    /// The same as a number, 0 to 1.
    pub attention: f64,
    /// Occurrences per day, oldest first, ending with the as-of day.
    pub daily: Vec<u32>,
}

impl SignatureRow {
    /// What people read: its name, or its template.
    pub(super) fn title(&self) -> Cell {
        match &self.name {
            Some(name) => Cell::text(name),
            None => Cell::code(&self.template),
        }
    }
}

static COLUMNS: [Column; 11] = [
    Column::new("signature_id", "id"),
    Column::new("attention_band", "attention"),
    Column::new("service", "service")
        .least(8)
        .shown(Shown::WithRoom(4)),
    Column::new("template", "template").least(36),
    Column::new("count", "count"),
    Column::new("hosts", "hosts")
        .least(10)
        .shown(Shown::WithRoom(2)),
    Column::new("daily", "by day").shown(Shown::WithRoom(3)),
    Column::new("first_seen", "first seen").shown(Shown::Wide),
    Column::new("last_seen", "last seen").shown(Shown::WithRoom(1)),
    Column::new("attention", "earned").shown(Shown::Wide),
    Column::new("name", "name").shown(Shown::Sheet),
];

/// Signatures in the order given.
pub fn signatures(found: &[SignatureRow], as_of: Timestamp) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows = found.iter().map(row).collect();
    list_page(
        as_of,
        "results",
        found.iter().map(value).collect(),
        sheet,
        "No signatures.",
    )
}

fn row(s: &SignatureRow) -> Vec<Cell> {
    vec![
        Cell::id(s.signature_id.to_string()),
        Cell::Attention(s.attention_band),
        Cell::text(&s.service),
        s.title(),
        Cell::Count(s.count),
        Cell::list(&s.hosts),
        Cell::Spark(s.daily.clone()),
        Cell::Time(s.first_seen),
        Cell::Ago(s.last_seen),
        Cell::Share(s.attention),
        s.name.as_ref().map_or(Cell::Empty, Cell::text),
    ]
}

/// Every field of a signature by its name.
pub fn value(s: &SignatureRow) -> Value {
    json!({
        "signature_id": s.signature_id.to_string(),
        "service": s.service,
        "template": s.template,
        "name": s.name,
        "count": s.count,
        "hosts": s.hosts,
        "first_seen": s.first_seen,
        "last_seen": s.last_seen,
        "attention_band": s.attention_band,
        "attention": s.attention,
        "daily": s.daily,
    })
}
