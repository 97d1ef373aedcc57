//! Plain text: the whole line is the message. A date at its head still gives the time, and a level word the severity.

use super::{Context, Format, Stamp, set_parts, stamp, trimmed};
use crate::event::{Fields, Parsed, Severity, Span};

/// The format `plain`.
pub(super) struct Plain;

/// How far behind the date a level word may stand: behind thread, process id and logger, but before the text proper.
const LEVEL_WITHIN: usize = 5;

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
        let head = text.trim_ascii_start();
        let behind = match dated(head) {
            Some((stamp, len)) => {
                context.set_time(&mut parsed, record, &stamp, &head[..len]);
                // The date stays part of the message, so that it stands nowhere else.
                parsed.time_span = Span::default();
                &head[len..]
            }
            None => head,
        };
        parsed.severity = match (klog_level(head), parsed.time) {
            (Some(level), _) => Some(level),
            (None, Some(_)) => level_among(behind, LEVEL_WITHIN),
            (None, None) => level_among(behind, 1),
        };
        set_parts(&mut parsed, record, b"".into(), b"".into(), text.into());
        context.settle(&mut parsed);
        parsed
    }

    fn fields(&self, _record: &[u8]) -> Fields {
        Fields::new()
    }
}

/// The date at the head, behind a bracket or klog's letter too, and where it ends.
fn dated(head: &[u8]) -> Option<(Stamp, usize)> {
    let skip = match head.first()? {
        b'[' | b'(' | b'"' | b'\'' => 1,
        _ => 0,
    };
    if let Some((stamp, len)) = stamp::at_head(&head[skip..]) {
        return Some((stamp, skip + len));
    }
    klog(head)
}

/// `E0302 01:02:03.123456 …`, as klog and glog write it: level, month and day in one word.
fn klog(head: &[u8]) -> Option<(Stamp, usize)> {
    klog_level(head)?;
    stamp::month_day(&head[1..]).map(|(stamp, len)| (stamp, len + 1))
}

fn klog_level(head: &[u8]) -> Option<Severity> {
    let (&letter, rest) = head.split_first()?;
    if !matches!(letter, b'I' | b'W' | b'E' | b'F') {
        return None;
    }
    stamp::month_day(rest)?;
    super::level_letter(letter)
}

/// The first level word among the first `count` words: `ERROR`, `[warn]`, `<Info>`, `level=error`, `core:error]`.
fn level_among(text: &[u8], count: usize) -> Option<Severity> {
    text.split(|b| b.is_ascii_whitespace())
        .filter(|word| !word.is_empty())
        .take(count)
        .find_map(level)
}

/// The severity a word names when it is set off as a level: in capitals, in brackets, or before a colon.
fn level(word: &[u8]) -> Option<Severity> {
    if word.len() > 40 {
        return None;
    }
    let start = word.iter().position(u8::is_ascii_alphabetic)?;
    let set_off = matches!(word.first(), Some(b'[' | b'<' | b'(')) || word.ends_with(b":");
    let inner = &word[start..];
    let inner = match inner.iter().position(|b| matches!(b, b'=' | b':')) {
        Some(at) if at + 1 < inner.len() => &inner[at + 1..],
        _ => inner,
    };
    let len = inner.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let name = std::str::from_utf8(&inner[..len]).ok()?;
    let capitals = name.bytes().all(|b| b.is_ascii_uppercase());
    (set_off || capitals || inner.len() < word.len() - start)
        .then(|| Severity::from_word(name))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
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
