//! Text from outside, and the one door it leaves by: escaped, so that it can neither steer a terminal nor hide itself.

use super::{MASK, Secrets, mask, names_a_secret};
use std::borrow::Cow;
use unicode_width::UnicodeWidthChar;

/// Text that came out of a log, a file name, an option or a person's note. It has no `Display`: the only ways to print it
/// are [`Untrusted::shown`] and [`Untrusted::shown_lines`].
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Untrusted {
    text: String,
    /// The name of the field it comes from says that it is a secret, whatever it looks like.
    secret: bool,
}

impl Untrusted {
    /// Takes text as it came.
    pub fn new(text: impl Into<String>) -> Untrusted {
        Untrusted {
            text: text.into(),
            secret: false,
        }
    }

    /// Takes bytes as they came; those that are not UTF-8 become `\xNN`.
    pub fn from_bytes(bytes: &[u8]) -> Untrusted {
        Untrusted::new(lossless(bytes))
    }

    /// Takes the value of a record's field, which is a secret if its name says so.
    pub fn named(field: &str, value: impl Into<String>) -> Untrusted {
        Untrusted {
            text: value.into(),
            secret: names_a_secret(field),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text on one line, safe to print anywhere: secrets masked unless they are to be shown, and every character
    /// that is not plainly visible written out (`\n`, `\x1b`, `\u{202e}`).
    pub fn shown(&self, secrets: Secrets) -> String {
        escape(&self.without_secrets(secrets))
    }

    /// The same on as many lines as it has, tabs as blanks: for raw records, where every line stands behind a sign of
    /// ours and so cannot pass for another record.
    pub fn shown_lines(&self, secrets: Secrets) -> Vec<String> {
        let text = self.without_secrets(secrets);
        text.split('\n')
            .map(|line| escape(&line.replace('\t', "    ")))
            .collect()
    }

    fn without_secrets(&self, secrets: Secrets) -> Cow<'_, str> {
        match secrets {
            Secrets::Masked if self.secret => Cow::Borrowed(MASK),
            Secrets::Masked => mask(&self.text),
            Secrets::Shown => Cow::Borrowed(&self.text),
        }
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Untrusted {
        Untrusted::new(text)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Untrusted {
        Untrusted::new(text)
    }
}

impl From<&String> for Untrusted {
    fn from(text: &String) -> Untrusted {
        Untrusted::new(text.as_str())
    }
}

/// Bytes as text: UTF-8 as it is, every other byte as `\xNN`.
pub fn lossless(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// More combining marks than this on one character are a stack that spills over other lines, not a script: Vietnamese
/// needs two, pointed Hebrew and Thai three.
const MARKS_ALLOWED: usize = 3;

/// Characters that steer, reorder or vanish, besides the control characters: Unicode's format characters (Cf), line and
/// paragraph separators, invisible fillers, variation selectors, noncharacters, private use.
const HIDDEN: [(char, char); 25] = [
    ('\u{ad}', '\u{ad}'),       // soft hyphen
    ('\u{34f}', '\u{34f}'),     // combining grapheme joiner
    ('\u{600}', '\u{605}'),     // Arabic number signs
    ('\u{61c}', '\u{61c}'),     // Arabic letter mark
    ('\u{6dd}', '\u{6dd}'),     // Arabic end of ayah
    ('\u{70f}', '\u{70f}'),     // Syriac abbreviation mark
    ('\u{890}', '\u{891}'),     // Arabic currency marks
    ('\u{8e2}', '\u{8e2}'),     // Arabic disputed end of ayah
    ('\u{115f}', '\u{1160}'),   // Hangul fillers
    ('\u{17b4}', '\u{17b5}'),   // Khmer inherent vowels
    ('\u{180b}', '\u{180f}'),   // Mongolian selectors and separator
    ('\u{200b}', '\u{200f}'),   // zero widths, direction marks
    ('\u{2028}', '\u{202e}'),   // line and paragraph separator, embeddings, overrides
    ('\u{2060}', '\u{206f}'),   // word joiner, invisible operators, isolates
    ('\u{3164}', '\u{3164}'),   // Hangul filler
    ('\u{e000}', '\u{f8ff}'),   // private use
    ('\u{fdd0}', '\u{fdef}'),   // noncharacters
    ('\u{fe00}', '\u{fe0f}'),   // variation selectors
    ('\u{feff}', '\u{feff}'),   // byte order mark
    ('\u{ffa0}', '\u{ffa0}'),   // halfwidth Hangul filler
    ('\u{fff0}', '\u{fffb}'),   // interlinear annotation
    ('\u{110bd}', '\u{110cd}'), // Kaithi number signs
    ('\u{13430}', '\u{1345f}'), // hieroglyph joiners
    ('\u{1bca0}', '\u{1bca3}'), // shorthand format controls
    ('\u{1d173}', '\u{1d17a}'), // musical format controls
];

/// Everything from here on is tags, selectors, private use and noncharacters.
const HIDDEN_PLANES: char = '\u{e0000}';

/// The text on one line with every character written out that a reader could not see or a terminal would obey.
pub fn escape(text: &str) -> String {
    if text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        match c {
            ' '..='~' => {
                out.push(c);
                marks = 0;
                continue;
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{9f}' => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            _ if is_hidden(c) => push_code(&mut out, c),
            _ if c.width() == Some(0) => {
                marks += 1;
                if marks > MARKS_ALLOWED || out.is_empty() {
                    push_code(&mut out, c);
                } else {
                    out.push(c);
                }
                continue;
            }
            _ => out.push(c),
        }
        marks = 0;
    }
    out
}

/// The text with everything outside printable ASCII written out, for terminals that can show no more. It must have been
/// escaped before.
pub fn ascii_only(escaped: &str) -> String {
    let mut out = String::with_capacity(escaped.len());
    for c in escaped.chars() {
        match c {
            // What this program writes where it cuts.
            '…' => out.push_str("..."),
            c if c.is_ascii() => out.push(c),
            c => push_code(&mut out, c),
        }
    }
    out
}

fn is_hidden(c: char) -> bool {
    c >= HIDDEN_PLANES
        || (u32::from(c) & 0xfffe) == 0xfffe
        || HIDDEN
            .binary_search_by(|&(from, to)| {
                if to < c {
                    std::cmp::Ordering::Less
                } else if from > c {
                    std::cmp::Ordering::Greater
                } else {
                    std::cmp::Ordering::Equal
                }
            })
            .is_ok()
}

fn push_code(out: &mut String, c: char) {
    out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::Regex;

    fn unsafe_characters() -> Regex {
        Regex::new(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]")
            .expect("Unicode classes")
    }

    #[test]
    fn no_character_of_unicode_gets_through_that_steers_or_hides() {
        let bad = unsafe_characters();
        for c in ('\0'..=char::MAX).filter(|&c| c != '\\') {
            let shown = escape(&format!("a{c}b"));
            assert!(!bad.is_match(&shown), "U+{:04x} as {shown:?}", u32::from(c));
        }
    }

    #[test]
    fn writing_systems_stay_readable() {
        for text in [
            "naïve Größe",
            "漢字 かな",
            "Привет",
            "ไม่ได้",
            "tiếng Việt",
            "नमस्ते",
            "€ ± → 😀",
        ] {
            assert_eq!(escape(text), text);
        }
    }

    #[test]
    fn what_is_hidden_is_named() {
        assert_eq!(escape("\u{1b}[31m\u{9b}2J\u{7}"), "\\x1b[31m\\x9b2J\\x07");
        assert_eq!(
            escape("a\u{202e}b\u{200b}c\u{e0041}"),
            "a\\u{202e}b\\u{200b}c\\u{e0041}"
        );
        assert_eq!(escape("one\ntwo\r\tthree\0"), "one\\ntwo\\r\\tthree\\x00");
    }

    #[test]
    fn a_stack_of_marks_is_cut_down() {
        let shown = escape(&format!("a{}", "\u{301}".repeat(50)));
        assert!(shown.contains("\\u{301}"), "{shown}");
        assert_eq!(shown.matches('\u{301}').count(), MARKS_ALLOWED);
    }

    proptest! {
        #[test]
        fn any_bytes_become_one_safe_line(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let shown = Untrusted::from_bytes(&bytes).shown(Secrets::Shown);
            prop_assert!(!unsafe_characters().is_match(&shown), "{:?}", shown);
            prop_assert!(ascii_only(&shown).bytes().all(|b| (b' '..=b'~').contains(&b)));
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_kept_as_numbers() {
        assert_eq!(lossless(b"ok \xff\xc3\xa9"), "ok \\xffé");
    }
}
