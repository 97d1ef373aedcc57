//! Journal entries that were taken in: which numbers of which sequences.
//!
//! Every number is remembered exactly, whatever order the entries came in, so that none is taken in twice and none is
//! passed over. The numbers of a sequence lie in pages of 65,536, each a list of runs: an unbroken journal takes a few
//! bytes a page, a filtered one two to four bytes an entry, and only the pages in use are in memory.

use super::schema::{SEEN, decode, encode};
use super::{Batch, Store};
use crate::error::{Error, Kind, Result};
use serde::{Deserialize, Serialize};

/// Bits of a number within its page.
const BITS: u32 = 16;

/// Where a number is remembered: the key of its sequence, and the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeenKey {
    /// The sequence.
    pub sequence: u128,
    /// The page in it.
    pub page: u64,
}

impl SeenKey {
    /// Where `number` of a sequence is remembered, and what it is called there.
    pub fn of(sequence: u128, number: u64) -> (SeenKey, u16) {
        let page = number >> BITS;
        (SeenKey { sequence, page }, (number & 0xffff) as u16)
    }
}

/// The numbers seen of one page: runs of them, from first to last, in order and never touching.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenPage {
    runs: Vec<(u16, u16)>,
}

#[derive(Serialize, Deserialize)]
enum Stored {
    /// Distances: from the end of the run before (or from 0) to the beginning of the run, and from there to its end.
    V1(Vec<(u16, u16)>),
}

impl SeenPage {
    /// Whether the number was seen.
    pub fn contains(&self, n: u16) -> bool {
        let at = self.runs.partition_point(|run| run.1 < n);
        self.runs.get(at).is_some_and(|run| run.0 <= n)
    }

    /// Remembers the number; false if it was seen before.
    pub fn insert(&mut self, n: u16) -> bool {
        if let Some(last) = self.runs.last_mut()
            && last.1.checked_add(1) == Some(n)
        {
            last.1 = n;
            return true;
        }
        let at = self.runs.partition_point(|run| run.1 < n);
        if self.runs.get(at).is_some_and(|run| run.0 <= n) {
            return false;
        }
        let behind = at > 0 && self.runs[at - 1].1.checked_add(1) == Some(n);
        let before = self
            .runs
            .get(at)
            .is_some_and(|run| n.checked_add(1) == Some(run.0));
        match (behind, before) {
            (true, true) => {
                self.runs[at - 1].1 = self.runs[at].1;
                self.runs.remove(at);
            }
            (true, false) => self.runs[at - 1].1 = n,
            (false, true) => self.runs[at].0 = n,
            (false, false) => self.runs.insert(at, (n, n)),
        }
        true
    }

    /// How many runs it holds: what it takes in memory.
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// The page as it is stored.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut end = 0;
        let distances = self.runs.iter().map(|&(first, last)| {
            let pair = (first - end, last - first);
            end = last;
            pair
        });
        encode(&Stored::V1(distances.collect()))
    }

    /// The numbers of both pages.
    pub(super) fn and(&self, other: &SeenPage) -> SeenPage {
        let mut runs: Vec<(u16, u16)> = self.runs.iter().chain(&other.runs).copied().collect();
        runs.sort_unstable();
        let mut both: Vec<(u16, u16)> = Vec::with_capacity(runs.len());
        for run in runs {
            match both.last_mut() {
                Some(last) if run.0 <= last.1.saturating_add(1) => last.1 = last.1.max(run.1),
                _ => both.push(run),
            }
        }
        SeenPage { runs: both }
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<SeenPage> {
        let Stored::V1(distances) = decode(bytes, "list of journal entries")?;
        let mut runs = Vec::with_capacity(distances.len());
        let mut end = 0u16;
        for (gap, length) in distances {
            let first = end.checked_add(gap).ok_or_else(damaged)?;
            end = first.checked_add(length).ok_or_else(damaged)?;
            runs.push((first, end));
        }
        Ok(SeenPage { runs })
    }
}

fn damaged() -> Error {
    Error::new(
        Kind::Data,
        "a list of journal entries in the store is damaged",
    )
    .hint("restore the store from a backup, or ingest again into a new one")
}

impl Store {
    /// The page of a tenant as of the last commit; empty when nothing of it was seen.
    pub fn seen_page(&self, tenant: &str, key: SeenKey) -> Result<SeenPage> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, SEEN)? else {
            return Ok(SeenPage::default());
        };
        match self.get(table.get((tenant, key.sequence, key.page)))? {
            Some(bytes) => SeenPage::from_bytes(bytes.value()),
            None => Ok(SeenPage::default()),
        }
    }
}

impl Batch<'_> {
    /// Remembers pages of `tenant`, as [`SeenPage::to_bytes`] gave them, together with the records of the batch.
    pub fn mark_seen(&mut self, tenant: &str, pages: &[(SeenKey, Vec<u8>)]) -> Result<()> {
        if pages.is_empty() {
            return Ok(());
        }
        self.in_transaction(|store, txn| {
            let mut table = store.get(txn.open_table(SEEN))?;
            for (key, bytes) in pages {
                let key = (tenant, key.sequence, key.page);
                store.get(table.insert(key, bytes.as_slice()))?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn page(numbers: &[u16]) -> SeenPage {
        let mut page = SeenPage::default();
        for &n in numbers {
            page.insert(n);
        }
        page
    }

    #[test]
    fn the_ends_of_a_page_are_numbers_like_others() {
        let mut ends = page(&[u16::MAX, 0]);
        assert!(ends.contains(0) && ends.contains(u16::MAX) && !ends.contains(1));
        assert!(!ends.insert(u16::MAX) && !ends.insert(0));
        assert!(ends.insert(u16::MAX - 1) && ends.insert(1));
        assert_eq!(ends.runs(), 2);
        assert_eq!(SeenKey::of(7, 0x1_ffff).1, u16::MAX);
        assert_eq!(SeenKey::of(7, 0x1_ffff).0.page, 1);
    }

    proptest! {
        #[test]
        fn a_page_is_a_set_of_numbers(numbers in proptest::collection::vec(0u16..300, 0..200)) {
            let (mut page, mut set) = (SeenPage::default(), BTreeSet::new());
            for n in numbers {
                prop_assert_eq!(page.insert(n), set.insert(n));
            }
            for n in 0..301 {
                prop_assert_eq!(page.contains(n), set.contains(&n));
            }
            let gaps = set.iter().zip(set.iter().skip(1)).filter(|(a, b)| **b - **a > 1).count();
            prop_assert_eq!(page.runs(), if set.is_empty() { 0 } else { gaps + 1 });
            let (evens, odds) = set.iter().partition::<Vec<u16>, _>(|n| **n % 2 == 0);
            prop_assert_eq!(super::tests::page(&evens).and(&super::tests::page(&odds)), page.clone());
            let bytes = page.to_bytes().expect("it encodes");
            prop_assert_eq!(SeenPage::from_bytes(&bytes).expect("and comes back"), page);
        }

        #[test]
        fn any_bytes_are_a_page_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = SeenPage::from_bytes(&bytes);
        }
    }
}
