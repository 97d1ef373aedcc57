//! Where bytes come from: a plain file, an unpacked one, or a stream that may pause.

use super::unpack::{self, Limits};
use super::{Packing, WINDOW};
use crate::error::{Error, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{SeekFrom, seek};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

/// How long a stream may keep silent before its reader is told, in milliseconds: short enough that records are stored
/// while they are fresh, long enough that a busy stream is read in large pieces.
const PATIENCE_MS: i64 = 200;

/// What an attempt to read gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Got {
    /// So many bytes, more than none.
    Bytes(usize),
    /// Nothing for now; the stream goes on.
    Quiet,
    /// Nothing more.
    End(End),
}

/// Why there is nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything was read.
    Complete,
    /// The file became shorter or was rewritten while it was read. What was read is what stood there before.
    Changed,
    /// The packed file ends in the middle.
    Cut,
    /// The packed file is damaged, or something foreign follows it; the cause.
    Damaged(String),
    /// It unpacks to more than so many times its size, far more than any log does.
    Bomb(u64),
}

/// Where bytes come from.
pub trait Source: Send {
    /// Reads some bytes into `into`, which has room for at least one.
    fn read(&mut self, into: &mut [u8]) -> Result<Got>;

    /// Goes past a hole of the file that begins here and returns its length; 0 where there is none.
    fn skip_hole(&mut self) -> u64 {
        0
    }

    /// Bytes read of what is stored or sent, before unpacking.
    fn taken(&self) -> u64;

    /// Whether it is a packed file, which has to be unpacked from its start to get anywhere in it.
    fn packed(&self) -> bool {
        false
    }
}

/// A source that has been read before.
pub struct Nothing;

impl Source for Nothing {
    fn read(&mut self, _: &mut [u8]) -> Result<Got> {
        Ok(Got::End(End::Complete))
    }

    fn taken(&self) -> u64 {
        0
    }
}

/// A plain file, read from an offset to the size it had when it was opened.
pub struct Plain {
    file: File,
    name: String,
    start: u64,
    at: u64,
    end: u64,
    /// The bytes before `at` as they were when read.
    recent: Vec<u8>,
}

impl Plain {
    /// Reads `file` from `start` to `end`; `recent` are the bytes before `start`, at most [`WINDOW`] of them.
    pub fn new(file: File, name: String, start: u64, end: u64, recent: &[u8]) -> Plain {
        Plain {
            file,
            name,
            start,
            at: start,
            end,
            recent: recent.to_vec(),
        }
    }

    /// Whether the bytes before `at` still stand there: a program may truncate the file and write on while it is read, and
    /// what was read last must not be joined with half a line of before.
    fn unchanged(&self) -> Result<bool> {
        let mut now = [0; WINDOW];
        let now = &mut now[..self.recent.len()];
        let from = self.at - now.len() as u64;
        let len = read_at(&self.file, now, from).map_err(|e| failed(&self.name, &e))?;
        Ok(len == now.len() && *now == self.recent[..])
    }

    fn remember(&mut self, bytes: &[u8]) {
        let new = &bytes[bytes.len().saturating_sub(WINDOW)..];
        let kept = self.recent.len().min(WINDOW - new.len());
        self.recent.drain(..self.recent.len() - kept);
        self.recent.extend_from_slice(new);
    }
}

impl Source for Plain {
    fn read(&mut self, into: &mut [u8]) -> Result<Got> {
        let want =
            usize::try_from(self.end - self.at).map_or(into.len(), |left| left.min(into.len()));
        if want == 0 {
            return Ok(Got::End(End::Complete));
        }
        let len =
            read_at(&self.file, &mut into[..want], self.at).map_err(|e| failed(&self.name, &e))?;
        if len == 0 || !self.unchanged()? {
            return Ok(Got::End(End::Changed));
        }
        self.at += len as u64;
        self.remember(&into[..len]);
        Ok(Got::Bytes(len))
    }

    fn skip_hole(&mut self) -> u64 {
        let hole = hole(&self.file, self.at).min(self.end - self.at);
        if hole > 0 {
            self.at += hole;
            self.remember(&[0; WINDOW][..hole.min(WINDOW as u64) as usize]);
        }
        hole
    }

    fn taken(&self) -> u64 {
        self.at - self.start
    }
}

/// A packed file.
pub struct Unpacked {
    decoder: unpack::Decoder,
    name: String,
    end: Option<End>,
}

impl Unpacked {
    /// Unpacks the first `size` bytes of `file`.
    pub fn new(
        file: File,
        name: String,
        size: u64,
        packing: Packing,
        limits: Limits,
    ) -> Result<Unpacked> {
        let from = FromStart { file, at: 0 }.take(size);
        let decoder =
            unpack::Decoder::new(Box::new(from), packing, limits).map_err(|e| failed(&name, &e))?;
        Ok(Unpacked {
            decoder,
            name,
            end: None,
        })
    }
}

impl Source for Unpacked {
    fn read(&mut self, into: &mut [u8]) -> Result<Got> {
        if let Some(end) = &self.end {
            return Ok(Got::End(end.clone()));
        }
        let got = self
            .decoder
            .read(into)
            .map_err(|e| failed(&self.name, &e))?;
        if let Got::End(end) = &got {
            self.end = Some(end.clone());
        }
        Ok(got)
    }

    fn taken(&self) -> u64 {
        self.decoder.taken()
    }

    fn packed(&self) -> bool {
        true
    }
}

/// Reads a file from its start whatever its offset is, which other handles of it may share.
struct FromStart {
    file: File,
    at: u64,
}

impl Read for FromStart {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let len = self.file.read_at(into, self.at)?;
        self.at += len as u64;
        Ok(len)
    }
}

/// A stream, unpacked if its first bytes say that it is packed.
pub struct Stream {
    state: State,
    limits: Limits,
    name: String,
    taken: u64,
}

enum State {
    /// Too few bytes have come to know whether it is packed.
    Deciding(File, Vec<u8>),
    /// Bytes that came while deciding, then the stream.
    Text(File, Vec<u8>),
    Packed(unpack::Decoder),
    Ended(End),
}

impl Stream {
    /// Reads `file` as it comes, wherever it stands.
    pub fn new(file: File, name: String, limits: Limits) -> Stream {
        Stream {
            state: State::Deciding(file, Vec::new()),
            limits,
            name,
            taken: 0,
        }
    }

    /// Reads until it is known whether the stream is packed; returns what there is to tell before that.
    fn decide(&mut self, mut file: File, mut first: Vec<u8>) -> Result<Option<Got>> {
        let mut ended = false;
        while !ended && Packing::undecided(&first) {
            if !ready(&file) {
                self.state = State::Deciding(file, first);
                return Ok(Some(Got::Quiet));
            }
            let mut some = [0; 64];
            let len = read(&mut file, &mut some).map_err(|e| failed(&self.name, &e))?;
            first.extend_from_slice(&some[..len]);
            ended = len == 0;
        }
        self.state = match Packing::of(&first) {
            None => State::Text(file, first),
            Some(packing) => {
                let all = Box::new(io::Cursor::new(first).chain(file));
                let decoder = unpack::Decoder::new(all, packing, self.limits);
                State::Packed(decoder.map_err(|e| failed(&self.name, &e))?)
            }
        };
        Ok(None)
    }

    fn read_text(&mut self, into: &mut [u8]) -> Result<Got> {
        let State::Text(file, first) = &mut self.state else {
            return Ok(Got::End(End::Complete));
        };
        let len = if first.is_empty() {
            if !ready(file) {
                return Ok(Got::Quiet);
            }
            read(file, into).map_err(|e| failed(&self.name, &e))?
        } else {
            let len = first.len().min(into.len());
            into[..len].copy_from_slice(&first[..len]);
            first.drain(..len);
            len
        };
        if len == 0 {
            self.state = State::Ended(End::Complete);
            return Ok(Got::End(End::Complete));
        }
        self.taken += len as u64;
        Ok(Got::Bytes(len))
    }
}

impl Source for Stream {
    fn read(&mut self, into: &mut [u8]) -> Result<Got> {
        let ended = State::Ended(End::Complete);
        match std::mem::replace(&mut self.state, ended) {
            State::Deciding(file, first) => {
                if let Some(got) = self.decide(file, first)? {
                    return Ok(got);
                }
                self.read(into)
            }
            State::Text(file, first) => {
                self.state = State::Text(file, first);
                self.read_text(into)
            }
            State::Packed(mut decoder) => {
                let got = decoder.read(into).map_err(|e| failed(&self.name, &e))?;
                self.taken = decoder.taken();
                self.state = match &got {
                    Got::End(end) => State::Ended(end.clone()),
                    _ => State::Packed(decoder),
                };
                Ok(got)
            }
            State::Ended(end) => {
                self.state = State::Ended(end.clone());
                Ok(Got::End(end))
            }
        }
    }

    fn taken(&self) -> u64 {
        self.taken
    }
}

/// Whether a read would give something at once, or within [`PATIENCE_MS`]. The end of a stream is something, too.
fn ready(file: &File) -> bool {
    let patience = Timespec {
        tv_sec: 0,
        tv_nsec: PATIENCE_MS * 1_000_000,
    };
    let mut fds = [PollFd::new(file, PollFlags::IN)];
    // Interrupted by a signal counts as quiet, so that the caller can look at what the signal asked for.
    poll(&mut fds, Some(&patience)).is_ok_and(|count| count > 0)
}

fn read(file: &mut File, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(into) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Length of the hole of `file` that begins at `at`; everything after the last data counts.
pub fn hole(file: &File, at: u64) -> u64 {
    match seek(file, SeekFrom::Data(at)) {
        Ok(data) => data.saturating_sub(at),
        Err(Errno::NXIO) => u64::MAX,
        Err(_) => 0,
    }
}

/// Reads up to `len` bytes that begin at `from`; fewer only where the file ends.
pub fn read_all(file: &File, from: u64, len: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
    let mut at = 0;
    while at < bytes.len() {
        match read_at(file, &mut bytes[at..], from + at as u64)? {
            0 => break,
            len => at += len,
        }
    }
    bytes.truncate(at);
    Ok(bytes)
}

/// Reads some bytes that begin at `at`, whatever signals come.
pub fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    loop {
        match file.read_at(into, at) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

fn failed(name: &str, cause: &io::Error) -> Error {
    Error::io(format!("cannot read {name}"), cause)
}
