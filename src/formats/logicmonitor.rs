//! LogicMonitor: the bodies its webhooks send and the alerts its REST interface exports.
//!
//! An alert that has been cleared is two events: the fault when it began and the recovery when it ended.

use super::{
    Context, Fault, Format, Said, Value, batch, find, list_rest, same_place, trimmed, when,
};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed, Severity};
use std::borrow::Cow;

/// The format `logicmonitor`.
pub(super) struct LogicMonitor;

/// The parts of an alert, and the names they have in webhooks, exports and custom payloads.
const NAMES: [&[&str]; 14] = [
    &[
        "message_raw",
        "message",
        "msg",
        "alertmessage",
        "detailmessage.subject",
        "subject",
        "detailmessage.body",
    ],
    &[
        "timestamp",
        "startepoch",
        "start_epoch",
        "started_at",
        "starttime",
    ],
    &[
        "cleared_at",
        "metadata.cleared_at",
        "endepoch",
        "end_epoch",
        "clearedon",
        "endtime",
    ],
    &["alert_status", "alertstatus", "metadata.alert_status"],
    &["severity", "level", "alertlevel", "metadata.severity"],
    &[
        "host",
        "hostname",
        "monitorobjectname",
        "resource_name",
        "resourcename",
        "device",
    ],
    &["service"],
    &[
        "datasource",
        "metadata.datasource",
        "resourcetemplatename",
        "datasourcename",
    ],
    &[
        "instance_name",
        "metadata.instance_name",
        "instancename",
        "instance",
    ],
    &["datapoint", "metadata.datapoint", "datapointname"],
    &["alertvalue", "alert_value", "dpvalue", "value"],
    &["alert_id", "alertid", "internalid", "id"],
    &[
        "resource_id",
        "resourceid",
        "monitorobjectid",
        "deviceid",
        "metadata.resource_id",
    ],
    &["acknowledged", "acked", "metadata.acknowledged"],
];

/// One alert.
struct Alert<'a> {
    message: Option<Value<'a>>,
    start: Option<Value<'a>>,
    end: Option<Value<'a>>,
    status: Option<Value<'a>>,
    level: Option<Value<'a>>,
    host: Option<Value<'a>>,
    service: Option<Value<'a>>,
    datasource: Option<Value<'a>>,
    instance: Option<Value<'a>>,
    datapoint: Option<Value<'a>>,
    value: Option<Value<'a>>,
    id: Option<Value<'a>>,
    resource: Option<Value<'a>>,
    acknowledged: Option<Value<'a>>,
    scan: Result<(), Fault>,
}

/// What became of the alert.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Active,
    Acknowledged,
    Cleared,
}

impl Format for LogicMonitor {
    fn name(&self) -> &'static str {
        "logicmonitor"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            r#"{"resource_id":4711,"host":"edge-fw-7","service":"vpn","severity":"warning","alert_id":55012,"message_raw":"tunnel to site-c is down","timestamp":"2026-03-02T01:02:03Z","metadata":{"datasource":"IPSec Tunnel","instance_name":"site-c","acknowledged":false,"cleared_at":null}}"#,
            r#"{"alertid":"LMD812","alertstatus":"clear","level":"error","host":"db-3","datasource":"Disk","instance":"/var","datapoint":"UsedPercent","value":"97.1","startepoch":"1772413323","endepoch":"1772413923"}"#,
            r#"{"id":"LMA9","internalId":"LMD9","type":"dataSourceAlert","startEpoch":1772413323,"endEpoch":0,"severity":3,"monitorObjectId":12,"monitorObjectName":"sw-2","resourceTemplateName":"Interfaces","instanceName":"Gi0/4","dataPointName":"InErrors","alertValue":"18","cleared":false}"#,
        ]
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        let text = trimmed(record);
        let first = items(text).and_then(|mut alerts| alerts.drain(..1).next());
        let alert = Alert::of(first.as_deref().unwrap_or(text));
        let marks = [
            alert.id,
            alert.resource,
            alert.datasource,
            alert.instance,
            alert.status,
        ];
        let marks = marks.iter().flatten().count();
        match alert.start {
            Some(_) if alert.scan.is_ok() && marks >= 2 && alert.datasource.is_some() => 95,
            _ => 0,
        }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let text = trimmed(record);
        let alert = Alert::of(text);
        let mut parsed = Parsed::default();
        let message = match alert.scan {
            Err(Fault::NotObject | Fault::TooDeep) => None,
            _ => alert.message(),
        };
        let Some(message) = message else {
            return Said::unparsed(text).parsed(record, parsed, context);
        };
        if alert.scan.is_err() {
            parsed.status = ParseStatus::Partial;
        }
        let phase = alert.phase();
        let time = match phase {
            Phase::Cleared => alert.end_text().or_else(|| alert.start?.text()),
            Phase::Active | Phase::Acknowledged => alert.start.and_then(Value::text),
        };
        if let Some(text) = time
            && let Some(when) = when(&text)
        {
            context.set_time(&mut parsed, record, &when, &text);
        }
        let part = |value: Option<Value<'a>>| value.and_then(Value::text);
        let said = Said {
            host: part(alert.host).unwrap_or_default(),
            service: part(alert.service)
                .or_else(|| part(alert.datasource))
                .unwrap_or_default(),
            message: match phase {
                Phase::Active => message,
                Phase::Acknowledged => Cow::Owned([b"acknowledged: ", &*message].concat()),
                Phase::Cleared => Cow::Owned([b"cleared: ", &*message].concat()),
            },
            severity: match phase {
                Phase::Cleared => Some(Severity::Info),
                Phase::Active | Phase::Acknowledged => alert.level.and_then(severity),
            },
            ..Said::default()
        };
        said.parsed_as_it_is(record, parsed, context)
    }

    fn fields(&self, record: &[u8]) -> Fields {
        let text = trimmed(record);
        let alert = Alert::of(text);
        let start = alert.start.filter(|_| alert.phase() != Phase::Cleared);
        // One name for each, whatever the payload calls it.
        let named = [
            ("alert_id", alert.id),
            ("alert_status", alert.status),
            ("resource_id", alert.resource),
            ("datasource", alert.datasource),
            ("instance_name", alert.instance),
            ("acknowledged", alert.acknowledged),
            (
                "cleared_at",
                alert.end.filter(|_| alert.end_text().is_some()),
            ),
        ];
        let placed = [alert.message, start, alert.level, alert.host, alert.service];
        let taken: Vec<Value<'_>> = placed
            .into_iter()
            .chain(named.iter().map(|(_, value)| *value))
            .flatten()
            .collect();
        let mut fields = list_rest(text, &|value| taken.iter().any(|t| same_place(*t, value)));
        if let Some(serde_json::Value::Object(inner)) = fields.shift_remove("metadata") {
            fields.extend(inner);
        }
        let named = named
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        fields.extend(named.map(|(name, value)| (name.to_string(), value.json())));
        fields
    }

    fn may_split(&self, _: &[u8], _: &Parsed<'_>) -> bool {
        // Only by looking at its fields it is told whether an alert was cleared, and there are few of them.
        true
    }

    fn split<'a>(&self, record: &'a [u8]) -> Option<Vec<Cow<'a, [u8]>>> {
        let text = trimmed(record);
        match items(text) {
            Some(alerts) => {
                let phases = |alert: Cow<'a, [u8]>| match phases(&alert) {
                    Some(both) => both,
                    None => vec![alert],
                };
                Some(alerts.into_iter().flat_map(phases).collect())
            }
            None => phases(text),
        }
    }
}

impl<'a> Alert<'a> {
    fn of(text: &'a [u8]) -> Alert<'a> {
        let (found, scan) = find(text, &NAMES);
        // In the order of the names.
        let mut found = found.into_iter();
        let mut next = || found.next().flatten();
        Alert {
            message: next(),
            start: next(),
            end: next(),
            status: next(),
            level: next(),
            host: next(),
            service: next(),
            datasource: next(),
            instance: next(),
            datapoint: next(),
            value: next(),
            id: next(),
            resource: next(),
            acknowledged: next(),
            scan,
        }
    }

    /// The message; for an alert without one its datapoint, instance and value.
    fn message(&self) -> Option<Cow<'a, [u8]>> {
        if let Some(message) = self.message.and_then(Value::text) {
            return Some(message);
        }
        let text = |value: Option<Value<'a>>| value.and_then(Value::text).unwrap_or_default();
        let what = text(self.datapoint.or(self.datasource));
        if what.is_empty() {
            return None;
        }
        let mut message = what.into_owned();
        for (word, part) in [
            (&b" on "[..], text(self.instance)),
            (b" is ", text(self.value)),
        ] {
            if !part.is_empty() {
                message.extend_from_slice(word);
                message.extend_from_slice(&part);
            }
        }
        Some(Cow::Owned(message))
    }

    fn phase(&self) -> Phase {
        let status = self.status.and_then(Value::text).unwrap_or_default();
        match &*status.to_ascii_lowercase() {
            b"clear" | b"cleared" | b"inactive" => Phase::Cleared,
            b"ack" | b"acked" | b"acknowledged" => Phase::Acknowledged,
            _ => Phase::Active,
        }
    }

    /// When it ended; an export writes 0 while it has not.
    fn end_text(&self) -> Option<Cow<'a, [u8]>> {
        self.end
            .and_then(Value::text)
            .filter(|end| when(end).is_some())
    }
}

/// The severity of an alert: a word, or the 2 to 4 of the REST interface.
fn severity(value: Value<'_>) -> Option<Severity> {
    let text = value.text()?;
    match &*text {
        b"0" | b"1" => Some(Severity::Info),
        b"2" => Some(Severity::Warning),
        b"3" => Some(Severity::Error),
        b"4" => Some(Severity::Critical),
        _ => Severity::from_word(std::str::from_utf8(&text).ok()?),
    }
}

/// The alerts of a list: an array, or the `items` of an answer, under `data` in older ones.
fn items(text: &[u8]) -> Option<Vec<Cow<'_, [u8]>>> {
    let ([data], _) = find(text, &[&["data.items"]]);
    match data {
        Some(Value::List(list)) => batch(list),
        _ => batch(text),
    }
}

/// A cleared alert as two records, each of which says by its status which of the two it is.
fn phases(text: &[u8]) -> Option<Vec<Cow<'static, [u8]>>> {
    let alert = Alert::of(text);
    if alert.scan.is_err() || alert.status.is_some() || alert.start.is_none() {
        return None;
    }
    alert.message()?;
    alert.end_text()?;
    let open = text.trim_ascii_end().strip_suffix(b"}")?;
    let with = |status: &str| {
        Cow::Owned([open, br#","alert_status":""#, status.as_bytes(), br#""}"#].concat())
    };
    Some(vec![with("active"), with("clear")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::context;

    fn read(record: &[u8]) -> (String, Option<Severity>, String) {
        let mut context = context();
        let parsed = LogicMonitor.parse(record, &mut context);
        let message = String::from_utf8_lossy(&parsed.message).into_owned();
        (
            parsed.time.map_or(String::new(), |t| t.rfc3339()),
            parsed.severity,
            message,
        )
    }

    #[test]
    fn a_cleared_alert_is_a_fault_and_a_recovery() {
        let record = br#"{"alert_id":1,"host":"fw","severity":"warning","message_raw":"tunnel down","timestamp":"2026-03-02T01:02:03Z","metadata":{"datasource":"IPSec","cleared_at":"2026-03-02T01:02:35Z"}}"#;
        let pieces = LogicMonitor.split(record).expect("two records");
        let read: Vec<_> = pieces.iter().map(|piece| read(piece)).collect();
        let wanted = [
            (
                "2026-03-02T01:02:03Z",
                Some(Severity::Warning),
                "tunnel down",
            ),
            (
                "2026-03-02T01:02:35Z",
                Some(Severity::Info),
                "cleared: tunnel down",
            ),
        ];
        for (got, (time, severity, message)) in read.iter().zip(wanted) {
            assert_eq!((&*got.0, got.1, &*got.2), (time, severity, message));
        }
        assert_eq!(read.len(), 2);
        assert!(
            pieces
                .iter()
                .all(|piece| LogicMonitor.split(piece).is_none())
        );
    }

    #[test]
    fn lists_fall_apart_and_their_cleared_alerts_too() {
        let open = r#"{"id":"A","startEpoch":1772413323,"endEpoch":0,"severity":4,"monitorObjectName":"h","resourceTemplateName":"T","dataPointName":"D","instanceName":"i","alertValue":"3"}"#;
        let closed = open.replace("\"endEpoch\":0", "\"endEpoch\":1772413400");
        let list = format!(r#"{{"status":200,"data":{{"total":2,"items":[{open},{closed}]}}}}"#);
        let pieces = LogicMonitor.split(list.as_bytes()).expect("three records");
        let messages: Vec<String> = pieces.iter().map(|piece| read(piece).2).collect();
        assert_eq!(
            messages,
            ["D on i is 3", "D on i is 3", "cleared: D on i is 3"]
        );
        assert_eq!(read(&pieces[0]).1, Some(Severity::Critical));
    }
}
