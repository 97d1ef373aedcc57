//! When and where: cells, one for each signature, host and hour.

use crate::time::{HOUR, Hour, SECOND, Timestamp};
use std::fmt;
use std::sync::Arc;

/// Up to this many occurrences in one hour keep their exact times; a busier hour keeps five-minute counts. Eight tenths
/// of a second stamps take less than the twelve counts, and a weak signal is rarer than eight an hour.
pub const EXACT_LIMIT: usize = 8;
/// Five-minute slots in an hour.
pub const SLOTS: usize = 12;

/// Up to [`EXACT_LIMIT`] offsets, ascending; reads like a slice. Held in place: a store has millions of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offsets {
    at: [u16; EXACT_LIMIT],
    len: u8,
}

impl Offsets {
    /// From a slice; the offsets beyond the limit are dropped, so the caller must not have more.
    pub fn of(offsets: &[u16]) -> Offsets {
        let mut out = Offsets::default();
        for (slot, offset) in out.at.iter_mut().zip(offsets) {
            *slot = *offset;
            out.len += 1;
        }
        out
    }

    /// Adds one in its place; false when there is no room.
    fn insert(&mut self, offset: u16) -> bool {
        let len = usize::from(self.len);
        if len == EXACT_LIMIT {
            return false;
        }
        let place = self.partition_point(|&o| o <= offset);
        self.at.copy_within(place..len, place + 1);
        self.at[place] = offset;
        self.len += 1;
        true
    }
}

impl std::ops::Deref for Offsets {
    type Target = [u16];

    fn deref(&self) -> &[u16] {
        &self.at[..usize::from(self.len)]
    }
}

/// When within its hour a cell's occurrences lie. Offsets are tenths of a second from the start of the hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moments {
    /// All of them.
    Exact(Offsets),
    /// Counts per five minutes. Apart, since busy hours are few and most cells are small without them.
    Slots(Box<Slots>),
}

/// Counts per five minutes, and the first and last offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    /// Occurrences per five-minute slot.
    pub counts: [u32; SLOTS],
    /// Offset of the first.
    pub first: u16,
    /// Offset of the last.
    pub last: u16,
}

/// What one signature did on one host in one hour. Cells of the same hour merge to the same cell in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Which hour.
    pub hour: Hour,
    /// How often; never 0.
    pub count: u32,
    /// When within the hour.
    pub moments: Moments,
}

/// The offset of `time` in its hour, in tenths of a second.
pub fn offset_in_hour(time: Timestamp) -> u16 {
    (time.0.rem_euclid(HOUR) / (SECOND / 10)) as u16
}

impl Cell {
    /// A cell of one occurrence.
    pub fn one(time: Timestamp) -> Cell {
        Cell {
            hour: time.hour(),
            count: 1,
            moments: Moments::Exact(Offsets::of(&[offset_in_hour(time)])),
        }
    }

    /// Adds one occurrence at `offset` (tenths of a second).
    pub fn add(&mut self, offset: u16) {
        self.count = self.count.saturating_add(1);
        match &mut self.moments {
            Moments::Exact(at) => {
                if !at.insert(offset) {
                    self.moments = slots_of(at);
                    self.count -= 1;
                    self.add(offset);
                }
            }
            Moments::Slots(slots) => {
                slots.counts[slot_of(offset)] += 1;
                slots.first = slots.first.min(offset);
                slots.last = slots.last.max(offset);
            }
        }
    }

    /// Adds all occurrences of `other`, which must be of the same hour.
    pub fn merge(&mut self, other: &Cell) {
        match &other.moments {
            Moments::Exact(offsets) => offsets.iter().for_each(|&o| self.add(o)),
            Moments::Slots(more) => {
                self.count = self.count.saturating_add(other.count);
                if let Moments::Exact(at) = &self.moments {
                    self.moments = slots_of(at);
                }
                if let Moments::Slots(slots) = &mut self.moments {
                    for (a, b) in slots.counts.iter_mut().zip(more.counts) {
                        *a = a.saturating_add(b);
                    }
                    slots.first = slots.first.min(more.first);
                    slots.last = slots.last.max(more.last);
                }
            }
        }
    }

    /// The first occurrence, to a tenth of a second.
    pub fn first(&self) -> Timestamp {
        let offset = match &self.moments {
            Moments::Exact(at) => at.first().copied().unwrap_or(0),
            Moments::Slots(slots) => slots.first,
        };
        self.hour.start().plus(i64::from(offset) * (SECOND / 10))
    }

    /// The last occurrence, to a tenth of a second.
    pub fn last(&self) -> Timestamp {
        let offset = match &self.moments {
            Moments::Exact(at) => at.last().copied().unwrap_or(0),
            Moments::Slots(slots) => slots.last,
        };
        self.hour.start().plus(i64::from(offset) * (SECOND / 10))
    }

    /// The occurrences as (time, count): exact times with count 1, or the start of each busy five minutes with its count
    /// (the first of them at the first offset).
    pub fn points(&self) -> Vec<(Timestamp, u32)> {
        let start = self.hour.start();
        match &self.moments {
            Moments::Exact(at) => at
                .iter()
                .map(|&o| (start.plus(i64::from(o) * (SECOND / 10)), 1))
                .collect(),
            Moments::Slots(slots) => (slots.counts.iter().enumerate())
                .filter(|(_, n)| **n > 0)
                .map(|(i, &n)| {
                    (
                        start.plus((i as i64 * 3000).max(i64::from(slots.first)) * (SECOND / 10)),
                        n,
                    )
                })
                .collect(),
        }
    }
}

fn slot_of(offset: u16) -> usize {
    (usize::from(offset) / 3000).min(SLOTS - 1)
}

fn slots_of(at: &[u16]) -> Moments {
    let mut counts = [0u32; SLOTS];
    at.iter().for_each(|&o| counts[slot_of(o)] += 1);
    Moments::Slots(Box::new(Slots {
        counts,
        first: at.first().copied().unwrap_or(u16::MAX),
        last: at.last().copied().unwrap_or(0),
    }))
}

/// The activity of one signature on one host: cells by ascending hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostActivity {
    /// Index into [`Facts::hosts`](super::Facts::hosts).
    pub host: u32,
    /// One cell per active hour, ascending.
    pub cells: Cells,
}

/// Cells in order: a slice of a list that the activity of many signatures shares, since a store has millions of short ones.
#[derive(Clone)]
pub struct Cells {
    list: Arc<Vec<Cell>>,
    from: u32,
    to: u32,
}

impl Cells {
    /// The cells of `list` from one position up to another; none where the list ends before.
    pub fn of(list: &Arc<Vec<Cell>>, range: std::ops::Range<u32>) -> Cells {
        Cells {
            list: Arc::clone(list),
            from: range.start,
            to: range.end,
        }
    }
}

impl From<Vec<Cell>> for Cells {
    fn from(cells: Vec<Cell>) -> Cells {
        let to = cells.len() as u32;
        Cells::of(&Arc::new(cells), 0..to)
    }
}

impl std::ops::Deref for Cells {
    type Target = [Cell];

    fn deref(&self) -> &[Cell] {
        self.list
            .get(self.from as usize..self.to as usize)
            .unwrap_or_default()
    }
}

impl<'a> IntoIterator for &'a Cells {
    type Item = &'a Cell;
    type IntoIter = std::slice::Iter<'a, Cell>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Cells {
    fn eq(&self, other: &Cells) -> bool {
        **self == **other
    }
}

impl Eq for Cells {}

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell(offsets: &[u16]) -> Cell {
        let mut it = offsets.iter();
        let mut c = Cell {
            hour: Hour(5),
            count: 1,
            moments: Moments::Exact(Offsets::of(&[*it.next().expect("one")])),
        };
        it.for_each(|&o| c.add(o));
        c
    }

    proptest! {
        #[test]
        fn cells_merge_to_the_same_in_any_grouping(all in prop::collection::vec(0u16..36_000, 2..40), cut in 1usize..39) {
            let cut = cut.min(all.len() - 1);
            let whole = cell(&all);
            let (mut left, right) = (cell(&all[..cut]), cell(&all[cut..]));
            let mut other = right.clone();
            other.merge(&left);
            left.merge(&right);
            prop_assert_eq!(&left, &whole);
            prop_assert_eq!(&other, &whole);
        }
    }
}
