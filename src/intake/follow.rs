//! Following: which inputs have something new, asked again and again.

use super::{Binary, Input, LogFile, Place, Problem, Resolved, resolve};
use crate::error::Kind;
use rustix::fs::{fstat, stat};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Microseconds to wait between two polls: a line is seen "at once", and a hundred files cost next to nothing.
pub const POLL_INTERVAL: i64 = crate::time::SECOND / 4;

/// Polls after which files are looked for anew, at the latest: two seconds.
const SEARCH_EVERY: u32 = 8;

/// Polls for which a file that lost its name is still watched, ten seconds: its program may not have reopened yet.
const LINGER: u32 = 40;

/// Open files, at most. A file that is watched by its name only is missed if it is written to and deleted between two
/// polls.
const MAX_HELD: usize = 256;

/// Watches files, through rotation, by asking for size and identity. What [`Follow::poll`] returns is read like the
/// inputs of any run: with [`super::Rotations::catch_up`] and [`super::open()`].
pub struct Follow {
    paths: Vec<PathBuf>,
    binary: Binary,
    /// By path, as they were when last returned; open, so that a deleted file can be read to its end.
    watched: BTreeMap<PathBuf, LogFile>,
    /// Files that have lost their name, and the polls for which they are still watched.
    leaving: Vec<(LogFile, u32)>,
    /// Polls for which files are looked for each time: a log that was rotated away comes back soon.
    searches: u32,
    reported: Vec<Problem>,
    polls: u32,
}

impl Follow {
    /// Watches `paths`, which are named as for [`resolve`]. Standard input is not watched: it is returned once, to be read.
    pub fn new(paths: &[PathBuf], binary: Binary) -> Follow {
        Follow {
            paths: paths.to_vec(),
            binary,
            watched: BTreeMap::new(),
            leaving: Vec::new(),
            searches: 0,
            reported: Vec::new(),
            polls: 0,
        }
    }

    /// What has something new since the last call, oldest first within a family; everything the first time. What is not
    /// read, and why, is returned once.
    pub fn poll(&mut self) -> Resolved {
        let mut resolved = Resolved::default();
        if self.look(&mut resolved.inputs) {
            self.searches = LINGER;
        }
        if self.searches > 0 || self.polls.is_multiple_of(SEARCH_EVERY) {
            self.search(&mut resolved);
        }
        self.searches = self.searches.saturating_sub(1);
        self.polls = self.polls.wrapping_add(1);
        resolved.inputs.sort_by_key(|input| match input {
            Input::File(log) => Some((log.family.clone(), log.age.clone(), log.held.is_none())),
            Input::Stdin { .. } => None,
        });
        resolved
    }

    /// Looks at what is watched. True if a name is gone or belongs to another file.
    fn look(&mut self, inputs: &mut Vec<Input>) -> bool {
        let mut lost = Vec::new();
        for (path, log) in &mut self.watched {
            let now = stat(path).map(|stat| Place::of(&stat, "".as_ref()));
            match now {
                Ok(now) if now.same_file(&log.seen) => {
                    if !now.untouched(&log.seen) {
                        log.see(now);
                        inputs.push(Input::File(LogFile {
                            held: None,
                            ..log.clone()
                        }));
                    }
                }
                _ => lost.push(path.clone()),
            }
        }
        for path in &lost {
            let log = self.watched.remove(path);
            self.leaving.extend(log.map(|log| (log, LINGER)));
        }
        for (log, polls) in &mut self.leaving {
            *polls -= 1;
            let now = log.held.as_ref().and_then(|file| fstat(file).ok());
            let now = now.map(|stat| Place::of(&stat, "".as_ref()));
            if let Some(now) = now.filter(|now| !now.untouched(&log.seen)) {
                log.see(now);
                inputs.push(Input::File(log.clone()));
            }
        }
        self.leaving
            .retain(|(log, polls)| *polls > 0 && log.held.is_some());
        !lost.is_empty()
    }

    /// Looks for files that are not watched yet.
    fn search(&mut self, resolved: &mut Resolved) {
        let found = resolve(&self.paths, self.binary);
        for input in found.inputs {
            let Input::File(log) = &input else {
                if self.polls == 0 {
                    resolved.inputs.push(input);
                }
                continue;
            };
            if self.watched.contains_key(&log.path) {
                continue;
            }
            let room = self.watched.len() + self.leaving.len() < MAX_HELD;
            let held = if room { log.hold().ok() } else { None };
            self.watched
                .insert(log.path.clone(), held.unwrap_or_else(|| log.clone()));
            resolved.inputs.push(input);
        }
        if self.polls == 0 {
            resolved.missing = found.missing;
        }
        resolved.skipped = self.unreported(found.skipped);
        resolved.problems = self.unreported(found.problems);
    }

    fn unreported(&mut self, problems: Vec<Problem>) -> Vec<Problem> {
        // After the beginning a name that is gone is being rotated; it is no news.
        let gone = |problem: &Problem| self.polls > 0 && problem.error.kind == Kind::NoInput;
        let new: Vec<Problem> = problems
            .into_iter()
            .filter(|problem| !gone(problem) && !self.reported.contains(problem))
            .collect();
        self.reported.extend(new.iter().cloned());
        new
    }
}

impl LogFile {
    /// Takes note of what the file is now, under the name it had.
    fn see(&mut self, now: Place) {
        let name = std::mem::take(&mut self.seen.name);
        self.seen = Place { name, ..now };
    }
}
