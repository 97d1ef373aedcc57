//! The frame of a record: everything around its message, with what varies cut out.
//!
//! A frame is a byte string of pieces, the same for all records of one layout: `{stamp} {host} {service}[{slot}]: {message}`.
//! Records of one program, or all entries of a journal with the same fields, share one frame; it is kept once, in a dictionary.

use super::stamp::Style;
use super::varint::{put, take, take_slice};
use crate::event::{Parsed, Span};
use crate::time::Timestamp;

const LITERAL: u8 = 0;
const STAMP: u8 = 1;
const HOST: u8 = 2;
const SERVICE: u8 = 3;
const MESSAGE: u8 = 4;
const SLOT: u8 = 5;

/// A frame longer than this describes one record, not a layout; such a record is kept as one slot.
const LONGEST: usize = 4096;
/// More slots than this in one record are no layout either.
const MOST_SLOTS: usize = 256;
/// Longer names are not kept in the dictionary of names.
pub const LONGEST_NAME: usize = 255;

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
            _ => None,
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

/// Buffers for cutting frames, reused from record to record.
#[derive(Debug, Default)]
pub struct Framer {
    /// The frame of the record last cut.
    pub frame: Vec<u8>,
    /// What fills its slots, as spans of the raw record.
    pub slots: Vec<Span>,
    parts: Vec<(Span, Part)>,
    scratch: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Part {
    Stamp(Style),
    Host,
    Service,
    Message,
}

impl Framer {
    /// Whether the frame just cut is found again by [`Layouts`](super::layout::Layouts). Only that of text is: what is a slot in
    /// JSON or in a record taken whole is not said by its bytes.
    pub fn is_layout(&self, raw: &[u8]) -> bool {
        raw.first() != Some(&b'{') && !self.parts.is_empty()
    }

    /// Cuts the frame of `raw`, whose parts are `parsed`, stored under `time`. Returns whether the message is a piece of
    /// the frame; if not, it must be parsed again from the raw record.
    pub fn cut(&mut self, raw: &[u8], parsed: &Parsed<'_>, time: Timestamp) -> bool {
        self.frame.clear();
        self.slots.clear();
        self.parts.clear();
        let verbatim = self.find_parts(raw, parsed, time);
        if raw.first() == Some(&b'{') {
            self.cut_json(raw)
        } else {
            self.cut_text(raw)
        }
        if self.frame.len() > LONGEST || self.slots.len() > MOST_SLOTS {
            self.take_whole(raw);
            return false;
        }
        verbatim
    }

    /// Makes the frame of `raw` one slot, which holds all of it.
    pub fn take_whole(&mut self, raw: &[u8]) {
        self.frame.clear();
        self.slots.clear();
        self.parts.clear();
        self.slot(0, raw.len());
    }

    /// Which parts stand verbatim in the record, in order. They are compared, since the record must come back exactly.
    fn find_parts(&mut self, raw: &[u8], parsed: &Parsed<'_>, time: Timestamp) -> bool {
        let name = |span: Span, name: &str| {
            !span.is_empty() && name.len() <= LONGEST_NAME && span.of(raw) == name.as_bytes()
        };
        if !parsed.time_span.is_empty()
            && let Some(style) = Style::of(parsed.time_span.of(raw), time, &mut self.scratch)
        {
            self.parts.push((parsed.time_span, Part::Stamp(style)));
        }
        if name(parsed.host_span, &parsed.host) {
            self.parts.push((parsed.host_span, Part::Host));
        }
        if name(parsed.service_span, &parsed.service) {
            self.parts.push((parsed.service_span, Part::Service));
        }
        let verbatim =
            !parsed.message_span.is_empty() && parsed.message_span.of(raw) == &*parsed.message;
        if verbatim {
            self.parts.push((parsed.message_span, Part::Message));
        }
        self.parts.sort_unstable_by_key(|(span, _)| span.start);
        if self.parts.windows(2).any(|w| w[1].0.start < w[0].0.end) {
            self.parts.clear();
            return false;
        }
        verbatim
    }

    /// Text around the parts: runs of letters and digits that hold a digit are slots.
    fn cut_text(&mut self, raw: &[u8]) {
        let mut at = 0;
        for i in 0..self.parts.len() {
            let (span, part) = self.parts[i];
            self.text(raw, at, span.start as usize);
            self.part(part);
            at = span.end as usize;
        }
        self.text(raw, at, raw.len());
    }

    fn text(&mut self, raw: &[u8], start: usize, end: usize) {
        let (mut literal, mut at) = (start, start);
        while at < end {
            let word = at;
            let mut digit = false;
            while at < end && raw[at].is_ascii_alphanumeric() {
                digit |= raw[at].is_ascii_digit();
                at += 1;
            }
            if digit {
                self.literal(&raw[literal..word]);
                self.slot(word, at);
                literal = at;
            }
            at += usize::from(at == word);
        }
        self.literal(&raw[literal..end]);
    }

    /// JSON: every string and number that is a value is a slot, or one of the parts; keys and punctuation stay. This only
    /// looks for places to cut: whatever it makes of text that is not JSON, the record comes back.
    fn cut_json(&mut self, raw: &[u8]) {
        let (mut literal, mut at, mut next) = (0, 0, 0);
        let mut value = false;
        while at < raw.len() {
            let until = self
                .parts
                .get(next)
                .map_or(raw.len(), |(span, _)| span.start as usize);
            if at == until {
                // A part outside a string: a number.
                self.literal(&raw[literal..at]);
                self.part(self.parts[next].1);
                (at, value) = (self.parts[next].0.end as usize, false);
                (literal, next) = (at, next + 1);
                continue;
            }
            match raw[at] {
                b':' => value = true,
                b'"' => {
                    (literal, at, next) = self.json_string(raw, literal, at + 1, next, value);
                    value = false;
                    continue;
                }
                b'0'..=b'9' | b'-' if value => {
                    let end = number_end(raw, at).min(until);
                    self.literal(&raw[literal..at]);
                    self.slot(at, end);
                    (literal, at, value) = (end, end, false);
                    continue;
                }
                b' ' | b'\t' => {}
                _ => value = false,
            }
            at += 1;
        }
        self.literal(raw.get(literal..).unwrap_or_default());
    }

    /// Cuts the string whose inside begins at `start`: its parts, and what lies between them as slots if it is a value.
    /// Returns where the literal goes on, where to look next, and the next part.
    fn json_string(
        &mut self,
        raw: &[u8],
        literal: usize,
        start: usize,
        next: usize,
        value: bool,
    ) -> (usize, usize, usize) {
        let end = string_end(raw, start);
        let (mut literal, mut at, mut next) = (literal, start, next);
        while at < end {
            let part = self
                .parts
                .get(next)
                .copied()
                .filter(|(span, _)| (span.start as usize) < end);
            let until = part.map_or(end, |(span, _)| span.start as usize);
            if value && until > at {
                self.literal(&raw[literal..at]);
                self.slot(at, until);
                literal = until;
            }
            at = until;
            if let Some((span, part)) = part {
                self.literal(&raw[literal..at]);
                self.part(part);
                (at, next) = (span.end as usize, next + 1);
                literal = at;
            }
        }
        (literal, at.max(end + 1), next)
    }

    fn literal(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.frame.push(LITERAL);
            put(&mut self.frame, bytes.len() as u64);
            self.frame.extend_from_slice(bytes);
        }
    }

    fn slot(&mut self, start: usize, end: usize) {
        self.frame.push(SLOT);
        self.slots.push(Span::new(start, end));
    }

    fn part(&mut self, part: Part) {
        match part {
            Part::Stamp(style) => {
                self.frame.push(STAMP);
                self.frame.extend_from_slice(&style.to_bytes());
            }
            Part::Host => self.frame.push(HOST),
            Part::Service => self.frame.push(SERVICE),
            Part::Message => self.frame.push(MESSAGE),
        }
    }
}

/// The position of the quote that ends the string whose inside begins at `start`, or the end of the record.
fn string_end(raw: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(found) = memchr::memchr2(b'"', b'\\', raw.get(at..).unwrap_or_default()) {
        at += found;
        if raw[at] == b'"' {
            return at;
        }
        at += 2;
    }
    raw.len()
}

fn number_end(raw: &[u8], start: usize) -> usize {
    let digits = raw[start..]
        .iter()
        .take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
    start + digits.count()
}

#[cfg(test)]
mod tests {
    use super::super::layout::Layouts;
    use super::*;
    use proptest::prelude::*;
    use std::borrow::Cow;

    fn parsed<'a>(raw: &'a [u8], spans: [Span; 4]) -> Parsed<'a> {
        let text = |s: Span| Cow::Owned(String::from_utf8_lossy(s.of(raw)).into_owned());
        Parsed {
            time_span: spans[0],
            host: text(spans[1]),
            host_span: spans[1],
            service: text(spans[2]),
            service_span: spans[2],
            message: Cow::Borrowed(spans[3].of(raw)),
            message_span: spans[3],
            ..Parsed::default()
        }
    }

    /// The same with parts that are slices of the record, as formats return them.
    fn parsed_in(raw: &[u8], spans: [Span; 4]) -> Parsed<'_> {
        let text = |s: Span| Cow::Borrowed(std::str::from_utf8(s.of(raw)).expect("text"));
        Parsed {
            host: text(spans[1]),
            service: text(spans[2]),
            ..parsed(raw, spans)
        }
    }

    fn together(raw: &[u8], p: &Parsed<'_>, time: Timestamp) -> (Framer, Vec<u8>) {
        let mut framer = Framer::default();
        framer.cut(raw, p, time);
        let mut slots = framer.slots.iter();
        let mut out = Vec::new();
        for piece in pieces(&framer.frame) {
            match piece {
                Piece::Literal(b) => out.extend_from_slice(b),
                Piece::Stamp(s) => s.write(time, &mut out),
                Piece::Host => out.extend_from_slice(p.host.as_bytes()),
                Piece::Service => out.extend_from_slice(p.service.as_bytes()),
                Piece::Message => out.extend_from_slice(&p.message),
                Piece::Slot => {
                    out.extend_from_slice(slots.next().expect("a span for each slot").of(raw))
                }
            }
        }
        (framer, out)
    }

    #[test]
    fn a_syslog_line_is_stamp_host_service_pid_and_message() {
        let raw = b"Mar  2 04:05:06 web-1 cron[812]: hello 5";
        let spans = [
            Span::new(0, 15),
            Span::new(16, 21),
            Span::new(22, 26),
            Span::new(33, 40),
        ];
        let (framer, out) = together(
            raw,
            &parsed(raw, spans),
            Timestamp::from_secs(1_772_424_306),
        );
        assert_eq!(out, raw);
        let kinds: Vec<Piece<'_>> = pieces(&framer.frame).collect();
        assert_eq!(kinds.len(), 9);
        assert_eq!(kinds[6], Piece::Slot);
        assert_eq!(kinds[8], Piece::Message);
    }

    #[test]
    fn json_values_are_slots_and_keys_stay() {
        let raw = br#"{"t": 5,"host":"web-1","a":{"b":"x \" y","c":[true,"z"]},"msg":"hello"}"#;
        let spans = [
            Span::default(),
            Span::new(16, 21),
            Span::default(),
            Span::new(64, 69),
        ];
        let p = parsed(raw, spans);
        assert_eq!(&*p.message, b"hello");
        let (framer, out) = together(raw, &p, Timestamp(0));
        assert_eq!(out, raw);
        assert_eq!(
            framer.slots.iter().map(|s| s.of(raw)).collect::<Vec<_>>(),
            [&b"5"[..], br#"x \" y"#]
        );
    }

    #[test]
    fn a_frame_met_before_is_found_and_fits_only_what_it_gives_back() {
        let time = Timestamp::from_secs(1_772_424_306);
        let line = |raw: &'static [u8], message: usize| {
            let spans = [
                Span::new(0, 15),
                Span::new(16, 21),
                Span::new(22, 26),
                Span::new(message, raw.len()),
            ];
            (raw, parsed_in(raw, spans))
        };
        let framed = Framed {
            number: 7,
            verbatim: true,
        };
        let (mut framer, mut layouts) = (Framer::default(), Layouts::default());
        let (raw, p) = line(b"Mar  2 04:05:06 web-1 cron[812]: hello 5", 33);
        assert_eq!(layouts.find(raw, &p, time, &mut Vec::new()), None);
        framer.cut(raw, &p, time);
        assert!(framer.is_layout(raw));
        layouts.remember(&framer.frame, raw, &p, framed);
        for (other, message, found) in [
            (
                &b"Mar  2 04:05:06 web-2 sshd[90000]: bye"[..],
                35,
                Some(framed),
            ),
            (b"Mar  2 04:05:07 web-2 sshd[90000]: bye", 35, None),
            (b"Mar  2 04:05:06 web-2 sshd[]: bye", 30, None),
            (b"Mar  2 04:05:06 web-2 sshd: bye", 28, None),
            (b"Mar  2 04:05:06 web-2 sshd[a]: bye", 31, None),
        ] {
            let (raw, p) = line(other, message);
            let got = layouts.find(raw, &p, time, &mut framer.slots);
            assert_eq!(got, found, "{}", raw.escape_ascii());
        }
        let (raw, p) = line(b"Mar  2 04:05:06 web-2 sshd[90000]: bye", 35);
        layouts.find(raw, &p, time, &mut framer.slots);
        assert_eq!(framer.slots[0].of(raw), b"90000");
    }

    proptest! {
        #[test]
        fn any_record_with_any_spans_comes_back(
            raw in prop_oneof![prop::collection::vec(any::<u8>(), 1..120), "\\{[\\\\\":,a-z0-9{} -]{0,80}".prop_map(String::into_bytes)],
            cuts in prop::collection::vec(0usize..120, 8),
            secs in 0i64..2_000_000_000,
        ) {
            let span = |i: usize| { let (a, b) = (cuts[i] % raw.len(), cuts[i + 1] % raw.len()); Span::new(a.min(b), a.max(b)) };
            let p = parsed(&raw, [span(0), span(2), span(4), span(6)]);
            let (_, out) = together(&raw, &p, Timestamp::from_secs(secs));
            prop_assert_eq!(out, raw);
        }
    }
}
