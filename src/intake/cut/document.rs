//! JSON documents of more than one line, and the elements of those that are too large for one record.

use super::{Cut, Found, LOOKAHEAD, More, Scan, Stop, blanks, some, string_end};
use memchr::memchr;

/// A JSON document that does not end with its first line.
pub(super) fn document(bytes: &[u8], text: usize, open: &mut Vec<u8>, more: More) -> Found {
    let line = memchr(b'\n', bytes).unwrap_or(bytes.len());
    let mut cuts: Vec<Cut> = Vec::new();
    let mut at = text;
    loop {
        let mut scan = Scan::value(bytes, at);
        match scan.run() {
            Ok(end)
                if cuts.is_empty()
                    && end <= line
                    && (more == More::Maybe || line < bytes.len()) =>
            {
                return Found::Lines;
            }
            Ok(end) => {
                let spaces = bytes[end..]
                    .iter()
                    .take_while(|b| matches!(b, b' ' | b'\r' | b'\t'));
                let behind = end + spaces.count();
                if behind == bytes.len() && more == More::Maybe {
                    return some(cuts, Found::More);
                }
                let terminated = bytes.get(behind) == Some(&b'\n');
                let from = cuts
                    .last()
                    .map_or(0, |cut| cut.end + usize::from(cut.terminated));
                let end = if terminated { behind } else { end };
                cuts.push(Cut {
                    end,
                    terminated,
                    event: from..end,
                });
                at = end + usize::from(terminated);
                if !matches!(bytes.get(at), Some(b'{' | b'[')) {
                    return Found::Records(cuts);
                }
            }
            Err(Stop::Bad) => return some(cuts, Found::Lines),
            Err(Stop::More) if !cuts.is_empty() => return Found::Records(cuts),
            Err(Stop::More) if bytes.len() >= LOOKAHEAD => {
                return match list(bytes, text, open) {
                    Some(first) => elements(bytes, first, open, more),
                    None => Found::Lines,
                };
            }
            Err(Stop::More) => return Found::More,
        }
    }
}

/// Finds the list of events that begins in a large document: where its first element stands. The brackets around it are
/// then open.
fn list(bytes: &[u8], at: usize, open: &mut Vec<u8>) -> Option<usize> {
    /// Brackets around a list of events, at most: `{"data": {"items": [`.
    const DEEPEST: usize = 4;
    let mut at = at;
    while open.len() < DEEPEST {
        match bytes.get(at)? {
            b'[' => {
                open.push(b'[');
                let first = at + 1 + blanks(&bytes[at + 1..]);
                return (bytes.get(first) == Some(&b'{')).then_some(first);
            }
            b'{' => {
                open.push(b'{');
                at = large_member(bytes, at + 1)?;
            }
            _ => return None,
        }
    }
    None
}

/// Where the member of an object begins that does not end in what is at hand.
fn large_member(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += blanks(&bytes[at..]);
        if bytes.get(at) == Some(&b',') {
            at += 1;
            at += blanks(&bytes[at..]);
        }
        at = string_end(bytes, at).ok()?;
        at += blanks(&bytes[at..]);
        if bytes.get(at) != Some(&b':') {
            return None;
        }
        at += 1;
        at += blanks(&bytes[at..]);
        match Scan::value(bytes, at).run() {
            Ok(end) => at = end,
            Err(Stop::More) => return Some(at),
            Err(Stop::Bad) => return None,
        }
    }
}

/// The elements of a list whose brackets are `open`; the first one at `first`, or behind a comma.
pub(super) fn elements(bytes: &[u8], first: usize, open: &mut Vec<u8>, more: More) -> Found {
    let mut cuts: Vec<Cut> = Vec::new();
    let mut at = first;
    loop {
        at += blanks(&bytes[at..]);
        if bytes.get(at) == Some(&b',') {
            at += 1;
            at += blanks(&bytes[at..]);
        }
        let end = match Scan::value(bytes, at).run() {
            Ok(end) => end,
            Err(Stop::More) => return some(cuts, Found::More),
            Err(Stop::Bad) => return some(cuts, Found::Lines),
        };
        let event = at..end;
        let behind = end + blanks(&bytes[end..]);
        match bytes.get(behind) {
            Some(b',') => {
                cuts.push(Cut {
                    end,
                    terminated: false,
                    event,
                });
                at = end;
            }
            Some(b']') => {
                let mut scan = Scan::rest(bytes, behind, open);
                let end = match scan.run() {
                    Ok(end) => end,
                    // Held back, so that what closes the document goes with its last element.
                    Err(Stop::More) => return some(cuts, Found::More),
                    Err(Stop::Bad) => return some(cuts, Found::Lines),
                };
                let spaces = bytes[end..]
                    .iter()
                    .take_while(|b| matches!(b, b' ' | b'\r' | b'\t'));
                let behind = end + spaces.count();
                if behind == bytes.len() && more == More::Maybe {
                    return some(cuts, Found::More);
                }
                let terminated = bytes.get(behind) == Some(&b'\n');
                cuts.push(Cut {
                    end: if terminated { behind } else { end },
                    terminated,
                    event,
                });
                open.clear();
                return Found::Records(cuts);
            }
            None => return some(cuts, Found::More),
            Some(_) => return some(cuts, Found::Lines),
        }
    }
}
