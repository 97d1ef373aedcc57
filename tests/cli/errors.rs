//! What goes wrong is said in one shape, with what to type next, and ends with a code a script can act on.

use crate::machine::{DEMO_END, Machine, Run, demo, minutes, text};
use crate::patience::ended;
use std::io::Read;
use std::process::Stdio;

/// Every subcommand that reads the store, in a form that would work.
const READING: [&[&str]; 11] = [
    &["candidates"],
    &["digest"],
    &["events"],
    &["events", "--raw", "--limit", "0"],
    &["signatures"],
    &["incidents"],
    &["review"],
    &["status"],
    &["replay"],
    &["explain", "sig_bcdf"],
    &["related", "sig_bcdf"],
];

/// Every subcommand that writes into a store that must be there.
const WRITING: [&[&str]; 3] = [
    &["promote", "cand_bcdf"],
    &["review", "cand_bcdf", "noise"],
    &["prune"],
];

/// An error for people: one line that names the program, one with a hint, nothing on standard output.
#[track_caller]
fn told(run: &Run) {
    let err = run.err();
    let lines: Vec<&str> = err.lines().collect();
    assert!(run.out.is_empty(), "{}: {}", run.said, run.out());
    assert!(lines.len() >= 2, "{}: {err}", run.said);
    let message = lines[lines.len() - 2].strip_prefix("brainstem: ");
    assert!(
        message.is_some_and(|m| !m.starts_with(char::is_uppercase)),
        "{}: {err}",
        run.said
    );
    assert!(
        lines[lines.len() - 1].starts_with("hint: "),
        "{}: {err}",
        run.said
    );
}

/// An error for programs.
#[track_caller]
fn told_in_json(run: &Run, code: &str) {
    let answer = run.json();
    assert_eq!(answer["ok"], false, "{answer}");
    assert_eq!(answer["error"]["code"], code, "{}: {answer}", run.said);
    assert!(
        answer["error"]["message"]
            .as_str()
            .is_some_and(|m| !m.is_empty())
    );
    assert!(
        answer["error"]["hint"]
            .as_str()
            .is_some_and(|h| !h.is_empty()),
        "{answer}"
    );
    assert_eq!(
        answer.as_object().map(serde_json::Map::len),
        Some(2),
        "{answer}"
    );
}

#[test]
fn without_a_store_every_command_says_how_to_get_one() {
    let machine = Machine::new();
    for args in READING.iter().chain(&WRITING).copied() {
        let run = machine.run(args).exits(66).says("brainstem ingest");
        told(&run);
        told_in_json(
            &machine
                .run(&[args, &["--format", "json"]].concat())
                .exits(66),
            "no_input",
        );
        assert!(
            !machine.path("store").exists(),
            "{args:?} left something behind"
        );
    }
}

#[test]
fn an_empty_store_is_answered_by_every_command() {
    let machine = Machine::new();
    machine.pipe("", &["ingest"]).exits(0);
    assert!(machine.store().exists());
    for args in READING {
        let code = match args[0] {
            "explain" | "related" | "replay" => 1,
            _ => 0,
        };
        let run = machine.run(args).exits(code);
        match code {
            0 if args.contains(&"--raw") => assert!(run.out.is_empty()),
            0 => assert!(!run.out.is_empty(), "{args:?} says nothing"),
            _ => told(&run),
        }
        for format in ["json", "ndjson", "csv", "markdown"] {
            machine
                .run(&[args, &["--format", format]].concat())
                .exits(code);
        }
    }
    told(&machine.run(WRITING[0]).exits(1));
    told(&machine.run(WRITING[1]).exits(1));
    machine.ok(WRITING[2]);
}

#[test]
fn odd_files_are_taken_by_every_command_that_takes_files() {
    let noise: Vec<u8> = (0..20_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let odd = noise
        .iter()
        .copied()
        .filter(|b| *b >= 32 || *b == b'\n')
        .collect::<Vec<u8>>();
    let cases: [(&str, &[u8], i32); 6] = [
        ("empty.log", b"", 0),
        ("noise.bin", &noise, 66),
        ("odd.log", &odd, 0),
        ("no-end.log", b"one\ntwo", 0),
        ("ends.log", b"\n\n\n\n\n", 0),
        ("nul.log", &[0; 5000], 0),
    ];
    for (name, content, code) in cases {
        for command in ["ingest", "digest", "replay"] {
            let machine = Machine::new();
            let log = machine.file(name, content);
            let run = machine.run(&[command, &log]);
            // There is nothing to walk through in an empty file.
            let empty = command == "replay" && content.is_empty();
            let run = run.exits(if empty { 1 } else { code });
            assert!(
                !format!("{}{}", run.out(), run.err()).is_empty(),
                "{command} {name}"
            );
            let json = machine.run(&[command, &log, "--format", "json"]);
            assert_eq!(json.json()["ok"], json.code == Some(0), "{command} {name}");
            if code == 66 {
                run.says(name);
            }
        }
    }
}

#[test]
fn nothing_of_an_odd_file_is_lost() {
    let noise: Vec<u8> = (0..9_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let machine = Machine::new();
    let text = [b"first line\n".to_vec(), noise, b"\n".to_vec()].concat();
    machine.pipe(text.clone(), &["ingest"]).exits(0);
    crate::machine::same(&machine.raw(), &text);
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_two() {
    let machine = Machine::new();
    for args in [
        &["dance"][..],
        &["ingest", "--no-such-option"],
        &["candidates", "--type", "wonder"],
        &["candidates", "--limit", "many"],
        &["candidates", "--format", "xls"],
        &["explain"],
        &["promote"],
        &["completions", "tcsh9"],
        &["--tenant", "../etc", "status"],
        &["--as-of", "soon", "status", "--quiet", "--verbose"],
        &[],
    ] {
        let run = machine.run(args).exits(2);
        told(&run);
        let json = machine.run(&[args, &["--format=json"]].concat());
        if !args.contains(&"xls") {
            told_in_json(&json.exits(2), "usage");
        }
    }
    machine
        .run(&["candiates"])
        .exits(2)
        .says("candidates")
        .says("hint: ");
    for args in [
        &["--help"][..],
        &["--version"],
        &["help"],
        &["ingest", "--help"],
    ] {
        let run = machine.ok(args);
        assert!(
            run.out().contains("brainstem") && run.err.is_empty(),
            "{args:?}"
        );
    }
}

#[test]
fn a_tenant_is_a_plain_word() {
    let machine = Machine::new();
    let long = "a".repeat(64);
    for bad in [
        "../x", "a/b", "..", ".", "", "A", "-rf", "a b", "a\n", "\u{430}", "%2e", &long,
    ] {
        let run = machine
            .run(&[&format!("--tenant={bad}"), "status"])
            .exits(2);
        told(&run);
    }
    for good in ["a", "0", "client-a", "a_b-c", &long[..63]] {
        machine.pipe("x\n", &["--tenant", good, "ingest"]).exits(0);
    }
}

#[test]
fn a_configuration_file_is_obeyed_or_explained() {
    let machine = Machine::new();
    let other = machine.path("elsewhere/logs.redb");
    let good = format!("store = \"{}\"\ntenant = \"client-a\"\n", other.display());
    machine.file("config/brainstem/config.toml", &good);
    let mut command = machine.command(&["ingest", &demo("alder.log")]);
    command.env_remove("BRAINSTEM_STORE").assert().success();
    assert!(other.exists() && !machine.store().exists());
    let mut command = machine.command(&["status", "--format", "json"]);
    let output = command
        .env_remove("BRAINSTEM_STORE")
        .output()
        .expect("it runs");
    assert_eq!(Run::of(&["status"], output).json()["tenant_id"], "client-a");
    for bad in ["store = ", "no.such.key = 1\n", "tenant = [1]\n", "\u{0}"] {
        let file = machine.file("bad.toml", bad);
        told(
            &machine
                .run(&["--config", &file, "status"])
                .exits(2)
                .says("bad.toml"),
        );
    }
    let absent = text(&machine.path("absent.toml"));
    machine
        .run(&["--config", &absent, "status"])
        .exits(66)
        .says("absent.toml");
}

#[test]
fn every_judgement_names_the_configuration_it_was_made_under() {
    let machine = Machine::with_demo();
    let file = machine.file("other.toml", "burst.factor = 4\n");
    for args in [
        &["candidates"][..],
        &["digest", "--dry-run"],
        &["signatures"],
        &["replay"],
    ] {
        let said = machine.ok(args);
        assert!(said.out().contains(", as it comes."), "{args:?}");
        let json = |args: &[&str]| {
            let answer = machine.ok(&[args, &["--format", "json"]].concat()).json();
            answer["configuration"].as_str().map(String::from)
        };
        let hash = json(args).expect("a hash");
        assert!(said.out().contains(&hash), "{args:?}");
        let other = [&["--config", &file], args].concat();
        assert!(
            machine
                .ok(&other)
                .out()
                .contains(", with 1 constant changed.")
        );
        assert_ne!(json(&other), Some(hash), "{args:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let machine = Machine::with_demo();
    for args in [
        &["events", "--raw", "--limit", "0"][..],
        &["events", "--limit", "0", "--format", "ndjson"],
        &["events", "--limit", "0", "--format", "json"],
        &["events", "--limit", "0", "--format", "csv"],
        &["events", "--limit", "0"],
        &["signatures", "--limit", "0", "--wide"],
    ] {
        let mut child = machine
            .process(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut stdout = child.stdout.take().expect("a pipe");
        let mut some = [0; 10];
        stdout.read_exact(&mut some).expect("a beginning");
        drop(stdout);
        let run = ended(args, child).exits(0);
        // Old logs are answered as of their end, which is said; the closed pipe is not.
        assert!(!run.err().to_lowercase().contains("pipe"), "{}", run.err());
        assert!(run.err().lines().count() <= 1, "{}", run.err());
    }
}

#[test]
fn a_full_disk_under_the_answer_is_an_error() {
    let machine = Machine::with_demo();
    for args in [
        &["candidates"][..],
        &["events", "--raw", "--limit", "0"],
        &["man"],
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let output = machine
            .process(args)
            .stdin(Stdio::null())
            .stdout(full.expect("Linux has it"))
            .output()
            .expect("the program runs");
        Run::of(args, output).exits(74).says("No space left");
    }
}

#[test]
fn quiet_means_results_and_errors_only() {
    let machine = Machine::new();
    let log = machine.file("app.log", minutes("web-1", 0..20));
    let run = machine.ok(&["--quiet", "ingest", &log]);
    assert_eq!((run.out(), run.err()), (String::new(), String::new()));
    let run = machine.ok(&["--quiet", "candidates"]);
    assert_eq!(run.err(), "");
    let absent = text(&machine.path("absent.log"));
    machine
        .run(&["--quiet", "ingest", &log, &absent])
        .exits(1)
        .says("absent.log");
}

#[test]
fn secrets_are_masked_unless_asked_for() {
    let machine = Machine::new();
    let line = "2026-03-02T00:00:00+00:00 web-1 app: login with password=hunter2 failed\n";
    machine.pipe(line, &["ingest"]).exits(0);
    for format in ["table", "json", "ndjson", "csv", "markdown"] {
        let args = ["events", "--wide", "--format", format];
        assert!(!machine.ok(&args).out().contains("hunter2"), "{format}");
        let shown = machine.ok(&[&args[..], &["--show-secrets"]].concat());
        assert!(shown.out().contains("hunter2"), "{format}: {}", shown.out());
    }
    assert_eq!(machine.ok(&["events", "--raw"]).out(), line);
}

#[test]
fn colour_is_for_those_who_ask() {
    let machine = Machine::with_demo();
    let args = ["--as-of", DEMO_END, "digest"];
    assert!(!machine.ok(&args).out.contains(&0x1b));
    let coloured = machine.ok(&[&args[..], &["--color", "always"]].concat());
    assert!(coloured.out.contains(&0x1b));
    let ascii = machine.ok(&[&args[..], &["--ascii"]].concat());
    assert!(ascii.out.is_ascii(), "{}", ascii.out());
}

#[test]
fn a_slip_in_an_id_is_answered_with_the_id() {
    let machine = Machine::with_demo();
    for (slip, meant) in [
        ("cand_gsnrlk", "did you mean cand_gsnrlc"),
        ("cand_gnsrlc", "did you mean cand_gsnrlc"),
        ("sig_fhzldq", "did you mean sig_fhzdlq"),
    ] {
        machine
            .run(&["explain", slip, "--as-of", "2026-03-16"])
            .exits(1)
            .says(meant);
    }
    let far = machine.run(&["explain", "cand_zzzzzz", "--as-of", "2026-03-16"]);
    assert!(!far.exits(1).err().contains("did you mean"));
}
