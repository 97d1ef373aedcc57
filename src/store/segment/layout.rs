//! Layouts met lately: most records have the frame of one of them, and then it need not be cut again.
//!
//! A layout that fits gives the record back whatever made it: each piece was compared with the bytes it stands for.

use super::piece::{Framed, LONGEST_NAME, Piece, pieces};
use super::stamp::{Memo, Style};
use crate::event::{Parsed, Span};
use crate::time::Timestamp;
use std::borrow::Cow;

/// How many are remembered: those of the few kinds of lines that a source mixes.
const KEPT: usize = 8;

/// The layouts met lately, and the stamp met last.
#[derive(Debug, Default)]
pub struct Layouts {
    known: Vec<Layout>,
    stamp: Memo,
}

#[derive(Debug)]
struct Layout {
    pieces: Vec<Owned>,
    look: Look,
    framed: Framed,
}

/// What layouts differ in at first sight: which parts of a record stand verbatim in it, and the byte behind the service.
type Look = ([bool; 4], Option<u8>);

#[derive(Debug)]
enum Owned {
    Literal(Box<[u8]>),
    Stamp(Style),
    Host,
    Service,
    Message,
    Slot,
}

fn look_of(raw: &[u8], parsed: &Parsed<'_>) -> Look {
    let parts = [
        parsed.time_span,
        parsed.host_span,
        parsed.service_span,
        parsed.message_span,
    ];
    let behind = raw.get(parsed.service_span.end as usize);
    (parts.map(|span| !span.is_empty()), behind.copied())
}

impl Layouts {
    /// The frame of `raw`, if it is one of those met lately; then `slots` are the spans that fill it.
    pub fn find(
        &mut self,
        raw: &[u8],
        parsed: &Parsed<'_>,
        time: Timestamp,
        slots: &mut Vec<Span>,
    ) -> Option<Framed> {
        let look = look_of(raw, parsed);
        let stamp = &mut self.stamp;
        let at = self.known.iter().position(|layout| {
            layout.look == look && layout.fits(raw, parsed, time, slots, stamp)
        })?;
        // The commonest come to stand in front.
        let front = at.saturating_sub(1);
        self.known.swap(front, at);
        Some(self.known[front].framed)
    }

    /// Remembers the frame that was cut of text like this record; `frame` are its bytes.
    pub fn remember(&mut self, frame: &[u8], raw: &[u8], parsed: &Parsed<'_>, framed: Framed) {
        let signed = |piece: Piece<'_>| matches!(piece, Piece::Sign(_));
        if pieces(frame).any(signed) {
            return;
        }
        let owned = pieces(frame).map(|piece| match piece {
            Piece::Literal(bytes) => Owned::Literal(bytes.into()),
            Piece::Stamp(style) => Owned::Stamp(style),
            Piece::Host => Owned::Host,
            Piece::Service => Owned::Service,
            Piece::Message => Owned::Message,
            Piece::Slot | Piece::Sign(_) => Owned::Slot,
        });
        self.known.truncate(KEPT - 1);
        self.known.insert(
            0,
            Layout {
                pieces: owned.collect(),
                look: look_of(raw, parsed),
                framed,
            },
        );
    }
}

impl Layout {
    fn fits(
        &self,
        raw: &[u8],
        parsed: &Parsed<'_>,
        time: Timestamp,
        slots: &mut Vec<Span>,
        stamp: &mut Memo,
    ) -> bool {
        slots.clear();
        let (mut at, mut style) = (0, None);
        for piece in &self.pieces {
            let end = match piece {
                Owned::Literal(bytes) => after_literal(raw, at, bytes),
                Owned::Slot => after_slot(raw, at, slots),
                Owned::Stamp(known) => {
                    style = Some(*known);
                    let span = parsed.time_span;
                    (span.start as usize == at).then_some(span.end as usize)
                }
                Owned::Host => after_name(raw, at, parsed.host_span, &parsed.host),
                Owned::Service => after_name(raw, at, parsed.service_span, &parsed.service),
                Owned::Message => {
                    let span = parsed.message_span;
                    let same = match &parsed.message {
                        Cow::Borrowed(message) => is_slice(message, raw, span),
                        Cow::Owned(_) => false,
                    };
                    (span.start as usize == at && same).then_some(span.end as usize)
                }
            };
            match end {
                Some(end) => at = end,
                None => return false,
            }
        }
        // What costs most is looked at last.
        at == raw.len() && style.is_none_or(|s| stamp.is(s, parsed.time_span.of(raw), time))
    }
}

fn after_literal(raw: &[u8], at: usize, bytes: &[u8]) -> Option<usize> {
    let same = match bytes {
        [byte] => raw.get(at) == Some(byte),
        _ => raw.get(at..).is_some_and(|rest| rest.starts_with(bytes)),
    };
    same.then_some(at + bytes.len())
}

/// 1 for a letter, 2 for a digit, 0 for what ends a run of them.
static CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 128 {
        table[b] = (b as u8).is_ascii_alphabetic() as u8 | ((b as u8).is_ascii_digit() as u8) << 1;
        b += 1;
    }
    table
};

/// A run of letters and digits that holds a digit.
fn after_slot(raw: &[u8], start: usize, slots: &mut Vec<Span>) -> Option<usize> {
    let rest = raw.get(start..)?;
    let mut seen = 0;
    let len = (rest.iter())
        .position(|&b| {
            let class = CLASSES[usize::from(b)];
            seen |= class;
            class == 0
        })
        .unwrap_or(rest.len());
    let (at, digit) = (start + len, seen & 2 != 0);
    if digit {
        slots.push(Span::new(start, at));
    }
    digit.then_some(at)
}

fn after_name(raw: &[u8], at: usize, span: Span, name: &str) -> Option<usize> {
    let same = name.len() <= LONGEST_NAME && is_slice(name.as_bytes(), raw, span);
    (span.start as usize == at && same).then_some(span.end as usize)
}

/// Whether `part` is the very slice of `raw`: no need to compare its bytes then.
fn is_slice(part: &[u8], raw: &[u8], span: Span) -> bool {
    let there = span.of(raw);
    there.len() == part.len() && (std::ptr::eq(there.as_ptr(), part.as_ptr()) || there == part)
}
