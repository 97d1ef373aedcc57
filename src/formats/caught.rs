//! A guard around a format: a parser that fails inside must not stand in the way of its source for ever.
//!
//! Nothing a record says may stop those behind it. What a parser panics over is kept as text that could not be read, and
//! counted as that; the panic itself is told by whoever listens to panics.

use super::{Context, Format};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed, Span};
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A format that never panics.
pub(super) struct Caught<F: Format>(pub F);

/// What `read` gives; nothing if it panics. What a parser changes are plain values, whole at any moment.
fn caught<T>(read: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()
}

impl<F: Format> Format for Caught<F> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn samples(&self) -> &'static [&'static str] {
        self.0.samples()
    }

    #[cfg(test)]
    fn bare(&self) -> Option<&dyn Format> {
        Some(&self.0)
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        caught(|| self.0.likeness(record)).unwrap_or(0)
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        caught(|| self.0.parse(record, context)).unwrap_or_else(|| Parsed {
            message: Cow::Borrowed(record),
            message_span: Span::new(0, record.len()),
            status: ParseStatus::Unparsed,
            ..Parsed::default()
        })
    }

    fn fields(&self, record: &[u8]) -> Fields {
        caught(|| self.0.fields(record)).unwrap_or_default()
    }

    fn fields_in(&self, record: &[u8], context: &Context) -> Fields {
        caught(|| self.0.fields_in(record, context)).unwrap_or_default()
    }

    fn counts_repeats(&self) -> bool {
        self.0.counts_repeats()
    }

    fn may_split(&self, record: &[u8], parsed: &Parsed<'_>) -> bool {
        caught(|| self.0.may_split(record, parsed)).unwrap_or(false)
    }

    fn split<'a>(&self, record: &'a [u8]) -> Option<Vec<Cow<'a, [u8]>>> {
        caught(|| self.0.split(record)).flatten()
    }

    fn fit(&self, sample: &[&[u8]]) -> u32 {
        caught(|| self.0.fit(sample)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Panics over everything that says so.
    struct Poisoned;

    fn taste(record: &[u8]) {
        assert!(!record.starts_with(b"poison"), "as asked for");
    }

    impl Format for Poisoned {
        fn name(&self) -> &'static str {
            "poisoned"
        }

        fn samples(&self) -> &'static [&'static str] {
            &[]
        }

        fn likeness(&self, record: &[u8]) -> u8 {
            taste(record);
            90
        }

        fn parse<'a>(&self, record: &'a [u8], _: &mut Context) -> Parsed<'a> {
            taste(record);
            Parsed::default()
        }

        fn fields(&self, record: &[u8]) -> Fields {
            taste(record);
            Fields::new()
        }

        fn may_split(&self, record: &[u8], _: &Parsed<'_>) -> bool {
            taste(record);
            true
        }

        fn split<'a>(&self, record: &'a [u8]) -> Option<Vec<Cow<'a, [u8]>>> {
            taste(record);
            Some(vec![Cow::Borrowed(record)])
        }
    }

    #[test]
    fn a_record_its_parser_panics_over_is_text_and_harms_no_other() {
        let format: &dyn Format = &Caught(Poisoned);
        let mut context = super::super::tests::context();
        let poison = &b"poison in it"[..];
        let parsed = format.parse(poison, &mut context);
        assert_eq!(parsed.status, ParseStatus::Unparsed);
        assert_eq!(&*parsed.message, poison);
        assert_eq!(parsed.message_span.of(poison), poison);
        assert_eq!(format.likeness(poison), 0);
        assert_eq!(format.fit(&[b"water", poison]), 0);
        assert_eq!(format.fields(poison), Fields::new());
        assert_eq!(format.fields_in(poison, &context), Fields::new());
        assert!(!format.may_split(poison, &parsed));
        assert_eq!(format.split(poison), None);
        // All else is read as ever.
        let parsed = format.parse(b"water", &mut context);
        assert_eq!(parsed.status, ParseStatus::Ok);
        assert!(format.may_split(b"water", &parsed));
        assert!(format.split(b"water").is_some());
        assert_eq!(format.likeness(b"water"), 90);
    }
}
