//! logfmt: `key=value key="a value"`, as Go services, routers and firewalls write it.

use super::keys::Picked;
use super::said::Said;
use super::scan::{Escapes, Value};
use super::{Context, Format, head, trimmed};
use crate::event::{Fields, Parsed};
use std::borrow::Cow;

/// The format `logfmt`.
pub(super) struct Logfmt;

/// More pairs than this are not listed; no log has them, an attack may.
const MAX_FIELDS: usize = 256;
/// Longer keys are no keys but text.
const MAX_KEY: usize = 1024;

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
        let picked = read(text);
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
        let picked = read(text);
        picked.set_time(&mut parsed, record, context);
        if parsed.time.is_none()
            && let Some((when, part)) = head::date(text)
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
        let picked = read(text);
        rest(text, &picked)
    }
}

/// The pairs that have no place in the event.
pub(super) fn rest(text: &[u8], picked: &Picked<'_>) -> Fields {
    let left = pairs(text).filter(|(_, value)| !picked.holds(*value));
    let named = |key: &[u8]| String::from_utf8_lossy(key).into_owned();
    left.take(MAX_FIELDS)
        .map(|(key, value)| (named(key), value.json()))
        .collect()
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

/// The pairs of a text that have a role.
pub(super) fn read(text: &[u8]) -> Picked<'_> {
    let mut picked = Picked::default();
    for (key, value) in pairs(text) {
        picked.offer(key, value);
    }
    picked
}

/// How many words and pairs a text has that begins with a pair, or with a date and a pair; `None` for other text.
fn shape(text: &[u8]) -> Option<(usize, usize)> {
    let behind = match head::date(text) {
        Some((_, part)) => &text[super::span_of(text, part).end as usize..],
        None => text,
    };
    let first = behind.trim_ascii_start();
    let mut words = Words { rest: first };
    matches!(words.next()?, (Some(_), _)).then_some(())?;
    let (mut count, mut paired) = (1, 1);
    for (key, _) in words.take(64) {
        count += 1;
        paired += usize::from(key.is_some());
    }
    Some((count, paired))
}

/// The pairs of a text, in its order.
fn pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], Value<'_>)> {
    Words { rest: text }.filter_map(|(key, value)| key.map(|key| (key, value)))
}

/// The words of a text: pairs, and words without an equals sign.
struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Words<'a> {
    type Item = (Option<&'a [u8]>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = self.rest.trim_ascii_start();
        if self.rest.is_empty() {
            return None;
        }
        let text = self.rest;
        let end = text
            .iter()
            .position(|&b| b == b'=' || b == b'"' || b.is_ascii_whitespace())
            .unwrap_or(text.len());
        if text.get(end) != Some(&b'=') || end == 0 || end > MAX_KEY {
            // No key: step over the word, or over the quote or sign it begins with.
            self.rest = &text[end.max(1)..];
            return Some((None, Value::Bare(&text[..end])));
        }
        let (value, len) = value(&text[end + 1..]);
        self.rest = &text[end + 1 + len..];
        Some((Some(&text[..end]), value))
    }
}

/// The value at the head, quoted or up to a blank, and its length. An open quote reaches to the end.
fn value(text: &[u8]) -> (Value<'_>, usize) {
    if text.first() == Some(&b'"') {
        let inner = &text[1..];
        let mut at = 0;
        let mut escapes = Escapes::No;
        while let Some(next) = inner
            .get(at..)
            .and_then(|r| memchr::memchr2(b'"', b'\\', r))
        {
            at += next;
            if inner[at] == b'"' {
                return (Value::Text(&inner[..at], escapes), at + 2);
            }
            escapes = Escapes::Yes;
            at += 2;
        }
        return (Value::Text(inner, escapes), text.len());
    }
    let len = text
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(text.len());
    let word = &text[..len];
    let number = word
        .first()
        .is_some_and(|b| b.is_ascii_digit() || *b == b'-')
        && word
            .iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    match number {
        true => (Value::Bare(word), len),
        false => (Value::Text(word, Escapes::No), len),
    }
}
