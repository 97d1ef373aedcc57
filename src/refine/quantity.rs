//! Quantities: what a value of a slot measures, where it is a number.

use super::is_unit;

/// A number and its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity<'a> {
    /// The number as written.
    pub number: f64,
    /// What follows it: `ms`, `%`, `KB`; empty for a bare number.
    pub unit: &'a str,
}

/// The longest number with its unit; what is longer is an id or data.
const LONGEST: usize = 32;

impl<'a> Quantity<'a> {
    /// The quantity that `text` is; `None` when it is something else, such as an address, a time of day or a list.
    pub fn of(text: &'a str) -> Option<Quantity<'a>> {
        if text.len() > LONGEST {
            return None;
        }
        let digits = |c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-');
        let (number, unit) = text.split_at(text.find(|c| !digits(c)).unwrap_or(text.len()));
        let unit = unit.trim();
        if !number.contains(|c: char| c.is_ascii_digit()) || !measures(unit) {
            return None;
        }
        let number = number.parse::<f64>().ok().filter(|n| n.is_finite())?;
        Some(Quantity { number, unit })
    }

    /// In seconds, where it is a duration.
    pub fn seconds(&self) -> Option<f64> {
        let (_, seconds) = DURATIONS
            .iter()
            .find(|(names, _)| names.contains(&self.unit))?;
        Some(self.number * seconds)
    }
}

/// Whether a number may be followed by this.
fn measures(unit: &str) -> bool {
    let duration = || DURATIONS.iter().any(|(names, _)| names.contains(&unit));
    matches!(unit, "" | "%") || is_unit(unit) || duration()
}

/// The names of units of time, and the seconds in each. A bare `m` is left out: it is a minute here and a metre or a million there.
const DURATIONS: [(&[&str], f64); 7] = [
    (&["ns", "nsec", "nanoseconds"], 1e-9),
    (&["us", "µs", "μs", "usec", "usecs", "microseconds"], 1e-6),
    (
        &["ms", "msec", "msecs", "millisecond", "milliseconds"],
        1e-3,
    ),
    (&["s", "sec", "secs", "second", "seconds"], 1.0),
    (&["min", "mins", "minute", "minutes"], 60.0),
    (&["h", "hr", "hrs", "hour", "hours"], 3600.0),
    (&["d", "day", "days"], 86_400.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_units_and_other_values_are_none() {
        for (text, number, unit) in [
            ("5", 5.0, ""),
            ("-3", -3.0, ""),
            ("0.25", 0.25, ""),
            ("15GB", 15.0, "GB"),
            ("93%", 93.0, "%"),
            ("20 ms", 20.0, "ms"),
            ("3 MB/s", 3.0, "MB/s"),
            ("007", 7.0, ""),
        ] {
            assert_eq!(
                Quantity::of(text),
                Some(Quantity { number, unit }),
                "{text}"
            );
        }
        for text in [
            "",
            "-",
            "10.0.0.1",
            "10:00",
            "1, 2",
            "a1",
            "0x1f",
            "1-2",
            "nan",
            "5 of 7",
            "2026-03-01",
            "0csrow",
        ] {
            assert_eq!(Quantity::of(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_compared_in_seconds() {
        let seconds = |text: &str| Quantity::of(text).and_then(|q| q.seconds());
        assert_eq!(seconds("1500ms"), Some(1.5));
        assert_eq!(seconds("2 min"), Some(120.0));
        assert_eq!(seconds("250 us"), Some(250.0 * 1e-6));
        assert_eq!(seconds("15GB"), None);
        assert_eq!(seconds("15"), None);
    }
}
