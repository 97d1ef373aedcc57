//! Streams: standard input and pipes.

use crate::support::{Keeper, gzip};
use brainstem::intake::{Chunk, Mark, NoteKind, Opened, Step, open_stream};
use std::fs::File;
use std::io::{PipeWriter, Write};
use std::os::fd::OwnedFd;

/// A pipe, opened as standard input is.
fn pipe() -> (PipeWriter, Opened) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let file = File::from(OwnedFd::from(reader));
    (
        writer,
        open_stream(file, "stdin", &Keeper::default().options()),
    )
}

/// Everything up to the next pause or the end, and which of them it was.
fn read(opened: &mut Opened) -> (Vec<(Vec<u8>, Mark)>, Step) {
    let (mut records, mut chunk) = (Vec::new(), Chunk::default());
    loop {
        match opened
            .reader
            .next(1 << 20, &mut chunk)
            .expect("a pipe can be read")
        {
            Step::Chunk => records.extend(chunk.records().map(|r| (r.bytes.to_vec(), r.mark))),
            step => return (records, step),
        }
    }
}

fn line(text: &str) -> (Vec<u8>, Mark) {
    (text.as_bytes().to_vec(), Mark::Line)
}

#[test]
fn lines_are_returned_while_the_stream_pauses() {
    let (mut writer, mut opened) = pipe();
    assert_eq!(read(&mut opened), (vec![], Step::Quiet));
    writer.write_all(b"B").expect("a write"); // What bzip2 begins with, too.
    assert_eq!(read(&mut opened), (vec![], Step::Quiet));
    writer.write_all(b"oot\none\ntw").expect("a write");
    assert_eq!(
        read(&mut opened),
        (vec![line("Boot"), line("one")], Step::Quiet)
    );
    writer.write_all(b"o\nthree").expect("a write");
    assert_eq!(read(&mut opened), (vec![line("two")], Step::Quiet));
    drop(writer);
    let last = (b"three".to_vec(), Mark::Unterminated);
    assert_eq!(read(&mut opened), (vec![last], Step::End));
    assert_eq!(read(&mut opened), (vec![], Step::End));
    assert_eq!(opened.reader.checkpoint().offset(), 18);
    assert_eq!(opened.reader.notes(), []);
}

#[test]
fn a_packed_stream_is_unpacked() {
    let (mut writer, mut opened) = pipe();
    let packed = gzip(b"one\r\n\ntwo\n");
    let writing = std::thread::spawn(move || {
        for byte in packed.chunks(1) {
            writer.write_all(byte).expect("a write");
        }
    });
    let (records, step) = read(&mut opened);
    assert_eq!(records, [line("one\r"), line(""), line("two")]);
    assert_eq!(step, Step::End);
    writing.join().expect("the writer ends");
}

#[test]
fn a_packed_stream_that_breaks_off_gives_what_came() {
    let (mut writer, mut opened) = pipe();
    let text: String = (0..20_000)
        .map(|i| format!("line {i} {}\n", i * 7919))
        .collect();
    let packed = gzip(text.as_bytes());
    let writing = std::thread::spawn(move || writer.write_all(&packed[..packed.len() / 2]));
    let mut records = Vec::new();
    loop {
        let (some, step) = read(&mut opened);
        records.extend(some);
        if step == Step::End {
            break;
        }
    }
    writing.join().expect("the writer ends").expect("a write");
    assert!(records.len() > 5000, "{}", records.len());
    assert!(
        records
            .iter()
            .take(5000)
            .map(|r| r.0.as_slice())
            .eq(text.lines().take(5000).map(str::as_bytes))
    );
    let notes = opened.reader.notes();
    assert_eq!(
        notes.iter().map(|n| n.kind).collect::<Vec<_>>(),
        [NoteKind::Damaged]
    );
    assert!(notes[0].input_was_skipped());
}
