//! `explain`: everything about a candidate, signature, event or incident.

use super::candidates::{as_of, find, only};
use super::session::{Outcome, Session};
use super::signatures::row;
use crate::candidate::Candidate;
use crate::error::{Error, Kind, Result};
use crate::pipeline::{Records, View, samples, view};
use crate::report::pages::{
    self, AttentionReason, CandidatePage, EventPage, IncidentPage, MemberRow, Sample, SignaturePage,
};
use crate::signature::{SignatureId, event_id, event_ordinal, id_text};
use crate::store::{Filter, Order, Store};

/// Show all about one candidate, signature, event or incident
///
/// For a candidate: how its score comes about, the records behind it, what would change the decision, what to check next.
/// For a signature: how much attention it has earned and why, and what it is made of. For an event: its fields and the raw
/// record. For an incident: what was kept.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem explain cand_cfpzfn
  brainstem explain cand_cf --recompute
  brainstem explain sig_rtmvsn --samples 20 --format json")]
pub struct Args {
    /// A cand_, sig_, evt_ or inc_ id, or the beginning of one
    #[arg(value_name = "ID", value_hint = clap::ValueHint::Other)]
    id: String,
    /// Compute the score once more from what is stored, and compare
    #[arg(long)]
    recompute: bool,
    /// Show so many raw records
    #[arg(long, value_name = "N", default_value_t = 5)]
    samples: usize,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let as_of = as_of(session, &store)?;
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    match args.id.split_once('_').map(|(kind, _)| kind) {
        Some("cand") => candidate(&args, session, &store, &seen),
        Some("sig") => signature(&args, session, &store, &seen),
        Some("evt") => event(&args, session, &store, &seen),
        Some("inc") => incident(&args, session, &seen),
        _ => Err(Error::new(Kind::Usage, format!("{:?} is no id", args.id))
            .hint("ids begin with cand_, sig_, evt_ or inc_; brainstem candidates lists some")),
    }
}

/// Records as pages show them.
fn shown(store: &Store, seen: &View, ids: &[SignatureId], limit: usize) -> Result<Vec<Sample>> {
    let records = Records::new(store, &seen.learned.facts.tenant, &seen.learned)?;
    let found = samples(store, &seen.learned, ids, limit)?;
    let sample = |f: crate::store::Found| Sample {
        event_id: event_id(f.ordinal),
        timestamp: f.time,
        source: records.source_name(f.source).to_string(),
        host: f.host,
        raw: f.raw,
    };
    Ok(found.into_iter().map(sample).collect())
}

fn candidate(args: &Args, session: &mut Session, store: &Store, seen: &View) -> Result<Outcome> {
    let candidate = find(seen, &args.id)?;
    let samples = shown(store, seen, &candidate.signatures, args.samples)?;
    let recomputed = match args.recompute {
        true => Some(recompute(session, store, seen, candidate)?),
        false => None,
    };
    let page = CandidatePage {
        candidate,
        as_of: seen.learned.facts.as_of,
        samples: &samples,
        incidents: &seen.incidents,
        recomputed,
    };
    session.print(&pages::explain_candidate(&page))?;
    match recomputed {
        Some(points) if points != candidate.score_points => Ok(Outcome::Partly),
        _ => Ok(Outcome::Done),
    }
}

/// The score from facts that are read anew.
fn recompute(session: &Session, store: &Store, seen: &View, candidate: &Candidate) -> Result<i64> {
    let again = view(
        store,
        &session.tenant,
        seen.learned.facts.as_of,
        &session.tuning,
    )?;
    find(&again, &candidate.candidate_id)
        .map(|c| c.score_breakdown.iter().map(|row| row.points).sum())
}

/// Candidates that speak of a signature: id and title.
fn speaking_of(seen: &View, id: SignatureId) -> Vec<(String, String)> {
    let about = seen
        .discovery
        .candidates
        .iter()
        .filter(|c| c.signatures.contains(&id));
    about
        .map(|c| (c.candidate_id.clone(), c.title.clone()))
        .collect()
}

/// Memory that speaks of a signature: id and title.
fn remembering(seen: &View, id: SignatureId) -> Vec<(String, String)> {
    let text = id.to_string();
    let about = seen
        .incidents
        .iter()
        .filter(|i| i.signature_ids.contains(&text));
    about
        .map(|i| (i.incident_memory_id.clone(), i.title.clone()))
        .collect()
}

fn signature(args: &Args, session: &mut Session, store: &Store, seen: &View) -> Result<Outcome> {
    let all = seen
        .learned
        .facts
        .signatures
        .iter()
        .enumerate()
        .map(|(i, s)| (s.id.to_string(), i));
    let index = only(
        &args.id,
        all.filter(|(text, _)| text.starts_with(args.id.as_str()))
            .collect(),
    )?;
    let facts = &seen.learned.facts.signatures[index];
    let attention = &seen.discovery.attention[index];
    let reasons: Vec<AttentionReason> = attention
        .contributions
        .iter()
        .map(|e| AttentionReason {
            name: e.name.to_string(),
            value: e.value,
            weight: e.weight,
            contribution: e.points as f64 / 10_000.0,
            detail: String::new(),
        })
        .collect();
    let members: Vec<MemberRow> = store
        .members(&session.tenant, &seen.learned.fingerprints_of(facts.id))?
        .into_iter()
        .map(|m| MemberRow {
            fingerprint: id_text("fp_", m.fingerprint.0),
            template: m.template,
            count: m.count,
            first_seen: m.first_seen,
        })
        .collect();
    let samples = shown(store, seen, &[facts.id], args.samples)?;
    let page = SignaturePage {
        signature: &row(seen, index),
        as_of: seen.learned.facts.as_of,
        severities: &facts.severities,
        reasons: &reasons,
        members: &members,
        aliases: &[],
        candidates: &speaking_of(seen, facts.id),
        incidents: &remembering(seen, facts.id),
        samples: &samples,
    };
    session.print(&pages::explain_signature(&page))?;
    Ok(Outcome::Done)
}

fn event(args: &Args, session: &mut Session, store: &Store, seen: &View) -> Result<Outcome> {
    let missing = || {
        Error::new(Kind::NotFound, format!("there is no event {}", args.id))
            .hint("brainstem events lists events with their ids")
    };
    let ordinal = event_ordinal(&args.id).ok_or_else(missing)?;
    let mut found = None;
    let filter = Filter {
        ordinal: Some(ordinal),
        ..Filter::default()
    };
    store.search(&session.tenant, &filter, Order::Oldest, &mut |record| {
        found = Some(record);
        Ok(false)
    })?;
    let found = found.ok_or_else(missing)?;
    let records = Records::new(store, &session.tenant, &seen.learned)?;
    let event = records.event(&found);
    let id = seen.learned.signature_of.get(&found.fingerprint).copied();
    let facts = id.and_then(|id| seen.learned.facts.signatures.iter().find(|s| s.id == id));
    let page = EventPage {
        event: &event,
        raw: &found.raw,
        template: facts.map_or("", |s| s.template.as_str()),
        signature_count: facts.map_or(0, |s| s.count),
        candidates: &id.map(|id| speaking_of(seen, id)).unwrap_or_default(),
        incidents: &id.map(|id| remembering(seen, id)).unwrap_or_default(),
        as_of: seen.learned.facts.as_of,
    };
    session.print(&pages::explain_event(&page))?;
    Ok(Outcome::Done)
}

fn incident(args: &Args, session: &mut Session, seen: &View) -> Result<Outcome> {
    let all = seen
        .incidents
        .iter()
        .map(|i| (i.incident_memory_id.clone(), i));
    let incident = only(
        &args.id,
        all.filter(|(text, _)| text.starts_with(args.id.as_str()))
            .collect(),
    )?;
    let ours = |c: &&Candidate| {
        c.signatures
            .iter()
            .any(|s| incident.signature_ids.contains(&s.to_string()))
    };
    let candidates: Vec<(String, String)> = seen
        .discovery
        .candidates
        .iter()
        .filter(ours)
        .map(|c| (c.candidate_id.clone(), c.title.clone()))
        .collect();
    let page = IncidentPage {
        incident,
        candidates: &candidates,
        as_of: seen.learned.facts.as_of,
    };
    session.print(&pages::explain_incident(&page))?;
    Ok(Outcome::Done)
}
