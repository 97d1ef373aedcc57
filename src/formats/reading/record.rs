//! Parts of a record: where they stand in it, and whether they are text.

use super::graver;
use crate::envelope::ParseStatus;
use crate::event::{Parsed, Severity, Span};
use std::borrow::Cow;

/// The severity of the one letter that klog, MongoDB and others write.
pub(in crate::formats) fn level_letter(letter: u8) -> Option<Severity> {
    Some(match letter {
        b'F' | b'C' => Severity::Critical,
        b'E' => Severity::Error,
        b'W' => Severity::Warning,
        b'N' => Severity::Notice,
        b'I' => Severity::Info,
        b'D' | b'T' | b'V' => Severity::Debug,
        _ => return None,
    })
}

/// Where `part`, a slice of `record`, stands in it; empty when it is no slice of it.
pub(in crate::formats) fn span_of(record: &[u8], part: &[u8]) -> Span {
    let start = part.as_ptr().addr().wrapping_sub(record.as_ptr().addr());
    match start.checked_add(part.len()) {
        Some(end) if end <= record.len() && !part.is_empty() => Span::new(start, end),
        _ => Span::default(),
    }
}

/// The record without a byte order mark at its head and a carriage return at its end.
pub(in crate::formats) fn trimmed(record: &[u8]) -> &[u8] {
    let text = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record);
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// Sets host, service and message, each with its span where it stands in the record as it is.
#[inline]
pub(in crate::formats) fn set_parts<'a>(
    parsed: &mut Parsed<'a>,
    record: &'a [u8],
    host: Cow<'a, [u8]>,
    service: Cow<'a, [u8]>,
    message: Cow<'a, [u8]>,
) {
    // One check of a whole line costs less than one of each of its words.
    let text = match record.len() {
        0..WHOLE_CHECK => std::str::from_utf8(record).ok(),
        _ => None,
    };
    (parsed.host, parsed.host_span) = text_part(record, text, host);
    (parsed.service, parsed.service_span) = text_part(record, text, service);
    let sound = match &message {
        Cow::Borrowed(part) => {
            parsed.message_span = span_of(record, part);
            text.is_some() || std::str::from_utf8(part).is_ok()
        }
        Cow::Owned(part) => std::str::from_utf8(part).is_ok(),
    };
    if !sound {
        parsed.status = graver(parsed.status, ParseStatus::BadEncoding);
    }
    parsed.message = message;
}

/// Records shorter than this are checked for UTF-8 as a whole; of longer ones most is no part of the event.
const WHOLE_CHECK: usize = 512;

/// A part as text, with its span; text that had to be mended stands nowhere.
#[inline]
pub(in crate::formats) fn text_part<'a>(
    record: &[u8],
    text: Option<&'a str>,
    part: Cow<'a, [u8]>,
) -> (Cow<'a, str>, Span) {
    match part {
        Cow::Borrowed(bytes) => {
            let span = span_of(record, bytes);
            let sound = text.filter(|_| !span.is_empty());
            let sound = sound.and_then(|text| text.get(span.start as usize..span.end as usize));
            match sound.or_else(|| std::str::from_utf8(bytes).ok()) {
                Some(text) => (Cow::Borrowed(text), span),
                None => (String::from_utf8_lossy(bytes), Span::default()),
            }
        }
        Cow::Owned(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            (Cow::Owned(text), Span::default())
        }
    }
}
