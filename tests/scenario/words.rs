//! The words of the scenario: an invented harbour and its machines.

use brainstem::candidate::CandidateType::{self, *};
use brainstem::event::Severity::{self, *};

/// What a program says.
#[derive(Clone, Copy)]
pub struct Says {
    pub service: &'static str,
    pub severity: Severity,
    pub pattern: &'static str,
}

const fn says(service: &'static str, severity: Severity, pattern: &'static str) -> Says {
    Says {
        service,
        severity,
        pattern,
    }
}

pub const HOSTS: [&str; 12] = [
    "quay-east",
    "quay-west",
    "crane-07",
    "crane-08",
    "tower",
    "gatehouse",
    "ledger",
    "ledger-b",
    "depot",
    "beacon",
    "ferry-web",
    "ferry-api",
];

/// Chatter: what, how often a day on a host, on which share of the hosts, and whether people cause it.
pub struct Chatter(pub Says, pub f64, pub f64, pub Pace);

/// Whether the rate follows the working day.
#[derive(Clone, Copy, PartialEq)]
pub enum Pace {
    People,
    Machines,
}

use Pace::{Machines, People};

pub const CHATTER: [Chatter; 20] = [
    Chatter(
        says(
            "sshd",
            Info,
            "Connection reset by authenticating user {user} {ip} port {port} [preauth]",
        ),
        90.0,
        1.0,
        Machines,
    ),
    Chatter(
        says(
            "sshd",
            Info,
            "Accepted certificate for {user} from {ip} port {port}",
        ),
        40.0,
        1.0,
        People,
    ),
    Chatter(
        says("login", Info, "seat {small} taken by {user}"),
        35.0,
        1.0,
        People,
    ),
    Chatter(
        says("login", Info, "seat {small} left by {user}"),
        34.0,
        1.0,
        People,
    ),
    Chatter(
        says("lighttpd", Info, "served {num} bytes to {ip} in {small} ms"),
        260.0,
        0.4,
        People,
    ),
    Chatter(
        says(
            "lighttpd",
            Error,
            "open of robots file failed for {ip}: no such entry",
        ),
        22.0,
        0.4,
        People,
    ),
    Chatter(
        says("exim", Info, "{hex} handed to {ip} for {user}"),
        110.0,
        0.3,
        People,
    ),
    Chatter(
        says("exim", Warning, "no host name found for address {ip}"),
        36.0,
        0.3,
        People,
    ),
    Chatter(
        says(
            "kernel",
            Warning,
            "DROP on wan: SRC={ip} DST={ip} SPT={port} DPT={port}",
        ),
        120.0,
        0.6,
        Machines,
    ),
    Chatter(
        says("unbound", Info, "reply from {ip} kept for {num} s"),
        75.0,
        0.3,
        People,
    ),
    Chatter(
        says(
            "telegraf",
            Error,
            "agent {ip}: request timed out, sample left out",
        ),
        28.0,
        0.4,
        Machines,
    ),
    Chatter(
        says("gpsd", Info, "fix with {small} satellites"),
        48.0,
        0.5,
        Machines,
    ),
    Chatter(
        says("avahi", Info, "registered address record for {ip}"),
        12.0,
        1.0,
        Machines,
    ),
    Chatter(
        says("thermald", Info, "zone {small} at {small} degrees"),
        96.0,
        0.5,
        Machines,
    ),
    Chatter(
        says(
            "tallyd",
            Info,
            "container {num} weighed, {num} kg, operator {user}",
        ),
        210.0,
        0.5,
        People,
    ),
    Chatter(
        says(
            "tallyd",
            Notice,
            "container {num} weighed twice, second value kept",
        ),
        9.0,
        0.5,
        People,
    ),
    Chatter(
        says("modbusd", Info, "poll of unit {small} took {num} us"),
        140.0,
        0.4,
        Machines,
    ),
    Chatter(
        says("chronograph", Info, "source {ip} chosen"),
        5.0,
        1.0,
        Machines,
    ),
    Chatter(
        says("storekeeper", Info, "cannot tidy {path} yet: still open"),
        4.0,
        1.0,
        Machines,
    ),
    Chatter(
        says("rotate", Info, "writer {num} asked to reopen its files"),
        1.0,
        1.0,
        Machines,
    ),
];

/// A timetable: what, minutes between, minutes after midnight, repeats, seconds they take, and why it is a decoy.
pub struct Timetable {
    pub says: Says,
    pub every: i64,
    pub at: i64,
    pub repeat: u32,
    pub over: f64,
    pub decoy: Option<(&'static str, &'static str)>,
}

const fn timetable(
    says: Says,
    every: i64,
    at: i64,
    repeat: u32,
    over: f64,
    decoy: (&'static str, &'static str),
) -> Timetable {
    Timetable {
        says,
        every,
        at,
        repeat,
        over,
        decoy: Some(decoy),
    }
}

pub const TIMETABLES: [Timetable; 6] = [
    timetable(
        says("cron", Info, "(tide) RUN /opt/tide/fetch --quiet"),
        15,
        4,
        1,
        3.0,
        ("/opt/tide/fetch", "routine every quarter of an hour"),
    ),
    timetable(
        says("cron", Info, "(root) RUN hourly.d"),
        60,
        21,
        1,
        3.0,
        ("hourly.d", "routine every hour"),
    ),
    timetable(
        says("dumper", Info, "table {num} dumped, {num} rows"),
        1440,
        95,
        85,
        600.0,
        ("dumped", "a storm every night"),
    ),
    timetable(
        says(
            "dumper",
            Warning,
            "label of cartridge {hex} unreadable, next one taken",
        ),
        1440,
        94,
        5,
        90.0,
        ("cartridge", "the same warning every night"),
    ),
    timetable(
        says(
            "drill",
            Info,
            "PANIC button exercise ended normally, code 0",
        ),
        1440,
        420,
        1,
        2.0,
        ("PANIC button", "a scary word in a routine line"),
    ),
    timetable(
        says(
            "arraycheck",
            Info,
            "sweep ended, 0 errors, 0 failed stripes",
        ),
        10080,
        3000,
        2,
        60.0,
        ("sweep ended", "a scary word in a weekly line"),
    ),
];

/// Harmless lines at random moments: what, on how many hosts, how often on each, from which share of the time on.
pub struct Decoy {
    pub says: Says,
    pub words: &'static str,
    pub why: &'static str,
    pub hosts: usize,
    pub count: u32,
    pub from: f64,
}

pub const DECOYS: [Decoy; 3] = [
    Decoy {
        says: says(
            "packager",
            Info,
            "catalogue refreshed, all {num} parts installed",
        ),
        words: "catalogue refreshed",
        why: "a benign new line after an upgrade",
        hosts: 6,
        count: 1,
        from: 0.9,
    },
    Decoy {
        says: says(
            "walker",
            Info,
            "integrity walk done: 0 faults, 0 errors in {num} trees",
        ),
        words: "integrity walk",
        why: "says that there are no errors",
        hosts: 5,
        count: 9,
        from: 0.0,
    },
    Decoy {
        says: says("pilot", Info, "no failures in {num} manoeuvres"),
        words: "manoeuvres",
        why: "says that there are no failures",
        hosts: 3,
        count: 6,
        from: 0.0,
    },
];

/// A signal: its type, other types that tell it as well, words to know it by, what is said and what follows.
pub struct Signal {
    pub kind: CandidateType,
    pub also: &'static [CandidateType],
    pub words: &'static str,
    pub says: Says,
    pub then: Option<Says>,
    pub count: u32,
}

const fn signal(kind: CandidateType, words: &'static str, says: Says, count: u32) -> Signal {
    Signal {
        kind,
        also: &[],
        words,
        says,
        then: None,
        count,
    }
}

const fn pair(
    kind: CandidateType,
    words: &'static str,
    says: Says,
    then: Says,
    count: u32,
) -> Signal {
    Signal {
        kind,
        also: &[],
        words,
        says,
        then: Some(then),
        count,
    }
}

pub const SIGNALS: [Signal; 14] = [
    signal(
        Recurrence,
        "hoist brake",
        says(
            "craned",
            Warning,
            "hoist brake released {small} ms late, within tolerance",
        ),
        11,
    ),
    signal(
        Recurrence,
        "relay contact",
        says(
            "modbusd",
            Error,
            "relay contact {small} bounced, reading discarded",
        ),
        9,
    ),
    signal(
        Recurrence,
        "ledger page",
        says(
            "ledgerdb",
            Warning,
            "ledger page {num} repaired from mirror",
        ),
        13,
    ),
    signal(
        Burst,
        "dropped datagram",
        says("aisd", Warning, "dropped datagram from {ip}, queue is full"),
        48,
    ),
    signal(
        Burst,
        "gate controller",
        says(
            "gated",
            Error,
            "gate controller gave no answer within {num} ms",
        ),
        56,
    ),
    signal(
        Spread,
        "tide table",
        says(
            "tided",
            Warning,
            "signature of tide table rejected, keeping the old one",
        ),
        5,
    ),
    signal(
        Spread,
        "printer spool",
        says(
            "spoold",
            Notice,
            "printer spool unreachable, job {num} kept back",
        ),
        6,
    ),
    pair(
        SelfHeal,
        "mooring camera",
        says("camd", Warning, "mooring camera {small} lost its picture"),
        says("camd", Info, "mooring camera {small} has its picture back"),
        8,
    ),
    pair(
        SelfHeal,
        "radio relay",
        says("relayd", Notice, "radio relay north: carrier down"),
        says("relayd", Info, "radio relay north: carrier up"),
        7,
    ),
    pair(
        Precursor,
        "oil pressure",
        says(
            "craned",
            Notice,
            "oil pressure of pump {small} sagging to {num} kPa",
        ),
        says(
            "plc",
            Error,
            "slewing drive stopped by protection, fault {small}",
        ),
        6,
    ),
    pair(
        Precursor,
        "lock table",
        says(
            "ledgerdb",
            Warning,
            "lock table {small} percent in use, waiting",
        ),
        says("ledger-app", Error, "booking {num} aborted: deadlock"),
        5,
    ),
    signal(
        Anomaly,
        "hardware clock",
        says(
            "kernel",
            Error,
            "hardware clock battery failed, time not kept",
        ),
        2,
    ),
    signal(
        Anomaly,
        "granted to",
        says(
            "accessd",
            Notice,
            "administrator rights granted to {user} outside of a change window",
        ),
        1,
    ),
    signal(
        Silence,
        "lamp heartbeat",
        says("beacond", Info, "lamp heartbeat, current {num} mA"),
        0,
    ),
];
