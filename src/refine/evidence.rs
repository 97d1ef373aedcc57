//! Evidence: how many distinct values a position must show before it is a variable.
//!
//! Names of things (`eth-backup`, `com.example.sync`, `readBlock`) need few, plain words many, since a plain word is
//! usually what the message says. Words that tell a state are kept apart: a signature that holds both "started" and
//! "stopped" would lie.

use super::{announces, has_state, has_turn, is_change};

/// What a word is, as far as joining goes. The classes of a word's spellings are ORed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WordClass {
    /// A word at all, not punctuation.
    pub word: bool,
    /// Tells a state: joins only very many others.
    pub state: bool,
    /// Is the bad or the ending side of a pair of states: never joins.
    pub turn: bool,
    /// Looks like the name of a thing: separators or capitals inside.
    pub name: bool,
    /// Has one hyphen inside: a word or a name.
    pub compound: bool,
    /// Says that a state changes.
    pub change: bool,
}

impl std::ops::BitOrAssign for WordClass {
    fn bitor_assign(&mut self, other: WordClass) {
        self.word |= other.word;
        self.state |= other.state;
        self.turn |= other.turn;
        self.name |= other.name;
        self.compound |= other.compound;
        self.change |= other.change;
    }
}

/// The class of a word as it is written.
pub fn word_class(text: &str) -> WordClass {
    WordClass {
        word: true,
        state: has_state(text),
        turn: has_turn(text),
        name: is_name(text),
        compound: text.contains('-'),
        change: is_change(text),
    }
}

/// Whether a word looks like the name of a thing rather than a word of a sentence: it has separators or capitals inside,
/// is a single letter, or could be a number in hexadecimal that happens to have no digit. One hyphen makes no name (`read-only`) but a [`WordClass::compound`].
fn is_name(text: &str) -> bool {
    let mut before = ' ';
    text.chars().count() == 1
        || (text.len() >= 6 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        || text.matches('-').count() > 1
        || text.ends_with('-')
        || text.chars().any(|c| {
            let inner = "._/@\\~$&*+ ".contains(c)
                || c.is_ascii_digit()
                || (before.is_lowercase() && c.is_uppercase());
            before = c;
            inner
        })
}

/// Where a position stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The atom before it, in lower case; empty at the beginning and after a slot.
    pub before: &'a str,
    /// The atom before that.
    pub before_that: &'a str,
    /// The atom after it.
    pub after: &'a str,
    /// Whether it is the first value of the message.
    pub first: bool,
    /// Whether a word before it says that a state changes.
    pub in_change: bool,
    /// Words that are constant if this position is variable.
    pub constant: usize,
}

/// Distinct values a position needs: names and plain words, alone and where a slot was seen in the same place.
struct Need {
    names: usize,
    plain: usize,
    names_with_slot: usize,
    plain_with_slot: usize,
}

/// More values than there can be.
const NEVER: usize = usize::MAX / 4;

impl Place<'_> {
    /// The word that leads to this place, past a colon, an equals sign, a quote or a bracket.
    fn lead(&self) -> &str {
        match self.before {
            ":" | "=" | "'" | "\"" | "[" | "(" => self.before_that,
            word => word,
        }
    }

    /// Whether the word before says that a name follows.
    pub fn announced(&self) -> bool {
        self.before != "=" && announces(self.lead()) && !self.tells_state()
    }

    /// Whether what stands here is a state: after `state:`, or between what changes from and to.
    fn tells_state(&self) -> bool {
        is_state_key(self.lead()) || (self.in_change && matches!(self.before, "from" | "to"))
    }

    /// How much is needed here. None of the numbers is delicate: half or double of any moves the grouping accuracy on
    /// public logs by two points at most, and most of them by none.
    fn need(&self) -> Need {
        let enclosed = matches!(
            (self.before, self.after),
            ("'", "'") | ("\"", "\"") | ("[", "]") | ("<", ">")
        );
        let (names, plain, names_with_slot, plain_with_slot) = match () {
            // A message of nothing but values is not one family.
            () if self.constant == 0 => (NEVER, NEVER, NEVER, NEVER),
            // One word hardly says that it is the same sentence.
            () if self.constant == 1 => (6, 12, 3, 8),
            // States carry the meaning; only more of them than anything has states are names.
            () if self.tells_state() => (16, 24, 8, 16),
            // What comes first is mostly who speaks or what happened.
            () if self.first => (4, 12, 2, 6),
            // The sentence itself says that a name follows; two words may still be two settings.
            () if self.announced() => (2, 3, 1, 1),
            // A value by its punctuation; three are often all the choices there are.
            () if self.before == "=" || enclosed => (2, 4, 1, 2),
            // A plain word in a sentence is mostly what the sentence says.
            () => (3, 8, 1, 3),
        };
        Need {
            names,
            plain,
            names_with_slot,
            plain_with_slot,
        }
    }
}

/// Words after which a state stands, or a sentence; of the first also names that end in them: `EventType`.
fn is_state_key(word: &str) -> bool {
    #[rustfmt::skip]
    const ENDINGS: [&str; 9] = [
        "state", "status", "mode", "phase", "level", "reason", "result", "type", "severity",
    ];
    #[rustfmt::skip]
    const WORDS: [&str; 21] = [
        "action", "cause", "condition", "desc", "description", "detail", "details", "err", "error", "event", "health",
        "is", "message", "method", "msg", "operation", "outcome", "priority", "stage", "subject", "text",
    ];
    let last = word.rsplit(['_', '-', '.']).next().unwrap_or(word);
    WORDS.contains(&last) || ENDINGS.iter().any(|key| last.ends_with(key))
}

/// In how many positions the texts in question differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differing {
    /// In the one that is weighed.
    Here,
    /// In others too. Then a slot seen here proves little, for its text may be about something else.
    Elsewhere,
}

/// What the values of a position prove: which of them are values of one variable.
#[derive(Clone, Copy, Debug)]
pub struct Evidence {
    states: bool,
    plain: bool,
    compounds: bool,
    names: bool,
}

/// Times the values a plain word needs from which even a word that tells a state is just one more name: a hundred users
/// may well include one called `default`.
const OVERWHELMING: usize = 3;

impl Evidence {
    /// Weighs the distinct values of a position; `None` is a slot.
    pub fn weigh<'c>(
        place: Place,
        differing: Differing,
        values: impl Iterator<Item = Option<&'c WordClass>>,
    ) -> Evidence {
        let (mut plain, mut compounds, mut names, mut slots) = (0, 0, 0, 0);
        for value in values {
            match value {
                None => slots = 1,
                Some(class) if class.state => {}
                Some(class) if class.name => names += 1,
                Some(class) if class.compound => compounds += 1,
                Some(_) => plain += 1,
            }
        }
        let need = place.need();
        let words = plain + compounds + names;
        let proven = slots > 0 && differing == Differing::Here;
        let beside = if proven { 0 } else { slots };
        let plain = words + beside >= need.plain || (proven && words >= need.plain_with_slot);
        let compounds = plain || (proven && names + compounds >= need.names_with_slot);
        Evidence {
            states: words >= OVERWHELMING * need.plain,
            plain,
            compounds,
            names: compounds || names + beside >= need.names,
        }
    }

    /// Whether a value of this class is one of the variable's.
    pub fn joins(&self, class: Option<&WordClass>) -> bool {
        match class {
            None => self.names,
            Some(class) if class.turn => false,
            Some(class) if class.state => self.states,
            Some(class) if class.name => self.names,
            Some(class) if class.compound => self.compounds,
            Some(_) => self.plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(before: &str) -> Place<'_> {
        Place {
            before,
            before_that: "",
            after: "",
            first: false,
            in_change: false,
            constant: 3,
        }
    }

    /// Whether the first of `values` joins the others; `<*>` is a slot.
    fn joins(place: Place, values: &[&str]) -> bool {
        let classes: Vec<Option<WordClass>> = values
            .iter()
            .map(|v| (*v != "<*>").then(|| word_class(v)))
            .collect();
        let evidence = Evidence::weigh(place, Differing::Here, classes.iter().map(Option::as_ref));
        evidence.joins(classes[0].as_ref())
    }

    #[test]
    fn a_place_says_how_much_is_needed() {
        let three = ["oslo", "paris", "rome"];
        assert!(joins(place("user"), &three));
        assert!(!joins(place("user"), &three[..2]));
        assert!(!joins(place("="), &three));
        assert!(joins(place("="), &["oslo", "paris", "rome", "vienna"]));
        assert!(!joins(place("city"), &["oslo", "paris", "rome", "vienna"]));
        assert!(joins(place("city"), &["a.b", "c.d", "e.f"]));
        assert!(!joins(place("state"), &["a.b", "c.d", "e.f"]));
    }

    #[test]
    fn a_slot_is_proof() {
        assert!(joins(place("city"), &["a.b", "<*>"]));
        assert!(joins(place("city"), &["x-y", "<*>"]));
        assert!(!joins(place("city"), &["oslo", "<*>"]));
        assert!(!joins(
            place("city"),
            &["failed", "oslo", "rome", "paris", "<*>"]
        ));
    }

    #[test]
    fn a_state_may_be_a_name_among_very_many() {
        let names: Vec<String> = (0..9u8)
            .map(|i| format!("kurt{}", char::from(b'a' + i)))
            .collect();
        let mut all = vec!["default"];
        all.extend(names.iter().map(String::as_str));
        assert!(joins(place("user"), &all));
        assert!(!joins(place("user"), &all[..9]));
        all[0] = "stopped";
        assert!(!joins(place("user"), &all));
    }

    #[test]
    fn nothing_joins_where_nothing_is_constant() {
        let names: Vec<String> = (0..99u8).map(|i| format!("{i}.x")).collect();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(!joins(
            Place {
                constant: 0,
                ..place("")
            },
            &all
        ));
    }
}
