//! Records in columns: the header that names them, and the cells.

use super::{Escapes, Picked, Value, trimmed};
use std::borrow::Cow;

/// More columns than this are not read.
const MAX_COLUMNS: usize = 256;
/// Longer names are no names of columns.
const MAX_NAME: usize = 64;
/// What may stand between columns. A header tells which, by having most of it.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The names of the columns of a source, from its first record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// As the record has them, in order.
    pub names: Vec<String>,
    /// What they are called as the fields of an event: the same, unless the operator said otherwise.
    pub columns: Vec<String>,
    /// What stands between columns.
    pub delimiter: u8,
}

impl Header {
    /// The header that `record` is; `None` for a record that is none: names are short words, each there once, and one
    /// of them at least is known to be the time or the message of an event.
    pub fn read(record: &[u8]) -> Option<Header> {
        Header::named(record).filter(Header::tells)
    }

    /// The same where the operator has said what columns mean: `(field, column)`. Each of the columns must be there.
    pub fn read_as(record: &[u8], meanings: &[(String, String)]) -> Option<Header> {
        let mut header = Header::named(record)?;
        for (field, column) in meanings {
            let at = header.names.iter().position(|name| name == column)?;
            // What was called so before would now be there twice.
            if let Some(other) = header.columns.iter().position(|name| name == field) {
                header.columns[other] = format!("{field} ");
            }
            header.columns[at].clone_from(field);
        }
        header.tells().then_some(header)
    }

    /// What a record names if it is a header: whether the names mean anything is another question.
    fn named(record: &[u8]) -> Option<Header> {
        let text = trimmed(record);
        let delimiter = delimiter_of(text);
        let mut names: Vec<String> = Vec::new();
        for cell in cells(text, delimiter) {
            let cell = cell.text()?;
            let name = std::str::from_utf8(&cell).ok()?.trim();
            let wordy = |c: char| c.is_alphanumeric() || "@_-. #/()".contains(c);
            let named = name.starts_with(|c: char| c.is_alphabetic() || c == '@' || c == '_');
            if !named || name.len() > MAX_NAME || !name.chars().all(wordy) {
                return None;
            }
            if names.iter().any(|known| known == name) {
                return None;
            }
            names.push(name.to_string());
        }
        (names.len() >= 2).then(|| Header {
            columns: names.clone(),
            names,
            delimiter,
        })
    }

    /// Whether a record is this header once more: files that were joined repeat it.
    pub(in crate::formats) fn repeated(&self, text: &[u8]) -> bool {
        let first = self.names.first().map_or("", String::as_str);
        let bare = text.strip_prefix(b"\"").unwrap_or(text);
        bare.starts_with(first.as_bytes())
            && Header::named(text).is_some_and(|other| other.names == self.names)
    }

    /// Whether a record with these columns says when or what.
    fn tells(&self) -> bool {
        // A value that could be anything: what matters is how the columns are called.
        let probe = Value::Text(b"2026-01-01T00:00:00Z", Escapes::No);
        let mut picked = Picked::default();
        for name in &self.columns {
            picked.offer(role_name(name).as_bytes(), probe);
        }
        picked.likeness() >= 70
    }

    /// The fields of a record that have a role, by the names of their columns.
    pub(in crate::formats) fn pick<'a>(&self, text: &'a [u8]) -> Picked<'a> {
        let mut picked = Picked::default();
        for (name, value) in self.columns.iter().zip(cells(text, self.delimiter)) {
            picked.offer(role_name(name).as_bytes(), value);
        }
        picked
    }
}

/// A column's name as the table of names has it: in CSV words are parted by blanks.
fn role_name(name: &str) -> Cow<'_, str> {
    match name.contains(' ') {
        true => Cow::Owned(name.replace(' ', "_")),
        false => Cow::Borrowed(name),
    }
}

/// What stands between the cells of a record, by what there is most of; the comma where there is nothing of it.
pub(in crate::formats) fn delimiter_of(text: &[u8]) -> u8 {
    let count = |delimiter: &u8| text.iter().filter(|&b| b == delimiter).count();
    let most = DELIMITERS.into_iter().rev().max_by_key(count);
    most.unwrap_or(b',')
}

/// The cells of a record. A quoted cell may hold the delimiter; a quote in it stands twice.
pub(in crate::formats) fn cells(text: &[u8], delimiter: u8) -> impl Iterator<Item = Value<'_>> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let (cell, behind) = cell(text, delimiter);
        rest = behind;
        Some(cell)
    })
    .take(MAX_COLUMNS)
}

/// The cell at the head, and what is behind the delimiter that follows it.
fn cell(text: &[u8], delimiter: u8) -> (Value<'_>, Option<&[u8]>) {
    if let Some(inner) = text.strip_prefix(b"\"")
        && let Some((len, doubled)) = quoted(inner)
        && inner.get(len + 1).is_none_or(|&b| b == delimiter)
    {
        let behind = inner.get(len + 2..);
        return (Value::Text(&inner[..len], doubled), behind);
    }
    match memchr::memchr(delimiter, text) {
        Some(at) => (plain(&text[..at]), Some(&text[at + 1..])),
        None => (plain(text), None),
    }
}

/// How long the text in quotes is, and whether quotes are doubled in it; `None` when the quote stays open.
fn quoted(inner: &[u8]) -> Option<(usize, Escapes)> {
    let mut at = 0;
    let mut escapes = Escapes::No;
    loop {
        at += memchr::memchr(b'"', inner.get(at..)?)?;
        if inner.get(at + 1) != Some(&b'"') {
            return Some((at, escapes));
        }
        escapes = Escapes::Doubled;
        at += 2;
    }
}

/// A cell without quotes; a number is one.
fn plain(cell: &[u8]) -> Value<'_> {
    let cell = cell.trim_ascii();
    let number = cell
        .first()
        .is_some_and(|b| b.is_ascii_digit() || *b == b'-')
        && cell
            .iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    match number {
        true => Value::Bare(cell),
        false => Value::Text(cell, Escapes::No),
    }
}
