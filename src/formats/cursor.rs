//! Journal cursors: which entry of which sequence a record of journald is.

use crate::signature::digest_parts;
use crate::time::Timestamp;
use memchr::memmem::Finder;

/// The field that holds the cursor.
const FIELD: &[u8] = b"__CURSOR";
/// Bytes of a cursor, at most; those of journald have about 130.
const LONGEST: usize = 512;

/// Finds cursors in records.
pub struct Cursors {
    field: Finder<'static>,
}

/// The cursor of an entry: `s=…;i=…;b=…;m=…;t=…;x=…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor<'a> {
    text: &'a str,
    sequence: Sequence<'a>,
    number: u64,
    time: Option<u64>,
}

/// A sequence of entries that numbers each of them once.
///
/// journald counts the entries of a sequence id up, but two machines cloned from one image go on counting from the same
/// number; what they wrote since is told apart by the boot id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence<'a> {
    /// Of journald: sequence id and boot id.
    Journal(&'a str, &'a str),
    /// Of another program that writes such records: what stands before the number.
    Numbered(&'a str),
    /// A cursor without a number is a sequence of one.
    Single(&'a str),
}

impl Default for Cursors {
    fn default() -> Cursors {
        Cursors {
            field: Finder::new(FIELD),
        }
    }
}

impl Cursors {
    /// The cursor of a record, if it has one. Only a field counts: in a string of JSON its quotes would be escaped.
    pub fn of<'a>(&self, record: &'a [u8]) -> Option<Cursor<'a>> {
        self.field.find_iter(record).find_map(|at| {
            let value = value_behind(&record[..at], &record[at + FIELD.len()..])?;
            let text = std::str::from_utf8(value).ok()?;
            let fits = text.len() <= LONGEST && !text.is_empty() && !text.contains('\\');
            fits.then(|| Cursor::read(text))
        })
    }
}

/// The value of a field between these bytes, as JSON or as `journalctl -o export` writes it.
fn value_behind<'a>(before: &[u8], behind: &'a [u8]) -> Option<&'a [u8]> {
    match before.last() {
        Some(b'"') => {
            let value = behind.strip_prefix(b"\"")?.trim_ascii_start();
            let value = value.strip_prefix(b":")?.trim_ascii_start();
            let value = value.strip_prefix(b"\"")?;
            Some(&value[..memchr::memchr(b'"', value)?])
        }
        None | Some(b'\n') => {
            let value = behind.strip_prefix(b"=")?;
            Some(&value[..memchr::memchr(b'\n', value).unwrap_or(value.len())])
        }
        Some(_) => None,
    }
}

impl<'a> Cursor<'a> {
    /// What a cursor says.
    pub fn read(text: &'a str) -> Cursor<'a> {
        let (mut id, mut number, mut boot, mut time) = (None, None, "", None);
        for part in text.split(';') {
            match part.split_once('=') {
                Some(("s", value)) => id = Some(value),
                Some(("i", value)) => number = u64::from_str_radix(value, 16).ok(),
                Some(("b", value)) => boot = value,
                Some(("t", value)) => time = u64::from_str_radix(value, 16).ok(),
                _ => {}
            }
        }
        let (sequence, number) = match (id, number) {
            (Some(id), Some(number)) => (Sequence::Journal(id, boot), number),
            _ => numbered(text),
        };
        Cursor {
            text,
            sequence,
            number,
            time,
        }
    }

    /// The cursor as it stands in the record.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The sequence the entry belongs to.
    pub fn sequence(&self) -> Sequence<'a> {
        self.sequence
    }

    /// Its number there.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// When it was written, if the cursor says so.
    pub fn time(&self) -> Option<Timestamp> {
        i64::try_from(self.time?).ok().map(Timestamp)
    }
}

/// The number a cursor ends with and what stands before it. Leading zeros belong to the latter, so that no two cursors are
/// the same number of the same sequence.
fn numbered(text: &str) -> (Sequence<'_>, u64) {
    /// As many digits as always fit a `u64`.
    const DIGITS: usize = 18;
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (_, last) = text.split_at(text.len() - digits.min(DIGITS));
    let last = last.trim_start_matches('0');
    match last.parse() {
        Ok(number) => (Sequence::Numbered(&text[..text.len() - last.len()]), number),
        Err(_) => (Sequence::Single(text), 0),
    }
}

impl Sequence<'_> {
    /// A key that tells it from all others.
    pub fn key(&self) -> u128 {
        match self {
            Sequence::Journal(id, boot) => digest_parts(&["journal", id, boot]),
            Sequence::Numbered(before) => digest_parts(&["numbered", before]),
            Sequence::Single(text) => digest_parts(&["single", text]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cursor(record: &str) -> Option<Cursor<'_>> {
        Cursors::default().of(record.as_bytes())
    }

    #[test]
    fn a_cursor_names_sequence_number_and_time() {
        let text = "s=61da8dbf;i=1a2f;b=0c6e;m=35b1;t=5f0e7a1b2c3d4;x=9f";
        for record in [
            format!(r#"{{"MESSAGE":"m","__CURSOR":"{text}","_PID":"1"}}"#),
            format!(r#"{{"__CURSOR" : "{text}"}}"#),
            format!("__CURSOR={text}\nMESSAGE=m"),
            format!("MESSAGE=m\n__CURSOR={text}"),
        ] {
            let found = cursor(&record).expect("a cursor");
            assert_eq!(found.text(), text, "{record}");
            assert_eq!(found.sequence(), Sequence::Journal("61da8dbf", "0c6e"));
            assert_eq!(found.number(), 0x1a2f);
            assert_eq!(found.time(), Some(Timestamp(0x5_f0e7_a1b2_c3d4)));
        }
    }

    #[test]
    fn a_cursor_in_a_message_is_none() {
        for record in [
            r#"{"MESSAGE":"{\"__CURSOR\":\"s=1;i=2\"}"}"#,
            r#"{"MESSAGE":"__CURSOR=s=1;i=2"}"#,
            "MESSAGE=__CURSOR=s=1;i=2",
            r#"{"__CURSOR":null}"#,
            r#"{"__CURSOR":"s=1;i=2"#,
            r#"{"__CURSOR":""}"#,
            "",
        ] {
            assert_eq!(cursor(record), None, "{record}");
        }
    }

    #[test]
    fn boots_and_sequences_are_told_apart() {
        let key = |text| Cursor::read(text).sequence().key();
        assert_eq!(key("s=a;i=1;b=c"), key("s=a;i=2;b=c;x=1"));
        let others = ["s=a;i=1;b=d", "s=ac;i=1", "s=b;i=1;b=c", "a1", "a", "1"];
        let mut keys: Vec<u128> = others.iter().map(|o| key(o)).collect();
        keys.push(key("s=a;i=1;b=c"));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), others.len() + 1);
    }

    proptest! {
        #[test]
        fn different_cursors_of_other_programs_are_different_entries(a in "[a0]{0,3}[0-9]{0,22}", b in "[a0]{0,3}[0-9]{0,22}") {
            prop_assume!(a != b);
            let (a, b) = (Cursor::read(&a), Cursor::read(&b));
            prop_assert_ne!((a.sequence(), a.number()), (b.sequence(), b.number()));
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..200) {
            let mut record = bytes;
            let at = at.min(record.len());
            record.splice(at..at, *b"\"__CURSOR\":\"");
            let _ = Cursors::default().of(&record);
        }
    }
}
