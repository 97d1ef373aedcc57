//! LEEF, the event format of QRadar: `LEEF:2.0|vendor|product|version|event|delimiter|pairs`.

use super::{
    Context, Format, Said, SyslogHeader, bar_part, behind_header, list_pair, ten_scale, trimmed,
    when, without_escapes,
};
use crate::event::{Fields, Parsed};

/// The format `leef`.
pub(super) struct Leef;

const MARK: &[u8] = b"LEEF:";
const TIMES: [&[u8]; 1] = [b"devTime"];
const HOSTS: [&[u8]; 2] = [b"identHostName", b"dvchost"];
const SEVERITIES: [&[u8]; 2] = [b"sev", b"severity"];
/// The pairs that say in words what happened, the best first.
const MESSAGES: [&[u8]; 4] = [b"msg", b"message", b"reason", b"name"];

/// The parts of a record.
struct Line<'a> {
    header: SyslogHeader<'a>,
    vendor: &'a [u8],
    product: &'a [u8],
    version: &'a [u8],
    event: &'a [u8],
    /// From the event id on.
    from_event: &'a [u8],
    delimiter: u8,
    pairs: &'a [u8],
}

impl Format for Leef {
    fn name(&self) -> &'static str {
        "leef"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            "LEEF:1.0|Example|Vault|2.4|LOGIN_FAILED|devTime=Mar 02 2026 01:02:03\tsrc=203.0.113.7\tusrName=alice\tsev=6\tmsg=wrong password",
            "<13>Mar  2 01:02:03 vault-1 LEEF:2.0|Example|Vault|2.4|SEALED|^|sev=9^src=192.0.2.1^usrName=root",
        ]
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        if line(trimmed(record)).is_some() {
            98
        } else {
            0
        }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let text = trimmed(record);
        let mut parsed = Parsed::default();
        let Some(line) = line(text) else {
            return Said::unparsed(text).parsed(record, parsed, context);
        };
        match line
            .first_pair(&TIMES)
            .and_then(|value| Some((when(value)?, value)))
        {
            Some((when, value)) => context.set_time(&mut parsed, record, &when, value),
            None => line.header.set_time(&mut parsed, record, context),
        }
        let level = line.first_pair(&SEVERITIES).and_then(ten_scale);
        let said = Said {
            host: without_escapes(line.first_pair(&HOSTS).unwrap_or(line.header.host())),
            service: without_escapes(line.product),
            message: without_escapes(line.first_pair(&MESSAGES).unwrap_or(line.event_text())),
            severity: level.or(line.header.severity()),
            facility: line.header.facility(),
            ..Said::default()
        };
        said.parsed(record, parsed, context)
    }

    fn fields(&self, record: &[u8]) -> Fields {
        let mut fields = Fields::new();
        let Some(line) = line(trimmed(record)) else {
            return fields;
        };
        list_pair(&mut fields, b"vendor", line.vendor);
        list_pair(&mut fields, b"version", line.version);
        list_pair(&mut fields, b"event_id", line.event);
        let message = MESSAGES
            .iter()
            .find(|key| line.first_pair(&[key]).is_some());
        for (key, value) in line.pairs() {
            let taken = TIMES.contains(&key)
                || HOSTS.contains(&key)
                || SEVERITIES.contains(&key)
                || message == Some(&key);
            if !taken {
                list_pair(&mut fields, key, value);
            }
        }
        fields
    }
}

impl<'a> Line<'a> {
    fn pairs(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let delimiter = self.delimiter;
        self.pairs
            .split(move |&b| b == delimiter)
            .filter_map(|pair| {
                let equals = memchr::memchr(b'=', pair)?;
                Some((pair[..equals].trim_ascii(), &pair[equals + 1..]))
            })
    }

    /// The event id if it says something; a mere number says less than the pairs.
    fn event_text(&self) -> &'a [u8] {
        match self.event.iter().any(u8::is_ascii_alphabetic) {
            true => self.event,
            false => self.from_event,
        }
    }

    /// The value of the first of these keys that the record has and fills.
    fn first_pair(&self, keys: &[&[u8]]) -> Option<&'a [u8]> {
        keys.iter()
            .find_map(|key| self.pairs().find(|(k, v)| k == key && !v.is_empty()))
            .map(|(_, value)| value)
    }
}

fn line(text: &[u8]) -> Option<Line<'_>> {
    let (header, mut rest) = behind_header(text, MARK)?;
    let format = bar_part(&mut rest)?;
    let (vendor, product, version) = (
        bar_part(&mut rest)?,
        bar_part(&mut rest)?,
        bar_part(&mut rest)?,
    );
    let from_event = rest;
    let event = bar_part(&mut rest)?;
    let delimiter = match format.starts_with(b"2") {
        true => {
            let mut behind = rest;
            match bar_part(&mut behind).and_then(delimiter) {
                Some(delimiter) => {
                    rest = behind;
                    delimiter
                }
                None => b'\t',
            }
        }
        false => b'\t',
    };
    Some(Line {
        header,
        vendor,
        product,
        version,
        event,
        from_event,
        delimiter,
        pairs: rest,
    })
}

/// The delimiter of the pairs: a character, or its number in hexadecimal; nothing stands for a tab.
fn delimiter(text: &[u8]) -> Option<u8> {
    match text {
        [] => Some(b'\t'),
        [one] => Some(*one),
        _ => {
            let text = std::str::from_utf8(text).ok()?;
            let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix('x'))?;
            u8::from_str_radix(digits, 16).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_named_or_meant() {
        for (text, wanted) in [
            ("LEEF:1.0|a|b|c|d|k=1\tm=2", b'\t'),
            ("LEEF:2.0|a|b|c|d|^|k=1^m=2", b'^'),
            ("LEEF:2.0|a|b|c|d|x7C|k=1|m=2", b'|'),
            ("LEEF:2.0|a|b|c|d|0x09|k=1\tm=2", b'\t'),
            ("LEEF:2.0|a|b|c|d||k=1\tm=2", b'\t'),
            ("LEEF:2.0|a|b|c|d|k=1\tm=2", b'\t'),
        ] {
            let line = line(text.as_bytes()).expect(text);
            assert_eq!(line.delimiter, wanted, "{text}");
            assert_eq!(line.first_pair(&[b"m"]), Some(&b"2"[..]), "{text}");
        }
    }
}
