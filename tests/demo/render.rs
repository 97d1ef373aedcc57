//! The four ways in which the hosts write their logs down.

use crate::dice::Dice;
use crate::log::{Entry, KERNEL, LOGIND, Log, SYSTEMD};
use serde_json::{Map, Value};
use std::fmt::Write;

/// A line of rsyslog's default file format with ISO stamps.
pub fn iso(log: &Log) -> String {
    lines(log, |out, entry| {
        let stamp = format_time(entry.at, "%Y-%m-%dT%H:%M:%S%.6f+00:00");
        write!(out, "{stamp} {} {}{}", log.host, tag(entry), entry.message)
    })
}

/// RFC 5424.
pub fn rfc5424(log: &Log) -> String {
    lines(log, |out, entry| {
        let priority = entry.program.facility * 8 + entry.severity.number();
        let stamp = format_time(entry.at, "%Y-%m-%dT%H:%M:%S%.6f+00:00");
        let pid = entry.pid.map_or("-".to_string(), |pid| pid.to_string());
        let data = entry.data.as_deref().unwrap_or("-");
        let (host, name, message) = (log.host, entry.program.name, &entry.message);
        write!(
            out,
            "<{priority}>1 {stamp} {host} {name} {pid} - {data} {message}"
        )
    })
}

/// BSD syslog (RFC 3164 as rsyslog writes it to files), without a year; kernel lines carry the seconds since boot.
pub fn bsd(log: &Log) -> String {
    lines(log, |out, entry| {
        let stamp = format_time(entry.at, "%b %e %H:%M:%S");
        write!(out, "{stamp} {} {}", log.host, tag(entry))?;
        if entry.program.name == KERNEL.name {
            let up = entry.at - log.boot_before(entry.at);
            write!(out, "[{:5}.{:06}] ", up / 1_000_000, up % 1_000_000)?;
        }
        out.write_str(&entry.message)
    })
}

/// An export of the journal, one JSON object a line.
pub fn journald(log: &Log) -> String {
    let mut dice = log.dice("journal");
    let (machine, journal) = (dice.hex(32), dice.hex(32));
    let mut sequence = 0x1_4d02;
    lines(log, |out, entry| {
        sequence += 1;
        let boot = log.boot_before(entry.at);
        let (boot_id, up) = (Dice::named(&boot.to_string()).hex(32), entry.at - boot);
        let cursor = format!(
            "s={journal};i={sequence:x};b={boot_id};m={up:x};t={:x};x={}",
            entry.at,
            dice.hex(16)
        );
        let mut fields = Map::new();
        let mut put = |name: &str, value: String| fields.insert(name.into(), Value::String(value));
        put("__CURSOR", cursor);
        put("__REALTIME_TIMESTAMP", entry.at.to_string());
        put("__MONOTONIC_TIMESTAMP", up.to_string());
        put("_BOOT_ID", boot_id);
        put("_MACHINE_ID", machine.clone());
        put("_HOSTNAME", log.host.to_string());
        put("_TRANSPORT", transport(entry).to_string());
        put("PRIORITY", entry.severity.number().to_string());
        put("SYSLOG_FACILITY", entry.program.facility.to_string());
        put("SYSLOG_IDENTIFIER", entry.program.name.to_string());
        if let Some(pid) = entry.pid {
            let exe = entry.program.exe;
            let command = exe.rsplit('/').next().unwrap_or(exe);
            put("_PID", pid.to_string());
            // The kernel keeps fifteen bytes of a command's name.
            put("_COMM", command.chars().take(15).collect());
            put("_EXE", exe.to_string());
            put("_SYSTEMD_UNIT", entry.program.unit.to_string());
        }
        if let Some(unit) = unit_spoken_of(entry) {
            put("UNIT", unit.to_string());
        }
        put("MESSAGE", entry.message.clone());
        write!(out, "{}", Value::Object(fields))
    })
}

fn lines(log: &Log, mut line: impl FnMut(&mut String, &Entry) -> std::fmt::Result) -> String {
    let mut out = String::new();
    for entry in &log.entries {
        line(&mut out, entry).expect("a string takes what is written");
        out.push('\n');
    }
    out
}

fn format_time(at: i64, format: &str) -> String {
    let time = chrono::DateTime::from_timestamp_micros(at).expect("an instant of 2026");
    time.format(format).to_string()
}

fn tag(entry: &Entry) -> String {
    let name = entry.program.name;
    entry
        .pid
        .map_or(format!("{name}: "), |pid| format!("{name}[{pid}]: "))
}

fn transport(entry: &Entry) -> &'static str {
    match entry.program.name {
        name if name == KERNEL.name => "kernel",
        name if name == SYSTEMD.name || name == LOGIND.name => "journal",
        _ => "syslog",
    }
}

fn unit_spoken_of(entry: &Entry) -> Option<&str> {
    if entry.program.name != SYSTEMD.name {
        return None;
    }
    let mut words = entry.message.split([' ', ':']);
    words.find(|word| word.ends_with(".service"))
}
