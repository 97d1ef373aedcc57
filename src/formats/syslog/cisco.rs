//! What Cisco devices write: `39: router: *Mar  2 01:02:03.123 UTC: %LINK-3-UPDOWN: text`, with any part left out.

use super::{SyslogHeader, When, read_bsd, unindented, zone_behind};
use crate::event::Severity;

/// The longest mnemonic, `%FACILITY-SUBFACILITY-SEVERITY-MNEMONIC`, that is looked for.
const MAX_MNEMONIC: usize = 80;

/// How far into the text a mnemonic may begin.
const MAX_HEAD: usize = 120;

/// Reads a sequence number, an origin and a stamp in any combination up to a mnemonic; says no, having changed
/// nothing, when there is no mnemonic behind them.
pub(super) fn read<'a>(text: &'a [u8], header: &mut SyslogHeader<'a>) -> bool {
    let head = &text[..text.len().min(MAX_HEAD)];
    if memchr::memchr(b'%', head).is_none() {
        return false;
    }
    let mut found = *header;
    let mut rest = text;
    // Each turn takes one part off; there are at most five.
    for _ in 0..5 {
        rest = unindented(rest);
        if read_message(rest, &mut found) {
            *header = found;
            return true;
        }
        rest = match read_part(rest, &mut found) {
            Some(behind) => behind,
            None => return false,
        };
    }
    false
}

/// Takes `:`, `39:`, `*Mar  2 01:02:03 UTC:` or `router:` off the head.
fn read_part<'a>(text: &'a [u8], header: &mut SyslogHeader<'a>) -> Option<&'a [u8]> {
    if let Some(rest) = text.strip_prefix(b":") {
        return Some(rest);
    }
    // A star: the clock is not set; a point: it was, but has lost its server.
    let stamped = text
        .strip_prefix(b"*")
        .or_else(|| text.strip_prefix(b"."))
        .unwrap_or(text);
    if let Some((mut stamp, len)) = read_bsd(stamped) {
        let (offset, zone_len) = zone_behind(&stamped[len..]);
        // A zone of a name that means several offsets is stepped over.
        let unknown = match stamped.get(len..) {
            Some([b' ', word @ ..]) if zone_len == 0 => {
                let letters = word
                    .iter()
                    .take(5)
                    .take_while(|b| b.is_ascii_uppercase())
                    .count();
                if letters > 0 { letters + 1 } else { 0 }
            }
            _ => 0,
        };
        // The relay's stamp is kept where there is one: its clock is the better one.
        if header.when.is_none() {
            stamp.offset = offset;
            header.when = Some(When::Civil(stamp));
            header.when_text = &stamped[..len + zone_len];
        }
        return stamped[len + zone_len + unknown..].strip_prefix(b":");
    }
    let end = text
        .iter()
        .take(64)
        .position(|&b| matches!(b, b':' | b' ' | b'%'))?;
    let (word, rest) = text.split_at(end);
    let rest = unindented(rest).strip_prefix(b":")?;
    if word.is_empty() {
        return None;
    }
    if header.host.is_empty() && word.iter().any(u8::is_ascii_alphabetic) {
        header.host = word;
    }
    Some(rest)
}

/// Reads `%FACILITY-SEVERITY-MNEMONIC: text`. The mnemonic stays in the message, since it names the event; the service
/// is its facility.
pub(super) fn read_message<'a>(text: &'a [u8], header: &mut SyslogHeader<'a>) -> bool {
    let Some(body) = text.strip_prefix(b"%") else {
        return false;
    };
    let Some(end) = body
        .iter()
        .take(MAX_MNEMONIC)
        .position(|&b| b == b':' || b == b' ')
    else {
        return false;
    };
    if body.get(end) == Some(&b' ') && !body[end..].starts_with(b" :") {
        return false;
    }
    let mnemonic = &body[..end];
    let facility = mnemonic.iter().position(|&b| b == b'-').unwrap_or(0);
    // The severity is the one-digit part: `ASA-6-302013`, `ASA-session-6-302013`, `ROUTING-BGP-5-ADJCHANGE`.
    let severity = mnemonic
        .windows(3)
        .find(|w| w[0] == b'-' && w[2] == b'-' && (b'0'..=b'7').contains(&w[1]))
        .and_then(|w| Severity::from_number(w[1] - b'0'));
    if facility == 0 || severity.is_none() {
        return false;
    }
    header.service = &mnemonic[..facility];
    header.severity = severity;
    header.message_id = mnemonic;
    header.message = text;
    true
}
