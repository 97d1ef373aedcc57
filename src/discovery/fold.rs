//! Folding: findings that are one event become one, the one that says most leading, the rest its members.

use crate::candidate::{CandidateType, Finding};
use crate::time::{MINUTE, Timestamp};
use crate::tuning::Tuning;

/// One event: indices into the findings that were folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// The finding that leads.
    pub lead: usize,
    /// The others, strongest first.
    pub members: Vec<usize>,
}

/// Folds findings; `points` are their scores. Three steps:
/// the same signature is one event, told by the type that says most about it; a recurrence of a signature that a
/// precursor or a self-healing pair already explains belongs to that; and what starts together on the same hosts, most
/// of the times it starts, is one event, led by the strongest.
pub fn fold(findings: &[Finding], points: &[i64], tuning: &Tuning) -> Vec<Folded> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by(|&a, &b| {
        let key = |i: usize| {
            (
                findings[i].signatures[0],
                telling(findings[i].candidate_type),
                std::cmp::Reverse(points[i]),
                &findings[i].entity,
            )
        };
        key(a).cmp(&key(b))
    });
    let mut groups: Vec<Folded> = Vec::new();
    for i in order {
        match groups.last_mut() {
            Some(group) if findings[group.lead].signatures[0] == findings[i].signatures[0] => {
                group.members.push(i)
            }
            _ => groups.push(Folded {
                lead: i,
                members: Vec::new(),
            }),
        }
    }
    groups.sort_by_key(|g| {
        let lead = &findings[g.lead];
        (
            !explains(lead),
            std::cmp::Reverse(points[g.lead]),
            lead.signatures[0],
        )
    });
    let mut out: Vec<Folded> = Vec::new();
    for group in groups {
        let lead = &findings[group.lead];
        let home = out.iter_mut().find(|home| {
            let other = &findings[home.lead];
            contains(other, lead) || together(other, lead, tuning)
        });
        match home {
            Some(home) => {
                home.members.push(group.lead);
                home.members.extend(group.members);
            }
            None => out.push(group),
        }
    }
    for group in &mut out {
        group.members.sort_by_key(|&i| {
            (
                std::cmp::Reverse(points[i]),
                findings[i].signatures[0],
                findings[i].candidate_type,
            )
        });
    }
    out
}

/// Which type says most about one signature: how it ends and what follows, then where and when, then that it is there.
fn telling(candidate_type: CandidateType) -> u8 {
    match candidate_type {
        CandidateType::Precursor => 0,
        CandidateType::SelfHeal => 1,
        CandidateType::Spread => 2,
        CandidateType::Burst => 3,
        CandidateType::Silence => 4,
        CandidateType::Anomaly => 5,
        CandidateType::Recurrence => 6,
    }
}

fn explains(finding: &Finding) -> bool {
    matches!(
        finding.candidate_type,
        CandidateType::Precursor | CandidateType::SelfHeal
    )
}

/// Whether `other` already tells of the signature of `finding`, and `finding` only says that it comes (back).
fn contains(other: &Finding, finding: &Finding) -> bool {
    let plain = matches!(
        finding.candidate_type,
        CandidateType::Recurrence | CandidateType::Anomaly
    );
    let same_end = explains(other)
        && explains(finding)
        && other.signatures.last() == finding.signatures.last();
    (plain && other.signatures.contains(&finding.signatures[0]))
        || (same_end && other.hosts == finding.hosts)
}

/// Whether two findings start together on the same hosts, most of the times either starts.
fn together(a: &Finding, b: &Finding, tuning: &Tuning) -> bool {
    let shared = a.hosts.iter().filter(|h| b.hosts.contains(h)).count();
    let all = a.hosts.len() + b.hosts.len() - shared;
    if shared * 2 < all.max(1) {
        return false;
    }
    let within = (tuning.fold_together * MINUTE as f64) as i64;
    share_met(&a.starts, &b.starts, within).min(share_met(&b.starts, &a.starts, within))
        >= tuning.fold_share
}

/// The share of `these` (ascending) that have one of `those` (ascending) within `within` microseconds.
fn share_met(these: &[Timestamp], those: &[Timestamp], within: i64) -> f64 {
    let met = (these.iter())
        .filter(|t| {
            let next = those.partition_point(|o| o < t);
            let near = |i: usize| those.get(i).is_some_and(|o| o.since(**t).abs() <= within);
            near(next) || (next > 0 && near(next - 1))
        })
        .count();
    met as f64 / these.len().max(1) as f64
}
