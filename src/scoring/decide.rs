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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidate::Contribution;
    use crate::time::Timestamp;

    fn decided(
        points: i64,
        impact: f64,
        days: usize,
        memory: f64,
        incident: Option<&str>,
    ) -> Decision {
        let finding = Finding {
            candidate_type: CandidateType::Recurrence,
            signatures: vec![0],
            entity: String::new(),
            hosts: vec![0],
            event_count: 9,
            first_seen: Timestamp(0),
            last_seen: Timestamp(0),
            measures: Vec::new(),
            evidence: Vec::new(),
            headline: String::new(),
            why: String::new(),
            thin: None,
            starts: Vec::new(),
            outcomes: Vec::new(),
        };
        let score = Score {
            points,
            rows: vec![Contribution {
                component: Component::HumanImpact,
                raw: impact,
                baseline: 0.0,
                value: impact,
                weight: 0.35,
                points,
            }],
            freshness: 1.0,
        };
        decide(&finding, &score, days, memory, incident, &Tuning::default())
    }

    #[test]
    fn every_rule_that_fires_is_said() {
        assert_eq!(
            decided(5000, 0.8, 1, 0.0, None),
            Decision {
                band: DecisionBand::Review,
                rules: Vec::new()
            }
        );
        let harmless = decided(5000, 0.0, 1, 0.0, None);
        assert_eq!(
            (harmless.band, harmless.rules.len()),
            (DecisionBand::Watch, 1)
        );
        let noise = decided(8000, 0.8, 1, -1.0, None);
        assert_eq!((noise.band, noise.rules.len()), (DecisionBand::Watch, 1));
        let known = decided(2500, 0.8, 1, 1.0, Some("inc_x"));
        assert_eq!((known.band, known.rules.len()), (DecisionBand::Review, 1));
    }

    #[test]
    fn only_what_lasts_and_is_not_known_asks_to_be_remembered() {
        assert_eq!(
            decided(9000, 0.8, 1, 0.0, None).band,
            DecisionBand::UrgentHumanReview
        );
        assert_eq!(
            decided(9000, 0.8, 5, 0.0, None).band,
            DecisionBand::PromoteToIncidentMemory
        );
        assert_eq!(
            decided(9000, 0.8, 5, 1.0, Some("inc_x")).band,
            DecisionBand::UrgentHumanReview
        );
    }
}
