//! Killed processes, full disks and signals: the store is as it was after the last commit, and the next run goes on there.

use crate::machine::{DEMO_END, Dice, Machine, Run, demo, minutes, same};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// More than a megabyte: the minutes of two weeks.
fn long_log() -> String {
    minutes("web-1", 0..20_000)
}

fn ingesting(machine: &Machine, args: &[&str]) -> Child {
    machine
        .process(&[&["ingest"], args].concat())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs")
}

#[test]
fn killed_at_any_moment_a_run_can_be_repeated() {
    let log = long_log();
    let undisturbed = Machine::new();
    let file = undisturbed.file("app.log", &log);
    let began = Instant::now();
    undisturbed.ok(&["ingest", &file]);
    let mut whole = began.elapsed();
    let expected = undisturbed.json(&["signatures"]);
    let mut dice = Dice(7);
    let mut killed = 0;
    while killed < 8 {
        let machine = Machine::new();
        let file = machine.file("app.log", &log);
        // The second kill hits the repair and what goes on from it.
        for _ in 0..2 {
            let mut child = ingesting(&machine, &[&file]);
            std::thread::sleep(whole.mul_f64(dice.roll()));
            child.kill().expect("a child");
            if child.wait().expect("a child").success() {
                // It came too late: this machine got faster.
                whole = whole.mul_f64(0.8);
            } else {
                killed += 1;
            }
        }
        machine.ok(&["ingest", &file]);
        same(&machine.raw(), log.as_bytes());
        assert!(machine.json(&["signatures"]) == expected);
    }
}

#[test]
fn killed_between_growing_a_log_loses_and_doubles_nothing() {
    let log = long_log();
    let machine = Machine::new();
    let file = machine.file("app.log", "");
    let mut dice = Dice(11);
    let parts = 6;
    for part in 0..parts {
        let cut = |n: usize| log.len() * n / parts;
        machine.append(&file, &log[cut(part)..cut(part + 1)]);
        let mut child = ingesting(&machine, &[&file]);
        std::thread::sleep(Duration::from_millis(300).mul_f64(dice.roll()));
        child.kill().expect("a child");
        child.wait().expect("a child");
    }
    machine.ok(&["ingest", &file]);
    same(&machine.raw(), log.as_bytes());
}

#[test]
fn readers_get_what_was_committed_while_nobody_repaired_the_store() {
    let machine = Machine::with_demo();
    let expected = machine.json(&["--as-of", DEMO_END, "candidates"]);
    let mut child = machine
        .process(&["ingest", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    while machine.run(&["status", "--lock-timeout", "0"]).code != Some(75) {
        assert!(
            child.try_wait().expect("a child").is_none(),
            "it ended by itself"
        );
    }
    child.kill().expect("a child");
    child.wait().expect("a child");
    assert!(machine.json(&["--as-of", DEMO_END, "candidates"]) == expected);
    assert_eq!(machine.count(), 7875);
}

#[test]
fn a_full_disk_is_an_error_and_loses_nothing_that_was_committed() {
    let machine = Machine::new();
    let first = demo("alder.log");
    machine.ok(&["ingest", &first]);
    let before = machine.raw();
    for blocks in [1, 16, 400] {
        let limited = |args: &[&str]| {
            // The limit holds for files, and pipes are none.
            let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
            let mut shell = Command::new("/bin/sh");
            shell
                .args(["-c", &script, env!("CARGO_BIN_EXE_brainstem")])
                .args(args);
            let output = machine.surround(&mut shell).stdin(Stdio::null()).output();
            Run::of(args, output.expect("a shell"))
        };
        limited(&["ingest", &demo("")])
            .exits(74)
            .says("nothing of this batch")
            .says("hint: ");
        let json = limited(&["ingest", &demo(""), "--format", "json"])
            .exits(74)
            .json();
        assert_eq!(json["error"]["code"], "io");
        let fresh = crate::machine::text(&machine.path("fresh/store.redb"));
        limited(&["--store", &fresh, "ingest", &first]).exits(74);
        assert_eq!(
            fs::read_dir(machine.path("fresh"))
                .expect("a directory")
                .count(),
            0
        );
        same(&machine.raw(), &before);
        // Reading needs no room.
        limited(&["candidates"]).exits(0);
    }
    machine.ok(&["ingest", &demo("")]);
    let whole = Machine::with_demo();
    let asked = ["--as-of", DEMO_END, "candidates", "--limit", "0"];
    assert!(machine.json(&asked) == whole.json(&asked));
}

#[test]
fn a_signal_ends_a_run_after_a_clean_commit() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let machine = Machine::new();
        machine.pipe(minutes("web-1", 0..5), &["ingest"]).exits(0);
        let mut child = machine
            .process(&["ingest", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin
            .write_all(minutes("web-1", 5..9).as_bytes())
            .expect("it reads");
        while machine.run(&["status", "--lock-timeout", "0"]).code != Some(75) {
            assert!(
                child.try_wait().expect("a child").is_none(),
                "it ended by itself"
            );
        }
        kill_process(Pid::from_child(&child), signal).expect("a child");
        // Standard input is still open: it is the signal that ends it.
        let run = Run::of(&["ingest", "-"], child.wait_with_output().expect("a child"));
        run.exits(code);
        drop(stdin);
        let raw = machine.raw();
        let all = minutes("web-1", 0..9);
        assert!(all.as_bytes().starts_with(&raw) && raw.len() >= minutes("web-1", 0..5).len());
        assert!(raw.is_empty() || raw.ends_with(b"\n"));
        machine.ok(&["candidates"]);
    }
}
