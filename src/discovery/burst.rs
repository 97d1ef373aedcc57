//! Burst: far more than expected in a short time.

use super::{Detector, Series, View, evidence, mad, measure, median, number_text, poisson_tail};
use crate::candidate::{CandidateType, Component, Finding};
use crate::signature::{HostActivity, SignatureFacts};
use crate::time::{Hour, Timestamp};
use crate::tuning::Tuning;

/// Finds: closed hours (the long horizon) and five minutes (the short one) whose count is both improbable and large
/// against what is expected of that hour. Expected is the largest of: the median of the same hour of the last 7 days,
/// of the same hour of the week of the last 4 weeks, of the last 24 hours, and the mean of the whole past. Improbable is
/// a Poisson tail of at most `burst.alpha` divided by the hours looked at; where the past swings more than chance, also
/// `burst.mad` deviations by median and MAD. What a series did `burst.before` times before, half as high, is its habit.
/// Calm hours end a storm: one storm is one finding.
///
/// Why it matters: a storm of one line is the loudest thing a log can say, and it may have passed unseen.
///
/// Example: 45 times "out of memory" in five minutes on a host that says it once in two days.
///
/// Misses: a rise slower than a day; a storm in the first `burst.history` hours of a host; a third storm of its kind.
pub struct Burst;

impl Detector for Burst {
    fn candidate_type(&self) -> CandidateType {
        CandidateType::Burst
    }

    fn find(&self, view: &View, tuning: &Tuning, out: &mut Vec<Finding>) {
        for (index, signature) in view.earned() {
            let loud = f64::from(view.profiles[index].peak) >= tuning.burst_min;
            if loud || view.profiles[index].window_count as f64 >= tuning.burst_min {
                out.extend(look(view, tuning, index, signature));
            }
        }
    }
}

/// An hour in which a host was far too busy.
#[derive(Clone, Copy)]
struct Hot {
    host: u32,
    hour: i32,
    observed: f64,
    expected: f64,
    short: bool,
    tail: f64,
}

fn look(view: &View, tuning: &Tuning, index: usize, signature: &SignatureFacts) -> Option<Finding> {
    let mut hot: Vec<Hot> = Vec::new();
    for at in &signature.activity {
        let first = view.fleet.hosts[at.host as usize].first.hour().0;
        hot.extend(hot_hours(
            &Series::of_host(at),
            at.host,
            first,
            1.0,
            view,
            tuning,
        ));
        let short = hot_hours(
            &Series::peaks_of_host(at),
            at.host,
            first,
            12.0,
            view,
            tuning,
        );
        hot.extend(short.into_iter().map(|h| Hot { short: true, ..h }));
    }
    if hot.is_empty() {
        return None;
    }
    let worst = *hot.iter().max_by(|a, b| {
        strength(a)
            .total_cmp(&strength(b))
            .then(b.hour.cmp(&a.hour))
    })?;
    let (from, to) = storm(&hot, worst.hour, tuning.burst_quiet as i32);
    let mut hosts: Vec<(Timestamp, u32)> = Vec::new();
    let (mut count, mut first, mut last) = (0u64, Timestamp::MAX, Timestamp::MIN);
    for at in &signature.activity {
        if !hot
            .iter()
            .any(|h| h.host == at.host && (from..=to).contains(&h.hour))
        {
            continue;
        }
        let cells = (at.cells.iter()).filter(|c| (from..=to).contains(&c.hour.0));
        let mut start = Timestamp::MAX;
        for cell in cells {
            count += u64::from(cell.count);
            start = start.min(cell.first());
            last = last.max(cell.last());
        }
        first = first.min(start);
        hosts.push((start, at.host));
    }
    hosts.sort_unstable();
    let hosts: Vec<u32> = hosts.into_iter().map(|(_, h)| h).collect();
    let peak = peak_time(signature, &worst);
    Some(finding(
        view,
        tuning,
        index,
        &worst,
        Storm {
            hosts,
            count,
            first,
            last,
            peak,
        },
    ))
}

struct Storm {
    hosts: Vec<u32>,
    count: u64,
    first: Timestamp,
    last: Timestamp,
    peak: Timestamp,
}

fn finding(view: &View, tuning: &Tuning, index: usize, worst: &Hot, storm: Storm) -> Finding {
    let horizon = if worst.short { "5 minutes" } else { "an hour" };
    let factor = worst.observed / worst.expected;
    let place = view.hosts_text(&storm.hosts);
    let times = if factor >= 1000.0 {
        "over 1000".to_string()
    } else {
        number_text(factor)
    };
    let value = (worst.observed / worst.expected.max(1.0)).ln() / 40f64.ln();
    let thin = view.fleet.known_days(worst.host, storm.first) < 7.0;
    Finding {
        candidate_type: CandidateType::Burst,
        signatures: vec![index],
        entity: String::new(),
        event_count: storm.count,
        first_seen: storm.first,
        last_seen: storm.last,
        measures: vec![
            measure(Component::Burst, worst.observed, worst.expected, value),
            view.impact(index),
        ],
        evidence: vec![
            evidence(
                "expected",
                format!("{} in {horizon}", number_text(worst.expected)),
            ),
            evidence("observed", format!("{} in {horizon}", worst.observed)),
            evidence("factor", times.clone()),
            evidence("horizon", horizon),
            evidence("peak", storm.peak.rfc3339()),
            evidence("chance", format!("{:.0e}", worst.tail.max(1e-99))),
        ],
        headline: format!("{} in {horizon} on {place}", worst.observed),
        why: format!(
            "It was said {} times in {horizon} on {place}, {times} times what the same hours of other days and weeks lead to expect ({}).",
            worst.observed,
            number_text(worst.expected),
        ),
        thin: thin.then(|| {
            format!(
                "less than {} days of history on this host: what is usual here is a guess",
                tuning.recent_days
            )
        }),
        starts: vec![storm.first],
        hosts: storm.hosts,
    }
}

fn strength(hot: &Hot) -> f64 {
    hot.observed / hot.expected.max(1.0)
}

/// The first and last hot hour of the storm around `hour`: calm spans longer than `quiet` hours end it.
fn storm(hot: &[Hot], hour: i32, quiet: i32) -> (i32, i32) {
    let mut hours: Vec<i32> = hot.iter().map(|h| h.hour).collect();
    hours.sort_unstable();
    let (mut from, mut to) = (hour, hour);
    for &h in hours.iter().rev().filter(|h| **h <= hour) {
        from = if from - h <= quiet { h } else { from };
    }
    for &h in hours.iter().filter(|h| **h >= hour) {
        to = if h - to <= quiet { h } else { to };
    }
    (from, to)
}

fn peak_time(signature: &SignatureFacts, worst: &Hot) -> Timestamp {
    let cell = (signature.activity.iter())
        .find(|at| at.host == worst.host)
        .and_then(|at: &HostActivity| at.cells.iter().find(|c| c.hour.0 == worst.hour));
    cell.map_or(Hour(worst.hour).start(), |c| {
        let busiest = c
            .points()
            .into_iter()
            .max_by_key(|(t, n)| (*n, std::cmp::Reverse(*t)));
        busiest.map_or(c.first(), |(t, _)| t)
    })
}

/// The hours of the look-back in which `series` is far above what is expected. `parts` is how many of the series' buckets
/// make an hour: its expectation may be no smaller than the mean of the past spread over them.
fn hot_hours(
    series: &Series,
    host: u32,
    first: i32,
    parts: f64,
    view: &View,
    tuning: &Tuning,
) -> Vec<Hot> {
    let clock = &view.fleet.clock;
    let (from, to) = (clock.lookback.hour().0, clock.open_hour().0);
    let tests = f64::from((to - from).max(1)) * parts;
    let mut out = Vec::new();
    for &(hour, count) in series.between(from, to) {
        let observed = f64::from(count);
        if observed < tuning.burst_min || f64::from(hour - first) < tuning.burst_history {
            continue;
        }
        let expected = expected(series, hour, first, parts);
        let tail = poisson_tail(u64::from(count), expected);
        let improbable =
            tail <= tuning.burst_alpha / tests && observed >= tuning.burst_factor * expected;
        if improbable
            && !swings(series, hour, first, observed, tuning)
            && !habit(series, hour, first, observed, tuning)
        {
            out.push(Hot {
                host,
                hour,
                observed,
                expected,
                short: false,
                tail,
            });
        }
    }
    out
}

/// What to expect of `hour`: the largest of three medians and the mean.
fn expected(series: &Series, hour: i32, first: i32, parts: f64) -> f64 {
    let median_of = |hours: &mut dyn Iterator<Item = i32>| {
        let mut counts: Vec<f64> = hours
            .filter(|h| *h >= first)
            .map(|h| f64::from(series.get(h)))
            .collect();
        if counts.len() < 2 {
            0.0
        } else {
            median(&mut counts)
        }
    };
    let day = median_of(&mut (1..=7).map(|k| hour - 24 * k));
    let week = median_of(&mut (1..=4).map(|k| hour - 168 * k));
    let last = median_of(&mut (1..=24).map(|k| hour - k));
    let past = f64::from((hour - first).max(1));
    let mean = (series.sum(first, hour) as f64 + 0.5) / past / parts;
    day.max(week).max(last).max(mean)
}

/// Whether the past swings more than chance, and this hour is within `burst.mad` deviations of it.
fn swings(series: &Series, hour: i32, first: i32, observed: f64, tuning: &Tuning) -> bool {
    let mut past: Vec<f64> = (1..=168)
        .map(|k| hour - k)
        .filter(|h| *h >= first)
        .map(|h| f64::from(series.get(h)))
        .collect();
    let n = past.len().max(1) as f64;
    let mean = past.iter().sum::<f64>() / n;
    let variance = past.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    if variance <= 2.0 * mean {
        return false;
    }
    let middle = median(&mut past);
    let spread = mad(&mut past);
    0.6745 * (observed - middle) <= tuning.burst_mad * spread
}

/// Whether it was half as high often enough before. What is so high at one hour of the day only has the habit at that
/// hour only: the nightly storm at noon is news.
fn habit(series: &Series, hour: i32, first: i32, observed: f64, tuning: &Tuning) -> bool {
    let before: Vec<i32> = (series
        .between(first, hour - tuning.burst_quiet as i32)
        .iter())
    .filter(|(_, n)| f64::from(*n) * 2.0 >= observed)
    .map(|(h, _)| h.rem_euclid(24))
    .collect();
    if (before.len() as f64) < tuning.burst_before {
        return false;
    }
    let near = |clock: i32| {
        let close = |h: &&i32| {
            (**h - clock)
                .rem_euclid(24)
                .min((clock - **h).rem_euclid(24))
                <= 1
        };
        before.iter().filter(close).count() as f64 / before.len() as f64
    };
    let timetable = (0..24).any(|clock| near(clock) >= tuning.routine_clock);
    !timetable || near(hour.rem_euclid(24)) > 0.0
}
