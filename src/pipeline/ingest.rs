//! Ingest: files and streams into the store, as a pipeline of three parts.
//!
//! One thread reads and frames, workers parse and cut, and the caller's thread writes. The channels between them are
//! bounded, so memory is too; messages carry a number, so the store takes them in the order they were read, whoever
//! finished first.

use super::message::{Job, Known, Message, Request, Unread};
use super::reader::Reader;
use super::room::Room;
use super::worker::{RawRecord, Worker};
use crate::envelope::{Coverage, ParseStatus};
use crate::error::Result;
use crate::intake::{self, Chunk, Input, Mark};
use crate::store::{Batch, RunRecord, Source, Store};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes of records between two commits: each costs a flush to disk, and memory holds what is not committed.
const COMMIT: u64 = 32 << 20;

/// Or so many fingerprints on a host and day: where nearly every line is another one, they take more memory than the lines.
const STRETCHES: usize = 1 << 16;

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
    /// Sources that were looked at.
    pub sources: Vec<Source>,
    /// What a person should know, a sentence each.
    pub notes: Vec<String>,
    /// Inputs that could not be read.
    pub unread: Vec<Unread>,
    /// Numbers of the fingerprints of the records stored.
    pub touched: BTreeSet<u32>,
}

/// Told how far the run is.
pub trait Progress {
    /// Bytes and records taken in so far.
    fn at(&mut self, bytes: u64, records: u64);
    /// Whether the run should end after what it has.
    fn stop(&self) -> bool;
}

/// Takes everything the request names into the store, and commits it.
pub fn ingest(store: &Store, request: &Request, progress: &mut dyn Progress) -> Result<Ingested> {
    let mut resolved = intake::resolve(&request.paths);
    for input in &mut resolved.inputs {
        if let Input::Stdin { label } = input {
            label.clone_from(&request.label);
        }
    }
    let (known, next) = (store.sources(&request.tenant)?, store.next_source()?);
    let room = Room::of(store)?;
    let stop = AtomicBool::new(false);
    let workers = request.threads.max(1);
    let (to_workers, jobs) = bounded::<(u64, Message)>(2);
    let (to_writer, results) = bounded::<(u64, Message)>(2 * workers);
    // A claim for every message on its way: when one worker is held up, the others do not run ahead of it without bound.
    let (claim, claims) = bounded::<()>(2 * workers + 2);
    // Chunks come back to the reader: a fresh one costs a page fault for every page of it.
    let (give_back, spare) = bounded::<Chunk>(workers + 2);
    let mut writer = Writer::new(store, request);
    writer.done.unread = resolved
        .problems
        .iter()
        .map(|p| Unread {
            name: p.path.display().to_string(),
            reason: p.error.message.clone(),
        })
        .collect();
    std::thread::scope(|scope| {
        let (stop, room, inputs) = (&stop, &room, resolved.inputs);
        scope.spawn(move || {
            Reader::new(request, known, next, (to_workers, claim, spare), stop).read_all(inputs)
        });
        for id in 0..workers {
            let (jobs, to_writer, give_back) = (jobs.clone(), to_writer.clone(), give_back.clone());
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
    let records = job.chunk.records().map(|r| match r.mark {
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
    let (digested, coverage) = match worker.digest(
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
    Message::Digested {
        input: job.input,
        bytes: job.chunk.span(),
        digested: Box::new(digested),
        coverage,
        checkpoint: Box::new(job.checkpoint.clone()),
    }
}

/// The writing side: takes messages in order and keeps what is to be committed.
struct Writer<'s> {
    batch: Batch<'s>,
    request: &'s Request,
    /// The source of each input, once it began.
    inputs: BTreeMap<usize, Source>,
    /// Inputs whose source changed since the last commit.
    changed: BTreeSet<usize>,
    uncommitted: u64,
    done: Ingested,
}

impl<'s> Writer<'s> {
    fn new(store: &'s Store, request: &'s Request) -> Writer<'s> {
        Writer {
            batch: store.batch(&request.tenant),
            request,
            inputs: BTreeMap::new(),
            changed: BTreeSet::new(),
            uncommitted: 0,
            done: Ingested::default(),
        }
    }

    fn take_all(
        &mut self,
        results: &Receiver<(u64, Message)>,
        claims: &Receiver<()>,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<()> {
        let mut early: BTreeMap<u64, Message> = BTreeMap::new();
        let mut next = 0;
        for (number, message) in results {
            early.insert(number, message);
            while let Some(message) = early.remove(&next) {
                self.take(message)?;
                // Empty only when the reader is gone.
                let _ = claims.try_recv();
                next += 1;
            }
            progress.at(self.done.bytes, self.done.coverage.lines_read);
            if progress.stop() {
                stop.store(true, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    fn take(&mut self, message: Message) -> Result<()> {
        match message {
            Message::Begin {
                input,
                source,
                known,
            } => {
                match known {
                    Known::Yes => self.done.coverage.skipped_seen += source.coverage.lines_read,
                    Known::No => {
                        self.changed.insert(input);
                    }
                }
                self.inputs.insert(input, *source);
            }
            Message::Chunk(_) => {}
            Message::Digested {
                input,
                bytes,
                digested,
                coverage,
                checkpoint,
            } => {
                let Some(source) = self.inputs.get_mut(&input) else {
                    return Ok(());
                };
                source.coverage.add(&coverage);
                source.checkpoint = *checkpoint;
                source.beyond += digested.beyond;
                source.unlike += self.batch.absorb(*digested)?;
                self.changed.insert(input);
                self.done.coverage.add(&coverage);
                self.done.bytes += bytes;
                self.uncommitted += bytes;
                if self.uncommitted >= COMMIT || self.batch.stretches() >= STRETCHES {
                    self.commit(None)?;
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
            Message::Note(text) => self.done.notes.push(text),
            Message::Unread(unread) => self.done.unread.push(unread),
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
        self.batch.commit(&sources, run)
    }

    /// Commits what is left, with a record of the run.
    fn finish(mut self) -> Result<Ingested> {
        self.done.records = self.batch.summary().records;
        let run = RunRecord {
            tenant: self.request.tenant.clone(),
            started_at: self.request.received_at,
            stored: self.done.records,
            coverage: self.done.coverage,
            problems: self.done.unread.len() as u32,
        };
        self.commit(Some(&run))?;
        self.done.fresh = self.batch.summary().fresh.clone();
        self.done.touched = self.batch.summary().touched.clone();
        self.done.sources = self.inputs.into_values().collect();
        Ok(self.done)
    }
}
