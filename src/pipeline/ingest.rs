//! Ingest: files and streams into the store, as a pipeline of three parts.
//!
//! One thread reads and frames, workers parse and cut, and the caller's thread writes. The channels between them are
//! bounded, so memory is too; messages carry a number, so the store takes them in the order they were read, whoever
//! finished first.

use super::backlog::Backlog;
use super::message::{Job, Known, Message, Request, Unread};
use super::reader::{Reader, STREAM};
use super::seen::{Newest, Seen};
use super::worker::{RawRecord, Room, Worker, parse};
use crate::envelope::{Coverage, ParseStatus};
use crate::error::{Error, Kind, Result};
use crate::intake::{self, Chunk, Mark, Resolved};
use crate::store::{Batch, RunRecord, Source, Store};
use crate::time::Timestamp;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How often the writer looks up when nothing comes: a signal is to be obeyed at once, as people see it.
const LOOK_UP: Duration = Duration::from_millis(100);

/// What a run did.
#[derive(Debug, Default)]
pub struct Ingested {
    /// Records stored.
    pub records: u64,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// Fingerprints there were not before, by number.
    pub fresh: BTreeSet<u32>,
    /// What became of the records.
    pub coverage: Coverage,
    /// Records that were left out because they are older than was asked for.
    pub skipped_old: u64,
    /// Sources that were looked at, by number.
    pub sources: BTreeMap<u32, Source>,
    /// What a person should know, a sentence each.
    pub notes: Vec<String>,
    /// Inputs that could not be read.
    pub unread: Vec<Unread>,
    /// Numbers of the fingerprints of the records stored.
    pub touched: BTreeSet<u32>,
}

impl Ingested {
    /// Once each: whoever follows a log asks again and again.
    fn could_not_read(&mut self, unread: Unread) {
        if !self.unread.contains(&unread) {
            self.unread.push(unread);
        }
    }
}

/// Told how far the run is.
pub trait Progress {
    /// Bytes and records taken in so far.
    fn at(&mut self, bytes: u64, records: u64);
    /// Whether the round should end after what it has.
    fn stop(&self) -> bool;
    /// Whether what was taken in has waited long enough to be committed.
    fn is_due(&mut self) -> bool {
        false
    }
}

/// Takes everything the request names into the store, and commits it.
pub fn ingest(store: &Store, request: Request, progress: &mut dyn Progress) -> Result<Ingested> {
    let inputs = intake::resolve(&request.paths);
    let mut run = Run::new(request);
    run.add(inputs);
    run.round(store, progress)?;
    Ok(run.end())
}

/// A run of one or more rounds, each of which has the store for itself; between them others can have it.
pub struct Run {
    request: Request,
    began: Timestamp,
    backlog: Backlog,
    done: Ingested,
}

impl Run {
    /// A run that has nothing to read yet.
    pub fn new(request: Request) -> Run {
        Run {
            began: request.received_at,
            request,
            backlog: Backlog::default(),
            done: Ingested::default(),
        }
    }

    /// Adds what was found to what is to be read.
    pub fn add(&mut self, found: Resolved) {
        for unread in self.backlog.add(found, &self.request.label) {
            self.done.could_not_read(unread);
        }
    }

    /// What a round begins with: the time it is.
    pub fn at(&mut self, now: Timestamp) {
        self.request.received_at = now;
    }

    /// Whether everything was read to its end.
    pub fn is_finished(&self) -> bool {
        self.backlog.is_empty()
    }

    /// Whether nothing can be read before something new comes.
    pub fn is_quiet(&self) -> bool {
        self.backlog.is_quiet()
    }

    /// What was done so far.
    pub fn done(&self) -> &Ingested {
        &self.done
    }

    /// What was done.
    pub fn end(self) -> Ingested {
        self.done
    }

    /// Reads until nothing is left or somebody says stop, and commits it. After a failure the store is as it was after the last
    /// commit, which the error tells of.
    pub fn round(&mut self, store: &Store, progress: &mut dyn Progress) -> Result<()> {
        let mut kept = self.done.records;
        let told = |mut e: Error, kept: u64| {
            if e.kind == Kind::Io && kept > 0 {
                e.message += &format!("; {kept} events of this run are kept");
            }
            e
        };
        self.read(store, progress, &mut kept)
            .map_err(|e| told(e, kept))
    }

    fn read(&mut self, store: &Store, progress: &mut dyn Progress, kept: &mut u64) -> Result<()> {
        let request = &self.request;
        let (known, next) = (store.sources(&request.tenant)?, store.next_source()?);
        let room = Room::of(store.logtype_count()?, || store.logtype_hashes())?;
        let (stop, committed) = (AtomicBool::new(false), AtomicU64::new(0));
        let workers = request.threads.max(1);
        let (to_workers, jobs) = bounded::<(u64, Message)>(2);
        let (to_writer, results) = bounded::<(u64, Message)>(2 * workers);
        // A claim for every message on its way: when one worker is held up, the others do not run ahead of it without bound.
        let (claim, claims) = bounded::<()>(2 * workers + 2);
        // Chunks come back to the reader: a fresh one costs a page fault for every page of it.
        let (give_back, spare) = bounded::<Chunk>(workers + 2);
        let (backlog, done) = (&mut self.backlog, &mut self.done);
        let mut writer = Writer::new(store, request, self.began, done, kept, &committed)?;
        std::thread::scope(|scope| {
            let (stop, room) = (&stop, &room);
            let seen = Seen::new(store, &request.tenant, &committed);
            scope.spawn(move || {
                let ends = (to_workers, claim, spare);
                Reader::new(request, known, next, ends, stop, seen).read_all(backlog);
            });
            for id in 0..workers {
                let (jobs, to_writer, give_back) =
                    (jobs.clone(), to_writer.clone(), give_back.clone());
                scope.spawn(move || work(id, &jobs, &to_writer, &give_back, room));
            }
            // Only the threads hold these ends now, so that each channel closes when they are done, or when one of them fails.
            drop((jobs, to_writer, give_back));
            let written = writer.take_all(&results, &claims, progress, stop);
            stop.store(true, Ordering::Relaxed);
            drop((results, claims));
            written
        })?;
        writer.finish()
    }
}

/// A worker thread: digests chunks, passes everything else on.
fn work(
    id: usize,
    jobs: &Receiver<(u64, Message)>,
    to_writer: &Sender<(u64, Message)>,
    give_back: &Sender<Chunk>,
    room: &Room,
) {
    let mut worker = Worker::new(id);
    for (number, message) in jobs {
        let message = match message {
            Message::Chunk(mut job) => {
                let digested = digest(&mut worker, &mut job, room);
                // Full when the reader has enough of them, closed when it is done: then the chunk may go.
                let _ = give_back.try_send(job.chunk);
                digested
            }
            other => other,
        };
        if to_writer.send((number, message)).is_err() {
            return;
        }
    }
}

fn digest(worker: &mut Worker, job: &mut Job, room: &Room) -> Message {
    let seen = job.sifted.skip.len() as u64;
    leave_out_old(job);
    let records = job.sifted.kept(job.chunk.records());
    let records = records.map(|r| match r.mark {
        Mark::Line => RawRecord {
            bytes: Cow::Borrowed(r.bytes),
            mark: None,
        },
        Mark::Unterminated => RawRecord {
            bytes: Cow::Borrowed(r.bytes),
            mark: Some(ParseStatus::Unterminated),
        },
        Mark::Fragment { .. } => RawRecord {
            bytes: Cow::Borrowed(r.bytes),
            mark: Some(ParseStatus::OversizeFragment),
        },
        // The bytes are known; only their number is not, so that is what the record says.
        Mark::NulRun { len } => RawRecord {
            bytes: Cow::Owned(format!("{len} NUL bytes").into_bytes()),
            mark: Some(ParseStatus::NulRun),
        },
    });
    let place = (job.source, job.chunk.offset());
    let (digested, mut coverage) = match worker.digest(
        records,
        job.reading,
        &mut job.context,
        job.undated,
        place,
        room,
    ) {
        Ok(done) => done,
        Err(e) => return Message::Broken(e),
    };
    coverage.skipped_seen += seen;
    Message::Digested {
        input: job.input,
        bytes: job.chunk.span(),
        digested: Box::new(digested),
        coverage,
        checkpoint: Box::new(job.checkpoint.clone()),
        sifted: Box::new(std::mem::take(&mut job.sifted)),
    }
}

/// Skips the records of a chunk that are older than asked for. One that says no time shares the lot of the one before it, as
/// the lines of a trace do.
fn leave_out_old(job: &mut Job) {
    let Some(since) = job.since else {
        return;
    };
    // Another context: what is learned from a record must be learned when it is read.
    let mut context = job.context.clone();
    let mut old = Vec::new();
    let mut last_is_old = false;
    for (place, record) in (0u32..).zip(job.chunk.records()) {
        let (_, parsed) = parse(job.reading, record.bytes, &mut context);
        if let Some(time) = parsed.time.filter(|_| parsed.status.is_dated()) {
            last_is_old = time < since;
        }
        if last_is_old {
            old.push(place);
        }
    }
    job.sifted.leave_out(&old);
}

/// The writing side: takes messages in order and keeps what is to be committed.
struct Writer<'r> {
    store: &'r Store,
    batch: Batch<'r>,
    request: &'r Request,
    began: Timestamp,
    /// The source of each input, once it began.
    inputs: BTreeMap<usize, Source>,
    /// Inputs whose source changed since the last commit.
    changed: BTreeSet<usize>,
    uncommitted: u64,
    /// What the run did before this round, and in it.
    done: &'r mut Ingested,
    /// Records of the run that are stored.
    kept: &'r mut u64,
    before: u64,
    /// Messages taken, and how many of them are committed: others read on from there.
    taken: u64,
    committed: &'r AtomicU64,
}

impl<'r> Writer<'r> {
    fn new(
        store: &'r Store,
        request: &'r Request,
        began: Timestamp,
        done: &'r mut Ingested,
        kept: &'r mut u64,
        committed: &'r AtomicU64,
    ) -> Result<Writer<'r>> {
        store.check_room()?;
        Ok(Writer {
            store,
            batch: store.batch(&request.tenant),
            request,
            began,
            inputs: BTreeMap::new(),
            changed: BTreeSet::new(),
            uncommitted: 0,
            before: done.records,
            done,
            kept,
            taken: 0,
            committed,
        })
    }

    fn take_all(
        &mut self,
        results: &Receiver<(u64, Message)>,
        claims: &Receiver<()>,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<()> {
        let mut early: BTreeMap<u64, Message> = BTreeMap::new();
        loop {
            match results.recv_timeout(LOOK_UP) {
                Ok((number, message)) => early.insert(number, message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            while let Some(message) = early.remove(&self.taken) {
                self.taken += 1;
                self.take(message)?;
                // Empty only when the reader is gone.
                let _ = claims.try_recv();
            }
            progress.at(self.done.bytes, self.done.coverage.lines_read);
            if progress.stop() {
                stop.store(true, Ordering::Relaxed);
            }
            if self.uncommitted > 0 && progress.is_due() {
                self.commit(None)?;
            }
        }
    }

    fn take(&mut self, message: Message) -> Result<()> {
        match message {
            Message::Begin {
                input,
                source,
                known,
            } => {
                if known == Known::No {
                    self.changed.insert(input);
                } else if source.source_type != STREAM
                    && !self.done.sources.contains_key(&source.number)
                {
                    self.done.coverage.skipped_seen += source.coverage.lines_read;
                }
                self.done.sources.insert(source.number, (*source).clone());
                self.inputs.insert(input, *source);
            }
            Message::Chunk(_) => {}
            Message::Digested {
                input,
                bytes,
                digested,
                coverage,
                checkpoint,
                sifted,
            } => {
                let Some(source) = self.inputs.get_mut(&input) else {
                    return Ok(());
                };
                source.coverage.add(&coverage);
                source.checkpoint = *checkpoint;
                source.bytes += bytes;
                source.last_event = source.last_event.max(digested.last_dated());
                if let Some(newest) = sifted.newest {
                    note_cursor(source, newest);
                }
                self.changed.insert(input);
                self.done.coverage.add(&coverage);
                self.done.skipped_old += sifted.old;
                self.done.bytes += bytes;
                self.uncommitted += bytes;
                self.batch.absorb(*digested)?;
                self.batch.mark_seen(&self.request.tenant, &sifted.pages)?;
                if self.uncommitted >= self.request.batch_bytes {
                    self.commit(None)?;
                    self.store.check_room()?;
                }
            }
            Message::End { input, checkpoint } => {
                let Some(source) = self.inputs.get_mut(&input) else {
                    return Ok(());
                };
                if source.checkpoint != *checkpoint {
                    source.checkpoint = *checkpoint;
                    self.changed.insert(input);
                }
            }
            Message::Note(text) => {
                if !self.done.notes.contains(&text) {
                    self.done.notes.push(text);
                }
            }
            Message::Unread(unread) => self.done.could_not_read(unread),
            Message::Broken(e) => return Err(e),
        }
        Ok(())
    }

    fn commit(&mut self, run: Option<&RunRecord>) -> Result<()> {
        let changed = std::mem::take(&mut self.changed);
        let mut sources: Vec<Source> = changed
            .iter()
            .filter_map(|input| self.inputs.get(input))
            .cloned()
            .collect();
        sources
            .iter_mut()
            .for_each(|s| s.last_ingest = self.request.received_at);
        self.uncommitted = 0;
        self.batch.commit(&sources, run)?;
        self.committed.store(self.taken, Ordering::Release);
        *self.kept = self.before + self.batch.summary().records;
        Ok(())
    }

    /// Commits what is left, with a record of the run.
    fn finish(mut self) -> Result<()> {
        self.done.records = self.before + self.batch.summary().records;
        let run = RunRecord {
            tenant: self.request.tenant.clone(),
            started_at: self.began,
            stored: self.done.records,
            coverage: self.done.coverage,
            problems: self.done.unread.len() as u32,
        };
        self.commit(Some(&run))?;
        self.done.fresh.extend(&self.batch.summary().fresh);
        self.done.touched.extend(&self.batch.summary().touched);
        Ok(())
    }
}

/// Remembers where a journal was read to: its newest entry, not the one that came last.
fn note_cursor(source: &mut Source, newest: Newest) {
    if source.cursor.as_ref().is_none_or(|c| newest.follows(c)) {
        source.cursor = Some(newest.cursor);
    }
}
