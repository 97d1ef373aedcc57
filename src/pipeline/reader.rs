//! The reading thread: opens inputs one after the other, decides their format, and sends their records on in chunks.

use super::backlog::{Backlog, Item};
use super::choice::{UNDECIDED, choose, chosen};
use super::message::{Job, Known, Message, Pause, Request, Unread};
use super::moved::{Moved, log_of};
use super::paused::{Paused, Sources};
use super::reading::Reading;
use super::seen::{Seen, Sifted};
use super::share::Numbers;
use crate::envelope::Coverage;
use crate::error::Result;
use crate::formats::Context;
use crate::intake::{
    self, Age, Checkpoint, Chunk, Family, Generation, Input, NoteKind, Opened, Options, Rotations,
    Step,
};
use crate::store::{Source, Store};
use crossbeam_channel::{Receiver, Sender};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The source type of what has no place to be found again.
pub(super) const STREAM: &str = "stream";

/// Reads what a request names.
pub(super) struct Reader<'r> {
    request: &'r Request,
    /// Sources by tenant and family, those of this run too: generations that turn up twice are recognised.
    known: Sources,
    to_workers: Sender<(u64, Message)>,
    /// A place among the messages on their way.
    claim: Sender<()>,
    /// Chunks the workers are done with.
    spare: Receiver<Chunk>,
    stop: &'r AtomicBool,
    /// Journal entries that were taken in before, by tenant.
    seen: BTreeMap<String, Seen<'r>>,
    /// Which files stand beside the logs of this run.
    rotations: Rotations,
    /// Files that have been in another family.
    moved: Moved,
    /// The number of the next message, and those of sources.
    number: u64,
    numbers: &'r Numbers,
    /// Inputs begun in this round.
    inputs: usize,
}

/// The other side hung up: the run is over.
pub(super) struct HungUp;

type Sent = std::result::Result<(), HungUp>;
/// What was not read to its end.
type Going = std::result::Result<Option<Box<Paused>>, HungUp>;

impl<'r> Reader<'r> {
    /// A reader that knows the sources of the store, and what was committed of this run's messages.
    pub fn new(
        request: &'r Request,
        (store, numbers, committed): (&'r Store, &'r Numbers, &'r AtomicU64),
        (to_workers, claim, spare): (Sender<(u64, Message)>, Sender<()>, Receiver<Chunk>),
        stop: &'r AtomicBool,
    ) -> Result<Reader<'r>> {
        let mut known = Sources::new();
        let mut seen = BTreeMap::new();
        for tenant in std::iter::once(&request.tenant).chain(request.routes.tenants()) {
            if seen.contains_key(tenant) {
                continue;
            }
            seen.insert(tenant.clone(), Seen::new(store, tenant, committed));
            for source in store.sources(tenant)? {
                let key = (source.tenant.clone(), source.family.clone());
                known.entry(key).or_default().push(source);
            }
        }
        Ok(Reader {
            request,
            moved: Moved::new(&known),
            known,
            to_workers,
            claim,
            spare,
            stop,
            seen,
            rotations: Rotations::default(),
            number: 0,
            numbers,
            inputs: 0,
        })
    }

    /// Reads the backlog, until nothing is left or nobody wants more. What was not read to its end goes back.
    pub fn read_all(mut self, backlog: &mut Backlog) {
        let mut quiet = Vec::new();
        self.moved.look_at(backlog);
        while !self.stopped()
            && let Some(item) = backlog.next()
        {
            match self.read_item(item, backlog) {
                Ok(Some(paused)) if paused.quiet => quiet.push(paused),
                // Others have waited while the stream was read.
                Ok(Some(paused)) if paused.is_stream() => {
                    backlog.after_others(Item::Open(paused));
                }
                Ok(Some(paused)) => backlog.before_others(Item::Open(paused)),
                Ok(None) => {}
                Err(HungUp) => return,
            }
        }
        for paused in quiet {
            backlog.after_others(Item::Open(paused));
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Reads one; returns it if it was not read to its end.
    fn read_item(&mut self, item: Item, backlog: &mut Backlog) -> Going {
        match item {
            Item::Input(input) => {
                for planned in self.with_its_past(&input)?.into_iter().rev() {
                    backlog.before_others(Item::Planned(planned));
                }
                Ok(None)
            }
            Item::Planned(input) => self.read(&input),
            Item::Open(mut paused) => {
                paused.resume(self.request, &self.known);
                self.read_on(paused)
            }
        }
    }

    /// An input, and before it the rotated files that hold what of it was never read.
    fn with_its_past(&mut self, input: &Input) -> std::result::Result<Vec<Input>, HungUp> {
        let key = self.key(input);
        let (_, mut checkpoints) = self.known(&key);
        checkpoints.retain(|(_, c)| !self.moved.went_from(&key.1, c));
        let options = self.options();
        let past = self.rotations.catch_up(input, &checkpoints, &options);
        for note in past.notes {
            self.note(&input.label(), note)?;
        }
        Ok(past.inputs)
    }

    /// The key of the checkpoints of an input: whose it is, and its family.
    fn key(&self, input: &Input) -> (String, String) {
        let tenant = self.request.routes.of_input(input);
        let family = match input {
            Input::File(file) => file.family.key(),
            Input::Stdin { label } => stream_family(label),
        };
        (tenant.unwrap_or(&self.request.tenant).to_string(), family)
    }

    fn send(&mut self, message: Message) -> Sent {
        self.claim.send(()).map_err(|_| HungUp)?;
        self.number += 1;
        self.to_workers
            .send((self.number - 1, message))
            .map_err(|_| HungUp)
    }

    fn options(&self) -> Options {
        Options {
            now: self.request.received_at,
            partial: self.request.partial,
            limits: self.request.limits,
            binary: self.request.binary,
        }
    }

    /// The sources of a family, and where reading them stopped.
    fn known(&self, key: &(String, String)) -> (Vec<Source>, Vec<(u64, Checkpoint)>) {
        let known = self.known.get(key).cloned().unwrap_or_default();
        let checkpoints = known
            .iter()
            .map(|s| (u64::from(s.number), s.checkpoint.clone()))
            .collect();
        (known, checkpoints)
    }

    fn read(&mut self, input: &Input) -> Going {
        let key = self.key(input);
        if let Some((opened, source)) = self.moved_here(input, &key) {
            return self.read_opened(key, input.label(), opened, vec![source]);
        }
        let (known, checkpoints) = self.known(&key);
        match intake::open(input, &checkpoints, &self.options()) {
            Ok(opened) => self.read_opened(key, input.label(), opened, known),
            Err(e) => {
                let unread = Unread {
                    name: input.label(),
                    reason: e.message,
                    hint: e.hint,
                };
                self.send(Message::Unread(unread)).map(|()| None)
            }
        }
    }

    /// The input as one that was read as a file of another family and holds what was read then; with its source, which belongs to
    /// this family from now on.
    fn moved_here(&mut self, input: &Input, key: &(String, String)) -> Option<(Opened, Source)> {
        let elsewhere = self.moved.sources_of(log_of(input)?, key, &self.known);
        let checkpoints = elsewhere.iter();
        let checkpoints: Vec<(u64, Checkpoint)> = checkpoints
            .map(|s| (u64::from(s.number), s.checkpoint.clone()))
            .collect();
        if checkpoints.is_empty() {
            return None;
        }
        let opened = intake::open(input, &checkpoints, &self.options()).ok()?;
        let Generation::Existing(id) = opened.generation else {
            return None;
        };
        let mut source = elsewhere.into_iter().find(|s| u64::from(s.number) == id)?;
        let left = (source.tenant.clone(), source.family.clone());
        if let Some(all) = self.known.get_mut(&left) {
            all.retain(|s| s.number != source.number);
        }
        source.family.clone_from(&key.1);
        Some((opened, source))
    }

    fn read_opened(
        &mut self,
        key: (String, String),
        name: String,
        opened: Opened,
        known: Vec<Source>,
    ) -> Going {
        for note in opened.notes {
            self.note(&name, note)?;
        }
        let now = self.request.received_at;
        let undated = self.request.written(opened.modified);
        let source = match opened.generation {
            Generation::Existing(id) => known.into_iter().find(|s| u64::from(s.number) == id),
            Generation::New => None,
        };
        self.read_on(Box::new(Paused {
            key,
            name,
            transport: opened.transport,
            reader: opened.reader,
            undated,
            source,
            reading: None,
            context: Context::new(self.request.zone, undated, now),
            input: None,
            quiet: false,
        }))
    }

    /// Reads an open source to its end, or until it pauses or nobody wants more: then it is returned.
    fn read_on(&mut self, mut open: Box<Paused>) -> Going {
        let mut chunk = Chunk::default();
        let mut failed = false;
        let size = self.chunk_size(&open);
        loop {
            if self.stopped() {
                return Ok(Some(open));
            }
            match open.reader.next(size, &mut chunk) {
                Ok(Step::Chunk) => {}
                Ok(Step::Quiet) if self.request.pause == Pause::Leave => {
                    open.quiet = true;
                    return Ok(Some(open));
                }
                Ok(Step::Quiet) => continue,
                Ok(Step::End) => break,
                Err(e) => {
                    self.send(Message::Unread(Unread {
                        name: open.name.clone(),
                        reason: e.message,
                        hint: e.hint,
                    }))?;
                    failed = true;
                    break;
                }
            }
            let reading = choose(self.request, &mut open, &chunk);
            let input = self.begin(&mut open, reading)?;
            let Some(sifted) = self.sift(&open.key.0, reading, &chunk)? else {
                return Ok(None);
            };
            let job = Job {
                input,
                tenant: open.key.0.clone(),
                source: open.source.as_ref().map_or(0, |s| s.number),
                chunk: std::mem::replace(&mut chunk, self.spare.try_recv().unwrap_or_default()),
                reading,
                context: open.context.clone(),
                undated: open.undated,
                checkpoint: open.checkpoint(),
                sifted,
                since: self.request.since,
            };
            self.send(Message::Chunk(Box::new(job)))?;
        }
        if open.is_stream() && open.source.is_none() {
            // It said nothing, and is no other source than the last that was called so.
            let known = self.known.get(&open.key).into_iter().flatten();
            open.source = known.max_by_key(|s| s.last_ingest).cloned();
        }
        // An empty file is a source too: what comes into it later is read from its beginning.
        let reading = choose(self.request, &mut open, &Chunk::default());
        let input = self.begin(&mut open, reading)?;
        let checkpoint = open.checkpoint();
        self.remember(&open, &checkpoint);
        self.send(Message::End {
            input,
            checkpoint: Box::new(checkpoint),
        })?;
        // After an error there is nothing more to say of its end.
        let notes = if failed {
            Vec::new()
        } else {
            open.reader.notes()
        };
        for note in notes {
            self.note(&open.name, note)?;
        }
        Ok(None)
    }

    /// Bytes to ask for at once: no more than there are, since room for them is made and cleared for each of thousands of files.
    fn chunk_size(&self, open: &Paused) -> usize {
        let most = usize::try_from(self.request.batch_bytes).unwrap_or(usize::MAX);
        let size = self.request.chunk.min(most);
        match open
            .reader
            .bytes_total()
            .filter(|_| open.transport == "file")
        {
            Some(left) => {
                usize::try_from(left).map_or(size, |left| size.min(left.saturating_add(1)))
            }
            None => size,
        }
    }

    /// What of a chunk was taken in before; nothing when that cannot be found out, which ends the run.
    fn sift(
        &mut self,
        tenant: &str,
        reading: Reading,
        chunk: &Chunk,
    ) -> std::result::Result<Option<Sifted>, HungUp> {
        let journal = reading.format.name().starts_with("journald");
        let Some(seen) = self.seen.get_mut(tenant).filter(|_| journal) else {
            return Ok(Some(Sifted::default()));
        };
        match seen.sift(chunk, self.number) {
            Ok(sifted) => Ok(Some(sifted)),
            Err(e) => self.send(Message::Broken(e)).map(|()| None),
        }
    }

    fn note(&mut self, name: &str, note: intake::Note) -> Sent {
        // Whoever follows a log finds half a line again and again; of one that was rotated away nobody may write the rest.
        let following = self.request.pause == Pause::Leave;
        let live = || Family::of(Path::new(name)).1 == Age::Live;
        if following && note.kind == NoteKind::Unfinished && live() {
            return Ok(());
        }
        if note.input_was_skipped() {
            return self.send(Message::Unread(Unread {
                name: name.to_string(),
                reason: note.text,
                hint: None,
            }));
        }
        self.send(Message::Note(note.text))
    }

    /// Tells the writer of the source, once a round; returns the number of the input.
    fn begin(&mut self, open: &mut Paused, reading: Reading) -> std::result::Result<usize, HungUp> {
        if let Some(input) = open.input {
            return self.decide_late(open, input).map(|()| input);
        }
        let format = match open.reading {
            Some(reading) => reading.format.name(),
            None => UNDECIDED,
        };
        let (known, mut source) = match open.source.clone().or_else(|| self.stream(open, format)) {
            Some(source) => (Known::Yes, source),
            None => (Known::No, self.new_source(open, reading)),
        };
        if source.format == UNDECIDED {
            source.format = format.to_string();
            source.chosen = chosen(reading);
        }
        source.name.clone_from(&open.name);
        open.source = Some(source.clone());
        let input = self.inputs;
        self.inputs += 1;
        open.input = Some(input);
        self.send(Message::Begin {
            input,
            source: Box::new(source),
            known,
        })?;
        Ok(input)
    }

    /// Tells the writer of a format that was found after the source had begun, with lines that say nothing.
    fn decide_late(&mut self, open: &mut Paused, input: usize) -> Sent {
        let (Some(reading), Some(source)) = (open.reading, &mut open.source) else {
            return Ok(());
        };
        if source.format != UNDECIDED {
            return Ok(());
        }
        source.format = reading.format.name().to_string();
        source.chosen = chosen(reading);
        let (format, chosen) = (source.format.clone(), source.chosen);
        self.send(Message::Decided {
            input,
            format,
            chosen,
        })
    }

    /// The source that streams of this name and format belong to, if one came before.
    fn stream(&self, open: &Paused, format: &str) -> Option<Source> {
        let known = self.known.get(&open.key).filter(|_| open.is_stream())?;
        let fits = |s: &&Source| s.format == format || s.format == UNDECIDED;
        known.iter().find(fits).cloned()
    }

    fn new_source(&self, open: &Paused, reading: Reading) -> Source {
        let now = self.request.received_at;
        Source {
            number: self.numbers.fresh(),
            tenant: open.key.0.clone(),
            source_type: if open.is_stream() { STREAM } else { "file" }.to_string(),
            name: open.name.clone(),
            family: open.key.1.clone(),
            format: UNDECIDED.to_string(),
            chosen: chosen(reading),
            zone: self.request.zone.name(),
            transport: open.transport.to_string(),
            checkpoint: Checkpoint::default(),
            coverage: Coverage::default(),
            unlike: 0,
            beyond: 0,
            first_ingest: now,
            last_ingest: now,
            bytes: 0,
            last_event: None,
            cursor: None,
        }
    }

    /// Keeps the source for what else of its family this run reads.
    fn remember(&mut self, open: &Paused, checkpoint: &Checkpoint) {
        if let Some(mut source) = open.source.clone() {
            source.checkpoint = checkpoint.clone();
            let known = self.known.entry(open.key.clone()).or_default();
            known.retain(|s| s.number != source.number);
            known.push(source);
        }
    }
}

/// The family of the streams of this name.
pub fn stream_family(label: &str) -> String {
    format!("stream {label}")
}
