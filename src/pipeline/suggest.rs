//! Weights that rank what people called useful above what they called noise. A suggestion, never applied by itself.

use super::view;
use crate::candidate::{Candidate, Component};
use crate::error::Result;
use crate::memory::{Decision, Review};
use crate::report::pages::Setting;
use crate::store::Store;
use crate::time::{HOUR, Timestamp};
use crate::tuning::Tuning;
use std::collections::BTreeMap;

/// Fewer reviews of a kind are a mood, not a pattern.
const LEAST: usize = 3;
/// A weight moves by this share at most: the next reviews will tell whether it was right.
const BOLDNESS: f64 = 0.5;
/// Weights are written with two digits.
const DIGITS: f64 = 100.0;

/// What is suggested, and what it rests on.
#[derive(Clone, Debug, Default)]
pub struct Suggestion {
    /// Candidates that were called useful, and noise.
    pub useful: usize,
    /// See above.
    pub noise: usize,
    /// Weights to change, by name.
    pub settings: Vec<Setting>,
    /// Pairs of a useful one and a noise.
    pub pairs: usize,
    /// Of these, pairs ranked right with the weights in force, and with those suggested.
    pub right_before: usize,
    /// See above.
    pub right_after: usize,
}

impl Suggestion {
    /// Whether there are enough reviews to learn from.
    pub fn is_founded(&self) -> bool {
        self.useful >= LEAST && self.noise >= LEAST
    }

    /// How many of each kind there must be.
    pub const LEAST: usize = LEAST;
}

/// A judged candidate: what each component measured, faded as its score was.
type Measured = BTreeMap<Component, f64>;

/// Learns from all reviews that call a candidate useful or noise, each with the candidate as it was then.
pub fn suggest(store: &Store, tenant: &str, tuning: &Tuning) -> Result<Suggestion> {
    let mut judged: BTreeMap<Timestamp, Vec<Review>> = BTreeMap::new();
    for review in store.reviews(tenant)? {
        if matches!(review.decision, Decision::Useful | Decision::Noise) {
            let hour_end = review.judged_at.hour().start().plus(HOUR);
            judged.entry(hour_end).or_default().push(review);
        }
    }
    let (mut useful, mut noise): (Vec<Measured>, Vec<Measured>) = (Vec::new(), Vec::new());
    for (as_of, reviews) in judged {
        let seen = view(store, tenant, as_of, tuning)?;
        for review in reviews {
            let ours = |c: &&Candidate| {
                let lead = c.signatures.first().map(ToString::to_string);
                c.candidate_id == review.subject_id
                    || lead.is_some_and(|l| review.signature_ids.contains(&l))
            };
            let Some(candidate) = seen.discovery.candidates.iter().find(ours) else {
                continue;
            };
            match review.decision {
                Decision::Useful => useful.push(measured(candidate)),
                _ => noise.push(measured(candidate)),
            }
        }
    }
    Ok(learn(&useful, &noise, tuning))
}

/// What people said must not be taken for what was measured, so memory is left out.
fn measured(candidate: &Candidate) -> Measured {
    let rows = candidate.score_breakdown.iter();
    let rows = rows.filter(|r| r.component != Component::MemoryWeight && r.weight > 0.0);
    rows.map(|r| (r.component, r.points as f64 / 10_000.0 / r.weight))
        .collect()
}

fn learn(useful: &[Measured], noise: &[Measured], tuning: &Tuning) -> Suggestion {
    let mut suggestion = Suggestion {
        useful: useful.len(),
        noise: noise.len(),
        pairs: useful.len() * noise.len(),
        ..Suggestion::default()
    };
    if !suggestion.is_founded() {
        return suggestion;
    }
    let components: BTreeMap<Component, String> = (useful.iter().chain(noise))
        .flat_map(|m| m.keys())
        .map(|c| (*c, format!("weight.{}", c.name())))
        .collect();
    let mut tried = tuning.clone();
    let mut settings = Vec::new();
    for (component, name) in &components {
        let mean = |all: &[Measured]| {
            all.iter().filter_map(|m| m.get(component)).sum::<f64>() / all.len() as f64
        };
        let Some(from) = tuning.get(name) else {
            continue;
        };
        let apart = (mean(useful) - mean(noise)).clamp(-1.0, 1.0);
        let to = (from * (1.0 + BOLDNESS * apart) * DIGITS).round() / DIGITS;
        if to != from && tried.set(name, to).is_ok() {
            let name = name.clone();
            settings.push(Setting { name, from, to });
        }
    }
    let right = |tuning: &Tuning| {
        let score = |m: &Measured| -> f64 {
            let weight = |c: &Component| components.get(c).and_then(|n| tuning.get(n));
            m.iter().map(|(c, v)| weight(c).unwrap_or(0.0) * v).sum()
        };
        let pairs = useful
            .iter()
            .flat_map(|u| noise.iter().map(move |n| (u, n)));
        pairs.filter(|(u, n)| score(u) > score(n)).count()
    };
    suggestion.right_before = right(tuning);
    suggestion.right_after = right(&tried);
    if suggestion.right_after > suggestion.right_before {
        suggestion.settings = settings;
    }
    suggestion
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[(Component, f64)]) -> Measured {
        rows.iter().copied().collect()
    }

    #[test]
    fn what_marks_the_useful_gains_and_what_marks_noise_loses() {
        let useful = vec![of(&[(Component::Recurrence, 0.9), (Component::Burst, 0.1)]); 3];
        let noise = vec![of(&[(Component::Recurrence, 0.2), (Component::Burst, 0.75)]); 4];
        let mut tuning = Tuning::default();
        tuning.set("weight.recurrence", 0.3).expect("known");
        tuning.set("weight.burst", 0.45).expect("known");
        let found = learn(&useful, &noise, &tuning);
        assert_eq!(
            (found.pairs, found.right_before, found.right_after),
            (12, 0, 12)
        );
        let to = |name: &str| found.settings.iter().find(|s| s.name == name).map(|s| s.to);
        assert!(to("weight.recurrence").is_some_and(|w| w > 0.3));
        assert!(to("weight.burst").is_some_and(|w| w < 0.45));
    }

    #[test]
    fn nothing_is_suggested_from_few_reviews_or_for_a_ranking_that_is_right() {
        let high = of(&[(Component::Recurrence, 0.9)]);
        let low = of(&[(Component::Recurrence, 0.2)]);
        let few = learn(
            &[high.clone(), high.clone()],
            &vec![low.clone(); 5],
            &Tuning::default(),
        );
        assert!(!few.is_founded() && few.settings.is_empty());
        let right = learn(&vec![high; 3], &vec![low; 3], &Tuning::default());
        assert_eq!((right.right_before, right.pairs), (9, 9));
        assert!(right.settings.is_empty());
    }
}
