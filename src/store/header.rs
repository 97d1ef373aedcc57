//! What stands before a segment: what it holds, so that a question can pass over it.

use super::schema::{decode, encode};
use super::segment::varint;
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
            hosts: set(|s| s.shape.host),
            severities: mask(|s| if s.severity == NONE { 8 } else { s.severity }),
            statuses: mask(|s| s.status),
            runs: sealed.runs.clone(),
        }
    }

    /// The latest time that a record said itself; where none did, the latest they count under. What has no time of its own, as a header
    /// of columns, must not make a log look fresh.
    pub fn last_said(&self) -> i64 {
        if self.last_dated > i64::MIN {
            self.last_dated
        } else {
            self.last
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

    /// Whether the record of this number may be here: it is not before the first or after the last.
    pub fn may_hold(&self, ordinal: u64) -> bool {
        (self.ordinal(0)..=self.ordinal((self.rows as usize).saturating_sub(1))).contains(&ordinal)
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

/// The fingerprints of a segment's shapes, by number: they stand apart from the rest of its description, for there may be tens of
/// thousands of them, and few questions are about any.
pub(super) fn members_to_bytes(fingerprints: impl Iterator<Item = u32>) -> Vec<u8> {
    let all: BTreeSet<u32> = fingerprints.collect();
    let mut out = Vec::with_capacity(all.len());
    let mut before = 0;
    for number in all {
        varint::put(&mut out, u64::from(number - before));
        before = number;
    }
    out
}

/// Whether some of them are wanted; `None` when the bytes are damaged.
pub(super) fn has_member(mut bytes: &[u8], is_wanted: impl Fn(&u32) -> bool) -> Option<bool> {
    let mut number = 0u32;
    while !bytes.is_empty() {
        let step = u32::try_from(varint::take(&mut bytes)?).ok()?;
        number = number.checked_add(step)?;
        if is_wanted(&number) {
            return Some(true);
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn members_are_found_again(numbers in prop::collection::vec(any::<u32>(), 0..40), other in any::<u32>()) {
            let bytes = members_to_bytes(numbers.iter().copied());
            for number in &numbers {
                prop_assert_eq!(has_member(&bytes, |n| n == number), Some(true));
            }
            prop_assert_eq!(has_member(&bytes, |n| *n == other), Some(numbers.contains(&other)));
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = has_member(&bytes, |_| false);
        }
    }
}
