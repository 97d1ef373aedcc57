//! Plain text: the whole line is the message. A date at its head still gives the time, and a level word the severity.

use super::{Context, Format, date_and_severity, set_parts, trimmed};
use crate::event::{Fields, Parsed, Span};

/// The format `plain`.
pub(super) struct Plain;

impl Format for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            "2026-03-02 01:02:03,123 ERROR [main] com.example.Orders - cannot reach the warehouse",
            "[Mon Mar 02 01:02:03.123456 2026] [proxy:warn] [pid 7:tid 9] AH01144: no protocol handler",
            "backup of /srv finished with 2 warnings",
        ]
    }

    fn likeness(&self, _record: &[u8]) -> u8 {
        // Below what any format claims for a record of its own.
        10
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let text = trimmed(record);
        let mut parsed = Parsed::default();
        let (date, severity) = date_and_severity(text);
        if let Some((when, part)) = date {
            context.set_time(&mut parsed, record, &when, part);
            // The date stays part of the message, so that it stands nowhere else.
            parsed.time_span = Span::default();
        }
        parsed.severity = severity;
        set_parts(&mut parsed, record, b"".into(), b"".into(), text.into());
        context.settle(&mut parsed);
        parsed
    }

    fn fields(&self, _record: &[u8]) -> Fields {
        Fields::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Severity;
    use crate::formats::Zone;
    use crate::time::Timestamp;

    #[test]
    fn a_date_and_a_level_at_the_head_are_taken() {
        let t = "2026-03-02T01:02:03Z";
        let rows = [
            (
                "2026-03-02 01:02:03,000 ERROR [main] com.example.A - m",
                t,
                Some(Severity::Error),
            ),
            (
                "2026-03-02T01:02:03.000Z  WARN 7 --- [main] c.e.App : m",
                t,
                Some(Severity::Warning),
            ),
            (
                "2026/03/02 01:02:03 [error] 7#0: *5 open() failed",
                t,
                Some(Severity::Error),
            ),
            (
                "[Mon Mar 02 01:02:03.000000 2026] [core:warn] [pid 7] m",
                t,
                Some(Severity::Warning),
            ),
            (
                "2026-03-02 01:02:03.000 UTC [7] FATAL:  the database is starting up",
                t,
                Some(Severity::Critical),
            ),
            (
                "2026-03-02T01:02:03Z 0 [Warning] [MY-010055] m",
                t,
                Some(Severity::Warning),
            ),
            (
                "E0302 01:02:03.000000       7 a.go:12] m",
                t,
                Some(Severity::Error),
            ),
            (
                "260302 010203 148 INFO dfs.DataNode: m",
                t,
                Some(Severity::Info),
            ),
            ("[2026-03-02 01:02:03] production.ERROR: m", t, None),
            (
                "INFO  2026-03-02 01:02:03,000 [main] m",
                t,
                Some(Severity::Info),
            ),
            (
                "WARN  [2026-03-02 01:02:03,000] org.example.A: m",
                t,
                Some(Severity::Warning),
            ),
            (
                "ERROR [main] 2026-03-02 01:02:03 m",
                t,
                Some(Severity::Error),
            ),
            ("[info] 2026-03-02T01:02:03Z m", t, Some(Severity::Info)),
            (
                "E, [2026-03-02T01:02:03.000000 #12] ERROR -- : m",
                t,
                Some(Severity::Error),
            ),
            ("packager 2026-03-02 01:02:03: m", t, None),
            ("the key expires 2026-03-02 01:02:03", "", None),
            ("2026-03-02 01:02:03 all went well, no error", t, None),
            ("ERROR: m", "", Some(Severity::Error)),
            ("error in line 7", "", None),
            ("all is well", "", None),
        ];
        for (record, time, severity) in rows {
            let now = Timestamp::from_secs(1_773_144_000);
            let mut context = Context::new(Zone::Utc, now, now);
            let parsed = Plain.parse(record.as_bytes(), &mut context);
            assert_eq!(&*parsed.message, record.as_bytes());
            assert_eq!(
                parsed.time.map_or(String::new(), |t| t.rfc3339()),
                time,
                "{record}"
            );
            assert_eq!(parsed.severity, severity, "{record}");
        }
    }
}
