//! Spread: the same on more hosts than ever.

use super::{Detector, View, count_text, evidence, measure, number_text};
use crate::candidate::{CandidateType, Component, Finding};
use crate::signature::SignatureFacts;
use crate::time::{DAY, HOUR, Timestamp, span_text};
use crate::tuning::Tuning;

/// Finds: a troubled or new signature on at least `spread.hosts` hosts within the present window (or one of the windows
/// of the look-back), and on at least `spread.factor` times as many as on its widest day before. Hosts that were not
/// known before do not count: a new machine says everything for the first time.
///
/// Why it matters: several hosts at once have a cause in common: a certificate, a name server, a switch, an upgrade.
///
/// Example: one host could not verify a certificate three days ago; five cannot since two hours.
///
/// Misses: spreading slower than a day per host; what always was on all hosts and only gets louder (see burst).
pub struct Spread;

impl Detector for Spread {
    fn candidate_type(&self) -> CandidateType {
        CandidateType::Spread
    }

    fn find(&self, view: &View, tuning: &Tuning, out: &mut Vec<Finding>) {
        for (index, signature) in view.earned() {
            let new = signature.first_seen >= view.fleet.clock.recent;
            if signature.activity.len() as f64 >= tuning.spread_hosts
                && (new || view.troubled(index, tuning))
            {
                out.extend(look(view, tuning, index, signature));
            }
        }
    }
}

fn look(view: &View, tuning: &Tuning, index: usize, signature: &SignatureFacts) -> Option<Finding> {
    let clock = &view.fleet.clock;
    let windows = (tuning.lookback_days / tuning.window_days).ceil() as i32;
    let span = (tuning.window_days * DAY as f64) as i64;
    (0..windows).find_map(|back| {
        let to = clock.as_of.plus(-i64::from(back) * span);
        let from = to.plus(-span);
        let arrivals = arrivals(view, tuning, signature, from, to);
        let before = widest_before(signature, from, (span / HOUR) as i32);
        let enough = arrivals.len() as f64
            >= tuning
                .spread_hosts
                .max(tuning.spread_factor * before as f64);
        enough.then(|| finding(view, tuning, index, signature, &arrivals, before))
    })
}

/// The hosts seen in `[from, to)` by first arrival, without those that were not known before.
fn arrivals(
    view: &View,
    tuning: &Tuning,
    signature: &SignatureFacts,
    from: Timestamp,
    to: Timestamp,
) -> Vec<(Timestamp, u32)> {
    let mut out: Vec<(Timestamp, u32)> = (signature.activity.iter())
        .filter(|at| view.fleet.known_days(at.host, from) >= tuning.anomaly_warmup.min(1.0))
        .filter_map(|at| {
            let first = at.cells.partition_point(|c| c.hour < from.hour());
            let cell = at.cells.get(first).filter(|c| c.first() < to)?;
            Some((cell.first().max(from), at.host))
        })
        .collect();
    out.sort_unstable();
    out
}

/// The most hosts in any stretch of `hours` hours before `from`, counted in stretches that end there.
fn widest_before(signature: &SignatureFacts, from: Timestamp, hours: i32) -> usize {
    let end = from.hour();
    let mut seen: Vec<(i32, u32)> = Vec::new();
    for at in &signature.activity {
        let before = at.cells.iter().take_while(|c| c.hour < end);
        seen.extend(before.map(|c| ((end.0 - 1 - c.hour.0) / hours.max(1), at.host)));
    }
    seen.sort_unstable();
    seen.dedup();
    seen.chunk_by(|a, b| a.0 == b.0)
        .map(<[_]>::len)
        .max()
        .unwrap_or(0)
}

fn finding(
    view: &View,
    tuning: &Tuning,
    index: usize,
    signature: &SignatureFacts,
    arrivals: &[(Timestamp, u32)],
    before: usize,
) -> Finding {
    let clock = &view.fleet.clock;
    let n = arrivals.len();
    let (first, last) = (arrivals[0].0, arrivals[n - 1].0);
    let hosts: Vec<u32> = arrivals.iter().map(|a| a.1).collect();
    let fleet = view.fleet.active_hosts().max(n);
    let more = (n - before.max(1)) as f64;
    let said = view.said(index, tuning);
    let value = said * (1.0 - (-more / tuning.spread_usual).exp());
    let new = signature.first_seen >= clock.recent;
    let mut measures = vec![
        measure(Component::Spread, n as f64, before as f64, value),
        view.impact(index),
    ];
    if new {
        let days = clock.as_of.since(signature.first_seen) as f64 / DAY as f64;
        measures.push(measure(Component::Novelty, days, clock.days(), 0.4 * said));
    }
    let order: Vec<String> = (arrivals.iter().take(12))
        .map(|(t, h)| format!("{} {}", view.host(*h), t.minute_text()))
        .collect();
    let events: u64 = (signature.activity.iter())
        .filter(|at| hosts.contains(&at.host))
        .flat_map(|at| &at.cells)
        .filter(|c| c.hour >= first.hour())
        .map(|c| u64::from(c.count))
        .sum();
    let reached = span_text(last.since(first));
    Finding {
        candidate_type: CandidateType::Spread,
        signatures: vec![index],
        entity: String::new(),
        event_count: events,
        first_seen: first,
        last_seen: signature.last_seen,
        measures,
        evidence: vec![
            evidence("hosts", n.to_string()),
            evidence("order of arrival", order.join(", ")),
            evidence("share of the fleet", format!("{n} of {fleet}")),
            evidence(
                "widest day before",
                count_text(before as u64, "host", "hosts"),
            ),
            evidence("reached all within", reached.clone()),
        ],
        headline: format!("on {n} of {fleet} hosts within {reached}"),
        why: format!(
            "{n} of {fleet} hosts said it within {reached}; never before were there more than {} in {}: they have something in common.",
            before.max(usize::from(new)),
            if tuning.window_days == 1.0 {
                "a day".to_string()
            } else {
                format!("{} days", number_text(tuning.window_days))
            },
        ),
        thin: (clock.days() < tuning.anomaly_warmup)
            .then(|| "the store is younger than the warm-up".to_string()),
        starts: vec![first],
        outcomes: Vec::new(),
        hosts,
    }
}
