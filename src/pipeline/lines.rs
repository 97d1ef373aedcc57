//! Records of several lines: the first is read as a record, and of the rest the line that names what went wrong.
//!
//! The other lines of a stack trace change with every release and say nothing that the exception does not; they stay in
//! the record and out of the message, so that one fault is one signature.

use crate::event::{Parsed, Span};
use memchr::{memchr, memmem};
use std::borrow::Cow;

/// A message shorter than this holds no trace: it is not even looked for.
pub(super) const LONG: usize = 160;
/// Lines beyond this are not looked at.
const MAX_LINES: usize = 600;

/// What rsyslog writes for a line end within a message.
const ESCAPED: &[u8] = b"#012";

/// A line that stands for others: `last message repeated 3 times`, `message repeated 3 times: [ rekey failed]`.
pub(super) struct Repetition<'a> {
    /// How many.
    pub times: u32,
    /// Their message; none where it is that of the record before.
    pub message: Option<&'a [u8]>,
}

/// More than this nobody suppressed: the line says what is not so.
const MOST_TIMES: u32 = 1_000_000;

/// What a message says of others, if it does.
#[inline]
pub(super) fn repetition(message: &[u8]) -> Option<Repetition<'_>> {
    match message.first() {
        Some(b'l' | b'm' | b'-') => repetition_of(message),
        _ => None,
    }
}

/// For how many events a record stands whose message was told apart from what it says of repetitions.
pub(super) fn stands_for(record: &[u8]) -> u32 {
    let at = memmem::find(record, SAID).unwrap_or(record.len());
    repetition_of(&record[at..]).map_or(1, |said| said.times)
}

/// How a line that stands for others says so.
pub(super) const SAID: &[u8] = b"message repeated ";

fn repetition_of(message: &[u8]) -> Option<Repetition<'_>> {
    let text = message.strip_prefix(b"--- ").unwrap_or(message);
    let text = text.strip_prefix(b"last ").unwrap_or(text);
    let text = text.strip_prefix(SAID)?;
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let times = std::str::from_utf8(&text[..digits]).ok()?.parse().ok()?;
    let rest = text[digits..].strip_prefix(b" time")?;
    let rest = rest.strip_prefix(b"s").unwrap_or(rest);
    let inner = rest.strip_prefix(b": [").and_then(|r| r.strip_suffix(b"]"));
    (1..=MOST_TIMES).contains(&times).then_some(Repetition {
        times,
        message: inner.map(<[u8]>::trim_ascii_start),
    })
}

/// Takes a message of several lines, if it is one, for what its trace is about.
pub(super) fn tell_trace(raw: &[u8], parsed: &mut Parsed<'_>) {
    let told = match &parsed.message {
        Cow::Borrowed(message) => telling(message),
        Cow::Owned(message) => telling(message).map(|told| Cow::Owned(told.into_owned())),
    };
    if let Some(told) = told {
        parsed.message_span = match &told {
            Cow::Borrowed(told) if !parsed.message_span.is_empty() => place(raw, told),
            _ => Span::default(),
        };
        parsed.message = told;
    }
}

pub(super) fn place(raw: &[u8], part: &[u8]) -> Span {
    let start = part.as_ptr().addr().wrapping_sub(raw.as_ptr().addr());
    match start + part.len() <= raw.len() {
        true => Span::new(start, start + part.len()),
        false => Span::default(),
    }
}

/// What a message of several lines is about: its first line, and the one that names the exception; `None` for a message
/// that is no trace.
pub(super) fn telling(message: &[u8]) -> Option<Cow<'_, [u8]>> {
    let separator = match memchr(b'\n', message) {
        Some(_) => &b"\n"[..],
        None => ESCAPED,
    };
    let head_end = memmem::find(message, separator)?;
    let head = message[..head_end].trim_ascii_end();
    let mut named: Option<&[u8]> = None;
    let (mut at, mut frames) = (head_end + separator.len(), 0);
    let python = head.starts_with(b"Traceback (most recent");
    let mut traceback = python;
    for n in 0..MAX_LINES {
        let rest = &message[at..];
        let end = memmem::find(rest, separator);
        let line = &rest[..end.unwrap_or(rest.len())];
        let indented = matches!(line.first(), Some(b' ' | b'\t'));
        frames += usize::from(indented);
        let panicked =
            n == 0 && head.ends_with(b":") && memmem::find(head, b"panicked at ").is_some();
        if line.starts_with(b"Traceback (most recent") {
            traceback = true;
        } else if panicked || (!indented && names_exception(line)) {
            // Of a chain of Python's the last is the one that was not caught, of Java's the first.
            if named.is_none() || traceback {
                named = Some(line);
            }
        }
        match end {
            Some(len) => at += len + separator.len(),
            None => break,
        }
    }
    match named {
        Some(name) if python => Some(Cow::Borrowed(name.trim_ascii_end())),
        Some(name) => {
            let end = place(message, name).end as usize;
            let next = head_end + separator.len() == end - name.len();
            match next && separator == b"\n" {
                true => Some(Cow::Borrowed(&message[..end])),
                false => Some(Cow::Owned([head, b": ", name.trim_ascii_end()].concat())),
            }
        }
        None if frames > 0 => Some(Cow::Borrowed(head)),
        None => None,
    }
}

/// Whether a line names an exception: `java.io.IOException: no`, `KeyError: 'x'`.
fn names_exception(line: &[u8]) -> bool {
    const ENDS: [&[u8]; 9] = [
        b"Exception",
        b"Error",
        b"Warning",
        b"Interrupt",
        b"Exit",
        b"Failure",
        b"Fault",
        b"Throwable",
        b"Timeout",
    ];
    let name = line
        .split(|b| *b == b':')
        .next()
        .unwrap_or(line)
        .trim_ascii_end();
    let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$');
    name.len() <= 200 && ENDS.iter().any(|end| name.ends_with(end)) && name.iter().all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(message: &str) -> Option<String> {
        telling(message.as_bytes()).map(|told| String::from_utf8_lossy(&told).into_owned())
    }

    #[test]
    fn lines_that_stand_for_others_are_known() {
        let read = |text: &'static str| {
            repetition(text.as_bytes()).map(|r| {
                (
                    r.times,
                    r.message.map(<[u8]>::escape_ascii).map(|m| m.to_string()),
                )
            })
        };
        assert_eq!(read("last message repeated 3 times"), Some((3, None)));
        assert_eq!(
            read("--- last message repeated 1 time ---"),
            Some((1, None))
        );
        assert_eq!(
            read("message repeated 2 times: [ a [b]]"),
            Some((2, Some("a [b]".into())))
        );
        for text in [
            "last message",
            "message repeated often",
            "last message repeated 0 times",
            "last message repeated 99999999999 times",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_trace_is_told_by_its_head_and_its_exception() {
        for (message, wanted) in [
            ("no trace", None),
            ("two\nlines", None),
            (
                "failed\njava.io.IOException: no\n\tat a.b(C.java:7)\nCaused by: x.YError: z",
                Some("failed\njava.io.IOException: no"),
            ),
            (
                "oops\nTraceback (most recent call last):\n  File \"a\", line 1\nKeyError: 'x'",
                Some("oops: KeyError: 'x'"),
            ),
            (
                "Traceback (most recent call last):\n  File \"a\"\nKeyError: 'x'\n\nDuring handling\n\nTraceback (most recent call last):\n  File\na.BError: y",
                Some("a.BError: y"),
            ),
            (
                "Traceback (most recent call last):#012  File \"a\"#012ValueError: bad",
                Some("ValueError: bad"),
            ),
            (
                "job failed#012x.YException: bad#012  at z",
                Some("job failed: x.YException: bad"),
            ),
            (
                "thread 'main' panicked at a.rs:1:2:\nindex out of bounds\nnote: x",
                Some("thread 'main' panicked at a.rs:1:2:\nindex out of bounds"),
            ),
            (
                "panic: no\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:3",
                Some("panic: no"),
            ),
            ("query was\n  SELECT 1\n  FROM x", Some("query was")),
        ] {
            assert_eq!(told(message).as_deref(), wanted, "{message}");
        }
    }
}
