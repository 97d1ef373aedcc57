//! Sources: where records came from, and how far each was read.

use super::Store;
use super::header::SegmentRow;
use super::schema::{SEGMENTS, SOURCES, decode, encode};
use crate::envelope::Coverage;
use crate::error::Result;
use crate::formats::Header;
use crate::intake::Checkpoint;
use crate::time::Timestamp;
use redb::ReadableTable;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One source: a generation of a file, or a stream by its label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its number in the store.
    pub number: u32,
    /// The tenant its records belong to.
    pub tenant: String,
    /// `file` or `stream`.
    pub source_type: String,
    /// The path or label it was last seen under.
    pub name: String,
    /// What groups the generations of one log: see intake.
    pub family: String,
    /// The format its records were read with.
    pub format: String,
    /// How that format was chosen.
    pub chosen: Chosen,
    /// The zone of its stamps that name none.
    pub zone: String,
    /// How the bytes came: `file`, `gzip`, `stdin` …
    pub transport: String,
    /// How far it was read and what proves it.
    pub checkpoint: Checkpoint,
    /// What became of its records.
    pub coverage: Coverage,
    /// Logtypes it brought: records unlike all before them.
    pub unlike: u64,
    /// Records that were put together because the store had no room to tell them apart.
    pub beyond: u64,
    /// When it was first read.
    pub first_ingest: Timestamp,
    /// When it was last read.
    pub last_ingest: Timestamp,
    /// Bytes read of it, unpacked; of a stream, over all runs.
    pub bytes: u64,
    /// The latest time that one of its records said.
    pub last_event: Option<Timestamp>,
    /// The cursor of its newest journal entry, if it has any.
    pub cursor: Option<String>,
}

/// The family of what another tenant has of a source begins so; no file lies there.
const SHARE: &str = "part of source ";

impl Source {
    /// The family of what other tenants have of the source of this number.
    pub fn share_of(number: u32) -> String {
        format!("{SHARE}{number}")
    }

    /// The source that this is a part of, if it is one.
    pub fn shared(&self) -> Option<u32> {
        self.family.strip_prefix(SHARE)?.parse().ok()
    }

    /// The columns of a table, as its first record named them.
    pub fn header(&self) -> Option<Header> {
        let columns = self.checkpoint.state.as_ref()?.columns.as_ref()?;
        Some(Header {
            names: columns.names.clone(),
            columns: columns.fields.clone(),
            delimiter: columns.delimiter,
        })
    }
}

/// How the format of a source was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Chosen {
    /// By its first records; single records may be in others.
    Found,
    /// By a person, for all of its records.
    Asked,
}

#[derive(Serialize, Deserialize)]
enum Stored {
    V1(Source),
}

pub(super) fn to_bytes(source: &Source) -> Result<Vec<u8>> {
    encode(&Stored::V1(source.clone()))
}

pub(super) fn from_bytes(bytes: &[u8]) -> Result<Source> {
    let Stored::V1(source) = decode(bytes, "source")?;
    Ok(source)
}

impl Store {
    /// Whoever has records or sources here, by name.
    pub fn tenants(&self) -> Result<Vec<String>> {
        let txn = self.read()?;
        let mut tenants = BTreeSet::new();
        if let Some(table) = self.table(&txn, SOURCES)? {
            for row in self.get(table.iter())? {
                tenants.insert(from_bytes(self.get(row)?.1.value())?.tenant);
            }
        }
        Ok(tenants.into_iter().collect())
    }

    /// All sources of a tenant, by number.
    pub fn sources(&self, tenant: &str) -> Result<Vec<Source>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, SOURCES)? else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        for row in self.get(table.iter())? {
            let (_, value) = self.get(row)?;
            let source = from_bytes(value.value())?;
            if source.tenant == tenant {
                out.push(source);
            }
        }
        Ok(out)
    }

    /// The number for the next new source. Whoever writes holds the store alone, so it stays free until then.
    pub fn next_source(&self) -> Result<u32> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, SOURCES)? else {
            return Ok(0);
        };
        Ok(self
            .get(table.last())?
            .map_or(0, |(number, _)| number.value() + 1))
    }

    /// Whether these sources are kept with all that a view tells of them: whose they are, their names and formats.
    pub(super) fn are_called_alike(&self, sources: &[Source]) -> Result<bool> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, SOURCES)? else {
            return Ok(sources.is_empty());
        };
        let told = |s: &Source| {
            (
                s.tenant.clone(),
                s.family.clone(),
                s.name.clone(),
                s.format.clone(),
            )
        };
        for source in sources {
            let kept = match self.get(table.get(source.number))? {
                Some(bytes) => from_bytes(bytes.value())?,
                None => return Ok(false),
            };
            if told(&kept) != told(source) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The latest time, not after `until`, that a record of a tenant said itself; of records without a time, the latest they
    /// count under. Those must not decide what "now" is while others say it.
    pub fn newest(&self, tenant: &str, until: Timestamp) -> Result<Option<Timestamp>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, SEGMENTS)? else {
            return Ok(None);
        };
        let (mut dated, mut undated) = (None, None);
        for entry in self.get(table.iter())? {
            let row = SegmentRow::from_bytes(self.get(entry)?.1.value())?;
            if row.tenant == tenant && row.first <= until.0 {
                undated = undated.max(Some(row.last.min(until.0)));
                dated =
                    dated.max((row.last_dated > i64::MIN).then_some(row.last_dated.min(until.0)));
            }
        }
        Ok(dated.or(undated).map(Timestamp))
    }
}
