//! What memory and reviews say about each signature of the facts, for attention, discovery and scoring.

use super::{Lookup, Standing, host_indices};
use crate::discern::{Effect, Judgement, Remembered};
use crate::memory::{Incident, MemoryType, Review, Status};
use crate::signature::Facts;
use std::collections::BTreeMap;

/// What an incident weighs wherever its signature is seen: all that memory can.
const INCIDENT: f64 = 1.0;

/// What a weak place adds to everything that is seen there: enough to be looked at before the same elsewhere.
const RISK: f64 = 0.5;

/// What is remembered, by signature.
pub fn remembered(
    facts: &Facts,
    lookup: &Lookup,
    incidents: &[Incident],
    reviews: &[Review],
    standings: &[Standing],
) -> Vec<Remembered> {
    let mut all: BTreeMap<usize, Remembered> = BTreeMap::new();
    let of = |index: usize| move || Remembered::of(facts.signatures[index].id);
    for incident in incidents {
        for index in lookup.signatures(&incident.signature_ids) {
            take_in(all.entry(index).or_insert_with(of(index)), incident);
        }
    }
    for standing in standings {
        let remembered = all
            .entry(standing.signature)
            .or_insert_with(of(standing.signature));
        let judgement = standing.judgement(&reviews[standing.review]);
        remembered.judgements.push(judgement);
    }
    for marker in incidents.iter().filter(|i| watches(i)) {
        mark(facts, marker, &mut all);
    }
    all.into_values().collect()
}

fn watches(incident: &Incident) -> bool {
    incident.memory_type == MemoryType::TenantRiskMarker && incident.status == Status::Open
}

/// Raises everything on a weak host, or of a weak program, where no person judged it.
fn mark(facts: &Facts, marker: &Incident, all: &mut BTreeMap<usize, Remembered>) {
    let weak = host_indices(facts, &marker.marks.hosts);
    for (index, signature) in facts.signatures.iter().enumerate() {
        let of_service = marker.marks.services.contains(&signature.service);
        let judged = all.get(&index).map(|r| r.judgements.as_slice());
        let judged = judged.unwrap_or_default();
        let free = |h: &u32| !judged.iter().any(|j| j.hosts.contains(h));
        let hosts: Vec<u32> = (signature.activity.iter().map(|at| at.host))
            .filter(|h| (of_service || weak.contains(h)) && free(h))
            .collect();
        if hosts.is_empty() {
            continue;
        }
        let fresh = || Remembered::of(signature.id);
        all.entry(index)
            .or_insert_with(fresh)
            .judgements
            .push(Judgement {
                id: marker.incident_memory_id.clone(),
                hosts,
                weight: RISK,
                effect: Effect::Shows,
                words: format!("tenant_risk_marker: {}", marker.title),
            });
    }
}

fn take_in(remembered: &mut Remembered, incident: &Incident) {
    let named = (incident.incident_memory_id.clone(), incident.title.clone());
    match incident.memory_type {
        MemoryType::Lesson | MemoryType::RunbookHint => remembered.lessons.push(named),
        MemoryType::WatchPattern if incident.status == Status::Closed => {}
        MemoryType::TenantRiskMarker => {}
        MemoryType::IncidentMemory | MemoryType::WatchPattern => {
            remembered.incidents.push(named);
            remembered.weight = INCIDENT;
        }
    }
}
