//! journald: one entry a line, as `journalctl -o json` writes it.
//!
//! Only the outer object is trusted: an application may put `_SYSTEMD_UNIT` into its message, the journal alone
//! writes it as a field.

use super::{
    Context, Fault, Format, Taken, Value, elements, epoch, graver, list_fields, members, set_parts,
    span_of, trimmed,
};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed, Severity};
use std::borrow::Cow;

/// The format `journald`.
pub(super) struct Journald;

/// The fields an entry is made of; a repeated field counts with its last value.
#[derive(Default)]
struct Entry<'a> {
    message: Option<Value<'a>>,
    time: Option<Value<'a>>,
    host: Option<Value<'a>>,
    /// By trust: what the program calls itself, its process name, the unit it runs in.
    identifier: Option<Value<'a>>,
    command: Option<Value<'a>>,
    unit: Option<Value<'a>>,
    priority: Option<Value<'a>>,
    facility: Option<Value<'a>>,
}

impl Format for Journald {
    fn name(&self) -> &'static str {
        "journald"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            r#"{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1772409723000000","_HOSTNAME":"web-1","PRIORITY":"3","SYSLOG_FACILITY":"3","SYSLOG_IDENTIFIER":"kubelet","MESSAGE":"node not ready"}"#,
            r#"{"__REALTIME_TIMESTAMP":"1772409724000000","_HOSTNAME":"web-1","_COMM":"cargo","MESSAGE":[27,91,51,49,109,111,111,112,115]}"#,
            r#"{"__REALTIME_TIMESTAMP":"1772409725000000","_HOSTNAME":"web-1","_SYSTEMD_UNIT":"big.service","MESSAGE":null}"#,
        ]
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        if !trimmed(record).trim_ascii_start().starts_with(b"{") {
            return 0;
        }
        let marked = members(trimmed(record))
            .any(|(key, _)| matches!(&*key, b"__REALTIME_TIMESTAMP" | b"__CURSOR"));
        if marked { 100 } else { 0 }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let mut entry = Entry::default();
        let mut scan = members(trimmed(record));
        for (key, value) in scan.by_ref() {
            entry.take(&key, value);
        }
        let mut parsed = Parsed::default();
        match scan.end() {
            Ok(()) => {}
            Err(Fault::Damaged) if entry.message.is_some() => parsed.status = ParseStatus::Partial,
            Err(_) => {
                parsed.status = ParseStatus::Unparsed;
                set_parts(
                    &mut parsed,
                    record,
                    b"".into(),
                    b"".into(),
                    trimmed(record).into(),
                );
                context.settle(&mut parsed);
                return parsed;
            }
        }
        if let Some(Cow::Borrowed(digits)) = entry.time.and_then(Value::text) {
            parsed.time = epoch(digits);
            if parsed.time.is_some() {
                parsed.time_span = span_of(record, digits);
            }
        }
        parsed.severity = entry
            .priority
            .and_then(small_number)
            .and_then(Severity::from_number);
        parsed.facility = entry.facility.and_then(small_number).filter(|&f| f < 24);
        let (message, status) = message(entry.message);
        parsed.status = graver(parsed.status, status);
        let host = entry.host.and_then(Value::text).unwrap_or_default();
        let service = entry.service().unwrap_or_default();
        set_parts(&mut parsed, record, host, service, message);
        context.settle(&mut parsed);
        parsed
    }

    fn fields(&self, record: &[u8]) -> Fields {
        let text = trimmed(record);
        let mut entry = Entry::default();
        for (key, value) in members(text) {
            entry.take(&key, value);
        }
        let service = [
            (&b"SYSLOG_IDENTIFIER"[..], entry.identifier),
            (b"_COMM", entry.command),
            (b"_SYSTEMD_UNIT", entry.unit),
        ];
        let service = service.into_iter().find(|(_, value)| value.is_some());
        list_fields(text, |key, _| match key {
            b"MESSAGE"
            | b"__REALTIME_TIMESTAMP"
            | b"_HOSTNAME"
            | b"PRIORITY"
            | b"SYSLOG_FACILITY" => Taken::Yes,
            _ if service.is_some_and(|(name, _)| name == key) => Taken::Yes,
            _ => Taken::No,
        })
    }
}

impl<'a> Entry<'a> {
    fn take(&mut self, key: &[u8], value: Value<'a>) {
        let slot = match key {
            b"MESSAGE" => &mut self.message,
            b"__REALTIME_TIMESTAMP" => &mut self.time,
            b"_HOSTNAME" => &mut self.host,
            b"SYSLOG_IDENTIFIER" => &mut self.identifier,
            b"_COMM" => &mut self.command,
            b"_SYSTEMD_UNIT" => &mut self.unit,
            b"PRIORITY" => &mut self.priority,
            b"SYSLOG_FACILITY" => &mut self.facility,
            _ => return,
        };
        *slot = Some(value);
    }

    fn service(&self) -> Option<Cow<'a, [u8]>> {
        let named = self.identifier.or(self.command).or(self.unit)?;
        match named {
            Value::List(_) => joined(named),
            _ => named.text(),
        }
    }
}

/// The message in its five forms: a string, the bytes of what is no text, null for what journalctl cut off, several
/// strings for a field given several times, or none at all.
fn message(value: Option<Value<'_>>) -> (Cow<'_, [u8]>, ParseStatus) {
    match value {
        None => (Cow::Borrowed(b""), ParseStatus::Partial),
        Some(value) if value.is_null() => (Cow::Borrowed(b""), ParseStatus::FieldNull),
        Some(value @ Value::List(_)) => match joined(value) {
            Some(text) => (text, ParseStatus::Ok),
            None => (Cow::Borrowed(raw(value)), ParseStatus::Partial),
        },
        Some(value) => match value.text() {
            Some(text) => (text, ParseStatus::Ok),
            None => (Cow::Borrowed(raw(value)), ParseStatus::Partial),
        },
    }
}

/// An array of bytes as bytes, an array of strings (or of such arrays) as lines.
fn joined(value: Value<'_>) -> Option<Cow<'_, [u8]>> {
    let Value::List(list) = value else {
        return value.text();
    };
    let parts = elements(list)?;
    let bytes = parts.iter().map(|part| match part {
        Value::Bare(digits) => super::number(digits).and_then(|n| u8::try_from(n).ok()),
        _ => None,
    });
    if let Some(bytes) = bytes.collect::<Option<Vec<u8>>>() {
        return Some(Cow::Owned(bytes));
    }
    let mut lines: Vec<u8> = Vec::new();
    for (i, part) in parts.into_iter().enumerate() {
        if i > 0 {
            lines.push(b'\n');
        }
        match part {
            Value::Text(..) => lines.extend_from_slice(&part.text()?),
            // One level only: a list of lists is as deep as the journal goes.
            Value::List(inner) if elements(inner)?.iter().all(|e| matches!(e, Value::Bare(_))) => {
                lines.extend_from_slice(&joined(part)?);
            }
            _ => return None,
        }
    }
    Some(Cow::Owned(lines))
}

/// A value as it stands in the record.
fn raw(value: Value<'_>) -> &[u8] {
    match value {
        Value::Text(raw, _) | Value::Bare(raw) | Value::Object(raw) | Value::List(raw) => raw,
    }
}

fn small_number(value: Value<'_>) -> Option<u8> {
    super::number(&value.text()?).and_then(|n| u8::try_from(n).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::context;
    use proptest::prelude::*;

    fn entry(message: &str) -> String {
        format!(
            r#"{{"__REALTIME_TIMESTAMP":"1772413323250000","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"app"{message}}}"#
        )
    }

    #[test]
    fn a_message_has_five_forms() {
        let rows = [
            (r#","MESSAGE":"plain""#, "plain", ParseStatus::Ok),
            (r#","MESSAGE":"a\tb""#, "a\tb", ParseStatus::Ok),
            (
                r#","MESSAGE":[27,91,51,49,109,195,188]"#,
                "\u{1b}[31m\u{fc}",
                ParseStatus::Ok,
            ),
            (r#","MESSAGE":["one","two"]"#, "one\ntwo", ParseStatus::Ok),
            (
                r#","MESSAGE":["one",[116,119,111]]"#,
                "one\ntwo",
                ParseStatus::Ok,
            ),
            (r#","MESSAGE":null"#, "", ParseStatus::FieldNull),
            ("", "", ParseStatus::Partial),
            (
                r#","MESSAGE":{"odd":1}"#,
                r#"{"odd":1}"#,
                ParseStatus::Partial,
            ),
            (r#","MESSAGE":[1,999]"#, "[1,999]", ParseStatus::Partial),
        ];
        for (message, wanted, status) in rows {
            let record = entry(message);
            let parsed = Journald.parse(record.as_bytes(), &mut context());
            assert_eq!(String::from_utf8_lossy(&parsed.message), wanted, "{record}");
            assert_eq!(parsed.status, status, "{record}");
            assert_eq!((&*parsed.host, &*parsed.service), ("h", "app"));
            assert_eq!(parsed.time.map(|t| t.0), Some(1_772_413_323_250_000));
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_marked() {
        let record = entry(r#","MESSAGE":[72,105,255]"#);
        let parsed = Journald.parse(record.as_bytes(), &mut context());
        assert_eq!(
            (&*parsed.message, parsed.status),
            (&b"Hi\xff"[..], ParseStatus::BadEncoding)
        );
    }

    #[test]
    fn only_the_outer_object_is_trusted() {
        let record = entry(
            r#","MESSAGE":"{\"_SYSTEMD_UNIT\":\"sshd.service\",\"SYSLOG_IDENTIFIER\":\"sshd\"}""#,
        );
        assert_eq!(
            Journald.parse(record.as_bytes(), &mut context()).service,
            "app"
        );
    }

    #[test]
    fn the_service_is_named_by_program_process_or_unit() {
        let rows = [
            (
                r#"{"_COMM":"c","_SYSTEMD_UNIT":"u.service","MESSAGE":"m"}"#,
                "c",
            ),
            (
                r#"{"_SYSTEMD_UNIT":"u.service","MESSAGE":"m"}"#,
                "u.service",
            ),
            (
                r#"{"_COMM":"c","SYSLOG_IDENTIFIER":"i","MESSAGE":"m"}"#,
                "i",
            ),
            (
                r#"{"SYSLOG_IDENTIFIER":"i","SYSLOG_IDENTIFIER":"last","MESSAGE":"m"}"#,
                "last",
            ),
            (r#"{"MESSAGE":"m"}"#, ""),
        ];
        for (record, wanted) in rows {
            assert_eq!(
                Journald.parse(record.as_bytes(), &mut context()).service,
                wanted,
                "{record}"
            );
        }
    }

    #[test]
    fn a_cut_entry_keeps_what_came() {
        let record = br#"{"MESSAGE":"half","__REALTIME_TIMESTAMP":"1772413323250000","_HOSTNA"#;
        let parsed = Journald.parse(record, &mut context());
        assert_eq!(
            (&*parsed.message, parsed.status),
            (&b"half"[..], ParseStatus::Partial)
        );
        for record in ["[]", "42", "null", "\"x\"", "{\"MESSAGE\":\"cu"] {
            let parsed = Journald.parse(record.as_bytes(), &mut context());
            assert_eq!(
                (&*parsed.message, parsed.status),
                (record.as_bytes(), ParseStatus::Unparsed)
            );
        }
    }

    #[test]
    fn fields_are_what_the_event_has_no_place_for() {
        let record =
            entry(r#","MESSAGE":"m","PRIORITY":"3","_COMM":"c","_PID":"7","__CURSOR":"s=1""#);
        assert_eq!(
            serde_json::Value::Object(Journald.fields(record.as_bytes())),
            serde_json::json!({"_COMM": "c", "_PID": "7", "__CURSOR": "s=1"})
        );
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json(message in any::<String>(), host in "[a-z.-]{1,12}", priority in 0u8..8, extra in ".{0,20}") {
            let json = serde_json::json!({
                "X": extra, "_HOSTNAME": host, "PRIORITY": priority.to_string(), "MESSAGE": message,
                "__REALTIME_TIMESTAMP": "1772413323250000",
            });
            let record = json.to_string();
            let parsed = Journald.parse(record.as_bytes(), &mut context());
            prop_assert_eq!(&*parsed.message, message.as_bytes());
            prop_assert_eq!(&*parsed.host, &host);
            prop_assert_eq!(parsed.severity, Severity::from_number(priority));
            prop_assert_eq!(parsed.status, ParseStatus::Ok);
        }
    }
}
