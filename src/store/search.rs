//! Finding records in the segments, while reading as few of them as possible.

use super::Store;
use super::evidence::{self, open};
use super::header::{SegmentRow, ShapeRow};
use super::schema::{FRAMES, LOGTYPES, MEMBERS, NAMES, PIECES, SEGMENTS};
use super::segment::{Dictionary, NONE, Record};
use crate::envelope::ParseStatus;
use crate::error::{Error, Kind, Result};
use crate::event::Severity;
use crate::refine::SlotType;
use crate::time::Timestamp;
use redb::{ReadTransaction, ReadableTable};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::collections::hash_map::Entry;

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
        let members = self.table(&txn, MEMBERS)?;
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
            let may = match (&filter.fingerprints, &members) {
                _ if !wanted.may_hold(&row) => false,
                (Some(set), Some(members)) => {
                    evidence::holds_any(self, members, number.value(), |n| set.contains(n))?
                }
                _ => true,
            };
            if !may {
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
        if !wanted.words.is_empty() {
            let fitting = shapes.iter().filter(|s| wanted.shape_fits(s));
            self.learn_words(txn, fitting, words)?;
        }
        let fits: Vec<Text> = shapes
            .iter()
            .map(|s| match wanted.shape_fits(s) {
                true => wanted.text_of(s, words),
                false => Text::Never,
            })
            .collect();
        // A text query first looks which logtypes can hold its words: most segments end here, before a column is opened.
        if fits.iter().all(|f| *f == Text::Never) {
            return Ok(true);
        }
        let fitting = |i: &usize| {
            let may = fits[reader.shape_number(*i)] != Text::Never;
            may && wanted.row_fits(row.ordinal(*i), reader.time(*i))
        };
        let mut rows: Vec<usize> = (0..reader.len()).filter(fitting).collect();
        if order == Order::Newest {
            rows.reverse();
        }
        let mut used = vec![false; shapes.len()];
        rows.iter()
            .for_each(|i| used[reader.shape_number(*i)] = true);
        let used = shapes.iter().zip(used).filter(|(_, used)| *used);
        self.learn_words(txn, used.map(|(shape, _)| shape), words)?;
        for i in rows {
            let at = reader.shape_number(i);
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
    pub(super) fn learn_words<'s>(
        &self,
        txn: &ReadTransaction,
        shapes: impl IntoIterator<Item = &'s ShapeRow>,
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
