//! Pairs as logfmt writes them: `key=value key="a value"`, and words between them.

use super::{Escapes, Picked, Value};
use crate::event::Fields;

/// More pairs than this are not listed; no log has them, an attack may.
const MAX_FIELDS: usize = 256;
/// Longer keys are no keys but text.
const MAX_KEY: usize = 1024;

/// The pairs of a text that have a role.
pub(in crate::formats) fn read_pairs(text: &[u8]) -> Picked<'_> {
    let mut picked = Picked::default();
    for (key, value) in pairs(text) {
        picked.offer(key, value);
    }
    picked
}

/// The pairs that have no place in the event.
pub(in crate::formats) fn rest_of_pairs(text: &[u8], picked: &Picked<'_>) -> Fields {
    let left = pairs(text).filter(|(_, value)| !picked.holds(*value));
    let named = |key: &[u8]| String::from_utf8_lossy(key).into_owned();
    left.take(MAX_FIELDS)
        .map(|(key, value)| (named(key), value.json()))
        .collect()
}

/// The pairs of a text, in its order.
fn pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], Value<'_>)> {
    Words { rest: text }.filter_map(|(key, value)| key.map(|key| (key, value)))
}

/// The words of a text: pairs, and words without an equals sign.
pub(in crate::formats) struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Words<'a> {
    /// The words of `text`.
    pub(in crate::formats) fn of(text: &'a [u8]) -> Words<'a> {
        Words { rest: text }
    }
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
