//! A log with a life of its own: a program that writes it, and a rotator.

use crate::support::{Logs, gzip};
use std::fs::{File, FileTimes, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Small, fast, the same everywhere (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    Rename,
    CopyTruncate,
    DeleteCreate,
}

/// One log, its writer and its rotator.
pub struct World {
    pub logs: Logs,
    pub dice: Dice,
    pub now: SystemTime,
    pub method: Method,
    dated: bool,
    pack: bool,
    /// What the program writes at the beginning of each file: nothing, a line, or more than the digest of a head covers.
    pub header: String,
    /// Bytes of a line, at most.
    width: u64,
    pub writer: File,
    /// Written of a line that has no end yet.
    pub half: String,
    next_line: u32,
    pub written: Vec<String>,
    pub headers: usize,
    pub rotations: u32,
    /// A rotation that is under way.
    pub pending: Vec<Step>,
    /// Runs that have ended.
    pub runs: u32,
    /// The rotated files, oldest first, each with the number of runs when it was rotated.
    old: Vec<(PathBuf, u32)>,
}

/// A part of a rotation; runs may take place between two.
#[derive(Clone, Debug)]
pub enum Step {
    Move,
    Reopen,
    CopyHalf,
    CopyAll,
    Truncate,
    PackHalf(PathBuf),
    PackAll(PathBuf),
    Delete,
}

impl World {
    pub fn new(seed: u64) -> World {
        let logs = Logs::default();
        let mut dice = Dice(seed);
        let method =
            [Method::Rename, Method::CopyTruncate, Method::DeleteCreate][dice.roll(3) as usize];
        let writer = append(&logs.at("app.log"));
        let mut world = World {
            method,
            dated: dice.chance(30),
            pack: dice.chance(60),
            header: match dice.roll(4) {
                0 => format!("#Fields: {}\n", "date time client status ".repeat(100)),
                1 => "#Fields: date time client status\n".to_string(),
                _ => String::new(),
            },
            width: [90, 90, 3000][dice.roll(3) as usize],
            logs,
            dice,
            now: SystemTime::now(),
            writer,
            half: String::new(),
            next_line: 0,
            written: Vec::new(),
            headers: 0,
            rotations: 0,
            pending: Vec::new(),
            runs: 0,
            old: Vec::new(),
        };
        world.begin();
        world
    }

    fn live(&self) -> PathBuf {
        self.logs.at("app.log")
    }

    /// What a program does with an empty log.
    fn begin(&mut self) {
        if !self.header.is_empty() {
            self.put(&self.header.clone());
            self.headers += 1;
        }
    }

    fn put(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).expect("a write");
        self.writer.set_modified(self.now).expect("a time");
    }

    /// Finishes the line that was begun, or writes a new one.
    pub fn line(&mut self) {
        if self.half.is_empty() {
            self.half = self.new_line();
            self.put(&self.half.clone());
        }
        self.put("\n");
        self.written.push(std::mem::take(&mut self.half));
    }

    pub fn finish_line(&mut self) {
        if !self.half.is_empty() {
            self.line();
        }
    }

    fn half_line(&mut self) {
        if self.half.is_empty() {
            self.half = self.new_line();
            self.put(&self.half.clone());
        }
    }

    fn new_line(&mut self) -> String {
        self.next_line += 1;
        let filler = "x".repeat(self.dice.roll(self.width) as usize);
        format!("line {} {filler}", self.next_line)
    }

    /// Something happens.
    pub fn step(&mut self) {
        self.now += Duration::from_secs(self.dice.roll(1200));
        if let Some(step) = self.pending.first().cloned() {
            if matches!(step, Step::Delete) {
                return;
            }
            if self.dice.chance(50) {
                self.pending.remove(0);
                return self.rotate(step);
            }
            // While a log is copied or packed its program says nothing that the rotator would lose.
            if !matches!(step, Step::Reopen | Step::PackHalf(_) | Step::PackAll(_)) {
                return;
            }
        }
        match self.dice.roll(10) {
            0 | 1 => self.half_line(),
            2 if self.pending.is_empty() => self.begin_rotation(),
            _ => {
                for _ in 0..self.dice.roll(30) {
                    self.line();
                }
            }
        }
    }

    fn begin_rotation(&mut self) {
        // A log is deleted only after it was read: what is deleted earlier nobody can read.
        let oldest_read = self
            .old
            .first()
            .is_none_or(|(_, runs)| self.runs > runs + 1);
        if self.old.len() >= 4 && !oldest_read {
            return;
        }
        self.pending = match self.method {
            Method::Rename => vec![Step::Move, Step::Reopen],
            Method::CopyTruncate => vec![Step::CopyHalf, Step::CopyAll, Step::Truncate],
            Method::DeleteCreate => vec![Step::Delete],
        };
    }

    fn rotate(&mut self, step: Step) {
        match step {
            Step::Move => {
                let to = self.make_room();
                std::fs::rename(self.live(), to).expect("a rename");
            }
            // Until now the program went on writing to the old file.
            Step::Reopen => {
                self.finish_line();
                self.writer = append(&self.live());
                self.begin();
                self.pack_something();
            }
            Step::CopyHalf => {
                self.finish_line();
                let to = self.make_room();
                let whole = std::fs::read(self.live()).expect("the live log");
                let some = self.dice.roll(whole.len() as u64 + 1) as usize;
                std::fs::write(&to, &whole[..some]).expect("half a copy");
                self.touch(&to);
            }
            Step::CopyAll => {
                let to = self.old.last().expect("the copy").0.clone();
                // Over what was copied, as a copy in the making grows.
                let whole = std::fs::read(self.live()).expect("the live log");
                let mut file = OpenOptions::new()
                    .write(true)
                    .open(&to)
                    .expect("half a copy");
                file.write_all(&whole).expect("the rest of it");
                self.touch(&to);
            }
            Step::Truncate => {
                self.logs.truncate("app.log");
                self.begin();
                self.pack_something();
            }
            Step::PackHalf(path) => {
                let packed = gzip(&std::fs::read(&path).expect("a rotated log"));
                let some = self.dice.roll(packed.len() as u64) as usize;
                std::fs::write(with_gz(&path), &packed[..some]).expect("half an archive");
                self.touch(&with_gz(&path));
            }
            Step::PackAll(path) => {
                let packed = gzip(&std::fs::read(&path).expect("a rotated log"));
                let mut file = OpenOptions::new()
                    .write(true)
                    .open(with_gz(&path))
                    .expect("half");
                file.write_all(&packed).expect("the rest of it");
                let time = std::fs::metadata(&path)
                    .and_then(|m| m.modified())
                    .expect("a time");
                file.set_times(FileTimes::new().set_modified(time))
                    .expect("a time");
                std::fs::remove_file(&path).expect("the unpacked log");
                for (old, _) in &mut self.old {
                    if *old == path {
                        *old = with_gz(&path);
                    }
                }
            }
            Step::Delete => unreachable!("the test deletes when it has read"),
        }
    }

    /// Deletes the log and begins a new one.
    pub fn delete(&mut self) {
        std::fs::remove_file(self.live()).expect("the live log");
        self.pending.clear();
        self.writer = append(&self.live());
        self.begin();
    }

    /// Ends what is under way.
    pub fn come_to_rest(&mut self) {
        self.pending.retain(|step| !matches!(step, Step::Delete));
        while !self.pending.is_empty() {
            self.step();
        }
        self.finish_line();
    }

    /// Moves the older files on and returns the name for the youngest of them.
    fn make_room(&mut self) -> PathBuf {
        self.rotations += 1;
        if self.old.len() >= 4 {
            let (oldest, _) = self.old.remove(0);
            std::fs::remove_file(oldest).expect("the oldest log");
        }
        let name = if self.dated {
            format!(
                "app.log-2026{:02}{:02}",
                1 + self.rotations / 28,
                1 + self.rotations % 28
            )
        } else {
            let count = self.old.len();
            for (at, (path, _)) in self.old.iter_mut().enumerate() {
                let number = count - at + 1;
                let gz = path.extension().is_some_and(|e| e == "gz");
                let to = self
                    .logs
                    .at(&format!("app.log.{number}{}", if gz { ".gz" } else { "" }));
                std::fs::rename(&*path, &to).expect("a rename");
                *path = to;
            }
            "app.log.1".to_string()
        };
        let path = self.logs.at(&name);
        self.old.push((path.clone(), self.runs));
        path
    }

    /// Packs the youngest rotated log, or the one before it.
    fn pack_something(&mut self) {
        let back = 1 + self.dice.roll(2) as usize;
        if !self.pack || self.old.len() < back {
            return;
        }
        let path = self.old[self.old.len() - back].0.clone();
        if path.extension().is_none_or(|e| e != "gz") {
            self.pending.push(Step::PackHalf(path.clone()));
            self.pending.push(Step::PackAll(path));
        }
    }

    fn touch(&self, path: &Path) {
        let file = OpenOptions::new().write(true).open(path).expect("a file");
        file.set_modified(self.now).expect("a time");
    }
}

fn append(path: &Path) -> File {
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.expect("the live log")
}

fn with_gz(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".gz");
    PathBuf::from(name)
}
