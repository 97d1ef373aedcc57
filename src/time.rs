//! Instants, hours and spans. Everything below the command line gets its time from here and never from the clock.

use chrono::{DateTime, SecondsFormat, TimeZone, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day.
pub const DAY: i64 = 24 * HOUR;

/// An instant: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Microseconds hold what journald and RFC 5424 give and reach 292,000 years either way; finer digits stay in the raw record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Before everything.
    pub const MIN: Timestamp = Timestamp(i64::MIN);
    /// After everything.
    pub const MAX: Timestamp = Timestamp(i64::MAX);

    /// From whole seconds since the epoch; saturates.
    pub fn from_secs(secs: i64) -> Timestamp {
        Timestamp(secs.saturating_mul(SECOND))
    }

    /// Whole seconds since the epoch, rounded down.
    pub fn secs(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// The hour this instant lies in.
    pub fn hour(self) -> Hour {
        Hour(
            self.0
                .div_euclid(HOUR)
                .clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32,
        )
    }

    /// This instant moved by `micros`; saturates.
    #[must_use]
    pub fn plus(self, micros: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this; negative when `earlier` is later; saturates.
    pub fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// As chrono's type, if chrono can hold it.
    pub fn chrono(self) -> Option<DateTime<Utc>> {
        Utc.timestamp_micros(self.0).single()
    }

    /// RFC 3339 in UTC, with as many fraction digits as are needed (none, 3 or 6). Parsing it gives the same instant.
    pub fn rfc3339(self) -> String {
        let digits = match self.0.rem_euclid(SECOND) {
            0 => SecondsFormat::Secs,
            micros if micros % 1000 == 0 => SecondsFormat::Millis,
            _ => SecondsFormat::Micros,
        };
        match self.chrono() {
            Some(t) => t.to_rfc3339_opts(digits, true),
            None => format!("@{}us", self.0),
        }
    }

    /// `2026-03-02 14:05` in UTC, for tables and sentences.
    pub fn minute_text(self) -> String {
        self.chrono().map_or_else(
            || self.rfc3339(),
            |t| t.format("%Y-%m-%d %H:%M").to_string(),
        )
    }

    /// `2026-03-02` in UTC.
    pub fn day_text(self) -> String {
        self.chrono()
            .map_or_else(|| self.rfc3339(), |t| t.format("%Y-%m-%d").to_string())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(t: DateTime<Utc>) -> Timestamp {
        Timestamp(t.timestamp_micros())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.serialize_str(&self.rfc3339())
        } else {
            s.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Timestamp, D::Error> {
        if d.is_human_readable() {
            let text = String::deserialize(d)?;
            DateTime::parse_from_rfc3339(&text)
                .map(|t| Timestamp(t.timestamp_micros()))
                .map_err(|_| serde::de::Error::custom("not an RFC 3339 time"))
        } else {
            i64::deserialize(d).map(Timestamp)
        }
    }
}

/// An hour of UTC, counted from the epoch: the bucket of all activity. Holds `[start, start + 1 h)`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Hour(pub i32);

impl Hour {
    /// The first instant of this hour.
    pub fn start(self) -> Timestamp {
        Timestamp(i64::from(self.0) * HOUR)
    }

    /// The hour of the day, 0 to 23, UTC.
    pub fn of_day(self) -> u8 {
        self.0.rem_euclid(24) as u8
    }

    /// Days since the epoch, UTC.
    pub fn day(self) -> i32 {
        self.0.div_euclid(24)
    }

    /// The hour of the week, 0 (Thursday 00:00, as the epoch began) to 167.
    pub fn of_week(self) -> u8 {
        self.0.rem_euclid(168) as u8
    }
}

/// A span in words a person uses: `40s`, `12m`, `3h`, `2d`, rounded to one unit (two below ten hours: `1h 20m`).
pub fn span_text(micros: i64) -> String {
    let secs = micros.unsigned_abs() / SECOND as u64;
    let (m, h, d) = (secs / 60, secs / 3600, secs / 86_400);
    match secs {
        0 if micros != 0 => format!("{}ms", micros.unsigned_abs() / 1000),
        0..=119 => format!("{secs}s"),
        120..=7_199 => format!("{m}m"),
        7_200..=35_999 if m % 60 != 0 => format!("{h}h {}m", m % 60),
        7_200..=172_799 => format!("{h}h"),
        _ => format!("{d}d"),
    }
}

/// A span as a person types it: `90s`, `15m`, `6h`, `7d`, `2w`, or several (`1h30m`), in microseconds; `None` for anything else.
pub fn parse_span(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    let mut total = 0i64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: i64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .len();
        let unit = match &rest[..letters] {
            "s" | "sec" | "secs" | "second" | "seconds" => SECOND,
            "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
            "h" | "hour" | "hours" => HOUR,
            "d" | "day" | "days" => DAY,
            "w" | "week" | "weeks" => 7 * DAY,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = rest[letters..].trim_start();
    }
    Some(total)
}

/// A time as a person types it: RFC 3339, a date or a date and time in UTC, `now`, `today`, `yesterday`, a span back from
/// `now` (`7d`, `6h ago`, `now-90m`); `None` for anything else.
pub fn parse_when(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    let midnight = Timestamp(now.0.div_euclid(DAY) * DAY);
    match text {
        "now" => return Some(now),
        "today" => return Some(midnight),
        "yesterday" => return Some(midnight.plus(-DAY)),
        _ => {}
    }
    let back = text
        .strip_suffix("ago")
        .or_else(|| text.strip_prefix("now-"))
        .unwrap_or(text);
    if let Some(span) = parse_span(back) {
        return Some(now.plus(-span));
    }
    if let Ok(t) = DateTime::parse_from_rfc3339(text) {
        return Some(Timestamp(t.timestamp_micros()));
    }
    let naive = |format: &str| chrono::NaiveDateTime::parse_from_str(text, format).ok();
    let civil = naive("%Y-%m-%d %H:%M:%S")
        .or_else(|| naive("%Y-%m-%dT%H:%M:%S"))
        .or_else(|| naive("%Y-%m-%d %H:%M"))
        .or_else(|| naive("%Y-%m-%dT%H:%M"))
        .or_else(|| {
            chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()?
                .and_hms_opt(0, 0, 0)
        })?;
    Some(Timestamp(civil.and_utc().timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_instant_agree() {
        for micros in [
            0,
            1,
            1_000,
            -1,
            1_772_409_600_000_000,
            1_772_409_600_123_456,
        ] {
            let t = Timestamp(micros);
            let json = serde_json::to_string(&t).expect("a time serialises");
            assert_eq!(
                serde_json::from_str::<Timestamp>(&json).expect("and parses"),
                t,
                "{json}"
            );
        }
    }

    #[test]
    fn nothing_special_happens_where_narrower_clocks_end() {
        for (secs, text) in [
            (2_147_483_648, "2038-01-19T03:14:08Z"),
            (4_294_967_296, "2106-02-07T06:28:16Z"),
            (9_223_372_037, "2262-04-11T23:47:17Z"),
            (253_402_300_800, "+10000-01-01T00:00:00Z"),
        ] {
            let time = Timestamp::from_secs(secs);
            assert_eq!(time.rfc3339(), text);
            assert_eq!(time.hour().start().secs(), secs / 3600 * 3600);
            assert!(time > time.plus(-1) && time.since(time.plus(-HOUR)) == HOUR);
        }
        // What no calendar holds is still ordered, and adds up without an end.
        assert!(Timestamp::from_secs(i64::MAX) == Timestamp::MAX);
        assert!(
            Timestamp::MAX.plus(DAY) == Timestamp::MAX
                && Timestamp::MIN.plus(-DAY) == Timestamp::MIN
        );
        assert!(Timestamp::MIN.hour() < Timestamp::MAX.hour());
        assert!(!Timestamp::MAX.rfc3339().is_empty());
    }

    #[test]
    fn hours_before_the_epoch_round_down() {
        assert_eq!(Timestamp(-1).hour(), Hour(-1));
        assert_eq!(Timestamp(0).hour(), Hour(0));
        assert_eq!(Hour(-1).of_day(), 23);
    }

    #[test]
    fn times_are_read_as_typed() {
        let now = Timestamp(1_772_424_306_000_000); // 2026-03-02T04:05:06Z
        let at = |text: &str| parse_when(text, now).map(|t| t.rfc3339());
        assert_eq!(at("2026-03-01"), Some("2026-03-01T00:00:00Z".into()));
        assert_eq!(at("2026-03-01 12:30"), Some("2026-03-01T12:30:00Z".into()));
        assert_eq!(
            at("2026-03-01T12:30:00+01:00"),
            Some("2026-03-01T11:30:00Z".into())
        );
        assert_eq!(at("yesterday"), Some("2026-03-01T00:00:00Z".into()));
        assert_eq!(at("24h"), Some("2026-03-01T04:05:06Z".into()));
        assert_eq!(at("1h30m ago"), Some("2026-03-02T02:35:06Z".into()));
        assert_eq!(at("now-90m"), Some("2026-03-02T02:35:06Z".into()));
        for wrong in [
            "",
            "7x",
            "d7",
            "soon",
            "2026-13-01",
            "99999999999999999999d",
        ] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn spans_read_like_speech() {
        assert_eq!(span_text(40 * SECOND), "40s");
        assert_eq!(span_text(80 * MINUTE), "80m");
        assert_eq!(span_text(3 * HOUR + 20 * MINUTE), "3h 20m");
        assert_eq!(span_text(50 * HOUR), "2d");
    }
}
