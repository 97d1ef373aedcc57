//! From normalised text to the fingerprint: what two messages must share to be the same for ever.

use super::{Part, atoms};
use crate::signature::{Fingerprint, digest_parts};

/// The version of everything that decides a fingerprint: cutting, normalising, folding. Part of every fingerprint.
pub const VERSION: &str = "v1";

/// The fingerprint of a message: a hash of the service and the normalised text, without the types of its slots and
/// without the case of ASCII letters. Pure; the same on every machine for ever.
pub fn fingerprint(service: &str, normalised: &str) -> Fingerprint {
    Fingerprint(digest_parts(&[
        VERSION,
        &fold_service(service),
        &skeleton(normalised),
    ]))
}

/// The service as far as it belongs to the identity: in lower case, without a process id or version in brackets.
pub fn fold_service(service: &str) -> String {
    let name = service.trim();
    let cut = name
        .find(['[', '('])
        .filter(|&at| at > 0)
        .unwrap_or(name.len());
    name[..cut].trim_end().to_ascii_lowercase()
}

/// The text with every slot alike, in lower case.
fn skeleton(normalised: &str) -> String {
    let mut out = String::with_capacity(normalised.len());
    for atom in atoms(normalised) {
        if atom.spaced && !out.is_empty() {
            out.push(' ');
        }
        match atom.part {
            Part::Word(text) | Part::Punct(text) => out.push_str(&text.to_ascii_lowercase()),
            Part::Slot(_) => out.push('\u{1}'),
        }
    }
    out
}
