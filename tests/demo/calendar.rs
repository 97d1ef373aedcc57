//! The fortnight the logs tell of, and the rhythm of its days.

use crate::dice::Dice;
use brainstem::time::{DAY, HOUR, MINUTE};

/// Monday 2026-03-02T00:00:00Z, in microseconds since the epoch.
pub const START: i64 = 1_772_409_600_000_000;
/// Days in the logs; the last is Sunday 2026-03-15.
pub const DAYS: i64 = 14;
/// The first instant after the logs: 2026-03-16T00:00:00Z.
pub const END: i64 = START + DAYS * DAY;

/// The instant `clock` (`HH:MM` or `HH:MM:SS`) on that day of March 2026.
pub fn march(day: i64, clock: &str) -> i64 {
    let mut units = [HOUR, MINUTE, MINUTE / 60].into_iter();
    let within: i64 = clock
        .split(':')
        .zip(&mut units)
        .map(|(digits, unit)| digits.parse::<i64>().expect("a clock is of digits") * unit)
        .sum();
    START + (day - 2) * DAY + within
}

/// The day of March 2026 that `at` lies in.
pub fn day_of_march(at: i64) -> i64 {
    (at - START).div_euclid(DAY) + 2
}

/// `clock` on each day of the fortnight.
pub fn nightly(clock: &str) -> impl Iterator<Item = i64> {
    (2..2 + DAYS).map(move |day| march(day, clock))
}

/// Whether the day of `at` is a Saturday or a Sunday.
pub fn is_weekend(at: i64) -> bool {
    (at - START).div_euclid(DAY) % 7 >= 5
}

/// How the hours of a day differ.
#[derive(Clone, Copy)]
pub enum Rhythm {
    /// All hours alike: what machines and scanners do.
    Flat,
    /// Much by day, little by night, a third at weekends: what people do.
    Office,
}

/// How busy each hour of an office day is; only their proportions count.
const OFFICE_HOURS: [i64; 24] = [
    2, 2, 2, 2, 2, 2, 6, 12, 19, 23, 23, 22, 18, 20, 22, 21, 19, 14, 9, 6, 5, 4, 3, 2,
];

impl Rhythm {
    /// Random instants, ascending, about `per_day` on a working day, at most one a minute.
    pub fn arrivals(self, dice: &mut Dice, per_day: i64) -> Vec<i64> {
        let busy: i64 = OFFICE_HOURS.iter().sum();
        (START..END)
            .step_by(MINUTE as usize)
            .filter(|&minute| {
                let hour = ((minute - START) % DAY / HOUR) as usize;
                let weekend = if is_weekend(minute) { 3 } else { 1 };
                let per_million = match self {
                    Rhythm::Flat => per_day * 1_000_000 / (24 * 60),
                    Rhythm::Office => {
                        per_day * 1_000_000 * OFFICE_HOURS[hour] / (60 * busy * weekend)
                    }
                };
                dice.chance(per_million)
            })
            .collect::<Vec<_>>()
            .into_iter()
            .map(|minute| minute + dice.between(0, MINUTE - 1))
            .collect()
    }
}
