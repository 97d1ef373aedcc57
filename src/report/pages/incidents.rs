//! `incidents`: what memory holds, best match first.

use super::{list_page, score_value};
use crate::memory::Incident;
use crate::report::{Cell, Column, Report, Shown, Table};
use crate::time::Timestamp;
use serde_json::{Value, json};

/// A memory that was found, and why.
#[derive(Clone, Debug)]
pub struct IncidentHit {
    /// The memory.
    pub incident: Incident,
    /// Why it matches, in words; empty when nothing was searched for.
    pub reason: String,
}

/// Why a memory matches is shown where something was looked for.
static FOUND: [Column; 14] = columns(Shown::WithRoom(1));
static LISTED: [Column; 14] = columns(Shown::Wide);

const fn columns(reason: Shown) -> [Column; 14] {
    [
        Column::new("incident_memory_id", "id"),
        Column::new("memory_type", "kind").shown(Shown::WithRoom(3)),
        Column::new("title", "title").least(36),
        Column::new("service", "service")
            .least(8)
            .shown(Shown::WithRoom(4)),
        Column::new("hosts", "hosts")
            .least(10)
            .shown(Shown::WithRoom(2)),
        Column::new("last_seen", "last seen"),
        Column::new("reason", "why it matches")
            .least(16)
            .shown(reason),
        Column::new("incident_type", "type").shown(Shown::Wide),
        Column::new("status", "status").shown(Shown::Wide),
        Column::new("summary", "summary").shown(Shown::Wide),
        Column::new("check", "check").shown(Shown::Wide),
        Column::new("event_count", "count").shown(Shown::Wide),
        Column::new("created_at", "created").shown(Shown::Wide),
        Column::new("candidate_id", "candidate").shown(Shown::Wide),
    ]
}

/// Memories in the order given.
pub fn incidents(found: &[IncidentHit], as_of: Timestamp) -> Report {
    let mut sheet = match found.iter().any(|hit| !hit.reason.is_empty()) {
        true => Table::new(&FOUND),
        false => Table::new(&LISTED),
    };
    sheet.rows = found.iter().map(row).collect();
    let rows = found.iter().map(hit_value).collect();
    list_page(as_of, "results", rows, sheet, "No incidents.")
}

fn row(hit: &IncidentHit) -> Vec<Cell> {
    let i = &hit.incident;
    vec![
        Cell::id(&i.incident_memory_id),
        Cell::Named(i.memory_type.name()),
        Cell::text(&i.title),
        Cell::text(&i.service),
        Cell::list(&i.hosts),
        Cell::Ago(i.last_seen),
        Cell::text(&hit.reason),
        i.incident_type.as_ref().map_or(Cell::Empty, Cell::text),
        Cell::Words(i.status.name()),
        Cell::text(&i.summary),
        i.check.as_ref().map_or(Cell::Empty, Cell::text),
        Cell::Count(i.event_count),
        Cell::Time(i.created_at),
        Cell::id(&i.candidate_id),
    ]
}

fn hit_value(hit: &IncidentHit) -> Value {
    let mut value = value(&hit.incident);
    if let Value::Object(members) = &mut value {
        members.insert("reason".to_string(), json!(hit.reason));
    }
    value
}

/// Every field of a memory by its name; the score as in candidates.
pub fn value(i: &Incident) -> Value {
    let mut value = json!(i);
    if let Value::Object(members) = &mut value {
        members.shift_remove("score_points");
        members.insert("score_total".to_string(), score_value(i.score_points));
    }
    value
}
