//! What a structured record says, and what the application said inside it: collectors wrap lines that have a structure
//! of their own.

use super::keys::Picked;
use super::{Context, graver, head, json, logfmt, paths, set_parts};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed, Severity};
use crate::time::Timestamp;
use std::borrow::Cow;

/// The parts of an event, before it is known where they stand.
#[derive(Default)]
pub(super) struct Said<'a> {
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
    pub(super) fn of(picked: &Picked<'a>) -> Option<Said<'a>> {
        let message = picked.message()?;
        Some(Said {
            message,
            ..Said::about(picked)
        })
    }

    /// From the fields of a record, without the message.
    pub(super) fn about(picked: &Picked<'a>) -> Said<'a> {
        Said {
            host: picked.host(),
            service: picked.service(),
            severity: picked.severity(),
            facility: picked.facility(),
            ..Said::default()
        }
    }

    /// A record that is not of the format: all of it is message.
    pub(super) fn unparsed(text: &'a [u8]) -> Said<'a> {
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
    pub(super) fn parsed(
        self,
        record: &'a [u8],
        parsed: Parsed<'a>,
        context: &mut Context,
    ) -> Parsed<'a> {
        let said = self.with_inside(context);
        said.parsed_as_it_is(record, parsed, context)
    }

    /// The event, for a record whose message is known to be plain words.
    pub(super) fn parsed_as_it_is(
        self,
        record: &'a [u8],
        mut parsed: Parsed<'a>,
        context: &mut Context,
    ) -> Parsed<'a> {
        parsed.status = graver(parsed.status, self.status);
        parsed.facility = self.facility;
        parsed.severity = self.severity.or_else(|| head::severity(&self.message));
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

/// What text says that is a whole object, or pairs with a message among them; `None` for other text.
fn inside<'a>(message: &'a [u8], context: &mut Context) -> Option<Said<'a>> {
    let text = message.trim_ascii();
    let picked = match text.first()? {
        b'{' if text.ends_with(b"}") => {
            let (picked, end) = json::read(text);
            end.is_ok().then_some(picked)?
        }
        b'a'..=b'z' | b'A'..=b'Z' => {
            // A log of pairs begins with a short key: most messages are given up within a few bytes.
            let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
            let key = text.iter().take(24).position(|b| !word(b))?;
            (text[key] == b'=').then(|| logfmt::read(text))?
        }
        _ => return None,
    };
    // Some pairs or an object may be all there is to say; only a log's line has both of these.
    let severity = picked.severity()?;
    let mut parsed = Parsed::default();
    picked.set_time(&mut parsed, text, context);
    Some(Said {
        time: parsed.time,
        severity: Some(severity),
        ..Said::of(&picked)?
    })
}

/// What structured text inside a message says besides the parts of the event; empty for other text.
pub(super) fn fields_inside(message: &[u8]) -> Fields {
    let text = message.trim_ascii();
    match text.first() {
        Some(b'{') => {
            let (picked, _) = json::read(text);
            paths::rest(text, &|value| picked.holds(value))
        }
        _ => Fields::new(),
    }
}
