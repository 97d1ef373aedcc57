//! The demo logs of `fixtures/demo`: they are made by the generator in this folder, and these tests hold them to it.
//!
//! After a change of the generator, `BRAINSTEM_BLESS=1 cargo test --test demo` writes the files anew.

mod alder;
mod birch;
mod calendar;
mod cedar;
mod dice;
mod dogwood;
mod log;
mod planted;
mod render;
mod routine;

use calendar::{END, day_of_march};
use flate2::GzBuilder;
use flate2::read::GzDecoder;
use log::{Entry, Log};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// A file of the fixture: its name, whose log it is, and how that host writes it.
struct File {
    name: &'static str,
    log: fn() -> Log,
    render: fn(&Log) -> String,
}

/// All files. A name that ends in `.gz` is compressed.
const FILES: [File; 4] = [
    File {
        name: "alder.log",
        log: alder::log,
        render: render::iso,
    },
    File {
        name: "birch.log",
        log: birch::log,
        render: render::rfc5424,
    },
    File {
        name: "cedar.journal.json.gz",
        log: cedar::log,
        render: render::journald,
    },
    File {
        name: "dogwood.log.gz",
        log: dogwood::log,
        render: render::bsd,
    },
];

impl File {
    fn made(&self) -> Log {
        let mut log = (self.log)();
        planted::write(&mut log);
        log.in_order()
    }

    fn path(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/demo")
            .join(self.name)
    }

    /// What the checked-in file holds, decompressed; `None` when it is not there or its header has another time.
    fn checked_in(&self) -> Option<Vec<u8>> {
        let bytes = fs::read(self.path()).ok()?;
        if !self.name.ends_with(".gz") {
            return Some(bytes);
        }
        let mut decoder = GzDecoder::new(bytes.as_slice());
        let mut text = Vec::new();
        decoder.read_to_end(&mut text).ok()?;
        (decoder.header()?.mtime() == packed_at()).then_some(text)
    }

    fn write(&self, text: &str) -> std::io::Result<()> {
        if !self.name.ends_with(".gz") {
            return fs::write(self.path(), text);
        }
        let mut gz = GzBuilder::new()
            .mtime(packed_at())
            .write(fs::File::create(self.path())?, flate2::Compression::best());
        gz.write_all(text.as_bytes())?;
        gz.finish().map(drop)
    }
}

/// The time in the gzip headers: the end of the fortnight. A reader of stamps without a year takes the year from it.
fn packed_at() -> u32 {
    u32::try_from(END / brainstem::time::SECOND).expect("before 2106")
}

#[test]
fn the_checked_in_files_are_what_the_generator_makes() {
    // The compressed bytes depend on the compressor's version, so what counts is what they decompress to.
    for file in &FILES {
        let text = (file.render)(&file.made());
        let fresh = || {
            file.checked_in()
                .is_some_and(|held| held == text.as_bytes())
        };
        if std::env::var_os("BRAINSTEM_BLESS").is_some() && !fresh() {
            file.write(&text).expect("the fixture can be written");
        }
        assert!(
            fresh(),
            "fixtures/demo/{} is stale: run BRAINSTEM_BLESS=1 cargo test --test demo",
            file.name
        );
    }
}

/// The cells of the README's table rows.
fn readme_rows() -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/README.md");
    let text = fs::read_to_string(path).expect("the fixture has a README");
    text.lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| {
            line.trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().trim_matches('`').to_string())
                .collect()
        })
        .collect()
}

/// How often `needle` was said on `hosts` in the first week, from the 9th to the 14th of March, and on the last day.
fn counts(logs: &[Log], hosts: &str, needle: &str) -> [usize; 3] {
    let mut counts = [0; 3];
    for log in logs.iter().filter(|log| hosts.contains(log.host)) {
        for entry in log.entries.iter().filter(|e| e.message.contains(needle)) {
            let period = match day_of_march(entry.at) {
                ..=8 => 0,
                9..=14 => 1,
                _ => 2,
            };
            counts[period] += 1;
        }
    }
    counts
}

#[test]
fn the_readme_says_what_is_in_the_files() {
    let logs: Vec<Log> = FILES.iter().map(File::made).collect();
    let rows = readme_rows();
    let mut checked = 0;
    for row in rows.iter().filter(|row| row.len() == 6) {
        let Ok(said) = row[3..]
            .iter()
            .map(|n| n.parse())
            .collect::<Result<Vec<usize>, _>>()
        else {
            continue;
        };
        assert_eq!(counts(&logs, &row[1], &row[2]).as_slice(), said, "{row:?}");
        checked += 1;
    }
    assert!(checked > 20, "the README's tables were not understood");
    for (file, log) in FILES.iter().zip(&logs) {
        let row = rows.iter().find(|row| row[0] == file.name);
        let row = row.unwrap_or_else(|| panic!("{} is not in the README", file.name));
        assert_eq!(row[3], log.entries.len().to_string(), "{}", file.name);
    }
}

/// The message without what varies: words with a digit or a sign that values carry become `#`.
fn outline(entry: &Entry) -> String {
    let varies = |word: &str| word.contains(|c: char| c.is_ascii_digit() || "/@=<".contains(c));
    let words = entry.message.split(' ');
    let words: Vec<&str> = words
        .map(|word| if varies(word) { "#" } else { word })
        .collect();
    format!("{}: {}", entry.program.name, words.join(" "))
}

#[test]
fn nothing_but_the_planted_is_new_on_the_last_day() {
    let planted = ["kernel: EDAC", "chronyd: Can't synchronise"];
    for log in FILES.iter().map(File::made) {
        let (last, before): (Vec<&Entry>, Vec<&Entry>) = log
            .entries
            .iter()
            .partition(|entry| day_of_march(entry.at) == 15);
        let known: BTreeSet<String> = before.into_iter().map(outline).collect();
        let new: Vec<String> = last
            .into_iter()
            .map(outline)
            .filter(|said| !known.contains(said) && !planted.iter().any(|p| said.starts_with(p)))
            .collect();
        assert!(new.is_empty(), "{}: {new:#?}", log.host);
    }
}
