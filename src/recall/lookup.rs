//! Finding signatures by ids that were written down: also when the signature has since grown into another.

use crate::signature::{Facts, id_range};
use rustc_hash::FxHashMap;

/// Which signature every fingerprint belongs to. A signature that grew into another one left its id to nobody, but its
/// fingerprints are members of the other: what was recorded under the old id is found through them.
pub struct Lookup(FxHashMap<u128, usize>);

impl Lookup {
    /// Of all signatures of the facts.
    pub fn of(facts: &Facts) -> Lookup {
        let mut all = FxHashMap::default();
        for (index, signature) in facts.signatures.iter().enumerate() {
            all.extend(signature.members.iter().map(|m| (m.number(), index)));
            all.insert(signature.id.0.number(), index);
        }
        Lookup(all)
    }

    /// The index of the signature with this whole id.
    pub fn signature(&self, id: &str) -> Option<usize> {
        let range = id_range("sig_", id)?;
        let whole = range.end - range.start == 1;
        self.0.get(&range.start).copied().filter(|_| whole)
    }

    /// The ids of the signatures that these ids name now; one that names none stays.
    pub fn current(&self, facts: &Facts, ids: &[String]) -> Vec<String> {
        let current = |id: &String| match self.signature(id) {
            Some(index) => facts.signatures[index].id.to_string(),
            None => id.clone(),
        };
        ids.iter().map(current).collect()
    }

    /// The indices of the signatures with these ids, ascending, each once.
    pub fn signatures(&self, ids: &[String]) -> Vec<usize> {
        let mut found: Vec<usize> = ids.iter().filter_map(|id| self.signature(id)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The indices of the signatures whose id begins with `prefix`; if there is none, of those that one of that id grew into.
pub fn signatures_like(facts: &Facts, prefix: &str) -> Vec<usize> {
    let Some(range) = id_range("sig_", prefix) else {
        return Vec::new();
    };
    let from = facts
        .signatures
        .partition_point(|s| s.id.0.number() < range.start);
    let roots: Vec<usize> = (from..facts.signatures.len())
        .take_while(|&i| range.contains(&facts.signatures[i].id.0.number()))
        .collect();
    if !roots.is_empty() {
        return roots;
    }
    let grown = |i: &usize| {
        let members = &facts.signatures[*i].members;
        members.iter().any(|m| range.contains(&m.number()))
    };
    (0..facts.signatures.len()).filter(grown).collect()
}
