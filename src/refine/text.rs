//! Normalised text as atoms: constants and slots, with runs, lists, units and empty values folded into one slot.

use super::{
    Lexeme, SlotType, Sort, is_value, lacks_value, lex, quoted_value_end, run_end, signs_end,
};
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

/// Members of a run that are shown one by one: enough for `<ip>:<port> -> <ip>:<port>`.
const SHOWN_IN_RUN: usize = 4;

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
        if lacks_value(&out, &lexemes, at) {
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

/// The text of a run of slots for people: as it stands, or, if it is long or all of one type, the type of its members.
pub fn run_of_slots(run: &str) -> Cow<'_, str> {
    let mut slots = slots_in(run);
    let Some(first) = slots.next() else {
        return Cow::Borrowed(SlotType::Any.text());
    };
    let (count, alike) = slots.fold((1, true), |(n, alike), slot| {
        (n + 1, alike && slot == first)
    });
    match count {
        1 => Cow::Borrowed(run),
        _ if alike => Cow::Borrowed(first.text()),
        2..=SHOWN_IN_RUN => Cow::Borrowed(run),
        _ => Cow::Borrowed(joint_type(run).text()),
    }
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

    /// The skeleton: slots alike.
    fn shape(text: &str) -> Vec<(bool, String)> {
        let part = |p: Part| match p {
            Part::Slot(_) => "\u{1}".to_string(),
            Part::Word(text) | Part::Punct(text) => text.to_string(),
        };
        atoms(text)
            .into_iter()
            .map(|a| (a.spaced, part(a.part)))
            .collect()
    }

    /// Text of all that matters to atoms, `S` for a slot.
    const SKELETON: &str = "((S|S|S|a|KB|s|true|none|,|=|=\\?|=-|\"-|#|\\*\\*|:|<|>|\\(|\\)|\\[|\\]|-|;|\"|~)( ?)){1,14}";
    const SLOTS: [&str; 4] = ["<num>", "<ip>", "<path>", "<*>"];

    fn fill(skeleton: &str, types: &[usize]) -> String {
        let mut types = types.iter().cycle();
        let mut out = String::new();
        for c in skeleton.chars() {
            match c {
                'S' => out.push_str(SLOTS[*types.next().expect("a cycle") % SLOTS.len()]),
                c => out.push(c),
            }
        }
        out
    }

    proptest! {
        #[test]
        fn rendering_changes_nothing(skeleton in SKELETON, types in prop::collection::vec(0usize..4, 5)) {
            let text = fill(skeleton.trim(), &types);
            let once = render(&atoms(&text));
            prop_assert_eq!(shape(&once), shape(&text), "{}", &text);
            prop_assert_eq!(render(&atoms(&once)), once);
        }

        #[test]
        fn widening_any_text_depends_on_no_order(
            skeleton in SKELETON,
            types in prop::collection::vec(prop::collection::vec(0usize..4, 5), 3),
        ) {
            let texts: Vec<String> = types.iter().map(|t| render(&atoms(&fill(skeleton.trim(), t)))).collect();
            let [a, b, c] = [&texts[0], &texts[1], &texts[2]];
            prop_assert_eq!(widen(&widen(a, b), c), widen(a, &widen(b, c)));
            prop_assert_eq!(widen(a, b), widen(b, a));
            prop_assert_eq!(shape(&widen(a, b)), shape(a));
        }

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
