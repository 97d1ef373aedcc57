//! A host's log in the making: programs, and what they said when.

use crate::calendar::{END, START};
use crate::dice::Dice;
use brainstem::event::Severity;
use brainstem::time::{DAY, HOUR, SECOND};

/// A program that writes to the log.
pub struct Program {
    /// Its syslog tag.
    pub name: &'static str,
    /// Its syslog facility number.
    pub facility: u8,
    /// Where it is installed; empty for the kernel.
    pub exe: &'static str,
    /// The unit it runs in; empty for the kernel.
    pub unit: &'static str,
}

const fn program(
    name: &'static str,
    facility: u8,
    exe: &'static str,
    unit: &'static str,
) -> Program {
    Program {
        name,
        facility,
        exe,
        unit,
    }
}

pub const KERNEL: Program = program("kernel", 0, "", "");
pub const SYSTEMD: Program = program("systemd", 3, "/usr/lib/systemd/systemd", "init.scope");
pub const LOGIND: Program = program(
    "systemd-logind",
    4,
    "/usr/lib/systemd/systemd-logind",
    "systemd-logind.service",
);
pub const SSHD: Program = program("sshd", 4, "/usr/sbin/sshd", "ssh.service");
pub const CRON: Program = program("CRON", 9, "/usr/sbin/cron", "cron.service");
pub const CHRONYD: Program = program("chronyd", 3, "/usr/sbin/chronyd", "chrony.service");
pub const RSYSLOGD: Program = program("rsyslogd", 5, "/usr/sbin/rsyslogd", "rsyslog.service");
pub const UPGRADE: Program = program(
    "unattended-upgrade",
    3,
    "/usr/bin/python3.11",
    "apt-daily-upgrade.service",
);
pub const RSYNC: Program = program("rsync", 3, "/usr/bin/rsync", "ssh.service");

/// How long a restarting host is silent.
pub const DOWN: i64 = 36 * SECOND;

/// One record.
pub struct Entry {
    /// Microseconds since the epoch.
    pub at: i64,
    /// Who said it.
    pub program: &'static Program,
    /// The process; none for the kernel and for nginx, whose tag has no number.
    pub pid: Option<u32>,
    /// How grave.
    pub severity: Severity,
    /// What was said.
    pub message: String,
    /// RFC 5424 structured data, where there is any.
    pub data: Option<String>,
}

/// What one host logged in the fortnight.
pub struct Log {
    /// The host's name.
    pub host: &'static str,
    /// When it was booted, ascending; the first lies before the fortnight.
    pub boots: Vec<i64>,
    /// What was logged.
    pub entries: Vec<Entry>,
}

impl Log {
    /// An empty log of a host that was booted three weeks before the fortnight.
    pub fn of(host: &'static str) -> Log {
        Log {
            host,
            boots: vec![START - 21 * DAY + Dice::named(host).between(0, 9 * HOUR)],
            entries: Vec::new(),
        }
    }

    /// Dice for one topic of this host.
    pub fn dice(&self, topic: &str) -> Dice {
        Dice::named(&format!("{}/{topic}", self.host))
    }

    /// Logs a message with its severity. What lies after the fortnight is not in the log yet, and a host that is
    /// restarting says nothing.
    pub fn say(
        &mut self,
        severity: Severity,
        at: i64,
        (program, pid): (&'static Program, Option<u32>),
        message: impl Into<String>,
    ) {
        let mut boots = self.boots.iter();
        let restarting = boots.any(|&boot| (boot - DOWN..boot).contains(&at));
        if (START..END).contains(&at) && !restarting {
            self.entries.push(Entry {
                at,
                program,
                pid,
                severity,
                message: message.into(),
                data: None,
            });
        }
    }

    /// Logs a message at severity info.
    pub fn info(
        &mut self,
        at: i64,
        who: (&'static Program, Option<u32>),
        message: impl Into<String>,
    ) {
        self.say(Severity::Info, at, who, message);
    }

    /// Gives the latest message its structured data.
    pub fn mark(&mut self, data: String) {
        if let Some(entry) = self.entries.last_mut() {
            entry.data = Some(data);
        }
    }

    /// When the host was booted that runs at `at`.
    pub fn boot_before(&self, at: i64) -> i64 {
        let running = self.boots.iter().rev().find(|&&boot| boot <= at);
        *running.expect("the first boot lies before the fortnight")
    }

    /// A daemon with the process id it has had since the last boot.
    pub fn daemon(&self, program: &'static Program, at: i64) -> (&'static Program, Option<u32>) {
        let topic = format!("{}/{}", program.name, self.boot_before(at));
        let pid = self.dice(&topic).between(480, 1400) as u32;
        (program, Some(pid))
    }

    /// A process started at `at`; process ids grow with the time since boot.
    pub fn process(&self, program: &'static Program, at: i64) -> (&'static Program, Option<u32>) {
        let pid = 1500 + (at - self.boot_before(at)) / (2 * SECOND);
        (program, Some(pid as u32))
    }

    /// The records in order of time.
    pub fn in_order(mut self) -> Log {
        self.entries.sort_by_key(|entry| entry.at);
        self
    }
}

/// The kernel, which has no process id.
pub fn kernel() -> (&'static Program, Option<u32>) {
    (&KERNEL, None)
}

/// The first process.
pub fn systemd() -> (&'static Program, Option<u32>) {
    (&SYSTEMD, Some(1))
}
