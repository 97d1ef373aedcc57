//! Windows events: the XML of the event viewer and of `wevtutil`, and the JSON of PowerShell, winlogbeat, NXLog and
//! evtx dumps. One event a record.
//!
//! An export without the rendered message gets one from the event's id, where that is one people know; otherwise the id
//! is part of the service, since it names the event.

mod names;
mod xml;

use super::{
    Context, Fault, Format, Said, Value, When, batch, find, list_rest, may_be_batch, members,
    number, same_place, trimmed, when,
};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed, Severity};
use crate::time::Timestamp;
use std::borrow::Cow;

/// The format `windows`.
pub(super) struct Windows;

/// The parts of an event in JSON, and the names they have in the exports.
const NAMES: [&[&str]; 8] = [
    &[
        "winlog.event_id",
        "event.system.eventid.#text",
        "event.system.eventid",
        "eventid",
        "id",
        "event_id",
        "event.code",
    ],
    &[
        "winlog.provider_name",
        "event.system.provider.#attributes.name",
        "event.system.provider.name",
        "providername",
        "sourcename",
        "provider_name",
        "source_name",
    ],
    &[
        "winlog.computer_name",
        "event.system.computer",
        "machinename",
        "hostname",
        "computer",
        "computer_name",
    ],
    &[
        "leveldisplayname",
        "log.level",
        "severity",
        "level",
        "event.system.level",
        "winlog.level",
    ],
    &["message", "event.renderinginfo.message"],
    &[
        "@timestamp",
        "event.system.timecreated.#attributes.systemtime",
        "event.system.timecreated.systemtime",
        "timecreated",
        "timegenerated",
        "eventtime",
    ],
    &[
        "winlog.keywords",
        "event.system.keywords",
        "keywordsdisplaynames",
        "keywords",
    ],
    &[
        "winlog.channel",
        "event.system.channel",
        "logname",
        "channel",
    ],
];

/// A name and a value.
type Part<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// What an event says, wherever it said it.
#[derive(Default)]
struct Facts<'a> {
    id: Cow<'a, [u8]>,
    provider: Cow<'a, [u8]>,
    computer: Cow<'a, [u8]>,
    level: Cow<'a, [u8]>,
    message: Cow<'a, [u8]>,
    time: Cow<'a, [u8]>,
    keywords: Cow<'a, [u8]>,
    /// The values of the event, for a message of our own.
    data: Vec<Part<'a>>,
    status: ParseStatus,
}

impl Format for Windows {
    fn name(&self) -> &'static str {
        "windows"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Service Control Manager'/><EventID Qualifiers='16384'>7031</EventID><Level>2</Level><TimeCreated SystemTime='2026-03-02T01:02:03.1234567Z'/><Channel>System</Channel><Computer>dc-1.corp.example</Computer></System><EventData><Data Name='param1'>Spooler &amp; Co</Data></EventData></Event>",
            r#"{"Id":4625,"ProviderName":"Microsoft-Windows-Security-Auditing","LogName":"Security","LevelDisplayName":"Information","MachineName":"dc-1","TimeCreated":"\/Date(1772413323123)\/","Message":"An account failed to log on."}"#,
            r#"{"@timestamp":"2026-03-02T01:02:03.123Z","log":{"level":"error"},"message":"The disk has a bad block.","winlog":{"event_id":7,"provider_name":"disk","computer_name":"srv-2","channel":"System","record_id":991}}"#,
        ]
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        let text = trimmed(record).trim_ascii();
        match text.first() {
            Some(b'<') if xml::event(text).is_some() => 98,
            Some(b'{') => {
                let ([id, provider, computer, _, _, time, keywords, channel], end) =
                    find(text, &NAMES);
                let certain = [id, provider, computer, time].iter().all(Option::is_some)
                    && (keywords.is_some() || channel.is_some() || is_wrapped(text));
                if certain && end.is_ok() { 97 } else { 0 }
            }
            _ => 0,
        }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let text = trimmed(record);
        let mut parsed = Parsed::default();
        let Some(facts) = facts(text) else {
            return Said::unparsed(text).parsed(record, parsed, context);
        };
        parsed.status = facts.status;
        if let Some(when) = when_written(&facts.time) {
            context.set_time(&mut parsed, record, &when, &facts.time);
            if let When::Instant(_) = when {
                // `/Date(…)/` is more than the number it holds.
                parsed.time_span = Default::default();
            }
        }
        let severity = facts.severity();
        let (service, message) = facts.service_and_message();
        let said = Said {
            host: facts.computer,
            service,
            message,
            severity,
            ..Said::default()
        };
        said.parsed_as_it_is(record, parsed, context)
    }

    fn fields(&self, record: &[u8]) -> Fields {
        let text = trimmed(record);
        if text.trim_ascii_start().starts_with(b"<") {
            return xml::event(text)
                .map(|event| event.fields())
                .unwrap_or_default();
        }
        let ([_, provider, computer, level, message, time, ..], _) = find(text, &NAMES);
        let taken = [provider, computer, level, message, time];
        list_rest(text, &|value| {
            taken
                .iter()
                .flatten()
                .any(|taken| same_place(*taken, value))
        })
    }

    fn may_split(&self, record: &[u8], parsed: &Parsed<'_>) -> bool {
        record.trim_ascii_start().first() == Some(&b'<') || may_be_batch(record, parsed)
    }

    fn split<'a>(&self, record: &'a [u8]) -> Option<Vec<Cow<'a, [u8]>>> {
        let text = trimmed(record).trim_ascii();
        match text.first()? {
            b'<' => xml::split(text),
            _ => batch(text),
        }
    }
}

/// Whether an object holds nothing but `Event`, as dumps of event files do.
fn is_wrapped(text: &[u8]) -> bool {
    members(text).any(|(key, value)| &*key == b"Event" && matches!(value, Value::Object(_)))
}

fn facts(text: &[u8]) -> Option<Facts<'_>> {
    if text.trim_ascii_start().starts_with(b"<") {
        return xml::event(text).map(xml::Event::into_facts);
    }
    let (found, end) = find(text, &NAMES);
    if let Err(Fault::NotObject | Fault::TooDeep) = end {
        return None;
    }
    let [id, provider, computer, level, message, time, keywords, _] = found.map(part);
    if id.is_empty() && provider.is_empty() {
        return None;
    }
    Some(Facts {
        id,
        provider,
        computer,
        level,
        message,
        time,
        keywords,
        data: Vec::new(),
        status: match end {
            Ok(()) => ParseStatus::Ok,
            Err(_) => ParseStatus::Partial,
        },
    })
}

/// A value as text; a list as it is written, since all that is asked of keywords is whether one is among them.
fn part(value: Option<Value<'_>>) -> Cow<'_, [u8]> {
    match value {
        Some(value @ (Value::Text(..) | Value::Bare(_))) => value.text().unwrap_or_default(),
        Some(Value::List(list)) => Cow::Borrowed(list),
        _ => Cow::Borrowed(b""),
    }
}

/// A time, also in the form of .NET's old JSON, `/Date(1772413323123)/`.
fn when_written(text: &[u8]) -> Option<When> {
    if let Some(inner) = text.strip_prefix(b"/Date(") {
        let digits = inner.iter().take_while(|b| b.is_ascii_digit()).count();
        let millis = number(&inner[..digits])?;
        return Some(When::Instant(Timestamp(millis.checked_mul(1000)?)));
    }
    when(text)
}

impl<'a> Facts<'a> {
    /// The severity: the level's name or number; a failed audit is worth a warning, though its level says nothing.
    fn severity(&self) -> Option<Severity> {
        let failed_audit = memchr::memmem::find(&self.keywords, b"Audit Failure").is_some()
            || self.keywords.starts_with(b"0x8010");
        if failed_audit {
            return Some(Severity::Warning);
        }
        match &*self.level {
            b"0" | b"4" => Some(Severity::Info),
            b"1" => Some(Severity::Critical),
            b"2" => Some(Severity::Error),
            b"3" => Some(Severity::Warning),
            b"5" => Some(Severity::Debug),
            word => Severity::from_word(std::str::from_utf8(word).ok()?),
        }
    }

    /// Who speaks and what it says.
    fn service_and_message(&self) -> (Cow<'a, [u8]>, Cow<'a, [u8]>) {
        if !self.message.is_empty() {
            return (self.provider.clone(), self.message.clone());
        }
        let data = self.data.iter().filter(|(_, value)| !value.is_empty());
        let data = data.map(|(name, value)| match name.is_empty() {
            true => value.to_vec(),
            false => [name, &b"="[..], value].concat(),
        });
        let data: Vec<Vec<u8>> = data.collect();
        let data = data.join(&b' ');
        let known = number(&self.id).and_then(|id| names::event(&self.provider, id));
        match known {
            Some(name) if data.is_empty() => {
                (self.provider.clone(), Cow::Borrowed(name.as_bytes()))
            }
            Some(name) => {
                let message = [name.as_bytes(), b" ", &data].concat();
                (self.provider.clone(), Cow::Owned(message))
            }
            None => {
                let service = [&self.provider, &b"/"[..], &self.id].concat();
                let message = [&b"event "[..], &self.id, b" ", &data].concat();
                (
                    Cow::Owned(service),
                    Cow::Owned(message.trim_ascii_end().to_vec()),
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::summary;

    fn read(record: &str) -> String {
        summary(&Windows, record)
    }

    fn xml(id: u32, level: u8, keywords: &str, tail: &str) -> String {
        format!(
            "<Event><System><Provider Name=\"Microsoft-Windows-Security-Auditing\" Guid='{{1}}'/><EventID>{id}</EventID><Level>{level}</Level><Keywords>{keywords}</Keywords><TimeCreated SystemTime=\"2026-03-02T01:02:03.5000000Z\"/><Computer>dc</Computer></System>{tail}</Event>"
        )
    }

    #[test]
    fn events_in_xml() {
        let head = "2026-03-02T01:02:03.500Z|dc|Microsoft-Windows-Security-Auditing";
        let data = "<EventData><Data Name='TargetUserName'>b&amp;o &#x4f;k</Data><Data Name='E'/></EventData>";
        let rendered = "<RenderingInfo Culture='en-US'><Message>It &lt;failed&gt;</Message><Level>Error</Level></RenderingInfo>";
        let rows = [
            (
                xml(4625, 0, "0x8010000000000000", data),
                format!("{head}|warning|An account failed to log on. TargetUserName=b&o Ok|ok"),
            ),
            (
                xml(4624, 0, "0x8020000000000000", ""),
                format!("{head}|info|An account was successfully logged on.|ok"),
            ),
            (
                xml(64999, 3, "0x0", data),
                format!("{head}/64999|warning|event 64999 TargetUserName=b&o Ok|ok"),
            ),
            (
                xml(1, 2, "0x0", rendered),
                format!("{head}|error|It <failed>|ok"),
            ),
        ];
        for (record, wanted) in rows {
            assert_eq!(read(&record), wanted, "{record}");
        }
    }

    #[test]
    fn several_elements_are_several_records() {
        let one = xml(4625, 0, "0x0", "");
        assert_eq!(Windows.split(one.as_bytes()), None);
        let many = format!("<?xml version='1.0'?><Events>{one}\n{one}</Events>");
        let pieces = Windows.split(many.as_bytes()).expect("two records");
        assert_eq!(pieces, [one.as_bytes(), one.as_bytes()]);
    }

    #[test]
    fn a_cut_element_is_marked() {
        let whole = xml(4625, 2, "0x0", "");
        let cut = &whole[..whole.len() - 30];
        assert!(read(cut).ends_with("|partial"), "{}", read(cut));
        assert!(read("<html>").ends_with("|unparsed"));
        assert!(read("<Event").ends_with("|unparsed"));
    }

    #[test]
    fn dumps_of_event_files() {
        let record = r##"{"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"disk"}},"EventID":7,"Level":2,"TimeCreated":{"#attributes":{"SystemTime":"2026-03-02T01:02:03.000000Z"}},"Computer":"srv"},"EventData":{"Data":"x"}}}"##;
        assert_eq!(
            read(record),
            "2026-03-02T01:02:03Z|srv|disk|error|The device has a bad block.|ok"
        );
    }
}
