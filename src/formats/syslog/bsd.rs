//! RFC 3164 as it is really written: stamps of many kinds, with and without host, tag and process id.

use super::{Header, cisco, stamp, unindented, zone_behind};
use crate::envelope::ParseStatus;

/// The longest tag and process id that are looked for; RFC 5424 allows 48 and 128 bytes.
const MAX_TAG: usize = 128;

/// Reads a record without its priority.
pub(super) fn read<'a>(text: &'a [u8], header: &mut Header<'a>) {
    let Some(behind) = read_stamp(text, header) else {
        if cisco::read(text, header) {
            return;
        }
        header.message = match header.priority {
            Some(_) => unindented(text),
            None => text,
        };
        header.status = match header.priority {
            Some(_) => ParseStatus::Partial,
            None => ParseStatus::Unparsed,
        };
        if header.priority.is_some() {
            read_tag(header.message, header);
        }
        return;
    };
    // Devices end the stamp with a colon and name no host.
    if let Some(rest) = behind.strip_prefix(b":") {
        let rest = unindented(rest);
        if !cisco::read_message(rest, header) {
            read_host(rest, header);
        }
        return;
    }
    read_host(unindented(behind), header);
}

/// Takes the stamp at the head; `None` when there is none.
fn read_stamp<'a>(text: &'a [u8], header: &mut Header<'a>) -> Option<&'a [u8]> {
    let (found, len) = match text.first()? {
        b'0'..=b'9' => match iso_line(text).or_else(|| stamp::bsd(text)) {
            Some(read) => read,
            None => return read_epoch(text, header),
        },
        _ => stamp::bsd(text).or_else(|| full(text))?,
    };
    let rest = &text[len..];
    if !matches!(rest.first(), None | Some(b' ' | b':')) {
        return None;
    }
    header.stamp = Some(found);
    header.stamp_text = &text[..len];
    // A zone behind a stamp is told from a host by the colon that follows it.
    if found.offset.is_none()
        && let (Some(offset), taken) = zone_behind(rest)
        && rest.get(taken) == Some(&b':')
    {
        header.stamp = Some(stamp::Stamp {
            offset: Some(offset),
            ..found
        });
        header.stamp_text = &text[..len + taken];
        return Some(&rest[taken..]);
    }
    Some(rest)
}

/// An ISO stamp as syslog daemons write it: with the `T`. With a blank it begins many other logs.
fn iso_line(text: &[u8]) -> Option<(stamp::Stamp, usize)> {
    matches!(text.get(10), Some(b'T' | b't'))
        .then(|| stamp::iso(text))
        .flatten()
}

/// `Mon 2026-03-02 01:02:03 CET`, as `journalctl -o short-full` writes it.
fn full(text: &[u8]) -> Option<(stamp::Stamp, usize)> {
    let day = stamp::weekday(text)?;
    let (found, len) = stamp::iso(&text[day..])?;
    Some((found, day + len))
}

/// `1772409600.123456`, as `journalctl -o short-unix` writes it: ten digits with six behind the point.
fn read_epoch<'a>(text: &'a [u8], header: &mut Header<'a>) -> Option<&'a [u8]> {
    let head = text
        .get(..17)
        .filter(|head| head[10] == b'.' && text.get(17) == Some(&b' '))?;
    header.epoch = Some(super::super::epoch(head)?);
    header.stamp_text = head;
    Some(&text[17..])
}

/// Reads host, tag and message. A first word that ends like a tag is one: the host was left out.
fn read_host<'a>(text: &'a [u8], header: &mut Header<'a>) {
    if cisco::read_message(text, header) || read_tag(text, header) {
        return;
    }
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    let (host, rest) = text.split_at(end);
    if rest.is_empty() || !is_host(host) {
        header.message = text;
        return;
    }
    header.host = host;
    let rest = unindented(rest);
    if !cisco::read(rest, header) {
        read_tag(rest, header);
    }
}

/// Whether a word can be the name or address of a host.
fn is_host(word: &[u8]) -> bool {
    word.iter()
        .all(|&b| b.is_ascii_alphanumeric() || b".-_:/%,@".contains(&b) || b >= 0x80)
        && word.iter().any(u8::is_ascii_alphanumeric)
        || word == b"-"
}

/// Reads `tag: message`, `tag[pid]: message` or `tag[pid] message`; without a tag all is message, and it says no.
pub(super) fn read_tag<'a>(text: &'a [u8], header: &mut Header<'a>) -> bool {
    header.message = text;
    let Some(len) = tag_length(text) else {
        return false;
    };
    let (tag, rest) = text.split_at(len);
    let (pid, rest) = match rest {
        [b'[', inner @ ..] => {
            let Some(close) = inner.iter().take(MAX_TAG).position(|&b| b == b']') else {
                return false;
            };
            let rest = &inner[close + 1..];
            match rest {
                [] | [b' ' | b':', ..] if !inner[..close].contains(&b' ') => {
                    (&inner[..close], rest)
                }
                _ => return false,
            }
        }
        _ => (&b""[..], rest),
    };
    header.service = tag;
    header.pid = pid;
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    header.message = rest.strip_prefix(b" ").unwrap_or(rest);
    true
}

/// How long the tag at the head is: up to a bracket, or up to a colon with a blank or nothing behind it.
fn tag_length(text: &[u8]) -> Option<usize> {
    for (i, &b) in text.iter().enumerate().take(MAX_TAG) {
        match b {
            b'[' if i > 0 => return named(&text[..i]).then_some(i),
            b':' if matches!(text.get(i + 1), None | Some(b' ' | b'\t' | b'[')) => {
                return named(&text[..i]).then_some(i);
            }
            b' ' | b'\t' | b'"' | b'\'' | b'{' | b'}' | b'=' | b'<' | b'>' | b';' | b'|' | b'[' => {
                return None;
            }
            _ => {}
        }
    }
    None
}

/// Whether a tag names something; a number alone is a device's count of messages.
fn named(tag: &[u8]) -> bool {
    tag.iter().any(|b| b.is_ascii_alphabetic() || *b >= 0x80)
}
