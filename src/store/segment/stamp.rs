//! Time stamps as text: the styles that can be written again from the instant alone, so that a segment keeps a stamp in
//! its time column only.

use crate::time::{SECOND, Timestamp};

/// How a stamp was written. [`Style::write`] gives the very bytes back, or the style was not chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `Mar  2 04:05:06`, at an offset from UTC in minutes.
    Bsd(i16),
    /// `2026-03-02T04:05:06.123456+01:00`.
    Iso {
        /// `T` or a space.
        between: u8,
        /// Fraction digits, 0 to 6; with the sign that stands before them (`.` or `,`).
        digits: u8,
        /// `.` or `,`.
        point: u8,
        /// What follows.
        zone: Zone,
        /// Minutes from UTC.
        offset: i16,
    },
    /// Digits since the epoch: microseconds divided by this.
    Epoch(u32),
}

/// The stamp written last, so that another one of the same minute need not be written to be compared.
#[derive(Debug, Default)]
pub struct Memo {
    style: Option<Style>,
    minute: i64,
    text: Vec<u8>,
    scratch: Vec<u8>,
}

const MINUTE: i64 = 60 * SECOND;

impl Memo {
    /// Whether `text` is exactly `time` in this style.
    pub fn is(&mut self, style: Style, text: &[u8], time: Timestamp) -> bool {
        if self.style == Some(style)
            && self.minute == time.0.div_euclid(MINUTE)
            && let Some(same) = self.is_in_minute(style, text, time)
        {
            return same;
        }
        self.scratch.clear();
        style.write(time, &mut self.scratch);
        if self.scratch != text {
            return false;
        }
        self.style = Some(style);
        self.minute = time.0.div_euclid(MINUTE);
        std::mem::swap(&mut self.text, &mut self.scratch);
        true
    }

    /// The same within the minute of the stamp written last; `None` when only writing tells.
    fn is_in_minute(&self, style: Style, text: &[u8], time: Timestamp) -> Option<bool> {
        let at = style.seconds()?;
        let micros = time.0.rem_euclid(MINUTE);
        let second = (micros / SECOND) as u8;
        if text.len() != self.text.len() {
            return Some(false);
        }
        let (before, rest) = text.split_at_checked(at)?;
        let (known, known_rest) = self.text.split_at_checked(at)?;
        let (clock, rest) = rest.split_at_checked(2)?;
        let fraction = match style {
            Style::Iso { digits, .. } if digits > 0 => 1 + usize::from(digits.min(6)),
            _ => 0,
        };
        let (fraction, zone) = rest.split_at_checked(fraction)?;
        let known_zone = known_rest.get(2 + fraction.len()..)?;
        let point = fraction.first() == known_rest[2..].first() || fraction.is_empty();
        let mut unit = SECOND;
        let digits = fraction.iter().skip(1).all(|&b| {
            unit /= 10;
            b == b'0' + (micros / unit % 10) as u8
        });
        Some(
            before == known
                && clock == [b'0' + second / 10, b'0' + second % 10]
                && point
                && digits
                && zone == known_zone,
        )
    }
}

/// How the zone of an ISO stamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Not at all.
    None,
    /// `Z`.
    Zulu,
    /// `+01:00`.
    Colon,
    /// `+0100`.
    Plain,
}

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

impl Style {
    /// The style in which `text` is exactly `time`, if there is one. `scratch` is overwritten.
    pub fn of(text: &[u8], time: Timestamp, scratch: &mut Vec<u8>) -> Option<Style> {
        let style = guess(text, time)?;
        scratch.clear();
        style.write(time, scratch);
        (scratch == text).then_some(style)
    }

    /// Where the seconds stand in it: what is before and after them is the same for a minute, but for a fraction.
    fn seconds(self) -> Option<usize> {
        match self {
            Style::Bsd(_) => Some(13),
            Style::Iso { .. } => Some(17),
            Style::Epoch(_) => None,
        }
    }

    /// Appends the stamp of `time` in this style.
    pub fn write(self, time: Timestamp, out: &mut Vec<u8>) {
        match self {
            Style::Epoch(unit) => {
                out.extend_from_slice((time.0 / i64::from(unit).max(1)).to_string().as_bytes());
            }
            Style::Bsd(offset) => {
                let (day, second, _) = local(time, offset);
                let (_, month, day) = civil(day);
                out.extend_from_slice(MONTHS[month as usize - 1]);
                out.push(b' ');
                out.push(if day < 10 {
                    b' '
                } else {
                    b'0' + (day / 10) as u8
                });
                out.push(b'0' + (day % 10) as u8);
                out.push(b' ');
                clock(second, out);
            }
            Style::Iso {
                between,
                digits,
                point,
                zone,
                offset,
            } => {
                let (day, second, micros) = local(time, offset);
                let (year, month, day) = civil(day);
                two((year.rem_euclid(10_000) / 100) as u32, out);
                two((year.rem_euclid(100)) as u32, out);
                out.push(b'-');
                two(month, out);
                out.push(b'-');
                two(day, out);
                out.push(between);
                clock(second, out);
                if digits > 0 {
                    out.push(point);
                    let mut unit = 100_000;
                    for _ in 0..digits.min(6) {
                        out.push(b'0' + (micros / unit % 10) as u8);
                        unit /= 10;
                    }
                }
                write_zone(zone, offset, out);
            }
        }
    }

    /// As bytes, to be part of a frame.
    pub fn to_bytes(self) -> [u8; 8] {
        match self {
            Style::Bsd(offset) => {
                let o = offset.to_le_bytes();
                [0, o[0], o[1], 0, 0, 0, 0, 0]
            }
            Style::Iso {
                between,
                digits,
                point,
                zone,
                offset,
            } => {
                let o = offset.to_le_bytes();
                [1, o[0], o[1], between, digits, point, zone as u8, 0]
            }
            Style::Epoch(unit) => {
                let u = unit.to_le_bytes();
                [2, u[0], u[1], u[2], u[3], 0, 0, 0]
            }
        }
    }

    /// From those bytes; `None` when they are damaged.
    pub fn from_bytes(b: [u8; 8]) -> Option<Style> {
        let offset = i16::from_le_bytes([b[1], b[2]]);
        match b[0] {
            0 => Some(Style::Bsd(offset)),
            1 => {
                let zone = match b[6] {
                    0 => Zone::None,
                    1 => Zone::Zulu,
                    2 => Zone::Colon,
                    3 => Zone::Plain,
                    _ => return None,
                };
                Some(Style::Iso {
                    between: b[3],
                    digits: b[4],
                    point: b[5],
                    zone,
                    offset,
                })
            }
            2 => Some(Style::Epoch(u32::from_le_bytes([b[1], b[2], b[3], b[4]]))),
            _ => None,
        }
    }
}

/// Reads the shape of `text`; the caller writes it again and compares, so nothing here need be exact.
fn guess(text: &[u8], time: Timestamp) -> Option<Style> {
    let n = text.len();
    if n == 15 && text[3] == b' ' && text[9] == b':' {
        return Some(Style::Bsd(offset_of(&text[7..15], time)?));
    }
    if n >= 19 && text[4] == b'-' && text[13] == b':' {
        let fraction = text.get(19).filter(|b| matches!(b, b'.' | b','));
        let digits = fraction.map_or(0, |_| {
            text[20..].iter().take_while(|b| b.is_ascii_digit()).count()
        });
        let rest = &text[19 + if digits > 0 { digits + 1 } else { 0 }..];
        let zone = match rest {
            [] => Zone::None,
            [b'Z'] => Zone::Zulu,
            [b'+' | b'-', _, _, b':', _, _] => Zone::Colon,
            [b'+' | b'-', _, _, _, _] => Zone::Plain,
            _ => return None,
        };
        let offset = if zone == Zone::Zulu {
            0
        } else {
            offset_of(&text[11..19], time)?
        };
        return (digits <= 6).then_some(Style::Iso {
            between: text[10],
            digits: digits as u8,
            point: fraction.copied().unwrap_or(b'.'),
            zone,
            offset,
        });
    }
    match n {
        9..=10 => Some(Style::Epoch(1_000_000)),
        12..=13 => Some(Style::Epoch(1_000)),
        15..=16 => Some(Style::Epoch(1)),
        _ => None,
    }
}

/// The offset from UTC, in minutes, that makes the clock reading `hh:mm:ss` mean `time`.
fn offset_of(clock: &[u8], time: Timestamp) -> Option<i16> {
    let two = |i: usize| -> Option<i64> {
        let (a, b) = (clock.get(i)?, clock.get(i + 1)?);
        (a.is_ascii_digit() && b.is_ascii_digit())
            .then(|| i64::from(a - b'0') * 10 + i64::from(b - b'0'))
    };
    let reading = two(0)? * 3600 + two(3)? * 60 + two(6)?;
    let mut minutes = (reading - time.secs().rem_euclid(86_400)).div_euclid(60);
    if minutes > 14 * 60 {
        minutes -= 1440;
    } else if minutes < -12 * 60 {
        minutes += 1440;
    }
    i16::try_from(minutes).ok()
}

/// Day since the epoch, second of the day, and microseconds, at an offset.
fn local(time: Timestamp, offset: i16) -> (i64, u32, u32) {
    let secs = time.secs() + i64::from(offset) * 60;
    (
        secs.div_euclid(86_400),
        secs.rem_euclid(86_400) as u32,
        time.0.rem_euclid(SECOND) as u32,
    )
}

/// Year, month and day of a day since the epoch, by the proleptic Gregorian calendar: the algorithm of Howard Hinnant's
/// "chrono-compatible low-level date algorithms" (eras of 400 years counted from 1 March).
fn civil(day: i64) -> (i64, u32, u32) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn two(n: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&[b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8]);
}

fn clock(second: u32, out: &mut Vec<u8>) {
    two(second / 3600, out);
    out.push(b':');
    two(second / 60 % 60, out);
    out.push(b':');
    two(second % 60, out);
}

fn write_zone(zone: Zone, offset: i16, out: &mut Vec<u8>) {
    match zone {
        Zone::None => {}
        Zone::Zulu => out.push(b'Z'),
        Zone::Colon | Zone::Plain => {
            out.push(if offset < 0 { b'-' } else { b'+' });
            let minutes = u32::from(offset.unsigned_abs());
            two(minutes / 60, out);
            if zone == Zone::Colon {
                out.push(b':');
            }
            two(minutes % 60, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_usual_stamps_are_written_again() {
        let t = Timestamp(1_772_424_306_123_456);
        for text in [
            "Mar  2 04:05:06",
            "Mar  2 05:05:06",
            "2026-03-02T04:05:06.123456Z",
            "2026-03-02T09:35:06.123456+05:30",
            "2026-03-01 20:05:06,123-0800",
            "2026-03-02 04:05:06",
            "1772424306123456",
            "1772424306",
        ] {
            let style = Style::of(text.as_bytes(), t, &mut Vec::new()).expect(text);
            assert_eq!(Style::from_bytes(style.to_bytes()), Some(style));
        }
        assert_eq!(Style::of(b"Mar 02 04:05:06", t, &mut Vec::new()), None);
        assert_eq!(Style::of(b"2026-03-02T04:05:07Z", t, &mut Vec::new()), None);
    }

    fn style() -> impl Strategy<Value = Style> {
        let zone = prop::sample::select(vec![Zone::None, Zone::Zulu, Zone::Colon, Zone::Plain]);
        let iso = (
            prop::sample::select(vec![b'T', b' ']),
            0u8..=6,
            any::<bool>(),
            zone,
            -12i16..14,
        );
        prop_oneof![
            (-12i16..14).prop_map(|h| Style::Bsd(h * 60)),
            iso.prop_map(|(between, digits, comma, zone, hours)| Style::Iso {
                between,
                digits,
                point: if comma { b',' } else { b'.' },
                zone,
                offset: if zone == Zone::Zulu {
                    0
                } else {
                    hours * 60 + 30
                },
            }),
            Just(Style::Epoch(1_000)),
        ]
    }

    proptest! {
        #[test]
        fn the_memo_says_what_writing_says(
            style in style(),
            start in 0i64..2_000_000_000,
            stamps in prop::collection::vec((-90_000_000i64..90_000_000, 0i64..3, 0usize..40, any::<u8>(), any::<bool>()), 1..12),
        ) {
            let mut memo = Memo::default();
            for (ahead, other, at, byte, damage) in stamps {
                let time = Timestamp(start * SECOND + ahead);
                let mut text = Vec::new();
                style.write(Timestamp(time.0 + other / 2 * SECOND), &mut text);
                if damage && at < text.len() {
                    text[at] = byte;
                }
                let mut written = Vec::new();
                style.write(time, &mut written);
                prop_assert_eq!(memo.is(style, &text, time), written == text);
            }
        }

        #[test]
        fn what_a_style_accepts_it_gives_back(micros in -62_000_000_000_000_000i64..200_000_000_000_000_000, text in "[0-9A-Za-z:., +-]{9,30}") {
            let t = Timestamp(micros);
            if let Some(style) = Style::of(text.as_bytes(), t, &mut Vec::new()) {
                let mut out = Vec::new();
                style.write(t, &mut out);
                prop_assert_eq!(out, text.as_bytes());
            }
            let chrono = t.chrono().expect("in range").format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
            if !chrono.starts_with(['-', '+']) && chrono.len() == 27 {
                prop_assert!(Style::of(chrono.as_bytes(), t, &mut Vec::new()).is_some(), "{}", chrono);
            }
        }
    }
}
