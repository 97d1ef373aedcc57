//! What stands before a segment: what it holds, so that a question can pass over it.

use super::schema::{decode, decode_head, encode};
use super::segment::{NONE, Run, Sealed, Shape};
use crate::envelope::ParseStatus;
use crate::error::Result;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a segment holds, so that a search can pass over it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SegmentRow {
    pub tenant: String,
    /// The numbers of its records among all the store has ever taken in: `(row, number)` wherever one does not follow the one
    /// before; ascending, the first for row 0.
    pub ordinals: Vec<(u32, u64)>,
    pub rows: u32,
    pub first: i64,
    pub last: i64,
    /// The latest time a record said itself; the least number when none did.
    pub last_dated: i64,
    pub raw_bytes: u64,
    /// Bytes of its shapes and of shapes and body together, as they stand in the pieces.
    pub shape_bytes: u32,
    pub stored_bytes: u32,
    pub fingerprints: Vec<u32>,
    pub hosts: Vec<u32>,
    /// Bit n: a record of severity n; bit 8: one without.
    pub severities: u16,
    /// Bit n: a record of parse status n.
    pub statuses: u16,
    pub runs: Vec<Run>,
}

#[derive(Serialize, Deserialize)]
enum Stored {
    V1(SegmentRow),
}

/// A shape of a stored segment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ShapeRow {
    pub shape: Shape,
    pub fingerprint: u32,
    pub frame_group: u32,
    pub message_group: u32,
    pub count: u32,
}

/// The first members of a [`SegmentRow`], for questions that need no more: the rest is not read.
#[derive(Deserialize)]
pub(super) struct SegmentHead {
    pub tenant: String,
    ordinals: Vec<(u32, u64)>,
    rows: u32,
    pub first: i64,
    pub last: i64,
    pub last_dated: i64,
}

#[derive(Deserialize)]
enum StoredHead {
    V1(SegmentHead),
}

impl SegmentHead {
    /// Whether the record of this number may be here: it is not before the first or after the last.
    pub fn may_hold(&self, ordinal: u64) -> bool {
        let (Some((_, first)), Some((row, number))) = (self.ordinals.first(), self.ordinals.last())
        else {
            return false;
        };
        (*first..number + u64::from(self.rows.saturating_sub(*row))).contains(&ordinal)
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<SegmentHead> {
        let StoredHead::V1(head) = decode_head(bytes, "segment")?;
        Ok(head)
    }
}

impl SegmentRow {
    /// Everything but the ordinal and the sizes, which [`super::evidence::add`] knows.
    pub fn new(tenant: &str, sealed: &Sealed, shapes: &[ShapeRow]) -> SegmentRow {
        let set = |of: fn(&ShapeRow) -> u32| {
            shapes
                .iter()
                .map(of)
                .collect::<BTreeSet<u32>>()
                .into_iter()
                .collect()
        };
        let mask = |of: fn(&Shape) -> u8| {
            shapes
                .iter()
                .fold(0u16, |m, s| m | 1 << of(&s.shape).min(15))
        };
        let dated = sealed.shapes.iter().filter(|s| {
            ParseStatus::from_number(s.shape.status).is_some_and(ParseStatus::is_dated)
        });
        SegmentRow {
            tenant: tenant.to_string(),
            ordinals: Vec::new(),
            rows: sealed.rows,
            first: sealed.first.0,
            last: sealed.last.0,
            last_dated: dated.map(|s| s.last.0).max().unwrap_or(i64::MIN),
            raw_bytes: sealed.raw_bytes,
            shape_bytes: 0,
            stored_bytes: 0,
            fingerprints: set(|s| s.fingerprint),
            hosts: set(|s| s.shape.host),
            severities: mask(|s| if s.severity == NONE { 8 } else { s.severity }),
            statuses: mask(|s| s.status),
            runs: sealed.runs.clone(),
        }
    }

    /// The number of the record in a row.
    pub fn ordinal(&self, row: usize) -> u64 {
        let at = self
            .ordinals
            .partition_point(|(first, _)| *first as usize <= row);
        let (first, ordinal) = self
            .ordinals
            .get(at.wrapping_sub(1))
            .copied()
            .unwrap_or((0, 0));
        ordinal + (row - first as usize) as u64
    }

    /// The run that a row belongs to, by its place among them.
    pub fn run_of(&self, row: usize) -> Option<usize> {
        let after = self.runs.partition_point(|r| r.first_row as usize <= row);
        after.checked_sub(1)
    }

    /// When the record in a row was received.
    pub fn received_at(&self, row: usize) -> Timestamp {
        let run = self.run_of(row).and_then(|at| self.runs.get(at));
        run.map_or(Timestamp(self.first), |r| r.received_at)
    }

    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        encode(&Stored::V1(self.clone()))
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<SegmentRow> {
        let Stored::V1(row) = decode(bytes, "segment")?;
        Ok(row)
    }
}
