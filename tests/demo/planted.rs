//! What a reader of the logs should find: one function for each row of the README's table.

use crate::alder::NGINX;
use crate::birch;
use crate::calendar::march;
use crate::cedar::INDEXER;
use crate::dogwood::TUNNELS;
use crate::log::{CHRONYD, Log, Program, kernel, systemd};
use brainstem::event::Severity::{Error, Notice, Warning};
use brainstem::time::{MINUTE, SECOND};

/// Writes into a host's log what is planted there.
pub fn write(log: &mut Log) {
    match log.host {
        "alder" => burst(log),
        "birch" => {
            recurrence(log);
            silence(log);
        }
        "cedar" => {
            anomaly(log);
            precursor(log);
        }
        _ => self_heal(log),
    }
    spread(log);
}

/// A disk that complains ten times in the last week, at shrinking distances.
fn recurrence(log: &mut Log) {
    let mut dice = log.dice("disk");
    for (day, clock) in [
        (9, "06:14:22"),
        (10, "09:41:03"),
        (11, "08:50:47"),
        (12, "03:12:15"),
        (12, "21:33:58"),
        (13, "14:08:31"),
        (14, "06:27:09"),
        (14, "19:46:40"),
        (15, "07:03:26"),
        (15, "15:22:51"),
    ] {
        let at = march(day, clock) + dice.between(0, SECOND);
        let sector = 781_422_768 + 8 * dice.between(0, 40);
        for (after, line) in [
            (0, "ata3.00: failed command: READ FPDMA QUEUED".to_string()),
            (300, "ata3.00: error: { UNC }".to_string()),
            (
                41_000,
                format!(
                    "I/O error, dev sdb, sector {sector} op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2"
                ),
            ),
        ] {
            log.say(Error, at + after, kernel(), line);
        }
    }
}

/// The shop behind the web server does not answer for six minutes of the last day; before that, four single times.
fn burst(log: &mut Log) {
    let mut dice = log.dice("upstream");
    let singles = [
        (4, "10:12:40"),
        (7, "20:41:13"),
        (10, "09:03:55"),
        (12, "15:27:02"),
    ]
    .map(|(day, clock)| march(day, clock));
    let storm = march(15, "13:22:04");
    let within: Vec<i64> = (0..68)
        .map(|_| storm + dice.between(0, 6 * MINUTE))
        .collect();
    let worker = log.daemon(&NGINX, storm).1.unwrap_or(0);
    for at in singles.into_iter().chain(within) {
        let stamp = chrono::DateTime::from_timestamp_micros(at)
            .expect("an instant of 2026")
            .format("%Y/%m/%d %H:%M:%S");
        let (connection, client) = (dice.between(88_000, 99_000), dice.between(100, 254));
        let page = dice.pick(&["cart", "checkout", "stock", "login"]);
        log.say(
            Error,
            at,
            (&NGINX, None),
            format!("{stamp} [error] {worker}#{worker}: *{connection} upstream timed out (110: Connection timed out) while reading response header from upstream, client: 198.51.100.{client}, server: shop.example.com, request: \"POST /api/{page} HTTP/1.1\", upstream: \"http://127.0.0.1:8080/api/{page}\", host: \"shop.example.com\""),
        );
    }
}

/// All four hosts lose the time servers within two hours of the last day, the gateway first.
fn spread(log: &mut Log) {
    let host = log.host;
    for (_, clock) in [
        ("dogwood", "15:40:12"),
        ("birch", "16:06:51"),
        ("alder", "16:34:20"),
        ("cedar", "17:12:43"),
        ("dogwood", "17:21:05"),
        ("birch", "17:29:37"),
    ]
    .into_iter()
    .filter(|&(name, _)| name == host)
    {
        let at = march(15, clock) + log.dice(clock).between(0, SECOND);
        let who = log.daemon(&CHRONYD, at);
        log.say(Warning, at, who, "Can't synchronise: no selectable sources");
    }
    let back = march(15, "18:41") + log.dice("time is back").between(0, 9 * MINUTE);
    let who = log.daemon(&CHRONYD, back);
    log.info(back, who, "Selected source 192.0.2.122 (ntp2.example.net)");
}

/// The tunnel to the branch drops and comes back by itself, eight times in the last week, each time more slowly.
fn self_heal(log: &mut Log) {
    for (day, clock, seconds) in [
        (9, "13:40:18", 9),
        (10, "20:15:44", 11),
        (11, "16:02:09", 12),
        (12, "09:27:35", 14),
        (13, "18:55:21", 17),
        (14, "12:31:50", 21),
        (15, "02:48:07", 26),
        (15, "20:36:29", 33),
    ] {
        let down = march(day, clock);
        let who = log.daemon(&TUNNELS, down);
        log.say(
            Warning,
            down,
            who,
            "tunnel branch-north down: 198.51.100.20 did not answer 3 keepalives",
        );
        log.say(
            Notice,
            down + seconds * SECOND,
            who,
            "tunnel branch-north up: 198.51.100.20 answers",
        );
    }
}

/// A corrected memory error: once, on the last day, in a log that never had one.
fn anomaly(log: &mut Log) {
    log.say(
        Warning,
        march(15, "09:41:37"),
        kernel(),
        "EDAC MC0: 1 CE ie31200 CE on mc#0csrow#1channel#0 (csrow:1 channel:0 page:0x0 offset:0x0 grain:8 syndrome:0x51)",
    );
}

/// When the kernel killed the indexer, and how many seconds earlier the indexer had warned.
const KILLS: [(i64, &str, i64); 5] = [
    (3, "10:52:31", 372),
    (5, "15:31:08", 521),
    (9, "11:18:44", 245),
    (12, "14:07:19", 650),
    (15, "19:05:52", 440),
];

/// The mail indexer warns some minutes before it is killed, five times; a sixth warning comes to nothing.
fn precursor(log: &mut Log) {
    let warn = |log: &mut Log, at: i64| {
        let who = indexer(log, at);
        log.say(
            Warning,
            at,
            who,
            "memory at 93% of the limit while loading mailbox orders",
        );
    };
    warn(log, march(10, "16:40:05"));
    for (day, clock, lead) in KILLS {
        let at = march(day, clock);
        warn(log, at - lead * SECOND);
        let pid = indexer(log, at - 1).1.unwrap_or(0);
        let mut dice = log.dice(clock);
        let (total, resident) = (
            dice.between(3_600_000, 3_990_000),
            dice.between(2_800_000, 3_100_000),
        );
        log.say(
            Error,
            at,
            kernel(),
            format!("Out of memory: Killed process {pid} (imap-indexer) total-vm:{total}kB, anon-rss:{resident}kB, file-rss:412kB, shmem-rss:0kB, UID:112 pgtables:6412kB oom_score_adj:0"),
        );
        let unit = INDEXER.unit;
        log.say(
            Notice,
            at + 80_000,
            systemd(),
            format!("{unit}: Main process exited, code=killed, status=9/KILL"),
        );
        log.say(
            Warning,
            at + 81_000,
            systemd(),
            format!("{unit}: Failed with result 'oom-kill'."),
        );
        let count = kills_since_boot(log, at + 1);
        log.info(
            at + 5 * SECOND,
            systemd(),
            format!("{unit}: Scheduled restart job, restart counter is at {count}."),
        );
        log.info(
            at + 5 * SECOND + 9_000,
            systemd(),
            format!("Started {unit} - Full-text index of mailboxes."),
        );
    }
}

fn kills_since_boot(log: &Log, at: i64) -> usize {
    let boot = log.boot_before(at);
    KILLS
        .iter()
        .filter(|&&(day, clock, _)| (boot..at).contains(&march(day, clock)))
        .count()
}

/// The indexer at `at`: a new process after each boot and each kill.
pub fn indexer(log: &Log, at: i64) -> (&'static Program, Option<u32>) {
    let topic = format!(
        "indexer/{}/{}",
        log.boot_before(at),
        kills_since_boot(log, at)
    );
    (
        &INDEXER,
        Some(log.dice(&topic).between(2_000, 90_000) as u32),
    )
}

/// The check of the standby that ran each half hour ends twelve hours before the logs do.
fn silence(log: &mut Log) {
    let stop = march(15, "12:00");
    for at in birch::standby_checks().filter(|&at| at < stop) {
        birch::standby_check(log, at);
    }
}
