//! Reading a segment: rows at once, columns only of the records that are asked for.

use super::column::{self, Cursor, Values};
use super::piece::{Piece, pieces};
use super::varint::{take, take_slice, unzigzag};
use super::{Assembly, Record, SealedShape, Shape};
use crate::error::{Error, Kind, Result};
use crate::time::Timestamp;

/// A stream of one segment is never larger than this; a length beyond it is damage.
const LARGEST_STREAM: u64 = 1 << 30;

/// What the numbers in a segment stand for.
pub trait Dictionary {
    /// The name of a host or service.
    fn name(&self, number: u32) -> &str;
    /// The logtype.
    fn logtype(&self, number: u32) -> &[u8];
    /// The frame.
    fn frame(&self, number: u32) -> &[u8];
}

/// Which columns a shape's records have their values in.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The shape.
    pub shape: Shape,
    /// Its frame's columns.
    pub frame_group: u32,
    /// Its message's columns.
    pub message_group: u32,
}

impl From<&SealedShape> for Place {
    fn from(s: &SealedShape) -> Place {
        Place {
            shape: s.shape,
            frame_group: s.frame_group,
            message_group: s.message_group,
        }
    }
}

/// An open segment.
pub struct Reader {
    places: Vec<Place>,
    rows: Vec<u32>,
    times: Vec<i64>,
    directory: Vec<u8>,
    compressed: [Vec<u8>; 2],
    streams: Option<[Vec<u8>; 2]>,
    groups: Vec<GroupPlace>,
    /// For each row its position in the columns of its frame and of its message.
    positions: Vec<(u32, u32)>,
    loaded: Vec<Option<Vec<Values>>>,
}

#[derive(Clone, Copy, Debug)]
struct GroupPlace {
    rows: usize,
    columns: usize,
    /// Where its columns begin in directory, numbers and texts.
    start: [usize; 3],
}

/// The values in the slots of one record.
pub type Slots<'a> = Vec<&'a [u8]>;

fn damaged() -> Error {
    Error::new(Kind::Data, "a segment of the store is damaged")
        .hint("copy the store aside, then run brainstem ingest again into a new one")
}

impl Reader {
    /// Opens a segment's body; `places` says what its rows refer to.
    pub fn open(places: Vec<Place>, row_count: u32, body: &[u8]) -> Result<Reader> {
        Reader::try_open(places, row_count as usize, body).ok_or_else(damaged)
    }

    fn try_open(places: Vec<Place>, row_count: usize, mut body: &[u8]) -> Option<Reader> {
        let rows = decompress(take_stream(&mut body)?)?;
        let directory = decompress(take_stream(&mut body)?)?;
        let (numbers, texts) = (take_stream(&mut body)?, take_stream(&mut body)?);
        let (rows, times) = decode_rows(&rows, row_count)?;
        if rows.iter().any(|&r| r as usize >= places.len()) {
            return None;
        }
        let mut reader = Reader {
            positions: Vec::new(),
            groups: Vec::new(),
            loaded: Vec::new(),
            streams: None,
            compressed: [keep(numbers), keep(texts)],
            places,
            rows,
            times,
            directory,
        };
        reader.positions = reader.find_positions();
        Some(reader)
    }

    /// How many records.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The shape of a record.
    pub fn shape(&self, row: usize) -> &Shape {
        &self.places[self.rows[row] as usize].shape
    }

    /// The number of a record's shape: its position among the segment's shapes.
    pub fn shape_number(&self, row: usize) -> usize {
        self.rows[row] as usize
    }

    /// The time of a record.
    pub fn time(&self, row: usize) -> Timestamp {
        Timestamp(self.times[row])
    }

    /// The values in the slots of a record's frame and of its message.
    pub fn values(&mut self, row: usize) -> Result<(Slots<'_>, Slots<'_>)> {
        let place = self.places[self.rows[row] as usize];
        let (frame_at, message_at) = self.positions[row];
        self.load(place.frame_group)?;
        self.load(place.message_group)?;
        let at = |group: u32, position: u32| -> Vec<&[u8]> {
            let columns = self.loaded[group as usize].as_deref().unwrap_or_default();
            columns.iter().map(|c| c.get(position as usize)).collect()
        };
        let message = if place.shape.verbatim {
            at(place.message_group, message_at)
        } else {
            Vec::new()
        };
        Ok((at(place.frame_group, frame_at), message))
    }

    /// The record of `row`, byte for byte.
    pub fn record(&mut self, row: usize, dictionary: &impl Dictionary) -> Result<Record> {
        let (shape, time) = (*self.shape(row), self.time(row));
        let (frame_values, message_values) = self.values(row)?;
        let mut slots = frame_values.into_iter();
        let mut made = Assembly::default();
        for piece in pieces(dictionary.frame(shape.frame)) {
            let out = &mut made.out;
            match piece {
                Piece::Literal(bytes) => out.extend_from_slice(bytes),
                Piece::Stamp(style) => style.write(time, out),
                Piece::Host => out.extend_from_slice(dictionary.name(shape.host).as_bytes()),
                Piece::Service => out.extend_from_slice(dictionary.name(shape.service).as_bytes()),
                Piece::Slot => out.extend_from_slice(slots.next().unwrap_or_default()),
                Piece::Message => {
                    crate::refine::join(
                        dictionary.logtype(shape.logtype),
                        message_values.iter().copied(),
                        out,
                    );
                }
                Piece::Sign(sign) => made.sign(sign),
            }
        }
        Ok(made.finish())
    }

    /// Appends the message of `row`; false when it is not a piece of the frame and must be parsed from the raw record.
    pub fn message(
        &mut self,
        row: usize,
        dictionary: &impl Dictionary,
        out: &mut Vec<u8>,
    ) -> Result<bool> {
        let shape = *self.shape(row);
        if shape.verbatim {
            let (_, values) = self.values(row)?;
            crate::refine::join(
                dictionary.logtype(shape.logtype),
                values.iter().copied(),
                out,
            );
        }
        Ok(shape.verbatim)
    }

    fn find_positions(&self) -> Vec<(u32, u32)> {
        let groups = self
            .places
            .iter()
            .map(|p| p.frame_group.max(p.message_group) as usize + 1)
            .max()
            .unwrap_or(0);
        let mut filled = vec![0u32; groups];
        self.rows
            .iter()
            .map(|&r| {
                let place = &self.places[r as usize];
                let mut take = |group: u32| {
                    filled[group as usize] += 1;
                    filled[group as usize] - 1
                };
                let frame = take(place.frame_group);
                (
                    frame,
                    if place.shape.verbatim {
                        take(place.message_group)
                    } else {
                        0
                    },
                )
            })
            .collect()
    }

    /// Decodes the columns of a group, once.
    fn load(&mut self, group: u32) -> Result<()> {
        self.try_load(group as usize).ok_or_else(damaged)
    }

    fn try_load(&mut self, group: usize) -> Option<()> {
        if self.streams.is_none() {
            let [numbers, texts] = &self.compressed;
            let whole = |c: &Vec<u8>| decompress(take_stream(&mut c.as_slice())?);
            self.streams = Some([whole(numbers)?, whole(texts)?]);
            self.find_groups()?;
        }
        if self.loaded.get(group)?.is_none() {
            let place = *self.groups.get(group)?;
            let mut at = self.cursor(place.start)?;
            let columns = (0..place.columns)
                .map(|_| column::read(&mut at, place.rows))
                .collect::<Option<Vec<_>>>()?;
            self.loaded[group] = Some(columns);
        }
        Some(())
    }

    fn cursor(&self, start: [usize; 3]) -> Option<Cursor<'_>> {
        let [numbers, texts] = self.streams.as_ref()?;
        Some(Cursor {
            directory: self.directory.get(start[0]..)?,
            numbers: numbers.get(start[1]..)?,
            texts: texts.get(start[2]..)?,
        })
    }

    /// Walks the directory once to learn where each group's columns begin.
    fn find_groups(&mut self) -> Option<()> {
        let [numbers, texts] = self.streams.as_ref()?;
        let mut at = Cursor {
            directory: &self.directory,
            numbers,
            texts,
        };
        let count = take(&mut at.directory)? as usize;
        let mut groups = Vec::new();
        for _ in 0..count {
            let (rows, columns) = (
                take(&mut at.directory)? as usize,
                take(&mut at.directory)? as usize,
            );
            if rows > self.rows.len() {
                return None;
            }
            groups.push(GroupPlace {
                rows,
                columns,
                start: [0; 3],
            });
        }
        for group in &mut groups {
            group.start = [
                self.directory.len() - at.directory.len(),
                numbers.len() - at.numbers.len(),
                texts.len() - at.texts.len(),
            ];
            (0..group.columns).try_for_each(|_| column::skip(&mut at, group.rows))?;
        }
        self.loaded = vec![None; groups.len()];
        self.groups = groups;
        Some(())
    }
}

/// The next stream with its lengths, still compressed.
fn take_stream<'a>(body: &mut &'a [u8]) -> Option<(u64, &'a [u8])> {
    let (before, after) = (take(body)?, take(body)?);
    Some((before, take_slice(body, after as usize)?))
}

/// A stream as [`take_stream`] takes it, to be opened when a column is asked for.
fn keep((before, compressed): (u64, &[u8])) -> Vec<u8> {
    let mut out = Vec::with_capacity(compressed.len() + 12);
    super::varint::put(&mut out, before);
    super::varint::put(&mut out, compressed.len() as u64);
    out.extend_from_slice(compressed);
    out
}

fn decompress((before, compressed): (u64, &[u8])) -> Option<Vec<u8>> {
    if before > LARGEST_STREAM {
        return None;
    }
    let bytes = zstd::bulk::decompress(compressed, before as usize).ok()?;
    (bytes.len() as u64 == before).then_some(bytes)
}

fn decode_rows(mut bytes: &[u8], count: usize) -> Option<(Vec<u32>, Vec<i64>)> {
    let planes = *take_slice(&mut bytes, 1)?.first()?;
    let mut rows = vec![0u32; count];
    for plane in 0..planes.min(4) {
        let row = take_slice(&mut bytes, count)?;
        rows.iter_mut()
            .zip(row)
            .for_each(|(n, &b)| *n |= u32::from(b) << (8 * plane));
    }
    let unit = take(&mut bytes)? as i64;
    let mut deltas = vec![0u64; count];
    *deltas.first_mut()? = take(&mut bytes)?;
    let planes = *take_slice(&mut bytes, 1)?.first()?;
    for plane in 0..planes.min(8) {
        let row = take_slice(&mut bytes, count - 1)?;
        deltas[1..]
            .iter_mut()
            .zip(row)
            .for_each(|(n, &b)| *n |= u64::from(b) << (8 * plane));
    }
    let mut before = 0i64;
    let times = deltas
        .into_iter()
        .map(|d| {
            before = before.wrapping_add(unzigzag(d));
            before.wrapping_mul(unit)
        })
        .collect();
    Some((rows, times))
}
