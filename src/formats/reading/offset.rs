//! Zones as records write them behind a time: `Z`, `+01:00`, `CET`.

use super::two_digits;

/// A zone right behind a time, or behind one blank: its offset and the bytes it takes.
pub(in crate::formats) fn zone_behind(b: &[u8]) -> (Option<i32>, usize) {
    let blank = usize::from(b.first() == Some(&b' '));
    match zone(&b[blank..]) {
        Some((offset, len)) => (Some(offset), blank + len),
        None => (None, 0),
    }
}

/// `Z`, `+hh:mm`, `-hhmm`, `+hh`, or a known abbreviation, ending where a word ends: seconds east of UTC, and length.
pub(in crate::formats) fn zone(b: &[u8]) -> Option<(i32, usize)> {
    let (seconds, len) = offset(b).or_else(|| abbreviation(b))?;
    (!b.get(len).is_some_and(u8::is_ascii_alphanumeric)).then_some((seconds, len))
}

/// `Z`, `+hh:mm`, `-hhmm` or `+hh`: seconds east of UTC, and the length.
pub(in crate::formats) fn offset(b: &[u8]) -> Option<(i32, usize)> {
    let east = match b.first()? {
        b'Z' | b'z' => return Some((0, 1)),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = two_digits(b, 1)?;
    let (minutes, len) = match b.get(3) {
        Some(b':') => (two_digits(b, 4)?, 6),
        Some(c) if c.is_ascii_digit() => (two_digits(b, 3)?, 5),
        _ => (0, 3),
    };
    // The widest zones in use are UTC-12 and UTC+14.
    (hours <= 14 && minutes < 60).then(|| {
        (
            east * (i32::from(hours) * 3600 + i32::from(minutes) * 60),
            len,
        )
    })
}

/// The abbreviations that mean one offset wherever logs are written, as hours east of UTC. `IST` and `CST` are left
/// out: they mean three and two.
const ABBREVIATIONS: [(&str, i32); 19] = [
    ("UTC", 0),
    ("GMT", 0),
    ("WET", 0),
    ("WEST", 1),
    ("BST", 1),
    ("CET", 1),
    ("CEST", 2),
    ("EET", 2),
    ("EEST", 3),
    ("MSK", 3),
    ("JST", 9),
    ("AEST", 10),
    ("AEDT", 11),
    ("EST", -5),
    ("EDT", -4),
    ("CDT", -5),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
];

fn abbreviation(b: &[u8]) -> Option<(i32, usize)> {
    let len = b
        .iter()
        .take(5)
        .take_while(|c| c.is_ascii_uppercase())
        .count();
    ABBREVIATIONS
        .iter()
        .find(|(name, _)| name.as_bytes() == &b[..len])
        .map(|&(_, hours)| (hours * 3600, len))
}
