//! Ingest: files and streams into the store, as a pipeline of three parts.
//!
//! One thread reads and frames, workers parse and cut, and the caller's thread writes. The channels between them are
//! bounded, so memory is too; messages carry a number, so the store takes them in the order they were read, whoever
//! finished first.

use super::backlog::Backlog;
use super::message::{Job, Message, Missing, Part, Request};
use super::reader::Reader;
use super::reading::parse_text;
use super::room::Room;
use super::route::Routes;
use super::run::{Ingested, Progress};
use super::share::{self, Numbers, groups};
use super::worker::{Scene, Worker};
use super::writer::Writer;
use crate::envelope::Coverage;
use crate::error::{Error, Kind, Result};
use crate::intake::{self, Chunk, Problem, Record, Resolved};
use crate::store::{Digested, Store};
use crate::time::Timestamp;
use crossbeam_channel::{Receiver, Sender, bounded};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Takes everything the request names into the store, and commits it.
pub fn ingest(store: &Store, request: &Request, progress: &mut dyn Progress) -> Result<Ingested> {
    let inputs = intake::resolve(&request.paths, request.binary);
    let mut run = Run::new(request.clone());
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
    pub fn add(&mut self, mut found: Resolved) {
        match self.request.missing {
            Missing::Told => found.problems.append(&mut found.missing),
            Missing::Allowed => {}
        }
        if let Some(note) = not_logs(&found.skipped) {
            self.done.notes.push(note);
        }
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
        let shares = share::stored(store, &request.routes)?;
        let numbers = Numbers::of(store, &request.routes, &shares)?;
        let room = Room::of(store)?;
        let (stop, committed) = (AtomicBool::new(false), AtomicU64::new(0));
        let workers = request.threads.max(1);
        let (to_workers, jobs) = bounded::<(u64, Message)>(2);
        let (to_writer, results) = bounded::<(u64, Message)>(2 * workers);
        // A claim for every message on its way: when one worker is held up, the others do not run ahead of it without bound.
        let (claim, claims) = bounded::<()>(workers + 2);
        // Chunks come back to the reader: a fresh one costs a page fault for every page of it.
        let (give_back, spare) = bounded::<Chunk>(workers + 2);
        let (backlog, done) = (&mut self.backlog, &mut self.done);
        let done = (done, kept);
        let mut writer = Writer::new(store, request, self.began, shares, done, &committed)?;
        let ends = (to_workers, claim, spare);
        let reader = Reader::new(request, (store, &numbers, &committed), ends, &stop)?;
        std::thread::scope(|scope| {
            let (stop, room, numbers) = (&stop, &room, &numbers);
            scope.spawn(move || reader.read_all(backlog));
            for id in 0..workers {
                let (jobs, to_writer, give_back) =
                    (jobs.clone(), to_writer.clone(), give_back.clone());
                let crew = Crew::new(id, workers, &request.routes, numbers, room);
                scope.spawn(move || work(crew, &jobs, &to_writer, &give_back));
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

/// A sentence on files that lie beside logs and are none.
fn not_logs(skipped: &[Problem]) -> Option<String> {
    /// So many are named.
    const NAMED: usize = 3;
    let names = skipped.iter().take(NAMED);
    let names: Vec<String> = names.map(|p| p.path.display().to_string()).collect();
    let more = match skipped.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let are = match skipped.len() {
        0 => return None,
        1 => "1 file is no log and was".to_string(),
        n => format!("{n} files are no logs and were"),
    };
    Some(format!("{are} not read: {}{more}", names.join(", ")))
}

/// A worker thread: digests chunks, passes everything else on.
fn work(
    mut crew: Crew<'_>,
    jobs: &Receiver<(u64, Message)>,
    to_writer: &Sender<(u64, Message)>,
    give_back: &Sender<Chunk>,
) {
    for (number, message) in jobs {
        let message = match message {
            Message::Chunk(mut job) => {
                let digested = crew.digest(&mut job).unwrap_or_else(Message::Broken);
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

/// The workers of a thread: one for the tenants of sources, and one for each tenant that rules find in records, since a worker
/// numbers for one tenant.
struct Crew<'r> {
    id: usize,
    threads: usize,
    workers: BTreeMap<Owner, Worker>,
    routes: &'r Routes,
    numbers: &'r Numbers,
    room: &'r Room,
}

/// Whose records a worker reads.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    /// The tenant's of this name, which the source belongs to.
    Source(String),
    /// The tenant's of this place among those of the routes.
    Route(usize),
}

impl<'r> Crew<'r> {
    fn new(
        id: usize,
        threads: usize,
        routes: &'r Routes,
        numbers: &'r Numbers,
        room: &'r Room,
    ) -> Crew<'r> {
        Crew {
            id,
            threads,
            workers: BTreeMap::new(),
            routes,
            numbers,
            room,
        }
    }

    fn digest(&mut self, job: &mut Job) -> Result<Message> {
        let seen = job.sifted.skip.len() as u64;
        leave_out_old(job);
        let skip = std::mem::take(&mut job.sifted.skip);
        let mut parts = Vec::new();
        let mut elsewhere = skip.clone();
        if self.routes.look_at_records() {
            let records = placed(&job.chunk, &skip);
            for (tenant, places) in groups(records, self.routes, job.reading, &job.context) {
                let source = self.numbers.share(job.source, tenant);
                let all = 0..job.chunk.records().count() as u32;
                let others = all
                    .filter(|p| places.binary_search(p).is_err())
                    .collect::<Vec<_>>();
                let (digested, coverage) = self.read(Owner::Route(tenant), job, source, &others)?;
                elsewhere.extend(places);
                parts.push(Part {
                    tenant,
                    source,
                    digested,
                    coverage,
                });
            }
            elsewhere.sort_unstable();
        }
        let owner = Owner::Source(job.tenant.clone());
        let (digested, mut coverage) = self.read(owner, job, job.source, &elsewhere)?;
        coverage.skipped_seen += seen;
        Ok(Message::Digested {
            input: job.input,
            bytes: job.chunk.span(),
            digested: Box::new(digested),
            coverage,
            checkpoint: Box::new(job.checkpoint.clone()),
            sifted: Box::new(std::mem::take(&mut job.sifted)),
            parts,
        })
    }

    /// Reads the records of a chunk that are not skipped.
    fn read(
        &mut self,
        owner: Owner,
        job: &Job,
        source: u32,
        skip: &[u32],
    ) -> Result<(Digested, Coverage)> {
        // Unlike any other of the run.
        let id = self.id + self.threads * self.workers.len();
        let worker = self.workers.entry(owner).or_insert_with(|| Worker::new(id));
        let records = placed(&job.chunk, skip).map(|(_, record)| record);
        let place = (source, job.chunk.offset());
        let mut context = job.context.clone();
        let mut scene = Scene {
            reading: job.reading,
            context: &mut context,
            undated: job.undated,
            room: self.room,
            coverage: Coverage::default(),
        };
        worker.digest(records, &mut scene, place)
    }
}

/// The records of a chunk that are not skipped, with their places.
fn placed<'c>(chunk: &'c Chunk, skip: &'c [u32]) -> impl Iterator<Item = (u32, Record<'c>)> {
    let mut skip = skip.iter().peekable();
    let places = 0u32..;
    let mut wanted = move |place: u32| skip.next_if_eq(&&place).is_none();
    places
        .zip(chunk.records())
        .filter(move |(place, _)| wanted(*place))
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
        let (_, parsed) = parse_text(job.reading, record.bytes, &mut context);
        if let Some(time) = parsed.time.filter(|_| parsed.status.is_dated()) {
            last_is_old = time < since;
        }
        if last_is_old {
            old.push(place);
        }
    }
    job.sifted.leave_out(&old);
}
