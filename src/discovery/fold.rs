//! Folding: findings that are one event become one, the one that says most leading, the rest its members.

use crate::candidate::{CandidateType, Finding};
use crate::time::{DAY, MINUTE, Timestamp};
use crate::tuning::Tuning;
use rustc_hash::FxHashMap;

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
                telling(&findings[i], tuning),
                std::cmp::Reverse(points[i]),
                &findings[i].entity,
            )
        };
        key(a).cmp(&key(b))
    });
    let mut groups: Vec<Folded> = Vec::new();
    for i in order {
        match groups.last_mut() {
            Some(group) if same_subject(&findings[group.lead], &findings[i]) => {
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
    let mut index = Index::default();
    for group in groups {
        let lead = &findings[group.lead];
        let home = (index.near(lead, tuning).into_iter()).find(|&at| {
            let other = &findings[out[at].lead];
            contains(other, lead) || together(other, lead, tuning)
        });
        match home {
            Some(at) => {
                out[at].members.push(group.lead);
                out[at].members.extend(group.members);
            }
            None => {
                index.add(lead, out.len(), tuning);
                out.push(group);
            }
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

/// Where to look for what a finding may belong to, so that not every pair must be compared.
#[derive(Default)]
struct Index {
    by_moment: FxHashMap<i64, Vec<usize>>,
    by_signature: FxHashMap<usize, Vec<usize>>,
}

/// So many of the last starts of a finding say whether it starts with another.
const STARTS: usize = 64;

fn last_starts(finding: &Finding) -> &[Timestamp] {
    &finding.starts[finding.starts.len().saturating_sub(STARTS)..]
}

impl Index {
    fn add(&mut self, finding: &Finding, at: usize, tuning: &Tuning) {
        for start in last_starts(finding) {
            let known = self.by_moment.entry(moment(*start, tuning)).or_default();
            if known.last() != Some(&at) {
                known.push(at);
            }
        }
        for &signature in &finding.signatures {
            self.by_signature.entry(signature).or_default().push(at);
        }
    }

    /// All that a finding may belong to, the first added first: what tells of its signatures, and what starts with it
    /// often enough.
    fn near(&self, finding: &Finding, tuning: &Tuning) -> Vec<usize> {
        let starts = last_starts(finding);
        let mut met: Vec<usize> = Vec::new();
        for start in starts {
            let at = moment(*start, tuning);
            let mut here: Vec<usize> = ([at - 1, at, at + 1].iter())
                .filter_map(|m| self.by_moment.get(m))
                .flatten()
                .copied()
                .collect();
            here.sort_unstable();
            here.dedup();
            met.append(&mut here);
        }
        met.sort_unstable();
        let least = tuning.fold_share * starts.len() as f64;
        let mut out: Vec<usize> = (met.chunk_by(|a, b| a == b))
            .filter(|times| times.len() as f64 >= least)
            .map(|times| times[0])
            .collect();
        let told = (finding.signatures.iter()).filter_map(|s| self.by_signature.get(s));
        out.extend(told.flatten());
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// The stretch of `fold.together` a start lies in.
fn moment(start: Timestamp, tuning: &Tuning) -> i64 {
    (start.0).div_euclid((tuning.fold_together * MINUTE as f64).max(1.0) as i64)
}

/// Whether two findings, neighbours by signature, speak of the same: a silence is that of one place.
fn same_subject(a: &Finding, b: &Finding) -> bool {
    let silent = |f: &Finding| f.candidate_type == CandidateType::Silence;
    let place = |f: &Finding| silent(f).then(|| f.entity.clone());
    a.signatures[0] == b.signatures[0] && place(a) == place(b)
}

/// Which finding says most about one signature: how it ends and what follows, then where and when, then that it is
/// there. What came back for longer than the present window is no longer news, it recurs.
fn telling(finding: &Finding, tuning: &Tuning) -> u8 {
    let lasted = match (finding.starts.first(), finding.starts.last()) {
        (Some(first), Some(last)) => last.since(*first) as f64 / DAY as f64,
        _ => 0.0,
    };
    match finding.candidate_type {
        CandidateType::Precursor => 0,
        CandidateType::SelfHeal => 1,
        CandidateType::Spread => 2,
        CandidateType::Burst => 3,
        CandidateType::Recurrence if lasted > tuning.window_days => 4,
        CandidateType::Anomaly => 5,
        CandidateType::Recurrence => 6,
        CandidateType::Silence => 7,
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
    let (few, many) = (
        a.starts.len().min(b.starts.len()),
        a.starts.len().max(b.starts.len()),
    );
    if (few as f64) < tuning.fold_share * many as f64 / 2.0 {
        return false;
    }
    let shared = a.hosts.iter().filter(|h| b.hosts.contains(h)).count();
    let all = a.hosts.len() + b.hosts.len() - shared;
    let silence = |f: &Finding| f.candidate_type == CandidateType::Silence;
    let same_silence = silence(a) && silence(b) && a.signatures[0] == b.signatures[0];
    if shared * 2 < all.max(1) && !same_silence {
        return false;
    }
    let within = (tuning.fold_together * MINUTE as f64) as i64;
    share_met(last_starts(a), last_starts(b), within).min(share_met(
        last_starts(b),
        last_starts(a),
        within,
    )) >= tuning.fold_share
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
