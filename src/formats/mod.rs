//! Formats: what a raw record says. One file per format and one row of [`FORMATS`].
//!
//! Reading has three parts that never see each other: intake (where bytes come from), framing (where a record ends) and
//! format (what it says). A format never fails: it returns what it got and marks what was wrong in `Parsed::status`. Should it
//! panic all the same, the guard that each row of the table has makes unparsed text of that record.

mod access;
mod brainstem;
mod caught;
mod cef;
mod cri;
mod csv;
mod cursor;
mod entities;
mod journald;
mod json;
mod leef;
mod logfmt;
mod logicmonitor;
mod plain;
mod reading;
mod syslog;
mod windows;

pub use cursor::{Cursor, Cursors, Sequence};
pub use entities::entities;
pub use reading::{Context, Header, Zone};

use crate::event::{Fields, Parsed};
use caught::Caught;
use reading::*;
use std::borrow::Cow;
use syslog::{SyslogHeader, behind_header};

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

    /// Whether its writers count what they would say again, as `last message repeated 3 times`.
    fn counts_repeats(&self) -> bool {
        false
    }

    /// Whether [`Format::split`] may find several records in this one, which was read as `parsed`: quick, and wrong in
    /// that direction only.
    fn may_split(&self, _record: &[u8], _parsed: &Parsed<'_>) -> bool {
        false
    }

    /// The records inside one that holds several (an array, a batch, an alert with its recovery), each of which is
    /// read by [`Format::parse`] and splits no further; `None` for a record that is one event, as nearly all are.
    /// Borrowed ones stand in the record as they are, in order; the others are made out of it.
    fn split<'a>(&self, _record: &'a [u8]) -> Option<Vec<Cow<'a, [u8]>>> {
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

    /// What stands behind the guard, for tests that look for panics.
    #[cfg(test)]
    fn bare(&self) -> Option<&dyn Format> {
        None
    }
}

/// All formats. The order decides between formats that fit equally well; `plain` fits everything and is last.
pub static FORMATS: &[&dyn Format] = &[
    &Caught(syslog::Syslog),
    &Caught(journald::Journald),
    &Caught(brainstem::Brainstem),
    &Caught(windows::Windows),
    &Caught(logicmonitor::LogicMonitor),
    &Caught(json::JsonLines),
    &Caught(logfmt::Logfmt),
    &Caught(cef::Cef),
    &Caught(leef::Leef),
    &Caught(access::Access),
    &Caught(cri::Cri),
    &Caught(csv::Csv),
    &Caught(plain::Plain),
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
    let mut best: (u32, &'static dyn Format) = (0, &Caught(plain::Plain));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::ParseStatus;
    use crate::event::{Severity, Span};
    use crate::time::Timestamp;
    use proptest::prelude::*;

    /// The afternoon of 10 March 2026, as the tests of all formats have it.
    pub(super) fn context() -> Context {
        let now = Timestamp::from_secs(1_773_144_000);
        Context::new(Zone::Utc, now, now)
    }

    /// `time|host|service|severity|message|status` of a record read then.
    pub(super) fn summary(format: &dyn Format, record: &str) -> String {
        let mut context = context();
        let p = format.parse(record.as_bytes(), &mut context);
        format!(
            "{}|{}|{}|{}|{}|{}",
            p.time.map_or(String::new(), |t| t.rfc3339()),
            p.host,
            p.service,
            p.severity.map_or("", Severity::name),
            String::from_utf8_lossy(&p.message),
            p.status.name()
        )
    }

    /// What must hold of every record, whatever its bytes: the parts stand where the spans say, and nowhere twice.
    fn assert_sound(format: &dyn Format, record: &[u8]) {
        let format = format.bare().unwrap_or(format);
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
        let pieces = format.split(record);
        assert!(
            pieces.is_none() || format.may_split(record, &parsed),
            "{name}: {shown}"
        );
        for piece in pieces.unwrap_or_default() {
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
    fn logs_of_applications_are_plain() {
        for record in [
            "2026-03-02T01:02:03.123456Z  INFO my_app: listening on port 80",
            "2026-03-02T01:02:03.000Z  WARN 7 --- [main] c.e.App : slow start",
            "2026-03-02T01:02:03.000Z 0 [Warning] [MY-010055] [Server] IP address could not be resolved",
            "2026-03-02T01:02:03Z the quick brown fox",
            "2026-03-02 01:02:03,123 ERROR [main] com.example.A - m",
            "2026-03-02 01:02:03.123 UTC [77] LOG:  checkpoint starting: time",
            "[2026-03-02T01:02:03Z INFO  my_app] listening",
            "I0302 01:02:03.123456       7 main.go:12] started",
            "key: value, other = thing",
            "authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7",
            "<html><body>502</body></html>",
            "{not json}",
            "[1] + done  sleep 5",
        ] {
            assert_eq!(detect(&[record.as_bytes()]).name(), "plain", "{record}");
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
