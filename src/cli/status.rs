//! `status`: health, counts, coverage.

use super::listing::Listing;
use super::session::{Outcome, Session};
use crate::envelope::Coverage;
use crate::error::{Error, Kind, Result};
use crate::report::pages::{self, SourceStatus, StatusPage};
use crate::store::{RunRecord, Source};
use crate::time::{parse_span, span_text};

/// Show whether the store is well and how well logs are understood
///
/// Counts, sizes, and for each source when it was last read and how many of its records were understood. No events are
/// read, so it is quick on any store. The exit code is 1 when something needs a person.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem status
  brainstem status --stale-after 3h
  brainstem status --format prometheus > /srv/metrics/brainstem.prom
  brainstem status --quiet > /dev/null || echo 'look at brainstem status'")]
pub struct Args {
    /// Not well when nothing was read for so long; "never" for no limit
    #[arg(long, value_name = "SPAN", default_value = "2d")]
    stale_after: String,
    #[command(flatten)]
    listing: Listing,
}

/// A source with more than this share of records not understood is unhealthy.
const MALFORMED_SHARE: f64 = 0.5;

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let longest = longest(&args.stale_after)?;
    let as_of = match session.global.as_of {
        Some(_) => session.as_of(None)?,
        None => session.now,
    };
    let store = session.read_store()?;
    let status = store.status(&session.tenant)?;
    let sources = store.sources(&session.tenant)?;
    let mut coverage = Coverage::default();
    sources.iter().for_each(|s| coverage.add(&s.coverage));
    let mut problems: Vec<String> = sources.iter().filter_map(problem).collect();
    problems.extend(sources.iter().filter_map(unsuitable));
    let last_ingest = sources.iter().map(|s| s.last_ingest).max();
    let gone = last_ingest.map(|t| as_of.since(t));
    if let (Some(gone), Some(longest)) = (gone, longest)
        && gone > longest
    {
        problems.push(format!(
            "nothing was read for {}: look whether brainstem ingest still runs",
            span_text(gone)
        ));
    }
    problems.extend(status.last_run.as_ref().and_then(unread));
    if status.events == 0 && sources.is_empty() {
        problems.push(format!(
            "nothing was ever read for tenant {}: run brainstem ingest",
            session.tenant
        ));
    }
    let rows: Vec<SourceStatus> = sources.iter().map(source).collect();
    let path = store.path().display().to_string();
    let page = StatusPage {
        tenant: &session.tenant,
        as_of,
        problems: &problems,
        store: &path,
        store_bytes: status.disk_bytes,
        schema_version: status.version,
        events: status.events,
        signatures: store.signature_count(&session.tenant)?,
        fingerprints: status.fingerprints,
        growth: status
            .growth
            .map(|g| (g.events, g.raw_bytes, g.stored_bytes)),
        last_ingest,
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
    session.print(&args.listing.apply(pages::status(&page), 0)?)?;
    Ok(if problems.is_empty() {
        Outcome::Done
    } else {
        Outcome::Partly
    })
}

/// The time without a run that is still well, in microseconds.
fn longest(text: &str) -> Result<Option<i64>> {
    if text == "never" {
        return Ok(None);
    }
    let wrong = || {
        Error::new(
            Kind::Usage,
            format!("cannot read the span {text:?} of --stale-after"),
        )
        .hint("write --stale-after 3h, --stale-after 2d or --stale-after never")
    };
    parse_span(text).map(Some).ok_or_else(wrong)
}

/// What the last run could not read.
fn unread(run: &RunRecord) -> Option<String> {
    let many = match run.problems {
        0 => return None,
        1 => "one of its inputs".to_string(),
        n => format!("{n} of its inputs"),
    };
    let at = run.started_at.minute_text();
    Some(format!(
        "the last run, at {at}, could not read {many}: run brainstem ingest again to see which"
    ))
}

fn source(s: &Source) -> SourceStatus {
    SourceStatus {
        source_id: format!("src_{}", s.number),
        name: s.name.clone(),
        format: s.format.clone(),
        last_ingest: s.last_ingest,
        last_event: s.last_event,
        bytes: s.bytes,
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
