//! Writing: everything a batch learned, its evidence and how far its sources were read, in one transaction.

use super::counts::Counts;
use super::digested::{Digested, NewFingerprint};
use super::evidence;
use super::fingerprints::{Families, Row, learn, note_shown};
use super::header::{SegmentRow, ShapeRow};
use super::numbers::{next_key, number_bytes, number_name};
use super::schema::{self, decode, encode};
use super::segment::{Sealed, SealedShape, Shape};
use super::sources::{self, Source};
use super::status::RunRecord;
use super::{Store, upkeep};
use crate::envelope::ParseStatus;
use crate::error::Result;
use crate::time::Timestamp;
use redb::{ReadableTable, ReadableTableMetadata, WriteTransaction};
use std::collections::{BTreeMap, BTreeSet};

/// What a run wrote, over all its commits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records stored.
    pub records: u64,
    /// Fingerprints the store did not know, by number.
    pub fresh: BTreeSet<u32>,
    /// Fingerprints of the records stored, by number.
    pub touched: BTreeSet<u32>,
}

/// The numbers of the store for the numbers of one worker.
#[derive(Debug, Default)]
struct Translation {
    names: Vec<u32>,
    logtypes: Vec<u32>,
    frames: Vec<u32>,
    fingerprints: Vec<Met>,
}

/// A fingerprint in the numbers of the store.
#[derive(Clone, Debug)]
struct Met {
    number: u32,
    /// The normalised logtype, where it is not the one its row begins with.
    text: Option<Box<str>>,
}

/// Writes for one tenant. Nothing is visible to others, or survives, until [`Batch::commit`].
pub struct Batch<'s> {
    store: &'s Store,
    tenant: String,
    txn: Option<WriteTransaction>,
    workers: Vec<Translation>,
    rows: BTreeMap<u32, Row>,
    counts: Counts,
    relearn: bool,
    /// Others that are written for, and whether their families are to be learned anew.
    others: BTreeMap<String, bool>,
    summary: Summary,
}

impl Store {
    /// Begins writing records of `tenant`.
    pub fn batch(&self, tenant: &str) -> Batch<'_> {
        Batch {
            store: self,
            tenant: tenant.to_string(),
            txn: None,
            workers: Vec::new(),
            rows: BTreeMap::new(),
            counts: Counts::default(),
            relearn: false,
            others: BTreeMap::new(),
            summary: Summary::default(),
        }
    }
}

impl Batch<'_> {
    /// What was written so far.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// How many fingerprints on a host and day wait to be committed.
    pub fn stretches(&self) -> usize {
        self.counts.stretches()
    }

    fn begin(&mut self) -> Result<WriteTransaction> {
        match self.txn.take() {
            Some(txn) => Ok(txn),
            None => self.store.write(),
        }
    }

    /// Writes something else in the transaction of the batch.
    pub(super) fn in_transaction<T>(
        &mut self,
        write: impl FnOnce(&Store, &WriteTransaction) -> Result<T>,
    ) -> Result<T> {
        let txn = self.begin()?;
        let done = write(self.store, &txn);
        self.txn = Some(txn);
        done
    }

    /// Adds what a worker made of a chunk; returns how many logtypes it brought that the store did not know.
    pub fn absorb(&mut self, digested: Digested) -> Result<u64> {
        let txn = self.begin()?;
        let done = self.absorb_in(&txn, digested);
        self.txn = Some(txn);
        done
    }

    /// Adds what a worker made of records of `tenant`. A worker numbers for one tenant only.
    pub fn absorb_for(&mut self, tenant: &str, digested: Digested) -> Result<u64> {
        self.as_tenant(tenant, |batch| batch.absorb(digested))
    }

    /// Does something as if `tenant` were the one the batch is for.
    fn as_tenant<T>(
        &mut self,
        tenant: &str,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if tenant == self.tenant {
            return work(self);
        }
        let relearn = self.others.get(tenant).copied().unwrap_or_default();
        let home = std::mem::replace(&mut self.tenant, tenant.to_string());
        let relearn_home = std::mem::replace(&mut self.relearn, relearn);
        let done = work(self);
        let tenant = std::mem::replace(&mut self.tenant, home);
        let relearn = std::mem::replace(&mut self.relearn, relearn_home);
        self.others.insert(tenant, relearn);
        done
    }

    fn absorb_in(&mut self, txn: &WriteTransaction, digested: Digested) -> Result<u64> {
        let before = {
            let logtypes = self.store.get(txn.open_table(schema::LOGTYPES))?;
            self.store.get(logtypes.len())?
        };
        if self.workers.len() <= digested.worker {
            self.workers
                .resize_with(digested.worker + 1, Translation::default);
        }
        let mut known = std::mem::take(&mut self.workers[digested.worker]);
        for name in &digested.names {
            known.names.push(number_name(self.store, txn, name)?);
        }
        for logtype in &digested.logtypes {
            known.logtypes.push(number_bytes(
                self.store,
                txn,
                schema::LOGTYPES,
                schema::LOGTYPE_NUMBERS,
                logtype,
            )?);
        }
        for frame in &digested.frames {
            known.frames.push(number_bytes(
                self.store,
                txn,
                schema::FRAMES,
                schema::FRAME_NUMBERS,
                frame,
            )?);
        }
        for new in &digested.fingerprints {
            let service = known.names[new.service as usize];
            known
                .fingerprints
                .push(self.number_fingerprint(txn, new, service)?);
        }
        if let Some(sealed) = digested.sealed {
            let fingerprints: Vec<&Met> = digested
                .shape_fingerprints
                .iter()
                .map(|&f| &known.fingerprints[f as usize])
                .collect();
            self.add_segment(txn, &known, sealed, &fingerprints)?;
        }
        self.workers[digested.worker] = known;
        let logtypes = self.store.get(txn.open_table(schema::LOGTYPES))?;
        Ok(self.store.get(logtypes.len())? - before)
    }

    fn number_fingerprint(
        &mut self,
        txn: &WriteTransaction,
        new: &NewFingerprint,
        service: u32,
    ) -> Result<Met> {
        let mut numbers = self
            .store
            .get(txn.open_table(schema::FINGERPRINT_NUMBERS))?;
        let key = (self.tenant.as_str(), new.fingerprint);
        let known = self.store.get(numbers.get(key))?.map(|v| v.value());
        if let Some(number) = known {
            let row = self.row(txn, number)?;
            let text = (row.normalised != new.normalised).then(|| new.normalised.as_str().into());
            return Ok(Met { number, text });
        }
        let mut table = self.store.get(txn.open_table(schema::FINGERPRINTS))?;
        let number = next_key(self.store, &table)?;
        let row = Row {
            tenant: self.tenant.clone(),
            fingerprint: new.fingerprint,
            service,
            normalised: new.normalised.clone(),
            first_text: i64::MAX,
            wider: Vec::new(),
            severities: Vec::new(),
            usual: None,
            first_dated: i64::MAX,
            first_seen: i64::MAX,
        };
        self.store
            .get(table.insert(number, row.to_bytes()?.as_slice()))?;
        self.store.get(numbers.insert(key, number))?;
        self.rows.insert(number, row);
        self.relearn = true;
        self.summary.fresh.insert(number);
        Ok(Met { number, text: None })
    }

    /// The row of a fingerprint, to be changed and written at the commit.
    fn row(&mut self, txn: &WriteTransaction, number: u32) -> Result<&mut Row> {
        if !self.rows.contains_key(&number) {
            let table = self.store.get(txn.open_table(schema::FINGERPRINTS))?;
            let bytes = self
                .store
                .get(table.get(number))?
                .map(|v| v.value().to_vec())
                .unwrap_or_default();
            self.rows.insert(number, Row::from_bytes(&bytes)?);
        }
        self.rows
            .get_mut(&number)
            .ok_or_else(|| unreachable_row(number))
    }

    fn add_segment(
        &mut self,
        txn: &WriteTransaction,
        known: &Translation,
        sealed: Sealed,
        fingerprints: &[&Met],
    ) -> Result<()> {
        let mut shapes = Vec::with_capacity(sealed.shapes.len());
        for (local, met) in sealed.shapes.iter().zip(fingerprints) {
            let shape = Shape {
                frame: known.frames[local.shape.frame as usize],
                logtype: known.logtypes[local.shape.logtype as usize],
                host: known.names[local.shape.host as usize],
                service: known.names[local.shape.service as usize],
                ..local.shape
            };
            self.count(txn, local, shape.host, met)?;
            if let Some(run) = sealed.runs.first() {
                self.counts.add_fit(run.source, met.number, local);
            }
            shapes.push(ShapeRow {
                shape,
                fingerprint: met.number,
                frame_group: local.frame_group,
                message_group: local.message_group,
                count: local.count,
            });
        }
        self.summary.records += u64::from(sealed.rows);
        evidence::add(
            self.store,
            txn,
            SegmentRow::new(&self.tenant, &sealed, &shapes),
            &shapes,
            &sealed.body,
        )
    }

    /// Counts the records of a shape into activity and severities.
    fn count(
        &mut self,
        txn: &WriteTransaction,
        local: &SealedShape,
        host: u32,
        met: &Met,
    ) -> Result<()> {
        let fingerprint = met.number;
        self.summary.touched.insert(fingerprint);
        self.counts.add_activity(fingerprint, host, local);
        let dated = ParseStatus::from_number(local.shape.status).is_some_and(ParseStatus::is_dated);
        let row = self.row(txn, fingerprint)?;
        row.saw_severity(local.shape.severity, local.first);
        let departs = row.usual != Some(local.shape.severity);
        let wider = row.saw_text(met.text.as_deref(), local.first.0);
        let elder = dated && local.first.0 < row.first_dated;
        if elder {
            row.first_dated = local.first.0;
        }
        row.first_seen = row.first_seen.min(local.first.0);
        self.relearn |= elder || wider;
        if departs {
            self.counts.add_departures(fingerprint, local);
        }
        Ok(())
    }

    /// Writes what was counted into the transaction, so that memory does not hold it until the commit.
    pub(super) fn spill(&mut self) -> Result<()> {
        let txn = self.begin()?;
        self.write_counts(&txn)?;
        self.txn = Some(txn);
        Ok(())
    }

    fn write_counts(&mut self, txn: &WriteTransaction) -> Result<()> {
        self.write_rows(txn)?;
        self.counts.write(self.store, txn)
    }

    /// Makes everything since the last commit durable, together with how far the sources were read.
    pub fn commit(&mut self, sources: &[Source], run: Option<&RunRecord>) -> Result<()> {
        if self.txn.is_none() && sources.is_empty() && run.is_none() {
            return Ok(());
        }
        let txn = match self.txn.take() {
            Some(txn) => txn,
            // Nothing was stored, and how far sources were read changes no view.
            None if self.store.are_called_alike(sources)? => self.store.write_aside()?,
            None => self.store.write()?,
        };
        self.write_counts(&txn)?;
        self.settle(&txn, run)?;
        for tenant in self.others.keys().cloned().collect::<Vec<_>>() {
            self.as_tenant(&tenant, |batch| batch.settle(&txn, run))?;
        }
        {
            let mut table = self.store.get(txn.open_table(schema::SOURCES))?;
            for source in sources {
                self.store
                    .get(table.insert(source.number, sources::to_bytes(source)?.as_slice()))?;
            }
        }
        if let Some(run) = run {
            let mut table = self.store.get(txn.open_table(schema::RUNS))?;
            let number = match self.store.get(table.last())? {
                // A run that goes on has one record.
                Some((k, v)) if RunRecord::from_bytes(v.value())?.continued_by(run) => k.value(),
                Some((k, _)) => k.value() + 1,
                None => 0,
            };
            self.store
                .get(table.insert(number, run.to_bytes()?.as_slice()))?;
        }
        self.store.get(txn.commit())
    }

    /// Merges the segments of the tenant and learns its families, if there is something to learn.
    fn settle(&mut self, txn: &WriteTransaction, run: Option<&RunRecord>) -> Result<()> {
        upkeep::merge_small(self.store, txn, &self.tenant)?;
        match (self.relearn, run) {
            (true, Some(run)) => self.learn_families(txn, run.started_at)?,
            // Learned once, at the end of the run; until then readers learn for themselves.
            (true, None) => {
                let mut families = self.store.get(txn.open_table(schema::FAMILIES))?;
                self.store.get(families.remove(self.tenant.as_str()))?;
            }
            (false, _) => {}
        }
        Ok(())
    }

    fn write_rows(&mut self, txn: &WriteTransaction) -> Result<()> {
        let mut table = self.store.get(txn.open_table(schema::FINGERPRINTS))?;
        for (number, row) in std::mem::take(&mut self.rows) {
            self.store
                .get(table.insert(number, row.to_bytes()?.as_slice()))?;
        }
        Ok(())
    }

    fn learn_families(&mut self, txn: &WriteTransaction, at: Timestamp) -> Result<()> {
        let fingerprints = self.store.get(txn.open_table(schema::FINGERPRINTS))?;
        let names = self.store.get(txn.open_table(schema::NAMES))?;
        let mut rows = Vec::new();
        for entry in self.store.get(fingerprints.iter())? {
            let (number, value) = self.store.get(entry)?;
            let row = Row::from_bytes(value.value())?;
            if row.tenant == self.tenant {
                rows.push((number.value(), row.before(i64::MAX)));
            }
        }
        let by_number: Vec<(u32, &Row)> = rows.iter().map(|(n, r)| (*n, r)).collect();
        let name = |n: u32| {
            names
                .get(n)
                .ok()
                .flatten()
                .map_or_else(String::new, |v| v.value().to_string())
        };
        let families: Families = learn(&by_number, name);
        let mut table = self.store.get(txn.open_table(schema::FAMILIES))?;
        self.store
            .get(table.insert(self.tenant.as_str(), encode(&families)?.as_slice()))?;
        let mut table = self.store.get(txn.open_table(schema::SHOWN))?;
        let mut shown: Vec<(u32, i64)> = match self.store.get(table.get(self.tenant.as_str()))? {
            Some(bytes) => decode(bytes.value(), "list of ids")?,
            None => Vec::new(),
        };
        note_shown(&mut shown, &families, at);
        self.store
            .get(table.insert(self.tenant.as_str(), encode(&shown)?.as_slice()))?;
        self.relearn = false;
        Ok(())
    }
}

fn unreachable_row(number: u32) -> crate::error::Error {
    crate::error::Error::new(
        crate::error::Kind::Internal,
        format!("fingerprint {number} has no row"),
    )
}
