//! Lines of text on a screen: wrapping, padding, and colour that has no width until the end.
//!
//! A colour travels inside a line as a mark of no width. Marks are characters that [`super::escape`] never lets through,
//! so no log text can hold one; [`paint`] turns them into ANSI codes, or into nothing.

use super::{Color, Glyphs, Look, Tone, prefix};
use unicode_width::UnicodeWidthStr;

/// Ends a colour.
const END: char = '\u{e007f}';

const TONES: [(Tone, char, &str); 6] = [
    (Tone::Strong, '\u{e0061}', "\u{1b}[1m"),
    (Tone::Dim, '\u{e0062}', "\u{1b}[2m"),
    (Tone::Alarm, '\u{e0063}', "\u{1b}[1;31m"),
    (Tone::Warn, '\u{e0064}', "\u{1b}[33m"),
    (Tone::Note, '\u{e0065}', "\u{1b}[36m"),
    (Tone::Good, '\u{e0066}', "\u{1b}[32m"),
];

/// The text with marks around it that make it look as `tone` says.
pub fn toned(tone: Tone, text: &str) -> String {
    match TONES.iter().find(|(t, ..)| *t == tone) {
        Some((_, mark, _)) if !text.is_empty() => format!("{mark}{text}{END}"),
        _ => text.to_string(),
    }
}

/// A finished page: marks become ANSI codes or vanish, and our own signs become ASCII where nothing else can be shown.
pub fn paint(page: &str, look: &Look) -> String {
    let mut out = String::with_capacity(page.len());
    let mut open = None;
    for c in page.chars() {
        match c {
            END => {
                open = None;
                push_code(&mut out, "\u{1b}[0m", look);
            }
            '\n' => {
                if open.is_some() {
                    push_code(&mut out, "\u{1b}[0m", look);
                }
                out.push('\n');
                if let Some(code) = open {
                    push_code(&mut out, code, look);
                }
            }
            _ => match TONES.iter().find(|(_, mark, _)| *mark == c) {
                Some((_, _, code)) => {
                    open = Some(code);
                    push_code(&mut out, code, look);
                }
                None => out.push(plain_sign(c, look.glyphs)),
            },
        }
    }
    out
}

fn push_code(out: &mut String, code: &str, look: &Look) {
    if look.color == Color::On {
        out.push_str(code);
    }
}

/// The signs brainstem itself uses, and what stands for them in ASCII; one column each.
fn plain_sign(c: char, glyphs: Glyphs) -> char {
    match (glyphs, c) {
        (Glyphs::Unicode, c) => c,
        (_, '─') => '-',
        (_, '│') => '|',
        (_, '·' | '–') => '-',
        (_, '•' | '●') => '*',
        (_, '×') => 'x',
        (_, c) => c,
    }
}

/// The text in lines of at most `width` columns, at most `most` of them; what is left over gives way to `ellipsis`.
/// Lines break at spaces, and inside words that are longer than a line; blanks at the beginning stay.
pub fn wrap(text: &str, width: usize, most: usize, ellipsis: &str) -> Vec<String> {
    let width = width.max(8);
    let mut lines = vec![String::new()];
    let mut used = 0;
    let mut begun = false;
    for word in text.split(' ') {
        let mut word = word;
        if begun && used + 1 + word.width() <= width {
            push(&mut lines, " ");
            used += 1;
        } else if begun {
            lines.push(String::new());
            used = 0;
            begun = false;
        }
        while used == 0 && lines.len() <= most {
            let at = prefix(word, width);
            if at == word.len() {
                break;
            }
            let (line, rest) = word.split_at(at);
            push(&mut lines, line);
            lines.push(String::new());
            word = rest;
        }
        if lines.len() > most {
            return shortened(lines, width, most, ellipsis);
        }
        push(&mut lines, word);
        used += word.width();
        begun |= !word.is_empty() || lines.len() == 1;
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(last) = lines.last_mut() {
        last.push_str(text);
    }
}

/// The first `most` lines, the last of which ends in `ellipsis`; colours still open are closed.
fn shortened(mut lines: Vec<String>, width: usize, most: usize, ellipsis: &str) -> Vec<String> {
    lines.truncate(most);
    if let Some(last) = lines.last_mut() {
        let room = width.saturating_sub(ellipsis.width());
        last.truncate(prefix(last, room));
        last.truncate(last.trim_end().len());
        last.push_str(ellipsis);
    }
    let marks = |c: char| c == END || TONES.iter().any(|(_, mark, _)| *mark == c);
    let open = lines.iter().flat_map(|l| l.chars()).rfind(|&c| marks(c));
    if open.is_some_and(|c| c != END) {
        push(&mut lines, &END.to_string());
    }
    lines
}

/// `left`, and `right` at the end of a line of `width` columns; two spaces between them at least.
pub fn justified(left: &str, right: &str, width: usize) -> String {
    if right.is_empty() {
        return left.to_string();
    }
    let gap = width.saturating_sub(left.width() + right.width()).max(2);
    format!("{left}{}{right}", " ".repeat(gap))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn look(color: Color) -> Look {
        Look {
            color,
            ..Look::default()
        }
    }

    #[test]
    fn marks_have_no_width_and_vanish_without_colour() {
        for (tone, ..) in TONES {
            let marked = toned(tone, "abc 漢");
            assert_eq!(marked.width(), 6);
            assert_eq!(paint(&marked, &look(Color::Off)), "abc 漢");
        }
        assert_eq!(
            paint(&toned(Tone::Alarm, "x"), &look(Color::On)),
            "\u{1b}[1;31mx\u{1b}[0m"
        );
    }

    #[test]
    fn a_colour_ends_with_its_line_and_goes_on_in_the_next() {
        let page = toned(Tone::Good, "a\nb");
        assert_eq!(
            paint(&page, &look(Color::On)),
            "\u{1b}[32ma\u{1b}[0m\n\u{1b}[32mb\u{1b}[0m"
        );
    }

    #[test]
    fn lines_break_at_spaces_and_inside_long_words() {
        assert_eq!(wrap("one two three", 9, 9, "…"), ["one two", "three"]);
        assert_eq!(wrap("abcdefghijkl m", 8, 9, "…"), ["abcdefgh", "ijkl m"]);
        assert_eq!(wrap("    at x", 9, 9, "…"), ["    at x"]);
        assert_eq!(wrap("one two three four", 9, 1, "…"), ["one two…"]);
        assert_eq!(wrap(&"x".repeat(10_000), 20, 2, "…").len(), 2);
    }

    proptest! {
        #[test]
        fn wrapped_lines_fit_and_lose_nothing(text in "[a-z漢 ]{0,200}", width in 8usize..40) {
            let lines = wrap(&text, width, usize::MAX, "…");
            prop_assert!(lines.iter().all(|l| l.width() <= width), "{:?}", lines);
            let letters = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
