//! From stored records to what people and programs see: canonical events and samples.

use super::reading::{Others, Reading, parse_text};
use crate::envelope::ParseStatus;
use crate::error::Result;
use crate::event::{Event, FACILITIES, Fields};
use crate::formats::{Context, Format, Zone, by_name, entities};
use crate::signature::{SignatureId, event_id};
use crate::store::{Filter, Found, Learned, Order, Source, Store};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Turns records into events: knows sources, signatures and templates.
pub struct Records<'a> {
    tenant: String,
    sources: BTreeMap<u32, Source>,
    learned: &'a Learned,
    templates: BTreeMap<SignatureId, &'a str>,
}

impl<'a> Records<'a> {
    /// For the records of a tenant.
    pub fn new(store: &Store, tenant: &str, learned: &'a Learned) -> Result<Records<'a>> {
        let sources = store
            .sources(tenant)?
            .into_iter()
            .map(|s| (s.number, s))
            .collect();
        let templates = learned
            .facts
            .signatures
            .iter()
            .map(|s| (s.id, s.template.as_str()))
            .collect();
        Ok(Records {
            tenant: tenant.to_string(),
            sources,
            learned,
            templates,
        })
    }

    /// The name of a source.
    pub fn source_name(&self, number: u32) -> &str {
        self.sources.get(&number).map_or("", |s| s.name.as_str())
    }

    /// How a record is read again. Everything that depends on zone and year was decided when it was taken in and stands in
    /// its columns.
    fn reading(&self, found: &Found) -> (Reading, Context) {
        let source = self.sources.get(&found.source);
        let format = source
            .and_then(|s| by_name(&s.format))
            .unwrap_or_else(plain);
        let reading = Reading {
            format,
            others: Others::Try,
        };
        let mut context = Context::new(Zone::Utc, found.received_at, found.received_at);
        context.header = source.and_then(Source::header);
        (reading, context)
    }

    /// The message of a record.
    pub fn message<'f>(&self, found: &'f Found) -> Cow<'f, [u8]> {
        match &found.message {
            Some(message) => Cow::Borrowed(message),
            None => {
                let (reading, mut context) = self.reading(found);
                parse_text(reading, found.record.text(), &mut context)
                    .1
                    .message
            }
        }
    }

    /// The canonical event of a record.
    pub fn event(&self, found: &Found) -> Event {
        let source = self.sources.get(&found.source);
        let (reading, mut context) = self.reading(found);
        let (format, parsed) = parse_text(reading, found.record.text(), &mut context);
        let message = found.message.as_deref().unwrap_or(&parsed.message);
        let fields = format.fields_in(found.record.text(), &context);
        let message_raw = crate::report::lossless(message);
        let id = self.learned.signature_of.get(&found.fingerprint);
        Event {
            event_id: event_id(found.ordinal),
            tenant_id: self.tenant.clone(),
            signature_id: id.map_or_else(String::new, ToString::to_string),
            timestamp: found.time,
            asset_id: asset(&fields).unwrap_or_else(|| found.host.clone()),
            host: found.host.clone(),
            service: found.service.clone(),
            severity: found.severity,
            facility: found
                .facility
                .and_then(|f| FACILITIES.get(usize::from(f)))
                .map(ToString::to_string),
            kind: format.name().to_string(),
            message_normalized: id
                .and_then(|id| self.templates.get(id))
                .map_or_else(String::new, ToString::to_string),
            correlation_keys: keys(found, &message_raw, &fields),
            labels: Vec::new(),
            source_type: source.map_or_else(String::new, |s| s.source_type.clone()),
            source_name: self.source_name(found.source).to_string(),
            raw_ref: format!("{}#{}", self.source_name(found.source), found.ordinal),
            parse_status: found.status,
            ingest_metadata: received(found),
            structured_fields: fields,
            message_raw,
        }
    }
}

/// What an event can be found by beside its signature, as `kind:value`.
fn keys(found: &Found, message: &str, fields: &Fields) -> Vec<String> {
    let named = [("host", &found.host), ("service", &found.service)];
    let named = named.into_iter().filter(|(_, name)| !name.is_empty());
    let named = named.map(|(kind, name)| format!("{kind}:{name}"));
    let told = entities(message, fields).into_iter();
    let told = told.map(|(kind, value)| format!("{kind}:{value}"));
    named.chain(told).collect()
}

fn plain() -> &'static dyn Format {
    crate::formats::detect(&[])
}

fn received(found: &Found) -> Fields {
    let mut fields = Fields::new();
    fields.insert(
        "received_at".into(),
        Value::String(found.received_at.rfc3339()),
    );
    fields
}

fn asset(fields: &Fields) -> Option<String> {
    match fields.get("asset_id")? {
        Value::String(text) => Some(text.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

/// The newest records of these fingerprints, oldest of them first, at most `limit`.
pub fn samples(
    store: &Store,
    learned: &Learned,
    ids: &[SignatureId],
    limit: usize,
) -> Result<Vec<Found>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let fingerprints = ids
        .iter()
        .flat_map(|id| learned.fingerprints_of(*id))
        .collect();
    let filter = Filter {
        fingerprints: Some(fingerprints),
        until: Some(learned.facts.as_of),
        ..Filter::default()
    };
    let mut found = Vec::new();
    store.search(
        &learned.facts.tenant,
        &filter,
        Order::Newest,
        &mut |record| {
            found.push(record);
            Ok(found.len() < limit)
        },
    )?;
    found.reverse();
    Ok(found)
}

/// Moments of activity are kept to a tenth of a second; the record of one lies within that of it, in microseconds.
const MOMENT: i64 = 100_000;

/// The last record of a signature in event time; where several share the moment, the one whose bytes come first, so that it is
/// the same in whatever order they were taken in.
pub fn newest(store: &Store, learned: &Learned, index: usize) -> Result<Option<Found>> {
    let signature = &learned.facts.signatures[index];
    let filter = Filter {
        fingerprints: Some(learned.fingerprints_of(signature.id).into_iter().collect()),
        since: Some(signature.last_seen.plus(-MOMENT)),
        until: Some(signature.last_seen.plus(MOMENT)),
        ..Filter::default()
    };
    let mut last: Option<Found> = None;
    let tenant = &learned.facts.tenant;
    store.search(tenant, &filter, Order::Newest, &mut |found| {
        let is_later = |l: &Found| (found.time, &l.record.raw) > (l.time, &found.record.raw);
        if last.as_ref().is_none_or(is_later) {
            last = Some(found);
        }
        Ok(true)
    })?;
    Ok(last)
}

/// Whether a record should be listed among those brainstem could not read well.
pub const MALFORMED: [ParseStatus; 7] = [
    ParseStatus::Partial,
    ParseStatus::Unparsed,
    ParseStatus::BadEncoding,
    ParseStatus::Binary,
    ParseStatus::OversizeFragment,
    ParseStatus::NulRun,
    ParseStatus::FieldNull,
];
