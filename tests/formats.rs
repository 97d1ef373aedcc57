//! Every fixture of every format: recognised as what it is, and read as `NAME.expected.jsonl` beside it says.
//!
//! After a change that is meant, `UPDATE_EXPECTED=1 cargo test --test formats` writes the files anew; read the difference
//! before committing it.

use brainstem::envelope::ParseStatus;
use brainstem::event::{FACILITIES, Parsed};
use brainstem::formats::{Context, FORMATS, Format, Zone, by_name, detect};
use brainstem::time::Timestamp;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// 10 March 2026, noon: what the fixtures were written for.
fn context() -> Context {
    let now = Timestamp::from_secs(1_773_144_000);
    Context::new(Zone::Utc, now, now)
}

/// The inputs below `fixtures/formats`, with the format whose directory they are in, in order.
fn fixtures() -> Vec<(&'static dyn Format, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    let mut found = Vec::new();
    for directory in sorted(&root) {
        let name = directory
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let format = by_name(&name).unwrap_or_else(|| panic!("no format is called {name}"));
        for file in sorted(&directory) {
            if !file.to_string_lossy().ends_with(".expected.jsonl") {
                found.push((format, file));
            }
        }
    }
    found
}

fn sorted(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory of fixtures");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn records(bytes: &[u8]) -> Vec<&[u8]> {
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    text.split(|&b| b == b'\n').collect()
}

/// The events of one raw record, as a golden file lists them.
fn events(format: &dyn Format, record: &[u8], context: &mut Context) -> Vec<Value> {
    let pieces = format.split(record).unwrap_or_else(|| vec![record.into()]);
    pieces
        .iter()
        .map(|piece| {
            let parsed = format.parse(piece, context);
            assert_spans(piece, &parsed);
            json!({
                "time": parsed.time,
                "host": parsed.host,
                "service": parsed.service,
                "severity": parsed.severity,
                "facility": parsed.facility.map(|n| FACILITIES[usize::from(n)]),
                "message": String::from_utf8_lossy(&parsed.message),
                "status": parsed.status,
                "fields": format.fields_in(piece, context),
            })
        })
        .collect()
}

fn assert_spans(record: &[u8], parsed: &Parsed<'_>) {
    let parts = [
        (parsed.host_span, parsed.host.as_bytes()),
        (parsed.service_span, parsed.service.as_bytes()),
        (parsed.message_span, &parsed.message),
    ];
    for (span, part) in parts {
        assert!(
            span.is_empty() || span.of(record) == part,
            "{}",
            record.escape_ascii()
        );
    }
}

#[test]
fn every_fixture_is_read_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    for (format, path) in fixtures() {
        let bytes = fs::read(&path).expect("a fixture");
        let mut context = context();
        let mut got = String::new();
        for record in records(&bytes) {
            for event in events(format, record, &mut context) {
                got.push_str(&event.to_string());
                got.push('\n');
            }
        }
        let expected_path = path.with_extension("expected.jsonl");
        if update {
            fs::write(&expected_path, &got).expect("a file that can be written");
        }
        let expected = fs::read_to_string(&expected_path)
            .unwrap_or_else(|e| panic!("{}: {e}", expected_path.display()));
        for (i, (got, expected)) in got.lines().zip(expected.lines()).enumerate() {
            assert_eq!(got, expected, "{}, event {}", path.display(), i + 1);
        }
        assert_eq!(
            got.lines().count(),
            expected.lines().count(),
            "{}",
            path.display()
        );
    }
}

#[test]
fn every_fixture_is_recognised() {
    for (format, path) in fixtures() {
        let bytes = fs::read(&path).expect("a fixture");
        let found = detect(&records(&bytes));
        assert_eq!(found.name(), format.name(), "{}", path.display());
    }
}

#[test]
fn every_format_has_fixtures() {
    let covered: Vec<&str> = fixtures().iter().map(|(format, _)| format.name()).collect();
    for format in FORMATS {
        assert!(
            covered.contains(&format.name()),
            "{} has none",
            format.name()
        );
    }
}

/// A file cut at any byte is still read, and what is whole in it is read as before.
#[test]
fn a_cut_record_is_never_lost() {
    for (format, path) in fixtures() {
        let bytes = fs::read(&path).expect("a fixture");
        let mut context = context();
        for record in records(&bytes) {
            for cut in 0..record.len().min(600) {
                let parsed = format.parse(&record[..cut], &mut context);
                assert_spans(&record[..cut], &parsed);
                if parsed.status == ParseStatus::Unparsed && !record[..cut].starts_with(b"\xef") {
                    let whole = record[..cut].strip_suffix(b"\r").unwrap_or(&record[..cut]);
                    assert_eq!(&*parsed.message, whole, "{}", path.display());
                }
            }
        }
    }
}
