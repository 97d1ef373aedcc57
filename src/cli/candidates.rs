//! `candidates`: the ranked list.

use super::listing::Listing;
use super::session::{Outcome, Session};
use crate::candidate::{Candidate, CandidateType, DecisionBand};
use crate::error::{Error, Kind, Result};
use crate::pipeline::{View, view};
use crate::report::pages;
use crate::time::Timestamp;
use clap::builder::PossibleValue;

/// List what deserves a person's attention, strongest first
///
/// A candidate is a statement about one or more signatures: this comes back, that spreads. All of them are found anew at
/// every call from what is stored up to the as-of time, so the same logs give the same list, with the same ids.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem candidates
  brainstem candidates --type burst,spread --since 24h
  brainstem candidates --band review --format json
  brainstem candidates --sort last_seen:desc --fields title,hosts,last_seen
  brainstem candidates --as-of 2026-03-11 --host db-01 --all")]
pub struct Args {
    /// Only these types, separated by commas
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',', value_parser = type_names())]
    types: Vec<String>,
    /// Only what is in this decision band or above
    #[arg(long, value_name = "BAND", value_parser = band_names())]
    band: Option<String>,
    /// Only what was seen on this host
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// Only what this service said
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Only what was seen since then: 24h, 7d, 2026-03-01
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    listing: Listing,
    /// Also those that reviews hold back
    #[arg(long)]
    all: bool,
    /// Exit with 3 when a listed candidate is in this band or above
    #[arg(long, value_name = "BAND", value_parser = band_names(), hide_possible_values = true)]
    fail_on: Option<String>,
}

fn type_names() -> clap::builder::PossibleValuesParser {
    let told = |t: CandidateType| {
        PossibleValue::new(t.name()).help(match t {
            CandidateType::Recurrence => "a trouble that comes back in episodes",
            CandidateType::Burst => "far more than usual in a short time",
            CandidateType::Spread => "on more hosts than before",
            CandidateType::SelfHeal => "a fault that heals itself, again and again",
            CandidateType::Precursor => "what comes before something grave",
            CandidateType::Anomaly => "never seen before, or back after a long time",
            CandidateType::Silence => "something regular that stopped",
        })
    };
    CandidateType::ALL.map(told).into()
}

/// The decision bands by name.
pub fn band_names() -> clap::builder::PossibleValuesParser {
    let told = |b: DecisionBand| {
        PossibleValue::new(b.name()).help(match b {
            DecisionBand::Ignore => "not worth a line",
            DecisionBand::Watch => "worth knowing",
            DecisionBand::Review => "worth a look",
            DecisionBand::UrgentHumanReview => "worth a look now",
            DecisionBand::PromoteToIncidentMemory => "worth keeping for good",
        })
    };
    DecisionBand::ALL.map(told).into()
}

/// The band of this name.
pub fn band(name: Option<&str>) -> Option<DecisionBand> {
    DecisionBand::ALL
        .into_iter()
        .find(|b| Some(b.name()) == name)
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let view = present(session)?;
    let as_of = view.learned.facts.as_of;
    let since = session.time_option("since", args.since.as_deref(), as_of)?;
    let least = band(args.band.as_deref());
    let fits = |c: &Candidate| {
        (args.types.is_empty() || args.types.iter().any(|t| t == c.candidate_type.name()))
            && least.is_none_or(|b| c.decision_band >= b)
            && args.host.as_ref().is_none_or(|h| c.hosts.contains(h))
            && args.service.as_ref().is_none_or(|s| c.service == *s)
            && since.is_none_or(|t| c.last_seen >= t)
    };
    let held = |c: &Candidate| c.held_back && !args.all;
    let held_back = view
        .discovery
        .candidates
        .iter()
        .filter(|c| fits(c) && held(c));
    let held_back = held_back.count();
    let found: Vec<Candidate> = view
        .discovery
        .candidates
        .into_iter()
        .filter(|c| fits(c) && !held(c))
        .take(args.listing.wanted(args.limit))
        .collect();
    let page = pages::candidates(&found, as_of);
    session.print_judged(args.listing.apply(page, args.limit)?)?;
    if held_back > 0 {
        let what = if held_back == 1 {
            "candidate is"
        } else {
            "candidates are"
        };
        session.note(&format!(
            "{held_back} {what} held back by reviews; --all shows them too"
        ));
    }
    let reached =
        band(args.fail_on.as_deref()).is_some_and(|b| found.iter().any(|c| c.decision_band >= b));
    Ok(if reached {
        Outcome::Reached
    } else {
        Outcome::Done
    })
}

/// The store as the options want it seen.
pub fn present(session: &Session) -> Result<View> {
    let store = session.read_store()?;
    let as_of = as_of(session, &store)?;
    let view = view(&store, &session.tenant, as_of, &session.tuning)?;
    let cost = view.discovery.cost;
    session.detail(&format!(
        "{} signatures looked at, {} earned the deep pass",
        cost.signatures, cost.earned
    ));
    Ok(view)
}

/// The time to answer as of, given what is stored.
pub fn as_of(session: &Session, store: &crate::store::Store) -> Result<Timestamp> {
    session.as_of(store.newest(&session.tenant, session.now)?)
}

/// The candidate with this id, or the only one whose id begins so.
pub fn find<'v>(view: &'v View, id: &str) -> Result<&'v Candidate> {
    with_id(id, &view.discovery.candidates, |c| &c.candidate_id)
}

/// That of these with this id, or the only one whose id begins so.
pub fn with_id<'v, T>(id: &str, all: &'v [T], of: impl Fn(&T) -> &String) -> Result<&'v T> {
    let like = all.iter().filter(|one| of(one).starts_with(id));
    only(id, like.map(|one| (of(one).clone(), one)).collect())
        .map_err(|e| meant(e, id, all.iter().map(|one| of(one).as_str())))
}

/// Letters of an id that may be wrong for it to be taken for a slip.
const SLIP: usize = 2;

/// The error over an id that nothing has, with the id that is nearest to it, if one is near.
pub fn meant<'a>(error: Error, id: &str, all: impl Iterator<Item = &'a str>) -> Error {
    if error.kind != Kind::NotFound {
        return error;
    }
    let typed = id.chars().count();
    let distance = |known: &str| {
        let begins: String = known.chars().take(typed).collect();
        strsim::damerau_levenshtein(&begins, id)
    };
    match all.map(|known| (distance(known), known)).min() {
        Some((distance, known)) if distance <= SLIP.min(typed / 4) => {
            error.hint(format!("did you mean {known}?"))
        }
        _ => error,
    }
}

/// The only match, or an error that says what there is.
pub fn only<T>(id: &str, mut matches: Vec<(String, T)>) -> Result<T> {
    if let Some(at) = matches.iter().position(|(full, _)| full == id) {
        return Ok(matches.swap_remove(at).1);
    }
    match matches.len() {
        1 => Ok(matches.swap_remove(0).1),
        0 => Err(Error::new(Kind::NotFound, format!("nothing here has the id {id}"))
            .hint("brainstem candidates, signatures, events and incidents list ids; as of another time there may be others")),
        n => {
            let some: Vec<&str> = matches.iter().take(3).map(|(full, _)| full.as_str()).collect();
            Err(Error::new(Kind::Usage, format!("{n} ids begin with {id}: {} …", some.join(", "))).hint("type more letters of it"))
        }
    }
}
