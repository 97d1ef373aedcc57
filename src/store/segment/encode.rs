//! Building a segment: rows are pushed one by one, columns fill, and sealing compresses them.

use super::column::{self, Slice, Streams, Values};
use super::varint::{put, zigzag};
use super::{Run, Shape};
use crate::error::{Error, Result};
use crate::signature::{Cell, offset_in_hour};
use crate::time::Timestamp;
use rustc_hash::FxHashMap;

/// zstd level of the streams with text and row numbers: the level an administrator would use.
const LEVEL: i32 = 3;
/// zstd level of the binary planes: they are near their entropy already, so a fast pass does.
const LEVEL_NUMBERS: i32 = 1;

/// Bytes of memory of columns that are kept for the next segment. Which column gets which memory is chance, so without a limit
/// each would grow to the size of the largest ever.
const SPARE: usize = 8 << 20;

/// Collects rows for one segment. Numbers in shapes are the caller's.
#[derive(Debug, Default)]
pub struct Builder {
    rows: Vec<u32>,
    times: Vec<i64>,
    shapes: Vec<Collected>,
    index: FxHashMap<Shape, u32>,
    frame_groups: FxHashMap<u32, u32>,
    logtype_groups: FxHashMap<u32, u32>,
    groups: Vec<Group>,
    spare: Vec<Values>,
    runs: Vec<Run>,
    raw_bytes: u64,
    compressor: Compressor,
}

#[derive(Debug)]
struct Collected {
    shape: Shape,
    frame_group: u32,
    message_group: u32,
    count: u32,
    first: Timestamp,
    last: Timestamp,
    cells: Vec<Cell>,
}

/// The columns of one frame or logtype, filled by all shapes that share it.
#[derive(Debug, Default)]
struct Group {
    rows: u32,
    columns: Vec<Values>,
}

/// One shape of a sealed segment, with what its records did.
#[derive(Debug)]
pub struct SealedShape {
    /// The shape, in the builder's numbers.
    pub shape: Shape,
    /// Its frame's columns.
    pub frame_group: u32,
    /// Its message's columns.
    pub message_group: u32,
    /// How many records.
    pub count: u32,
    /// The first one's time.
    pub first: Timestamp,
    /// The last one's time.
    pub last: Timestamp,
    /// When, by hour, ascending.
    pub cells: Vec<Cell>,
}

/// A segment ready to be stored, but for its shapes' numbers.
#[derive(Debug)]
pub struct Sealed {
    /// The shapes, in order of appearance; rows refer to them by position.
    pub shapes: Vec<SealedShape>,
    /// Rows and columns, compressed. Independent of the shapes' numbers.
    pub body: Vec<u8>,
    /// Number of records.
    pub rows: u32,
    /// Earliest time.
    pub first: Timestamp,
    /// Latest time.
    pub last: Timestamp,
    /// Where the records came from.
    pub runs: Vec<Run>,
    /// Bytes of the raw records, without line ends.
    pub raw_bytes: u64,
}

impl Builder {
    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes of the raw records it holds.
    pub fn raw_bytes(&self) -> u64 {
        self.raw_bytes
    }

    /// Says that the next rows come from here. A run that only continues the last one is not recorded again.
    pub fn begin_run(&mut self, source: u32, offset: u64, received_at: Timestamp) {
        self.runs.push(Run {
            first_row: self.rows.len() as u32,
            source,
            offset,
            received_at,
        });
    }

    /// Adds a record of `shape` at `time`; the values fill the slots of its frame and of its logtype, in order.
    pub fn push<'a>(
        &mut self,
        shape: Shape,
        time: Timestamp,
        raw_len: usize,
        frame_values: impl Iterator<Item = Slice<'a>>,
        message_values: impl Iterator<Item = Slice<'a>>,
    ) {
        let number = match self.index.get(&shape) {
            Some(&n) => n,
            None => self.add_shape(shape, time),
        };
        self.rows.push(number);
        self.times.push(time.0);
        self.raw_bytes += raw_len as u64;
        let collected = &mut self.shapes[number as usize];
        collected.count += 1;
        collected.first = collected.first.min(time);
        collected.last = collected.last.max(time);
        count_in(&mut collected.cells, time);
        let (frame, message) = (collected.frame_group, collected.message_group);
        fill(
            &mut self.groups[frame as usize],
            frame_values,
            &mut self.spare,
        );
        if shape.verbatim {
            fill(
                &mut self.groups[message as usize],
                message_values,
                &mut self.spare,
            );
        }
    }

    /// The shape of the record pushed last.
    pub fn last_shape(&self) -> Option<Shape> {
        let last = *self.rows.last()?;
        Some(self.shapes[last as usize].shape)
    }

    /// Says that the record pushed last stands for so many more at the same time.
    pub fn more(&mut self, times: u32) {
        if let (Some(&last), Some(&time)) = (self.rows.last(), self.times.last()) {
            let time = Timestamp(time);
            let cells = &mut self.shapes[last as usize].cells;
            if let Some(cell) = cells.iter_mut().rev().find(|c| c.hour == time.hour()) {
                cell.add_times(offset_in_hour(time), times);
            }
        }
    }

    fn add_shape(&mut self, shape: Shape, time: Timestamp) -> u32 {
        let groups = &mut self.groups;
        let mut group = |index: &mut FxHashMap<u32, u32>, key: u32| {
            *index.entry(key).or_insert_with(|| {
                groups.push(Group::default());
                groups.len() as u32 - 1
            })
        };
        let frame_group = group(&mut self.frame_groups, shape.frame);
        let message_group = group(&mut self.logtype_groups, shape.logtype);
        let number = self.shapes.len() as u32;
        self.shapes.push(Collected {
            shape,
            frame_group,
            message_group,
            count: 0,
            first: time,
            last: time,
            // Most shapes of a segment are seen in one hour only; without this, room for four is kept.
            cells: Vec::with_capacity(1),
        });
        self.index.insert(shape, number);
        number
    }

    /// Compresses what was pushed and makes the builder empty again, keeping its memory. Must not be called when empty.
    pub fn seal(&mut self) -> Result<Sealed> {
        let mut rows = Vec::with_capacity(self.rows.len() * 4);
        encode_rows(&self.rows, &self.times, &mut rows);
        let mut streams = Streams::default();
        put(&mut streams.directory, self.groups.len() as u64);
        for group in &self.groups {
            put(&mut streams.directory, u64::from(group.rows));
            put(&mut streams.directory, group.columns.len() as u64);
        }
        for group in &self.groups {
            group
                .columns
                .iter()
                .for_each(|c| column::write(c, &mut streams));
        }
        let mut body = Vec::new();
        for (bytes, level) in [
            (&rows, LEVEL),
            (&streams.directory, LEVEL),
            (&streams.numbers, LEVEL_NUMBERS),
            (&streams.texts, LEVEL),
        ] {
            self.compressor.append(bytes, level, &mut body)?;
        }
        let sealed = Sealed {
            body,
            rows: self.rows.len() as u32,
            first: Timestamp(self.times.iter().copied().min().unwrap_or(0)),
            last: Timestamp(self.times.iter().copied().max().unwrap_or(0)),
            runs: std::mem::take(&mut self.runs),
            raw_bytes: self.raw_bytes,
            shapes: self.shapes.drain(..).map(Collected::sealed).collect(),
        };
        self.clear();
        Ok(sealed)
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.times.clear();
        self.index.clear();
        self.frame_groups.clear();
        self.logtype_groups.clear();
        self.raw_bytes = 0;
        let mut kept = 0;
        self.spare.retain(|values| {
            kept += values.room();
            kept <= SPARE
        });
        for mut group in self.groups.drain(..) {
            for mut values in group.columns.drain(..) {
                values.clear();
                kept += values.room();
                if kept <= SPARE {
                    self.spare.push(values);
                }
            }
        }
    }
}

impl Collected {
    fn sealed(self) -> SealedShape {
        SealedShape {
            shape: self.shape,
            frame_group: self.frame_group,
            message_group: self.message_group,
            count: self.count,
            first: self.first,
            last: self.last,
            cells: self.cells,
        }
    }
}

/// Counts one occurrence in the cell of its hour. Logs are nearly in order, so the last cell is nearly always the one.
fn count_in(cells: &mut Vec<Cell>, time: Timestamp) {
    let hour = time.hour();
    let at = match cells.last() {
        Some(c) if c.hour == hour => cells.len() - 1,
        Some(c) if c.hour < hour => cells.len(),
        None => 0,
        Some(_) => cells.partition_point(|c| c.hour < hour),
    };
    match cells.get_mut(at) {
        Some(c) if c.hour == hour => c.add(offset_in_hour(time)),
        _ => cells.insert(at, Cell::one(time)),
    }
}

fn fill<'a>(group: &mut Group, values: impl Iterator<Item = Slice<'a>>, spare: &mut Vec<Values>) {
    group.rows += 1;
    for (slot, value) in values.enumerate() {
        if group.columns.len() == slot {
            group.columns.push(spare.pop().unwrap_or_default());
        }
        group.columns[slot].push_slice(value);
    }
}

/// Rows as one or two byte planes of shape numbers, then times as differences in the coarsest unit that loses nothing.
fn encode_rows(rows: &[u32], times: &[i64], out: &mut Vec<u8>) {
    let widest = rows.iter().copied().max().unwrap_or(0);
    let planes = (32 - widest.leading_zeros()).div_ceil(8).max(1) as u8;
    out.push(planes);
    for plane in 0..planes {
        out.extend(rows.iter().map(|n| (n >> (8 * plane)) as u8));
    }
    let unit = [1_000_000i64, 1_000]
        .into_iter()
        .find(|u| times.iter().all(|t| t % u == 0))
        .unwrap_or(1);
    put(out, unit as u64);
    let mut before = 0;
    let deltas: Vec<u64> = times
        .iter()
        .map(|t| {
            let d = zigzag((t / unit).wrapping_sub(before));
            before = t / unit;
            d
        })
        .collect();
    // The first difference is the time itself; kept apart, it does not widen the planes of all others.
    put(out, deltas.first().copied().unwrap_or(0));
    let rest = deltas.get(1..).unwrap_or_default();
    let widest = rest.iter().copied().max().unwrap_or(0);
    let planes = (64 - widest.leading_zeros()).div_ceil(8).max(1) as u8;
    out.push(planes);
    for plane in 0..planes {
        out.extend(rest.iter().map(|n| (n >> (8 * plane)) as u8));
    }
}

/// A compression context, kept from segment to segment: making one costs more than a small stream.
#[derive(Default)]
struct Compressor(Option<zstd::bulk::Compressor<'static>>);

impl std::fmt::Debug for Compressor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Compressor")
    }
}

impl Compressor {
    /// Appends length before, length after, and the compressed bytes.
    fn append(&mut self, bytes: &[u8], level: i32, body: &mut Vec<u8>) -> Result<()> {
        let compressed = self
            .compress(bytes, level)
            .map_err(|e| Error::io("cannot compress a segment", &e))?;
        put(body, bytes.len() as u64);
        put(body, compressed.len() as u64);
        body.extend_from_slice(&compressed);
        Ok(())
    }

    fn compress(&mut self, bytes: &[u8], level: i32) -> std::io::Result<Vec<u8>> {
        let context = match &mut self.0 {
            Some(context) => context,
            empty => empty.insert(zstd::bulk::Compressor::new(level)?),
        };
        context.set_compression_level(level)?;
        context.compress(bytes)
    }
}
