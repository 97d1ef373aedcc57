//! Silence: something regular that stopped.

use super::{
    Detector, View, evidence, mad, measure, median, number_text, points, quantile, starts_of,
};
use crate::candidate::{CandidateType, Component, Finding};
use crate::profile::Stopped;
use crate::signature::HostActivity;
use crate::time::{DAY, HOUR, MINUTE, Timestamp, span_text};
use crate::tuning::Tuning;

/// Finds: on a host that still speaks, a signature that kept time and missed `silence.runs` runs. It keeps time when the
/// gaps between its lines, or between its episodes, are stable (spread at most `silence.jitter` of the median, hardly any
/// twice as long) or whole days. What is busy without keeping time must be silent `silence.longest` times as long as ever
/// before, in at least a week. A host that says nothing at all while others go on is one finding about the host.
///
/// Why it matters: what stopped raises no alert; the missing backup is found on the day it is needed.
///
/// Example: a heartbeat every 15 minutes, last seen 14 hours ago.
///
/// Misses: a stop of less than an hour (the cheap pass sees hours); what came less than `silence.events` times; a stop within the first week of what keeps no time; a program
/// that keeps talking but says another thing.
pub struct Silence;

impl Detector for Silence {
    fn candidate_type(&self) -> CandidateType {
        CandidateType::Silence
    }

    fn find(&self, view: &View, tuning: &Tuning, out: &mut Vec<Finding>) {
        let mut still = vec![false; view.facts.hosts.len()];
        for (host, flag) in still.iter_mut().enumerate() {
            let found = whole_host(view, tuning, host as u32);
            *flag = found.is_some();
            out.extend(found);
        }
        let mut found: Vec<Finding> = Vec::new();
        for (index, signature) in view.earned() {
            if view.profiles[index].stopped != Stopped::Perhaps {
                continue;
            }
            for at in (signature.activity.iter()).filter(|at| !still[at.host as usize]) {
                found.extend(look(view, tuning, index, at));
            }
        }
        out.extend(by_program(view, found));
    }
}

/// A program that says nothing more on a host is one finding, led by the line that is missed most surely.
fn by_program(view: &View, mut found: Vec<Finding>) -> Vec<Finding> {
    let service = |f: &Finding| view.facts.signatures[f.signatures[0]].service.as_str();
    let sure = |f: &Finding| f.measures[0].value;
    found.sort_by(|a, b| {
        (a.hosts[0], service(a), a.signatures[0]).cmp(&(b.hosts[0], service(b), b.signatures[0]))
    });
    let mut out: Vec<Finding> = Vec::new();
    for group in found.chunk_by(|a, b| a.hosts == b.hosts && service(a) == service(b)) {
        let strongest = |a: &&Finding, b: &&Finding| {
            sure(a)
                .total_cmp(&sure(b))
                .then(b.signatures[0].cmp(&a.signatures[0]))
        };
        let Some(lead) = group.iter().max_by(strongest) else {
            continue;
        };
        let mut lead = lead.clone();
        let others = (group.iter())
            .map(|f| f.signatures[0])
            .filter(|s| *s != lead.signatures[0]);
        let others: Vec<usize> = others.collect();
        lead.signatures.extend(others);
        if group.len() > 1 {
            lead.evidence.push(evidence(
                "silent lines of this program",
                group.len().to_string(),
            ));
        }
        out.push(lead);
    }
    out
}

/// What the past of a series says about how long it may be quiet.
struct Rhythm {
    period: f64,
    limit: f64,
    kept: Kept,
}

/// How a series kept time.
#[derive(Clone, Copy, PartialEq)]
enum Kept {
    Period,
    Busy,
}

fn look(view: &View, tuning: &Tuning, index: usize, at: &HostActivity) -> Option<Finding> {
    let clock = &view.fleet.clock;
    let last = at.cells.last()?.last();
    let heard = view.fleet.hosts[at.host as usize].last.min(clock.end);
    let silent = heard.since(last);
    if silent < 10 * MINUTE || clock.end.since(last) as f64 > tuning.silence_kept * DAY as f64 {
        return None;
    }
    let times: Vec<Timestamp> = points(at, Timestamp::MIN).iter().map(|(t, _)| *t).collect();
    let starts = starts_of(&times, (tuning.episode_gap * MINUTE as f64) as i64);
    let known = view.fleet.known_days(at.host, last);
    let rhythm = steady(&times, tuning)
        .or_else(|| steady(&starts, tuning))
        .or_else(|| busy(&times, known, tuning))?;
    if silent as f64 <= rhythm.limit {
        return None;
    }
    Some(finding(
        view,
        tuning,
        index,
        at,
        &rhythm,
        Quiet {
            last,
            silent,
            runs: times.len(),
        },
    ))
}

/// Whether the gaps between `times` are stable, or whole days.
fn steady(times: &[Timestamp], tuning: &Tuning) -> Option<Rhythm> {
    let mut gaps: Vec<f64> = times.windows(2).map(|w| w[1].since(w[0]) as f64).collect();
    if (gaps.len() as f64) < tuning.silence_events / 2.0 {
        return None;
    }
    let few = (gaps.len() as f64) < tuning.silence_events;
    let period = median(&mut gaps);
    let jitter = mad(&mut gaps) / period.max(1.0);
    let long = quantile(&mut gaps, 0.95);
    let longest = gaps.last().copied().unwrap_or(0.0);
    let allowed = if few {
        tuning.silence_jitter / 4.0
    } else {
        tuning.silence_jitter
    };
    if period >= MINUTE as f64 && jitter <= allowed && long <= 2.0 * period {
        let limit = (tuning.silence_runs * period).max(1.5 * long);
        return Some(Rhythm {
            period,
            limit,
            kept: Kept::Period,
        });
    }
    let daily = |gap: &f64| {
        let days = (gap / DAY as f64).round();
        days >= 1.0 && (gap - days * DAY as f64).abs() <= HOUR as f64
    };
    let whole = gaps.iter().filter(|g| daily(g)).count();
    (whole * 10 >= gaps.len() * 9).then(|| Rhythm {
        period: DAY as f64,
        limit: (longest * 1.5).max(tuning.silence_runs * DAY as f64),
        kept: Kept::Period,
    })
}

/// What is busy for at least a week, and was never quiet for long.
fn busy(times: &[Timestamp], known: f64, tuning: &Tuning) -> Option<Rhythm> {
    if times.len() < 50 || known < 7.0 {
        return None;
    }
    let mut gaps: Vec<f64> = times.windows(2).map(|w| w[1].since(w[0]) as f64).collect();
    let period = median(&mut gaps);
    let longest = gaps.last().copied().unwrap_or(0.0);
    Some(Rhythm {
        period,
        limit: (tuning.silence_longest * longest).max(2.0 * HOUR as f64),
        kept: Kept::Busy,
    })
}

struct Quiet {
    last: Timestamp,
    silent: i64,
    runs: usize,
}

fn finding(
    view: &View,
    tuning: &Tuning,
    index: usize,
    at: &HostActivity,
    rhythm: &Rhythm,
    quiet: Quiet,
) -> Finding {
    let place = view.on_hosts(&[at.host]);
    let missed = (quiet.silent as f64 / rhythm.period).floor().max(1.0);
    let beyond = quiet.silent as f64 / rhythm.limit;
    let sure = if rhythm.kept == Kept::Period {
        0.95
    } else {
        0.7
    };
    let value = sure * (1.0 - (-beyond).exp());
    let (silent, period) = (span_text(quiet.silent), span_text(rhythm.period as i64));
    let manner = match rhythm.kept {
        Kept::Period => format!("every {period}"),
        Kept::Busy => format!("{} typically apart", period),
    };
    Finding {
        candidate_type: CandidateType::Silence,
        signatures: vec![index],
        entity: view.facts.hosts[at.host as usize].clone(),
        hosts: vec![at.host],
        event_count: at.cells.iter().map(|c| u64::from(c.count)).sum(),
        first_seen: at.cells[0].first(),
        last_seen: quiet.last,
        measures: vec![
            measure(
                Component::TemporalCorrelation,
                missed,
                tuning.silence_runs,
                value,
            ),
            view.impact(index),
        ],
        evidence: vec![
            evidence("period", manner.clone()),
            evidence("last seen", quiet.last.rfc3339()),
            evidence("missed runs", number_text(missed)),
            evidence("runs seen", quiet.runs.to_string()),
            evidence("quiet at most", span_text(rhythm.limit as i64)),
        ],
        headline: format!("nothing for {silent}{place}, {manner} before"),
        why: format!(
            "It came {manner}{place} and has been missing for {silent} ({} runs), while the host goes on talking.",
            number_text(missed),
        ),
        thin: (quiet.runs < 12).then(|| format!("{} runs are few to know a period by", quiet.runs)),
        starts: vec![quiet.last],
        outcomes: Vec::new(),
    }
}

/// A host that spoke in nearly every hour and says nothing at all, while others do.
fn whole_host(view: &View, tuning: &Tuning, host: u32) -> Option<Finding> {
    let clock = &view.fleet.clock;
    let span = view.fleet.hosts[host as usize];
    let silent = clock.end.since(span.last);
    if span.count < 50 || silent < 2 * HOUR || silent as f64 > tuning.silence_kept * DAY as f64 {
        return None;
    }
    let others = (view.fleet.hosts.iter().enumerate())
        .filter(|(i, h)| *i != host as usize && h.last > span.last.plus(silent / 2))
        .count();
    let mut hours: Vec<i32> = Vec::new();
    let mut loudest: Option<(u64, usize)> = None;
    for (index, signature) in view.facts.signatures.iter().enumerate() {
        if let Ok(at) = signature.activity.binary_search_by_key(&host, |a| a.host) {
            let cells = &signature.activity[at].cells;
            hours.extend(cells.iter().map(|c| c.hour.0));
            let count = cells.iter().map(|c| u64::from(c.count)).sum();
            if loudest.is_none_or(|(most, _)| count > most) {
                loudest = Some((count, index));
            }
        }
    }
    hours.sort_unstable();
    hours.dedup();
    let longest = hours
        .windows(2)
        .map(|w| i64::from(w[1] - w[0]))
        .max()
        .unwrap_or(1)
        * HOUR;
    if others == 0 || hours.len() < 24 || silent as f64 <= tuning.silence_longest * longest as f64 {
        return None;
    }
    let rhythm = Rhythm {
        period: HOUR as f64,
        limit: tuning.silence_longest * longest as f64,
        kept: Kept::Period,
    };
    let signature = loudest?.1;
    let at = view.facts.signatures[signature]
        .activity
        .iter()
        .find(|a| a.host == host)?;
    let quiet = Quiet {
        last: span.last,
        silent,
        runs: hours.len(),
    };
    let mut finding = finding(view, tuning, signature, at, &rhythm, quiet);
    let name = view.host(host);
    finding.entity = format!("host {}", view.facts.hosts[host as usize]);
    finding.event_count = span.count;
    finding.first_seen = span.first;
    finding.headline = format!(
        "the whole host {name} says nothing for {}; what it said most",
        span_text(silent)
    );
    finding.why = format!(
        "{name} spoke in {} hours, never silent for more than {}, and says nothing since {}, while {others} other hosts go on.",
        hours.len(),
        span_text(longest),
        span.last.minute_text(),
    );
    finding
        .measures
        .retain(|m| m.component == Component::TemporalCorrelation);
    finding
        .measures
        .push(measure(Component::HumanImpact, 0.8, 0.0, 0.8));
    Some(finding)
}
