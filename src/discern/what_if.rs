//! Counterfactuals: what a candidate would be if the facts were other. Nothing is guessed: the facts of its signatures
//! are changed, its detector looks again, and the new finding is scored and decided like any other.

use super::{Candidate, Desk, Finding, Survey, profiles_of};
use crate::candidate::{CandidateType, DecisionBand};
use crate::discovery::{DETECTORS, Note};
use crate::report::score_text;
use crate::signature::{Cell, Facts, HostActivity, Moments, Offsets, SignatureFacts};
use crate::time::{DAY, Hour, Timestamp, span_text};

/// So many candidates get counterfactuals: those a person may read.
pub const MOST: usize = 60;
/// A smaller difference of the score is none.
const NOTABLE: i64 = 300;

/// A change that is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// Only on the first host.
    OneHost,
    /// Every second occurrence since it began, gone.
    HalfTheEvents,
    /// No evidence of trouble in words or severity.
    NoTrouble,
}

const CHANGES: [(Change, &str); 3] = [
    (Change::OneHost, "if it were on its first host only"),
    (Change::HalfTheEvents, "with half as many occurrences"),
    (
        Change::NoTrouble,
        "if nothing in its words or severity spoke of trouble",
    ),
];

/// What would be otherwise, in sentences; the last one says when it fades by itself.
pub fn changes(desk: &Desk, finding: &Finding, candidate: &Candidate) -> Vec<String> {
    let mut out = Vec::new();
    for (change, words) in CHANGES {
        if change == Change::OneHost && finding.hosts.len() < 2 {
            continue;
        }
        match again(desk, finding, change) {
            None => out.push(format!("would not be raised {words}")),
            Some((points, band))
                if band != candidate.decision_band
                    || (points - candidate.score_points).abs() >= NOTABLE =>
            {
                out.push(format!(
                    "would be {} ({} instead of {}) {words}",
                    band.name(),
                    score_text(points),
                    score_text(candidate.score_points),
                ));
            }
            Some(_) => {}
        }
    }
    let memory = desk.memory_points(finding);
    if memory != 0 {
        let without = score_text(candidate.score_points - memory);
        out.push(format!(
            "would score {without} without what people recorded about it"
        ));
    }
    out.extend(fading(desk, candidate));
    out
}

/// When the score falls below the limit of its band if nothing more comes.
fn fading(desk: &Desk, candidate: &Candidate) -> Option<String> {
    let tuning = desk.tuning;
    if candidate.candidate_type == CandidateType::Silence {
        let kept = span_text((tuning.silence_kept * DAY as f64) as i64);
        return Some(format!(
            "will no longer be told once it is seen again, or {kept} after it stopped"
        ));
    }
    let score = candidate.score_total();
    let (limit, next) = match score {
        s if s >= tuning.score_urgent => (tuning.score_urgent, DecisionBand::Review),
        s if s >= tuning.score_review => (tuning.score_review, DecisionBand::Watch),
        _ => (tuning.score_floor, DecisionBand::Ignore),
    };
    let days = tuning.score_half_life * (score / limit.max(0.01)).log2();
    let when = span_text(((days * DAY as f64) as i64).max(0));
    (days > 0.0).then(|| match next {
        DecisionBand::Ignore => {
            format!("will no longer be told after {when} if nothing more comes")
        }
        band => format!("will be {} after {when} if nothing more comes", band.name()),
    })
}

/// The score and decision of the same finding under a change; `None` when it is not found any more.
fn again(desk: &Desk, finding: &Finding, change: Change) -> Option<(i64, DecisionBand)> {
    let whole = desk.view.facts;
    let mut order: Vec<usize> = finding.signatures.clone();
    order.sort_unstable();
    order.dedup();
    let signatures: Vec<SignatureFacts> = (order.iter())
        .map(|&i| changed(&whole.signatures[i], finding, change))
        .collect();
    let lead = order.iter().position(|&i| i == finding.signatures[0])?;
    if signatures.iter().any(|s| s.activity.is_empty()) {
        return None;
    }
    let facts = Facts {
        tenant: whole.tenant.clone(),
        as_of: whole.as_of,
        first_time: whole.first_time,
        last_time: whole.last_time,
        hosts: whole.hosts.clone(),
        signatures,
        // They speak of the log, not of its signatures: nothing changes with these.
        fits: Vec::new(),
    };
    let profiles = profiles_of(&facts, desk.tuning);
    let mut survey = Survey::of(
        &facts,
        profiles,
        desk.view.fleet,
        desk.remembered,
        desk.tuning,
    );
    for (note, &i) in survey.notes.iter_mut().zip(&order) {
        let was = desk.view.notes[i];
        *note = Note {
            earned: was.earned,
            ..*note
        };
        if change == Change::NoTrouble {
            (note.trouble, note.access) = (0.0, 0.0);
        }
    }
    let desk = Desk {
        view: survey.view(&facts, desk.view.fleet),
        attention: &survey.attention,
        remembered: desk.remembered,
        tuning: desk.tuning,
    };
    let detector = (DETECTORS.iter()).find(|d| d.candidate_type() == finding.candidate_type)?;
    let mut found = Vec::new();
    detector.find(&desk.view, desk.tuning, &mut found);
    let same = found.iter().find(|f| f.signatures[0] == lead)?;
    let score = desk.score(same);
    Some((score.points, desk.decide(same, &score).band))
}

fn changed(signature: &SignatureFacts, finding: &Finding, change: Change) -> SignatureFacts {
    let mut out = signature.clone();
    match change {
        Change::NoTrouble => {}
        Change::OneHost => out
            .activity
            .retain(|at| Some(&at.host) == finding.hosts.first()),
        Change::HalfTheEvents => {
            for at in &mut out.activity {
                halve(at, finding.first_seen);
            }
            out.activity.retain(|at| !at.cells.is_empty());
        }
    }
    let cells = || out.activity.iter().flat_map(|at| &at.cells);
    let count = cells().map(|c| u64::from(c.count)).sum();
    let first = cells().map(Cell::first).min().unwrap_or(out.first_seen);
    let last = cells().map(Cell::last).max().unwrap_or(out.last_seen);
    (out.count, out.first_seen, out.last_seen) = (count, first, last);
    out
}

/// Leaves out every second occurrence at or after `from`, the first one staying.
fn halve(at: &mut HostActivity, from: Timestamp) {
    let hour: Hour = from.hour();
    let mut seen = 0u32;
    let mut cells = at.cells.to_vec();
    for cell in cells.iter_mut().filter(|c| c.hour >= hour) {
        match &mut cell.moments {
            Moments::Exact(offsets) => {
                let start = seen;
                seen += offsets.len() as u32;
                let kept: Vec<u16> = offsets
                    .iter()
                    .copied()
                    .skip((start % 2) as usize)
                    .step_by(2)
                    .collect();
                *offsets = Offsets::of(&kept);
                cell.count = offsets.len() as u32;
            }
            Moments::Slots(slots) => {
                let mut total = 0;
                for n in &mut slots.counts {
                    let keep = (*n + (seen + 1) % 2) / 2;
                    seen += *n;
                    *n = keep;
                    total += keep;
                }
                cell.count = total;
            }
        }
    }
    cells.retain(|c| c.count > 0);
    at.cells = cells.into();
}
