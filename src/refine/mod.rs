//! Refining: from a message to its logtype, from a logtype to its fingerprint, from fingerprints to families.
//!
//! ```text
//! message ── cut ──> logtype + variables          once per line, hot
//! logtype ── normalise ──> text for people        once per new logtype
//! text ── fingerprint ──> 128 bits                pure, versioned, for ever
//! fingerprints ── families ──> signatures         once per batch that brings a new fingerprint
//! ```
//!
//! Several logtypes may have one fingerprint: they differ in the types of their slots. Whoever keeps the text of a
//! fingerprint joins them with [`widen`], and hands [`families`] the joined text.
//!
//! What a variable is, is decided from its bytes alone while scanning; its type is part of the logtype as one marker
//! byte. The fingerprint forgets the types, so a slot that holds an address today and a name tomorrow keeps its
//! identity. Families look at the whole set of texts and depend on nothing but that set.

mod align;
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
mod place;
mod quantity;
mod run;
mod scan;
mod slot;
mod text;
mod values;
mod words;

pub use align::{Layout, Stretch, TemplateSlot};
pub use cut::{Cut, join};
pub use family::{Families, Known, families, shared_text};
pub use fingerprint::{VERSION, fingerprint, fold_service};
pub use normalise::normalise;
pub use quantity::Quantity;
pub use slot::SlotType;
pub use text::widen;

use evidence::{Differing, Evidence, Place, WordClass, word_class};
use kind::{CLASS, Shape, class, classes_of, dotted, shape_of};
use learn::learn;
use lexeme::{Lexeme, Sort, lex};
use lexicon::{Lexicon, is_slot, slot_like};
use pattern::{Pattern, WILD};
use place::place_in;
use run::{is_light, is_value, lacks_value, quoted_value_end, run_end, signs_end};
use scan::{CLOSE, escape_end, plain_bytes, trim};
use text::{Atom, Part, atoms, join_slots, render, run_of_slots};
use values::{is_literal_value, is_month, is_truth_value, is_unit, is_weekday, is_zone};
use words::{announces, has_state, has_turn, is_change};
