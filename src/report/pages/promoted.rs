//! `promote`: what became durable.

use crate::memory::Incident;
use crate::report::{Answer, Block, Cell, Column, Report, Table};
use crate::time::Timestamp;
use serde_json::json;

static COLUMNS: [Column; 3] = [
    Column::new("incident_memory_id", "id"),
    Column::new("candidate_id", "candidate"),
    Column::new("title", "title"),
];

/// That a candidate was promoted, and the id it has now.
pub fn promoted(incident: &Incident, as_of: Timestamp) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    let (id, title) = (&incident.incident_memory_id, &incident.title);
    // What was promoted straight from a signature has no candidate.
    let from = match incident.candidate_id.as_str() {
        "" => incident.signature_ids.first().map_or("", String::as_str),
        candidate => candidate,
    };
    sheet.rows.push(vec![
        Cell::id(id),
        Cell::id(&incident.candidate_id),
        Cell::text(title),
    ]);
    let line = vec![
        Cell::Words("Promoted "),
        Cell::id(from),
        Cell::Words(" to "),
        Cell::id(id),
        Cell::Words(": "),
        Cell::text(title),
    ];
    Report {
        as_of,
        answer: Answer::ok(json!({"incident_memory_id": id})),
        sheet,
        blocks: vec![Block::Paragraph(line)],
        ..Report::default()
    }
}
