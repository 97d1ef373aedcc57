//! What a structured record says, and what the application said inside it: collectors wrap lines that have a structure
//! of their own.

use super::{
    Context, Fault, Picked, graver, list_rest, read_object, read_pairs, rest_of_pairs, set_parts,
    severity_at_head,
};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed, Severity};
use crate::time::Timestamp;
use std::borrow::Cow;

/// The parts of an event, before it is known where they stand.
#[derive(Default)]
pub(in crate::formats) struct Said<'a> {
    /// A time that stands nowhere in the record as it is.
    pub time: Option<Timestamp>,
    pub host: Cow<'a, [u8]>,
    pub service: Cow<'a, [u8]>,
    pub message: Cow<'a, [u8]>,
    pub severity: Option<Severity>,
    pub facility: Option<u8>,
    pub status: ParseStatus,
}

impl<'a> Said<'a> {
    /// From the fields of a record; `None` when no message is among them.
    pub(in crate::formats) fn of(picked: &Picked<'a>) -> Option<Said<'a>> {
        let message = picked.message()?;
        Some(Said {
            message,
            ..Said::about(picked)
        })
    }

    /// From the fields of a record, without the message.
    pub(in crate::formats) fn about(picked: &Picked<'a>) -> Said<'a> {
        Said {
            host: picked.host(),
            service: picked.service(),
            severity: picked.severity(),
            facility: picked.facility(),
            ..Said::default()
        }
    }

    /// A record that is not of the format: all of it is message.
    pub(in crate::formats) fn unparsed(text: &'a [u8]) -> Said<'a> {
        Said {
            message: Cow::Borrowed(text),
            status: ParseStatus::Unparsed,
            ..Said::default()
        }
    }

    /// With what the application said inside the message: it knows better what happened, the collector where.
    fn with_inside(self, context: &mut Context) -> Said<'a> {
        let inner = match &self.message {
            Cow::Borrowed(message) => inside(message, context),
            Cow::Owned(message) => inside(message, context).map(Said::into_owned),
        };
        let Some(inner) = inner else {
            return self;
        };
        let first = |outer: Cow<'a, [u8]>, inner| if outer.is_empty() { inner } else { outer };
        Said {
            time: self.time.or(inner.time),
            host: first(self.host, inner.host),
            service: first(self.service, inner.service),
            message: inner.message,
            severity: inner.severity.or(self.severity),
            facility: self.facility.or(inner.facility),
            status: self.status,
        }
    }

    fn into_owned(self) -> Said<'static> {
        Said {
            time: self.time,
            host: Cow::Owned(self.host.into_owned()),
            service: Cow::Owned(self.service.into_owned()),
            message: Cow::Owned(self.message.into_owned()),
            severity: self.severity,
            facility: self.facility,
            status: self.status,
        }
    }

    /// The event. `parsed` brings the time, if it stands in the record; a part that stands inside the message has no
    /// span of its own.
    pub(in crate::formats) fn parsed(
        self,
        record: &'a [u8],
        parsed: Parsed<'a>,
        context: &mut Context,
    ) -> Parsed<'a> {
        let said = self.with_inside(context);
        said.parsed_as_it_is(record, parsed, context)
    }

    /// The event, for a record whose message is known to be plain words.
    pub(in crate::formats) fn parsed_as_it_is(
        self,
        record: &'a [u8],
        mut parsed: Parsed<'a>,
        context: &mut Context,
    ) -> Parsed<'a> {
        parsed.status = graver(parsed.status, self.status);
        parsed.facility = self.facility;
        parsed.severity = self.severity.or_else(|| severity_at_head(&self.message));
        parsed.time = parsed.time.or(self.time);
        set_parts(&mut parsed, record, self.host, self.service, self.message);
        let message = parsed.message_span;
        let others = [
            &mut parsed.time_span,
            &mut parsed.host_span,
            &mut parsed.service_span,
        ];
        for span in others {
            if span.start < message.end && message.start < span.end {
                *span = Default::default();
            }
        }
        context.settle(&mut parsed);
        parsed
    }
}

/// The fields of text that is a whole object or a line of pairs, if it is the line of a logger: with a severity and a
/// message. Other objects and pairs may be all that is said.
fn structure(message: &[u8]) -> Option<(&[u8], Picked<'_>, Structure)> {
    let text = message.trim_ascii();
    let (picked, structure) = match text.first()? {
        b'{' if text.ends_with(b"}") => match read_object(text) {
            (picked, Ok(()) | Err(Fault::Odd)) => (picked, Structure::Object),
            _ => return None,
        },
        b'a'..=b'z' | b'A'..=b'Z' => {
            // A line of pairs begins with a short key: most messages are given up within a few bytes.
            let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
            let key = text.iter().take(24).position(|b| !word(b))?;
            match text[key] {
                b'=' => (read_pairs(text), Structure::Pairs),
                _ => return None,
            }
        }
        _ => return None,
    };
    let logged = picked.severity().is_some() && picked.message().is_some();
    logged.then_some((text, picked, structure))
}

/// How a message is built.
enum Structure {
    Object,
    Pairs,
}

/// What the line of a logger inside a message says.
fn inside<'a>(message: &'a [u8], context: &mut Context) -> Option<Said<'a>> {
    let (text, picked, _) = structure(message)?;
    let mut parsed = Parsed::default();
    picked.set_time(&mut parsed, text, context);
    Some(Said {
        time: parsed.time,
        ..Said::of(&picked)?
    })
}

/// What the line of a logger inside a message says besides the parts of the event; empty for other text.
pub(in crate::formats) fn fields_inside(message: &[u8]) -> Fields {
    match structure(message) {
        Some((text, picked, Structure::Object)) => list_rest(text, &|value| picked.holds(value)),
        Some((text, picked, Structure::Pairs)) => rest_of_pairs(text, &picked),
        None => Fields::new(),
    }
}
