//! The words of all texts of a service, numbered, and what their places say about them.

use super::{Atom, Part, Place, WordClass, word_class};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_128;

/// The token of a slot.
pub const SLOT: u32 = 0;
/// The token of a slot with white space before it.
pub const SLOT_SPACED: u32 = 1;

/// Whether a token is a slot.
pub fn is_slot(token: u32) -> bool {
    token <= SLOT_SPACED
}

/// The token of a slot, spaced like the given one.
pub fn slot_like(spaced: bool) -> u32 {
    if spaced { SLOT_SPACED } else { SLOT }
}

/// Words and punctuation, numbered twice: as tokens, where case does not count but white space before them does, and as
/// spellings, for people. Found by their 128-bit hashes, which are not collided by chance.
pub struct Lexicon<'a> {
    tokens: Vec<Token<'a>>,
    token_ids: FxHashMap<u128, u32>,
    spellings: Vec<Spelling<'a>>,
    spelling_ids: FxHashMap<u128, u32>,
}

struct Token<'a> {
    lower: Cow<'a, str>,
    spaced: bool,
    class: WordClass,
}

struct Spelling<'a> {
    text: Cow<'a, str>,
    /// Its tokens without and with white space before it; 0 until seen.
    tokens: [u32; 2],
}

impl<'a> Lexicon<'a> {
    /// One that knows slots only.
    pub fn new() -> Lexicon<'a> {
        let slot = |spaced| Token {
            lower: Cow::Borrowed(""),
            spaced,
            class: WordClass::default(),
        };
        Lexicon {
            tokens: vec![slot(false), slot(true)],
            token_ids: FxHashMap::default(),
            spellings: Vec::new(),
            spelling_ids: FxHashMap::default(),
        }
    }

    /// The token and the spelling of an atom.
    pub fn number(&mut self, atom: Atom<'a>) -> (u32, u32) {
        let (text, class) = match atom.part {
            Part::Slot(text) => return (slot_like(atom.spaced), self.spelling(text)),
            Part::Word(text) => (text, Some(text)),
            Part::Punct(text) => (text, None),
        };
        let spelling = self.spelling(Cow::Borrowed(text));
        let known = self.spellings[spelling as usize].tokens[usize::from(atom.spaced)];
        if known != 0 {
            return (known, spelling);
        }
        let class = class.map(word_class).unwrap_or_default();
        let lower = if text.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
        let next = self.tokens.len() as u32;
        let key = xxh3_128(lower.as_bytes()).wrapping_add(u128::from(atom.spaced));
        let token = *self.token_ids.entry(key).or_insert(next);
        if token == next {
            let spaced = atom.spaced;
            self.tokens.push(Token {
                lower,
                spaced,
                class,
            });
        } else {
            // A word is what any of its spellings is, so that no order of arrival matters.
            self.tokens[token as usize].class |= class;
        }
        self.spellings[spelling as usize].tokens[usize::from(atom.spaced)] = token;
        (token, spelling)
    }

    /// The number of a spelling.
    pub fn spelling(&mut self, text: Cow<'a, str>) -> u32 {
        let next = self.spellings.len() as u32;
        let id = *self
            .spelling_ids
            .entry(xxh3_128(text.as_bytes()))
            .or_insert(next);
        if id == next {
            self.spellings.push(Spelling {
                text,
                tokens: [0; 2],
            });
        }
        id
    }

    /// The text of a spelling.
    pub fn spelt(&self, spelling: u32) -> &Cow<'a, str> {
        &self.spellings[spelling as usize].text
    }

    /// The text of a token in lower case; empty for a slot.
    pub fn lower(&self, token: u32) -> &str {
        &self.tokens[token as usize].lower
    }

    /// Whether white space stands before a token.
    pub fn is_spaced(&self, token: u32) -> bool {
        self.tokens[token as usize].spaced
    }

    /// The class of a word or of punctuation; `None` for a slot.
    pub fn class(&self, token: u32) -> Option<&WordClass> {
        (!is_slot(token)).then(|| &self.tokens[token as usize].class)
    }

    /// Whether a token is a word.
    pub fn is_word(&self, token: u32) -> bool {
        self.class(token).is_some_and(|c| c.word)
    }

    /// Whether a token is a word or a slot, and not punctuation.
    pub fn is_value(&self, token: u32) -> bool {
        self.class(token).is_none_or(|c| c.word)
    }

    /// How many words besides those at `varying` there are. A single letter is none.
    pub fn constant_words(&self, tokens: &[u32], varying: &[usize]) -> usize {
        (tokens.iter().enumerate())
            .filter(|(at, token)| {
                self.is_word(**token) && self.lower(**token).len() > 1 && !varying.contains(at)
            })
            .count()
    }

    /// Where the position `at` of `tokens` stands. `in_change`: whether a word before it says that a state changes.
    fn place_after<'l>(&'l self, tokens: &[u32], at: usize, in_change: bool) -> Place<'l> {
        let text = |i: Option<usize>| i.and_then(|i| tokens.get(i)).map_or("", |&t| self.lower(t));
        Place {
            before: text(at.checked_sub(1)),
            before_that: text(at.checked_sub(2)),
            after: text(Some(at + 1)),
            first: false,
            in_change,
            constant: 0,
        }
    }

    /// Where the position `at` of `tokens` stands, if the positions `varying` are variable.
    pub fn place<'l>(&'l self, tokens: &[u32], at: usize, varying: &[usize]) -> Place<'l> {
        let in_change = tokens[..at].iter().any(|&t| self.says_change(t));
        Place {
            first: !tokens[..at].iter().any(|&t| self.is_value(t)),
            constant: self.constant_words(tokens, varying),
            ..self.place_after(tokens, at, in_change)
        }
    }

    fn says_change(&self, token: u32) -> bool {
        self.tokens[token as usize].class.change
    }

    /// The positions that may vary together: slots, names, and words that were announced.
    pub fn weak_positions(&self, tokens: &[u32]) -> Vec<usize> {
        let mut in_change = false;
        let mut weak = Vec::new();
        for (at, &token) in tokens.iter().enumerate() {
            let varies = self.class(token).is_none_or(|class| {
                let announced = || self.place_after(tokens, at, in_change).announced();
                class.word && ((class.name && !class.state) || announced())
            });
            if varies {
                weak.push(at);
            }
            in_change |= self.says_change(token);
        }
        weak
    }
}
