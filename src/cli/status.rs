//! `status`: health, counts, coverage.

use super::session::{Outcome, Session};
use crate::envelope::Coverage;
use crate::error::Result;
use crate::report::pages::{self, SourceStatus, StatusPage};
use crate::store::Source;

/// Show whether the store is well and how well logs are understood
///
/// Counts, sizes, and for each source when it was last read and how many of its records were understood. No events are
/// read, so it is quick on any store. The exit code is 1 when something needs a person.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem status
  brainstem status --quiet > /dev/null || echo 'look at brainstem status'")]
pub struct Args {}

/// A source with more than this share of records not understood is unhealthy.
const MALFORMED_SHARE: f64 = 0.5;

/// Runs the subcommand.
pub fn run(_: Args, session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let status = store.status(&session.tenant)?;
    let sources = store.sources(&session.tenant)?;
    let mut coverage = Coverage::default();
    sources.iter().for_each(|s| coverage.add(&s.coverage));
    let mut problems: Vec<String> = sources.iter().filter_map(problem).collect();
    problems.extend(sources.iter().filter_map(unsuitable));
    let rows: Vec<SourceStatus> = sources.iter().map(source).collect();
    let path = store.path().display().to_string();
    let page = StatusPage {
        tenant: &session.tenant,
        as_of: session.now,
        problems: &problems,
        store: &path,
        store_bytes: status.disk_bytes,
        schema_version: status.version,
        events: status.events,
        signatures: store.signature_count(&session.tenant)?,
        fingerprints: status.fingerprints,
        hosts: status.hosts,
        incidents: status.incidents,
        reviews: store.reviews(&session.tenant)?.len() as u64,
        first_event: status.first,
        last_event: status.last,
        coverage,
        sources: &rows,
    };
    session.detail(&format!(
        "{} segments, {} logtypes, {} rows of activity; {} of evidence for {} of log",
        status.segments,
        status.logtypes,
        status.activity_rows,
        indicatif::HumanBytes(status.stored_bytes),
        indicatif::HumanBytes(status.raw_bytes),
    ));
    session.print(&pages::status(&page))?;
    Ok(if problems.is_empty() {
        Outcome::Done
    } else {
        Outcome::Partly
    })
}

fn source(s: &Source) -> SourceStatus {
    SourceStatus {
        source_id: format!("src_{}", s.number),
        name: s.name.clone(),
        format: s.format.clone(),
        last_ingest: s.last_ingest,
        last_event: None,
        bytes: 0,
        coverage: s.coverage,
        unlike: s.unlike,
        beyond: s.beyond,
        unsuitable: unsuitable(s),
    }
}

/// Fewer records of a source say nothing yet: the start of a machine is a thousand lines that are all different.
const ENOUGH: u64 = 5_000;
/// A source is no log when more than this share of its records are unlike all before them. Of a log it is some hundredths at
/// first, and less every day.
const UNLIKE_SHARE: f64 = 0.5;

/// Why signatures of a source say nothing, if so.
fn unsuitable(s: &Source) -> Option<String> {
    let lines = s.coverage.lines_read;
    let share = (s.unlike + s.beyond) as f64 / lines.max(1) as f64;
    (lines >= ENOUGH && share > UNLIKE_SHARE).then(|| {
        let beyond = match s.beyond {
            0 => String::new(),
            n => format!(" {n} of them are together one signature, because the store tells no more apart."),
        };
        format!(
            "{}: {:.0} % of {lines} records are unlike all before them, so signatures say nothing of it: words at random, as \
             identifiers without digits or encoded data are.{beyond} The records are kept and found by their words",
            s.name,
            share * 100.0,
        )
    })
}

fn problem(s: &Source) -> Option<String> {
    let share = s.coverage.malformed as f64 / s.coverage.lines_read.max(1) as f64;
    (share > MALFORMED_SHARE).then(|| {
        format!(
            "{}: {:.0} % of {} records were not understood as {}",
            s.name,
            share * 100.0,
            s.coverage.lines_read,
            s.format
        )
    })
}
