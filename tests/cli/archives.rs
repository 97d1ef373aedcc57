//! Packed logs of several parts, with something behind them, or damaged: what can be read is read once, and the rest is told.

use crate::machine::{Machine, gzip, minutes, same};
use crate::whole::taken_in_whole;

#[test]
fn all_parts_of_an_archive_are_read() {
    let zstd = |text: &str| zstd::encode_all(text.as_bytes(), 3).expect("memory");
    let (one, two) = (minutes("web-1", 0..40), minutes("web-2", 0..40));
    let foreign = b"\x53\x2a\x4d\x18\x03\0\0\0abc".to_vec();
    // The parts end anywhere.
    let whole = format!("{one}{two}");
    let (head, tail) = whole.split_at(1234);
    for parts in [
        [gzip(head.as_bytes()), gzip(tail.as_bytes())].concat(),
        [zstd(head), foreign.clone(), zstd(tail)].concat(),
        [foreign, zstd(head), zstd(tail)].concat(),
        // Tapes and block devices pad with NUL bytes.
        [gzip(whole.as_bytes()), vec![0; 1000]].concat(),
    ] {
        let machine = Machine::new();
        let log = machine.file("app.log.1.gz", parts);
        taken_in_whole(&machine, &["ingest", &log], 0, whole.as_bytes());
    }
}

#[test]
fn what_is_no_part_of_an_archive_is_told_of() {
    let lines = minutes("web-1", 0..40);
    let machine = Machine::new();
    let packed = [gzip(lines.as_bytes()), b"something else".to_vec()].concat();
    let log = machine.file("app.log.1.gz", packed);
    let answer = taken_in_whole(&machine, &["ingest", &log], 1, lines.as_bytes());
    let reason = answer["skipped"][0]["reason"].as_str().expect("a reason");
    assert!(
        reason.contains("bytes after its end are no gzip"),
        "{reason}"
    );
}

#[test]
fn archives_of_archives_are_refused_with_what_to_type() {
    let machine = Machine::new();
    let mut tar = vec![b'a'; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    let twice = gzip(&gzip(b"one\n"));
    for (name, content, instead) in [
        ("logs.tar.gz", gzip(&tar), "tar -xOf '"),
        ("logs.tar", tar, "tar -xOf '"),
        ("twice.log.gz", twice, "unpack '"),
        ("logs.zip", b"PK\x03\x04rest".to_vec(), "unzip -p '"),
        ("logs.Z", b"\x1f\x9d\x90rest".to_vec(), "zcat '"),
    ] {
        let log = machine.file(name, content);
        let run = machine.run(&["ingest", &log]).exits(66);
        run.says(name).says(&format!("hint: {instead}"));
    }
}

#[test]
fn an_archive_with_a_wrong_checksum_gives_its_lines_and_is_told_of() {
    let machine = Machine::new();
    let lines = minutes("web-1", 0..40);
    let mut packed = gzip(lines.as_bytes());
    let at = packed.len() - 6;
    packed[at] ^= 0x55;
    let log = machine.file("app.log.2.gz", packed);
    machine.run(&["ingest", &log]).exits(1);
    same(&machine.raw(), lines.as_bytes());
    machine.run(&["ingest", &log]);
    same(&machine.raw(), lines.as_bytes());
}
