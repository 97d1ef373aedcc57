//! Taking records over from another store: a segment of that store as if a worker had just made it.

use super::Store;
use super::digested::{Digested, NewFingerprint};
use super::fingerprints::Row;
use super::header::{SegmentRow, ShapeRow};
use super::search::Words;
use super::segment::column::Slice;
use super::segment::{Builder, Dictionary, Reader, Sealed, Shape};
use crate::error::{Error, Kind, Result};
use crate::refine::normalise;
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// Numbers what is carried of one tenant, as a worker does: each name, frame and logtype is told once.
#[derive(Default)]
pub struct Carrier {
    worker: usize,
    names: Numbers<u32, String>,
    logtypes: Numbers<u32, Vec<u8>>,
    frames: Numbers<u32, Vec<u8>>,
    /// By the other store's number and the logtype, which has a text of its own.
    fingerprints: Numbers<(u32, u32), NewFingerprint>,
}

/// Numbers in order of appearance, and what was numbered since it was last told.
struct Numbers<K, V> {
    known: FxHashMap<K, u32>,
    fresh: Vec<V>,
}

impl<K, V> Default for Numbers<K, V> {
    fn default() -> Numbers<K, V> {
        Numbers {
            known: FxHashMap::default(),
            fresh: Vec::new(),
        }
    }
}

impl<K: Eq + Hash, V> Numbers<K, V> {
    fn of(&mut self, key: K, value: impl FnOnce() -> V) -> u32 {
        let next = self.known.len() as u32;
        *self.known.entry(key).or_insert_with(|| {
            self.fresh.push(value());
            next
        })
    }
}

/// What becomes of a record: its source here, and how many events it stands for; `None` when it is left out.
pub type Fate = Option<(u32, u32)>;

/// Where a carried segment is read from.
pub struct Origin<'o> {
    /// What it holds.
    pub row: &'o SegmentRow,
    /// Its shapes, in the other store's numbers.
    pub shapes: &'o [ShapeRow],
    /// What those numbers stand for.
    pub words: &'o Words,
    /// The other store's fingerprints of the tenant.
    pub fingerprints: &'o FxHashMap<u32, Row>,
}

impl Carrier {
    /// A carrier that writes as this worker.
    pub fn new(worker: usize) -> Carrier {
        Carrier {
            worker,
            ..Carrier::default()
        }
    }

    /// The records of a segment that are taken, as a worker would have given them; `None` when none is.
    pub fn carry(
        &mut self,
        from: &Origin<'_>,
        reader: &mut Reader,
        fates: &[Fate],
    ) -> Result<Option<Digested>> {
        let Some(sealed) = select(from.row, reader, fates)? else {
            return Ok(None);
        };
        let by_shape: FxHashMap<Shape, u32> = (from.shapes.iter())
            .map(|s| (s.shape, s.fingerprint))
            .collect();
        self.told(from, sealed, &by_shape).map(Some)
    }

    /// Gives the shapes of a segment this carrier's numbers.
    fn told(
        &mut self,
        from: &Origin<'_>,
        mut sealed: Sealed,
        by_shape: &FxHashMap<Shape, u32>,
    ) -> Result<Digested> {
        let mut shape_fingerprints = Vec::with_capacity(sealed.shapes.len());
        for local in &mut sealed.shapes {
            let was = local.shape;
            let number = by_shape.get(&was).copied().unwrap_or_default();
            let row = from.fingerprints.get(&number).ok_or_else(|| {
                Error::new(
                    Kind::Data,
                    "the other store names a fingerprint it does not know",
                )
                .hint("restore it from a backup, or leave it out")
            })?;
            let service = self.name(row.service, from.words);
            shape_fingerprints.push(self.fingerprints.of((number, was.logtype), || {
                NewFingerprint {
                    fingerprint: row.fingerprint,
                    service,
                    normalised: normalise(from.words.logtype(was.logtype)),
                }
            }));
            local.shape = Shape {
                host: self.name(was.host, from.words),
                service: self.name(was.service, from.words),
                logtype: (self.logtypes)
                    .of(was.logtype, || from.words.logtype(was.logtype).to_vec()),
                frame: (self.frames).of(was.frame, || from.words.frame(was.frame).to_vec()),
                ..was
            };
        }
        Ok(Digested {
            worker: self.worker,
            beyond: 0,
            names: std::mem::take(&mut self.names.fresh),
            logtypes: std::mem::take(&mut self.logtypes.fresh),
            frames: std::mem::take(&mut self.frames.fresh),
            fingerprints: std::mem::take(&mut self.fingerprints.fresh),
            sealed: Some(sealed),
            shape_fingerprints,
        })
    }

    fn name(&mut self, number: u32, words: &Words) -> u32 {
        self.names.of(number, || words.name(number).to_string())
    }
}

/// A segment of the records that are taken; its shapes have the other store's numbers.
fn select(row: &SegmentRow, reader: &mut Reader, fates: &[Fate]) -> Result<Option<Sealed>> {
    let mut builder = Builder::default();
    let mut run = None;
    for (i, fate) in fates.iter().enumerate() {
        let Some((source, times)) = *fate else {
            continue;
        };
        let at = row.run_of(i);
        if at != run || builder.is_empty() {
            run = at;
            let offset = at.map_or(0, |at| row.runs[at].offset);
            builder.begin_run(source, offset, row.received_at(i));
        }
        let (shape, time) = (*reader.shape(i), reader.time(i));
        let (frame, message) = reader.values(i)?;
        let (frame, message) = (frame.into_iter(), message.into_iter());
        builder.push(
            shape,
            time,
            0,
            frame.map(Slice::whole),
            message.map(Slice::whole),
        );
        builder.more(times - 1);
    }
    if builder.is_empty() {
        return Ok(None);
    }
    let mut sealed = builder.seal()?;
    sealed.raw_bytes = row.raw_bytes * u64::from(sealed.rows) / u64::from(row.rows.max(1));
    Ok(Some(sealed))
}

impl Store {
    /// The fingerprints of a tenant by number, to be carried.
    pub(super) fn carried_rows(&self, tenant: &str) -> Result<FxHashMap<u32, Row>> {
        Ok(self.fingerprint_rows(tenant)?.into_iter().collect())
    }
}
