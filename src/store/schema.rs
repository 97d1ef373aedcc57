//! The tables of the store and the version they carry.
//!
//! Every value is a postcard enum with one variant per version of its shape: old values stay readable, and a value of a later
//! program is refused, never misread.

use crate::error::{Error, Kind, Result};
use redb::TableDefinition;
use serde::{Deserialize, Serialize};

/// The version of the tables; a store with another one is refused. 2: severities by the hour, texts with their first time.
/// 3: how much of a source is unlike all else. 4: bytes, newest event and journal cursor of a source; journal entries seen.
/// 5: the format and zone a source was read with, how its records fitted, several events in a line. 6: the fingerprints of a segment
/// apart from the rest of its description.
pub const VERSION: u32 = 6;

/// Facts about the store itself, by name.
pub(super) const META: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("meta");
/// In [`META`]: the number the next record gets.
pub(super) const NEXT_ORDINAL: &str = "next_ordinal";
/// Sources and how far they were read, by number.
pub(super) const SOURCES: TableDefinition<'static, u32, &[u8]> = TableDefinition::new("sources");
/// Journal entries taken in, by tenant, sequence and page of numbers.
pub(super) const SEEN: TableDefinition<'static, (&str, u128, u64), &[u8]> =
    TableDefinition::new("seen");
/// Hosts and services: name by number, and number by name.
pub(super) const NAMES: TableDefinition<'static, u32, &str> = TableDefinition::new("names");
pub(super) const NAME_NUMBERS: TableDefinition<'static, &str, u32> =
    TableDefinition::new("name_numbers");
/// Logtypes and frames by number; their numbers by a hash of the bytes.
pub(super) const LOGTYPES: TableDefinition<'static, u32, &[u8]> = TableDefinition::new("logtypes");
pub(super) const LOGTYPE_NUMBERS: TableDefinition<'static, u128, u32> =
    TableDefinition::new("logtype_numbers");
pub(super) const FRAMES: TableDefinition<'static, u32, &[u8]> = TableDefinition::new("frames");
pub(super) const FRAME_NUMBERS: TableDefinition<'static, u128, u32> =
    TableDefinition::new("frame_numbers");
/// Fingerprints of a tenant: what is known of each, and its number.
pub(super) const FINGERPRINTS: TableDefinition<'static, u32, &[u8]> =
    TableDefinition::new("fingerprints");
pub(super) const FINGERPRINT_NUMBERS: TableDefinition<'static, (&str, u128), u32> =
    TableDefinition::new("fingerprint_numbers");
/// Activity: (fingerprint, host, day) to the hours of that day.
pub(super) const ACTIVITY: TableDefinition<'static, (u32, u32, i32), &[u8]> =
    TableDefinition::new("activity");
/// Departures from the usual severity: (fingerprint, day) to the hours of that day.
pub(super) const SEVERITIES: TableDefinition<'static, (u32, i32), &[u8]> =
    TableDefinition::new("severities");
/// How the records of a source fitted its format: (source, fingerprint of those that did not, day) to the hours of that day.
/// Under [`FITTED`] stand those that did.
pub(super) const FITTING: TableDefinition<'static, (u32, u32, i32), &[u8]> =
    TableDefinition::new("fitting");
/// In [`FITTING`]: no fingerprint, since the records were understood.
pub(super) const FITTED: u32 = u32::MAX;
/// Segments: what is in each, by number; and its pieces.
pub(super) const SEGMENTS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("segments");
/// The fingerprints in each segment.
pub(super) const MEMBERS: TableDefinition<'static, u64, &[u8]> =
    TableDefinition::new("segment_fingerprints");
pub(super) const PIECES: TableDefinition<'static, (u64, u32), &[u8]> =
    TableDefinition::new("pieces");
/// Learned families, by tenant: valid while no fingerprint was added since.
pub(super) const FAMILIES: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("families");
/// Fingerprints whose records read as those of another since they were read once more: tenant and hash to the other's hash.
pub(super) const ALIASES: TableDefinition<'static, (&str, u128), u128> =
    TableDefinition::new("aliases");
/// Memory, by tenant and id.
pub(super) const INCIDENTS: TableDefinition<'static, (&str, &str), &[u8]> =
    TableDefinition::new("incidents");
/// The raw records kept with memories, by tenant and id of the memory: apart, since every question reads the memories.
pub(super) const PINNED: TableDefinition<'static, (&str, &str), &[u8]> =
    TableDefinition::new("pinned");
/// Reviews, by tenant and id.
pub(super) const REVIEWS: TableDefinition<'static, (&str, &str), &[u8]> =
    TableDefinition::new("reviews");
/// What people overruled, by tenant and id.
pub(super) const OVERRULES: TableDefinition<'static, (&str, &str), &[u8]> =
    TableDefinition::new("overrules");
/// The fingerprints whose ids stood for a signature at the end of a run, by tenant: which, and the last such run.
pub(super) const SHOWN: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("shown");
/// What each digest told, by tenant and as-of time in microseconds.
pub(super) const LEDGER: TableDefinition<'static, (&str, i64), &[u8]> =
    TableDefinition::new("ledger");
/// In [`META`]: how many transactions changed something that a view reads.
pub(super) const CHANGES: &str = "changes";
/// What the last look at a tenant found.
pub(super) const OUTLOOKS: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("outlooks");
/// Candidates that were there after the last ingest, by tenant and id.
pub(super) const RAISED: TableDefinition<'static, (&str, &str), ()> =
    TableDefinition::new("raised");
/// What each run did, by number.
pub(super) const RUNS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("runs");

/// A stored value as bytes.
pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    postcard::to_allocvec(value).map_err(|e| {
        Error::new(
            Kind::Internal,
            format!("cannot encode a value of the store: {e}"),
        )
    })
}

/// A stored value from its bytes: all of them, so that a value of another shape is not taken for this one.
pub(super) fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8], what: &str) -> Result<T> {
    match postcard::take_from_bytes::<T>(bytes) {
        Ok((value, [])) => Ok(value),
        _ => Err(unreadable(what)),
    }
}

fn unreadable(what: &str) -> Error {
    Error::new(
        Kind::Data,
        format!("the store holds a {what} this program cannot read"),
    )
    .hint("use the version of brainstem that wrote it, or a backup of the store")
}

/// What people wrote is stored as JSON: there is little of it, it outlives programs, and a person may have to read it without one.
pub(super) fn to_json<T: Serialize>(value: &T, what: &str) -> Result<Vec<u8>> {
    serde_json::to_vec(value)
        .map_err(|e| Error::new(Kind::Internal, format!("cannot encode a {what}: {e}")))
}

/// A value from its JSON.
pub(super) fn from_json<'a, T: Deserialize<'a>>(bytes: &'a [u8], what: &str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|e| {
        Error::new(
            Kind::Data,
            format!("the store holds a {what} this program cannot read: {e}"),
        )
        .hint("use the version of brainstem that wrote it, or a backup of the store")
    })
}
