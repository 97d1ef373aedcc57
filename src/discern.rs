//! The right side of the store in one call: from facts to ranked, folded, scored and explained candidates.
//!
//! A pure function: the same facts, memory and constants give the same answer, whatever the order they came in by, and
//! no clock is asked. A cheap pass reads the hourly cells of all signatures; a deep one reads exact times of those that
//! earned it.

use crate::attention::{Attention, attend};
use crate::candidate::{AttentionBand, DecisionBand, Evidence};
use crate::candidate::{Candidate, CandidateType, Finding, Member};
use crate::discovery::{DETECTORS, Folded, Note, View, fold, tracks};
use crate::event::Severity;
use crate::profile::{Clock, Fleet, Profile, Scratch};
use crate::scoring::{Score, advice, decide, readable, score, title};
use crate::signature::{Facts, SignatureFacts, SignatureId, derived_id};
use crate::time::DAY;
use crate::tuning::Tuning;

/// What memory and reviews say about one signature.
#[derive(Clone, Debug, PartialEq)]
pub struct Remembered {
    /// The signature.
    pub signature: SignatureId,
    /// Incidents that name it: id and title.
    pub incidents: Vec<(String, String)>,
    /// -1 (judged noise) to 1 (an incident, judged useful).
    pub weight: f64,
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
    let clock = Clock::of(facts, tuning);
    let mut scratch = Scratch::default();
    let profiles: Vec<Profile> = (facts.signatures.iter())
        .map(|s| Profile::of(s, &clock, &mut scratch))
        .collect();
    let fleet = Fleet::of(facts, &profiles, tuning);
    let remembered = by_signature(memory);
    let attention: Vec<Attention> = (facts.signatures.iter().zip(&profiles))
        .map(|(s, p)| {
            attend(
                s,
                p,
                &fleet,
                find(&remembered, s.id).map_or(0.0, |r| r.weight),
                tuning,
            )
        })
        .collect();
    let notes = notes(facts, &attention, &remembered, tuning);
    let tracks = tracks(facts, &notes, tuning.tracks_most as usize);
    let view = View {
        facts,
        fleet: &fleet,
        profiles: &profiles,
        notes: &notes,
        tracks: &tracks,
    };
    let mut findings: Vec<Finding> = Vec::new();
    for detector in DETECTORS {
        detector.find(&view, tuning, &mut findings);
    }
    let desk = Desk {
        view,
        attention: &attention,
        remembered: &remembered,
        tuning,
    };
    let scores: Vec<Score> = findings.iter().map(|f| desk.score(f)).collect();
    let points: Vec<i64> = scores.iter().map(|s| s.points).collect();
    let floor = (tuning.score_floor * 10_000.0) as i64;
    let mut folded = fold(&findings, &points, tuning);
    folded.retain(|f| points[f.lead] >= floor);
    let mut candidates: Vec<Candidate> = folded
        .iter()
        .map(|f| desk.candidate(f, &findings, &scores))
        .collect();
    candidates.sort_by(|a, b| {
        let key = |c: &Candidate| {
            (
                std::cmp::Reverse(c.score_points),
                c.candidate_type,
                c.candidate_id.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    let earned = notes.iter().filter(|n| n.earned).count();
    Discovery {
        candidates,
        attention,
        cost: Cost {
            signatures: facts.signatures.len(),
            earned,
        },
    }
}

fn by_signature(memory: &[Remembered]) -> Vec<&Remembered> {
    let mut out: Vec<&Remembered> = memory.iter().collect();
    out.sort_by_key(|r| r.signature);
    out
}

fn find<'a>(remembered: &[&'a Remembered], id: SignatureId) -> Option<&'a Remembered> {
    remembered
        .binary_search_by_key(&id, |r| r.signature)
        .ok()
        .map(|i| remembered[i])
}

fn notes(
    facts: &Facts,
    attention: &[Attention],
    remembered: &[&Remembered],
    tuning: &Tuning,
) -> Vec<Note> {
    let earned = earning(attention, tuning.deep_most as usize);
    (facts.signatures.iter().zip(attention).enumerate())
        .map(|(i, (s, a))| Note {
            trouble: a.trouble,
            access: a.access,
            routine: a.routine,
            success: a.success,
            harmless: s.severity().is_some_and(|worst| worst <= Severity::Info),
            incident: find(remembered, s.id).is_some_and(|r| !r.incidents.is_empty()),
            earned: earned[i],
        })
        .collect()
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

/// Everything needed to turn a finding into a candidate.
struct Desk<'a> {
    view: View<'a>,
    attention: &'a [Attention],
    remembered: &'a [&'a Remembered],
    tuning: &'a Tuning,
}

impl Desk<'_> {
    fn lead(&self, finding: &Finding) -> &SignatureFacts {
        &self.view.facts.signatures[finding.signatures[0]]
    }

    fn memory(&self, finding: &Finding) -> f64 {
        find(self.remembered, self.lead(finding).id).map_or(0.0, |r| r.weight)
    }

    fn score(&self, finding: &Finding) -> Score {
        let facts = self.view.facts;
        score(
            finding,
            &self.lead(finding).service,
            self.memory(finding),
            facts.as_of,
            self.tuning,
        )
    }

    fn id(&self, finding: &Finding) -> String {
        let signature = self.lead(finding).id.to_string();
        derived_id(
            "cand_",
            &[
                &self.view.facts.tenant,
                finding.candidate_type.name(),
                &signature,
                &finding.entity,
            ],
        )
    }

    fn candidate(&self, folded: &Folded, findings: &[Finding], scores: &[Score]) -> Candidate {
        let (finding, score) = (&findings[folded.lead], &scores[folded.lead]);
        let facts = self.view.facts;
        let lead = self.lead(finding);
        let incidents: Vec<&(String, String)> = (finding.signatures.iter())
            .filter_map(|&i| find(self.remembered, facts.signatures[i].id))
            .flat_map(|r| &r.incidents)
            .collect();
        let mut days: Vec<i32> = finding.starts.iter().map(|t| t.hour().day()).collect();
        days.dedup();
        let known = incidents
            .first()
            .map(|(id, title)| format!("{id} ({title})"));
        let decision = decide(
            finding,
            score,
            days.len(),
            self.memory(finding),
            known.as_deref(),
            self.tuning,
        );
        let ids: Vec<SignatureId> = finding
            .signatures
            .iter()
            .map(|&i| facts.signatures[i].id)
            .collect();
        let id_texts: Vec<String> = ids.iter().map(SignatureId::to_string).collect();
        let hosts: Vec<String> = finding
            .hosts
            .iter()
            .map(|&h| facts.hosts[h as usize].clone())
            .collect();
        let mut evidence = finding.evidence.clone();
        evidence.push(Evidence {
            name: "message".to_string(),
            value: readable(&lead.template),
        });
        let mut related: Vec<String> = incidents.iter().map(|(id, _)| id.clone()).collect();
        related.sort();
        related.dedup();
        Candidate {
            candidate_id: self.id(finding),
            tenant_id: facts.tenant.clone(),
            candidate_type: finding.candidate_type,
            title: title(finding, &lead.template, 0),
            signatures: ids,
            service: lead.service.clone(),
            template: lead.template.clone(),
            check_next: advice(
                finding,
                &id_texts,
                hosts.first().map_or("", String::as_str),
                &lead.service,
            ),
            hosts,
            event_count: finding.event_count,
            first_seen: finding.first_seen,
            last_seen: finding.last_seen,
            decision_band: decision.band,
            attention_band: self.attention[finding.signatures[0]].band,
            score_points: score.points,
            score_breakdown: score.rows.clone(),
            why_it_matters: finding.why.clone(),
            explanation: explanation(finding, score, decision.band, lead),
            evidence,
            counterfactual: Vec::new(),
            rules: decision.rules,
            members: folded
                .members
                .iter()
                .map(|&i| self.member(&findings[i]))
                .collect(),
            related_incidents: related,
            daily: daily(lead, facts),
        }
    }

    fn member(&self, finding: &Finding) -> Member {
        let facts = self.view.facts;
        Member {
            candidate_id: self.id(finding),
            candidate_type: finding.candidate_type,
            title: title(finding, &self.lead(finding).template, 0),
            signature_ids: finding
                .signatures
                .iter()
                .map(|&i| facts.signatures[i].id.to_string())
                .collect(),
        }
    }
}

fn explanation(
    finding: &Finding,
    score: &Score,
    band: DecisionBand,
    lead: &SignatureFacts,
) -> String {
    let strongest = score
        .rows
        .iter()
        .max_by_key(|r| r.points)
        .map_or("nothing", |r| r.component.name());
    let service = if lead.service.is_empty() {
        "a program"
    } else {
        &lead.service
    };
    let thin = finding
        .thin
        .as_ref()
        .map_or(String::new(), |t| format!(" Note: {t}."));
    format!(
        "{} {service} said \"{}\". It is {} with a score of {:.2}, most of it for {strongest}.{thin}",
        finding.why,
        readable(&lead.template),
        band.name(),
        score.points as f64 / 10_000.0,
    )
}

/// Occurrences per day for the last 14 days, oldest first.
fn daily(signature: &SignatureFacts, facts: &Facts) -> Vec<u32> {
    const DAYS: i64 = 14;
    let mut out = vec![0u32; DAYS as usize];
    for cell in signature.activity.iter().flat_map(|at| &at.cells) {
        let ago = (facts.as_of.since(cell.hour.start()) - 1) / DAY;
        if (0..DAYS).contains(&ago) {
            let slot = &mut out[(DAYS - 1 - ago) as usize];
            *slot = slot.saturating_add(cell.count);
        }
    }
    out
}

/// The type of a candidate by its name; for filters.
pub fn type_named(name: &str) -> Option<CandidateType> {
    CandidateType::ALL.into_iter().find(|t| t.name() == name)
}
