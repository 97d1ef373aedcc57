//! `replay --incident` and `replay --at`: what was told before a time of trouble, and what was not.

use super::progress::Bar;
use super::session::{Outcome, Session};
use super::subject::incident;
use crate::candidate::{Candidate, DecisionBand, Outline};
use crate::error::Result;
use crate::memory::Incident;
use crate::pipeline::{Below, View, Walk, below, view, views};
use crate::recall::{Compared, Subject};
use crate::report::pages::{self, BeforePage, Unsaid, Warned};
use crate::store::Store;
use crate::time::{HOUR, Hour, Timestamp};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// So many findings that were not told are listed: those that were nearest to it.
const UNSAID: usize = 10;

/// What is looked back from.
pub struct Trouble {
    /// When it was.
    pub at: Timestamp,
    incident: Option<Incident>,
}

/// The time that was asked for, or the busiest hour of an incident: it was promoted for what it came to.
pub fn trouble(
    id: &Option<String>,
    at: &Option<String>,
    last: Timestamp,
    session: &Session,
    store: &Store,
) -> Result<Trouble> {
    let at = session.time_option("at", at.as_deref(), last)?;
    let Some(id) = id else {
        let at = at.unwrap_or(last);
        return Ok(Trouble { at, incident: None });
    };
    let seen = view(store, &session.tenant, last.plus(HOUR), &session.tuning)?;
    let incident = incident(id, &seen.incidents, &seen.merged)?.clone();
    Ok(Trouble {
        at: peak(&seen, &incident).unwrap_or(incident.first_seen),
        incident: Some(incident),
    })
}

/// The busiest hour of an incident's signatures while it lasted, the last one of equals.
fn peak(seen: &View, incident: &Incident) -> Option<Timestamp> {
    let mut hours: BTreeMap<Hour, u64> = BTreeMap::new();
    for index in seen.lookup.signatures(&incident.signature_ids) {
        let activity = &seen.learned.facts.signatures[index].activity;
        for cell in activity.iter().flat_map(|at| &at.cells) {
            if (incident.first_seen.hour()..=incident.last_seen.hour()).contains(&cell.hour) {
                *hours.entry(cell.hour).or_default() += u64::from(cell.count);
            }
        }
    }
    let busiest = hours
        .into_iter()
        .max_by_key(|(hour, count)| (*count, *hour));
    busiest.map(|(hour, _)| hour.start())
}

/// Walks up to the trouble and prints what there was to know.
pub fn run(
    store: &Store,
    session: &mut Session,
    trouble: &Trouble,
    times: &[Timestamp],
    step: i64,
) -> Result<Outcome> {
    let mut walk = Walk::default();
    let mut latest: BTreeMap<String, Candidate> = BTreeMap::new();
    let mut last: Option<View> = None;
    let bar = Bar::steps(
        times.len() as u64,
        session.global.quiet,
        session.signals.clone(),
    );
    views(
        store,
        &session.tenant,
        times,
        &[&session.tuning],
        |at, seen| {
            for seen in seen {
                walk.step(at, &seen);
                for candidate in &seen.discovery.candidates {
                    latest.insert(candidate.candidate_id.clone(), candidate.clone());
                }
                last = Some(seen);
            }
            bar.stepped();
            match bar.signal() {
                Some(_) => ControlFlow::Break(()),
                None => ControlFlow::Continue(()),
            }
        },
    )?;
    if let Some(signal) = bar.signal() {
        bar.clear();
        return Ok(Outcome::Signalled(signal));
    }
    bar.clear();
    let unsaid: Vec<Unsaid> = (last.iter())
        .flat_map(|seen| below(seen, &session.tuning))
        .filter(|b| b.candidate.held_back || !is_told(&walk, &b.candidate))
        .take(UNSAID)
        .map(unsaid)
        .collect();
    let reasons = last.as_ref().map(|seen| reasons(seen, trouble, &latest));
    let warned = warned(&walk, &latest, &reasons.unwrap_or_default());
    session.print_judged(pages::replay_before(&BeforePage {
        tenant: &session.tenant,
        incident: (trouble.incident.as_ref())
            .map(|i| (i.incident_memory_id.as_str(), i.title.as_str())),
        trouble: trouble.at,
        from: times.first().copied().unwrap_or(trouble.at),
        step,
        warned: &warned,
        unsaid: &unsaid,
    }))?;
    Ok(Outcome::Done)
}

fn is_told(walk: &Walk, candidate: &Candidate) -> bool {
    let of_steps = walk.steps().iter().flat_map(|s| &s.new);
    let mut ids = of_steps.map(|s| &s.candidate_id);
    ids.any(|id| *id == candidate.candidate_id)
}

fn unsaid(b: Below) -> Unsaid {
    Unsaid {
        candidate_id: b.candidate.candidate_id,
        candidate_type: b.candidate.candidate_type,
        title: b.candidate.title,
        score_points: b.candidate.score_points,
        last_seen: b.candidate.last_seen,
        why: b.why,
    }
}

/// How close each candidate is to the incident, and why, by id.
fn reasons(
    seen: &View,
    trouble: &Trouble,
    latest: &BTreeMap<String, Candidate>,
) -> BTreeMap<String, (i64, Vec<String>)> {
    let Some(incident) = &trouble.incident else {
        return BTreeMap::new();
    };
    let told: Vec<Outline> = latest.values().map(Candidate::outline).collect();
    let subject = Subject::of_incident(incident);
    let compared = Compared::with(&subject, &seen.lookup, &told, &[]);
    let found = compared.ranked(&seen.learned.facts, &seen.lookup, usize::MAX);
    let closeness = |score: f64| (score * 10_000.0).round() as i64;
    let named = found.candidates.into_iter();
    named
        .map(|r| (r.item.candidate_id.clone(), (closeness(r.score), r.reasons)))
        .collect()
}

/// What was told at any step, closest to the incident first, then what was told first.
fn warned(
    walk: &Walk,
    latest: &BTreeMap<String, Candidate>,
    reasons: &BTreeMap<String, (i64, Vec<String>)>,
) -> Vec<Warned> {
    let mut all = walk.first();
    all.retain(|f| f.highest_band > DecisionBand::Ignore);
    let closeness = |id: &str| reasons.get(id).map_or(0, |(closeness, _)| *closeness);
    all.sort_by_key(|f| (-closeness(&f.candidate_id), f.first_surfaced));
    all.into_iter()
        .map(|f| Warned {
            title: (latest.get(&f.candidate_id)).map_or(f.title, |c| c.title.clone()),
            reasons: (reasons.get(&f.candidate_id)).map_or_else(Vec::new, |(_, r)| r.clone()),
            candidate_id: f.candidate_id,
            candidate_type: f.candidate_type,
            first_surfaced: f.first_surfaced,
            highest_band: f.highest_band,
            highest_points: f.highest_points,
        })
        .collect()
}
