//! CSV: a line of column names, then records. What a column is for an event is told by its name.
//!
//! The names are state of the source: they are in [`Context::header`], put there by the first record or by the caller
//! (who knows them from an earlier run, or has been told by the operator what the columns mean).

use super::{Context, Format, Header, Said, Value, cells, delimiter_of, trimmed};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed};
use std::borrow::Cow;

/// The format `csv`.
pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn samples(&self) -> &'static [&'static str] {
        &["timestamp,host,service,severity,message"]
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        // One record of several columns says little; a header says much.
        if Header::read(record).is_some() {
            70
        } else {
            0
        }
    }

    fn fit(&self, sample: &[&[u8]]) -> u32 {
        let Some((first, rest)) = sample.split_first() else {
            return 0;
        };
        let Some(header) = Header::read(first) else {
            return 0;
        };
        let width = |record: &&&[u8]| {
            cells(trimmed(record), header.delimiter).count() == header.columns.len()
        };
        let fitting = rest.iter().filter(width).count();
        match rest.len() {
            0 => 70,
            all => (70 * fitting / all) as u32,
        }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let text = trimmed(record);
        let mut parsed = Parsed::default();
        let whole = |status| Said {
            message: Cow::Borrowed(text),
            status,
            ..Said::default()
        };
        let Some(header) = context.header.take() else {
            context.header = Header::read(record);
            let status = match context.header {
                Some(_) => ParseStatus::Ok,
                None => ParseStatus::Unparsed,
            };
            return whole(status).parsed_as_it_is(record, parsed, context);
        };
        let picked = header.pick(text);
        let count = cells(text, header.delimiter).count();
        let again = header.repeated(text);
        let status = match count == header.columns.len() {
            true => ParseStatus::Ok,
            false if count > 1 => ParseStatus::Partial,
            false => ParseStatus::Unparsed,
        };
        context.header = Some(header);
        if again || status == ParseStatus::Unparsed {
            return whole(status).parsed_as_it_is(record, parsed, context);
        }
        picked.set_time(&mut parsed, record, context);
        let said = Said::of(&picked).unwrap_or_else(|| Said {
            message: Cow::Borrowed(text),
            ..Said::about(&picked)
        });
        Said { status, ..said }.parsed(record, parsed, context)
    }

    fn fields(&self, record: &[u8]) -> Fields {
        let text = trimmed(record);
        let delimiter = delimiter_of(text);
        let cells = cells(text, delimiter);
        cells
            .enumerate()
            .map(|(i, value)| (format!("column_{}", i + 1), value.json()))
            .collect()
    }

    fn fields_in(&self, record: &[u8], context: &Context) -> Fields {
        let Some(header) = &context.header else {
            return self.fields(record);
        };
        let text = trimmed(record);
        if header.repeated(text) {
            return Fields::new();
        }
        let picked = header.pick(text);
        let cells = header.columns.iter().zip(cells(text, header.delimiter));
        cells
            .filter(|(_, value)| !picked.holds(*value) && !matches!(value, Value::Text(b"", _)))
            .map(|(name, value)| (name.clone(), value.json()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Severity;
    use crate::formats::detect;
    use crate::formats::tests::context;

    #[test]
    fn the_first_record_names_the_columns() {
        let mut context = context();
        let records = [
            "Time,Level,Host,Message,Code",
            r#"2026-03-02 01:02:03,Warning,h1,"slow, ""very"" slow",7"#,
            "2026-03-02 01:02:04,Error,h2,plain,",
            "Time,Level,Host,Message,Code",
            "too,short",
            "no columns",
        ];
        let read: Vec<_> = records
            .iter()
            .map(|record| {
                let parsed = Csv.parse(record.as_bytes(), &mut context);
                let message = String::from_utf8_lossy(&parsed.message).into_owned();
                (
                    parsed.host.into_owned(),
                    message,
                    parsed.severity,
                    parsed.status,
                )
            })
            .collect();
        let row = |host: &str, message: &str, severity, status| {
            (host.to_string(), message.to_string(), severity, status)
        };
        let wanted = [
            row("", records[0], None, ParseStatus::TimeMissing),
            row(
                "h1",
                r#"slow, "very" slow"#,
                Some(Severity::Warning),
                ParseStatus::Ok,
            ),
            row("h2", "plain", Some(Severity::Error), ParseStatus::Ok),
            row("", records[3], None, ParseStatus::TimeMissing),
            row("", records[4], None, ParseStatus::Partial),
            row("", records[5], None, ParseStatus::Unparsed),
        ];
        assert_eq!(read, wanted);
        let fields = Csv.fields_in(records[1].as_bytes(), &context);
        assert_eq!(
            serde_json::Value::Object(fields),
            serde_json::json!({"Code": 7})
        );
    }

    #[test]
    fn sentences_are_no_headers() {
        for record in [
            "hello, world",
            "a,b,c",
            "1,2,3",
            "time",
            "time,time",
            "Time to go, said the host",
        ] {
            assert_eq!(Header::read(record.as_bytes()), None, "{record}");
        }
        let header = Header::read(b"date;text").expect("a header");
        assert_eq!(header.delimiter, b';');
    }

    #[test]
    fn columns_can_be_told_what_they_are() {
        let mut context = context();
        let told = |field: &str, column: &str| (field.to_string(), column.to_string());
        let meanings = [told("timestamp", "wann"), told("message", "was")];
        let first = b"\"wann\",was,message";
        assert_eq!(Header::read_as(first, &[told("host", "wo")]), None);
        context.header = Header::read_as(first, &meanings);
        let again = Csv.parse(first, &mut context);
        assert_eq!(again.status, ParseStatus::TimeMissing);
        let parsed = Csv.parse(b"2026-03-02T01:02:03Z,Hallo,other", &mut context);
        assert_eq!(
            (&*parsed.message, parsed.status),
            (&b"Hallo"[..], ParseStatus::Ok)
        );
    }

    #[test]
    fn a_source_is_csv_when_its_records_have_the_columns_of_the_first() {
        let header: &[u8] = b"time,message";
        assert_eq!(
            detect(&[header, b"1772413323,a", b"1772413324,b"]).name(),
            "csv"
        );
        assert_eq!(
            detect(&[header, b"one", b"two", b"a, b, c"]).name(),
            "plain"
        );
    }
}
