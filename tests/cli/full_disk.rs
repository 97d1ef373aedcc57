//! A disk that is full, fills up or may only be read: nothing that was stored is lost, and there is a way on.
//!
//! The disk is a small one in memory, mounted where the store is, in a namespace of its own. Where the system does not allow
//! that, there is nothing to test with; what can be tested by a limit of the size of files is in `crash`.

use crate::machine::{Dice, Machine, Run, minutes, number, same};
use rustix::process::geteuid;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A disk that holds the store of a machine, for whoever runs within.
struct Disk<'m> {
    machine: &'m Machine,
    holder: Child,
}

impl<'m> Disk<'m> {
    /// A disk of so many MiB, if the system allows it.
    fn of(machine: &'m Machine, mebibytes: u32) -> Option<Disk<'m>> {
        let place = machine.path("store");
        std::fs::create_dir(&place).expect("a place to mount it");
        let user: &[&str] = if geteuid().is_root() {
            &[]
        } else {
            &["--map-root-user"]
        };
        let script = format!(
            "mount -t tmpfs -o size={mebibytes}m,mode=700 none \"$0\" && echo mounted && exec cat"
        );
        let mut holder = Command::new("unshare")
            .args(user)
            .args(["--mount", "sh", "-c", &script])
            .arg(&place)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut said = String::new();
        let out = holder.stdout.take().expect("a pipe");
        BufReader::new(out).read_line(&mut said).expect("text");
        let disk = Disk { machine, holder };
        (said == "mounted\n").then_some(disk)
    }

    fn within(&self, program: &str, args: &[&str]) -> Run {
        let mut enter = Command::new("nsenter");
        let user: &[&str] = if geteuid().is_root() {
            &[]
        } else {
            &["--user", "--preserve-credentials"]
        };
        self.machine
            .surround(&mut enter)
            .arg(format!("--target={}", self.holder.id()))
            .args(user)
            .args(["--mount", "--", program])
            .args(args);
        let output = enter.stdin(Stdio::null()).output();
        Run::of(args, output.expect("it can be entered"))
    }

    fn run(&self, args: &[&str]) -> Run {
        self.within(env!("CARGO_BIN_EXE_brainstem"), args)
    }

    fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--format", "json"]].concat())
            .exits(0)
            .json()
    }

    fn raw(&self) -> Vec<u8> {
        self.run(&["events", "--raw", "--limit", "0"]).exits(0).out
    }

    fn count(&self) -> u64 {
        number(&self.json(&["status", "--stale-after", "never"])["counts"]["events"])
    }

    fn shell(&self, script: &str) -> Run {
        self.within("/bin/sh", &["-c", script])
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        self.shell("cat /dev/zero >\"$HOME/store/others\" 2>/dev/null");
    }

    /// Gives it back.
    fn free(&self) {
        self.shell("rm \"$HOME/store/others\"").exits(0);
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        // It ends by itself, too, when the test does.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Lines that no packing makes small.
fn keys(lines: u32) -> String {
    let mut dice = Dice(3);
    let line = |n: u32| {
        let key: String = (0..16)
            .map(|_| format!("{:x}", (dice.roll() * 1e18) as u64))
            .collect();
        let (hour, minute) = (n / 6000 % 24, n / 100 % 60);
        format!("2026-03-02T{hour:02}:{minute:02}:00+00:00 web-1 app[7]: key {key} was used\n")
    };
    (0..lines).map(line).collect()
}

#[test]
fn a_batch_is_not_begun_where_there_is_no_room_for_it() {
    fills_up(
        500_000,
        "of the 1.0 MiB a batch needs are free; nothing of this batch was stored",
    );
}

#[test]
fn a_disk_that_fills_in_the_middle_of_a_batch_keeps_those_before() {
    fills_up(
        3_000_000,
        "No space left on device; nothing of this batch was stored",
    );
}

/// Reads more than there is room for in batches of so many bytes, which ends with these words; then goes on from there.
#[track_caller]
fn fills_up(batch: usize, words: &str) {
    let machine = Machine::new();
    machine.commit_every(batch);
    let Some(disk) = Disk::of(&machine, 8) else {
        return;
    };
    let lines = keys(60_000);
    let log = machine.file("app.log", &lines);
    let few = machine.file("few.log", minutes("web-2", 0..5));
    disk.run(&["ingest", &few]).exits(0);
    disk.shell("test -e \"$HOME\"/store/.store.redb.reserve")
        .exits(0);
    let run = disk
        .run(&["ingest", &log])
        .exits(74)
        .says(words)
        .says("hint: free some space");
    let raw = disk.raw();
    let stored = &raw[minutes("web-2", 0..5).len()..];
    assert!(!stored.is_empty() && stored.ends_with(b"\n"));
    same(stored, &lines.as_bytes()[..stored.len()]);
    let stored = stored.iter().filter(|b| **b == b'\n').count();
    run.says(&format!("{stored} events of this run are kept"));
    // Full to the last byte it is refused before anything is read, and answers all the same.
    disk.fill();
    disk.run(&["ingest", &log])
        .exits(74)
        .says("no space for the store");
    same(&disk.raw(), &raw);
    for args in [&["digest"][..], &["candidates"], &["signatures"]] {
        disk.run(args).exits(0);
    }
    let keep = "ignore_fast=0h,background=0h,watch=0h,investigate=0h";
    disk.run(&["prune", "--keep", keep]).exits(0);
    assert_eq!(disk.count(), 0);
    // There is room again: the rest comes in, and nothing twice.
    disk.free();
    let rest = disk.json(&["ingest", &log]);
    assert_eq!(rest["ingested"], 60_000 - stored, "{rest}");
}

#[test]
fn a_store_that_cannot_be_made_on_a_full_disk_leaves_nothing_behind() {
    let machine = Machine::new();
    let Some(disk) = Disk::of(&machine, 8) else {
        return;
    };
    disk.fill();
    let log = machine.file("app.log", minutes("web-1", 0..5));
    disk.run(&["ingest", &log])
        .exits(74)
        .says("No space left on device; nothing of this batch was stored")
        .says("hint: free some space");
    assert_eq!(disk.shell("ls -A \"$HOME/store\"").out(), "others\n");
    disk.free();
    disk.run(&["ingest", &log]).exits(0);
    same(&disk.raw(), minutes("web-1", 0..5).as_bytes());
}

#[test]
fn a_store_on_a_disk_that_may_only_be_read_answers_and_takes_nothing() {
    let machine = Machine::new();
    let Some(disk) = Disk::of(&machine, 8) else {
        return;
    };
    let log = machine.file("app.log", minutes("web-1", 0..5));
    disk.run(&["ingest", &log]).exits(0);
    disk.shell("mount -o remount,ro \"$HOME/store\"").exits(0);
    machine.append(&log, minutes("web-1", 5..9));
    disk.run(&["ingest", &log])
        .exits(74)
        .says("Read-only file system");
    for args in [&["digest"][..], &["candidates"], &["signatures"]] {
        disk.run(args).exits(0);
    }
    disk.shell("mount -o remount,rw \"$HOME/store\"").exits(0);
    assert_eq!(number(&disk.json(&["ingest", &log])["ingested"]), 4);
}
