//! Killed processes, failing disks and power cuts at any step of an ingest: nothing is lost, nothing comes twice.

use super::{BATCH_BYTES, Ingested, Missing, Pause, Progress, Request, Routes, ingest, view};
use crate::error::{Error, Kind, Result};
use crate::formats::Zone;
use crate::intake::Partial;
use crate::store::disk::{Disk, Fault};
use crate::store::{Filter, Order, Store};
use crate::time::{DAY, Timestamp};
use crate::tuning::Tuning;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

/// 2026-03-02T00:00:00Z.
const BEGIN: Timestamp = Timestamp(1_772_409_600_000_000);
/// Lines of the log, and those that an earlier run has read.
const LINES: usize = 60;
const READ_BEFORE: usize = 20;

struct Silent;

impl Progress for Silent {
    fn at(&mut self, _: u64, _: u64) {}

    fn stop(&self) -> bool {
        false
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// A log, and what the store knows after so many lines of it.
struct Bench {
    directory: tempfile::TempDir,
    log: String,
    /// The store after the earlier run.
    before: Vec<u8>,
    undisturbed: BTreeMap<usize, String>,
}

impl Bench {
    fn new() -> Bench {
        let mut log = String::new();
        for n in 0..LINES {
            let said = ["polled", "cannot poll", "gave up on"][n % 7 % 3];
            let line = writeln!(
                log,
                "2026-03-02T{:02}:{:02}:00+00:00 web-{} app[7]: {said} {n} devices",
                n / 60,
                n % 60,
                n % 3
            );
            line.expect("memory");
        }
        let mut bench = Bench {
            directory: tempfile::tempdir().expect("a directory"),
            log,
            before: Vec::new(),
            undisturbed: BTreeMap::new(),
        };
        let disk = Disk::holding(&[]);
        bench.grow(READ_BEFORE);
        bench.ingest(&disk).expect("a sound disk");
        bench.before = disk.content();
        bench
    }

    /// Makes the log so many lines long.
    fn grow(&self, lines: usize) {
        let text: String = self.log.split_inclusive('\n').take(lines).collect();
        std::fs::write(self.path(), text).expect("a log");
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("app.log")
    }

    /// A run over the log, with many commits.
    fn ingest(&self, disk: &Disk) -> Result<Ingested> {
        let request = Request {
            paths: vec![self.path()],
            tenant: "default".to_string(),
            format: None,
            columns: Vec::new(),
            label: "stdin".to_string(),
            zone: Zone::Utc,
            received_at: BEGIN.plus(DAY),
            written: None,
            partial: Partial::Leave,
            binary: crate::intake::Binary::Leave,
            limits: crate::intake::Limits::default(),
            threads: 1,
            batch_bytes: BATCH_BYTES.min(1000),
            pause: Pause::Wait,
            since: None,
            routes: Routes::default(),
            missing: Missing::Told,
            chunk: 1000,
        };
        let store = Store::on(disk)?;
        let done = ingest(&store, &request, &mut Silent)?;
        store.close()?;
        Ok(done)
    }

    /// What a sound store knows of the first lines of the log.
    fn of_lines(&mut self, lines: usize) -> String {
        if let Some(known) = self.undisturbed.get(&lines) {
            return known.clone();
        }
        let disk = Disk::holding(&[]);
        self.grow(lines);
        self.ingest(&disk).expect("a sound disk");
        let known = known(&Store::on(&disk).expect("a sound store"));
        self.grow(LINES);
        self.undisturbed.insert(lines, known.clone());
        known
    }

    /// The store that a failed run left must hold what was committed, as if the log had ended there; a run made again must
    /// bring the rest, and one more nothing. Returns how many lines had come in.
    fn judge(&mut self, left: &[u8], what: &str) -> usize {
        let disk = Disk::holding(left);
        let (lines, got) = {
            let store = Store::on(&disk).unwrap_or_else(|e| panic!("{what}: {}", e.message));
            (raw(&store).lines().count(), known(&store))
        };
        assert!(
            got == self.of_lines(lines),
            "{what}: {lines} lines are not as they were"
        );
        let rest = self.ingest(&disk).expect(what).records;
        assert_eq!(rest as usize, LINES - lines, "{what}");
        let whole = known(&Store::on(&disk).expect(what));
        assert!(
            whole == self.of_lines(LINES),
            "{what}: the rest is not as it should be"
        );
        assert_eq!(self.ingest(&disk).expect(what).records, 0, "{what}");
        lines
    }
}

fn raw(store: &Store) -> String {
    let mut raw = Vec::new();
    store
        .search("default", &Filter::default(), Order::Oldest, &mut |found| {
            raw.extend_from_slice(&found.record.raw);
            raw.extend_from_slice(found.record.line_end);
            Ok(true)
        })
        .expect("a search");
    String::from_utf8(raw).expect("text")
}

/// The records and all that was counted of them, and how far the log was read.
fn known(store: &Store) -> String {
    let seen = view(store, "default", BEGIN.plus(DAY), &Tuning::default()).expect("a view");
    let sources = store.sources("default").expect("sources");
    let offsets: Vec<(u64, u64)> = sources
        .iter()
        .map(|s| (s.checkpoint.offset(), s.coverage.lines_read))
        .collect();
    format!("{}{offsets:?}{:#?}", raw(store), seen.learned.facts)
}

/// Records of a run that failed which the error says are kept.
fn promised(failed: &Error) -> usize {
    let (before, _) = failed
        .message
        .split_once(" events of this run are kept")
        .unwrap_or_default();
    let number = before.rsplit(' ').next().unwrap_or_default();
    number.parse().unwrap_or(0)
}

/// Tries, times what the variable says, of which the suite makes one for each.
fn patience() -> usize {
    let said = std::env::var("BRAINSTEM_KILL_ROUNDS").ok();
    said.and_then(|n| n.parse::<usize>().ok())
        .map_or(1, |n| n.div_ceil(24).max(1))
}

#[test]
fn killed_at_any_step_a_run_can_be_repeated() {
    let mut bench = Bench::new();
    bench.grow(LINES);
    let (mut step, mut most) = (0, 0);
    loop {
        let disk = Disk::failing(&bench.before, step, Fault::Kill);
        let Err(e) = bench.ingest(&disk) else {
            break;
        };
        let lines = bench.judge(&disk.content(), &format!("killed at step {step}"));
        most = most.max(promised(&e));
        assert!(lines >= READ_BEFORE + promised(&e), "step {step}: {lines}");
        step += 1;
    }
    assert!(step > 50, "only {step} steps");
    assert!(most >= 20, "it is said what is kept");
}

#[test]
fn an_error_of_the_disk_at_any_step_is_told_and_loses_nothing() {
    let mut bench = Bench::new();
    bench.grow(LINES);
    let mut step = 0;
    loop {
        let disk = Disk::failing(&bench.before, step, Fault::Error);
        let done = bench.ingest(&disk);
        if disk.steps() <= step {
            break;
        }
        let e = done.expect_err("a step that failed");
        assert_eq!(e.kind, Kind::Io, "step {step}: {}", e.message);
        let lines = bench.judge(&disk.content(), &format!("an error at step {step}"));
        assert!(lines >= READ_BEFORE + promised(&e), "step {step}: {lines}");
        step += 1;
    }
    assert!(step > 50, "only {step} steps");
}

#[test]
fn a_power_cut_at_any_step_loses_nothing_that_was_committed() {
    let mut bench = Bench::new();
    bench.grow(LINES);
    let whole = Disk::holding(&bench.before);
    bench.ingest(&whole).expect("a sound disk");
    let steps = whole.steps() as usize;
    for seed in 0..150 * patience() {
        let mut dice = Dice(seed as u64);
        let mut left = bench.before.clone();
        let mut kept = READ_BEFORE;
        // The second and third cut hit the repair, and what goes on from it.
        for cut in 0..1 + dice.below(3) {
            let reach = if cut == 0 { steps } else { 20 };
            let disk = Disk::failing(&left, dice.below(reach) as u64, Fault::Kill);
            // What a run commits is safe from then on, also from the cuts after it.
            match bench.ingest(&disk) {
                Ok(done) => kept += done.records as usize,
                Err(e) => kept += promised(&e),
            }
            left = disk.after_power_cut(|sides| dice.below(sides));
        }
        let lines = bench.judge(&left, &format!("power cuts of seed {seed}"));
        assert!(lines >= kept, "seed {seed}: {lines} of {kept}");
    }
}
