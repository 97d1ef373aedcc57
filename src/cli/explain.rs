//! `explain`: everything about a candidate, signature, event or incident.

use super::candidates::{as_of, find};
use super::review::{about, rows};
use super::session::{Outcome, Session};
use super::signatures::row;
use super::subject::{Subject, signature_of, subject};
use crate::candidate::Candidate;
use crate::error::Result;
use crate::memory::Incident;
use crate::pipeline::{Records, View, samples, view};
use crate::report::Report;
use crate::report::pages::{
    self, AttentionReason, CandidatePage, EventPage, IncidentPage, Known, MemberRow, Sample,
    SignaturePage,
};
use crate::signature::{SignatureId, event_id, id_text};
use crate::store::{Found, Store};
use std::collections::BTreeSet;

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
    let (report, outcome) = report(&args, session, &store, &seen)?;
    session.print(&report)?;
    Ok(outcome)
}

/// The page about an id with so many raw records.
pub fn page(
    id: &str,
    samples: usize,
    session: &Session,
    store: &Store,
    seen: &View,
) -> Result<Report> {
    let args = Args {
        id: id.to_string(),
        recompute: false,
        samples,
    };
    report(&args, session, store, seen).map(|(report, _)| report)
}

fn report(args: &Args, session: &Session, store: &Store, seen: &View) -> Result<(Report, Outcome)> {
    let done = |report| (report, Outcome::Done);
    match subject(&args.id, session, store, seen)? {
        Subject::Candidate(c) => candidate(c, args, session, store, seen),
        Subject::Signature(index) => signature(index, args, session, store, seen).map(done),
        Subject::Event(found) => event(&found, session, store, seen).map(done),
        Subject::Incident(i) => Ok(done(incident(&store.with_records(i)?, seen))),
        Subject::Review(review) => {
            let rows = rows(seen, |r| r.review_id == review.review_id);
            Ok(done(pages::reviews(&rows, seen.learned.facts.as_of)))
        }
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

fn candidate(
    candidate: &Candidate,
    args: &Args,
    session: &Session,
    store: &Store,
    seen: &View,
) -> Result<(Report, Outcome)> {
    let ids: Vec<String> = candidate
        .signatures
        .iter()
        .map(ToString::to_string)
        .collect();
    let samples = shown(store, seen, &candidate.signatures, args.samples)?;
    let recomputed = match args.recompute {
        true => Some(recompute(session, store, seen, candidate)?),
        false => None,
    };
    let page = CandidatePage {
        candidate,
        as_of: seen.learned.facts.as_of,
        samples: &samples,
        known: Known {
            incidents: &seen.incidents,
            helped: &seen.helped_words(),
        },
        reviews: &about(seen, &seen.lookup.signatures(&ids)),
        recomputed,
    };
    let outcome = match recomputed {
        Some(points) if points != candidate.score_points => Outcome::Partly,
        _ => Outcome::Done,
    };
    Ok((pages::explain_candidate(&page), outcome))
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
fn remembering(seen: &View, index: usize) -> Vec<(String, String)> {
    let about = seen
        .incidents
        .iter()
        .filter(|i| seen.lookup.signatures(&i.signature_ids).contains(&index));
    about
        .map(|i| (i.incident_memory_id.clone(), i.title.clone()))
        .collect()
}

/// Other ids under which people recorded something about a signature, before it grew into this one.
fn aliases(seen: &View, index: usize) -> Vec<String> {
    let own = seen.learned.facts.signatures[index].id.to_string();
    let incidents = seen.incidents.iter().flat_map(|i| &i.signature_ids);
    let recorded = incidents.chain(seen.reviews.iter().flat_map(|r| &r.signature_ids));
    let other = |id: &&String| **id != own && seen.lookup.signature(id) == Some(index);
    let ids: BTreeSet<&String> = recorded.filter(other).collect();
    ids.into_iter().cloned().collect()
}

/// What the row `memory` of a signature's attention comes from.
fn recorded(seen: &View, index: usize) -> String {
    let reviews = seen.standings.iter().filter(|s| s.signature == index);
    let reviews = reviews.map(|s| s.words(&seen.reviews[s.review]));
    let titles = remembering(seen, index).into_iter().map(|(_, title)| title);
    reviews.chain(titles).collect::<Vec<_>>().join("; ")
}

fn signature(
    index: usize,
    args: &Args,
    session: &Session,
    store: &Store,
    seen: &View,
) -> Result<Report> {
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
            detail: if e.name == "memory" {
                recorded(seen, index)
            } else {
                String::new()
            },
        })
        .collect();
    let members: Vec<MemberRow> = store
        .members(
            &session.tenant,
            &seen.learned.fingerprints_of(facts.id),
            seen.learned.facts.as_of,
        )?
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
        aliases: &aliases(seen, index),
        candidates: &speaking_of(seen, facts.id),
        incidents: &remembering(seen, index),
        reviews: &about(seen, &[index]),
        samples: &samples,
    };
    Ok(pages::explain_signature(&page))
}

fn event(found: &Found, session: &Session, store: &Store, seen: &View) -> Result<Report> {
    let records = Records::new(store, &session.tenant, &seen.learned)?;
    let event = records.event(found);
    let index = signature_of(seen, found);
    let facts = index.map(|i| &seen.learned.facts.signatures[i]);
    let page = EventPage {
        event: &event,
        raw: &found.raw,
        template: facts.map_or("", |s| s.template.as_str()),
        signature_count: facts.map_or(0, |s| s.count),
        candidates: &facts.map(|s| speaking_of(seen, s.id)).unwrap_or_default(),
        incidents: &index.map(|i| remembering(seen, i)).unwrap_or_default(),
        as_of: seen.learned.facts.as_of,
    };
    Ok(pages::explain_event(&page))
}

fn incident(incident: &Incident, seen: &View) -> Report {
    let facts = &seen.learned.facts;
    let known = seen.lookup.signatures(&incident.signature_ids);
    let known: BTreeSet<SignatureId> = known.into_iter().map(|i| facts.signatures[i].id).collect();
    let ours = |c: &&Candidate| c.signatures.iter().any(|s| known.contains(s));
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
        helped: seen
            .helped
            .get(&incident.incident_memory_id)
            .map(|h| h.words()),
        as_of: seen.learned.facts.as_of,
    };
    pages::explain_incident(&page)
}
