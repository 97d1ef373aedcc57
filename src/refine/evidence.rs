//! Evidence: how many distinct values a position must show before it is a variable.
//!
//! Names of things (`eth-backup`, `com.example.sync`, `readBlock`) need few, plain words many, since a plain word is
//! usually what the message says. Words that tell a state are never variable, however many of them are seen: a signature
//! that holds both "started" and "stopped" would lie.

use super::words::{announces, is_state};

/// What a word is, as far as joining goes. The classes of a word's spellings are ORed.
#[derive(Clone, Copy, Debug, Default)]
pub struct WordClass {
    /// A word at all, not punctuation.
    pub word: bool,
    /// Tells a state: never joins.
    pub state: bool,
    /// Looks like the name of a thing: separators or capitals inside.
    pub name: bool,
}

impl std::ops::BitOrAssign for WordClass {
    fn bitor_assign(&mut self, other: WordClass) {
        self.word |= other.word;
        self.state |= other.state;
        self.name |= other.name;
    }
}

/// The class of a word as it is written.
pub fn word_class(text: &str) -> WordClass {
    WordClass {
        word: true,
        state: is_state(text),
        name: is_name(text),
    }
}

/// Whether a word looks like the name of a thing rather than a word of a sentence.
fn is_name(text: &str) -> bool {
    let mut before = ' ';
    text.chars().count() == 1
        || text.chars().any(|c| {
            let inner = "._-/@\\~$&*+".contains(c)
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
    /// Whether it is the first of the message.
    pub first: bool,
    /// Words that are constant if this position is variable.
    pub constant: usize,
}

impl Place<'_> {
    /// Whether the word before says that a name follows.
    pub fn announced(&self) -> bool {
        announces(self.before)
            || (":".contains(self.before) && !self.before.is_empty() && announces(self.before_that))
    }

    /// Whether it is the value of a key.
    fn keyed(&self) -> bool {
        self.before == "="
    }

    /// Whether it stands alone in brackets or quotes.
    fn enclosed(&self) -> bool {
        matches!(
            (self.before, self.after),
            ("'", "'") | ("\"", "\"") | ("[", "]") | ("<", ">")
        )
    }
}

/// What the values of a position prove: which of them are values of one variable.
#[derive(Clone, Copy, Debug)]
pub struct Evidence {
    plain: bool,
    names: bool,
    slots: bool,
}

impl Evidence {
    /// Weighs the distinct values of a position; `None` is a slot.
    pub fn weigh<'c>(
        place: Place,
        values: impl Iterator<Item = Option<&'c WordClass>>,
    ) -> Evidence {
        let (mut plain, mut names, mut slot) = (0, 0, 0);
        for value in values {
            match value {
                None => slot = 1,
                Some(class) if class.state => {}
                Some(class) if class.name => names += 1,
                Some(_) => plain += 1,
            }
        }
        let (few, many) = match () {
            () if place.constant < 2 => (6, 12),
            () if place.first => (4, 12),
            () if place.announced() => (2, 3),
            () if place.keyed() => (2, 4),
            () if place.enclosed() => (2, 4),
            () => (3, 8),
        };
        // A variable that was cut already is proof of its own, worth two values.
        let plain = plain + names + 2 * slot >= many;
        let names = plain || names + 2 * slot >= few;
        Evidence {
            plain,
            names,
            slots: slot > 0 && names,
        }
    }

    /// Whether a value of this class is one of the variable's.
    pub fn joins(&self, class: Option<&WordClass>) -> bool {
        match class {
            None => self.slots,
            Some(class) if class.state => false,
            Some(class) if class.name => self.names,
            Some(_) => self.plain,
        }
    }
}
