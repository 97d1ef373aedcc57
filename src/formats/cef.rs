//! CEF, the Common Event Format of security devices: `CEF:0|vendor|product|version|class|name|severity|pairs`.

use super::{
    Context, Format, Said, SyslogHeader, bar_part, behind_header, list_pair, ten_scale, trimmed,
    when, without_escapes,
};
use crate::envelope::ParseStatus;
use crate::event::{Fields, Parsed};

/// The format `cef`.
pub(super) struct Cef;

const MARK: &[u8] = b"CEF:";
/// The pairs that give the time of the event, the best first: when the device saw it, then its beginning and end.
const TIMES: [&[u8]; 3] = [b"rt", b"start", b"end"];
/// The pairs that name the device that speaks.
const HOSTS: [&[u8]; 2] = [b"dvchost", b"dvc"];

/// The parts of a record.
#[derive(Default)]
struct Line<'a> {
    header: SyslogHeader<'a>,
    /// Version of the format, vendor, product, its version, event class, name, severity.
    parts: [&'a [u8]; 7],
    pairs: &'a [u8],
    status: ParseStatus,
}

impl Format for Cef {
    fn name(&self) -> &'static str {
        "cef"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            "CEF:0|Example|Gate|3.1|100|Port scan detected|7|src=203.0.113.7 dst=192.0.2.1 spt=4431 rt=1772413323000 dvchost=gate-1",
            "<134>Mar  2 01:02:03 gate-1 CEF:0|Example|Gate|3.1|200|Policy changed|Low|suser=alice msg=rule 7\\=deny was removed cs1Label=zone cs1=dmz",
        ]
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        match line(trimmed(record)) {
            Some(line) if line.status == ParseStatus::Ok => 98,
            Some(_) => 60,
            None => 0,
        }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let text = trimmed(record);
        let mut parsed = Parsed::default();
        let Some(line) = line(text) else {
            return Said::unparsed(text).parsed(record, parsed, context);
        };
        parsed.status = line.status;
        match line
            .first_pair(&TIMES)
            .and_then(|value| Some((when(value)?, value)))
        {
            Some((when, value)) => context.set_time(&mut parsed, record, &when, value),
            None => line.header.set_time(&mut parsed, record, context),
        }
        let host = line.first_pair(&HOSTS).unwrap_or(line.header.host());
        let [_, _, product, _, _, name, level] = line.parts;
        let message = if name.is_empty() { text } else { name };
        let said = Said {
            host: without_escapes(host),
            service: without_escapes(product),
            message: without_escapes(message),
            severity: ten_scale(level).or(line.header.severity()),
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
        let [_, vendor, _, version, class, ..] = line.parts;
        list_pair(&mut fields, b"vendor", vendor);
        list_pair(&mut fields, b"version", version);
        list_pair(&mut fields, b"event_class", class);
        for (key, value) in pairs(line.pairs) {
            if !TIMES.contains(&key) && !HOSTS.contains(&key) {
                list_pair(&mut fields, key, value);
            }
        }
        fields
    }
}

impl<'a> Line<'a> {
    /// The value of the first of these keys that the record has.
    fn first_pair(&self, keys: &[&[u8]]) -> Option<&'a [u8]> {
        keys.iter()
            .find_map(|key| pairs(self.pairs).find(|(k, _)| k == key))
            .map(|(_, value)| value)
    }
}

fn line(text: &[u8]) -> Option<Line<'_>> {
    let (header, mut rest) = behind_header(text, MARK)?;
    let mut line = Line {
        header,
        ..Line::default()
    };
    let mut found = 0;
    for slot in &mut line.parts {
        let Some(part) = bar_part(&mut rest) else {
            break;
        };
        *slot = part;
        found += 1;
    }
    match found {
        7 => line.pairs = rest,
        // A device that has no pairs may leave out the last bar.
        6 => line.parts[6] = rest,
        _ if found >= 2 => line.status = ParseStatus::Partial,
        _ => return None,
    }
    Some(line)
}

/// The pairs at the end: a value runs, blanks and all, to the key of the next pair.
fn pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = text.trim_ascii_start();
    std::iter::from_fn(move || {
        let equals = next_equals(rest, 0)?;
        let key = rest[..equals].trim_ascii();
        let value = &rest[equals + 1..];
        let end = match next_equals(value, 0) {
            // The last blank before the next equals sign ends this value.
            Some(next) => memchr::memrchr(b' ', &value[..next]).unwrap_or(next),
            None => value.len(),
        };
        rest = &value[end..];
        Some((key, value[..end].trim_ascii_end()))
    })
}

/// The next equals sign that no backslash makes part of a value.
fn next_equals(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr2(b'=', b'\\', text.get(at..)?)?;
        if text[at] == b'=' {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_run_to_the_next_key() {
        let text =
            br"src=10.0.0.1 msg=Intrusion attempt a\=b and more dst=1.2.3.4 empty= last=x y ";
        let found: Vec<(String, String)> = pairs(text)
            .map(|(k, v)| {
                let text = |b: &[u8]| String::from_utf8_lossy(&without_escapes(b)).into_owned();
                (text(k), text(v))
            })
            .collect();
        let wanted = [
            ("src", "10.0.0.1"),
            ("msg", "Intrusion attempt a=b and more"),
            ("dst", "1.2.3.4"),
            ("empty", ""),
            ("last", "x y"),
        ];
        let wanted: Vec<(String, String)> = wanted
            .iter()
            .map(|(k, v)| (k.to_string(), v.to_string()))
            .collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn bars_may_be_escaped() {
        let line = line(br"CEF:0|Ex\|ample|Gate\\|1|7|a name|5|x=1").expect("a record");
        assert_eq!(&*without_escapes(line.parts[1]), b"Ex|ample");
        assert_eq!(&*without_escapes(line.parts[2]), b"Gate\\");
        assert_eq!(line.pairs, b"x=1");
    }
}
