//! What was in the data as of a time but was not told, and what would have brought it up: found by asking again with one
//! constant after the other made more lenient.

use super::View;
use crate::candidate::{Candidate, DecisionBand};
use crate::discern::discover;
use crate::time::DAY;
use crate::tuning::Tuning;
use std::collections::{BTreeMap, BTreeSet};

/// The constants that keep findings from being made, each with a value at which one step less is asked for. A finding is named
/// with the first of them that brings it up.
const LENIENT: [(&str, f64); 12] = [
    ("recurrence.episodes", 2.0),
    ("burst.factor", 2.0),
    ("burst.min", 4.0),
    ("spread.hosts", 2.0),
    ("self_heal.episodes", 2.0),
    ("self_heal.share", 0.6),
    ("precursor.support", 2.0),
    ("precursor.lead", 15.0),
    ("anomaly.warmup", 1.0),
    ("anomaly.usual", 12.0),
    ("silence.runs", 2.0),
    ("band.watch", 0.05),
];

/// Findings below this share of the least score are not near the line: everything that ever happened is somewhere below it.
const NEAR: f64 = 0.25;

/// A finding that was not told.
#[derive(Clone, Debug)]
pub struct Below {
    /// What it would have said.
    pub candidate: Candidate,
    /// What kept it from being told.
    pub why: String,
}

/// What was not told of what happened lately, highest score first.
pub fn below(seen: &View, tuning: &Tuning) -> Vec<Below> {
    let facts = &seen.learned.facts;
    let since = facts
        .as_of
        .plus(-((tuning.lookback_days * DAY as f64) as i64));
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut found: BTreeMap<String, Below> = BTreeMap::new();
    for candidate in &seen.discovery.candidates {
        if candidate.held_back {
            let by = candidate.judgements.first().map_or("", |j| j.id.as_str());
            let why = format!("held back by {by}; it shows when that is withdrawn");
            add(&mut found, candidate, why);
        } else if candidate.decision_band > DecisionBand::Ignore {
            told.extend(names(candidate));
        }
    }
    let mut ask = |tuning: &Tuning, why: &dyn Fn(&Candidate) -> String| {
        let again = discover(facts, &seen.remembered, tuning).candidates;
        let news = again
            .iter()
            .filter(|c| !c.held_back && c.last_seen >= since);
        for candidate in news.filter(|c| !names(c).any(|n| told.contains(&n))) {
            add(&mut found, candidate, why(candidate));
        }
    };
    let mut lower = tuning.clone();
    let floor = tuning.score_floor * NEAR;
    (lower.score_floor, lower.score_watch) = (floor, floor);
    ask(&lower, &|c| {
        let score = (c.score_total() * 100.0).floor() / 100.0;
        format!("told from a score.floor of {score:.2} on")
    });
    for (name, value) in LENIENT {
        let mut lenient = tuning.clone();
        if lenient.get(name).is_some_and(|now| now != value) && lenient.set(name, value).is_ok() {
            ask(&lenient, &|_| format!("told with {name} = {value}"));
        }
    }
    let mut all: Vec<Below> = found.into_values().collect();
    all.sort_by(|a, b| {
        let (a, b) = (&a.candidate, &b.candidate);
        (b.score_points.cmp(&a.score_points)).then_with(|| a.candidate_id.cmp(&b.candidate_id))
    });
    all
}

/// What a candidate is told by: its id, and its signature where it leads.
fn names(c: &Candidate) -> impl Iterator<Item = String> {
    let folded = c.members.iter().map(|m| m.candidate_id.clone());
    let lead = c.signatures.first().map(ToString::to_string);
    folded.chain([c.candidate_id.clone()]).chain(lead)
}

fn add(found: &mut BTreeMap<String, Below>, candidate: &Candidate, why: String) {
    // By signature: what one constant brings up as a burst and another as a recurrence is one thing.
    let lead = candidate.signatures.first().map(ToString::to_string);
    let key = lead.unwrap_or_else(|| candidate.candidate_id.clone());
    found.entry(key).or_insert_with(|| Below {
        candidate: candidate.clone(),
        why,
    });
}
