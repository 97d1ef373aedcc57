//! Framing: where a record ends.
//!
//! A record is a line; its `\n` is no part of it, a `\r` is. Lines that only go on with the one before are part of its record
//! (see `trace`), and what is not written in lines is cut as it is (see `cut`). Three things are not lines: a run of NUL bytes, as a crash or
//! a truncation under a careless writer leaves it, is one record of its own and divides the line it stands in; a line
//! longer than [`MAX_LINE`] comes in fragments; and the last line may lack its end. The rules look at the bytes only, so
//! that the records of a stream are the same however it was cut into chunks.

use super::{Cut, extent, may_go_on};
use crate::envelope::Endian;
use memchr::{Memchr, memchr, memchr_iter, memmem};
use std::borrow::Cow;

/// Bytes of a record, at most. Longer lines are not log lines; their fragments keep memory bounded and lose nothing.
pub const MAX_LINE: usize = 1 << 20;
/// NUL bytes in a row that are a run. Fewer stand in damaged text and in UTF-16, and stay part of the line.
pub const MIN_RUN: usize = 16;
/// With this much of a line at hand its next piece is certain, whatever follows.
pub const LOOKAHEAD: usize = MAX_LINE + MIN_RUN;

const RUN: [u8; MIN_RUN] = [0; MIN_RUN];

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A whole line.
    Line,
    /// Text without its line end: the end of the stream or a run of NUL bytes follows.
    Unterminated,
    /// A piece of a line longer than [`MAX_LINE`], or of one whose beginning was returned as unterminated.
    Fragment {
        /// Its place among the pieces of the line, from 0.
        index: u64,
        /// Whether the line ends with it.
        last: bool,
    },
    /// Several lines: a stack trace, indented continuation.
    Lines {
        /// Length of the first.
        head: usize,
    },
    /// The event stands in the record; the rest is framing.
    Framed {
        /// Where it begins.
        start: usize,
        /// Where it ends.
        end: usize,
    },
    /// A line in UTF-16.
    Utf16(Endian),
    /// So many NUL bytes. The record has no bytes: they are known.
    NulRun {
        /// How many.
        len: u64,
    },
}

/// One record of a [`Chunk`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Where it begins in the decompressed stream.
    pub offset: u64,
    /// Its bytes, without the `\n`.
    pub bytes: &'a [u8],
    /// What it is.
    pub mark: Mark,
    /// Whether a `\n` follows it. With it the stream can be put together again byte for byte.
    pub terminated: bool,
}

impl<'a> Record<'a> {
    /// What a format has to look at to tell what the record is: the event in it, or its first line.
    pub fn sample(&self) -> Cow<'a, [u8]> {
        match self.mark {
            Mark::Lines { head } => Cow::Borrowed(&self.bytes[..head]),
            Mark::Framed { start, end } => Cow::Borrowed(&self.bytes[start..end]),
            Mark::Utf16(endian) => {
                let pairs = self.bytes.chunks_exact(2);
                let units = pairs.map(|pair| endian.read([pair[0], pair[1]]));
                let text =
                    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
                Cow::Owned(text.collect::<String>().into_bytes())
            }
            _ => Cow::Borrowed(self.bytes),
        }
    }
}

impl Record<'_> {
    /// Whether it can tell what format its source is in: NUL bytes, a piece of a line and an empty line cannot.
    pub fn is_telling(&self) -> bool {
        let whole = !matches!(self.mark, Mark::NulRun { .. } | Mark::Fragment { .. });
        whole && !self.bytes.trim_ascii().is_empty()
    }
}

/// Consecutive whole records of a stream. Reusing one keeps its memory.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    pub(super) offset: u64,
    pub(super) buffer: Vec<u8>,
    pub(super) len: usize,
    pub(super) body: Body,
}

/// What the bytes of a chunk stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// Text. Its first line may have begun before it, its last may go on behind it.
    Text {
        /// Pieces of the first line that earlier chunks held.
        pieces: u64,
        /// How the text ends if not with `\n`.
        end: TextEnd,
    },
    /// A run of NUL bytes too long to carry along; the bytes are at most its `\n`.
    Nuls(u64),
    /// Records that are no lines.
    Cuts(Vec<Cut>),
    /// Lines in UTF-16.
    Utf16(Endian),
}

/// What follows text that does not end with `\n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextEnd {
    /// The line goes on in the next chunk.
    GoesOn,
    /// Nothing, or a run of NUL bytes.
    Stops,
}

impl Default for Body {
    fn default() -> Body {
        Body::Text {
            pieces: 0,
            end: TextEnd::Stops,
        }
    }
}

impl Chunk {
    /// Where it begins in the decompressed stream.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Its bytes, line ends included. A long run of NUL bytes is a chunk of its own, without them.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.len]
    }

    /// Makes room for `len` bytes.
    pub(super) fn reserve(&mut self, len: usize) {
        if self.buffer.len() < len {
            self.buffer.resize(len, 0);
        }
    }

    /// Puts `bytes` in, and nothing else.
    pub(super) fn load(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.buffer[..bytes.len()].copy_from_slice(bytes);
        self.len = bytes.len();
    }

    /// Bytes of the stream it stands for.
    pub fn span(&self) -> u64 {
        match self.body {
            Body::Nuls(count) => count + self.len as u64,
            _ => self.len as u64,
        }
    }

    /// Its records, in order.
    pub fn records(&self) -> Records<'_> {
        let bytes = self.bytes();
        let (pieces, end, run) = match self.body {
            Body::Text { pieces, end } => (pieces, end, None),
            Body::Nuls(count) => (0, TextEnd::Stops, Some(count)),
            Body::Cuts(_) | Body::Utf16(_) => (0, TextEnd::Stops, None),
        };
        let no_lines = match &self.body {
            Body::Cuts(cuts) => Some(NoLines::Cuts(cuts.iter())),
            Body::Utf16(endian) => Some(NoLines::Utf16(*endian)),
            _ => None,
        };
        Records {
            offset: self.offset,
            bytes,
            at: 0,
            ends: memchr_iter(b'\n', bytes),
            line: None,
            pieces,
            end,
            nuls: run.is_none() && memmem::find(bytes, &RUN).is_some(),
            run,
            no_lines,
        }
    }
}

/// Iterates over the records of a chunk.
pub struct Records<'a> {
    offset: u64,
    bytes: &'a [u8],
    /// The first byte that is in no record yet.
    at: usize,
    ends: Memchr<'a>,
    /// End of the line that has been returned in part.
    line: Option<usize>,
    /// Pieces of this line already returned.
    pieces: u64,
    end: TextEnd,
    /// Whether there are runs of NUL bytes at all.
    nuls: bool,
    /// The run that this chunk is, until it has been returned.
    run: Option<u64>,
    /// What the chunk holds if not lines.
    no_lines: Option<NoLines<'a>>,
}

enum NoLines<'a> {
    Cuts(std::slice::Iter<'a, Cut>),
    Utf16(Endian),
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        if let Some(len) = self.run.take() {
            let terminated = !self.bytes.is_empty();
            self.at = self.bytes.len();
            return Some(Record {
                offset: self.offset,
                bytes: b"",
                mark: Mark::NulRun { len },
                terminated,
            });
        }
        if self.at >= self.bytes.len() {
            return None;
        }
        if self.no_lines.is_some() {
            return self.no_line();
        }
        let end = match self.line.take() {
            Some(end) => end,
            None => self.ends.next().unwrap_or(self.bytes.len()),
        };
        let line = &self.bytes[self.at..end];
        let terminated = end < self.bytes.len();
        if terminated && !self.nuls && self.pieces == 0 && line.len() <= MAX_LINE {
            let offset = self.offset + self.at as u64;
            if let Some(&next) = self.bytes.get(end + 1)
                && may_go_on(next, line.last().copied().unwrap_or(0))
            {
                return Some(self.lines(end));
            }
            self.at = end + 1;
            return Some(Record {
                offset,
                bytes: line,
                mark: Mark::Line,
                terminated,
            });
        }
        Some(self.odd(line, terminated, end))
    }
}

impl<'a> Records<'a> {
    /// The record that begins with the line up to `end`, with the lines that belong to it.
    fn lines(&mut self, end: usize) -> Record<'a> {
        let start = self.at;
        let (done, more) = extent(self.bytes, start, end, self.ends.clone());
        for _ in 0..more {
            self.ends.next();
        }
        self.at = done + 1;
        Record {
            offset: self.offset + start as u64,
            bytes: &self.bytes[start..done],
            mark: match more {
                0 => Mark::Line,
                _ => Mark::Lines { head: end - start },
            },
            terminated: true,
        }
    }

    /// The next record of a chunk that is not made of lines.
    fn no_line(&mut self) -> Option<Record<'a>> {
        let start = self.at;
        let offset = self.offset + start as u64;
        match self.no_lines.as_mut()? {
            NoLines::Cuts(cuts) => {
                let cut = cuts.next()?;
                self.at = cut.end + usize::from(cut.terminated);
                Some(Record {
                    offset,
                    bytes: &self.bytes[start..cut.end],
                    mark: Mark::Framed {
                        start: cut.event.start - start,
                        end: cut.event.end - start,
                    },
                    terminated: cut.terminated,
                })
            }
            NoLines::Utf16(endian) => {
                let endian = *endian;
                let end = utf16_line(&self.bytes[start..], endian).map(|len| start + len);
                self.at = end.map_or(self.bytes.len(), |end| end + 2);
                Some(Record {
                    offset,
                    bytes: &self.bytes[start..end.unwrap_or(self.bytes.len())],
                    mark: Mark::Utf16(endian),
                    terminated: end.is_some(),
                })
            }
        }
    }

    /// The next record of a line that is no plain one.
    fn odd(&mut self, line: &'a [u8], terminated: bool, end: usize) -> Record<'a> {
        let (piece, len) = piece(line);
        let whole = len == line.len();
        let offset = self.offset + self.at as u64;
        let index = self.pieces;
        let goes_on = piece == Piece::Part
            || (piece == Piece::Text && whole && !terminated && self.end == TextEnd::GoesOn);
        let mark = match piece {
            Piece::Nuls => Mark::NulRun { len: len as u64 },
            _ if goes_on => Mark::Fragment { index, last: false },
            _ if index > 0 => Mark::Fragment { index, last: true },
            Piece::Text if terminated => Mark::Line,
            _ => Mark::Unterminated,
        };
        self.pieces = if goes_on { index + 1 } else { 0 };
        if whole {
            self.at = end + usize::from(terminated);
        } else {
            self.at += len;
            self.line = Some(end);
        }
        Record {
            offset,
            bytes: if piece == Piece::Nuls {
                b""
            } else {
                &line[..len]
            },
            mark,
            terminated: whole && terminated,
        }
    }
}

/// What a line, or what is left of it, begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text up to the end of what was given.
    Text,
    /// As much text as a record holds; more follows.
    Part,
    /// Text before a run of NUL bytes.
    Torn,
    /// A run of NUL bytes.
    Nuls,
}

/// The first piece of `line`, which has no `\n`, and its length.
pub(super) fn piece(line: &[u8]) -> (Piece, usize) {
    let run = memmem::find(&line[..line.len().min(LOOKAHEAD)], &RUN);
    match run {
        Some(0) => (Piece::Nuls, nuls(line)),
        Some(at) => (Piece::Torn, at),
        None if line.len() > MAX_LINE => (Piece::Part, MAX_LINE),
        None => (Piece::Text, line.len()),
    }
}

/// The length of the first line of UTF-16 text, if it ends.
fn utf16_line(bytes: &[u8], endian: Endian) -> Option<usize> {
    let line_end = endian.line_end();
    let mut at = 0;
    loop {
        // Its place within the two bytes differs, and other characters hold such a byte too.
        at += memchr(b'\n', bytes.get(at..)?)?;
        let unit = at & !1;
        if bytes.get(unit..unit + 2) == Some(&line_end) {
            return Some(unit);
        }
        at += 1;
    }
}

/// Where the last whole line of UTF-16 text ends, behind its line end.
pub(super) fn utf16_end(bytes: &[u8], endian: Endian) -> Option<usize> {
    let line_end = endian.line_end();
    let pairs = bytes.chunks_exact(2);
    let last = pairs.rev().position(|pair| pair == line_end)?;
    Some((bytes.len() / 2 - last) * 2)
}

/// How many NUL bytes `bytes` begin with.
pub(super) fn nuls(bytes: &[u8]) -> usize {
    const ZEROS: [u8; 4096] = [0; 4096];
    let whole = bytes
        .chunks(ZEROS.len())
        .take_while(|block| **block == ZEROS[..block.len()])
        .map(<[u8]>::len)
        .sum::<usize>();
    let rest = bytes[whole..].iter().take_while(|byte| **byte == 0).count();
    whole + rest
}
