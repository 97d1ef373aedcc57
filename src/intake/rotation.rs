//! Rotated files that nobody named, but which hold what a named file was when it was last read.

use super::{
    Age, Checkpoint, Family, Generation, Input, LogFile, Note, Options, Place, open, read_all,
};
use crate::error::Kind;
use rustix::fs::{FileType, lstat};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What to read for one input.
#[derive(Debug, Default)]
pub struct CatchUp {
    /// To be opened in this order, each with the checkpoints as they are after the one before: rotated files, then the
    /// input itself, unless its file is among them already and its name is gone.
    pub inputs: Vec<Input>,
    /// What could not be found.
    pub notes: Vec<Note>,
}

/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;
/// Attempts to look at a directory while it is being rotated.
const MAX_TRIES: usize = 5;

impl CatchUp {
    fn only(input: Input) -> CatchUp {
        CatchUp {
            inputs: vec![input],
            notes: Vec::new(),
        }
    }
}

/// Knows which files stand beside a log, without reading its directory for every log in it. Made anew for each run.
#[derive(Default)]
pub struct Rotations {
    directories: BTreeMap<PathBuf, Directory>,
}

/// The families in a directory, as of its last change.
struct Directory {
    changed: Option<SystemTime>,
    families: BTreeMap<Family, Vec<(Age, PathBuf)>>,
}

impl Rotations {
    /// What has to be read so that nothing of `input` is missed: a log is rotated between two runs, and between being
    /// found and being read. `known` are the checkpoints of its family.
    pub fn catch_up(
        &mut self,
        input: &Input,
        known: &[(u64, Checkpoint)],
        options: &Options,
    ) -> CatchUp {
        let log = match input {
            Input::File(log) if log.held.is_none() => log,
            _ => return CatchUp::only(input.clone()),
        };
        for _ in 0..MAX_TRIES {
            if let Some(plan) = self.plan(log, known, options) {
                return plan;
            }
        }
        CatchUp::only(input.clone())
    }

    /// The plan for `log`; nothing if it was rotated while the plan was made. All files in it are open, the live one before
    /// the directory is looked at: from then on a rotation cannot hide anything.
    fn plan(
        &mut self,
        log: &LogFile,
        known: &[(u64, Checkpoint)],
        options: &Options,
    ) -> Option<CatchUp> {
        let now = log.hold().ok();
        if let Some(now) = &now
            && log.age != Age::Live
            && now.seen.same_file(&log.seen)
        {
            return Some(CatchUp::only(Input::File(now.clone())));
        }
        let past = Past {
            log,
            siblings: self.siblings(log, now.as_ref()),
            now: now.as_ref(),
            known,
            options,
        };
        let mut plan = CatchUp::default();
        let wanted = past.wanted();
        let mut found = now.is_some();
        for (sibling, wanted) in past.siblings.iter().zip(&wanted) {
            found |= sibling.seen.same_file(&log.seen);
            if *wanted {
                plan.inputs.push(Input::File(past.open(sibling)?));
            }
        }
        plan.notes = past.gap(&wanted).into_iter().collect();
        match now {
            Some(now) => plan.inputs.push(Input::File(now)),
            // Without the file its name says nothing; if it was not found by another one either, opening it tells why.
            None if !found => plan.inputs.push(Input::File(log.clone())),
            None => {}
        }
        Some(plan)
    }

    /// The other files of the family of `log`, the oldest first, without the one that has its name `now`.
    fn siblings(&mut self, log: &LogFile, now: Option<&LogFile>) -> Vec<LogFile> {
        let path = log.family.directory();
        let changed = std::fs::metadata(path)
            .and_then(|data| data.modified())
            .ok();
        let directory = self
            .directories
            .entry(path.to_path_buf())
            .or_insert(Directory {
                changed: None,
                families: BTreeMap::new(),
            });
        if changed.is_none() || directory.changed != changed {
            *directory = Directory::list(path, changed);
        }
        let files = directory
            .families
            .get(&log.family)
            .map_or(&[][..], Vec::as_slice);
        let named = named_directory(log);
        files
            .iter()
            .filter_map(|(age, path)| {
                let stat = lstat(path).ok()?;
                let regular = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
                regular.then(|| LogFile {
                    path: match (named, path.file_name()) {
                        (Some(directory), Some(name)) => directory.join(name),
                        _ => path.clone(),
                    },
                    family: log.family.clone(),
                    age: age.clone(),
                    seen: Place::of(&stat, path.file_name().unwrap_or_default()),
                    followed: false,
                    held: None,
                })
            })
            .filter(|sibling| now.is_none_or(|now| !now.seen.same_file(&sibling.seen)))
            .collect()
    }
}

impl Directory {
    fn list(path: &Path, changed: Option<SystemTime>) -> Directory {
        let mut families: BTreeMap<Family, Vec<(Age, PathBuf)>> = BTreeMap::new();
        for name in names(path) {
            let file = path.join(name);
            let (family, age) = Family::of(&file);
            families.entry(family).or_default().push((age, file));
        }
        families.values_mut().for_each(|files| files.sort());
        Directory { changed, families }
    }
}

/// The directory of `log` as a person named it, unless a link led from there to where its family is: what stands beside it
/// goes by the same name then, whether it was named too or found.
fn named_directory(log: &LogFile) -> Option<&Path> {
    let directory = log.path.parent()?;
    let there = match directory.as_os_str().is_empty() {
        true => Path::new("."),
        false => directory,
    };
    let real = std::fs::canonicalize(there).ok()?;
    (real == log.family.directory()).then_some(directory)
}

fn names(directory: &Path) -> Vec<OsString> {
    match std::fs::read_dir(directory) {
        Ok(entries) => entries.flatten().map(|entry| entry.file_name()).collect(),
        Err(_) => Vec::new(),
    }
}

/// A log and the files that may hold what it was.
struct Past<'a> {
    log: &'a LogFile,
    /// What has its name now.
    now: Option<&'a LogFile>,
    /// The other files of the family, the oldest first.
    siblings: Vec<LogFile>,
    known: &'a [(u64, Checkpoint)],
    options: &'a Options,
}

impl Past<'_> {
    /// Which siblings have to be read.
    fn wanted(&self) -> Vec<bool> {
        let since = self.followed_since();
        let wants = |(at, sibling): (usize, &LogFile)| {
            if sibling.seen.same_file(&self.log.seen) {
                return true; // The file that was found: it has this name now.
            }
            if self.log.age != Age::Live || is_read(sibling, self.known) {
                return false;
            }
            let youngest = at + 1 == self.siblings.len();
            let copy = youngest && self.truncated();
            since.is_some_and(|since| not_older(&sibling.seen, since))
                || (copy && not_older(&sibling.seen, self.log.seen.modified))
        };
        self.siblings.iter().enumerate().map(wants).collect()
    }

    /// Since when the log is followed: whatever of it was written later is wanted.
    fn followed_since(&self) -> Option<i64> {
        self.known
            .iter()
            .filter(|(_, known)| known.followed)
            .flat_map(|(_, known)| known.places.iter().map(|place| place.modified))
            .min()
    }

    /// Whether the log was truncated after it was found; if it was copied before, the copy is the youngest of the rest.
    fn truncated(&self) -> bool {
        let found = &self.log.seen;
        self.now
            .is_some_and(|now| now.seen.same_file(found) && now.seen.size < found.size)
    }

    /// What there is to say if what was live at the last run is nowhere.
    fn gap(&self, wanted: &[bool]) -> Option<Note> {
        let followed = self.known.iter().filter(|(_, known)| known.followed);
        let (id, latest) = followed.max_by_key(|(id, _)| *id)?;
        let (now, before) = (self.now?, latest.places.first()?);
        let is_latest = |log: &LogFile| self.generation(log) == Some(*id);
        let mut candidates = self.siblings.iter().zip(wanted);
        if self.log.age != Age::Live
            || is_latest(now)
            || candidates.any(|(sibling, wanted)| {
                latest.place(&sibling.seen).is_some() || (*wanted && is_latest(sibling))
            })
        {
            return None;
        }
        let name = self.log.path.display().to_string();
        match before.size.saturating_sub(latest.offset()) {
            // Opening it says that it was truncated or rewritten.
            0 if before.same_file(&now.seen) => None,
            // Editors write a new file.
            0 if begins_alike(now, latest) => Some(Note::rewritten(&name, latest.offset())),
            0 => Some(Note::gone(&name)),
            unread => Some(Note::gap(&name, unread)),
        }
    }

    /// The generation that `log` is, if it is known.
    fn generation(&self, log: &LogFile) -> Option<u64> {
        match open(&Input::File(log.clone()), self.known, self.options) {
            Ok(opened) => match opened.generation {
                Generation::Existing(id) => Some(id),
                Generation::New => None,
            },
            Err(_) => None,
        }
    }

    /// A sibling, opened; nothing if it has another name by now. What cannot be opened stays as it is: opening it for
    /// reading will tell why.
    fn open(&self, sibling: &LogFile) -> Option<LogFile> {
        let held = match sibling.hold() {
            Ok(held) if held.seen.same_file(&sibling.seen) => held,
            Err(e) if e.kind != Kind::NoInput => sibling.clone(),
            _ => return None,
        };
        Some(LogFile {
            followed: self.log.age == Age::Live,
            ..held
        })
    }
}

/// Whether `log` is as long as what was read of a generation, and begins like it.
fn begins_alike(log: &LogFile, known: &Checkpoint) -> bool {
    let head = log
        .held
        .as_ref()
        .and_then(|file| read_all(file, 0, known.prefix.head_len() as u64).ok());
    log.seen.size >= known.offset() && head.is_some_and(|head| known.prefix.begins_with(&head))
}

/// Whether `place` was written to at or after `time`. Some programs that copy or pack keep whole seconds only.
fn not_older(place: &Place, time: i64) -> bool {
    place.modified >= time
        || (place.modified % SECOND == 0 && place.modified == time - time % SECOND)
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
