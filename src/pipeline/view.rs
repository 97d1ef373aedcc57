//! The right side: from the facts of a tenant as of a time to its ranked candidates.

use crate::candidate::{Candidate, Outline};
use crate::discern::{Discovery, Remembered, discover};
use crate::error::Result;
use crate::halves::in_turns;
use crate::memory::{Incident, Review, known_as_of};
use crate::recall::{Help, Lookup, Standing, add_lessons, helped, remembered, standings};
use crate::store::{Kept, Learned, Outlook, Store};
use crate::time::{HOUR, Timestamp};
use crate::tuning::Tuning;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

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
    /// The state of the store it was found in.
    changes: u64,
}

/// Looks at the store of a tenant as of a time.
pub fn view(store: &Store, tenant: &str, as_of: Timestamp, tuning: &Tuning) -> Result<View> {
    let changes = store.changes()?;
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
        changes,
    })
}

/// In a store with more fingerprints one view is made at a time: two of them are more than a small machine has room for.
const TWO_VIEWS: usize = 20_000;

/// Looks at the store of a tenant as of each of some times, in their order: under each of some sets of constants, whose views `take`
/// is given together, until it breaks off.
pub fn views(
    store: &Store,
    tenant: &str,
    times: &[Timestamp],
    tunings: &[&Tuning],
    mut take: impl FnMut(Timestamp, Vec<View>) -> ControlFlow<()>,
) -> Result<()> {
    let see = |at: &Timestamp| {
        let views = tunings
            .iter()
            .map(|tuning| view(store, tenant, *at, tuning));
        views
            .collect::<Result<Vec<View>>>()
            .map(|views| (*at, views))
    };
    let mut done = Ok(());
    let mut take = |seen: Result<(Timestamp, Vec<View>)>| match seen {
        Ok((at, views)) => take(at, views),
        Err(e) => {
            done = Err(e);
            ControlFlow::Break(())
        }
    };
    if store.count_of(Kept::Fingerprints)? <= TWO_VIEWS {
        in_turns(times, see, take);
    } else {
        let _ = times.iter().try_for_each(|at| take(see(at)));
    }
    done
}

/// An outlook is good for so long, if nobody's word begins or ends to hold in that time: silence grows with every minute, but what
/// is related to what does not change with it.
const GOOD_FOR: i64 = HOUR;

/// What a look at the tenant found shortly before `as_of`, if looking now would find the same signatures and candidates.
pub fn last_outlook(
    store: &Store,
    tenant: &str,
    as_of: Timestamp,
    tuning: &Tuning,
) -> Result<Option<Outlook>> {
    let good = |outlook: &Outlook| {
        let age = as_of.since(outlook.as_of);
        (0..=GOOD_FOR).contains(&age) && outlook.by == by(tuning)
    };
    let Some(outlook) = store.outlook(tenant)?.filter(good) else {
        return Ok(None);
    };
    let between = |at: Timestamp| at > outlook.as_of && at <= as_of;
    let becomes_known = |at: Timestamp| known_as_of(at, as_of) != known_as_of(at, outlook.as_of);
    let reviews = store.reviews(tenant)?;
    let turns = |r: &Review| r.until.is_some_and(between) || becomes_known(r.judged_at);
    Ok((!reviews.iter().any(turns)).then_some(outlook))
}

/// What else than the store decides what a look finds.
fn by(tuning: &Tuning) -> String {
    format!("{} {}", env!("CARGO_PKG_VERSION"), tuning.hash())
}

impl View {
    /// What it found, to be kept; `tuning` is what it was found with.
    pub fn outlook(&self, tuning: &Tuning) -> Outlook {
        let facts = &self.learned.facts;
        Outlook {
            by: by(tuning),
            changes: self.changes,
            as_of: facts.as_of,
            is_whole: self.learned.is_whole,
            first_time: facts.first_time,
            last_time: facts.last_time,
            candidates: self.outlines(),
        }
    }

    /// The candidates in outline.
    pub fn outlines(&self) -> Vec<Outline> {
        let candidates = self.discovery.candidates.iter();
        candidates.map(Candidate::outline).collect()
    }

    /// What came of following memories, in words.
    pub fn helped_words(&self) -> BTreeMap<String, String> {
        let words = |(id, help): (&String, &Help)| (id.clone(), help.words());
        self.helped.iter().map(words).collect()
    }
}
