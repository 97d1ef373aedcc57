//! Syslog: RFC 3164 with its dialects, RFC 5424, and the lines current rsyslog and journalctl write.

mod bsd;
mod cisco;
mod rfc5424;

use super::{
    Context, Format, Stamp, When, read_bsd, read_iso, read_weekday, set_parts, trimmed, when,
    zone_behind,
};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed, Severity};
use std::borrow::Cow;

/// The format `syslog`.
pub(super) struct Syslog;

/// What stands where in a syslog record; every part is a slice of it.
#[derive(Clone, Copy, Default)]
pub(super) struct SyslogHeader<'a> {
    /// Facility and severity, 0 to 191.
    priority: Option<u8>,
    when: Option<When>,
    /// The bytes of the time.
    when_text: &'a [u8],
    host: &'a [u8],
    service: &'a [u8],
    /// The severity a device writes into its mnemonic.
    severity: Option<Severity>,
    pid: &'a [u8],
    message_id: &'a [u8],
    /// The structured data of RFC 5424, brackets and all.
    data: &'a [u8],
    /// The message.
    pub message: &'a [u8],
    /// How much of a header was there.
    pub status: ParseStatus,
}

impl Format for Syslog {
    fn name(&self) -> &'static str {
        "syslog"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            "Mar  2 01:02:03 web-1 sshd[812]: Failed password for root from 203.0.113.9 port 4022 ssh2",
            "<34>Mar  2 01:02:03 db-2 su: pam_unix(su:session): session opened for user postgres",
            "2026-03-02T01:02:03.123456+01:00 mail postfix/smtpd[99]: connect from unknown[198.51.100.7]",
            "<165>1 2026-03-02T01:02:03.5Z fw.example charon 77 IKE [sa@32473 peer=\"192.0.2.4\" state=\"rekeying\"] rekey failed",
            "<189>39: *Mar  2 01:02:03.123 UTC: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down",
            "<166>Mar 02 2026 01:02:03 asa-1 : %ASA-6-302013: Built inbound TCP connection 7 for outside:192.0.2.1/443",
        ]
    }

    fn counts_repeats(&self) -> bool {
        true
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        let text = trimmed(record);
        let header = header(text);
        // Other formats travel behind a syslog header; they know better what the message says.
        match header.status {
            ParseStatus::Ok if header.priority.is_some() => 90,
            ParseStatus::Ok if !header.host.is_empty() && !header.service.is_empty() => 85,
            // A date that syslog shares with many others, and no tag: the word behind it is hardly a host.
            ParseStatus::Ok if header.when_text.contains(&b'T') => 40,
            ParseStatus::Ok if !header.host.is_empty() => 60,
            ParseStatus::Ok => 55,
            ParseStatus::Partial if header.priority.is_some() => 55,
            _ => 0,
        }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let header = header(trimmed(record));
        let mut parsed = Parsed {
            facility: header.priority.map(|p| p >> 3),
            status: header.status,
            ..Parsed::default()
        };
        header.set_time(&mut parsed, record, context);
        parsed.severity = match header.priority {
            Some(p) => Severity::from_number(p & 7),
            None => header.severity,
        };
        set_parts(
            &mut parsed,
            record,
            Cow::Borrowed(header.host),
            Cow::Borrowed(header.service),
            Cow::Borrowed(header.message),
        );
        // A device's mnemonic is its service and the beginning of its message; it can only stand in one of them.
        if parsed.service_span.end > parsed.message_span.start && !parsed.message_span.is_empty() {
            parsed.service_span = Default::default();
        }
        context.settle(&mut parsed);
        parsed
    }

    fn fields(&self, record: &[u8]) -> Fields {
        let header = header(trimmed(record));
        let mut fields = Fields::new();
        let parts = [("pid", header.pid), ("msgid", header.message_id)];
        for (name, part) in parts {
            if !part.is_empty() {
                let text = String::from_utf8_lossy(part).into_owned();
                fields.insert(name.to_string(), text.into());
            }
        }
        rfc5424::data_fields(header.data, &mut fields);
        fields
    }
}

impl<'a> SyslogHeader<'a> {
    /// Sets the time of `parsed` from what the header says.
    pub(super) fn set_time(
        &self,
        parsed: &mut Parsed<'a>,
        record: &'a [u8],
        context: &mut Context,
    ) {
        if let Some(when) = &self.when {
            context.set_time(parsed, record, when, self.when_text);
        }
    }

    /// The host, empty when unknown.
    pub(super) fn host(&self) -> &'a [u8] {
        self.host
    }

    /// What the priority says of severity.
    pub(super) fn severity(&self) -> Option<Severity> {
        self.priority.and_then(|p| Severity::from_number(p & 7))
    }

    /// What the priority says of the facility.
    pub(super) fn facility(&self) -> Option<u8> {
        self.priority.map(|p| p >> 3)
    }
}

/// The header of a record, and the message behind it. Without any header the record is the message.
fn header(text: &[u8]) -> SyslogHeader<'_> {
    let mut header = SyslogHeader::default();
    let rest = match priority(uncounted(text)) {
        Some((priority, rest)) => {
            header.priority = u8::try_from(priority).ok().filter(|&p| p <= 191);
            if header.priority.is_none() {
                // No priority that exists: what follows may still be a header.
                bsd::read(rest, &mut header);
                return match header.status {
                    ParseStatus::Unparsed => SyslogHeader {
                        message: text,
                        ..header
                    },
                    _ => SyslogHeader {
                        status: ParseStatus::Partial,
                        ..header
                    },
                };
            }
            rest
        }
        None => text,
    };
    if header.priority.is_some() && rest.starts_with(b"1 ") {
        rfc5424::read(&rest[2..], &mut header);
    } else {
        bsd::read(rest, &mut header);
    }
    header
}

/// How far into a record the mark of another format may stand.
const MAX_HEADER: usize = 512;

/// The syslog header before the `mark` of another format, and what is behind the mark; the header may be missing.
pub(super) fn behind_header<'a>(
    text: &'a [u8],
    mark: &[u8],
) -> Option<(SyslogHeader<'a>, &'a [u8])> {
    let within = &text[..text.len().min(MAX_HEADER)];
    let at = memchr::memmem::find(within, mark)?;
    if at > 0 && !matches!(text[at - 1], b' ' | b'>') {
        return None;
    }
    Some((header(&text[..at]), &text[at + mark.len()..]))
}

/// The record without the length that stands before it in streams (RFC 6587, octet counting).
fn uncounted(text: &[u8]) -> &[u8] {
    let digits = text
        .iter()
        .take(6)
        .take_while(|b| b.is_ascii_digit())
        .count();
    match text.get(digits..) {
        Some(rest) if digits > 0 && rest.starts_with(b" <") => &rest[1..],
        _ => text,
    }
}

/// The `<n>` at the head, and what stands behind it.
fn priority(text: &[u8]) -> Option<(i64, &[u8])> {
    let rest = text.strip_prefix(b"<")?;
    let len = rest.iter().take(4).position(|&b| b == b'>')?;
    let value = super::number(&rest[..len])?;
    Some((value, &rest[len + 1..]))
}

/// The text without blanks at its head.
fn unindented(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::summary;

    fn read(record: &str) -> String {
        summary(&Syslog, record)
    }

    #[test]
    fn headers_of_all_kinds() {
        let t = "2026-03-02T01:02:03Z";
        let rows = [
            (
                "Mar  2 01:02:03 web-1 sshd[812]: Accepted key",
                "web-1|sshd||Accepted key|ok",
            ),
            (
                "<13>Mar  2 01:02:03 web-1 cron: started",
                "web-1|cron|notice|started|ok",
            ),
            (
                "Mar  2 01:02:03 web-1 kernel: [ 12.3] eth0 up",
                "web-1|kernel||[ 12.3] eth0 up|ok",
            ),
            (
                "Mar  2 01:02:03 h sshd(pam_unix)[99]: check pass",
                "h|sshd(pam_unix)||check pass|ok",
            ),
            (
                "Mar  2 01:02:03 h postfix/smtpd[9]:  two blanks ",
                "h|postfix/smtpd|| two blanks |ok",
            ),
            ("Mar  2 01:02:03 h -- MARK --", "h|||-- MARK --|ok"),
            (
                "Mar  2 01:02:03 h last message repeated 3 times",
                "h|||last message repeated 3 times|ok",
            ),
            (
                "Mar  2 01:02:03 h syslogd 1.4.1: restart.",
                "h|||syslogd 1.4.1: restart.|ok",
            ),
            (
                "Mar  2 01:02:03 h launchd[1] (com.example.job): exited",
                "h|launchd||(com.example.job): exited|ok",
            ),
            (
                "Mar  2 01:02:03 h [id k=\"v\"] text",
                "h|||[id k=\"v\"] text|ok",
            ),
            (
                "Mar  2 01:02:03 h {\"level\":\"info\"}",
                "h|||{\"level\":\"info\"}|ok",
            ),
            ("Mar  2 01:02:03 sshd[812]: no host", "|sshd||no host|ok"),
            (
                "Mar  2 01:02:03 2001:db8::7 app: v6",
                "2001:db8::7|app||v6|ok",
            ),
            ("Mar  2 01:02:03 h tag:", "h|tag|||ok"),
            ("Mar  2 01:02:03 h std::io: odd", "h|std::io||odd|ok"),
            ("2026-03-02T01:02:03Z h app[1]: iso", "h|app||iso|ok"),
            (
                "2026-03-02T02:02:03+0100 h app[1]: short-iso",
                "h|app||short-iso|ok",
            ),
            (
                "Mon 2026-03-02 01:02:03 UTC h app[1]: short-full",
                "h|app||short-full|ok",
            ),
            (
                "1772413323.000000 h app[1]: short-unix",
                "h|app||short-unix|ok",
            ),
            (
                "Mar  2 2026 01:02:03 h app: with year",
                "h|app||with year|ok",
            ),
            (
                "Mar  2 01:02:03.000 h app: with milliseconds",
                "h|app||with milliseconds|ok",
            ),
            (
                "\u{feff}Mar  2 01:02:03 h app: marked\r",
                "h|app||marked|ok",
            ),
            (
                "83 <34>Mar  2 01:02:03 h su: counted",
                "h|su|critical|counted|ok",
            ),
        ];
        for (record, wanted) in rows {
            assert_eq!(read(record), format!("{t}|{wanted}"), "{record}");
        }
    }

    #[test]
    fn devices() {
        let t = "2026-03-02T01:02:03Z";
        let down = "%LINK-3-UPDOWN: Interface Gi0/1, changed state to down";
        let built = "%ASA-6-302013: Built inbound";
        let rows = [
            (
                format!("<187>39: Mar  2 01:02:03: {down}"),
                format!("|LINK|error|{down}|ok"),
            ),
            (
                format!("<187>39: *Mar  2 01:02:03.000 UTC: {down}"),
                format!("|LINK|error|{down}|ok"),
            ),
            (
                format!("<187>000039: rtr-1: Mar  2 2026 02:02:03 CET: {down}"),
                format!("rtr-1|LINK|error|{down}|ok"),
            ),
            (
                format!("<187>39: rtr-1: 000040: .Mar  2 01:02:03: {down}"),
                format!("rtr-1|LINK|error|{down}|ok"),
            ),
            (
                format!("Mar  2 01:02:03 10.0.0.1 39: rtr-1: *Mar  1 23:00:00.1: {down}"),
                format!("10.0.0.1|LINK|error|{down}|ok"),
            ),
            (
                format!("<187>: 2026 Mar  2 01:02:03 UTC: {down}"),
                format!("|LINK|error|{down}|ok"),
            ),
            (
                format!("Mar  2 01:02:03 sw-1 : 2026 Mar  2 03:00:00 UTC: {down}"),
                format!("sw-1|LINK|error|{down}|ok"),
            ),
            (
                format!("<166>Mar 02 2026 01:02:03 asa-1 : {built}"),
                format!("asa-1|ASA|info|{built}|ok"),
            ),
            (
                format!("<166>Mar 02 2026 01:02:03: {built}"),
                format!("|ASA|info|{built}|ok"),
            ),
            (
                format!("<166>:Mar 02 01:02:03 UTC: {built}"),
                format!("|ASA|info|{built}|ok"),
            ),
            (
                format!("Mar  2 01:02:03 fw-1 {built}"),
                format!("fw-1|ASA|info|{built}|ok"),
            ),
        ];
        for (record, wanted) in rows {
            assert_eq!(read(&record), format!("{t}|{wanted}"), "{record}");
        }
        assert_eq!(
            read(&format!("<166>{built}")),
            format!("||ASA|info|{built}|time_missing")
        );
    }

    #[test]
    fn rfc5424_rows() {
        let t = "2026-03-02T01:02:03Z";
        let rows = [
            (
                format!("<34>1 {t} h su 1 ID47 - \u{feff}text"),
                format!("{t}|h|su|critical|text|ok"),
            ),
            (
                format!("<34>1 {t} h su - - [a@1 k=\"x\\]y\"][b@1] two"),
                format!("{t}|h|su|critical|two|ok"),
            ),
            (
                format!("<34>1 {t} - - - - -"),
                format!("{t}|||critical||ok"),
            ),
            (
                "<34>1 - h su - - - undated".to_string(),
                "|h|su|critical|undated|time_missing".to_string(),
            ),
            (
                format!("<34>1 {t} h su - - [a@1 k=\"x] open"),
                format!("{t}|h|su|critical|[a@1 k=\"x] open|partial"),
            ),
            (format!("<34>1 {t} h"), format!("|||critical|{t} h|partial")),
        ];
        for (record, wanted) in rows {
            assert_eq!(read(&record), wanted, "{record}");
        }
    }

    #[test]
    fn what_is_no_syslog_is_kept_whole() {
        for record in [
            "<999>Mar  2 x",
            "hello",
            "<>",
            "<12",
            "",
            "2026-03-02 01:02:03 ERROR [main] x: y",
        ] {
            assert_eq!(read(record), format!("||||{record}|unparsed"), "{record}");
        }
        assert_eq!(read("<13>"), "|||notice||partial");
        assert_eq!(read("<13>app[7]: no date"), "||app|notice|no date|partial");
    }

    #[test]
    fn impossible_and_future_times_are_suspect() {
        assert_eq!(read("Nov 31 01:02:03 h a: b"), "|h|a||b|time_suspect");
        assert_eq!(read("Mar  2 24:00:00 h a: b"), "|h|a||b|time_suspect");
        assert_eq!(
            read("2099-03-02T01:02:03Z h a: b"),
            "2099-03-02T01:02:03Z|h|a||b|time_suspect"
        );
        assert_eq!(
            read("1970-01-01T00:00:00Z h a: b"),
            "1970-01-01T00:00:00Z|h|a||b|time_suspect"
        );
    }

    #[test]
    fn structured_data_becomes_fields() {
        let record = br#"<165>1 2026-03-02T01:02:03Z h app 77 ID1 [a@1 x="1" y="q\"]\\z"][b@1 e="\n"][c@1] m"#;
        assert_eq!(
            serde_json::Value::Object(Syslog.fields(record)),
            serde_json::json!({
                "pid": "77", "msgid": "ID1",
                "a@1": {"x": "1", "y": "q\"]\\z"}, "b@1": {"e": "\\n"}, "c@1": {},
            })
        );
    }
}
