//! The right side of the store in one call: from facts to ranked, folded, scored and explained candidates.
//!
//! A pure function: the same facts, memory and constants give the same answer, whatever the order they came in by, and
//! no clock is asked. A cheap pass reads the hourly cells of all signatures; a deep one reads exact times of those that
//! earned it.

mod desk;
mod hold;
mod what_if;

use crate::attention::{Attention, attend};
use crate::candidate::{AttentionBand, Candidate, Finding};
use crate::discovery::{DETECTORS, Folded, Note, Strength, Track, View, fold, tracks};
use crate::event::Severity;
use crate::profile::{Clock, Fleet, Profile, Scratch};
use crate::scoring::Score;
use crate::signature::{Facts, SignatureId};
use crate::tuning::Tuning;
use desk::Desk;

/// What memory and reviews say about one signature.
#[derive(Clone, Debug, PartialEq)]
pub struct Remembered {
    /// The signature.
    pub signature: SignatureId,
    /// Incidents that name it: id and title.
    pub incidents: Vec<(String, String)>,
    /// Lessons and hints that name it; they are shown, and weigh nothing.
    pub lessons: Vec<(String, String)>,
    /// What memory says about it wherever it is seen, -1 (noise) to 1 (an incident).
    pub weight: f64,
    /// What is said about it on some hosts; no host is in two of them.
    pub judgements: Vec<Judgement>,
}

/// What is said about a signature on some hosts.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The review or memory that says it.
    pub id: String,
    /// Where, by ascending host index.
    pub hosts: Vec<u32>,
    /// -1 (noise) to 1.
    pub weight: f64,
    /// Whether it keeps what is only there from lists and pages.
    pub effect: Effect,
    /// What it says, for people.
    pub words: String,
}

/// What a judgement does to a candidate, beside its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Keeps it from lists and pages.
    Holds,
    /// Leaves it there.
    Shows,
}

impl Remembered {
    /// A signature of which nothing is remembered yet.
    pub fn of(signature: SignatureId) -> Remembered {
        Remembered {
            signature,
            incidents: Vec::new(),
            lessons: Vec::new(),
            weight: 0.0,
            judgements: Vec::new(),
        }
    }

    /// The judgement for one host.
    fn on(&self, host: u32) -> Option<&Judgement> {
        self.judgements
            .iter()
            .find(|j| j.hosts.binary_search(&host).is_ok())
    }

    /// What it weighs on these hosts together. A judgement never acts wider than it was made: one that lowers counts only where
    /// all hosts have one, one that raises wherever it was made.
    fn weight_on(&self, hosts: impl Iterator<Item = u32>) -> f64 {
        let judged = hosts.map(|h| self.on(h).map_or(0.0, |j| j.weight));
        let judged = judged.reduce(f64::max).unwrap_or(0.0);
        if judged > 0.0 {
            judged.max(self.weight)
        } else if judged < 0.0 {
            judged
        } else {
            self.weight
        }
    }

    /// Whether reviews hold it back on every one of these hosts.
    fn holds(&self, hosts: &[u32]) -> bool {
        let held = |&h: &u32| self.on(h).is_some_and(|j| j.effect == Effect::Holds);
        !hosts.is_empty() && hosts.iter().all(held)
    }
}

/// What there is to see.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// Ranked: strongest first.
    pub candidates: Vec<Candidate>,
    /// By signature index.
    pub attention: Vec<Attention>,
    /// What it cost.
    pub cost: Cost,
}

/// What a discovery looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Signatures read by their hourly cells.
    pub signatures: usize,
    /// Of those, the ones whose exact times were read.
    pub earned: usize,
}

/// Finds, folds, scores and explains.
pub fn discover(facts: &Facts, memory: &[Remembered], tuning: &Tuning) -> Discovery {
    let remembered = Memory::of(memory);
    let profiles = profiles_of(facts, tuning);
    let fleet = Fleet::of(facts, &profiles, tuning);
    let survey = Survey::of(facts, profiles, &fleet, &remembered, tuning);
    let view = survey.view(facts, &fleet);
    let mut findings: Vec<Finding> = Vec::new();
    for detector in DETECTORS {
        detector.find(&view, tuning, &mut findings);
    }
    let desk = Desk {
        view,
        attention: &survey.attention,
        remembered: &remembered,
        tuning,
    };
    let candidates = rank(&desk, &findings);
    let cost = Cost {
        signatures: facts.signatures.len(),
        earned: survey.notes.iter().filter(|n| n.earned).count(),
    };
    Discovery {
        candidates,
        attention: survey.attention,
        cost,
    }
}

/// Scores and folds the findings, drops what is not worth a line, and ranks: by score, then type, then id.
fn rank(desk: &Desk, findings: &[Finding]) -> Vec<Candidate> {
    let scores: Vec<Score> = findings.iter().map(|f| desk.score(f)).collect();
    let points: Vec<i64> = scores.iter().map(|s| s.points).collect();
    let floor = (desk.tuning.score_floor * 10_000.0) as i64;
    let strength: Vec<Strength> = (findings.iter().zip(&points))
        .map(|(f, &p)| Strength::of(p, &desk.lead(f).template))
        .collect();
    let mut folded = hold::apart(desk, findings, &strength);
    folded.retain(|f| points[f.lead] >= floor);
    let mut ranked: Vec<(Candidate, usize)> = (folded.iter())
        .map(|f| (desk.candidate(f, findings, &scores), f.lead))
        .collect();
    ranked.sort_by(|(a, _), (b, _)| {
        (b.score_points.cmp(&a.score_points))
            .then(a.candidate_type.cmp(&b.candidate_type))
            .then_with(|| a.candidate_id.cmp(&b.candidate_id))
    });
    for (candidate, lead) in ranked.iter_mut().take(what_if::MOST) {
        candidate.counterfactual = what_if::changes(desk, &findings[*lead], candidate);
    }
    ranked.into_iter().map(|(candidate, _)| candidate).collect()
}

/// What memory says, by signature.
struct Memory<'a>(Vec<&'a Remembered>);

impl Memory<'_> {
    fn of(memory: &[Remembered]) -> Memory<'_> {
        let mut all: Vec<&Remembered> = memory.iter().collect();
        all.sort_by_key(|r| r.signature);
        Memory(all)
    }

    fn get(&self, id: SignatureId) -> Option<&Remembered> {
        let at = self.0.binary_search_by_key(&id, |r| r.signature).ok()?;
        Some(self.0[at])
    }

    fn weight(&self, id: SignatureId, hosts: impl Iterator<Item = u32>) -> f64 {
        self.get(id).map_or(0.0, |r| r.weight_on(hosts))
    }
}

fn profiles_of(facts: &Facts, tuning: &Tuning) -> Vec<Profile> {
    let clock = Clock::of(facts, tuning);
    let mut scratch = Scratch::default();
    (facts.signatures.iter())
        .map(|s| Profile::of(s, &clock, &mut scratch))
        .collect()
}

/// What the cheap pass says about all signatures, and the exact times of those that earned the deep one.
struct Survey {
    profiles: Vec<Profile>,
    attention: Vec<Attention>,
    notes: Vec<Note>,
    tracks: Vec<Vec<Track>>,
}

impl Survey {
    fn of(
        facts: &Facts,
        profiles: Vec<Profile>,
        fleet: &Fleet,
        remembered: &Memory,
        tuning: &Tuning,
    ) -> Survey {
        let attention: Vec<Attention> = (facts.signatures.iter().zip(&profiles))
            .map(|(s, p)| {
                let memory = remembered.weight(s.id, s.activity.iter().map(|at| at.host));
                attend(s, p, fleet, memory, tuning)
            })
            .collect();
        let earned = earning(&attention, tuning.deep_most as usize);
        let notes: Vec<Note> = (facts.signatures.iter().zip(&attention).zip(earned))
            .map(|((s, a), earned)| Note {
                trouble: a.trouble,
                access: a.access,
                routine: a.routine,
                success: a.success,
                harmless: s.severity().is_some_and(|worst| worst <= Severity::Info),
                unjudged: !a.success && s.severity().is_none_or(|worst| worst == Severity::Notice),
                incident: remembered
                    .get(s.id)
                    .is_some_and(|r| !r.incidents.is_empty()),
                earned,
            })
            .collect();
        let tracks = tracks(facts, &notes, tuning.tracks_most as usize);
        Survey {
            profiles,
            attention,
            notes,
            tracks,
        }
    }

    fn view<'a>(&'a self, facts: &'a Facts, fleet: &'a Fleet) -> View<'a> {
        View {
            facts,
            fleet,
            profiles: &self.profiles,
            notes: &self.notes,
            tracks: &self.tracks,
        }
    }
}

/// Which signatures earned the deep pass: the band says so, and they are among the `most` with the most attention (ties
/// by id), so that the cost of the deep pass has a bound.
fn earning(attention: &[Attention], most: usize) -> Vec<bool> {
    let mut worthy: Vec<usize> = (0..attention.len())
        .filter(|&i| attention[i].band >= AttentionBand::Watch)
        .collect();
    worthy.sort_by_key(|&i| (std::cmp::Reverse(attention[i].score_points), i));
    let mut earned = vec![false; attention.len()];
    worthy.into_iter().take(most).for_each(|i| earned[i] = true);
    earned
}
