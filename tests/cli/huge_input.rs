//! Input larger than any memory: lines without an end, holes, archives that unpack to far more than they are.

use crate::machine::{Machine, Run, column, minutes, number};
use crate::whole::{bounded, run_bounded};
use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// More than the memory the program may take.
const MORE: usize = 270 << 20;

/// Letters without an end; their number is prime, so that no piece of a line begins with the same ones.
fn letters() -> Vec<u8> {
    (0..1_000_003u32)
        .map(|n| b'a' + (n.wrapping_mul(n) >> 7) as u8 % 26)
        .collect()
}

#[test]
fn a_hole_of_ten_gigabytes_is_one_record_and_the_lines_behind_it_are_read() {
    let machine = Machine::new();
    let log = machine.file("app.log", "");
    let file = fs::OpenOptions::new().write(true).open(&log);
    file.and_then(|f| f.set_len(10 << 30)).expect("a hole");
    machine.append(&log, minutes("web-1", 0..3));
    for ingested in [4, 0] {
        let answer = run_bounded(&machine, &["ingest", &log]).exits(0).json();
        assert_eq!(number(&answer["ingested"]), ingested, "{answer}");
    }
    let events = &machine.json(&["events"])["results"];
    let (marks, said) = (
        column(events, "parse_status"),
        column(events, "message_raw"),
    );
    assert_eq!(marks, ["nul_run", "ok", "ok", "ok"]);
    assert_eq!(said[0], "10737418240 NUL bytes");
    assert_eq!(column(events, "host")[1..], ["web-1"; 3]);
    let coverage = &machine.json(&["status"])["coverage"];
    assert_eq!(number(&coverage["malformed"]), 1, "{coverage}");
}

#[test]
fn a_line_larger_than_memory_is_kept_in_pieces() {
    let machine = Machine::new();
    let args = ["ingest", "--format", "json"];
    let mut child = machine
        .process(&args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || {
        let letters = letters();
        for _ in 0..MORE / letters.len() {
            stdin.write_all(&letters).expect("it reads");
        }
    });
    let run = Run::of(&args, bounded(child)).exits(0);
    writer.join().expect("all was written");
    assert_eq!(number(&run.json()["coverage"]["lines_read"]), 1);
    assert_eq!(number(&run.json()["coverage"]["malformed"]), 1);
    // And comes back whole.
    let mut child = machine
        .process(&["events", "--raw", "--limit", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut out = child.stdout.take().expect("a pipe");
    let letters = letters();
    let mut piece = vec![0; letters.len()];
    for at in 0..MORE / letters.len() {
        out.read_exact(&mut piece).expect("as much as went in");
        assert!(piece == letters, "after {at} times the letters");
    }
    let mut rest = Vec::new();
    out.read_to_end(&mut rest).expect("an end");
    assert_eq!(rest, b"\n");
    assert!(child.wait().expect("a child").success());
}

#[test]
fn an_archive_that_unpacks_to_more_than_a_log_does_is_cut_off_and_told_of() {
    let machine = Machine::new();
    let mut packer = zstd::Encoder::new(Vec::new(), 1).expect("a packer");
    for _ in 0..400 {
        packer.write_all(&[b'x'; 1 << 20]).expect("memory");
    }
    let log = machine.file("app.log.1.zst", packer.finish().expect("memory"));
    let answer = run_bounded(&machine, &["ingest", &log]).exits(1).json();
    // All of the 256 MiB that every archive may have.
    assert!(number(&answer["ingested"]) > 250, "{answer}");
    let reason = &column(&answer["skipped"], "reason")[0];
    assert!(
        reason.contains("unpacks to more than 200 times its size"),
        "{reason}"
    );
    let again = run_bounded(&machine, &["ingest", &log]).exits(1).json();
    assert_eq!(number(&again["ingested"]), 0, "{again}");
}

#[test]
fn many_files_need_few_open_ones() {
    let machine = Machine::new();
    for n in 0..300 {
        machine.file(
            &format!("logs/host-{n:03}/app.log"),
            minutes("web-1", n..n + 1),
        );
    }
    let logs = crate::machine::text(&machine.path("logs"));
    for ingested in [300, 0] {
        let script = "ulimit -n 32; exec \"$0\" \"$@\"";
        let mut shell = Command::new("/bin/sh");
        let program = env!("CARGO_BIN_EXE_brainstem");
        shell.args(["-c", script, program, "ingest", &logs, "--format", "json"]);
        let output = machine.surround(&mut shell).stdin(Stdio::null()).output();
        let run = Run::of(&["ingest"], output.expect("a shell")).exits(0);
        assert_eq!(number(&run.json()["ingested"]), ingested);
    }
}
