//! `events`: records that were searched for, in the order they came.

use super::list_page;
use crate::event::Event;
use crate::report::{Cell, Column, Report, Shown, Table};
use crate::time::Timestamp;
use serde_json::{Value, json};

static COLUMNS: [Column; 14] = [
    Column::new("timestamp", "time"),
    Column::new("host", "host").least(8),
    Column::new("service", "service").least(8),
    Column::new("severity", "severity").shown(Shown::WithRoom(1)),
    Column::new("message_raw", "message").least(36),
    Column::new("event_id", "id").shown(Shown::WithRoom(3)),
    Column::new("signature_id", "signature").shown(Shown::WithRoom(2)),
    Column::new("message_normalized", "normalized").shown(Shown::Wide),
    Column::new("facility", "facility").shown(Shown::Wide),
    Column::new("source_name", "source").shown(Shown::Wide),
    Column::new("kind", "kind").shown(Shown::Sheet),
    Column::new("tenant_id", "tenant").shown(Shown::Sheet),
    Column::new("raw_ref", "raw_ref").shown(Shown::Sheet),
    Column::new("parse_status", "parse_status").shown(Shown::Sheet),
];

/// Events in the order they came.
pub fn events(found: &[Event], as_of: Timestamp) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows = found.iter().map(row).collect();
    list_page(
        as_of,
        "results",
        found.iter().map(value).collect(),
        sheet,
        "No events.",
    )
}

static MALFORMED: [Column; 6] = [
    Column::new("timestamp", "time"),
    Column::new("reason", "reason").least(24),
    Column::new("message_raw", "record").least(36),
    Column::new("source_name", "source").shown(Shown::WithRoom(1)),
    Column::new("event_id", "id").shown(Shown::WithRoom(2)),
    Column::new("parse_status", "parse_status").shown(Shown::Sheet),
];

/// Records that could not be read, or not wholly, each with the reason.
pub fn malformed(found: &[Event], as_of: Timestamp) -> Report {
    let mut sheet = Table::new(&MALFORMED);
    let row = |e: &Event| {
        vec![
            Cell::Moment(e.timestamp),
            Cell::Words(e.parse_status.reason()),
            Cell::text(&e.message_raw),
            Cell::text(&e.source_name),
            Cell::id(&e.event_id),
            Cell::Named(e.parse_status.name()),
        ]
    };
    sheet.rows = found.iter().map(row).collect();
    let told = |e: &Event| {
        let mut value = value(e);
        value["reason"] = json!(e.parse_status.reason());
        value
    };
    let values = found.iter().map(told).collect();
    list_page(
        as_of,
        "results",
        values,
        sheet,
        "Every record was understood.",
    )
}

fn row(e: &Event) -> Vec<Cell> {
    vec![
        Cell::Moment(e.timestamp),
        Cell::text(&e.host),
        Cell::text(&e.service),
        Cell::Severity(e.severity),
        Cell::text(&e.message_raw),
        Cell::id(&e.event_id),
        Cell::id(&e.signature_id),
        Cell::code(&e.message_normalized),
        e.facility.as_ref().map_or(Cell::Empty, Cell::text),
        Cell::text(&e.source_name),
        Cell::text(&e.kind),
        Cell::text(&e.tenant_id),
        Cell::text(&e.raw_ref),
        Cell::Named(e.parse_status.name()),
    ]
}

/// Every field of an event by its name.
pub fn value(e: &Event) -> Value {
    json!(e)
}
