//! What reviews amount to as the facts are now: which are in force where, which have ended, and why.

use super::{Gauge, Lookup, around, gauges};
use crate::discern::{Effect, Judgement};
use crate::memory::{Decision, Review, known_as_of};
use crate::signature::Facts;
use crate::time::{Timestamp, span_text};
use std::collections::{BTreeMap, BTreeSet};

/// How much a judgement moves the score of what it speaks of, as a share of the weight that memory has. Noise takes all of it.
/// What is known or done is less urgent, but still true. What was worth somebody's time once is so again; more so what came back
/// although it was done with, and what woke from a sleep had not got worse for nothing.
const NOISE: f64 = -1.0;
const KNOWN: f64 = -0.4;
const USEFUL: f64 = 0.5;
const REGRESSED: f64 = 0.6;
const WOKE: f64 = 0.25;

/// What has become of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It says that its subject matters.
    Raises,
    /// It holds its subject back.
    Holds,
    /// Its time is over.
    Expired,
    /// What it held back got worse: on which axes, in words.
    Woke(Vec<String>),
    /// What was done with came again.
    Regressed {
        /// When it was back.
        at: Timestamp,
        /// How long it had stayed away, in microseconds.
        away: i64,
    },
}

/// A review where it is in force: no later one speaks of the same signature and host.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The index of the review.
    pub review: usize,
    /// The index of the signature.
    pub signature: usize,
    /// Where, by ascending host index.
    pub hosts: Vec<u32>,
    /// What has become of it.
    pub state: State,
    /// How near each wake limit is.
    pub gauges: Vec<Gauge>,
}

/// The reviews in force, in the order of signatures, then of reviews. `reviews` must be oldest first.
pub fn standings(facts: &Facts, lookup: &Lookup, reviews: &[Review]) -> Vec<Standing> {
    let withdrawn: BTreeSet<&str> = reviews
        .iter()
        .filter(|r| r.decision == Decision::Withdraw)
        .map(|r| r.subject_id.as_str())
        .collect();
    let mut in_force: BTreeMap<(usize, u32), usize> = BTreeMap::new();
    for (index, review) in reviews.iter().enumerate() {
        if !review.decision.is_judgement()
            || withdrawn.contains(review.review_id.as_str())
            || !is_past(review, facts)
        {
            continue;
        }
        let hosts = host_indices(facts, &review.hosts);
        for signature in lookup.signatures(&review.signature_ids) {
            in_force.extend(hosts.iter().map(|&h| ((signature, h), index)));
        }
    }
    let mut places: BTreeMap<(usize, usize), Vec<u32>> = BTreeMap::new();
    for ((signature, host), review) in in_force {
        places.entry((signature, review)).or_default().push(host);
    }
    places
        .into_iter()
        .map(|((signature, index), hosts)| {
            let review = &reviews[index];
            let near = near(facts, lookup, review, signature, &hosts);
            Standing {
                review: index,
                signature,
                state: state(facts, review, signature, &hosts, &near),
                hosts,
                gauges: near,
            }
        })
        .collect()
}

/// Whether the person had seen no more than these facts: a look at the past does not know what was judged later.
fn is_past(review: &Review, facts: &Facts) -> bool {
    known_as_of(review.judged_at, facts.as_of)
}

/// The indices of these hosts, ascending; hosts not seen yet have none.
pub fn host_indices(facts: &Facts, names: &[String]) -> Vec<u32> {
    let mut found: Vec<u32> = names
        .iter()
        .filter_map(|name| facts.hosts.binary_search(name).ok())
        .map(|i| i as u32)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn near(
    facts: &Facts,
    lookup: &Lookup,
    review: &Review,
    signature: usize,
    hosts: &[u32],
) -> Vec<Gauge> {
    let Some(limits) = &review.wake else {
        return Vec::new();
    };
    let recovery = limits.recovery.as_ref();
    let recovery = recovery.and_then(|r| lookup.signature(&r.signature_id));
    gauges(facts, signature, hosts, review.judged_at, limits, recovery)
}

fn state(facts: &Facts, review: &Review, signature: usize, hosts: &[u32], near: &[Gauge]) -> State {
    if review.decision == Decision::Useful {
        return State::Raises;
    }
    if review.until.is_some_and(|until| facts.as_of >= until) {
        return State::Expired;
    }
    let reached = near.iter().filter(|g| g.reached);
    let reached: Vec<String> = reached.map(|g| format!("{} {}", g.axis, g.now)).collect();
    if !reached.is_empty() {
        return State::Woke(reached);
    }
    if review.decision == Decision::Resolved {
        let (again, before) = around(&facts.signatures[signature], hosts, review.judged_at);
        if let Some(at) = again {
            let away = at.since(before.unwrap_or(review.judged_at));
            return State::Regressed { at, away };
        }
    }
    State::Holds
}

impl Standing {
    /// What it does to the score and the place of what it speaks of.
    pub fn judgement(&self, review: &Review) -> Judgement {
        let (weight, effect) = match (&self.state, review.decision) {
            (State::Raises, _) => (USEFUL, Effect::Shows),
            (State::Regressed { .. }, _) => (REGRESSED, Effect::Shows),
            (State::Woke(_), _) => (WOKE, Effect::Shows),
            (State::Expired, _) => (0.0, Effect::Shows),
            (State::Holds, Decision::Noise) => (NOISE, Effect::Holds),
            (State::Holds, Decision::Snooze) => (0.0, Effect::Holds),
            (State::Holds, _) => (KNOWN, Effect::Holds),
        };
        Judgement {
            id: review.review_id.clone(),
            hosts: self.hosts.clone(),
            weight,
            effect,
            words: self.words(review),
        }
    }

    /// What it says and what came of it: `noise, by kim since 2026-03-02 10:00`.
    pub fn words(&self, review: &Review) -> String {
        let by = review
            .reviewer
            .as_deref()
            .map_or_else(String::new, |r| format!(" by {r}"));
        let decision = review.decision.name();
        let when = review.created_at.minute_text();
        match &self.state {
            State::Regressed { at, away } => format!(
                "regressed: resolved{by} on {when}, seen again at {} after it had stayed away for {}",
                at.minute_text(),
                span_text(*away)
            ),
            State::Woke(reached) => {
                format!("woke: {}; {decision}{by} since {when}", reached.join("; "))
            }
            State::Expired => format!(
                "{decision}{by} since {when}, ended {}",
                review
                    .until
                    .map_or_else(String::new, Timestamp::minute_text)
            ),
            State::Raises | State::Holds => {
                let until = review
                    .until
                    .map_or_else(String::new, |u| format!(", until {}", u.minute_text()));
                format!("{decision}{by} since {when}{until}")
            }
        }
    }

    /// The state in a word, as in JSON.
    pub fn state_name(&self) -> &'static str {
        match self.state {
            State::Raises => "in_force",
            State::Holds => "holding",
            State::Expired => "expired",
            State::Woke(_) => "woke",
            State::Regressed { .. } => "regressed",
        }
    }
}
