//! What holds whatever is read: asked of the program after each kind of bad input.

use crate::machine::{Machine, Run, control, number, same};
use serde_json::Value;
use std::process::{Child, Output};
use std::time::Duration;

/// Later than everything that has a time.
pub const LATE: &str = "2999-01-01";
/// Kibibytes the program may take, whatever comes.
pub const MOST_MEMORY: u64 = 256 << 10;

/// Runs `args`, an ingest, which must end with `code`, and returns its answer. All records of the store, put together again,
/// must be `expected`; and everything else that is promised of every store must hold, too.
#[track_caller]
pub fn taken_in_whole(machine: &Machine, args: &[&str], code: i32, expected: &[u8]) -> Value {
    let answer = run_bounded(machine, args).exits(code).json();
    same(&machine.raw(), expected);
    sound(machine);
    let again = run_bounded(machine, args).json();
    assert_eq!(again["ingested"], 0, "a second time: {again}");
    same(&machine.raw(), expected);
    answer
}

/// What is counted is what is there, and no page holds what a terminal obeys.
#[track_caller]
pub fn sound(machine: &Machine) {
    let all = |page, rest| ["--as-of", LATE, page, "--limit", "0", rest];
    let events = machine.ok(&[&all("events", "--format")[..], &["ndjson"]].concat());
    let events = events.out.iter().filter(|b| **b == b'\n').count() as u64;
    assert_eq!(events, machine.count(), "the events that are listed");
    let signatures = machine.json(&all("signatures", "--wide"));
    let signatures = signatures["results"].as_array().expect("a list");
    let counted: u64 = signatures.iter().map(|s| number(&s["count"])).sum();
    assert_eq!(counted, events, "the counts of all signatures");
    for page in ["events", "signatures", "candidates"] {
        let run = machine.ok(&all(page, "--wide"));
        assert_eq!(control(&run.out), None, "{page}: {:?}", run.out());
    }
}

/// Runs the program, which must not take more memory than it may.
#[track_caller]
pub fn run_bounded(machine: &Machine, args: &[&str]) -> Run {
    let args = [args, &["--format", "json"]].concat();
    let child = machine
        .process(&args)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    Run::of(&args, bounded(child))
}

/// Waits for a child, which must not take more memory than it may.
#[track_caller]
pub fn bounded(child: Child) -> Output {
    let status = format!("/proc/{}/status", child.id());
    let waiter = std::thread::spawn(move || child.wait_with_output());
    let mut peak = 0;
    while !waiter.is_finished() {
        peak = peak.max(peak_of(&status).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(3));
    }
    assert!(peak <= MOST_MEMORY, "{peak} KiB of memory");
    let output = waiter.join().expect("a thread that waits");
    output.expect("a child")
}

/// The most memory a process has had, in KiB, as the system says.
fn peak_of(status: &str) -> Option<u64> {
    let status = std::fs::read_to_string(status).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
