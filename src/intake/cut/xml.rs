//! Events of Windows in an XML document.

use super::{Cut, Found, More, blanks, some};
use memchr::{memchr, memmem};

/// Events of Windows in one document: a record ends with each event.
pub(super) fn xml(bytes: &[u8], text: usize, more: More) -> Found {
    let starts = [&b"<?xml"[..], b"<Events", b"<Event>", b"<Event "];
    let rest = &bytes[text..];
    if !starts.iter().any(|start| rest.starts_with(start)) {
        return Found::Lines;
    }
    let first = memmem::find(rest, b"</Event>");
    let line = memchr(b'\n', rest);
    // An event a line is what lines are for.
    if rest.starts_with(b"<Event")
        && !rest.starts_with(b"<Events")
        && matches!((first, line), (Some(end), Some(line)) if end < line)
    {
        return Found::Lines;
    }
    let mut cuts: Vec<Cut> = Vec::new();
    let mut at = 0;
    while let Some(len) = memmem::find(&bytes[at..], b"</Event>") {
        let end = at + len + b"</Event>".len();
        let start = memmem::find(&bytes[at..end], b"<Event ")
            .or_else(|| memmem::find(&bytes[at..end], b"<Event>"));
        let behind = end + blanks(&bytes[end..]);
        let closing = &bytes[behind..];
        let undecided = closing.len() < b"</Events>".len() && more == More::Maybe;
        if undecided && b"</Events>".starts_with(closing) {
            return some(cuts, Found::More);
        }
        let (end, last) = match closing.starts_with(b"</Events>") {
            true => (behind + b"</Events>".len(), true),
            false => (end, false),
        };
        let event = at + start.unwrap_or(0)..at + len + b"</Event>".len();
        let terminated = bytes.get(end) == Some(&b'\n');
        cuts.push(Cut {
            end,
            terminated,
            event,
        });
        at = end + usize::from(terminated);
        if last {
            break;
        }
    }
    some(cuts, Found::More)
}
