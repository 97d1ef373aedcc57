//! What a set of texts shares: a row of constants and slots.

use super::{Lexicon, atoms, is_light, is_slot, join_slots, run_of_slots, slot_like};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Stands for any token in a hash.
pub const WILD: u32 = u32::MAX;
/// Punctuation between two slots of a run, at most.
const MAX_GAP: usize = 3;

/// Composite values of a text that are tried; more of them are a dump of data.
const MAX_COMPOSITES: usize = 8;

/// Constants and slots, as the numbers a [`Lexicon`] gives them. Spellings do not count in comparisons.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Tokens.
    pub tokens: Vec<u32>,
    /// The spelling of each token.
    spellings: Vec<u32>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Pattern {}

impl PartialOrd for Pattern {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pattern {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.tokens.len(), &self.tokens).cmp(&(other.tokens.len(), &other.tokens))
    }
}

impl Pattern {
    /// The pattern of one normalised text.
    pub fn new<'a>(lexicon: &mut Lexicon<'a>, text: &'a str) -> Pattern {
        let (tokens, spellings) = atoms(text)
            .into_iter()
            .map(|atom| lexicon.number(atom))
            .unzip();
        Pattern { tokens, spellings }
    }

    /// A hash of the tokens: a sum over positions, so that [`Pattern::swap`] can change one.
    pub fn hash(&self) -> u128 {
        let start = part_hash(usize::MAX, self.tokens.len() as u32);
        let parts = self.tokens.iter().enumerate();
        parts.fold(start, |sum, (at, &token)| {
            sum.wrapping_add(part_hash(at, token))
        })
    }

    /// The hash with another token at a position.
    pub fn swap(hash: u128, at: usize, from: u32, to: u32) -> u128 {
        hash.wrapping_sub(part_hash(at, from))
            .wrapping_add(part_hash(at, to))
    }

    /// What patterns of one length share, with runs of slots as one. `None` if there are no patterns.
    pub fn shared<'p>(
        lexicon: &mut Lexicon,
        mut patterns: impl Iterator<Item = &'p Pattern>,
    ) -> Option<Pattern> {
        let mut shared = patterns.next()?.clone();
        for pattern in patterns {
            for at in 0..shared.tokens.len() {
                shared.widen_at(lexicon, at, pattern);
            }
        }
        Some(shared.folded(lexicon))
    }

    fn widen_at(&mut self, lexicon: &mut Lexicon, at: usize, other: &Pattern) {
        let (mine, theirs) = (self.tokens[at], other.tokens[at]);
        if mine == theirs && self.spellings[at] == other.spellings[at] {
            return;
        }
        let (x, y) = (
            lexicon.spelt(self.spellings[at]).clone(),
            lexicon.spelt(other.spellings[at]).clone(),
        );
        let text = if mine == theirs && !is_slot(mine) {
            x.min(y)
        } else {
            let named = slot_named_after(lexicon, &self.tokens[..at]);
            let typed = |token: u32, text| {
                if is_slot(token) {
                    text
                } else {
                    Cow::Borrowed(named)
                }
            };
            self.tokens[at] = slot_like(lexicon.is_spaced(mine) || lexicon.is_spaced(theirs));
            join_slots(typed(mine, x), typed(theirs, y))
        };
        self.spellings[at] = lexicon.spelling(text);
    }

    /// With one slot for each run of slots.
    fn folded(&self, lexicon: &mut Lexicon) -> Pattern {
        let mut out = Pattern {
            tokens: Vec::with_capacity(self.tokens.len()),
            spellings: Vec::with_capacity(self.tokens.len()),
        };
        let mut at = 0;
        while at < self.tokens.len() {
            let mut end = at + 1;
            while is_slot(self.tokens[at])
                && let Some(next) = self.next_of_run(lexicon, end)
            {
                end = next + 1;
            }
            out.tokens.push(self.tokens[at]);
            out.spellings.push(if end == at + 1 {
                self.spellings[at]
            } else {
                let run = self.spelt(lexicon, at, end);
                let text = run_of_slots(run.trim_start()).into_owned();
                lexicon.spelling(Cow::Owned(text))
            });
            at = end;
        }
        out
    }

    /// The position of the slot that continues a run after `at`, past light punctuation.
    fn next_of_run(&self, lexicon: &Lexicon, at: usize) -> Option<usize> {
        let light = |t: &&u32| !is_slot(**t) && is_light(lexicon.lower(**t));
        let gap = self.tokens[at..].iter().take_while(light).count();
        (gap <= MAX_GAP && is_slot(*self.tokens.get(at + gap)?)).then_some(at + gap)
    }

    fn spelt(&self, lexicon: &Lexicon, from: usize, to: usize) -> String {
        let mut out = String::new();
        for at in from..to {
            out.push_str(if lexicon.is_spaced(self.tokens[at]) {
                " "
            } else {
                ""
            });
            out.push_str(lexicon.spelt(self.spellings[at]));
        }
        out
    }

    /// The pattern as text for people.
    pub fn text(&self, lexicon: &Lexicon) -> String {
        self.spelt(lexicon, 0, self.tokens.len())
            .trim_start()
            .to_string()
    }

    /// The patterns that come of putting a bare slot in the place of each composite value: `Pool(<num>)`, `key=a{<num>}`.
    pub fn with_bare_slots(&self, lexicon: &mut Lexicon) -> Vec<Pattern> {
        let mut out = Vec::new();
        let mut start = 0;
        for end in 1..=self.tokens.len() {
            if end < self.tokens.len() && !lexicon.is_spaced(self.tokens[end]) {
                continue;
            }
            if let Some((a, b)) = self.composite(lexicon, start, end) {
                let mut bare = self.clone();
                bare.tokens
                    .splice(a..b, [slot_like(lexicon.is_spaced(self.tokens[a]))]);
                bare.spellings
                    .splice(a..b, [lexicon.spelling(Cow::Borrowed("<*>"))]);
                out.push(bare.folded(lexicon));
                if out.len() == MAX_COMPOSITES {
                    break;
                }
            }
            start = end;
        }
        out
    }

    /// The composite value in the piece between two spaces: without a key, brackets and quotes around it, and
    /// punctuation after it; it must begin with a word and hold a slot.
    fn composite(&self, lexicon: &Lexicon, start: usize, end: usize) -> Option<(usize, usize)> {
        let piece = &self.tokens[start..end];
        if end - start < 2 || !piece.iter().any(|&t| is_slot(t)) {
            return None;
        }
        let (mut a, mut b) = (start, end);
        if let Some(key) = piece.iter().position(|&t| lexicon.lower(t) == "=") {
            a = start + key + 1;
        }
        while a < b && !lexicon.is_value(self.tokens[a]) {
            a += 1;
        }
        while b > a
            && !lexicon.is_value(self.tokens[b - 1])
            && !closes_own(lexicon, &self.tokens[a..b])
        {
            b -= 1;
        }
        let value = &self.tokens[a..b];
        let holds_slot = value.iter().any(|&t| is_slot(t));
        (value.len() > 1 && lexicon.is_word(value[0]) && holds_slot).then_some((a, b))
    }
}

fn part_hash(position: usize, token: u32) -> u128 {
    let mut bytes = [0u8; 12];
    bytes[..8].copy_from_slice(&(position as u64).to_le_bytes());
    bytes[8..].copy_from_slice(&token.to_le_bytes());
    xxhash_rust::xxh3::xxh3_128(&bytes)
}

/// What the word before a slot says it holds.
fn slot_named_after(lexicon: &Lexicon, before: &[u32]) -> &'static str {
    let word = before.iter().rev().find(|&&t| lexicon.is_value(t));
    match word.map(|&t| lexicon.lower(t)) {
        Some("user" | "ruser" | "username" | "account" | "login") => "<user>",
        Some("host" | "rhost" | "hostname" | "server" | "node") => "<host>",
        _ => "<*>",
    }
}

/// Whether the last token closes a bracket opened among them.
fn closes_own(lexicon: &Lexicon, tokens: &[u32]) -> bool {
    let Some(&last) = tokens.last() else {
        return false;
    };
    let open = match lexicon.lower(last) {
        ")" => "(",
        "]" => "[",
        "}" => "{",
        ">" => "<",
        _ => return false,
    };
    let count = |bracket: &str| {
        tokens
            .iter()
            .filter(|&&t| lexicon.lower(t) == bracket)
            .count()
    };
    count(open) >= count(lexicon.lower(last))
}
