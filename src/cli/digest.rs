//! `digest`: the operator's page.

use super::candidates::{as_of, band, band_names};
use super::ingest::read_into_memory;
use super::session::{Outcome, Session};
use crate::candidate::{Candidate, CandidateType, DecisionBand};
use crate::envelope::Coverage;
use crate::error::Result;
use crate::pipeline::{View, view};
use crate::report::pages::{self, DigestItem, DigestPage};
use crate::store::Store;
use crate::time::{DAY, Timestamp};
use std::path::PathBuf;

/// Print the page of the day: what stands out, and what to do next
///
/// Each item says what happens, why it matters, where and how often, whether it was seen before, and what to check next.
/// Items are grouped by decision band, strongest first; what is below the limit is still named, and the last line says
/// how well the logs were understood.
///
/// With paths, the page is about those files alone: they are read into memory, and nothing is stored.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem digest
  brainstem digest /var/log/syslog /var/log/syslog.1
  brainstem digest --format markdown | mail -s Logs ops@example.net
  brainstem digest --quiet --fail-on review > today.txt || cat today.txt")]
pub struct Args {
    /// Files, directories or patterns to look at instead of the store
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Tell of what was seen since then: 24h, 7d, 2026-03-15
    #[arg(long, value_name = "TIME", default_value = "24h")]
    since: String,
    /// At most so many items; 0 for all
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Exit with 3 when an item is in this band or above
    #[arg(long, value_name = "BAND", value_parser = band_names())]
    fail_on: Option<String>,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let mut notices = Vec::new();
    let store = if args.paths.is_empty() {
        session.read_store()?
    } else {
        let (store, unread) = read_into_memory(&args.paths, session)?;
        notices.extend(unread);
        store
    };
    let partly = !notices.is_empty();
    let as_of = as_of(session, &store)?;
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    let facts = &seen.learned.facts;
    let since = session
        .time_option("since", Some(&args.since), facts.as_of)?
        .unwrap_or(facts.as_of.plus(-DAY));
    let mut items: Vec<DigestItem> = (seen.discovery.candidates.iter())
        .filter(|c| belongs(c, since))
        .map(|c| DigestItem {
            candidate: c.clone(),
            change: None,
        })
        .collect();
    let limit = if args.limit == 0 {
        usize::MAX
    } else {
        args.limit
    };
    let below = items.split_off(items.len().min(limit));
    let coverage = coverage(&store, session)?;
    let page = page(session, &seen, since, (&items, &below), coverage, &notices);
    session.print(&pages::digest(&page))?;
    let reached = band(args.fail_on.as_deref())
        .is_some_and(|b| items.iter().any(|i| i.candidate.decision_band >= b));
    Ok(if reached {
        Outcome::Reached
    } else if partly {
        Outcome::Partly
    } else {
        Outcome::Done
    })
}

/// A silence was last seen before it began; everything else must have happened in the window.
fn belongs(c: &Candidate, since: Timestamp) -> bool {
    !c.held_back
        && c.decision_band > DecisionBand::Ignore
        && (c.last_seen >= since || c.candidate_type == CandidateType::Silence)
}

fn page<'a>(
    session: &'a Session,
    seen: &'a View,
    since: Timestamp,
    (items, below): (&'a [DigestItem], &'a [DigestItem]),
    coverage: Coverage,
    notices: &'a [String],
) -> DigestPage<'a> {
    DigestPage {
        tenant: &session.tenant,
        as_of: seen.learned.facts.as_of,
        since,
        items,
        below,
        gone: &[],
        previous: None,
        held_back: &[],
        incidents: &seen.incidents,
        coverage,
        hosts: seen
            .learned
            .facts
            .hosts
            .iter()
            .filter(|h| !h.is_empty())
            .count() as u64,
        signatures: seen.learned.facts.signatures.len() as u64,
        notices,
    }
}

fn coverage(store: &Store, session: &Session) -> Result<Coverage> {
    let mut all = Coverage::default();
    store
        .sources(&session.tenant)?
        .iter()
        .for_each(|s| all.add(&s.coverage));
    Ok(all)
}
