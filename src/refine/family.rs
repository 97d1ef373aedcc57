//! Families: which fingerprints mean the same thing, learned from the whole set of them and from nothing else.

use super::{Atom, atoms, fold_service, learn};
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

/// The families of `known`: a function of the set, whatever its order. Nearly linear in the number of texts.
pub fn families(known: &[Known]) -> Families {
    let texts: Vec<Vec<Atom>> = known.iter().map(|k| atoms(k.normalised)).collect();
    let services: Vec<String> = known.iter().map(|k| fold_service(k.service)).collect();
    let (lexicon, classes) = learn(&texts, &services);
    let mut root: Vec<u32> = (0..known.len() as u32).collect();
    let mut template = vec![String::new(); known.len()];
    for class in classes {
        let age = |i: &u32| {
            (
                known[*i as usize].first_seen,
                known[*i as usize].fingerprint,
            )
        };
        let Some(eldest) = class.members.iter().copied().min_by_key(age) else {
            continue;
        };
        let text = lexicon.text(&class.pattern);
        for &i in &class.members {
            root[i as usize] = eldest;
            template[i as usize].clone_from(&text);
        }
    }
    Families { root, template }
}
