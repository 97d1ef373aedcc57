//! Families: which fingerprints mean the same thing, learned from the whole set of them and from nothing else.

use super::{Lexicon, Pattern, fold_service, learn};
use crate::signature::Fingerprint;
use crate::time::Timestamp;

/// A fingerprint as families see it.
pub struct Known<'a> {
    /// The fingerprint.
    pub fingerprint: Fingerprint,
    /// The service its messages come from.
    pub service: &'a str,
    /// Its normalised text.
    pub normalised: &'a str,
    /// When it was first seen, in event time.
    pub first_seen: Timestamp,
}

/// What [`families`] found, by index of its input.
pub struct Families {
    /// The index of the family's root: the member seen first, on a tie the smaller fingerprint.
    pub root: Vec<u32>,
    /// The family's template: the same text for all its members.
    pub template: Vec<String>,
}

/// The families of `known`: a function of the set, whatever its order. Nearly linear in the number of texts. Services
/// that differ in case or in a version in brackets are one.
pub fn families(known: &[Known]) -> Families {
    let mut by_service: Vec<(String, u32)> = (0u32..)
        .zip(known)
        .map(|(i, k)| (fold_service(k.service), i))
        .collect();
    by_service.sort_unstable();
    let mut root: Vec<u32> = (0..known.len() as u32).collect();
    let mut template = vec![String::new(); known.len()];
    for service in by_service.chunk_by(|a, b| a.0 == b.0) {
        let mut lexicon = Lexicon::new();
        let texts = service
            .iter()
            .map(|&(_, i)| (i, known[i as usize].normalised));
        for class in learn(&mut lexicon, texts) {
            let age = |i: &u32| {
                (
                    known[*i as usize].first_seen,
                    known[*i as usize].fingerprint,
                )
            };
            let Some(eldest) = class.members.iter().copied().min_by_key(age) else {
                continue;
            };
            let text = class.pattern.text(&lexicon);
            for &i in &class.members {
                root[i as usize] = eldest;
                template[i as usize].clone_from(&text);
            }
        }
    }
    Families { root, template }
}

/// The text that says what texts share, with a slot wherever they differ, for a person who says that they mean the same. `None`
/// when they are not built alike, or when less than two words would be left of them.
pub fn shared_text(texts: &[&str]) -> Option<String> {
    let mut lexicon = Lexicon::new();
    let patterns: Vec<Pattern> = texts
        .iter()
        .map(|text| Pattern::new(&mut lexicon, text))
        .collect();
    let length = patterns.first()?.tokens.len();
    if patterns.iter().any(|p| p.tokens.len() != length) {
        return None;
    }
    let shared = Pattern::shared(&mut lexicon, patterns.iter())?;
    let kept = lexicon.constant_words(&shared.tokens, &[]);
    (kept >= 2).then(|| shared.text(&lexicon))
}
