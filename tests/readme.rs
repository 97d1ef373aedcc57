//! README.md tells the truth: what its console blocks show is what the program prints, and its lists are complete.
//!
//! Each `console` block is run by `sh`, in order and in one directory, beside a copy of the demo logs. When pages change,
//! `BRAINSTEM_BLESS=1 cargo test --test readme` writes what they print now; ids in commands follow those printed before.

use regex::Regex;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A command of a console block, and what the README says it prints.
#[derive(Debug)]
struct Step {
    command: String,
    shown: String,
}

/// The README in pieces: text as it is, and the steps of console blocks.
enum Piece {
    Text(String),
    Steps(Vec<Step>),
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).expect("a README")
}

fn pieces(readme: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut lines = readme.split_inclusive('\n');
    while let Some(line) = lines.next() {
        text.push_str(line);
        if line == "```console\n" {
            let block: String = lines.by_ref().take_while(|l| *l != "```\n").collect();
            pieces.push(Piece::Text(std::mem::take(&mut text)));
            pieces.push(Piece::Steps(steps(&block)));
            text.push_str("```\n");
        }
    }
    pieces.push(Piece::Text(text));
    pieces
}

/// Lines that begin with `$ ` are typed, and go on after a backslash; the others are printed.
fn steps(block: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in block.split_inclusive('\n') {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step {
                command: command.to_string(),
                shown: String::new(),
            }),
            (None, Some(step)) if step.command.ends_with("\\\n") => step.command.push_str(line),
            (None, Some(step)) => step.shown.push_str(line),
            (None, None) => panic!("a console block begins with a command, not with {line:?}"),
        }
    }
    steps
}

/// A directory with the demo logs where the README has them.
fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a directory");
    let demo = place.path().join("fixtures/demo");
    fs::create_dir_all(&demo).expect("a directory");
    for entry in fs::read_dir(root().join("fixtures/demo")).expect("the demo logs") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), demo.join(entry.file_name())).expect("a copy");
    }
    place
}

/// What `command` prints, errors and results as they come.
fn printed(command: &str, place: &Path) -> String {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_brainstem"));
    let folder = program.parent().expect("a directory").display();
    let done = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(place)
        .env_clear()
        .env("PATH", format!("{folder}:/usr/bin:/bin"))
        .env("HOME", place)
        .env("TZ", "UTC")
        .env("BRAINSTEM_STORE", "store.redb")
        .output()
        .expect("sh runs");
    let text = String::from_utf8(done.stdout).expect("UTF-8");
    assert!(done.status.success(), "{command}{text}");
    text
}

/// What is the same at every run: not how long it took, nor how long ago the demo was. The first moves the breaks of its
/// paragraph, which is then compared by words.
fn lasting(text: &str) -> String {
    let age = Regex::new(r"the newest event is \S+( \S+)? old;").expect("a valid expression");
    let took = Regex::new(r"\bin \d[^()]*s\)").expect("a valid expression");
    let text = age.replace(text, "the newest event is AGE old;");
    if !took.is_match(&text) {
        return text.into_owned();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    took.replace(&words.join(" "), "in TIME)").into_owned()
}

/// Ids as they were printed before, with what stands in their place now.
#[derive(Default)]
struct Renamed(BTreeMap<String, String>);

impl Renamed {
    fn ids(text: &str) -> Vec<String> {
        let id = Regex::new(r"\b(cand|sig|evt|inc)_[a-z]+").expect("a valid expression");
        let mut ids: Vec<String> = Vec::new();
        for found in id.find_iter(text).map(|found| found.as_str().to_string()) {
            if !ids.contains(&found) {
                ids.push(found);
            }
        }
        ids
    }

    fn learn(&mut self, shown: &str, printed: &str) {
        let pairs = Renamed::ids(shown).into_iter().zip(Renamed::ids(printed));
        for (old, new) in pairs {
            self.0.entry(old).or_insert(new);
        }
    }

    fn apply(&self, command: &str) -> String {
        let ids = Renamed::ids(command);
        ids.iter().fold(command.to_string(), |command, old| {
            command.replace(old, self.0.get(old).unwrap_or(old))
        })
    }
}

#[test]
fn console_blocks_show_what_the_program_prints() {
    let place = place();
    let bless = std::env::var_os("BRAINSTEM_BLESS").is_some();
    let mut renamed = Renamed::default();
    let (mut written, mut count) = (String::new(), 0);
    for piece in pieces(&readme()) {
        let steps = match piece {
            Piece::Text(text) => {
                written.push_str(&text);
                continue;
            }
            Piece::Steps(steps) => steps,
        };
        for step in steps {
            count += 1;
            let command = match bless {
                true => renamed.apply(&step.command),
                false => step.command,
            };
            let now = printed(&command, place.path());
            if !bless {
                let (now, shown) = (lasting(&now), lasting(&step.shown));
                assert!(now == shown, "$ {command}shown:\n{shown}\nprinted:\n{now}");
            }
            renamed.learn(&step.shown, &now);
            // What only took another time is left as it was.
            let keep = lasting(&now) == lasting(&step.shown);
            written.push_str(&format!(
                "$ {command}{}",
                if keep { &step.shown } else { &now }
            ));
        }
    }
    assert!(count >= 8, "{count} commands");
    if bless {
        fs::write(root().join("README.md"), written).expect("the README written");
    }
}

/// The lines of the block that begins with this line.
fn block_of(readme: &str, first: &str) -> Vec<String> {
    let (_, block) = readme.split_once(first).expect("a block");
    let lines = block.lines().skip(1).take_while(|l| *l != "```");
    lines.map(String::from).collect()
}

#[test]
fn what_cron_and_logrotate_are_told_to_run_runs() {
    let place = place();
    let readme = readme();
    let cron = block_of(&readme, "# /etc/cron.d/brainstem");
    let jobs = cron
        .iter()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    let jobs = jobs.filter_map(|line| line.split_once(" root ").map(|(_, job)| job.to_string()));
    let rotation = block_of(&readme, "# /etc/logrotate.d/app");
    let hook = rotation
        .iter()
        .map(|line| line.trim())
        .find(|line| line.starts_with("brainstem "));
    let all: Vec<String> = jobs.chain(hook.map(String::from)).collect();
    assert_eq!(all.len(), 3, "{all:?}");
    for command in all {
        let here = command
            .replace("/var/log", "fixtures/demo")
            .replace("/srv/app", "fixtures/demo");
        let printed = printed(&here, place.path());
        // What takes logs in says nothing, or cron would mail it.
        assert_eq!(printed.is_empty(), command.contains("ingest"), "{printed}");
    }
}

#[test]
fn logrotate_takes_its_example() {
    let place = tempfile::tempdir().expect("a directory");
    let app = place.path().join("app");
    fs::create_dir(&app).expect("a directory");
    fs::write(
        app.join("app.log"),
        "2026-03-01T00:00:00+00:00 web app[7]: the door is open\n",
    )
    .expect("a log");
    let rules = block_of(&readme(), "# /etc/logrotate.d/app").join("\n");
    let rules = rules.replace("/srv/app", app.to_str().expect("UTF-8"));
    let file = place.path().join("app.conf");
    fs::write(&file, rules).expect("a file");
    let tried = Command::new("/usr/sbin/logrotate")
        .args(["--force", "--state"])
        .arg(place.path().join("state"))
        .arg(&file)
        .env("BRAINSTEM_STORE", place.path().join("s.redb"))
        .env(
            "PATH",
            format!(
                "{}:/usr/bin:/bin",
                Path::new(env!("CARGO_BIN_EXE_brainstem"))
                    .parent()
                    .expect("a directory")
                    .display()
            ),
        )
        .output();
    let Ok(done) = tried else {
        // Where there is no logrotate, there is nothing to be taken.
        return;
    };
    assert!(done.status.success(), "{done:?}");
    assert!(place.path().join("s.redb").exists() && app.join("app.log.1.gz").exists());
    let events = Command::new(env!("CARGO_BIN_EXE_brainstem"))
        .args(["events", "--raw"])
        .env("BRAINSTEM_STORE", place.path().join("s.redb"))
        .output()
        .expect("it runs");
    assert!(String::from_utf8_lossy(&events.stdout).contains("the door is open"));
}

#[test]
fn settings_are_understood() {
    let place = place();
    let readme = readme();
    let blocks = readme.split("```toml\n").skip(1);
    let blocks: Vec<&str> = blocks.filter_map(|b| b.split("```").next()).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        fs::write(place.path().join("config.toml"), block).expect("a file");
        let command = "brainstem --config config.toml --quiet digest fixtures/demo/alder.log";
        assert!(!printed(command, place.path()).is_empty());
    }
}

#[test]
fn lists_are_complete() {
    let readme = readme();
    let formats = brainstem::formats::FORMATS.iter().map(|f| f.name());
    let types = brainstem::discovery::DETECTORS.iter().map(|d| d.name());
    let outputs = brainstem::report::RENDERERS.iter().map(|r| r.name());
    for name in formats.chain(types).chain(outputs) {
        assert!(readme.contains(&format!("`{name}`")), "{name} is missing");
    }
}

#[test]
fn links_lead_somewhere() {
    let link = Regex::new(r"\]\(([^)#:]+)\)").expect("a valid expression");
    let readme = readme();
    let links: Vec<&str> = (link.captures_iter(&readme))
        .filter_map(|found| found.get(1).map(|path| path.as_str()))
        .collect();
    assert!(!links.is_empty());
    for path in links {
        assert!(root().join(path).exists(), "{path}");
    }
}
