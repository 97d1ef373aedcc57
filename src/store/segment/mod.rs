//! Segments: some thousand records in columns, compressed, so that each comes back byte for byte.
//!
//! A segment is a pure value: it knows numbers, not names. What its numbers mean (hosts, services, logtypes, frames) stands in
//! the store's dictionaries. A worker builds one with numbers of its own, and the writer gives them the store's.

pub mod column;
mod encode;
pub mod frame;
pub mod layout;
mod reader;
pub mod stamp;
pub mod varint;

pub use encode::{Builder, Sealed, SealedShape};
pub use reader::{Dictionary, Place, Reader};

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// No severity, or no facility.
pub const NONE: u8 = u8::MAX;

/// Everything about a record but its time and its variables. Records of one shape share all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// The layout around the message.
    pub frame: u32,
    /// The constant part of the message.
    pub logtype: u32,
    /// The host's name.
    pub host: u32,
    /// The service's name.
    pub service: u32,
    /// Syslog severity, or [`NONE`].
    pub severity: u8,
    /// Syslog facility, or [`NONE`].
    pub facility: u8,
    /// The parse status by number.
    pub status: u8,
    /// Whether the message is a piece of the frame; else it is found by parsing the raw record again.
    pub verbatim: bool,
}

// Looked up once a record: three words to hash instead of eight fields.
impl std::hash::Hash for Shape {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.frame) << 32 | u64::from(self.logtype));
        state.write_u64(u64::from(self.host) << 32 | u64::from(self.service));
        state.write_u32(u32::from_le_bytes([
            self.severity,
            self.facility,
            self.status,
            u8::from(self.verbatim),
        ]));
    }
}

/// Where consecutive records of a segment came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The first row of the run.
    pub first_row: u32,
    /// The source, by its number in the store.
    pub source: u32,
    /// The byte offset of the first record in that source, after decompression.
    pub offset: u64,
    /// When the run was received.
    pub received_at: Timestamp,
}
