//! The XML of one Windows event. No general parser: elements, attributes, text and the entities such exports have.

use super::{Facts, Part, number};
use crate::envelope::ParseStatus;
use crate::event::Fields;
use std::borrow::Cow;

/// More elements than this are not read; an event has dozens.
const MAX_PARTS: usize = 256;
/// Longer names are not listed.
const MAX_NAME: usize = 256;
/// Elements in elements deeper than this are read as if they stood here.
const MAX_DEPTH: usize = 16;

type Text<'a> = Cow<'a, [u8]>;

/// What an event's XML holds: leaves with their text, and attributes, by the section they stand in.
#[derive(Default)]
pub(super) struct Event<'a> {
    /// Of `System`: `EventID`, `Computer`, `Provider.Name`.
    system: Vec<Part<'a>>,
    /// Of `EventData` and `UserData`.
    data: Vec<Part<'a>>,
    /// Of `RenderingInfo`.
    rendered: Vec<Part<'a>>,
    status: ParseStatus,
}

/// Reads one event; `None` for what is not the beginning of one.
pub(super) fn event(text: &[u8]) -> Option<Event<'_>> {
    let start = event_start(text, 0)?;
    let mut event = Event::default();
    let mut path: Vec<&[u8]> = Vec::new();
    // The name that a `Data` element gives its text.
    let mut data_name: Text<'_> = Cow::Borrowed(b"");
    let mut scan = Tokens { text, at: start };
    let mut parts = 0;
    loop {
        match scan.next() {
            Some(Token::Open {
                name,
                attributes,
                empty,
            }) => {
                parts += 1;
                if name == b"Data" {
                    data_name = attribute(attributes, b"Name").unwrap_or_default();
                }
                if path.get(1) == Some(&&b"System"[..]) {
                    event.add_attributes(name, attributes);
                }
                if !empty && path.len() < MAX_DEPTH {
                    path.push(name);
                }
            }
            Some(Token::Text(words)) => {
                parts += 1;
                let section = path.get(1).copied().unwrap_or_default();
                if let (Some(leaf), true) =
                    (path.get(2..).and_then(<[&[u8]]>::last), parts < MAX_PARTS)
                {
                    let name = match *leaf {
                        b"Data" => std::mem::take(&mut data_name),
                        _ => Cow::Borrowed(*leaf),
                    };
                    event.add(section, name, words);
                }
            }
            Some(Token::Close { name }) => {
                if path.last() == Some(&name) {
                    path.pop();
                }
                if path.is_empty() {
                    break;
                }
            }
            None => {
                event.status = ParseStatus::Partial;
                break;
            }
        }
    }
    (!event.system.is_empty()).then_some(event)
}

/// The elements of a record that holds several events.
pub(super) fn split(text: &[u8]) -> Option<Vec<Cow<'_, [u8]>>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(start) = event_start(text, at) {
        let end = memchr::memmem::find(&text[start..], b"</Event>")?;
        at = start + end + b"</Event>".len();
        pieces.push(Cow::Borrowed(&text[start..at]));
    }
    // One event alone is a record as it stands, unless something is wrapped around it.
    let alone = pieces.len() == 1 && *pieces[0] == *text.trim_ascii();
    (!pieces.is_empty() && !alone).then_some(pieces)
}

/// Where the next `<Event …>` begins.
fn event_start(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memmem::find(text.get(at..)?, b"<Event")?;
        match text.get(at + 6)? {
            b'>' | b' ' | b'\t' | b'\n' | b'\r' => return Some(at),
            _ => at += 6,
        }
    }
}

impl<'a> Event<'a> {
    fn add(&mut self, section: &[u8], name: Text<'a>, words: &'a [u8]) {
        let part = (name, decoded(words));
        match section {
            b"System" => self.system.push(part),
            b"EventData" | b"UserData" => self.data.push(part),
            b"RenderingInfo" => self.rendered.push(part),
            _ => {}
        }
    }

    /// Lists `Provider`'s `Name` and the like as `Provider.Name`.
    fn add_attributes(&mut self, element: &[u8], attributes: &'a [u8]) {
        let mut rest = attributes;
        while let Some((name, value, behind)) = next_attribute(rest) {
            if self.system.len() >= MAX_PARTS || element.len() > MAX_NAME || name.len() > MAX_NAME {
                return;
            }
            let name = [element, b".", name].concat();
            self.system.push((Cow::Owned(name), decoded(value)));
            rest = behind;
        }
    }

    pub(super) fn into_facts(self) -> Facts<'a> {
        let find = |parts: &[Part<'a>], name: &[u8]| {
            let found = parts.iter().find(|(n, _)| **n == *name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let rendered_level = find(&self.rendered, b"Level");
        Facts {
            id: find(&self.system, b"EventID"),
            provider: find(&self.system, b"Provider.Name"),
            computer: find(&self.system, b"Computer"),
            level: match rendered_level.is_empty() {
                true => find(&self.system, b"Level"),
                false => rendered_level,
            },
            message: find(&self.rendered, b"Message"),
            time: find(&self.system, b"TimeCreated.SystemTime"),
            keywords: find(&self.system, b"Keywords"),
            data: self.data,
            status: self.status,
        }
    }

    /// Everything but what has its place in the event.
    pub(super) fn fields(self) -> Fields {
        const TAKEN: [&[u8]; 5] = [
            b"Provider.Name",
            b"Computer",
            b"Level",
            b"TimeCreated.SystemTime",
            b"Message",
        ];
        let mut fields = Fields::new();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        for (name, value) in self.system.iter().chain(&self.data) {
            if TAKEN.contains(&&**name) {
                continue;
            }
            let name = match name.is_empty() {
                true => "Data".to_string(),
                false => text(name),
            };
            match fields.get_mut(&name) {
                // Values without names come one after the other.
                Some(serde_json::Value::String(earlier)) => {
                    earlier.push(' ');
                    earlier.push_str(&text(value));
                }
                _ => drop(fields.insert(name, text(value).into())),
            }
        }
        fields
    }
}

/// A piece of XML.
enum Token<'a> {
    Open {
        name: &'a [u8],
        attributes: &'a [u8],
        empty: bool,
    },
    Close {
        name: &'a [u8],
    },
    Text(&'a [u8]),
}

/// The pieces of a text; comments and instructions are stepped over, white space between elements too.
struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.text.get(self.at..)?;
            if rest.first()? != &b'<' {
                let len = memchr::memchr(b'<', rest)?;
                self.at += len;
                let words = rest[..len].trim_ascii();
                if !words.is_empty() {
                    return Some(Token::Text(words));
                }
                continue;
            }
            if let Some(inner) = rest.strip_prefix(b"<![CDATA[") {
                let len = memchr::memmem::find(inner, b"]]>")?;
                self.at += b"<![CDATA[".len() + len + 3;
                return Some(Token::Text(&inner[..len]));
            }
            if rest.starts_with(b"<!--") {
                self.at += memchr::memmem::find(rest, b"-->")? + 3;
                continue;
            }
            let len = tag_end(rest)?;
            self.at += len + 1;
            let inner = &rest[1..len];
            match inner.first() {
                Some(b'?' | b'!') => continue,
                Some(b'/') => {
                    return Some(Token::Close {
                        name: local_name(&inner[1..]),
                    });
                }
                _ => {}
            }
            let empty = inner.ends_with(b"/");
            let inner = inner.strip_suffix(b"/").unwrap_or(inner);
            let name_len = inner
                .iter()
                .position(u8::is_ascii_whitespace)
                .unwrap_or(inner.len());
            return Some(Token::Open {
                name: local_name(&inner[..name_len]),
                attributes: &inner[name_len..],
                empty,
            });
        }
    }
}

/// The position of the `>` that ends the tag at the head; one inside a quoted value does not.
fn tag_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr3(b'>', b'"', b'\'', text.get(at..)?)?;
        match text[at] {
            b'>' => return Some(at),
            quote => at += 2 + memchr::memchr(quote, text.get(at + 1..)?)?,
        }
    }
}

/// A name without white space and without the prefix of its name space.
fn local_name(name: &[u8]) -> &[u8] {
    let name = name.trim_ascii();
    match memchr::memrchr(b':', name) {
        Some(colon) => &name[colon + 1..],
        None => name,
    }
}

/// The attribute at the head: its name, its value, and what is behind it.
fn next_attribute(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let equals = memchr::memchr(b'=', text)?;
    let name = local_name(&text[..equals]);
    let value = text[equals + 1..].trim_ascii_start();
    let (&quote, inner) = value.split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let end = memchr::memchr(quote, inner)?;
    Some((name, &inner[..end], &inner[end + 1..]))
}

fn attribute<'a>(attributes: &'a [u8], wanted: &[u8]) -> Option<Text<'a>> {
    let mut rest = attributes;
    while let Some((name, value, behind)) = next_attribute(rest) {
        if name == wanted {
            return Some(decoded(value));
        }
        rest = behind;
    }
    None
}

/// Text without its entities; one that is none of the five or a number stays as it is.
fn decoded(text: &[u8]) -> Text<'_> {
    if memchr::memchr(b'&', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest) {
        plain.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        // The longest entity is `&#x10ffff;`.
        let end = rest.iter().take(11).position(|&b| b == b';');
        match end.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            Some((c, end)) => {
                plain.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[end + 1..];
            }
            None => {
                plain.push(b'&');
                rest = &rest[1..];
            }
        }
    }
    plain.extend_from_slice(rest);
    Cow::Owned(plain)
}

fn entity(name: &[u8]) -> Option<char> {
    Some(match name {
        b"lt" => '<',
        b"gt" => '>',
        b"amp" => '&',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => {
            char::from_u32(u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?)?
        }
        [b'#', digits @ ..] => char::from_u32(u32::try_from(number(digits)?).ok()?)?,
        _ => return None,
    })
}
