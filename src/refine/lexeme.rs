//! The lexer of normalised text: words, slots, punctuation and space. Once per new logtype or fingerprint, so plain.

use super::SlotType;

/// What a lexeme is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    /// A word: letters and digits, with separators inside (`re-read`, `a.b.c`, `can't`).
    Word,
    /// A variable.
    Slot(SlotType),
    /// One character of punctuation.
    Punct,
    /// White space.
    Space,
}

/// A piece of normalised text; the pieces in order are the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lexeme<'a> {
    /// What it is.
    pub sort: Sort,
    /// Its text.
    pub text: &'a str,
    /// Where it begins.
    pub at: usize,
}

/// The lexemes of `text`.
pub fn lex(text: &str) -> Vec<Lexeme<'_>> {
    let mut out = Vec::with_capacity(text.len() / 4);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (sort, len) = match first {
            ' ' => (Sort::Space, 1),
            '<' => slot_at(rest).unwrap_or((Sort::Punct, 1)),
            c => match script(c) {
                Script::None => (Sort::Punct, c.len_utf8()),
                script => (Sort::Word, word_len(rest, script)),
            },
        };
        let (word, after) = rest.split_at(len);
        out.push(Lexeme {
            sort,
            text: word,
            at: text.len() - rest.len(),
        });
        rest = after;
    }
    out
}

fn slot_at(text: &str) -> Option<(Sort, usize)> {
    let slot = SlotType::ALL
        .into_iter()
        .find(|slot| text.starts_with(slot.text()))?;
    Some((Sort::Slot(slot), slot.text().len()))
}

/// What a character can be part of. Fingerprints depend on it and must never change, so it is drawn here by ranges and
/// not taken from tables that grow with Unicode.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Words with spaces between them.
    Spaced,
    /// Words of ideographs, kana and hangul, which stand without spaces beside Latin ones.
    Unspaced,
    /// No word.
    None,
}

fn script(c: char) -> Script {
    match c {
        '0'..='9' | 'a'..='z' | 'A'..='Z' => Script::Spaced,
        '\0'..='\u{7f}'
        | '\u{80}'..='\u{bf}'
        | '\u{2000}'..='\u{206f}'
        | '\u{3000}'..='\u{303f}' => Script::None,
        '\u{fffd}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => Script::None,
        '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}' => Script::Unspaced,
        _ => Script::Spaced,
    }
}

/// The length of the word of `one` script that `text` begins with: up to its last letter or digit.
fn word_len(text: &str, one: Script) -> usize {
    let mut len = 0;
    for (at, c) in text.char_indices() {
        if script(c) == one {
            len = at + c.len_utf8();
        } else if !"-_.'/@\\*~&$+".contains(c) || at > len + 1 {
            break;
        }
    }
    // `x+` and `dns-` are names.
    let mut after = text[len..].chars();
    if matches!(after.next(), Some('+' | '-')) && after.next().is_none_or(|c| " ,;)]".contains(c)) {
        len += 1;
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lexemes_are_the_text() {
        let text = "can't open a.b: <path>:<num> <<x>> -- _y_ <none>. z+";
        let all = lex(text);
        assert_eq!(all.iter().map(|l| l.text).collect::<String>(), text);
        let words: Vec<&str> = all
            .iter()
            .filter(|l| l.sort == Sort::Word)
            .map(|l| l.text)
            .collect();
        assert_eq!(words, ["can't", "open", "a.b", "x", "y", "none", "z+"]);
        let slots = all.iter().filter(|l| matches!(l.sort, Sort::Slot(_)));
        assert_eq!(slots.count(), 2);
    }
}
