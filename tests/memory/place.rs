//! A store in a directory of its own, logs to fill it with, and the program to ask it.

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Output;
use tempfile::TempDir;

/// What a run printed and how it ended.
pub struct Ran {
    pub out: String,
    pub err: String,
    pub code: i32,
}

impl Ran {
    /// Its standard output as JSON.
    pub fn json(&self) -> Value {
        let shown = format!("{}\n{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {shown}"))
    }

    /// The rows of its list.
    pub fn results(&self) -> Vec<Value> {
        self.json()["results"]
            .as_array()
            .cloned()
            .expect("a list of results")
    }
}

/// A directory with a store and a tenant.
pub struct Place {
    dir: TempDir,
    tenant: String,
    files: std::cell::Cell<u32>,
}

impl Place {
    pub fn new() -> Place {
        Place::of("default")
    }

    pub fn of(tenant: &str) -> Place {
        Place {
            dir: tempfile::tempdir().expect("a directory"),
            tenant: tenant.to_string(),
            files: std::cell::Cell::new(0),
        }
    }

    /// Another place with a copy of this store.
    pub fn copy(&self) -> Place {
        let other = Place::of(&self.tenant);
        fs::copy(self.store(), other.store()).expect("the store is copied");
        other
    }

    pub fn store(&self) -> PathBuf {
        self.dir.path().join("store.redb")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs the program, which must end with 0.
    pub fn run(&self, args: &[&str]) -> Ran {
        let ran = self.try_run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.out, ran.err);
        ran
    }

    /// Runs the program for JSON.
    pub fn ask(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--format", "json"]].concat()).json()
    }

    pub fn try_run(&self, args: &[&str]) -> Ran {
        self.try_run_for(&self.tenant, args)
    }

    pub fn try_run_for(&self, tenant: &str, args: &[&str]) -> Ran {
        let Output {
            status,
            stdout,
            stderr,
        } = assert_cmd::Command::cargo_bin("brainstem")
            .expect("the program is built")
            .env_clear()
            .env("USER", "kim")
            .env("HOME", self.dir.path())
            .env("BRAINSTEM_STORE", self.store())
            .args(["--tenant", tenant, "--timezone", "UTC"])
            .args(args)
            .output()
            .expect("the program runs");
        Ran {
            out: String::from_utf8(stdout).expect("text"),
            err: String::from_utf8(stderr).expect("text"),
            code: status.code().expect("an exit code"),
        }
    }

    /// Takes a log in.
    pub fn ingest(&self, log: &Log) -> Ran {
        self.ingest_for(&self.tenant, log)
    }

    pub fn ingest_for(&self, tenant: &str, log: &Log) -> Ran {
        let n = self.files.get();
        self.files.set(n + 1);
        let path = self.path(&format!("{tenant}-{n}.log"));
        fs::write(&path, log.text()).expect("the log is written");
        let path = path.to_str().expect("a path of text");
        let ran = self.try_run_for(tenant, &["ingest", path, "--format", "json"]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        ran
    }

    /// The ids of the candidates that are listed with these options and have this in their title.
    pub fn candidates(&self, about: &str, options: &[&str]) -> Vec<String> {
        self.candidates_for(&self.tenant, about, options)
    }

    pub fn candidates_for(&self, tenant: &str, about: &str, options: &[&str]) -> Vec<String> {
        let list = &["candidates", "--limit", "0", "--format", "json"];
        let found = self
            .try_run_for(tenant, &[list, options].concat())
            .results();
        let about = |c: &&Value| c["title"].as_str().is_some_and(|t| t.contains(about));
        let id = |c: &Value| c["candidate_id"].as_str().expect("an id").to_string();
        found.iter().filter(about).map(id).collect()
    }

    /// The one candidate about something.
    pub fn candidate(&self, about: &str) -> String {
        let mut found = self.candidates(about, &[]);
        assert_eq!(found.len(), 1, "{about}: {found:?}");
        found.remove(0)
    }

    /// What `explain` says about an id.
    pub fn explained(&self, id: &str) -> Value {
        self.ask(&["explain", id])
    }
}

/// A log in the making: syslog records of March 2026 with a severity.
#[derive(Clone, Default)]
pub struct Log(Vec<(u32, String)>);

pub const WARNING: u8 = 4;
pub const ERROR: u8 = 3;
pub const INFO: u8 = 6;

/// Seconds since the beginning of March, from day of month, hour, minute and second.
pub fn at(day: u32, hour: u32, minute: u32, second: u32) -> u32 {
    (((day - 1) * 24 + hour) * 60 + minute) * 60 + second
}

impl Log {
    pub fn say(&mut self, when: u32, host: &str, severity: u8, service: &str, message: &str) {
        let (day, rest) = (when / 86_400 + 1, when % 86_400);
        let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
        let pri = 24 + severity;
        self.0.push((
            when,
            format!("<{pri}>1 2026-03-{day:02}T{hour:02}:{minute:02}:{second:02}Z {host} {service} - - - {message}\n"),
        ));
    }

    /// A fault of a tunnel that heals after some seconds.
    pub fn flap(&mut self, when: u32, host: &str, heals_after: u32) {
        let n = when % 89 + 3;
        let failed = format!("rekey of tunnel {n} failed, peer does not answer");
        self.say(when, host, WARNING, "charon", &failed);
        let well = format!("tunnel {n} established again with peer");
        self.say(when + heals_after, host, INFO, "charon", &well);
    }

    /// Everyday life on some hosts, from one day of the month to before another.
    pub fn everyday(&mut self, hosts: &[&str], days: std::ops::Range<u32>) {
        for day in days {
            for (i, host) in hosts.iter().enumerate() {
                for hour in 0..24 {
                    let when = at(day, hour, 5 + i as u32, 0);
                    self.say(when, host, INFO, "cron", "hourly jobs finished");
                    self.say(
                        when + 600,
                        host,
                        INFO,
                        "systemd",
                        "logrotate service finished",
                    );
                }
            }
        }
    }

    fn text(&self) -> String {
        let mut lines = self.0.clone();
        lines.sort();
        lines.into_iter().map(|(_, line)| line).collect()
    }
}

/// What the faults of [`Log::flap`] are called in titles.
pub const FLAP: &str = "failed, peer does not answer";

/// Ten days of everyday life on four hosts, in which the tunnel of fw-01 flaps twice a day at uneven hours and heals after about
/// twenty seconds.
pub fn ten_days() -> Log {
    let mut log = Log::default();
    log.everyday(&["fw-01", "fw-02", "web-01", "db-01"], 1..11);
    for day in 1..11 {
        log.flap(
            at(day, (day * 5) % 11, (day * 7) % 60, 0),
            "fw-01",
            18 + day % 5,
        );
        log.flap(
            at(day, 12 + (day * 3) % 11, (day * 13) % 60, 0),
            "fw-01",
            20 + day % 3,
        );
    }
    log
}

/// A place that knows those ten days.
pub fn after_ten_days() -> Place {
    let place = Place::new();
    place.ingest(&ten_days());
    place
}

/// One more day of everyday life, without any fault.
pub fn next_day(day: u32) -> Log {
    let mut log = Log::default();
    log.everyday(&["fw-01", "fw-02", "web-01", "db-01"], day..day + 1);
    log
}
