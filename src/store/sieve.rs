//! Which records of another store are new here: record by record, by what is planned for their source.

use super::carry::Fate;
use super::header::SegmentRow;
use super::search::Words;
use super::segment::{Dictionary, Reader};
use super::{Arrivals, Merged, SeenKey, SeenPage, Store};
use crate::error::Result;
use memchr::memmem;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What stands in the frame of a record that stands for several events.
const REPEATED: &[u8] = b"repeated ";

/// What becomes of the records of a source of the other store.
pub(super) struct Plan {
    /// Its number here.
    pub number: u32,
    /// So many of the records that are stored there are here already: the oldest.
    pub known: u64,
    /// Whether its records are journal entries, each known by its cursor.
    pub journal: bool,
    /// Whether a record may stand for several events.
    pub repeats: bool,
}

/// Tells the records that are new from those that are known.
pub(super) struct Sieve<'s> {
    store: &'s Store,
    tenant: &'s str,
    plans: &'s mut BTreeMap<u32, Plan>,
    /// Journal entries that are here already.
    pages: FxHashMap<SeenKey, SeenPage>,
}

impl<'s> Sieve<'s> {
    /// A sieve for records that come to `tenant` of `store`.
    pub fn new(store: &'s Store, tenant: &'s str, plans: &'s mut BTreeMap<u32, Plan>) -> Sieve<'s> {
        Sieve {
            store,
            tenant,
            plans,
            pages: FxHashMap::default(),
        }
    }

    /// Whether a segment may hold something new. Those that do not are counted as passed.
    pub fn may_take(&mut self, row: &SegmentRow) -> bool {
        let ends = row.runs.iter().skip(1).map(|r| r.first_row);
        let ends: Vec<u32> = ends.chain([row.rows]).collect();
        let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
        for (run, end) in row.runs.iter().zip(ends) {
            *counts.entry(run.source).or_default() += u64::from(end - run.first_row);
        }
        let news = counts
            .iter()
            .any(|(s, n)| self.plans.get(s).is_some_and(|p| p.known < *n));
        if !news {
            for (source, count) in counts {
                if let Some(plan) = self.plans.get_mut(&source) {
                    plan.known -= count;
                }
            }
        }
        news
    }

    /// What becomes of each record of a segment.
    pub fn fates(
        &mut self,
        row: &SegmentRow,
        reader: &mut Reader,
        words: &Words,
        arrivals: &mut dyn Arrivals,
        merged: &mut Merged,
    ) -> Result<Vec<Fate>> {
        let mut fates = Vec::with_capacity(reader.len());
        for i in 0..reader.len() {
            let source = row.run_of(i).map(|at| row.runs[at].source);
            let Some(plan) = source.and_then(|s| self.plans.get_mut(&s)) else {
                fates.push(None);
                continue;
            };
            if plan.known > 0 {
                plan.known -= 1;
                fates.push(None);
                continue;
            }
            let (number, journal) = (plan.number, plan.journal);
            let repeated = plan.repeats
                && memmem::find(words.frame(reader.shape(i).frame), REPEATED).is_some();
            let mut times = 1;
            if journal || repeated {
                let record = reader.record(i, words)?;
                if journal
                    && let Some((key, number)) = arrivals.entry(record.text())
                    && self.page(key)?.contains(number)
                {
                    merged.known += 1;
                    fates.push(None);
                    continue;
                }
                if repeated {
                    times = arrivals.times(record.text());
                }
            }
            fates.push(Some((number, times)));
        }
        Ok(fates)
    }

    fn page(&mut self, key: SeenKey) -> Result<&SeenPage> {
        use std::collections::hash_map::Entry;
        match self.pages.entry(key) {
            Entry::Occupied(page) => Ok(page.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(self.store.seen_page(self.tenant, key)?)),
        }
    }
}
