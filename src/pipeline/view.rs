//! The right side: from the facts of a tenant as of a time to its ranked candidates.

use crate::discern::{Discovery, Remembered, discover};
use crate::error::Result;
use crate::memory::{Incident, Review, known_as_of};
use crate::recall::{Help, Lookup, Standing, add_lessons, helped, remembered, standings};
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
    /// Memory, without the records kept with it.
    pub incidents: Vec<Incident>,
    /// Memories that others took in.
    pub merged: Vec<Incident>,
    /// Reviews, oldest first.
    pub reviews: Vec<Review>,
    /// The reviews in force, and what has become of them.
    pub standings: Vec<Standing>,
    /// What came of following memories, by id.
    pub helped: BTreeMap<String, Help>,
    /// What memory and reviews say about signatures, as discovery was told it.
    pub remembered: Vec<Remembered>,
    /// Signatures by the ids that people wrote down.
    pub lookup: Lookup,
}

/// Looks at the store of a tenant as of a time.
pub fn view(store: &Store, tenant: &str, as_of: Timestamp, tuning: &Tuning) -> Result<View> {
    let learned = store.facts(tenant, as_of)?;
    let as_of = learned.facts.as_of;
    let all = store.incidents(tenant)?.into_iter();
    let all = all.filter(|i| known_as_of(i.judged_at, as_of));
    let (incidents, merged): (Vec<Incident>, Vec<Incident>) =
        all.partition(|i: &Incident| i.merged_into.is_none());
    let mut reviews = store.reviews(tenant)?;
    reviews.retain(|r| known_as_of(r.judged_at, as_of));
    let facts = &learned.facts;
    let lookup = Lookup::of(facts);
    let standings = standings(facts, &lookup, &reviews);
    let remembered = remembered(facts, &lookup, &incidents, &reviews, &standings);
    let helped = helped(facts, &lookup, &reviews);
    let mut discovery = discover(facts, &remembered, tuning);
    add_lessons(&mut discovery.candidates, &incidents, &helped);
    Ok(View {
        discovery,
        learned,
        incidents,
        merged,
        reviews,
        standings,
        helped,
        remembered,
        lookup,
    })
}

impl View {
    /// What came of following memories, in words.
    pub fn helped_words(&self) -> BTreeMap<String, String> {
        let words = |(id, help): (&String, &Help)| (id.clone(), help.words());
        self.helped.iter().map(words).collect()
    }
}
