//! A source that is open, so that another round can go on where one stopped.

use super::message::Request;
use super::reading::Reading;
use crate::formats::Context;
use crate::intake::{Checkpoint, ChunkReader, Columns};
use crate::store::Source;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Sources by tenant and family.
pub(super) type Sources = BTreeMap<(String, String), Vec<Source>>;

/// A source that is open, and where reading it stands. What its reader holds of an unfinished line goes on with it.
pub(super) struct Paused {
    /// The key of its checkpoints: whose it is, and its family.
    pub key: (String, String),
    /// What it is called.
    pub name: String,
    /// How its bytes come.
    pub transport: &'static str,
    /// Gives its records.
    pub reader: ChunkReader,
    /// When a record happened that says no time.
    pub undated: Timestamp,
    /// Its source, once it has one.
    pub source: Option<Source>,
    /// How it is read, once that is decided.
    pub reading: Option<Reading>,
    /// Zone, year and columns.
    pub context: Context,
    /// The number of the input in this round, once the writer knows of it.
    pub input: Option<usize>,
    /// Whether nothing came lately.
    pub quiet: bool,
}

impl Paused {
    /// Whether nothing came when it was read last.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether it is a stream, which has no place to be found again.
    pub fn is_stream(&self) -> bool {
        self.transport == "stdin"
    }

    /// How far it is read, and by which columns.
    pub fn checkpoint(&self) -> Checkpoint {
        let mut checkpoint = self.reader.checkpoint();
        if let Some(header) = &self.context.header {
            let state = checkpoint.state.get_or_insert_default();
            state.columns = Some(Columns {
                names: header.names.clone(),
                fields: header.columns.clone(),
                delimiter: header.delimiter,
            });
        }
        checkpoint
    }

    /// Makes it ready for another round, whose writer knows only what is stored.
    pub fn resume(&mut self, request: &Request, known: &Sources) {
        let number = self.source.as_ref().map(|s| s.number);
        let mut stored = known.get(&self.key).into_iter().flatten();
        if let Some(source) = stored.find(|s| Some(s.number) == number) {
            self.source = Some(source.clone());
        }
        self.input = None;
        self.quiet = false;
        if self.is_stream() {
            let header = self.context.header.take();
            self.undated = request.written(None);
            self.context = Context::new(request.zone, self.undated, request.received_at);
            self.context.header = header;
        }
    }
}
