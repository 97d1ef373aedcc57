//! Logs that were moved out of their rotation family: into another directory, or to a name that tells of no rotation. What rotates
//! inside the family is found by its content; the numbers of a file only say where else to look.

use super::backlog::Backlog;
use super::paused::Sources;
use crate::intake::{Checkpoint, Input, LogFile};
use crate::store::Source;
use rustc_hash::FxHashMap;

/// Device and inode.
type Numbers = (u64, u64);
/// Tenant and family.
type Key = (String, String);

/// Which files other families have held, and which this run reads.
#[derive(Default)]
pub(super) struct Moved {
    /// The sources that were read from a file, by its numbers: whose they are, and their own number.
    held: FxHashMap<Numbers, Vec<(Key, u32)>>,
    /// The families of the files of this run.
    read: FxHashMap<Numbers, String>,
}

impl Moved {
    /// What the store knows.
    pub fn new(known: &Sources) -> Moved {
        let mut moved = Moved::default();
        for (key, source) in known
            .iter()
            .flat_map(|(k, all)| all.iter().map(move |s| (k, s)))
        {
            for place in &source.checkpoint.places {
                let held = moved.held.entry((place.device, place.inode)).or_default();
                held.push((key.clone(), source.number));
            }
        }
        moved
    }

    /// Remembers what is to be read.
    pub fn look_at(&mut self, backlog: &Backlog) {
        for log in backlog.logs() {
            self.read.insert(log.numbers(), log.family.key());
        }
    }

    /// Sources of other families of the tenant that were read from this file, as far as its numbers tell.
    pub fn sources_of(&self, log: &LogFile, key: &Key, known: &Sources) -> Vec<Source> {
        let held = self.held.get(&log.numbers()).into_iter().flatten();
        let elsewhere = held.filter(|(other, _)| other.0 == key.0 && other.1 != key.1);
        let source = |(other, number): &(Key, u32)| {
            let all = known.get(other)?;
            let source = all.iter().find(|s| s.number == *number)?;
            (source.checkpoint.offset() > 0).then(|| source.clone())
        };
        elsewhere.filter_map(source).collect()
    }

    /// Whether what a family read last is read in this run as a file of another.
    pub fn went_from(&self, family: &str, checkpoint: &Checkpoint) -> bool {
        let place = checkpoint.places.first();
        let now = place.and_then(|p| self.read.get(&(p.device, p.inode)));
        now.is_some_and(|now| now != family)
    }
}

/// The log that an input is, if it is a file.
pub(super) fn log_of(input: &Input) -> Option<&LogFile> {
    match input {
        Input::File(log) => Some(log),
        Input::Stdin { .. } => None,
    }
}
