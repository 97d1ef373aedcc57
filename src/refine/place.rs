//! Places: URLs and absolute paths, which reach over bytes that end other tokens.

use super::{Shape, SlotType, classes_of, shape_of, trim};
use std::ops::Range;

/// Bytes of the longest bracket within a path or URL.
const MAX_BRACKET: usize = 64;

/// A place found in a message.
pub struct Found {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// [`SlotType::Url`] or [`SlotType::Path`].
    pub slot: SlotType,
    /// The line number after a path and a colon.
    pub line: Option<Range<usize>>,
    /// Where to read on.
    pub reach: usize,
}

/// The URL or absolute path that begins within the token `start..end`; `None` when none does, or it is an address
/// after a slash.
pub fn place_in(message: &[u8], start: usize, end: usize) -> Option<Found> {
    let token = &message[start..end];
    if let Some(at) = url_in(token) {
        return Some(found(message, start + at, SlotType::Url));
    }
    let at = path_in(token)?;
    Some(found(message, start + at, SlotType::Path))
}

fn url_in(token: &[u8]) -> Option<usize> {
    let colon = token.windows(3).position(|w| w == b"://")?;
    let scheme = token[..colon]
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
        .count();
    (scheme > 0).then_some(colon - scheme)
}

fn path_in(token: &[u8]) -> Option<usize> {
    let drive = |w: &[u8]| w[0].is_ascii_alphabetic() && w[1] == b':' && w[2] == b'\\';
    if let Some(at) = token.windows(3).position(drive) {
        return Some(at);
    }
    if let [b'\\', b'\\', b, ..] = token
        && b.is_ascii_alphanumeric()
    {
        return Some(0);
    }
    let slash = token.iter().position(|&b| b == b'/')?;
    let (before, after) = (&token[..slash], &token[slash + 1..]);
    let rooted = before.last().is_none_or(|b| b":~*".contains(b));
    let address = matches!(
        address(after),
        Shape::Whole(SlotType::Ip) | Shape::IpPort(_)
    );
    (rooted && !address && after.iter().any(u8::is_ascii_alphanumeric)).then_some(slash)
}

/// The shape of what stands after a slash, with a trailing `:` or `.` forgiven, if it may be an address.
fn address(text: &[u8]) -> Shape {
    let (a, b) = trim(text, 0, text.len());
    if text[a..b].first().is_some_and(u8::is_ascii_digit) {
        shape_of(&text[a..b], classes_of(&text[a..b]))
    } else {
        Shape::Split(b'/')
    }
}

/// The place that begins at `start`, without punctuation after it.
fn found(message: &[u8], start: usize, slot: SlotType) -> Found {
    let reach = place_end(message, start);
    let mut end = reach;
    while end > start + 1 && b".:!?=&*".contains(&message[end - 1]) {
        end -= 1;
    }
    let digits = message[start..end]
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_digit())
        .count();
    let line = end - digits;
    let has_line =
        slot == SlotType::Path && digits > 0 && line > start + 1 && message[line - 1] == b':';
    Found {
        start,
        end: if has_line { line - 1 } else { end },
        slot,
        line: has_line.then_some(line..end),
        reach,
    }
}

/// Where a URL or path that begins at `start` ends. Brackets belong to it if they close again: `http://[::1]/x`.
fn place_end(message: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < message.len() {
        match message[at] {
            b if b <= b' ' || b == 0x7f || b"\"'<>|,;(){}]".contains(&b) => break,
            b'[' => {
                let inner = message[at..].iter().take(MAX_BRACKET);
                let stop = inner.clone().position(|&b| b == b']' || b <= b' ');
                match stop {
                    Some(n) if n > 1 && message[at + n] == b']' => at += n + 1,
                    _ => break,
                }
            }
            _ => at += 1,
        }
    }
    at
}
