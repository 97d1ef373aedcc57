//! What is known around a subject: by shared signatures, hosts, words, timing and order of hosts, each with its reason.

use super::{Lookup, Together, each_word};
use crate::candidate::Candidate;
use crate::memory::{Incident, MemoryType};
use crate::signature::Facts;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64;

/// What the relation is sought for: an event, signature, candidate or incident, reduced to what can be shared.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// Its own id, which is not related to itself.
    pub id: String,
    /// Signatures it speaks of, the leading one first.
    pub signature_ids: Vec<String>,
    /// Hosts it was seen on, in order of arrival.
    pub hosts: Vec<String>,
    /// Its service.
    pub service: String,
    /// Its words: templates, and what a person wrote.
    pub text: String,
    /// The candidate it was promoted from, of a memory.
    pub candidate_id: String,
}

impl Subject {
    /// A memory as a subject.
    pub fn of_incident(i: &Incident) -> Subject {
        Subject {
            id: i.incident_memory_id.clone(),
            signature_ids: i.signature_ids.clone(),
            hosts: i.hosts.clone(),
            service: i.service.clone(),
            text: format!("{} {} {}", i.title, i.summary, i.templates.join(" ")),
            candidate_id: i.candidate_id.clone(),
        }
    }
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

/// Shares of the score. The same signature is nearly the same thing; what keeps coming within minutes of it has most likely to do
/// with it; words, hosts and their order are hints.
const SIGNATURE: f64 = 0.45;
const TOGETHER: f64 = 0.2;
const WORDS: f64 = 0.15;
const ORDER: f64 = 0.1;
const HOSTS: f64 = 0.07;
const SERVICE: f64 = 0.03;
/// What comes on top where one was promoted from the other: of all that have the same signature it is the nearest.
const ORIGIN: f64 = 0.05;
/// Below this nothing is worth a look: a shared host alone relates everything on it.
const LEAST: f64 = 0.075;
/// Two hosts in the same order are chance in every second case.
const ORDERED: usize = 3;
/// So many hosts or words are named, and the others counted.
const NAMED: usize = 6;

/// What is related to `subject`, at most `limit` of each kind.
pub fn related<'a>(
    (facts, lookup): (&Facts, &Lookup),
    subject: &Subject,
    candidates: &'a [Candidate],
    incidents: &'a [Incident],
    limit: usize,
) -> Related<'a> {
    let mut asked = Asked::of(facts, lookup, subject);
    let of_candidates: Vec<Relation<&Candidate>> = (candidates.iter())
        .filter(|c| c.candidate_id != subject.id)
        .filter_map(|c| {
            let ids: Vec<String> = c.signatures.iter().map(ToString::to_string).collect();
            // Its title is made of what its detector says of all.
            let texts = [c.template.as_str()];
            let mut found = asked.relate(&ids, &c.hosts, &c.service, &texts)?;
            if c.candidate_id == subject.candidate_id {
                nearer(&mut found, "what it was promoted from");
            }
            let (item, (score, reasons)) = (c, found);
            Some(Relation {
                item,
                score,
                reasons,
            })
        })
        .collect();
    let of_incidents = (incidents.iter())
        .filter(|i| i.incident_memory_id != subject.id)
        .filter_map(|i| {
            let texts = [i.title.as_str(), i.summary.as_str()];
            let texts = texts
                .into_iter()
                .chain(i.templates.iter().map(String::as_str));
            let texts: Vec<&str> = texts.collect();
            let mut found = asked.relate(&i.signature_ids, &i.hosts, &i.service, &texts)?;
            if i.candidate_id == subject.id {
                nearer(&mut found, "promoted from it");
            }
            let (item, (score, reasons)) = (i, found);
            Some(Relation {
                item,
                score,
                reasons,
            })
        });
    let lesson = |r: &Relation<&Incident>| {
        matches!(
            r.item.memory_type,
            MemoryType::Lesson | MemoryType::RunbookHint
        )
    };
    let (lessons, incidents) = of_incidents.partition(lesson);
    Related {
        candidates: best(of_candidates, limit, |c| &c.candidate_id),
        incidents: best(incidents, limit, |i| &i.incident_memory_id),
        lessons: best(lessons, limit, |i| &i.incident_memory_id),
    }
}

fn nearer((score, reasons): &mut (f64, Vec<String>), why: &str) {
    *score = (*score + ORIGIN).min(1.0);
    reasons.push(why.to_string());
}

fn best<'a, T>(
    mut all: Vec<Relation<&'a T>>,
    limit: usize,
    id: impl Fn(&'a T) -> &'a String,
) -> Vec<Relation<&'a T>> {
    all.sort_by(|a, b| {
        let ids = id(a.item).cmp(id(b.item));
        b.score.total_cmp(&a.score).then(ids)
    });
    all.truncate(limit);
    all
}

/// A subject with what is compared over and over.
struct Asked<'s> {
    subject: &'s Subject,
    lookup: &'s Lookup,
    /// By today's index, the first of the ids it was given by.
    signatures: BTreeMap<usize, &'s str>,
    ids: FxHashSet<&'s str>,
    words: FxHashMap<String, usize>,
    together: Together<'s>,
}

impl<'s> Asked<'s> {
    fn of(facts: &'s Facts, lookup: &'s Lookup, subject: &'s Subject) -> Asked<'s> {
        let mut signatures = BTreeMap::new();
        for id in &subject.signature_ids {
            if let Some(index) = lookup.signature(id) {
                signatures.entry(index).or_insert(id.as_str());
            }
        }
        let mut words = FxHashMap::default();
        each_said(&subject.text, &mut |word: &str| {
            let next = words.len();
            // Hosts count as hosts.
            if says_something(word) && !subject.hosts.iter().any(|h| h == word) {
                words.entry(word.to_string()).or_insert(next);
            }
        });
        let lead = subject.signature_ids.first();
        let lead = lead.and_then(|id| lookup.signature(id));
        Asked {
            subject,
            lookup,
            ids: subject.signature_ids.iter().map(String::as_str).collect(),
            together: Together::with(facts, lead, &subject.hosts),
            signatures,
            words,
        }
    }

    /// Score and reasons, strongest first; `None` where it has too little to do with the subject.
    fn relate(
        &mut self,
        signature_ids: &[String],
        hosts: &[String],
        service: &str,
        texts: &[&str],
    ) -> Option<(f64, Vec<String>)> {
        let mut parts: Vec<(f64, String)> = Vec::new();
        match self.same_signature(signature_ids) {
            Some(words) => parts.push((SIGNATURE, words)),
            None => parts.extend(self.comes_with(signature_ids)),
        }
        parts.extend(self.shared_words(texts));
        parts.extend(self.same_hosts(hosts));
        parts.extend(self.same_order(hosts));
        if !service.is_empty() && service == self.subject.service {
            parts.push((SERVICE, format!("the same service {service}")));
        }
        let score: f64 = parts.iter().map(|p| p.0).sum();
        if score < LEAST {
            return None;
        }
        parts.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        Some((score, parts.into_iter().map(|p| p.1).collect()))
    }

    /// A signature of both, also where one of them knew it by an id that has since become another's.
    fn same_signature(&self, ids: &[String]) -> Option<String> {
        if let Some(id) = ids.iter().find(|id| self.ids.contains(id.as_str())) {
            return Some(format!("the same signature {id}"));
        }
        ids.iter().find_map(|id| {
            let own = self.signatures.get(&self.lookup.signature(id)?)?;
            Some(format!("the same signature {own}, once {id}"))
        })
    }

    /// What its leading signature does within minutes of the subject's.
    fn comes_with(&mut self, ids: &[String]) -> Option<(f64, String)> {
        let other = self.lookup.signature(ids.first()?)?;
        let met = self.together.met(other)?;
        let words = format!(
            "within 5 minutes on the same host {} of {} times: {}",
            met.times, met.of, met.host
        );
        Some((TOGETHER * met.excess, words))
    }

    /// The Jaccard index of the words of both.
    fn shared_words(&self, texts: &[&str]) -> Option<(f64, String)> {
        let mut shared: BTreeSet<usize> = BTreeSet::new();
        let mut others: FxHashSet<u64> = FxHashSet::default();
        for text in texts {
            each_said(text, &mut |word: &str| {
                if let Some(&at) = self.words.get(word) {
                    shared.insert(at);
                } else if says_something(word) {
                    others.insert(xxh3_64(word.as_bytes()));
                }
            });
        }
        if shared.is_empty() {
            return None;
        }
        let share = shared.len() as f64 / (self.words.len() + others.len()) as f64;
        let mut words: Vec<&str> = (self.words.iter())
            .filter(|(_, at)| shared.contains(at))
            .map(|(word, _)| word.as_str())
            .collect();
        words.sort_unstable();
        Some((WORDS * share, format!("shared words: {}", named(&words))))
    }

    fn same_hosts(&self, hosts: &[String]) -> Option<(f64, String)> {
        let both = self.hosts_of_both(hosts);
        let all = hosts.len().max(self.subject.hosts.len());
        let words = format!("the same host: {}", named(&both));
        (!both.is_empty()).then(|| (HOSTS * both.len() as f64 / all as f64, words))
    }

    /// Whether both went over the same hosts in the same order; the more hosts, the less can it be chance.
    fn same_order(&self, hosts: &[String]) -> Option<(f64, String)> {
        let theirs = self.hosts_of_both(hosts);
        if theirs.len() < ORDERED {
            return None;
        }
        let place = |host: &&str| self.subject.hosts.iter().position(|own| own == host);
        if !theirs.iter().map(place).is_sorted() {
            return None;
        }
        let orders: f64 = (1..=theirs.len()).map(|n| n as f64).product();
        let words = format!("the same order of hosts: {}", named(&theirs));
        Some((ORDER * (1.0 - 1.0 / orders), words))
    }

    /// The hosts of both, in the other's order.
    fn hosts_of_both<'h>(&self, hosts: &'h [String]) -> Vec<&'h str> {
        let both = |h: &&String| !h.is_empty() && self.subject.hosts.contains(h);
        hosts.iter().filter(both).map(String::as_str).collect()
    }
}

/// The words of a text. The names of a template's slots are none of them.
fn each_said(text: &str, take: &mut impl FnMut(&str)) {
    let is_slot =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'*');
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        each_word(before, take);
        rest = match behind.split_once('>') {
            Some((name, after)) if is_slot(name) => after,
            _ => behind,
        };
    }
    each_word(rest, take);
}

/// Words of one or two letters do not.
fn says_something(word: &str) -> bool {
    word.chars().nth(2).is_some()
}

fn named(all: &[&str]) -> String {
    let some = all.iter().take(NAMED).copied();
    let mut text = some.collect::<Vec<_>>().join(", ");
    if all.len() > NAMED {
        text.push_str(&format!(" and {} more", all.len() - NAMED));
    }
    text
}
