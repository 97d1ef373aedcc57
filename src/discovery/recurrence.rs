//! Recurrence: a trouble that comes back.

use super::{
    Detector, Episode, View, count_text, episodes, episodes_everywhere, evidence, measure, median,
    number_text, points,
};
use crate::candidate::{CandidateType, Component, Finding, Measure};
use crate::signature::SignatureFacts;
use crate::time::{DAY, HOUR, MINUTE, Timestamp, span_text};
use crate::tuning::Tuning;

/// Finds: a troubled signature with at least `recurrence.episodes` episodes in as many different hours, still coming,
/// that is not routine. Episodes are counted, not lines. What was there from the first day and comes no more often now
/// counts less than what began later, and the more often it comes without getting worse the less it is news.
///
/// What no severity and no word judges counts as a little trouble if it comes back on one host and began within the
/// recent stretch, in a store that knows the time before.
///
/// Why it matters: each time it is too small for an alert, and nobody adds up the times.
///
/// Example: a disk that reports unreadable sectors twice a day since last Tuesday.
///
/// Misses: trouble told without words or severity of trouble; two returns; what comes back less than three times in
/// the whole history.
pub struct Recurrence;

impl Detector for Recurrence {
    fn candidate_type(&self) -> CandidateType {
        CandidateType::Recurrence
    }

    fn find(&self, view: &View, tuning: &Tuning, out: &mut Vec<Finding>) {
        for (index, signature) in view.earned() {
            let recent = view.fleet.clock.as_of.since(signature.last_seen) as f64
                <= tuning.recurrence_stale * DAY as f64;
            let note = &view.notes[index];
            let new = note.unjudged && signature.first_seen >= view.fleet.clock.recent;
            if recent && (note.trouble >= tuning.trouble_floor || new) {
                out.extend(look(view, tuning, index, signature));
            }
        }
    }
}

fn look(view: &View, tuning: &Tuning, index: usize, signature: &SignatureFacts) -> Option<Finding> {
    let clock = &view.fleet.clock;
    let gap = (tuning.episode_gap * MINUTE as f64) as i64;
    let all = episodes_everywhere(signature, signature.first_seen, gap);
    let mut hours: Vec<_> = all.iter().map(|e| e.start.hour()).collect();
    hours.dedup();
    let lately = all.len() - all.partition_point(|e| e.start < clock.recent);
    if all.len().min(hours.len()) < tuning.recurrence_episodes as usize || lately == 0 {
        return None;
    }
    let rate = rate_of(view, tuning, signature, gap);
    let per_week = lately as f64 * 7.0 / rate.days.max(1.0);
    let calm = news_in(view, tuning, index, &rate);
    let mut impact = view.impact(index);
    let unjudged = impact.value < tuning.trouble_floor;
    if unjudged && (!rate.rising || (rate.most as f64) < tuning.recurrence_episodes) {
        return None;
    }
    if unjudged {
        impact.value = tuning.recurrence_unjudged;
    }
    impact.value *= calm;
    let measures = vec![
        measure(
            Component::Recurrence,
            per_week,
            tuning.recurrence_usual,
            calm * per_week / (per_week + tuning.recurrence_usual),
        ),
        impact,
    ];
    Some(finding(view, index, &all, lately, &rate, measures))
}

fn finding(
    view: &View,
    index: usize,
    all: &[Episode],
    lately: usize,
    rate: &Rate,
    measures: Vec<Measure>,
) -> Finding {
    let signature = &view.facts.signatures[index];
    let mut gaps: Vec<f64> = (all.windows(2))
        .map(|w| w[1].start.since(w[0].start) as f64)
        .collect();
    let trend = trend_of(&gaps);
    let middle = span_text(median(&mut gaps) as i64);
    let hosts = arrival(signature);
    let place = view.on_hosts(&hosts);
    let first_lately = all[all.len() - lately].start;
    let span = span_text(view.fleet.clock.as_of.since(first_lately).max(DAY));
    let against = match rate.rising {
        true => format!(
            ", against {} expected from the time before",
            number_text(rate.usual)
        ),
        false => String::new(),
    };
    let mut days: Vec<i32> = all.iter().map(|e| e.start.hour().day()).collect();
    days.dedup();
    Finding {
        candidate_type: CandidateType::Recurrence,
        signatures: vec![index],
        entity: String::new(),
        event_count: all.iter().map(|e| e.count).sum(),
        first_seen: all[0].start,
        last_seen: all[all.len() - 1].end,
        measures,
        evidence: vec![
            evidence("episodes", all.len().to_string()),
            evidence("median gap", middle.clone()),
            evidence("trend of the gaps", trend),
            evidence("active days", days.len().to_string()),
            evidence("expected from the time before", number_text(rate.usual)),
        ],
        headline: format!(
            "{} in {span}{place}",
            count_text(lately as u64, "episode", "episodes")
        ),
        why: format!(
            "It came back {} in {span}{place}, typically {middle} apart{against}.",
            count_text(lately as u64, "time", "times"),
        ),
        thin: (all.len() < 5)
            .then(|| format!("{} episodes are too few to tell a trend", all.len())),
        starts: all.iter().map(|e| e.start).collect(),
        outcomes: Vec::new(),
        hosts,
    }
}

/// How often it comes now, and how often it came.
struct Rate {
    /// Days of the recent stretch that are known.
    days: f64,
    /// Episodes a day in it, each host's own counted.
    per_day: f64,
    /// The most episodes on one host.
    most: usize,
    /// Episodes the time before leads to expect in it.
    usual: f64,
    /// Whether it comes clearly more often now than in a known time before.
    rising: bool,
    /// Whether there is a known time before, and it comes no more often now.
    steady: bool,
}

fn rate_of(view: &View, tuning: &Tuning, signature: &SignatureFacts, gap: i64) -> Rate {
    let clock = &view.fleet.clock;
    let (mut now, mut before, mut most) = (0usize, 0usize, 0usize);
    for at in &signature.activity {
        let own = episodes(&points(at, Timestamp::MIN), gap);
        let cut = own.partition_point(|e| e.start < clock.recent);
        before += cut;
        now += own.len() - cut;
        most = most.max(own.len());
    }
    let days = tuning.recent_days.min(clock.days());
    let days_before = clock.days() - days;
    let usual = match days_before >= 1.0 {
        true => before as f64 * days / days_before,
        false => 0.0,
    };
    let known = days_before >= 3.0;
    let rising = known && now as f64 >= 2.0 * usual + 2.0;
    Rate {
        days,
        per_day: now as f64 / days.max(1.0),
        most,
        usual,
        rising,
        steady: known && !rising,
    }
}

/// What is left as news of a trouble: less the more often it comes and the more it is routine (half as much less where
/// it comes more often than before), where it comes no more often than before, and where the history is too short to
/// tell a routine.
fn news_in(view: &View, tuning: &Tuning, index: usize, rate: &Rate) -> f64 {
    let frequent = rate.per_day / (rate.per_day + tuning.routine_rate);
    let known = if rate.rising { 0.5 } else { 1.0 };
    let steady = if rate.steady {
        tuning.recurrence_steady
    } else {
        1.0
    };
    let acquainted = (view.fleet.clock.days() / tuning.routine_days).min(1.0);
    (0.6 + 0.4 * acquainted)
        * steady
        * (1.0 - known * frequent)
        * (1.0 - known * view.notes[index].routine)
}

/// Hosts by first arrival.
fn arrival(signature: &SignatureFacts) -> Vec<u32> {
    let mut hosts: Vec<(Timestamp, u32)> = (signature.activity.iter())
        .filter_map(|at| Some((at.cells.first()?.first(), at.host)))
        .collect();
    hosts.sort_unstable();
    hosts.into_iter().map(|(_, h)| h).collect()
}

/// Compares the median of the later half of the gaps with that of the earlier half.
fn trend_of(gaps: &[f64]) -> String {
    if gaps.len() < 4 {
        return "too few to tell".to_string();
    }
    let (early, late) = gaps.split_at(gaps.len() / 2);
    let (early, late) = (median(&mut early.to_vec()), median(&mut late.to_vec()));
    match late / early.max(HOUR as f64 / 60.0) {
        r if r <= 0.6 => format!(
            "shorter: {} then, {} now",
            span_text(early as i64),
            span_text(late as i64)
        ),
        r if r >= 1.7 => format!(
            "longer: {} then, {} now",
            span_text(early as i64),
            span_text(late as i64)
        ),
        _ => "steady".to_string(),
    }
}
