//! Killed processes, full disks and signals: the store is as it was after the last commit, and the next run goes on there.

use crate::machine::{DEMO_END, Dice, Machine, Run, demo, gzip, minutes, same};
use crate::patience::{ended, until, until_held};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
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

/// What is read in a round: one log, a directory of several, or a packed one.
fn laid_out(machine: &Machine, log: &str, kind: usize) -> String {
    let half = log[..log.len() / 2].rfind('\n').map_or(0, |at| at + 1);
    match kind {
        0 => machine.file("app.log", log),
        1 => {
            machine.file("logs/one.log", &log[..half]);
            machine.file("logs/two.log", &log[half..]);
            crate::machine::text(&machine.path("logs"))
        }
        _ => machine.file("app.log.1.gz", gzip(log.as_bytes())),
    }
}

/// Everything that is known of the events and what they are, but for the moment of reading.
fn known(machine: &Machine) -> String {
    let events = machine.ok(&["events", "--limit", "0", "--format", "ndjson"]);
    let events = events.out();
    let events = events.lines().map(|line| {
        let mut event: Value = serde_json::from_str(line).expect("an event");
        event["ingest_metadata"] = Value::Null;
        // Each machine has its own place for logs.
        for path in ["source_name", "raw_ref"] {
            let text = event[path].as_str().expect("a name");
            event[path] = text.rsplit('/').next().expect("a file").into();
        }
        event.to_string()
    });
    let events: Vec<String> = events.collect();
    let others = [["signatures"], ["candidates"]].map(|args| machine.json(&args).to_string());
    [events.join("\n"), others.join("\n")].concat()
}

/// Rounds of killing; more of them are a matter of patience.
fn rounds() -> usize {
    let said = std::env::var("BRAINSTEM_KILL_ROUNDS").ok();
    said.and_then(|n| n.parse().ok()).unwrap_or(24)
}

#[test]
fn killed_at_any_moment_a_run_can_be_repeated() {
    let log = minutes("web-1", 0..4000);
    let mut undisturbed: Vec<(String, Duration)> = (0..3)
        .map(|kind| {
            let machine = Machine::new();
            machine.commit_every(8000);
            let logs = laid_out(&machine, &log, kind);
            let began = Instant::now();
            machine.ok(&["ingest", &logs]);
            let took = began.elapsed();
            same(&machine.raw(), log.as_bytes());
            (known(&machine), took)
        })
        .collect();
    let (mut killed, mut late) = (0, 0);
    for round in 0..rounds() {
        let mut dice = Dice(round as u64);
        let (expected, took) = &mut undisturbed[round % 3];
        let machine = Machine::new();
        machine.commit_every(8000);
        let logs = laid_out(&machine, &log, round % 3);
        // The second kill hits the repair, and what goes on from it.
        for _ in 0..1 + dice.below(3) {
            let mut child = ingesting(&machine, &[&logs]);
            std::thread::sleep(took.mul_f64(dice.roll()));
            child.kill().expect("a child");
            // The machine gets faster and slower as others work on it, too.
            if child.wait().expect("a child").success() {
                late += 1;
                *took = took.mul_f64(0.8);
            } else {
                killed += 1;
                *took = took.mul_f64(1.1);
            }
        }
        machine.ok(&["ingest", &logs]);
        same(&machine.raw(), log.as_bytes());
        assert!(known(&machine) == *expected, "round {round}");
        let again = machine.json(&["ingest", &logs]);
        assert_eq!(again["ingested"], 0, "round {round}");
    }
    assert!(
        killed >= rounds() / 2,
        "{killed} of {} came in time",
        killed + late
    );
}

#[test]
fn two_runs_and_a_digest_at_once_all_succeed() {
    let machine = Machine::new();
    machine.commit_every(2000);
    machine.pipe(minutes("web-0", 0..9), &["ingest"]).exits(0);
    let logs: Vec<String> = (1..3)
        .map(|n| {
            machine.file(
                &format!("{n}.log"),
                minutes(&format!("web-{n}"), 0..600 * n),
            )
        })
        .collect();
    for _ in 0..3 {
        let commands = [
            ["ingest", &logs[0], "--lock-timeout", "600"],
            ["ingest", &logs[1], "--lock-timeout", "600"],
            ["digest", "--quiet", "--lock-timeout", "600"],
        ];
        let children = commands.map(|args| {
            let child = machine
                .process(&args)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn();
            (args.join(" "), child.expect("the program runs"))
        });
        for (said, child) in children {
            ended(&[&said], child).exits(0);
        }
        logs.iter()
            .for_each(|log| machine.append(log, minutes("web-9", 0..50)));
    }
    logs.iter().for_each(|log| {
        machine.ok(&["ingest", log]);
    });
    assert_eq!(machine.count(), 9 + 600 + 1200 + 2 * 150);
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
    until_held(&machine, &mut child);
    child.kill().expect("a child");
    child.wait().expect("a child");
    assert!(machine.json(&["--as-of", DEMO_END, "candidates"]) == expected);
    assert_eq!(machine.count(), 7875);
}

#[test]
fn who_may_only_read_is_told_that_the_owner_must_repair_a_store() {
    let machine = Machine::new();
    machine.pipe(minutes("web-1", 0..5), &["ingest"]).exits(0);
    let mut child = machine
        .process(&["ingest", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    until_held(&machine, &mut child);
    child.kill().expect("a child");
    child.wait().expect("a child");
    let before = fs::read(machine.store()).expect("a store");
    // Who may read the store, and no more.
    machine.mode("store/store.redb", 0o444);
    machine.mode("store", 0o755);
    machine.mode("", 0o755);
    machine
        .run_without_rights(&["candidates"])
        .exits(75)
        .says("not closed cleanly")
        .says("as the owner of the store");
    assert!(before == fs::read(machine.store()).expect("a store"));
    // Once the owner has used it, anybody may.
    machine.mode("store/store.redb", 0o644);
    machine.ok(&["candidates"]);
    machine.mode("store/store.redb", 0o444);
    machine.run_without_rights(&["candidates"]).exits(0);
}

#[test]
fn a_full_disk_is_an_error_and_loses_nothing_that_was_committed() {
    let machine = Machine::new();
    let first = demo("alder.log");
    machine.ok(&["ingest", &first]);
    let before = machine.raw();
    for blocks in [1, 16, 400] {
        let limited = |args: &[&str]| limited(&machine, blocks, args);
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

/// Runs the program where files may not grow beyond so many blocks of 512 bytes; the limit holds for files, and pipes are none.
fn limited(machine: &Machine, blocks: u32, args: &[&str]) -> Run {
    let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", &script, env!("CARGO_BIN_EXE_brainstem")])
        .args(args);
    machine.surround(&mut shell).stdin(Stdio::null());
    shell.stdout(Stdio::piped()).stderr(Stdio::piped());
    ended(args, shell.spawn().expect("a shell"))
}

#[test]
fn a_disk_that_fills_keeps_what_was_committed_and_can_be_pruned() {
    let machine = Machine::new();
    machine.commit_every(60_000);
    // Numbers that compress badly, so that the store grows with every commit.
    let mut dice = Dice(5);
    let line = |n: u32| {
        let (hour, minute) = (n / 600 % 24, n / 10 % 60);
        let key: String = (0..12)
            .map(|_| format!("{:x}", (dice.roll() * 1e18) as u64))
            .collect();
        format!("2026-03-02T{hour:02}:{minute:02}:00+00:00 web-1 app[7]: key {key} was used\n")
    };
    let log: String = (0..15_000).map(line).collect();
    let file = machine.file("app.log", &log);
    // A new store needs a megabyte before it shrinks to what it holds.
    let empty = machine.file("empty.log", "");
    machine.ok(&["ingest", &empty]);
    let run = limited(&machine, 2600, &["ingest", &file]).exits(74);
    let run = run
        .says("nothing of this batch was stored")
        .says("hint: free some space");
    let raw = machine.raw();
    assert!(!raw.is_empty() && raw.len() < log.len());
    same(&raw, &log.as_bytes()[..raw.len()]);
    let kept = format!("{} events of this run are kept", machine.count());
    let run = run.says(&kept);
    assert!(!run.err().contains("internal"));
    // As full as it is, it can be read and pruned.
    limited(&machine, 2600, &["digest"]).exits(0);
    let keep = "ignore_fast=0h,background=0h,watch=0h,investigate=0h";
    limited(&machine, 2600, &["prune", "--keep", keep]).exits(0);
    assert_eq!(machine.count(), 0);
    // With room for it, the rest comes in.
    let rest = machine.json(&["ingest", &file]);
    let lines = |bytes: &[u8]| bytes.iter().filter(|b| **b == b'\n').count();
    assert_eq!(
        rest["ingested"],
        lines(log.as_bytes()) - lines(&raw),
        "{rest}"
    );
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
        until_held(&machine, &mut child);
        kill_process(Pid::from_child(&child), signal).expect("a child");
        // Standard input is still open: it is the signal that ends it.
        ended(&["ingest", "-"], child).exits(code);
        drop(stdin);
        let raw = machine.raw();
        let all = minutes("web-1", 0..9);
        assert!(all.as_bytes().starts_with(&raw) && raw.len() >= minutes("web-1", 0..5).len());
        assert!(raw.is_empty() || raw.ends_with(b"\n"));
        machine.ok(&["candidates"]);
    }
}

#[test]
fn a_run_killed_after_its_commit_and_before_its_word_adds_nothing_again() {
    let machine = Machine::new();
    let log = machine.file("app.log", minutes("web-1", 0..50));
    // One that follows commits at once, and gives its summary at the end only.
    let mut child = ingesting(&machine, &["--follow", &log]);
    until("50 records", || {
        assert!(
            child.try_wait().expect("a child").is_none(),
            "it ended by itself"
        );
        let status = machine.run(&["status", "--format", "json"]);
        let stored = matches!(status.code, Some(0 | 1)) && status.json()["counts"]["events"] == 50;
        stored.then_some(())
    });
    child.kill().expect("a child");
    child.wait().expect("a child");
    assert_eq!(machine.json(&["ingest", &log])["ingested"], 0);
    // The same where the word was said and nobody could hear it.
    machine.append(&log, minutes("web-1", 50..60));
    let full = fs::File::options().write(true).open("/dev/full");
    let output = machine
        .process(&["ingest", &log])
        .stdin(Stdio::null())
        .stdout(full.expect("Linux has it"))
        .output();
    Run::of(&["ingest"], output.expect("the program runs")).exits(74);
    assert_eq!(machine.json(&["ingest", &log])["ingested"], 0);
    same(&machine.raw(), minutes("web-1", 0..60).as_bytes());
}

#[test]
fn what_a_slow_stream_said_is_committed_while_it_goes_on() {
    let machine = Machine::new();
    machine.pipe(minutes("web-1", 0..1), &["ingest"]).exits(0);
    let mut child = machine
        .process(&["ingest", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    until_held(&machine, &mut child);
    // Past what opening the store writes.
    std::thread::sleep(Duration::from_millis(500));
    let written = || {
        let data = fs::metadata(machine.store()).expect("a store");
        data.modified().expect("a time")
    };
    let before = written();
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(minutes("web-1", 1..4).as_bytes())
        .expect("it reads");
    until("a commit", || (written() != before).then_some(()));
    // The commit may be under way: what it wrote last is what counts.
    std::thread::sleep(Duration::from_millis(500));
    child.kill().expect("a child");
    child.wait().expect("a child");
    same(&machine.raw(), minutes("web-1", 0..4).as_bytes());
}

#[test]
fn a_second_signal_ends_a_run_at_once_and_harms_nothing() {
    let machine = Machine::new();
    machine.commit_every(1000);
    let log = machine.file("app.log", long_log());
    for round in 0..4 {
        let mut child = ingesting(&machine, &[&log]);
        until_held(&machine, &mut child);
        std::thread::sleep(Duration::from_millis(7 * round));
        for signal in [Signal::INT, Signal::TERM] {
            // It may have obeyed the first already.
            let _ = kill_process(Pid::from_child(&child), signal);
        }
        let code = ended(&["ingest", &log], child).code;
        assert!(matches!(code, Some(130 | 143)), "{code:?}");
        let raw = machine.raw();
        assert!(
            long_log().as_bytes().starts_with(&raw),
            "{} bytes",
            raw.len()
        );
    }
    machine.ok(&["ingest", &log]);
    same(&machine.raw(), long_log().as_bytes());
}
