//! Records with their length before them.

use super::{Cut, Found, MAX_LINE, More, some};

/// Syslog records with their length before them (RFC 6587, section 3.4.1): `83 <34>1 2026-…`.
pub(super) fn counted(bytes: &[u8], more: More) -> Found {
    let mut cuts = Vec::new();
    let mut at = 0;
    while let Some((start, len)) = count(&bytes[at..]) {
        let event = at + start..at + start + len;
        let behind = bytes.get(event.end);
        let follows = matches!(behind, None | Some(b'\n' | b'1'..=b'9'));
        if event.end > bytes.len() || (behind.is_none() && more == More::Maybe) {
            return some(cuts, Found::More);
        }
        if !follows {
            break;
        }
        // Some senders count the line end, others put one behind what they counted.
        let own = usize::from(bytes[event.end - 1] == b'\n');
        let terminated = own == 1 || behind == Some(&b'\n');
        let end = event.end - own;
        cuts.push(Cut {
            end,
            terminated,
            event: event.start..end,
        });
        at = end + usize::from(terminated);
    }
    some(cuts, Found::Lines)
}

/// Where a record begins behind its length, and the length.
fn count(bytes: &[u8]) -> Option<(usize, usize)> {
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let head = bytes.get(digits..digits + 3)?;
    let priority = head[0] == b' ' && head[1] == b'<' && head[2].is_ascii_digit();
    if !(1..=7).contains(&digits) || bytes[0] == b'0' || !priority {
        return None;
    }
    let len = std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()?;
    (4..=MAX_LINE).contains(&len).then_some((digits + 1, len))
}
