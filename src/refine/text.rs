//! Normalised text as atoms: constants and slots, with runs, lists, units and empty values folded into one slot.

use super::words::{is_literal_value, is_truth_value, is_unit};
use super::{Lexeme, SlotType, Sort, lex};
use std::borrow::Cow;

/// A piece of normalised text that a signature is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom<'a> {
    /// Whether white space stands before it.
    pub spaced: bool,
    /// What it is.
    pub part: Part<'a>,
}

/// What an atom is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// A constant word.
    Word(&'a str),
    /// A constant character.
    Punct(&'a str),
    /// A variable: its text for people; empty for a value that is not there.
    Slot(Cow<'a, str>),
}

impl<'a> Part<'a> {
    /// Its text for people.
    pub fn text(&self) -> Cow<'a, str> {
        match self {
            Part::Word(text) | Part::Punct(text) => Cow::Borrowed(text),
            Part::Slot(text) => text.clone(),
        }
    }
}

/// Characters between two members of a list, at most: ` -> ` and some.
const MAX_GAP: usize = 8;
/// Members of a run that are shown one by one: enough for `<ip>:<port>` and `<time> <time>`.
const SHOWN_IN_RUN: usize = 2;
/// Lexemes in a quoted value: three words. A longer one is a sentence, and says something.
const MAX_QUOTED: usize = 5;

/// The atoms of normalised text.
///
/// One slot stands for: a run or list of slots (`<num>, <num> <num>`), a number with its unit (`<num> KB`), a literal
/// value (`=null`), nothing where a value could be (`()`, `key=`).
pub fn atoms(text: &str) -> Vec<Atom<'_>> {
    let lexemes = lex(text);
    let mut out: Vec<Atom> = Vec::with_capacity(lexemes.len());
    let mut at = 0;
    let mut spaced = false;
    while at < lexemes.len() {
        let lexeme = lexemes[at];
        if lexeme.sort == Sort::Space {
            spaced = true;
            at += 1;
            continue;
        }
        let (part, next) = part_at(text, &lexemes, at);
        out.push(Atom { spaced, part });
        spaced = false;
        at = next;
        if lacks_value(&lexemes, at) {
            out.push(Atom {
                spaced: false,
                part: Part::Slot(Cow::Borrowed("")),
            });
        }
    }
    out
}

fn part_at<'a>(text: &'a str, lexemes: &[Lexeme<'a>], at: usize) -> (Part<'a>, usize) {
    let slice = |end: usize| {
        let last = lexemes[end - 1];
        &text[lexemes[at].at..last.at + last.text.len()]
    };
    let value = signs_end(lexemes, at);
    if is_value(lexemes, value) {
        let end = run_end(lexemes, value);
        return (Part::Slot(run_of_slots(slice(end))), end);
    }
    if let Some(end) = quoted_value_end(lexemes, at) {
        return (Part::Word(slice(end)), end);
    }
    match lexemes[at].sort {
        Sort::Word => (Part::Word(lexemes[at].text), at + 1),
        _ => (Part::Punct(lexemes[at].text), at + 1),
    }
}

/// The text of `atoms`.
pub fn render(atoms: &[Atom]) -> String {
    let mut out = String::new();
    for atom in atoms {
        if atom.spaced && !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&atom.part.text());
    }
    out
}

/// Joins two normalised texts of one fingerprint: slots whose types differ become wider, words that differ in case take
/// the lesser spelling. Commutative, associative and idempotent over texts of one fingerprint, so that the text kept
/// for a fingerprint does not depend on the order in which its logtypes came.
pub fn widen(a: &str, b: &str) -> String {
    if a == b {
        return a.to_string();
    }
    let (mine, theirs) = (atoms(a), atoms(b));
    if mine.len() != theirs.len() {
        return a.min(b).to_string();
    }
    let both: Vec<Atom> = mine
        .into_iter()
        .zip(theirs)
        .map(|(x, y)| Atom {
            spaced: x.spaced || y.spaced,
            part: match (x.part, y.part) {
                (Part::Slot(x), Part::Slot(y)) => Part::Slot(join_slots(x, y)),
                (Part::Word(x), Part::Word(y)) => Part::Word(x.min(y)),
                (x @ Part::Slot(_), _) | (_, x @ Part::Slot(_)) | (x, _) => x,
            },
        })
        .collect();
    render(&both)
}

/// The slot text that holds both: the same text, or the type that holds all types in them.
pub fn join_slots<'a>(a: Cow<'a, str>, b: Cow<'a, str>) -> Cow<'a, str> {
    if a == b || b.is_empty() {
        return a;
    }
    if a.is_empty() {
        return b;
    }
    Cow::Borrowed(joint_type(&a).join(joint_type(&b)).text())
}

/// The text of a run of slots for people: as it stands, or, if it is long, the type of its members.
pub fn run_of_slots(run: &str) -> Cow<'_, str> {
    match slots_in(run).count() {
        0 => Cow::Borrowed(SlotType::Any.text()),
        1..=SHOWN_IN_RUN => Cow::Borrowed(run),
        _ => Cow::Borrowed(joint_type(run).text()),
    }
}

/// Whether punctuation may stand between the members of a run.
pub fn is_light(text: &str) -> bool {
    text.len() == 1 && ",:/-.+*#@~|_>;".contains(text)
}

fn slots_in(text: &str) -> impl Iterator<Item = SlotType> {
    lex(text).into_iter().filter_map(|l| match l.sort {
        Sort::Slot(slot) => Some(slot),
        _ => None,
    })
}

fn joint_type(text: &str) -> SlotType {
    slots_in(text)
        .reduce(SlotType::join)
        .unwrap_or(SlotType::Any)
}

fn is_slot(lexeme: Option<&Lexeme>) -> bool {
    lexeme.is_some_and(|l| matches!(l.sort, Sort::Slot(_)))
}

/// Whether a value stands at `at`: a slot, or a word like `true` or `null` where a value is expected.
fn is_value(lexemes: &[Lexeme], at: usize) -> bool {
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
        _ => false,
    }
}

/// Where the run of values that begins at `at` ends: values, joined by light punctuation, with their units and signs.
fn run_end(lexemes: &[Lexeme], at: usize) -> usize {
    let mut end = at + 1;
    loop {
        end = unit_end(lexemes, end);
        end += stars_at(lexemes, end);
        let gap = lexemes[end..]
            .iter()
            .take_while(|l| l.sort == Sort::Space || (l.sort == Sort::Punct && is_light(l.text)))
            .count();
        if gap > MAX_GAP || !is_slot(lexemes.get(end + gap)) {
            return end;
        }
        end += gap + 1;
    }
}

/// The length of what stands for a value in a list but is none: a sign glued to the value before (`#5#`), or stars
/// after a space (`12 **** 14`), as programs print a number they cannot.
fn stars_at(lexemes: &[Lexeme], at: usize) -> usize {
    let is = |i: usize, set: &str| lexemes.get(i).is_some_and(|l| set.contains(l.text));
    let glued = lexemes[at..].iter().take_while(|l| l.text == "#").count();
    if glued > 0 {
        return glued;
    }
    let stars = lexemes
        .iter()
        .skip(at + 1)
        .take_while(|l| l.text == "*")
        .count();
    if is(at, " ") && stars > 1 && (is(at + 1 + stars, " )],;") || at + 1 + stars == lexemes.len())
    {
        return 1 + stars;
    }
    0
}

/// The end of a unit that begins at `at`, perhaps after a space; `at` if there is none.
fn unit_end(lexemes: &[Lexeme], at: usize) -> usize {
    let spaced = lexemes.get(at).is_some_and(|l| l.sort == Sort::Space);
    let word = if spaced { at + 1 } else { at };
    match lexemes.get(word) {
        Some(l) if l.sort == Sort::Word && is_unit(l.text) => word + 1,
        _ => at,
    }
}

/// Where the signs glued to the front of a value end: `#`, `*`, `$` and the like belong to it, and so does the `<` of
/// `<1 sec`, which no bracket closes. `at` if there are none.
fn signs_end(lexemes: &[Lexeme], at: usize) -> usize {
    let sign = |l: &&Lexeme| l.sort == Sort::Punct && "#*$~+&^%".contains(l.text);
    let signs = lexemes[at..].iter().take_while(sign).count();
    if is_slot(lexemes.get(at + signs)) {
        return at + signs;
    }
    let mut stars = at;
    while lexemes[stars].text == "*" {
        let run = lexemes[stars..]
            .iter()
            .take_while(|l| l.text == "*")
            .count();
        stars += run + 1;
        match lexemes.get(stars) {
            Some(l)
                if run > 1
                    && lexemes[stars - 1].sort == Sort::Space
                    && matches!(l.sort, Sort::Slot(_)) =>
            {
                return stars;
            }
            Some(l) if run > 1 && l.text == "*" => {}
            _ => break,
        }
    }
    let number = lexemes
        .get(at + 1)
        .is_some_and(|l| l.sort == Sort::Slot(SlotType::Num));
    let less = lexemes[at].text == "<"
        && number
        && lexemes
            .get(run_end(lexemes, at + 1))
            .is_none_or(|l| l.text != ">");
    if less { at + 1 } else { at }
}

/// Where a short quoted value that begins at `at`, after a key and a quote, ends: `tag="two words"`.
fn quoted_value_end(lexemes: &[Lexeme], at: usize) -> Option<usize> {
    if at < 2 || lexemes[at - 2].text != "=" || !matches!(lexemes[at - 1].text, "\"" | "'") {
        return None;
    }
    let inner = lexemes[at..]
        .iter()
        .take(MAX_QUOTED + 1)
        .position(|l| l.text == lexemes[at - 1].text)?;
    let constant = !lexemes[at..at + inner].iter().any(|l| is_slot(Some(l)));
    (inner > 0 && constant).then_some(at + inner)
}

/// Whether a value could stand before `at` and does not: in empty brackets, or after an equals sign.
fn lacks_value(lexemes: &[Lexeme], at: usize) -> bool {
    let next = lexemes.get(at);
    match (lexemes[at - 1].text, next.map(|l| l.text)) {
        ("(", Some(")")) | ("[", Some("]")) => true,
        ("=", None) => true,
        ("=", Some(text)) => {
            let empty = next.is_some_and(|l| l.sort == Sort::Space) || ",;)]}&|".contains(text);
            let keyed = at >= 2 && lexemes[at - 2].sort == Sort::Word;
            empty && keyed && !is_value(lexemes, at + 1)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn widening_names_what_all_share() {
        for (a, b, both) in [
            (
                "to <ip> at <num>",
                "to <host> at <num>",
                "to <host> at <num>",
            ),
            ("to <ip>:<port>", "to <ip>:<port>", "to <ip>:<port>"),
            ("to <ip>:<port>", "to <ip>", "to <*>"),
            ("call () now", "call (<num>) now", "call (<num>) now"),
            ("took <num> ms", "took <num> KB", "took <num>"),
            ("Done", "done", "Done"),
        ] {
            assert_eq!(widen(a, b), both);
            assert_eq!(widen(b, a), both);
        }
    }

    proptest! {
        #[test]
        fn widening_depends_on_no_order(
            texts in prop::collection::vec("(a|A) x=(<num>|<hex>|<num> KB|<ip>, <num>|<time> <time> <num>|<\\*>|) \\((<num>|<user>|)\\)", 3)
        ) {
            let [a, b, c] = [&texts[0], &texts[1], &texts[2]];
            prop_assert_eq!(widen(&widen(a, b), c), widen(a, &widen(b, c)));
            prop_assert_eq!(widen(a, b), widen(b, a));
            prop_assert_eq!(widen(a, a), a.clone());
        }
    }
}
