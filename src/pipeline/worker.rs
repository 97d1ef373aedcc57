//! A worker: records in, one segment out. Everything done once per line stands here, in order.

use super::lines::{place, repetition};
use super::reading::{Reading, parse};
use super::room::Room;
use crate::envelope::{Coverage, ParseStatus};
use crate::error::Result;
use crate::event::Span;
use crate::event::{Parsed, Severity};
use crate::formats::Context;
use crate::intake::{Mark, Record};
use crate::refine::{Cut, SlotType, fingerprint, normalise};
use crate::store::segment::column::{Slice, word as word_of};
use crate::store::segment::frame::{Form, Framed, Framer, Held, LONGEST_NAME};
use crate::store::segment::layout::Layouts;
use crate::store::segment::{Builder, NONE, Shape};
use crate::store::{Digested, NewFingerprint};
use crate::time::Timestamp;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_128;

/// What the records of a chunk are read with, and what became of them.
pub struct Scene<'s> {
    /// How they are to be read.
    pub reading: Reading,
    /// Zone, year and columns.
    pub context: &'s mut Context,
    /// When a record happened that says no time and has none before it.
    pub undated: Timestamp,
    /// Room for new logtypes.
    pub room: &'s Room,
    /// Counts what was kept.
    pub coverage: Coverage,
}

/// Layouts a worker may number; beyond them a record is one slot. A journal has some hundreds.
pub(super) const MOST_FRAMES: usize = 20_000;

/// The state a worker keeps from chunk to chunk: the numbers it gave.
pub struct Worker {
    id: usize,
    cut: Cut,
    framer: Framer,
    layouts: Layouts,
    builder: Builder,
    names: Names,
    logtypes: FxHashMap<u128, u32>,
    texts: Vec<String>,
    new_logtypes: Vec<Vec<u8>>,
    frames: FxHashMap<u128, u32>,
    new_frames: Vec<Vec<u8>>,
    /// The frame cut last and its number, if one was: that of an empty record is empty too.
    last_frame: Option<(Vec<u8>, u32)>,
    fingerprints: FxHashMap<(u32, u32), u32>,
    new_fingerprints: Vec<NewFingerprint>,
    next_fingerprint: u32,
    catch_all: Option<u32>,
    /// Records of the chunk there was no room for.
    beyond: u64,
    last_time: Option<Timestamp>,
}

/// Numbers for names; those from `told` on are new since the last chunk.
#[derive(Default)]
struct Names {
    known: FxHashMap<String, u32>,
    /// Short names once more, as words: hashed and compared at once.
    words: FxHashMap<u128, u32>,
    all: Vec<String>,
    told: usize,
}

impl Names {
    /// The number of `name`, which stands at `span` of `raw` if that is not empty; `None` when it is new and there is no room.
    fn of(&mut self, raw: &[u8], span: Span, name: &str, room: &Room) -> Option<u32> {
        let word = Some(span).filter(|s| !s.is_empty());
        let Some(word) = word.and_then(|span| word_of(raw, span)) else {
            return self.known_or_new(shortened(name), room);
        };
        if let Some(&n) = self.words.get(&word) {
            return Some(n);
        }
        let n = self.known_or_new(name, room)?;
        self.words.insert(word, n);
        Some(n)
    }

    fn known_or_new(&mut self, name: &str, room: &Room) -> Option<u32> {
        match self.known.get(name) {
            Some(&n) => Some(n),
            None if room.names.takes(xxh3_128(name.as_bytes())) => Some(self.number(name)),
            None => None,
        }
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(&n) = self.known.get(name) {
            return n;
        }
        let n = self.all.len() as u32;
        self.known.insert(name.to_string(), n);
        self.all.push(name.to_string());
        n
    }

    fn fresh(&mut self) -> Vec<String> {
        let fresh = self.all[self.told..].to_vec();
        self.told = self.all.len();
        fresh
    }
}

impl Worker {
    /// A worker with no memory yet. `id` tells it from the other workers of the run.
    pub fn new(id: usize) -> Worker {
        Worker {
            id,
            cut: Cut::new(),
            framer: Framer::default(),
            layouts: Layouts::default(),
            builder: Builder::default(),
            names: Names::default(),
            logtypes: FxHashMap::default(),
            texts: Vec::new(),
            new_logtypes: Vec::new(),
            frames: FxHashMap::default(),
            new_frames: Vec::new(),
            last_frame: None,
            fingerprints: FxHashMap::default(),
            new_fingerprints: Vec::new(),
            next_fingerprint: 0,
            catch_all: None,
            beyond: 0,
            last_time: None,
        }
    }

    /// Reads the records of a chunk, which begins at `offset` of `source`.
    ///
    /// A record without a usable time counts under that of the record before it in the chunk, else under `undated`.
    pub fn digest<'a>(
        &mut self,
        records: impl Iterator<Item = Record<'a>>,
        scene: &mut Scene<'_>,
        place: (u32, u64),
    ) -> Result<(Digested, Coverage)> {
        self.last_time = None;
        self.builder
            .begin_run(place.0, place.1, scene.context.received_at());
        for record in records {
            match record.mark {
                Mark::Line => self.line(record.bytes, scene),
                _ => self.odd(&record, scene),
            }
        }
        let sealed = if self.builder.is_empty() {
            None
        } else {
            Some(self.builder.seal()?)
        };
        let shapes = sealed
            .as_ref()
            .map(|s| s.shapes.as_slice())
            .unwrap_or_default();
        let shapes: Vec<(u32, u32, u32)> = shapes
            .iter()
            .map(|s| (s.shape.logtype, s.shape.service, s.count))
            .collect();
        let shape_fingerprints = shapes
            .into_iter()
            .map(|(logtype, service, count)| {
                self.fingerprint(logtype, service, scene.room)
                    .unwrap_or_else(|| {
                        self.beyond += u64::from(count);
                        self.catch_all()
                    })
            })
            .collect();
        let digested = Digested {
            worker: self.id,
            beyond: std::mem::take(&mut self.beyond).min(scene.coverage.lines_read),
            names: self.names.fresh(),
            logtypes: std::mem::take(&mut self.new_logtypes),
            frames: std::mem::take(&mut self.new_frames),
            fingerprints: std::mem::take(&mut self.new_fingerprints),
            sealed,
            shape_fingerprints,
        };
        Ok((digested, std::mem::take(&mut scene.coverage)))
    }

    /// A line by itself: nearly all records.
    fn line(&mut self, raw: &[u8], scene: &mut Scene<'_>) {
        let (format, parsed) = parse(scene.reading, raw, scene.context);
        if format.may_split(raw, &parsed)
            && let Some(pieces) = format.split(raw)
        {
            return self.several(raw, &pieces, Form::LINE, scene);
        }
        match format.counts_repeats() && repetition(&parsed.message).is_some() {
            false => self.keep(raw, parsed, Form::LINE, scene),
            true => self.repeated(raw, parsed, scene),
        }
    }

    /// A line that stands for others: they are counted where they belong, the line is kept as it is.
    fn repeated(&mut self, raw: &[u8], mut parsed: Parsed<'_>, scene: &mut Scene<'_>) {
        let message = parsed.message.clone();
        let Some(said) = repetition(&message) else {
            return;
        };
        let host = self
            .names
            .of(raw, parsed.host_span, &parsed.host, scene.room);
        match (said.message, self.builder.last_shape()) {
            (Some(inner), _) => {
                parsed.message_span = match &parsed.message {
                    Cow::Borrowed(_) => place(raw, inner),
                    Cow::Owned(_) => Span::default(),
                };
                parsed.message = Cow::Owned(inner.to_vec());
                self.keep(raw, parsed, Form::LINE, scene);
            }
            (None, Some(last)) if Some(last.host) == host => {
                // Of the message before: its signature, but not its bytes.
                parsed.message_span = Span::default();
                let time = self.time_of(&parsed, scene.undated);
                let shape = Shape {
                    frame: self.frame(raw, &parsed, time).number,
                    status: parsed.status.number(),
                    verbatim: false,
                    ..last
                };
                let slots = slices(raw, &self.framer.slots);
                self.builder
                    .push(shape, time, raw.len(), slots, [].into_iter());
                scene.coverage.count(parsed.status, 1);
            }
            (None, _) => return self.keep(raw, parsed, Form::LINE, scene),
        }
        self.builder.more(said.times - 1);
    }

    /// Keeps `raw`, whose event was read as `parsed`.
    pub(super) fn keep(
        &mut self,
        raw: &[u8],
        mut parsed: Parsed<'_>,
        form: Form,
        scene: &mut Scene<'_>,
    ) {
        let text = match form.event {
            Held::Whole => raw,
            Held::Inside(span) => span.of(raw),
            Held::Apart(at) => &raw[at as usize..],
        };
        let time = self.time_of(&parsed, scene.undated);
        self.cut.cut(&parsed.message);
        let before = self.beyond;
        let logtype = self.logtype(&parsed.message, scene.room);
        let host = self.name(text, &mut parsed.host_span, &mut parsed.host, scene.room);
        let service = self.name(
            text,
            &mut parsed.service_span,
            &mut parsed.service,
            scene.room,
        );
        self.beyond = self.beyond.min(before + 1);
        let framed = match form {
            Form::LINE => match self
                .layouts
                .find(raw, &parsed, time, &mut self.framer.slots)
            {
                Some(known) => known,
                None => self.frame(raw, &parsed, time),
            },
            _ => self.odd_frame(raw, text, &parsed, time, form),
        };
        let shape = Shape {
            frame: framed.number,
            logtype,
            host,
            service,
            severity: parsed.severity.map_or(NONE, Severity::number),
            facility: parsed.facility.unwrap_or(NONE),
            status: parsed.status.number(),
            verbatim: framed.verbatim,
        };
        let came = match form.event {
            Held::Apart(at) => at as usize,
            Held::Whole | Held::Inside(_) => raw.len(),
        };
        self.builder.push(
            shape,
            time,
            came,
            slices(raw, &self.framer.slots),
            slices(&parsed.message, &self.cut.vars),
        );
        scene.coverage.count(parsed.status, 1);
    }

    /// The number of a host or service. One there is no room for is taken out: it stands in the raw record alone.
    fn name(&mut self, raw: &[u8], span: &mut Span, name: &mut Cow<'_, str>, room: &Room) -> u32 {
        self.names.of(raw, *span, name, room).unwrap_or_else(|| {
            self.beyond += 1;
            (*name, *span) = (Cow::Borrowed(""), Span::default());
            self.names.number("")
        })
    }

    fn time_of(&mut self, parsed: &Parsed<'_>, undated: Timestamp) -> Timestamp {
        match parsed.time {
            Some(time) if parsed.status != ParseStatus::TimeSuspect => {
                self.last_time = Some(time);
                time
            }
            _ => self.last_time.unwrap_or(undated),
        }
    }

    /// The number of the logtype just cut. When there is no room for a new one, the cut becomes the catch-all: one variable.
    fn logtype(&mut self, message: &[u8], room: &Room) -> u32 {
        let hash = xxh3_128(&self.cut.logtype);
        if let Some(&n) = self.logtypes.get(&hash) {
            return n;
        }
        if room.logtypes.takes(hash) {
            return self.number_logtype(hash);
        }
        self.beyond += 1;
        self.cut.logtype.clear();
        self.cut.logtype.push(SlotType::Any.marker());
        self.cut.vars.clear();
        self.cut.vars.push(Span::new(0, message.len()));
        let hash = xxh3_128(&self.cut.logtype);
        match self.logtypes.get(&hash) {
            Some(&n) => n,
            None => self.number_logtype(hash),
        }
    }

    fn number_logtype(&mut self, hash: u128) -> u32 {
        let n = self.texts.len() as u32;
        self.logtypes.insert(hash, n);
        self.texts.push(normalise(&self.cut.logtype));
        self.new_logtypes.push(self.cut.logtype.clone());
        n
    }

    /// Cuts the frame of a record and gives it a number.
    fn frame(&mut self, raw: &[u8], parsed: &Parsed<'_>, time: Timestamp) -> Framed {
        let mut verbatim = self.framer.cut(raw, parsed, time);
        if self.frames.len() >= MOST_FRAMES {
            self.framer.take_whole(raw);
            verbatim = false;
        }
        let framed = Framed {
            number: self.frame_number(),
            verbatim,
        };
        if self.framer.is_layout(raw) {
            self.layouts
                .remember(&self.framer.frame, raw, parsed, framed);
        }
        framed
    }

    /// The same of a record that is no plain line: its frame says how it came. Its event is read from `text`.
    fn odd_frame(
        &mut self,
        raw: &[u8],
        text: &[u8],
        parsed: &Parsed<'_>,
        time: Timestamp,
        form: Form,
    ) -> Framed {
        let mut verbatim = self.framer.cut(text, parsed, time);
        if self.frames.len() >= MOST_FRAMES {
            self.framer.take_whole(text);
            verbatim = false;
        }
        self.framer.wrap(raw, form);
        Framed {
            number: self.frame_number(),
            verbatim,
        }
    }

    /// The number of the frame just cut; that of JSON is mostly the one of the record before.
    fn frame_number(&mut self) -> u32 {
        if let Some((frame, number)) = &self.last_frame
            && *frame == self.framer.frame
        {
            return *number;
        }
        let hash = xxh3_128(&self.framer.frame);
        let next = self.frames.len() as u32;
        let number = *self.frames.entry(hash).or_insert_with(|| {
            self.new_frames.push(self.framer.frame.clone());
            next
        });
        let (frame, last) = self.last_frame.get_or_insert_default();
        frame.clone_from(&self.framer.frame);
        *last = number;
        number
    }

    /// The number of the fingerprint of a logtype and a service; `None` when there is no room for it.
    fn fingerprint(&mut self, logtype: u32, service: u32, room: &Room) -> Option<u32> {
        if let Some(&n) = self.fingerprints.get(&(logtype, service)) {
            return Some(n);
        }
        let name = &self.names.all[service as usize];
        let text = &self.texts[logtype as usize];
        let fingerprint = fingerprint(name, text).0;
        if !room.fingerprints.takes(fingerprint) {
            return None;
        }
        let n = self.next_fingerprint;
        self.next_fingerprint += 1;
        self.new_fingerprints.push(NewFingerprint {
            fingerprint,
            service,
            normalised: text.clone(),
        });
        self.fingerprints.insert((logtype, service), n);
        Some(n)
    }

    /// The number of the fingerprint of all records there is no room for: of no service, and all variable.
    fn catch_all(&mut self) -> u32 {
        if let Some(n) = self.catch_all {
            return n;
        }
        let normalised = SlotType::Any.text().to_string();
        let n = self.next_fingerprint;
        self.next_fingerprint += 1;
        self.catch_all = Some(n);
        self.new_fingerprints.push(NewFingerprint {
            fingerprint: fingerprint("", &normalised).0,
            service: self.names.number(""),
            normalised,
        });
        n
    }
}

/// The values at these spans.
fn slices<'a>(of: &'a [u8], spans: &'a [Span]) -> impl Iterator<Item = Slice<'a>> {
    spans.iter().map(move |&span| Slice { of, span })
}

/// Names are kept in a dictionary, so their length is bounded; the raw record has the whole of a longer one.
pub(super) fn shortened(name: &str) -> &str {
    if name.len() <= LONGEST_NAME {
        return name;
    }
    let mut end = LONGEST_NAME;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}
