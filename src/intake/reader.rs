//! Reads whole records from a source, chunk by chunk, and knows after each what the next run needs to know.

use super::{
    Body, Checkpoint, Chunk, Digester, End, Got, LOOKAHEAD, Note, Nothing, Outcome, Piece, Place,
    Prefix, Source, TextEnd, nuls, piece,
};
use crate::error::Result;
use memchr::memrchr;

/// Bytes read at a time to find the end of a run of NUL bytes.
const STRIDE: usize = 256 * 1024;

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

/// What becomes of a last line without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partial {
    /// It is returned, marked unterminated. Should the rest come later, it is returned then, marked as a fragment.
    Take,
    /// It waits for its end.
    Leave,
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
    known: Checkpoint,
    place: Option<Place>,
    end: Option<End>,
    /// Bytes that wait for the end of their line, once the end was reached.
    waiting: u64,
}

/// What becomes of a last line without its end, by how the source ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// After a sound end.
    pub sound: Partial,
    /// After the end of a damaged archive.
    pub damaged: Partial,
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
            rules: Rules {
                sound: Partial::Leave,
                damaged: Partial::Leave,
            },
            digester: None,
            pieces: known.pieces,
            carry: Vec::new(),
            run: 0,
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
            if let Some(end) = memrchr(b'\n', chunk.bytes()) {
                self.give(chunk, end + 1, TextEnd::Stops, 0);
                return Ok(Step::Chunk);
            }
            if chunk.len >= LOOKAHEAD {
                return self.long_line(chunk);
            }
            match filled {
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

    /// What the next run needs, as of the last chunk returned. After the end it also says how the file ended: store it
    /// if it differs from what is stored, even when no record was new.
    pub fn checkpoint(&self) -> Checkpoint {
        let mut checkpoint = Checkpoint {
            prefix: self.prefix(),
            pieces: self.pieces,
            ..self.known.clone()
        };
        if let Some(place) = &self.place {
            let mut place = place.clone();
            place.outcome = self.outcome(place.outcome);
            checkpoint.found_at(place);
        }
        checkpoint
    }

    /// What the run report has to say of the reading; complete once [`Step::End`] was returned.
    pub fn notes(&self) -> Vec<Note> {
        match &self.end {
            Some(End::Cut) if self.rules.damaged == Partial::Leave => {
                vec![Note::growing(&self.name)]
            }
            Some(end) => Note::of_end(&self.name, end, self.waiting),
            None => Vec::new(),
        }
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
        chunk.reserve(target);
        while chunk.len < target {
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
        self.carry = chunk.buffer[len..chunk.len].to_vec();
        chunk.len = len;
        chunk.body = Body::Text {
            pieces: self.pieces,
            end,
        };
        self.follow(chunk.bytes());
        self.pieces = pieces;
    }

    /// The end of a line all of which was returned already, while it had no end, is no empty line.
    fn swallow_line_end(&mut self, chunk: &mut Chunk) {
        if self.pieces > 0 && chunk.bytes().first() == Some(&b'\n') {
            self.follow(b"\n");
            self.pieces = 0;
            chunk.offset += 1;
            chunk.buffer.copy_within(1..chunk.len, 0);
            chunk.len -= 1;
        }
    }

    /// Returns as much of a line without an end as is certain.
    fn long_line(&mut self, chunk: &mut Chunk) -> Result<Step> {
        let (mut len, mut pieces, mut end) = (0, self.pieces, TextEnd::Stops);
        while chunk.len - len >= LOOKAHEAD {
            let rest = &chunk.bytes()[len..];
            match piece(rest) {
                (Piece::Nuls, run) if run == rest.len() => break,
                (Piece::Part, part) => {
                    (len, pieces, end) = (len + part, pieces + 1, TextEnd::GoesOn);
                }
                (_, part) => (len, pieces, end) = (len + part, 0, TextEnd::Stops),
            }
        }
        if len > 0 {
            self.give(chunk, len, end, pieces);
            return Ok(Step::Chunk);
        }
        self.run = chunk.len as u64;
        self.nul_run(chunk)
    }

    /// Goes on to the end of a run of NUL bytes, which may be longer than any memory.
    fn nul_run(&mut self, chunk: &mut Chunk) -> Result<Step> {
        self.clear(chunk);
        chunk.reserve(STRIDE);
        while self.carry.is_empty() {
            self.run += self.source.skip_hole();
            match self.read(&mut chunk.buffer)? {
                Got::Bytes(len) => {
                    let zeros = nuls(&chunk.buffer[..len]);
                    self.run += zeros as u64;
                    self.carry = chunk.buffer[zeros..len].to_vec();
                }
                Got::Quiet => return Ok(Step::Quiet),
                Got::End(_) => break,
            }
        }
        if self.carry.is_empty() && !self.takes_partial() {
            self.waiting = std::mem::take(&mut self.run);
            return Ok(Step::End);
        }
        let terminated = self.carry.first() == Some(&b'\n');
        if terminated {
            chunk.load(b"\n");
            self.carry.remove(0);
        }
        let run = std::mem::take(&mut self.run);
        chunk.body = Body::Nuls(run);
        if let Some(digester) = &mut self.digester {
            digester.update_zeros(run);
        }
        self.follow(chunk.bytes());
        self.pieces = 0;
        Ok(Step::Chunk)
    }

    /// Decides about what is left at the end: less than a line.
    fn finish(&mut self, chunk: &mut Chunk) -> Step {
        if chunk.len > 0 && self.takes_partial() {
            let pieces = pieces_after(chunk.bytes(), self.pieces);
            self.give(chunk, chunk.len, TextEnd::Stops, pieces);
            return Step::Chunk;
        }
        self.waiting += chunk.len as u64;
        self.clear(chunk);
        Step::End
    }

    fn takes_partial(&self) -> bool {
        let rule = match &self.end {
            Some(End::Complete) => self.rules.sound,
            Some(End::Cut | End::Damaged(_) | End::Bomb) => self.rules.damaged,
            Some(End::Changed) | None => Partial::Leave,
        };
        rule == Partial::Take
    }

    /// How the packed file ended, once nothing of it waits any more.
    fn outcome(&self, before: Option<Outcome>) -> Option<Outcome> {
        match &self.end {
            Some(end) if self.waiting == 0 && self.source.packed() => Outcome::of(end),
            _ => before,
        }
    }
}

enum Filled {
    Enough,
    Quiet,
    Ended,
}

/// Pieces returned of the line that `bytes`, all returned, leave open.
fn pieces_after(mut bytes: &[u8], mut pieces: u64) -> u64 {
    while !bytes.is_empty() {
        let (piece, len) = piece(bytes);
        pieces = match piece {
            Piece::Text | Piece::Part => pieces + 1,
            Piece::Torn | Piece::Nuls => 0,
        };
        bytes = &bytes[len..];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::{MAX_LINE, MIN_RUN, Mark};
    use super::*;
    use proptest::prelude::*;

    /// Gives `bytes` in pieces of the given lengths, over and over; a piece of length 0 is a pause.
    struct Pieces {
        bytes: Vec<u8>,
        at: usize,
        lens: Vec<usize>,
        turn: usize,
    }

    impl Source for Pieces {
        fn read(&mut self, into: &mut [u8]) -> Result<Got> {
            let want = self.lens[self.turn % self.lens.len()];
            self.turn += 1;
            if want == 0 {
                return Ok(Got::Quiet);
            }
            let len = want.min(into.len()).min(self.bytes.len() - self.at);
            if len == 0 {
                return Ok(Got::End(End::Complete));
            }
            into[..len].copy_from_slice(&self.bytes[self.at..self.at + len]);
            self.at += len;
            Ok(Got::Bytes(len))
        }

        fn taken(&self) -> u64 {
            self.at as u64
        }
    }

    fn reader(bytes: &[u8], lens: &[usize], partial: Partial, from: Checkpoint) -> ChunkReader {
        let mut digester = Digester::default();
        digester.update(&bytes[..from.offset() as usize]);
        ChunkReader::new(Start {
            name: "test".into(),
            source: Box::new(Pieces {
                bytes: bytes.to_vec(),
                at: from.offset() as usize,
                lens: lens.to_vec(),
                turn: 0,
            }),
            total: None,
            rules: Rules {
                sound: partial,
                damaged: partial,
            },
            digester,
            carry: Vec::new(),
            known: from,
            place: None,
        })
    }

    /// A record without its bytes: offset, length in the stream, mark, whether a line end follows.
    type Shape = (u64, u64, Mark, bool);

    /// All records, after a check that they are the bytes at their offsets.
    fn read_all(bytes: &[u8], reader: &mut ChunkReader, want: usize) -> Vec<Shape> {
        let mut shapes = Vec::new();
        let mut chunk = Chunk::default();
        loop {
            match reader.next(want, &mut chunk).expect("memory can be read") {
                Step::End => return shapes,
                Step::Quiet => continue,
                Step::Chunk => {}
            }
            assert!(chunk.len <= want.max(LOOKAHEAD), "memory is bounded");
            for record in chunk.records() {
                let at = record.offset as usize;
                let len = match record.mark {
                    Mark::NulRun { len } => {
                        assert!(record.bytes.is_empty());
                        assert!(bytes[at..at + len as usize].iter().all(|b| *b == 0));
                        len
                    }
                    _ => {
                        assert_eq!(record.bytes, &bytes[at..at + record.bytes.len()]);
                        record.bytes.len() as u64
                    }
                };
                assert!(!record.terminated || bytes[at + len as usize] == b'\n');
                shapes.push((record.offset, len, record.mark, record.terminated));
            }
        }
    }

    /// What a stream is made of.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Part {
        Text(usize),
        Nuls(usize),
        LineEnd,
    }

    fn bytes_of(parts: &[Part]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in parts {
            match part {
                Part::Text(len) => bytes.extend((0..*len).map(|i| b'a' + (i % 26) as u8)),
                Part::Nuls(len) => bytes.resize(bytes.len() + len, 0),
                Part::LineEnd => bytes.push(b'\n'),
            }
        }
        bytes
    }

    /// The same stream with neighbours of one kind joined, and too short a run taken for text.
    fn joined(parts: &[Part]) -> Vec<Part> {
        let join = |parts: Vec<Part>| {
            let mut out: Vec<Part> = Vec::new();
            for part in parts {
                match (out.last_mut(), part) {
                    (Some(Part::Text(a)), Part::Text(b)) | (Some(Part::Nuls(a)), Part::Nuls(b)) => {
                        *a += b
                    }
                    _ => out.push(part),
                }
            }
            out
        };
        let short = |part| match part {
            Part::Nuls(len) if len < MIN_RUN => Part::Text(len),
            part => part,
        };
        join(join(parts.to_vec()).into_iter().map(short).collect())
    }

    /// The records of a stream, by what it is made of.
    fn expected(parts: &[Part]) -> Vec<Shape> {
        let parts = joined(parts);
        let mut shapes = Vec::new();
        let mut at = 0;
        for (i, part) in parts.iter().enumerate() {
            let ended = parts.get(i + 1) == Some(&Part::LineEnd);
            match *part {
                Part::Text(len) => {
                    let count = len.div_ceil(MAX_LINE);
                    for index in 0..count {
                        let last = index + 1 == count;
                        let mark = match (count, ended) {
                            (1, true) => Mark::Line,
                            (1, false) => Mark::Unterminated,
                            _ => Mark::Fragment {
                                index: index as u64,
                                last,
                            },
                        };
                        let piece = if last {
                            len - index * MAX_LINE
                        } else {
                            MAX_LINE
                        };
                        let offset = (at + index * MAX_LINE) as u64;
                        shapes.push((offset, piece as u64, mark, last && ended));
                    }
                    at += len;
                }
                Part::Nuls(len) => {
                    shapes.push((
                        at as u64,
                        len as u64,
                        Mark::NulRun { len: len as u64 },
                        ended,
                    ));
                    at += len;
                }
                Part::LineEnd => {
                    if i == 0 || parts[i - 1] == Part::LineEnd {
                        shapes.push((at as u64, 0, Mark::Line, true));
                    }
                    at += 1;
                }
            }
        }
        shapes
    }

    fn part() -> impl Strategy<Value = Part> {
        prop_oneof![
            4 => (1usize..60).prop_map(Part::Text),
            1 => prop::sample::select(vec![MAX_LINE - 1, MAX_LINE, MAX_LINE + 1, MAX_LINE + 20, 2 * MAX_LINE + 7])
                .prop_map(Part::Text),
            2 => (1usize..40).prop_map(Part::Nuls),
            1 => prop::sample::select(vec![70_000, LOOKAHEAD + 3]).prop_map(Part::Nuls),
            5 => Just(Part::LineEnd),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn records_do_not_depend_on_how_the_bytes_come(
            parts in prop::collection::vec(part(), 0..12),
            want in prop::sample::select(vec![1usize, 100, 70_000, 4 << 20]),
            lens in prop::sample::select(vec![vec![usize::MAX], vec![1000, 0, 50_000], vec![0, 300_001]]),
        ) {
            let bytes = bytes_of(&parts);
            let mut reader = reader(&bytes, &lens, Partial::Take, Checkpoint::default());
            prop_assert_eq!(read_all(&bytes, &mut reader, want), expected(&parts));
            prop_assert_eq!(reader.checkpoint().offset(), bytes.len() as u64);
        }

        #[test]
        fn a_stream_that_grows_gives_each_record_once(
            parts in prop::collection::vec(part(), 1..10), stops in prop::collection::vec(0.0..1.0f64, 1..5)
        ) {
            let mut parts = parts;
            parts.push(Part::LineEnd);
            let bytes = bytes_of(&parts);
            let mut stops: Vec<usize> = stops.iter().map(|s| (s * bytes.len() as f64) as usize).collect();
            stops.sort_unstable();
            stops.push(bytes.len());
            let (mut shapes, mut checkpoint) = (Vec::new(), Checkpoint::default());
            for stop in stops {
                let mut reader = reader(&bytes[..stop], &[usize::MAX], Partial::Leave, checkpoint);
                shapes.extend(read_all(&bytes[..stop], &mut reader, 70_000));
                checkpoint = reader.checkpoint();
            }
            prop_assert_eq!(shapes, expected(&parts));
        }
    }

    #[test]
    fn an_unfinished_line_waits_and_says_so() {
        let mut reader = reader(b"one\ntw", &[100], Partial::Leave, Checkpoint::default());
        let shapes = read_all(b"one\ntw", &mut reader, 100);
        assert_eq!(shapes, [(0, 3, Mark::Line, true)]);
        assert_eq!(reader.checkpoint().offset(), 4);
        let notes = reader.notes();
        assert_eq!(notes.len(), 1);
        assert!(notes[0].text.contains("2 bytes"), "{}", notes[0].text);
    }

    #[test]
    fn the_rest_of_a_line_that_was_taken_unfinished_comes_as_a_fragment() {
        let before = b"one\ntw";
        let mut first = reader(before, &[100], Partial::Take, Checkpoint::default());
        assert_eq!(
            read_all(before, &mut first, 100),
            [(0, 3, Mark::Line, true), (4, 2, Mark::Unterminated, false)]
        );
        let rest = Mark::Fragment {
            index: 1,
            last: true,
        };
        for (after, shapes) in [
            (
                &b"one\ntwo\nthree\n"[..],
                vec![(6, 1, rest, true), (8, 5, Mark::Line, true)],
            ),
            // Only its line end was missing: that is no empty line.
            (b"one\ntw\nthree\n", vec![(7, 5, Mark::Line, true)]),
        ] {
            let mut second = reader(after, &[100], Partial::Leave, first.checkpoint());
            assert_eq!(read_all(after, &mut second, 100), shapes);
            assert_eq!(second.checkpoint().pieces, 0);
        }
    }
}
