//! Upkeep: small segments become large ones, and evidence nobody needs any more goes.

use super::Store;
use super::evidence;
use super::header::{SegmentRow, ShapeRow};
use super::schema::{MEMBERS, PIECES, SEGMENTS};
use super::segment::column::Slice;
use super::segment::{Builder, Reader, Shape};
use crate::error::{Error, Kind, Result};
use crate::time::Timestamp;
use redb::{ReadableTable, WriteTransaction};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A segment with fewer raw bytes than this compresses badly and costs every search a look; a run every five minutes leaves
/// hundreds of them a day.
const SMALL: u64 = 1 << 20;
/// Two neighbours merge when the elder is at most this many times the younger: then every record is written again only
/// about as often as its segment doubles (the rule of log-structured merge trees, O'Neil et al. 1996).
const RATIO: u64 = 2;
/// Segments looked at to find two of one tenant: as many as there may be tenants that write in turn.
const LOOKED_AT: usize = 64;
/// Segments rewritten between two commits of a prune; one by one where space is scarce, since what a commit frees is there for
/// the next.
const REWRITES: usize = 64;

/// Until when each fingerprint's evidence may go: records before the time, by fingerprint number.
pub type Expiry = BTreeMap<u32, Timestamp>;

/// What a prune frees, or would free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Records looked at.
    pub records: u64,
    /// Records that go.
    pub removed: u64,
    /// Bytes of them as they came, about.
    pub raw_bytes: u64,
    /// Bytes of the store they take, about.
    pub stored_bytes: u64,
    /// Segments taken out whole.
    pub segments_removed: u64,
    /// Segments written anew without them.
    pub segments_rewritten: u64,
}

/// Whether a prune only counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// It removes.
    No,
    /// It counts.
    Yes,
}

/// Merges the youngest segments of a tenant as long as they are small and of similar size.
pub(super) fn merge_small(store: &Store, txn: &WriteTransaction, tenant: &str) -> Result<()> {
    loop {
        let Some([(first, elder), (second, younger)]) = last_two(store, txn, tenant)? else {
            return Ok(());
        };
        let fits = elder.raw_bytes < SMALL
            && younger.raw_bytes < SMALL
            && elder.raw_bytes <= RATIO * younger.raw_bytes;
        if !fits {
            return Ok(());
        }
        let mut rewrite = Rewrite::default();
        {
            let pieces = store.get(txn.open_table(PIECES))?;
            for (number, row) in [(first, &elder), (second, &younger)] {
                let (shapes, mut reader) = evidence::open(store, &pieces, number, row)?;
                rewrite.add(row, &shapes, &mut reader, |_| true)?;
            }
        }
        evidence::remove(store, txn, first)?;
        evidence::remove(store, txn, second)?;
        rewrite.put(
            store,
            txn,
            first,
            tenant,
            elder.raw_bytes + younger.raw_bytes,
        )?;
    }
}

type Numbered = (u64, SegmentRow);

/// The two youngest segments of a tenant, unless those of others lie far above them.
fn last_two(store: &Store, txn: &WriteTransaction, tenant: &str) -> Result<Option<[Numbered; 2]>> {
    let segments = store.get(txn.open_table(SEGMENTS))?;
    let mut found = Vec::with_capacity(2);
    for entry in store.get(segments.iter())?.rev().take(LOOKED_AT) {
        let (number, value) = store.get(entry)?;
        let row = SegmentRow::from_bytes(value.value())?;
        if row.tenant == tenant {
            found.push((number.value(), row));
        }
        if let [_, _] = found.as_slice() {
            break;
        }
    }
    found.reverse();
    Ok(found.try_into().ok())
}

/// A segment in the making, of records of others.
#[derive(Default)]
struct Rewrite {
    builder: Builder,
    ordinals: Vec<(u32, u64)>,
    next: Option<u64>,
    fingerprints: FxHashMap<Shape, u32>,
}

impl Rewrite {
    /// Adds the records of a segment that are to be kept, by row.
    fn add(
        &mut self,
        row: &SegmentRow,
        shapes: &[ShapeRow],
        reader: &mut Reader,
        keep: impl Fn(usize) -> bool,
    ) -> Result<()> {
        self.fingerprints
            .extend(shapes.iter().map(|s| (s.shape, s.fingerprint)));
        let mut run = None;
        for i in (0..reader.len()).filter(|i| keep(*i)) {
            let at = row
                .runs
                .partition_point(|r| r.first_row as usize <= i)
                .checked_sub(1);
            if at != run {
                run = at;
                if let Some(from) = at.and_then(|at| row.runs.get(at)) {
                    self.builder
                        .begin_run(from.source, from.offset, from.received_at);
                }
            }
            let ordinal = row.ordinal(i);
            if self.next != Some(ordinal) {
                self.ordinals.push((self.builder.len() as u32, ordinal));
            }
            self.next = Some(ordinal + 1);
            let (shape, time) = (*reader.shape(i), reader.time(i));
            let (frame, message) = reader.values(i)?;
            self.builder.push(
                shape,
                time,
                0,
                frame.into_iter().map(Slice::whole),
                message.into_iter().map(Slice::whole),
            );
        }
        Ok(())
    }

    /// Writes it; nothing when nothing was kept.
    fn put(
        mut self,
        store: &Store,
        txn: &WriteTransaction,
        number: u64,
        tenant: &str,
        raw_bytes: u64,
    ) -> Result<()> {
        if self.builder.is_empty() {
            return Ok(());
        }
        let mut sealed = self.builder.seal()?;
        sealed.raw_bytes = raw_bytes;
        let shapes: Vec<ShapeRow> = sealed
            .shapes
            .iter()
            .map(|s| ShapeRow {
                shape: s.shape,
                fingerprint: self.fingerprints.get(&s.shape).copied().unwrap_or_default(),
                frame_group: s.frame_group,
                message_group: s.message_group,
                count: s.count,
            })
            .collect();
        let mut row = SegmentRow::new(tenant, &sealed, &shapes);
        row.ordinals = self.ordinals;
        evidence::put(store, txn, number, row, &shapes, &sealed.body)
    }
}

/// A segment with records to go.
struct Doomed {
    /// Records that stay.
    left: u64,
    number: u64,
    row: SegmentRow,
}

impl Store {
    /// Takes out the records of a tenant that lie before their fingerprint's expiry. Activity, memory and checkpoints stay, so
    /// nothing that is known of them changes. A killed prune leaves each segment as it was or as it will be.
    ///
    /// `told` hears how many bytes of log are done, of how many: first all that is looked at, then what is written anew.
    pub fn prune(
        &self,
        tenant: &str,
        expiry: &Expiry,
        trial: Trial,
        told: &mut dyn FnMut(u64, u64),
    ) -> Result<Pruned> {
        let mut done = Pruned::default();
        let mut doomed = self.doomed(tenant, expiry, &mut done, told)?;
        if trial == Trial::Yes {
            return Ok(done);
        }
        // What goes whole makes room for what is written anew.
        doomed.sort_by_key(|d| (d.left, d.number));
        let step = if self.is_scarce() { 1 } else { REWRITES };
        let all = doomed.iter().map(|d| d.row.raw_bytes).sum();
        let mut bytes = 0;
        for some in doomed.chunks(step) {
            let txn = self.write()?;
            for segment in some {
                self.prune_segment(&txn, segment.number, &segment.row, expiry)?;
                bytes += segment.row.raw_bytes;
                told(bytes, all);
            }
            self.get(txn.commit())?;
        }
        Ok(done)
    }

    /// Segments that hold records to go, and what they amount to.
    fn doomed(
        &self,
        tenant: &str,
        expiry: &Expiry,
        done: &mut Pruned,
        told: &mut dyn FnMut(u64, u64),
    ) -> Result<Vec<Doomed>> {
        let all = self.status(tenant)?.raw_bytes;
        let mut bytes = 0;
        let txn = self.read()?;
        let (Some(segments), Some(members), Some(pieces)) = (
            self.table(&txn, SEGMENTS)?,
            self.table(&txn, MEMBERS)?,
            self.table(&txn, PIECES)?,
        ) else {
            return Ok(Vec::new());
        };
        let mut doomed = Vec::new();
        for entry in self.get(segments.iter())? {
            let (number, value) = self.get(entry)?;
            let row = SegmentRow::from_bytes(value.value())?;
            if row.tenant != tenant {
                continue;
            }
            done.records += u64::from(row.rows);
            bytes += row.raw_bytes;
            told(bytes, all);
            let expires = |f: &u32| expiry.get(f).is_some_and(|t| row.first < t.0);
            if !evidence::holds_any(self, &members, number.value(), expires)? {
                continue;
            }
            let (shapes, reader) = evidence::open(self, &pieces, number.value(), &row)?;
            let going = (0..reader.len())
                .filter(|&i| expired(&reader, &shapes, expiry, i))
                .count() as u64;
            let share = |bytes: u64| bytes * going / u64::from(row.rows.max(1));
            done.removed += going;
            done.raw_bytes += share(row.raw_bytes);
            done.stored_bytes += share(u64::from(row.stored_bytes));
            done.segments_removed += u64::from(going == u64::from(row.rows));
            done.segments_rewritten += u64::from(going > 0 && going < u64::from(row.rows));
            if going > 0 {
                doomed.push(Doomed {
                    left: u64::from(row.rows) - going,
                    number: number.value(),
                    row,
                });
            }
        }
        Ok(doomed)
    }

    fn prune_segment(
        &self,
        txn: &WriteTransaction,
        number: u64,
        row: &SegmentRow,
        expiry: &Expiry,
    ) -> Result<()> {
        let mut rewrite = Rewrite::default();
        {
            let pieces = self.get(txn.open_table(PIECES))?;
            let (shapes, mut reader) = evidence::open(self, &pieces, number, row)?;
            let keep: Vec<bool> = (0..reader.len())
                .map(|i| !expired(&reader, &shapes, expiry, i))
                .collect();
            rewrite.add(row, &shapes, &mut reader, |i| keep[i])?;
        }
        let raw_bytes = row.raw_bytes * rewrite.builder.len() as u64 / u64::from(row.rows.max(1));
        evidence::remove(self, txn, number)?;
        rewrite.put(self, txn, number, &row.tenant, raw_bytes)
    }

    /// Gives the space of what was removed back to the file system. Interrupted, it leaves the store whole.
    pub fn compact(&mut self) -> Result<()> {
        let path = self.path.clone();
        let super::open::Handle::Write(database) = &mut self.handle else {
            return Ok(());
        };
        database.compact().map(|_| ()).map_err(|e| {
            Error::new(
                Kind::Io,
                format!("cannot compact the store {}: {e}", path.display()),
            )
        })
    }
}

fn expired(reader: &Reader, shapes: &[ShapeRow], expiry: &Expiry, row: usize) -> bool {
    let fingerprint = shapes[reader.shape_number(row)].fingerprint;
    expiry
        .get(&fingerprint)
        .is_some_and(|t| reader.time(row) < *t)
}
