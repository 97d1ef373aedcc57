//! Recurrence: a trouble that comes back.

use super::{
    Detector, Episode, View, count_text, episodes_everywhere, evidence, measure, median,
    number_text,
};
use crate::candidate::{CandidateType, Component, Finding};
use crate::signature::SignatureFacts;
use crate::time::{DAY, HOUR, MINUTE, Timestamp, span_text};
use crate::tuning::Tuning;

/// Finds: a troubled signature with at least `recurrence.episodes` episodes in as many different hours, still coming,
/// that is not routine. Episodes are counted, not lines. What was there from the first day and comes no more often now
/// counts less than what began later, and the more often it comes without getting worse the less it is news.
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
            if recent && view.notes[index].trouble >= tuning.trouble_floor {
                out.extend(look(view, tuning, index, signature));
            }
        }
    }
}

fn look(view: &View, tuning: &Tuning, index: usize, signature: &SignatureFacts) -> Option<Finding> {
    let clock = &view.fleet.clock;
    let gap = (tuning.episode_gap * MINUTE as f64) as i64;
    let all = episodes_everywhere(signature, Timestamp::MIN.max(signature.first_seen), gap);
    let hours = {
        let mut hours: Vec<_> = all.iter().map(|e| e.start.hour()).collect();
        hours.dedup();
        hours.len()
    };
    let least = tuning.recurrence_episodes as usize;
    let lately: Vec<&Episode> = all.iter().filter(|e| e.start >= clock.recent).collect();
    if all.len() < least || hours < least || lately.is_empty() {
        return None;
    }
    let days = tuning.recent_days.min(clock.days());
    let per_week = lately.len() as f64 * 7.0 / days.max(1.0);
    let before = all.len() - lately.len();
    let days_before = clock.days() - days;
    let usual = if days_before >= 1.0 {
        before as f64 * days / days_before
    } else {
        0.0
    };
    let rising = days_before >= 3.0 && lately.len() as f64 >= 2.0 * usual + 2.0;
    let value = value_of(view, tuning, index, per_week, rising);
    let mut gaps: Vec<f64> = all
        .windows(2)
        .map(|w| w[1].start.since(w[0].start) as f64)
        .collect();
    let trend = trend_of(&gaps);
    let middle = median(&mut gaps) as i64;
    let hosts: Vec<u32> = arrival(signature);
    let active_days = days_of(&all);
    let place = view.hosts_text(&hosts);
    let span = span_text(clock.as_of.since(lately[0].start).max(DAY));
    let headline = format!(
        "{} in {span} on {place}",
        count_text(lately.len() as u64, "episode", "episodes")
    );
    let why = format!(
        "It came back {} in {span} on {place}, {} apart in the middle{}.",
        count_text(lately.len() as u64, "time", "times"),
        span_text(middle),
        if rising {
            format!(
                ", against {} expected from the time before",
                number_text(usual)
            )
        } else {
            String::new()
        },
    );
    Some(Finding {
        candidate_type: CandidateType::Recurrence,
        signatures: vec![index],
        entity: String::new(),
        hosts,
        event_count: all.iter().map(|e| e.count).sum(),
        first_seen: all[0].start,
        last_seen: all[all.len() - 1].end,
        measures: vec![
            measure(
                Component::Recurrence,
                per_week,
                tuning.recurrence_usual,
                value,
            ),
            view.impact(index),
        ],
        evidence: vec![
            evidence("episodes", all.len().to_string()),
            evidence("median gap", span_text(middle)),
            evidence("trend of the gaps", trend),
            evidence("active days", active_days.to_string()),
            evidence("episodes expected from the time before", number_text(usual)),
        ],
        headline,
        why,
        thin: (all.len() < 5)
            .then(|| format!("{} episodes are too few to tell a trend", all.len())),
        starts: all.iter().map(|e| e.start).collect(),
    })
}

/// Episodes a week on a falling scale, less by how much of a routine it is, and by a timetable it keeps from the start.
fn value_of(view: &View, tuning: &Tuning, index: usize, per_week: f64, rising: bool) -> f64 {
    let enough = per_week / (per_week + tuning.recurrence_usual);
    let per_day = per_week / 7.0;
    let frequent = per_day / (per_day + tuning.routine_rate);
    let known = if rising { 0.5 } else { 1.0 };
    enough * (1.0 - known * frequent) * (1.0 - known * view.notes[index].routine)
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

fn days_of(all: &[Episode]) -> usize {
    let mut days: Vec<i32> = all.iter().map(|e| e.start.hour().day()).collect();
    days.dedup();
    days.len()
}
