//! Alignment: which part of a logtype, and so which variables, a slot of a template stands for.
//!
//! A template holds what all logtypes of a signature share, so its constants are found in each of them, in order; what lies between
//! two of them is the value of the slot between them. This is done once per logtype; the value in a message is then put
//! together from the variables of that message alone, whatever words they hold.

use super::{Lexeme, Part, SlotType, Sort, atoms, escape_end, join, lex, render};

/// The constants and slots of a template.
pub struct Layout {
    parts: Vec<Piece>,
    slots: Vec<TemplateSlot>,
}

enum Piece {
    Constant(String),
    Slot(String),
}

/// A slot of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateSlot {
    /// As the template shows it: `<ip>:<port>`; empty for a value that no message had.
    pub text: String,
    /// The constants before it, as far back as the slot before: `from `, `password=`.
    pub before: String,
}

/// The part of a logtype that a slot stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where it is in the logtype.
    bytes: std::ops::Range<usize>,
    /// How many variables stand before it.
    first: usize,
}

impl Stretch {
    /// The text of the slot in a message of this logtype and these variables.
    pub fn value<'a>(&self, logtype: &[u8], variables: impl Iterator<Item = &'a [u8]>) -> String {
        let mut out = Vec::new();
        join(
            &logtype[self.bytes.clone()],
            variables.skip(self.first),
            &mut out,
        );
        String::from_utf8_lossy(&out).trim().to_string()
    }
}

impl Layout {
    /// The layout of a template.
    pub fn of(template: &str) -> Layout {
        let (mut parts, mut slots, mut since) = (Vec::new(), Vec::new(), Vec::new());
        for atom in atoms(template) {
            match &atom.part {
                Part::Word(text) | Part::Punct(text) => {
                    let words = lex(text).into_iter().filter(|l| l.sort != Sort::Space);
                    parts.extend(words.map(|l| Piece::Constant(l.text.to_string())));
                    since.push(atom);
                }
                Part::Slot(text) => {
                    let mut before = render(&since);
                    if atom.spaced && !before.is_empty() {
                        before.push(' ');
                    }
                    since.clear();
                    for member in members(text) {
                        match &member {
                            Piece::Constant(text) => before.push_str(text),
                            Piece::Slot(text) => slots.push(TemplateSlot {
                                text: text.clone(),
                                before: std::mem::take(&mut before),
                            }),
                        }
                        parts.push(member);
                    }
                }
            }
        }
        Layout { parts, slots }
    }

    /// The slots, in order.
    pub fn slots(&self) -> &[TemplateSlot] {
        &self.slots
    }

    /// For each slot what it stands for in a logtype; `None` when the constants are not all there, in order.
    pub fn align(&self, logtype: &[u8]) -> Option<Vec<Stretch>> {
        let (text, origin) = spelt(logtype);
        let words: Vec<Lexeme> = lex(&text)
            .into_iter()
            .filter(|l| l.sort != Sort::Space)
            .collect();
        let places = self.places(&words)?;
        let begin = |word: usize| {
            let at = words.get(word).map_or(text.len(), |l| l.at);
            origin.get(at).copied().unwrap_or(logtype.len())
        };
        let stretch = |(from, to): (usize, usize)| {
            let end = match to.checked_sub(1).filter(|last| *last >= from) {
                Some(last) => {
                    let end = words[last].at + words[last].text.len();
                    origin.get(end).copied().unwrap_or(logtype.len())
                }
                None => begin(from),
            };
            let bytes = begin(from)..end.max(begin(from));
            let marker = |b: &&u8| SlotType::from_marker(**b).is_some();
            Stretch {
                first: logtype[..bytes.start].iter().filter(marker).count(),
                bytes,
            }
        };
        Some(places.into_iter().map(stretch).collect())
    }

    /// For each slot the words it stands for: as few as the constants after it allow, but the last one all that are left.
    fn places(&self, words: &[Lexeme]) -> Option<Vec<(usize, usize)>> {
        let mut runs: Vec<Vec<&str>> = vec![Vec::new()];
        for part in &self.parts {
            match part {
                Piece::Constant(text) => runs.last_mut()?.push(text),
                Piece::Slot(_) => runs.push(Vec::new()),
            }
        }
        let stands = |run: &[&str], at: usize| {
            let here = words.get(at..at + run.len());
            here.is_some_and(|here| {
                (here.iter().zip(run)).all(|(word, text)| word.text.eq_ignore_ascii_case(text))
            })
        };
        let (first, rest) = runs.split_first()?;
        if !stands(first, 0) {
            return None;
        }
        let mut at = first.len();
        let mut places = Vec::with_capacity(rest.len());
        for (i, run) in rest.iter().enumerate() {
            let from = match (i + 1 == rest.len(), run.is_empty()) {
                (true, _) => words.len().checked_sub(run.len())?.max(at),
                // Two slots of a run with nothing but space between them: the first is one word.
                (false, true) => (at + 1).min(words.len()),
                (false, false) => at,
            };
            let to = (from..=words.len()).find(|&to| stands(run, to))?;
            places.push((at, to));
            at = to + run.len();
        }
        (at == words.len()).then_some(places)
    }
}

/// The slots of a run, and the constants between them: `<ip>:<port>` is two slots. What holds words (the unit of a number) or a
/// time, whose parts a logtype may spell, is one.
fn members(text: &str) -> Vec<Piece> {
    let lexemes = lex(text);
    let slots = lexemes.iter().filter(|l| matches!(l.sort, Sort::Slot(_)));
    let whole = slots.count() < 2
        || (lexemes.iter()).any(|l| matches!(l.sort, Sort::Word | Sort::Slot(SlotType::Time)));
    if whole {
        return vec![Piece::Slot(text.to_string())];
    }
    let told = lexemes.iter().filter(|l| l.sort != Sort::Space);
    let member = |l: &Lexeme| match l.sort {
        Sort::Slot(_) => Piece::Slot(l.text.to_string()),
        _ => Piece::Constant(l.text.to_string()),
    };
    told.map(member).collect()
}

/// The logtype as text, slots spelt out, and for each byte of the text where it comes from. Unlike the text people read, it keeps
/// white space as it is.
fn spelt(logtype: &[u8]) -> (String, Vec<usize>) {
    let (mut text, mut origin) = (String::new(), Vec::new());
    let mut base = 0;
    let mut shown = 0;
    for chunk in logtype.utf8_chunks() {
        for (at, c) in chunk.valid().char_indices() {
            let from = base + at;
            if from < shown {
                continue;
            }
            let slot = u8::try_from(c).ok().and_then(SlotType::from_marker);
            match (slot, c) {
                (Some(slot), _) => text.push_str(slot.text()),
                (None, '\x1b') => shown = escape_end(logtype, from),
                (None, c) if c.is_ascii_whitespace() || c == '\x0b' => text.push(' '),
                (None, c) if c.is_ascii_control() => {}
                (None, c) => text.push(c),
            }
            origin.resize(text.len(), from);
        }
        base += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            text.push('\u{fffd}');
            origin.resize(text.len(), base);
            base += chunk.invalid().len();
        }
    }
    (text, origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refine::{Cut, normalise};
    use proptest::prelude::*;

    /// The values of a template's slots in a message.
    fn values(template: &str, message: &str) -> Option<Vec<String>> {
        let mut cut = Cut::new();
        cut.cut(message.as_bytes());
        let stretches = Layout::of(template).align(&cut.logtype)?;
        let variables = || cut.vars.iter().map(|v| v.of(message.as_bytes()));
        let value = |s: Stretch| s.value(&cut.logtype, variables());
        Some(stretches.into_iter().map(value).collect())
    }

    #[test]
    fn slots_stand_for_what_is_between_the_constants() {
        for (template, message, expected) in [
            (
                "Failed password for <user> from <ip> port <port>",
                "Failed password for root from 10.0.0.7 port 22001",
                &["root", "10.0.0.7", "22001"][..],
            ),
            ("port <port> <*>", "port 22001 ssh2", &["22001", "ssh2"]),
            (
                "read <num> KB, <num> ms",
                "read 5 KB, 7 ms",
                &["5 KB, 7 ms"],
            ),
            ("took <num> ms", "Took  15 ms", &["15 ms"]),
            ("took <num>", "took 5 KB", &["5 KB"]),
            ("ports <num>", "ports 1, 2, 3", &["1, 2, 3"]),
            (
                "at <time> it ended",
                "at Fri Jun 17 07:07:00 2005 it ended",
                &["Fri Jun 17 07:07:00 2005"],
            ),
            (
                "<ip>:<port> -> <ip>:<port> open",
                "10.0.0.1:80 -> 10.0.0.2:443 open",
                &["10.0.0.1", "80", "10.0.0.2", "443"],
            ),
            (
                "call (<num>) from <host> to <host>",
                "call () from a to to",
                &["", "a", "to"],
            ),
            (
                "disk <*> is full",
                "\u{1b}[1mdisk\u{1b}[0m sda1 is full",
                &["sda1"],
            ),
            ("user=<user>", "user=from 5", &["from 5"]),
            ("nothing varies", "Nothing varies", &[]),
        ] {
            assert_eq!(
                values(template, message).as_deref(),
                Some(&expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..]),
                "{template}"
            );
        }
    }

    #[test]
    fn a_logtype_of_another_template_is_not_aligned() {
        assert_eq!(values("disk <*> is full", "disk sda1 is empty"), None);
        assert_eq!(values("disk <*> is full", "the disk sda1 is full"), None);
        assert_eq!(values("disk is full", "disk is full now"), None);
    }

    #[test]
    fn slots_know_what_stands_before_them() {
        let layout = Layout::of("login user=<user> password=<*> from <ip>");
        let before: Vec<&str> = layout.slots().iter().map(|s| s.before.as_str()).collect();
        assert_eq!(before, ["login user=", "password=", "from "]);
    }

    proptest! {
        #[test]
        fn any_logtype_aligns_with_its_own_text(message in "(([a-z]{1,6}|[0-9]{1,4}|10\\.0\\.0\\.[0-9]|/var/[a-z]{1,3}|k=|k=v1|\\(\\)|x:|ms|,|\"q\") ?){0,12}") {
            let mut cut = Cut::new();
            cut.cut(message.as_bytes());
            let template = normalise(&cut.logtype);
            prop_assert!(Layout::of(&template).align(&cut.logtype).is_some(), "{}", template);
        }

        #[test]
        fn any_bytes_are_aligned_or_not(message in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut cut = Cut::new();
            cut.cut(&message);
            let template = normalise(&cut.logtype);
            if let Some(stretches) = Layout::of(&template).align(&cut.logtype) {
                for s in stretches {
                    s.value(&cut.logtype, cut.vars.iter().map(|v| v.of(&message)));
                }
            }
        }
    }
}
