//! A machine of its own for each test: a home, a place for the store, logs, and a way to run the real program there.

use assert_cmd::Command;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::cell::Cell;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;
use tempfile::TempDir;

/// Just after the last event of the demo logs.
pub const DEMO_END: &str = "2026-03-16T00:00:00Z";

/// A directory that is home, work place and everything else to the program, and is gone after the test.
pub struct Machine {
    dir: TempDir,
    store: PathBuf,
    /// Bytes between two commits, if not as many as usual.
    batch: Cell<Option<usize>>,
}

impl Machine {
    /// A machine without a store.
    pub fn new() -> Machine {
        let dir = TempDir::new().expect("a temporary directory");
        let store = dir.path().join("store/store.redb");
        Machine {
            dir,
            store,
            batch: Cell::new(None),
        }
    }

    /// A machine whose store holds the demo logs. They are read once; each test works on a copy.
    pub fn with_demo() -> Machine {
        static DEMO: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let machine = Machine::new();
            machine.ok(&["ingest", &demo("")]);
            fs::read(machine.store()).expect("the store of the demo logs")
        });
        let machine = Machine::new();
        fs::create_dir(machine.path("store")).expect("a directory for the store");
        fs::write(machine.store(), &*DEMO).expect("a copy of the store");
        machine
    }

    /// From now on runs commit whenever they have read so many bytes.
    pub fn commit_every(&self, bytes: usize) {
        self.batch.set(Some(bytes));
    }

    /// Where the store is, or will be.
    pub fn store(&self) -> &Path {
        &self.store
    }

    /// A path on this machine.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, with the directories above it, and returns its path as an argument.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        let above = path.parent().expect("a path below the machine");
        fs::create_dir_all(above).expect("directories");
        fs::write(&path, content).expect("a file");
        text(&path)
    }

    /// Adds to the end of a file.
    pub fn append(&self, path: &str, content: impl AsRef<[u8]>) {
        let mut file = fs::OpenOptions::new()
            .append(true)
            .open(path)
            .expect("a file to append to");
        file.write_all(content.as_ref()).expect("room to append");
    }

    /// The program, in this machine's surroundings and nobody else's. One that hangs is ended.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::from_std(self.process(args));
        command
            .current_dir(self.dir.path())
            .timeout(Duration::from_secs(300));
        command
    }

    /// The same for tests that talk to it while it runs.
    pub fn process(&self, args: &[&str]) -> std::process::Command {
        let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_brainstem"));
        self.surround(&mut process).args(args);
        process
    }

    /// Another program in this machine's surroundings.
    pub fn surround<'c>(
        &self,
        process: &'c mut std::process::Command,
    ) -> &'c mut std::process::Command {
        let home = self.dir.path();
        let batch = self.batch.get().map(|bytes| bytes.to_string());
        process
            .current_dir(home)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("TZ", "UTC")
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("BRAINSTEM_STORE", &self.store)
            .envs(batch.map(|bytes| ("BRAINSTEM_BATCH_BYTES", bytes)))
    }

    /// Runs the program with an empty standard input.
    pub fn run(&self, args: &[&str]) -> Run {
        Run::of(args, self.command(args).output().expect("the program runs"))
    }

    /// Runs the program as somebody whom the modes of files bind. Root is not bound by them, and becomes nobody for it.
    pub fn run_without_rights(&self, args: &[&str]) -> Run {
        if !rustix::process::geteuid().is_root() {
            return self.run(args);
        }
        // Where the program was built nobody else may be able to go.
        let program = self.path("brainstem");
        // Copied by another process: a file that this one has open for writing may be inherited by what other tests start
        // meanwhile, and is not run then.
        let copied = std::process::Command::new("cp")
            .arg(env!("CARGO_BIN_EXE_brainstem"))
            .arg(&program)
            .status();
        assert!(copied.is_ok_and(|status| status.success()), "a copy");
        self.mode("brainstem", 0o755);
        let mut process = std::process::Command::new(&program);
        self.surround(&mut process).args(args).uid(65534);
        Run::of(args, process.output().expect("the program runs"))
    }

    /// Sets the mode of a file or directory of this machine.
    pub fn mode(&self, name: &str, mode: u32) {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(self.path(name), mode).expect("a file of ours");
    }

    /// Runs the program with this on standard input.
    pub fn pipe(&self, input: impl Into<Vec<u8>>, args: &[&str]) -> Run {
        let mut command = self.command(args);
        let output = command
            .write_stdin(input)
            .output()
            .expect("the program runs");
        Run::of(args, output)
    }

    /// Runs the program, which must end with 0.
    pub fn ok(&self, args: &[&str]) -> Run {
        self.run(args).exits(0)
    }

    /// Runs the program, which must end with 0, and reads its answer.
    pub fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--format", "json"]].concat())
            .exits(0)
            .json()
    }

    /// All records of the store as they came, in the order they came in.
    pub fn raw(&self) -> Vec<u8> {
        self.ok(&["events", "--raw", "--limit", "0"]).out
    }

    /// How many records the store holds.
    pub fn count(&self) -> u64 {
        number(&self.run(&["status", "--format", "json"]).json()["counts"]["events"])
    }
}

/// What the program did.
#[derive(Debug)]
pub struct Run {
    /// The command line, for messages.
    pub said: String,
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: Vec<u8>,
    /// Standard error.
    pub err: Vec<u8>,
}

impl Run {
    /// What a process did. Whatever it was asked, it may not panic, and must be polite on standard error.
    pub fn of(args: &[&str], output: std::process::Output) -> Run {
        let run = Run {
            said: args.join(" "),
            code: output.status.code(),
            out: output.stdout,
            err: output.stderr,
        };
        let err = run.err();
        assert!(
            run.code != Some(70) && run.code != Some(101) && !err.contains("internal error"),
            "brainstem {} failed inside: {err}",
            run.said
        );
        assert_eq!(
            control(&run.err),
            None,
            "brainstem {}: standard error holds what a terminal obeys: {err:?}",
            run.said
        );
        run
    }

    /// The same, if it ended with this code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        assert_eq!(
            self.code,
            Some(code),
            "brainstem {}\nstandard output: {}\nstandard error: {}",
            self.said,
            self.out(),
            self.err()
        );
        self
    }

    /// The same, if standard error says this.
    #[track_caller]
    pub fn says(self, what: &str) -> Run {
        assert!(
            self.err().contains(what),
            "brainstem {} does not say {what:?} but {:?}",
            self.said,
            self.err()
        );
        self
    }

    /// Standard output as text.
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    /// Standard error as text.
    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.err).into_owned()
    }

    /// Standard output, which must be one JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|e| {
            panic!(
                "brainstem {} does not answer in JSON: {e}\n{}\n{}",
                self.said,
                self.out(),
                self.err()
            )
        })
    }
}

/// The first character that steers a terminal or hides something, other than the end of a line.
pub fn control(bytes: &[u8]) -> Option<char> {
    String::from_utf8_lossy(bytes).chars().find(|&c| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
            || ('\u{e0000}'..='\u{e007f}').contains(&c)
    })
}

/// Compares bytes and tells of the first difference only.
#[track_caller]
pub fn same(got: &[u8], expected: &[u8]) {
    if got == expected {
        return;
    }
    let at = got.iter().zip(expected).take_while(|(a, b)| a == b).count();
    let around = |bytes: &[u8]| {
        let from = at.saturating_sub(60).min(bytes.len());
        let to = (at + 60).min(bytes.len());
        bytes[from..to].escape_ascii().to_string()
    };
    panic!(
        "{} bytes instead of {}, different from byte {at}:\n{}\ninstead of\n{}",
        got.len(),
        expected.len(),
        around(got),
        around(expected)
    );
}

/// A file of the demo logs, or their directory.
pub fn demo(name: &str) -> String {
    fixture("demo", name)
}

/// A file or directory below `fixtures`.
pub fn fixture(of: &str, name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    text(&root.join(of).join(name))
}

/// A path as an argument.
pub fn text(path: &Path) -> String {
    path.to_str().expect("paths of tests are UTF-8").to_string()
}

/// A number of an answer.
#[track_caller]
pub fn number(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

/// The members of this name of all rows of a list.
#[track_caller]
pub fn column(rows: &Value, name: &str) -> Vec<String> {
    let rows = rows
        .as_array()
        .unwrap_or_else(|| panic!("{rows} is no list"));
    rows.iter()
        .map(|row| {
            row[name]
                .as_str()
                .unwrap_or_else(|| panic!("{row} has no {name}"))
                .to_string()
        })
        .collect()
}

/// Packed as gzip does.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).expect("memory has room");
    packer.finish().expect("memory has room")
}

/// Lines of a quiet service, one a minute from midnight of 2026-03-02, as rsyslog writes them.
pub fn minutes(host: &str, range: std::ops::Range<u32>) -> String {
    range
        .map(|n| {
            let (day, hour, minute) = (2 + n / 1440, n / 60 % 24, n % 60);
            format!(
                "2026-03-{day:02}T{hour:02}:{minute:02}:00+00:00 {host} poller[77]: polled {} devices in {} ms\n",
                n % 7 + 1,
                n * 13 % 900
            )
        })
        .collect()
}

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    /// The next, from 0 to 1.
    pub fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// The next, below this number.
    pub fn below(&mut self, sides: usize) -> usize {
        (self.roll() * sides as f64) as usize
    }
}
