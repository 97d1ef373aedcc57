//! Refining: from a message to its logtype, from a logtype to its fingerprint, from fingerprints to families.
//!
//! ```text
//! message ── cut ──> logtype + variables          once per line, hot
//! logtype ── normalise ──> text for people        once per new logtype
//! text ── fingerprint ──> 128 bits                pure, versioned, for ever
//! fingerprints ── families ──> signatures         once per batch that brings a new fingerprint
//! ```
//!
//! What a variable is, is decided from its bytes alone while scanning; its type is part of the logtype as one marker
//! byte. The fingerprint forgets the types, so a slot that holds an address today and a name tomorrow keeps its
//! identity. Families look at the whole set of texts and depend on nothing but that set.

mod cut;
mod evidence;
mod family;
mod fingerprint;
mod kind;
mod learn;
mod lexeme;
mod lexicon;
mod normalise;
mod pattern;
mod slot;
mod text;
mod words;

pub use cut::{Cut, join};
pub use family::{Families, Known, families};
pub use fingerprint::{fingerprint, fold_service};
pub use normalise::normalise;
pub use slot::SlotType;
pub use text::widen;

use cut::escape_end;
use evidence::{Differing, Evidence, Place, WordClass, word_class};
use kind::{CLASS, Shape, class, classes_of, shape_of};
use learn::learn;
use lexeme::{Lexeme, Sort, lex};
use lexicon::{Lexicon, is_slot, slot_like};
use pattern::{Pattern, WILD};
use text::{Atom, Part, atoms, is_light, join_slots, render, run_of_slots};
use words::{
    announces, has_state, is_change, is_literal_value, is_month, is_truth_value, is_unit,
    is_weekday, is_zone,
};
