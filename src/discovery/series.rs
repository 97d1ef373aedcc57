//! Activity as detectors look at it: hourly series, exact points, episodes.

use crate::signature::{HostActivity, Moments, SignatureFacts};
use crate::time::Timestamp;

/// Counts per hour of one host or of all, ascending; hours without events are absent.
pub struct Series {
    hours: Vec<(i32, u32)>,
}

impl Series {
    /// The hours of one host.
    pub fn of_host(at: &HostActivity) -> Series {
        Series {
            hours: at.cells.iter().map(|c| (c.hour.0, c.count)).collect(),
        }
    }

    /// From counts by ascending bucket.
    #[cfg(test)]
    pub fn of(hours: Vec<(i32, u32)>) -> Series {
        Series { hours }
    }

    /// The hours of all hosts together.
    pub fn of_all(signature: &SignatureFacts) -> Series {
        let cells = signature.activity.iter().flat_map(|at| &at.cells);
        let mut hours: Vec<(i32, u32)> = cells.map(|c| (c.hour.0, c.count)).collect();
        hours.sort_unstable();
        Series {
            hours: summed(&hours),
        }
    }

    /// These hours as days that end at the hour `open`: day -1 is the 24 hours before it.
    pub fn days(&self, open: i32) -> Series {
        let days: Vec<(i32, u32)> = (self.hours.iter())
            .filter(|(h, _)| *h < open)
            .map(|(h, n)| ((h - open).div_euclid(24), *n))
            .collect();
        Series {
            hours: summed(&days),
        }
    }

    /// The busiest five minutes of each hour of one host, as a series.
    pub fn peaks_of_host(at: &HostActivity) -> Series {
        let peak = |moments: &Moments| match moments {
            Moments::Slots(slots) => slots.counts.iter().copied().max().unwrap_or(0),
            Moments::Exact(at) => {
                let mut most = 0;
                for slot in at.chunk_by(|a, b| a / 3000 == b / 3000) {
                    most = most.max(slot.len() as u32);
                }
                most
            }
        };
        Series {
            hours: at
                .cells
                .iter()
                .map(|c| (c.hour.0, peak(&c.moments)))
                .collect(),
        }
    }

    /// The count of an hour.
    pub fn get(&self, hour: i32) -> u32 {
        match self.hours.binary_search_by_key(&hour, |(h, _)| *h) {
            Ok(at) => self.hours[at].1,
            Err(_) => 0,
        }
    }

    /// The active hours in `[from, to)`.
    pub fn between(&self, from: i32, to: i32) -> &[(i32, u32)] {
        let start = self.hours.partition_point(|(h, _)| *h < from);
        let end = self.hours.partition_point(|(h, _)| *h < to);
        &self.hours[start..end.max(start)]
    }

    /// The sum of the counts in `[from, to)`.
    pub fn sum(&self, from: i32, to: i32) -> u64 {
        self.between(from, to)
            .iter()
            .map(|(_, n)| u64::from(*n))
            .sum()
    }
}

/// Joins neighbours of the same bucket.
fn summed(counts: &[(i32, u32)]) -> Vec<(i32, u32)> {
    (counts.chunk_by(|a, b| a.0 == b.0))
        .map(|same| {
            (
                same[0].0,
                same.iter().fold(0u32, |n, (_, m)| n.saturating_add(*m)),
            )
        })
        .collect()
}

/// A run of occurrences close together in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// Its first occurrence.
    pub start: Timestamp,
    /// Its last.
    pub end: Timestamp,
    /// Occurrences.
    pub count: u64,
}

/// The occurrences on one host at or after `from`, as (time, count), ascending.
pub fn points(at: &HostActivity, from: Timestamp) -> Vec<(Timestamp, u32)> {
    let first = at.cells.partition_point(|c| c.hour < from.hour());
    (at.cells[first..].iter())
        .flat_map(|c| c.points())
        .filter(|(t, _)| *t >= from)
        .collect()
}

/// The episodes of ascending points: a quiet span longer than `gap` microseconds ends one.
pub fn episodes(points: &[(Timestamp, u32)], gap: i64) -> Vec<Episode> {
    let mut out: Vec<Episode> = Vec::new();
    for &(t, n) in points {
        match out.last_mut() {
            Some(last) if t.since(last.end) <= gap => {
                last.end = t;
                last.count += u64::from(n);
            }
            _ => out.push(Episode {
                start: t,
                end: t,
                count: u64::from(n),
            }),
        }
    }
    out
}

/// The episodes of a signature at or after `from`, whichever host they are on.
pub fn episodes_everywhere(signature: &SignatureFacts, from: Timestamp, gap: i64) -> Vec<Episode> {
    let mut all: Vec<(Timestamp, u32)> = signature
        .activity
        .iter()
        .flat_map(|at| points(at, from))
        .collect();
    all.sort_unstable();
    episodes(&all, gap)
}

/// When the episodes of ascending times start.
pub fn starts_of(times: &[Timestamp], gap: i64) -> Vec<Timestamp> {
    let points: Vec<(Timestamp, u32)> = times.iter().map(|t| (*t, 1)).collect();
    episodes(&points, gap).iter().map(|e| e.start).collect()
}

/// Microseconds that lie within `lead` after one of `starts` (ascending), or before: the sum is the same.
pub fn covered(starts: &[Timestamp], lead: i64) -> f64 {
    let inner: i64 = starts.windows(2).map(|w| w[1].since(w[0]).min(lead)).sum();
    (inner + lead) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;

    #[test]
    fn a_storm_is_one_episode() {
        let at = |m: i64| (Timestamp(m * MINUTE), 1);
        let found = episodes(
            &[at(0), at(1), at(2), at(40), at(100), at(101)],
            30 * MINUTE,
        );
        assert_eq!(found.iter().map(|e| e.count).collect::<Vec<_>>(), [3, 1, 2]);
        assert_eq!(found[2].start, Timestamp(100 * MINUTE));
    }

    #[test]
    fn time_after_is_counted_once() {
        let starts = [0, 10, 100].map(|m| Timestamp(m * MINUTE));
        assert_eq!(covered(&starts, 30 * MINUTE), (70 * MINUTE) as f64);
    }
}
