//! A scanner over one JSON object: hands out members as slices of the record, without allocating.
//!
//! It is no validator. What a JSON parser accepts it reads the same way; what one rejects (raw control characters, bad
//! UTF-8, a cut end) it reads as far as it makes sense and says so, since a damaged record still has things to say.

use super::{undouble, unescape};
use crate::event::Fields;
use serde_json::Value as Json;
use std::borrow::Cow;

/// Objects in objects deeper than this are not read: the limit of serde_json, which reads the same records later.
const MAX_DEPTH: u32 = 127;
/// More fields than this are not listed; no log has them, an attack may.
const MAX_FIELDS: usize = 256;
/// Longer keys are not listed.
const MAX_KEY: usize = 1024;

/// A value as it stands in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Value<'a> {
    /// A string: the bytes between the quotes, and whether escapes are among them.
    Text(&'a [u8], Escapes),
    /// A number, `true`, `false`, `null`, or a word that is no JSON at all.
    Bare(&'a [u8]),
    /// An object with its braces.
    Object(&'a [u8]),
    /// An array with its brackets.
    List(&'a [u8]),
}

/// What in a string does not stand for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Escapes {
    /// Nothing: the bytes are the text.
    No,
    /// Backslashes, as in JSON.
    Yes,
    /// Not JSON's: a quote stands for itself by standing twice, as in CSV.
    Doubled,
}

/// What ended a scan too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Fault {
    /// Not an object at all.
    NotObject,
    /// The object is damaged from some member on, or text follows it.
    Damaged,
    /// All of it was read, but JSON does not know some of the values.
    Odd,
    /// Nested deeper than anyone reads.
    TooDeep,
}

impl<'a> Value<'a> {
    /// The text of a string, or the digits of a number; borrowed where it can be.
    pub fn text(self) -> Option<Cow<'a, [u8]>> {
        match self {
            Value::Text(raw, Escapes::No) => Some(Cow::Borrowed(raw)),
            Value::Text(raw, Escapes::Yes) => Some(Cow::Owned(unescape(raw))),
            Value::Text(raw, Escapes::Doubled) => Some(Cow::Owned(undouble(raw))),
            Value::Bare(word)
                if word
                    .first()
                    .is_some_and(|b| b.is_ascii_digit() || *b == b'-') =>
            {
                Some(Cow::Borrowed(word))
            }
            _ => None,
        }
    }

    /// Whether JSON does not know such a value: words and numbers of its own, raw control characters, half a character.
    pub fn is_odd(self) -> bool {
        match self {
            Value::Text(raw, escapes) => {
                let replacement = "\u{fffd}".as_bytes();
                let has = |text: &[u8]| memchr::memmem::find(text, replacement).is_some();
                raw.iter().any(|&b| b < 0x20)
                    || escapes == Escapes::Yes && has(&unescape(raw)) && !has(raw)
            }
            Value::Bare(b"true" | b"false" | b"null") => false,
            Value::Bare(word) => {
                let digits = word.iter().all(|b| b.is_ascii_digit());
                !digits && serde_json::from_slice::<Json>(word).is_err()
            }
            Value::Object(_) | Value::List(_) => false,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self == Value::Bare(b"null")
    }

    /// The value for people and programs: whole numbers that do not fit and damaged parts are kept as text.
    pub fn json(self) -> Json {
        let lossy = |b: &[u8]| Json::String(String::from_utf8_lossy(b).into_owned());
        match self {
            Value::Text(raw, Escapes::No) => lossy(raw),
            Value::Text(raw, Escapes::Yes) => lossy(&unescape(raw)),
            Value::Text(raw, Escapes::Doubled) => lossy(&undouble(raw)),
            Value::Bare(word) => match serde_json::from_slice::<Json>(word) {
                Ok(Json::Number(n)) if n.is_f64() && !word.iter().any(|b| b".eE".contains(b)) => {
                    lossy(word)
                }
                Ok(value) => value,
                Err(_) => lossy(word),
            },
            Value::Object(raw) | Value::List(raw) => {
                serde_json::from_slice(raw).unwrap_or_else(|_| lossy(raw))
            }
        }
    }
}

/// The members of an object, in the order of the record.
pub(in crate::formats) struct Members<'a> {
    text: &'a [u8],
    at: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    First,
    Later,
    Ended(Result<(), Fault>),
}

/// The members of the object that `text` is.
pub(in crate::formats) fn members(text: &[u8]) -> Members<'_> {
    let at = blank(text, 0);
    let state = match text.get(at) {
        Some(b'{') => State::First,
        _ => State::Ended(Err(Fault::NotObject)),
    };
    Members {
        text,
        at: at + 1,
        state,
    }
}

impl<'a> Members<'a> {
    /// How the object ended; to be asked when the members are through.
    pub fn end(&self) -> Result<(), Fault> {
        match self.state {
            State::Ended(end) => end,
            State::First | State::Later => Err(Fault::Damaged),
        }
    }

    fn stop(&mut self, end: Result<(), Fault>) -> Option<(Cow<'a, [u8]>, Value<'a>)> {
        self.state = State::Ended(end);
        None
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, [u8]>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.text;
        let mut at = blank(text, self.at);
        match (self.state, text.get(at)) {
            (State::Ended(_), _) => return None,
            (_, Some(b'}')) => {
                let rest = blank(text, at + 1);
                let end = if rest == text.len() {
                    Ok(())
                } else {
                    Err(Fault::Damaged)
                };
                return self.stop(end);
            }
            (State::First, Some(b'"')) => {}
            (State::Later, Some(b',')) => {
                at = blank(text, at + 1);
                if text.get(at) != Some(&b'"') {
                    return self.stop(Err(Fault::Damaged));
                }
            }
            _ => return self.stop(Err(Fault::Damaged)),
        }
        let Some((key_end, escapes)) = string_end(text, at + 1) else {
            return self.stop(Err(Fault::Damaged));
        };
        let raw = &text[at + 1..key_end];
        let key = match escapes {
            Escapes::Yes => Cow::Owned(unescape(raw)),
            Escapes::No | Escapes::Doubled => Cow::Borrowed(raw),
        };
        let colon = blank(text, key_end + 1);
        if text.get(colon) != Some(&b':') {
            return self.stop(Err(Fault::Damaged));
        }
        match value(text, blank(text, colon + 1)) {
            Ok((value, end)) => {
                self.at = end;
                self.state = State::Later;
                Some((key, value))
            }
            Err(fault) => self.stop(Err(fault)),
        }
    }
}

/// The elements of the array that `text` is; `None` when it is none or damaged.
pub(in crate::formats) fn elements(text: &[u8]) -> Option<Vec<Value<'_>>> {
    let mut at = blank(text, 0);
    if text.get(at) != Some(&b'[') {
        return None;
    }
    let mut found = Vec::new();
    at = blank(text, at + 1);
    if text.get(at) == Some(&b']') {
        return (blank(text, at + 1) == text.len()).then_some(found);
    }
    loop {
        let (element, end) = value(text, at).ok()?;
        found.push(element);
        at = blank(text, end);
        match text.get(at)? {
            b',' => at = blank(text, at + 1),
            b']' => return (blank(text, at + 1) == text.len()).then_some(found),
            _ => return None,
        }
    }
}

/// All fields of an object but those `taken`, for the cold path. Of a key that comes twice the last value is kept.
pub(in crate::formats) fn list_fields(
    text: &[u8],
    taken: impl Fn(&[u8], Value<'_>) -> Taken,
) -> Fields {
    let mut fields = Fields::new();
    for (key, value) in members(text) {
        if key.len() > MAX_KEY || taken(&key, value) == Taken::Yes {
            continue;
        }
        if fields.len() >= MAX_FIELDS {
            break;
        }
        fields.insert(String::from_utf8_lossy(&key).into_owned(), value.json());
    }
    fields
}

/// Whether a field already has its place in the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Taken {
    /// It is host, time, message or the like.
    Yes,
    /// It is listed with the structured fields.
    No,
}

/// The position of the first byte at or behind `at` that is no JSON whitespace.
fn blank(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = text.get(at) {
        at += 1;
    }
    at
}

/// The value at `at` and where it ends.
fn value(text: &[u8], at: usize) -> Result<(Value<'_>, usize), Fault> {
    match text.get(at) {
        Some(b'"') => {
            let (end, escapes) = string_end(text, at + 1).ok_or(Fault::Damaged)?;
            Ok((Value::Text(&text[at + 1..end], escapes), end + 1))
        }
        Some(b'{') => {
            let end = nested_end(text, at)?;
            Ok((Value::Object(&text[at..end]), end))
        }
        Some(b'[') => {
            let end = nested_end(text, at)?;
            Ok((Value::List(&text[at..end]), end))
        }
        Some(_) => {
            let rest = &text[at..];
            let len = rest
                .iter()
                .position(|b| matches!(b, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r'))
                .ok_or(Fault::Damaged)?;
            match len {
                0 => Err(Fault::Damaged),
                _ => Ok((Value::Bare(&rest[..len]), at + len)),
            }
        }
        None => Err(Fault::Damaged),
    }
}

/// Where an object or array that begins at `at` ends. Brackets are counted, not matched.
fn nested_end(text: &[u8], mut at: usize) -> Result<usize, Fault> {
    let mut depth = 0u32;
    while let Some(b) = text.get(at) {
        at += 1;
        match b {
            b'"' => at = string_end(text, at).ok_or(Fault::Damaged)?.0 + 1,
            b'{' | b'[' => {
                depth += 1;
                if depth >= MAX_DEPTH {
                    return Err(Fault::TooDeep);
                }
            }
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Ok(at);
                }
            }
            _ => {}
        }
    }
    Err(Fault::Damaged)
}

/// The position of the quote that ends the string whose text begins at `at`. Eight bytes at a time.
fn string_end(text: &[u8], mut at: usize) -> Option<(usize, Escapes)> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let mut escapes = Escapes::No;
    loop {
        // A byte of `x` is zero where the byte is the one looked for; the lowest such byte is marked exactly.
        while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            let word = u64::from_le_bytes(*chunk);
            let quote = word ^ (ONES * u64::from(b'"'));
            let slash = word ^ (ONES * u64::from(b'\\'));
            let hit =
                ((quote.wrapping_sub(ONES) & !quote) | (slash.wrapping_sub(ONES) & !slash)) & HIGH;
            if hit != 0 {
                at += (hit.trailing_zeros() / 8) as usize;
                break;
            }
            at += 8;
        }
        match text.get(at)? {
            b'"' => return Some((at, escapes)),
            b'\\' => {
                escapes = Escapes::Yes;
                at += 2;
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8]) -> (Fields, Result<(), Fault>) {
        let mut scan = members(text);
        scan.by_ref().for_each(drop);
        (list_fields(text, |_, _| Taken::No), scan.end())
    }

    #[test]
    fn damaged_objects_are_read_up_to_the_damage() {
        let rows: [(&[u8], usize, Result<(), Fault>); 12] = [
            (b"{}", 0, Ok(())),
            (b" {\"a\" : 1 , \"b\":[] } \r", 2, Ok(())),
            (b"{\"a\":1,\"a\":2}", 1, Ok(())),
            (b"{\"a\":1,\"b\":\"cut", 1, Err(Fault::Damaged)),
            (b"{\"a\":1}{\"b\":2}", 1, Err(Fault::Damaged)),
            (b"{\"a\":1}x", 1, Err(Fault::Damaged)),
            (b"{\"a\":1,}", 1, Err(Fault::Damaged)),
            (b"{\"a\" 1}", 0, Err(Fault::Damaged)),
            (b"{\"a\":", 0, Err(Fault::Damaged)),
            (b"[1]", 0, Err(Fault::NotObject)),
            (b"42", 0, Err(Fault::NotObject)),
            (b"", 0, Err(Fault::NotObject)),
        ];
        for (text, count, end) in rows {
            let (fields, got) = read(text);
            assert_eq!((fields.len(), got), (count, end), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn depth_is_limited() {
        let nest = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
        assert_eq!(read(nest(126).as_bytes()).1, Ok(()));
        assert!(serde_json::from_str::<Json>(&nest(126)).is_ok());
        assert_eq!(read(nest(127).as_bytes()).1, Err(Fault::TooDeep));
        assert_eq!(
            read("{\"a\":[".repeat(100_000).as_bytes()).1,
            Err(Fault::TooDeep)
        );
    }

    #[test]
    fn numbers_that_do_not_fit_stay_text() {
        let (fields, _) =
            read(br#"{"big":123456789012345678901234567890,"n":12,"f":1.5,"x":1e999,"y":NaN}"#);
        assert_eq!(
            Json::Object(fields),
            serde_json::json!({"big": "123456789012345678901234567890", "n": 12, "f": 1.5, "x": "1e999", "y": "NaN"})
        );
    }

    #[test]
    fn fields_are_bounded() {
        let many: Vec<String> = (0..5000).map(|i| format!("\"k{i}\":{i}")).collect();
        let (fields, end) = read(format!("{{{}}}", many.join(",")).as_bytes());
        assert_eq!((fields.len(), end), (MAX_FIELDS, Ok(())));
    }

    /// Any JSON value of a few levels.
    fn json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            (-1e9f64..1e9).prop_map(Json::from),
            any::<String>().prop_map(Json::from),
            "[ -~]{0,40}".prop_map(Json::from),
        ];
        leaf.prop_recursive(3, 20, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                proptest::collection::hash_map(".{0,8}", inner, 0..5)
                    .prop_map(|m| Json::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_serde_json_reads_is_read_the_same(map in proptest::collection::vec((".{0,12}", json()), 0..10)) {
            let object = Json::Object(map.into_iter().collect());
            for text in [serde_json::to_string(&object), serde_json::to_string_pretty(&object)] {
                let text = text.expect("JSON");
                let (fields, end) = read(text.as_bytes());
                prop_assert_eq!(end, Ok(()));
                prop_assert_eq!(Json::Object(fields), serde_json::from_str::<Json>(&text).expect("JSON"));
            }
        }

        #[test]
        fn no_bytes_break_it(text in "[{}\\[\\]\",:\\\\a1 u]{0,60}") {
            let (fields, end) = read(text.as_bytes());
            if let Ok(Json::Object(wanted)) = serde_json::from_str::<Json>(&text) {
                prop_assert_eq!(end, Ok(()));
                prop_assert_eq!(fields, wanted);
            }
        }
    }
}
