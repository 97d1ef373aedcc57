//! Counts and sizes of the store, without reading any record; and what each run did.

use super::Store;
use super::header::SegmentRow;
use super::schema::{
    ACTIVITY, FINGERPRINT_NUMBERS, FINGERPRINTS, LOGTYPE_NUMBERS, LOGTYPES, NAME_NUMBERS, NAMES,
    NEXT_ORDINAL, RUNS, SEGMENTS, VERSION, decode, encode,
};
use crate::envelope::Coverage;
use crate::error::Result;
use crate::time::{DAY, Timestamp};
use redb::{ReadableTable, ReadableTableMetadata};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use xxhash_rust::xxh3::xxh3_128;

/// What one run of `ingest` did; written in the transaction of its data, so that a silent loss is visible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The tenant.
    pub tenant: String,
    /// When it began.
    pub started_at: Timestamp,
    /// Records stored.
    pub stored: u64,
    /// What became of what it read.
    pub coverage: Coverage,
    /// Inputs it could not read.
    pub problems: u32,
}

#[derive(Serialize, Deserialize)]
enum Stored {
    V1(RunRecord),
}

impl RunRecord {
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<RunRecord> {
        let Stored::V1(run) = decode(bytes, "run")?;
        Ok(run)
    }

    /// Whether `later` is the same run, further on.
    pub(super) fn continued_by(&self, later: &RunRecord) -> bool {
        self.tenant == later.tenant && self.started_at == later.started_at
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        encode(&Stored::V1(self.clone()))
    }
}

/// What comes in a day, measured over the last days of event time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Records.
    pub events: u64,
    /// Bytes of them as they came.
    pub raw_bytes: u64,
    /// Bytes they take in the store.
    pub stored_bytes: u64,
}

/// Growth is measured over so many days before the newest event: a week has all its weekdays.
const GROWTH_DAYS: i64 = 7;

/// Of each segment, as much as lies in the last days; `None` where less than a day was read.
fn growth(segments: &[SegmentRow]) -> Option<Growth> {
    let last = segments.iter().map(SegmentRow::last_said).max()?;
    let first = segments.iter().map(|s| s.first).min()?;
    let from = first.max(last - GROWTH_DAYS * DAY);
    let days = (last - from) as f64 / DAY as f64;
    let share = |s: &SegmentRow| match s.last_said() - s.first {
        ..=0 => f64::from(u8::from(s.last_said() >= from)),
        span => ((s.last_said() - from.max(s.first)) as f64 / span as f64).max(0.0),
    };
    let a_day = |what: fn(&SegmentRow) -> u64| {
        let sum: f64 = segments.iter().map(|s| what(s) as f64 * share(s)).sum();
        (sum / days).round() as u64
    };
    (days >= 1.0).then(|| Growth {
        events: a_day(|s| u64::from(s.rows)),
        raw_bytes: a_day(|s| s.raw_bytes),
        stored_bytes: a_day(|s| u64::from(s.stored_bytes)),
    })
}

/// Counts and sizes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoreStatus {
    /// The version of its tables.
    pub version: u32,
    /// Bytes the file takes on disk.
    pub disk_bytes: u64,
    /// The number the next record gets.
    pub next_ordinal: u64,
    /// Records of the tenant.
    pub events: u64,
    /// Bytes of those records as they came.
    pub raw_bytes: u64,
    /// Bytes they take in the store.
    pub stored_bytes: u64,
    /// Hosts of the tenant.
    pub hosts: u64,
    /// Segments of the tenant.
    pub segments: u64,
    /// Logtypes of all tenants.
    pub logtypes: u64,
    /// Fingerprints of the tenant.
    pub fingerprints: u64,
    /// Rows of activity of all tenants.
    pub activity_rows: u64,
    /// Memories of the tenant.
    pub incidents: u64,
    /// The earliest time of a record.
    pub first: Option<Timestamp>,
    /// The latest.
    pub last: Option<Timestamp>,
    /// What comes in a day.
    pub growth: Option<Growth>,
    /// The last run.
    pub last_run: Option<RunRecord>,
}

/// What a store keeps a bounded number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Messages without their variables.
    Logtypes,
    /// Messages of services, as far as they are alike.
    Fingerprints,
    /// Hosts and services.
    Names,
}

impl Store {
    /// Counts and sizes as of the last commit.
    pub fn status(&self, tenant: &str) -> Result<StoreStatus> {
        let txn = self.read()?;
        let mut status = StoreStatus {
            version: VERSION,
            ..StoreStatus::default()
        };
        // A store in memory has no file; it takes no space on disk.
        status.disk_bytes = std::fs::metadata(&self.path).map_or(0, |m| m.blocks() * 512);
        let mut hosts: BTreeSet<u32> = BTreeSet::new();
        let mut ours = Vec::new();
        if let Some(segments) = self.table(&txn, SEGMENTS)? {
            for entry in self.get(segments.iter())? {
                let row = SegmentRow::from_bytes(self.get(entry)?.1.value())?;
                if row.tenant != tenant {
                    continue;
                }
                hosts.extend(&row.hosts);
                status.segments += 1;
                status.events += u64::from(row.rows);
                status.raw_bytes += row.raw_bytes;
                status.stored_bytes += u64::from(row.stored_bytes);
                status.first = Some(
                    status
                        .first
                        .map_or(Timestamp(row.first), |t| t.min(Timestamp(row.first))),
                );
                status.last = Some(status.last.map_or(Timestamp(row.last_said()), |t| {
                    t.max(Timestamp(row.last_said()))
                }));
                ours.push(row);
            }
        }
        status.growth = growth(&ours);
        if let Some(bytes) = self.meta(NEXT_ORDINAL)? {
            status.next_ordinal = decode(&bytes, "count of records")?;
        }
        // Records that name no host are on none.
        if let Some(numbers) = self.table(&txn, NAME_NUMBERS)?
            && let Some(nameless) = self.get(numbers.get(""))?
        {
            hosts.remove(&nameless.value());
        }
        status.hosts = hosts.len() as u64;
        status.logtypes = self.rows(self.table(&txn, LOGTYPES)?)?;
        if let Some(numbers) = self.table(&txn, FINGERPRINT_NUMBERS)? {
            let ours = self.get(numbers.range((tenant, 0)..=(tenant, u128::MAX)))?;
            status.fingerprints = ours.count() as u64;
        }
        status.activity_rows = self.rows(self.table(&txn, ACTIVITY)?)?;
        status.incidents = self.count_incidents(tenant)?;
        if let Some(runs) = self.table(&txn, RUNS)? {
            for entry in self.get(runs.iter())?.rev() {
                let run = RunRecord::from_bytes(self.get(entry)?.1.value())?;
                if run.tenant == tenant {
                    status.last_run = Some(run);
                    break;
                }
            }
        }
        Ok(status)
    }

    /// How many there are, of all tenants.
    pub fn count_of(&self, kept: Kept) -> Result<usize> {
        let txn = self.read()?;
        let rows = match kept {
            Kept::Logtypes => self.rows(self.table(&txn, LOGTYPES)?),
            Kept::Names => self.rows(self.table(&txn, NAMES)?),
            Kept::Fingerprints => self.rows(self.table(&txn, FINGERPRINTS)?),
        };
        Ok(rows? as usize)
    }

    /// Their hashes: those of the bytes of logtypes and names, the fingerprints themselves.
    pub fn hashes_of(&self, kept: Kept) -> Result<FxHashSet<u128>> {
        let txn = self.read()?;
        let mut hashes = FxHashSet::default();
        match kept {
            Kept::Logtypes => {
                if let Some(table) = self.table(&txn, LOGTYPE_NUMBERS)? {
                    for entry in self.get(table.iter())? {
                        hashes.insert(self.get(entry)?.0.value());
                    }
                }
            }
            Kept::Names => {
                if let Some(table) = self.table(&txn, NAME_NUMBERS)? {
                    for entry in self.get(table.iter())? {
                        hashes.insert(xxh3_128(self.get(entry)?.0.value().as_bytes()));
                    }
                }
            }
            Kept::Fingerprints => {
                if let Some(table) = self.table(&txn, FINGERPRINT_NUMBERS)? {
                    for entry in self.get(table.iter())? {
                        hashes.insert(self.get(entry)?.0.value().1);
                    }
                }
            }
        }
        Ok(hashes)
    }

    fn rows(&self, table: Option<impl ReadableTableMetadata>) -> Result<u64> {
        table.map_or(Ok(0), |t| self.get(t.len()))
    }
}
