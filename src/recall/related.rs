//! What is known around a subject: by shared signatures, hosts and words, each with its reason.

use super::words;
use crate::candidate::Candidate;
use crate::memory::{Incident, MemoryType};
use std::collections::BTreeSet;

/// What the relation is sought for: an event, signature, candidate or incident, reduced to what can be shared.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// Its own id, which is not related to itself.
    pub id: String,
    /// Signatures it speaks of.
    pub signature_ids: Vec<String>,
    /// Hosts it was seen on.
    pub hosts: Vec<String>,
    /// Its service.
    pub service: String,
    /// Its words: title and templates.
    pub text: String,
}

/// Something related, with the reasons.
#[derive(Clone, Debug)]
pub struct Relation<T> {
    /// What it is.
    pub item: T,
    /// The sum of the reasons, 0 to 1.
    pub score: f64,
    /// Why, strongest first.
    pub reasons: Vec<String>,
}

/// Related things by kind, best first.
#[derive(Clone, Debug, Default)]
pub struct Related<'a> {
    /// Candidates of today.
    pub candidates: Vec<Relation<&'a Candidate>>,
    /// Incidents of memory.
    pub incidents: Vec<Relation<&'a Incident>>,
    /// Lessons and hints of memory.
    pub lessons: Vec<Relation<&'a Incident>>,
}

/// Shares of the score: the same signature is nearly the same thing; words and hosts are hints.
const SIGNATURE: f64 = 0.6;
const WORDS: f64 = 0.25;
const HOSTS: f64 = 0.1;
const SERVICE: f64 = 0.05;
/// Below this nothing is worth a look: a shared host alone relates everything on it.
const LEAST: f64 = 0.12;

/// What is related to `subject`, at most `limit` of each kind. `current` says which signatures ids that were written down name now.
pub fn related<'a>(
    subject: &Subject,
    candidates: &'a [Candidate],
    incidents: &'a [Incident],
    current: impl Fn(&[String]) -> Vec<String>,
    limit: usize,
) -> Related<'a> {
    let subject = &Subject {
        signature_ids: current(&subject.signature_ids),
        ..subject.clone()
    };
    let of_candidates = candidates
        .iter()
        .filter(|c| c.candidate_id != subject.id)
        .filter_map(|c| {
            let ids: Vec<String> = c.signatures.iter().map(ToString::to_string).collect();
            relate(
                subject,
                &ids,
                &c.hosts,
                &c.service,
                &format!("{} {}", c.title, c.template),
                c,
            )
        });
    let of_incidents = incidents
        .iter()
        .filter(|i| i.incident_memory_id != subject.id)
        .filter_map(|i| {
            let text = format!("{} {} {}", i.title, i.summary, i.templates.join(" "));
            relate(
                subject,
                &current(&i.signature_ids),
                &i.hosts,
                &i.service,
                &text,
                i,
            )
        });
    let lesson = |r: &Relation<&Incident>| {
        matches!(
            r.item.memory_type,
            MemoryType::Lesson | MemoryType::RunbookHint
        )
    };
    let (lessons, incidents) = of_incidents.partition(lesson);
    Related {
        candidates: best(of_candidates.collect(), limit, |c| c.candidate_id.clone()),
        incidents: best(incidents, limit, |i| i.incident_memory_id.clone()),
        lessons: best(lessons, limit, |i| i.incident_memory_id.clone()),
    }
}

fn best<T>(mut all: Vec<Relation<T>>, limit: usize, id: impl Fn(&T) -> String) -> Vec<Relation<T>> {
    all.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| id(&a.item).cmp(&id(&b.item)))
    });
    all.truncate(limit);
    all
}

fn relate<T>(
    s: &Subject,
    signatures: &[String],
    hosts: &[String],
    service: &str,
    text: &str,
    item: T,
) -> Option<Relation<T>> {
    let mut parts: Vec<(f64, String)> = Vec::new();
    if let Some(id) = signatures.iter().find(|id| s.signature_ids.contains(id)) {
        parts.push((SIGNATURE, format!("the same signature {id}")));
    }
    let (share, shared) = shared_words(&s.text, text);
    if !shared.is_empty() {
        parts.push((
            WORDS * share,
            format!("shared words: {}", shared.join(", ")),
        ));
    }
    let both: Vec<&str> = hosts
        .iter()
        .filter(|h| !h.is_empty() && s.hosts.contains(h))
        .map(String::as_str)
        .collect();
    if !both.is_empty() {
        let share = both.len() as f64 / hosts.len().max(s.hosts.len()).max(1) as f64;
        parts.push((HOSTS * share, format!("the same host: {}", both.join(", "))));
    }
    if !service.is_empty() && service == s.service {
        parts.push((SERVICE, format!("the same service {service}")));
    }
    parts.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let score = parts.iter().map(|p| p.0).sum();
    (score >= LEAST).then(|| Relation {
        item,
        score,
        reasons: parts.into_iter().map(|p| p.1).collect(),
    })
}

/// The Jaccard index of the words of two texts, and the shared words. Words of one or two letters say nothing.
fn shared_words(a: &str, b: &str) -> (f64, Vec<String>) {
    let set = |text: &str| -> BTreeSet<String> {
        words(text)
            .into_iter()
            .filter(|w| w.chars().count() > 2)
            .collect()
    };
    let (a, b) = (set(a), set(b));
    let shared: Vec<String> = a.intersection(&b).cloned().collect();
    let all = a.union(&b).count().max(1);
    (shared.len() as f64 / all as f64, shared)
}
