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

/// How strongly a finding claims to lead: its score, roughly (differences below a twentieth do not count), then how many
/// plain words its message has, then its score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Strength {
    rough: i64,
    words: usize,
    points: i64,
}

impl Strength {
    /// From a score in ten-thousandths and the template of the leading signature.
    pub fn of(points: i64, template: &str) -> Strength {
        let plain = |w: &&str| w.len() > 2 && w.bytes().all(|b| b.is_ascii_alphabetic());
        Strength {
            rough: points / 500,
            words: template.split_whitespace().filter(plain).count().min(4),
            points,
        }
    }
}

/// Folds findings; `strength` says which leads. Three steps:
/// the same signature is one event, told by the type that says most about it; a recurrence of a signature that a
/// precursor or a self-healing pair already explains belongs to that; and what starts together on the same hosts, most
/// of the times it starts, is one event, led by the strongest.
pub fn fold(findings: &[Finding], strength: &[Strength], tuning: &Tuning) -> Vec<Folded> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by(|&a, &b| {
        let key = |i: usize| {
            (
                findings[i].signatures[0],
                telling(&findings[i], tuning),
                std::cmp::Reverse(strength[i]),
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
            explains(lead),
            std::cmp::Reverse(strength[g.lead]),
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
                std::cmp::Reverse(strength[i]),
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

fn last_of(starts: &[Timestamp]) -> &[Timestamp] {
    &starts[starts.len().saturating_sub(STARTS)..]
}

impl Index {
    fn add(&mut self, finding: &Finding, at: usize, tuning: &Tuning) {
        let outcomes = last_of(&finding.outcomes);
        for start in last_of(&finding.starts).iter().chain(outcomes) {
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
        let starts = last_of(&finding.starts);
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

/// What explains others goes first: a warning of what comes, then a pair that heals.
fn explains(finding: &Finding) -> u8 {
    match finding.candidate_type {
        CandidateType::Precursor => 0,
        CandidateType::SelfHeal => 1,
        _ => 2,
    }
}

/// Whether `other` already tells of the signature of `finding`: of one that only comes (back), or that heals on the same
/// hosts; or both explain the same end there.
fn contains(other: &Finding, finding: &Finding) -> bool {
    let told = explains(other) < 2 && other.signatures.contains(&finding.signatures[0]);
    let same_hosts = other.hosts == finding.hosts;
    match finding.candidate_type {
        CandidateType::Recurrence | CandidateType::Anomaly => told,
        CandidateType::SelfHeal if told => same_hosts,
        CandidateType::SelfHeal | CandidateType::Precursor => {
            explains(other) < 2
                && same_hosts
                && other.signatures.last() == finding.signatures.last()
        }
        _ => false,
    }
}

/// Whether two findings start together on the same hosts, most of the times either starts; or `b` whenever what `a`
/// announces does.
fn together(a: &Finding, b: &Finding, tuning: &Tuning) -> bool {
    let shared = a.hosts.iter().filter(|h| b.hosts.contains(h)).count();
    let all = a.hosts.len() + b.hosts.len() - shared;
    let silence = |f: &Finding| f.candidate_type == CandidateType::Silence;
    let same_silence = silence(a) && silence(b) && a.signatures[0] == b.signatures[0];
    if shared * 2 < all.max(1) && !same_silence {
        return false;
    }
    let within = (tuning.fold_together * MINUTE as f64) as i64;
    let (starts, outcomes, own) = (last_of(&a.starts), last_of(&a.outcomes), last_of(&b.starts));
    [starts, outcomes].into_iter().any(|moments| {
        share_met(moments, own, within).min(share_met(own, moments, within)) >= tuning.fold_share
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(
        kind: CandidateType,
        signatures: &[usize],
        hosts: &[u32],
        minutes: &[i64],
    ) -> Finding {
        let starts: Vec<Timestamp> = minutes.iter().map(|m| Timestamp(m * MINUTE)).collect();
        Finding {
            candidate_type: kind,
            signatures: signatures.to_vec(),
            entity: String::new(),
            hosts: hosts.to_vec(),
            event_count: starts.len() as u64,
            first_seen: starts[0],
            last_seen: starts[starts.len() - 1],
            measures: Vec::new(),
            evidence: Vec::new(),
            headline: String::new(),
            why: String::new(),
            thin: None,
            starts,
            outcomes: Vec::new(),
        }
    }

    fn folded(findings: &[Finding], points: &[i64]) -> Vec<(usize, Vec<usize>)> {
        let strength: Vec<Strength> = points.iter().map(|p| Strength::of(p * 500, "")).collect();
        (fold(findings, &strength, &Tuning::default()).into_iter())
            .map(|f| (f.lead, f.members))
            .collect()
    }

    #[test]
    fn the_type_that_says_most_leads_its_signature() {
        let all = [
            finding(CandidateType::Recurrence, &[3], &[0], &[0, 600, 1200]),
            finding(CandidateType::SelfHeal, &[3, 4], &[0], &[0, 600, 1200]),
        ];
        assert_eq!(folded(&all, &[900, 100]), [(1, vec![0])]);
    }

    #[test]
    fn what_a_warning_announces_belongs_to_it() {
        let all = [
            finding(CandidateType::Recurrence, &[5], &[0], &[10, 610, 1210]),
            finding(CandidateType::Precursor, &[3, 5], &[0], &[0, 600, 1200]),
        ];
        assert_eq!(folded(&all, &[900, 100]), [(1, vec![0])]);
    }

    #[test]
    fn a_fault_that_is_announced_and_heals_is_one_story() {
        let all = [
            finding(CandidateType::SelfHeal, &[5, 6], &[0], &[10, 610, 1210]),
            finding(CandidateType::Precursor, &[3, 5], &[0], &[0, 600, 1200]),
        ];
        assert_eq!(folded(&all, &[900, 100]), [(1, vec![0])]);
    }

    #[test]
    fn of_equals_the_one_in_plain_words_leads() {
        let all = [
            Strength::of(5100, "<*>: E<num>"),
            Strength::of(5050, "disk <num> failed to spin up"),
        ];
        assert!(all[1] > all[0] && Strength::of(6000, "") > all[1]);
    }

    #[test]
    fn symptoms_that_start_together_on_the_same_hosts_are_one_event() {
        let anomaly = |signature, hosts: &[u32], minute| {
            finding(CandidateType::Anomaly, &[signature], hosts, &[minute])
        };
        let all = [
            anomaly(1, &[0], 100),
            anomaly(2, &[0], 103),
            anomaly(3, &[0], 120),
            anomaly(4, &[7], 101),
        ];
        let mut got = folded(&all, &[10, 20, 30, 40]);
        got.sort();
        assert_eq!(got, [(1, vec![0]), (2, vec![]), (3, vec![])]);
    }

    #[test]
    fn one_storm_among_many_episodes_is_no_symptom_of_them() {
        let all = [
            finding(CandidateType::Recurrence, &[1], &[0], &[0, 300, 600, 900]),
            finding(CandidateType::Burst, &[2], &[0], &[601]),
        ];
        assert_eq!(folded(&all, &[10, 20]).len(), 2);
    }

    #[test]
    fn a_silence_is_that_of_its_place() {
        let silence = |entity: &str, host, minute| Finding {
            entity: entity.to_string(),
            ..finding(CandidateType::Silence, &[1], &[host], &[minute])
        };
        assert_eq!(
            folded(&[silence("a", 0, 0), silence("b", 1, 500)], &[2, 1]).len(),
            2
        );
        assert_eq!(
            folded(&[silence("a", 0, 0), silence("b", 1, 2)], &[2, 1]).len(),
            1
        );
    }
}
