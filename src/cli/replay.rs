//! `replay`: walks history in event time and tells what would have been raised, and when.

use super::ingest::read_into_memory;
use super::session::{Outcome, Session};
use crate::candidate::{Candidate, DecisionBand};
use crate::error::{Error, Kind, Result};
use crate::pipeline::view;
use crate::report::pages::{self, FirstSurfaced, ReplayPage, ReplayStep, Surfaced};
use crate::time::{HOUR, Timestamp, parse_span};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Walk through history: what would have been told, and when
///
/// The walk goes in event time, and each step sees nothing that happened after it. With paths, those files are read into
/// memory and the store is left alone.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem replay
  brainstem replay /var/log/syslog* --from 2026-03-01 --step 6h")]
pub struct Args {
    /// Files, directories or patterns to walk through instead of the store
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The step, in whole hours: 1d, 6h, 1h
    #[arg(long, value_name = "SPAN", default_value = "1d")]
    step: String,
    /// Begin here [default: a step after the first event]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// End here [default: after the last event]
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

/// More steps than this are a mistake in the step.
const MOST_STEPS: i64 = 10_000;
/// A candidate is worse when its score rose by this much (ten-thousandths) or its band rose.
const WORSE: i64 = 500;

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let step = parse_span(&args.step)
        .filter(|s| *s >= HOUR && s % HOUR == 0)
        .ok_or_else(|| {
            Error::new(
                Kind::Usage,
                format!("cannot walk in steps of {:?}", args.step),
            )
            .hint("write whole hours: --step 1d, 6h or 1h")
        })?;
    let (store, unread) = match args.paths.as_slice() {
        [] => (session.read_store()?, Vec::new()),
        paths => read_into_memory(paths, session)?,
    };
    unread.iter().for_each(|u| session.warn(u));
    let status = store.status(&session.tenant)?;
    let (Some(first), Some(_)) = (status.first, status.last) else {
        return Err(
            Error::new(Kind::NotFound, "there are no events to walk through")
                .hint("run brainstem ingest first"),
        );
    };
    let last = store.newest(&session.tenant, session.now)?.unwrap_or(first);
    let from = session
        .time_option("from", args.from.as_deref(), last)?
        .unwrap_or(first.plus(step));
    let to = session
        .time_option("to", args.to.as_deref(), last)?
        .unwrap_or(last);
    let mut at = Timestamp(from.0.div_euclid(HOUR) * HOUR);
    if to.since(at) / step > MOST_STEPS {
        return Err(
            Error::new(Kind::Usage, format!("more than {MOST_STEPS} steps"))
                .hint("take larger steps with --step 1d"),
        );
    }
    let mut walk = Walk::default();
    loop {
        let seen = view(&store, &session.tenant, at, &session.tuning)?;
        let events = seen.learned.facts.signatures.iter().map(|s| s.count).sum();
        walk.step(at, events, &seen.discovery.candidates);
        if at > to {
            break;
        }
        at = at.plus(step);
    }
    let first: Vec<FirstSurfaced> = walk.first.into_values().collect();
    let page = ReplayPage {
        tenant: &session.tenant,
        as_of: at,
        step,
        steps: &walk.steps,
        first: &first,
    };
    session.print_judged(pages::replay(&page))?;
    Ok(Outcome::Done)
}

/// What the walk has seen so far.
#[derive(Default)]
struct Walk {
    before: BTreeMap<String, Surfaced>,
    events: u64,
    steps: Vec<ReplayStep>,
    first: BTreeMap<(Timestamp, String), FirstSurfaced>,
    when: BTreeMap<String, Timestamp>,
}

impl Walk {
    fn step(&mut self, at: Timestamp, events: u64, candidates: &[Candidate]) {
        let now: BTreeMap<String, Surfaced> = candidates
            .iter()
            .filter(|c| c.decision_band > DecisionBand::Ignore)
            .map(|c| (c.candidate_id.clone(), surfaced(c)))
            .collect();
        let worse = |s: &&Surfaced| {
            self.before.get(&s.candidate_id).is_some_and(|b| {
                s.decision_band > b.decision_band || s.score_points >= b.score_points + WORSE
            })
        };
        self.steps.push(ReplayStep {
            as_of: at,
            events: events.saturating_sub(self.events),
            new: now
                .values()
                .filter(|s| !self.before.contains_key(&s.candidate_id))
                .cloned()
                .collect(),
            worse: now.values().filter(worse).cloned().collect(),
            gone: self
                .before
                .values()
                .filter(|s| !now.contains_key(&s.candidate_id))
                .cloned()
                .collect(),
        });
        for c in candidates
            .iter()
            .filter(|c| now.contains_key(&c.candidate_id))
        {
            let when = *self.when.entry(c.candidate_id.clone()).or_insert(at);
            let entry = self
                .first
                .entry((when, c.candidate_id.clone()))
                .or_insert_with(|| FirstSurfaced {
                    candidate_id: c.candidate_id.clone(),
                    candidate_type: c.candidate_type,
                    title: c.title.clone(),
                    first_surfaced: when,
                    highest_band: c.decision_band,
                    highest_points: c.score_points,
                    steps: 0,
                });
            entry.highest_band = entry.highest_band.max(c.decision_band);
            entry.highest_points = entry.highest_points.max(c.score_points);
            entry.steps += 1;
        }
        self.events = events;
        self.before = now;
    }
}

fn surfaced(c: &Candidate) -> Surfaced {
    Surfaced {
        candidate_id: c.candidate_id.clone(),
        title: c.title.clone(),
        decision_band: c.decision_band,
        score_points: c.score_points,
    }
}
