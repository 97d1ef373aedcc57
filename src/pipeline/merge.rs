//! Merging: the records of another store into this one, each with its source, and what people said in it.

use super::lines::stands_for;
use super::run::Progress;
use crate::error::Result;
use crate::formats::Cursors;
use crate::store::{Arrivals, Merged, SeenKey, Store};
use crate::time::Timestamp;

/// Takes everything of `other` that `store` does not have, in one commit: a merge that is killed leaves the store as it was.
pub fn merge(
    store: &Store,
    other: &Store,
    now: Timestamp,
    progress: &mut dyn Progress,
) -> Result<Merged> {
    store.check_room()?;
    let mut told = Told {
        cursors: Cursors::default(),
        progress,
        done: (0, 0),
    };
    store.merge(other, now, &mut told)
}

/// What the store must be told of records, since it cannot read them itself.
struct Told<'p> {
    cursors: Cursors,
    progress: &'p mut dyn Progress,
    /// Bytes and records looked at.
    done: (u64, u64),
}

impl Arrivals for Told<'_> {
    fn times(&mut self, record: &[u8]) -> u32 {
        stands_for(record)
    }

    fn entry(&mut self, record: &[u8]) -> Option<(SeenKey, u16)> {
        let cursor = self.cursors.of(record)?;
        Some(SeenKey::of(cursor.sequence().key(), cursor.number()))
    }

    fn took(&mut self, bytes: u64, records: u64) {
        self.done = (self.done.0 + bytes, self.done.1 + records);
        self.progress.at(self.done.0, self.done.1);
    }
}
