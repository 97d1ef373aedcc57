//! birch: the database and the backups. RFC 5424.

use crate::calendar::{Rhythm, is_weekend, march, nightly};
use crate::log::{Log, Program};
use crate::routine;
use brainstem::event::Severity::{Notice, Warning};
use brainstem::time::{HOUR, SECOND};

const STANDBY: Program = Program {
    name: "standby-check",
    facility: 3,
    exe: "/usr/local/sbin/standby-check",
    unit: "standby-check.service",
};
const POSTGRES: Program = Program {
    name: "postgres",
    facility: 16,
    exe: "/usr/lib/postgresql/15/bin/postgres",
    unit: "postgresql@15-main.service",
};
const BACKUP: Program = Program {
    name: "backup",
    facility: 3,
    exe: "/usr/local/sbin/backup",
    unit: "backup.service",
};
const DRILL: Program = Program {
    name: "restore-drill",
    facility: 3,
    exe: "/usr/local/sbin/restore-drill",
    unit: "restore-drill.service",
};
const SMARTD: Program = Program {
    name: "smartd",
    facility: 3,
    exe: "/usr/sbin/smartd",
    unit: "smartmontools.service",
};

/// The routine of birch.
pub fn log() -> Log {
    let mut log = Log::of("birch");
    routine::write(&mut log, 2);
    checkpoints(&mut log);
    duplicates(&mut log);
    temperatures(&mut log);
    backups(&mut log);
    drills(&mut log);
    log
}

fn checkpoints(log: &mut Log) {
    let mut dice = log.dice("checkpoints");
    let mut line = 40;
    for at in Rhythm::Office.arrivals(&mut dice, 8) {
        let who = log.daemon(&POSTGRES, at);
        let (buffers, seconds, rest) = (
            dice.between(40, 900),
            dice.between(4, 89),
            dice.between(100, 999),
        );
        let distance = dice.between(300, 9000);
        log.info(
            at,
            who,
            format!("[{line}-1] LOG:  checkpoint starting: time"),
        );
        log.info(
            at + seconds * SECOND,
            who,
            format!(
                "[{}-1] LOG:  checkpoint complete: wrote {buffers} buffers ({}.{}%); 0 WAL file(s) added, 0 removed, 1 recycled; write={seconds}.{rest} s, sync=0.004 s, total={seconds}.{rest} s; sync files={}, longest=0.003 s, average=0.001 s; distance={distance} kB, estimate={} kB",
                line + 1,
                buffers / 160,
                buffers % 10,
                dice.between(4, 60),
                distance + 40,
            ),
        );
        line += 2;
    }
}

/// Decoy: an error of the application that is as old as the application, and steady.
fn duplicates(log: &mut Log) {
    let mut dice = log.dice("duplicate keys");
    for at in Rhythm::Office.arrivals(&mut dice, 8) {
        let who = log.process(&POSTGRES, at);
        let key = dice.between(10_000, 99_999);
        log.say(
            Warning,
            at,
            who,
            "[3-1] ERROR:  duplicate key value violates unique constraint \"carts_pkey\"",
        );
        log.say(
            Warning,
            at,
            who,
            format!("[3-2] DETAIL:  Key (cart_id)=({key}) already exists."),
        );
    }
}

fn temperatures(log: &mut Log) {
    let mut dice = log.dice("temperatures");
    for at in Rhythm::Flat.arrivals(&mut dice, 4) {
        let who = log.daemon(&SMARTD, at);
        let disk = dice.pick(&["sda", "sdb", "sdc"]);
        let from = dice.between(61, 68);
        log.info(
            at,
            who,
            format!("Device: /dev/{disk} [SAT], SMART Usage Attribute: 194 Temperature_Celsius changed from {from} to {}", from + dice.pick(&[-1, 1])),
        );
    }
}

/// Decoy: a storm of lines, every night at the same time; on Sundays, when everything is read back, twice as many.
fn backups(log: &mut Log) {
    let mut dice = log.dice("backups");
    for night in nightly("01:30") {
        let who = log.process(&BACKUP, night);
        let full = night == march(8, "01:30") || night == march(15, "01:30");
        let mode = if full { "full" } else { "incremental" };
        let mut at = night + dice.between(0, SECOND);
        log.info(at, who, format!("{mode} backup of 4 hosts started"));
        for host in ["alder", "birch", "cedar", "dogwood"] {
            for tree in ["/etc", "/home", "/opt", "/srv", "/var/lib", "/var/log"] {
                at += dice.between(2 * SECOND, 5 * SECOND);
                let (files, changed) = (dice.between(90, 24_000), dice.between(0, 90));
                log.info(
                    at,
                    who,
                    format!("{host}:{tree}: {files} files, {changed} changed, 0 errors"),
                );
                let data = format!("[backup@32473 host=\"{host}\" mode=\"{mode}\"]");
                log.mark(data);
                if full {
                    log.info(
                        at + SECOND,
                        who,
                        format!("{host}:{tree}: {files} files read back, 0 failed, 0 corrupt"),
                    );
                }
            }
        }
        let size = dice.between(2, 9);
        log.info(
            at + 3 * SECOND,
            who,
            format!("{mode} backup finished: {size} GB, 0 errors, 0 hosts unreachable"),
        );
    }
}

/// Decoy: a rehearsed disaster, every night.
fn drills(log: &mut Log) {
    let mut dice = log.dice("drills");
    for night in nightly("02:15") {
        let at = night + dice.between(0, 5 * SECOND);
        let who = log.process(&DRILL, at);
        log.say(
            Notice,
            at,
            who,
            "killing the copy to rehearse a crash (planned)",
        );
        log.say(
            Warning,
            at + 6 * SECOND,
            who,
            "connection to the copy refused, as a dead server should",
        );
        let seconds = dice.between(38, 47);
        log.say(
            Notice,
            at + (seconds + 6) * SECOND,
            who,
            format!("copy restored in {seconds} s, 0 rows lost: drill passed"),
        );
    }
}

/// When the standby is looked at: each half hour.
pub fn standby_checks() -> impl Iterator<Item = i64> {
    (0..14 * 48).map(|half_hour| march(2, "00:00") + half_hour * HOUR / 2)
}

/// What a check of the standby says; at night there is less to replay.
pub fn standby_check(log: &mut Log, at: i64) {
    let mut dice = log.dice(&format!("standby/{at}"));
    let at = at + dice.between(0, 2 * SECOND);
    let tenths = if is_weekend(at) {
        dice.between(1, 4)
    } else {
        dice.between(2, 9)
    };
    let who = log.process(&STANDBY, at);
    log.info(
        at,
        who,
        format!("standby reachable, replay lag 0.{tenths} s"),
    );
}
