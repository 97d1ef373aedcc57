//! logfmt: `key=value key="a value"`, as Go services, routers and firewalls write it.

use super::{
    Context, Format, Said, Words, date_at_head, read_pairs, rest_of_pairs, span_of, trimmed,
};
use crate::event::{Fields, Parsed};
use std::borrow::Cow;

/// The format `logfmt`.
pub(super) struct Logfmt;

impl Format for Logfmt {
    fn name(&self) -> &'static str {
        "logfmt"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            r#"time=2026-03-02T01:02:03Z level=warn service=ingress msg="upstream is slow" took=812ms upstream=10.0.0.7:443"#,
            r#"ts=1772413323.5 level=error component=tsdb msg="compaction failed" err="no space left on device""#,
            r#"<189>date=2026-03-02 time=01:02:03 devname="fgt-1" logid="0101037127" type="event" level="notice" msg="progress IPsec phase 1""#,
        ]
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        let text = body(trimmed(record));
        let Some((words, paired)) = shape(text) else {
            return 0;
        };
        let picked = read_pairs(text);
        match picked.likeness() {
            80 if paired >= 2 => 75,
            70 if paired >= 2 && paired * 2 > words => 65,
            // Pairs alone do not make a log of pairs: sentences have them too.
            _ => 40,
        }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let text = body(trimmed(record));
        let mut parsed = Parsed::default();
        if shape(text).is_none() {
            return Said::unparsed(trimmed(record)).parsed(record, parsed, context);
        }
        let picked = read_pairs(text);
        picked.set_time(&mut parsed, record, context);
        if parsed.time.is_none()
            && let Some((when, part)) = date_at_head(text)
        {
            context.set_time(&mut parsed, record, &when, part);
        }
        // Pairs without a message among them are their own message.
        let said = Said::of(&picked).unwrap_or_else(|| Said {
            message: Cow::Borrowed(text),
            ..Said::about(&picked)
        });
        said.parsed(record, parsed, context)
    }

    fn fields(&self, record: &[u8]) -> Fields {
        let text = body(trimmed(record));
        let picked = read_pairs(text);
        rest_of_pairs(text, &picked)
    }
}

/// The text without a syslog priority at its head.
fn body(text: &[u8]) -> &[u8] {
    let priority = || {
        let rest = text.strip_prefix(b"<")?;
        let digits = rest
            .iter()
            .take(3)
            .take_while(|b| b.is_ascii_digit())
            .count();
        rest[digits..].strip_prefix(b">").filter(|_| digits > 0)
    };
    priority().unwrap_or(text)
}

/// How many words and pairs a text has that begins with a pair, or with a date and a pair; `None` for other text.
fn shape(text: &[u8]) -> Option<(usize, usize)> {
    let behind = match date_at_head(text) {
        Some((_, part)) => &text[span_of(text, part).end as usize..],
        None => text,
    };
    let first = behind.trim_ascii_start();
    let mut words = Words::of(first);
    matches!(words.next()?, (Some(_), _)).then_some(())?;
    let (mut count, mut paired) = (1, 1);
    for (key, _) in words.take(64) {
        count += 1;
        paired += usize::from(key.is_some());
    }
    Some((count, paired))
}
