//! `ingest --follow`: what is written later is stored soon, through rotation, and the store is free in between.

use crate::machine::{Machine, Run, column, minutes, number, same};
use crate::patience::{ended, until, until_held};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::Write;
use std::process::{Child, Stdio};

/// A run that follows.
struct Follower<'m> {
    machine: &'m Machine,
    child: Child,
}

impl Follower<'_> {
    fn start<'m>(machine: &'m Machine, args: &[&str]) -> Follower<'m> {
        let child = machine
            .process(&[&["ingest", "--follow", "--format", "json"], args].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        Follower { machine, child }
    }

    /// Waits until the store holds so many records, which others can see while the run goes on.
    fn until(&mut self, count: u64) {
        until(&format!("{count} records"), || {
            let ended = self.child.try_wait().expect("a child");
            assert!(ended.is_none(), "it ended by itself");
            let status = self.machine.run(&["status", "--format", "json"]);
            let stored = matches!(status.code, Some(0 | 1))
                && number(&status.json()["counts"]["events"]) >= count;
            stored.then_some(())
        });
    }

    fn end(self, signal: Signal) -> Run {
        kill_process(Pid::from_child(&self.child), signal).expect("a child");
        ended(&["ingest", "--follow"], self.child)
    }
}

#[test]
fn a_followed_log_is_read_through_rotation_and_ends_with_a_summary() {
    for signal in [Signal::TERM, Signal::INT] {
        let machine = Machine::new();
        let log = machine.file("app.log", minutes("web-1", 0..3));
        let mut follower = Follower::start(&machine, &[&log]);
        follower.until(3);
        machine.append(&log, minutes("web-1", 3..5));
        follower.until(5);
        // Renamed; the program still writes to the old file, then reopens.
        let old = crate::machine::text(&machine.path("app.log.1"));
        fs::rename(&log, &old).expect("a rename");
        machine.append(&old, minutes("web-1", 5..6));
        follower.until(6);
        machine.file("app.log", minutes("web-1", 6..8));
        follower.until(8);
        // Copied and truncated.
        fs::copy(&log, machine.path("app.log.0")).expect("a copy");
        machine.file("app.log", "");
        machine.append(&log, minutes("web-1", 8..9));
        follower.until(9);
        let summary = follower.end(signal).exits(0).json();
        assert_eq!(number(&summary["ingested"]), 9, "{summary}");
        same(&machine.raw(), minutes("web-1", 0..9).as_bytes());
        // Another run finds nothing new.
        let answer = machine.json(&["ingest", &log]);
        assert_eq!(number(&answer["ingested"]), 0, "{answer}");
    }
}

#[test]
fn files_that_appear_later_are_followed_too() {
    let machine = Machine::new();
    machine.file("logs/a.log", minutes("web-1", 0..2));
    let pattern = crate::machine::text(&machine.path("logs/*.log"));
    let missing = crate::machine::text(&machine.path("later.log"));
    let mut follower = Follower::start(&machine, &[&pattern, &missing]);
    follower.until(2);
    machine.file("logs/b.log", minutes("web-2", 0..3));
    follower.until(5);
    machine.file("later.log", minutes("web-3", 0..4));
    follower.until(9);
    let run = follower.end(Signal::TERM).exits(1).says("later.log");
    assert_eq!(number(&run.json()["ingested"]), 9);
}

#[test]
fn half_a_line_is_told_of_once_its_log_was_rotated_away() {
    let machine = Machine::new();
    let log = machine.file("app.log", minutes("web-1", 0..2));
    let mut follower = Follower::start(&machine, &[&log]);
    follower.until(2);
    machine.append(&log, format!("{}half", minutes("web-1", 2..3)));
    follower.until(3);
    fs::rename(&log, machine.path("app.log.1")).expect("a rename");
    machine.file("app.log", format!("{}half", minutes("web-1", 3..4)));
    follower.until(4);
    let run = follower.end(Signal::TERM).exits(0);
    let err = run.err();
    let told: Vec<&str> = err.lines().filter(|l| l.contains("unfinished")).collect();
    // Of the live one its program will write the rest.
    assert_eq!(told.len(), 1, "{err}");
    assert!(told[0].contains("app.log.1: 4 bytes"), "{err}");
}

#[test]
fn the_store_is_free_while_a_stream_is_followed() {
    let machine = Machine::new();
    let log = machine.file("app.log", minutes("web-1", 0..2));
    let mut follower = Follower::start(&machine, &["-", &log]);
    let mut stdin = follower.child.stdin.take().expect("a pipe");
    let lines = minutes("db-1", 0..6);
    // The third line comes in two halves.
    let (first, second) = lines.split_at(lines.len() / 2 + 9);
    stdin.write_all(first.as_bytes()).expect("it reads");
    follower.until(2 + 3);
    stdin.write_all(second.as_bytes()).expect("it reads");
    follower.until(2 + 6);
    // A writer finds it free, and so does a reader.
    let other = machine.file("other.log", minutes("db-2", 0..4));
    machine.ok(&["ingest", &other]);
    machine.ok(&["digest"]);
    machine.append(&log, minutes("web-1", 2..3));
    follower.until(13);
    // The end of the stream is not that of the file.
    drop(stdin);
    machine.append(&log, minutes("web-1", 3..4));
    follower.until(14);
    follower.end(Signal::TERM).exits(0);
    let sources = &machine.json(&["status"])["sources"];
    let names = column(sources, "name");
    assert_eq!(names.iter().filter(|n| *n == "stdin").count(), 1);
}

#[test]
fn a_followed_stream_ends_with_its_writer() {
    let machine = Machine::new();
    let lines = minutes("web-1", 0..20);
    machine.commit_every(300);
    machine
        .pipe(lines.as_str(), &["ingest", "--follow"])
        .exits(0);
    same(&machine.raw(), lines.as_bytes());
}

#[test]
fn a_signal_ends_a_run_whose_stream_says_nothing() {
    let machine = Machine::new();
    let mut child = machine
        .process(&["ingest", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(minutes("web-1", 0..3).as_bytes())
        .expect("it reads");
    until_held(&machine, &mut child);
    // Past the moment in which what was written is read.
    std::thread::sleep(std::time::Duration::from_millis(600));
    kill_process(Pid::from_child(&child), Signal::TERM).expect("a child");
    let run = ended(&["ingest"], child);
    run.exits(143);
    drop(stdin);
    same(&machine.raw(), minutes("web-1", 0..3).as_bytes());
}

#[test]
fn records_older_than_asked_for_are_left_out_and_counted() {
    let machine = Machine::new();
    // The lines of a trace share the lot of the one that says a time.
    let trace = "2026-03-02T00:05:00+00:00 web-1 app[1]: failed\n  at one\n  at two\n";
    let lines = minutes("web-1", 0..10);
    let log = machine.file("app.log", format!("{trace}{lines}"));
    let args = ["ingest", &log, "--since", "2026-03-02T00:06:00Z"];
    let answer = machine.json(&args);
    assert_eq!(number(&answer["ingested"]), 4, "{answer}");
    assert_eq!(number(&answer["skipped_old"]), 7, "{answer}");
    same(&machine.raw(), minutes("web-1", 6..10).as_bytes());
    let said = machine.run(&args);
    assert!(!said.exits(0).out().contains("too old"));
    let other = Machine::new();
    let log = other.file("app.log", lines);
    let said = other.run(&["ingest", &log, "--since", "2026-03-02T00:06:00Z"]);
    assert!(said.exits(0).out().contains("6 left out as too old"));
}
