//! The desk at which a finding becomes a candidate: scored, decided, titled and explained.

use super::{
    Attention, Candidate, Finding, Folded, Judgement, Memory, Remembered, Score, SignatureId,
    Tuning, View,
};
use crate::candidate::{Component, DecisionBand, Evidence, Judged, Member};
use crate::report::score_text;
use crate::scoring::{Decision, advice, brief, decide, readable, score, title};
use crate::signature::{Facts, SignatureFacts, derived_id};
use crate::time::DAY;

/// Everything needed to turn a finding into a candidate.
pub struct Desk<'a> {
    /// The facts and what is known of them.
    pub view: View<'a>,
    /// By signature index.
    pub attention: &'a [Attention],
    /// What people recorded.
    pub remembered: &'a Memory<'a>,
    /// The constants in force.
    pub tuning: &'a Tuning,
}

impl Desk<'_> {
    /// The leading signature of a finding.
    pub fn lead(&self, finding: &Finding) -> &SignatureFacts {
        &self.view.facts.signatures[finding.signatures[0]]
    }

    fn remembered(&self, signature: usize) -> Option<&Remembered> {
        self.remembered
            .get(self.view.facts.signatures[signature].id)
    }

    /// Whether reviews hold a finding back: its leading signature, on all of its hosts.
    pub fn held_back(&self, finding: &Finding) -> bool {
        self.remembered(finding.signatures[0])
            .is_some_and(|r| r.holds(&finding.hosts))
    }

    /// What was said about the leading signature of a finding on any of its hosts.
    fn judgements(&self, finding: &Finding) -> Vec<Judged> {
        let on_its_hosts = |j: &&Judgement| finding.hosts.iter().any(|h| j.hosts.contains(h));
        let all = self.remembered(finding.signatures[0]);
        let all = all.into_iter().flat_map(|r| &r.judgements);
        all.filter(on_its_hosts)
            .map(|j| Judged {
                id: j.id.clone(),
                words: j.words.clone(),
            })
            .collect()
    }

    /// What people recorded: a judgement of noise counts for the leading signature only, an incident for any.
    fn memory(&self, finding: &Finding) -> f64 {
        let weight = |&i: &usize| {
            let id = self.view.facts.signatures[i].id;
            self.remembered.weight(id, finding.hosts.iter().copied())
        };
        let lead = weight(&finding.signatures[0]);
        if lead < 0.0 {
            return lead;
        }
        finding.signatures.iter().map(weight).fold(lead, f64::max)
    }

    /// The score of a finding.
    pub fn score(&self, finding: &Finding) -> Score {
        let facts = self.view.facts;
        score(
            finding,
            &self.lead(finding).service,
            self.memory(finding),
            facts.as_of,
            self.tuning,
        )
    }

    fn incidents(&self, finding: &Finding) -> Vec<&(String, String)> {
        (finding.signatures.iter())
            .filter_map(|&i| self.remembered(i))
            .flat_map(|r| &r.incidents)
            .collect()
    }

    fn lessons(&self, finding: &Finding) -> Vec<String> {
        let all = finding
            .signatures
            .iter()
            .filter_map(|&i| self.remembered(i));
        ids(all.flat_map(|r| &r.lessons))
    }

    /// What memory adds to the score of a finding, in ten-thousandths.
    pub fn memory_points(&self, finding: &Finding) -> i64 {
        let rows = self.score(finding).rows;
        (rows
            .iter()
            .filter(|r| r.component == Component::MemoryWeight))
        .map(|r| r.points)
        .sum()
    }

    /// What a finding with this score asks of a person.
    pub fn decide(&self, finding: &Finding, score: &Score) -> Decision {
        let mut days: Vec<i32> = finding.starts.iter().map(|t| t.hour().day()).collect();
        days.dedup();
        let known = (self.incidents(finding).first()).map(|(id, title)| format!("{id} ({title})"));
        let memory = self.memory(finding);
        decide(
            finding,
            score,
            days.len(),
            memory,
            known.as_deref(),
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

    /// The candidate of a folded finding, without its counterfactuals.
    pub fn candidate(&self, folded: &Folded, findings: &[Finding], scores: &[Score]) -> Candidate {
        let (finding, score) = (&findings[folded.lead], &scores[folded.lead]);
        let facts = self.view.facts;
        let lead = self.lead(finding);
        let incidents = self.incidents(finding);
        let decision = self.decide(finding, score);
        let signatures: Vec<SignatureId> = finding
            .signatures
            .iter()
            .map(|&i| facts.signatures[i].id)
            .collect();
        let id_texts: Vec<String> = signatures.iter().map(SignatureId::to_string).collect();
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
        Candidate {
            candidate_id: self.id(finding),
            tenant_id: facts.tenant.clone(),
            candidate_type: finding.candidate_type,
            title: title(finding, lead.title(), 0),
            signatures,
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
            thin: finding.thin.clone(),
            evidence,
            counterfactual: Vec::new(),
            rules: decision.rules,
            members: folded
                .members
                .iter()
                .map(|&i| self.member(&findings[i]))
                .collect(),
            related_incidents: ids(incidents.into_iter()),
            related_lessons: self.lessons(finding),
            judgements: self.judgements(finding),
            held_back: self.held_back(finding),
            daily: daily(lead, facts),
        }
    }

    fn member(&self, finding: &Finding) -> Member {
        let facts = self.view.facts;
        Member {
            candidate_id: self.id(finding),
            candidate_type: finding.candidate_type,
            title: title(finding, self.lead(finding).title(), 0),
            signature_ids: finding
                .signatures
                .iter()
                .map(|&i| facts.signatures[i].id.to_string())
                .collect(),
        }
    }
}

/// The ids of memories, each once, in order.
fn ids<'a>(all: impl Iterator<Item = &'a (String, String)>) -> Vec<String> {
    let mut ids: Vec<String> = all.map(|(id, _)| id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// What happened, then what was made of it; why it matters stands on its own.
fn explanation(
    finding: &Finding,
    score: &Score,
    band: DecisionBand,
    lead: &SignatureFacts,
) -> String {
    let strongest = (score.rows.iter())
        .max_by_key(|r| r.points)
        .map_or("nothing", |r| r.component.name())
        .replace('_', " ");
    let service = match lead.service.as_str() {
        "" => "a program",
        name => name,
    };
    let more = match finding.signatures.len() {
        1 => "",
        _ => " and what goes with it",
    };
    let first = finding.first_seen.minute_text();
    let last = finding.last_seen.minute_text();
    let events = match finding.event_count {
        1 => "1 event".to_string(),
        n => format!("{n} events"),
    };
    let when = match first == last {
        true => format!("at {first}"),
        false => format!("from {first} to {last}"),
    };
    let thin = (finding.thin.as_ref()).map_or(String::new(), |t| format!(" Thin data: {t}."));
    format!(
        "\"{}\" of {service}{more}: {events} {when}. Score {} ({}), most of it for {strongest}.{thin}",
        brief(lead.title()),
        score_text(score.points),
        band.name(),
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
