//! The ways records write their time. Each reader looks at the head of the bytes and says how many it took.
//!
//! A reader judges the shape only: `Nov 31 24:00:00` is a stamp, of a day and an hour that do not exist.

use super::{Stamp, When, epoch, fraction_micros, time_of_day, zone_behind};

type Read = Option<(Stamp, usize)>;

/// The number in two digits at `at`.
pub(in crate::formats) fn two_digits(b: &[u8], at: usize) -> Option<u8> {
    let (&tens, &ones) = (b.get(at)?, b.get(at + 1)?);
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| tens * 10 + ones)
}

/// The number in four digits at `at`.
fn four(b: &[u8], at: usize) -> Option<i32> {
    Some(i32::from(two_digits(b, at)?) * 100 + i32::from(two_digits(b, at + 2)?))
}

/// The month of an English three-letter name, any case.
fn month(b: &[u8]) -> Option<u8> {
    let name = [b.first()? | 32, b.get(1)? | 32, b.get(2)? | 32];
    Some(match &name {
        b"jan" => 1,
        b"feb" => 2,
        b"mar" => 3,
        b"apr" => 4,
        b"may" => 5,
        b"jun" => 6,
        b"jul" => 7,
        b"aug" => 8,
        b"sep" => 9,
        b"oct" => 10,
        b"nov" => 11,
        b"dec" => 12,
        _ => return None,
    })
}

/// `hh:mm:ss` with an optional fraction behind `.` or `,`: microseconds since midnight, and the length.
fn clock(b: &[u8]) -> Option<(Option<i64>, usize)> {
    if b.get(2) != Some(&b':') || b.get(5) != Some(&b':') {
        return None;
    }
    let (hour, minute, second) = (two_digits(b, 0)?, two_digits(b, 3)?, two_digits(b, 6)?);
    let mut len = 8;
    let mut fraction = 0;
    if let Some(b'.' | b',') = b.get(8) {
        let digits = digits_at(b, 9, 9);
        if digits > 0 {
            fraction = fraction_micros(&b[9..9 + digits]);
            len = 9 + digits;
        }
    }
    if b.get(len).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    Some((time_of_day(hour, minute, second, fraction), len))
}

/// How many digits stand at `at`, at most `most`.
fn digits_at(b: &[u8], at: usize, most: usize) -> usize {
    let rest = b.get(at..).unwrap_or_default();
    rest.iter()
        .take(most)
        .take_while(|c| c.is_ascii_digit())
        .count()
}

/// `Mar  2 01:02:03`, also with one blank, a year before or behind the day, and a fraction: RFC 3164 and its dialects.
pub(in crate::formats) fn read_bsd(b: &[u8]) -> Read {
    if let Some(read) = bsd_plain(b) {
        return Some(read);
    }
    let mut at = 0;
    let mut year = None;
    if let (Some(y), Some(b' ')) = (four(b, 0), b.get(4)) {
        year = Some(y);
        at = 5;
    }
    let month = month(b.get(at..)?)?;
    at = blanks(b, at + 3)?;
    let digits = digits_at(b, at, 2);
    let day = match digits {
        1 => b[at] - b'0',
        2 => two_digits(b, at)?,
        _ => return None,
    };
    at = blanks(b, at + digits)?;
    if let (None, Some(y), Some(b' ')) = (year, four(b, at), b.get(at + 4)) {
        year = Some(y);
        at += 5;
    }
    let (micros, len) = clock(b.get(at..)?)?;
    Some((
        Stamp {
            year,
            month,
            day,
            micros,
            offset: None,
        },
        at + len,
    ))
}

/// The fifteen bytes of RFC 3164 and nothing else: the stamp of nearly all lines, read without a loop.
fn bsd_plain(b: &[u8]) -> Read {
    let b: &[u8; 16] = b.first_chunk()?;
    if b[3] != b' ' || b[6] != b' ' || b[9] != b':' || b[12] != b':' {
        return None;
    }
    if b[15].is_ascii_digit() || matches!(b[15], b'.' | b',') {
        return None;
    }
    let day = match b[4] {
        b' ' => two_digits(&[b'0', b[5]], 0)?,
        _ => two_digits(b, 4)?,
    };
    let (hour, minute, second) = (two_digits(b, 7)?, two_digits(b, 10)?, two_digits(b, 13)?);
    Some((
        Stamp {
            year: None,
            month: month(b)?,
            day,
            micros: time_of_day(hour, minute, second, 0),
            offset: None,
        },
        15,
    ))
}

/// The position behind one or two blanks at `at`.
fn blanks(b: &[u8], at: usize) -> Option<usize> {
    match (b.get(at)?, b.get(at + 1)) {
        (b' ', Some(b' ')) => Some(at + 2),
        (b' ', _) => Some(at + 1),
        _ => None,
    }
}

/// RFC 3339 and its neighbours: `-`, `/` or `.` between the numbers of the date, `T` or a blank before the time, a
/// fraction behind `.` or `,`, an optional zone, behind a blank too.
pub(in crate::formats) fn read_iso(b: &[u8]) -> Read {
    let year = four(b, 0)?;
    let separator = *b.get(4)?;
    if !matches!(separator, b'-' | b'/' | b'.') || b.get(7) != Some(&separator) {
        return None;
    }
    let (month, day) = (two_digits(b, 5)?, two_digits(b, 8)?);
    if !matches!(b.get(10)?, b'T' | b't' | b' ' | b'_') {
        return None;
    }
    let (micros, len) = clock(&b[11..])?;
    let (offset, zone_len) = zone_behind(&b[11 + len..]);
    Some((
        Stamp {
            year: Some(year),
            month,
            day,
            micros,
            offset,
        },
        11 + len + zone_len,
    ))
}

/// `02/Mar/2026:01:02:03 +0100`, as web servers write it.
pub(in crate::formats) fn read_clf(b: &[u8]) -> Read {
    if b.get(2) != Some(&b'/') || b.get(6) != Some(&b'/') || b.get(11) != Some(&b':') {
        return None;
    }
    let (micros, len) = clock(b.get(12..)?)?;
    let (offset, zone_len) = zone_behind(&b[12 + len..]);
    Some((
        Stamp {
            year: Some(four(b, 7)?),
            month: month(&b[3..])?,
            day: two_digits(b, 0)?,
            micros,
            offset,
        },
        12 + len + zone_len,
    ))
}

/// `Mon Mar  2 01:02:03.123456 2026`, with an optional zone before the year: ctime and Apache's error log.
pub(in crate::formats) fn ctime(b: &[u8]) -> Read {
    let at = read_weekday(b)?;
    let (mut stamp, len) = read_bsd(&b[at..])?;
    let mut end = at + len;
    if stamp.year.is_none() {
        let (offset, zone_len) = zone_behind(&b[end..]);
        let year_at = end + zone_len + 1;
        if let (Some(b' '), Some(year)) = (b.get(year_at - 1), four(b, year_at))
            && !b.get(year_at + 4).is_some_and(u8::is_ascii_alphanumeric)
        {
            stamp.offset = offset;
            stamp.year = Some(year);
            end = year_at + 4;
        }
    }
    Some((stamp, end))
}

/// The length of an English weekday and the blank behind it, `Mon ` or `Mon, `.
pub(in crate::formats) fn read_weekday(b: &[u8]) -> Option<usize> {
    const DAYS: [&[u8; 3]; 7] = [b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];
    let head: &[u8; 3] = b.first_chunk()?;
    if !DAYS.iter().any(|day| day.eq_ignore_ascii_case(head)) {
        return None;
    }
    match (b.get(3)?, b.get(4)) {
        (b' ', _) => Some(4),
        (b',', Some(b' ')) => Some(5),
        _ => None,
    }
}

/// `[Mon, ]02 Mar 2026 01:02:03.123 [zone]`, as mail and Redis write it.
pub(in crate::formats) fn read_day_first(b: &[u8]) -> Read {
    let at = read_weekday(b).unwrap_or(0);
    let digits = digits_at(b, at, 2);
    let day = match digits {
        1 => b[at] - b'0',
        2 => two_digits(b, at)?,
        _ => return None,
    };
    let rest = b.get(at + digits..)?;
    let gap = *rest.first()?;
    if !matches!(gap, b' ' | b'-') || rest.get(4) != Some(&gap) || rest.get(9) != Some(&b' ') {
        return None;
    }
    let (micros, len) = clock(rest.get(10..)?)?;
    let (offset, zone_len) = zone_behind(&rest[10 + len..]);
    Some((
        Stamp {
            year: Some(four(rest, 5)?),
            month: month(&rest[1..])?,
            day,
            micros,
            offset,
        },
        at + digits + 10 + len + zone_len,
    ))
}

/// Dates in digits only: `20260302T010203Z`, `20260302 01:02:03`, `20260302-01:02:03`, `260302 010203`, `26/03/02 01:02:03`.
pub(in crate::formats) fn compact(b: &[u8]) -> Read {
    let digits = digits_at(b, 0, 9);
    let (year, month, day, at) = match (digits, b.get(2)) {
        (8, _) => (four(b, 0)?, two_digits(b, 4)?, two_digits(b, 6)?, 8),
        (6, _) => (
            2000 + i32::from(two_digits(b, 0)?),
            two_digits(b, 2)?,
            two_digits(b, 4)?,
            6,
        ),
        (2, Some(b'/')) if b.get(5) == Some(&b'/') => (
            2000 + i32::from(two_digits(b, 0)?),
            two_digits(b, 3)?,
            two_digits(b, 6)?,
            8,
        ),
        _ => return None,
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    if !matches!(b.get(at)?, b'T' | b' ' | b'-' | b'_') {
        return None;
    }
    let rest = &b[at + 1..];
    let (micros, len) = match digits_at(rest, 0, 7) {
        6 => {
            let time = time_of_day(
                two_digits(rest, 0)?,
                two_digits(rest, 2)?,
                two_digits(rest, 4)?,
                0,
            );
            (Some(time?), 6)
        }
        _ => clock(rest)?,
    };
    let (offset, zone_len) = match rest.get(len) {
        Some(b'Z') => zone_behind(&rest[len..]),
        _ => (None, 0),
    };
    Some((
        Stamp {
            year: Some(year),
            month,
            day,
            micros,
            offset,
        },
        at + 1 + len + zone_len,
    ))
}

/// `0302 01:02:03.123456`: month and day in one word, no year.
pub(in crate::formats) fn read_month_day(b: &[u8]) -> Read {
    let (month, day) = (two_digits(b, 0)?, two_digits(b, 2)?);
    if b.get(4) != Some(&b' ') || !(1..=12).contains(&month) {
        return None;
    }
    let (micros, len) = clock(&b[5..])?;
    Some((
        Stamp {
            year: None,
            month,
            day,
            micros,
            offset: None,
        },
        5 + len,
    ))
}

/// Any way of writing a date and a time that cannot be mistaken for something else, at the head of `b`.
pub(in crate::formats) fn read_any(b: &[u8]) -> Read {
    let first = b.first()?;
    if first.is_ascii_digit() {
        return read_iso(b)
            .or_else(|| read_clf(b))
            .or_else(|| read_day_first(b))
            .or_else(|| compact(b))
            .or_else(|| read_bsd(b));
    }
    // A month or a weekday: three letters, and then no letter.
    if !matches!(b.get(3), Some(b' ' | b',')) {
        return None;
    }
    read_bsd(b)
        .or_else(|| ctime(b))
        .or_else(|| read_day_first(b))
}

/// The time a value gives that is one: a date, or a count since the epoch.
pub(in crate::formats) fn when(value: &[u8]) -> Option<When> {
    if let Some((stamp, _)) = read_any(value) {
        return Some(When::Civil(stamp));
    }
    // A short number is no instant but a duration, a count or a clock of its own.
    let digits = value
        .iter()
        .take(20)
        .take_while(|b| b.is_ascii_digit())
        .count();
    let exponent = digits == 1 && value.iter().any(|b| matches!(b, b'e' | b'E'));
    ((9..=19).contains(&digits) || exponent)
        .then(|| epoch(value).map(When::Instant))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::super::{Context, Zone};
    use super::*;
    use crate::time::Timestamp;
    use proptest::prelude::*;

    fn context(zone: Zone) -> Context {
        let now = chrono::DateTime::parse_from_rfc3339("2026-03-10T12:00:00Z")
            .expect("a time")
            .to_utc();
        Context::new(zone, now.into(), now.into())
    }

    fn read(text: &str) -> Option<String> {
        let (stamp, len) = read_any(text.as_bytes())?;
        let time = context(Zone::Utc).instant(&stamp)?;
        Some(format!("{} {len}", time.rfc3339()))
    }

    #[test]
    fn every_way_of_writing_a_time_is_read() {
        let rows = [
            ("Mar  2 01:02:03 host", "2026-03-02T01:02:03Z 15"),
            ("Mar 2 01:02:03 host", "2026-03-02T01:02:03Z 14"),
            ("mar 02 01:02:03.250 host", "2026-03-02T01:02:03.250Z 19"),
            ("Mar  2 2024 01:02:03: x", "2024-03-02T01:02:03Z 20"),
            ("2024 Mar  2 01:02:03 CET", "2024-03-02T01:02:03Z 20"),
            (
                "2026-03-02T01:02:03.123456+01:00 h",
                "2026-03-02T00:02:03.123456Z 32",
            ),
            ("2026-03-02t01:02:03z", "2026-03-02T01:02:03Z 20"),
            (
                "2026-03-02 01:02:03,123 ERROR",
                "2026-03-02T01:02:03.123Z 23",
            ),
            ("2026-03-02 01:02:03 +0530 x", "2026-03-01T19:32:03Z 25"),
            (
                "2026-03-02 01:02:03.5 UTC [1]",
                "2026-03-02T01:02:03.500Z 25",
            ),
            ("2026/03/02 01:02:03 [error]", "2026-03-02T01:02:03Z 19"),
            ("02/Mar/2026:01:02:03 +0100]", "2026-03-02T00:02:03Z 26"),
            ("Mon Mar  2 01:02:03 2026 x", "2026-03-02T01:02:03Z 24"),
            (
                "Mon Mar 02 01:02:03.123456 2026]",
                "2026-03-02T01:02:03.123456Z 31",
            ),
            ("Mon Mar  2 01:02:03 CET 2026", "2026-03-02T00:02:03Z 28"),
            (
                "02 Mar 2026 01:02:03.123 * Ready",
                "2026-03-02T01:02:03.123Z 24",
            ),
            ("Mon, 02 Mar 2026 01:02:03 GMT", "2026-03-02T01:02:03Z 29"),
            ("20260302T010203Z", "2026-03-02T01:02:03Z 16"),
            ("20260302-01:02:03", "2026-03-02T01:02:03Z 17"),
            ("260302 010203 148 INFO", "2026-03-02T01:02:03Z 13"),
            ("26/03/02 01:02:03 INFO", "2026-03-02T01:02:03Z 17"),
        ];
        for (text, wanted) in rows {
            assert_eq!(read(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn days_and_hours_that_do_not_exist_are_stamps_without_an_instant() {
        for text in [
            "Nov 31 10:00:00 h",
            "Mar  2 24:00:00 h",
            "Mar  2 14:99:16 h",
            "Feb 29 10:00:00 h",
            "2025-02-29T10:00:00Z",
            "2026-13-02 10:00:00",
        ] {
            let (stamp, _) = read_any(text.as_bytes()).expect(text);
            assert_eq!(context(Zone::Utc).instant(&stamp), None, "{text}");
        }
    }

    #[test]
    fn other_text_is_no_stamp() {
        for text in [
            "",
            "Mar",
            "March 2 is a day",
            "Mai  2 01:02:03",
            "12345678",
            "10.0.0.1 - -",
            "2026-03-02",
            "20261399 010203",
            "error 404",
        ] {
            assert_eq!(read_any(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_leap_second_is_the_last_instant_before_it() {
        assert_eq!(
            read("2016-12-31T23:59:60Z").as_deref(),
            Some("2016-12-31T23:59:59.999999Z 20")
        );
    }

    proptest! {
        #[test]
        fn rfc3339_agrees_with_chrono(micros in 0i64..4_102_444_800_000_000, east in -14 * 60..14 * 60) {
            let time = Timestamp(micros);
            let offset = chrono::FixedOffset::east_opt(east * 60).expect("a zone");
            let text = time.chrono().expect("in range").with_timezone(&offset).to_rfc3339();
            let (stamp, len) = read_iso(text.as_bytes()).expect("a stamp");
            prop_assert_eq!(len, text.len());
            prop_assert_eq!(context(Zone::Utc).instant(&stamp), Some(time));
        }

        #[test]
        fn no_bytes_break_a_reader(b in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some((_, len)) = read_any(&b) {
                prop_assert!(len <= b.len());
            }
        }
    }
}
