//! Several runs at once: one has the store, the others wait or say who has it, and nothing is lost or doubled.

use crate::machine::{Machine, minutes, number, text};
use crate::patience::{ended, until_held};
use std::fs;
use std::io::Write;
use std::process::{Child, Stdio};

/// An ingest that holds the store until its standard input ends, past the point where it took the lock.
fn holder(machine: &Machine) -> Child {
    machine.pipe(minutes("web-1", 0..5), &["ingest"]).exits(0);
    let mut child = machine
        .process(&["ingest", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    until_held(machine, &mut child);
    child
}

#[test]
fn a_second_writer_that_may_not_wait_says_who_holds_the_store() {
    let machine = Machine::new();
    let mut child = holder(&machine);
    let log = machine.file("app.log", minutes("web-2", 0..7));
    let args = ["ingest", &log, "--lock-timeout", "0"];
    let pid = format!("process {}", child.id());
    machine
        .run(&args)
        .exits(75)
        .says(&pid)
        .says("--lock-timeout");
    let json = machine.run(&[&args[..], &["--format", "json"]].concat());
    assert_eq!(json.exits(75).json()["error"]["code"], "busy");
    machine
        .run(&["candidates", "--lock-timeout", "0"])
        .exits(75);
    child.kill().expect("a child");
    child.wait().expect("a child");
    // The lock went with the process.
    machine.ok(&args);
    assert_eq!(machine.count(), 12);
}

#[test]
fn a_second_writer_waits_for_the_first() {
    let machine = Machine::new();
    let mut child = holder(&machine);
    let log = machine.file("app.log", minutes("web-2", 0..7));
    let mut waiting = machine
        .process(&["ingest", &log, "--lock-timeout", "600"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    // It says that it waits, and goes on waiting.
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(waiting.try_wait().expect("a child").is_none());
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(minutes("web-3", 0..4).as_bytes())
        .expect("it reads");
    drop(stdin);
    ended(&["ingest", "-"], child).exits(0);
    ended(&["ingest"], waiting).exits(0);
    assert_eq!(machine.count(), 16);
}

#[test]
fn many_writers_at_once_lose_and_double_nothing() {
    let machine = Machine::new();
    let logs: Vec<String> = (0..6)
        .map(|n| machine.file(&format!("{n}.log"), minutes(&format!("web-{n}"), 0..50)))
        .collect();
    // Each reads its own log and one that all of them read.
    let shared = machine.file("shared.log", minutes("db-1", 0..50));
    let children: Vec<Child> = logs
        .iter()
        .map(|log| {
            machine
                .process(&["ingest", log, &shared, "--lock-timeout", "600"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program runs")
        })
        .collect();
    for child in children {
        ended(&["ingest"], child).exits(0);
    }
    assert_eq!(machine.count(), 350);
}

#[test]
fn twenty_overlapping_runs_over_the_same_logs_each_end_well_or_busy() {
    let machine = Machine::new();
    machine.commit_every(2000);
    let names = |n: u32| format!("web-{n}");
    let logs: Vec<String> = (0..3)
        .map(|n| machine.file(&format!("logs/{n}.log"), minutes(&names(n), 0..100)))
        .collect();
    let all = text(&machine.path("logs"));
    let children: Vec<Child> = (0..20)
        .map(|n| {
            // Cron starts the next while the last is at it, and the logs grow all the time.
            let log = &logs[n % 3];
            machine.append(log, minutes(&names(n as u32 % 3), 100..110));
            let timeout = ["0", "600"][n % 2];
            let child = machine
                .process(&["ingest", &all, "--lock-timeout", timeout])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn();
            std::thread::sleep(std::time::Duration::from_millis(20));
            child.expect("the program runs")
        })
        .collect();
    let codes: Vec<Option<i32>> = children
        .into_iter()
        .map(|child| ended(&["ingest", &all], child).code)
        .collect();
    let well = |code: &Option<i32>| matches!(code, Some(0 | 75));
    assert!(codes.iter().all(well), "{codes:?}");
    assert!(codes.contains(&Some(0)), "{codes:?}");
    machine.ok(&["ingest", &all]);
    let lines = |bytes: &[u8]| {
        let mut lines: Vec<Vec<u8>> = bytes
            .split_inclusive(|b| *b == b'\n')
            .map(Vec::from)
            .collect();
        lines.sort_unstable();
        lines
    };
    let written: Vec<u8> = logs
        .iter()
        .flat_map(|log| fs::read(log).expect("a log"))
        .collect();
    assert!(
        lines(&machine.raw()) == lines(&written),
        "something was lost or doubled"
    );
    // What is counted is what is there.
    let signatures = machine.json(&["signatures", "--limit", "0"]);
    let rows = signatures["results"].as_array().expect("a list");
    let counted: u64 = rows.iter().map(|row| number(&row["count"])).sum();
    assert_eq!(counted, lines(&written).len() as u64);
    assert_eq!(machine.count(), counted);
}

#[test]
fn behind_a_stopped_writer_others_give_up_and_do_not_hang() {
    use rustix::process::{Pid, Signal, kill_process};
    let machine = Machine::new();
    let mut child = holder(&machine);
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::STOP).expect("a child");
    let log = machine.file("app.log", minutes("web-2", 0..7));
    for args in [&["ingest", &log][..], &["candidates"], &["status"]] {
        let args = [args, &["--lock-timeout", "1"]].concat();
        let holder = format!("process {}", child.id());
        machine.run(&args).exits(75).says(&holder);
    }
    kill_process(pid, Signal::CONT).expect("a child");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(minutes("web-3", 0..4).as_bytes())
        .expect("it reads");
    drop(stdin);
    ended(&["ingest", "-"], child).exits(0);
    machine.ok(&["ingest", &log]);
    assert_eq!(machine.count(), 5 + 4 + 7);
}

#[test]
fn a_copy_made_under_the_lock_of_the_store_is_whole() {
    use rustix::fs::{FlockOperation, flock};
    let machine = Machine::new();
    let mut child = holder(&machine);
    let store = fs::File::open(machine.store()).expect("a store");
    // As `flock store.redb cp store.redb backup.redb` does: it gets the lock when no run has it, and no run while it has it.
    assert!(flock(&store, FlockOperation::NonBlockingLockExclusive).is_err());
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(minutes("web-2", 0..9).as_bytes())
        .expect("it reads");
    drop(stdin);
    ended(&["ingest", "-"], child).exits(0);
    flock(&store, FlockOperation::NonBlockingLockExclusive).expect("nobody has it");
    let log = machine.file("app.log", minutes("web-3", 0..7));
    machine
        .run(&["ingest", &log, "--lock-timeout", "0"])
        .exits(75);
    let backup = text(&machine.path("backup.redb"));
    fs::copy(machine.store(), &backup).expect("a copy");
    flock(&store, FlockOperation::Unlock).expect("our own lock");
    machine.ok(&["ingest", &log]);
    assert_eq!(machine.count(), 5 + 9 + 7);
    let status = machine.json(&["--store", &backup, "status"]);
    assert_eq!(number(&status["counts"]["events"]), 5 + 9);
}
