//! Pages: what each command says, one file each. A page takes plain data and returns a [`Report`]; it reads no store.

mod bundle;
mod candidates;
mod checked;
mod config;
mod cursor;
mod digest;
mod digest_data;
mod error;
mod events;
mod explain_candidate;
mod explain_event;
mod explain_incident;
mod explain_signature;
mod incidents;
mod ingest;
mod merged;
mod overrules;
mod promoted;
mod prune;
mod related;
mod reparse;
mod replay;
mod replay_before;
mod replay_compared;
mod reviews;
mod signatures;
mod slots;
mod status;
mod status_metrics;
mod suggestion;

pub use bundle::bundle;
pub use candidates::{candidates, value as candidate_value};
pub use checked::{CheckPage, checked};
pub use config::{ConfigPage, ConfigRow, RouteRow, config, config_file};
pub use cursor::journal_cursor;
pub use digest::{DigestItem, DigestPage, Gone, HeldBack, digest};
pub use error::{error, error_text};
pub use events::{events, malformed, value as event_value};
pub use explain_candidate::{CandidatePage, explain_candidate};
pub use explain_event::{EventPage, explain_event};
pub use explain_incident::{IncidentPage, explain_incident};
pub use explain_signature::{
    Alias, AttentionReason, Lineage, MemberRow, SignaturePage, explain_signature,
};
pub use incidents::{IncidentHit, incidents, value as incident_value};
pub use ingest::{DryRun, IngestPage, SeenBefore, Skipped, Trial, TrialSource, ingest};
pub use merged::{MergedRow, merged};
pub use overrules::{OverrulePage, overruled, overrules};
pub use promoted::promoted;
pub use prune::{PrunePage, prune};
pub use related::{RelatedCandidate, RelatedMemory, RelatedPage, related};
pub use reparse::{Applied, Regrouping, ReparsePage, SourceReading, Was, reparse};
pub use replay::{FirstSurfaced, ReplayPage, ReplayStep, Surfaced, replay};
pub use replay_before::{BeforePage, Unsaid, Warned, replay_before};
pub use replay_compared::{Compared, ComparedPage, Raised, Setting, replay_compared};
pub use reviews::{ReviewPage, ReviewRow, WakeRow, reviewed, reviews};
pub use signatures::{SignatureRow, signatures, value as signature_value};
pub use status::{SourceStatus, StatusPage, status};
pub use suggestion::{SuggestionPage, suggestion};

use super::{Block, Cell, Exhibit, Fact, Level, Line, Report, Table, Tone, Untrusted, lossless};
use crate::candidate::Candidate;
use crate::envelope::Coverage;
use crate::memory::Incident;
use crate::time::Timestamp;
use digest::next_to_end;
use digest_data::{answer as digest_answer, sheet as digest_sheet};
use overrules::{section as overrules_section, value as overrule_value};
use reviews::{section as reviews_section, value as review_value};
use serde_json::{Value, json};
use slots::{section as slots_section, value as slots_value};
use status_metrics::metrics as status_metrics;
use std::collections::BTreeMap;

/// A raw record that proves something, and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The event it became.
    pub event_id: String,
    /// When it happened.
    pub timestamp: Timestamp,
    /// Its host.
    pub host: String,
    /// The record as it came, without the line end.
    pub raw: Vec<u8>,
    /// Its message, where that is easier to read than the record.
    pub message: Option<Vec<u8>>,
    /// The source it was read from.
    pub source: String,
}

impl Sample {
    fn value(&self) -> Value {
        json!({
            "event_id": self.event_id,
            "timestamp": self.timestamp,
            "host": self.host,
            "raw": lossless(&self.raw),
            "source": self.source,
        })
    }

    fn exhibit(&self, source: Line) -> Exhibit {
        Exhibit {
            about: joined(vec![
                vec![Cell::Moment(self.timestamp)],
                vec![Cell::text(&self.host)],
                vec![Cell::id(&self.event_id)],
                source,
            ]),
            raw: Untrusted::from_bytes(self.message.as_ref().unwrap_or(&self.raw)),
        }
    }
}

/// Raw records under a heading of their own; nothing where there are none.
fn evidence(samples: &[Sample], count: u64) -> Vec<Block> {
    if samples.is_empty() {
        return Vec::new();
    }
    let aside = vec![
        Cell::Count(samples.len() as u64),
        Cell::Words(" of "),
        Cell::Counted(count.max(samples.len() as u64), "record", "records"),
    ];
    let mut blocks = vec![section_beside("Evidence", aside)];
    // What all have in common is said once.
    let one = samples.windows(2).all(|two| two[0].source == two[1].source);
    if one {
        let line = vec![Cell::Words("from "), Cell::text(&samples[0].source)];
        blocks.push(Block::Note(Tone::Dim, line));
    }
    let source = |s: &Sample| match one {
        true => Line::new(),
        false => vec![Cell::text(&s.source)],
    };
    let exhibits = samples.iter().map(|s| s.exhibit(source(s)));
    blocks.push(Block::Evidence(exhibits.collect()));
    blocks
}

/// The heading of a page.
fn page(line: Line, aside: Line) -> Block {
    Block::Heading {
        level: Level::Page,
        tone: Tone::Strong,
        line,
        aside,
    }
}

/// The heading of a section.
fn section(title: &'static str) -> Block {
    section_beside(title, Vec::new())
}

fn section_beside(title: &'static str, aside: Line) -> Block {
    Block::Heading {
        level: Level::Section,
        tone: Tone::Plain,
        line: vec![Cell::Words(title)],
        aside,
    }
}

/// A list page: its sheet, or a plain word that there is nothing.
fn list_page(
    as_of: Timestamp,
    name: &'static str,
    rows: Vec<Value>,
    sheet: Table,
    none: &'static str,
) -> Report {
    let body = match sheet.rows.is_empty() {
        true => Block::Paragraph(vec![Cell::Words(none)]),
        false => Block::Sheet,
    };
    Report {
        as_of,
        answer: super::Answer::list(name, rows),
        sheet,
        blocks: vec![body],
        ..Report::default()
    }
}

/// Pieces with a dot between them; empty ones are left out.
fn joined(pieces: Vec<Line>) -> Line {
    let mut line = Line::new();
    for piece in pieces.into_iter().filter(|p| !p.iter().all(is_blank)) {
        if !line.is_empty() {
            line.push(Cell::Dim(" · "));
        }
        line.extend(piece);
    }
    line
}

fn is_blank(cell: &Cell) -> bool {
    match cell {
        Cell::Empty => true,
        Cell::Text(text)
        | Cell::Title(text)
        | Cell::Code(text)
        | Cell::Command(text)
        | Cell::Id(text) => text.is_empty(),
        Cell::List(names) => names.is_empty(),
        Cell::Spark(counts) => counts.is_empty(),
        _ => false,
    }
}

/// So many hosts are named; a person who needs the others asks for them.
const HOSTS_NAMED: usize = 5;

/// Hosts by name, the first few of many.
fn hosts_line(hosts: &[String]) -> Line {
    let named = match hosts.len() {
        n if n <= HOSTS_NAMED + 1 => n,
        _ => HOSTS_NAMED,
    };
    let mut line = vec![Cell::list(&hosts[..named])];
    if named < hosts.len() {
        line.push(Cell::Words(" and "));
        line.push(Cell::Counted((hosts.len() - named) as u64, "more", "more"));
    }
    line
}

/// Since when, and when last.
fn period_line(first: Timestamp, last: Timestamp) -> Line {
    match first == last {
        true => vec![
            Cell::Words("at "),
            Cell::Time(first),
            Cell::Words(", "),
            Cell::Ago(last),
        ],
        false => vec![
            Cell::Words("since "),
            Cell::Time(first),
            Cell::Words(", last "),
            Cell::Ago(last),
        ],
    }
}

/// A sparkline and what it spans.
fn activity_line(daily: &[u32]) -> Line {
    vec![
        Cell::Spark(daily.to_vec()),
        Cell::Words("  last "),
        Cell::Counted(daily.len() as u64, "day", "days"),
    ]
}

/// Where and how often a candidate was seen.
fn where_lines(candidate: &Candidate) -> Vec<Line> {
    let named = candidate.hosts.iter().any(|h| !h.is_empty());
    let mut lines = vec![joined(vec![
        match named {
            true => hosts_line(&candidate.hosts),
            false => Line::new(),
        },
        vec![Cell::Counted(candidate.event_count, "time", "times")],
        period_line(candidate.first_seen, candidate.last_seen),
    ])];
    if !candidate.daily.is_empty() {
        lines.push(activity_line(&candidate.daily));
    }
    lines
}

/// What memory knows.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Memories.
    pub incidents: &'a [Incident],
    /// What came of following them, in words, by id.
    pub helped: &'a BTreeMap<String, String>,
}

/// Whether memory knows a candidate, and what it says: incidents first, then lessons, the most helpful first.
fn seen_before_lines(candidate: &Candidate, known: Known<'_>) -> Vec<Line> {
    let ids = candidate.related_incidents.iter();
    let ids = ids.chain(&candidate.related_lessons);
    ids.map(|id| seen_before_line(id, known)).collect()
}

fn seen_before_line(id: &String, known: Known<'_>) -> Line {
    let mut line = vec![Cell::id(id)];
    let incident = known.incidents.iter().find(|i| i.incident_memory_id == *id);
    if let Some(incident) = incident {
        line.extend([
            Cell::Words(" "),
            Cell::text(&incident.title),
            Cell::Words(", "),
        ]);
        line.push(Cell::Ago(incident.last_seen));
        if let Some(check) = &incident.check {
            line.extend([Cell::Words("; then: "), Cell::text(check)]);
        }
    }
    if let Some(helped) = known.helped.get(id) {
        line.extend([Cell::Words("; "), Cell::text(helped)]);
    }
    line
}

/// What memory knows of a candidate, for programs.
fn seen_before_value(candidate: &Candidate, known: Known<'_>) -> Value {
    let ids = candidate.related_incidents.iter();
    let value = |id: &String| {
        let incident = known.incidents.iter().find(|i| i.incident_memory_id == *id);
        json!({
            "incident_memory_id": id,
            "memory_type": incident.map(|i| i.memory_type),
            "title": incident.map(|i| &i.title),
            "last_seen": incident.map(|i| i.last_seen),
            "check": incident.and_then(|i| i.check.as_ref()),
            "helped": known.helped.get(id),
        })
    };
    ids.chain(&candidate.related_lessons).map(value).collect()
}

/// Sentences as lines of a fact.
fn text_lines(sentences: &[String]) -> Vec<Line> {
    sentences.iter().map(|s| vec![Cell::text(s)]).collect()
}

/// What to do next: commands of ours can be told from sentences by how they begin.
fn step_lines(steps: &[String]) -> Vec<Line> {
    let step = |s: &String| match s.starts_with("brainstem ") {
        true => vec![Cell::Command(Untrusted::from(s))],
        false => vec![Cell::text(s)],
    };
    steps.iter().map(step).collect()
}

/// A fact that is left out when there is nothing to say.
fn push_fact(facts: &mut Vec<Fact>, name: &'static str, line: Line) {
    if !line.iter().all(is_blank) {
        facts.push(Fact::new(name, line));
    }
}

/// More than one record in a hundred not understood: the page says so in a colour.
const MALFORMED_SHARE: u64 = 100;

/// What became of the records that were read: every page that judges logs ends with it.
fn coverage_note(coverage: &Coverage) -> Block {
    if coverage.lines_read == 0 && coverage.skipped_seen == 0 {
        return Block::Note(Tone::Alarm, vec![Cell::Words("No records were read.")]);
    }
    let mut line = vec![
        Cell::Words("Read "),
        Cell::Exact(coverage.lines_read),
        Cell::Words(match coverage.lines_read {
            1 => " record: ",
            _ => " records: ",
        }),
        Cell::Exact(coverage.parsed),
        Cell::Words(" understood"),
    ];
    for (n, what) in [
        (coverage.partial, " in part"),
        (coverage.malformed, " not understood"),
        (coverage.undated, " without a usable time"),
        (coverage.skipped_seen, " already known"),
    ] {
        if n > 0 {
            line.extend([Cell::Words(", "), Cell::Exact(n), Cell::Words(what)]);
        }
    }
    line.push(Cell::Words("."));
    let tone = match coverage.malformed.saturating_mul(MALFORMED_SHARE) > coverage.lines_read {
        true => Tone::Warn,
        false => Tone::Dim,
    };
    Block::Note(tone, line)
}

/// A number of ten-thousandths as JSON has it.
fn score_value(points: i64) -> Value {
    json!(points as f64 / 10_000.0)
}
