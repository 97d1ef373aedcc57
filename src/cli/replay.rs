//! `replay`: walks history in event time and tells what would have been raised, and when.

use super::ingest::read_into_memory;
use super::progress::Bar;
use super::session::{Outcome, Session};
use super::{before, candidates, reparse};
use crate::error::{Error, Kind, Result};
use crate::formats::FORMATS;
use crate::pipeline::{Suggestion, Walk, suggest, views};
use crate::report::pages::{self, Applied, ComparedPage, ReplayPage, Setting, SuggestionPage};
use crate::store::Store;
use crate::time::{DAY, HOUR, Timestamp, parse_span};
use crate::tuning::Tuning;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Walk through history: what would have been told, and when
///
/// The walk goes in event time, and each step sees nothing that happened after it. With paths, those files are read into
/// memory and the store is left alone.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem replay
  brainstem replay /var/log/syslog* --from 2026-03-01 --step 6h
  brainstem replay --incident inc_bcdf
  brainstem replay --at '2026-03-10 14:20'
  brainstem replay --set burst.factor=4 --set spread.hosts=2
  brainstem replay --suggest
  brainstem replay --reparse
  brainstem replay --reparse --source old.log --timezone +02:00 --apply")]
pub struct Args {
    /// Files, directories or patterns to walk through instead of the store
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The step, in whole hours: 1d, 6h, 1h [default: 1d; 3h before a trouble]
    #[arg(long, value_name = "SPAN")]
    step: Option<String>,
    /// Begin here [default: a step after the first event; a week before a trouble]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// End here [default: after the last event]
    #[arg(long, value_name = "TIME", conflicts_with_all = ["incident", "at"])]
    to: Option<String>,
    /// What was told before this incident, how long before, and what was not
    #[arg(long, value_name = "ID", conflicts_with_all = ["paths", "at"])]
    incident: Option<String>,
    /// The same for a time of trouble
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Walk again with another value of a constant, and compare; may be given several times
    #[arg(long, value_name = "NAME=VALUE", conflicts_with_all = ["incident", "at"])]
    set: Vec<String>,
    /// Propose weights from the reviews useful and noise; nothing is changed
    #[arg(long, conflicts_with_all = ["paths", "incident", "at", "set", "step", "from", "to"])]
    suggest: bool,
    /// Read the stored records once more, as today's parsers do, and say what would change
    #[arg(long, conflicts_with_all = ["paths", "incident", "at", "set", "step", "from", "to", "suggest"])]
    reparse: bool,
    /// Only sources whose name has this in it
    #[arg(long, value_name = "NAME", requires = "reparse")]
    source: Option<String>,
    /// Read them as this format instead
    #[arg(short, long, value_name = "FORMAT", requires = "reparse", value_parser = format_names())]
    input_format: Option<String>,
    /// Keep what they say now; memory and reviews stay with what they speak of
    #[arg(long, requires = "reparse")]
    apply: bool,
}

fn format_names() -> clap::builder::PossibleValuesParser {
    let names = FORMATS.iter().map(|f| f.name());
    names.collect::<Vec<_>>().into()
}

/// More steps than this are a mistake in the step.
const MOST_STEPS: i64 = 10_000;
/// How far before a trouble is looked, and how often: slow faults show days before, and one wants to know by how many hours.
const BEFORE: i64 = 7 * DAY;
const BEFORE_STEP: i64 = 3 * HOUR;

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    if args.suggest {
        return suggestion(session);
    }
    if args.reparse {
        let applied = if args.apply {
            Applied::Yes
        } else {
            Applied::No
        };
        return reparse::run(args.source, args.input_format, applied, session);
    }
    let trouble = args.incident.is_some() || args.at.is_some();
    let step = step(&args, if trouble { BEFORE_STEP } else { DAY })?;
    let (store, unread) = match args.paths.as_slice() {
        [] => (session.read_store()?, Vec::new()),
        paths => read_into_memory(paths, session)?,
    };
    unread.iter().for_each(|u| session.warn(u));
    let span = span(&store, session)?;
    let times = match trouble {
        true => {
            let trouble = before::trouble(&args.incident, &args.at, span.1, session, &store)?;
            let from = session.time_option("from", args.from.as_deref(), trouble.at)?;
            let from = from.unwrap_or(trouble.at.plus(-BEFORE));
            let times = times_until(from, trouble.at, step)?;
            return before::run(&store, session, &trouble, &times, step);
        }
        false => times(&args, step, span, session)?,
    };
    let (tuning, settings) = set(&args.set, &session.tuning)?;
    let tried = (!settings.is_empty()).then_some(&tuning);
    let ([walk, other], stopped) = walk(&store, session, &times, tried)?;
    if let Some(signal) = stopped {
        return Ok(Outcome::Signalled(signal));
    }
    let as_of = times.last().copied().unwrap_or(span.1);
    if settings.is_empty() {
        session.print_judged(pages::replay(&ReplayPage {
            tenant: &session.tenant,
            as_of,
            step,
            steps: walk.steps(),
            first: &walk.first(),
        }))?;
        return Ok(Outcome::Done);
    }
    let (rows, same) = walk.compared(&other);
    session.print_judged(pages::replay_compared(&ComparedPage {
        tenant: &session.tenant,
        as_of,
        step,
        steps: times.len() as u64,
        settings: &settings,
        rows: &rows,
        same,
    }))?;
    Ok(Outcome::Done)
}

/// The walk under the constants in force and, where others are tried, under those; and the signal that stopped it, if one
/// did.
fn walk(
    store: &Store,
    session: &Session,
    times: &[Timestamp],
    tried: Option<&Tuning>,
) -> Result<([Walk; 2], Option<u8>)> {
    let mut walks = [Walk::default(), Walk::default()];
    let bar = Bar::steps(
        times.len() as u64,
        session.global.quiet,
        session.signals.clone(),
    );
    let tunings: Vec<&Tuning> = std::iter::once(&session.tuning).chain(tried).collect();
    views(store, &session.tenant, times, &tunings, |at, seen| {
        for (walk, seen) in walks.iter_mut().zip(&seen) {
            walk.step(at, seen);
        }
        bar.stepped();
        match bar.signal() {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    })?;
    bar.clear();
    Ok((walks, bar.signal()))
}

fn step(args: &Args, usual: i64) -> Result<i64> {
    let Some(text) = &args.step else {
        return Ok(usual);
    };
    let span = parse_span(text).filter(|s| *s >= HOUR && s % HOUR == 0);
    span.ok_or_else(|| {
        Error::new(Kind::Usage, format!("cannot walk in steps of {text:?}"))
            .hint("write whole hours: --step 1d, 6h or 1h")
    })
}

/// The first and last time there is to walk through.
fn span(store: &Store, session: &Session) -> Result<(Timestamp, Timestamp)> {
    let status = store.status(&session.tenant)?;
    let Some(first) = status.first else {
        return Err(
            Error::new(Kind::NotFound, "there are no events to walk through")
                .hint("run brainstem ingest first"),
        );
    };
    let last = store.newest(&session.tenant, session.now)?.unwrap_or(first);
    Ok((first, last))
}

/// The times of the steps: whole hours, the last one after the end.
fn times(
    args: &Args,
    step: i64,
    (first, last): (Timestamp, Timestamp),
    session: &Session,
) -> Result<Vec<Timestamp>> {
    let from = session.time_option("from", args.from.as_deref(), last)?;
    let to = session.time_option("to", args.to.as_deref(), last)?;
    session.check_span(("from", from), ("to", to))?;
    let (from, to) = (from.unwrap_or(first.plus(step)), to.unwrap_or(last));
    let begin = from.hour().start();
    check_steps(to.since(begin), step)?;
    let mut times = vec![begin];
    let mut at = begin;
    while at <= to {
        at = at.plus(step);
        times.push(at);
    }
    Ok(times)
}

/// The times of the steps up to a time of trouble, the last one at the beginning of its hour.
fn times_until(from: Timestamp, trouble: Timestamp, step: i64) -> Result<Vec<Timestamp>> {
    let end = trouble.hour().start();
    check_steps(end.since(from), step)?;
    let back = (0..).map(|n| end.plus(-n * step));
    let mut times: Vec<Timestamp> = back.take_while(|t| *t >= from || *t == end).collect();
    times.reverse();
    Ok(times)
}

fn check_steps(length: i64, step: i64) -> Result<()> {
    if length / step > MOST_STEPS {
        let what = format!("more than {MOST_STEPS} steps");
        return Err(Error::new(Kind::Usage, what).hint("take larger steps with --step 1d"));
    }
    Ok(())
}

/// The constants with what `--set` changes, and what that is.
fn set(asked: &[String], tuning: &Tuning) -> Result<(Tuning, Vec<Setting>)> {
    let mut tried = tuning.clone();
    for text in asked {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let value: f64 = value.trim().parse().map_err(|_| {
            Error::new(Kind::Usage, format!("cannot read {text:?} of --set"))
                .hint("write a name and a number: --set burst.factor=4")
        })?;
        tried.set(name.trim(), value)?;
    }
    let names = crate::tuning::CONSTANTS.iter().map(|c| c.name);
    let settings = names.filter_map(|name| {
        let (from, to) = (tuning.get(name)?, tried.get(name)?);
        let named = |text: &String| text.split('=').next().is_some_and(|n| n.trim() == name);
        let name = name.to_string();
        let setting = Setting { name, from, to };
        asked.iter().any(named).then_some(setting)
    });
    let settings = settings.collect();
    Ok((tried, settings))
}

fn suggestion(session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let as_of = candidates::as_of(session, &store)?;
    let found = suggest(&store, &session.tenant, &session.tuning)?;
    session.print(&pages::suggestion(&SuggestionPage {
        tenant: &session.tenant,
        as_of,
        useful: found.useful as u64,
        noise: found.noise as u64,
        least: Suggestion::LEAST as u64,
        pairs: found.pairs as u64,
        right_before: found.right_before as u64,
        right_after: found.right_after as u64,
        settings: &found.settings,
    }))?;
    Ok(Outcome::Done)
}
