//! Writing what stored records say now: segments, facts, families and aliases, in one transaction.

use super::counts::damaged_activity;
use super::evidence;
use super::fingerprints::Row;
use super::header::{SegmentRow, ShapeRow};
use super::numbers::{number_bytes, number_name};
use super::reread::{Read, Reread, Rereading, StoredRecord};
use super::schema::{
    self, ACTIVITY, ALIASES, FAMILIES, FINGERPRINT_NUMBERS, FINGERPRINTS, FITTED, FITTING, PIECES,
    SEGMENTS, SEVERITIES, SOURCES, encode,
};
use super::search::Words;
use super::segment::column::Slice;
use super::segment::{Builder, Dictionary, Shape};
use super::sources::{self, Source};
use super::{Store, activity, severities};
use crate::envelope::ParseStatus;
use crate::error::{Error, Kind, Result};
use redb::{ReadableTable, WriteTransaction};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

impl Store {
    /// Writes what [`Store::reread`] found with the same `read`, and the sources as they are now; all of it or, if the process
    /// is killed, nothing. The store must have been open for writing since then.
    pub fn rewrite(
        &self,
        tenant: &str,
        found: &Rereading,
        sources: &[Source],
        read: Read<'_>,
    ) -> Result<()> {
        let txn = self.write()?;
        for name in &found.names {
            number_name(self, &txn, name)?;
        }
        self.rewrite_segments(&txn, tenant, found, read)?;
        self.rewrite_fingerprints(&txn, tenant, found)?;
        self.rewrite_counts(&txn, found)?;
        self.rewrite_fitting(&txn, tenant, found)?;
        self.rewrite_aliases(&txn, tenant, found)?;
        {
            let mut table = self.get(txn.open_table(FAMILIES))?;
            self.get(table.insert(tenant, encode(&found.families)?.as_slice()))?;
            let mut table = self.get(txn.open_table(SOURCES))?;
            for source in sources {
                self.get(table.insert(source.number, sources::to_bytes(source)?.as_slice()))?;
            }
        }
        self.get(txn.commit())
    }

    fn rewrite_segments(
        &self,
        txn: &WriteTransaction,
        tenant: &str,
        found: &Rereading,
        read: Read<'_>,
    ) -> Result<()> {
        let known = self.fingerprint_rows(tenant)?.into_iter();
        let hashes: FxHashMap<u32, u128> = known.map(|(n, row)| (n, row.fingerprint)).collect();
        let numbers: FxHashMap<u128, u32> = (found.rows.iter())
            .map(|(number, row)| (row.fingerprint, *number))
            .collect();
        let mut words = Words::default();
        let before = self.read()?;
        for &number in &found.segments {
            let row = {
                let segments = self.get(txn.open_table(SEGMENTS))?;
                let value = self.get(segments.get(number))?;
                value.map(|v| SegmentRow::from_bytes(v.value()))
            };
            let Some(row) = row.transpose()? else {
                continue;
            };
            let (shapes, mut reader) = {
                let pieces = self.get(txn.open_table(PIECES))?;
                evidence::open(self, &pieces, number, &row)?
            };
            self.learn_words(&before, &shapes, &mut words)?;
            let mut again = Again {
                store: self,
                txn,
                numbers: &numbers,
                builder: Builder::default(),
                fingerprints: FxHashMap::default(),
            };
            let mut raw = Vec::new();
            let mut run = None;
            for i in 0..reader.len() {
                let at = row.run_of(i);
                if at != run {
                    run = at;
                    if let Some(from) = at.and_then(|at| row.runs.get(at)) {
                        let received_at = from.received_at;
                        again
                            .builder
                            .begin_run(from.source, from.offset, received_at);
                    }
                }
                let shape = shapes[reader.shape_number(i)];
                let time = reader.time(i);
                raw.clear();
                let record = reader.record(i, &words)?;
                raw.clone_from(&record.raw);
                let status = ParseStatus::from_number(shape.shape.status);
                let now = read(&StoredRecord {
                    is_line: record.is_line(),
                    raw: &raw,
                    time,
                    status: status.unwrap_or_default(),
                    logtype: words.logtype(shape.shape.logtype),
                    fingerprint: hashes.get(&shape.fingerprint).copied().unwrap_or(0),
                    source: at.map_or(0, |at| row.runs[at].source),
                    received_at: row.received_at(i),
                    run: (number, at.unwrap_or(0)),
                });
                let host = words.name(shape.shape.host);
                let service = words.name(shape.shape.service);
                match now.filter(|now| again.differs(now, (&shape, time, host, service))) {
                    Some(now) => again.push(&now, raw.len())?,
                    None => {
                        again.fingerprints.insert(shape.shape, shape.fingerprint);
                        let (frame, message) = reader.values(i)?;
                        let (frame, message) = (
                            frame.into_iter().map(Slice::whole),
                            message.into_iter().map(Slice::whole),
                        );
                        (again.builder).push(shape.shape, time, raw.len(), frame, message);
                    }
                }
            }
            again.put(number, &row)?;
        }
        Ok(())
    }

    fn rewrite_fingerprints(
        &self,
        txn: &WriteTransaction,
        tenant: &str,
        found: &Rereading,
    ) -> Result<()> {
        let mut rows = self.get(txn.open_table(FINGERPRINTS))?;
        let mut numbers = self.get(txn.open_table(FINGERPRINT_NUMBERS))?;
        for number in &found.gone {
            let bytes = self.get(rows.remove(number))?.map(|v| v.value().to_vec());
            if let Some(bytes) = bytes {
                let row = Row::from_bytes(&bytes)?;
                self.get(numbers.remove((tenant, row.fingerprint)))?;
            }
        }
        for (number, row) in &found.rows {
            self.get(rows.insert(*number, row.to_bytes()?.as_slice()))?;
            self.get(numbers.insert((tenant, row.fingerprint), *number))?;
        }
        Ok(())
    }

    fn rewrite_counts(&self, txn: &WriteTransaction, found: &Rereading) -> Result<()> {
        let mut table = self.get(txn.open_table(ACTIVITY))?;
        let mut departures = self.get(txn.open_table(SEVERITIES))?;
        for &number in found.rows.keys().chain(&found.gone) {
            let all = (number, 0, i32::MIN)..=(number, u32::MAX, i32::MAX);
            self.get(table.retain_in(all, |_, _| false))?;
            let all = (number, i32::MIN)..=(number, i32::MAX);
            self.get(departures.retain_in(all, |_, _| false))?;
        }
        for ((number, host), cells) in &found.activity {
            for of_day in cells.chunk_by(|a, b| a.hour.day() == b.hour.day()) {
                let key = (*number, *host, of_day[0].hour.day());
                self.get(table.insert(key, activity::encode(of_day).as_slice()))?;
            }
        }
        for (key, of_day) in &found.departures {
            self.get(departures.insert(*key, severities::encode(of_day).as_slice()))?;
        }
        Ok(())
    }

    fn rewrite_fitting(
        &self,
        txn: &WriteTransaction,
        tenant: &str,
        found: &Rereading,
    ) -> Result<()> {
        let mut table = self.get(txn.open_table(FITTING))?;
        let numbers = self.get(txn.open_table(FINGERPRINT_NUMBERS))?;
        let gone: BTreeMap<u128, u32> = self
            .fingerprint_rows(tenant)?
            .into_iter()
            .map(|(number, row)| (row.fingerprint, number))
            .collect();
        for (&(source, of, day, hour), &more) in &found.fitting {
            let number = match of {
                None => Some(FITTED),
                Some(hash) => match self.get(numbers.get((tenant, hash)))? {
                    Some(number) => Some(number.value()),
                    None => gone.get(&hash).copied(),
                },
            };
            let Some(number) = number else { continue };
            let key = (source, number, day);
            let before = self.get(table.get(key))?.map(|v| v.value().to_vec());
            let mut all =
                severities::decode(&before.unwrap_or_default()).ok_or_else(damaged_activity)?;
            let count = all.entry((hour, 0)).or_default();
            *count = count.saturating_add_signed(more);
            all.retain(|_, count| *count > 0);
            match all.is_empty() {
                true => self.get(table.remove(key)).map(drop)?,
                false => self
                    .get(table.insert(key, severities::encode(&all).as_slice()))
                    .map(drop)?,
            }
        }
        Ok(())
    }

    /// What pointed to a fingerprint that is gone points to its heir.
    fn rewrite_aliases(
        &self,
        txn: &WriteTransaction,
        tenant: &str,
        found: &Rereading,
    ) -> Result<()> {
        let mut table = self.get(txn.open_table(ALIASES))?;
        let mut all: BTreeMap<u128, u128> = BTreeMap::new();
        for entry in self.get(table.range((tenant, 0)..=(tenant, u128::MAX)))? {
            let (key, value) = self.get(entry)?;
            all.insert(key.value().1, value.value());
        }
        for to in all.values_mut() {
            if let Some(heir) = found.aliases.get(to) {
                *to = *heir;
            }
        }
        all.extend(&found.aliases);
        for (old, new) in all {
            self.get(table.insert((tenant, old), new))?;
        }
        Ok(())
    }
}

/// A segment in the making, of records as they were and as they are now.
struct Again<'a> {
    store: &'a Store,
    txn: &'a WriteTransaction,
    numbers: &'a FxHashMap<u128, u32>,
    builder: Builder,
    fingerprints: FxHashMap<Shape, u32>,
}

impl Again<'_> {
    /// Whether a record says something else than is stored of it.
    fn differs(
        &self,
        now: &Reread,
        (shape, time, host, service): (&ShapeRow, crate::time::Timestamp, &str, &str),
    ) -> bool {
        let was = &shape.shape;
        now.time != time
            || now.host != host
            || now.service != service
            || (now.severity, now.facility) != (was.severity, was.facility)
            || now.status.number() != was.status
            || (self.numbers.get(&now.fingerprint)).is_some_and(|n| *n != shape.fingerprint)
    }

    fn push(&mut self, now: &Reread, raw_len: usize) -> Result<()> {
        let (store, txn) = (self.store, self.txn);
        let (frames, frame_numbers) = (schema::FRAMES, schema::FRAME_NUMBERS);
        let (logtypes, logtype_numbers) = (schema::LOGTYPES, schema::LOGTYPE_NUMBERS);
        let shape = Shape {
            frame: number_bytes(store, txn, frames, frame_numbers, &now.frame.0)?,
            logtype: number_bytes(store, txn, logtypes, logtype_numbers, &now.logtype.0)?,
            host: number_name(store, txn, &now.host)?,
            service: number_name(store, txn, &now.service)?,
            severity: now.severity,
            facility: now.facility,
            status: now.status.number(),
            verbatim: now.verbatim,
        };
        let fingerprint = self.numbers.get(&now.fingerprint).copied();
        let fingerprint = fingerprint.ok_or_else(|| {
            Error::new(
                Kind::Internal,
                "a record reads otherwise than it did a moment ago",
            )
        })?;
        self.fingerprints.insert(shape, fingerprint);
        let (frame, message) = (now.frame.1.iter(), now.logtype.1.iter());
        let (frame, message) = (
            frame.map(|v| Slice::whole(v)),
            message.map(|v| Slice::whole(v)),
        );
        self.builder.push(shape, now.time, raw_len, frame, message);
        Ok(())
    }

    /// Puts it in the place of the segment it was made of; its records keep their numbers.
    fn put(mut self, number: u64, before: &SegmentRow) -> Result<()> {
        let mut sealed = self.builder.seal()?;
        sealed.raw_bytes = before.raw_bytes;
        let shapes: Vec<ShapeRow> = (sealed.shapes.iter())
            .map(|s| ShapeRow {
                shape: s.shape,
                fingerprint: self.fingerprints.get(&s.shape).copied().unwrap_or_default(),
                frame_group: s.frame_group,
                message_group: s.message_group,
                count: s.count,
            })
            .collect();
        let mut row = SegmentRow::new(&before.tenant, &sealed, &shapes);
        row.ordinals.clone_from(&before.ordinals);
        evidence::remove(self.store, self.txn, number)?;
        evidence::put(self.store, self.txn, number, row, &shapes, &sealed.body)
    }
}
