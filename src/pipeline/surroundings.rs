//! What a relation is sought in: signatures, candidates and memory; from a whole view, or from what the last one left and
//! the few signatures it takes.

use super::View;
use crate::candidate::Outline;
use crate::error::Result;
use crate::halves::in_halves;
use crate::memory::{Incident, Review, known_as_of};
use crate::recall::{Lookup, NEAR};
use crate::store::{Kin, Learned, Outlook, Store};
use crate::time::Timestamp;
use std::collections::BTreeSet;

/// Everything that a thing can be related to.
pub struct Surroundings {
    /// The facts: of all signatures, or of those that were fetched.
    pub learned: Learned,
    /// Signatures by the ids that people wrote down.
    pub lookup: Lookup,
    /// Candidates.
    pub candidates: Vec<Outline>,
    /// Memory, without the records kept with it.
    pub incidents: Vec<Incident>,
    /// Memories that others took in.
    pub merged: Vec<Incident>,
    /// Reviews, oldest first.
    pub reviews: Vec<Review>,
}

impl From<View> for Surroundings {
    fn from(seen: View) -> Surroundings {
        Surroundings {
            candidates: seen.outlines(),
            learned: seen.learned,
            lookup: seen.lookup,
            incidents: seen.incidents,
            merged: seen.merged,
            reviews: seen.reviews,
        }
    }
}

/// Surroundings whose signatures are fetched when they are needed.
pub struct Fetching<'s> {
    store: &'s Store,
    kin: Kin,
    outlook: Outlook,
    /// Numbers of the fingerprints that were asked for.
    own: BTreeSet<u32>,
    /// What there is so far.
    pub known: Surroundings,
}

impl<'s> Fetching<'s> {
    /// The surroundings of a tenant as `outlook`, the last one, left them; with reviews as of `as_of`. They hold no signature and no
    /// memory yet.
    /// `None` when only a view can tell of signatures.
    pub fn begin(
        store: &'s Store,
        tenant: &str,
        mut outlook: Outlook,
        as_of: Timestamp,
    ) -> Result<Option<Fetching<'s>>> {
        let Some(kin) = store.kin(tenant)? else {
            return Ok(None);
        };
        let learned = store.facts_about(&kin, &BTreeSet::new(), &outlook)?;
        let mut reviews = store.reviews(tenant)?;
        reviews.retain(|r| known_as_of(r.judged_at, as_of));
        let known = Surroundings {
            lookup: Lookup::of(&learned.facts),
            learned,
            candidates: std::mem::take(&mut outlook.candidates),
            incidents: Vec::new(),
            merged: Vec::new(),
            reviews,
        };
        Ok(Some(Fetching {
            store,
            kin,
            outlook,
            own: BTreeSet::new(),
            known,
        }))
    }

    /// Fetches the signatures that these ids, or beginnings of ids, and fingerprints by number name.
    pub fn fetch(&mut self, ids: &[String], numbers: &[u32]) -> Result<()> {
        let ids = ids.iter().map(String::as_str);
        self.own = self.store.named_by(&self.kin, ids)?;
        self.own.extend(numbers);
        let learned = (self.store).facts_about(&self.kin, &self.own, &self.outlook)?;
        self.known.lookup = Lookup::of(&learned.facts);
        self.known.learned = learned;
        Ok(())
    }

    /// The signatures fetched before, and those of `leads` that were on the same host on the same day: no others can have come
    /// with them.
    pub fn fetch_with<'i>(
        &self,
        leads: impl Iterator<Item = &'i str>,
    ) -> Result<(Learned, Lookup)> {
        let leads: Vec<&str> = leads.collect();
        let places = self.kin.places(&self.known.learned, NEAR);
        let there = in_halves(&leads, |leads| {
            let named = self.store.named_by(&self.kin, leads.iter().copied());
            vec![named.and_then(|n| self.store.seen_in(&self.kin, n, &places))]
        });
        let mut numbers = self.own.clone();
        for some in there {
            numbers.extend(some?);
        }
        let learned = (self.store).facts_about(&self.kin, &numbers, &self.outlook)?;
        let lookup = Lookup::of(&learned.facts);
        Ok((learned, lookup))
    }
}
