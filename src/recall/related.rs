//! What is known around a subject: by shared signatures, hosts, words, timing and order of hosts, each with its reason.

use super::{Lookup, Met, Together, each_word};
use crate::candidate::Outline;
use crate::halves::in_halves;
use crate::memory::{Incident, MemoryOutline, MemoryType, Text};
use crate::signature::Facts;
use crate::time::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
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
    pub candidates: Vec<Relation<&'a Outline>>,
    /// Incidents of memory.
    pub incidents: Vec<Relation<&'a MemoryOutline<'a>>>,
    /// Lessons and hints of memory.
    pub lessons: Vec<Relation<&'a MemoryOutline<'a>>>,
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
/// Where more than this was on the subject's hosts, those closest by all else, and of these the latest, are asked whether they
/// come with it: that takes their past.
const CLOSEST: usize = 2_000;

/// Something that can be related: a candidate or a memory.
trait Told: Sync {
    /// Its id.
    fn id(&self) -> &str;
    /// The signatures it speaks of, the leading one first.
    fn signature_ids(&self) -> impl Iterator<Item = &str> + Clone;
    /// Its hosts, in order of arrival.
    fn hosts(&self) -> impl ExactSizeIterator<Item = &str>;
    /// Its service.
    fn service(&self) -> &str;
    /// When it was last seen.
    fn last_seen(&self) -> Timestamp;
    /// What it says.
    fn texts(&self) -> impl Iterator<Item = &str>;
    /// Whether it or the subject was promoted from the other, in words.
    fn origin(&self, subject: &Subject) -> Option<&'static str>;
}

impl Told for Outline {
    fn id(&self) -> &str {
        &self.candidate_id
    }

    fn signature_ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.signature_ids.iter().map(String::as_str)
    }

    fn hosts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.hosts.iter().map(String::as_str)
    }

    fn service(&self) -> &str {
        &self.service
    }

    fn last_seen(&self) -> Timestamp {
        self.last_seen
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        // Its title is made of what its detector says of all.
        std::iter::once(self.template.as_str())
    }

    fn origin(&self, subject: &Subject) -> Option<&'static str> {
        (self.candidate_id == subject.candidate_id).then_some("what it was promoted from")
    }
}

impl Told for MemoryOutline<'_> {
    fn id(&self) -> &str {
        &self.incident_memory_id
    }

    fn signature_ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.signature_ids.iter().map(Text::as_str)
    }

    fn hosts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.hosts.iter().map(Text::as_str)
    }

    fn service(&self) -> &str {
        &self.service
    }

    fn last_seen(&self) -> Timestamp {
        self.last_seen
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        let one: [&str; 2] = [&self.title, &self.summary];
        one.into_iter()
            .chain(self.templates.iter().map(Text::as_str))
    }

    fn origin(&self, subject: &Subject) -> Option<&'static str> {
        (self.candidate_id == subject.id).then_some("promoted from it")
    }
}

/// A subject compared with everything by what can be read off: all but what keeps coming with it.
pub struct Compared<'a> {
    asked: Asked<'a>,
    candidates: Vec<Close<'a, Outline>>,
    incidents: Vec<Close<'a, MemoryOutline<'a>>>,
}

/// Something, with the score of what can be read off.
struct Close<'a, T> {
    item: &'a T,
    score: f64,
    /// Its leading signature, where it is to be asked whether that comes with the subject's.
    lead: Option<&'a str>,
}

impl<'a> Compared<'a> {
    /// Compares `subject` with candidates and memories; `lookup` must know the subject's signatures.
    pub fn with(
        subject: &'a Subject,
        lookup: &'a Lookup,
        candidates: &'a [Outline],
        incidents: &'a [MemoryOutline<'a>],
    ) -> Compared<'a> {
        let asked = Asked::of(lookup, subject);
        Compared {
            candidates: asked.compare(candidates),
            incidents: asked.compare(incidents),
            asked,
        }
    }

    /// The signatures that are to be asked whether they come with the subject's.
    pub fn leads(&self) -> impl Iterator<Item = &'a str> {
        let of_candidates = self.candidates.iter().filter_map(|c| c.lead);
        of_candidates.chain(self.incidents.iter().filter_map(|i| i.lead))
    }

    /// What is related to the subject, at most `limit` of each kind. `facts` and `lookup` must know the subject's leading
    /// signature, and those [`Compared::leads`] that were there when it was.
    pub fn ranked(self, facts: &Facts, lookup: &Lookup, limit: usize) -> Related<'a> {
        let subject = self.asked.subject;
        let lead = subject.signature_ids.first();
        let lead = lead.and_then(|id| lookup.signature(id));
        let together = Together::with(facts, lead, &subject.hosts);
        let lesson = |c: &Close<'_, MemoryOutline<'_>>| {
            matches!(
                c.item.memory_type,
                MemoryType::Lesson | MemoryType::RunbookHint
            )
        };
        let (lessons, incidents) = self.incidents.into_iter().partition(lesson);
        let with = (&together, lookup);
        Related {
            candidates: self.asked.ranked(self.candidates, with, limit),
            incidents: self.asked.ranked(incidents, with, limit),
            lessons: self.asked.ranked(lessons, with, limit),
        }
    }
}

/// A subject with what is compared over and over.
struct Asked<'s> {
    subject: &'s Subject,
    lookup: &'s Lookup,
    /// By today's index, the first of the ids it was given by.
    signatures: BTreeMap<usize, &'s str>,
    ids: FxHashSet<&'s str>,
    /// Its hosts by their place.
    hosts: FxHashMap<&'s str, usize>,
    /// Hashes of its words.
    words: FxHashSet<u64>,
}

impl<'s> Asked<'s> {
    fn of(lookup: &'s Lookup, subject: &'s Subject) -> Asked<'s> {
        let mut signatures = BTreeMap::new();
        for id in &subject.signature_ids {
            if let Some(index) = lookup.signature(id) {
                signatures.entry(index).or_insert(id.as_str());
            }
        }
        let mut words = FxHashSet::default();
        each_said(&subject.text, &mut |word: &str| {
            // Hosts count as hosts.
            if says_something(word) && !subject.hosts.iter().any(|h| h == word) {
                words.insert(hash(word));
            }
        });
        let mut hosts = FxHashMap::default();
        for (place, host) in subject.hosts.iter().enumerate() {
            if !host.is_empty() {
                hosts.entry(host.as_str()).or_insert(place);
            }
        }
        Asked {
            subject,
            lookup,
            ids: subject.signature_ids.iter().map(String::as_str).collect(),
            signatures,
            hosts,
            words,
        }
    }

    /// Compares everything but the subject itself, and picks those that are to be asked whether they come with it.
    fn compare<'a, T: Told>(&self, all: &'a [T]) -> Vec<Close<'a, T>> {
        let mut found = in_halves(all, |all| {
            let mut seen = FxHashSet::default();
            let others = all.iter().filter(|item| item.id() != self.subject.id);
            let close = others.map(|item| self.close(item, &mut seen));
            close.collect::<Vec<Close<'a, T>>>()
        });
        let mut asked: Vec<usize> = (0..found.len())
            .filter(|&at| found[at].lead.is_some())
            .collect();
        let score = |at: usize| found[at].score;
        let last_seen = |at: usize| found[at].item.last_seen();
        asked.sort_by(|&a, &b| {
            let scores = score(b).total_cmp(&score(a));
            let times = last_seen(b).cmp(&last_seen(a));
            let order = scores.then(times);
            order.then_with(|| nearer(&found[a], &found[b]))
        });
        for &at in asked.iter().skip(CLOSEST) {
            found[at].lead = None;
        }
        found
    }

    fn close<'a, T: Told>(&self, item: &'a T, seen: &mut FxHashSet<u64>) -> Close<'a, T> {
        let places = self.places(item.hosts());
        let is_same = self.same_signature(item.signature_ids()).is_some();
        let score = [
            if is_same { SIGNATURE } else { 0.0 },
            self.words_score(item, seen),
            self.hosts_score(item.hosts().len(), places.len()),
            order_score(&places),
            if self.is_same_service(item) {
                SERVICE
            } else {
                0.0
            },
            item.origin(self.subject).map_or(0.0, |_| ORIGIN),
        ];
        let lead = item.signature_ids().next();
        Close {
            item,
            score: score.iter().sum::<f64>().min(1.0),
            lead: lead.filter(|_| !is_same && !places.is_empty()),
        }
    }

    /// The best of these, now that it can be told what comes with the subject.
    fn ranked<'a, T: Told>(
        &self,
        all: Vec<Close<'a, T>>,
        (together, lookup): (&Together<'_>, &Lookup),
        limit: usize,
    ) -> Vec<Relation<&'a T>> {
        let mut all: Vec<(Close<'a, T>, Option<Met>)> = (all.into_iter())
            .filter_map(|mut close| {
                let lead = close.lead.and_then(|id| lookup.signature(id));
                let met = lead.and_then(|lead| together.met(lead));
                close.score += met.as_ref().map_or(0.0, |met| TOGETHER * met.excess);
                (close.score >= LEAST).then_some((close, met))
            })
            .collect();
        all.sort_by(|(a, _), (b, _)| nearer(a, b));
        all.truncate(limit);
        let relation = |(close, met): (Close<'a, T>, Option<Met>)| Relation {
            item: close.item,
            score: close.score,
            reasons: self.reasons(close.item, met),
        };
        all.into_iter().map(relation).collect()
    }

    /// Why something is related, strongest first.
    fn reasons<T: Told>(&self, item: &T, met: Option<Met>) -> Vec<String> {
        let mut parts: Vec<(f64, String)> = Vec::new();
        let same = self.same_signature(item.signature_ids());
        parts.extend(same.map(|(own, theirs)| match own == theirs {
            true => (SIGNATURE, format!("the same signature {own}")),
            false => (
                SIGNATURE,
                format!("the same signature {own}, once {theirs}"),
            ),
        }));
        parts.extend(met.map(|met| {
            let words = format!(
                "within 5 minutes on the same host {} of {} times: {}",
                met.times, met.of, met.host
            );
            (TOGETHER * met.excess, words)
        }));
        let words = self.shared_words(item);
        if !words.is_empty() {
            let score = self.words_score(item, &mut FxHashSet::default());
            parts.push((score, format!("shared words: {}", named(&words))));
        }
        let places = self.places(item.hosts());
        let hosts: Vec<&str> = (places.iter())
            .map(|&place| self.subject.hosts[place].as_str())
            .collect();
        if !hosts.is_empty() {
            let score = self.hosts_score(item.hosts().len(), places.len());
            parts.push((score, format!("the same host: {}", named(&hosts))));
        }
        let order = order_score(&places);
        if order > 0.0 {
            parts.push((order, format!("the same order of hosts: {}", named(&hosts))));
        }
        if self.is_same_service(item) {
            parts.push((SERVICE, format!("the same service {}", item.service())));
        }
        let origin = item.origin(self.subject);
        parts.extend(origin.map(|words| (ORIGIN, words.to_string())));
        parts.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        parts.into_iter().map(|p| p.1).collect()
    }

    /// A signature of both, by the subject's id and the other's: the same signature may since have become another's.
    fn same_signature<'i>(
        &'i self,
        mut ids: impl Iterator<Item = &'i str> + Clone,
    ) -> Option<(&'i str, &'i str)> {
        let same = ids.clone().find(|id| self.ids.contains(id));
        same.map(|id| (id, id)).or_else(|| {
            ids.find_map(|id| Some((*self.signatures.get(&self.lookup.signature(id)?)?, id)))
        })
    }

    /// By the Jaccard index of the words of both.
    fn words_score<T: Told>(&self, item: &T, seen: &mut FxHashSet<u64>) -> f64 {
        seen.clear();
        let mut shared = 0usize;
        for text in item.texts() {
            each_said(text, &mut |word: &str| {
                let hash = hash(word);
                if says_something(word) && seen.insert(hash) {
                    shared += usize::from(self.words.contains(&hash));
                }
            });
        }
        let all = self.words.len() + seen.len() - shared;
        WORDS * shared as f64 / all.max(1) as f64
    }

    /// The words of both, ascending.
    fn shared_words<T: Told>(&self, item: &T) -> Vec<String> {
        let mut shared = BTreeSet::new();
        for text in item.texts() {
            each_said(text, &mut |word: &str| {
                if self.words.contains(&hash(word)) {
                    shared.insert(word.to_string());
                }
            });
        }
        shared.into_iter().collect()
    }

    /// The hosts of both, in the other's order, by their places among the subject's.
    fn places<'h>(&self, hosts: impl Iterator<Item = &'h str>) -> Vec<usize> {
        hosts
            .filter_map(|host| self.hosts.get(host).copied())
            .collect()
    }

    fn hosts_score(&self, theirs: usize, both: usize) -> f64 {
        let all = theirs.max(self.subject.hosts.len()).max(1);
        HOSTS * both as f64 / all as f64
    }

    fn is_same_service<T: Told>(&self, item: &T) -> bool {
        !item.service().is_empty() && item.service() == self.subject.service
    }
}

/// Whether both went over the same hosts in the same order; the more hosts, the less can it be chance.
fn order_score(places: &[usize]) -> f64 {
    if places.len() < ORDERED || !places.is_sorted() {
        return 0.0;
    }
    let orders: f64 = (1..=places.len()).map(|n| n as f64).product();
    ORDER * (1.0 - 1.0 / orders)
}

/// The higher score first, and the lower id.
fn nearer<T: Told>(a: &Close<'_, T>, b: &Close<'_, T>) -> Ordering {
    let ids = a.item.id().cmp(b.item.id());
    b.score.total_cmp(&a.score).then(ids)
}

/// No slot of a template has a longer name.
const LONGEST_SLOT: usize = 16;

/// The words of a text. The names of a template's slots are none of them.
fn each_said(text: &str, take: &mut impl FnMut(&str)) {
    let is_slot =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'*');
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        each_word(before, take);
        let mut name = behind.bytes().take(LONGEST_SLOT);
        rest = match name.position(|b| b == b'>') {
            Some(end) if is_slot(&behind[..end]) => &behind[end + 1..],
            _ => behind,
        };
    }
    each_word(rest, take);
}

/// Words of one or two letters do not.
fn says_something(word: &str) -> bool {
    word.chars().nth(2).is_some()
}

fn hash(word: &str) -> u64 {
    xxh3_64(word.as_bytes())
}

fn named<T: AsRef<str>>(all: &[T]) -> String {
    let some = all.iter().take(NAMED).map(AsRef::as_ref);
    let mut text = some.collect::<Vec<&str>>().join(", ");
    if all.len() > NAMED {
        text.push_str(&format!(" and {} more", all.len() - NAMED));
    }
    text
}
