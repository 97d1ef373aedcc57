//! The raw record as it was received, with its provenance, before anyone has understood it.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How well a record was understood. Nothing is ever dropped for it; every report counts it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ParseStatus {
    /// Everything the format promises was there.
    #[default]
    Ok = 0,
    /// Some of it: the rest was odd, and is in the message.
    Partial = 1,
    /// Nothing: the whole record is the message.
    Unparsed = 2,
    /// The message is not UTF-8.
    BadEncoding = 3,
    /// Not text at all.
    Binary = 4,
    /// A piece of a record longer than the limit.
    OversizeFragment = 5,
    /// A run of NUL bytes, as a sparse or torn file has it.
    NulRun = 6,
    /// The last record of a source, without its end.
    Unterminated = 7,
    /// The record says no time; the time of receipt stands in.
    TimeMissing = 8,
    /// The time is in the future or absurd; the time of receipt stands in for counting.
    TimeSuspect = 9,
    /// The message field is there and null (journald cuts long fields so).
    FieldNull = 10,
}

impl ParseStatus {
    /// All, by number.
    pub const ALL: [ParseStatus; 11] = [
        ParseStatus::Ok,
        ParseStatus::Partial,
        ParseStatus::Unparsed,
        ParseStatus::BadEncoding,
        ParseStatus::Binary,
        ParseStatus::OversizeFragment,
        ParseStatus::NulRun,
        ParseStatus::Unterminated,
        ParseStatus::TimeMissing,
        ParseStatus::TimeSuspect,
        ParseStatus::FieldNull,
    ];

    /// The stored number.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// From the stored number.
    pub fn from_number(n: u8) -> Option<ParseStatus> {
        ParseStatus::ALL.get(usize::from(n)).copied()
    }

    /// Whether a record of this status counts under a time it said itself.
    pub fn is_dated(self) -> bool {
        !matches!(
            self,
            ParseStatus::TimeMissing
                | ParseStatus::TimeSuspect
                | ParseStatus::Unparsed
                | ParseStatus::Binary
                | ParseStatus::NulRun
        )
    }

    /// What was wrong with a record of this status, for people; empty where nothing was.
    pub fn reason(self) -> &'static str {
        match self {
            ParseStatus::Ok => "",
            ParseStatus::Partial => "not all of it is what its format promises",
            ParseStatus::Unparsed => "not in the format of its source, nor in another",
            ParseStatus::BadEncoding => "not UTF-8",
            ParseStatus::Binary => "not text",
            ParseStatus::OversizeFragment => "a piece of a line longer than 1 MiB",
            ParseStatus::NulRun => "NUL bytes, as a crash or a truncation leaves them",
            ParseStatus::Unterminated => "the last line, without its end",
            ParseStatus::TimeMissing => "says no time",
            ParseStatus::TimeSuspect => "its time is in the future, or absurd",
            ParseStatus::FieldNull => "its message is null: use journalctl --all",
        }
    }

    /// The word for it, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            ParseStatus::Ok => "ok",
            ParseStatus::Partial => "partial",
            ParseStatus::Unparsed => "unparsed",
            ParseStatus::BadEncoding => "bad_encoding",
            ParseStatus::Binary => "binary",
            ParseStatus::OversizeFragment => "oversize_fragment",
            ParseStatus::NulRun => "nul_run",
            ParseStatus::Unterminated => "unterminated",
            ParseStatus::TimeMissing => "time_missing",
            ParseStatus::TimeSuspect => "time_suspect",
            ParseStatus::FieldNull => "field_null",
        }
    }
}

/// Which byte of two comes first in UTF-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Endian {
    /// The low one.
    Little,
    /// The high one.
    Big,
}

impl Endian {
    /// A line end in this order.
    pub fn line_end(self) -> [u8; 2] {
        self.unit(u16::from(b'\n'))
    }

    /// The bytes of a unit.
    pub fn unit(self, unit: u16) -> [u8; 2] {
        match self {
            Endian::Little => unit.to_le_bytes(),
            Endian::Big => unit.to_be_bytes(),
        }
    }

    /// The unit of two bytes.
    pub fn read(self, bytes: [u8; 2]) -> u16 {
        match self {
            Endian::Little => u16::from_le_bytes(bytes),
            Endian::Big => u16::from_be_bytes(bytes),
        }
    }
}

/// One raw record as received, byte for byte, with where it came from.
#[derive(Clone, Debug, Serialize)]
pub struct Envelope {
    /// `env_` and its place in the store.
    pub envelope_id: String,
    /// The source's id.
    pub source_id: String,
    /// `file` or `stream`.
    pub source_type: String,
    /// The tenant it belongs to.
    pub tenant_id: String,
    /// When brainstem read it.
    pub received_at: Timestamp,
    /// When it says it happened.
    pub observed_at: Option<Timestamp>,
    /// How it came: `file`, `gzip`, `stdin` …
    pub transport: String,
    /// The bytes, without the line end.
    #[serde(skip)]
    pub raw_payload: Vec<u8>,
    /// Path and byte offset in the source.
    pub source_metadata: serde_json::Map<String, serde_json::Value>,
    /// How well it was understood.
    pub parse_status: ParseStatus,
}

/// What became of the records of a run or a source: the coverage line of every report. Counts of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Records read.
    pub lines_read: u64,
    /// Fully understood.
    pub parsed: u64,
    /// Understood in part.
    pub partial: u64,
    /// Not understood, kept as they came.
    pub malformed: u64,
    /// Without a usable time.
    pub undated: u64,
    /// Already stored by an earlier run.
    pub skipped_seen: u64,
}

impl Coverage {
    /// Counts `n` records of `status`.
    pub fn count(&mut self, status: ParseStatus, n: u64) {
        self.lines_read += n;
        match status {
            ParseStatus::Ok => self.parsed += n,
            ParseStatus::Partial
            | ParseStatus::BadEncoding
            | ParseStatus::Unterminated
            | ParseStatus::FieldNull => {
                self.partial += n;
            }
            ParseStatus::TimeMissing | ParseStatus::TimeSuspect => {
                self.parsed += n;
                self.undated += n;
            }
            ParseStatus::Unparsed
            | ParseStatus::Binary
            | ParseStatus::OversizeFragment
            | ParseStatus::NulRun => {
                self.malformed += n;
            }
        }
    }

    /// Adds another coverage.
    pub fn add(&mut self, other: &Coverage) {
        self.lines_read += other.lines_read;
        self.parsed += other.parsed;
        self.partial += other.partial;
        self.malformed += other.malformed;
        self.undated += other.undated;
        self.skipped_seen += other.skipped_seen;
    }
}
