//! Evidence: segments in the store, and finding records in them while reading as few as possible.

use super::Store;
use super::header::{SegmentRow, ShapeRow};
use super::schema::{
    FRAMES, LOGTYPES, META, NAMES, NEXT_ORDINAL, PIECES, SEGMENTS, decode, encode,
};
use super::segment::{Dictionary, NONE, Place, Reader, Record};
use crate::envelope::ParseStatus;
use crate::error::{Error, Kind, Result};
use crate::event::Severity;
use crate::refine::SlotType;
use crate::time::Timestamp;
use redb::{ReadTransaction, ReadableTable, WriteTransaction};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::collections::hash_map::Entry;

/// Adds a segment of new records after all others.
pub(super) fn add(
    store: &Store,
    txn: &WriteTransaction,
    mut row: SegmentRow,
    shapes: &[ShapeRow],
    body: &[u8],
) -> Result<()> {
    let mut meta = store.get(txn.open_table(META))?;
    // Counted apart from the segments: the numbers of records that were pruned are not given again.
    let next: u64 = match store.get(meta.get(NEXT_ORDINAL))? {
        Some(bytes) => decode(bytes.value(), "count of records")?,
        None => 0,
    };
    let after = encode(&(next + u64::from(row.rows)))?;
    store.get(meta.insert(NEXT_ORDINAL, after.as_slice()))?;
    row.ordinals = vec![(0, next)];
    let number = {
        let segments = store.get(txn.open_table(SEGMENTS))?;
        store
            .get(segments.last())?
            .map_or(0, |(number, _)| number.value() + 1)
    };
    put(store, txn, number, row, shapes, body)
}

/// Writes a segment under a number that is free.
pub(super) fn put(
    store: &Store,
    txn: &WriteTransaction,
    number: u64,
    mut row: SegmentRow,
    shapes: &[ShapeRow],
    body: &[u8],
) -> Result<()> {
    let shapes = encode(&shapes.to_vec())?;
    let mut stored =
        zstd::bulk::compress(&shapes, 3).map_err(|e| Error::io("cannot compress a segment", &e))?;
    row.shape_bytes = stored.len() as u32;
    stored.extend_from_slice(body);
    row.stored_bytes = stored.len() as u32;
    let mut segments = store.get(txn.open_table(SEGMENTS))?;
    store.get(segments.insert(number, row.to_bytes()?.as_slice()))?;
    let mut pieces = store.get(txn.open_table(PIECES))?;
    for (piece, bytes) in cut(&stored).enumerate() {
        store.get(pieces.insert((number, piece as u32), bytes))?;
    }
    Ok(())
}

/// Takes a segment out.
pub(super) fn remove(store: &Store, txn: &WriteTransaction, number: u64) -> Result<()> {
    let mut segments = store.get(txn.open_table(SEGMENTS))?;
    store.get(segments.remove(number))?;
    let mut pieces = store.get(txn.open_table(PIECES))?;
    store.get(pieces.retain_in((number, 0)..=(number, u32::MAX), |_, _| false))
}

/// Reads a segment's shapes and opens its body.
pub(super) fn open(
    store: &Store,
    pieces: &impl ReadableTable<(u64, u32), &'static [u8]>,
    number: u64,
    row: &SegmentRow,
) -> Result<(Vec<ShapeRow>, Reader)> {
    let damaged = || {
        Error::new(
            Kind::Data,
            format!("segment {number} of the store is damaged"),
        )
        .hint("restore the store from a backup, or ingest again into a new one")
    };
    let mut bytes = Vec::with_capacity(row.stored_bytes as usize);
    for piece in store.get(pieces.range((number, 0)..=(number, u32::MAX)))? {
        let (_, value) = store.get(piece)?;
        bytes.extend_from_slice(value.value());
    }
    let (shapes, body) = bytes
        .split_at_checked(row.shape_bytes as usize)
        .ok_or_else(damaged)?;
    let shapes = zstd::stream::decode_all(shapes).map_err(|_| damaged())?;
    let shapes: Vec<ShapeRow> = decode(&shapes, "segment")?;
    let places = shapes
        .iter()
        .map(|s| Place {
            shape: s.shape,
            frame_group: s.frame_group,
            message_group: s.message_group,
        })
        .collect();
    Ok((shapes, Reader::open(places, row.rows, body)?))
}

/// What redb keeps beside a value in the page that holds it alone: its header, our key, and the length.
const PAGE_OVERHEAD: usize = 32;
/// The largest piece: a value of a mebibyte less the overhead.
const LARGEST_PIECE: usize = (1 << 20) - PAGE_OVERHEAD;
/// Smaller rests go into one piece: redb packs small values into a page.
const SMALLEST_PIECE: usize = 4096 - PAGE_OVERHEAD;

/// Cuts a value into pieces that fill the pages redb gives them. A value occupies a power of two of bytes, so a value of any
/// size would waste a third of its space on average; powers of two that add up to it waste almost nothing.
fn cut(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let mut size = LARGEST_PIECE;
        while size > bytes.len() && size > SMALLEST_PIECE {
            size = (size + PAGE_OVERHEAD) / 2 - PAGE_OVERHEAD;
        }
        let (piece, rest) = bytes.split_at(size.min(bytes.len()));
        bytes = rest;
        Some(piece)
    })
}

/// Which records are asked for. Everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Words that occur in the message, in any case.
    pub words: Vec<String>,
    /// The host.
    pub host: Option<String>,
    /// The service.
    pub service: Option<String>,
    /// This severity or a graver one.
    pub severity: Option<Severity>,
    /// One of these fingerprints, by number.
    pub fingerprints: Option<BTreeSet<u32>>,
    /// At or after.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// One of these parse statuses.
    pub statuses: Option<Vec<ParseStatus>>,
    /// Exactly this record.
    pub ordinal: Option<u64>,
    /// Only what stands in the first so many segments that may hold something.
    pub segments: Option<u64>,
}

impl Filter {
    /// Whether it lets every record through that is not later than some time.
    pub fn is_open(&self) -> bool {
        let open = Filter {
            until: self.until,
            ..Filter::default()
        };
        *self == open
    }
}

/// In which order records are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they were taken in.
    Oldest,
    /// The other way round.
    Newest,
}

/// A record that was asked for.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its number among all records the store has taken in.
    pub ordinal: u64,
    /// When it happened.
    pub time: Timestamp,
    /// Its host; may be empty.
    pub host: String,
    /// Its service; may be empty.
    pub service: String,
    /// Its severity, if it said one.
    pub severity: Option<Severity>,
    /// Its facility, if it said one.
    pub facility: Option<u8>,
    /// How well it was understood.
    pub status: ParseStatus,
    /// Its fingerprint's number.
    pub fingerprint: u32,
    /// The record, byte for byte.
    pub record: Record,
    /// Its message; `None` when it must be parsed from the record's text.
    pub message: Option<Vec<u8>>,
    /// The source it came from, by number.
    pub source: u32,
    /// When it was received.
    pub received_at: Timestamp,
}

/// What a search read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Segments that were opened.
    pub segments_read: u64,
    /// Segments whose description ruled them out.
    pub segments_passed: u64,
}

impl Store {
    /// Gives the records that match to `each`, in order, until it answers false.
    pub fn search(
        &self,
        tenant: &str,
        filter: &Filter,
        order: Order,
        each: &mut dyn FnMut(Found) -> Result<bool>,
    ) -> Result<Search> {
        let txn = self.read()?;
        let mut done = Search::default();
        let Some(segments) = self.table(&txn, SEGMENTS)? else {
            return Ok(done);
        };
        let mut words = Words::default();
        let wanted = self.wanted(&txn, tenant, filter)?;
        let all = self.get(segments.iter())?;
        let rows: Box<dyn Iterator<Item = _>> = match order {
            Order::Oldest => Box::new(all),
            Order::Newest => Box::new(all.rev()),
        };
        for entry in rows {
            let (number, value) = self.get(entry)?;
            let row = SegmentRow::from_bytes(value.value())?;
            if !wanted.may_hold(&row) {
                done.segments_passed += 1;
                continue;
            }
            if filter
                .segments
                .is_some_and(|most| done.segments_read >= most)
            {
                break;
            }
            done.segments_read += 1;
            if !self.search_segment(&txn, number.value(), &row, &wanted, order, &mut words, each)? {
                break;
            }
        }
        Ok(done)
    }

    /// The filter in the store's numbers.
    fn wanted<'f>(
        &self,
        txn: &ReadTransaction,
        tenant: &'f str,
        filter: &'f Filter,
    ) -> Result<Wanted<'f>> {
        let number = |name: &Option<String>| -> Result<Option<Option<u32>>> {
            let Some(name) = name else { return Ok(None) };
            let Some(table) = self.table(txn, super::schema::NAME_NUMBERS)? else {
                return Ok(Some(None));
            };
            Ok(Some(self.get(table.get(name.as_str()))?.map(|v| v.value())))
        };
        Ok(Wanted {
            tenant,
            filter,
            host: number(&filter.host)?,
            service: number(&filter.service)?,
            words: filter
                .words
                .iter()
                .map(|w| w.to_lowercase().into_bytes())
                .collect(),
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one step of the search, split off for its length only"
    )]
    fn search_segment(
        &self,
        txn: &ReadTransaction,
        number: u64,
        row: &SegmentRow,
        wanted: &Wanted<'_>,
        order: Order,
        words: &mut Words,
        each: &mut dyn FnMut(Found) -> Result<bool>,
    ) -> Result<bool> {
        let pieces = self
            .table(txn, PIECES)?
            .ok_or_else(|| Error::new(Kind::Data, "the store has no evidence"))?;
        let (shapes, mut reader) = open(self, &pieces, number, row)?;
        self.learn_words(txn, &shapes, words)?;
        let fits: Vec<Text> = shapes
            .iter()
            .map(|s| {
                if wanted.shape_fits(s) {
                    wanted.text_of(s, words)
                } else {
                    Text::Never
                }
            })
            .collect();
        // A text query first looks which logtypes can hold its words: most segments end here, before a column is opened.
        if fits.iter().all(|f| *f == Text::Never) {
            return Ok(true);
        }
        let count = reader.len();
        for i in 0..count {
            let i = if order == Order::Oldest {
                i
            } else {
                count - 1 - i
            };
            let at = reader.shape_number(i);
            if fits[at] == Text::Never || !wanted.row_fits(row.ordinal(i), reader.time(i)) {
                continue;
            }
            let mut message = Vec::new();
            let verbatim = reader.message(i, words, &mut message)?;
            if fits[at] == Text::Look && verbatim && !wanted.text_fits(&message) {
                continue;
            }
            let record = reader.record(i, words)?;
            if !verbatim && !wanted.text_fits(record.text()) {
                continue;
            }
            let shape = &shapes[at];
            let run = row.run_of(i).and_then(|at| row.runs.get(at));
            let found = Found {
                ordinal: row.ordinal(i),
                time: reader.time(i),
                host: words.name(shape.shape.host).to_string(),
                service: words.name(shape.shape.service).to_string(),
                severity: Severity::from_number(shape.shape.severity),
                facility: (shape.shape.facility != NONE).then_some(shape.shape.facility),
                status: ParseStatus::from_number(shape.shape.status).unwrap_or_default(),
                fingerprint: shape.fingerprint,
                record,
                message: verbatim.then_some(message),
                source: run.map_or(0, |r| r.source),
                received_at: row.received_at(i),
            };
            if !each(found)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Looks up what the numbers of these shapes stand for, once each.
    pub(super) fn learn_words(
        &self,
        txn: &ReadTransaction,
        shapes: &[ShapeRow],
        words: &mut Words,
    ) -> Result<()> {
        let (Some(names), Some(logtypes), Some(frames)) = (
            self.table(txn, NAMES)?,
            self.table(txn, LOGTYPES)?,
            self.table(txn, FRAMES)?,
        ) else {
            return Ok(());
        };
        for ShapeRow { shape, .. } in shapes {
            for number in [shape.host, shape.service] {
                if let Entry::Vacant(place) = words.names.entry(number) {
                    let found = self.get(names.get(number))?;
                    place.insert(found.map(|v| v.value().to_string()).unwrap_or_default());
                }
            }
            if let Entry::Vacant(place) = words.logtypes.entry(shape.logtype) {
                let found = self.get(logtypes.get(shape.logtype))?;
                place.insert(found.map(|v| v.value().to_vec()).unwrap_or_default());
            }
            if let Entry::Vacant(place) = words.frames.entry(shape.frame) {
                let found = self.get(frames.get(shape.frame))?;
                place.insert(found.map(|v| v.value().to_vec()).unwrap_or_default());
            }
        }
        Ok(())
    }
}

/// What the numbers met so far stand for.
#[derive(Debug, Default)]
pub(super) struct Words {
    names: FxHashMap<u32, String>,
    logtypes: FxHashMap<u32, Vec<u8>>,
    frames: FxHashMap<u32, Vec<u8>>,
}

impl Dictionary for Words {
    fn name(&self, number: u32) -> &str {
        self.names.get(&number).map_or("", String::as_str)
    }

    fn logtype(&self, number: u32) -> &[u8] {
        self.logtypes.get(&number).map_or(&[], Vec::as_slice)
    }

    fn frame(&self, number: u32) -> &[u8] {
        self.frames.get(&number).map_or(&[], Vec::as_slice)
    }
}

/// What the logtype alone tells about a text query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text {
    /// All words stand in its constant part.
    Always,
    /// A variable may hold them.
    Look,
    /// It has no variable, and not all words.
    Never,
}

struct Wanted<'f> {
    tenant: &'f str,
    filter: &'f Filter,
    /// `Some(None)`: asked for, but no record has it.
    host: Option<Option<u32>>,
    service: Option<Option<u32>>,
    words: Vec<Vec<u8>>,
}

impl Wanted<'_> {
    fn may_hold(&self, row: &SegmentRow) -> bool {
        let f = self.filter;
        let graver = |s: Severity| row.severities & ((1u16 << (s.number() + 1)) - 1) != 0;
        row.tenant == self.tenant
            && f.since.is_none_or(|t| row.last >= t.0)
            && f.until.is_none_or(|t| row.first < t.0)
            && f.ordinal.is_none_or(|o| row.may_hold(o))
            && f.severity.is_none_or(graver)
            && f.statuses
                .as_ref()
                .is_none_or(|s| s.iter().any(|s| row.statuses & (1 << s.number()) != 0))
            && self
                .host
                .is_none_or(|h| h.is_some_and(|h| row.hosts.binary_search(&h).is_ok()))
            && self.service.is_none_or(|s| s.is_some())
            && f.fingerprints
                .as_ref()
                .is_none_or(|set| row.fingerprints.iter().any(|n| set.contains(n)))
    }

    fn shape_fits(&self, s: &ShapeRow) -> bool {
        let f = self.filter;
        self.host.is_none_or(|h| h == Some(s.shape.host))
            && self.service.is_none_or(|n| n == Some(s.shape.service))
            && f.severity.is_none_or(|wanted| {
                Severity::from_number(s.shape.severity).is_some_and(|is| is >= wanted)
            })
            && f.statuses
                .as_ref()
                .is_none_or(|all| all.iter().any(|status| status.number() == s.shape.status))
            && f.fingerprints
                .as_ref()
                .is_none_or(|set| set.contains(&s.fingerprint))
    }

    /// Whether records of a shape hold all words, as far as its logtype tells.
    fn text_of(&self, s: &ShapeRow, words: &Words) -> Text {
        if self.words.is_empty() {
            return Text::Always;
        }
        if !s.shape.verbatim {
            return Text::Look;
        }
        let logtype = words.logtype(s.shape.logtype);
        let slots = logtype.iter().any(|&b| SlotType::from_marker(b).is_some());
        let constant = String::from_utf8_lossy(logtype).to_lowercase();
        let all = self
            .words
            .iter()
            .all(|w| memchr::memmem::find(constant.as_bytes(), w).is_some());
        match (all, slots) {
            (true, _) => Text::Always,
            (false, true) => Text::Look,
            (false, false) => Text::Never,
        }
    }

    fn row_fits(&self, ordinal: u64, time: Timestamp) -> bool {
        let f = self.filter;
        f.ordinal.is_none_or(|o| o == ordinal)
            && f.since.is_none_or(|t| time >= t)
            && f.until.is_none_or(|t| time < t)
    }

    fn text_fits(&self, text: &[u8]) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let text = String::from_utf8_lossy(text).to_lowercase();
        self.words
            .iter()
            .all(|w| memchr::memmem::find(text.as_bytes(), w).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fill_their_pages_and_add_up() {
        for size in [0, 1, 4063, 4064, 4065, 65_536, 300_000, 5_000_000] {
            let bytes = vec![7u8; size];
            let pieces: Vec<&[u8]> = cut(&bytes).collect();
            assert_eq!(pieces.iter().map(|p| p.len()).sum::<usize>(), size);
            let pages: usize = pieces
                .iter()
                .map(|p| (p.len() + PAGE_OVERHEAD).next_power_of_two().max(4096))
                .sum();
            assert!(
                pages <= size + size / 50 + 8192,
                "{size} bytes take {pages}"
            );
        }
    }
}
