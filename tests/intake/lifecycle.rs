//! What happens to a log between two runs, one event at a time: nothing is lost, nothing comes twice.

use crate::support::{AT_REST, Keeper, Logs, gzip, lines};
use brainstem::intake::{Mark, NoteKind, Partial};
use brainstem::time::HOUR;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, symlink};

/// Lines that are long enough for a file of them to be longer than the digest of its head.
fn text(from: u32, to: u32) -> String {
    (from..to)
        .map(|i| {
            format!(
                "2026-03-0{} 10:00:00 web1 worker[{i}]: request {i} took {} ms\n",
                i % 9 + 1,
                i * 7
            )
        })
        .collect()
}

fn some(from: u32, to: u32) -> Vec<String> {
    text(from, to).lines().map(str::to_string).collect()
}

#[test]
fn the_second_run_over_the_same_file_finds_nothing_and_stores_nothing() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log", text(0, 5000));
    logs.write("small.log", "one\n");
    logs.write("empty.log", "");
    logs.write("packed.log.gz", gzip(text(0, 100).as_bytes()));
    assert_eq!(keeper.run(&[logs.dir.path()]).len(), 5101);
    assert_eq!(keeper.run(&[logs.dir.path()]), []);
    assert_eq!(
        (keeper.stored, keeper.notes.len(), keeper.failures.len()),
        (0, 0, 0)
    );
    logs.append("empty.log", "two\n");
    assert_eq!(lines(&keeper.run(&[logs.dir.path()])), ["two"]);
}

#[test]
fn half_a_line_waits_for_its_other_half() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log", "one\ntw");
    assert_eq!(lines(&keeper.run(&[&logs.at("app.log")])), ["one"]);
    assert_eq!(keeper.kinds(), [NoteKind::Unfinished]);
    assert!(
        keeper.notes[0].text.contains("2 bytes"),
        "{}",
        keeper.notes[0].text
    );
    logs.append("app.log", "o\nthree\n");
    assert_eq!(lines(&keeper.run(&[&logs.at("app.log")])), ["two", "three"]);
    assert_eq!(keeper.kinds(), []);
}

#[test]
fn a_file_without_a_last_line_end_is_read_whole_when_nobody_writes_to_it() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("export.log", "one\ntwo");
    keeper.later = AT_REST;
    let got = keeper.run(&[&logs.at("export.log")]);
    assert_eq!(lines(&got), ["one", "two"]);
    assert_eq!(got[1].mark, Mark::Unterminated);
    assert_eq!(keeper.run(&[&logs.at("export.log")]), []);

    let mut at_once = Keeper::taking(Partial::Take);
    assert_eq!(
        lines(&at_once.run(&[&logs.at("export.log")])),
        ["one", "two"]
    );
}

#[test]
fn a_document_without_an_end_is_read_as_lines_when_nobody_writes_to_it() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    let begun = "[\n {\"n\": 1},\n {\"n\": 2}";
    logs.write("alerts.json", begun);
    assert_eq!(keeper.run(&[&logs.at("alerts.json")]), []);
    assert_eq!(keeper.kinds(), [NoteKind::Unfinished]);
    logs.rename("alerts.json", "alerts.json.1");
    logs.write("alerts.json", "{\"n\": 3}\n");
    assert_eq!(
        lines(&keeper.run(&[&logs.at("alerts.json")])),
        ["{\"n\": 3}"]
    );
    assert_eq!(keeper.kinds(), [NoteKind::Unfinished], "it still waits");
    keeper.later = 2 * HOUR;
    let got = keeper.run(&[&logs.at("alerts.json")]);
    assert_eq!(lines(&got).join("\n"), begun);
    assert_eq!(keeper.run(&[&logs.at("alerts.json")]), []);
    assert_eq!(keeper.kinds(), []);
}

#[test]
fn a_renamed_log_is_read_to_its_end_and_its_successor_from_its_start() {
    for named in ["the live file", "the directory"] {
        let (logs, mut keeper) = (Logs::default(), Keeper::default());
        let path = if named == "the directory" {
            logs.dir.path().to_path_buf()
        } else {
            logs.at("app.log")
        };
        logs.write("app.log", text(0, 100));
        assert_eq!(lines(&keeper.run(&[&path])), some(0, 100));
        logs.append("app.log", text(100, 150));
        logs.rename("app.log", "app.log.1");
        logs.write("app.log", text(150, 160));
        assert_eq!(lines(&keeper.run(&[&path])), some(100, 160), "{named}");
        assert_eq!(keeper.run(&[&path]), []);
        assert_eq!(keeper.kinds(), []);
    }
}

#[test]
fn several_rotations_between_two_runs_are_all_read() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log.1", text(900, 1000));
    logs.age("app.log.1", 60);
    logs.write("app.log", text(0, 100));
    // The file named is what is read: its past before the first run was not asked for.
    assert_eq!(lines(&keeper.run(&[&logs.at("app.log")])), some(0, 100));
    for round in 1..4 {
        logs.append("app.log", text(round * 100, round * 100 + 50));
        for n in (1..5).rev() {
            for end in ["", ".gz"] {
                if logs.at(&format!("app.log.{n}{end}")).exists() {
                    logs.rename(
                        &format!("app.log.{n}{end}"),
                        &format!("app.log.{}{end}", n + 1),
                    );
                }
            }
        }
        logs.rename("app.log", "app.log.1");
        if round == 2 {
            logs.gzip("app.log.2");
        }
        logs.write("app.log", text(round * 100 + 50, round * 100 + 100));
    }
    assert_eq!(lines(&keeper.run(&[&logs.at("app.log")])), some(100, 400));
    assert_eq!(keeper.run(&[&logs.at("app.log")]), []);
}

#[test]
fn a_rotated_and_packed_log_is_recognised() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log", text(0, 3000));
    keeper.run(&[logs.dir.path()]);
    // Rotated and packed between two runs, with lines that nobody has read yet.
    logs.append("app.log", text(3000, 3100));
    logs.rename("app.log", "app.log-20260301");
    logs.gzip("app.log-20260301");
    logs.write("app.log", text(3100, 3101));
    assert_eq!(lines(&keeper.run(&[logs.dir.path()])), some(3000, 3101));
    // Moved on, unchanged: it is not even unpacked, and nothing is stored.
    assert_eq!(keeper.run(&[logs.dir.path()]), []);
    assert_eq!(keeper.stored, 0);
}

#[test]
fn a_copied_and_truncated_log_is_read_to_its_end_and_from_its_start() {
    for grown in [10, 5000] {
        let (logs, mut keeper) = (Logs::default(), Keeper::default());
        logs.write("app.log", text(0, 1000));
        keeper.run(&[&logs.at("app.log")]);
        logs.append("app.log", text(1000, 1010));
        logs.copytruncate("app.log", "app.log.1");
        // Also when it grows beyond what was read before the next run.
        logs.append("app.log", text(2000, 2000 + grown));
        let expected = [some(1000, 1010), some(2000, 2000 + grown)].concat();
        assert_eq!(lines(&keeper.run(&[&logs.at("app.log")])), expected);
        let kind = if grown == 10 {
            NoteKind::Shrunk
        } else {
            NoteKind::Rewritten
        };
        assert_eq!(keeper.kinds(), [kind]);
        assert_eq!(keeper.run(&[logs.dir.path()]), []);
    }
}

#[test]
fn a_program_that_writes_on_after_a_truncation_leaves_a_hole_and_no_mixed_line() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    // Without append mode: it goes on at its own offset.
    let mut writer = std::fs::File::create(logs.at("app.log")).expect("a file");
    writer.write_all(text(0, 100).as_bytes()).expect("a write");
    assert_eq!(keeper.run(&[&logs.at("app.log")]).len(), 100);
    logs.copytruncate("app.log", "app.log.1");
    writer
        .write_all(text(100, 110).as_bytes())
        .expect("a write");
    let got = keeper.run(&[&logs.at("app.log")]);
    let hole = text(0, 100).len() as u64;
    assert_eq!(got[0].mark, Mark::NulRun { len: hole });
    assert_eq!(lines(&got[1..]), some(100, 110));
    writer
        .write_all(text(110, 120).as_bytes())
        .expect("a write");
    assert_eq!(lines(&keeper.run(&[&logs.at("app.log")])), some(110, 120));
}

#[test]
fn a_log_emptied_without_a_copy_is_reported_and_goes_on() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log", text(0, 100));
    keeper.run(&[&logs.at("app.log")]);
    logs.truncate("app.log");
    assert_eq!(keeper.run(&[&logs.at("app.log")]), []);
    assert_eq!(keeper.kinds(), [NoteKind::Shrunk]);
    assert_eq!(keeper.run(&[&logs.at("app.log")]), []);
    assert_eq!(keeper.kinds(), [], "it is said once");
    logs.append("app.log", text(100, 102));
    assert_eq!(lines(&keeper.run(&[&logs.at("app.log")])), some(100, 102));
}

#[test]
fn a_new_file_with_an_old_inode_number_is_read_from_its_start() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    let number = || std::fs::metadata(logs.at("app.log")).expect("a file").ino();
    logs.write("app.log", text(0, 100));
    keeper.run(&[&logs.at("app.log")]);
    let old = number();
    logs.remove("app.log");
    logs.write("app.log", text(500, 700));
    // Not every file system gives the number out again at once; in the same file it is the same for sure.
    if number() != old {
        logs.rename("app.log", "elsewhere");
        logs.write("app.log", text(0, 100));
        keeper = Keeper::default();
        keeper.run(&[&logs.at("app.log")]);
        logs.write("app.log", text(500, 700));
    }
    assert_eq!(lines(&keeper.run(&[&logs.at("app.log")])), some(500, 700));
}

#[test]
fn bytes_that_were_never_read_are_missed_aloud() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log", "one\nhalf a line");
    keeper.run(&[&logs.at("app.log")]);
    // Another inode number, so that the deletion is no rewriting.
    logs.write("new", "two\n");
    logs.rename("new", "app.log");
    assert_eq!(lines(&keeper.run(&[&logs.at("app.log")])), ["two"]);
    assert_eq!(keeper.kinds(), [NoteKind::Gap]);
    assert!(keeper.notes[0].input_was_skipped());
    assert!(
        keeper.notes[0].text.contains("11 bytes"),
        "{}",
        keeper.notes[0].text
    );
}

#[test]
fn headers_do_not_make_two_logs_one() {
    let header = "#Fields: ".to_string() + &"date time c-ip cs-method ".repeat(100) + "\n";
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log", format!("{header}{}", text(0, 10)));
    keeper.run(&[&logs.at("app.log")]);
    for round in 1..6 {
        logs.append("app.log", text(round * 10 - 5 + 1000, round * 10 + 1000));
        logs.copytruncate("app.log", &format!("app.log-2026030{round}"));
        logs.append("app.log", &header);
        logs.append("app.log", text(round * 10, round * 10 + 3));
        let got = lines(&keeper.run(&[&logs.at("app.log")]));
        let mut expected = some(round * 10 - 5 + 1000, round * 10 + 1000);
        expected.push(header.trim_end_matches('\n').to_string());
        expected.extend(some(round * 10, round * 10 + 3));
        assert_eq!(got, expected, "round {round}");
    }
    assert_eq!(keeper.run(&[logs.dir.path()]), []);
}

#[test]
fn logs_of_other_families_may_be_equal() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("syslog", text(0, 50));
    logs.write("messages", text(0, 50));
    assert_eq!(keeper.run(&[logs.dir.path()]).len(), 100);
}

#[test]
fn an_identical_file_counts_once_and_says_so() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("backup.log", "OK\n");
    assert_eq!(lines(&keeper.run(&[&logs.at("backup.log")])), ["OK"]);
    logs.write("new", "OK\n");
    logs.rename("new", "backup.log");
    assert_eq!(keeper.run(&[&logs.at("backup.log")]), []);
    assert_eq!(keeper.kinds(), [NoteKind::Identical]);
}

#[test]
fn an_edited_history_is_reported_and_read_anew() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log", text(0, 5000));
    keeper.run(&[&logs.at("app.log")]);
    // Far from the beginning and from the end, in a file of its own as editors make it.
    let edited = text(0, 5000).replacen("request 1000 ", "request !!!! ", 1);
    logs.write("new", edited);
    logs.rename("new", "app.log");
    assert_eq!(keeper.run(&[&logs.at("app.log")]).len(), 5000);
    assert_eq!(keeper.kinds(), [NoteKind::Rewritten]);
    // Near the end, in the same file.
    logs.write(
        "app.log",
        text(0, 5000).replacen("request 4990 ", "request !!!! ", 1),
    );
    assert_eq!(keeper.run(&[&logs.at("app.log")]).len(), 5000);
    assert_eq!(keeper.kinds(), [NoteKind::Rewritten]);
}

#[test]
fn a_copy_in_the_making_is_no_new_log() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    let whole = text(0, 2000);
    logs.write("app.log.1", &whole);
    logs.write("app.log", text(5000, 5010));
    keeper.run(&[logs.dir.path()]);
    let packed = gzip(whole.as_bytes());
    for len in [10, 300, packed.len() / 2, packed.len() - 4] {
        logs.write("app.log.2.gz", &packed[..len]);
        assert_eq!(
            keeper.run(&[logs.dir.path()]),
            [],
            "{len} bytes of the archive"
        );
        assert!(keeper.notes.iter().all(|note| !note.input_was_skipped()));
    }
    logs.write("app.log.2.gz", &packed);
    logs.remove("app.log.1");
    assert_eq!(keeper.run(&[logs.dir.path()]), []);
    assert_eq!(keeper.kinds(), []);
    // The same with a copy that is truncated later.
    for len in [10, 1500, 1800] {
        logs.write("app.log", text(6000, 6050));
        logs.write("app.log.1", "");
        keeper.run(&[logs.dir.path()]);
        logs.write("app.log.1", &text(6000, 6050)[..len]);
        assert_eq!(
            keeper.run(&[logs.dir.path()]),
            [],
            "{len} bytes of the copy"
        );
    }
}

#[test]
fn a_file_is_read_once_by_whatever_names_it_goes() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log", text(0, 10));
    std::fs::hard_link(logs.at("app.log"), logs.at("also.log")).expect("a link");
    symlink(logs.at("app.log"), logs.at("current")).expect("a link");
    let all = [
        &logs.at("app.log"),
        logs.dir.path(),
        &logs.at("*.log"),
        &logs.at("current"),
    ];
    assert_eq!(lines(&keeper.run(&all)), some(0, 10));
    // A run that names it by a link continues where one by its name stopped.
    logs.append("app.log", text(10, 20));
    assert_eq!(lines(&keeper.run(&[&logs.at("current")])), some(10, 20));
    // The link may be turned to the next file.
    logs.write("next.log", text(20, 30));
    std::fs::remove_file(logs.at("current")).expect("the link is there");
    symlink(logs.at("next.log"), logs.at("current")).expect("a link");
    assert_eq!(lines(&keeper.run(&[&logs.at("current")])), some(20, 30));
}

#[test]
fn a_log_rotated_after_it_was_found_is_still_read() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log", text(0, 100));
    let mut rotated = false;
    let got = keeper.run_with(&[&logs.at("app.log")], &mut || {
        if !std::mem::replace(&mut rotated, true) {
            logs.rename("app.log", "app.log.1");
            logs.write("app.log", text(100, 110));
        }
    });
    assert_eq!(lines(&got), some(0, 110));
    assert_eq!(keeper.failures, [""; 0]);

    let mut gone = false;
    let got = keeper.run_with(&[&logs.at("app.log")], &mut || {
        if !std::mem::replace(&mut gone, true) {
            logs.append("app.log", text(110, 120));
            logs.rename("app.log", "app.log.2");
        }
    });
    assert_eq!(lines(&got), some(110, 120));
    assert_eq!(
        keeper.failures, [""; 0],
        "its name is gone, but it was read"
    );
}

#[test]
fn a_log_copied_and_truncated_after_it_was_found_is_still_read() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log", text(0, 100));
    let mut rotated = false;
    let got = keeper.run_with(&[&logs.at("app.log")], &mut || {
        if !std::mem::replace(&mut rotated, true) {
            logs.copytruncate("app.log", "app.log.1");
            logs.append("app.log", text(100, 110));
        }
    });
    assert_eq!(lines(&got), some(0, 110));
}

#[test]
fn a_log_truncated_while_it_is_read_gives_no_mixed_line() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    let old = text(0, 4000);
    logs.write("app.log", &old);
    keeper.want = 10_000;
    let mut steps = 0;
    let first = keeper.run_with(&[&logs.at("app.log")], &mut || {
        steps += 1;
        if steps == 5 {
            logs.copytruncate("app.log", "app.log.1");
            logs.append("app.log", text(10_000, 20_000));
        }
    });
    assert_eq!(keeper.kinds(), [NoteKind::Changed]);
    let second = keeper.run(&[&logs.at("app.log")]);
    let all = [lines(&first), lines(&second)].concat();
    assert_eq!(all, [some(0, 4000), some(10_000, 20_000)].concat());
}
