//! What comes within minutes of what, on the same host: more often than chance would have it.

use super::between;
use crate::discovery::binomial_tail;
use crate::signature::{Facts, SignatureFacts};
use crate::time::{MINUTE, Timestamp};
use std::collections::BTreeMap;

/// Two things this close are together.
pub const NEAR: i64 = 5 * MINUTE;
/// Quiet for longer than this, and the next is another time.
const APART: i64 = 30 * MINUTE;
/// What is busy in more hours than this on a host is near everything there, and tells nothing by it.
const BUSIEST: usize = 400;
/// Fewer times together are anecdote.
const LEAST: u64 = 3;
/// The chance that so many times are an accident. A subject is compared with everything that is known.
const ACCIDENT: f64 = 1e-4;

/// How often one came with the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Met {
    /// So many times.
    pub times: u64,
    /// Of so many times that the rarer one was there at all, on the hosts of both.
    pub of: u64,
    /// The share of these beyond chance, 0 to 1.
    pub excess: f64,
    /// Where, most often.
    pub host: String,
}

/// One signature, to be compared with others.
pub struct Together<'f> {
    facts: &'f Facts,
    lead: Option<usize>,
    /// By host: when it began there.
    own: BTreeMap<u32, Vec<Timestamp>>,
}

impl<'f> Together<'f> {
    /// Of the signature of this index, on some of its hosts.
    pub fn with(facts: &'f Facts, lead: Option<usize>, hosts: &[String]) -> Together<'f> {
        let own = lead.map_or_else(BTreeMap::new, |lead| starts(&facts.signatures[lead]));
        let own = own.into_iter();
        let on_hosts = own.filter(|(host, _)| hosts.contains(&facts.hosts[*host as usize]));
        Together {
            facts,
            lead,
            own: on_hosts.collect(),
        }
    }

    /// How often another signature came with it, if that can be no accident.
    pub fn met(&self, other: usize) -> Option<Met> {
        if Some(other) == self.lead || self.own.is_empty() {
            return None;
        }
        self.count(&starts(&self.facts.signatures[other]))
    }

    fn count(&self, other: &BTreeMap<u32, Vec<Timestamp>>) -> Option<Met> {
        let shared: Vec<(u32, &Vec<Timestamp>, &Vec<Timestamp>)> = (self.own.iter())
            .filter_map(|(host, own)| Some((*host, own, other.get(host)?)))
            .collect();
        let own: usize = shared.iter().map(|(_, own, _)| own.len()).sum();
        let others: usize = shared.iter().map(|(_, _, other)| other.len()).sum();
        let (mut times, mut of, mut by_chance) = (0, 0, 0.0);
        let mut most: Option<(u64, u32)> = None;
        let span = (self.facts.last_time.since(self.facts.first_time)).max(NEAR) as f64;
        for (host, mine, theirs) in shared {
            let (rare, often) = match own <= others {
                true => (mine, theirs),
                false => (theirs, mine),
            };
            let here = rare.iter().filter(|t| is_near(often, **t)).count() as u64;
            times += here;
            of += rare.len() as u64;
            by_chance +=
                rare.len() as f64 * (often.len() as f64 * 2.0 * NEAR as f64 / span).min(1.0);
            // Of hosts with as many, the first by name.
            most = most.max(Some((here, u32::MAX - host)));
        }
        let (_, host) = most?;
        let chance = by_chance / of.max(1) as f64;
        if times < LEAST || binomial_tail(times, of, chance) > ACCIDENT {
            return None;
        }
        Some(Met {
            times,
            of,
            excess: ((times as f64 / of as f64 - chance) / (1.0 - chance)).max(0.0),
            host: self.facts.hosts[(u32::MAX - host) as usize].clone(),
        })
    }
}

/// When it began on each host, after quiet; hosts where it is always there are left out.
fn starts(signature: &SignatureFacts) -> BTreeMap<u32, Vec<Timestamp>> {
    let rare = (signature.activity.iter()).filter(|at| at.cells.len() <= BUSIEST);
    rare.map(|at| {
        let mut starts = Vec::new();
        let mut last = None::<Timestamp>;
        for (time, _) in between(&at.cells, Timestamp::MIN, Timestamp::MAX) {
            if last.is_none_or(|last| time.since(last) > APART) {
                starts.push(time);
            }
            last = Some(time);
        }
        (at.host, starts)
    })
    .collect()
}

/// Whether one of these ascending times is near.
fn is_near(times: &[Timestamp], time: Timestamp) -> bool {
    let next = times.partition_point(|t| t.plus(NEAR) < time);
    times.get(next).is_some_and(|t| t.since(time) <= NEAR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{Cell, Fingerprint, HostActivity, SignatureId};
    use crate::time::{DAY, HOUR};
    use proptest::prelude::*;

    const BEGIN: i64 = 20_000 * DAY;

    fn signature(id: u128, times: &[i64]) -> SignatureFacts {
        let mut times: Vec<Timestamp> = times.iter().map(|t| Timestamp(BEGIN + t)).collect();
        times.sort_unstable();
        let mut cells: Vec<Cell> = Vec::new();
        for time in &times {
            match cells.last_mut().filter(|c| c.hour == time.hour()) {
                Some(cell) => cell.merge(&Cell::one(*time)),
                None => cells.push(Cell::one(*time)),
            }
        }
        SignatureFacts {
            id: SignatureId(Fingerprint(id)),
            service: String::new(),
            template: String::new(),
            members: vec![Fingerprint(id)],
            severities: Vec::new(),
            first_seen: times[0],
            last_seen: times[times.len() - 1],
            count: times.len() as u64,
            activity: vec![HostActivity {
                host: 0,
                cells: cells.into(),
            }],
            name: None,
        }
    }

    fn facts(all: &[&[i64]]) -> Facts {
        let signatures = all.iter().enumerate();
        Facts {
            tenant: "default".to_string(),
            as_of: Timestamp(BEGIN + 14 * DAY),
            first_time: Timestamp(BEGIN),
            last_time: Timestamp(BEGIN + 14 * DAY),
            hosts: vec!["fw-01".to_string()],
            signatures: signatures
                .map(|(i, t)| signature(i as u128 + 1, t))
                .collect(),
            fits: Vec::new(),
        }
    }

    fn met(facts: &Facts, one: usize, other: usize) -> Option<Met> {
        Together::with(facts, Some(one), &facts.hosts).met(other)
    }

    #[test]
    fn what_keeps_coming_within_minutes_belongs_together_and_what_is_always_there_does_not() {
        let faults: Vec<i64> = (0..10)
            .map(|d| d * DAY + (d * 7 % 23) * HOUR + (d * 17 % 60) * MINUTE)
            .collect();
        let after: Vec<i64> = faults.iter().take(8).map(|t| t + 3 * MINUTE).collect();
        let later: Vec<i64> = faults.iter().map(|t| t + 20 * MINUTE).collect();
        let hourly: Vec<i64> = (0..14 * 24).map(|h| h * HOUR + MINUTE).collect();
        let facts = facts(&[&faults, &after, &later, &hourly]);
        let found = met(&facts, 0, 1).expect("together");
        assert_eq!(
            (found.times, found.of, found.host.as_str()),
            (8, 8, "fw-01")
        );
        assert!(found.excess > 0.9);
        assert_eq!(met(&facts, 0, 2), None);
        assert_eq!(met(&facts, 0, 3), None);
        assert_eq!(met(&facts, 0, 0), None);
    }

    proptest! {
        #[test]
        fn it_is_the_same_from_both_sides(
            one in prop::collection::btree_set(0i64..3_000, 1..30),
            other in prop::collection::btree_set(0i64..3_000, 1..30),
        ) {
            let spread = |all: &std::collections::BTreeSet<i64>| -> Vec<i64> {
                all.iter().map(|t| t * 6 * MINUTE).collect()
            };
            let (one, other) = (spread(&one), spread(&other));
            let facts = facts(&[&one, &other]);
            let (there, back) = (met(&facts, 0, 1), met(&facts, 1, 0));
            let starts = |i: usize| starts(&facts.signatures[i])[&0].len();
            prop_assume!(starts(0) != starts(1));
            prop_assert_eq!(there, back);
        }
    }
}
