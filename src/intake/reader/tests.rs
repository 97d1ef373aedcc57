//! Framing does not depend on how the bytes come.

use super::*;
use crate::intake::{MAX_LINE, MIN_RUN, Mark};
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

/// Lines of logs and of traces.
const LINES: [&str; 20] = [
    "2026-03-02 01:02:03 ERROR failed\n",
    "Mar  2 01:02:03 web-1 app: up\n",
    "started\n",
    "\n",
    "java.io.IOException: no\n",
    "\tat a.b.C(C.java:7)\n",
    "Caused by: x.YError\n",
    "Traceback (most recent call last):\n",
    "  File \"a.py\", line 1\n",
    "KeyError: 'x'\n",
    "During handling of the above exception, another occurred:\n",
    "panic: no\n",
    "goroutine 1 [running]:\n",
    "main.main()\n",
    "created by main\n",
    "exit status 2\n",
    "thread 'main' panicked at a.rs:1:\n",
    "stack backtrace:\n",
    "note: run with\n",
    "word: text\n",
];

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
    fn lines_that_go_together_do_so_however_they_come(
        lines in prop::collection::vec(prop::sample::select(LINES.to_vec()), 0..60),
        want in prop::sample::select(vec![1usize, 10, 300]),
        len in 1usize..200,
    ) {
        let text = lines.concat();
        let whole = |want, lens: &[usize]| {
            let mut reader = reader(text.as_bytes(), lens, Partial::Take, Checkpoint::default());
            read_all(text.as_bytes(), &mut reader, want)
        };
        prop_assert_eq!(whole(want, &[len]), whole(4 << 20, &[usize::MAX]));
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
