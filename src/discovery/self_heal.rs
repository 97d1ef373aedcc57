//! Self-healing: a fault that goes away by itself, again and again.

use super::{
    Detector, Track, View, alike, binomial_tail, count_text, covered, evidence, measure, median,
    number_text, quantile,
};
use crate::candidate::{CandidateType, Component, Finding};
use crate::time::{DAY, MINUTE, SECOND, Timestamp, span_text};
use crate::tuning::Tuning;

/// Finds: pairs of a troubled line and a line of success (or at least of the same program and far less troubled) on the
/// same host, the second with a word of success or much like the first, learned from the data: at least `self_heal.episodes` faults, `self_heal.share` of them followed by the
/// recovery within `self_heal.within`, with a gap that is stable, `self_heal.other` of the recoveries following a
/// fault, and all that too well for chance. Slower recoveries, one that has not come, and flapping raise it. A fault that is said again before it heals is one fault.
///
/// Why it matters: nobody was called, so nobody knows; and each time users may have waited.
///
/// Example: a tunnel whose rekey fails and that is established again 20 seconds later, eight times this week.
///
/// Misses: recoveries nobody logs; two entities (two links) of one host that fail at once are told as one; pairs whose
/// recovery is also said without a fault.
pub struct SelfHeal;

impl Detector for SelfHeal {
    fn candidate_type(&self) -> CandidateType {
        CandidateType::SelfHeal
    }

    fn find(&self, view: &View, tuning: &Tuning, out: &mut Vec<Finding>) {
        let stale = (tuning.recurrence_stale * DAY as f64) as i64;
        for (host, tracks) in view.tracks.iter().enumerate() {
            for fault in tracks {
                let last = fault.times.last().copied().unwrap_or(Timestamp::MIN);
                let enough = fault.times.len() as f64 >= tuning.heal_episodes;
                let alive = view.fleet.clock.as_of.since(last) <= stale;
                if enough && alive && view.notes[fault.signature].trouble >= tuning.trouble_floor {
                    out.extend(
                        best(view, tuning, tracks, fault)
                            .map(|pair| finding(view, tuning, host as u32, &pair)),
                    );
                }
            }
        }
    }
}

/// A fault, its recovery, and how the faults went.
struct Pair {
    fault: usize,
    recovery: usize,
    faults: Vec<Fault>,
    kin: u32,
    chance: f64,
    last: Timestamp,
}

/// One fault and when it healed.
struct Fault {
    start: Timestamp,
    count: u64,
    healed: Option<Timestamp>,
}

/// The recovery that fits a fault best: a word of success before none, then the template that shares most words, then
/// the quickest.
fn best(view: &View, tuning: &Tuning, tracks: &[Track], fault: &Track) -> Option<Pair> {
    tracks
        .iter()
        .filter(|other| other.signature != fault.signature)
        .filter_map(|other| pair(view, tuning, fault, other))
        .filter(|pair| pair.chance * tracks.len() as f64 <= tuning.heal_chance)
        .max_by(|a, b| {
            let quick = |p: &Pair| std::cmp::Reverse(middle(&p.faults));
            (a.kin, quick(a), b.recovery).cmp(&(b.kin, quick(b), a.recovery))
        })
}

fn pair(view: &View, tuning: &Tuning, fault: &Track, other: &Track) -> Option<Pair> {
    let (f, r) = (
        &view.facts.signatures[fault.signature],
        &view.facts.signatures[other.signature],
    );
    let (fault_note, note) = (&view.notes[fault.signature], &view.notes[other.signature]);
    let same_program = f.service == r.service;
    let close_in_number = other.times.len() <= fault.times.len() * 4 + 4
        && fault.times.len() <= other.times.len() * 20;
    if !(same_program || note.success)
        || !close_in_number
        || note.trouble > fault_note.trouble / 2.0
    {
        return None;
    }
    let within = (tuning.heal_within * MINUTE as f64) as i64;
    let spare = (1.0 - tuning.heal_share) * fault.times.len() as f64;
    let (faults, followed) = walk(&fault.times, &other.times, within, spare as usize)?;
    let mut gaps = gaps(&faults);
    let healed = gaps.len() as f64;
    let stable = quantile(&mut gaps, 0.9) <= 10.0 * median(&mut gaps.clone()) + MINUTE as f64;
    let learned = healed >= tuning.heal_episodes
        && healed >= tuning.heal_share * faults.len() as f64
        && followed as f64 >= tuning.heal_other * other.times.len() as f64
        && stable;
    let worst = gaps.last().copied().unwrap_or(0.0);
    let known = view.fleet.clock.end.since(view.fleet.clock.first).max(1) as f64;
    let covered = covered(&other.times, worst as i64) / known;
    let chance = binomial_tail(healed as u64, faults.len() as u64, covered.min(1.0));
    if !learned {
        return None;
    }
    // Without a word of success, or at once, only a line much like the fault is its counterpart and not its tail.
    let alike = alike(&f.template, &r.template);
    let slow = median(&mut gaps) >= (2 * SECOND) as f64;
    if alike < tuning.heal_alike && !(note.success && slow) {
        return None;
    }
    let kin =
        alike + 0.5 * f64::from(u8::from(note.success)) + 0.25 * f64::from(u8::from(same_program));
    Some(Pair {
        fault: fault.signature,
        recovery: other.signature,
        faults,
        chance,
        kin: (kin * 1000.0) as u32,
        last: fault
            .times
            .last()
            .copied()
            .max(other.times.last().copied())
            .unwrap_or(Timestamp::MIN),
    })
}

/// Goes through both tracks in time: a fault opens, later lines of it belong to it, a recovery closes it. Returns the
/// faults and how many recoveries closed one (a recovery said several times over counts each time); `None` as soon as
/// more than `spare` faults did not heal.
fn walk(
    faults: &[Timestamp],
    recoveries: &[Timestamp],
    within: i64,
    spare: usize,
) -> Option<(Vec<Fault>, usize)> {
    let mut out: Vec<Fault> = Vec::new();
    let (mut followed, mut unhealed) = (0, 0);
    let mut next = 0;
    for &t in faults {
        while next < recoveries.len() && recoveries[next] < t {
            followed += close(&mut out, recoveries[next], within);
            next += 1;
        }
        match out.last_mut() {
            Some(open) if open.healed.is_none() && t.since(open.start) <= within => open.count += 1,
            Some(open) if open.healed.is_none() => {
                unhealed += 1;
                if unhealed > spare {
                    return None;
                }
                out.push(Fault::at(t));
            }
            _ => out.push(Fault::at(t)),
        }
    }
    for &r in &recoveries[next..] {
        followed += close(&mut out, r, within);
    }
    Some((out, followed))
}

impl Fault {
    fn at(start: Timestamp) -> Fault {
        Fault {
            start,
            count: 1,
            healed: None,
        }
    }
}

fn close(faults: &mut [Fault], recovery: Timestamp, within: i64) -> usize {
    match faults.last_mut() {
        Some(fault) if recovery.since(fault.start) <= within => {
            fault.healed.get_or_insert(recovery);
            1
        }
        _ => 0,
    }
}

fn gaps(faults: &[Fault]) -> Vec<f64> {
    (faults.iter())
        .filter_map(|f| Some(f.healed?.since(f.start) as f64))
        .collect()
}

fn middle(faults: &[Fault]) -> i64 {
    median(&mut gaps(faults)) as i64
}

/// How often it began to flap since `from`: every change of state adds one to a level that halves within ten minutes;
/// from a level of 4 it flaps, until the level is below 2 (two thresholds, so that flapping itself does not flap).
fn flapping(faults: &[Fault], from: Timestamp) -> usize {
    let changes = faults
        .iter()
        .flat_map(|f| [Some(f.start), f.healed])
        .flatten();
    let (mut level, mut flaps, mut times) = (0.0f64, false, 0);
    let mut last = Timestamp::MIN;
    for change in changes {
        level *= 0.5f64.powf(change.since(last) as f64 / (10 * MINUTE) as f64);
        flaps = flaps && level >= 2.0;
        level += 1.0;
        if level >= 4.0 && !flaps {
            flaps = true;
            times += usize::from(change >= from);
        }
        last = change;
    }
    times
}

fn finding(view: &View, tuning: &Tuning, host: u32, pair: &Pair) -> Finding {
    let clock = &view.fleet.clock;
    let mut all = gaps(&pair.faults);
    let healed = all.len();
    let (early, late) = all.split_at(all.len() / 2);
    let (early, late) = (median(&mut early.to_vec()), median(&mut late.to_vec()));
    let slower = all.len() >= 4 && late > 2.0 * early && late - early > (10 * SECOND) as f64;
    let middle = median(&mut all);
    let worst = all.last().copied().unwrap_or(0.0);
    let n = pair.faults.len();
    let open = pair
        .faults
        .last()
        .is_some_and(|f| f.healed.is_none() && clock.end.since(f.start) > 2 * worst as i64);
    let n_of = n as f64;
    let lately = pair
        .faults
        .iter()
        .filter(|f| f.start >= clock.recent)
        .count();
    let enough = lately as f64 / (lately as f64 + tuning.recurrence_usual);
    let flapping = flapping(&pair.faults, clock.recent);
    let raise = 0.15 * [slower, open, flapping > 0].iter().filter(|r| **r).count() as f64;
    let value = enough * (1.0 - 0.7 * view.notes[pair.fault].routine) + raise;
    let place = view.on_hosts(&[host]);
    let trend = match (all.len() < 4, slower, late < early / 2.0) {
        (true, ..) => "too few to tell".to_string(),
        (_, true, _) => format!(
            "slower: {} then, {} now",
            span_text(early as i64),
            span_text(late as i64)
        ),
        (_, _, true) => format!(
            "quicker: {} then, {} now",
            span_text(early as i64),
            span_text(late as i64)
        ),
        _ => "steady".to_string(),
    };
    let mut why = format!(
        "It failed {}{place} and healed by itself {}, typically after {}{}.",
        count_text(n as u64, "time", "times"),
        if healed == n {
            "every time".to_string()
        } else {
            format!("{healed} times")
        },
        span_text(middle as i64),
        if slower {
            ", and more slowly of late"
        } else {
            ""
        },
    );
    if open {
        why.push_str(" The last one has not healed.");
    }
    Finding {
        candidate_type: CandidateType::SelfHeal,
        signatures: vec![pair.fault, pair.recovery],
        entity: view.facts.hosts[host as usize].clone(),
        hosts: vec![host],
        event_count: pair
            .faults
            .iter()
            .map(|f| f.count + u64::from(f.healed.is_some()))
            .sum(),
        first_seen: pair.faults[0].start,
        last_seen: pair.last,
        measures: vec![
            measure(
                Component::Recovery,
                lately as f64 * 7.0 / tuning.recent_days,
                tuning.recurrence_usual,
                value,
            ),
            view.impact(pair.fault),
        ],
        evidence: vec![
            evidence("episodes", n.to_string()),
            evidence(
                "healed share",
                format!("{:.0} %", 100.0 * healed as f64 / n_of),
            ),
            evidence("median time to recover", span_text(middle as i64)),
            evidence("worst time to recover", span_text(worst as i64)),
            evidence("trend", trend),
            evidence("flapping", count_text(flapping as u64, "time", "times")),
            evidence(
                "recovery",
                view.facts.signatures[pair.recovery].title().to_string(),
            ),
            evidence("faults a day", number_text(n_of / clock.days().max(1.0))),
        ],
        headline: format!(
            "{}{place}, back within {}",
            count_text(n as u64, "time", "times"),
            span_text(worst as i64)
        ),
        why,
        thin: (n < 5).then(|| format!("{n} faults are too few to tell a trend")),
        starts: pair.faults.iter().map(|f| f.start).collect(),
        outcomes: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: &[i64]) -> Vec<Timestamp> {
        seconds.iter().map(|s| Timestamp::from_secs(*s)).collect()
    }

    #[test]
    fn a_fault_said_twice_is_one_and_heals_once() {
        let (faults, followed) = walk(
            &at(&[0, 5, 100, 9000]),
            &at(&[20, 130, 131]),
            3600 * SECOND,
            9,
        )
        .expect("spare enough");
        let seen: Vec<_> = faults
            .iter()
            .map(|f| (f.count, f.healed.map(Timestamp::secs)))
            .collect();
        assert_eq!(seen, [(2, Some(20)), (1, Some(130)), (1, None)]);
        assert_eq!(followed, 3);
    }

    #[test]
    fn many_changes_in_minutes_are_flapping_once() {
        let fault = |start: i64| Fault {
            healed: Some(Timestamp::from_secs(start + 10)),
            ..Fault::at(Timestamp::from_secs(start))
        };
        let storm: Vec<Fault> = (0..6).map(|i| fault(i * 60)).collect();
        assert_eq!(flapping(&storm, Timestamp::MIN), 1);
        let calm: Vec<Fault> = (0..6).map(|i| fault(i * 7200)).collect();
        assert_eq!(flapping(&calm, Timestamp::MIN), 0);
    }

    #[test]
    fn a_recovery_without_fault_follows_none() {
        let (faults, followed) =
            walk(&at(&[10_000]), &at(&[5, 9_999, 20_000]), 3600 * SECOND, 9).expect("spare enough");
        assert_eq!((faults.len(), followed), (1, 0));
    }
}
