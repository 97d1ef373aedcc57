//! What memory and reviews say about each signature of the facts, for attention, discovery and scoring.

use super::{Lookup, Standing};
use crate::discern::Remembered;
use crate::memory::{Incident, MemoryType, Review};
use crate::signature::Facts;
use std::collections::BTreeMap;

/// What an incident weighs wherever its signature is seen: all that memory can.
const INCIDENT: f64 = 1.0;

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
    all.into_values().collect()
}

fn take_in(remembered: &mut Remembered, incident: &Incident) {
    let named = (incident.incident_memory_id.clone(), incident.title.clone());
    match incident.memory_type {
        MemoryType::Lesson | MemoryType::RunbookHint => remembered.lessons.push(named),
        MemoryType::IncidentMemory | MemoryType::WatchPattern | MemoryType::TenantRiskMarker => {
            remembered.incidents.push(named);
            remembered.weight = INCIDENT;
        }
    }
}
