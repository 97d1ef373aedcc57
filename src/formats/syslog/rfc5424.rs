//! RFC 5424: a fixed row of words, structured data, and the message.

use super::{SyslogHeader, When, read_iso};
use crate::envelope::ParseStatus;
use crate::event::Fields;
use serde_json::Value;

/// Fields of structured data beyond this are not listed.
const MAX_FIELDS: usize = 256;

/// Reads a record without priority and version.
pub(super) fn read<'a>(text: &'a [u8], header: &mut SyslogHeader<'a>) {
    let mut rest = text;
    let Some(words) = five_words(&mut rest) else {
        header.message = text;
        header.status = ParseStatus::Partial;
        return;
    };
    let [time, host, app, process, id] =
        words.map(|word| if word == b"-" { &b""[..] } else { word });
    match read_iso(time) {
        Some((found, len)) if len == time.len() => {
            header.when = Some(When::Civil(found));
            header.when_text = time;
        }
        _ if time.is_empty() => {}
        _ => header.status = ParseStatus::Partial,
    }
    header.host = host;
    header.service = app;
    header.pid = process;
    header.message_id = id;
    let message = match data_end(rest) {
        Some(end) => {
            header.data = &rest[..end];
            rest[end..].strip_prefix(b" ").unwrap_or(&rest[end..])
        }
        None => {
            header.status = ParseStatus::Partial;
            rest
        }
    };
    header.message = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
}

/// Takes the five words before the structured data.
fn five_words<'a>(rest: &mut &'a [u8]) -> Option<[&'a [u8]; 5]> {
    let mut words = [&b""[..]; 5];
    for word in &mut words {
        let end = memchr::memchr(b' ', rest)?;
        *word = &rest[..end];
        *rest = &rest[end + 1..];
    }
    Some(words)
}

/// Where the structured data ends; `None` when it is not closed or is none.
fn data_end(text: &[u8]) -> Option<usize> {
    if text.first() == Some(&b'-') {
        return matches!(text.get(1), None | Some(b' ')).then_some(1);
    }
    let mut at = 0;
    while text.get(at) == Some(&b'[') {
        at = element_end(text, at + 1)?;
    }
    (at > 0 && matches!(text.get(at), None | Some(b' '))).then_some(at)
}

/// Where the element whose inside begins at `at` ends, behind its bracket.
fn element_end(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr2(b'"', b']', text.get(at..)?)?;
        if text[at] == b']' {
            return Some(at + 1);
        }
        at = value_end(text, at + 1)? + 1;
    }
}

/// The position of the quote that ends the value beginning at `at`.
fn value_end(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// Lists structured data as `{"id": {"name": "value"}}`.
pub(super) fn data_fields(data: &[u8], fields: &mut Fields) {
    let mut left = MAX_FIELDS;
    let mut at = 0;
    while data.get(at) == Some(&b'[') {
        let Some(end) = element_end(data, at + 1) else {
            return;
        };
        let element = &data[at + 1..end - 1];
        let id_len = memchr::memchr(b' ', element).unwrap_or(element.len());
        let mut values = Fields::new();
        let mut rest = &element[id_len..];
        while let Some(equals) = memchr::memmem::find(rest, b"=\"") {
            let Some(close) = value_end(rest, equals + 2) else {
                break;
            };
            if left == 0 {
                break;
            }
            left -= 1;
            let name = text(rest[..equals].trim_ascii());
            values.insert(name, Value::String(unescaped(&rest[equals + 2..close])));
            rest = &rest[close + 1..];
        }
        fields.insert(text(&element[..id_len]), Value::Object(values));
        at = end;
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A value without the backslashes before `"`, `\` and `]`; any other backslash stands for itself.
fn unescaped(value: &[u8]) -> String {
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(slash) = memchr::memchr(b'\\', rest) {
        plain.extend_from_slice(&rest[..slash]);
        let keep = usize::from(matches!(rest.get(slash + 1), Some(b'"' | b'\\' | b']')));
        // The escaped byte goes along, so that it cannot begin another escape.
        let end = (slash + 1 + keep).min(rest.len());
        plain.extend_from_slice(&rest[slash + keep..end]);
        rest = &rest[end..];
    }
    plain.extend_from_slice(rest);
    text(&plain)
}
