//! `related`: past operational memory around a subject.

use super::candidates::as_of;
use super::listing::Listing;
use super::session::{Outcome, Session};
use super::subject::{Subject as Named, signature_of, subject};
use crate::error::Result;
use crate::memory::Incident;
use crate::pipeline::{View, view};
use crate::recall::{Relation, Subject, arrivals, related};
use crate::report::Report;
use crate::report::pages::{self, RelatedCandidate, RelatedMemory, RelatedPage};
use crate::store::Store;

/// Find what is known around an event, signature or candidate
///
/// Candidates, incidents and lessons that share signatures, hosts, their order or words with it, or keep coming within minutes of
/// it on the same host; each with the reason and a score.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem related cand_cfpzfn
  brainstem related evt_bbcd --limit 5")]
pub struct Args {
    /// A cand_, sig_, evt_ or inc_ id, or the beginning of one
    #[arg(value_name = "ID", value_hint = clap::ValueHint::Other)]
    id: String,
    /// At most so many of each kind; 0 for all
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    #[command(flatten)]
    listing: Listing,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let as_of = as_of(session, &store)?;
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    let report = page(&args.id, args.limit, session, &store, &seen)?;
    session.print(&args.listing.apply(report, 0)?)?;
    Ok(Outcome::Done)
}

/// What is related to an id, at most so many of each kind.
pub fn page(
    id: &str,
    limit: usize,
    session: &Session,
    store: &Store,
    seen: &View,
) -> Result<Report> {
    let (title, subject) = asked(id, session, store, seen)?;
    let limit = if limit == 0 { usize::MAX } else { limit };
    let known = (&seen.learned.facts, &seen.lookup);
    let candidates = &seen.discovery.candidates;
    let found = related(known, &subject, candidates, &seen.incidents, limit);
    let candidates: Vec<RelatedCandidate> = found
        .candidates
        .iter()
        .map(|r| RelatedCandidate {
            candidate_id: r.item.candidate_id.clone(),
            title: r.item.title.clone(),
            decision_band: r.item.decision_band,
            score_points: r.item.score_points,
            last_seen: r.item.last_seen,
            closeness: r.score,
            reasons: r.reasons.clone(),
        })
        .collect();
    let page = RelatedPage {
        subject_id: &subject.id,
        subject: &title,
        as_of: seen.learned.facts.as_of,
        candidates: &candidates,
        incidents: &memories(&found.incidents),
        lessons: &memories(&found.lessons),
    };
    Ok(pages::related(&page))
}

fn memories(found: &[Relation<&Incident>]) -> Vec<RelatedMemory> {
    let memory = |r: &Relation<&Incident>| RelatedMemory {
        incident_memory_id: r.item.incident_memory_id.clone(),
        memory_type: r.item.memory_type,
        title: r.item.title.clone(),
        check: r.item.check.clone(),
        last_seen: r.item.last_seen,
        closeness: r.score,
        reasons: r.reasons.clone(),
    };
    found.iter().map(memory).collect()
}

/// The subject behind an id, and what to call it.
fn asked(id: &str, session: &Session, store: &Store, seen: &View) -> Result<(String, Subject)> {
    Ok(match subject(id, session, store, seen)? {
        Named::Candidate(c) => {
            let subject = Subject {
                id: c.candidate_id.clone(),
                signature_ids: c.signatures.iter().map(ToString::to_string).collect(),
                hosts: c.hosts.clone(),
                service: c.service.clone(),
                text: c.template.clone(),
                ..Subject::default()
            };
            (c.title.clone(), subject)
        }
        Named::Signature(index) => of_signature(seen, index),
        Named::Incident(i) => {
            let subject = Subject::of_incident(i);
            (i.title.clone(), subject)
        }
        Named::Event(found) => match signature_of(seen, &found) {
            Some(index) => {
                let (title, subject) = of_signature(seen, index);
                let subject = Subject {
                    id: id.to_string(),
                    hosts: vec![found.host.clone()],
                    ..subject
                };
                (title, subject)
            }
            None => (id.to_string(), Subject::default()),
        },
        Named::Review(r) => {
            let subject = Subject {
                id: r.review_id.clone(),
                signature_ids: r.signature_ids.clone(),
                hosts: r.hosts.clone(),
                text: r.title.clone(),
                ..Subject::default()
            };
            (r.title.clone(), subject)
        }
    })
}

fn of_signature(seen: &View, index: usize) -> (String, Subject) {
    let s = &seen.learned.facts.signatures[index];
    let subject = Subject {
        id: s.id.to_string(),
        signature_ids: vec![s.id.to_string()],
        hosts: arrivals(&seen.learned.facts, index),
        service: s.service.clone(),
        text: format!("{} {}", s.name.as_deref().unwrap_or_default(), s.template),
        ..Subject::default()
    };
    (s.title().to_string(), subject)
}
