//! Fingerprints, signature ids and the activity of a signature: when, where and how often it was seen.

mod activity;
mod slots;

pub use activity::{
    Cell, Cells, EXACT_LIMIT, HostActivity, Moments, Offsets, SLOTS, Slots, offset_in_hour,
};
pub use slots::{Range, SlotReport, SlotValues};

use crate::event::Severity;
use crate::time::{Hour, Timestamp};
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

    /// The fingerprints that have the numbers of a range, in the order they are stored in; `None` when no fingerprint can.
    pub fn with_numbers(range: &std::ops::Range<u128>) -> Option<std::ops::RangeInclusive<u128>> {
        let end = range.end.min(1 << (128 - ID_UNTOLD));
        let last = |number: u128| (number << ID_UNTOLD) | ((1 << ID_UNTOLD) - 1);
        (range.start < end).then(|| range.start << ID_UNTOLD..=last(end - 1))
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
    /// What a person called it.
    pub name: Option<String>,
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
    /// What people read: the name it was given, or its template.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.template)
    }

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
    /// How well the records of logs fitted their formats, by name; only of logs of which many did not.
    pub fits: Vec<SourceFit>,
}

/// How well the records of one log, all its generations together, fitted its format.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFit {
    /// Its name.
    pub name: String,
    /// The format.
    pub format: String,
    /// By ascending hour.
    pub hours: Vec<FitHour>,
}

/// How well the records of one hour fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct FitHour {
    /// Which hour.
    pub hour: Hour,
    /// Records that did.
    pub fitted: u64,
    /// Records that did not, by signature.
    pub odd: Vec<(SignatureId, u64)>,
}

impl FitHour {
    /// Records that did not fit.
    pub fn odd_count(&self) -> u64 {
        self.odd.iter().map(|(_, n)| n).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
