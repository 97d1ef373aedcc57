//! What the formats of security devices share: parts between bars, escapes, severities from 0 to 10.

use super::{Escapes, Value, number};
use crate::event::{Fields, Severity};
use std::borrow::Cow;

/// More pairs than this are not listed; no log has them, an attack may.
const MAX_FIELDS: usize = 256;

/// The next part up to an unescaped bar, and what is behind the bar; `None` when there is no bar.
pub(in crate::formats) fn bar_part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let text = *rest;
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'|', b'\\', text.get(at..)?)?;
        if text[at] == b'|' {
            *rest = &text[at + 1..];
            return Some(&text[..at]);
        }
        at += 2;
    }
}

/// A part or value without its backslashes; `\n`, `\r` and `\t` are line ends and tabs.
pub(in crate::formats) fn without_escapes(part: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', part).is_none() {
        return Cow::Borrowed(part);
    }
    let mut text = Vec::with_capacity(part.len());
    let mut bytes = part.iter();
    while let Some(&b) = bytes.next() {
        text.push(match (b, b) {
            (b'\\', _) => match bytes.next() {
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                Some(&other) => other,
                None => b'\\',
            },
            _ => b,
        });
    }
    Cow::Owned(text)
}

/// The severity of a number from 0 to 10, or of the words for its ranges.
pub(in crate::formats) fn ten_scale(text: &[u8]) -> Option<Severity> {
    if let Some(value) = number(text) {
        return Some(match value {
            0..=1 => Severity::Info,
            2..=3 => Severity::Notice,
            4..=6 => Severity::Warning,
            7..=8 => Severity::Error,
            9..=10 => Severity::Critical,
            _ => return None,
        });
    }
    let words = [
        ("low", Severity::Notice),
        ("medium", Severity::Warning),
        ("high", Severity::Error),
        ("very-high", Severity::Critical),
    ];
    let named = words
        .iter()
        .find(|(word, _)| word.as_bytes().eq_ignore_ascii_case(text));
    named
        .map(|&(_, severity)| severity)
        .or_else(|| Severity::from_word(std::str::from_utf8(text).ok()?))
}

/// Lists a part, unless it says nothing.
pub(in crate::formats) fn list_pair(fields: &mut Fields, name: &[u8], value: &[u8]) {
    if value.is_empty() || name.is_empty() || fields.len() >= MAX_FIELDS {
        return;
    }
    let name = String::from_utf8_lossy(name).into_owned();
    let value = match without_escapes(value) {
        Cow::Borrowed(text) if text.len() < 19 && number(text).is_some() && text[0] != b'0' => {
            Value::Bare(text).json()
        }
        text => Value::Text(&text, Escapes::No).json(),
    };
    fields.insert(name, value);
}
