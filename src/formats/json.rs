//! JSON lines of application logs: the layouts of common loggers, ECS, GELF, docker and Kubernetes, told by field names.

use super::{
    Context, Fault, Format, Picked, Said, batch, fields_inside, list_rest, may_be_batch,
    read_object, trimmed,
};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed};
use std::borrow::Cow;

/// The format `json`.
pub(super) struct JsonLines;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "json"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            r#"{"time":"2026-03-02T01:02:03.250Z","level":"error","service":"orders","msg":"cannot reach the warehouse","attempt":3}"#,
            r#"{"@timestamp":"2026-03-02T01:02:03Z","log":{"level":"warn"},"host":{"name":"web-1"},"message":"slow query"}"#,
            r#"{"version":"1.1","host":"mail","short_message":"queue is growing","timestamp":1772413323.5,"level":4}"#,
            r#"{"log":"disk is full\n","stream":"stderr","time":"2026-03-02T01:02:03.123456789Z"}"#,
            r#"{"name":"billing","hostname":"app-2","pid":12,"level":50,"msg":"charge failed","time":1772413323250,"v":0}"#,
        ]
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        let text = trimmed(record);
        let (picked, end) = read_object(text);
        match end {
            Ok(()) => picked.likeness(),
            Err(_) if self.split(record).is_some() => 60,
            Err(Fault::Odd) => picked.likeness(),
            Err(Fault::Damaged) if picked.likeness() > 60 => 50,
            Err(_) => 0,
        }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let text = trimmed(record);
        let (picked, end) = read_object(text);
        parse_picked(record, text, &picked, end, context)
    }

    fn fields(&self, record: &[u8]) -> Fields {
        let text = trimmed(record);
        let (picked, _) = read_object(text);
        let mut fields = list_rest(text, &|value| picked.holds(value));
        if let Some(message) = picked.message() {
            fields.extend(fields_inside(&message));
        }
        fields
    }

    fn may_split(&self, record: &[u8], parsed: &Parsed<'_>) -> bool {
        may_be_batch(record, parsed)
    }

    fn split<'a>(&self, record: &'a [u8]) -> Option<Vec<Cow<'a, [u8]>>> {
        batch(trimmed(record))
    }
}

/// What the picked fields say; a record without a message is its own message.
pub(super) fn parse_picked<'a>(
    record: &'a [u8],
    text: &'a [u8],
    picked: &Picked<'a>,
    end: Result<(), Fault>,
    context: &mut Context,
) -> Parsed<'a> {
    let mut parsed = Parsed::default();
    let lost = match end {
        Ok(()) | Err(Fault::Odd) => false,
        Err(Fault::Damaged) => picked.is_empty(),
        Err(Fault::NotObject | Fault::TooDeep) => true,
    };
    if lost {
        return Said::unparsed(text).parsed(record, parsed, context);
    }
    if end.is_err() {
        parsed.status = ParseStatus::Partial;
    }
    picked.set_time(&mut parsed, record, context);
    let said = Said::of(picked).unwrap_or_else(|| Said {
        message: Cow::Borrowed(text),
        ..Said::about(picked)
    });
    said.parsed(record, parsed, context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::summary;
    use serde_json::json;

    fn read(record: &str) -> String {
        summary(&JsonLines, record)
    }

    #[test]
    fn layouts_of_loggers() {
        let t = "2026-03-02T01:02:03Z";
        let rows = [
            (
                r#"{"time":"2026-03-02T01:02:03Z","level":"WARN","msg":"m"}"#,
                "||warning|m|ok",
            ),
            (
                r#"{"ts":1772413323.0,"level":"info","logger":"http","caller":"a.go:7","msg":"m"}"#,
                "|http|info|m|ok",
            ),
            (
                r#"{"level":30,"time":1772413323000,"pid":1,"hostname":"h","name":"billing","msg":"m"}"#,
                "h|billing|info|m|ok",
            ),
            (
                r#"{"name":"x","level":"error","time":"2026-03-02T01:02:03Z","msg":"m"}"#,
                "||error|m|ok",
            ),
            (
                r#"{"@timestamp":"2026-03-02T01:02:03.000Z","log.level":"error","message":"m","service.name":"s","host.name":"h"}"#,
                "h|s|error|m|ok",
            ),
            (
                r#"{"@timestamp":"2026-03-02T01:02:03Z","log":{"level":"error"},"message":"m","service":{"name":"s"},"host":{"name":"h"}}"#,
                "h|s|error|m|ok",
            ),
            (
                r#"{"version":"1.1","host":"h","short_message":"m","timestamp":1772413323,"level":3,"_app":"s"}"#,
                "h||error|m|ok",
            ),
            (
                r#"{"instant":{"epochSecond":1772413323,"nanoOfSecond":0},"thread":"main","level":"ERROR","loggerName":"com.example.A","message":"m"}"#,
                "|com.example.A|error|m|ok",
            ),
            (
                r#"{"t":{"$date":"2026-03-02T01:02:03.000+00:00"},"s":"W","c":"NETWORK","msg":"m"}"#,
                "|NETWORK|warning|m|ok",
            ),
            (
                r#"{"@t":"2026-03-02T01:02:03Z","@m":"m","@l":"Error"}"#,
                "||error|m|ok",
            ),
            (
                r#"{"log":"m\n","stream":"stdout","time":"2026-03-02T01:02:03Z"}"#,
                "|||m|ok",
            ),
            (
                r#"{"log":"m","kubernetes":{"host":"n1","container":{"name":"c1"}},"time":"2026-03-02T01:02:03Z"}"#,
                "n1|c1||m|ok",
            ),
            (
                r#"{"log":"{\"level\":\"error\",\"msg\":\"inner\",\"service\":\"s\"}\n","time":"2026-03-02T01:02:03Z"}"#,
                "|s|error|inner|ok",
            ),
            (
                r#"{"timestamp":"2026-03-02T01:02:03Z","msg":"a","msg":"last wins"}"#,
                "|||last wins|ok",
            ),
        ];
        for (record, wanted) in rows {
            assert_eq!(read(record), format!("{t}|{wanted}"), "{record}");
        }
    }

    #[test]
    fn damage_is_marked() {
        let rows = [
            ("42", "||||42|unparsed"),
            ("[]", "||||[]|unparsed"),
            ("null", "||||null|unparsed"),
            (r#"{"msg":"m","level":"info","x":"cut"#, "|||info|m|partial"),
            (r#"{"msg":"m"}{"msg":"n"}"#, "||||m|partial"),
            (
                r#"{"time":"5ms","took":3}"#,
                r#"||||{"time":"5ms","took":3}|time_missing"#,
            ),
            (
                r#"{"msg":"m","time":"2099-01-01T00:00:00Z"}"#,
                "2099-01-01T00:00:00Z||||m|time_suspect",
            ),
        ];
        for (record, wanted) in rows {
            assert_eq!(read(record), wanted, "{record}");
        }
        let deep = format!(
            "{{\"msg\":\"m\",\"a\":{}{}}}",
            "[".repeat(200),
            "]".repeat(200)
        );
        assert!(read(&deep).ends_with("|unparsed"));
    }

    #[test]
    fn fields_are_what_the_event_has_no_place_for() {
        let record = br#"{"@timestamp":"2026-03-02T01:02:03Z","log":{"level":"warn","file":"a.rs"},"host":{"name":"h"},"message":"m","n":1,"error":"e"}"#;
        assert_eq!(
            serde_json::Value::Object(JsonLines.fields(record)),
            json!({"log": {"file": "a.rs"}, "n": 1, "error": "e"})
        );
    }

    #[test]
    fn batches_fall_apart_into_their_records() {
        let split = |text: &str| JsonLines.split(text.as_bytes()).map(|v| v.len());
        assert_eq!(split(r#"[{"msg":"a"},{"msg":"b"}]"#), Some(2));
        assert_eq!(
            split(r#"{"events":[{"msg":"a"},{"msg":"b"}],"source_label":"x"}"#),
            Some(2)
        );
        assert_eq!(split(r#"{"msg":"m","events":[{"msg":"a"}]}"#), None);
        assert_eq!(split(r#"{"events":[1,2]}"#), None);
        assert_eq!(split("[]"), None);
        assert_eq!(split("[1"), None);
    }
}
