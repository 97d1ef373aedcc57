//! How the records of a source are read: by which format, and from which part of what came.

use super::lines::{LONG, place, tell_trace, telling};
use crate::envelope::ParseStatus;
use crate::event::{Parsed, Span};
use crate::formats::{Context, Format, detect};
use memchr::memchr;
use std::borrow::Cow;

/// How the records of a source are to be read.
#[derive(Clone, Copy)]
pub struct Reading {
    /// The format most of them are in.
    pub format: &'static dyn Format,
    /// Whether a record this format cannot read may be tried with the others.
    pub others: Others,
}

/// What to do with a record the chosen format cannot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// Try the formats that fit it: the format was chosen by us.
    Try,
    /// Leave it unparsed: the format was asked for.
    Never,
}

/// The format that reads this record, and what it reads.
pub fn parse<'a>(
    reading: Reading,
    raw: &'a [u8],
    context: &mut Context,
) -> (&'static dyn Format, Parsed<'a>) {
    let mut parsed = reading.format.parse(raw, context);
    if parsed.message.len() >= LONG {
        tell_trace(raw, &mut parsed);
    }
    if parsed.status == ParseStatus::Unparsed && reading.others == Others::Try {
        let other = detect(&[raw]);
        if other.name() != reading.format.name() {
            let mut again = other.parse(raw, context);
            if again.message.len() >= LONG {
                tell_trace(raw, &mut again);
            }
            // Anything is plain text: without a time in it that is no format it was found to be in.
            let found = other.name() != "plain" || again.time.is_some();
            if found && again.status != ParseStatus::Unparsed {
                return (other, again);
            }
        }
    }
    (reading.format, parsed)
}

/// Reads a record whose first line is `head` bytes long.
pub(super) fn parse_lines<'a>(
    reading: Reading,
    raw: &'a [u8],
    head: usize,
    context: &mut Context,
) -> (&'static dyn Format, Parsed<'a>) {
    let (format, mut parsed) = parse(reading, &raw[..head], context);
    let text = raw[..head].strip_suffix(b"\r").unwrap_or(&raw[..head]);
    if let Cow::Borrowed(message) = parsed.message
        && parsed.message_span.end as usize == text.len()
    {
        let start = parsed.message_span.start as usize;
        let whole = &raw[start..];
        let (told, span) = match telling(whole) {
            Some(Cow::Borrowed(told)) => (Cow::Borrowed(told), place(raw, told)),
            Some(Cow::Owned(told)) => (Cow::Owned(told), Span::default()),
            None => (Cow::Borrowed(message), parsed.message_span),
        };
        (parsed.message, parsed.message_span) = (told, span);
    }
    (format, parsed)
}

/// Reads a record again that may be one of several lines.
pub fn parse_text<'a>(
    reading: Reading,
    text: &'a [u8],
    context: &mut Context,
) -> (&'static dyn Format, Parsed<'a>) {
    let start = text.trim_ascii_start();
    let document =
        matches!(start, [b'{' | b'[', ..] | [b'<', b'?' | b'a'..=b'z' | b'A'..=b'Z', ..]);
    match memchr(b'\n', text) {
        Some(head) if !document => parse_lines(reading, text, head, context),
        _ => parse(reading, text, context),
    }
}
