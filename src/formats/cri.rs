//! CRI: the lines Kubernetes keeps of its containers, `TIME stdout|stderr F|P MESSAGE`.
//!
//! A line too long for the runtime is cut into pieces marked `P`; each is a record, and marked.

use super::{Context, Format, Said, When, fields_inside, read_iso, trimmed};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed};
use std::borrow::Cow;

/// The format `cri`.
pub(super) struct Cri;

/// The parts of a line.
struct Line<'a> {
    when: When,
    time: &'a [u8],
    stream: &'a [u8],
    /// `F` for a full line, `P` for a piece of one.
    tag: &'a [u8],
    message: &'a [u8],
}

impl Format for Cri {
    fn name(&self) -> &'static str {
        "cri"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            "2026-03-02T01:02:03.123456789Z stderr F E0302 01:02:03.123456       1 controller.go:114] sync failed: timeout",
            "2026-03-02T01:02:03.5+01:00 stdout F {\"level\":\"info\",\"msg\":\"listening\",\"port\":8080}",
            "2026-03-02T01:02:04Z stdout F plain words",
        ]
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        if line(trimmed(record)).is_some() {
            95
        } else {
            0
        }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let text = trimmed(record);
        let mut parsed = Parsed::default();
        let Some(line) = line(text) else {
            return Said::unparsed(text).parsed(record, parsed, context);
        };
        context.set_time(&mut parsed, record, &line.when, line.time);
        let status = match line.tag {
            b"P" => ParseStatus::Partial,
            _ => ParseStatus::Ok,
        };
        let said = Said {
            message: Cow::Borrowed(line.message),
            status,
            ..Said::default()
        };
        said.parsed(record, parsed, context)
    }

    fn fields(&self, record: &[u8]) -> Fields {
        let mut fields = Fields::new();
        if let Some(line) = line(trimmed(record)) {
            let stream = String::from_utf8_lossy(line.stream).into_owned();
            fields.insert("stream".to_string(), stream.into());
            fields.extend(fields_inside(line.message));
        }
        fields
    }
}

fn line(text: &[u8]) -> Option<Line<'_>> {
    let (stamp, len) = read_iso(text)?;
    let rest = text[len..].strip_prefix(b" ")?;
    let (stream, rest) = [&b"stdout"[..], b"stderr"]
        .into_iter()
        .find_map(|name| Some((name, rest.strip_prefix(name)?.strip_prefix(b" ")?)))?;
    let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
    let (tag, message) = rest.split_at(end);
    // Tags are `F` or `P`; the specification leaves room for more of them behind a colon.
    if !matches!(tag, [b'F' | b'P'] | [b'F' | b'P', b':', ..]) {
        return None;
    }
    Some(Line {
        when: When::Civil(stamp),
        time: &text[..len],
        stream,
        tag: &tag[..1],
        message: message.strip_prefix(b" ").unwrap_or(message),
    })
}
