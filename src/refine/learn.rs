//! Learning: puts texts that differ where a variable stands into one set.
//!
//! Texts are compared only with those of the same service and the same number of atoms that are equal but for the
//! position in question: their texts with that position masked have the same hash, so sorting by it brings them
//! together and no pair is ever compared. How many distinct values a position shows decides (see `evidence`). What was
//! joined becomes a slot, and the next round sees the joined texts; rounds go on until nothing changes.

use super::Atom;
use super::evidence::{Evidence, WordClass, word_class};
use super::text::Part;
use std::collections::HashMap;

/// Rounds at most. Each makes at least one more position of some texts a slot; texts with more than a few variable
/// words settle in three.
const ROUNDS: usize = 5;

/// The token of a slot.
const SLOT: u32 = 0;

/// A text as numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pattern {
    service: u32,
    tokens: Vec<u32>,
}

/// The words of all texts, numbered.
struct Lexicon<'a> {
    ids: HashMap<(String, bool), u32>,
    words: Vec<Token<'a>>,
}

#[derive(Clone)]
struct Token<'a> {
    text: &'a str,
    lower: String,
    class: WordClass,
}

/// Sets of texts (by index) that are one family; every text is in exactly one. `services` are folded.
pub fn learn(texts: &[Vec<Atom>], services: &[String]) -> Vec<Vec<u32>> {
    let (lexicon, patterns) = number(texts, services);
    let mut sets = Sets::new(texts.len());
    let mut general: Vec<Pattern> = patterns.clone();
    for _ in 0..ROUNDS {
        let before = sets.joins;
        let mut seen: Vec<usize> = (0..texts.len()).collect();
        seen.sort_by(|&a, &b| general[a].cmp(&general[b]));
        for pair in seen.windows(2) {
            if general[pair[0]] == general[pair[1]] {
                sets.join(pair[0], pair[1]);
            }
        }
        seen.dedup_by(|a, b| general[*a] == general[*b]);
        join_weak(&lexicon, &general, &seen, &mut sets);
        join_single(&lexicon, &general, &seen, &mut sets);
        if sets.joins == before {
            break;
        }
        generalise(&mut general, &mut sets);
    }
    sets.into_lists()
}

fn number<'a>(texts: &'a [Vec<Atom<'a>>], services: &[String]) -> (Lexicon<'a>, Vec<Pattern>) {
    let mut lexicon = Lexicon {
        ids: HashMap::new(),
        words: vec![Token {
            text: "",
            lower: String::new(),
            class: WordClass::default(),
        }],
    };
    let mut names: Vec<&String> = services.iter().collect();
    names.sort();
    names.dedup();
    let mut patterns = Vec::with_capacity(texts.len());
    for (text, service) in texts.iter().zip(services) {
        let tokens = text.iter().map(|atom| lexicon.id(atom)).collect();
        let service = names.binary_search(&service).unwrap_or(0) as u32;
        patterns.push(Pattern { service, tokens });
    }
    (lexicon, patterns)
}

impl<'a> Lexicon<'a> {
    fn id(&mut self, atom: &Atom<'a>) -> u32 {
        let text = match atom.part {
            Part::Slot(_) => return SLOT,
            Part::Word(text) | Part::Punct(text) => text,
        };
        let next = self.words.len() as u32;
        let lower = text.to_lowercase();
        let id = *self.ids.entry((lower.clone(), atom.spaced)).or_insert(next);
        let class = match atom.part {
            Part::Word(_) => word_class(text),
            _ => WordClass::default(),
        };
        if id == next {
            self.words.push(Token { text, lower, class });
        } else {
            // A word is what any of its spellings is, so that no order of arrival matters.
            self.words[id as usize].class |= class;
        }
        id
    }

    fn is_word(&self, token: u32) -> bool {
        token != SLOT && self.words[token as usize].class.word
    }
}

/// A hash of a token at a position; the hash of a text is their sum, so masking a position is one subtraction.
fn part_hash(position: usize, token: u32) -> u128 {
    let mut bytes = [0u8; 12];
    bytes[..8].copy_from_slice(&(position as u64).to_le_bytes());
    bytes[8..].copy_from_slice(&token.to_le_bytes());
    xxhash_rust::xxh3::xxh3_128(&bytes)
}

fn text_hash(pattern: &Pattern) -> u128 {
    let head = part_hash(usize::MAX, pattern.service)
        .wrapping_add(part_hash(usize::MAX - 1, pattern.tokens.len() as u32));
    pattern
        .tokens
        .iter()
        .enumerate()
        .fold(head, |sum, (i, &t)| sum.wrapping_add(part_hash(i, t)))
}

/// Joins texts that differ in one position.
fn join_single(lexicon: &Lexicon, general: &[Pattern], seen: &[usize], sets: &mut Sets) {
    let mut entries: Vec<(u128, u32, u32, u32)> = Vec::new();
    for &i in seen {
        let pattern = &general[i];
        let whole = text_hash(pattern);
        for (at, &token) in pattern.tokens.iter().enumerate() {
            if token == SLOT || lexicon.is_word(token) {
                let masked = whole
                    .wrapping_sub(part_hash(at, token))
                    .wrapping_add(part_hash(at, u32::MAX));
                entries.push((masked, at as u32, token, i as u32));
            }
        }
    }
    entries.sort_unstable();
    for bucket in entries.chunk_by(|a, b| a.0 == b.0) {
        if bucket.len() < 2 {
            continue;
        }
        let at = bucket[0].1 as usize;
        let evidence = evidence_at(
            lexicon,
            &general[bucket[0].3 as usize],
            at,
            bucket.iter().map(|e| e.2),
        );
        let mut first = None;
        for entry in bucket
            .iter()
            .filter(|e| evidence.joins(class_of(lexicon, e.2)))
        {
            sets.join(*first.get_or_insert(entry.3 as usize), entry.3 as usize);
        }
    }
}

/// `None` for a slot.
fn class_of<'l>(lexicon: &'l Lexicon, token: u32) -> Option<&'l WordClass> {
    (token != SLOT).then(|| &lexicon.words[token as usize].class)
}

/// What the values seen at `at` of texts like `pattern` prove.
fn evidence_at(
    lexicon: &Lexicon,
    pattern: &Pattern,
    at: usize,
    values: impl Iterator<Item = u32>,
) -> Evidence {
    let mut values: Vec<u32> = values.collect();
    values.sort_unstable();
    values.dedup();
    let place = place_of(lexicon, pattern, at);
    Evidence::weigh(place, values.iter().map(|&v| class_of(lexicon, v)))
}

fn place_of<'l>(lexicon: &'l Lexicon, pattern: &Pattern, at: usize) -> super::evidence::Place<'l> {
    let text = |i: usize| -> &'l str {
        match pattern.tokens.get(i) {
            Some(&t) if t != SLOT => lexicon.words[t as usize].lower.as_str(),
            _ => "",
        }
    };
    let constant = pattern
        .tokens
        .iter()
        .enumerate()
        .filter(|&(i, &t)| {
            i != at && lexicon.is_word(t) && lexicon.words[t as usize].text.len() > 1
        })
        .count();
    super::evidence::Place {
        before: if at == 0 { "" } else { text(at - 1) },
        before_that: if at < 2 { "" } else { text(at - 2) },
        after: text(at + 1),
        first: at == 0,
        constant,
    }
}

/// Joins texts that differ in several positions, all of them with names of things.
fn join_weak(lexicon: &Lexicon, general: &[Pattern], seen: &[usize], sets: &mut Sets) {
    let mut entries: Vec<(u128, u32)> = Vec::new();
    for &i in seen {
        let pattern = &general[i];
        let mut hash = text_hash(pattern);
        let mut masked = 0;
        for (at, &token) in pattern.tokens.iter().enumerate() {
            if is_weak(lexicon, pattern, at) {
                hash = hash
                    .wrapping_sub(part_hash(at, token))
                    .wrapping_add(part_hash(at, u32::MAX));
                masked += 1;
            }
        }
        if masked > 1 {
            entries.push((hash, i as u32));
        }
    }
    entries.sort_unstable();
    for bucket in entries.chunk_by(|a, b| a.0 == b.0) {
        if bucket.len() > 1 {
            let members: Vec<u32> = bucket.iter().map(|e| e.1).collect();
            settle(lexicon, general, members, sets);
        }
    }
}

fn is_weak(lexicon: &Lexicon, pattern: &Pattern, at: usize) -> bool {
    let token = pattern.tokens[at];
    if token == SLOT {
        return true;
    }
    let class = &lexicon.words[token as usize].class;
    class.word && !class.state && (class.name || place_of(lexicon, pattern, at).announced())
}

/// Splits `members` by the positions that do not prove to be variable, until all that are left do, and joins what is
/// together.
fn settle(lexicon: &Lexicon, general: &[Pattern], members: Vec<u32>, sets: &mut Sets) {
    let mut work = vec![members];
    while let Some(members) = work.pop() {
        if members.len() < 2 {
            continue;
        }
        let first = &general[members[0] as usize];
        let blocked = (0..first.tokens.len()).find(|&at| {
            let values: Vec<u32> = members
                .iter()
                .map(|&m| general[m as usize].tokens[at])
                .collect();
            if values.iter().all(|&v| v == values[0]) {
                return false;
            }
            let mut place = place_of(lexicon, first, at);
            // All positions that differ are variable if this one is: they do not count as constant.
            place.constant = constant_words(lexicon, general, &members);
            let mut distinct = values.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let evidence = Evidence::weigh(place, distinct.iter().map(|&v| class_of(lexicon, v)));
            !values.iter().all(|&v| evidence.joins(class_of(lexicon, v)))
        });
        match blocked {
            None => members
                .windows(2)
                .for_each(|w| sets.join(w[0] as usize, w[1] as usize)),
            Some(at) => {
                let mut by_value = members;
                by_value.sort_by_key(|&m| (general[m as usize].tokens[at], m));
                work.extend(
                    by_value
                        .chunk_by(|&a, &b| {
                            general[a as usize].tokens[at] == general[b as usize].tokens[at]
                        })
                        .map(<[u32]>::to_vec),
                );
            }
        }
    }
}

fn constant_words(lexicon: &Lexicon, general: &[Pattern], members: &[u32]) -> usize {
    let first = &general[members[0] as usize].tokens;
    (0..first.len())
        .filter(|&at| {
            lexicon.is_word(first[at])
                && lexicon.words[first[at] as usize].text.len() > 1
                && members
                    .iter()
                    .all(|&m| general[m as usize].tokens[at] == first[at])
        })
        .count()
}

/// Makes a slot of every position in which the members of a set differ.
fn generalise(general: &mut [Pattern], sets: &mut Sets) {
    let mut joint: HashMap<usize, Vec<u32>> = HashMap::new();
    for (i, pattern) in general.iter().enumerate() {
        match joint.entry(sets.root(i)) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(pattern.tokens.clone());
            }
            std::collections::hash_map::Entry::Occupied(mut entry) => {
                for (mine, theirs) in entry.get_mut().iter_mut().zip(&pattern.tokens) {
                    if mine != theirs {
                        *mine = SLOT;
                    }
                }
            }
        }
    }
    for (i, pattern) in general.iter_mut().enumerate() {
        if let Some(tokens) = joint.get(&sets.root(i)) {
            pattern.tokens.clone_from(tokens);
        }
    }
}

/// Disjoint sets of texts.
struct Sets {
    parent: Vec<u32>,
    joins: usize,
}

impl Sets {
    fn new(len: usize) -> Sets {
        Sets {
            parent: (0..len as u32).collect(),
            joins: 0,
        }
    }

    fn root(&mut self, mut i: usize) -> usize {
        while self.parent[i] as usize != i {
            self.parent[i] = self.parent[self.parent[i] as usize];
            i = self.parent[i] as usize;
        }
        i
    }

    /// The smaller index becomes the root, so that sets are the same however they were joined.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            self.parent[a.max(b)] = a.min(b) as u32;
            self.joins += 1;
        }
    }

    fn into_lists(mut self) -> Vec<Vec<u32>> {
        let mut lists: std::collections::BTreeMap<usize, Vec<u32>> =
            std::collections::BTreeMap::new();
        for i in 0..self.parent.len() {
            let root = self.root(i);
            lists.entry(root).or_default().push(i as u32);
        }
        lists.into_values().collect()
    }
}
