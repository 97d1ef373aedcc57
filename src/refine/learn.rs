//! Learning: puts texts that differ where a variable stands into one set.
//!
//! Texts are compared only with those of the same number of atoms that are equal but for the positions in question:
//! with these masked their hashes are equal, so sorting by hash brings them together and no pair is ever compared. How
//! many distinct values a position shows decides (see `evidence`). What was joined becomes a slot, and the next round
//! sees the joined patterns; rounds go on until nothing changes.

use super::{Differing, Evidence, Lexicon, Pattern, WILD};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Rounds at most. Each makes at least one more position of some texts a slot; texts with more than a few variable
/// words settle in three.
const ROUNDS: usize = 6;
/// Positions of a text that are tried; what comes later in a long message is compared as it is. Keeps the work on a
/// message of a thousand words in proportion.
const MAX_TRIED: usize = 96;

/// Texts (by index) that are one family, and what they share.
pub struct Class {
    /// What they share.
    pub pattern: Pattern,
    /// The texts.
    pub members: Vec<u32>,
}

/// Sets of texts that are one family; every text is in exactly one. The texts, with their indices, are of one service.
pub fn learn<'a>(
    lexicon: &mut Lexicon<'a>,
    texts: impl Iterator<Item = (u32, &'a str)>,
) -> Vec<Class> {
    let mut classes: Vec<Class> = texts
        .map(|(index, text)| Class {
            pattern: Pattern::new(lexicon, text),
            members: vec![index],
        })
        .collect();
    for _ in 0..ROUNDS {
        classes.sort_by(|a, b| a.pattern.cmp(&b.pattern));
        let mut sets = Sets::new(classes.len());
        for i in 1..classes.len() {
            if classes[i - 1].pattern == classes[i].pattern {
                sets.join(i - 1, i);
            }
        }
        let mut start = 0;
        for same_length in classes.chunk_by(|a, b| a.pattern.tokens.len() == b.pattern.tokens.len())
        {
            join_many(lexicon, same_length, start, &mut sets);
            join_single(lexicon, same_length, start, &mut sets);
            start += same_length.len();
        }
        join_composites(lexicon, &classes, &mut sets);
        if sets.joins == 0 {
            break;
        }
        classes = generalise(lexicon, classes, sets);
    }
    classes
}

/// Joins patterns that differ in one position. `start` is the index of the first class in `sets`.
fn join_single(lexicon: &Lexicon, classes: &[Class], start: usize, sets: &mut Sets) {
    let mut entries: Vec<(u128, u32, u32, u32)> = Vec::new();
    for (i, class) in classes.iter().enumerate() {
        let whole = class.pattern.hash();
        for (at, &token) in class.pattern.tokens.iter().enumerate().take(MAX_TRIED) {
            if lexicon.is_value(token) {
                let masked = Pattern::swap(whole, at, token, WILD);
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
        let tokens = &classes[bucket[0].3 as usize].pattern.tokens;
        let values = bucket
            .chunk_by(|a, b| a.2 == b.2)
            .map(|same| lexicon.class(same[0].2));
        let evidence = Evidence::weigh(lexicon.place(tokens, at, &[at]), Differing::Here, values);
        let mut first = None;
        for entry in bucket.iter().filter(|e| evidence.joins(lexicon.class(e.2))) {
            let class = start + entry.3 as usize;
            sets.join(*first.get_or_insert(class), class);
        }
    }
}

/// Joins patterns that differ in several positions, all of them with names of things.
fn join_many(lexicon: &Lexicon, classes: &[Class], start: usize, sets: &mut Sets) {
    let mut entries: Vec<(u128, u32)> = Vec::new();
    for (i, class) in classes.iter().enumerate() {
        let tokens = &class.pattern.tokens;
        let weak = lexicon.weak_positions(tokens);
        if weak.len() > 1 {
            let whole = class.pattern.hash();
            let masked = weak
                .iter()
                .fold(whole, |hash, &at| Pattern::swap(hash, at, tokens[at], WILD));
            entries.push((masked, i as u32));
        }
    }
    entries.sort_unstable();
    for bucket in entries.chunk_by(|a, b| a.0 == b.0) {
        if bucket.len() > 1 {
            let members = bucket.iter().map(|e| e.1).collect();
            settle(lexicon, classes, members, |a, b| {
                sets.join(start + a as usize, start + b as usize)
            });
        }
    }
}

/// Splits `members` at the positions where values do not prove to be of one variable, until all do, and joins what is
/// together.
fn settle(lexicon: &Lexicon, classes: &[Class], members: Vec<u32>, mut join: impl FnMut(u32, u32)) {
    let token = |m: u32, at: usize| classes[m as usize].pattern.tokens[at];
    let mut work = vec![members];
    while let Some(mut members) = work.pop() {
        let first = &classes[members[0] as usize].pattern.tokens;
        let varying: Vec<usize> = (0..first.len())
            .filter(|&at| members.iter().any(|&m| token(m, at) != first[at]))
            .collect();
        let differing = if varying.len() > 1 {
            Differing::Elsewhere
        } else {
            Differing::Here
        };
        let blocked = varying.iter().find_map(|&at| {
            let mut values: Vec<u32> = members.iter().map(|&m| token(m, at)).collect();
            values.sort_unstable();
            values.dedup();
            let place = lexicon.place(first, at, &varying);
            let evidence =
                Evidence::weigh(place, differing, values.iter().map(|&v| lexicon.class(v)));
            let all = values.iter().all(|&v| evidence.joins(lexicon.class(v)));
            (!all).then_some((at, evidence))
        });
        let Some((at, evidence)) = blocked else {
            members.windows(2).for_each(|w| join(w[0], w[1]));
            continue;
        };
        // Those that join stay together; each of the others stands by itself.
        let apart = |m: u32| {
            let value = token(m, at);
            (!evidence.joins(lexicon.class(value))).then_some(value)
        };
        members.sort_by_key(|&m| apart(m));
        work.extend(
            members
                .chunk_by(|&a, &b| apart(a) == apart(b))
                .map(<[u32]>::to_vec),
        );
    }
}

/// Joins a pattern that has a composite value (`Pool(<num>)`) with the one that has a bare slot in its place.
fn join_composites(lexicon: &mut Lexicon, classes: &[Class], sets: &mut Sets) {
    let by_hash: FxHashMap<u128, usize> = classes
        .iter()
        .enumerate()
        .map(|(i, c)| (c.pattern.hash(), i))
        .collect();
    for (i, class) in classes.iter().enumerate() {
        for bare in class.pattern.with_bare_slots(lexicon) {
            if let Some(&other) = by_hash.get(&bare.hash())
                && lexicon.constant_words(&bare.tokens, &[]) >= 2
            {
                sets.join(i, other);
            }
        }
    }
}

/// Makes of every set one class, with a slot in every position in which its patterns differ.
fn generalise(lexicon: &mut Lexicon, classes: Vec<Class>, mut sets: Sets) -> Vec<Class> {
    let mut groups: BTreeMap<usize, Vec<Class>> = BTreeMap::new();
    for (i, class) in classes.into_iter().enumerate() {
        groups.entry(sets.root(i)).or_default().push(class);
    }
    let mut out = Vec::with_capacity(groups.len());
    for mut group in groups.into_values() {
        if group.len() > 1 {
            // Where a composite met a bare slot the shortest pattern is the most general.
            let shortest = group
                .iter()
                .map(|c| c.pattern.tokens.len())
                .min()
                .unwrap_or(0);
            let same = group
                .iter()
                .map(|c| &c.pattern)
                .filter(|p| p.tokens.len() == shortest);
            let Some(pattern) = Pattern::shared(lexicon, same) else {
                continue;
            };
            let members = group
                .iter()
                .flat_map(|c| c.members.iter().copied())
                .collect();
            group = vec![Class { pattern, members }];
        }
        out.append(&mut group);
    }
    out
}

/// Disjoint sets of classes.
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

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            self.parent[a.max(b)] = a.min(b) as u32;
            self.joins += 1;
        }
    }
}
