//! A candidate: a statement about signatures worth a person's time, with its score and everything that explains it.

use crate::signature::SignatureId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What sort of statement a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateType {
    /// A trouble comes back in episodes.
    Recurrence,
    /// Far more than expected in a short time.
    Burst,
    /// The same on more hosts than before.
    Spread,
    /// A fault that heals itself, again and again.
    SelfHeal,
    /// Comes before something grave.
    Precursor,
    /// Never seen before.
    Anomaly,
    /// Something regular that stopped.
    Silence,
}

impl CandidateType {
    /// All types.
    pub const ALL: [CandidateType; 7] = [
        CandidateType::Recurrence,
        CandidateType::Burst,
        CandidateType::Spread,
        CandidateType::SelfHeal,
        CandidateType::Precursor,
        CandidateType::Anomaly,
        CandidateType::Silence,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            CandidateType::Recurrence => "recurrence",
            CandidateType::Burst => "burst",
            CandidateType::Spread => "spread",
            CandidateType::SelfHeal => "self_heal",
            CandidateType::Precursor => "precursor",
            CandidateType::Anomaly => "anomaly",
            CandidateType::Silence => "silence",
        }
    }
}

/// How much attention a signature has earned; ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttentionBand {
    /// Not worth looking at.
    IgnoreFast,
    /// Known and steady.
    Background,
    /// Kept in sight.
    Watch,
    /// Worth the deep pass.
    Investigate,
    /// Worth a person's memory.
    Promote,
}

impl AttentionBand {
    /// All bands, ascending.
    pub const ALL: [AttentionBand; 5] = [
        AttentionBand::IgnoreFast,
        AttentionBand::Background,
        AttentionBand::Watch,
        AttentionBand::Investigate,
        AttentionBand::Promote,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            AttentionBand::IgnoreFast => "ignore_fast",
            AttentionBand::Background => "background",
            AttentionBand::Watch => "watch",
            AttentionBand::Investigate => "investigate",
            AttentionBand::Promote => "promote",
        }
    }
}

/// What a candidate asks of a person; ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionBand {
    /// Nothing.
    Ignore,
    /// To know that it is there.
    Watch,
    /// To look at it.
    Review,
    /// To look at it now.
    UrgentHumanReview,
    /// To make it durable.
    PromoteToIncidentMemory,
}

impl DecisionBand {
    /// All bands, ascending.
    pub const ALL: [DecisionBand; 5] = [
        DecisionBand::Ignore,
        DecisionBand::Watch,
        DecisionBand::Review,
        DecisionBand::UrgentHumanReview,
        DecisionBand::PromoteToIncidentMemory,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            DecisionBand::Ignore => "ignore",
            DecisionBand::Watch => "watch",
            DecisionBand::Review => "review",
            DecisionBand::UrgentHumanReview => "urgent_human_review",
            DecisionBand::PromoteToIncidentMemory => "promote_to_incident_memory",
        }
    }
}

/// The components a score is made of, in the order they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Comes back.
    Recurrence,
    /// Heals itself, or no longer does.
    Recovery,
    /// On many hosts.
    Spread,
    /// Many at once.
    Burst,
    /// New.
    Novelty,
    /// Goes with something else in time.
    TemporalCorrelation,
    /// Likely to touch people.
    HumanImpact,
    /// Comes before something grave.
    Precursor,
    /// Memory says it matters (or does not).
    MemoryWeight,
    /// The source is important.
    SourceCriticality,
}

impl Component {
    /// All components, in the order they are shown.
    pub const ALL: [Component; 10] = [
        Component::Recurrence,
        Component::Recovery,
        Component::Spread,
        Component::Burst,
        Component::Novelty,
        Component::TemporalCorrelation,
        Component::HumanImpact,
        Component::Precursor,
        Component::MemoryWeight,
        Component::SourceCriticality,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Component::Recurrence => "recurrence",
            Component::Recovery => "recovery",
            Component::Spread => "spread",
            Component::Burst => "burst",
            Component::Novelty => "novelty",
            Component::TemporalCorrelation => "temporal_correlation",
            Component::HumanImpact => "human_impact",
            Component::Precursor => "precursor",
            Component::MemoryWeight => "memory_weight",
            Component::SourceCriticality => "source_criticality",
        }
    }
}

/// A named value with the number it came from: `hosts 5 (baseline 1)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Component it feeds.
    pub component: Component,
    /// What was measured, in the component's own unit (episodes, hosts, factor …).
    pub raw: f64,
    /// What would be nothing special, same unit.
    pub baseline: f64,
    /// The value, 0 to 1.
    pub value: f64,
}

/// One line of a finding's evidence, for people and programs: `("median gap", "14h")`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is.
    pub name: String,
    /// Its value in words.
    pub value: String,
}

/// What a detector found, before it is folded and scored.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The type.
    pub candidate_type: CandidateType,
    /// The signatures it speaks of, the leading one first. Indices into `Facts::signatures`.
    pub signatures: Vec<usize>,
    /// Where, if the finding is about one place rather than the signature everywhere; part of the id. Empty otherwise.
    pub entity: String,
    /// The hosts it was seen on, in order of arrival. Indices into `Facts::hosts`.
    pub hosts: Vec<u32>,
    /// Occurrences that make up the finding.
    pub event_count: u64,
    /// When it began.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// The components it measured.
    pub measures: Vec<Measure>,
    /// The numbers behind it, for people.
    pub evidence: Vec<Evidence>,
    /// What happens, in a few words with numbers, to stand at the head of the title: `12 episodes in 7 days`.
    pub headline: String,
    /// One plain sentence with numbers: why it matters.
    pub why: String,
    /// Why there is too little to be sure, where that is so: "3 events are too few to tell a trend".
    pub thin: Option<String>,
    /// The moments it began, ascending: what is one event with something else starts with it.
    pub starts: Vec<Timestamp>,
    /// The moments what it announces began, ascending; empty for all but precursors.
    pub outcomes: Vec<Timestamp>,
}

/// One row of a score: what was measured, what is usual, the weight, and what it adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// Which component.
    pub component: Component,
    /// Measured.
    pub raw: f64,
    /// Usual.
    pub baseline: f64,
    /// 0 to 1.
    pub value: f64,
    /// Its weight.
    pub weight: f64,
    /// What it adds to the score, in ten-thousandths, so that the rows add up to the total exactly.
    pub points: i64,
}

/// A finding that was folded into a stronger one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Its own id.
    pub candidate_id: String,
    /// Its type.
    pub candidate_type: CandidateType,
    /// Its title.
    pub title: String,
    /// Its signatures.
    pub signature_ids: Vec<String>,
}

/// What a person's judgement makes of a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The review or memory.
    pub id: String,
    /// What it says, and what came of it: `noise, by kim since 2026-03-02`.
    pub words: String,
}

/// A scored, explained statement worth a person's time.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// `cand_` and letters, from tenant, type, signature and entity.
    pub candidate_id: String,
    /// The tenant.
    pub tenant_id: String,
    /// The type.
    pub candidate_type: CandidateType,
    /// One line.
    pub title: String,
    /// The signatures it speaks of, the leading one first.
    pub signatures: Vec<SignatureId>,
    /// The leading signature's service.
    pub service: String,
    /// The leading signature's template.
    pub template: String,
    /// Hosts, in order of arrival.
    pub hosts: Vec<String>,
    /// Occurrences.
    pub event_count: u64,
    /// When it began.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// What it asks of a person.
    pub decision_band: DecisionBand,
    /// What its signature has earned.
    pub attention_band: AttentionBand,
    /// The score in ten-thousandths: the sum of the contributions' points.
    pub score_points: i64,
    /// The rows of the score.
    pub score_breakdown: Vec<Contribution>,
    /// One plain sentence with numbers.
    pub why_it_matters: String,
    /// What is happening, in one or two sentences.
    pub explanation: String,
    /// Why there is too little to be sure, where that is so.
    pub thin: Option<String>,
    /// The numbers behind it.
    pub evidence: Vec<Evidence>,
    /// What would change the decision.
    pub counterfactual: Vec<String>,
    /// What to look at next, as commands or instructions.
    pub check_next: Vec<String>,
    /// Rules that moved the decision band, in words.
    pub rules: Vec<String>,
    /// What was folded into it.
    pub members: Vec<Member>,
    /// Incidents of memory that match: ids.
    pub related_incidents: Vec<String>,
    /// Lessons and hints of memory that match: ids.
    pub related_lessons: Vec<String>,
    /// The judgements behind the row `memory_weight` of its score.
    pub judgements: Vec<Judged>,
    /// Whether reviews keep it from lists and pages.
    pub held_back: bool,
    /// Occurrences per day, oldest first, ending with the as-of day: for the sparkline.
    pub daily: Vec<u32>,
}

/// What relating something to a candidate takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// See [`Candidate`], for this and the rest.
    pub candidate_id: String,
    /// One line.
    pub title: String,
    /// The signatures it speaks of, the leading one first.
    pub signature_ids: Vec<String>,
    /// The leading signature's service.
    pub service: String,
    /// The leading signature's template.
    pub template: String,
    /// Hosts, in order of arrival.
    pub hosts: Vec<String>,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// What it asks of a person.
    pub decision_band: DecisionBand,
    /// The score in ten-thousandths.
    pub score_points: i64,
}

impl Candidate {
    /// The candidate in outline.
    pub fn outline(&self) -> Outline {
        Outline {
            candidate_id: self.candidate_id.clone(),
            title: self.title.clone(),
            signature_ids: self.signatures.iter().map(ToString::to_string).collect(),
            service: self.service.clone(),
            template: self.template.clone(),
            hosts: self.hosts.clone(),
            last_seen: self.last_seen,
            decision_band: self.decision_band,
            score_points: self.score_points,
        }
    }

    /// The score as a number between 0 and about 1.
    pub fn score_total(&self) -> f64 {
        self.score_points as f64 / 10_000.0
    }

    /// What most of its score is for.
    pub fn strongest(&self) -> Option<Component> {
        let rows = self.score_breakdown.iter();
        rows.max_by_key(|r| r.points).map(|r| r.component)
    }
}
