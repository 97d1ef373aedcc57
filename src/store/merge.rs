//! Joining another store: which of its sources are known here, which of their records are new, and taking those over.
//!
//! A file is known by its content, as when it is read again; a stream by its name and the store that read it first. Of a source
//! that is known, as many of its newest records are new as it is longer there. So a merge can be done again, or after either
//! store went on, and nothing is doubled. All of it is one commit.

use super::carry::{Carrier, Origin};
use super::evidence;
use super::header::SegmentRow;
use super::schema::{NEXT_ORDINAL, PIECES, SEGMENTS, decode};
use super::search::Words;
use super::sieve::{Plan, Sieve};
use super::{Batch, RunRecord, SeenKey, Source, Store, adopt};
use crate::envelope::Coverage;
use crate::error::Result;
use crate::formats::by_name;
use crate::time::Timestamp;
use redb::ReadableTable;
use std::collections::{BTreeMap, BTreeSet};

/// Segments whose counts are kept in memory at a time.
const SPILL: usize = 16;

/// What the store cannot read of records itself, and who is told how far it is.
pub trait Arrivals {
    /// How many events a record stands for.
    fn times(&mut self, record: &[u8]) -> u32;
    /// Which journal entry a record is, if it is one.
    fn entry(&mut self, record: &[u8]) -> Option<(SeenKey, u16)>;
    /// Bytes and records looked at so far.
    fn at(&mut self, bytes: u64, records: u64);
}

/// What a merge took over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Records.
    pub records: u64,
    /// Records that were here already.
    pub known: u64,
    /// Sources that were not here.
    pub sources: u64,
    /// Records that were pruned there, which counted only there.
    pub pruned: u64,
    /// Memories.
    pub memories: u64,
    /// Reviews.
    pub reviews: u64,
    /// Overrules.
    pub overrules: u64,
}

impl Store {
    /// Takes over everything of `other` that is not here.
    pub fn merge(
        &self,
        other: &Store,
        now: Timestamp,
        arrivals: &mut dyn Arrivals,
    ) -> Result<Merged> {
        let mut merged = Merged::default();
        let stored = other.stored_by_source(&mut merged)?;
        let (mut plans, changed) = self.plans(other, &stored, &mut merged)?;
        let tenants = other.tenants()?;
        let mut batch = self.batch(tenants.first().map_or("default", String::as_str));
        for (worker, tenant) in tenants.iter().enumerate() {
            let mut carrier = Carrier::new(worker);
            self.take_over(
                other,
                tenant,
                (&mut carrier, &mut batch),
                &mut plans,
                arrivals,
                &mut merged,
            )?;
        }
        merged.records = batch.summary().records;
        batch.in_transaction(|store, txn| adopt::adopt(store, txn, other, &mut merged))?;
        let coverage = Coverage {
            lines_read: merged.records,
            ..Coverage::default()
        };
        let run = RunRecord {
            tenant: tenants.first().cloned().unwrap_or_default(),
            started_at: now,
            stored: merged.records,
            coverage,
            problems: 0,
        };
        batch.commit(&changed, (merged.records > 0).then_some(&run))?;
        Ok(merged)
    }

    /// How many records of each source are stored, and how many of all were pruned.
    fn stored_by_source(&self, merged: &mut Merged) -> Result<BTreeMap<u32, u64>> {
        let mut stored: BTreeMap<u32, u64> = BTreeMap::new();
        let txn = self.read()?;
        let taken: u64 = match self.meta(NEXT_ORDINAL)? {
            Some(bytes) => decode(&bytes, "count of records")?,
            None => 0,
        };
        let mut all = 0;
        if let Some(segments) = self.table(&txn, SEGMENTS)? {
            for entry in self.get(segments.iter())? {
                let row = SegmentRow::from_bytes(self.get(entry)?.1.value())?;
                all += u64::from(row.rows);
                let ends = row.runs.iter().skip(1).map(|r| r.first_row);
                let ends = ends.chain([row.rows]);
                for (run, end) in row.runs.iter().zip(ends) {
                    *stored.entry(run.source).or_default() += u64::from(end - run.first_row);
                }
            }
        }
        merged.pruned = taken.saturating_sub(all);
        Ok(stored)
    }

    /// What becomes of the sources of the other store, and what those that change are here afterwards.
    fn plans(
        &self,
        other: &Store,
        stored: &BTreeMap<u32, u64>,
        merged: &mut Merged,
    ) -> Result<(BTreeMap<u32, Plan>, Vec<Source>)> {
        let (us, them) = (self.creation_id()?, other.creation_id()?);
        let mut next = self.next_source()?;
        let (mut plans, mut changed): (BTreeMap<u32, Plan>, _) = (BTreeMap::new(), Vec::new());
        let mut taken = BTreeSet::new();
        for theirs in sources_of(other)? {
            let there = stored.get(&theirs.number).copied().unwrap_or(0);
            let family = match theirs.shared() {
                Some(whole) => Source::share_of(plans.get(&whole).map_or(whole, |p| p.number)),
                None => family_here(&theirs, &us, &them),
            };
            let mut here = None;
            for ours in self.sources(&theirs.tenant)? {
                if ours.family == family
                    && ours.format == theirs.format
                    && !taken.contains(&ours.number)
                    && other.is_same(&theirs, self, &ours)?
                {
                    here = Some(ours);
                    break;
                }
            }
            let mut source = Source {
                family,
                ..theirs.clone()
            };
            let known = match &here {
                Some(ours) => {
                    let before = ours.coverage.lines_read;
                    source.number = ours.number;
                    source.first_ingest = ours.first_ingest.min(theirs.first_ingest);
                    source.last_ingest = ours.last_ingest.max(theirs.last_ingest);
                    there.saturating_sub(theirs.coverage.lines_read.saturating_sub(before))
                }
                None => {
                    source.number = next;
                    next += 1;
                    merged.sources += 1;
                    0
                }
            };
            taken.insert(source.number);
            merged.known += known;
            let plan = Plan {
                number: source.number,
                known,
                journal: theirs.format.starts_with("journald"),
                repeats: by_name(&theirs.format).is_some_and(|f| f.counts_repeats()),
            };
            plans.insert(theirs.number, plan);
            if here.is_none() || known < there {
                changed.push(source);
            }
        }
        Ok((plans, changed))
    }

    /// Whether a source of this store is one of another, both of the same family.
    fn is_same(&self, ours: &Source, other: &Store, theirs: &Source) -> Result<bool> {
        if ours.source_type != "file" || ours.shared().is_some() {
            return Ok(true);
        }
        let (a, b) = (&ours.checkpoint.prefix, &theirs.checkpoint.prefix);
        if let Some(agrees) = a.agrees(b) {
            return Ok(agrees);
        }
        match a.offset < b.offset {
            true => Ok(a.begins_with(&other.head_of(theirs, a.head_len())?)),
            false => Ok(b.begins_with(&self.head_of(ours, b.head_len())?)),
        }
    }

    /// The first bytes of a source, from its records.
    fn head_of(&self, source: &Source, len: usize) -> Result<Vec<u8>> {
        let mut head = Vec::new();
        let filter = super::Filter::default();
        self.search(
            &source.tenant,
            &filter,
            super::Order::Oldest,
            &mut |found| {
                if found.source == source.number {
                    head.extend_from_slice(&found.record.raw);
                    head.extend_from_slice(found.record.line_end);
                }
                Ok(head.len() < len)
            },
        )?;
        Ok(head)
    }

    /// Takes over the records of a tenant, segment by segment.
    fn take_over(
        &self,
        other: &Store,
        tenant: &str,
        (carrier, batch): (&mut Carrier, &mut Batch<'_>),
        plans: &mut BTreeMap<u32, Plan>,
        arrivals: &mut dyn Arrivals,
        merged: &mut Merged,
    ) -> Result<()> {
        let txn = other.read()?;
        let (Some(segments), Some(pieces)) =
            (other.table(&txn, SEGMENTS)?, other.table(&txn, PIECES)?)
        else {
            return Ok(());
        };
        let fingerprints = other.carried_rows(tenant)?;
        let mut words = Words::default();
        let mut sieve = Sieve::new(self, tenant, plans);
        let (mut bytes, mut records) = (0, 0);
        for (taken, entry) in other.get(segments.iter())?.enumerate() {
            let (number, value) = other.get(entry)?;
            let row = SegmentRow::from_bytes(value.value())?;
            if row.tenant != tenant || !sieve.may_take(&row) {
                continue;
            }
            let (shapes, mut reader) = evidence::open(other, &pieces, number.value(), &row)?;
            other.learn_words(&txn, &shapes, &mut words)?;
            let fates = sieve.fates(&row, &mut reader, &words, arrivals, merged)?;
            let from = Origin {
                row: &row,
                shapes: &shapes,
                words: &words,
                fingerprints: &fingerprints,
            };
            if let Some(digested) = carrier.carry(&from, &mut reader, &fates)? {
                batch.absorb_for(tenant, digested)?;
            }
            bytes += row.raw_bytes;
            records += u64::from(row.rows);
            arrivals.at(bytes, records);
            if taken % SPILL == SPILL - 1 {
                batch.spill()?;
            }
        }
        batch.spill()
    }
}

/// All sources of a store, those that are a part of another after all whole ones.
fn sources_of(store: &Store) -> Result<Vec<Source>> {
    let mut all = Vec::new();
    for tenant in store.tenants()? {
        all.extend(store.sources(&tenant)?);
    }
    all.sort_by_key(|s| (s.shared().is_some(), s.number));
    Ok(all)
}

/// The family under which a source of the other store is known here.
fn family_here(theirs: &Source, us: &str, them: &str) -> String {
    if theirs.source_type == "file" || us == them {
        return theirs.family.clone();
    }
    let own = format!(" of {us}");
    match theirs.family.strip_suffix(own.as_str()) {
        Some(family) => family.to_string(),
        None if theirs.family.contains(" of store_") => theirs.family.clone(),
        None => format!("{} of {them}", theirs.family),
    }
}
