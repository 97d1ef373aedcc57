//! Searching memory in words: ranked by BM25, each hit with the words that brought it up.
//!
//! BM25 (Robertson and Walker, Okapi at TREC-3) with k1 = 1.2 and b = 0.75, the values its authors recommend.

use crate::memory::Incident;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

const K1: f64 = 1.2;
const B: f64 = 0.75;
/// A query word shorter than this must match exactly; a longer one also matches words that begin with it.
const PREFIX: usize = 3;
/// What a match by prefix, by another form or with one typing error counts, against one by the whole word.
const LOOSE: f64 = 0.6;
/// Words at least this long may differ by one typing error.
const TYPO: usize = 5;
/// One letter more or less makes so many bytes at most.
const LONGEST_LETTER: usize = 4;

/// A memory that matches.
#[derive(Clone, Debug)]
pub struct Hit<'m> {
    /// The memory.
    pub incident: &'m Incident,
    /// The sum of its words' weights.
    pub score: f64,
    /// The words of the query that matched, each with the word it was found as where that is another, and what it adds;
    /// heaviest first.
    pub reasons: Vec<(String, f64)>,
}

/// The memories that match `query`, best first; all of them, newest first, when the query is empty. `notes` are what people
/// wrote about them since, by the id of the memory.
pub fn search<'m>(
    incidents: &'m [Incident],
    notes: &BTreeMap<&str, Vec<&str>>,
    query: &str,
) -> Vec<Hit<'m>> {
    let wanted: BTreeSet<String> = words(query).into_iter().collect();
    let mut hits = match wanted.is_empty() {
        true => unranked(incidents),
        false => ranked(incidents, notes, wanted.into_iter().collect()),
    };
    hits.sort_by(|a, b| {
        let newest = b.incident.created_at.cmp(&a.incident.created_at);
        let ids = a
            .incident
            .incident_memory_id
            .cmp(&b.incident.incident_memory_id);
        b.score.total_cmp(&a.score).then(newest).then(ids)
    });
    hits
}

fn unranked(incidents: &[Incident]) -> Vec<Hit<'_>> {
    let hit = |incident| Hit {
        incident,
        score: 0.0,
        reasons: Vec::new(),
    };
    incidents.iter().map(hit).collect()
}

fn ranked<'m>(
    incidents: &'m [Incident],
    notes: &BTreeMap<&str, Vec<&str>>,
    wanted: Vec<String>,
) -> Vec<Hit<'m>> {
    let mut vocabulary = Vocabulary::of(wanted);
    let documents: Vec<Document> = (incidents.iter())
        .map(|i| {
            let id = i.incident_memory_id.as_str();
            vocabulary.read(i, notes.get(id).map_or(&[], Vec::as_slice))
        })
        .collect();
    let count = incidents.len() as f64;
    let average = (documents.iter().map(|d| d.length).sum::<f64>() / count.max(1.0)).max(1.0);
    let mut reasons: Vec<Vec<(String, f64)>> = vec![Vec::new(); incidents.len()];
    for (w, word) in vocabulary.wanted.iter().enumerate() {
        let holding = documents.iter().filter(|d| d.found[w].is_some()).count() as f64;
        let idf = (1.0 + (count - holding + 0.5) / (holding + 0.5)).ln();
        for (document, reasons) in documents.iter().zip(&mut reasons) {
            let Some((f, as_word)) = document.found[w] else {
                continue;
            };
            let weight =
                idf * f * (K1 + 1.0) / (f + K1 * (1.0 - B + B * document.length / average));
            let as_word = &vocabulary.texts[as_word];
            let said = match as_word == word {
                true => word.clone(),
                false => format!("{word} as {as_word}"),
            };
            reasons.push((said, weight));
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
    let all = incidents.iter().zip(reasons);
    all.filter(|(_, r)| !r.is_empty()).map(hit).collect()
}

/// The words of a query, and every other word that was met with how well it stands for each of them: memories share most of their
/// words, so each is compared once.
struct Vocabulary {
    wanted: Vec<String>,
    numbers: FxHashMap<String, usize>,
    texts: Vec<String>,
    /// By number: indices of wanted words, with 1 for the word itself and [`LOOSE`] for one like it.
    stands_for: Vec<Vec<(usize, f64)>>,
}

/// A memory as a query sees it.
struct Document {
    /// In words.
    length: f64,
    /// By wanted word: how often it occurs, those like it counting less, and the word it occurs as.
    found: Vec<Option<(f64, usize)>>,
}

impl Vocabulary {
    fn of(wanted: Vec<String>) -> Vocabulary {
        Vocabulary {
            wanted,
            numbers: FxHashMap::default(),
            texts: Vec::new(),
            stands_for: Vec::new(),
        }
    }

    fn number(&mut self, word: &str) -> usize {
        if let Some(&number) = self.numbers.get(word) {
            return number;
        }
        let number = self.texts.len();
        let like = |(index, wanted): (usize, &String)| match () {
            () if wanted == word => Some((index, 1.0)),
            () if near(wanted, word) => Some((index, LOOSE)),
            () => None,
        };
        let stands_for = self.wanted.iter().enumerate().filter_map(like).collect();
        self.stands_for.push(stands_for);
        self.texts.push(word.to_string());
        self.numbers.insert(word.to_string(), number);
        number
    }

    fn read(&mut self, incident: &Incident, notes: &[&str]) -> Document {
        let mut length = 0.0;
        let mut counts: BTreeMap<usize, f64> = BTreeMap::new();
        let mut take = |word: &str| {
            length += 1.0;
            let number = self.number(word);
            if !self.stands_for[number].is_empty() {
                *counts.entry(number).or_insert(0.0) += 1.0;
            }
        };
        texts_of(incident).for_each(|text| each_word(text, &mut take));
        notes.iter().for_each(|text| each_word(text, &mut take));
        let mut found: Vec<Option<(f64, usize, f64)>> = vec![None; self.wanted.len()];
        for (number, count) in counts {
            for &(index, grade) in &self.stands_for[number] {
                let better = |&(f, at, g): &(f64, usize, f64)| {
                    let text = |n: usize| std::cmp::Reverse(&self.texts[n]);
                    (g.total_cmp(&grade))
                        .then(f.total_cmp(&(count * grade)))
                        .then_with(|| text(at).cmp(&text(number)))
                        .is_ge()
                };
                if !found[index].as_ref().is_some_and(better) {
                    found[index] = Some((count * grade, number, grade));
                }
            }
        }
        let found = found.into_iter().map(|f| f.map(|(f, word, _)| (f, word)));
        Document {
            length,
            found: found.collect(),
        }
    }
}

/// What forms of one English word end in after what they share: failed, failing, failure; indexer, indexing; retry, retries.
const ENDINGS: [&str; 19] = [
    "", "s", "es", "ed", "er", "ers", "or", "ors", "ing", "ings", "ion", "ions", "ure", "ures",
    "al", "ment", "y", "ies", "ied",
];
/// Forms of one word share so many letters at least: fewer are shared by strangers.
const SHARED: usize = 4;

/// Whether two words are forms of one, as far as their letters tell.
fn are_forms(one: &str, other: &str) -> bool {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b);
    let same = same.count();
    let ending = |word: &str| word.get(same..).is_some_and(|end| ENDINGS.contains(&end));
    same >= SHARED && ending(one) && ending(other)
}

/// Whether a word of a memory is like a wanted one: one begins the other, they are forms of one word, or they differ by one typing
/// error.
fn near(wanted: &str, other: &str) -> bool {
    let begins = wanted.len() >= PREFIX
        && (other.starts_with(wanted) || (other.len() >= PREFIX && wanted.starts_with(other)));
    begins
        || are_forms(wanted, other)
        || (wanted.len() >= TYPO
            && wanted.len().abs_diff(other.len()) <= LONGEST_LETTER
            && strsim::osa_distance(wanted, other) <= 1)
}

/// Everything of a memory that is searched; the title counts twice.
fn texts_of(i: &Incident) -> impl Iterator<Item = &str> {
    let one = [&i.title, &i.title, &i.summary, &i.service];
    let more = (i.templates.iter().chain(&i.hosts))
        .chain(i.incident_type.iter())
        .chain(i.check.iter());
    one.into_iter().chain(more).map(String::as_str)
}

/// Words of letters and digits, lower case; names such as `web-42` also whole.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    each_word(text, &mut |word: &str| out.push(word.to_string()));
    out
}

/// Calls `take` with each of the [`words`].
pub(super) fn each_word(text: &str, take: &mut impl FnMut(&str)) {
    let outside = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'));
    let between = |c: char| !c.is_alphanumeric();
    let lower = match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => text.to_lowercase(),
    };
    for token in lower.split(outside) {
        let token = token.trim_matches(between);
        if token.contains(between) {
            let parts = token.split(between).filter(|p| !p.is_empty());
            parts.for_each(&mut *take);
        }
        if !token.is_empty() {
            take(token);
        }
    }
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
            judged_at: Timestamp(0),
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
        let hits = search(&all, &BTreeMap::new(), "branch tunnel");
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
            let hits = search(&all[..], &BTreeMap::new(), query);
            assert!(
                hits.iter()
                    .any(|h| h.incident.incident_memory_id == "inc_a"),
                "{query}"
            );
        }
        assert!(search(&all, &BTreeMap::new(), "xylophone").is_empty());
        assert_eq!(search(&all, &BTreeMap::new(), "").len(), 2);
    }

    #[test]
    fn forms_share_their_beginning_and_end_in_endings() {
        for (one, other) in [
            ("indexing", "indexer"),
            ("failed", "failure"),
            ("failing", "fails"),
            ("rejection", "rejected"),
            ("retry", "retries"),
            ("stopped", "stopping"),
        ] {
            assert!(near(one, other) && near(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("peering", "person"),
            ("tests", "tent"),
            ("process", "profile"),
        ] {
            assert!(!near(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_people_wrote_about_it_since_is_found_too() {
        let all = [
            incident("inc_a", "Tunnel", ""),
            incident("inc_b", "Disk", ""),
        ];
        let notes = BTreeMap::from([("inc_b", vec!["the cable was loose"])]);
        let hits = search(&all, &notes, "cables");
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].incident.incident_memory_id, "inc_b");
        assert_eq!(hits[0].reasons[0].0, "cables as cable");
    }
}
