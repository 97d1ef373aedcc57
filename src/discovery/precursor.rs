//! Precursor: comes before something grave far more often than chance.

use super::{
    Detector, Track, View, binomial_tail, chance_text, covered, discoveries, evidence, measure,
    median, number_text,
};
use crate::candidate::{CandidateType, Component, Finding};
use crate::time::{DAY, MINUTE, SECOND, Timestamp, span_text};
use crate::tuning::Tuning;

/// Finds: pairs (A, B) on one host, or on two hosts that have none of them in common, B grave or named by a promoted incident, where at least `precursor.support` episodes
/// of B, and `precursor.recall` of them, start within one of the lead times of the grid after an episode of A started.
/// Against random moments (the share of time that lies that close after an A) that must be `precursor.lift` times as
/// often, and improbable (binomial tail, false discoveries bounded over all pairs of all hosts). The order is checked: B
/// before A must be half as frequent at most; what comes within `precursor.lead` is the same event. Of several A for one
/// B, the one that fits best leads and the others are its members, so that a common cause is told once.
///
/// Why it matters: it is the only type that leaves time to act.
///
/// Example: six slow disk writes, each followed by a node that is declared dead within 20 minutes.
///
/// Misses: lead times above two hours; a cause on another host of what is also there; a warning that is false more than twice in three times.
pub struct Precursor;

/// Lead times that are tried: fixed, so that no pair can choose its own.
const GRID: [i64; 5] = [
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    60 * MINUTE,
    120 * MINUTE,
];

impl Detector for Precursor {
    fn candidate_type(&self) -> CandidateType {
        CandidateType::Precursor
    }

    fn find(&self, view: &View, tuning: &Tuning, out: &mut Vec<Finding>) {
        let mut pairs: Vec<Pair> = Vec::new();
        let mut tests = 0;
        for (host, tracks) in view.tracks.iter().enumerate() {
            let steps = steps_of(view, tuning, tracks.iter());
            tests += on_line(view, tuning, Some(host as u32), &steps, &mut pairs);
        }
        if view.tracks.len() > 1 {
            let everywhere = steps_of(view, tuning, everywhere(view, tuning).iter());
            tests += on_line(view, tuning, None, &everywhere, &mut pairs);
        }
        let chances: Vec<f64> = pairs.iter().map(|p| p.chance).collect();
        let kept = discoveries(&chances, tests * GRID.len(), tuning.precursor_fdr);
        out.extend(
            pairs
                .iter()
                .zip(kept)
                .filter(|(_, k)| *k)
                .map(|(p, _)| finding(view, tuning, p)),
        );
    }
}

/// A signature's episodes on one host, or on all.
struct Steps {
    signature: usize,
    starts: Vec<Timestamp>,
}

/// A pair that passed every test but the one over all pairs.
struct Pair {
    /// The host of both, or none where they are on different hosts.
    host: Option<u32>,
    early: usize,
    grave: usize,
    lead: i64,
    hits: usize,
    graves: usize,
    earlies: usize,
    warned: usize,
    lift: f64,
    chance: f64,
    leads: Vec<i64>,
    starts: Vec<Timestamp>,
    outcomes: Vec<Timestamp>,
    last: Timestamp,
}

/// The episodes of tracks that are not routine and have enough of them.
fn steps_of<'a>(
    view: &View,
    tuning: &Tuning,
    tracks: impl Iterator<Item = &'a Track>,
) -> Vec<Steps> {
    let gap = (tuning.episode_gap * MINUTE as f64) as i64;
    let enough = |n: usize| n as f64 >= tuning.precursor_support;
    tracks
        .filter(|t| enough(t.times.len()) && view.notes[t.signature].routine < 0.5)
        .map(|t| Steps {
            signature: t.signature,
            starts: t.starts(gap),
        })
        .filter(|s| enough(s.starts.len()))
        .collect()
}

/// The tracks of all hosts, joined by signature.
fn everywhere(view: &View, tuning: &Tuning) -> Vec<Track> {
    let mut all: Vec<&Track> = view.tracks.iter().flatten().collect();
    all.sort_by_key(|t| t.signature);
    (all.chunk_by(|a, b| a.signature == b.signature))
        .map(|same| {
            let mut times: Vec<Timestamp> = same.iter().flat_map(|t| &t.times).copied().collect();
            times.sort_unstable();
            Track {
                signature: same[0].signature,
                times,
            }
        })
        .filter(|t| t.times.len() as f64 <= tuning.tracks_most)
        .collect()
}

/// Appends the pairs of one host, or of all; returns how many pairs there were to look at.
fn on_line(
    view: &View,
    tuning: &Tuning,
    host: Option<u32>,
    steps: &[Steps],
    out: &mut Vec<Pair>,
) -> usize {
    let mut line: Vec<(Timestamp, usize)> = Vec::new();
    for (i, step) in steps.iter().enumerate() {
        line.extend(step.starts.iter().map(|t| (*t, i)));
    }
    line.sort_unstable();
    let stale = (tuning.recurrence_stale * DAY as f64) as i64;
    let as_of = view.fleet.clock.as_of;
    let alive = |s: &Steps| (s.starts.last()).is_some_and(|t| as_of.since(*t) <= stale);
    let mut tests = 0;
    for (b, grave) in steps.iter().enumerate() {
        let note = &view.notes[grave.signature];
        if note.trouble < tuning.trouble_grave && !note.incident {
            continue;
        }
        tests += steps.len() - 1;
        let least = (tuning.precursor_recall * grave.starts.len() as f64).ceil();
        let least = least.max(tuning.precursor_support) as u32;
        for a in near(&line, grave, b, steps.len(), least) {
            let early = &steps[a];
            // A warning graver than what it announces is no warning, it is the event.
            let milder = view.notes[early.signature].trouble <= note.trouble * 1.25;
            let apart = host.is_some() || !share_host(view, early.signature, grave.signature);
            if milder && apart && alive(early) {
                out.extend(test(view, tuning, host, early, grave));
            }
        }
    }
    tests
}

fn share_host(view: &View, a: usize, b: usize) -> bool {
    let hosts = |i: usize| view.facts.signatures[i].activity.iter().map(|at| at.host);
    hosts(a).any(|h| hosts(b).any(|o| o == h))
}

/// The steps that have an episode before at least `least` episodes of `grave`, within the longest lead time: no other
/// can pass a test.
fn near(
    line: &[(Timestamp, usize)],
    grave: &Steps,
    own: usize,
    steps: usize,
    least: u32,
) -> Vec<usize> {
    let mut tally = vec![0u32; steps];
    for &start in &grave.starts {
        let to = line.partition_point(|(t, _)| *t < start);
        let from = line[..to].partition_point(|(t, _)| start.since(*t) > GRID[GRID.len() - 1]);
        let mut seen: Vec<usize> = line[from..to]
            .iter()
            .map(|(_, i)| *i)
            .filter(|i| *i != own)
            .collect();
        seen.sort_unstable();
        seen.dedup();
        seen.into_iter().for_each(|i| tally[i] += 1);
    }
    (0..steps).filter(|i| tally[*i] >= least).collect()
}

fn test(
    view: &View,
    tuning: &Tuning,
    host: Option<u32>,
    early: &Steps,
    grave: &Steps,
) -> Option<Pair> {
    let known = match host.map(|h| view.fleet.hosts[h as usize]) {
        Some(span) => span.last.since(span.first),
        None => view.fleet.clock.end.since(view.fleet.clock.first),
    };
    let known = known.max(1) as f64;
    let mut best: Option<Pair> = None;
    for lead in GRID {
        let leads = leads(&early.starts, &grave.starts, lead);
        let hits = leads.len();
        let covered = covered(&early.starts, lead) / known;
        let share = hits as f64 / grave.starts.len() as f64;
        let lift = share / covered.max(1e-9);
        let warned = followed(&early.starts, &grave.starts, lead);
        let back = self::leads(&grave.starts, &early.starts, lead).len();
        let middle = median(&mut leads.iter().map(|l| *l as f64).collect::<Vec<_>>());
        let holds = hits as f64 >= tuning.precursor_support
            && lift >= tuning.precursor_lift
            && share >= tuning.precursor_recall
            && warned as f64 >= tuning.precursor_precision * early.starts.len() as f64
            && back * 2 <= hits
            && middle >= tuning.precursor_lead * SECOND as f64;
        let chance = binomial_tail(hits as u64, grave.starts.len() as u64, covered.min(1.0));
        if holds && best.as_ref().is_none_or(|b| chance < b.chance) {
            best = Some(Pair {
                host,
                early: early.signature,
                grave: grave.signature,
                lead,
                hits,
                graves: grave.starts.len(),
                earlies: early.starts.len(),
                warned,
                lift,
                chance,
                leads,
                starts: early.starts.clone(),
                outcomes: grave.starts.clone(),
                last: early
                    .starts
                    .last()
                    .copied()
                    .max(grave.starts.last().copied())?,
            });
        }
    }
    best
}

/// For each of `later` that has one of `earlier` at most `lead` before it: how long before.
fn leads(earlier: &[Timestamp], later: &[Timestamp], lead: i64) -> Vec<i64> {
    (later.iter())
        .filter_map(|t| {
            let at = earlier.partition_point(|e| e < t).checked_sub(1)?;
            Some(t.since(earlier[at])).filter(|l| *l <= lead)
        })
        .collect()
}

/// How many of `earlier` are followed by one of `later` within `lead`.
fn followed(earlier: &[Timestamp], later: &[Timestamp], lead: i64) -> usize {
    (earlier.iter())
        .filter(|t| {
            let at = later.partition_point(|l| l <= t);
            later.get(at).is_some_and(|l| l.since(**t) <= lead)
        })
        .count()
}

fn finding(view: &View, tuning: &Tuning, pair: &Pair) -> Finding {
    let grave = &view.facts.signatures[pair.grave];
    let hosts = hosts_of(view, pair);
    let place = view.on_hosts(&hosts);
    let mut leads: Vec<f64> = pair.leads.iter().map(|l| *l as f64).collect();
    let middle = span_text(median(&mut leads) as i64);
    let range = match (leads.first(), leads.last()) {
        (Some(a), Some(b)) => format!("{} to {}", span_text(*a as i64), span_text(*b as i64)),
        _ => middle.clone(),
    };
    let in_vain = pair.earlies - pair.warned;
    let recall = pair.hits as f64 / pair.graves as f64;
    let precision = pair.warned as f64 / pair.earlies as f64;
    let value = (pair.hits as f64 / (pair.hits as f64 + 1.5)) * (recall * precision).sqrt();
    let (graver, own) = (view.impact(pair.grave), view.impact(pair.early));
    let name = host_name(view, pair);
    Finding {
        candidate_type: CandidateType::Precursor,
        signatures: vec![pair.early, pair.grave],
        entity: format!("{name} before {}", grave.id),
        event_count: (pair.earlies + pair.graves) as u64,
        first_seen: pair.starts[0],
        last_seen: pair.last,
        measures: vec![
            measure(
                Component::Precursor,
                pair.lift,
                tuning.precursor_lift,
                value,
            ),
            if graver.value > own.value {
                graver
            } else {
                own
            },
        ],
        evidence: vec![
            evidence("announces", grave.title().to_string()),
            evidence("hits", format!("{} of {}", pair.hits, pair.graves)),
            evidence("misses", (pair.graves - pair.hits).to_string()),
            evidence("false warnings", format!("{in_vain} of {}", pair.earlies)),
            evidence("lead time", format!("{middle} typically, {range}")),
            evidence("lift", number_text(pair.lift)),
            evidence("chance", chance_text(pair.chance)),
        ],
        headline: format!(
            "{middle} before trouble of {}, {} of {} times{place}",
            service_text(&grave.service),
            pair.hits,
            pair.graves
        ),
        why: format!(
            "It came {} of {} times before \"{}\"{place}, typically {middle} before ({range}); {} of its {} warnings {} in vain.",
            pair.hits,
            pair.graves,
            brief(grave.title()),
            if in_vain == 0 {
                "none".to_string()
            } else {
                in_vain.to_string()
            },
            pair.earlies,
            if in_vain > 1 { "were" } else { "was" },
        ),
        thin: (pair.hits < 5)
            .then(|| format!("{} hits within {} are few", pair.hits, span_text(pair.lead))),
        starts: pair.starts.clone(),
        outcomes: pair.outcomes.clone(),
        hosts,
    }
}

fn host_name(view: &View, pair: &Pair) -> String {
    pair.host
        .map_or("*".to_string(), |h| view.facts.hosts[h as usize].clone())
}

/// The host of both; or those of the early line, then those of the grave one.
fn hosts_of(view: &View, pair: &Pair) -> Vec<u32> {
    let of = |i: usize| view.facts.signatures[i].activity.iter().map(|at| at.host);
    match pair.host {
        Some(host) => vec![host],
        None => of(pair.early).chain(of(pair.grave)).collect(),
    }
}

fn service_text(service: &str) -> &str {
    if service.is_empty() {
        "the host"
    } else {
        service
    }
}

/// The first 60 characters.
fn brief(template: &str) -> String {
    match template.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &template[..end]),
        None => template.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: &[i64]) -> Vec<Timestamp> {
        minutes.iter().map(|m| Timestamp(m * MINUTE)).collect()
    }

    #[test]
    fn only_what_came_before_leads() {
        let (a, b) = (at(&[0, 100, 300]), at(&[10, 95, 305]));
        assert_eq!(leads(&a, &b, 30 * MINUTE), [10 * MINUTE, 5 * MINUTE]);
        assert_eq!(leads(&b, &a, 30 * MINUTE), [5 * MINUTE]);
        assert_eq!(followed(&a, &b, 30 * MINUTE), 2);
    }
}
