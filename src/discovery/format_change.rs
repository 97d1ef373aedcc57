//! A log that used to be understood and no longer is: found by the anomaly detector, since it is news where none is expected.

use super::{View, count_text, evidence, measure};
use crate::candidate::{CandidateType, Component, Finding};
use crate::signature::{FitHour, SourceFit};

/// Records of the past that tell that a log was understood: a few hundred lines are minutes of most logs.
const KNOWN: u64 = 100;
/// Share of them that may not have fitted: banners and torn lines are in every log.
const ODD_BEFORE: f64 = 0.1;
/// Records that do not fit now, from which on a change is no accident.
const ODD_NOW: u64 = 20;
/// Share of the present records that do not fit: more of them than not.
const ODD_SHARE: f64 = 0.5;

/// The hour from which on most records of a log did not fit, while those before did.
fn change(fit: &SourceFit) -> Option<usize> {
    let sum = |hours: &[FitHour]| {
        hours.iter().fold((0, 0), |(fitted, odd), h| {
            (fitted + h.fitted, odd + h.odd_count())
        })
    };
    let share = |(fitted, odd): (u64, u64)| odd as f64 / (fitted + odd).max(1) as f64;
    // The first hour that is mostly odd, if what is before it was fine and what follows stays so.
    let odd = |h: &FitHour| h.odd_count() > h.fitted;
    let at = fit.hours.iter().position(odd)?;
    let (before, after) = (sum(&fit.hours[..at]), sum(&fit.hours[at..]));
    let known = before.0 + before.1 >= KNOWN && share(before) <= ODD_BEFORE;
    (known && after.1 >= ODD_NOW && share(after) >= ODD_SHARE).then_some(at)
}

/// Appends a finding for each log whose format changed within the look-back.
pub(super) fn format_changes(view: &View, out: &mut Vec<Finding>) {
    for fit in &view.facts.fits {
        let Some(at) = change(fit) else { continue };
        let (first, last) = (
            fit.hours[at].hour.start(),
            fit.hours[fit.hours.len() - 1].hour,
        );
        if first < view.fleet.clock.lookback {
            continue;
        }
        // The commonest line of the first hour stands for the log, so that the finding keeps its id as it goes on.
        let commonest = fit.hours[at]
            .odd
            .iter()
            .max_by_key(|(id, n)| (*n, std::cmp::Reverse(*id)));
        let Some((id, _)) = commonest else { continue };
        let Ok(index) = view.facts.signatures.binary_search_by_key(id, |s| s.id) else {
            continue;
        };
        let signature = &view.facts.signatures[index];
        let odd: u64 = fit.hours[at..].iter().map(FitHour::odd_count).sum();
        let fitted: u64 = fit.hours[..at].iter().map(|h| h.fitted).sum();
        out.push(Finding {
            candidate_type: CandidateType::Anomaly,
            signatures: vec![index],
            entity: format!("format changed: {}", fit.name),
            hosts: signature.activity.iter().map(|a| a.host).collect(),
            event_count: odd,
            first_seen: first,
            last_seen: last.start(),
            measures: vec![
                measure(Component::Novelty, 1.0, 0.0, 1.0),
                // Nobody is warned by a log nobody can read.
                measure(Component::HumanImpact, 1.0, 0.0, 0.75),
            ],
            evidence: vec![
                evidence("log", fit.name.clone()),
                evidence("understood before", fitted.to_string()),
                evidence("not understood since", odd.to_string()),
                evidence("since", first.rfc3339()),
            ],
            headline: format!("format changed: {} not understood", count_text(odd, "record", "records")),
            why: format!(
                "{} was read as {} in {fitted} records, and since {} most of what comes is in no known format: it is stored, but nobody is warned by it.",
                fit.name,
                fit.format,
                first.minute_text(),
            ),
            thin: None,
            starts: vec![first],
            outcomes: Vec::new(),
        });
    }
}
