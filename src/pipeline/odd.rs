//! Records that are no plain line: several events in one, pieces of a line, runs of NUL bytes.
//!
//! Whatever is made of them, their bytes are kept once. A line that holds several events is dealt out: each event keeps its
//! own bytes and those between it and the event before, so that the shares joined are the line.

use super::reading::{Reading, parse, parse_lines};
use super::worker::{Scene, Worker};
use crate::envelope::{Endian, ParseStatus};
use crate::event::Span;
use crate::intake::{Mark, Record};
use crate::store::segment::frame::{Coding, Form, Held, LineEnd};
use std::borrow::Cow;

impl Worker {
    /// Keeps a record that is no plain line.
    pub(super) fn odd(&mut self, record: &Record<'_>, scene: &mut Scene<'_>) {
        let form = Form {
            end: match record.terminated {
                true => LineEnd::There,
                false => LineEnd::Open,
            },
            ..Form::LINE
        };
        match record.mark {
            Mark::Line => self.whole(record.bytes, form, None, scene),
            Mark::Unterminated => {
                let status = Some(ParseStatus::Unterminated);
                self.whole(record.bytes, form, status, scene);
            }
            Mark::Fragment { index, .. } => {
                let before = scene.coverage;
                let status = Some(ParseStatus::OversizeFragment);
                self.whole(record.bytes, form, status, scene);
                // However many pieces a line came in, it is one line.
                if index > 0 {
                    scene.coverage = before;
                }
            }
            Mark::Lines { head } => {
                let (_, parsed) = parse_lines(scene.reading, record.bytes, head, scene.context);
                self.keep(record.bytes, parsed, form, scene);
            }
            Mark::Framed { start, end } => self.framed(record.bytes, (start, end), form, scene),
            Mark::Utf16(endian) => self.utf16(record, endian, form, scene),
            Mark::NulRun { len } => {
                let count = format!("{len} NUL bytes");
                let coding = Coding::Nuls;
                let status = Some(ParseStatus::NulRun);
                self.whole(count.as_bytes(), Form { coding, ..form }, status, scene);
            }
        }
    }

    /// A record of which a part is the event.
    fn framed(
        &mut self,
        raw: &[u8],
        (start, end): (usize, usize),
        form: Form,
        scene: &mut Scene<'_>,
    ) {
        let text = &raw[start..end];
        let (format, parsed) = parse(scene.reading, text, scene.context);
        if format.may_split(text, &parsed)
            && let Some(pieces) = format.split(text)
        {
            return self.several(raw, &pieces, form, scene);
        }
        let event = match text.len() == raw.len() {
            true => Held::Whole,
            false => Held::Inside(Span::new(start, end)),
        };
        self.keep(raw, parsed, Form { event, ..form }, scene);
    }

    /// A line of UTF-16: kept as UTF-8, from which it is written again.
    fn utf16(&mut self, record: &Record<'_>, endian: Endian, form: Form, scene: &mut Scene<'_>) {
        let pairs = record.bytes.chunks_exact(2);
        let whole = pairs.remainder().is_empty();
        let units = pairs.map(|pair| endian.read([pair[0], pair[1]]));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        match text {
            Ok(text) if whole => {
                let coding = Coding::Utf16(endian);
                self.whole(text.as_bytes(), Form { coding, ..form }, None, scene);
            }
            _ => {
                let end = if record.terminated {
                    &endian.line_end()[..]
                } else {
                    &[]
                };
                let form = Form {
                    end: LineEnd::Open,
                    ..form
                };
                let status = Some(ParseStatus::BadEncoding);
                self.whole(&[record.bytes, end].concat(), form, status, scene);
            }
        }
    }

    /// A record all of which is read; `status` is what framing says of it.
    fn whole(
        &mut self,
        raw: &[u8],
        form: Form,
        status: Option<ParseStatus>,
        scene: &mut Scene<'_>,
    ) {
        let (format, mut parsed) = parse(scene.reading, raw, scene.context);
        let split = matches!(status, None | Some(ParseStatus::Unterminated))
            && format.may_split(raw, &parsed);
        if split && let Some(pieces) = format.split(raw) {
            return self.several(raw, &pieces, form, scene);
        }
        parsed.status = status.unwrap_or(parsed.status);
        self.keep(raw, parsed, form, scene);
    }

    /// Deals a record out to the events in it.
    pub(super) fn several(
        &mut self,
        raw: &[u8],
        pieces: &[Cow<'_, [u8]>],
        form: Form,
        scene: &mut Scene<'_>,
    ) {
        let reading = Reading { ..scene.reading };
        let mut at = 0;
        for (i, piece) in pieces.iter().enumerate() {
            let last = i + 1 == pieces.len();
            let end = if last { form.end } else { LineEnd::Open };
            let place = place_of(raw, piece).filter(|span| span.start as usize >= at);
            let until = match (last, place) {
                (true, _) => raw.len(),
                (false, Some(span)) => span.end as usize,
                // What the record says of an event made out of it goes to the first of them.
                (false, None) => next_place(raw, &pieces[i + 1..]).unwrap_or(raw.len()),
            };
            let share = &raw[at..until.max(at)];
            let (_, parsed) = parse(reading, piece, scene.context);
            match place {
                Some(span) => {
                    let inside = Span::new(span.start as usize - at, span.end as usize - at);
                    let event = Held::Inside(inside);
                    self.keep(share, parsed, Form { end, event, ..form }, scene);
                }
                None => {
                    let both = [share, piece].concat();
                    let event = Held::Apart(share.len() as u32);
                    self.keep(&both, parsed, Form { end, event, ..form }, scene);
                }
            }
            at = until.max(at);
        }
    }
}

/// Where the next event stands that is in the record as it is.
fn next_place(raw: &[u8], pieces: &[Cow<'_, [u8]>]) -> Option<usize> {
    let place = pieces.iter().find_map(|piece| place_of(raw, piece))?;
    Some(place.start as usize)
}

/// Where a piece stands in its record, if it is a part of it.
fn place_of(raw: &[u8], piece: &[u8]) -> Option<Span> {
    let start = piece.as_ptr().addr().checked_sub(raw.as_ptr().addr())?;
    (start + piece.len() <= raw.len()).then(|| Span::new(start, start + piece.len()))
}
