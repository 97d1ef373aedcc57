//! Searching memory in words: ranked by BM25, each hit with the words that brought it up.
//!
//! BM25 (Robertson and Walker, Okapi at TREC-3) with k1 = 1.2 and b = 0.75, the values its authors recommend.

use crate::memory::Incident;
use std::collections::{BTreeMap, BTreeSet};

const K1: f64 = 1.2;
const B: f64 = 0.75;
/// A query word shorter than this must match exactly; a longer one also matches words that begin with it.
const PREFIX: usize = 3;
/// What a match by prefix or with one typing error counts, against one by the whole word.
const LOOSE: f64 = 0.6;
/// Words at least this long may differ by one typing error.
const TYPO: usize = 5;

/// A memory that matches.
#[derive(Clone, Debug)]
pub struct Hit<'m> {
    /// The memory.
    pub incident: &'m Incident,
    /// The sum of its words' weights.
    pub score: f64,
    /// The words of the query that matched, with what each adds, heaviest first.
    pub reasons: Vec<(String, f64)>,
}

/// The memories that match `query`, best first; all of them, newest first, when the query is empty.
pub fn search<'m>(incidents: &'m [Incident], query: &str) -> Vec<Hit<'m>> {
    let wanted: BTreeSet<String> = words(query).into_iter().collect();
    let mut hits: Vec<Hit<'m>> = if wanted.is_empty() {
        incidents
            .iter()
            .map(|incident| Hit {
                incident,
                score: 0.0,
                reasons: Vec::new(),
            })
            .collect()
    } else {
        ranked(incidents, &wanted)
    };
    hits.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then(b.incident.created_at.cmp(&a.incident.created_at))
            .then_with(|| {
                a.incident
                    .incident_memory_id
                    .cmp(&b.incident.incident_memory_id)
            })
    });
    hits
}

fn ranked<'m>(incidents: &'m [Incident], wanted: &BTreeSet<String>) -> Vec<Hit<'m>> {
    let documents: Vec<BTreeMap<String, f64>> =
        incidents.iter().map(|i| counts(&text_of(i))).collect();
    let lengths: Vec<f64> = documents.iter().map(|d| d.values().sum()).collect();
    let average = lengths.iter().sum::<f64>() / (lengths.len() as f64).max(1.0);
    let mut reasons: Vec<Vec<(String, f64)>> = vec![Vec::new(); incidents.len()];
    for word in wanted {
        let found: Vec<f64> = documents.iter().map(|d| frequency(d, word)).collect();
        let holding = found.iter().filter(|f| **f > 0.0).count() as f64;
        let idf = (1.0 + (incidents.len() as f64 - holding + 0.5) / (holding + 0.5)).ln();
        for (i, f) in found.into_iter().enumerate().filter(|(_, f)| *f > 0.0) {
            let weight =
                idf * f * (K1 + 1.0) / (f + K1 * (1.0 - B + B * lengths[i] / average.max(1.0)));
            reasons[i].push((word.clone(), weight));
        }
    }
    let hit = |(incident, mut reasons): (&'m Incident, Vec<(String, f64)>)| {
        reasons.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Hit {
            incident,
            score: reasons.iter().map(|r| r.1).sum(),
            reasons,
        }
    };
    incidents
        .iter()
        .zip(reasons)
        .filter(|(_, r)| !r.is_empty())
        .map(hit)
        .collect()
}

/// How often a word occurs in a document; words it begins, or that differ by one typing error, count less.
fn frequency(document: &BTreeMap<String, f64>, word: &str) -> f64 {
    if let Some(n) = document.get(word) {
        return *n;
    }
    let near = |other: &str| {
        (word.len() >= PREFIX
            && (other.starts_with(word) || (other.len() >= PREFIX && word.starts_with(other))))
            || (word.len() >= TYPO && strsim::osa_distance(word, other) <= 1)
    };
    document
        .iter()
        .filter(|(other, _)| near(other))
        .map(|(_, n)| n * LOOSE)
        .fold(0.0, f64::max)
}

fn counts(text: &str) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    for word in words(text) {
        *counts.entry(word).or_insert(0.0) += 1.0;
    }
    counts
}

/// Words of letters and digits, lower case; names such as `web-42` also whole.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for token in text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')))
    {
        let token = token
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        let parts: Vec<&str> = token
            .split(|c: char| !c.is_alphanumeric())
            .filter(|p| !p.is_empty())
            .collect();
        if parts.len() > 1 {
            out.extend(parts.iter().map(ToString::to_string));
        }
        if !token.is_empty() {
            out.push(token);
        }
    }
    out
}

/// Everything of a memory that is searched.
fn text_of(i: &Incident) -> String {
    let mut text = format!("{} {} {} {}", i.title, i.title, i.summary, i.service);
    let more = i
        .templates
        .iter()
        .chain(&i.hosts)
        .chain(i.incident_type.iter())
        .chain(i.check.iter());
    more.for_each(|t| {
        text.push(' ');
        text.push_str(t);
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryType;
    use crate::time::Timestamp;

    fn incident(id: &str, title: &str, summary: &str) -> Incident {
        Incident {
            incident_memory_id: id.into(),
            tenant_id: "default".into(),
            memory_type: MemoryType::IncidentMemory,
            incident_type: None,
            title: title.into(),
            summary: summary.into(),
            check: None,
            candidate_id: "cand_x".into(),
            candidate_type: "recurrence".into(),
            signature_ids: Vec::new(),
            templates: Vec::new(),
            service: "daemon".into(),
            hosts: vec!["web-42".into()],
            event_count: 1,
            first_seen: Timestamp(0),
            last_seen: Timestamp(0),
            score_points: 0,
            created_at: Timestamp(0),
            pinned: Vec::new(),
            author: None,
            configuration: String::new(),
            status: Default::default(),
            marks: Default::default(),
            merged_into: None,
            history: Vec::new(),
        }
    }

    #[test]
    fn the_rarer_word_decides_and_is_named() {
        let all = [
            incident("inc_a", "Tunnel to the branch flaps", "renewed the key"),
            incident("inc_b", "Disk is full", "the branch office wrote too much"),
            incident(
                "inc_c",
                "Printer on fire",
                "called the brigade in the branch",
            ),
        ];
        let hits = search(&all, "branch tunnel");
        assert_eq!(hits[0].incident.incident_memory_id, "inc_a");
        assert_eq!(hits[0].reasons[0].0, "tunnel");
        assert_eq!(hits.len(), 3);
    }

    #[test]
    fn forms_of_words_and_typing_errors_are_found() {
        let all = [
            incident("inc_a", "Tunnel flapping", ""),
            incident("inc_b", "Disk", ""),
        ];
        for query in ["flap", "tunel", "TUNNELS", "web-42", "web"] {
            let hits = search(&all[..], query);
            assert!(
                hits.iter()
                    .any(|h| h.incident.incident_memory_id == "inc_a"),
                "{query}"
            );
        }
        assert!(search(&all, "xylophone").is_empty());
        assert_eq!(search(&all, "").len(), 2);
    }
}
