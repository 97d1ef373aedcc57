//! `json`: the answer as one JSON object. Also how JSON is written anywhere: in ASCII, with secrets masked.

use super::{Answer, Look, MASK, Renderer, Report, Secrets, mask, names_a_secret};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use std::io::{self, Write};

/// The renderer of one JSON object.
pub struct JsonRenderer;

impl Renderer for JsonRenderer {
    fn name(&self) -> &'static str {
        "json"
    }

    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let formatter = Ascii(PrettyFormatter::new());
        let mut serializer = serde_json::Serializer::with_formatter(&mut *out, formatter);
        Whole(&report.answer, look.secrets).serialize(&mut serializer)?;
        out.write_all(b"\n")
    }
}

/// Writes one value on one line.
pub fn write_line(value: &Value, secrets: Secrets, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Ascii(CompactFormatter));
    Safe(value, secrets).serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// Writes a whole answer on one line.
pub fn write_answer_line(answer: &Answer, secrets: Secrets, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Ascii(CompactFormatter));
    Whole(answer, secrets).serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// An answer with its list in its place.
struct Whole<'a>(&'a Answer, Secrets);

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Whole(answer, secrets) = *self;
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &answer.head {
            map.serialize_entry(name, &Safe(value, secrets))?;
        }
        if let Some((name, rows)) = &answer.list {
            map.serialize_entry(name, &SafeList(rows, secrets))?;
        }
        for (name, value) in &answer.tail {
            map.serialize_entry(name, &Safe(value, secrets))?;
        }
        map.end()
    }
}

struct SafeList<'a>(&'a [Value], Secrets);

impl Serialize for SafeList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for value in self.0 {
            seq.serialize_element(&Safe(value, self.1))?;
        }
        seq.end()
    }
}

/// A value with the secrets in its strings masked, unless they are to be shown.
struct Safe<'a>(&'a Value, Secrets);

impl Serialize for Safe<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Safe(value, secrets) = *self;
        match value {
            Value::String(text) if secrets == Secrets::Masked => {
                serializer.serialize_str(&mask(text))
            }
            Value::Array(list) => SafeList(list, secrets).serialize(serializer),
            Value::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    match value {
                        Value::String(_) if secrets == Secrets::Masked && names_a_secret(name) => {
                            map.serialize_entry(name, MASK)?;
                        }
                        value => map.serialize_entry(name, &Safe(value, secrets))?,
                    }
                }
                map.end()
            }
            other => other.serialize(serializer),
        }
    }
}

/// JSON in printable ASCII: everything else is written as `\uXXXX`, so that no terminal obeys it and no editor hides it.
struct Ascii<F>(F);

impl<F: Formatter> Formatter for Ascii<F> {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, c) in fragment
            .char_indices()
            .filter(|(_, c)| !(' '..='~').contains(c))
        {
            out.write_all(&fragment.as_bytes()[plain..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[plain..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn line(value: &Value, secrets: Secrets) -> String {
        let mut out = Vec::new();
        write_line(value, secrets, &mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("JSON is text")
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_printable_ascii(text in any::<String>(), key in any::<String>()) {
            let value = json!({ key: [text, 1, null] });
            let written = line(&value, Secrets::Shown);
            prop_assert!(written.trim_end_matches('\n').bytes().all(|b| (b' '..=b'~').contains(&b)));
            prop_assert_eq!(serde_json::from_str::<Value>(&written).expect("it parses"), value);
        }
    }

    #[test]
    fn secrets_are_masked_in_values_and_by_name() {
        let value = json!({"message_raw": "password=hunter2", "structured_fields": {"db_password": "hunter2", "n": 2}});
        let written = line(&value, Secrets::Masked);
        assert!(!written.contains("hunter2"), "{written}");
        assert_eq!(line(&value, Secrets::Shown).matches("hunter2").count(), 2);
    }

    #[test]
    fn an_answer_has_its_list_between_head_and_tail() {
        let answer = Answer::list("items", vec![json!({"a": 1})]).with("coverage", json!({}));
        let mut out = Vec::new();
        write_answer_line(&answer, Secrets::Masked, &mut out).expect("a vector takes everything");
        assert_eq!(
            out,
            b"{\"ok\":true,\"items\":[{\"a\":1}],\"coverage\":{}}\n"
        );
    }
}
