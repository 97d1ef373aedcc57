//! From a score to what it asks of a person: thresholds, then rules that are printed when they fire.

use super::Score;
use crate::candidate::{CandidateType, Component, DecisionBand, Finding};
use crate::tuning::Tuning;

/// A decision and the rules that moved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What it asks.
    pub band: DecisionBand,
    /// The rules that fired, in words.
    pub rules: Vec<String>,
}

/// Decides. `days` is on how many different days it began; `incident` is whether a promoted incident names it, and
/// `memory` what people recorded, -1 (noise) to 1.
pub fn decide(
    finding: &Finding,
    score: &Score,
    days: usize,
    memory: f64,
    incident: Option<&str>,
    tuning: &Tuning,
) -> Decision {
    let total = score.points as f64 / 10_000.0;
    let mut band = match total {
        t if t >= tuning.score_urgent => DecisionBand::UrgentHumanReview,
        t if t >= tuning.score_review => DecisionBand::Review,
        t if t >= tuning.score_watch => DecisionBand::Watch,
        _ => DecisionBand::Ignore,
    };
    let mut rules = Vec::new();
    let value = |component: Component| {
        (score.rows.iter())
            .filter(|r| r.component == component)
            .map(|r| r.value)
            .fold(0.0, f64::max)
    };
    let mut at_most = |limit: DecisionBand, band: &mut DecisionBand, why: &str| {
        if *band > limit {
            *band = limit;
            rules.push(format!("at most {}: {why}", limit.name()));
        }
    };
    if value(Component::HumanImpact) < tuning.trouble_floor {
        let limit = match finding.candidate_type {
            CandidateType::Silence | CandidateType::Burst | CandidateType::Precursor => {
                DecisionBand::Review
            }
            _ => DecisionBand::Watch,
        };
        at_most(
            limit,
            &mut band,
            "nothing in its words or severity speaks of trouble",
        );
    }
    if finding.thin.is_some() {
        at_most(
            DecisionBand::Review,
            &mut band,
            "there is too little data to be sure",
        );
    }
    if memory <= -0.5 {
        at_most(DecisionBand::Watch, &mut band, "people judged it noise");
    }
    if let Some(incident) = incident
        .filter(|_| memory > -0.5 && band < DecisionBand::Review && total >= tuning.score_watch)
    {
        band = DecisionBand::Review;
        rules.push(format!("at least review: it matches {incident}"));
    }
    if band == DecisionBand::UrgentHumanReview && incident.is_none() && days >= 3 {
        band = DecisionBand::PromoteToIncidentMemory;
        rules.push(format!("promote_to_incident_memory: urgent, came on {days} days, and no incident tells of it yet"));
    }
    Decision { band, rules }
}
