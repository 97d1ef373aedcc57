//! journald: entries are known by their cursors, however they come, and each is stored once.

use crate::machine::{Dice, Machine, column, number, same};
use std::io::Write;
use std::process::Stdio;

/// Entries of a boot of a machine, by number.
fn entries(sequence: &str, boot: &str, numbers: impl Iterator<Item = u64>) -> Vec<String> {
    let entry = |n: u64| {
        let time = 1_772_409_723_000_000 + n * 1_000_000;
        format!(
            "{{\"_HOSTNAME\":\"web-1\",\"MESSAGE\":\"polled {} devices\",\"PRIORITY\":\"6\",\"__CURSOR\":\"s={sequence};i={n:x};b={boot};m={:x};t={time:x};x={:x}\",\"SYSLOG_IDENTIFIER\":\"poller\",\"__REALTIME_TIMESTAMP\":\"{time}\"}}\n",
            n % 7,
            n * 1_000_000,
            n * 7919
        )
    };
    numbers.map(entry).collect()
}

fn journal(numbers: impl Iterator<Item = u64>) -> Vec<String> {
    entries("5a1d", "b00t", numbers)
}

/// What the store holds, in an order of its own.
fn stored(machine: &Machine) -> Vec<String> {
    let raw = String::from_utf8(machine.raw()).expect("entries are text");
    let mut lines: Vec<String> = raw.split_inclusive('\n').map(str::to_string).collect();
    lines.sort_unstable();
    lines
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort_unstable();
    lines
}

#[test]
fn entries_of_two_pipes_that_overlap_are_stored_once() {
    let machine = Machine::new();
    machine.pipe(journal(0..300).concat(), &["ingest"]).exits(0);
    let run = machine.pipe(
        journal(200..500).concat(),
        &["ingest", "-", "--format", "json"],
    );
    let answer = run.exits(0).json();
    assert_eq!(number(&answer["ingested"]), 200);
    assert_eq!(number(&answer["coverage"]["skipped_seen"]), 100);
    same(&machine.raw(), journal(0..500).concat().as_bytes());
    // The same again adds nothing, and neither does a file of them.
    machine.pipe(journal(0..500).concat(), &["ingest"]).exits(0);
    let file = machine.file("export.json", journal(100..520).concat());
    machine.ok(&["ingest", &file]);
    same(&machine.raw(), journal(0..520).concat().as_bytes());
}

#[test]
fn entries_between_others_are_not_taken_for_known() {
    let machine = Machine::new();
    // Of one unit, then of all, then backwards: what was skipped over must still be taken in.
    machine
        .pipe(journal((0..400).step_by(7)).concat(), &["ingest"])
        .exits(0);
    machine
        .pipe(journal(100..200).concat(), &["ingest"])
        .exits(0);
    machine
        .pipe(journal((0..400).rev()).concat(), &["ingest"])
        .exits(0);
    assert_eq!(stored(&machine), sorted(journal(0..400)));
}

#[test]
fn random_parts_of_merged_journals_are_neither_lost_nor_doubled() {
    let mut dice = Dice(3);
    for _ in 0..6 {
        let machine = Machine::new();
        let mut all: Vec<String> = Vec::new();
        for (sequence, boot) in [("a", "1"), ("a", "2"), ("b", "1")] {
            // Across the end of a page of numbers.
            all.extend(entries(sequence, boot, 65_400..65_700));
        }
        let mut wanted = vec![false; all.len()];
        for _ in 0..5 {
            let from = dice.below(all.len());
            let to = from + dice.below(all.len() - from) + 1;
            let step = dice.below(4) + 1;
            let picked: Vec<usize> = (from..to).step_by(step).collect();
            let mut part: Vec<&str> = picked.iter().map(|&n| all[n].as_str()).collect();
            // Sources merged by time give a few at a time of each.
            part.sort_by_key(|line| line.len() % 3);
            picked.iter().for_each(|&n| wanted[n] = true);
            machine.commit_every([1, 2000, 100_000][dice.below(3)]);
            machine.pipe(part.concat(), &["ingest"]).exits(0);
        }
        let wanted = all.iter().zip(&wanted).filter(|(_, wanted)| **wanted);
        assert_eq!(
            stored(&machine),
            sorted(wanted.map(|(line, _)| line.clone()).collect())
        );
    }
}

#[test]
fn a_killed_pipe_is_made_up_for_by_one_that_overlaps() {
    let machine = Machine::new();
    let all = journal(0..4000);
    machine.commit_every(20_000);
    let mut child = machine
        .process(&["ingest"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(all[..3000].concat().as_bytes())
        .expect("it reads");
    child.kill().expect("a child");
    child.wait().expect("a child");
    machine.pipe(all.concat(), &["ingest"]).exits(0);
    same(&machine.raw(), all.concat().as_bytes());
}

#[test]
fn an_entry_that_was_cut_off_is_read_whole_later() {
    let machine = Machine::new();
    let all = journal(0..3).concat();
    let cut = all.len() - 30;
    machine.pipe(&all.as_bytes()[..cut], &["ingest"]).exits(0);
    machine.pipe(all.as_str(), &["ingest"]).exits(0);
    let lines = stored(&machine);
    for whole in journal(0..3) {
        assert_eq!(lines.iter().filter(|l| **l == whole).count(), 1);
    }
    // An entry that lacks nothing but its line end is whole.
    let next = journal(3..4).concat();
    machine.pipe(next.trim_end(), &["ingest"]).exits(0);
    let before = machine.count();
    machine.pipe(next.as_str(), &["ingest"]).exits(0);
    assert_eq!(machine.count(), before);
}

#[test]
fn each_tenant_has_its_own_journal() {
    let machine = Machine::new();
    for tenant in ["a", "b", "a"] {
        machine
            .pipe(journal(0..9).concat(), &["ingest", "--tenant", tenant])
            .exits(0);
    }
    for tenant in ["a", "b"] {
        let raw = machine.ok(&["events", "--raw", "--limit", "0", "--tenant", tenant]);
        same(&raw.out, journal(0..9).concat().as_bytes());
    }
}

#[test]
fn cursors_of_other_programs_are_known_too() {
    let machine = Machine::new();
    let line = |cursor: &str| {
        format!(
            "{{\"__CURSOR\":\"{cursor}\",\"__REALTIME_TIMESTAMP\":\"1772409723000000\",\"MESSAGE\":\"of {cursor}\"}}\n"
        )
    };
    let first: String = ["c1", "c2", "c01", "x", "y"].map(line).concat();
    machine.pipe(first.as_str(), &["ingest"]).exits(0);
    let second: String = ["y", "c2", "c3", "z", "c001"].map(line).concat();
    machine.pipe(second, &["ingest"]).exits(0);
    let all: String = ["c1", "c2", "c01", "x", "y", "c3", "z", "c001"]
        .map(line)
        .concat();
    same(&machine.raw(), all.as_bytes());
}

#[test]
fn the_cursor_of_the_newest_entry_is_printed_for_journalctl() {
    let machine = Machine::new();
    machine.run(&["ingest", "--journal-cursor"]).exits(66);
    machine.pipe("no journal\n", &["ingest"]).exits(0);
    machine
        .run(&["ingest", "--journal-cursor"])
        .exits(1)
        .says("no journal entry");
    let newest = |numbers| {
        let entry = journal(numbers).concat();
        let from = entry.find("s=5a1d").expect("a cursor");
        let len = entry[from..].find('"').expect("its end");
        entry[from..from + len].to_string()
    };
    machine.pipe(journal(5..50).concat(), &["ingest"]).exits(0);
    machine.pipe(journal(0..20).concat(), &["ingest"]).exits(0);
    let fw = ["ingest", "--source-label", "fw"];
    machine.pipe(journal(50..70).concat(), &fw).exits(0);
    let printed = |args: &[&str]| machine.ok(args).out();
    assert_eq!(
        printed(&["ingest", "--journal-cursor", "--source-label", "stdin"]),
        format!("{}\n", newest(49..50))
    );
    assert_eq!(
        printed(&["ingest", "--journal-cursor"]),
        format!("{}\n", newest(69..70))
    );
    let answer = machine.json(&["ingest", "--journal-cursor"]);
    assert_eq!(answer["cursor"], newest(69..70));
    let other = ["ingest", "--journal-cursor", "--source-label", "other"];
    machine.run(&other).exits(1);
}

#[test]
fn pipes_of_one_name_are_one_source() {
    let machine = Machine::new();
    machine.pipe(journal(0..9).concat(), &["ingest"]).exits(0);
    machine.pipe(journal(5..12).concat(), &["ingest"]).exits(0);
    machine.pipe("plain text\n", &["ingest"]).exits(0);
    machine.pipe("more of it\n", &["ingest"]).exits(0);
    // As cron has it when nothing happened.
    machine.pipe("", &["ingest"]).exits(0);
    let sources = &machine.json(&["status"])["sources"];
    assert_eq!(column(sources, "format"), ["journald", "plain"]);
    assert_eq!(number(&sources[0]["coverage"]["lines_read"]), 12);
    assert_eq!(number(&sources[1]["bytes"]), 22);
    assert_eq!(sources[0]["last_event"], "2026-03-02T00:02:14Z");
}

#[test]
fn the_help_warns_of_the_cursor_file_of_journalctl() {
    let machine = Machine::new();
    for page in [
        machine.ok(&["ingest", "--help"]),
        machine.ok(&["man", "ingest"]),
    ] {
        let words: Vec<String> = page.out().split_whitespace().map(str::to_string).collect();
        let text = words.join(" ").replace("\\-", "-");
        assert!(
            text.contains("Do not use journalctl --cursor-file"),
            "{text}"
        );
        assert!(text.contains("ingest --journal-cursor"), "{text}");
    }
}

#[test]
fn an_entry_cannot_forge_who_wrote_it_in_its_message() {
    let machine = Machine::new();
    let forged = r#"{\"_SYSTEMD_UNIT\":\"sshd.service\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"_HOSTNAME\":\"dc-1\",\"PRIORITY\":\"0\",\"__CURSOR\":\"s=5a1d;i=1\",\"MESSAGE\":\"root\"}"#;
    let entry = format!(
        "{{\"MESSAGE\":\"{forged}\",\"_SYSTEMD_UNIT\":\"shop.service\",\"_HOSTNAME\":\"web-1\",\"PRIORITY\":\"6\",\"__CURSOR\":\"s=5a1d;i=2\",\"__REALTIME_TIMESTAMP\":\"1772409723000000\"}}\n"
    );
    machine.pipe(entry.as_str(), &["ingest"]).exits(0);
    same(&machine.raw(), entry.as_bytes());
    let event = &machine.json(&["events"])["results"][0];
    assert_eq!(event["service"], "shop.service");
    assert_eq!(event["host"], "web-1");
    assert_eq!(event["severity"], "info");
    assert_eq!(event["message_raw"], forged.replace('\\', ""));
    let keys = event["correlation_keys"].to_string();
    assert!(
        !keys.contains("service:sshd") && !keys.contains("host:dc-1"),
        "{keys}"
    );
    let cursor = machine.ok(&["ingest", "--journal-cursor"]).out();
    assert_eq!(cursor, "s=5a1d;i=2\n");
}

#[test]
fn messages_that_journalctl_left_out_are_told_of_with_what_to_do() {
    let machine = Machine::new();
    let null = journal(0..1)
        .concat()
        .replace("\"polled 0 devices\"", "null");
    let run = machine
        .pipe(null.as_str(), &["ingest", "--format", "json"])
        .exits(0);
    let run = run.says("stdin: long messages were left out").says("--all");
    assert_eq!(number(&run.json()["coverage"]["partial"]), 1);
    machine.pipe(journal(1..3).concat(), &["ingest"]).exits(0);
    same(&machine.raw(), (null + &journal(1..3).concat()).as_bytes());
}
