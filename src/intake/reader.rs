//! Reads whole records from a source, chunk by chunk, and knows after each what the next run needs to know.

mod ending;
mod long;

pub use ending::{Partial, Rules};
use long::pieces_after;

use super::{
    Body, Checkpoint, Chunk, Cut, Digester, End, Found, Got, LOOKAHEAD, MAX_LINE, More, Note,
    Nothing, Outcome, Piece, Place, Prefix, Source, State, TextEnd, cut, last_head, nuls, piece,
    utf16_end,
};
use crate::envelope::Endian;
use crate::error::Result;
use memchr::memrchr;

/// Bytes there is room for at first: more than most files have.
const LEAST: usize = 64 * 1024;

/// What [`ChunkReader::next`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Filled the chunk.
    Chunk,
    /// Nothing: the stream pauses. A good moment to store what there is and to look at signals.
    Quiet,
    /// Nothing: there is no more.
    End,
}

/// Reads a source record by record. Memory is bounded by what is asked for and a record's limit, whatever comes.
pub struct ChunkReader {
    name: String,
    source: Box<dyn Source>,
    total: Option<u64>,
    rules: Rules,
    /// Nothing if nothing is read, so that nothing needs to be followed.
    digester: Option<Digester>,
    /// Pieces already returned of the line that goes on.
    pieces: u64,
    /// Bytes that were read and are in no chunk yet.
    carry: Vec<u8>,
    /// Length of the run of NUL bytes that stands before them.
    run: u64,
    /// The byte order of UTF-16.
    utf16: Option<Endian>,
    /// Brackets that are open around the list the next bytes are in.
    open: Vec<u8>,
    known: Checkpoint,
    place: Option<Place>,
    end: Option<End>,
    /// Bytes that wait for the end of their line, once the end was reached.
    waiting: u64,
}

/// What a [`ChunkReader`] starts from.
pub struct Start {
    /// The source's name in messages.
    pub name: String,
    /// Stands where `digester` does.
    pub source: Box<dyn Source>,
    /// Bytes there are to read, before unpacking.
    pub total: Option<u64>,
    /// What becomes of an unfinished last line.
    pub rules: Rules,
    /// Everything before the first record.
    pub digester: Digester,
    /// Bytes after these that the source has given already.
    pub carry: Vec<u8>,
    /// The checkpoint that the generation had.
    pub known: Checkpoint,
    /// The file.
    pub place: Option<Place>,
}

impl ChunkReader {
    /// Reads on from `start`.
    pub(super) fn new(start: Start) -> ChunkReader {
        ChunkReader {
            name: start.name,
            source: start.source,
            total: start.total,
            rules: start.rules,
            digester: Some(start.digester),
            pieces: start.known.pieces,
            carry: start.carry,
            run: 0,
            utf16: start.known.state.as_ref().and_then(|s| s.utf16),
            open: start.known.state.clone().unwrap_or_default().open,
            known: start.known,
            place: start.place,
            end: None,
            waiting: 0,
        }
    }

    /// A reader that has nothing to read: all was returned by an earlier run.
    pub(super) fn nothing(
        name: String,
        known: Checkpoint,
        mut place: Option<Place>,
    ) -> ChunkReader {
        if let Some(place) = &mut place {
            let before = known.place(place).filter(|known| known.untouched(place));
            place.outcome = before.and_then(|known| known.outcome.clone());
        }
        ChunkReader {
            name,
            source: Box::new(Nothing),
            total: Some(0),
            rules: Rules::LEAVE,
            digester: None,
            pieces: known.pieces,
            carry: Vec::new(),
            run: 0,
            utf16: known.state.as_ref().and_then(|s| s.utf16),
            open: known.state.clone().unwrap_or_default().open,
            known,
            place,
            end: None,
            waiting: 0,
        }
    }

    /// Reads about `want` bytes of whole records into `chunk`. After an error nothing more comes; what was returned
    /// before stays valid.
    pub fn next(&mut self, want: usize, chunk: &mut Chunk) -> Result<Step> {
        self.clear(chunk);
        if self.run > 0 {
            return self.nul_run(chunk);
        }
        chunk.load(&std::mem::take(&mut self.carry));
        let mut target = if self.pieces > 0 {
            LOOKAHEAD
        } else {
            want.max(1)
        };
        loop {
            let filled = self.fill(chunk, target)?;
            self.swallow_line_end(chunk);
            match self.part(chunk, filled)? {
                Part::Given => return Ok(Step::Chunk),
                Part::More => {}
            }
            match filled {
                Filled::Enough if chunk.len >= LOOKAHEAD => return self.long_line(chunk),
                Filled::Enough => target = LOOKAHEAD,
                Filled::Quiet => {
                    self.carry = chunk.bytes().to_vec();
                    self.clear(chunk);
                    return Ok(Step::Quiet);
                }
                Filled::Ended => return Ok(self.finish(chunk)),
            }
        }
    }

    /// Gives what is certain of the bytes at hand.
    fn part(&mut self, chunk: &mut Chunk, filled: Filled) -> Result<Part> {
        if chunk.offset == 0 && self.utf16.is_none() {
            self.utf16 = match chunk.bytes() {
                [0xff, 0xfe, ..] => Some(Endian::Little),
                [0xfe, 0xff, ..] => Some(Endian::Big),
                _ => None,
            };
        }
        if let Some(endian) = self.utf16 {
            return Ok(self.utf16_lines(chunk, endian));
        }
        if self.pieces == 0 {
            let more = match filled {
                Filled::Ended => More::No,
                Filled::Enough | Filled::Quiet => More::Maybe,
            };
            match cut(chunk.bytes(), &mut self.open, more) {
                Found::Records(cuts) => {
                    self.give_cuts(chunk, cuts);
                    return Ok(Part::Given);
                }
                // Nothing more comes: then it is read as the lines it also is.
                Found::More if filled == Filled::Ended && self.takes_partial() => self.open.clear(),
                Found::More => return Ok(Part::More),
                Found::Lines => {}
            }
        }
        let Some(end) = memrchr(b'\n', chunk.bytes()) else {
            return Ok(Part::More);
        };
        let len = match filled {
            Filled::Enough => last_head(&chunk.bytes()[..=end]).filter(|at| *at > 0),
            Filled::Quiet | Filled::Ended => Some(end + 1),
        };
        match len {
            Some(len) => self.give(chunk, len, TextEnd::Stops, 0),
            None if chunk.len >= LOOKAHEAD => self.give(chunk, end + 1, TextEnd::Stops, 0),
            None => return Ok(Part::More),
        }
        Ok(Part::Given)
    }

    /// Gives lines of UTF-16; the first half of a unit waits for the second.
    fn utf16_lines(&mut self, chunk: &mut Chunk, endian: Endian) -> Part {
        let long = (chunk.len >= LOOKAHEAD).then_some(MAX_LINE);
        match utf16_end(chunk.bytes(), endian).or(long) {
            Some(len) => {
                self.give_body(chunk, len, Body::Utf16(endian));
                Part::Given
            }
            None => Part::More,
        }
    }

    fn give_cuts(&mut self, chunk: &mut Chunk, cuts: Vec<Cut>) {
        let Some(last) = cuts.last() else { return };
        let len = last.end + usize::from(last.terminated);
        // A line end that comes later ends the last of them, and is no empty line. Counted records need none.
        let counted = chunk.bytes()[0].is_ascii_digit();
        let pieces = u64::from(!last.terminated && len == chunk.len && !counted);
        self.give_body(chunk, len, Body::Cuts(cuts));
        self.pieces = pieces;
    }

    /// What the next run needs, as of the last chunk returned. After the end it also says how the file ended: store it
    /// if it differs from what is stored, even when no record was new.
    pub fn checkpoint(&self) -> Checkpoint {
        let state = State {
            utf16: self.utf16,
            open: self.open.clone(),
            columns: self.known.state.clone().and_then(|s| s.columns),
        };
        let mut checkpoint = Checkpoint {
            prefix: self.prefix(),
            pieces: self.pieces,
            state: (state != State::default()).then_some(state),
            ..self.known.clone()
        };
        if let Some(place) = &self.place {
            let mut place = place.clone();
            place.outcome = self.outcome(place.outcome);
            checkpoint.found_at(place);
        }
        checkpoint
    }

    /// Bytes read so far, in the unit of [`ChunkReader::bytes_total`].
    pub fn bytes_done(&self) -> u64 {
        self.source.taken()
    }

    /// Bytes there are to read, before unpacking; unknown for a stream.
    pub fn bytes_total(&self) -> Option<u64> {
        self.total
    }

    fn prefix(&self) -> Prefix {
        match &self.digester {
            Some(digester) => digester.prefix(),
            None => self.known.prefix,
        }
    }

    fn follow(&mut self, bytes: &[u8]) {
        if let Some(digester) = &mut self.digester {
            digester.update(bytes);
        }
    }

    fn clear(&self, chunk: &mut Chunk) {
        chunk.offset = match &self.digester {
            Some(digester) => digester.offset(),
            None => self.known.offset(),
        };
        chunk.len = 0;
        chunk.body = Body::default();
    }

    /// Reads until `chunk` has `target` bytes.
    fn fill(&mut self, chunk: &mut Chunk, target: usize) -> Result<Filled> {
        while chunk.len < target {
            // Most files are small, and there may be very many: no more room is made than there are bytes for.
            if chunk.len == chunk.buffer.len() {
                chunk.reserve((chunk.len * 2).max(LEAST).min(target));
            }
            match self.read(&mut chunk.buffer[chunk.len..])? {
                Got::Bytes(len) => chunk.len += len,
                Got::Quiet => return Ok(Filled::Quiet),
                Got::End(_) => return Ok(Filled::Ended),
            }
        }
        Ok(Filled::Enough)
    }

    /// Reads, remembering the end: a source is not asked twice, since a file may have changed in between.
    fn read(&mut self, into: &mut [u8]) -> Result<Got> {
        if let Some(end) = &self.end {
            return Ok(Got::End(end.clone()));
        }
        let got = self.source.read(into);
        match &got {
            Ok(Got::End(end)) => self.end = Some(end.clone()),
            // What was read of a line before the error must not be joined with anything.
            Err(_) => self.end = Some(End::Changed),
            Ok(_) => {}
        }
        got
    }

    /// Returns the first `len` bytes of what was read, and carries the rest.
    fn give(&mut self, chunk: &mut Chunk, len: usize, end: TextEnd, pieces: u64) {
        let before = self.pieces;
        self.give_body(
            chunk,
            len,
            Body::Text {
                pieces: before,
                end,
            },
        );
        self.pieces = pieces;
    }

    fn give_body(&mut self, chunk: &mut Chunk, len: usize, body: Body) {
        self.carry = chunk.buffer[len..chunk.len].to_vec();
        chunk.len = len;
        chunk.body = body;
        self.follow(chunk.bytes());
    }
}

/// Whether the bytes at hand were enough for something.
enum Part {
    Given,
    More,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Filled {
    Enough,
    Quiet,
    Ended,
}

#[cfg(test)]
mod tests;
