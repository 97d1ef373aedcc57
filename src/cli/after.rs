//! What a run changed: new signatures and candidates, and memory that speaks of what came in.

use super::session::Session;
use crate::candidate::Candidate;
use crate::error::Result;
use crate::formats::Zone;
use crate::memory::Incident;
use crate::pipeline::{Ingested, Records, View, view};
use crate::report::pages::{SeenBefore, Trial, TrialSource};
use crate::signature::SignatureId;
use crate::store::{Filter, Order, Source, Store};
use crate::time::{SECOND, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What the store looks like after a run that stored something.
pub struct After {
    view: View,
    /// Signatures there were not before.
    pub signatures_created: u64,
    /// The id of the newest event.
    pub event_id: Option<String>,
    /// That of its signature, where there is one only.
    pub signature_id: Option<String>,
    touched: BTreeSet<String>,
}

/// Looks at the store after a run.
pub fn after(store: &Store, session: &Session, done: &Ingested) -> Result<After> {
    let newest = store
        .newest(&session.tenant, session.now)?
        .unwrap_or(session.now);
    let view = view(store, &session.tenant, newest.plus(SECOND), &session.tuning)?;
    let of = &view.learned.signature_of;
    let touched: BTreeSet<String> = done
        .touched
        .iter()
        .filter_map(|n| of.get(n))
        .map(ToString::to_string)
        .collect();
    let signature_id = touched.iter().next().cloned();
    let last = store.status(&session.tenant)?.next_ordinal.checked_sub(1);
    // What says no time may count under a later one than anything that does.
    let signatures_created = match done.fresh.iter().all(|n| of.contains_key(n)) {
        true => signatures_created(of, &done.fresh),
        false => {
            let all = store.facts(&session.tenant, Timestamp::MAX)?;
            signatures_created(&all.signature_of, &done.fresh)
        }
    };
    Ok(After {
        signatures_created,
        event_id: last.map(crate::signature::event_id),
        signature_id,
        touched,
        view,
    })
}

/// Signatures none of whose fingerprints was there before.
fn signatures_created(of: &BTreeMap<u32, SignatureId>, fresh: &BTreeSet<u32>) -> u64 {
    let known: BTreeSet<SignatureId> = of
        .iter()
        .filter(|(n, _)| !fresh.contains(n))
        .map(|(_, id)| *id)
        .collect();
    let of_fresh: BTreeSet<SignatureId> = fresh.iter().filter_map(|n| of.get(n)).copied().collect();
    of_fresh.difference(&known).count() as u64
}

/// Events a trial shows.
const FIRST_EVENTS: usize = 5;

impl After {
    /// How the sources were read, and the first events of them.
    pub fn trial(
        &self,
        store: &Store,
        session: &Session,
        done: &Ingested,
        zone: Zone,
    ) -> Result<Trial> {
        let learned = &self.view.learned;
        let records = Records::new(store, &session.tenant, learned)?;
        let mut events = Vec::new();
        let all = Filter::default();
        store.search(&session.tenant, &all, Order::Oldest, &mut |found| {
            events.push(records.event(&found));
            Ok(events.len() < FIRST_EVENTS)
        })?;
        let source = |s: &Source| TrialSource {
            name: s.name.clone(),
            format: s.format.clone(),
            coverage: s.coverage,
        };
        Ok(Trial {
            zone: zone.name(),
            sources: done.sources.values().map(source).collect(),
            events,
        })
    }

    /// Candidates that speak of what was just stored.
    fn candidates(&self) -> impl Iterator<Item = &Candidate> {
        let ours = |c: &&Candidate| {
            c.signatures
                .iter()
                .any(|s| self.touched.contains(&s.to_string()))
        };
        self.view.discovery.candidates.iter().filter(ours)
    }

    /// Ids of the candidates that speak of what was just stored.
    pub fn ids(&self) -> Vec<String> {
        self.candidates().map(|c| c.candidate_id.clone()).collect()
    }

    /// Keeps what was found, and counts the candidates there were not before.
    pub fn created(&self, store: &Store, session: &Session) -> Result<u64> {
        let outlook = self.view.outlook(&session.tuning);
        store.keep_first_outlook(&session.tenant, &outlook)
    }

    /// Memory that speaks of what was just stored.
    pub fn seen_before(&self) -> Vec<SeenBefore> {
        let view = &self.view;
        let touched = |i: &usize| {
            let id = view.learned.facts.signatures[*i].id;
            self.touched.contains(&id.to_string())
        };
        let ours = |i: &&Incident| {
            let known = view.lookup.signatures(&i.signature_ids);
            known.iter().any(touched)
        };
        let mut found: Vec<&Incident> = view.incidents.iter().filter(ours).collect();
        let rank = |i: &Incident| {
            view.helped
                .get(&i.incident_memory_id)
                .map_or(0, |h| h.rank())
        };
        found.sort_by_key(|i| std::cmp::Reverse(rank(i)));
        let seen = |i: &Incident| SeenBefore {
            incident_memory_id: i.incident_memory_id.clone(),
            title: i.title.clone(),
            last_seen: i.last_seen,
            check: i.check.clone(),
            helped: view.helped.get(&i.incident_memory_id).map(|h| h.words()),
        };
        found.into_iter().map(seen).collect()
    }
}
