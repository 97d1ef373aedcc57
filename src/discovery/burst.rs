//! Burst: far more than expected in a short time.

use super::{
    Detector, Excess, Horizon, Series, View, chance_text, count_text, evidence, excesses, measure,
    number_text,
};
use crate::candidate::{CandidateType, Component, Finding};
use crate::signature::{Cell, HostActivity, SignatureFacts};
use crate::time::{Hour, Timestamp};
use crate::tuning::Tuning;

/// Finds: closed buckets whose count is both improbable and large against what is expected of them: five minutes, hours
/// and days, on one host and on all together. Expected is the largest of: the median of the same hour of the last 7
/// days, of the same hour of the week of the last 4 weeks, of the last 24 hours, and the mean of the whole past.
/// Improbable is a Poisson tail of at most `burst.alpha` divided by the buckets looked at; where the past swings more
/// than chance, also `burst.mad` deviations by median and MAD. Large is `burst.factor` times. What a series did
/// `burst.before` times before, half as high, is its habit. Calm hours end a storm: one storm is one finding, told by
/// the shortest horizon that holds most of it. Many lines of one host that burst in one hour are a shift of its volume.
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
        let mut found: Vec<(i32, Finding)> = Vec::new();
        for (index, signature) in view.earned() {
            let profile = &view.profiles[index];
            let loud = u64::from(profile.peak).max(profile.count - profile.before_lookback);
            if loud as f64 >= tuning.burst_min {
                found.extend(look(view, tuning, index, signature));
            }
        }
        out.extend(by_volume(view, tuning, found));
    }
}

/// Buckets in which a signature was far too busy, as hours.
#[derive(Clone, Copy)]
struct Hot {
    /// The host, or all together.
    host: Option<u32>,
    horizon: Horizon,
    from: i32,
    to: i32,
    excess: Excess,
}

impl Hot {
    /// How far above: expectations below one event count as one, or every rare line would win.
    fn factor(&self) -> f64 {
        self.excess.observed / self.excess.expected.max(1.0)
    }

    /// What to tell a storm by: a shorter horizon before a longer one that counts little more.
    fn telling(&self) -> f64 {
        self.factor()
            * match self.horizon {
                Horizon::FiveMinutes => 4.0,
                Horizon::Hour => 2.0,
                Horizon::Day => 1.0,
            }
    }
}

fn look(
    view: &View,
    tuning: &Tuning,
    index: usize,
    signature: &SignatureFacts,
) -> Option<(i32, Finding)> {
    let mut hot: Vec<Hot> = Vec::new();
    for at in &signature.activity {
        let first = view.fleet.hosts[at.host as usize].first.hour().0;
        let hours = Series::of_host(at);
        hot.extend(heat(
            view,
            tuning,
            &hours,
            Horizon::Hour,
            Some(at.host),
            first,
        ));
        let peaks = Series::peaks_of_host(at);
        hot.extend(heat(
            view,
            tuning,
            &peaks,
            Horizon::FiveMinutes,
            Some(at.host),
            first,
        ));
        hot.extend(heat(
            view,
            tuning,
            &hours.days(view.fleet.clock.open_hour().0),
            Horizon::Day,
            Some(at.host),
            first,
        ));
    }
    if signature.activity.len() > 1 {
        let first = view.fleet.clock.first.hour().0;
        let all = Series::of_all(signature);
        hot.extend(heat(view, tuning, &all, Horizon::Hour, None, first));
        hot.extend(heat(
            view,
            tuning,
            &all.days(view.fleet.clock.open_hour().0),
            Horizon::Day,
            None,
            first,
        ));
    }
    let worst = *hot.iter().max_by(|a, b| {
        (a.telling().total_cmp(&b.telling()))
            .then(b.from.cmp(&a.from))
            .then(b.host.cmp(&a.host))
    })?;
    let storm = storm(view, tuning, signature, &hot, &worst)?;
    Some((worst.from, finding(view, index, &worst, storm)))
}

/// The hot buckets of one series within the look-back.
fn heat(
    view: &View,
    tuning: &Tuning,
    series: &Series,
    horizon: Horizon,
    host: Option<u32>,
    first: i32,
) -> Vec<Hot> {
    let clock = &view.fleet.clock;
    let (lookback, open) = (clock.lookback.hour().0, clock.open_hour().0);
    // Days are counted back from the open hour: the last 24 closed hours are day -1.
    let day = |hour: i32| -(open - hour).div_euclid(24);
    let span = match horizon {
        Horizon::Day => (day(first), day(lookback), 0),
        _ => (first, lookback, open),
    };
    let hours = |at: i32| match horizon {
        Horizon::Day => (open + at * 24, open + (at + 1) * 24),
        _ => (at, at + 1),
    };
    (excesses(series, horizon, span, tuning).into_iter())
        .map(|excess| {
            let (from, to) = hours(excess.at);
            Hot {
                host,
                horizon,
                from,
                to,
                excess,
            }
        })
        .collect()
}

/// One storm: where it was, how much, and when.
struct Storm {
    hosts: Vec<u32>,
    count: u64,
    first: Timestamp,
    last: Timestamp,
    peak: Timestamp,
}

/// The storm around the worst bucket: calm spans longer than `burst.quiet` hours end it.
fn storm(
    view: &View,
    tuning: &Tuning,
    signature: &SignatureFacts,
    hot: &[Hot],
    worst: &Hot,
) -> Option<Storm> {
    let quiet = tuning.burst_quiet as i32;
    let mut spans: Vec<(i32, i32)> = hot
        .iter()
        .filter(|h| h.horizon != Horizon::Day)
        .map(|h| (h.from, h.to))
        .collect();
    spans.sort_unstable();
    let (mut from, mut to) = (worst.from, worst.to);
    for &(start, end) in spans.iter().rev().filter(|s| s.0 <= worst.from) {
        from = if from - end < quiet {
            from.min(start)
        } else {
            from
        };
    }
    for &(start, end) in spans.iter().filter(|s| s.0 >= worst.from) {
        to = if start - to < quiet { to.max(end) } else { to };
    }
    let everywhere = worst.host.is_none();
    let within = |h: &Hot, host: u32| h.host == Some(host) && h.from < to && h.to > from;
    let mut arrivals: Vec<(Timestamp, u32)> = Vec::new();
    let (mut count, mut last) = (0u64, Timestamp::MIN);
    for at in (signature.activity.iter())
        .filter(|at| everywhere || hot.iter().any(|h| within(h, at.host)))
    {
        let cells = || at.cells.iter().filter(|c| (from..to).contains(&c.hour.0));
        let Some(start) = cells().map(Cell::first).min() else {
            continue;
        };
        arrivals.push((start, at.host));
        count += cells().map(|c| u64::from(c.count)).sum::<u64>();
        last = last.max(cells().map(Cell::last).max().unwrap_or(start));
    }
    arrivals.sort_unstable();
    Some(Storm {
        first: arrivals.first()?.0,
        hosts: arrivals.into_iter().map(|(_, h)| h).collect(),
        count,
        last,
        peak: peak_time(view, signature, worst),
    })
}

/// The start of the busiest five minutes of the worst bucket.
fn peak_time(view: &View, signature: &SignatureFacts, worst: &Hot) -> Timestamp {
    let here = |at: &&HostActivity| worst.host.is_none_or(|h| h == at.host);
    let points = (signature.activity.iter().filter(here))
        .flat_map(|at| &at.cells)
        .filter(|c| (worst.from..worst.to).contains(&c.hour.0))
        .flat_map(Cell::points);
    let slot = |t: Timestamp| t.0.div_euclid(300_000_000);
    let mut slots: Vec<(i64, u32, Timestamp)> = points.map(|(t, n)| (slot(t), n, t)).collect();
    slots.sort_unstable();
    (slots.chunk_by(|a, b| a.0 == b.0))
        .max_by_key(|s| {
            (
                s.iter().map(|p| u64::from(p.1)).sum::<u64>(),
                std::cmp::Reverse(s[0].0),
            )
        })
        .map_or(Hour(worst.from).start().min(view.fleet.clock.as_of), |s| {
            s[0].2
        })
}

fn finding(view: &View, index: usize, worst: &Hot, storm: Storm) -> Finding {
    let excess = &worst.excess;
    let horizon = worst.horizon.name();
    let factor = excess.observed / excess.expected;
    let place = view.on_hosts(&storm.hosts);
    let times = if factor >= 1000.0 {
        "over 1000".to_string()
    } else {
        number_text(factor)
    };
    let known = storm
        .hosts
        .iter()
        .map(|&h| view.fleet.known_days(h, storm.first))
        .fold(f64::MAX, f64::min);
    Finding {
        candidate_type: CandidateType::Burst,
        signatures: vec![index],
        entity: String::new(),
        event_count: storm.count,
        first_seen: storm.first,
        last_seen: storm.last,
        measures: vec![
            measure(
                Component::Burst,
                excess.observed,
                excess.expected,
                worst.factor().ln() / FULL.ln(),
            ),
            view.impact(index),
        ],
        evidence: vec![
            evidence(
                "expected",
                format!("{} in {horizon}", number_text(excess.expected)),
            ),
            evidence("observed", format!("{} in {horizon}", excess.observed)),
            evidence("factor", times.clone()),
            evidence("horizon", horizon),
            evidence("peak", storm.peak.rfc3339()),
            evidence("chance", chance_text(excess.chance)),
        ],
        headline: format!("{} in {horizon}{place}", excess.observed),
        why: format!(
            "It was said {} times in {horizon}{place}, where its past and the same hours of other days and weeks lead to expect {}.",
            excess.observed,
            match excess.expected {
                e if e < 0.5 => "hardly any".to_string(),
                e => format!("{} ({times} times as many)", number_text(e)),
            },
        ),
        thin: (known < 7.0).then(|| {
            "less than a week of history on its hosts: what is usual is a guess".to_string()
        }),
        starts: vec![storm.first],
        outcomes: Vec::new(),
        hosts: storm.hosts,
    }
}

/// The factor that gives the full value: 40 times is a storm to anybody.
const FULL: f64 = 40.0;

/// Bursts of many lines on the same hosts in the same hour are one shift of volume, led by the strongest.
fn by_volume(view: &View, tuning: &Tuning, mut found: Vec<(i32, Finding)>) -> Vec<Finding> {
    found.sort_by(|a, b| {
        (a.0, &a.1.hosts, a.1.signatures[0]).cmp(&(b.0, &b.1.hosts, b.1.signatures[0]))
    });
    let mut out: Vec<Finding> = Vec::new();
    for group in found.chunk_by(|a, b| a.0 == b.0 && a.1.hosts == b.1.hosts) {
        if (group.len() as f64) < tuning.burst_volume {
            out.extend(group.iter().map(|(_, f)| f.clone()));
            continue;
        }
        let weight = |f: &Finding| f.measures.iter().map(|m| m.value).sum::<f64>();
        let strongest = |a: &&(i32, Finding), b: &&(i32, Finding)| {
            (weight(&a.1).total_cmp(&weight(&b.1))).then(b.1.signatures[0].cmp(&a.1.signatures[0]))
        };
        let Some((_, lead)) = group.iter().max_by(strongest) else {
            continue;
        };
        let mut lead = lead.clone();
        let place = view.on_hosts(&lead.hosts);
        let kinds = count_text(group.len() as u64, "kind of line", "kinds of lines");
        let others = group
            .iter()
            .map(|(_, f)| f.signatures[0])
            .filter(|s| *s != lead.signatures[0]);
        let others: Vec<usize> = others.collect();
        lead.signatures.extend(others);
        lead.event_count = group.iter().map(|(_, f)| f.event_count).sum();
        lead.headline = format!("{kinds} at once{place}, most of all {}", lead.headline);
        lead.why = format!(
            "The volume{place} rose as a whole, in {kinds} at once. {}",
            lead.why
        );
        lead.evidence.push(evidence("volume shift", kinds));
        out.push(lead);
    }
    out
}
