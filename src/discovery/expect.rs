//! What the past of a series leads to expect of one of its buckets, and whether a count is far above it.

use super::{Series, mad, median, poisson_tail};
use crate::tuning::Tuning;

/// How wide the buckets of a series are, and what that makes of its seasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Horizon {
    /// The busiest five minutes of each hour.
    FiveMinutes,
    /// Hours.
    Hour,
    /// Days of 24 closed hours, ending at the as-of time.
    Day,
}

impl Horizon {
    /// In words, as in "45 times in an hour".
    pub fn name(self) -> &'static str {
        match self {
            Horizon::FiveMinutes => "5 minutes",
            Horizon::Hour => "an hour",
            Horizon::Day => "a day",
        }
    }

    /// Buckets a day and a week hold; and those of the near past.
    fn season(self) -> (i32, i32, i32) {
        match self {
            Horizon::Day => (1, 7, 7),
            _ => (24, 168, 24),
        }
    }

    /// Buckets of this width in one step of the series: the mean of the past spreads over them.
    fn parts(self) -> f64 {
        match self {
            Horizon::FiveMinutes => 12.0,
            _ => 1.0,
        }
    }
}

/// A bucket far above what is expected of it.
#[derive(Clone, Copy, Debug)]
pub struct Excess {
    /// The bucket.
    pub at: i32,
    /// What it counts.
    pub observed: f64,
    /// What the past leads to expect.
    pub expected: f64,
    /// The chance of so many where so many are expected.
    pub chance: f64,
}

/// The buckets in `[from, to)` of a series known since bucket `first` that are far above what is expected of them.
pub fn excesses(
    series: &Series,
    horizon: Horizon,
    (first, from, to): (i32, i32, i32),
    tuning: &Tuning,
) -> Vec<Excess> {
    let tests = f64::from((to - from).max(1)) * horizon.parts();
    let mut out = Vec::new();
    for &(at, count) in series.between(from, to) {
        let observed = f64::from(count);
        let history = f64::from(at - first) * if horizon == Horizon::Day { 24.0 } else { 1.0 };
        if observed < tuning.burst_min || history < tuning.burst_history {
            continue;
        }
        let expected = expected(series, horizon, at, first);
        let chance = poisson_tail(u64::from(count), expected);
        let far =
            chance <= tuning.burst_alpha / tests && observed >= tuning.burst_factor * expected;
        let past = Past {
            series,
            horizon,
            at,
            first,
        };
        if far && !past.swings(observed, tuning) && !past.habit(observed, tuning) {
            out.push(Excess {
                at,
                observed,
                expected,
                chance,
            });
        }
    }
    out
}

/// The largest of: the median of the same hour of the last 7 days, of the same hour of the week of the last 4 weeks, of
/// the near past, and the mean of the whole past (half an event added, since what was never seen may still come). The
/// same hour means the fullest of it and its neighbours: jobs drift, and summer time moves them.
fn expected(series: &Series, horizon: Horizon, at: i32, first: i32) -> f64 {
    let (day, week, near) = horizon.season();
    let around = |b: i32| match horizon {
        Horizon::Day => series.get(b),
        _ => (b - 1..=b + 1).map(|b| series.get(b)).max().unwrap_or(0),
    };
    let known = |b: &i32| *b >= first;
    let mut days: Vec<f64> = (1..=7)
        .map(|k| at - day * k)
        .filter(known)
        .map(|b| f64::from(around(b)))
        .collect();
    let mut weeks: Vec<f64> = (1..=4)
        .map(|k| at - week * k)
        .filter(known)
        .map(|b| f64::from(around(b)))
        .collect();
    let mut last: Vec<f64> = (1..=near)
        .map(|k| at - k)
        .filter(known)
        .map(|b| f64::from(series.get(b)))
        .collect();
    let past = f64::from((at - first).max(1));
    let mean = (series.sum(first, at) as f64 + 0.5) / past / horizon.parts();
    (median(&mut days))
        .max(median(&mut weeks))
        .max(median(&mut last))
        .max(mean)
}

/// The past of one bucket.
struct Past<'a> {
    series: &'a Series,
    horizon: Horizon,
    at: i32,
    first: i32,
}

impl Past<'_> {
    /// Whether the past week swings more than chance, and this count is within `burst.mad` deviations of its median.
    fn swings(&self, observed: f64, tuning: &Tuning) -> bool {
        let week = self.horizon.season().1;
        let mut past: Vec<f64> = (1..=week)
            .map(|k| self.at - k)
            .filter(|b| *b >= self.first)
            .map(|b| f64::from(self.series.get(b)))
            .collect();
        let n = past.len().max(1) as f64;
        let mean = past.iter().sum::<f64>() / n;
        let variance = past.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
        if variance <= 2.0 * mean {
            return false;
        }
        let middle = median(&mut past);
        0.6745 * (observed - middle) <= tuning.burst_mad * mad(&mut past)
    }

    /// Whether it was half as high often enough before. What is so high at one hour of the day only has the habit at
    /// that hour only: the nightly storm at noon is news.
    fn habit(&self, observed: f64, tuning: &Tuning) -> bool {
        let day = self.horizon.season().0;
        let quiet = if day > 1 {
            tuning.burst_quiet as i32
        } else {
            0
        };
        let before: Vec<i32> = (self.series.between(self.first, self.at - quiet).iter())
            .filter(|(_, n)| f64::from(*n) * 2.0 >= observed)
            .map(|(b, _)| b.rem_euclid(day))
            .collect();
        if (before.len() as f64) < tuning.burst_before {
            return false;
        }
        let near = |clock: i32| {
            let close = |b: &&i32| {
                (**b - clock)
                    .rem_euclid(day)
                    .min((clock - **b).rem_euclid(day))
                    <= 1
            };
            before.iter().filter(close).count() as f64 / before.len() as f64
        };
        let timetable = day > 1 && (0..day).any(|clock| near(clock) >= tuning.routine_clock);
        !timetable || near(self.at.rem_euclid(day)) > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(counts: &[(i32, u32)]) -> Series {
        Series::of(counts.to_vec())
    }

    fn found(counts: &[(i32, u32)], at: i32) -> bool {
        let span = (0, at, at + 1);
        !excesses(&series(counts), Horizon::Hour, span, &Tuning::default()).is_empty()
    }

    #[test]
    fn what_was_rare_and_comes_often_is_an_excess() {
        assert!(found(&[(5, 1), (80, 1), (200, 40)], 200));
        assert!(
            !found(&[(5, 1), (80, 1), (200, 6)], 200),
            "too few for a storm"
        );
        assert!(!found(&[(1, 40)], 1), "no past to judge by");
    }

    #[test]
    fn the_same_hour_of_other_days_and_weeks_excuses() {
        let nightly: Vec<(i32, u32)> = (0..14).map(|d| (d * 24 + 2, 50)).collect();
        assert!(!found(&nightly, 13 * 24 + 2));
        let mut weekly: Vec<(i32, u32)> = (0..5).map(|w| (w * 168 + 60, 50)).collect();
        assert!(!found(&weekly, 4 * 168 + 60));
        weekly.push((4 * 168 + 100, 50));
        assert!(
            found(&weekly, 4 * 168 + 100),
            "the weekly storm on another day"
        );
    }

    #[test]
    fn a_series_that_swings_needs_more() {
        let swinging: Vec<(i32, u32)> = (0..300)
            .map(|h| (h, if h % 3 == 0 { 30 } else { 4 }))
            .collect();
        let with = |n: u32| [swinging.clone(), vec![(300, n)]].concat();
        assert!(!found(&with(45), 300));
        assert!(found(&with(400), 300));
    }
}
