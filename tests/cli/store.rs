//! The store file: private, never somebody else's, never half, never shared by two writers.

use crate::machine::{Machine, Run, minutes, number, same, text};
use crate::patience::until;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").mode() & 0o7777
}

#[test]
fn a_new_store_is_private_whatever_the_umask() {
    for umask in ["000", "022", "077"] {
        let machine = Machine::new();
        let log = machine.file("app.log", minutes("web-1", 0..3));
        let script = format!("umask {umask}; exec \"$0\" ingest \"$1\"");
        let mut shell = Command::new("/bin/sh");
        let output = machine
            .surround(shell.args(["-c", &script, env!("CARGO_BIN_EXE_brainstem"), &log]))
            .stdin(Stdio::null())
            .output()
            .expect("a shell");
        Run::of(&["ingest"], output).exits(0);
        assert_eq!(mode(machine.store()), 0o600, "umask {umask}");
        assert_eq!(mode(&machine.path("store")), 0o700, "umask {umask}");
        let beside: Vec<_> = fs::read_dir(machine.path("store"))
            .expect("a directory")
            .collect();
        // The store, and the space that is put aside for it.
        assert_eq!(beside.len(), 2, "{beside:?}");
        let reserve = machine.path("store/.store.redb.reserve");
        assert_eq!(mode(&reserve), 0o600, "umask {umask}");
    }
}

#[test]
fn links_pipes_and_second_names_are_refused_and_left_alone() {
    let other = Machine::with_demo();
    let whole = fs::read(other.store()).expect("a store");
    for reading in [false, true] {
        let machine = Machine::new();
        fs::create_dir(machine.path("store")).expect("a directory");
        let run = |code: i32| {
            let log = machine.file("app.log", minutes("web-1", 0..3));
            let args: &[&str] = if reading {
                &["status"]
            } else {
                &["ingest", &log]
            };
            machine.run(args).exits(code).says("hint: ");
            fs::remove_file(machine.store()).expect("what was put there");
        };
        symlink(other.store(), machine.store()).expect("a link");
        run(73);
        symlink(machine.path("nowhere"), machine.store()).expect("a link");
        run(73);
        assert!(!machine.path("nowhere").exists());
        let pipe = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, machine.store(), pipe).expect("a named pipe");
        run(73);
        fs::hard_link(other.store(), machine.store()).expect("a second name");
        run(73);
    }
    same(&fs::read(other.store()).expect("a store"), &whole);
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    let cut = {
        let machine = Machine::with_demo();
        let mut bytes = fs::read(machine.store()).expect("a store");
        bytes.truncate(5000);
        bytes
    };
    let cases: [(&str, Vec<u8>); 5] = [
        ("empty", Vec::new()),
        ("text", b"dear diary\n".repeat(2000)),
        ("short", b"redb".to_vec()),
        ("zeros", vec![0; 100_000]),
        ("cut", cut),
    ];
    for (what, content) in cases {
        let machine = Machine::new();
        let log = machine.file("app.log", minutes("web-1", 0..3));
        machine.file("store/store.redb", &content);
        for args in [
            &["ingest", log.as_str()][..],
            &["status"],
            &["events"],
            &["promote", "cand_b"],
        ] {
            let run = machine.run(args);
            assert_eq!(run.code, Some(65), "{what}, {args:?}: {}", run.err());
            let json = machine.run(&[args, &["--format", "json"]].concat());
            assert_eq!(json.json()["error"]["code"], "data", "{what}, {args:?}");
        }
        same(&fs::read(machine.store()).expect("the file"), &content);
    }
}

#[test]
fn a_directory_is_no_store() {
    let machine = Machine::new();
    fs::create_dir_all(machine.store()).expect("a directory");
    let log = machine.file("app.log", minutes("web-1", 0..3));
    machine.run(&["ingest", &log]).exits(65).says("directory");
    machine.run(&["status"]).exits(65).says("directory");
}

#[test]
fn a_place_where_anybody_may_swap_files_is_refused() {
    let machine = Machine::new();
    fs::create_dir(machine.path("store")).expect("a directory");
    let open = fs::Permissions::from_mode(0o777);
    fs::set_permissions(machine.path("store"), open).expect("a mode");
    let log = machine.file("app.log", minutes("web-1", 0..3));
    machine.run(&["ingest", &log]).exits(73).says("anybody");
    assert_eq!(
        fs::read_dir(machine.path("store"))
            .expect("a directory")
            .count(),
        0
    );
}

#[test]
fn a_store_cannot_be_made_below_a_file() {
    let machine = Machine::new();
    machine.file("store", "a file\n");
    let log = machine.file("app.log", minutes("web-1", 0..3));
    machine.run(&["ingest", &log]).exits(73).says("store");
}

#[test]
fn a_damaged_store_never_makes_the_program_fail_inside() {
    let whole = fs::read(Machine::with_demo().store()).expect("a store");
    let machine = Machine::new();
    let mut dice = 0x9e37_79b9_7f4a_7c15u64;
    for _ in 0..6 {
        let mut bytes = whole.clone();
        for _ in 0..20 {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            let at = (dice % bytes.len() as u64) as usize;
            bytes[at] ^= 1 << (dice >> 61);
        }
        machine.file("store/store.redb", &bytes);
        for args in [
            &["status"][..],
            &["candidates"],
            &["events", "--limit", "0"],
        ] {
            let run = machine.run(args);
            assert!(
                matches!(run.code, Some(0 | 1 | 65)),
                "{args:?}: {:?} {}",
                run.code,
                run.err()
            );
        }
    }
}

#[test]
fn a_store_of_a_newer_program_is_refused_and_left_alone() {
    use redb::{Database, TableDefinition};
    let machine = Machine::with_demo();
    {
        let database = Database::open(machine.store()).expect("a store is a redb file");
        let change = database.begin_write().expect("a transaction");
        {
            let meta: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
            let mut meta = change
                .open_table(meta)
                .expect("a table of names and values");
            meta.insert("version", 4_000_000u32.to_le_bytes().as_slice())
                .expect("room");
        }
        change.commit().expect("room");
    }
    let before = fs::read(machine.store()).expect("a store");
    let log = machine.file("app.log", minutes("web-1", 0..3));
    for args in [&["status"][..], &["ingest", &log]] {
        machine
            .run(args)
            .exits(65)
            .says("4000000")
            .says("newer brainstem");
    }
    let after = fs::read(machine.store()).expect("a store");
    assert_eq!(before.len(), after.len());
}

#[test]
fn a_file_beside_the_store_that_a_killed_process_left_is_cleared_away() {
    let machine = Machine::new();
    let left = machine.file("store/.store.redb.tmp.999999999", "half a store");
    let log = machine.file("app.log", minutes("web-1", 0..3));
    machine.ok(&["ingest", &log]);
    assert!(!Path::new(&left).exists());
}

#[test]
fn a_run_killed_while_it_makes_the_store_leaves_no_half_one() {
    let machine = Machine::new();
    let log = machine.file("app.log", minutes("web-1", 0..30));
    // Killed when the directory of the store shows the first sign of it, and a little later each time.
    for round in 0..12 {
        let mut child = machine
            .process(&["ingest", &log])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let directory = machine.path("store");
        until("a store to be begun", || {
            let begun = fs::read_dir(&directory).is_ok_and(|mut entries| entries.next().is_some());
            (begun || child.try_wait().expect("a child").is_some()).then_some(())
        });
        std::thread::sleep(std::time::Duration::from_micros(round * 700));
        child.kill().expect("a child");
        child.wait().expect("a child");
        // Under its name there is a whole store or none, and the next run clears away what is left of the other.
        let code = machine.run(&["status"]).code;
        assert!(matches!(code, Some(0 | 1 | 66)), "{code:?}");
        machine.ok(&["ingest", &log]);
        let left = fs::read_dir(&directory).expect("a directory").flatten();
        let names: Vec<_> = left.map(|entry| entry.file_name()).collect();
        let half = |name: &&std::ffi::OsString| name.to_string_lossy().contains(".tmp.");
        assert_eq!(names.iter().find(half), None, "{names:?}");
        same(&machine.raw(), minutes("web-1", 0..30).as_bytes());
        fs::remove_dir_all(&directory).expect("a directory");
    }
}

#[test]
fn the_store_can_be_named_on_the_command_line() {
    let machine = Machine::new();
    let log = machine.file("app.log", minutes("web-1", 0..3));
    let named = text(&machine.path("deep/down/other.redb"));
    machine.ok(&["--store", &named, "ingest", &log]);
    assert!(!machine.store().exists());
    let status = machine.json(&["status", "--store", &named]);
    assert_eq!(number(&status["counts"]["events"]), 3);
}

#[test]
fn status_is_not_well_when_nothing_was_read_for_long_and_says_so() {
    let machine = Machine::new();
    let log = machine.file(
        "elm.log",
        "Mar  9 10:00:00 elm app: one\nMar 12 10:00:00 elm app: two\n",
    );
    machine.ok(&["ingest", &log]);
    let now = machine.json(&["status"]);
    assert_eq!(now["healthy"], true);
    assert!(
        now["ingest_lag_seconds"].as_i64().is_some_and(|s| s < 600),
        "{now}"
    );
    assert_eq!(now["growth_per_day"]["events"], 1);
    let later = ["status", "--as-of", "2999-01-01"];
    let said = machine.run(&later).exits(1).out();
    assert!(said.contains("nothing was read for"), "{said}");
    machine.ok(&[&later[..], &["--stale-after", "never"]].concat());
    machine.run(&["status", "--stale-after", "soon"]).exits(2);
}

#[test]
fn status_tells_of_inputs_the_last_run_could_not_read() {
    let machine = Machine::new();
    let log = machine.file("elm.log", "Mar 12 10:00:00 elm app: one\n");
    machine.run(&["ingest", &log, "absent.log"]).exits(1);
    let said = machine.run(&["status"]).exits(1).out();
    assert!(said.contains("could not read one of"), "{said}");
    machine.append(&log, "Mar 12 10:00:01 elm app: two\n");
    machine.ok(&["ingest", &log]);
    machine.ok(&["status"]);
}
