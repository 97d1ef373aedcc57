//! Rotated files that nobody named, but which hold what a named file was when it was last read.

use super::{Age, Checkpoint, Family, Generation, Input, LogFile, Note, Options, Place, open};
use std::path::PathBuf;

/// What to read for one input.
#[derive(Debug, Default)]
pub struct CatchUp {
    /// To be opened in this order, each with the checkpoints as they are after the one before: rotated files, then the
    /// input itself, unless its file is among them already and its name is gone.
    pub inputs: Vec<Input>,
    /// What could not be found.
    pub notes: Vec<Note>,
}

/// Files of `family` in its directory, the oldest first. A directory that cannot be read has none.
pub fn siblings(family: &Family) -> Vec<(Age, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(family.directory()) else {
        return Vec::new();
    };
    let mut files: Vec<(Age, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| Some((family.age_of(&entry.file_name())?, entry.path())))
        .collect();
    files.sort();
    files
}

/// What has to be read so that nothing of `input` is missed: a log is rotated between two runs, and between being found
/// and being read. `known` are the checkpoints of its family.
pub fn catch_up(input: &Input, known: &[(u64, Checkpoint)], options: &Options) -> CatchUp {
    let only = CatchUp {
        inputs: vec![input.clone()],
        notes: Vec::new(),
    };
    let Input::File(log) = input else {
        return only;
    };
    let now = LogFile::find(&log.path, &log.path)
        .ok()
        .map(|found| found.0);
    let latest = known
        .iter()
        .filter(|(_, known)| log.age == Age::Live && last_seen_as(known, &log.seen.name))
        .max_by_key(|(id, _)| *id);
    let settled = now.as_ref().is_some_and(|now| {
        let in_place = now.seen.same_file(&log.seen) && now.seen.size >= log.seen.size;
        let as_before = |known: &Checkpoint| known.places[0].untouched(&now.seen);
        in_place && latest.is_none_or(|(_, known)| as_before(known))
    });
    if settled || log.held.is_some() {
        return only;
    }
    let past = Past {
        log,
        now: now.as_ref(),
        siblings: past_files(log, now.as_ref()),
        options,
    };
    let (moved, mut read) = past.since_found();
    let mut notes = Vec::new();
    let mut missing = now.is_none() && !moved;
    if let Some((id, known)) = latest {
        let before = past.since_last_run(*id, known);
        missing &= before.is_empty();
        if before.is_empty() && read.is_empty() {
            notes.extend(past.gap(*id, known));
        }
        read.extend(before);
    }
    read.sort_unstable();
    read.dedup();
    let mut inputs: Vec<Input> = read
        .into_iter()
        .filter_map(|at| past.siblings.get(at))
        .filter(|sibling| !is_read(sibling, known))
        .map(|sibling| Input::File(sibling.clone()))
        .collect();
    if now.is_some() || missing {
        inputs.push(input.clone());
    }
    CatchUp { inputs, notes }
}

/// A log whose file is not what it was, and the files that may hold what it was.
struct Past<'a> {
    log: &'a LogFile,
    /// What has its name now.
    now: Option<&'a LogFile>,
    /// The other files of the family, oldest first.
    siblings: Vec<LogFile>,
    options: &'a Options,
}

impl Past<'_> {
    /// Whether the file that was found has another name by now, and the files to read for what happened since.
    fn since_found(&self) -> (bool, Vec<usize>) {
        let found = |log: &LogFile| log.seen.same_file(&self.log.seen);
        let live = self.log.age == Age::Live;
        match (self.siblings.iter().position(found), self.now) {
            (Some(at), _) if live => (true, (at..self.siblings.len()).collect()),
            (Some(at), _) => (true, vec![at]),
            // Truncated; if it was copied before, the copy is the youngest.
            (None, Some(now)) if live && found(now) && now.seen.size < self.log.seen.size => (
                false,
                self.younger_than(&self.log.seen)
                    .last()
                    .into_iter()
                    .collect(),
            ),
            _ => (false, Vec::new()),
        }
    }

    /// The files to read for what happened since the last run: the one that holds the generation read last, and those
    /// between it and the live file.
    fn since_last_run(&self, id: u64, known: &Checkpoint) -> Vec<usize> {
        let recent: Vec<usize> = self.younger_than(&known.places[0]).collect();
        let holder = recent
            .iter()
            .rev()
            .find(|at| self.holds(&self.siblings[**at], id, known));
        match holder {
            // Even when the live file seems to hold it: with equal headers, a copy that holds more is the better one.
            Some(at) => (*at..self.siblings.len()).collect(),
            None if self.still_live(id, known) => Vec::new(),
            None => recent,
        }
    }

    /// What there is to say if no file holds the generation that was read last.
    fn gap(&self, id: u64, known: &Checkpoint) -> Option<Note> {
        let now = self.now?;
        if self.still_live(id, known) {
            return None;
        }
        let before = &known.places[0];
        let unread = before.size.saturating_sub(known.offset());
        match unread {
            // Opening it says that it was truncated or rewritten.
            0 if before.same_file(&now.seen) => None,
            0 => Some(Note::gone(&self.log.path.display())),
            _ => Some(Note::gap(&self.log.path.display(), unread)),
        }
    }

    fn still_live(&self, id: u64, known: &Checkpoint) -> bool {
        self.now.is_some_and(|now| self.holds(now, id, known))
    }

    /// Siblings written to at or after the time `place` was; whole seconds, since some programs that pack keep no more.
    fn younger_than(&self, place: &Place) -> impl Iterator<Item = usize> {
        let since = place.modified.div_euclid(1_000_000_000);
        self.siblings
            .iter()
            .enumerate()
            .filter(move |(_, log)| log.seen.modified.div_euclid(1_000_000_000) >= since)
            .map(|(at, _)| at)
    }

    /// Whether `log` is this generation, as far as the generation is known.
    fn holds(&self, log: &LogFile, id: u64, known: &Checkpoint) -> bool {
        open(
            &Input::File(log.clone()),
            &[(id, known.clone())],
            self.options,
        )
        .is_ok_and(|opened| opened.generation == Generation::Existing(id))
    }
}

/// The files of the family but for the one that has the name of `log` now.
fn past_files(log: &LogFile, now: Option<&LogFile>) -> Vec<LogFile> {
    siblings(&log.family)
        .into_iter()
        .filter_map(|(_, path)| Some(LogFile::find(&path, &path).ok()?.0))
        .filter(|sibling| now.is_none_or(|now| !now.seen.same_file(&sibling.seen)))
        .collect()
}

fn last_seen_as(known: &Checkpoint, name: &str) -> bool {
    known.places.first().is_some_and(|place| place.name == name)
}

/// Whether all of `log` has been read and nothing was written to it since.
fn is_read(log: &LogFile, known: &[(u64, Checkpoint)]) -> bool {
    known.iter().any(|(_, known)| {
        known.place(&log.seen).is_some_and(|place| {
            let to_its_end = place.outcome.is_some() || known.offset() == place.size;
            to_its_end && place.untouched(&log.seen)
        })
    })
}
