//! Logs that were drawn, and a store in memory to read them into.

use brainstem::formats::Zone;
use brainstem::intake::{Binary, Limits, Partial};
use brainstem::pipeline::{
    BATCH_BYTES, Ingested, Missing, Pause, Progress, Request, Routes, View, ingest, view,
};
use brainstem::store::{Filter, Order, Store};
use brainstem::time::{DAY, HOUR, Timestamp};
use brainstem::tuning::Tuning;
use proptest::prelude::*;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Microseconds of 2026-03-02T00:00:00Z, when all drawn logs begin.
pub const BEGIN: Timestamp = Timestamp(1_772_409_600_000_000);
/// How many days they last.
pub const DAYS: i64 = 10;
/// When they end.
pub const END: Timestamp = Timestamp(BEGIN.0 + DAYS * DAY);

/// How many kinds of messages there are.
pub const KINDS: usize = 12;
/// The severity of each kind but the last, which has any; as a number of syslog.
const SEVERITIES: [u32; KINDS - 1] = [6, 3, 6, 4, 5, 6, 4, 4, 6, 4, 3];

/// A line that was drawn: when, where, and what it says.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its time.
    pub time: Timestamp,
    host: usize,
    kind: usize,
    word: usize,
    number: u32,
}

const HOSTS: [&str; 5] = ["web-1", "web-2", "db-1", "mail", "fw"];
const WORDS: [&str; 12] = [
    "orders", "carts", "users", "prices", "stock", "images", "search", "mails", "sessions", "tax",
    "refunds", "labels",
];

impl Line {
    /// The line in RFC 5424, without its end. Few templates, many values: families form, and differ by a word.
    pub fn text(&self) -> String {
        let (word, n, host) = (WORDS[self.word % 12], self.number, HOSTS[self.host % 5]);
        let (service, message) = match self.kind % KINDS {
            0 => ("api", format!("request {n} for {word} took {} ms", n % 977)),
            1 => (
                "api",
                format!("error: cannot load {word}: connection refused"),
            ),
            2 => ("jobs", format!("job {word} finished after {n} s")),
            3 => ("jobs", format!("job {word} failed with code {}", n % 5)),
            4 => (
                "link",
                format!("port {} is {}", n % 48, ["up", "down"][self.word % 2]),
            ),
            5 => (
                "sshd",
                format!(
                    "Accepted publickey for {word} from 192.0.2.{} port {n}",
                    n % 250
                ),
            ),
            6 => (
                "sshd",
                format!(
                    "Failed password for {word} from 192.0.2.{} port {n}",
                    n % 250
                ),
            ),
            7 => (
                "kernel",
                format!("disk sd{} is {} % full", ["a", "b"][self.word % 2], n % 100),
            ),
            8 => ("cache", format!("key={word}:{n} evicted=true size={n}")),
            9 => (
                "app",
                format!("warning: retry {} of {word}, timeout after {n} ms", n % 4),
            ),
            // One fingerprint whose variable is of another sort each time.
            10 => (
                "vpn",
                match self.word % 4 {
                    0 => format!("error: peer 192.0.2.{} is gone", n % 250),
                    1 => format!("error: peer gate-{n}.example.com is gone"),
                    2 => format!("error: peer {n} is gone"),
                    _ => format!("error: peer /run/peer/{n} is gone"),
                },
            ),
            _ => ("mix", format!("call {n} of {word} came back late")),
        };
        let severity = SEVERITIES.get(self.kind % KINDS).copied().unwrap_or(n % 8);
        let (priority, time) = (8 + severity, self.time.rfc3339());
        format!(
            "<{priority}>1 {time} {host} {service} {} - - {message}",
            n % 9
        )
    }
}

fn line() -> impl Strategy<Value = Line> {
    (
        0..DAYS * DAY / 100_000,
        0..5usize,
        0..KINDS,
        0..12usize,
        0..9999u32,
    )
        .prop_map(|(tenths, host, kind, word, number)| Line {
            time: BEGIN.plus(tenths * 100_000),
            host,
            kind,
            word,
            number,
        })
}

/// Something a detector should see: the same line again and again from a time on.
fn fault() -> impl Strategy<Value = Vec<Line>> {
    let gap = prop::sample::select(vec![HOUR / 90, HOUR, 5 * HOUR, DAY / 2]);
    (line(), gap, 3..40i64, any::<bool>()).prop_map(|(first, gap, times, spread)| {
        (0..times)
            .map(|n| Line {
                time: Timestamp((first.time.0 + n * gap).min(END.0 - 1)),
                host: first.host + if spread { n as usize } else { 0 },
                number: first.number + n as u32,
                ..first.clone()
            })
            .collect()
    })
}

/// A log: noise and some faults, in the order of time.
pub fn log() -> impl Strategy<Value = Vec<Line>> {
    let noise = prop::collection::vec(line(), 1..150);
    let faults = prop::collection::vec(fault(), 0..5);
    (noise, faults).prop_map(|(mut lines, faults)| {
        lines.extend(faults.into_iter().flatten());
        lines.sort_by_key(|l| l.time);
        lines
    })
}

/// Lines as a file holds them.
pub fn file_of<'l>(lines: impl IntoIterator<Item = &'l Line>) -> String {
    let mut text = String::new();
    for line in lines {
        writeln!(text, "{}", line.text()).expect("memory has room");
    }
    text
}

/// Files to be read, and a store in memory.
pub struct World {
    dir: TempDir,
    /// The store.
    pub store: Store,
}

struct Silent;

impl Progress for Silent {
    fn at(&mut self, _: u64, _: u64) {}

    fn stop(&self) -> bool {
        false
    }
}

impl World {
    /// Nothing yet.
    pub fn new() -> World {
        World {
            dir: TempDir::new().expect("a temporary directory"),
            store: Store::in_memory().expect("a store in memory"),
        }
    }

    /// Adds to a file, which need not be there.
    pub fn append(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        let mut whole = fs::read(&path).unwrap_or_default();
        whole.extend_from_slice(content.as_ref());
        fs::write(&path, whole).expect("a file");
        path
    }

    /// One run over these files.
    pub fn run(&self, tenant: &str, paths: &[&Path], threads: usize) -> Ingested {
        self.run_as(tenant, paths, threads, (None, Partial::Leave))
    }

    /// The same, with the format that was asked for, and what to do with a record that may go on.
    pub fn run_as(
        &self,
        tenant: &str,
        paths: &[&Path],
        threads: usize,
        (format, partial): (Option<&str>, Partial),
    ) -> Ingested {
        let request = Request {
            paths: paths.iter().map(|p| p.to_path_buf()).collect(),
            tenant: tenant.to_string(),
            format: format.map(String::from),
            columns: Vec::new(),
            label: "stdin".to_string(),
            zone: Zone::parse("UTC").expect("a zone"),
            received_at: END.plus(HOUR),
            written: None,
            binary: Binary::Leave,
            limits: Limits::default(),
            partial,
            threads,
            batch_bytes: BATCH_BYTES,
            pause: Pause::Wait,
            since: None,
            routes: Routes::default(),
            missing: Missing::Told,
            chunk: brainstem::pipeline::CHUNK,
        };
        ingest(&self.store, &request, &mut Silent).expect("a run")
    }

    /// A store that read this in one go.
    pub fn of(tenant: &str, content: &str) -> World {
        let world = World::new();
        let path = world.append("app.log", content);
        world.run(tenant, &[&path], 1);
        world
    }

    /// What the store says as of a time.
    pub fn view(&self, tenant: &str, as_of: Timestamp) -> View {
        view(&self.store, tenant, as_of, &Tuning::default()).expect("a view")
    }

    /// Everything that is known as of a time, to be compared.
    pub fn known(&self, tenant: &str, as_of: Timestamp) -> String {
        let seen = self.view(tenant, as_of);
        format!(
            "{:#?}\n{:#?}",
            seen.learned.facts, seen.discovery.candidates
        )
    }

    /// All records as they came, each with a line end.
    pub fn raw(&self, tenant: &str) -> Vec<u8> {
        let mut raw = Vec::new();
        self.store
            .search(tenant, &Filter::default(), Order::Oldest, &mut |found| {
                raw.extend_from_slice(&found.record.raw);
                raw.extend_from_slice(found.record.line_end);
                Ok(true)
            })
            .expect("a search");
        raw
    }
}

/// Compares long texts and tells of the first line that differs only.
pub fn same(got: &str, expected: &str) -> Result<(), TestCaseError> {
    if got == expected {
        return Ok(());
    }
    let differs = got.lines().zip(expected.lines()).enumerate();
    let (at, (got, expected)) = differs
        .clone()
        .find(|(_, (a, b))| a != b)
        .unwrap_or((0, ("more", "less")));
    Err(TestCaseError::fail(format!(
        "line {at}: {got:?} instead of {expected:?}"
    )))
}
