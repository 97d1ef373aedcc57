//! Log lines as the hosts would write them: four shapes, one file per host.

use super::{Line, Scenario};
use brainstem::time::Timestamp;

/// How a host writes its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `Jun  1 00:00:04 host tag[pid]: text`: no year, no zone, no severity.
    Bsd,
    /// `2026-06-01T00:00:04.000000+00:00 host tag[pid]: text`: no severity.
    Iso,
    /// `<30>1 2026-06-01T00:00:04.000000Z host tag pid - - text`.
    Rfc5424,
    /// One JSON object a line.
    Journald,
}

impl Shape {
    /// Hosts take turns.
    pub fn of_host(host: usize) -> Shape {
        [Shape::Bsd, Shape::Rfc5424, Shape::Journald, Shape::Iso][host % 4]
    }

    pub fn tells_severity(self) -> bool {
        matches!(self, Shape::Rfc5424 | Shape::Journald)
    }

    fn extension(self) -> &'static str {
        match self {
            Shape::Bsd | Shape::Iso => "log",
            Shape::Rfc5424 => "rfc5424.log",
            Shape::Journald => "journal.json",
        }
    }

    fn line(self, line: &Line, host: &str, number: usize) -> String {
        let time = line.time.chrono().expect("a time of the scenario");
        let (tag, text) = (line.service, &line.message);
        let pid = 400 + (tag.len() * 7919 + line.host * 613) % 30_000;
        let severity = line.severity.number();
        match self {
            Shape::Bsd => format!(
                "{} {host} {tag}[{pid}]: {text}",
                time.format("%b %e %H:%M:%S")
            ),
            Shape::Iso => format!(
                "{} {host} {tag}[{pid}]: {text}",
                time.format("%Y-%m-%dT%H:%M:%S%.6f+00:00")
            ),
            Shape::Rfc5424 => format!(
                "<{}>1 {} {host} {tag} {pid} - - {text}",
                24 + severity,
                time.format("%Y-%m-%dT%H:%M:%S%.6fZ")
            ),
            Shape::Journald => serde_json::json!({
                "__CURSOR": format!("s=7;i={number:x};b=2;m=1;t={:x};x=0", line.time.0),
                "__REALTIME_TIMESTAMP": line.time.0.to_string(),
                "_HOSTNAME": host,
                "PRIORITY": severity.to_string(),
                "SYSLOG_IDENTIFIER": tag,
                "_PID": pid.to_string(),
                "MESSAGE": text,
            })
            .to_string(),
        }
    }
}

impl Scenario {
    /// The log files: name and content, by host.
    pub fn files(&self) -> Vec<(String, String)> {
        self.files_until(Timestamp::MAX)
    }

    /// The log files with the lines before a time only.
    pub fn files_until(&self, until: Timestamp) -> Vec<(String, String)> {
        let mut files: Vec<(String, String)> = (self.hosts.iter().enumerate())
            .map(|(i, host)| {
                (
                    format!("{host}.{}", Shape::of_host(i).extension()),
                    String::new(),
                )
            })
            .collect();
        for (number, line) in self
            .lines
            .iter()
            .enumerate()
            .filter(|(_, l)| l.time < until)
        {
            let text = Shape::of_host(line.host).line(line, self.hosts[line.host], number);
            let file = &mut files[line.host].1;
            file.push_str(&text);
            file.push('\n');
        }
        files
    }
}
