//! Anomaly: never seen before, where news is rare.

use super::{
    ByService, Detector, View, count_text, evidence, format_changes, measure, number_text,
};
use crate::candidate::{CandidateType, Component, Finding};
use crate::event::Severity;
use crate::signature::{Cell, SeveritySeen, SignatureFacts};
use crate::time::{DAY, HOUR, Timestamp, span_text};
use crate::tuning::Tuning;

/// Finds: a signature first seen within the look-back on a host known for longer than the warm-up; one that is back
/// after `anomaly.return` days; one that now carries a graver severity than ever; a log that was understood and no longer is. It counts half where `anomaly.usual`
/// news a day are expected anyway: the larger of what its program says for the first time in such a stretch (Good and Turing: the
/// share of its lines that belong to signatures seen once) and what the whole store does. `anomaly.many` new signatures
/// of one program within an hour are one finding: the program changed.
///
/// Why it matters: what was never said before is the one thing no rule was written for.
///
/// Example: the first machine check event in two weeks of a host's life.
///
/// What a routine line says nearly word for word is as routine as that line.
///
/// Misses: a new value in an old line; news on a host younger than the warm-up; the second time.
pub struct Anomaly;

impl Detector for Anomaly {
    fn candidate_type(&self) -> CandidateType {
        CandidateType::Anomaly
    }

    fn find(&self, view: &View, tuning: &Tuning, out: &mut Vec<Finding>) {
        format_changes(view, out);
        if (view.fleet.events_before as f64) < tuning.anomaly_events {
            return;
        }
        let (mut new, mut worse, mut again) = (Vec::new(), Vec::new(), Vec::new());
        let mut services: Vec<&str> = Vec::new();
        for (index, signature) in view.earned() {
            let found = worse.len() + again.len() + new.len();
            if signature.first_seen < view.fleet.clock.lookback {
                worse.extend(graver_now(view, signature).map(|w| (index, w)));
                again.extend(back(view, tuning, signature).map(|b| (index, b)));
            } else if known_place(view, tuning, signature) {
                new.push((index, signature));
            }
            if worse.len() + again.len() + new.len() > found {
                services.push(signature.service.as_str());
            }
        }
        services.sort_unstable();
        services.dedup();
        let known = ByService::new(view, &services);
        out.extend(worse.into_iter().map(|(i, w)| graver(&known, tuning, i, w)));
        out.extend(
            again
                .into_iter()
                .map(|(i, b)| returned(&known, tuning, i, b)),
        );
        new.sort_by(|a, b| {
            (&a.1.service, a.1.first_seen, a.0).cmp(&(&b.1.service, b.1.first_seen, b.0))
        });
        let together = |a: &(usize, &SignatureFacts), b: &(usize, &SignatureFacts)| {
            a.1.service == b.1.service && b.1.first_seen.since(a.1.first_seen) <= HOUR
        };
        for group in new.chunk_by(together) {
            if group.len() as f64 >= tuning.anomaly_many {
                out.push(changed(&known, tuning, group));
            } else {
                out.extend(group.iter().map(|(i, s)| never_seen(&known, tuning, *i, s)));
            }
        }
    }
}

/// Whether some host it is on was known for the warm-up before it was first seen there.
fn known_place(view: &View, tuning: &Tuning, signature: &SignatureFacts) -> bool {
    (signature.activity.iter())
        .any(|at| view.fleet.known_days(at.host, signature.first_seen) >= tuning.anomaly_warmup)
}

/// News expected of this program, and of the store, per window.
fn expected_news(view: &View, tuning: &Tuning, service: &str) -> f64 {
    let store = view.fleet.new_per_day * tuning.window_days;
    let own = view
        .fleet
        .service(service)
        .filter(|s| s.events as f64 >= tuning.anomaly_events)
        .map_or(0.0, |s| {
            let per_window =
                s.lately as f64 * tuning.window_days / tuning.lookback_days.max(tuning.window_days);
            s.singles as f64 / s.events as f64 * per_window
        });
    store.max(own)
}

fn never_seen(
    known: &ByService,
    tuning: &Tuning,
    index: usize,
    signature: &SignatureFacts,
) -> Finding {
    let view = known.view;
    let clock = &view.fleet.clock;
    let expected = expected_news(view, tuning, &signature.service);
    let kin = known.nearest(index);
    let left = known.left(kin);
    let value = view.said(index, tuning) * left / (1.0 + expected / tuning.anomaly_usual.max(0.1));
    let hosts: Vec<u32> = by_arrival(signature);
    let place = view.on_hosts(&hosts);
    let history = span_text(signature.first_seen.since(clock.first));
    let mut impact = view.impact(index);
    impact.value *= left;
    let why = format!(
        "{} was never said before in {history} of history ({} expected a day), then {}{place}.",
        if view
            .fleet
            .service(&signature.service)
            .is_some_and(|s| s.events > 0)
        {
            "It"
        } else {
            "Its program was not known, and it"
        },
        match expected {
            e if e < 0.05 => "next to no new line is".to_string(),
            e => format!("{} new lines are", number_text(e)),
        },
        count_text(signature.count, "time", "times"),
    );
    Finding {
        candidate_type: CandidateType::Anomaly,
        signatures: vec![index],
        entity: String::new(),
        hosts,
        event_count: signature.count,
        first_seen: signature.first_seen,
        last_seen: signature.last_seen,
        measures: vec![measure(Component::Novelty, 1.0, expected, value), impact],
        evidence: vec![
            evidence("first seen", signature.first_seen.rfc3339()),
            evidence(
                "resembles",
                kin.map_or("nothing known".to_string(), |k| {
                    view.facts.signatures[k.signature].title().to_string()
                }),
            ),
            evidence("new lines expected a day here", number_text(expected)),
            evidence("history before it", history),
        ],
        headline: format!(
            "never seen before, {}{place}",
            count_text(signature.count, "time", "times")
        ),
        why,
        thin: (signature.first_seen.since(clock.first) < 7 * DAY)
            .then(|| "less than a week of history: what is new here may only be rare".to_string()),
        starts: vec![signature.first_seen],
        outcomes: Vec::new(),
    }
}

/// Many new lines of one program within an hour: an upgrade, a new configuration, a first crash.
fn changed(known: &ByService, tuning: &Tuning, group: &[(usize, &SignatureFacts)]) -> Finding {
    let view = known.view;
    let mut order: Vec<&(usize, &SignatureFacts)> = group.iter().collect();
    order.sort_by(|a, b| {
        let weight = |i: usize| view.notes[i].trouble.max(view.notes[i].access);
        weight(b.0)
            .total_cmp(&weight(a.0))
            .then(a.1.id.cmp(&b.1.id))
    });
    let lead = order[0];
    let mut finding = never_seen(known, tuning, lead.0, lead.1);
    finding.signatures = order.iter().map(|(i, _)| *i).collect();
    finding.entity = "program changed".to_string();
    finding.event_count = group.iter().map(|(_, s)| s.count).sum();
    finding.first_seen = group[0].1.first_seen;
    finding.last_seen = group
        .iter()
        .map(|(_, s)| s.last_seen)
        .max()
        .unwrap_or(finding.last_seen);
    finding.headline = format!(
        "{} new lines{} within an hour{}",
        group.len(),
        match lead.1.service.as_str() {
            "" => String::new(),
            service => format!(" of {service}"),
        },
        view.on_hosts(&finding.hosts)
    );
    finding.why = format!(
        "{} says {} things it never said before, all within an hour{}: it was changed, or met something new.",
        match lead.1.service.as_str() {
            "" => "A program without a name",
            service => service,
        },
        group.len(),
        view.on_hosts(&finding.hosts),
    );
    finding
        .evidence
        .push(evidence("new signatures", group.len().to_string()));
    finding.starts = vec![finding.first_seen];
    finding
}

/// A severity graver than any before, in records that carried one before.
fn graver_now(view: &View, signature: &SignatureFacts) -> Option<(SeveritySeen, Severity)> {
    let lookback = view.fleet.clock.lookback;
    let seen = || signature.severities.iter();
    let now = seen()
        .filter(|s| s.first_seen >= lookback)
        .max_by_key(|s| s.severity)?;
    let then = seen()
        .filter(|s| s.first_seen < lookback)
        .map(|s| s.severity)
        .max()?;
    (now.severity > then && now.severity >= Severity::Warning).then_some((*now, then))
}

fn graver(
    known: &ByService,
    tuning: &Tuning,
    index: usize,
    (now, then): (SeveritySeen, Severity),
) -> Finding {
    let signature = &known.view.facts.signatures[index];
    let mut finding = never_seen(known, tuning, index, signature);
    let grave = if now.severity >= Severity::Error {
        0.75
    } else {
        0.45
    };
    for m in finding
        .measures
        .iter_mut()
        .filter(|m| m.component == Component::HumanImpact)
    {
        m.value = m.value.max(grave);
    }
    finding.headline = format!(
        "now {} (was {} at worst){}",
        now.severity.name(),
        then.name(),
        known.view.on_hosts(&finding.hosts)
    );
    finding.why = format!(
        "The same line was {} at worst in {} occurrences before, and is {} since {}.",
        then.name(),
        signature.count - now.count.min(signature.count),
        now.severity.name(),
        now.first_seen.minute_text(),
    );
    finding.event_count = now.count;
    finding.first_seen = now.first_seen;
    finding.starts = vec![now.first_seen];
    finding
}

/// Back after a long silence: when it came back, and when it was last seen before.
fn back(
    view: &View,
    tuning: &Tuning,
    signature: &SignatureFacts,
) -> Option<(Timestamp, Timestamp)> {
    let lookback = view.fleet.clock.lookback.hour();
    let start = (signature.activity.iter())
        .filter_map(|at| {
            at.cells
                .get(at.cells.partition_point(|c| c.hour < lookback))
        })
        .map(Cell::first)
        .min()?;
    let before = (signature.activity.iter())
        .filter_map(|at| at.cells[..at.cells.partition_point(|c| c.hour < lookback)].last())
        .map(Cell::last)
        .max()?;
    let long = start.since(before) as f64 >= tuning.anomaly_return * DAY as f64;
    long.then_some((start, before))
}

fn returned(
    known: &ByService,
    tuning: &Tuning,
    index: usize,
    (start, before): (Timestamp, Timestamp),
) -> Finding {
    let signature = &known.view.facts.signatures[index];
    let mut finding = never_seen(known, tuning, index, signature);
    let away = span_text(start.since(before));
    finding.headline = format!("back after {away}{}", known.view.on_hosts(&finding.hosts));
    finding.why = format!(
        "It was last seen on {}, and is back after {away}.",
        before.day_text()
    );
    finding.event_count = signature.count - known.view.profiles[index].before_lookback;
    finding.first_seen = start;
    finding.starts = vec![start];
    finding
}

fn by_arrival(signature: &SignatureFacts) -> Vec<u32> {
    let mut hosts: Vec<(Timestamp, u32)> = (signature.activity.iter())
        .filter_map(|at| Some((at.cells.first()?.first(), at.host)))
        .collect();
    hosts.sort_unstable();
    hosts.into_iter().map(|(_, h)| h).collect()
}
