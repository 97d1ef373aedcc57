//! Walking through history in event time: what would have been told at each step, and what became of it.

use super::View;
use crate::candidate::{Candidate, DecisionBand};
use crate::report::pages::{Compared, FirstSurfaced, Raised, ReplayStep, Surfaced};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A candidate is worse when its score rose by this much (ten-thousandths) or its band rose.
const WORSE: i64 = 500;
/// A score that differs by less between two walks (ten-thousandths) did not move: it shows in no digit that is printed.
const MOVED: i64 = 100;

/// What a walk has seen so far.
#[derive(Default)]
pub struct Walk {
    before: BTreeMap<String, Surfaced>,
    events: u64,
    steps: Vec<ReplayStep>,
    first: BTreeMap<String, FirstSurfaced>,
}

impl Walk {
    /// Takes the next step: what is to be seen as of a time, which must not lie before the last one.
    pub fn step(&mut self, at: Timestamp, seen: &View) {
        let events = seen.learned.facts.signatures.iter().map(|s| s.count).sum();
        let told = |c: &&Candidate| c.decision_band > DecisionBand::Ignore && !c.held_back;
        let candidates: Vec<&Candidate> = seen.discovery.candidates.iter().filter(told).collect();
        let now: BTreeMap<String, Surfaced> = (candidates.iter())
            .map(|c| (c.candidate_id.clone(), surfaced(c)))
            .collect();
        let worse = |s: &&Surfaced| {
            self.before.get(&s.candidate_id).is_some_and(|b| {
                s.decision_band > b.decision_band || s.score_points >= b.score_points + WORSE
            })
        };
        let only_in = |one: &BTreeMap<String, Surfaced>, other: &BTreeMap<String, Surfaced>| {
            let only = one
                .values()
                .filter(|s| !other.contains_key(&s.candidate_id));
            only.cloned().collect()
        };
        self.steps.push(ReplayStep {
            as_of: at,
            events: u64::saturating_sub(events, self.events),
            new: only_in(&now, &self.before),
            worse: now.values().filter(worse).cloned().collect(),
            gone: only_in(&self.before, &now),
        });
        candidates.iter().for_each(|c| self.note(at, c));
        self.events = events;
        self.before = now;
    }

    fn note(&mut self, at: Timestamp, c: &Candidate) {
        let entry = self.first.entry(c.candidate_id.clone());
        let entry = entry.or_insert_with(|| FirstSurfaced {
            candidate_id: c.candidate_id.clone(),
            candidate_type: c.candidate_type,
            title: c.title.clone(),
            first_surfaced: at,
            first_band: c.decision_band,
            peak: at,
            highest_band: c.decision_band,
            highest_points: c.score_points,
            steps: 0,
        });
        entry.steps += 1;
        entry.highest_band = entry.highest_band.max(c.decision_band);
        if c.score_points > entry.highest_points {
            (entry.highest_points, entry.peak) = (c.score_points, at);
        }
    }

    /// The steps, oldest first.
    pub fn steps(&self) -> &[ReplayStep] {
        &self.steps
    }

    /// When each candidate was first raised, oldest first.
    pub fn first(&self) -> Vec<FirstSurfaced> {
        let mut all: Vec<FirstSurfaced> = self.first.values().cloned().collect();
        all.sort_by_key(|f| f.first_surfaced);
        all
    }

    /// What another walk over the same steps raised otherwise; and how many candidates are the same in both.
    pub fn compared(&self, other: &Walk) -> (Vec<Compared>, u64) {
        let ids: BTreeSet<&String> = self.first.keys().chain(other.first.keys()).collect();
        let mut same = 0;
        let mut rows = Vec::new();
        for id in ids {
            let (before, after) = (self.first.get(id), other.first.get(id));
            let Some(known) = before.or(after) else {
                continue;
            };
            if before.zip(after).is_some_and(|(b, a)| is_same(b, a)) {
                same += 1;
                continue;
            }
            rows.push(Compared {
                candidate_id: id.clone(),
                candidate_type: known.candidate_type,
                title: known.title.clone(),
                before: before.map(raised),
                after: after.map(raised),
            });
        }
        // Gained, lost, moved; the highest first.
        let points = |r: &Option<Raised>| r.as_ref().map_or(0, |r| r.highest_points);
        rows.sort_by_key(|c| {
            let highest = points(&c.before).max(points(&c.after));
            (
                c.before.is_some(),
                c.after.is_some(),
                -highest,
                c.candidate_id.clone(),
            )
        });
        (rows, same)
    }
}

fn is_same(a: &FirstSurfaced, b: &FirstSurfaced) -> bool {
    (a.first_surfaced, a.highest_band) == (b.first_surfaced, b.highest_band)
        && (a.highest_points - b.highest_points).abs() < MOVED
}

fn raised(f: &FirstSurfaced) -> Raised {
    Raised {
        first_surfaced: f.first_surfaced,
        highest_band: f.highest_band,
        highest_points: f.highest_points,
    }
}

fn surfaced(c: &Candidate) -> Surfaced {
    Surfaced {
        candidate_id: c.candidate_id.clone(),
        title: c.title.clone(),
        decision_band: c.decision_band,
        score_points: c.score_points,
    }
}
