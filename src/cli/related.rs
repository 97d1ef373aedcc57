//! `related`: past operational memory around a subject.

use super::candidates::{as_of, with_id};
use super::listing::Listing;
use super::session::{Outcome, Session};
use super::subject::{event, incident, no_id, signature};
use crate::error::{Kind, Result};
use crate::memory::{Incident, MemoryOutline, known_as_of};
use crate::pipeline::{Fetching, Surroundings, last_outlook, view};
use crate::recall::{Compared, Related, Relation, Subject, arrivals};
use crate::report::Report;
use crate::report::pages::{self, RelatedCandidate, RelatedMemory, RelatedPage};
use crate::signature::Facts;
use crate::store::{Outlook, Store};
use crate::time::Timestamp;

/// Find what is known around an event, signature or candidate
///
/// Candidates, incidents and lessons that share signatures, hosts, their order or words with it, or keep coming within minutes of
/// it on the same host; each with the reason and a score. The candidates are those of the last look at the store, an hour ago at most,
/// while nothing has changed since.
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
    if let Some(report) = at_once(&args, session, &store, as_of)? {
        session.detail("the candidates are those the last look found; nothing has changed since");
        session.print(&args.listing.apply(report, 0)?)?;
        return Ok(Outcome::Done);
    }
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    let outlook = seen.outlook(&session.tuning);
    let report = page(&args.id, args.limit, session, &store, &seen.into())?;
    session.print(&args.listing.apply(report, 0)?)?;
    session.finish()?;
    drop(store);
    if session.global.as_of.is_none() {
        keep(&outlook, session);
    }
    Ok(Outcome::Done)
}

/// The answer from what the last look at the store left, where that still holds and is enough: it reads a few signatures instead
/// of all.
fn at_once(
    args: &Args,
    session: &Session,
    store: &Store,
    as_of: Timestamp,
) -> Result<Option<Report>> {
    if session.global.as_of.is_some() {
        return Ok(None);
    }
    let Some(outlook) = last_outlook(store, &session.tenant, as_of, &session.tuning)? else {
        return Ok(None);
    };
    let Some(mut around) = Fetching::begin(store, &session.tenant, outlook, as_of)? else {
        return Ok(None);
    };
    let rows = store.memory_rows(&session.tenant, "")?;
    let mut memories = rows.outlines()?;
    let becomes_known = |m: &MemoryOutline| {
        known_as_of(m.judged_at, as_of)
            != known_as_of(m.judged_at, around.known.learned.facts.as_of)
    };
    if memories.iter().any(becomes_known) {
        return Ok(None);
    }
    memories.retain(|m| known_as_of(m.judged_at, as_of) && m.merged_into.is_none());
    if args.id.starts_with("inc_") {
        let incidents = store.memory_rows(&session.tenant, &args.id)?.read()?;
        let lives = |i: &Incident| {
            memories
                .iter()
                .any(|m| m.incident_memory_id == i.incident_memory_id)
        };
        around.known.incidents = incidents.into_iter().filter(lives).collect();
    }
    let asked = match asked(&args.id, session, store, &around.known) {
        Ok(asked) => asked,
        // It may be a candidate of this very moment; if not, a view knows what may have been meant.
        Err(e) if e.kind == Kind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let (ids, numbers) = asked.signatures();
    around.fetch(&ids, &numbers)?;
    let Ok((title, subject)) = asked.subject(&around.known) else {
        return Ok(None);
    };
    let known = &around.known;
    let compared = Compared::with(&subject, &known.lookup, &known.candidates, &memories);
    let (learned, lookup) = around.fetch_with(compared.leads())?;
    let found = compared.ranked(&learned.facts, &lookup, most(args.limit));
    Ok(Some(relations(
        &title,
        &subject.id,
        learned.facts.as_of,
        &found,
    )))
}

/// Keeps what was found for the next time. The page was printed already: where it cannot be kept, because another uses the store or
/// it may only be read, the next time takes as long as this one.
fn keep(outlook: &Outlook, session: &Session) {
    let kept = (session.write_store_at_once())
        .and_then(|store| store.keep_outlook(&session.tenant, outlook));
    if let Err(e) = kept {
        session.detail(&format!("what was found is not kept: {}", e.message));
    }
}

/// What is related to an id, at most so many of each kind.
pub fn page(
    id: &str,
    limit: usize,
    session: &Session,
    store: &Store,
    around: &Surroundings,
) -> Result<Report> {
    let (title, subject) = asked(id, session, store, around)?.subject(around)?;
    let (facts, lookup) = (&around.learned.facts, &around.lookup);
    let memories: Vec<MemoryOutline> = around.incidents.iter().map(MemoryOutline::from).collect();
    let compared = Compared::with(&subject, lookup, &around.candidates, &memories);
    let found = compared.ranked(facts, lookup, most(limit));
    Ok(relations(&title, &subject.id, facts.as_of, &found))
}

/// At most so many; 0 for all.
fn most(limit: usize) -> usize {
    if limit == 0 { usize::MAX } else { limit }
}

fn relations(title: &str, id: &str, as_of: Timestamp, found: &Related<'_>) -> Report {
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
    pages::related(&RelatedPage {
        subject_id: id,
        subject: title,
        as_of,
        candidates: &candidates,
        incidents: &memories(&found.incidents),
        lessons: &memories(&found.lessons),
    })
}

fn memories(found: &[Relation<&MemoryOutline>]) -> Vec<RelatedMemory> {
    let memory = |r: &Relation<&MemoryOutline>| RelatedMemory {
        incident_memory_id: r.item.incident_memory_id.to_string(),
        memory_type: r.item.memory_type,
        title: r.item.title.to_string(),
        check: r.item.check.as_ref().map(|c| c.as_str().to_string()),
        last_seen: r.item.last_seen,
        closeness: r.score,
        reasons: r.reasons.clone(),
    };
    found.iter().map(memory).collect()
}

/// What an id names, as far as that takes no signature.
enum Asked {
    /// A candidate, memory or review: what to call it, and what it shares.
    Known(String, Box<Subject>),
    /// A signature, by its id or the beginning of it.
    Signature(String),
    /// An event: its id, host and fingerprint.
    Event(String, String, u32),
}

fn asked(id: &str, session: &Session, store: &Store, around: &Surroundings) -> Result<Asked> {
    let (title, subject) = match id.split_once('_').map(|(kind, _)| kind) {
        Some("sig") => return Ok(Asked::Signature(id.to_string())),
        Some("evt") => {
            let found = event(id, session, store)?;
            return Ok(Asked::Event(id.to_string(), found.host, found.fingerprint));
        }
        Some("cand") => {
            let c = with_id(id, &around.candidates, |c| &c.candidate_id)?;
            let subject = Subject {
                id: c.candidate_id.clone(),
                signature_ids: c.signature_ids.clone(),
                hosts: c.hosts.clone(),
                service: c.service.clone(),
                text: c.template.clone(),
                ..Subject::default()
            };
            (&c.title, subject)
        }
        Some("inc") => {
            let i = incident(id, &around.incidents, &around.merged)?;
            (&i.title, Subject::of_incident(i))
        }
        Some("rev") => {
            let r = with_id(id, &around.reviews, |r| &r.review_id)?;
            let subject = Subject {
                id: r.review_id.clone(),
                signature_ids: r.signature_ids.clone(),
                hosts: r.hosts.clone(),
                text: r.title.clone(),
                ..Subject::default()
            };
            (&r.title, subject)
        }
        _ => return Err(no_id(id)),
    };
    Ok(Asked::Known(title.clone(), Box::new(subject)))
}

impl Asked {
    /// The signatures it takes to know all of it: by ids, and by the number of a fingerprint.
    fn signatures(&self) -> (Vec<String>, Vec<u32>) {
        match self {
            Asked::Known(_, subject) => (subject.signature_ids.clone(), Vec::new()),
            Asked::Signature(id) => (vec![id.clone()], Vec::new()),
            Asked::Event(_, _, fingerprint) => (Vec::new(), vec![*fingerprint]),
        }
    }

    /// What to call it, and what it shares.
    fn subject(self, around: &Surroundings) -> Result<(String, Subject)> {
        Ok(match self {
            Asked::Known(title, subject) => (title, *subject),
            Asked::Signature(id) => {
                let index = signature(&id, &around.learned.facts)?;
                of_signature(&around.learned.facts, index)
            }
            Asked::Event(id, host, fingerprint) => match around.learned.place(fingerprint) {
                Some(index) => {
                    let (title, subject) = of_signature(&around.learned.facts, index);
                    let hosts = vec![host];
                    (
                        title,
                        Subject {
                            id,
                            hosts,
                            ..subject
                        },
                    )
                }
                None => (id, Subject::default()),
            },
        })
    }
}

fn of_signature(facts: &Facts, index: usize) -> (String, Subject) {
    let s = &facts.signatures[index];
    let subject = Subject {
        id: s.id.to_string(),
        signature_ids: vec![s.id.to_string()],
        hosts: arrivals(facts, index),
        service: s.service.clone(),
        text: format!("{} {}", s.name.as_deref().unwrap_or_default(), s.template),
        ..Subject::default()
    };
    (s.title().to_string(), subject)
}
