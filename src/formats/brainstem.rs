//! brainstem's own event JSON: what other programs hand in, and what `brainstem events` prints.
//!
//! A tenant named in a record is a field like any other: which tenant it is stored for is the operator's to say.

use super::{
    Context, Fault, Format, Said, batch, list_rest, may_be_batch, members, read_object, trimmed,
};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed};
use std::borrow::Cow;

/// The format `brainstem`.
pub(super) struct Brainstem;

/// The names beside the message that show whose event it is.
const MARKS: [&[u8]; 6] = [
    b"tenant_id",
    b"asset_id",
    b"source_type",
    b"source_path",
    b"structured_fields",
    b"event_id",
];

impl Format for Brainstem {
    fn name(&self) -> &'static str {
        "brainstem"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            r#"{"tenant_id":"acme","asset_id":"fw-7","source_type":"syslog","host":"fw-7","service":"charon","timestamp":"2026-03-02T01:02:03Z","severity":"warning","facility":"daemon","message_raw":"rekey failed; will retry","structured_fields":{"peer":"203.0.113.7"}}"#,
            r#"{"asset_id":"ups-1","timestamp":"2026-03-02T01:02:04Z","message_raw":"on battery"}"#,
        ]
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        let text = trimmed(record);
        let first = batch(text).and_then(|mut records| records.drain(..1).next());
        let text = first.as_deref().unwrap_or(text);
        let (mut marks, mut message) = (0, 0);
        for (key, _) in members(text) {
            message += usize::from(&*key == b"message_raw");
            marks += usize::from(MARKS.contains(&&*key));
        }
        if message > 0 && marks > 0 { 92 } else { 0 }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let text = trimmed(record);
        let (picked, end) = read_object(text);
        let mut parsed = Parsed::default();
        let said = match (Said::of(&picked), end) {
            (Some(said), Ok(()) | Err(Fault::Damaged | Fault::Odd)) => said,
            _ => return Said::unparsed(text).parsed(record, parsed, context),
        };
        if end.is_err() {
            parsed.status = ParseStatus::Partial;
        }
        picked.set_time(&mut parsed, record, context);
        let asset = || {
            members(text)
                .filter(|(key, _)| &**key == b"asset_id")
                .last()
        };
        let host = match said.host.is_empty() {
            true => asset()
                .and_then(|(_, value)| value.text())
                .unwrap_or_default(),
            false => said.host,
        };
        // The message is what the sender says it is: nothing is looked for inside.
        Said { host, ..said }.parsed_as_it_is(record, parsed, context)
    }

    fn fields(&self, record: &[u8]) -> Fields {
        let text = trimmed(record);
        let (picked, _) = read_object(text);
        let mut fields = list_rest(text, &|value| picked.holds(value));
        if let Some(serde_json::Value::Object(inner)) = fields.shift_remove("structured_fields") {
            for (key, value) in inner {
                fields.entry(key).or_insert(value);
            }
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
