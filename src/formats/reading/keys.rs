//! The names under which loggers write time, severity, message, host and service: one row each, the most telling first.

use super::{Context, Escapes, Value, When, same_place, when};
use crate::event::{Parsed, Severity};
use std::borrow::Cow;
use std::sync::LazyLock;

/// What a field can be for an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Role {
    /// When it happened.
    Time,
    /// The part of a second, in nanoseconds, of a time in whole seconds.
    Nanos,
    /// How grave it is.
    Severity,
    /// What is said.
    Message,
    /// Who is spoken of.
    Host,
    /// Who speaks.
    Service,
    /// Who speaks, if the record is bunyan's or pino's, whose levels are numbers; elsewhere the name of anything.
    LoggerName,
    /// The syslog facility.
    Facility,
    /// An object in which more of them stand.
    Parent,
}

/// Field names by role; a dot leads into an object (or stands in the name itself). Earlier rows win over later ones.
/// Names are compared without regard to case.
const KEYS: &[(Role, &[&str])] = &[
    (
        Role::Time,
        &[
            "@timestamp",
            "timestamp",
            "time",
            "ts",
            "@t",
            "datetime",
            "date_time",
            "eventtime",
            "event_time",
            "event.created",
            "t.$date",
            "timestamp.$date",
            "time.$date",
            "instant.epochsecond",
            "timemillis",
            "timestamp_ms",
            "time_ms",
            "timeunixnano",
            "asctime",
            "log_time",
            "logged_at",
            "syslog_timestamp",
            "timegenerated",
            "created_at",
            "created",
            "occurred_at",
            "date_and_time",
            "eventreceivedtime",
            "date",
            "epoch",
            "t",
        ],
    ),
    (Role::Nanos, &["instant.nanoofsecond"]),
    (
        Role::Severity,
        &[
            "level",
            "severity",
            "log.level",
            "@l",
            "lvl",
            "loglevel",
            "log_level",
            "levelname",
            "level_name",
            "severitytext",
            "severity_text",
            "log.syslog.severity.name",
            "log.syslog.severity.code",
            "syslog_severity",
            "priority",
            "pri",
            "s",
            "l",
        ],
    ),
    (
        Role::Message,
        &[
            "message",
            "msg",
            "short_message",
            "@m",
            "log",
            "message_raw",
            "renderedmessage",
            "@mt",
            "messagetemplate",
            "body.stringvalue",
            "body",
            "text",
            "log_message",
            "full_message",
            "event",
            "event.original",
            "textpayload",
            "jsonpayload.message",
            "error.message",
            "error",
            "exception",
            "reason",
            "description",
            "title",
            "summary",
            "line",
            "content",
        ],
    ),
    (
        Role::Host,
        &[
            "host",
            "hostname",
            "host.name",
            "host.hostname",
            "host_name",
            "_hostname",
            "node",
            "nodename",
            "node_name",
            "kubernetes.node.name",
            "kubernetes.node_name",
            "kubernetes.host",
            "agent.hostname",
            "server",
            "server_name",
            "computer",
            "computername",
            "machine",
            "machinename",
            "devname",
            "device",
            "source_host",
            "instance",
            "fw",
        ],
    ),
    (
        Role::Service,
        &[
            "service",
            "service.name",
            "service_name",
            "servicename",
            "app",
            "application",
            "app_name",
            "appname",
            "applicationname",
            "program",
            "syslog_identifier",
            "syslog.appname",
            "kubernetes.container.name",
            "kubernetes.container_name",
            "container_name",
            "container.name",
            "component",
            "process.name",
            "module",
            "subsystem",
            "logger",
            "logger_name",
            "loggername",
            "log.logger",
            "category",
            "caller_service",
            "c",
            "job",
        ],
    ),
    (Role::LoggerName, &["name"]),
    (
        Role::Facility,
        &["facility", "syslog_facility", "log.syslog.facility.code"],
    ),
];

/// The longest name in the table, and the longest path that is looked up.
const MAX_NAME: usize = 32;

/// A row of the table: its name, what it is, and how early it stands.
type Row = (&'static str, Role, u8);

/// The rows by the length of their names, so that most fields are compared with two or three.
static BY_LENGTH: LazyLock<[Vec<Row>; MAX_NAME]> = LazyLock::new(|| {
    let mut index: [Vec<Row>; MAX_NAME] = Default::default();
    let mut parents: Vec<&str> = Vec::new();
    for &(role, names) in KEYS {
        for (rank, &name) in names.iter().enumerate() {
            index[name.len()].push((name, role, rank as u8));
            let dots = name.match_indices('.').map(|(dot, _)| &name[..dot]);
            for parent in dots.filter(|p| !p.is_empty()) {
                if !parents.contains(&parent) {
                    parents.push(parent);
                }
            }
        }
    }
    for parent in parents {
        index[parent.len()].push((parent, Role::Parent, 0));
    }
    index
});

/// What a field of this name is, for a value or for an object.
fn role(path: &[u8], value: Value<'_>) -> Option<(Role, u8)> {
    let rows = BY_LENGTH.get(path.len())?;
    let parent = matches!(value, Value::Object(_));
    rows.iter()
        .find(|(name, role, _)| {
            (*role == Role::Parent) == parent && name.as_bytes().eq_ignore_ascii_case(path)
        })
        .map(|&(_, role, rank)| (role, rank))
}

/// The fields of a record that have a role, as they are found; of several with the same role the earliest row wins,
/// and of one name given twice the last.
#[derive(Default)]
pub(in crate::formats) struct Picked<'a> {
    time: Option<(u8, When, Cow<'a, [u8]>)>,
    nanos: Option<i64>,
    /// A date and a time of day, where they are two fields.
    halves: [Option<Cow<'a, [u8]>>; 2],
    severity: Option<(u8, Value<'a>)>,
    facility: Option<(u8, Value<'a>)>,
    /// The message.
    message: Option<(u8, Value<'a>)>,
    host: Option<(u8, Value<'a>)>,
    service: Option<(u8, Value<'a>)>,
    logger_name: Option<(u8, Value<'a>)>,
}

impl<'a> Picked<'a> {
    /// Offers a field; says whether it is an object to look into.
    pub(in crate::formats) fn offer(&mut self, path: &[u8], value: Value<'a>) -> Look {
        let Some((role, rank)) = role(path, value) else {
            return Look::Past;
        };
        let slot = match role {
            Role::Parent => return Look::Inside,
            Role::Time => {
                self.offer_time(path, rank, value);
                return Look::Past;
            }
            Role::Nanos => {
                self.nanos = value.text().and_then(|t| super::number(&t));
                return Look::Past;
            }
            Role::Severity if severity(value).is_some() => &mut self.severity,
            Role::Severity => return Look::Past,
            Role::Facility => &mut self.facility,
            Role::Message => &mut self.message,
            Role::Host => &mut self.host,
            Role::Service => &mut self.service,
            Role::LoggerName => &mut self.logger_name,
        };
        let said = match value {
            // What begins with a digit is no name of a service but a duration or a count.
            Value::Text(raw, _) if role == Role::Service => {
                raw.first().is_some_and(|b| !b.is_ascii_digit())
            }
            Value::Text(raw, _) => !raw.is_empty(),
            Value::Bare(_) => matches!(role, Role::Severity | Role::Facility),
            Value::Object(_) | Value::List(_) => false,
        };
        if said && slot.is_none_or(|(best, _)| rank <= best) {
            *slot = Some((rank, value));
        }
        Look::Past
    }

    fn offer_time(&mut self, path: &[u8], rank: u8, value: Value<'a>) {
        if self.time.as_ref().is_some_and(|(best, _, _)| *best < rank) {
            return;
        }
        let Some(text) = value.text() else {
            return;
        };
        match when(&text) {
            Some(when) => self.time = Some((rank, when, text)),
            None if path.eq_ignore_ascii_case(b"date") => self.halves[0] = Some(text),
            None if path.eq_ignore_ascii_case(b"time") => self.halves[1] = Some(text),
            None => {}
        }
    }

    /// Whether nothing of use was found.
    pub(in crate::formats) fn is_empty(&self) -> bool {
        self.likeness() == 60 && self.severity.is_none()
    }

    /// How much a record with these fields looks like one of a log, 60 (it says nothing a log says) to 80.
    pub(in crate::formats) fn likeness(&self) -> u8 {
        match (&self.message, &self.time, &self.severity) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => 80,
            (Some(_), None, None) | (None, Some(_), _) => 70,
            _ => 60,
        }
    }

    /// The message, without the line end that some loggers leave in it.
    pub(in crate::formats) fn message(&self) -> Option<Cow<'a, [u8]>> {
        let (_, value) = self.message?;
        match value {
            Value::Text(raw, Escapes::Yes) => {
                // Most often the line end is the only escape; without it the message stands in the record as it is.
                let body = raw.strip_suffix(br"\n").unwrap_or(raw);
                match memchr::memchr(b'\\', body) {
                    None => Some(Cow::Borrowed(body)),
                    Some(_) => value.text().map(|text| match text.strip_suffix(b"\n") {
                        Some(text) => Cow::Owned(text.to_vec()),
                        None => text,
                    }),
                }
            }
            _ => value.text(),
        }
    }

    /// Whether the message is text that JSON does not allow.
    pub(in crate::formats) fn odd_message(&self) -> bool {
        self.message.is_some_and(|(_, value)| value.is_odd())
    }

    /// The host, empty when unknown.
    pub(in crate::formats) fn host(&self) -> Cow<'a, [u8]> {
        self.host
            .and_then(|(_, value)| value.text())
            .unwrap_or_default()
    }

    /// The service, empty when unknown.
    pub(in crate::formats) fn service(&self) -> Cow<'a, [u8]> {
        let numbered = matches!(self.severity, Some((_, Value::Bare(_))));
        let named = self.service.or(self.logger_name.filter(|_| numbered));
        named
            .and_then(|(_, value)| value.text())
            .unwrap_or_default()
    }

    /// The severity.
    pub(in crate::formats) fn severity(&self) -> Option<Severity> {
        self.severity.and_then(|(_, value)| severity(value))
    }

    /// The syslog facility.
    pub(in crate::formats) fn facility(&self) -> Option<u8> {
        let text = self.facility?.1.text()?;
        let named = crate::event::FACILITIES
            .iter()
            .position(|name| name.as_bytes().eq_ignore_ascii_case(&text));
        let number = || super::number(&text).and_then(|n| usize::try_from(n).ok());
        named.or_else(number).filter(|&n| n < 24).map(|n| n as u8)
    }

    /// Sets the time of `parsed`.
    pub(in crate::formats) fn set_time(
        &self,
        parsed: &mut Parsed<'a>,
        record: &'a [u8],
        context: &mut Context,
    ) {
        let Some((_, when, text)) = &self.time else {
            if let [Some(date), Some(time)] = &self.halves
                && date.len() + time.len() < 64
                && let Some(when) = super::when(&[date, &b" "[..], time].concat())
            {
                context.set_time(parsed, record, &when, b"");
            }
            return;
        };
        let nanos = self.nanos.filter(|n| (0..1_000_000_000).contains(n));
        match (when, nanos) {
            (When::Instant(time), Some(nanos)) => parsed.time = Some(time.plus(nanos / 1000)),
            _ => context.set_time(parsed, record, when, text),
        }
    }

    /// Whether this value is one that was picked; for listing the others.
    pub(in crate::formats) fn holds(&self, value: Value<'_>) -> bool {
        let slots = [
            self.severity,
            self.facility.filter(|_| self.facility().is_some()),
            self.message,
            self.host,
            self.service,
            self.logger_name.filter(|_| self.service.is_none()),
        ];
        slots
            .into_iter()
            .flatten()
            .any(|(_, picked)| same_place(picked, value))
            || match (&self.time, value) {
                (Some((_, _, Cow::Borrowed(text))), Value::Text(raw, _) | Value::Bare(raw)) => {
                    std::ptr::eq(*text, raw)
                }
                _ => false,
            }
    }
}

/// Whether to look into a field for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Look {
    /// It is an object that may hold fields with roles.
    Inside,
    /// It is not.
    Past,
}

/// The severity a value names: a word, a letter, a syslog number (0 to 7) or one of bunyan's and pino's (10 to 60).
pub(in crate::formats) fn severity(value: Value<'_>) -> Option<Severity> {
    let text = value.text()?;
    if let Some(number) = super::number(&text) {
        return match number {
            0..=7 => Severity::from_number(number as u8),
            10..=29 => Some(Severity::Debug),
            30..=39 => Some(Severity::Info),
            40..=49 => Some(Severity::Warning),
            50..=59 => Some(Severity::Error),
            60..=69 => Some(Severity::Critical),
            _ => None,
        };
    }
    match *text {
        [letter] => super::level_letter(letter.to_ascii_uppercase()),
        _ => Severity::from_word(std::str::from_utf8(&text).ok()?.trim()),
    }
}
