//! Numbers in digits: whole ones, fractions of a second, times of day, counts since the epoch.

use crate::time::{HOUR, MINUTE, SECOND, Timestamp};

/// An epoch count as an instant, its unit told by its size: seconds, milliseconds, microseconds or nanoseconds.
///
/// The borders lie far from any plausible event: 1e11 seconds is the year 5138, 1e11 milliseconds 1973.
pub(in crate::formats) fn epoch(text: &[u8]) -> Option<Timestamp> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let whole_len = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let (whole, rest) = digits.split_at(whole_len);
    if whole.is_empty() || whole.len() > 19 {
        return None;
    }
    if !rest.is_empty() && rest[0] != b'.' {
        return scientific(text);
    }
    let fraction = rest.get(1..).unwrap_or_default();
    if !fraction.iter().all(u8::is_ascii_digit) {
        return scientific(text);
    }
    let value = number(whole)?;
    let micros = if value < 100_000_000_000 {
        value * SECOND + fraction_micros(fraction)
    } else if value < 100_000_000_000_000 {
        value * 1000 + fraction_micros(fraction) / 1000
    } else if value < 100_000_000_000_000_000 {
        value
    } else {
        value / 1000
    };
    Some(Timestamp(if negative { -micros } else { micros }))
}

fn scientific(text: &[u8]) -> Option<Timestamp> {
    let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    // Only seconds and milliseconds are ever written with an exponent.
    let micros = if value.abs() < 1e11 {
        value * 1e6
    } else {
        value * 1e3
    };
    (micros.abs() < 1e17).then_some(Timestamp(micros as i64))
}

/// The value of up to 19 digits; `None` when it does not fit.
pub(in crate::formats) fn number(digits: &[u8]) -> Option<i64> {
    let mut value: i64 = 0;
    for &b in digits {
        if !b.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i64::from(b - b'0'))?;
    }
    (!digits.is_empty()).then_some(value)
}

/// The digits behind a decimal point as microseconds; finer ones are cut.
pub(in crate::formats) fn fraction_micros(digits: &[u8]) -> i64 {
    (0..6).fold(0, |sum, i| {
        let digit = digits
            .get(i)
            .map_or(0, |b| i64::from(b.wrapping_sub(b'0').min(9)));
        sum * 10 + digit
    })
}

/// The time of day in microseconds; `None` for what no day has. A leap second counts as the last instant before it.
pub(in crate::formats) fn time_of_day(
    hour: u8,
    minute: u8,
    second: u8,
    fraction: i64,
) -> Option<i64> {
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let minutes = i64::from(hour) * HOUR + i64::from(minute) * MINUTE;
    Some(match second {
        60 => minutes + 60 * SECOND - 1,
        _ => minutes + i64::from(second) * SECOND + fraction,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_unit_of_an_epoch_is_told_by_its_size() {
        let wanted = Some(Timestamp(1_772_409_600_123_000));
        for text in [
            "1772409600.123",
            "1772409600123",
            "1772409600123000",
            "1772409600123000999",
            "1.772409600123e9",
        ] {
            assert_eq!(epoch(text.as_bytes()), wanted, "{text}");
        }
        for text in [
            "",
            "-",
            "12a",
            "1.2.3",
            "99999999999999999999",
            "nan",
            "1e999",
        ] {
            assert_eq!(epoch(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_an_epoch_by_accident(b in proptest::collection::vec(any::<u8>(), 0..24)) {
            if epoch(&b).is_some() {
                let text = std::str::from_utf8(&b).expect("digits");
                prop_assert!(text.parse::<f64>().is_ok(), "{}", text);
            }
        }
    }
}
