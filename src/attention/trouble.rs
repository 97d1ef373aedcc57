//! Evidence of trouble in words: which words of a template speak of failure, and what takes it back.
//!
//! Finds: words and phrases of failure, each with a weight; several add up (noisy or). Taken back by a negation shortly
//! before ("no errors", "without failure"), by a count of zero or a count as such ("errors=0", "`<num>` errors": a report
//! of counters), and by words of success in the same line ("exited normally").
//! Misses: trouble told without any such word ("carrier 3 of 4"), irony, other languages than English, a counter whose
//! value is what matters ("`<num>` errors" with a high number).

use super::{COUNTED, NEGATIONS, ROWS, Says};
use std::sync::LazyLock;

/// What the words of a template say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// Evidence of trouble, 0 to 1.
    pub trouble: f64,
    /// Evidence that access or protection changed, 0 to 1: worth a look even where nothing failed.
    pub access: f64,
    /// Whether words of success stand in it, not negated.
    pub success: bool,
    /// The words it was found by, at most four.
    pub found: Vec<&'static str>,
}

/// How far back a negation reaches, in words of the same clause.
const REACH: usize = 3;
/// What is left of a word of trouble that only names a counter.
const COUNTER: f64 = 0.12;
/// What a success that is denied ("did not succeed") says of trouble.
const DENIED: f64 = 0.3;

struct Row {
    words: Vec<&'static str>,
    says: Says,
    weight: f64,
    text: &'static str,
}

/// Rows by first word; `by_start` holds which two-letter beginnings occur, to pass over most words at once.
struct Table {
    rows: Vec<Row>,
    by_start: Vec<(u16, Vec<usize>)>,
    negations: Vec<&'static str>,
    counted: Vec<&'static str>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut rows: Vec<Row> = Vec::new();
    for &(says, weight, texts) in ROWS {
        rows.extend(texts.split(" | ").map(|text| Row {
            words: text.split(' ').collect(),
            says,
            weight,
            text,
        }));
    }
    let mut by_start: Vec<(u16, Vec<usize>)> = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let key = start_of(row.words[0]);
        match by_start.binary_search_by_key(&key, |(k, _)| *k) {
            Ok(at) => by_start[at].1.push(i),
            Err(at) => by_start.insert(at, (key, vec![i])),
        }
    }
    Table {
        rows,
        by_start,
        negations: NEGATIONS.split(' ').collect(),
        counted: COUNTED.split(' ').collect(),
    }
});

fn start_of(word: &str) -> u16 {
    let bytes = word.as_bytes();
    u16::from(bytes.first().copied().unwrap_or(0)) << 8
        | u16::from(bytes.get(1).copied().unwrap_or(0))
}

/// Reads a template. The cost is linear in its length.
pub fn words_of(template: &str) -> Words {
    let lowered = lowered(template);
    let words = split(&lowered);
    let mut left = 1.0;
    let mut kept = 1.0;
    let mut access: f64 = 0.0;
    let mut found: Vec<&'static str> = Vec::new();
    let mut seen: Vec<&'static str> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some((row, length)) = row_at(&words, at) else {
            at += 1;
            continue;
        };
        let new = !seen.contains(&row.text);
        if new {
            seen.push(row.text);
        }
        let negation = negation(&words, at);
        let negated = negation.is_some();
        match row.says {
            Says::Trouble if !negated && new => {
                let counter = counter(&words, at, length);
                left *= 1.0 - row.weight * if counter { COUNTER } else { 1.0 };
                if !counter && row.weight > 0.3 && found.len() < 4 {
                    found.push(row.text.trim_end_matches('*'));
                }
            }
            Says::Success if !negated && new => kept *= 1.0 - row.weight,
            Says::Success if matches!(negation, Some("not" | "never")) => left *= 1.0 - DENIED,
            Says::Access if !negated => access = access.max(row.weight),
            _ => {}
        }
        at += length;
    }
    Words {
        trouble: (1.0 - left) * kept,
        access,
        success: kept < 1.0,
        found,
    }
}

/// One word of a template, lower case, with what stands around it.
struct Word<'a> {
    text: &'a str,
    /// A placeholder or a number.
    value: bool,
    /// Punctuation that ends a clause stands before it.
    starts_clause: bool,
    /// `=` or `:` stands directly after it.
    assigns: bool,
}

/// Words longer than this are data, and lines longer than this are dumps: cut, so that cost stays bounded.
const LONGEST: usize = 40;
const MOST: usize = 2000;
/// Levels that some programs write in the brackets of placeholders.
const LEVELS: [&str; 6] = ["warn", "warning", "error", "err", "crit", "alert"];

/// The first characters in lower case, with a mark before each capital that begins a word inside a word (`NotReady`).
fn lowered(template: &str) -> String {
    let mut out = String::with_capacity(template.len() + 8);
    let mut after_lower = false;
    for c in template.chars().take(MOST) {
        if c.is_uppercase() && after_lower {
            out.push(CAPITAL);
        }
        after_lower = c.is_lowercase();
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// Parts words like a space does, and stands in no log line.
const CAPITAL: char = '\u{1f}';

fn split(lowered: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word> = Vec::with_capacity(16);
    let (mut starts_clause, mut placeholder) = (true, false);
    let mut start = None;
    for (i, c) in lowered.char_indices().chain([(lowered.len(), ' ')]) {
        if c.is_alphanumeric() || c == '*' {
            start.get_or_insert(i);
            continue;
        }
        let text = start.take().map_or("", |s| &lowered[s..i]);
        if !text.is_empty() && text.len() <= LONGEST {
            let number = text.bytes().all(|b| b.is_ascii_digit() || b == b'*');
            words.push(Word {
                text,
                value: number || (placeholder && !LEVELS.contains(&text)),
                starts_clause,
                assigns: c == '=' || c == ':',
            });
            starts_clause = false;
        }
        match c {
            '<' => placeholder = true,
            '>' | ' ' => placeholder = false,
            ',' | ';' | '.' | '(' | ')' | '!' | '|' | ':' => starts_clause = true,
            _ => {}
        }
    }
    words
}

/// The longest row that fits at `at`, and how many words it takes.
fn row_at(words: &[Word], at: usize) -> Option<(&'static Row, usize)> {
    let word = words[at].text;
    if words[at].value {
        return None;
    }
    let table = &*TABLE;
    let rows = (table.by_start)
        .binary_search_by_key(&start_of(word), |(k, _)| *k)
        .ok()
        .map(|i| &table.by_start[i].1)?;
    rows.iter()
        .map(|&i| &table.rows[i])
        .filter(|row| {
            row.words.len() <= words.len() - at
                && (row.words.iter().zip(&words[at..])).all(|(r, w)| fits(r, w.text))
        })
        .max_by_key(|row| row.text.len())
        .map(|row| (row, row.words.len()))
}

fn fits(row: &str, word: &str) -> bool {
    match row.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == row,
    }
}

/// The word that turns the one at `at` into its opposite, if any.
fn negation<'a>(words: &[Word<'a>], at: usize) -> Option<&'a str> {
    let mut i = at;
    for _ in 0..REACH {
        if words[i].starts_clause || i == 0 {
            return None;
        }
        i -= 1;
        if TABLE.negations.contains(&words[i].text) {
            return Some(words[i].text);
        }
    }
    None
}

/// Whether the word is the name of a counter: `errors=<num>`, `<num> errors`.
fn counter(words: &[Word], at: usize, length: usize) -> bool {
    if !TABLE.counted.contains(&words[at].text) {
        return false;
    }
    let end = at + length;
    let named = words[end - 1].assigns
        || words
            .get(end)
            .is_some_and(|w| w.text == "count" && w.assigns);
    let value_after = words
        .get(end)
        .is_some_and(|w| w.value || w.text == "none" || w.text == "count");
    if named && value_after {
        return true;
    }
    let none_later = (end..(end + REACH).min(words.len() - 1))
        .any(|i| words[i].assigns && (words[i + 1].text == "none" || words[i + 1].text == "0"));
    if none_later {
        return true;
    }
    let number = at > 0 && !words[at].starts_clause && {
        let before = &words[at - 1];
        before.value && (before.text == "num" || before.text.bytes().all(|b| b.is_ascii_digit()))
    };
    let plural = words[at].text.ends_with('s');
    let alone = words.get(end).is_none_or(|w| w.starts_clause);
    number && (plural || (words[at - 1].starts_clause && alone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_trouble() {
        for text in [
            "disk <num> failed",
            "connection to <ip> refused",
            "request timed out after <num> ms",
            "out of memory: killed process <num>",
            "link is down",
            "ERROR: cannot open <path>",
            "node marked NotReady",
            "upstream returned SERVFAIL for <host>",
            "replica is <num> s behind, queue full",
            "job <num> failed",
            "no route to host",
            "read-only: no space left on device",
        ] {
            assert!(words_of(text).trouble > 0.4, "{text}: {:?}", words_of(text));
        }
    }

    #[test]
    fn what_is_denied_counted_or_went_well_is_no_trouble() {
        for text in [
            "scan complete: 0 errors",
            "<num> errors, <num> failed, <num> files",
            "no failures seen",
            "finished without error",
            "ALERT exited normally with status 0",
            "error_count=0",
            "errors=<num> warnings=<num>",
            "errors: none",
            "dropped=<num>",
            "backup succeeded, 0 failed",
            "no errors or warnings found",
            "link is up",
            "failover test completed successfully",
            "session opened for user <user>",
        ] {
            assert!(words_of(text).trouble < 0.2, "{text}: {:?}", words_of(text));
        }
    }

    /// Lines as systems say them: nearly all must be told rightly, and a change of the table must not lose any.
    #[test]
    fn lines_of_trouble_and_harmless_lines_are_told_apart() {
        let weak = |text: &str| words_of(text).trouble < 0.22;
        let missed: Vec<&str> = include_str!("words/trouble.txt")
            .lines()
            .filter(|l| weak(l))
            .collect();
        let feared: Vec<&str> = include_str!("words/harmless.txt")
            .lines()
            .filter(|l| !weak(l))
            .collect();
        assert!(
            missed.is_empty() && feared.is_empty(),
            "missed: {missed:#?}\nfeared: {feared:#?}"
        );
    }

    #[test]
    fn access_is_told_apart() {
        let words = words_of("new user: name=<user>, UID=<num>, home=<path>");
        assert!(words.access > 0.5 && words.trouble < 0.2);
        assert_eq!(words_of("session closed for user <user>").access, 0.0);
    }

    /// The misses the first lines of this file admit, so that a change of mind shows.
    #[test]
    fn known_misses() {
        assert!(words_of("carrier <num> of <num>").trouble < 0.2);
        assert!(words_of("nightly export produced an empty file").trouble < 0.2);
        assert!(words_of("<num> errors on port <num>").trouble < 0.2);
        assert!(words_of("Verbindung fehlgeschlagen").trouble < 0.2);
    }

    #[test]
    fn any_text_is_read() {
        for text in [
            "",
            "<",
            ">>><<<",
            "=====",
            "é\u{202e}İ",
            &"fail ".repeat(10_000),
            &"x".repeat(100_000),
        ] {
            let words = words_of(text);
            assert!((0.0..=1.0).contains(&words.trouble));
        }
    }
}
