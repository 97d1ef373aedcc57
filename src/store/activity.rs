//! The activity of a fingerprint on a host and day, in few bytes: one cell an hour.

use super::segment::varint::{put, take, take_slice};
use crate::signature::{Cell, EXACT_LIMIT, Moments, Offsets, SLOTS, Slots};
use crate::time::Hour;

/// Adds `cells` to the sorted `into`.
pub fn merge(into: &mut Vec<Cell>, cells: &[Cell]) {
    for cell in cells {
        let at = match into.last() {
            Some(last) if last.hour < cell.hour => into.len(),
            _ => into.partition_point(|c| c.hour < cell.hour),
        };
        match into.get_mut(at) {
            Some(same) if same.hour == cell.hour => same.merge(cell),
            _ => into.insert(at, cell.clone()),
        }
    }
}

/// The cells of one day as bytes. Each begins with its hour of the day and, in the high bits, how many exact times follow
/// (0 for a busy hour); then those times, or the count, the span and the counts of the five minutes.
pub fn encode(cells: &[Cell]) -> Vec<u8> {
    let mut out = Vec::new();
    for cell in cells {
        let hour = cell.hour.of_day();
        match &cell.moments {
            Moments::Exact(at) => {
                if at.len() == EXACT_LIMIT {
                    // Eight does not fit the three high bits: hour 31, which is none, says so.
                    out.extend_from_slice(&[31, hour]);
                } else {
                    out.push(hour | (at.len() as u8) << 5);
                }
                at.iter()
                    .for_each(|o| out.extend_from_slice(&o.to_le_bytes()));
            }
            Moments::Slots(slots) => {
                out.push(hour);
                out.extend_from_slice(&slots.first.to_le_bytes());
                out.extend_from_slice(&slots.last.to_le_bytes());
                write_counts(&slots.counts, &mut out);
            }
        }
    }
    out
}

/// Twelve counts: half a byte each while they are small, else varints.
fn write_counts(counts: &[u32; SLOTS], out: &mut Vec<u8>) {
    if counts.iter().all(|&c| c < 16) {
        out.push(0);
        out.extend(counts.chunks(2).map(|pair| (pair[0] | pair[1] << 4) as u8));
    } else {
        out.push(1);
        counts.iter().for_each(|&c| put(out, u64::from(c)));
    }
}

fn read_counts(bytes: &mut &[u8]) -> Option<[u32; SLOTS]> {
    let mut counts = [0u32; SLOTS];
    if take_slice(bytes, 1)?[0] == 0 {
        for (pair, b) in counts.chunks_mut(2).zip(take_slice(bytes, SLOTS / 2)?) {
            pair[0] = u32::from(b & 15);
            pair[1] = u32::from(b >> 4);
        }
    } else {
        for c in &mut counts {
            *c = u32::try_from(take(bytes)?).ok()?;
        }
    }
    Some(counts)
}

/// The cells of `day` from their bytes; `None` when they are damaged.
pub fn decode(day: i32, bytes: &[u8]) -> Option<Vec<Cell>> {
    let mut cells = Vec::new();
    decode_into(day, bytes, &mut cells)?;
    Some(cells)
}

/// The same, behind the cells that are there.
pub fn decode_into(day: i32, mut bytes: &[u8], cells: &mut Vec<Cell>) -> Option<()> {
    while let Some((&head, rest)) = bytes.split_first() {
        bytes = rest;
        let (mut hour, mut exact) = (head & 31, usize::from(head >> 5));
        if hour == 31 {
            hour = take_slice(&mut bytes, 1)?[0];
            exact = EXACT_LIMIT;
        }
        let two = |b: &[u8]| u16::from_le_bytes([b[0], b[1]]);
        let (count, moments) = if exact > 0 {
            let mut at = [0; EXACT_LIMIT];
            let stored = take_slice(&mut bytes, 2 * exact)?.chunks_exact(2);
            at.iter_mut().zip(stored).for_each(|(o, b)| *o = two(b));
            (exact as u32, Moments::Exact(Offsets::of(&at[..exact])))
        } else {
            let first = two(take_slice(&mut bytes, 2)?);
            let last = two(take_slice(&mut bytes, 2)?);
            let counts = read_counts(&mut bytes)?;
            (
                counts.iter().fold(0u32, |a, &b| a.saturating_add(b)),
                Moments::Slots(Box::new(Slots {
                    counts,
                    first,
                    last,
                })),
            )
        };
        let hour = day.checked_mul(24)?.checked_add(i32::from(hour))?;
        cells.push(Cell {
            hour: Hour(hour),
            count,
            moments,
        });
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, Timestamp};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_day_comes_back(times in prop::collection::vec((0i64..24, 0i64..36_000, 1usize..60), 1..20)) {
            let mut cells: Vec<Cell> = Vec::new();
            for (hour, offset, repeat) in times {
                for i in 0..repeat {
                    let t = Timestamp((20_000 * 24 + hour) * HOUR + (offset + i as i64).min(35_999) * 100_000);
                    merge(&mut cells, &[Cell::one(t)]);
                }
            }
            prop_assert_eq!(decode(20_000, &encode(&cells)), Some(cells));
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(20_000, &bytes);
        }
    }
}
