//! From the civil time a record writes to an instant: zones, daylight saving, missing years, and what is plausible.

use crate::envelope::ParseStatus;
use crate::event::Parsed;
use crate::time::{DAY, MINUTE, SECOND, Timestamp};
use chrono::{DateTime, Datelike, Local, LocalResult, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use std::path::Path;

/// The zone of stamps that name none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// UTC.
    Utc,
    /// Seconds east of UTC.
    Fixed(i32),
    /// A zone of the IANA database.
    Named(Tz),
    /// Whatever the operating system says; for a `TZ` that is a rule and not a name.
    Local,
}

impl Zone {
    /// From what a person types: `UTC`, `+02:00`, `-0530`, `Europe/Berlin`, `local`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Zone> {
        match text {
            "Z" | "z" => return Some(Zone::Utc),
            _ if text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("gmt") => {
                return Some(Zone::Utc);
            }
            _ if text.eq_ignore_ascii_case("local") => return Some(Zone::Local),
            _ => {}
        }
        match super::offset(text.as_bytes()) {
            Some((seconds, len)) if len == text.len() => Some(Zone::Fixed(seconds)),
            _ => text.parse().ok().map(Zone::Named),
        }
    }

    /// What [`Zone::parse`] reads as this zone.
    pub fn name(self) -> String {
        match self {
            Zone::Utc => "UTC".to_string(),
            Zone::Fixed(seconds) => {
                let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
                format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
            Zone::Named(tz) => tz.name().to_string(),
            Zone::Local => "local".to_string(),
        }
    }

    /// The zone of the system: from the value of `TZ` if it is set, else from where the link `/etc/localtime` points.
    pub fn system(tz: Option<&str>, localtime: Option<&Path>) -> Zone {
        let name = match tz {
            Some(value) => value.strip_prefix(':').unwrap_or(value),
            None => localtime.and_then(Path::to_str).unwrap_or("local"),
        };
        let name = name.rsplit_once("zoneinfo/").map_or(name, |(_, n)| n);
        let name = name.strip_prefix("posix/").unwrap_or(name);
        match name {
            "" => Zone::Utc,
            _ => Zone::parse(name).unwrap_or(Zone::Local),
        }
    }

    /// Seconds east of UTC at the civil time `local` (microseconds since the civil epoch).
    ///
    /// Of a time that comes twice the first is meant; a time that was skipped is read with the offset of the day before.
    fn offset_of_local(self, local: i64) -> i32 {
        fn find<Z: TimeZone>(zone: &Z, local: NaiveDateTime) -> i32 {
            let offset = match zone.offset_from_local_datetime(&local) {
                LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => offset,
                LocalResult::None => {
                    let day_before = local - chrono::TimeDelta::days(1);
                    zone.offset_from_utc_datetime(&day_before)
                }
            };
            offset.fix().local_minus_utc()
        }
        let Some(civil) = DateTime::<Utc>::from_timestamp_micros(local) else {
            return 0;
        };
        match self {
            Zone::Utc => 0,
            Zone::Fixed(seconds) => seconds,
            Zone::Named(tz) => find(&tz, civil.naive_utc()),
            Zone::Local => find(&Local, civil.naive_utc()),
        }
    }
}

/// A time as a record writes it, not yet an instant. The shape is right; whether such a day exists is not yet known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::formats) struct Stamp {
    /// The year, if written.
    pub year: Option<i32>,
    /// 1 to 12 if the record is sound.
    pub month: u8,
    /// 1 to 31 if the record is sound.
    pub day: u8,
    /// Microseconds since midnight; `None` for an hour or minute that no day has.
    pub micros: Option<i64>,
    /// Seconds east of UTC, if written.
    pub offset: Option<i32>,
}

/// A time as a record writes it, in a civil calendar or as a count since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum When {
    Civil(Stamp),
    Instant(Timestamp),
}

/// Days from 1970-01-01 to a civil date; `None` when there is no such day.
fn civil_days(year: i32, month: u8, day: u8) -> Option<i64> {
    const LENGTHS: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = *LENGTHS.get(usize::from(month).wrapping_sub(1))?;
    if day == 0 || day > length + u8::from(leap && month == 2) {
        return None;
    }
    // Counted in years that begin with March, so that the leap day is the last (the usual proleptic Gregorian sum).
    let year = i64::from(year) - i64::from(month < 3);
    let month = (i64::from(month) + 9) % 12;
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(days + (153 * month + 2) / 5 + i64::from(day) - 1 - 719_468)
}

/// Year, month and day as a record writes them.
type Date = (Option<i32>, u8, u8);

/// Stamps earlier than this are taken for a clock that was never set.
const PLAUSIBLE_SINCE: Timestamp = Timestamp(631_152_000 * SECOND);
/// Offsets change on a quarter of an hour, in every zone and year that has logs.
const BUCKET: i64 = 15 * MINUTE;

/// What a format may need to know besides the record: the zone of local stamps, the time nothing lies beyond, and
/// what earlier records of the same source have said about the later ones.
#[derive(Clone, Debug)]
pub struct Context {
    /// The names of the columns, where the source began with a line of them.
    pub header: Option<super::Header>,
    zone: Zone,
    anchor: Timestamp,
    received_at: Timestamp,
    /// The quarter hour of local time asked for last, and its offset in microseconds.
    bucket: i64,
    bucket_offset: i64,
    /// The date asked for last, and the civil time it begins at.
    date: Option<(Date, i64)>,
    /// The year a day after the anchor, in the zone.
    year: i32,
    /// A day after the anchor, as civil time of the zone.
    limit: i64,
}

impl Context {
    /// `zone` is that of stamps without one. Stamps without a year get the latest year that does not put them more
    /// than a day after `anchor`: the last change of a file, or the time of receipt for a stream. `received_at`
    /// decides which stamps are plausible.
    pub fn new(zone: Zone, anchor: Timestamp, received_at: Timestamp) -> Context {
        let limit = anchor.plus(DAY);
        let east = limit.chrono().map_or(0, |t| match zone {
            Zone::Utc => 0,
            Zone::Fixed(seconds) => seconds,
            Zone::Named(tz) => tz
                .offset_from_utc_datetime(&t.naive_utc())
                .fix()
                .local_minus_utc(),
            Zone::Local => Local
                .offset_from_utc_datetime(&t.naive_utc())
                .local_minus_utc(),
        });
        let limit = limit.plus(i64::from(east) * SECOND);
        Context {
            header: None,
            zone,
            anchor,
            received_at,
            bucket: i64::MIN,
            bucket_offset: 0,
            date: None,
            year: limit.chrono().map_or(1970, |t| t.year()),
            limit: limit.0,
        }
    }

    /// The time stamps without a year lie before.
    pub fn anchor(&self) -> Timestamp {
        self.anchor
    }

    /// The time of receipt.
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// The instant of a stamp; `None` when no calendar has such a day or time.
    pub(in crate::formats) fn instant(&mut self, stamp: &Stamp) -> Option<Timestamp> {
        let micros = stamp.micros?;
        let date = (stamp.year, stamp.month, stamp.day);
        let local = match self.date {
            Some((last, start)) if last == date => start + micros,
            _ => self.local_time(date, micros)?,
        };
        let offset = match stamp.offset {
            Some(seconds) => i64::from(seconds) * SECOND,
            None => self.local_offset(local),
        };
        Some(Timestamp(local - offset))
    }

    /// The civil time of a date; without a year the newest that is not more than a day after the anchor.
    fn local_time(&mut self, date: Date, micros: i64) -> Option<i64> {
        let (year, month, day) = date;
        let start = match year {
            Some(year) => civil_days(year, month, day)? * DAY,
            // A 29 February that neither year has is left undated: any further back would be a guess.
            None => [self.year, self.year - 1].into_iter().find_map(|year| {
                let start = civil_days(year, month, day)? * DAY;
                (start + micros <= self.limit).then_some(start)
            })?,
        };
        // Only on the last day does the year depend on the time of day.
        if year.is_some() || start + DAY <= self.limit {
            self.date = Some((date, start));
        }
        Some(start + micros)
    }

    fn local_offset(&mut self, local: i64) -> i64 {
        match self.zone {
            Zone::Utc => 0,
            Zone::Fixed(seconds) => i64::from(seconds) * SECOND,
            Zone::Named(_) | Zone::Local => {
                let bucket = local.div_euclid(BUCKET);
                if bucket != self.bucket {
                    let start = bucket * BUCKET;
                    self.bucket_offset = i64::from(self.zone.offset_of_local(start)) * SECOND;
                    self.bucket = bucket;
                }
                self.bucket_offset
            }
        }
    }

    /// Whether a stamp can be the time of an event: not before 1990 and not more than a day after its receipt.
    pub(in crate::formats) fn plausible(&self, time: Timestamp) -> bool {
        time >= PLAUSIBLE_SINCE && time <= self.received_at.plus(DAY)
    }

    /// Sets the time that `text` gives, where it stands in the record; a stamp of no calendar leaves it open and is
    /// marked.
    pub(in crate::formats) fn set_time<'a>(
        &mut self,
        parsed: &mut Parsed<'a>,
        record: &'a [u8],
        when: &When,
        text: &[u8],
    ) {
        let time = match when {
            When::Civil(stamp) => self.instant(stamp),
            When::Instant(time) => Some(*time),
        };
        match time {
            Some(_) => parsed.time_span = super::span_of(record, text),
            None => parsed.status = graver(parsed.status, ParseStatus::TimeSuspect),
        }
        parsed.time = time;
    }

    /// The last step of every format: judges the time, and marks what is wrong unless something graver is.
    pub(in crate::formats) fn settle(&self, parsed: &mut Parsed<'_>) {
        let time = match parsed.time {
            None => ParseStatus::TimeMissing,
            Some(time) if self.plausible(time) => ParseStatus::Ok,
            Some(_) => ParseStatus::TimeSuspect,
        };
        parsed.status = graver(parsed.status, time);
    }
}

/// Of two statuses the one that says that more of the record is lost to the reader.
pub(in crate::formats) fn graver(a: ParseStatus, b: ParseStatus) -> ParseStatus {
    fn rank(status: ParseStatus) -> u8 {
        match status {
            ParseStatus::Ok => 0,
            ParseStatus::TimeMissing => 1,
            ParseStatus::TimeSuspect => 2,
            ParseStatus::Unterminated => 3,
            ParseStatus::Partial => 4,
            ParseStatus::FieldNull => 5,
            ParseStatus::BadEncoding => 6,
            ParseStatus::OversizeFragment => 7,
            ParseStatus::NulRun => 8,
            ParseStatus::Binary => 9,
            ParseStatus::Unparsed => 10,
        }
    }
    if rank(b) > rank(a) { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::super::{read_any, read_iso};
    use super::*;
    use proptest::prelude::*;

    fn context(zone: Zone) -> Context {
        let now = Timestamp::from_secs(1_773_144_000);
        Context::new(zone, now, now)
    }

    #[test]
    fn years_are_found_so_that_nothing_lies_in_the_future() {
        let rows = [
            (
                "2026-01-01T00:30:00Z",
                "Dec 31 23:59:59 h",
                "2025-12-31T23:59:59Z",
            ),
            (
                "2025-12-31T23:30:00Z",
                "Jan  1 00:00:00 h",
                "2026-01-01T00:00:00Z",
            ),
            (
                "2025-12-31T23:30:00Z",
                "Jan  3 00:00:00 h",
                "2025-01-03T00:00:00Z",
            ),
            (
                "2026-03-10T12:00:00Z",
                "Mar 11 11:59:59 h",
                "2026-03-11T11:59:59Z",
            ),
            (
                "2026-03-10T12:00:00Z",
                "Mar 11 12:00:01 h",
                "2025-03-11T12:00:01Z",
            ),
            (
                "2024-03-10T12:00:00Z",
                "Feb 29 12:00:01 h",
                "2024-02-29T12:00:01Z",
            ),
            (
                "2025-03-10T12:00:00Z",
                "Feb 29 12:00:01 h",
                "2024-02-29T12:00:01Z",
            ),
        ];
        for (anchor, text, wanted) in rows {
            let anchor = chrono::DateTime::parse_from_rfc3339(anchor)
                .expect("a time")
                .to_utc();
            let mut context = Context::new(Zone::Utc, anchor.into(), anchor.into());
            let (stamp, _) = read_any(text.as_bytes()).expect("a stamp");
            let time = context.instant(&stamp).expect("an instant");
            assert_eq!(time.rfc3339(), wanted, "{text} at {anchor}");
        }
    }

    #[test]
    fn daylight_saving_gaps_and_folds_have_one_answer() {
        let zone = Zone::parse("Europe/Berlin").expect("a zone");
        let rows = [
            ("2025-07-01 12:00:00", "2025-07-01T10:00:00Z"),
            ("2026-01-01 12:00:00", "2026-01-01T11:00:00Z"),
            // Skipped hour, read with winter time; the hour that comes twice is its first coming.
            ("2025-03-30 02:30:00", "2025-03-30T01:30:00Z"),
            ("2025-10-26 02:30:00", "2025-10-26T00:30:00Z"),
            ("2025-10-26 03:00:00", "2025-10-26T02:00:00Z"),
        ];
        let mut context = context(zone);
        for (text, wanted) in rows {
            let (stamp, _) = read_any(text.as_bytes()).expect("a stamp");
            assert_eq!(
                context.instant(&stamp).expect("an instant").rfc3339(),
                wanted,
                "{text}"
            );
        }
    }

    #[test]
    fn zones_are_read_as_people_type_them() {
        use std::path::Path;
        assert_eq!(Zone::parse("utc"), Some(Zone::Utc));
        assert_eq!(Zone::parse("+05:30"), Some(Zone::Fixed(19_800)));
        assert_eq!(Zone::parse("-0800"), Some(Zone::Fixed(-28_800)));
        assert_eq!(Zone::parse("Mars/Olympus"), None);
        assert_eq!(Zone::parse(""), None);
        let berlin = Zone::parse("Europe/Berlin");
        assert!(matches!(berlin, Some(Zone::Named(_))));
        assert_eq!(Some(Zone::system(Some(":Europe/Berlin"), None)), berlin);
        let link = Path::new("/usr/share/zoneinfo/Europe/Berlin");
        assert_eq!(Some(Zone::system(None, Some(link))), berlin);
        assert_eq!(Zone::system(Some(""), Some(link)), Zone::Utc);
        assert_eq!(
            Zone::system(Some("CET-1CEST,M3.5.0,M10.5.0/3"), None),
            Zone::Local
        );
    }

    proptest! {
        #[test]
        fn local_times_agree_with_chrono_tz(secs in 631_152_000i64..4_102_444_800) {
            use chrono::TimeZone;
            let tz = chrono_tz::America::New_York;
            let civil = chrono::DateTime::from_timestamp(secs, 0).expect("in range").naive_utc();
            let text = civil.format("%Y-%m-%d %H:%M:%S").to_string();
            let (stamp, _) = read_iso(text.as_bytes()).expect("a stamp");
            let got = context(Zone::Named(tz)).instant(&stamp);
            if let Some(wanted) = tz.from_local_datetime(&civil).earliest() {
                prop_assert_eq!(got, Some(wanted.to_utc().into()));
            }
        }
    }
}
