//! Texts as rows of numbers: the words of all texts numbered, and what a set of texts shares.

use super::text::{Part, is_light, join_slots, run_of_slots};
use super::{Atom, Place, WordClass, word_class};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

/// The token of a slot.
pub const SLOT: u32 = 0;
/// The token of a slot with white space before it.
pub const SLOT_SPACED: u32 = 1;
/// Stands for any token in a hash.
pub const WILD: u32 = u32::MAX;

/// What a set of texts shares.
#[derive(Clone, Debug)]
pub struct Pattern<'a> {
    service: u32,
    /// Numbers of constants, [`SLOT`] and [`SLOT_SPACED`].
    pub tokens: Vec<u32>,
    /// The text of each token for people; does not count in comparisons.
    shown: Vec<Cow<'a, str>>,
}

impl PartialEq for Pattern<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Pattern<'_> {}

impl PartialOrd for Pattern<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pattern<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.service, &self.tokens).cmp(&(other.service, &other.tokens))
    }
}

impl Pattern<'_> {
    /// A hash of everything but the slots' texts: a sum over positions, so that [`Pattern::swap`] can change one.
    pub fn hash(&self) -> u128 {
        let head = part_hash(usize::MAX, self.service)
            .wrapping_add(part_hash(usize::MAX - 1, self.tokens.len() as u32));
        let parts = self.tokens.iter().enumerate();
        parts.fold(head, |sum, (at, &token)| {
            sum.wrapping_add(part_hash(at, token))
        })
    }

    /// The hash with another token at a position.
    pub fn swap(hash: u128, at: usize, from: u32, to: u32) -> u128 {
        hash.wrapping_sub(part_hash(at, from))
            .wrapping_add(part_hash(at, to))
    }
}

fn part_hash(position: usize, token: u32) -> u128 {
    let mut bytes = [0u8; 12];
    bytes[..8].copy_from_slice(&(position as u64).to_le_bytes());
    bytes[8..].copy_from_slice(&token.to_le_bytes());
    xxhash_rust::xxh3::xxh3_128(&bytes)
}

/// All words and punctuation of all texts, numbered. Words that differ in case have one number.
pub struct Lexicon {
    services: Vec<String>,
    ids: HashMap<(String, bool), u32>,
    words: Vec<Constant>,
}

struct Constant {
    lower: String,
    spaced: bool,
    class: WordClass,
}

impl Lexicon {
    /// Empty but for the services.
    pub fn new(services: &[String]) -> Lexicon {
        let mut services = services.to_vec();
        services.sort();
        services.dedup();
        let blank = |spaced| Constant {
            lower: String::new(),
            spaced,
            class: WordClass::default(),
        };
        Lexicon {
            services,
            ids: HashMap::new(),
            words: vec![blank(false), blank(true)],
        }
    }

    /// The pattern of one text.
    pub fn pattern<'a>(&mut self, text: &[Atom<'a>], service: &String) -> Pattern<'a> {
        Pattern {
            service: self.services.binary_search(service).unwrap_or(0) as u32,
            tokens: text.iter().map(|atom| self.number(atom)).collect(),
            shown: text.iter().map(|atom| atom.part.text()).collect(),
        }
    }

    fn number(&mut self, atom: &Atom) -> u32 {
        let (text, class) = match atom.part {
            Part::Slot(_) => return slot(atom.spaced),
            Part::Word(text) => (text, word_class(text)),
            Part::Punct(text) => (text, WordClass::default()),
        };
        let lower = text.to_lowercase();
        let next = self.words.len() as u32;
        let id = *self.ids.entry((lower.clone(), atom.spaced)).or_insert(next);
        if id == next {
            let spaced = atom.spaced;
            self.words.push(Constant {
                lower,
                spaced,
                class,
            });
        } else {
            // A word is what any of its spellings is, so that no order of arrival matters.
            self.words[id as usize].class |= class;
        }
        id
    }

    /// The class of a word; `None` for a slot.
    pub fn class(&self, token: u32) -> Option<&WordClass> {
        (token > SLOT_SPACED).then(|| &self.words[token as usize].class)
    }

    fn is_word(&self, token: u32) -> bool {
        self.class(token).is_some_and(|c| c.word)
    }

    /// Whether a token is a word or a slot, and not punctuation.
    pub fn is_value(&self, token: u32) -> bool {
        self.class(token).is_none_or(|c| c.word)
    }

    /// Whether the token at `at` may vary together with others: a slot, a name, or a word that was announced.
    pub fn is_weak(&self, pattern: &Pattern, at: usize) -> bool {
        match self.class(pattern.tokens[at]) {
            None => true,
            Some(class) => {
                class.word && !class.state && (class.name || self.place(pattern, at).announced())
            }
        }
    }

    /// How many words besides those at `varying` a pattern has. A single letter is none.
    pub fn constant_words(&self, pattern: &Pattern, varying: &[usize]) -> usize {
        (pattern.tokens.iter().enumerate())
            .filter(|(at, token)| {
                !varying.contains(at)
                    && self.is_word(**token)
                    && self.words[**token as usize].lower.len() > 1
            })
            .count()
    }

    /// Where the position `at` stands.
    pub fn place<'l>(&'l self, pattern: &'l Pattern, at: usize) -> Place<'l> {
        let text = |i: usize| {
            pattern
                .tokens
                .get(i)
                .map_or("", |&t| self.words[t as usize].lower.as_str())
        };
        let before = |n: usize| if at < n { "" } else { text(at - n) };
        Place {
            before: before(1),
            before_that: before(2),
            after: text(at + 1),
            first: !pattern.tokens[..at].iter().any(|&t| self.is_value(t)),
            in_change: pattern.tokens[..at]
                .iter()
                .any(|&t| self.words[t as usize].class.change),
            constant: self.constant_words(pattern, &[at]),
        }
    }

    /// What patterns of the same length share; runs of slots become one.
    pub fn join<'a: 'p, 'p>(
        &self,
        mut patterns: impl Iterator<Item = &'p Pattern<'a>>,
    ) -> Option<Pattern<'a>> {
        let mut shared = patterns.next()?.clone();
        for pattern in patterns {
            for at in 0..shared.tokens.len() {
                let named = self.named_slot(&shared.tokens[..at]);
                let (mine, theirs) = (shared.tokens[at], pattern.tokens[at]);
                let (x, y) = (shared.shown[at].clone(), pattern.shown[at].clone());
                if mine == theirs && mine > SLOT_SPACED {
                    shared.shown[at] = x.min(y);
                } else {
                    let typed = |token: u32, text| {
                        if token > SLOT_SPACED {
                            Cow::Borrowed(named)
                        } else {
                            text
                        }
                    };
                    shared.tokens[at] = slot(self.is_spaced(mine) || self.is_spaced(theirs));
                    shared.shown[at] = join_slots(typed(mine, x), typed(theirs, y));
                }
            }
        }
        Some(self.fold(shared))
    }

    fn is_spaced(&self, token: u32) -> bool {
        self.words[token as usize].spaced
    }

    /// What the word before a slot says it holds.
    fn named_slot(&self, before: &[u32]) -> &'static str {
        let word = before.iter().rev().find(|&&t| self.is_value(t));
        match word.map(|&t| self.words[t as usize].lower.as_str()) {
            Some("user" | "ruser" | "username" | "account" | "login") => "<user>",
            Some("host" | "rhost" | "hostname" | "server" | "node") => "<host>",
            _ => "<*>",
        }
    }

    /// Makes one slot of each run of slots.
    fn fold<'a>(&self, pattern: Pattern<'a>) -> Pattern<'a> {
        let mut folded = Pattern {
            service: pattern.service,
            tokens: Vec::with_capacity(pattern.tokens.len()),
            shown: Vec::with_capacity(pattern.tokens.len()),
        };
        let mut at = 0;
        while at < pattern.tokens.len() {
            let mut end = at + 1;
            while pattern.tokens[at] <= SLOT_SPACED
                && let Some(next) = self.next_of_run(&pattern.tokens, end)
            {
                end = next + 1;
            }
            folded.tokens.push(pattern.tokens[at]);
            folded.shown.push(if end == at + 1 {
                pattern.shown[at].clone()
            } else {
                let run = self.spelt(&pattern, at, end);
                Cow::Owned(run_of_slots(run.trim_start()).into_owned())
            });
            at = end;
        }
        folded
    }

    /// The index of the slot that continues a run after `at`, past light punctuation.
    fn next_of_run(&self, tokens: &[u32], at: usize) -> Option<usize> {
        let light = |t: &&u32| **t > SLOT_SPACED && is_light(&self.words[**t as usize].lower);
        let gap = tokens[at..].iter().take_while(light).count();
        (gap <= 3 && *tokens.get(at + gap)? <= SLOT_SPACED).then_some(at + gap)
    }

    fn spelt(&self, pattern: &Pattern, from: usize, to: usize) -> String {
        let mut out = String::new();
        for at in from..to {
            out.push_str(if self.is_spaced(pattern.tokens[at]) {
                " "
            } else {
                ""
            });
            out.push_str(&pattern.shown[at]);
        }
        out
    }

    /// The pattern as text for people.
    pub fn text(&self, pattern: &Pattern) -> String {
        self.spelt(pattern, 0, pattern.tokens.len())
            .trim_start()
            .to_string()
    }

    /// The patterns that come of putting a bare slot in the place of each composite value that holds one.
    pub fn with_bare_segments<'a>(&self, pattern: &Pattern<'a>) -> Vec<Pattern<'a>> {
        let tokens = &pattern.tokens;
        let mut out = Vec::new();
        let mut start = 0;
        for end in 1..=tokens.len() {
            if end < tokens.len() && !self.is_spaced(tokens[end]) {
                continue;
            }
            if let Some((a, b)) = self.composite(tokens, start, end) {
                let mut bare = pattern.clone();
                bare.tokens.splice(a..b, [slot(self.is_spaced(tokens[a]))]);
                bare.shown.splice(a..b, [Cow::Borrowed("<*>")]);
                out.push(self.fold(bare));
            }
            start = end;
        }
        out
    }

    /// The composite value in the piece between two spaces: without a key, brackets and quotes around it, and
    /// punctuation after it; it must begin with a word and hold a slot.
    fn composite(&self, tokens: &[u32], start: usize, end: usize) -> Option<(usize, usize)> {
        let text = |at: usize| self.words[tokens[at] as usize].lower.as_str();
        let (mut a, mut b) = (start, end);
        if let Some(key) = (start..end).find(|&at| text(at) == "=") {
            a = key + 1;
        }
        while a < b && !self.is_value(tokens[a]) {
            a += 1;
        }
        while b > a && !self.is_value(tokens[b - 1]) && !self.closes_own(&tokens[a..b]) {
            b -= 1;
        }
        let holds_slot = tokens.get(a..b)?.iter().any(|&t| t <= SLOT_SPACED);
        (b - a > 1 && self.is_word(tokens[a]) && holds_slot).then_some((a, b))
    }

    /// Whether the last token closes a bracket opened among them.
    fn closes_own(&self, tokens: &[u32]) -> bool {
        let count = |bracket: &str| {
            tokens
                .iter()
                .filter(|&&t| self.words[t as usize].lower == bracket)
                .count()
        };
        let Some(&last) = tokens.last() else {
            return false;
        };
        match self.words[last as usize].lower.as_str() {
            ")" => count("(") >= count(")"),
            "]" => count("[") >= count("]"),
            "}" => count("{") >= count("}"),
            ">" => count("<") >= count(">"),
            _ => false,
        }
    }
}

fn slot(spaced: bool) -> u32 {
    if spaced { SLOT_SPACED } else { SLOT }
}
