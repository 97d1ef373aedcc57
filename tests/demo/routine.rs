//! The noise that all four hosts share: timers, cron, scans of sshd, logins, the clock.

use crate::calendar::{END, Rhythm, START, march, nightly};
use crate::log::{
    CHRONYD, CRON, DOWN, LOGIND, Log, RSYNC, RSYSLOGD, SSHD, UPGRADE, kernel, systemd,
};
use brainstem::event::Severity::{Notice, Warning};
use brainstem::time::{HOUR, MINUTE, SECOND};

/// Everything that all hosts do. `scans_per_day` says how exposed the host is.
pub fn write(log: &mut Log, scans_per_day: i64) {
    cron(log);
    timers(log);
    upgrades(log);
    scans(log, scans_per_day);
    logins(log);
    fetched_by_backup(log);
    clock(log);
}

fn cron(log: &mut Log) {
    for hour in (START..END).step_by(HOUR as usize) {
        let at = hour + 17 * MINUTE + SECOND;
        let who = log.process(&CRON, at);
        log.info(
            at,
            who,
            "(root) CMD (cd / && run-parts --report /etc/cron.hourly)",
        );
    }
}

/// A unit's run as systemd tells it.
fn unit_run(log: &mut Log, at: i64, length: i64, unit: &str, description: &str) {
    let (who, end) = (systemd(), at + length);
    log.info(at, who, format!("Starting {unit} - {description}..."));
    log.info(end, who, format!("{unit}: Deactivated successfully."));
    log.info(end + 900, who, format!("Finished {unit} - {description}."));
}

fn timers(log: &mut Log) {
    let mut dice = log.dice("timers");
    for midnight in nightly("00:00") {
        let mut run = |after: i64, unit: &str, description: &str| {
            let at = midnight + after + dice.between(0, SECOND);
            unit_run(log, at, dice.between(SECOND, 9 * SECOND), unit, description);
        };
        run(0, "logrotate.service", "Rotate log files");
        run(
            0,
            "dpkg-db-backup.service",
            "Daily dpkg database backup service",
        );
        run(
            5 * HOUR + 41 * MINUTE,
            "systemd-tmpfiles-clean.service",
            "Cleanup of Temporary Directories",
        );
        if midnight == march(2, "00:00") || midnight == march(9, "00:00") {
            run(
                52 * MINUTE,
                "fstrim.service",
                "Discard unused blocks on filesystems from /etc/fstab",
            );
        }
        if midnight == march(8, "00:00") || midnight == march(15, "00:00") {
            run(
                3 * HOUR + 10 * MINUTE,
                "e2scrub_all.service",
                "Online ext4 Metadata Check for All Filesystems",
            );
        }
        let at = midnight + 3 * SECOND + dice.between(0, SECOND);
        let who = log.daemon(&RSYSLOGD, at);
        log.info(at, who, format!("[origin software=\"rsyslogd\" swVersion=\"8.2302.0\" x-pid=\"{}\" x-info=\"https://www.rsyslog.com\"] rsyslogd was HUPed", who.1.unwrap_or(0)));
    }
}

fn upgrades(log: &mut Log) {
    let mut dice = log.dice("upgrades");
    for morning in nightly("06:00") {
        let at = morning + dice.between(0, HOUR);
        let length = dice.between(8 * SECOND, 40 * SECOND);
        unit_run(
            log,
            at,
            length,
            "apt-daily-upgrade.service",
            "Daily apt upgrade and clean activities",
        );
        let who = log.process(&UPGRADE, at);
        log.info(
            at + 4 * SECOND,
            who,
            "Allowed origins are: origin=Debian,codename=bookworm,label=Debian-Security",
        );
        if dice.chance(250_000) {
            let package = dice.pick(&["libxml2", "openssl", "libc6", "tzdata", "curl", "sudo"]);
            log.info(
                at + 6 * SECOND,
                who,
                format!("Packages that will be upgraded: {package}"),
            );
        } else {
            log.info(
                at + 6 * SECOND,
                who,
                "No packages found that can be upgraded unattended and no pending auto-removals",
            );
        }
    }
}

/// Names that scanners try.
const TRIED: [&str; 6] = ["admin", "test", "oracle", "ubuntu", "pi", "git"];

fn scans(log: &mut Log, per_day: i64) {
    let mut dice = log.dice("scans");
    for at in Rhythm::Flat.arrivals(&mut dice, per_day) {
        let who = log.process(&SSHD, at);
        let address = format!("203.0.113.{}", dice.between(100, 254));
        let port = dice.between(32_768, 60_999);
        let user = dice.pick(&TRIED);
        let later = at + dice.between(SECOND, 4 * SECOND);
        match dice.between(0, 9) {
            0..=3 => {
                log.info(
                    at,
                    who,
                    format!("Invalid user {user} from {address} port {port}"),
                );
                log.info(
                    later,
                    who,
                    format!("Connection closed by invalid user {user} {address} port {port} [preauth]"),
                );
            }
            4 | 5 => {
                log.info(
                    at,
                    who,
                    format!("Invalid user {user} from {address} port {port}"),
                );
                log.info(
                    later,
                    who,
                    format!("Failed password for invalid user {user} from {address} port {port} ssh2"),
                );
            }
            6 | 7 => {
                log.info(
                    at,
                    who,
                    format!("Failed password for root from {address} port {port} ssh2"),
                );
                log.info(
                    later,
                    who,
                    format!(
                        "Connection closed by authenticating user root {address} port {port} [preauth]"
                    ),
                );
            }
            8 => log.info(
                at,
                who,
                format!("banner exchange: Connection from {address} port {port}: invalid format"),
            ),
            _ => log.info(
                at,
                who,
                format!("Unable to negotiate with {address} port {port}: no matching host key type found. Their offer: ssh-rsa,ssh-dss [preauth]"),
            ),
        }
    }
}

/// Who logs in, from where, with which key.
const PEOPLE: [(&str, &str, &str); 3] = [
    (
        "marta",
        "192.0.2.141",
        "SHA256:q8Yt3mWc0Zr1LxV5uHn7PbKfJd2SgEaTi9oRkMwXyBs",
    ),
    (
        "tomas",
        "192.0.2.142",
        "SHA256:Vb4nHe6KzQp0TjRm2DsXw9LcAyUf7GiOo5E1xCtZkJq",
    ),
    (
        "deploy",
        "192.0.2.15",
        "SHA256:mK7cPz2RtXe9WvGb5NqLd0JhYs4FuAoTi3BxQrVnE8w",
    ),
];

fn logins(log: &mut Log) {
    let mut dice = log.dice("logins");
    for (number, at) in Rhythm::Office
        .arrivals(&mut dice, 3)
        .into_iter()
        .enumerate()
    {
        let (user, address, key) = dice.pick(&PEOPLE);
        let length = dice.between(MINUTE, 50 * MINUTE);
        let sshd = log.process(&SSHD, at);
        let logind = log.daemon(&LOGIND, at);
        let session = 400 + number;
        let port = dice.between(40_000, 60_999);
        log.info(
            at,
            sshd,
            format!("Accepted publickey for {user} from {address} port {port} ssh2: ED25519 {key}"),
        );
        log.info(
            at + 40_000,
            logind,
            format!("New session {session} of user {user}."),
        );
        // The daemon of the next boot does not know the sessions of the last one.
        if log.boot_before(at) == log.boot_before(at + length) {
            log.info(
                at + length,
                sshd,
                format!("pam_unix(sshd:session): session closed for user {user}"),
            );
            log.info(
                at + length + 30_000,
                logind,
                format!("Removed session {session}."),
            );
        }
    }
}

/// The backup host fetches what changed, each night at the same time.
fn fetched_by_backup(log: &mut Log) {
    if log.host == "birch" {
        return;
    }
    let mut dice = log.dice("backup");
    for night in nightly("01:30") {
        for part in 0..6 {
            let at = night + 20 * SECOND + part * 11 * SECOND + dice.between(0, SECOND);
            let who = log.process(&RSYNC, at);
            let (sent, total) = (
                dice.between(2_000, 900_000),
                dice.between(20_000_000, 90_000_000),
            );
            log.info(
                at,
                who,
                format!("sent {sent} bytes  received 412 bytes  total size {total}"),
            );
        }
    }
}

fn clock(log: &mut Log) {
    let mut dice = log.dice("clock");
    for at in Rhythm::Flat.arrivals(&mut dice, 1) {
        let who = log.daemon(&CHRONYD, at);
        let server = dice.between(1, 3);
        log.info(
            at,
            who,
            format!("Selected source 192.0.2.12{server} (ntp{server}.example.net)"),
        );
    }
}

/// A planned restart after a kernel upgrade.
pub fn restart(log: &mut Log, at: i64) {
    let kernel = kernel();
    log.info(
        at,
        systemd(),
        "Stopping session and user services for system reboot.",
    );
    log.say(
        Notice,
        at + 2 * SECOND,
        systemd(),
        "Reached target reboot.target - System Reboot.",
    );
    let mut up = at + 2 * SECOND + 1 + DOWN;
    log.boots.push(up);
    for line in [
        "Linux version 6.1.0-32-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP PREEMPT_DYNAMIC Debian 6.1.129-1 (2025-03-06)",
        "Command line: BOOT_IMAGE=/vmlinuz-6.1.0-32-amd64 root=/dev/mapper/vg0-root ro quiet",
        "BIOS-provided physical RAM map:",
        "DMI: Example Systems X2/X2-S, BIOS 1.14 09/11/2024",
        "tsc: Detected 2593.906 MHz processor",
        "Memory: 8041212K/8388208K available (14342K kernel code, 2338K rwdata, 8992K rodata, 2796K init, 17356K bss, 346740K reserved, 0K cma-reserved)",
        "Freeing SMP alternatives memory: 36K",
        "smpboot: CPU0: Intel(R) Xeon(R) E-2224 CPU @ 2.60GHz (family: 0x6, model: 0x9e, stepping: 0xa)",
        "EDAC MC0: Giving out device to module ie31200_edac controller ie31200: DEV 0000:00:00.0 (POLLED)",
        "EXT4-fs (dm-0): mounted filesystem with ordered data mode. Quota mode: none.",
    ] {
        log.info(up, kernel, line);
        up += 110_000;
    }
    log.say(
        Warning,
        up,
        kernel,
        "ACPI: thermal: [Firmware Bug]: Invalid critical threshold (0)",
    );
    for line in [
        "Starting systemd-journald.service - Journal Service...",
        "Started ssh.service - OpenBSD Secure Shell server.",
        "Started cron.service - Regular background program processing daemon.",
        "Reached target multi-user.target - Multi-User System.",
        "Startup finished in 3.912s (kernel) + 8.204s (userspace) = 12.116s.",
    ] {
        up += 2 * SECOND;
        log.info(up, systemd(), line);
    }
}
