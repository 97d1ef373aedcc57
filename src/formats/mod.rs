//! Formats: what a raw record says. One file per format and one row of [`FORMATS`].
//!
//! Reading has three parts that never see each other: intake (where bytes come from), framing (where a record ends) and
//! format (what it says). A format never fails: it returns what it got and marks what was wrong in `Parsed::status`.

mod access;
mod brainstem;
mod cef;
mod clock;
mod cri;
mod csv;
mod entities;
mod head;
mod journald;
mod json;
mod keys;
mod leef;
mod logfmt;
mod logicmonitor;
mod paths;
mod pipes;
mod plain;
mod said;
mod scan;
mod stamp;
mod syslog;
mod windows;

pub use clock::{Context, Zone};
pub use csv::Header;
pub use entities::entities;

use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed, Severity, Span};
use clock::{Stamp, When, epoch, fraction_micros, graver, number, time_of_day};
use stamp::{offset, when, zone_behind};
use std::borrow::Cow;

/// A log format.
pub trait Format: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Records of this format, made for this project: its test, its documentation, and what detection is checked with.
    fn samples(&self) -> &'static [&'static str];

    /// How sure it is that `record` is in this format, 0 (cannot be) to 100 (nothing else can be).
    fn likeness(&self, record: &[u8]) -> u8;

    /// What the record says; the hot path. `record` has no line end.
    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a>;

    /// Everything structured the record says besides the parts in [`Parsed`]; the cold path.
    fn fields(&self, record: &[u8]) -> Fields;

    /// The fields of a record whose names stand elsewhere in its source, in [`Context::header`].
    fn fields_in(&self, record: &[u8], _context: &Context) -> Fields {
        self.fields(record)
    }

    /// The records inside one that holds several (an array, a batch, an alert with its recovery), each of which is
    /// read by [`Format::parse`] and splits no further; `None` for a record that is one event, as nearly all are.
    fn split(&self, _record: &[u8]) -> Option<Vec<Vec<u8>>> {
        None
    }

    /// How well a sample of a source fits, 0 to 100: the mean likeness, unless the records say more together than
    /// each by itself.
    fn fit(&self, sample: &[&[u8]]) -> u32 {
        let sum: u32 = sample
            .iter()
            .map(|record| u32::from(self.likeness(record)))
            .sum();
        sum / (sample.len() as u32).max(1)
    }
}

/// All formats. The order decides between formats that fit equally well; `plain` fits everything and is last.
pub static FORMATS: &[&dyn Format] = &[
    &syslog::Syslog,
    &journald::Journald,
    &brainstem::Brainstem,
    &windows::Windows,
    &logicmonitor::LogicMonitor,
    &json::JsonLines,
    &logfmt::Logfmt,
    &cef::Cef,
    &leef::Leef,
    &access::Access,
    &cri::Cri,
    &csv::Csv,
    &plain::Plain,
];

/// The format of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().find(|f| f.name() == name).copied()
}

/// The likeness from which on a record counts as one of the format.
const LIKELY: u32 = 50;

/// The format that fits the first records of a source best; `plain` when none fits at least half of them.
pub fn detect(sample: &[&[u8]]) -> &'static dyn Format {
    let sample: Vec<&[u8]> = sample
        .iter()
        .copied()
        .filter(|record| !record.trim_ascii().is_empty())
        .collect();
    let mut best: (u32, &'static dyn Format) = (0, &plain::Plain);
    for &format in FORMATS {
        let fitting = sample
            .iter()
            .filter(|record| u32::from(format.likeness(record)) >= LIKELY)
            .count();
        let fit = format.fit(&sample);
        if (fitting * 2 >= sample.len() || fit >= LIKELY) && fit > best.0 {
            best = (fit, format);
        }
    }
    best.1
}

/// The severity of the one letter that klog, MongoDB and others write.
fn level_letter(letter: u8) -> Option<Severity> {
    Some(match letter {
        b'F' | b'C' => Severity::Critical,
        b'E' => Severity::Error,
        b'W' => Severity::Warning,
        b'N' => Severity::Notice,
        b'I' => Severity::Info,
        b'D' | b'T' | b'V' => Severity::Debug,
        _ => return None,
    })
}

/// Where `part`, a slice of `record`, stands in it; empty when it is no slice of it.
fn span_of(record: &[u8], part: &[u8]) -> Span {
    let start = part.as_ptr().addr().wrapping_sub(record.as_ptr().addr());
    match start.checked_add(part.len()) {
        Some(end) if end <= record.len() && !part.is_empty() => Span::new(start, end),
        _ => Span::default(),
    }
}

/// The record without a byte order mark at its head and a carriage return at its end.
fn trimmed(record: &[u8]) -> &[u8] {
    let text = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record);
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// Sets host, service and message, each with its span where it stands in the record as it is.
#[inline]
fn set_parts<'a>(
    parsed: &mut Parsed<'a>,
    record: &'a [u8],
    host: Cow<'a, [u8]>,
    service: Cow<'a, [u8]>,
    message: Cow<'a, [u8]>,
) {
    // One check of a whole line costs less than one of each of its words.
    let text = match record.len() {
        0..WHOLE_CHECK => std::str::from_utf8(record).ok(),
        _ => None,
    };
    (parsed.host, parsed.host_span) = text_part(record, text, host);
    (parsed.service, parsed.service_span) = text_part(record, text, service);
    let sound = match &message {
        Cow::Borrowed(part) => {
            parsed.message_span = span_of(record, part);
            text.is_some() || std::str::from_utf8(part).is_ok()
        }
        Cow::Owned(part) => std::str::from_utf8(part).is_ok(),
    };
    if !sound {
        parsed.status = graver(parsed.status, ParseStatus::BadEncoding);
    }
    parsed.message = message;
}

/// Records shorter than this are checked for UTF-8 as a whole; of longer ones most is no part of the event.
const WHOLE_CHECK: usize = 512;

/// A part as text, with its span; text that had to be mended stands nowhere.
#[inline]
fn text_part<'a>(
    record: &[u8],
    text: Option<&'a str>,
    part: Cow<'a, [u8]>,
) -> (Cow<'a, str>, Span) {
    match part {
        Cow::Borrowed(bytes) => {
            let span = span_of(record, bytes);
            let sound = text.filter(|_| !span.is_empty());
            let sound = sound.and_then(|text| text.get(span.start as usize..span.end as usize));
            match sound.or_else(|| std::str::from_utf8(bytes).ok()) {
                Some(text) => (Cow::Borrowed(text), span),
                None => (String::from_utf8_lossy(bytes), Span::default()),
            }
        }
        Cow::Owned(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            (Cow::Owned(text), Span::default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;
    use proptest::prelude::*;

    /// The afternoon of 10 March 2026, as the tests of all formats have it.
    pub(super) fn context() -> Context {
        let now = Timestamp::from_secs(1_773_144_000);
        Context::new(Zone::Utc, now, now)
    }

    /// What must hold of every record, whatever its bytes: the parts stand where the spans say, and nowhere twice.
    fn assert_sound(format: &dyn Format, record: &[u8]) {
        let mut context = context();
        let parsed = format.parse(record, &mut context);
        let name = format.name();
        let shown = record.escape_ascii();
        let parts: [(Span, &[u8]); 3] = [
            (parsed.host_span, parsed.host.as_bytes()),
            (parsed.service_span, parsed.service.as_bytes()),
            (parsed.message_span, &parsed.message),
        ];
        for (span, part) in parts {
            if !span.is_empty() {
                assert_eq!(span.of(record), part, "{name}: {shown}");
            }
        }
        assert!(parsed.message_span.is_empty() || matches!(parsed.message, Cow::Borrowed(_)));
        assert!(
            parsed.time_span.is_empty() || parsed.time.is_some(),
            "{name}: {shown}"
        );
        let mut spans = [
            parsed.time_span,
            parsed.host_span,
            parsed.service_span,
            parsed.message_span,
        ];
        spans.sort_by_key(|s| (s.start, s.end));
        let spans: Vec<Span> = spans.into_iter().filter(|s| !s.is_empty()).collect();
        for pair in spans.windows(2) {
            assert!(pair[0].end <= pair[1].start, "{name}: {pair:?} in {shown}");
        }
        assert!(spans.iter().all(|s| s.end as usize <= record.len()));
        if parsed.time.is_none() {
            assert_ne!(parsed.status, ParseStatus::Ok, "{name}: {shown}");
        }
        format.fields_in(record, &context);
        for piece in format.split(record).unwrap_or_default() {
            assert_eq!(format.split(&piece), None, "{name}: {shown}");
        }
    }

    #[test]
    fn every_sample_is_understood_and_recognised() {
        for format in FORMATS {
            for sample in format.samples() {
                let sample = sample.as_bytes();
                assert_sound(*format, sample);
                if format.name() == "plain" {
                    continue;
                }
                let parsed = format.parse(sample, &mut context());
                assert!(
                    !matches!(parsed.status, ParseStatus::Unparsed | ParseStatus::Partial),
                    "{}: {}",
                    format.name(),
                    sample.escape_ascii()
                );
                assert_eq!(
                    detect(&[sample]).name(),
                    format.name(),
                    "{}",
                    sample.escape_ascii()
                );
            }
        }
    }

    #[test]
    fn names_are_unique_and_found() {
        for format in FORMATS {
            let found = by_name(format.name()).expect("its own name");
            assert_eq!(found.samples(), format.samples());
        }
        assert!(by_name("nothing").is_none());
        assert_eq!(FORMATS.last().map(|f| f.name()), Some("plain"));
    }

    #[test]
    fn a_source_of_which_too_little_fits_is_plain() {
        let syslog = syslog::Syslog.samples()[0].as_bytes();
        assert_eq!(detect(&[syslog, b"what", b"ever", b"else"]).name(), "plain");
        assert_eq!(detect(&[syslog, b"  trace", b"", syslog]).name(), "syslog");
        assert_eq!(detect(&[]).name(), "plain");
    }

    /// A sample with some bytes changed, cut out or doubled.
    fn damaged() -> impl Strategy<Value = (usize, Vec<u8>)> {
        let edit = (any::<prop::sample::Index>(), any::<u8>(), 0..4u8);
        let pick = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
        (pick, prop::collection::vec(edit, 0..6)).prop_map(|((which, sample), edits)| {
            let which = which.index(FORMATS.len());
            let samples = FORMATS[which].samples();
            let mut record = samples[sample.index(samples.len())].as_bytes().to_vec();
            for (at, byte, kind) in edits {
                if record.is_empty() {
                    break;
                }
                let at = at.index(record.len());
                match kind {
                    0 => record[at] = byte,
                    1 => record.truncate(at),
                    2 => drop(record.drain(at..(at + 7).min(record.len()))),
                    _ => record.extend_from_within(at..),
                }
            }
            (which, record)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn damaged_samples_are_sound((which, record) in damaged()) {
            assert_sound(FORMATS[which], &record);
            for format in FORMATS {
                prop_assert!(format.likeness(&record) <= 100);
            }
            assert_sound(detect(&[&record]), &record);
        }

        #[test]
        fn any_bytes_are_sound(record in prop::collection::vec(any::<u8>(), 0..200)) {
            for format in FORMATS {
                assert_sound(*format, &record);
                prop_assert!(format.likeness(&record) <= 100);
            }
        }
    }
}
