//! What is generated and checked in, `man/` and `completions/`, is what the program generates, wherever it runs; and
//! help and manual fit 80 columns.
//!
//! After a change of the command line, `BRAINSTEM_BLESS=1 cargo test --test docs` writes the files anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The files of a folder by name.
type Files = BTreeMap<String, Vec<u8>>;

/// The shells, and what each wants its script to be called.
const SHELLS: [(&str, &str); 3] = [
    ("bash", "brainstem.bash"),
    ("zsh", "_brainstem"),
    ("fish", "brainstem.fish"),
];

/// Two places to run in that have nothing in common: what is generated must not show it.
const PLACES: [&[(&str, &str)]; 2] = [
    &[("HOME", "/home/one"), ("LC_ALL", "C"), ("COLUMNS", "60")],
    &[
        ("HOME", "/home/other"),
        ("LC_ALL", "de_DE.UTF-8"),
        ("COLUMNS", "200"),
        ("TZ", "Asia/Tokyo"),
        ("BRAINSTEM_STORE", "/srv/logs.redb"),
        ("BRAINSTEM_TENANT", "client-a"),
        ("XDG_DATA_HOME", "/srv/data"),
        ("NO_COLOR", "1"),
    ],
];

fn root(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

fn run(arguments: &[&str], place: &[(&str, &str)]) -> Output {
    let done = Command::new(env!("CARGO_BIN_EXE_brainstem"))
        .args(arguments)
        .env_clear()
        .envs(place.iter().copied())
        .output()
        .expect("the program runs");
    assert!(done.status.success(), "{arguments:?}: {done:?}");
    assert!(done.stderr.is_empty(), "{arguments:?}: {done:?}");
    done
}

/// What the program says where there is most room.
fn text(arguments: &[&str]) -> String {
    String::from_utf8(run(arguments, PLACES[1]).stdout).expect("help is UTF-8")
}

fn files_in(folder: &Path) -> Files {
    let Ok(entries) = fs::read_dir(folder) else {
        return Files::new();
    };
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, fs::read(entry.path()).expect("a readable file"))
    };
    entries.map(|e| read(e.expect("an entry"))).collect()
}

fn manual(place: &[(&str, &str)]) -> Files {
    let folder = tempfile::tempdir().expect("a directory");
    let name = folder.path().to_str().expect("UTF-8");
    run(&["man", "--directory", name], place);
    files_in(folder.path())
}

fn completions(place: &[(&str, &str)]) -> Files {
    let script = |(shell, file): (&str, &str)| {
        let script = run(&["completions", shell], place).stdout;
        (file.to_string(), script)
    };
    SHELLS.map(script).into()
}

/// Fails when the folder of the repository is not what is generated; with `BRAINSTEM_BLESS`, makes it so.
fn compare(folder: &str, made: &Files) {
    let path = root(folder);
    let checked_in = files_in(&path);
    if std::env::var_os("BRAINSTEM_BLESS").is_some() {
        fs::create_dir_all(&path).expect("a directory");
        for name in checked_in.keys().filter(|name| !made.contains_key(*name)) {
            fs::remove_file(path.join(name)).expect("a file to remove");
        }
        for (name, content) in made {
            fs::write(path.join(name), content).expect("a file to write");
        }
        return;
    }
    let names = checked_in.keys().chain(made.keys());
    let stale: Vec<&String> = names
        .filter(|name| checked_in.get(*name) != made.get(*name))
        .collect();
    assert!(
        stale.is_empty(),
        "{folder}/ is stale: {stale:?}; BRAINSTEM_BLESS=1 cargo test --test docs writes it anew"
    );
}

/// The subcommands, as the help lists them.
fn subcommands() -> Vec<String> {
    let help = text(&["--help"]);
    let (_, list) = help
        .split_once("\nCommands:\n")
        .expect("a list of commands");
    let (list, _) = list.split_once("\n\n").expect("an end of the list");
    let lines = list.lines().filter_map(|line| line.strip_prefix("  "));
    let names = lines.filter_map(|line| line.split(' ').next());
    let names = names.filter(|name| !name.is_empty() && *name != "help");
    names.map(String::from).collect()
}

#[test]
fn the_manual_is_what_the_program_writes_anywhere() {
    let [one, other] = PLACES.map(manual);
    assert_eq!(one, other);
    let names: Vec<String> = (subcommands().iter())
        .map(|name| format!("brainstem-{name}.1"))
        .chain(["brainstem.1".to_string()])
        .collect();
    assert!(names.len() > 10, "{names:?}");
    let missing: Vec<&String> = names.iter().filter(|n| !one.contains_key(*n)).collect();
    assert!(missing.is_empty(), "no page: {missing:?}");
    assert_eq!(one.len(), names.len());
    compare("man", &one);
}

#[test]
fn the_completions_are_what_the_program_writes_anywhere() {
    let [one, other] = PLACES.map(completions);
    assert_eq!(one, other);
    compare("completions", &one);
}

#[test]
fn a_single_page_is_the_one_of_the_directory() {
    let pages = manual(PLACES[0]);
    assert_eq!(text(&["man"]).as_bytes(), pages["brainstem.1"]);
    let digest = text(&["man", "digest"]);
    assert_eq!(digest.as_bytes(), pages["brainstem-digest.1"]);
}

#[test]
fn the_manual_lists_every_variable_that_stands_for_an_option() {
    let pages = manual(PLACES[0]);
    let whole = String::from_utf8_lossy(&pages["brainstem.1"]);
    let (_, section) = whole.split_once(".SH ENVIRONMENT\n").expect("a section");
    let (section, _) = section.split_once(".SH").expect("an end of it");
    let mut count = 0;
    for page in pages.values() {
        let page = String::from_utf8_lossy(page);
        for rest in page.split("[environment: \\fB").skip(1) {
            let (name, _) = rest.split_once("\\fR").expect("a name in bold");
            count += 1;
            assert!(section.contains(&format!("\n{name} ")), "{name} is missing");
        }
    }
    assert!(count >= 3, "{count} variables");
}

/// Columns that a manual page of 80 leaves behind its margin.
const MANUAL_COLUMNS: usize = 73;

#[test]
fn lines_of_the_manual_that_are_not_filled_fit_80_columns() {
    for (name, page) in manual(PLACES[0]) {
        let page = String::from_utf8(page).expect("UTF-8");
        for block in page.split(".nf\n").skip(1) {
            let (block, _) = block.split_once(".fi\n").expect("an end of the block");
            for line in block.lines() {
                let shown = line.replace("\\*(Aq", "'").replace('\\', "");
                let width = shown.chars().count();
                assert!(width <= MANUAL_COLUMNS, "{name}: {width}: {shown}");
            }
        }
    }
}

#[test]
fn help_fits_80_columns_and_ends_in_what_to_type() {
    let commands = subcommands();
    for command in &commands {
        for flag in ["-h", "--help"] {
            let help = text(&[command, flag]);
            let wide = help.lines().find(|line| line.chars().count() > 80);
            assert_eq!(wide, None, "{command} {flag}");
            assert!(
                help.contains("\nExample"),
                "{command} {flag} has no example"
            );
        }
    }
    // One screen: little more than the list of subcommands.
    let short = text(&["-h"]);
    assert!(short.lines().count() <= commands.len() + 21, "{short}");
}

/// What bash offers after `words`, the last of which is being typed, where there is no store.
fn offered(words: &[&str]) -> Vec<String> {
    offered_with("/absent/store.redb", words)
}

/// What bash offers with a store.
fn offered_with(store: &str, words: &[&str]) -> Vec<String> {
    let [.., before, typed] = words else {
        panic!("a command and a word");
    };
    let script = format!(
        "source <('{program}' completions bash) && COMP_WORDS=('{program}' {rest}) && COMP_CWORD={at} && \
         _brainstem '{program}' '{typed}' '{before}' && printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        program = env!("CARGO_BIN_EXE_brainstem"),
        rest = words[1..].join(" "),
        at = words.len() - 1,
    );
    let done = Command::new("bash")
        .args(["--norc", "-c", &script])
        .env("BRAINSTEM_STORE", store)
        .output()
        .expect("bash runs");
    assert!(done.status.success(), "{done:?}");
    let text = String::from_utf8(done.stdout).expect("UTF-8");
    text.lines().map(String::from).collect()
}

#[test]
fn bash_completes_subcommands_options_and_values() {
    assert_eq!(offered(&["brainstem", "dig"]), ["digest"]);
    assert_eq!(offered(&["brainstem", "digest", "--lim"]), ["--limit"]);
    let bands = offered(&["brainstem", "candidates", "--band", "u"]);
    assert_eq!(bands, ["urgent_human_review"]);
    let formats = offered(&["brainstem", "ingest", "--input-format", "sys"]);
    assert_eq!(formats, ["syslog"]);
}

#[test]
fn ids_and_tenants_are_completed_from_the_store() {
    let folder = tempfile::tempdir().expect("a directory");
    let store = folder.path().join("s.redb");
    let store = store.to_str().expect("UTF-8");
    let demo = root("fixtures/demo");
    let demo = demo.to_str().expect("UTF-8");
    run(
        &["--store", store, "--tenant", "client-a", "ingest", demo],
        &[],
    );
    let ids = offered_with(
        store,
        &["brainstem", "--tenant", "client-a", "explain", "cand_"],
    );
    assert_eq!(ids.len(), 7, "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with("cand_")), "{ids:?}");
    let signatures = [
        "brainstem",
        "--tenant",
        "client-a",
        "events",
        "--signature",
        "sig_fhz",
    ];
    assert_eq!(offered_with(store, &signatures).len(), 1);
    let tenants = ["brainstem", "digest", "--tenant", "cl"];
    assert_eq!(offered_with(store, &tenants), ["client-a"]);
    // Where there is no store, or a file that is none, nothing is said.
    for store in ["/absent/store.redb", demo] {
        let done = Command::new(env!("CARGO_BIN_EXE_brainstem"))
            .args(["complete", "explain", "c"])
            .env("BRAINSTEM_STORE", store)
            .output()
            .expect("it runs");
        assert!(done.status.success() && done.stdout.is_empty() && done.stderr.is_empty());
    }
}

#[test]
fn the_map_of_the_house_names_every_room() {
    let map = fs::read_to_string(root("src/lib.rs")).expect("the map");
    let rooms = map.lines().filter_map(|line| line.strip_prefix("pub mod "));
    let rooms: Vec<&str> = rooms.map(|room| room.trim_end_matches(';')).collect();
    assert!(rooms.contains(&"pipeline"), "{rooms:?}");
    let missing: Vec<&&str> = (rooms.iter())
        .filter(|room| !map.contains(&format!("[`{room}`]: ")))
        .collect();
    assert!(missing.is_empty(), "not on the map: {missing:?}");
}
