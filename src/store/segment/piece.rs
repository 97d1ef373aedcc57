//! The pieces a frame is made of, and what is said of records that are no plain lines.

use super::stamp::Style;
use super::varint::{take, take_slice};
use crate::envelope::Endian;
use crate::event::Span;

pub(super) const LITERAL: u8 = 0;
pub(super) const STAMP: u8 = 1;
pub(super) const HOST: u8 = 2;
pub(super) const SERVICE: u8 = 3;
pub(super) const MESSAGE: u8 = 4;
pub(super) const SLOT: u8 = 5;

/// What is said of a record that is no plain line; frames of plain lines have none of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Sign {
    /// No line end follows it.
    Open = 6,
    /// Its text is the number of NUL bytes that it was: `4096 NUL bytes`.
    Nuls = 7,
    /// The event begins, up to [`Sign::End`]; what stands around it is only framing.
    Event = 8,
    /// The event begins, up to [`Sign::End`], which the record does not hold as it is.
    Aside = 9,
    /// The event ends.
    End = 10,
    /// It came as UTF-16, low byte first, and is kept as UTF-8.
    Utf16Le = 11,
    /// It came as UTF-16, high byte first, and is kept as UTF-8.
    Utf16Be = 12,
}

impl Sign {
    const ALL: [Sign; 7] = [
        Sign::Open,
        Sign::Nuls,
        Sign::Event,
        Sign::Aside,
        Sign::End,
        Sign::Utf16Le,
        Sign::Utf16Be,
    ];

    fn from_tag(tag: u8) -> Option<Sign> {
        Sign::ALL.into_iter().find(|sign| *sign as u8 == tag)
    }
}

/// Longer names are not kept in the dictionary of names.
pub const LONGEST_NAME: usize = 255;

/// How a record came, where it is not simply a line that is one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Whether a line end follows it.
    pub end: LineEnd,
    /// What its bytes stand for.
    pub coding: Coding,
    /// Where its event stands.
    pub event: Held,
}

impl Form {
    /// A line that is one event.
    pub const LINE: Form = Form {
        end: LineEnd::There,
        coding: Coding::Plain,
        event: Held::Whole,
    };
}

/// Whether a line end follows a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// One does.
    There,
    /// What comes next stands on the same line.
    Open,
}

/// What the kept bytes of a record stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Themselves.
    Plain,
    /// A run of NUL bytes, which they count.
    Nuls,
    /// The same text in UTF-16.
    Utf16(Endian),
}

/// Where the event of a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It is the record.
    Whole,
    /// In it, with framing around.
    Inside(Span),
    /// Behind it, from this position on: it was made out of the record.
    Apart(u32),
}

/// One piece of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// These bytes.
    Literal(&'a [u8]),
    /// The record's time, written in this style.
    Stamp(Style),
    /// The host's name.
    Host,
    /// The service's name.
    Service,
    /// The message.
    Message,
    /// A value from a column.
    Slot,
    /// Something about the record.
    Sign(Sign),
}

/// The pieces of a stored frame; ends early where the bytes are damaged.
pub fn pieces(mut frame: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        let (&tag, rest) = frame.split_first()?;
        frame = rest;
        match tag {
            LITERAL => {
                let n = take(&mut frame)? as usize;
                take_slice(&mut frame, n).map(Piece::Literal)
            }
            STAMP => {
                let bytes = take_slice(&mut frame, 8)?;
                Style::from_bytes(bytes.try_into().ok()?).map(Piece::Stamp)
            }
            HOST => Some(Piece::Host),
            SERVICE => Some(Piece::Service),
            MESSAGE => Some(Piece::Message),
            SLOT => Some(Piece::Slot),
            tag => Sign::from_tag(tag).map(Piece::Sign),
        }
    })
}

/// The frame of a record, by the number that was given to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framed {
    /// The number.
    pub number: u32,
    /// Whether the message is a piece of the frame; if not, it must be parsed again from the raw record.
    pub verbatim: bool,
}
