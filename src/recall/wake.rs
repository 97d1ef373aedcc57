//! What ends a snooze "until it escalates": limits that are frozen when it is recorded, and how near each of them is.

use super::{between, by_hour, gaps, last_hour};
use crate::memory::{RecoveryLimit, WakeLimits};
use crate::signature::Facts;
use crate::time::{Timestamp, span_text};

/// Hours of the past that say what is usual: two weeks, so that every weekday is in it twice.
const HOURS: i64 = 14 * 24;

/// One limit of a snooze: where it stands, and whether it was passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// `rate`, `host`, `severity` or `recovery`.
    pub axis: &'static str,
    /// What it takes to wake, in words.
    pub limit: String,
    /// Where it stands, in words.
    pub now: String,
    /// Whether the limit was passed.
    pub reached: bool,
}

/// The most occurrences in one hour that are no escalation, from hourly counts, oldest first.
///
/// The formula is the one Sentry publishes for issues archived "until escalating": the greater of
/// `weighted average + clamp((average + 5σ) / average, 5, 8) · average` and `max · clamp(5 · e^(−0.65 · cv), 2, 5)`, where
/// `cv` is σ / average. The weights of the weighted average grow evenly from the oldest hour to the newest.
pub fn rate_limit(hourly: &[u32]) -> f64 {
    let n = hourly.len() as f64;
    let counts = || hourly.iter().map(|&c| f64::from(c));
    let average = counts().sum::<f64>() / n.max(1.0);
    if average <= 0.0 {
        return 0.0;
    }
    let deviation = (counts().map(|c| (c - average).powi(2)).sum::<f64>() / n).sqrt();
    let weighted = counts()
        .enumerate()
        .map(|(i, c)| c * (i + 1) as f64)
        .sum::<f64>();
    let weighted = weighted / (n * (n + 1.0) / 2.0);
    let spike = ((average + 5.0 * deviation) / average).clamp(5.0, 8.0);
    let bursty = (5.0 * (-0.65 * deviation / average).exp()).clamp(2.0, 5.0);
    (weighted + spike * average).max(counts().fold(0.0, f64::max) * bursty)
}

/// The limits for a signature on some hosts as the facts are now. `recovery` is the signature that says it is well again.
pub fn freeze(
    facts: &Facts,
    signature: usize,
    hosts: &[u32],
    recovery: Option<usize>,
) -> WakeLimits {
    let subject = &facts.signatures[signature];
    let end = last_hour(subject, hosts).unwrap_or(facts.last_time.hour());
    let begin = subject.first_seen.hour().0.max(end.0 - HOURS as i32 + 1);
    let mut hourly = vec![0u32; (end.0 - begin + 1).max(1) as usize];
    for (hour, count) in by_hour(subject, hosts, Timestamp::MIN) {
        if let Some(slot) = usize::try_from(hour.0 - begin)
            .ok()
            .and_then(|i| hourly.get_mut(i))
        {
            *slot = slot.saturating_add(count);
        }
    }
    WakeLimits {
        hourly_rate: rate_limit(&hourly),
        hosts: (subject.activity.iter())
            .map(|at| facts.hosts[at.host as usize].clone())
            .collect(),
        severity: subject.severity(),
        recovery: recovery.and_then(|r| recovery_limit(facts, signature, r, hosts)),
    }
}

/// The worst recovery so far, or twice the usual one where that is longer: one that is slower than both is news.
fn recovery_limit(
    facts: &Facts,
    fault: usize,
    recovery: usize,
    hosts: &[u32],
) -> Option<RecoveryLimit> {
    let (f, r) = (&facts.signatures[fault], &facts.signatures[recovery]);
    let all = gaps(f, r, hosts, Timestamp::MIN);
    let mut took: Vec<i64> = all.into_iter().filter_map(|(_, gap)| gap).collect();
    took.sort_unstable();
    let median = *took.get(took.len() / 2)?;
    Some(RecoveryLimit {
        signature_id: r.id.to_string(),
        limit: (*took.last()?).max(median.saturating_mul(2)),
    })
}

/// How near each limit is, given what happened after `since`. `recovery` is the signature the recovery limit names, if it is
/// still there.
pub fn gauges(
    facts: &Facts,
    signature: usize,
    hosts: &[u32],
    since: Timestamp,
    limits: &WakeLimits,
    recovery: Option<usize>,
) -> Vec<Gauge> {
    let mut all = vec![
        rate(facts, signature, hosts, since, limits),
        host(facts, signature, since, limits),
        severity(facts, signature, since, limits),
    ];
    if let (Some(limit), Some(recovery)) = (&limits.recovery, recovery) {
        all.push(slower(facts, (signature, recovery), hosts, since, limit));
    }
    all
}

fn rate(
    facts: &Facts,
    signature: usize,
    hosts: &[u32],
    since: Timestamp,
    limits: &WakeLimits,
) -> Gauge {
    let hours = by_hour(&facts.signatures[signature], hosts, since);
    let most = hours.values().copied().max().unwrap_or(0);
    Gauge {
        axis: "rate",
        limit: format!("more than {} in an hour", number(limits.hourly_rate)),
        now: format!("{most} of {} an hour", number(limits.hourly_rate)),
        reached: f64::from(most) > limits.hourly_rate,
    }
}

fn host(facts: &Facts, signature: usize, since: Timestamp, limits: &WakeLimits) -> Gauge {
    let subject = &facts.signatures[signature];
    let fresh: Vec<&str> = (subject.activity.iter())
        .filter(|at| !between(&at.cells, since, facts.as_of).is_empty())
        .map(|at| facts.hosts[at.host as usize].as_str())
        .filter(|name| !limits.hosts.iter().any(|known| known == name))
        .collect();
    Gauge {
        axis: "host",
        limit: match limits.hosts.len() {
            1 => format!("any host but {}", name(&limits.hosts[0])),
            n => format!("any host but the {n} known ones"),
        },
        now: match fresh.as_slice() {
            [] => "no new host".to_string(),
            new => format!("new on {}", new.join(", ")),
        },
        reached: !fresh.is_empty(),
    }
}

fn severity(facts: &Facts, signature: usize, since: Timestamp, limits: &WakeLimits) -> Gauge {
    let seen = &facts.signatures[signature].severities;
    let lately = seen
        .iter()
        .filter(|s| s.first_seen > since && Some(s.severity) > limits.severity);
    let graver = lately.map(|s| s.severity).max();
    let known = limits.severity.map_or("unknown", |s| s.name());
    Gauge {
        axis: "severity",
        limit: format!("graver than {known}"),
        now: graver.map_or_else(
            || format!("not graver than {known}"),
            |s| format!("{}, and was {known}", s.name()),
        ),
        reached: graver.is_some(),
    }
}

fn slower(
    facts: &Facts,
    (fault, recovery): (usize, usize),
    hosts: &[u32],
    since: Timestamp,
    limit: &RecoveryLimit,
) -> Gauge {
    let (f, r) = (&facts.signatures[fault], &facts.signatures[recovery]);
    let took = gaps(f, r, hosts, since);
    // A fault that has not healed yet has already taken that long.
    let longest = took
        .into_iter()
        .map(|(start, gap)| gap.unwrap_or(facts.as_of.since(start)))
        .max();
    Gauge {
        axis: "recovery",
        limit: format!("a recovery slower than {}", span_text(limit.limit)),
        now: longest.map_or_else(
            || "no fault since".to_string(),
            |l| format!("{} of {} to recover", span_text(l), span_text(limit.limit)),
        ),
        reached: longest.is_some_and(|l| l > limit.limit),
    }
}

/// What would wake it, in words, before anything has happened.
pub fn limits_words(limits: &WakeLimits) -> Vec<String> {
    let mut words = vec![
        format!("more than {} in an hour", number(limits.hourly_rate)),
        match limits.hosts.as_slice() {
            [one] => format!("any host but {}", name(one)),
            known => format!("any host but the {} known ones", known.len()),
        },
        format!(
            "a severity graver than {}",
            limits.severity.map_or("unknown", |s| s.name())
        ),
    ];
    if let Some(recovery) = &limits.recovery {
        words.push(format!(
            "a recovery slower than {}",
            span_text(recovery.limit)
        ));
    }
    words
}

fn name(host: &str) -> &str {
    if host.is_empty() { "(none)" } else { host }
}

/// One digit below ten, none above.
fn number(n: f64) -> String {
    if n >= 10.0 || n == n.round() {
        format!("{n:.0}")
    } else {
        format!("{n:.1}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_limit_is_that_of_the_formula() {
        // One event an hour, always: average 1, no deviation: max(1 + 5·1, 1·5).
        assert!((rate_limit(&[1; 100]) - 6.0).abs() < 1e-9);
        // One event in ten hours, at the end: average 0.1, deviation 0.3, cv 3: the second part is 2·1 and wins.
        let mut rare = [0; 10];
        rare[9] = 1;
        let weighted = 10.0 / 55.0;
        let spike = weighted + 8.0 * 0.1;
        assert!((rate_limit(&rare) - 2.0f64.max(spike)).abs() < 1e-9);
        assert_eq!(rate_limit(&[]), 0.0);
        assert_eq!(rate_limit(&[0, 0]), 0.0);
    }

    proptest! {
        #[test]
        fn what_was_seen_before_never_wakes(hourly in prop::collection::vec(0u32..10_000, 1..400)) {
            let most = f64::from(hourly.iter().copied().max().unwrap_or(0));
            prop_assert!(rate_limit(&hourly) >= 2.0 * most);
        }
    }
}
