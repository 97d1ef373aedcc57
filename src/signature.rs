//! Fingerprints, signature ids and the activity of a signature: when, where and how often it was seen.

use crate::event::Severity;
use crate::time::{HOUR, Hour, SECOND, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A 128-bit hash of service and normalised logtype: the same on every machine, in any order, for ever (algorithm v1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fingerprint(pub u128);

/// The alphabet of ids: consonants, so that no id spells a word. Base 20.
const LETTERS: &[u8; 20] = b"bcdfghjklmnpqrstvwxz";
/// Letters in an id: 20 of them hold 86 bits.
const ID_LETTERS: usize = 20;

/// Writes the leading 86 bits of `value` as letters after `prefix`: `sig_kpdz…`.
pub fn id_text(prefix: &str, value: u128) -> String {
    let mut text = String::with_capacity(prefix.len() + ID_LETTERS);
    text.push_str(prefix);
    let mut rest = value >> ID_UNTOLD;
    let mut letters = [0u8; ID_LETTERS];
    for slot in letters.iter_mut().rev() {
        *slot = LETTERS[(rest % 20) as usize];
        rest /= 20;
    }
    text.extend(letters.iter().map(|&b| char::from(b)));
    text
}

/// Bits of a value that its id does not tell.
const ID_UNTOLD: u32 = 128 - 86;

/// The numbers ([`Fingerprint::number`]) whose ids begin with `text`, as a half-open range; `None` when no id can. Ids sort like
/// their numbers, so a prefix is a range.
pub fn id_range(prefix: &str, text: &str) -> Option<std::ops::Range<u128>> {
    let letters = text.strip_prefix(prefix)?;
    if letters.len() > ID_LETTERS {
        return None;
    }
    let number = letters.bytes().try_fold(0u128, |n, b| {
        Some(n * 20 + LETTERS.iter().position(|&l| l == b)? as u128)
    })?;
    let width = 20u128.pow((ID_LETTERS - letters.len()) as u32);
    Some(number * width..(number + 1) * width)
}

impl Fingerprint {
    /// What an id tells of it: its leading 86 bits, by which an id that was written down is found again without writing all others.
    pub fn number(self) -> u128 {
        self.0 >> ID_UNTOLD
    }
}

/// The id derived from `parts`: the same parts give the same id on every machine. Parts are length-prefixed before
/// hashing, so that ("ab", "c") and ("a", "bc") differ.
pub fn derived_id(prefix: &str, parts: &[&str]) -> String {
    id_text(prefix, digest_parts(parts))
}

/// SHA-256 over length-prefixed parts, cut to 128 bits.
pub fn digest_parts(parts: &[&str]) -> u128 {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut first = [0u8; 16];
    first.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(first)
}

/// The id of the `ordinal`th record a store has taken in: `evt_` and at least four letters.
pub fn event_id(ordinal: u64) -> String {
    let mut letters = Vec::new();
    let mut rest = ordinal;
    while rest > 0 || letters.len() < 4 {
        letters.push(LETTERS[(rest % 20) as usize]);
        rest /= 20;
    }
    let letters: String = letters.iter().rev().map(|&b| char::from(b)).collect();
    format!("evt_{letters}")
}

/// The inverse of [`event_id`]; `None` for anything else.
pub fn event_ordinal(id: &str) -> Option<u64> {
    let letters = id.strip_prefix("evt_").filter(|l| !l.is_empty())?;
    letters.bytes().try_fold(0u64, |n, b| {
        let digit = LETTERS.iter().position(|&l| l == b)? as u64;
        n.checked_mul(20)?.checked_add(digit)
    })
}

/// The id of a signature: the fingerprint of its eldest member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SignatureId(pub Fingerprint);

impl fmt::Display for SignatureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&id_text("sig_", self.0.0))
    }
}

/// Up to this many occurrences in one hour keep their exact times; a busier hour keeps five-minute counts. Eight tenths
/// of a second stamps take less than the twelve counts, and a weak signal is rarer than eight an hour.
pub const EXACT_LIMIT: usize = 8;
/// Five-minute slots in an hour.
pub const SLOTS: usize = 12;

/// Up to [`EXACT_LIMIT`] offsets, ascending; reads like a slice. Held in place: a store has millions of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offsets {
    at: [u16; EXACT_LIMIT],
    len: u8,
}

impl Offsets {
    /// From a slice; the offsets beyond the limit are dropped, so the caller must not have more.
    pub fn of(offsets: &[u16]) -> Offsets {
        let mut out = Offsets::default();
        for (slot, offset) in out.at.iter_mut().zip(offsets) {
            *slot = *offset;
            out.len += 1;
        }
        out
    }

    /// Adds one in its place; false when there is no room.
    fn insert(&mut self, offset: u16) -> bool {
        let len = usize::from(self.len);
        if len == EXACT_LIMIT {
            return false;
        }
        let place = self.partition_point(|&o| o <= offset);
        self.at.copy_within(place..len, place + 1);
        self.at[place] = offset;
        self.len += 1;
        true
    }
}

impl std::ops::Deref for Offsets {
    type Target = [u16];

    fn deref(&self) -> &[u16] {
        &self.at[..usize::from(self.len)]
    }
}

/// When within its hour a cell's occurrences lie. Offsets are tenths of a second from the start of the hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moments {
    /// All of them.
    Exact(Offsets),
    /// Counts per five minutes, and the first and last offset.
    Slots {
        /// Occurrences per five-minute slot.
        counts: [u32; SLOTS],
        /// Offset of the first.
        first: u16,
        /// Offset of the last.
        last: u16,
    },
}

/// What one signature did on one host in one hour. Cells of the same hour merge to the same cell in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Which hour.
    pub hour: Hour,
    /// How often; never 0.
    pub count: u32,
    /// When within the hour.
    pub moments: Moments,
}

/// The offset of `time` in its hour, in tenths of a second.
pub fn offset_in_hour(time: Timestamp) -> u16 {
    (time.0.rem_euclid(HOUR) / (SECOND / 10)) as u16
}

impl Cell {
    /// A cell of one occurrence.
    pub fn one(time: Timestamp) -> Cell {
        Cell {
            hour: time.hour(),
            count: 1,
            moments: Moments::Exact(Offsets::of(&[offset_in_hour(time)])),
        }
    }

    /// Adds one occurrence at `offset` (tenths of a second).
    pub fn add(&mut self, offset: u16) {
        self.count = self.count.saturating_add(1);
        match &mut self.moments {
            Moments::Exact(at) => {
                if !at.insert(offset) {
                    self.moments = slots_of(at);
                    self.count -= 1;
                    self.add(offset);
                }
            }
            Moments::Slots {
                counts,
                first,
                last,
            } => {
                counts[slot_of(offset)] += 1;
                *first = (*first).min(offset);
                *last = (*last).max(offset);
            }
        }
    }

    /// Adds all occurrences of `other`, which must be of the same hour.
    pub fn merge(&mut self, other: &Cell) {
        match &other.moments {
            Moments::Exact(offsets) => offsets.iter().for_each(|&o| self.add(o)),
            Moments::Slots {
                counts: more,
                first: f,
                last: l,
            } => {
                self.count = self.count.saturating_add(other.count);
                if let Moments::Exact(at) = &self.moments {
                    self.moments = slots_of(at);
                }
                if let Moments::Slots {
                    counts,
                    first,
                    last,
                } = &mut self.moments
                {
                    for (a, b) in counts.iter_mut().zip(more) {
                        *a = a.saturating_add(*b);
                    }
                    *first = (*first).min(*f);
                    *last = (*last).max(*l);
                }
            }
        }
    }

    /// The first occurrence, to a tenth of a second.
    pub fn first(&self) -> Timestamp {
        let offset = match &self.moments {
            Moments::Exact(at) => at.first().copied().unwrap_or(0),
            Moments::Slots { first, .. } => *first,
        };
        self.hour.start().plus(i64::from(offset) * (SECOND / 10))
    }

    /// The last occurrence, to a tenth of a second.
    pub fn last(&self) -> Timestamp {
        let offset = match &self.moments {
            Moments::Exact(at) => at.last().copied().unwrap_or(0),
            Moments::Slots { last, .. } => *last,
        };
        self.hour.start().plus(i64::from(offset) * (SECOND / 10))
    }

    /// The occurrences as (time, count): exact times with count 1, or the start of each busy five minutes with its count
    /// (the first of them at the first offset).
    pub fn points(&self) -> Vec<(Timestamp, u32)> {
        let start = self.hour.start();
        match &self.moments {
            Moments::Exact(at) => at
                .iter()
                .map(|&o| (start.plus(i64::from(o) * (SECOND / 10)), 1))
                .collect(),
            Moments::Slots { counts, first, .. } => (counts.iter().enumerate())
                .filter(|(_, n)| **n > 0)
                .map(|(i, &n)| {
                    (
                        start.plus((i as i64 * 3000).max(i64::from(*first)) * (SECOND / 10)),
                        n,
                    )
                })
                .collect(),
        }
    }
}

fn slot_of(offset: u16) -> usize {
    (usize::from(offset) / 3000).min(SLOTS - 1)
}

fn slots_of(at: &[u16]) -> Moments {
    let mut counts = [0u32; SLOTS];
    at.iter().for_each(|&o| counts[slot_of(o)] += 1);
    Moments::Slots {
        counts,
        first: at.first().copied().unwrap_or(u16::MAX),
        last: at.last().copied().unwrap_or(0),
    }
}

/// The activity of one signature on one host: cells by ascending hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostActivity {
    /// Index into [`Facts::hosts`].
    pub host: u32,
    /// One cell per active hour, ascending.
    pub cells: Vec<Cell>,
}

/// That a signature was seen with a severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeveritySeen {
    /// Which.
    pub severity: Severity,
    /// When first.
    pub first_seen: Timestamp,
    /// How often.
    pub count: u64,
}

/// Everything the right side knows about one signature as of a time.
#[derive(Clone, Debug)]
pub struct SignatureFacts {
    /// Its id.
    pub id: SignatureId,
    /// The program it comes from; empty when unknown.
    pub service: String,
    /// Its template for people: `Failed password for <user> from <ip> port <num> ssh2`.
    pub template: String,
    /// The fingerprints that are its members, or were before their records were read otherwise, ascending.
    pub members: Vec<Fingerprint>,
    /// Severities its records carried, gravest first; empty when no record said one.
    pub severities: Vec<SeveritySeen>,
    /// First occurrence.
    pub first_seen: Timestamp,
    /// Last occurrence.
    pub last_seen: Timestamp,
    /// Occurrences.
    pub count: u64,
    /// When and where, by ascending host index.
    pub activity: Vec<HostActivity>,
}

impl SignatureFacts {
    /// The gravest severity any of its records carried.
    pub fn severity(&self) -> Option<Severity> {
        self.severities.iter().map(|s| s.severity).max()
    }
}

/// What attention, discovery and scoring read: the stored facts of one tenant as of one time, and nothing else.
///
/// Everything is in an order that depends on the content only: signatures by id, hosts by name.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The tenant they belong to.
    pub tenant: String,
    /// Nothing at or after this instant is in here.
    pub as_of: Timestamp,
    /// The first event's time.
    pub first_time: Timestamp,
    /// The last event's time before `as_of`.
    pub last_time: Timestamp,
    /// Host names, ascending; an empty name stands for records without a host.
    pub hosts: Vec<String>,
    /// All signatures, by ascending id.
    pub signatures: Vec<SignatureFacts>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell(offsets: &[u16]) -> Cell {
        let mut it = offsets.iter();
        let mut c = Cell {
            hour: Hour(5),
            count: 1,
            moments: Moments::Exact(Offsets::of(&[*it.next().expect("one")])),
        };
        it.for_each(|&o| c.add(o));
        c
    }

    proptest! {
        #[test]
        fn cells_merge_to_the_same_in_any_grouping(all in prop::collection::vec(0u16..36_000, 2..40), cut in 1usize..39) {
            let cut = cut.min(all.len() - 1);
            let whole = cell(&all);
            let (mut left, right) = (cell(&all[..cut]), cell(&all[cut..]));
            let mut other = right.clone();
            other.merge(&left);
            left.merge(&right);
            prop_assert_eq!(&left, &whole);
            prop_assert_eq!(&other, &whole);
        }
    }

    #[test]
    fn event_ids_say_where_the_record_is() {
        for n in [0, 1, 19, 20, 159_999, 160_000, u64::MAX] {
            assert_eq!(event_ordinal(&event_id(n)), Some(n));
        }
        assert_eq!(event_ordinal("evt_aeiou"), None);
        assert_eq!(event_ordinal("evt_"), None);
    }

    #[test]
    fn the_beginning_of_an_id_is_a_range_of_numbers() {
        for value in [0, 1 << 100, u128::MAX, digest_parts(&["a"])] {
            let fingerprint = Fingerprint(value);
            let id = SignatureId(fingerprint).to_string();
            for end in [4, 7, id.len()] {
                let range = id_range("sig_", &id[..end]).expect("its own id");
                assert!(range.contains(&fingerprint.number()), "{id}");
            }
            let whole = id_range("sig_", &id).expect("its own id");
            assert_eq!(whole.end - whole.start, 1);
        }
        assert_eq!(id_range("sig_", "sig_a"), None);
        assert_eq!(id_range("sig_", "cand_b"), None);
        assert_eq!(id_range("sig_", &format!("sig_{}", "b".repeat(21))), None);
    }

    #[test]
    fn ids_are_letters_and_stable() {
        let id = derived_id("cand_", &["a", "b"]);
        assert_eq!(id, derived_id("cand_", &["a", "b"]));
        assert_ne!(id, derived_id("cand_", &["ab", ""]));
        assert_eq!(id.len(), 25);
        assert!(id[5..].bytes().all(|b| LETTERS.contains(&b)));
    }
}
