//! What travels through the pipeline: the request that starts it, and the messages between its threads.

use super::reading::Reading;
use super::route::Routes;
use super::seen::Sifted;
use crate::envelope::Coverage;
use crate::error::Error;
use crate::formats::{Context, Zone};
use crate::intake::{Binary, Checkpoint, Chunk, Limits, Partial};
use crate::store::{Chosen, Digested, Source};
use crate::time::Timestamp;
use std::path::PathBuf;

/// Bytes of records a chunk holds; each becomes a segment. Large enough to compress well and to be ruled out by few
/// descriptions, small enough that one is read in milliseconds.
pub const CHUNK: usize = 4 << 20;

/// What is to be taken in.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files, directories, patterns, or `-`.
    pub paths: Vec<PathBuf>,
    /// The tenant the records belong to.
    pub tenant: String,
    /// The format by name; `None`: find out.
    pub format: Option<String>,
    /// What the columns of tables mean: `(field, column)`.
    pub columns: Vec<(String, String)>,
    /// The name of a stream.
    pub label: String,
    /// The zone of stamps that name none.
    pub zone: Zone,
    /// Now, as the caller sees it.
    pub received_at: Timestamp,
    /// When the last record was written, for stamps without a year and records without a time; `None`: as the file is old.
    pub written: Option<Timestamp>,
    /// What to do with an unfinished last line.
    pub partial: Partial,
    /// What to do with files that look like no text.
    pub binary: Binary,
    /// Bounds of unpacking.
    pub limits: Limits,
    /// Worker threads.
    pub threads: usize,
    /// Bytes of a piece that is read at once; [`CHUNK`] but where it is tried whether that matters.
    pub chunk: usize,
    /// Bytes of records between two commits: each costs a flush to disk, and memory holds what is not committed.
    pub batch_bytes: u64,
    /// What to do when a stream pauses.
    pub pause: Pause,
    /// Older records are left out, and counted.
    pub since: Option<Timestamp>,
    /// Whose records are, where that is not `tenant`.
    pub routes: Routes,
    /// What to make of names and patterns there is no file for.
    pub missing: Missing,
}

impl Request {
    /// When the last record of an input was written, as far as that is known: what says no year or no time was not later.
    pub(super) fn written(&self, modified: Option<Timestamp>) -> Timestamp {
        let written = self.written.or(modified).unwrap_or(self.received_at);
        written.min(self.received_at)
    }
}

/// Bytes between two commits, where nobody says otherwise.
pub const BATCH_BYTES: u64 = 32 << 20;

/// What to do when a stream pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Wait for it, holding the store.
    Wait,
    /// Leave it for the next round, so that others can have the store.
    Leave,
}

/// What to make of names and patterns there is no file for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// They are inputs that could not be read.
    Told,
    /// There may be none, as on a machine that has not all of the services others have.
    Allowed,
}

/// An input, or a part of one, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What it is called.
    pub name: String,
    /// Why not, in words that name it.
    pub reason: String,
    /// What to type instead, if anything helps.
    pub hint: Option<String>,
}

/// What travels from the reader past the workers to the writer, in order. `input` counts the inputs of the run.
pub(super) enum Message {
    /// A source begins, known to the store or new; what follows for this input is its.
    Begin {
        input: usize,
        source: Box<Source>,
        known: Known,
    },
    /// The format of a source was found, after its first records had said nothing.
    Decided {
        input: usize,
        format: String,
        chosen: Chosen,
    },
    /// Records to be digested, how to read them, and how far the source is with them.
    Chunk(Box<Job>),
    /// What a worker made of them.
    Digested {
        input: usize,
        bytes: u64,
        digested: Box<Digested>,
        coverage: Coverage,
        checkpoint: Box<Checkpoint>,
        sifted: Box<Sifted>,
        parts: Vec<Part>,
    },
    /// A source was read as far as it went.
    End {
        input: usize,
        checkpoint: Box<Checkpoint>,
    },
    /// What a person should know; whether it means that input was skipped.
    Note(String),
    /// An input that could not be read.
    Unread(Unread),
    /// The run cannot go on.
    Broken(Error),
}

/// The records of a chunk that belong to another tenant than its source.
pub(super) struct Part {
    /// Its place among those of the routes.
    pub tenant: usize,
    /// The number under which the source is known to it.
    pub source: u32,
    pub digested: Digested,
    pub coverage: Coverage,
}

/// Whether the store has a source already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Yes,
    No,
}

/// A chunk on its way to a worker.
pub(super) struct Job {
    pub input: usize,
    /// Whose the source is.
    pub tenant: String,
    pub source: u32,
    pub chunk: Chunk,
    pub reading: Reading,
    pub context: Context,
    pub undated: Timestamp,
    pub checkpoint: Checkpoint,
    pub sifted: Sifted,
    pub since: Option<Timestamp>,
}
