//! The writing side: takes messages in the order they were read, and commits what they hold.

use super::message::{Known, Message, Part, Request};
use super::reader::STREAM;
use super::run::{Ingested, Progress};
use super::seen::Newest;
use super::share::new_share;
use crate::envelope::{Coverage, ParseStatus};
use crate::error::Result;
use crate::store::{Batch, Digested, RunRecord, Source, Store};
use crate::time::Timestamp;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How often the writer looks up when nothing comes: a signal is to be obeyed at once, as people see it.
const LOOK_UP: Duration = Duration::from_millis(100);

/// A commit is due also with so many fingerprints on a host and day: where nearly every line is another one, they take more
/// memory than the lines.
const STRETCHES: usize = 1 << 15;

/// Takes messages in order and keeps what is to be committed.
pub(super) struct Writer<'r> {
    store: &'r Store,
    batch: Batch<'r>,
    request: &'r Request,
    began: Timestamp,
    /// The source of each input, once it began.
    inputs: BTreeMap<usize, Source>,
    /// Inputs whose source changed since the last commit.
    changed: BTreeSet<usize>,
    /// The parts of sources that belong to other tenants, by number; and those that changed.
    shares: BTreeMap<u32, Source>,
    shared: BTreeSet<u32>,
    uncommitted: u64,
    /// Inputs of which it was said that they do not fit their format any more.
    told: BTreeSet<usize>,
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
    pub fn new(
        store: &'r Store,
        request: &'r Request,
        began: Timestamp,
        shares: BTreeMap<u32, Source>,
        (done, kept): (&'r mut Ingested, &'r mut u64),
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
            shares,
            shared: BTreeSet::new(),
            uncommitted: 0,
            told: BTreeSet::new(),
            before: done.records,
            done,
            kept,
            taken: 0,
            committed,
        })
    }

    pub fn take_all(
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
            Message::Decided {
                input,
                format,
                chosen,
            } => {
                if let Some(source) = self.inputs.get_mut(&input) {
                    (source.format, source.chosen) = (format, chosen);
                    self.changed.insert(input);
                }
            }
            Message::Chunk(_) => {}
            Message::Digested {
                input,
                bytes,
                digested,
                coverage,
                checkpoint,
                sifted,
                parts,
            } => {
                let Some(source) = self.inputs.get_mut(&input) else {
                    return Ok(());
                };
                if let Some(note) = stops_fitting(source, &coverage)
                    && self.told.insert(input)
                {
                    self.done.notes.push(note);
                }
                if let Some(note) = left_out(source, &digested)
                    && !self.done.notes.contains(&note)
                {
                    self.done.notes.push(note);
                }
                source.coverage.add(&coverage);
                source.checkpoint = *checkpoint;
                source.bytes += bytes;
                source.last_event = source.last_event.max(digested.last_dated());
                if let Some(newest) = sifted.newest {
                    note_cursor(source, newest);
                }
                self.changed.insert(input);
                self.done.coverage.add(&coverage);
                if source.tenant != self.request.tenant {
                    self.done.went_to(&source.tenant, coverage.lines_read);
                }
                self.done.skipped_old += sifted.old;
                self.done.bytes += bytes;
                self.uncommitted += bytes;
                source.beyond += digested.beyond;
                source.unlike += self.batch.absorb_for(&source.tenant, *digested)?;
                self.batch.mark_seen(&source.tenant, &sifted.pages)?;
                for part in parts {
                    self.take_part(input, part)?;
                }
                let full = self.uncommitted >= self.request.batch_bytes;
                if full || self.batch.stretches() >= STRETCHES {
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

    /// Takes the records of a chunk that belong to another tenant than its source.
    fn take_part(&mut self, input: usize, part: Part) -> Result<()> {
        let (Some(source), Some(tenant)) = (
            self.inputs.get(&input),
            self.request.routes.tenants().get(part.tenant),
        ) else {
            return Ok(());
        };
        let share = self
            .shares
            .entry(part.source)
            .or_insert_with(|| new_share(source, tenant, part.source));
        share.coverage.add(&part.coverage);
        share.last_event = share.last_event.max(part.digested.last_dated());
        self.shared.insert(part.source);
        self.done.coverage.add(&part.coverage);
        self.done.went_to(tenant, part.coverage.lines_read);
        share.beyond += part.digested.beyond;
        share.unlike += self.batch.absorb_for(tenant, part.digested)?;
        Ok(())
    }

    fn commit(&mut self, run: Option<&RunRecord>) -> Result<()> {
        let changed = std::mem::take(&mut self.changed);
        let shared = std::mem::take(&mut self.shared);
        let mut sources: Vec<Source> = changed
            .iter()
            .filter_map(|input| self.inputs.get(input))
            .chain(shared.iter().filter_map(|share| self.shares.get(share)))
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
    pub fn finish(mut self) -> Result<()> {
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
        let sources = self.inputs.into_values().map(|s| (s.number, s));
        self.done.sources.extend(sources);
        Ok(())
    }
}

/// Fewer records than this tell nothing about a format.
const TELLING: u64 = 20;

/// What to say of a source whose records were understood until now, and these mostly are not.
fn stops_fitting(source: &Source, now: &Coverage) -> Option<String> {
    let odd = |c: &Coverage| c.malformed + c.undated;
    let before = &source.coverage;
    let fitted = before.lines_read >= TELLING && odd(before) * 10 <= before.lines_read;
    let fits = now.lines_read < TELLING || odd(now) * 2 <= now.lines_read;
    (fitted && !fits).then(|| {
        format!(
            "{}: {} of {} records that follow are not in the format {}, which those before are in; see brainstem events --malformed, or name the format with --input-format",
            source.name,
            odd(now),
            now.lines_read,
            source.format
        )
    })
}

/// What to say of a journal some of whose messages did not come with it.
fn left_out(source: &Source, digested: &Digested) -> Option<String> {
    let mut shapes = digested.sealed.iter().flat_map(|sealed| &sealed.shapes);
    let null = shapes.any(|s| s.shape.status == ParseStatus::FieldNull.number());
    null.then(|| {
        format!(
            "{}: long messages were left out of its entries; journalctl -o json --all writes them whole",
            source.name
        )
    })
}

/// Remembers where a journal was read to: its newest entry, not the one that came last.
fn note_cursor(source: &mut Source, newest: Newest) {
    if source.cursor.as_ref().is_none_or(|c| newest.follows(c)) {
        source.cursor = Some(newest.cursor);
    }
}
