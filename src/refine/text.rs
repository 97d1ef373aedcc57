//! Normalised text as atoms: constants and slots, with runs, lists, units and empty values folded into one slot.

use super::words::{is_literal_value, is_unit};
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

/// The atoms of normalised text.
///
/// One slot stands for: a run or list of slots (`<num>, <num> <num>`), a number with its unit (`<num> KB`), a literal
/// value (`=true`), nothing where a value could be (`()`, `key=`).
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
        let from = if is_less_than(&lexemes, at) {
            at + 1
        } else {
            at
        };
        let (part, next) = if is_value(&lexemes, from) {
            let end = run_end(&lexemes, from);
            (Part::Slot(run_text(&lexemes[at..end])), end)
        } else if lexeme.sort == Sort::Word {
            (Part::Word(lexeme.text), at + 1)
        } else {
            (Part::Punct(lexeme.text), at + 1)
        };
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

/// The text of `atoms`.
pub fn render(atoms: &[Atom]) -> String {
    let mut out = String::new();
    for atom in atoms {
        if atom.spaced && !out.is_empty() {
            out.push(' ');
        }
        match &atom.part {
            Part::Word(text) | Part::Punct(text) => out.push_str(text),
            Part::Slot(text) => out.push_str(text),
        }
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

fn joint_type(slot: &str) -> SlotType {
    lex(slot)
        .iter()
        .filter_map(|l| match l.sort {
            Sort::Slot(slot) => Some(slot),
            _ => None,
        })
        .reduce(SlotType::join)
        .unwrap_or(SlotType::Any)
}

/// Whether a value stands at `at`: a slot, or a word like `true` or `null` where a value is expected.
fn is_value(lexemes: &[Lexeme], at: usize) -> bool {
    match lexemes.get(at) {
        Some(Lexeme {
            sort: Sort::Slot(_),
            ..
        }) => true,
        Some(Lexeme {
            sort: Sort::Word,
            text,
        }) if is_literal_value(text) => {
            let before = lexemes[..at].iter().rev().find(|l| l.sort != Sort::Space);
            before.is_some_and(|l| "=:([{,".contains(l.text))
        }
        _ => false,
    }
}

/// Where the run of values that begins at `at` ends: values, joined by light punctuation, with their units.
fn run_end(lexemes: &[Lexeme], at: usize) -> usize {
    let mut end = at + 1;
    loop {
        end = unit_end(lexemes, end);
        let gap = lexemes[end..]
            .iter()
            .take_while(|l| match l.sort {
                Sort::Space => true,
                Sort::Punct => ",:/-.+*#@~|_>;".contains(l.text),
                _ => false,
            })
            .count();
        if gap > 0
            && gap <= MAX_GAP
            && matches!(
                lexemes.get(end + gap),
                Some(Lexeme {
                    sort: Sort::Slot(_),
                    ..
                })
            )
        {
            end += gap + 1;
        } else if gap == 0
            && matches!(
                lexemes.get(end),
                Some(Lexeme {
                    sort: Sort::Slot(_),
                    ..
                })
            )
        {
            end += 1;
        } else {
            return end;
        }
    }
}

/// Characters between two members of a list, at most: ` -> ` and some.
const MAX_GAP: usize = 6;

/// The end of a unit that begins at `at`, perhaps after a space; `at` if there is none.
fn unit_end(lexemes: &[Lexeme], at: usize) -> usize {
    let word = match lexemes.get(at) {
        Some(Lexeme {
            sort: Sort::Space, ..
        }) => at + 1,
        _ => at,
    };
    match lexemes.get(word) {
        Some(Lexeme {
            sort: Sort::Word,
            text,
        }) if is_unit(text) => word + 1,
        _ => at,
    }
}

/// `<1 sec`: a sign before a number, not a bracket around it.
fn is_less_than(lexemes: &[Lexeme], at: usize) -> bool {
    matches!(lexemes[at].text, "<" | ">" | "~")
        && matches!(
            lexemes.get(at + 1),
            Some(Lexeme {
                sort: Sort::Slot(SlotType::Num),
                ..
            })
        )
        && lexemes
            .get(run_end(lexemes, at + 1))
            .is_none_or(|l| l.text != ">")
}

/// Whether a value could stand before `at` and does not: in empty brackets or quotes, or after an equals sign.
fn lacks_value(lexemes: &[Lexeme], at: usize) -> bool {
    let next = lexemes.get(at);
    match (lexemes[at - 1].text, next.map(|l| l.text)) {
        ("(", Some(")")) | ("[", Some("]")) => true,
        ("=", None) => true,
        ("=", Some(text)) => {
            let empty = next.is_some_and(|l| l.sort == Sort::Space) || ",;)]}&|".contains(text);
            let word_before = at >= 2 && lexemes[at - 2].sort == Sort::Word;
            empty && word_before && !is_value(lexemes, at + 1)
        }
        _ => false,
    }
}

/// The text of a run for people: as it stands, or, if it is long, the type of its members.
fn run_text<'a>(run: &[Lexeme<'a>]) -> Cow<'a, str> {
    let slots: Vec<SlotType> = run
        .iter()
        .filter_map(|l| match l.sort {
            Sort::Slot(slot) => Some(slot),
            _ => None,
        })
        .collect();
    match run {
        [one] if !slots.is_empty() => Cow::Borrowed(one.text),
        _ if slots.is_empty() => Cow::Borrowed(SlotType::Any.text()),
        _ if slots.len() <= SHOWN_IN_RUN => {
            let mut text = String::new();
            for lexeme in run {
                text.push_str(if lexeme.sort == Sort::Space {
                    " "
                } else {
                    lexeme.text
                });
            }
            Cow::Owned(text)
        }
        _ => Cow::Borrowed(
            slots
                .into_iter()
                .reduce(SlotType::join)
                .unwrap_or(SlotType::Any)
                .text(),
        ),
    }
}

/// Members of a run that are shown one by one: enough for `<ip>:<port>` and `<time> <time>`.
const SHOWN_IN_RUN: usize = 2;
