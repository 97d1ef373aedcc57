//! What happens to logs between being found and being read, and between two runs, as a person is told of it.

use crate::machine::{Machine, column, gzip, minutes, number, same, text};
use crate::patience::ended;
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::process::Stdio;

/// The whole log, and what it says from line to line.
fn lines(from: u32, to: u32) -> String {
    minutes("web-1", from..to)
}

#[test]
fn a_pattern_that_matches_nothing_is_told_unless_that_is_allowed() {
    let machine = Machine::new();
    let here = machine.file("logs/app.log", lines(0, 4));
    let none = text(&machine.path("logs/*.gz"));
    let absent = text(&machine.path("absent.log"));
    machine
        .run(&["ingest", &none])
        .exits(66)
        .says(&format!("no file matches {none}"))
        .says("--allow-missing");
    machine.run(&["ingest", &none, &absent]).exits(66);
    let said = machine.run(&["ingest", &here, &none]).exits(1);
    assert!(said.out().contains("no file matches"), "{}", said.out());
    // Where it is allowed nobody is woken for it.
    for paths in [&[&none][..], &[&absent], &[&none, &absent, &here]] {
        let paths: Vec<&str> = paths.iter().map(|p| p.as_str()).collect();
        let run = machine.ok(&[&["ingest", "--allow-missing", "--quiet"], &paths[..]].concat());
        assert_eq!((run.out(), run.err()), (String::new(), String::new()));
    }
    let answer = machine.json(&["ingest", "--allow-missing", &none]);
    assert_eq!(number(&answer["sources"]), 0, "{answer}");
    // What is there and cannot be read is another matter.
    let pipe = text(&machine.path("pipe.log"));
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).expect("a named pipe");
    machine
        .run(&["ingest", "--allow-missing", &pipe])
        .exits(66)
        .says("is a pipe");
    assert_eq!(machine.count(), 4);
}

#[test]
fn a_file_that_vanishes_after_it_was_found_is_told_and_the_others_are_read() {
    let machine = Machine::new();
    let gone = machine.file("logs/gone.log", lines(0, 5));
    machine.file("logs/here.log", lines(5, 9));
    let pattern = text(&machine.path("logs/*.log"));
    let mut child = machine
        .process(&["ingest", "-", &pattern])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    // More than a pipe holds: once it is written, reading has begun, and the files were found before that.
    let much = lines(10, 4000);
    stdin.write_all(much.as_bytes()).expect("it reads");
    fs::remove_file(&gone).expect("a file");
    drop(stdin);
    let run = ended(&["ingest", "-", &pattern], child).exits(1);
    let said = run.out();
    assert!(said.contains("gone.log: No such file"), "{said}");
    same(&machine.raw(), (much + &lines(5, 9)).as_bytes());
}

#[test]
fn a_file_of_somebody_else_among_ten_is_named_and_nine_are_read() {
    let machine = Machine::new();
    for n in 0..10 {
        machine.file(&format!("logs/{n}.log"), minutes(&format!("web-{n}"), 0..3));
    }
    let logs = text(&machine.path("logs"));
    let store = text(&machine.path("theirs/store.redb"));
    machine.mode("logs/7.log", 0o000);
    machine.mode("", 0o1777);
    let run = machine.run_without_rights(&["--store", &store, "ingest", &logs]);
    let run = run.exits(1);
    let said = run.out();
    assert!(said.contains("27 events from 9 sources"), "{said}");
    assert!(said.contains("7.log: Permission denied"), "{said}");
}

#[test]
fn what_was_written_before_a_rotation_is_found_in_the_rotated_file_or_missed_aloud() {
    let machine = Machine::new();
    let log = machine.file("syslog", lines(0, 10));
    machine.ok(&["ingest", &log]);
    machine.append(&log, lines(10, 15));
    fs::rename(&log, machine.path("syslog.1")).expect("a rename");
    machine.file("syslog", lines(15, 20));
    // Only the live name is given.
    let answer = machine.json(&["ingest", &log]);
    assert_eq!(number(&answer["ingested"]), 10, "{answer}");
    same(&machine.raw(), lines(0, 20).as_bytes());
    // Half a line was seen last; then it is moved to where nobody finds it.
    machine.append(&log, "half a line");
    machine
        .ok(&["ingest", &log])
        .says("11 bytes of an unfinished");
    machine.append(&log, " that was ended later\n");
    fs::create_dir(machine.path("old")).expect("a directory");
    fs::rename(&log, machine.path("old/elsewhere")).expect("a rename");
    machine.file("next", lines(20, 23));
    fs::rename(machine.path("next"), &log).expect("a rename");
    let run = machine.run(&["ingest", &log, "--format", "json"]).exits(1);
    let reason = &column(&run.json()["skipped"], "reason")[0];
    assert!(reason.contains("syslog was before is gone"), "{reason}");
    assert!(reason.contains("at least 11 bytes"), "{reason}");
    same(&machine.raw(), lines(0, 23).as_bytes());
}

#[test]
fn an_archive_in_the_making_is_told_of_and_read_once_it_is_whole() {
    let machine = Machine::new();
    let whole = lines(0, 3000);
    let packed = gzip(whole.as_bytes());
    machine.file("logs/app.log.1", &whole);
    machine.file("logs/app.log", lines(3000, 3002));
    let archive = machine.file("logs/app.log.1.gz", &packed[..packed.len() / 2]);
    let logs = text(&machine.path("logs"));
    for ingested in [3002, 0] {
        let run = machine.run(&["ingest", &logs, "--format", "json"]).exits(0);
        assert_eq!(number(&run.json()["ingested"]), ingested);
        let err = run.err();
        assert_eq!(err.lines().count(), 1, "it is said once: {err}");
        assert!(
            err.contains("app.log.1.gz is so far nothing but the beginning"),
            "{err}"
        );
    }
    fs::write(&archive, &packed).expect("a file");
    fs::remove_file(machine.path("logs/app.log.1")).expect("a file");
    let run = machine.run(&["ingest", &logs, "--format", "json"]).exits(0);
    assert_eq!(
        (number(&run.json()["ingested"]), run.err().as_str()),
        (0, "")
    );
    same(&machine.raw(), (whole + &lines(3000, 3002)).as_bytes());
}

#[test]
fn a_log_rotated_and_packed_between_two_runs_is_known_again() {
    let machine = Machine::new();
    let log = machine.file("logs/app.log", lines(0, 500));
    let logs = text(&machine.path("logs"));
    machine.ok(&["ingest", &logs]);
    // Rotated, packed, with other inode, name and bytes, and a tail that nobody has read.
    machine.file("logs/app.log.1.gz", gzip(lines(0, 510).as_bytes()));
    fs::remove_file(&log).expect("a file");
    machine.file("logs/app.log", lines(510, 512));
    let answer = machine.json(&["ingest", &logs]);
    assert_eq!(number(&answer["ingested"]), 12, "{answer}");
    same(&machine.raw(), lines(0, 512).as_bytes());
    // The same file, made again by a restore, has nothing new either.
    machine.file("logs/copy", gzip(lines(0, 510).as_bytes()));
    fs::rename(machine.path("logs/copy"), machine.path("logs/app.log.1.gz")).expect("a rename");
    assert_eq!(number(&machine.json(&["ingest", &logs])["ingested"]), 0);
}

#[test]
fn a_store_from_a_backup_takes_in_again_what_came_since() {
    let machine = Machine::new();
    let log = machine.file("app.log", lines(0, 10));
    machine.ok(&["ingest", &log]);
    let backup = fs::read(machine.store()).expect("a store");
    machine.append(&log, lines(10, 20));
    machine.ok(&["ingest", &log]);
    fs::rename(&log, machine.path("app.log.1")).expect("a rename");
    machine.file("app.log", lines(20, 30));
    machine.ok(&["ingest", &log]);
    fs::write(machine.store(), backup).expect("a store");
    machine.ok(&["ingest", &log]);
    same(&machine.raw(), lines(0, 30).as_bytes());
}

#[test]
fn a_log_on_another_disk_is_read_on_from_where_it_was() {
    let machine = Machine::new();
    let log = machine.file("logs/app.log", lines(0, 10));
    machine.ok(&["ingest", &log]);
    // Other inodes, as after a move to another machine or a restore.
    machine.file("logs/copy", lines(0, 14));
    fs::rename(machine.path("logs/copy"), &log).expect("a rename");
    let run = machine.run(&["ingest", &log, "--format", "json"]).exits(0);
    assert_eq!(
        (number(&run.json()["ingested"]), run.err().as_str()),
        (4, "")
    );
    same(&machine.raw(), lines(0, 14).as_bytes());
}

#[test]
fn a_document_that_was_begun_and_never_ended_is_told_of_and_not_lost() {
    let machine = Machine::new();
    let begun = "[\n {\"message\":\"first\"},\n {\"message\":\"second\"}";
    let log = machine.file("alerts.json", begun);
    let waits = format!(
        "{} bytes of an unfinished last line or document",
        begun.len()
    );
    machine.ok(&["ingest", &log]).says(&waits);
    // It waits through rotation, and is told of again.
    fs::rename(&log, machine.path("alerts.json.1")).expect("a rename");
    machine.file("alerts.json", "{\"message\":\"third\"}\n");
    machine
        .ok(&["ingest", &log])
        .says("alerts.json.1")
        .says(&waits);
    // Ended after all, it is one document.
    machine.append(&text(&machine.path("alerts.json.1")), "\n]\n");
    machine.ok(&["ingest", &log]);
    let events = machine.json(&["events"]);
    assert_eq!(
        column(&events["results"], "message_raw"),
        ["third", "first", "second"]
    );
    // One that is gone before its end is missed aloud.
    machine.append(&log, begun);
    machine.ok(&["ingest", &log]).says(&waits);
    machine.file("next", "{\"message\":\"fourth\"}\n");
    fs::rename(machine.path("next"), &log).expect("a rename");
    let run = machine.run(&["ingest", &log]).exits(1);
    let said = format!("{} bytes of it were not read", begun.len());
    assert!(
        run.out().replace('\n', " ").contains(&said),
        "{}",
        run.out()
    );
    // Whoever wants it now, as it is, gets it.
    machine.append(&log, begun);
    machine.ok(&["ingest", &log, "--flush-partial"]);
    // A line end is put behind the last line, so that it stands by itself.
    assert!(machine.raw().ends_with(format!("{begun}\n").as_bytes()));
}

#[test]
fn a_link_that_leads_nowhere_is_no_file_that_vanished() {
    let machine = Machine::new();
    machine.file("logs/app.log", lines(0, 3));
    symlink("nowhere", machine.path("logs/dangling.log")).expect("a link");
    let logs = text(&machine.path("logs"));
    machine.ok(&["ingest", &logs]).says("dangling.log");
}

#[test]
fn a_log_that_was_found_empty_is_read_in_its_format_once_it_says_something() {
    let machine = Machine::new();
    let line = "<34>1 2026-03-02T00:00:01Z web-1 sshd 77 - - hello\n";
    // As rotation makes it; and one whose first lines say nothing.
    let log = machine.file("app.log", "");
    let blank = machine.file("blank.log", "\n\n");
    // A run of NUL bytes is a chunk of its own.
    let nuls = machine.file(
        "nuls.log",
        [&vec![0; 9 << 20][..], line.as_bytes()].concat(),
    );
    machine.ok(&["ingest", &log, &blank, &nuls]);
    machine.append(&log, line);
    machine.append(&blank, line);
    machine.ok(&["ingest", &log, &blank, &nuls]);
    let mut child = machine
        .process(&["ingest"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"\n").expect("it reads");
    // Past the moment in which what was written is taken by itself.
    std::thread::sleep(std::time::Duration::from_millis(600));
    stdin.write_all(line.as_bytes()).expect("it reads");
    drop(stdin);
    ended(&["ingest"], child).exits(0);
    let sources = &machine.json(&["status"])["sources"];
    assert_eq!(column(sources, "format"), ["syslog"; 4]);
    let events = machine.json(&["events", "--service", "sshd"]);
    assert_eq!(column(&events["results"], "host"), ["web-1"; 4]);
}

#[test]
fn a_log_moved_out_of_its_family_is_known_again_and_its_tail_is_read() {
    let machine = Machine::new();
    let log = machine.file("log/app.log", lines(0, 10));
    let logs = text(&machine.path("log"));
    machine.ok(&["ingest", &logs]);
    machine.append(&log, lines(10, 12));
    // To a directory of its own, as with olddir, and to names that tell of no rotation.
    fs::create_dir(machine.path("log/archive")).expect("a directory");
    let mut at = machine.path("log/app.log");
    for name in [
        "log/archive/app.log",
        "log/app-1.log",
        "log/Xorg.0.log.kept",
    ] {
        fs::rename(&at, machine.path(name)).expect("a rename");
        at = machine.path(name);
        let run = machine.run(&["ingest", &logs]);
        assert!(!run.out().contains("is gone"), "{name}: {}", run.out());
        same(&machine.raw(), lines(0, 12).as_bytes());
    }
    // What was made in its place is another log.
    machine.file("log/app.log", lines(12, 14));
    machine.ok(&["ingest", &logs]);
    same(&machine.raw(), lines(0, 14).as_bytes());
    // A log that only stands beside it is another log.
    machine.file("log/other.log", lines(20, 22));
    machine.ok(&["ingest", &logs]);
    same(&machine.raw(), (lines(0, 14) + &lines(20, 22)).as_bytes());
}
