//! What stands at the head of free text: a date in brackets or not, klog's letter, a level word.

use super::{Stamp, When, level_letter, read_any, read_day_first, read_iso, read_month_day};
use crate::event::Severity;

/// How far behind the date a level word may stand: behind thread, process id and logger, but before the text proper.
const LEVEL_WITHIN: usize = 5;

/// The date at the head of a text, and the part of the text it takes.
pub(in crate::formats) fn date_at_head(text: &[u8]) -> Option<(When, &[u8])> {
    date_and_severity(text).0
}

/// The severity that a level word at the head names.
pub(in crate::formats) fn severity_at_head(text: &[u8]) -> Option<Severity> {
    date_and_severity(text).1
}

/// The date at the head of a text with the part it takes, and the severity that a level word there names: right at the
/// head, or a few words behind the date.
pub(in crate::formats) fn date_and_severity(
    text: &[u8],
) -> (Option<(When, &[u8])>, Option<Severity>) {
    let head = text.trim_ascii_start();
    match dated(head) {
        Some((stamp, len)) => (
            Some((When::Civil(stamp), &head[..len])),
            klog_level(head)
                .or_else(|| level_among(&head[..len], 1))
                .or_else(|| level_among(&head[len..], LEVEL_WITHIN)),
        ),
        None => (None, level_among(head, 1)),
    }
}

/// The date at the head or behind the words that some put before it, and where it ends.
fn dated(head: &[u8]) -> Option<(Stamp, usize)> {
    date_first(head).or_else(|| date_behind_words(head))
}

/// The longest word before a date: the name of a program, a thread in brackets.
const LONGEST_WORD: usize = 40;

/// `INFO  2026-03-02 …`, `WARN [main] [2026-03-02 …`, `I, [2026-03-02T…`: one word, and then only words in brackets. A date
/// further in is what the text speaks of.
fn date_behind_words(head: &[u8]) -> Option<(Stamp, usize)> {
    let mut at = 0;
    for nth in 0..2 {
        let word = head.get(at..)?;
        if nth > 0 && word.first() != Some(&b'[') {
            return None;
        }
        let mut bytes = word.iter().take(LONGEST_WORD);
        let end = bytes.position(|b| *b == b' ')?;
        if end > 0 && word[end - 1] == b':' {
            // `Expires: 2030-01-01`: a date of something else.
            return None;
        }
        at += end;
        let gap = head[at..].iter().take(LONGEST_WORD);
        at += gap.take_while(|b| **b == b' ').count();
        let from = at + usize::from(matches!(head.get(at)?, b'[' | b'('));
        if let Some((stamp, len)) = read_iso(head.get(from..)?) {
            return Some((stamp, from + len));
        }
    }
    None
}

/// The date at the head, behind a bracket or klog's letter too, and where it ends.
fn date_first(head: &[u8]) -> Option<(Stamp, usize)> {
    let skip = match head.first()? {
        b'[' | b'(' | b'"' | b'\'' => 1,
        _ => 0,
    };
    if let Some((stamp, len)) = read_any(&head[skip..]) {
        return Some((stamp, skip + len));
    }
    match head.first()? {
        b'0'..=b'9' => redis(head),
        _ => klog(head),
    }
}

/// `7:M 02 Mar 2026 01:02:03.123`, as Redis writes it: process id and role first.
fn redis(head: &[u8]) -> Option<(Stamp, usize)> {
    let digits = head
        .iter()
        .take(8)
        .take_while(|b| b.is_ascii_digit())
        .count();
    match head.get(digits..)? {
        [b':', b'M' | b'S' | b'C' | b'X', b' ', rest @ ..] if digits > 0 => {
            read_day_first(rest).map(|(stamp, len)| (stamp, digits + 3 + len))
        }
        _ => None,
    }
}

/// `E0302 01:02:03.123456 …`, as klog and glog write it: level, month and day in one word.
fn klog(head: &[u8]) -> Option<(Stamp, usize)> {
    klog_level(head)?;
    read_month_day(&head[1..]).map(|(stamp, len)| (stamp, len + 1))
}

fn klog_level(head: &[u8]) -> Option<Severity> {
    let (&letter, rest) = head.split_first()?;
    if !matches!(letter, b'I' | b'W' | b'E' | b'F') {
        return None;
    }
    read_month_day(rest)?;
    level_letter(letter)
}

/// The first level word among the first `count` words: `ERROR`, `[warn]`, `<Info>`, `level=error`, `[core:error]`.
fn level_among(text: &[u8], count: usize) -> Option<Severity> {
    text.split(|b| b.is_ascii_whitespace())
        .filter(|word| !word.is_empty())
        .take(count)
        .find_map(level)
}

/// The keys before a level.
const LEVEL_KEYS: [&[u8]; 5] = [b"level", b"lvl", b"severity", b"loglevel", b"at"];

/// The severity a word names when it is set off as a level: in capitals, in brackets, before a colon or behind a key.
fn level(word: &[u8]) -> Option<Severity> {
    if word.len() > 40 {
        return None;
    }
    let bracketed = matches!(word.first()?, b'[' | b'<' | b'(');
    let inner = if bracketed { &word[1..] } else { word };
    let part = inner.iter().position(|b| matches!(b, b'=' | b':'));
    let (name, set_off) = match part {
        Some(at) if inner[at] == b'=' => (&inner[at + 1..], LEVEL_KEYS.contains(&&inner[..at])),
        Some(at) if at + 1 < inner.len() => (&inner[at + 1..], bracketed),
        Some(_) => (inner, true),
        None => (inner, bracketed),
    };
    let len = name.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let name = std::str::from_utf8(&name[..len]).ok()?;
    let capitals = part.is_none() && name.bytes().all(|b| b.is_ascii_uppercase());
    (set_off || capitals)
        .then(|| Severity::from_word(name))
        .flatten()
}
