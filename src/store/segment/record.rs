//! A record as it comes out of a segment: its bytes as they came, and the text its event is read from.

use super::piece::Sign;
use crate::envelope::Endian;
use std::ops::Range;

/// A stored record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The bytes as they came, without the line end. Of a line that held several events the share of this one: the shares
    /// joined are the line.
    pub raw: Vec<u8>,
    /// So many NUL bytes are the record; then `raw` has none.
    pub nuls: u64,
    /// The line end behind it: none when the next record stands on the same line.
    pub line_end: &'static [u8],
    /// What the event was read from, where that is not `raw`.
    text: Option<Vec<u8>>,
}

impl Record {
    /// What the event was read from: one record of a format, as text.
    pub fn text(&self) -> &[u8] {
        self.text.as_deref().unwrap_or(&self.raw)
    }

    /// Whether it is one line or several whole ones, as they came, and nothing else.
    pub fn is_line(&self) -> bool {
        self.text.is_none() && self.nuls == 0 && self.line_end == b"\n"
    }

    /// Whether it is one of several events of its line, or has no line of its own.
    pub fn is_share(&self) -> bool {
        self.text.is_some() && self.nuls == 0
    }
}

/// Puts a record together from the pieces of its frame.
#[derive(Default)]
pub(super) struct Assembly {
    /// What was written so far.
    pub out: Vec<u8>,
    open: bool,
    nuls: bool,
    endian: Option<Endian>,
    begin: Option<(usize, Sign)>,
    event: Option<Range<usize>>,
    aside: Option<Vec<u8>>,
}

impl Assembly {
    pub fn sign(&mut self, sign: Sign) {
        match sign {
            Sign::Open => self.open = true,
            Sign::Nuls => self.nuls = true,
            Sign::Utf16Le => self.endian = Some(Endian::Little),
            Sign::Utf16Be => self.endian = Some(Endian::Big),
            Sign::Event | Sign::Aside => self.begin = Some((self.out.len(), sign)),
            Sign::End => match self.begin.take() {
                Some((start, Sign::Aside)) => self.aside = Some(self.out.split_off(start)),
                Some((start, _)) => self.event = Some(start..self.out.len()),
                None => {}
            },
        }
    }

    pub fn finish(self) -> Record {
        let event = self.event.map(|range| self.out[range].to_vec());
        let text = event.or(self.aside);
        let line_end: &'static [u8] = match (self.open, self.endian) {
            (true, _) => b"",
            (false, None) => b"\n",
            (false, Some(Endian::Little)) => b"\n\0",
            (false, Some(Endian::Big)) => b"\0\n",
        };
        if self.nuls {
            return Record {
                raw: Vec::new(),
                nuls: leading_number(&self.out),
                line_end,
                text: Some(self.out),
            };
        }
        match self.endian {
            Some(endian) => Record {
                raw: utf16(&self.out, endian),
                nuls: 0,
                line_end,
                text: Some(text.unwrap_or(self.out)),
            },
            None => Record {
                raw: self.out,
                nuls: 0,
                line_end,
                text,
            },
        }
    }
}

fn leading_number(text: &[u8]) -> u64 {
    let digits = text.iter().take_while(|b| b.is_ascii_digit());
    digits.fold(0u64, |n, b| {
        n.saturating_mul(10).saturating_add(u64::from(b - b'0'))
    })
}

fn utf16(text: &[u8], endian: Endian) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    text.encode_utf16()
        .flat_map(|unit| endian.unit(unit))
        .collect()
}
