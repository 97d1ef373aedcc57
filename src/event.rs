//! What a format makes of one raw record: the hot, borrowed [`Parsed`], and the canonical [`Event`] people and programs see.

use crate::envelope::ParseStatus;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Syslog severity, most grave first (RFC 5424, section 6.2.1); the order is by gravity: `Emergency > Debug`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Severity {
    /// 0: the system is unusable.
    Emergency = 0,
    /// 1: act now.
    Alert = 1,
    /// 2: critical conditions.
    Critical = 2,
    /// 3: errors.
    Error = 3,
    /// 4: warnings.
    Warning = 4,
    /// 5: normal but significant.
    Notice = 5,
    /// 6: information.
    Info = 6,
    /// 7: debugging.
    Debug = 7,
}

impl Severity {
    /// All, most grave first; the index is the syslog number.
    pub const ALL: [Severity; 8] = [
        Severity::Emergency,
        Severity::Alert,
        Severity::Critical,
        Severity::Error,
        Severity::Warning,
        Severity::Notice,
        Severity::Info,
        Severity::Debug,
    ];

    /// From the syslog number 0 to 7.
    pub fn from_number(n: u8) -> Option<Severity> {
        Severity::ALL.get(usize::from(n)).copied()
    }

    /// The syslog number, 0 (gravest) to 7.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Emergency => "emergency",
            Severity::Alert => "alert",
            Severity::Critical => "critical",
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
            Severity::Info => "info",
            Severity::Debug => "debug",
        }
    }

    /// From a word as loggers write it (`WARN`, `err`, `crit`, `fatal`, `panic` …), any case; `None` for other words.
    pub fn from_word(word: &str) -> Option<Severity> {
        const WORDS: [(&str, Severity); 27] = [
            ("emerg", Severity::Emergency),
            ("emergency", Severity::Emergency),
            ("panic", Severity::Emergency),
            ("alert", Severity::Alert),
            ("crit", Severity::Critical),
            ("critical", Severity::Critical),
            ("fatal", Severity::Critical),
            ("severe", Severity::Error),
            ("error", Severity::Error),
            ("err", Severity::Error),
            ("failure", Severity::Error),
            ("warning", Severity::Warning),
            ("warn", Severity::Warning),
            ("notice", Severity::Notice),
            ("note", Severity::Notice),
            ("info", Severity::Info),
            ("information", Severity::Info),
            ("informational", Severity::Info),
            ("log", Severity::Info),
            ("ok", Severity::Info),
            ("debug", Severity::Debug),
            ("dbg", Severity::Debug),
            ("trace", Severity::Debug),
            ("verbose", Severity::Debug),
            ("fine", Severity::Debug),
            ("finer", Severity::Debug),
            ("finest", Severity::Debug),
        ];
        WORDS
            .iter()
            .find(|(w, _)| w.eq_ignore_ascii_case(word))
            .map(|&(_, s)| s)
    }
}

impl PartialOrd for Severity {
    fn partial_cmp(&self, other: &Severity) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Severity {
    fn cmp(&self, other: &Severity) -> std::cmp::Ordering {
        other.number().cmp(&self.number())
    }
}

/// The names of the syslog facilities 0 to 23 (RFC 5424, section 6.2.1).
pub const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7",
];

/// A byte range of the raw record, for the parts that stand in it verbatim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte; `start == end` means: not there verbatim.
    pub end: u32,
}

impl Span {
    /// A span from byte positions.
    pub fn new(start: usize, end: usize) -> Span {
        Span {
            start: start as u32,
            end: end as u32,
        }
    }

    /// Whether the part does not stand verbatim in the raw record.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The bytes of this span in `raw`.
    pub fn of(self, raw: &[u8]) -> &[u8] {
        raw.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }
}

/// What a format found in one raw record, borrowed from it; the product of the hot path.
///
/// The spans say where the parts stand verbatim in the raw record (same bytes as the field beside them), so that the
/// store can keep the record without keeping them twice. They never overlap.
#[derive(Clone, Debug, Default)]
pub struct Parsed<'a> {
    /// When it happened, if the record says so.
    pub time: Option<Timestamp>,
    /// Where the time stands in the record.
    pub time_span: Span,
    /// The machine or device it speaks of; empty when unknown.
    pub host: Cow<'a, str>,
    /// Where the host stands in the record.
    pub host_span: Span,
    /// The program, unit or subsystem, without process id; empty when unknown.
    pub service: Cow<'a, str>,
    /// Where the service stands in the record.
    pub service_span: Span,
    /// How grave, if the record says so.
    pub severity: Option<Severity>,
    /// Syslog facility number.
    pub facility: Option<u8>,
    /// The message, without its header; bytes, since logs are not always text.
    pub message: Cow<'a, [u8]>,
    /// Where the message stands in the record.
    pub message_span: Span,
    /// How well the record was understood.
    pub status: ParseStatus,
}

/// Everything structured a record says besides its message, in the record's order. Values as they came.
pub type Fields = Map<String, Value>;

/// The canonical event, as commands print it. Field names are part of the interface.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// `evt_` and its place in the store.
    pub event_id: String,
    /// The tenant it belongs to.
    pub tenant_id: String,
    /// The signature of its message.
    pub signature_id: String,
    /// When it happened (or was received, where `parse_status` says so).
    pub timestamp: Timestamp,
    /// The device or machine as an asset; the host unless the record names another.
    pub asset_id: String,
    /// The host.
    pub host: String,
    /// The program.
    pub service: String,
    /// How grave, if the record says so.
    pub severity: Option<Severity>,
    /// Syslog facility, if the record says so.
    pub facility: Option<String>,
    /// What sort of record: the format that read it.
    pub kind: String,
    /// The message without its header.
    pub message_raw: String,
    /// The message with its variable parts named.
    pub message_normalized: String,
    /// All other fields of the record.
    pub structured_fields: Fields,
    /// Entities other events may share: addresses, users, devices, units.
    pub correlation_keys: Vec<String>,
    /// Labels given at ingest.
    pub labels: Vec<String>,
    /// The kind of source: `file`, `stream`.
    pub source_type: String,
    /// The name of the source.
    pub source_name: String,
    /// Where the raw record is: source and byte offset.
    pub raw_ref: String,
    /// How well it was understood.
    pub parse_status: ParseStatus,
    /// When it was received, and by which version of the parser.
    pub ingest_metadata: Fields,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graver_is_greater() {
        assert!(Severity::Critical > Severity::Warning);
        assert_eq!(Severity::ALL.iter().max(), Some(&Severity::Emergency));
    }

    #[test]
    fn loggers_words_are_known() {
        assert_eq!(Severity::from_word("WARN"), Some(Severity::Warning));
        assert_eq!(Severity::from_word("Err"), Some(Severity::Error));
        assert_eq!(Severity::from_word("banana"), None);
    }
}
