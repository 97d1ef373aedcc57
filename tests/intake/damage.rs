//! Input that is damaged, hostile or no log at all.

use crate::support::{AT_REST, Keeper, Logs, gzip, lines};
use brainstem::intake::{Binary, Input, Limits, Mark, NoteKind, Problem, resolve};
use std::path::PathBuf;

#[test]
fn a_hole_of_ten_gigabytes_is_one_record() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.sparse("app.log", 10 << 30, "one\ntwo\n");
    let got = keeper.run(&[&logs.at("app.log")]);
    assert_eq!(lines(&got), ["", "one", "two"]);
    assert_eq!(got[0].mark, Mark::NulRun { len: 10 << 30 });
    assert_eq!(got[1].offset, 10 << 30);
    // The hole is proven again where the file lies elsewhere, as fast.
    logs.append("app.log", "three\n");
    logs.rename("app.log", "old");
    logs.sparse("app.log", 10 << 30, "one\ntwo\nthree\n");
    assert_eq!(lines(&keeper.run(&[&logs.at("app.log")])), ["three"]);
}

#[test]
fn nul_bytes_at_the_end_wait_as_an_unfinished_line_does() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    logs.write("app.log", "one\n");
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(logs.at("app.log"));
    let file = file.expect("a file");
    file.set_len(5 << 30).expect("a hole");
    assert_eq!(lines(&keeper.run(&[&logs.at("app.log")])), ["one"]);
    assert_eq!(keeper.kinds(), [NoteKind::Unfinished]);
    keeper.later = AT_REST;
    let got = keeper.run(&[&logs.at("app.log")]);
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].mark, Mark::NulRun { len: (5 << 30) - 4 });
}

#[test]
fn a_cut_archive_gives_its_lines_once_and_later_only_the_rest() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    let text: String = (0..20_000)
        .map(|i| format!("line {i} {}\n", i * i))
        .collect();
    let packed = gzip(text.as_bytes());
    logs.write("old.log.gz", &packed[..packed.len() / 2]);
    let first = keeper.run(&[&logs.at("old.log.gz")]);
    assert!(first.len() > 1000);
    // It may be written to at this moment.
    assert_eq!(keeper.kinds(), [NoteKind::Unfinished]);

    keeper.later = AT_REST;
    let rest = keeper.run(&[&logs.at("old.log.gz")]);
    assert_eq!(rest.len(), 1, "the half line at the cut");
    assert_eq!(keeper.kinds(), [NoteKind::Damaged]);
    assert!(keeper.notes[0].input_was_skipped());
    assert_eq!(keeper.run(&[&logs.at("old.log.gz")]), []);
    assert_eq!(keeper.kinds(), [NoteKind::StillDamaged]);

    logs.write("old.log.gz", &packed);
    let last = keeper.run(&[&logs.at("old.log.gz")]);
    let joined: Vec<u8> = [first, rest, last]
        .concat()
        .iter()
        .flat_map(|g| match g.mark {
            Mark::Unterminated => g.bytes.clone(),
            _ => [&g.bytes[..], b"\n"].concat(),
        })
        .collect();
    assert!(joined == text.as_bytes());
}

#[test]
fn archives_damaged_anywhere_are_read_once_however_often_they_are_looked_at() {
    let text: String = (0..12_000u64)
        .map(|i| {
            format!(
                "line {i} {:x}\n",
                i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
            )
        })
        .collect();
    let packings = [
        gzip(text.as_bytes()),
        zstd::encode_all(text.as_bytes(), 3).expect("memory"),
    ];
    for seed in 0..40usize {
        let (logs, mut keeper) = (Logs::default(), Keeper::default());
        let packed = &packings[seed % 2];
        let at = 20 + seed.wrapping_mul(7_919) % (packed.len() - 40);
        let cut = seed % 4 < 2;
        let mut damaged = packed.clone();
        if cut {
            damaged.truncate(at);
        } else {
            damaged[at] ^= 0x10;
        }
        logs.write("old.log.gz", &damaged);
        for later in [0, 0, AT_REST, AT_REST] {
            let before = keeper.got.len();
            let first = before == 0;
            keeper.later = later;
            let got = keeper.run(&[&logs.at("old.log.gz")]);
            // All but the half line at the damage, which is taken when the file is at rest.
            assert!(
                first || got.len() <= 1,
                "seed {seed}: {} records",
                got.len()
            );
        }
        if !cut {
            continue;
        }
        logs.write("old.log.gz", packed);
        keeper.run(&[&logs.at("old.log.gz")]);
        let joined: Vec<u8> = (keeper.got.iter())
            .flat_map(|g| match g.mark {
                Mark::Unterminated => g.bytes.clone(),
                _ => [&g.bytes[..], b"\n"].concat(),
            })
            .collect();
        assert!(joined == text.as_bytes(), "seed {seed}");
        assert_eq!(
            keeper.run(&[&logs.at("old.log.gz")]).len(),
            0,
            "seed {seed}"
        );
    }
}

#[test]
fn the_first_byte_of_an_archive_is_no_line() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    keeper.later = AT_REST;
    let packed = gzip(b"one\n");
    for len in 0..3 {
        logs.write("app.log.1.gz", &packed[..len]);
        assert_eq!(keeper.run(&[logs.dir.path()]), []);
    }
    logs.write("app.log.1.gz", &packed);
    assert_eq!(lines(&keeper.run(&[logs.dir.path()])), ["one"]);
}

#[test]
fn a_bomb_stops_and_says_so() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    keeper.limits = Limits {
        ratio: 20,
        free: 1 << 20,
    };
    let text = "the same line over and over\n".repeat(2_000_000);
    logs.write("bomb.log.gz", gzip(text.as_bytes()));
    let got = keeper.run(&[&logs.at("bomb.log.gz")]);
    assert!((30_000..1_900_000).contains(&got.len()), "{}", got.len());
    assert_eq!(keeper.kinds().last(), Some(&NoteKind::Bomb));
    // It ends at the same byte again.
    assert_eq!(keeper.run(&[&logs.at("bomb.log.gz")]).len(), 0);
    keeper.later = AT_REST;
    keeper.run(&[&logs.at("bomb.log.gz")]);
    assert_eq!(keeper.run(&[&logs.at("bomb.log.gz")]).len(), 0);
    assert_eq!(keeper.kinds(), [NoteKind::StillDamaged]);
    // Whoever knows better gets the rest, and nothing twice.
    keeper.limits.ratio = 100_000;
    let first: usize = keeper.got.iter().map(|got| got.bytes.len() + 1).sum();
    keeper.run(&[&logs.at("bomb.log.gz")]);
    let all: Vec<u8> = keeper
        .got
        .iter()
        .flat_map(|got| got.bytes.clone())
        .collect();
    assert!(all.len() > first && all == text.replace('\n', "").as_bytes());
    assert_eq!(keeper.run(&[&logs.at("bomb.log.gz")]).len(), 0);
}

#[test]
fn what_is_no_log_is_a_problem_by_name_and_skipped_in_a_directory() {
    let logs = Logs::default();
    std::fs::create_dir_all(logs.at("sub/.hidden")).expect("directories");
    logs.write("app.log", "one\n");
    logs.write("sub/deep.log", "two\n");
    logs.write("sub/.hidden/no.log", "no\n");
    logs.write(".hidden.log", "no\n");
    logs.write("program", b"\x7fELF\x02\x01\x01\0\0\0\0\0");
    logs.write("lastlog", [0; 2920]);
    let found = resolve(&[logs.dir.path().to_path_buf()], Binary::Leave);
    let names = |inputs: &[Input]| -> Vec<String> { inputs.iter().map(Input::label).collect() };
    let at = |name: &str| logs.at(name).display().to_string();
    assert_eq!(names(&found.inputs), [at("app.log"), at("sub/deep.log")]);
    assert_eq!(found.skipped.len(), 2);
    assert_eq!(found.problems, []);

    let none = logs.at("none.log");
    let pattern = logs.at("*.nothing");
    let named = resolve(
        &[
            logs.at("program"),
            none.clone(),
            pattern,
            logs.at("app.log"),
        ],
        Binary::Leave,
    );
    assert_eq!(names(&named.inputs), [at("app.log")]);
    let messages = |problems: &[Problem]| -> Vec<String> {
        problems.iter().map(|p| p.error.message.clone()).collect()
    };
    let problems = messages(&named.problems);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0].ends_with("program: it is an ELF program, not lines"),
        "{problems:?}"
    );
    let missing = messages(&named.missing);
    assert_eq!(missing.len(), 2, "{missing:?}");
    assert!(
        missing[0].ends_with("none.log: No such file or directory"),
        "{missing:?}"
    );
    assert!(missing[1].contains("no file matches"), "{missing:?}");
}

#[test]
fn inputs_come_oldest_first_and_standard_input_once() {
    let logs = Logs::default();
    for name in [
        "b.log",
        "b.log.1",
        "b.log.10.gz",
        "b.log.2",
        "a.log",
        "a.log-20260101",
    ] {
        logs.write(name, "x\n");
    }
    let paths = ["-", "b.log", "/dev/stdin"].map(PathBuf::from).map(|p| {
        match p.is_relative() && p.to_str() != Some("-") {
            true => logs.dir.path().join(p),
            false => p,
        }
    });
    let named = [paths.to_vec(), vec![logs.dir.path().to_path_buf()]].concat();
    let order: Vec<String> = resolve(&named, Binary::Leave)
        .inputs
        .iter()
        .map(|input| {
            input
                .label()
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_string()
        })
        .collect();
    assert_eq!(
        order,
        [
            "stdin",
            "b.log.10.gz",
            "b.log.2",
            "b.log.1",
            "b.log",
            "a.log-20260101",
            "a.log"
        ]
    );
}

#[test]
fn an_archive_of_something_else_is_refused() {
    let (logs, mut keeper) = (Logs::default(), Keeper::default());
    let mut tar = vec![b'a'; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    logs.write("logs.tar.gz", gzip(&tar));
    logs.write("twice.log.gz", gzip(&gzip(b"one\n")));
    logs.write("text.gz", "text in spite of its name\n");
    logs.write("packed.log", gzip(b"packed in spite of its name\n"));
    let got = keeper.run(&[logs.dir.path()]);
    assert_eq!(
        lines(&got),
        ["packed in spite of its name", "text in spite of its name"]
    );
    assert_eq!(keeper.failures.len(), 2, "{:?}", keeper.failures);
    assert!(keeper.failures[0].contains("a tar archive"));
    assert!(keeper.failures[1].contains("another packed file"));
}
