//! Counting what a batch holds, by fingerprint and day, until it is written to the tables of counts.

use super::segment::SealedShape;
use super::severities::{self, Departures};
use super::{Store, activity, schema};
use crate::envelope::ParseStatus;
use crate::error::{Error, Kind, Result};
use crate::signature::Cell;
use redb::{Key, ReadableTable, TableDefinition, Value, WriteTransaction};
use std::borrow::Borrow;
use std::collections::BTreeMap;

/// What was counted and not yet written; the keys are those of the tables.
#[derive(Default)]
pub(super) struct Counts {
    activity: BTreeMap<(u32, u32, i32), Vec<Cell>>,
    departures: BTreeMap<(u32, i32), Departures>,
    fitting: BTreeMap<(u32, u32, i32), Departures>,
}

impl Counts {
    /// How many fingerprints on a host and day there are.
    pub fn stretches(&self) -> usize {
        self.activity.len()
    }

    /// Counts the records of a shape.
    pub fn add_activity(&mut self, fingerprint: u32, host: u32, shape: &SealedShape) {
        for of_day in shape.cells.chunk_by(|a, b| a.hour.day() == b.hour.day()) {
            let cells = self
                .activity
                .entry((fingerprint, host, of_day[0].hour.day()))
                .or_insert_with(|| Vec::with_capacity(of_day.len()));
            activity::merge(cells, of_day);
        }
    }

    /// Counts them once more where their severity is not the usual one.
    pub fn add_departures(&mut self, fingerprint: u32, shape: &SealedShape) {
        for cell in &shape.cells {
            let day = self
                .departures
                .entry((fingerprint, cell.hour.day()))
                .or_default();
            let at = (cell.hour.of_day(), shape.shape.severity);
            *day.entry(at).or_default() += u64::from(cell.count);
        }
    }

    /// Counts how they fitted the format of their source.
    pub fn add_fit(&mut self, source: u32, fingerprint: u32, shape: &SealedShape) {
        let of = match is_fitting(shape.shape.status) {
            true => schema::FITTED,
            false => fingerprint,
        };
        for cell in &shape.cells {
            let day = self
                .fitting
                .entry((source, of, cell.hour.day()))
                .or_default();
            *day.entry((cell.hour.of_day(), 0)).or_default() += u64::from(cell.count);
        }
    }

    /// Adds everything to the tables.
    pub fn write(&mut self, store: &Store, txn: &WriteTransaction) -> Result<()> {
        let activity = std::mem::take(&mut self.activity);
        add(store, txn, schema::ACTIVITY, activity, |key, row, cells| {
            let mut all = row.map_or(Some(Vec::new()), |row| activity::decode(key.2, row))?;
            activity::merge(&mut all, &cells);
            Some(activity::encode(&all))
        })?;
        let departures = std::mem::take(&mut self.departures);
        add(
            store,
            txn,
            schema::SEVERITIES,
            departures,
            |_, row, more| with_more(row, &more),
        )?;
        let fitting = std::mem::take(&mut self.fitting);
        add(store, txn, schema::FITTING, fitting, |_, row, more| {
            with_more(row, &more)
        })
    }
}

/// Puts in the place of each row what `join` makes of its key, the row, if there is one, and what was counted; `None` when the row
/// is damaged.
fn add<K, T>(
    store: &Store,
    txn: &WriteTransaction,
    table: TableDefinition<'static, K, &'static [u8]>,
    counted: BTreeMap<K, T>,
    join: impl Fn(K, Option<&[u8]>, T) -> Option<Vec<u8>>,
) -> Result<()>
where
    K: Key + Copy + for<'k> Borrow<<K as Value>::SelfType<'k>>,
{
    let mut table = store.get(txn.open_table(table))?;
    for (key, counted) in counted {
        let row = store.get(table.get(key))?.map(|row| row.value().to_vec());
        let row = join(key, row.as_deref(), counted).ok_or_else(damaged_activity)?;
        store.get(table.insert(key, row.as_slice()))?;
    }
    Ok(())
}

fn with_more(row: Option<&[u8]>, more: &Departures) -> Option<Vec<u8>> {
    let mut all = severities::decode(row.unwrap_or_default())?;
    severities::merge(&mut all, more);
    Some(severities::encode(&all))
}

/// Whether a record of this status, by number, is in the format of its source.
pub(super) fn is_fitting(status: u8) -> bool {
    !matches!(
        ParseStatus::from_number(status),
        Some(ParseStatus::Unparsed | ParseStatus::TimeMissing | ParseStatus::Binary)
    )
}

/// A row of the tables of counts does not hold what was written there.
pub(super) fn damaged_activity() -> Error {
    Error::new(Kind::Data, "an activity row of the store is damaged")
        .hint("restore the store from a backup, or ingest again into a new one")
}
