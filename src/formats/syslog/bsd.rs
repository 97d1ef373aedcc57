//! RFC 3164 as it is really written: stamps of many kinds, with and without host, tag and process id.

use super::{
    Stamp, SyslogHeader, When, cisco, read_bsd, read_iso, read_weekday, unindented, when,
    zone_behind,
};
use crate::envelope::ParseStatus;
use crate::event::Severity;

/// The longest tag and process id that are looked for; RFC 5424 allows 48 and 128 bytes.
const MAX_TAG: usize = 128;

/// Reads a record without its priority.
pub(super) fn read<'a>(text: &'a [u8], header: &mut SyslogHeader<'a>) {
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
fn read_stamp<'a>(text: &'a [u8], header: &mut SyslogHeader<'a>) -> Option<&'a [u8]> {
    let (found, len) = match text.first()? {
        b'0'..=b'9' => match iso_line(text).or_else(|| read_bsd(text)) {
            Some(read) => read,
            None => return read_epoch(text, header),
        },
        _ => read_bsd(text).or_else(|| full(text))?,
    };
    let rest = &text[len..];
    if !matches!(rest.first(), None | Some(b' ' | b':')) {
        return None;
    }
    header.when = Some(When::Civil(found));
    header.when_text = &text[..len];
    // A zone behind a stamp is told from a host by the colon that follows it.
    if found.offset.is_none()
        && let (Some(offset), taken) = zone_behind(rest)
        && rest.get(taken) == Some(&b':')
    {
        let offset = Some(offset);
        header.when = Some(When::Civil(Stamp { offset, ..found }));
        header.when_text = &text[..len + taken];
        return Some(&rest[taken..]);
    }
    Some(rest)
}

/// An ISO stamp as syslog daemons write it: with the `T`. With a blank it begins many other logs.
fn iso_line(text: &[u8]) -> Option<(Stamp, usize)> {
    matches!(text.get(10), Some(b'T' | b't'))
        .then(|| read_iso(text))
        .flatten()
}

/// `Mon 2026-03-02 01:02:03 CET`, as `journalctl -o short-full` writes it.
fn full(text: &[u8]) -> Option<(Stamp, usize)> {
    let day = read_weekday(text)?;
    let (found, len) = read_iso(&text[day..])?;
    Some((found, day + len))
}

/// `1772409600.123456`, as `journalctl -o short-unix` writes it: ten digits with six behind the point.
fn read_epoch<'a>(text: &'a [u8], header: &mut SyslogHeader<'a>) -> Option<&'a [u8]> {
    let head = text
        .get(..17)
        .filter(|head| head[10] == b'.' && text.get(17) == Some(&b' '))?;
    header.when = Some(when(head)?);
    header.when_text = head;
    Some(&text[17..])
}

/// Reads host, tag and message. A first word that ends like a tag is one: the host was left out.
fn read_host<'a>(text: &'a [u8], header: &mut SyslogHeader<'a>) {
    let end = text
        .iter()
        .position(|&b| CLASSES[usize::from(b)] & NO_HOST != 0)
        .unwrap_or(text.len());
    let (host, rest) = text.split_at(end);
    let whole = rest.first() == Some(&b' ') && !matches!(host, [] | [.., b':']);
    if whole && is_level(host) {
        // The log of an application that begins with a time and a level.
        header.message = text;
        header.status = ParseStatus::Partial;
    } else if whole && named_host(host) {
        header.host = host;
        read_rest(unindented(rest), header);
    } else if !cisco::read_message(text, header) && !read_tag(text, header) {
        // A time and some words: nobody said them.
        header.status = ParseStatus::Partial;
    }
}

/// Reads what stands behind the host: a tag, or the header of a device whose lines were relayed.
fn read_rest<'a>(text: &'a [u8], header: &mut SyslogHeader<'a>) {
    let device = |text: &[u8]| match text {
        [b':' | b'*' | b'.' | b'%' | b'0'..=b'9', ..] => true,
        // The blank behind the name of a month.
        [b'A'..=b'Z', _, _, b' ', ..] => true,
        _ => false,
    };
    if device(text) && cisco::read(text, header) {
        return;
    }
    if read_tag(text, header) && header.pid.is_empty() && device(header.message) {
        cisco::read(text, header);
    }
}

/// Whether a word is a level in capitals, which no host is called.
fn is_level(word: &[u8]) -> bool {
    word.iter().all(u8::is_ascii_uppercase)
        && std::str::from_utf8(word).is_ok_and(|word| Severity::from_word(word).is_some())
}

/// Whether a word made of the right bytes can be the name or address of a host.
fn named_host(word: &[u8]) -> bool {
    word == b"-" || word.iter().any(|b| b.is_ascii_alphanumeric() || *b >= 0x80)
}

/// Set for bytes that no name or address of a host has.
const NO_HOST: u8 = 1;
/// Set for bytes that end a tag, or show that there is none.
const ENDS_TAG: u8 = 2;

/// The classes of all bytes.
static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        if !byte.is_ascii_alphanumeric()
            && byte < 0x80
            && !matches!(byte, b'.' | b'-' | b'_' | b':' | b'/' | b'%' | b',' | b'@')
        {
            table[b] |= NO_HOST;
        }
        if matches!(
            byte,
            b' ' | b'\t'
                | b'"'
                | b'\''
                | b'{'
                | b'}'
                | b'='
                | b'<'
                | b'>'
                | b';'
                | b'|'
                | b'['
                | b':'
        ) {
            table[b] |= ENDS_TAG;
        }
        b += 1;
    }
    table
}

/// Reads `tag: message`, `tag[pid]: message` or `tag[pid] message`; without a tag all is message, and it says no.
pub(super) fn read_tag<'a>(text: &'a [u8], header: &mut SyslogHeader<'a>) -> bool {
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
    for (at, &b) in text.iter().enumerate().take(MAX_TAG) {
        if CLASSES[usize::from(b)] & ENDS_TAG == 0 {
            continue;
        }
        let tagged = match b {
            b'[' => true,
            b':' => matches!(text.get(at + 1), None | Some(b' ' | b'\t' | b'[')),
            _ => return None,
        };
        if tagged {
            return named(&text[..at]).then_some(at);
        }
    }
    None
}

/// Whether a tag names something; a number alone is a device's count of messages.
fn named(tag: &[u8]) -> bool {
    tag.iter().any(|b| b.is_ascii_alphabetic() || *b >= 0x80)
}
