//! Numbers, times and templates as people read them.

use crate::time::{SECOND, Timestamp, span_text};
use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A count: exact up to 9999, then three figures with k, M, G, T, P, E (thousands).
pub fn count_text(n: u64) -> String {
    if n < 10_000 {
        return n.to_string();
    }
    scaled(u128::from(n), 1000, &["", "k", "M", "G", "T", "P", "E"], "")
}

/// A number of bytes: three figures in units of 1024.
pub fn bytes_text(n: u64) -> String {
    scaled(
        u128::from(n),
        1024,
        &[" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"],
        "",
    )
}

/// Three figures and a unit; the last digit is rounded half up, and 999.95k becomes 1.0M.
fn scaled(n: u128, base: u128, units: &[&str], tail: &str) -> String {
    let mut scale = 1u128;
    let last = units.len().saturating_sub(1);
    for (i, unit) in units.iter().enumerate() {
        let tenths = (n * 10 + scale / 2) / scale;
        let whole = (n + scale / 2) / scale;
        if whole < base || i == last {
            return match i {
                0 => format!("{n}{unit}{tail}"),
                _ if tenths < 1000 => format!("{}.{}{unit}{tail}", tenths / 10, tenths % 10),
                _ => format!("{whole}{unit}{tail}"),
            };
        }
        scale *= base;
    }
    n.to_string()
}

/// A count with all its digits, in groups of three: `225,000`.
pub fn exact_text(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A score in ten-thousandths as a number with two decimals, rounded half up.
pub fn score_text(points: i64) -> String {
    let cents = points.unsigned_abs().saturating_add(50) / 100;
    let sign = if points < 0 && cents > 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// A number of ten-thousandths with all four decimals.
pub fn points_text(points: i64) -> String {
    let sign = if points < 0 { "-" } else { "" };
    let points = points.unsigned_abs();
    format!("{sign}{}.{:04}", points / 10_000, points % 10_000)
}

/// A number between 0 and 1, with two decimals.
pub fn share_text(x: f64) -> String {
    match x.is_finite() {
        true => format!("{x:.2}"),
        false => "?".to_string(),
    }
}

/// A measured number without needless digits: `7`, `0.4`, `12.3`, `1204`.
pub fn number_text(x: f64) -> String {
    if !x.is_finite() {
        return "?".to_string();
    }
    let text = match x.abs() {
        a if a >= 100.0 => format!("{x:.0}"),
        a if a >= 10.0 => format!("{x:.1}"),
        _ => format!("{x:.2}"),
    };
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

/// How long before `as_of` an instant lies: `3h ago`, `just now`, `in 2d`.
pub fn ago_text(t: Timestamp, as_of: Timestamp) -> String {
    match as_of.since(t) {
        gone if gone.abs() < SECOND => "just now".to_string(),
        gone if gone < 0 => format!("in {}", span_text(gone)),
        gone => format!("{} ago", span_text(gone)),
    }
}

/// The steps of a sparkline in block characters.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The steps of a sparkline in ASCII, by the ink they hold.
const INKS: [char; 8] = ['.', ':', '-', '=', '+', '*', '#', '@'];

/// Counts as a line of blocks, one per count, scaled to the highest; nothing is a dot, so that a quiet day can be told
/// from a low one.
pub fn spark_text(counts: &[u32]) -> String {
    spark(counts, &BLOCKS, '·')
}

/// The same in ASCII; nothing is `_`.
pub fn spark_ascii(counts: &[u32]) -> String {
    spark(counts, &INKS, '_')
}

fn spark(counts: &[u32], steps: &[char; 8], none: char) -> String {
    let top = u64::from(counts.iter().copied().max().unwrap_or(0));
    counts
        .iter()
        .map(|&n| match (u64::from(n) * 8).div_ceil(top.max(1)) {
            0 => none,
            step => steps[(step as usize - 1).min(7)],
        })
        .collect()
}

/// A cut gives up no more columns than this for the sake of a whole word.
const WASTE: usize = 8;
/// And no more than this so as not to cut through a placeholder, which is nothing unless it is whole.
const PLACEHOLDER: usize = 12;

/// Text that is at most `width` columns wide, the end replaced by `ellipsis` where it is longer.
///
/// The cut falls behind a word where that costs little.
pub fn cut<'a>(text: &'a str, width: usize, ellipsis: &str) -> Cow<'a, str> {
    if text.len() <= width || text.width() <= width {
        return Cow::Borrowed(text);
    }
    let room = width.saturating_sub(ellipsis.width());
    let hard = prefix(text, room);
    let waste = match is_open(&text[..hard]) {
        true => PLACEHOLDER,
        false => (room / 4).min(WASTE),
    };
    let soft = word_end(text, hard).filter(|&end| text[end..hard].width() <= waste);
    let kept = text[..soft.unwrap_or(hard)].trim_end();
    Cow::Owned(format!("{kept}{}", prefix_of(ellipsis, width)))
}

/// A template that is at most `width` columns wide: where it is longer, placeholders at its head go first, since they
/// tell nothing apart, and then its end.
pub fn cut_template<'a>(text: &'a str, width: usize, ellipsis: &str) -> Cow<'a, str> {
    if text.len() <= width || text.width() <= width {
        return Cow::Borrowed(text);
    }
    let head = distinctive(text);
    if head == 0 {
        return cut(text, width, ellipsis);
    }
    let rest = width.saturating_sub(ellipsis.width() + 1);
    Cow::Owned(format!("{ellipsis} {}", cut(&text[head..], rest, ellipsis)))
}

/// Where the first word stands that is not a placeholder; 0 when the first is none, or all are.
fn distinctive(text: &str) -> usize {
    let mut at = 0;
    for word in text.split_inclusive(' ') {
        let core = word
            .trim_matches(|c: char| c.is_ascii_punctuation() && c != '<' && c != '>' || c == ' ');
        let is_placeholder = core.is_empty() || (core.starts_with('<') && core.ends_with('>'));
        if !is_placeholder {
            return at;
        }
        at += word.len();
    }
    0
}

/// The length in bytes of the longest prefix that is at most `width` columns wide.
pub fn prefix(text: &str, width: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(1);
        if used > width {
            return at;
        }
    }
    text.len()
}

fn prefix_of(text: &str, width: usize) -> &str {
    &text[..prefix(text, width)]
}

/// Whether a text ends within a placeholder.
fn is_open(text: &str) -> bool {
    text.rfind('<') > text.rfind('>')
}

/// The end of the last whole word or placeholder within `text[..at]`.
fn word_end(text: &str, at: usize) -> Option<usize> {
    if text[at..].starts_with(' ') {
        return Some(at);
    }
    text[..at].rfind(' ').filter(|&end| end > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_keep_three_figures() {
        for (n, text) in [
            (0, "0"),
            (9_999, "9999"),
            (12_449, "12.4k"),
            (12_450, "12.5k"),
            (99_960, "100k"),
            (999_499, "999k"),
            (999_500, "1.0M"),
            (18_400_000_000, "18.4G"),
        ] {
            assert_eq!(count_text(n), text, "{n}");
        }
        assert_eq!(count_text(u64::MAX), "18.4E");
        assert_eq!(exact_text(1_225_000), "1,225,000");
        assert_eq!(exact_text(999), "999");
        assert_eq!(bytes_text(1023), "1023 B");
        assert_eq!(bytes_text(19_600_000), "18.7 MiB");
    }

    #[test]
    fn scores_and_numbers_read_plainly() {
        assert_eq!(score_text(8_449), "0.84");
        assert_eq!(score_text(8_450), "0.85");
        assert_eq!(score_text(-1_200), "-0.12");
        assert_eq!(number_text(7.0), "7");
        assert_eq!(number_text(0.4), "0.4");
        assert_eq!(number_text(1204.4), "1204");
        assert_eq!(number_text(100.0), "100");
        assert_eq!(number_text(f64::NAN), "?");
    }

    #[test]
    fn ages_are_relative_to_the_given_time() {
        let as_of = Timestamp::from_secs(1_000_000);
        assert_eq!(ago_text(as_of.plus(-3 * 3_600 * SECOND), as_of), "3h ago");
        assert_eq!(ago_text(as_of, as_of), "just now");
        assert_eq!(ago_text(as_of.plus(90 * SECOND), as_of), "in 90s");
    }

    #[test]
    fn a_sparkline_shows_every_day() {
        assert_eq!(spark_text(&[0, 1, 4, 8]), "·▁▄█");
        assert_eq!(spark_ascii(&[0, 1, 4, 8]), "_.=@");
        assert_eq!(spark_text(&[u32::MAX, 1]), "█▁");
        assert_eq!(spark_text(&[]), "");
    }

    #[test]
    fn templates_keep_what_tells_them_apart() {
        assert_eq!(
            cut_template("connection to <ip> refused", 40, "…"),
            "connection to <ip> refused"
        );
        assert_eq!(
            cut_template("<ip> - <user> <time> upstream timed out", 24, "…"),
            "… upstream timed out"
        );
        assert_eq!(
            cut("Failed password for <user> from <ip>", 25, "…"),
            "Failed password for…"
        );
        assert_eq!(cut("lost <duration> again", 12, "…"), "lost…");
        assert_eq!(cut("aaaaaaaaaaaaaaaa", 5, "…"), "aaaa…");
        assert_eq!(cut("漢字漢字", 5, "…"), "漢字…");
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_its_room(text in "\\PC{0,60}", width in 1usize..50) {
            for ellipsis in ["…", "..."] {
                prop_assert!(cut(&text, width, ellipsis).width() <= width);
                prop_assert!(cut_template(&text, width.max(4), ellipsis).width() <= width.max(4));
            }
        }
    }
}
