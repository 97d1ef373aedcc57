//! A directory of logs, and a keeper of checkpoints that reads it run by run as the pipeline does.

use brainstem::intake::{
    Binary, Checkpoint, Chunk, Generation, Input, Limits, Mark, Note, NoteKind, Options, Partial,
    Resolved, Rotations, Step, open, resolve,
};
use brainstem::time::{HOUR, Timestamp};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A record as a run returned it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    pub generation: u64,
    pub offset: u64,
    pub bytes: Vec<u8>,
    pub mark: Mark,
}

/// What stays between runs: checkpoints, as bytes, and what was returned.
pub struct Keeper {
    pub known: BTreeMap<String, Vec<(u64, Vec<u8>)>>,
    pub next: u64,
    pub partial: Partial,
    pub want: usize,
    /// How much later than the clock the runs take place, in microseconds.
    pub later: i64,
    pub limits: Limits,
    pub got: Vec<Got>,
    pub notes: Vec<Note>,
    pub failures: Vec<String>,
    /// Checkpoints that differed from what was stored.
    pub stored: u32,
}

impl Default for Keeper {
    fn default() -> Keeper {
        Keeper {
            known: BTreeMap::new(),
            next: 1,
            partial: Partial::Leave,
            want: 64 * 1024,
            later: 0,
            limits: Limits::default(),
            got: Vec::new(),
            notes: Vec::new(),
            failures: Vec::new(),
            stored: 0,
        }
    }
}

impl Keeper {
    pub fn taking(partial: Partial) -> Keeper {
        Keeper {
            partial,
            ..Keeper::default()
        }
    }

    /// One run over `paths`; returns the records it gave. Notes and failures are those of this run.
    pub fn run(&mut self, paths: &[&Path]) -> Vec<Got> {
        self.run_with(paths, &mut || {})
    }

    /// A run in which `meanwhile` happens again and again.
    pub fn run_with(&mut self, paths: &[&Path], meanwhile: &mut dyn FnMut()) -> Vec<Got> {
        let paths: Vec<PathBuf> = paths.iter().map(|p| p.to_path_buf()).collect();
        self.notes.clear();
        self.failures.clear();
        self.stored = 0;
        let before = self.got.len();
        let resolved = resolve(&paths, Binary::Leave);
        self.take(resolved, meanwhile);
        self.got[before..].to_vec()
    }

    /// Reads everything that was resolved.
    pub fn take(&mut self, resolved: Resolved, meanwhile: &mut dyn FnMut()) {
        for problem in resolved.problems.into_iter().chain(resolved.missing) {
            self.failures.push(problem.error.message);
        }
        let mut rotations = Rotations::default();
        for input in &resolved.inputs {
            meanwhile();
            let known = self.known_of(input);
            let plan = rotations.catch_up(input, &known, &self.options());
            self.notes.extend(plan.notes);
            for one in &plan.inputs {
                self.read(one, meanwhile);
            }
        }
    }

    fn read(&mut self, input: &Input, meanwhile: &mut dyn FnMut()) {
        meanwhile();
        let known = self.known_of(input);
        let mut opened = match open(input, &known, &self.options()) {
            Ok(opened) => opened,
            Err(e) => return self.failures.push(e.message),
        };
        self.notes.append(&mut opened.notes);
        let id = match opened.generation {
            Generation::Existing(id) => id,
            Generation::New => {
                self.next += 1;
                self.next - 1
            }
        };
        let mut chunk = Chunk::default();
        loop {
            let step = opened.reader.next(self.want, &mut chunk);
            match step {
                Ok(Step::Quiet) => continue,
                Ok(Step::Chunk) => self.got.extend(chunk.records().map(|r| Got {
                    generation: id,
                    offset: r.offset,
                    bytes: r.bytes.to_vec(),
                    mark: r.mark,
                })),
                Ok(Step::End) => {}
                Err(e) => {
                    self.failures.push(e.message);
                    break;
                }
            }
            self.store(input, id, &opened.reader.checkpoint());
            if matches!(step, Ok(Step::End)) {
                break;
            }
            meanwhile();
        }
        self.notes.extend(opened.reader.notes());
    }

    fn store(&mut self, input: &Input, id: u64, checkpoint: &Checkpoint) {
        let bytes = postcard::to_stdvec(checkpoint).expect("a checkpoint serialises");
        let all = self.known.entry(family(input)).or_default();
        match all.iter_mut().find(|(known, _)| *known == id) {
            Some((_, known)) if *known == bytes => return,
            Some((_, known)) => *known = bytes,
            None => all.push((id, bytes)),
        }
        self.stored += 1;
    }

    fn known_of(&self, input: &Input) -> Vec<(u64, Checkpoint)> {
        let all = self
            .known
            .get(&family(input))
            .map_or(&[][..], Vec::as_slice);
        all.iter()
            .map(|(id, bytes)| (*id, postcard::from_bytes(bytes).expect("and comes back")))
            .collect()
    }

    pub fn options(&self) -> Options {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .expect("the clock is past 1970");
        Options {
            now: Timestamp::from_secs(now.as_secs() as i64).plus(self.later),
            partial: self.partial,
            limits: self.limits,
            binary: Binary::Leave,
        }
    }

    /// Lets the runs take place at this time.
    pub fn set_clock(&mut self, time: SystemTime) {
        let ahead = time.duration_since(SystemTime::now()).unwrap_or_default();
        self.later = ahead.as_micros() as i64;
    }

    /// The kinds of the notes of the last run.
    pub fn kinds(&self) -> Vec<NoteKind> {
        self.notes.iter().map(|note| note.kind).collect()
    }
}

fn family(input: &Input) -> String {
    match input {
        Input::File(log) => log.family.key(),
        Input::Stdin { label } => label.clone(),
    }
}

/// The records as text.
pub fn lines(got: &[Got]) -> Vec<String> {
    got.iter()
        .map(|g| String::from_utf8_lossy(&g.bytes).into_owned())
        .collect()
}

/// Longer than any file is thought to be still written to.
pub const AT_REST: i64 = 25 * HOUR;

/// A directory with logs.
pub struct Logs {
    pub dir: tempfile::TempDir,
}

impl Default for Logs {
    fn default() -> Logs {
        Logs {
            dir: tempfile::tempdir().expect("a directory"),
        }
    }
}

impl Logs {
    pub fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.at(name), bytes).expect("a file");
    }

    pub fn append(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.at(name))
            .expect("a file");
        file.write_all(bytes.as_ref()).expect("a write");
    }

    pub fn rename(&self, from: &str, to: &str) {
        std::fs::rename(self.at(from), self.at(to)).expect("a rename");
    }

    pub fn remove(&self, name: &str) {
        std::fs::remove_file(self.at(name)).expect("a file to remove");
    }

    /// Copies, then truncates, as `copytruncate` does.
    pub fn copytruncate(&self, from: &str, to: &str) {
        std::fs::copy(self.at(from), self.at(to)).expect("a copy");
        self.truncate(from);
    }

    pub fn truncate(&self, name: &str) {
        let file = OpenOptions::new().write(true).open(self.at(name));
        file.and_then(|f| f.set_len(0)).expect("a truncation");
    }

    /// Packs a file as gzip does: another file, the time of the old one, the old one gone.
    pub fn gzip(&self, name: &str) {
        let packed = gzip(&std::fs::read(self.at(name)).expect("a file"));
        let to = format!("{name}.gz");
        self.write(&to, packed);
        let time = std::fs::metadata(self.at(name)).and_then(|m| m.modified());
        let file = OpenOptions::new().write(true).open(self.at(&to));
        file.and_then(|f| f.set_modified(time?)).expect("a time");
        self.remove(name);
    }

    /// Makes a file look as if nobody had written to it for so many seconds.
    pub fn age(&self, name: &str, seconds: u64) {
        let time = SystemTime::now() - std::time::Duration::from_secs(seconds);
        let file = OpenOptions::new().write(true).open(self.at(name));
        file.and_then(|f| f.set_modified(time)).expect("a time");
    }

    /// Writes a file with a hole: `hole` NUL bytes that take no room, then `text`.
    pub fn sparse(&self, name: &str, hole: u64, text: &str) {
        let mut file = File::create(self.at(name)).expect("a file");
        file.set_len(hole).expect("a hole");
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(hole)).expect("a seek");
        file.write_all(text.as_bytes()).expect("a write");
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).expect("memory");
    out.finish().expect("memory")
}
