//! What an id on the command line means: a candidate, a signature, an event, a memory or a review.

use super::candidates::{find, meant, only, with_id};
use super::session::Session;
use crate::candidate::Candidate;
use crate::error::{Error, Kind, Result};
use crate::memory::{Incident, Review};
use crate::pipeline::View;
use crate::recall::signatures_like;
use crate::report::pages::SignatureRow;
use crate::signature::{Facts, SignatureFacts, event_ordinal};
use crate::store::{Filter, Found, Order, Store};
use crate::time::{DAY, Timestamp};

/// What an id names.
pub enum Subject<'v> {
    /// A candidate of today.
    Candidate(&'v Candidate),
    /// A signature, by index.
    Signature(usize),
    /// An event.
    Event(Box<Found>),
    /// A memory.
    Incident(&'v Incident),
    /// A review.
    Review(&'v Review),
}

/// What this id, or the beginning of one, names.
pub fn subject<'v>(
    id: &str,
    session: &Session,
    store: &Store,
    seen: &'v View,
) -> Result<Subject<'v>> {
    match id.split_once('_').map(|(kind, _)| kind) {
        Some("cand") => find(seen, id).map(Subject::Candidate),
        Some("sig") => signature(id, &seen.learned.facts).map(Subject::Signature),
        Some("evt") => event(id, session, store).map(|found| Subject::Event(Box::new(found))),
        Some("inc") => incident(id, &seen.incidents, &seen.merged).map(Subject::Incident),
        Some("rev") => with_id(id, &seen.reviews, |r| &r.review_id).map(Subject::Review),
        _ => Err(no_id(id)),
    }
}

/// The error over something that is no id of any kind.
pub fn no_id(id: &str) -> Error {
    Error::new(Kind::Usage, format!("{id:?} is no id"))
        .hint("ids begin with cand_, sig_, evt_, inc_ or rev_; brainstem candidates lists some")
}

/// The index of the signature with this id, or of the only one whose id begins so.
pub fn signature(id: &str, facts: &Facts) -> Result<usize> {
    let named = |i: usize| (facts.signatures[i].id.to_string(), i);
    let like = signatures_like(facts, id).into_iter().map(named);
    only(id, like.collect()).map_err(|e| {
        let all = facts.signatures.iter();
        let known: Vec<String> = all.map(|s| s.id.to_string()).collect();
        meant(e, id, known.iter().map(String::as_str))
    })
}

/// The memory of this id, or the only one whose id begins so; for one that another took in (`merged`), that other.
pub fn incident<'v>(
    id: &str,
    incidents: &'v [Incident],
    merged: &'v [Incident],
) -> Result<&'v Incident> {
    let like = |all: &'v [Incident]| -> Vec<(String, &'v Incident)> {
        let like = all.iter().filter(|i| i.incident_memory_id.starts_with(id));
        like.map(|i| (i.incident_memory_id.clone(), i)).collect()
    };
    let live = like(incidents);
    if !live.is_empty() {
        return only(id, live);
    }
    let known = incidents.iter().map(|i| i.incident_memory_id.as_str());
    let mut found = only(id, like(merged)).map_err(|e| meant(e, id, known))?;
    // Each step leads to a memory that was made a target later, so there is no ring; the bound is for damaged stores.
    for _ in 0..=merged.len() {
        let Some(into) = &found.merged_into else {
            break;
        };
        let next = incidents.iter().chain(merged);
        let next = next.into_iter().find(|i| i.incident_memory_id == *into);
        match next {
            Some(next) => found = next,
            None => break,
        }
    }
    Ok(found)
}

/// The event of this id.
pub fn event(id: &str, session: &Session, store: &Store) -> Result<Found> {
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
        found = Some(record);
        Ok(false)
    })?;
    found.ok_or_else(missing)
}

/// The hosts a signature was seen on, by name.
pub fn hosts_of(seen: &View, signature: &SignatureFacts) -> Vec<String> {
    let name = |host: u32| seen.learned.facts.hosts.get(host as usize).cloned();
    signature
        .activity
        .iter()
        .filter_map(|at| name(at.host))
        .collect()
}

/// The index of the signature of an event.
pub fn signature_of(seen: &View, found: &Found) -> Option<usize> {
    seen.learned.place(found.fingerprint)
}

/// What a list or a page says of a signature.
pub fn row(view: &View, index: usize) -> SignatureRow {
    let facts = &view.learned.facts;
    let s = &facts.signatures[index];
    let attention = &view.discovery.attention[index];
    SignatureRow {
        signature_id: s.id,
        service: s.service.clone(),
        template: s.template.clone(),
        name: s.name.clone(),
        count: s.count,
        hosts: s
            .activity
            .iter()
            .filter_map(|a| facts.hosts.get(a.host as usize))
            .cloned()
            .collect(),
        first_seen: s.first_seen,
        last_seen: s.last_seen,
        attention_band: attention.band,
        attention: attention.score_points as f64 / 10_000.0,
        daily: daily(s, facts.as_of),
    }
}

/// Days of the sparkline.
const DAYS: usize = 14;

/// Occurrences per day, the as-of day last.
fn daily(s: &SignatureFacts, as_of: Timestamp) -> Vec<u32> {
    let today = as_of.plus(-1).0.div_euclid(DAY);
    let mut days = vec![0u32; DAYS];
    for cell in s.activity.iter().flat_map(|a| &a.cells) {
        let back = today - i64::from(cell.hour.day());
        if let Some(at) = usize::try_from(back)
            .ok()
            .and_then(|b| DAYS.checked_sub(b + 1))
        {
            days[at] = days[at].saturating_add(cell.count);
        }
    }
    days
}
