//! Values in normalised text: where one stands, what belongs to it, how far a run of them goes, where one is missing.
//!
//! Nothing here depends on the type of a slot, so that texts which differ in types fold alike.

use super::{Atom, Lexeme, Part, Sort, is_literal_value, is_truth_value, is_unit};

/// Lexemes in a quoted value: three words. A longer one is a sentence, and says something.
const MAX_QUOTED: usize = 5;

/// Whether a value stands at `at`: a slot, a word like `true` or `null` where a value is expected, or a sign for none.
pub fn is_value(lexemes: &[Lexeme], at: usize) -> bool {
    let Some(lexeme) = lexemes.get(at) else {
        return false;
    };
    match lexeme.sort {
        Sort::Slot(_) => true,
        Sort::Word if is_truth_value(lexeme.text) => at > 0,
        Sort::Word if is_literal_value(lexeme.text) => {
            let before = lexemes[..at].iter().rev().find(|l| l.sort != Sort::Space);
            before.is_some_and(|l| "=:([{,".contains(l.text))
        }
        Sort::Punct if at > 0 && matches!(lexeme.text, "?" | "-") => {
            let next = lexemes.get(at + 1).map_or(" ", |l| l.text);
            match lexemes[at - 1].text {
                "=" => " ,;)]}".contains(next),
                quote @ ("\"" | "'") => next == quote,
                _ => false,
            }
        }
        _ => false,
    }
}

/// Where the run of values that begins at `at` ends: values, joined by light punctuation, with their units and signs.
///
/// Whatever belongs to a run is taken, whatever its values are; so a run that is replaced by one slot stays one slot.
pub fn run_end(lexemes: &[Lexeme], at: usize) -> usize {
    let mut end = at + 1;
    loop {
        let more = suffix_len(lexemes, end);
        if more > 0 {
            end += more;
            continue;
        }
        let gap = gap_len(lexemes, end);
        let next = signs_end(lexemes, end + gap);
        if !is_value(lexemes, next) {
            return end;
        }
        end = next + 1;
    }
}

/// The length of the space and light punctuation after a value. `>` is light in an arrow, not as a bracket.
fn gap_len(lexemes: &[Lexeme], at: usize) -> usize {
    let light = |(i, l): &(usize, &Lexeme)| match l.sort {
        Sort::Space => true,
        Sort::Punct => is_light(l.text) || (l.text == ">" && *i > 0),
        _ => false,
    };
    lexemes[at..].iter().enumerate().take_while(light).count()
}

/// The length of what belongs to the value before `at`: a unit, perhaps after a space; a sign glued to it (`#5#`); stars
/// after a space, as programs print a number they cannot (`12 **** 14`).
fn suffix_len(lexemes: &[Lexeme], at: usize) -> usize {
    let is = |i: usize, set: &str| lexemes.get(i).is_some_and(|l| set.contains(l.text));
    let space = usize::from(is(at, " "));
    if lexemes
        .get(at + space)
        .is_some_and(|l| l.sort == Sort::Word && is_unit(l.text))
    {
        return space + 1;
    }
    if is(at, "#") {
        return 1;
    }
    let stars = stars_at(lexemes, at + space);
    let end = at + space + stars;
    let ends = end == lexemes.len() || is(end, " )],;");
    if space == 1 && stars > 1 && ends {
        space + stars
    } else {
        0
    }
}

fn stars_at(lexemes: &[Lexeme], at: usize) -> usize {
    lexemes
        .iter()
        .skip(at)
        .take_while(|l| l.text == "*")
        .count()
}

/// Where what stands before a value and belongs to it ends, and the value begins: glued signs (`#`, `$` and the like),
/// stars and a space (`**** 12`), and the `<` of `<1 sec`, which no bracket closes. `at` if there is none of it, or no
/// value.
pub fn signs_end(lexemes: &[Lexeme], at: usize) -> usize {
    let mut value = at;
    while let Some(lexeme) = lexemes.get(value) {
        let stars = stars_at(lexemes, value);
        let space = lexemes
            .get(value + stars)
            .is_some_and(|l| l.sort == Sort::Space);
        value += match lexeme.text {
            _ if stars > 1 && space => stars + 1,
            "<" if lexeme.sort == Sort::Punct && !is_closed(lexemes, value + 1) => 1,
            "#" | "*" | "$" | "~" | "+" | "&" | "^" | "%" => 1,
            _ => break,
        };
    }
    if is_value(lexemes, value) { value } else { at }
}

/// Whether the values from `at` on are closed by `>`: right after one of them, else it is part of an arrow.
fn is_closed(lexemes: &[Lexeme], at: usize) -> bool {
    let mut light = true;
    for (i, lexeme) in lexemes.iter().enumerate().skip(at) {
        light = match lexeme.sort {
            Sort::Slot(_) => false,
            Sort::Word if is_unit(lexeme.text) || is_value(lexemes, i) => false,
            Sort::Space => true,
            Sort::Punct if lexeme.text == ">" && !light => return true,
            Sort::Punct if lexeme.text == ">" || is_light(lexeme.text) => true,
            _ => return false,
        };
    }
    false
}

/// Where a short quoted value that begins at `at`, after a key and a quote, ends: `tag="two words"`.
pub fn quoted_value_end(lexemes: &[Lexeme], at: usize) -> Option<usize> {
    if at < 2 || lexemes[at - 2].text != "=" || !matches!(lexemes[at - 1].text, "\"" | "'") {
        return None;
    }
    let inner = lexemes[at..]
        .iter()
        .take(MAX_QUOTED + 1)
        .position(|l| l.text == lexemes[at - 1].text)?;
    let constant = !lexemes[at..at + inner].iter().any(|l| slot_at(Some(l)));
    (inner > 0 && constant).then_some(at + inner)
}

/// Whether a value could stand after `done` and before the lexeme `at`, and does not: in empty brackets, or after a key
/// and an equals sign.
pub fn lacks_value(done: &[Atom], lexemes: &[Lexeme], at: usize) -> bool {
    let next = lexemes.get(at).map_or(" ", |l| l.text);
    match done {
        [
            ..,
            Atom {
                part: Part::Punct("("),
                ..
            },
        ] => next == ")",
        [
            ..,
            Atom {
                part: Part::Punct("["),
                ..
            },
        ] => next == "]",
        [
            ..,
            Atom {
                part: Part::Word(_),
                ..
            },
            Atom {
                part: Part::Punct("="),
                spaced: false,
            },
        ] => {
            let space = usize::from(next == " ");
            let value = signs_end(lexemes, at + space);
            " ,;)]}&|".contains(next) && !is_value(lexemes, value)
        }
        _ => false,
    }
}

/// Whether punctuation may stand between the members of a run.
pub fn is_light(text: &str) -> bool {
    text.len() == 1 && ",:/-.+*#@~|_;".contains(text)
}

fn slot_at(lexeme: Option<&Lexeme>) -> bool {
    lexeme.is_some_and(|l| matches!(l.sort, Sort::Slot(_)))
}
