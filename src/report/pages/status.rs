//! `status`: whether all is well, what is stored, and what became of what was read.

use super::{coverage_note, page, push_fact, section, status_metrics};
use crate::envelope::Coverage;
use crate::report::{Answer, Block, Cell, Column, Fact, Line, Report, Shown, Table, Tone};
use crate::time::{SECOND, Timestamp};
use serde_json::{Value, json};

/// One source.
#[derive(Clone, Debug)]
pub struct SourceStatus {
    /// Its id.
    pub source_id: String,
    /// Its name: a path or a label.
    pub name: String,
    /// The format its records were read as.
    pub format: String,
    /// When it was last read.
    pub last_ingest: Timestamp,
    /// The time of its newest event.
    pub last_event: Option<Timestamp>,
    /// Bytes read of it.
    pub bytes: u64,
    /// What became of its records.
    pub coverage: Coverage,
    /// Records unlike all before them.
    pub unlike: u64,
    /// Records there was no room to tell apart.
    pub beyond: u64,
    /// Why signatures say nothing of it, if so.
    pub unsuitable: Option<String>,
}

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct StatusPage<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// When.
    pub as_of: Timestamp,
    /// What is wrong, one sentence each; empty when all is well.
    pub problems: &'a [String],
    /// Where the store is.
    pub store: &'a str,
    /// How large its file is.
    pub store_bytes: u64,
    /// The version of its schema.
    pub schema_version: u32,
    /// Events stored.
    pub events: u64,
    /// Signatures known.
    pub signatures: u64,
    /// What comes in a day: events, bytes of log, bytes of store; `None` where less than a day is known.
    pub growth: Option<(u64, u64, u64)>,
    /// When anything was last read.
    pub last_ingest: Option<Timestamp>,
    /// Distinct fingerprints known.
    pub fingerprints: u64,
    /// Hosts known.
    pub hosts: u64,
    /// Memories kept.
    pub incidents: u64,
    /// Reviews recorded.
    pub reviews: u64,
    /// The oldest event's time.
    pub first_event: Option<Timestamp>,
    /// The newest event's time.
    pub last_event: Option<Timestamp>,
    /// What became of all records.
    pub coverage: Coverage,
    /// The sources, by name.
    pub sources: &'a [SourceStatus],
}

static SOURCES: [Column; 11] = [
    Column::new("name", "source").least(20),
    Column::new("format", "format").shown(Shown::WithRoom(3)),
    Column::new("lines_read", "read"),
    Column::new("partial", "in part").shown(Shown::WithRoom(2)),
    Column::new("malformed", "not understood").shown(Shown::WithRoom(1)),
    Column::new("bytes", "size").shown(Shown::WithRoom(4)),
    Column::new("last_event", "last event"),
    Column::new("last_ingest", "last read"),
    Column::new("parsed", "understood").shown(Shown::Wide),
    Column::new("undated", "undated").shown(Shown::Wide),
    Column::new("source_id", "id").shown(Shown::Wide),
];

/// The state of the store and of every source.
pub fn status(s: &StatusPage<'_>) -> Report {
    let heading = vec![Cell::Words("Status of "), Cell::text(s.tenant)];
    let mut blocks = vec![page(
        heading,
        vec![Cell::Time(s.as_of), Cell::Words(" UTC")],
    )];
    if s.problems.is_empty() {
        blocks.push(Block::Note(Tone::Good, vec![Cell::Words("Healthy.")]));
    }
    blocks.extend(
        s.problems
            .iter()
            .map(|p| Block::Note(Tone::Alarm, vec![Cell::text(p)])),
    );
    blocks.push(Block::Facts(facts(s)));
    if !s.sources.is_empty() {
        blocks.extend([section("Sources"), Block::Sheet]);
    }
    blocks.push(coverage_note(&s.coverage));
    let mut sheet = Table::new(&SOURCES);
    sheet.rows = s.sources.iter().map(row).collect();
    Report {
        as_of: s.as_of,
        answer: answer(s),
        sheet,
        blocks,
        metrics: status_metrics(s),
    }
}

fn facts(s: &StatusPage<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    push_fact(
        &mut facts,
        "Store",
        vec![
            Cell::text(s.store),
            Cell::Dim(" · "),
            Cell::Bytes(s.store_bytes),
            Cell::Dim(" · schema "),
            Cell::Count(u64::from(s.schema_version)),
        ],
    );
    push_fact(&mut facts, "Events", events_line(s));
    if let Some((events, raw, stored)) = s.growth {
        let line = vec![
            Cell::Count(events),
            Cell::Words(" events and "),
            Cell::Bytes(raw),
            Cell::Words(" of log a day, which take "),
            Cell::Bytes(stored),
        ];
        push_fact(&mut facts, "Growth", line);
    }
    push_fact(&mut facts, "Lag", lag_line(s));
    push_fact(
        &mut facts,
        "Signatures",
        vec![
            Cell::Exact(s.signatures),
            Cell::Words(" of "),
            Cell::Counted(s.fingerprints, "fingerprint", "fingerprints"),
            Cell::Words(" on "),
            Cell::Counted(s.hosts, "host", "hosts"),
        ],
    );
    push_fact(
        &mut facts,
        "Memory",
        vec![
            Cell::Counted(s.incidents, "incident", "incidents"),
            Cell::Words(", "),
            Cell::Counted(s.reviews, "review", "reviews"),
        ],
    );
    facts
}

fn events_line(s: &StatusPage<'_>) -> Line {
    let mut line = vec![Cell::Exact(s.events)];
    if let (Some(first), Some(last)) = (s.first_event, s.last_event) {
        line.extend([
            Cell::Words(" from "),
            Cell::Time(first),
            Cell::Words(" to "),
            Cell::Time(last),
        ]);
    }
    line
}

/// How far behind the store is.
fn lag_line(s: &StatusPage<'_>) -> Line {
    let mut line = Line::new();
    if let Some(read) = s.last_ingest {
        line.extend([Cell::Words("last read "), Cell::Ago(read)]);
    }
    if let Some(last) = s.last_event {
        line.extend([Cell::Words(", newest event "), Cell::Ago(last)]);
    }
    line
}

fn row(s: &SourceStatus) -> Vec<Cell> {
    vec![
        Cell::text(&s.name),
        Cell::text(&s.format),
        Cell::Count(s.coverage.lines_read),
        Cell::Count(s.coverage.partial),
        Cell::Count(s.coverage.malformed),
        Cell::Bytes(s.bytes),
        s.last_event.map_or(Cell::Empty, Cell::Ago),
        Cell::Ago(s.last_ingest),
        Cell::Count(s.coverage.parsed),
        Cell::Count(s.coverage.undated),
        Cell::id(&s.source_id),
    ]
}

fn answer(s: &StatusPage<'_>) -> Answer {
    Answer::ok(json!({
        "healthy": s.problems.is_empty(),
        "problems": s.problems,
        "tenant_id": s.tenant,
        "as_of": s.as_of,
        "store": {"path": s.store, "bytes": s.store_bytes, "schema_version": s.schema_version},
        "counts": {
            "events": s.events,
            "signatures": s.signatures,
            "fingerprints": s.fingerprints,
            "hosts": s.hosts,
            "incidents": s.incidents,
            "reviews": s.reviews,
        },
        "first_event": s.first_event,
        "last_event": s.last_event,
        "last_ingest": s.last_ingest,
        "event_lag_seconds": s.last_event.map(|t| lag(t, s.as_of)),
        "ingest_lag_seconds": s.last_ingest.map(|t| lag(t, s.as_of)),
        "growth_per_day": s.growth.map(|(events, raw, stored)| {
            json!({"events": events, "raw_bytes": raw, "stored_bytes": stored})
        }),
        "coverage": s.coverage,
        "sources": s.sources.iter().map(|source| source_value(source, s.as_of)).collect::<Vec<_>>(),
    }))
}

/// Seconds from then to the as-of time; none where that lies before.
fn lag(then: Timestamp, as_of: Timestamp) -> i64 {
    (as_of.since(then) / SECOND).max(0)
}

fn source_value(s: &SourceStatus, as_of: Timestamp) -> Value {
    json!({
        "source_id": s.source_id,
        "name": s.name,
        "format": s.format,
        "last_ingest": s.last_ingest,
        "last_event": s.last_event,
        "event_lag_seconds": s.last_event.map(|t| lag(t, as_of)),
        "ingest_lag_seconds": lag(s.last_ingest, as_of),
        "bytes": s.bytes,
        "coverage": s.coverage,
        "unlike": s.unlike,
        "beyond": s.beyond,
        "unsuitable": s.unsuitable,
    })
}
