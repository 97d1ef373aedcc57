//! `ingest`: one line about what was read, and a line for each thing that went wrong.

use super::{coverage_note, event_value, section};
use crate::envelope::Coverage;
use crate::event::Event;
use crate::report::{Answer, Block, Cell, Column, Line, Report, Table, Tone};
use crate::time::{SECOND, Timestamp};
use serde_json::{Value, json};

/// An input that could not be read, wholly or in part.
#[derive(Clone, Debug)]
pub struct Skipped {
    /// Which: a path.
    pub source: String,
    /// Why, in words.
    pub reason: String,
}

/// A memory that new events match.
#[derive(Clone, Debug)]
pub struct SeenBefore {
    /// Its id.
    pub incident_memory_id: String,
    /// Its title.
    pub title: String,
    /// When it was last seen before it was promoted.
    pub last_seen: Timestamp,
    /// What to look at, if somebody said so.
    pub check: Option<String>,
    /// What came of following it, in words.
    pub helped: Option<String>,
}

/// Everything the summary is made of.
#[derive(Clone, Debug)]
pub struct IngestPage<'a> {
    /// Events stored by this run.
    pub ingested: u64,
    /// Signatures seen for the first time.
    pub signatures_created: u64,
    /// Candidates that were not there before.
    pub candidates_created: u64,
    /// What became of the records.
    pub coverage: Coverage,
    /// Records left out because they are older than was asked for.
    pub skipped_old: u64,
    /// Sources that were read.
    pub sources: u64,
    /// Bytes that were read, decompressed.
    pub bytes: u64,
    /// How long it took, in microseconds; `None` where nobody asked.
    pub took: Option<i64>,
    /// The one event's id, where the run stored exactly one.
    pub event_id: Option<&'a str>,
    /// That event's signature.
    pub signature_id: Option<&'a str>,
    /// New candidates.
    pub candidate_ids: &'a [String],
    /// What could not be read.
    pub skipped: &'a [Skipped],
    /// Memories that new events match.
    pub seen_before: &'a [SeenBefore],
    /// Nothing was stored: a trial.
    pub dry_run: DryRun,
    /// What the trial found.
    pub trial: Option<&'a Trial>,
    /// What all times are relative to.
    pub as_of: Timestamp,
}

/// What a trial found, to be looked at before anything is stored.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The zone of stamps that name none.
    pub zone: String,
    /// What was decided for each source.
    pub sources: Vec<TrialSource>,
    /// The first events.
    pub events: Vec<Event>,
}

/// What a trial found of one source.
#[derive(Clone, Debug)]
pub struct TrialSource {
    /// Its name.
    pub name: String,
    /// The format its records are read in.
    pub format: String,
    /// What became of them.
    pub coverage: Coverage,
}

/// Whether the run stored what it read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DryRun {
    /// It did.
    #[default]
    No,
    /// It only looked.
    Yes,
}

static COLUMNS: [Column; 9] = [
    Column::new("ingested", "ingested"),
    Column::new("signatures_created", "new signatures"),
    Column::new("candidates_created", "new candidates"),
    Column::new("lines_read", "read"),
    Column::new("parsed", "understood"),
    Column::new("partial", "in part"),
    Column::new("malformed", "not"),
    Column::new("undated", "undated"),
    Column::new("skipped_seen", "already known"),
];

/// The summary of a run.
pub fn ingest(i: &IngestPage<'_>) -> Report {
    let mut blocks = vec![Block::Note(Tone::Plain, summary(i))];
    if i.coverage.lines_read > i.coverage.parsed
        || i.coverage.undated > 0
        || i.coverage.lines_read == 0
    {
        blocks.push(coverage_note(&i.coverage));
    }
    blocks.extend(
        i.skipped
            .iter()
            .map(|s| Block::Note(Tone::Warn, skipped_line(s))),
    );
    blocks.extend(
        i.seen_before
            .iter()
            .map(|s| Block::Note(Tone::Note, seen_line(s))),
    );
    if let Some(trial) = i.trial {
        blocks.extend(trial_blocks(trial));
    }
    Report {
        as_of: i.as_of,
        answer: answer(i),
        sheet: sheet(i),
        blocks,
        ..Report::default()
    }
}

static SOURCES: [Column; 6] = [
    Column::new("name", "source").least(20),
    Column::new("format", "format"),
    Column::new("lines_read", "read"),
    Column::new("parsed", "understood"),
    Column::new("malformed", "not"),
    Column::new("undated", "undated"),
];

static FIRST: [Column; 5] = [
    Column::new("timestamp", "time"),
    Column::new("host", "host").least(8),
    Column::new("service", "service").least(8),
    Column::new("severity", "severity"),
    Column::new("message_raw", "message").least(30),
];

/// How each source would be read, and the first events of all.
fn trial_blocks(trial: &Trial) -> Vec<Block> {
    let mut sources = Table::new(&SOURCES);
    let row = |s: &TrialSource| {
        vec![
            Cell::text(&s.name),
            Cell::text(&s.format),
            Cell::Exact(s.coverage.lines_read),
            Cell::Exact(s.coverage.parsed),
            Cell::Exact(s.coverage.malformed),
            Cell::Exact(s.coverage.undated),
        ]
    };
    sources.rows = trial.sources.iter().map(row).collect();
    let mut first = Table::new(&FIRST);
    let row = |e: &Event| {
        vec![
            Cell::Moment(e.timestamp),
            Cell::text(&e.host),
            Cell::text(&e.service),
            Cell::Severity(e.severity),
            Cell::text(&e.message_raw),
        ]
    };
    first.rows = trial.events.iter().map(row).collect();
    vec![
        section("Sources"),
        Block::Table(sources),
        section("First events"),
        Block::Table(first),
        Block::Note(
            Tone::Plain,
            vec![
                Cell::Words("Times that name no zone are read as "),
                Cell::text(&trial.zone),
                Cell::Words("."),
            ],
        ),
    ]
}

fn summary(i: &IngestPage<'_>) -> Line {
    let verb = match i.dry_run {
        DryRun::No => "Ingested ",
        DryRun::Yes => "Would ingest ",
    };
    let mut line = vec![
        Cell::Words(verb),
        Cell::Exact(i.ingested),
        Cell::Words(if i.ingested == 1 {
            " event from "
        } else {
            " events from "
        }),
        Cell::Counted(i.sources, "source", "sources"),
        Cell::Words(" ("),
        Cell::Bytes(i.bytes),
    ];
    if let Some(took) = i.took {
        line.extend([Cell::Words(" in "), Cell::Span(took)]);
        line.extend(rate(i.coverage.lines_read, took));
    }
    line.push(Cell::Words("): "));
    line.extend([
        Cell::Counted(i.signatures_created, "new signature", "new signatures"),
        Cell::Words(", "),
        Cell::Counted(i.candidates_created, "new candidate", "new candidates"),
    ]);
    if i.coverage.skipped_seen > 0 {
        line.extend([
            Cell::Words(", "),
            Cell::Exact(i.coverage.skipped_seen),
            Cell::Words(" already known"),
        ]);
    }
    if i.skipped_old > 0 {
        line.extend([
            Cell::Words(", "),
            Cell::Exact(i.skipped_old),
            Cell::Words(" left out as too old"),
        ]);
    }
    line.push(Cell::Words("."));
    line
}

/// Records a second, where the run was long enough to tell.
fn rate(records: u64, took: i64) -> Line {
    match took {
        SECOND.. => vec![
            Cell::Words(", "),
            Cell::Count(records / (took / SECOND) as u64),
            Cell::Words("/s"),
        ],
        _ => Line::new(),
    }
}

/// Most reasons name what was skipped, as sentences do; the others are put behind it.
fn skipped_line(s: &Skipped) -> Line {
    let mut line = vec![Cell::Words("Not read: ")];
    if !s.reason.contains(&s.source) {
        line.extend([Cell::text(&s.source), Cell::Words(": ")]);
    }
    line.push(Cell::text(&s.reason));
    line
}

fn seen_line(s: &SeenBefore) -> Line {
    let mut line = vec![
        Cell::Words("Seen before: "),
        Cell::id(&s.incident_memory_id),
        Cell::Words(" "),
        Cell::text(&s.title),
        Cell::Words(", last "),
        Cell::Time(s.last_seen),
    ];
    if let Some(check) = &s.check {
        line.extend([Cell::Words("; then: "), Cell::text(check)]);
    }
    if let Some(helped) = &s.helped {
        line.extend([Cell::Words("; "), Cell::text(helped)]);
    }
    line
}

fn answer(i: &IngestPage<'_>) -> Answer {
    let mut answer = Answer::ok(json!({
        "ingested": i.ingested,
        "signatures_created": i.signatures_created,
        "candidates_created": i.candidates_created,
        "coverage": i.coverage,
        "skipped_old": i.skipped_old,
        "sources": i.sources,
        "bytes": i.bytes,
        "dry_run": i.dry_run == DryRun::Yes,
    }));
    if let Some(trial) = i.trial {
        let source =
            |s: &TrialSource| json!({"name": s.name, "format": s.format, "coverage": s.coverage});
        answer = answer
            .with("timezone", json!(trial.zone))
            .with("source_formats", trial.sources.iter().map(source).collect())
            .with(
                "first_events",
                trial.events.iter().map(event_value).collect(),
            );
    }
    if let Some(event_id) = i.event_id {
        answer = answer
            .with("event_id", json!(event_id))
            .with("signature_id", json!(i.signature_id));
    }
    let skipped: Value = i
        .skipped
        .iter()
        .map(|s| json!({"source": s.source, "reason": s.reason}))
        .collect();
    let seen: Value = i
        .seen_before
        .iter()
        .map(|s| {
            json!({
                "incident_memory_id": s.incident_memory_id,
                "title": s.title,
                "last_seen": s.last_seen,
                "check": s.check,
                "helped": s.helped,
            })
        })
        .collect();
    answer
        .with("candidate_ids", json!(i.candidate_ids))
        .with("skipped", skipped)
        .with("seen_before", seen)
}

fn sheet(i: &IngestPage<'_>) -> Table {
    let c = &i.coverage;
    let mut sheet = Table::new(&COLUMNS);
    let counts = [
        i.ingested,
        i.signatures_created,
        i.candidates_created,
        c.lines_read,
        c.parsed,
        c.partial,
        c.malformed,
        c.undated,
        c.skipped_seen,
    ];
    sheet
        .rows
        .push(counts.into_iter().map(Cell::Count).collect());
    sheet
}
