//! The right side: from the facts of a tenant as of a time to its ranked candidates.

use crate::discern::{Discovery, Remembered, discover};
use crate::error::Result;
use crate::memory::Incident;
use crate::signature::SignatureId;
use crate::store::{Learned, Store};
use crate::time::Timestamp;
use crate::tuning::Tuning;
use std::collections::BTreeMap;

/// Everything a question about the present is answered from.
pub struct View {
    /// The facts, and how the store's numbers relate to them.
    pub learned: Learned,
    /// Candidates and attention.
    pub discovery: Discovery,
    /// Memory.
    pub incidents: Vec<Incident>,
}

/// Looks at the store of a tenant as of a time.
pub fn view(store: &Store, tenant: &str, as_of: Timestamp, tuning: &Tuning) -> Result<View> {
    let learned = store.facts(tenant, as_of)?;
    let incidents = store.incidents(tenant)?;
    let discovery = discover(&learned.facts, &remembered(&learned, &incidents), tuning);
    Ok(View {
        learned,
        discovery,
        incidents,
    })
}

/// What memory says about each signature of the facts.
fn remembered(learned: &Learned, incidents: &[Incident]) -> Vec<Remembered> {
    let ids: BTreeMap<String, SignatureId> = learned
        .facts
        .signatures
        .iter()
        .map(|s| (s.id.to_string(), s.id))
        .collect();
    let mut by_signature: BTreeMap<SignatureId, Remembered> = BTreeMap::new();
    for incident in incidents {
        for id in incident.signature_ids.iter().filter_map(|id| ids.get(id)) {
            let remembered = by_signature.entry(*id).or_insert_with(|| Remembered {
                signature: *id,
                incidents: Vec::new(),
                weight: 0.0,
            });
            remembered
                .incidents
                .push((incident.incident_memory_id.clone(), incident.title.clone()));
            remembered.weight = 1.0;
        }
    }
    by_signature.into_values().collect()
}
