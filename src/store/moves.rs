//! Where records went when they were read once more, and what that makes of signatures.

use super::fingerprints::{Families, Row};
use std::collections::{BTreeMap, BTreeSet};

/// A signature before or after, with the records that take part in a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The fingerprint its id is made of.
    pub root: u128,
    /// Its template.
    pub template: String,
    /// Its records, as far as they are stored.
    pub records: u64,
}

/// Signatures that become others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regrouped {
    /// As they were.
    pub before: Vec<Side>,
    /// As they are now.
    pub after: Vec<Side>,
    /// One of the records that moved.
    pub example: Vec<u8>,
}

/// Where records went: counts by old and new fingerprint, with one of those that moved.
#[derive(Default)]
pub struct Moves(BTreeMap<(u128, u128), (u64, Vec<u8>)>);

impl Moves {
    /// Notes where a record went.
    pub fn note(&mut self, from: u128, to: u128, raw: &[u8]) {
        let (count, _) = (self.0.entry((from, to))).or_insert_with(|| (0, raw.to_vec()));
        *count += 1;
    }

    /// Where most records of a fingerprint went.
    pub fn main_target(&self, from: u128) -> Option<u128> {
        let of = self.0.range((from, 0)..=(from, u128::MAX));
        let most = of.max_by_key(|((_, to), (count, _))| (*count, std::cmp::Reverse(*to)));
        most.map(|((_, to), _)| *to)
    }

    /// The signatures that are not as they were, those that share records together.
    pub fn regrouped(&self, before: &Signed, after: &Signed) -> Vec<Regrouped> {
        let mut edges: BTreeMap<(u128, u128), (u64, &[u8])> = BTreeMap::new();
        for ((from, to), (count, raw)) in &self.0 {
            let (Some(old), Some(new)) = (before.root.get(from), after.root.get(to)) else {
                continue;
            };
            let edge = edges.entry((*old, *new)).or_insert((0, raw));
            edge.0 += count;
            if from != to {
                edge.1 = raw;
            }
        }
        let mut news_of: BTreeMap<u128, Vec<u128>> = BTreeMap::new();
        let mut olds_of: BTreeMap<u128, Vec<u128>> = BTreeMap::new();
        for (old, new) in edges.keys() {
            news_of.entry(*old).or_default().push(*new);
            olds_of.entry(*new).or_default().push(*old);
        }
        let mut out = Vec::new();
        let mut told: BTreeSet<u128> = BTreeSet::new();
        for old in news_of.keys() {
            if told.contains(old) {
                continue;
            }
            let (olds, news) = together(*old, &news_of, &olds_of);
            told.extend(&olds);
            let pairs = || {
                let of = |o: &u128| news_of[o].iter().map(|n| (*o, *n)).collect::<Vec<_>>();
                olds.iter().flat_map(of)
            };
            let side = |root: u128, signed: &Signed, of: fn((u128, u128)) -> u128| Side {
                root,
                template: signed.template.get(&root).cloned().unwrap_or_default(),
                records: (pairs().filter(|pair| of(*pair) == root))
                    .map(|pair| edges[&pair].0)
                    .sum(),
            };
            let before: Vec<Side> = olds.iter().map(|o| side(*o, before, |p| p.0)).collect();
            let after: Vec<Side> = news.iter().map(|n| side(*n, after, |p| p.1)).collect();
            if before != after {
                let moved = pairs().find(|(o, n)| o != n).or(pairs().next());
                let example = moved.map_or_else(Vec::new, |pair| edges[&pair].1.to_vec());
                out.push(Regrouped {
                    before,
                    after,
                    example,
                });
            }
        }
        out
    }
}

/// The old and new signatures that hang together with one.
fn together(
    old: u128,
    news_of: &BTreeMap<u128, Vec<u128>>,
    olds_of: &BTreeMap<u128, Vec<u128>>,
) -> (BTreeSet<u128>, BTreeSet<u128>) {
    let (mut olds, mut news) = (BTreeSet::from([old]), BTreeSet::new());
    let mut open = vec![old];
    while let Some(old) = open.pop() {
        for new in news_of.get(&old).into_iter().flatten() {
            if news.insert(*new) {
                let more = olds_of.get(new).into_iter().flatten();
                open.extend(more.filter(|o| olds.insert(**o)));
            }
        }
    }
    (olds, news)
}

/// Families by the hashes of their members.
pub struct Signed {
    root: BTreeMap<u128, u128>,
    template: BTreeMap<u128, String>,
}

impl Signed {
    /// Of all members.
    pub fn of(families: &Families, rows: &BTreeMap<u32, Row>) -> Signed {
        let (mut root, mut template) = (BTreeMap::new(), BTreeMap::new());
        for (member, eldest, text) in &families.members {
            if let (Some(member), Some(eldest)) = (rows.get(member), rows.get(eldest)) {
                root.insert(member.fingerprint, eldest.fingerprint);
                template.insert(eldest.fingerprint, text.clone());
            }
        }
        Signed { root, template }
    }
}
