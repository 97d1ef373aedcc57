//! Small files of anything: lines of all formats with something done to them, and what never was a line.

use crate::machine::{Dice, Machine, fixture, text};
use crate::whole::taken_in_whole;
use std::fs;

/// How many files are tried; more of them are a matter of patience.
fn files() -> u64 {
    let said = std::env::var("BRAINSTEM_FUZZ_FILES").ok();
    said.and_then(|n| n.parse().ok()).unwrap_or(300)
}

#[test]
fn small_files_of_anything_are_kept_byte_for_byte() {
    let corpus = Corpus::of_all_formats();
    let machine = Machine::new();
    let mut expected = Vec::new();
    for seed in 0..files() {
        let content = corpus.file(&mut Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        // They are read in the order of their names.
        machine.file(&format!("logs/seed-{seed:06}.log"), &content);
        expected.extend_from_slice(&content);
        if !content.is_empty() && !content.ends_with(b"\n") {
            // What has no end gets one where it is printed.
            expected.push(b'\n');
        }
    }
    let logs = text(&machine.path("logs"));
    let args = ["ingest", "--force-text", "--flush-partial", &logs];
    taken_in_whole(&machine, &args, 0, &expected);
}

/// What files are made of.
struct Corpus {
    lines: Vec<Vec<u8>>,
    documents: Vec<Vec<u8>>,
}

/// What does not belong into a line.
const ODD: [&[u8]; 24] = [
    b"\0",
    &[0; 20],
    b"\xff",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xe2\x82",
    b"\r",
    b"\n",
    b"\n\n \t",
    b"\x1b[31m",
    b"\x9b",
    "\u{202e}\u{200b}\u{feff}".as_bytes(),
    b"\"",
    b"\\",
    b"{",
    b"]}",
    b"[[[[[[[[[[[[[[[[",
    b"<Event>",
    b"=|,;:",
    b"<999>",
    b"99 <13>",
    b"9999999999999999999999999",
    b"2026-13-45T25:61:61Z",
    &[b'A'; 3000],
];

impl Corpus {
    fn of_all_formats() -> Corpus {
        let mut corpus = Corpus {
            lines: Vec::new(),
            documents: Vec::new(),
        };
        let mut paths: Vec<_> = fs::read_dir(fixture("formats", ""))
            .expect("the fixtures")
            .flat_map(|format| fs::read_dir(format.expect("an entry").path()).expect("a format"))
            .map(|file| text(&file.expect("an entry").path()))
            .filter(|path| !path.ends_with(".expected.jsonl"))
            .collect();
        paths.sort();
        for path in paths {
            // Journal entries of one cursor are one entry, wherever they come from.
            let content = fs::read(&path).expect("a fixture");
            let content = replaced(&content, b"__CURSOR", b"__CUR50R");
            let lines = content.split(|b| *b == b'\n').map(<[u8]>::to_vec);
            // A line that says a message was repeated counts as so many.
            let once = |line: &Vec<u8>| !line.windows(8).any(|word| word == b"repeated");
            corpus.lines.extend(lines.filter(once));
            if content.len() < 6000 && once(&content) {
                corpus.documents.push(content);
            }
        }
        corpus
    }

    /// A small file.
    fn file(&self, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = match dice.below(8) {
            0 => pick(&self.documents, dice).clone(),
            1 => (0..dice.below(300))
                .map(|_| dice.below(256) as u8)
                .collect(),
            _ => self.some_lines(dice),
        };
        for _ in 0..dice.below(4) {
            harm(&mut bytes, dice);
        }
        // What begins like another kind of file is another matter.
        let other = [&b"\xff\xfe"[..], b"\xfe\xff", b"\x1f\x8b", b"BZh"];
        if other.iter().any(|start| bytes.starts_with(start)) {
            bytes.insert(0, b'x');
        }
        bytes
    }

    fn some_lines(&self, dice: &mut Dice) -> Vec<u8> {
        let end: &[u8] = [&b"\n"[..], b"\n", b"\n", b"\r\n", b""][dice.below(5)];
        let one_format = dice.below(self.lines.len());
        let mixed = dice.below(2) == 0;
        let count = 1 + dice.below(12);
        let mut bytes = Vec::new();
        for n in 0..count {
            let line = match mixed {
                true => pick(&self.lines, dice),
                false => &self.lines[(one_format + n) % self.lines.len()],
            };
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(end);
        }
        bytes
    }
}

fn replaced(bytes: &[u8], word: &[u8], by: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() {
        if bytes[at..].starts_with(word) {
            bytes[at..at + word.len()].copy_from_slice(by);
        }
    }
    bytes
}

/// Does something to some of the bytes.
fn harm(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(bytes.len() + 1);
    let until = (at + dice.below(60)).min(bytes.len());
    match dice.below(6) {
        0 => bytes.truncate(at),
        1 => bytes[at..until].fill(dice.below(256) as u8),
        2 => drop(bytes.drain(at..until)),
        3 => {
            let again = bytes[at..until].repeat(1 + dice.below(9));
            bytes.splice(at..at, again);
        }
        _ => drop(bytes.splice(at..at, pick(&ODD, dice).iter().copied())),
    }
}

fn pick<'a, T>(from: &'a [T], dice: &mut Dice) -> &'a T {
    &from[dice.below(from.len())]
}
