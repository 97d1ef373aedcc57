//! Families: which fingerprints mean the same thing, learned from the whole set of them and from nothing else.

use super::text::{Part, join_slots, render};
use super::{Atom, atoms, fold_service, learn};
use crate::signature::Fingerprint;
use crate::time::Timestamp;
use std::borrow::Cow;

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
    let sets = learn::learn(&texts, &services);
    let mut root: Vec<u32> = (0..known.len() as u32).collect();
    let mut template = vec![String::new(); known.len()];
    for set in sets {
        let eldest = set
            .iter()
            .copied()
            .min_by_key(|&i| {
                let k = &known[i as usize];
                (k.first_seen, k.fingerprint)
            })
            .unwrap_or_default();
        let text = template_of(
            &set.iter()
                .map(|&i| texts[i as usize].as_slice())
                .collect::<Vec<_>>(),
        );
        for &i in &set {
            root[i as usize] = eldest;
            template[i as usize].clone_from(&text);
        }
    }
    Families { root, template }
}

/// The template of texts that are one family: what they share, and slots where they differ.
fn template_of(texts: &[&[Atom]]) -> String {
    // Members may have more atoms where one has a bare slot; the shortest are the most general.
    let shortest = texts.iter().map(|t| t.len()).min().unwrap_or(0);
    let mut same = texts.iter().filter(|t| t.len() == shortest);
    let mut joined: Vec<Atom> = same.next().map(|t| t.to_vec()).unwrap_or_default();
    for text in same {
        for (i, atom) in text.iter().enumerate() {
            joined[i].spaced |= atom.spaced;
            let named = slot_named_by(joined[..i].iter().rev().find_map(|a| match &a.part {
                Part::Word(w) => Some(*w),
                Part::Slot(_) => Some(""),
                Part::Punct(_) => None,
            }));
            let part = match (&joined[i].part, &atom.part) {
                (Part::Word(a), Part::Word(b)) if a.eq_ignore_ascii_case(b) => Part::Word(a.min(b)),
                (Part::Slot(a), Part::Slot(b)) => Part::Slot(join_slots(a.clone(), b.clone())),
                (Part::Slot(a), _) | (_, Part::Slot(a)) => {
                    Part::Slot(join_slots(a.clone(), Cow::Borrowed(named)))
                }
                (Part::Word(_), Part::Word(_)) => Part::Slot(Cow::Borrowed(named)),
                (a, _) => a.clone(),
            };
            joined[i].part = part;
        }
    }
    render(&joined)
}

/// What the word before a slot says it holds.
fn slot_named_by(word: Option<&str>) -> &'static str {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("user" | "ruser" | "username" | "account" | "login") => "<user>",
        Some("host" | "rhost" | "hostname" | "server" | "node") => "<host>",
        _ => "<*>",
    }
}
