//! `related`: past operational memory around a subject.

use super::candidates::{as_of, find, only};
use super::session::{Outcome, Session};
use crate::error::{Error, Kind, Result};
use crate::memory::Incident;
use crate::pipeline::{View, view};
use crate::recall::{Relation, Subject, related};
use crate::report::pages::{self, RelatedCandidate, RelatedMemory, RelatedPage};
use crate::signature::event_ordinal;
use crate::store::{Filter, Order, Store};

/// Find what is known around an event, signature or candidate
///
/// Candidates, incidents and lessons that share signatures, hosts or words with it, each with the reason.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem related cand_cfpzfn
  brainstem related evt_bbcd --limit 5")]
pub struct Args {
    /// A cand_, sig_, evt_ or inc_ id, or the beginning of one
    #[arg(value_name = "ID", value_hint = clap::ValueHint::Other)]
    id: String,
    /// At most so many of each kind
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let as_of = as_of(session, &store)?;
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    let (title, subject) = subject(&args.id, session, &store, &seen)?;
    let found = related(
        &subject,
        &seen.discovery.candidates,
        &seen.incidents,
        args.limit,
    );
    let candidates: Vec<RelatedCandidate> = found
        .candidates
        .iter()
        .map(|r| RelatedCandidate {
            candidate_id: r.item.candidate_id.clone(),
            title: r.item.title.clone(),
            decision_band: r.item.decision_band,
            score_points: r.item.score_points,
            last_seen: r.item.last_seen,
            reason: r.reasons.join("; "),
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
    session.print(&pages::related(&page))?;
    Ok(Outcome::Done)
}

fn memories(found: &[Relation<&Incident>]) -> Vec<RelatedMemory> {
    let memory = |r: &Relation<&Incident>| RelatedMemory {
        incident_memory_id: r.item.incident_memory_id.clone(),
        memory_type: r.item.memory_type,
        title: r.item.title.clone(),
        check: r.item.check.clone(),
        last_seen: r.item.last_seen,
        reason: r.reasons.join("; "),
    };
    found.iter().map(memory).collect()
}

/// The subject behind an id, and what to call it.
fn subject(id: &str, session: &Session, store: &Store, seen: &View) -> Result<(String, Subject)> {
    match id.split_once('_').map(|(kind, _)| kind) {
        Some("cand") => {
            let c = find(seen, id)?;
            let subject = Subject {
                id: c.candidate_id.clone(),
                signature_ids: c.signatures.iter().map(ToString::to_string).collect(),
                hosts: c.hosts.clone(),
                service: c.service.clone(),
                text: format!("{} {}", c.title, c.template),
            };
            Ok((c.title.clone(), subject))
        }
        Some("sig") => {
            let all = seen
                .learned
                .facts
                .signatures
                .iter()
                .enumerate()
                .map(|(i, s)| (s.id.to_string(), i));
            Ok(of_signature(
                seen,
                only(id, all.filter(|(text, _)| text.starts_with(id)).collect())?,
            ))
        }
        Some("inc") => {
            let all = seen
                .incidents
                .iter()
                .map(|i| (i.incident_memory_id.clone(), i));
            let i = only(id, all.filter(|(text, _)| text.starts_with(id)).collect())?;
            let subject = Subject {
                id: i.incident_memory_id.clone(),
                signature_ids: i.signature_ids.clone(),
                hosts: i.hosts.clone(),
                service: i.service.clone(),
                text: format!("{} {} {}", i.title, i.summary, i.templates.join(" ")),
            };
            Ok((i.title.clone(), subject))
        }
        Some("evt") => of_event(id, session, store, seen),
        _ => Err(Error::new(Kind::Usage, format!("{id:?} is no id"))
            .hint("ids begin with cand_, sig_, evt_ or inc_")),
    }
}

fn of_signature(seen: &View, index: usize) -> (String, Subject) {
    let facts = &seen.learned.facts;
    let s = &facts.signatures[index];
    let subject = Subject {
        id: s.id.to_string(),
        signature_ids: vec![s.id.to_string()],
        hosts: s
            .activity
            .iter()
            .filter_map(|a| facts.hosts.get(a.host as usize))
            .cloned()
            .collect(),
        service: s.service.clone(),
        text: s.template.clone(),
    };
    (s.template.clone(), subject)
}

/// An event is related by its signature, but on its own host only.
fn of_event(id: &str, session: &Session, store: &Store, seen: &View) -> Result<(String, Subject)> {
    let missing = || {
        Error::new(Kind::NotFound, format!("there is no event {id}"))
            .hint("brainstem events lists events with their ids")
    };
    let filter = Filter {
        ordinal: Some(event_ordinal(id).ok_or_else(missing)?),
        ..Filter::default()
    };
    let mut found = None;
    store.search(&session.tenant, &filter, Order::Oldest, &mut |record| {
        found = Some((record.fingerprint, record.host));
        Ok(false)
    })?;
    let (fingerprint, host) = found.ok_or_else(missing)?;
    let signature = seen.learned.signature_of.get(&fingerprint).copied();
    let index = seen
        .learned
        .facts
        .signatures
        .iter()
        .position(|s| Some(s.id) == signature)
        .ok_or_else(missing)?;
    let (title, subject) = of_signature(seen, index);
    Ok((
        title,
        Subject {
            id: id.to_string(),
            hosts: vec![host],
            ..subject
        },
    ))
}
