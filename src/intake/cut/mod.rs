//! Framing of what is not written line by line: records with their length before them, JSON and XML documents.
//!
//! What a chunk begins with decides; nearly all begin with a line. A document that fits into the memory of a line is one
//! record, whatever it holds; of a larger one each element of its list is a record of its own, with the bytes between it
//! and the element before.

mod counted;
mod document;
mod scan;
mod xml;

use super::{LOOKAHEAD, MAX_LINE};
use counted::counted;
use document::{document, elements};
use scan::{Scan, Stop, string_end};
use std::ops::Range;
use xml::xml;

/// A record that is no line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// One past its last byte.
    pub end: usize,
    /// Whether a `\n` follows.
    pub terminated: bool,
    /// Where the event stands in the chunk; the rest of the record is framing.
    pub event: Range<usize>,
}

/// What the beginning of a chunk is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Lines, or nothing that could be told from lines.
    Lines,
    /// These records, at least one.
    Records(Vec<Cut>),
    /// A record that more bytes may complete.
    More,
}

/// The records at the head of `bytes`. `open` holds the brackets that are open around the list that the bytes are in the
/// middle of, and is kept up to date. `more` tells whether bytes may follow.
pub(super) fn cut(bytes: &[u8], open: &mut Vec<u8>, more: More) -> Found {
    let text = skip_mark(bytes);
    let found = match (open.is_empty(), bytes.get(text)) {
        (true, Some(b'1'..=b'9')) => counted(bytes, more),
        (true, Some(b'<')) => xml(bytes, text, more),
        (true, Some(b'{' | b'[')) => document(bytes, text, open, more),
        (true, _) => Found::Lines,
        (false, _) => elements(bytes, 0, open, more),
    };
    match found {
        // Too much for a record: then it is read as the lines it also is.
        Found::More if bytes.len() >= LOOKAHEAD => {
            open.clear();
            Found::Lines
        }
        Found::Lines => {
            open.clear();
            Found::Lines
        }
        found => found,
    }
}

/// Whether bytes may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum More {
    Maybe,
    No,
}

fn skip_mark(bytes: &[u8]) -> usize {
    match bytes.starts_with(b"\xef\xbb\xbf") {
        true => 3,
        false => 0,
    }
}

/// These, if there are any.
fn some(cuts: Vec<Cut>, otherwise: Found) -> Found {
    match cuts.is_empty() {
        true => otherwise,
        false => Found::Records(cuts),
    }
}

/// How many blanks and line ends `bytes` begin with.
fn blanks(bytes: &[u8]) -> usize {
    let blank = |b: &&u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    bytes.iter().take_while(blank).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The events that are found when the bytes come as a whole.
    fn events(text: &str) -> Option<Vec<&str>> {
        let mut open = Vec::new();
        match cut(text.as_bytes(), &mut open, More::No) {
            Found::Records(cuts) => Some(cuts.into_iter().map(|c| &text[c.event]).collect()),
            _ => None,
        }
    }

    #[test]
    fn records_with_their_length_before_them_are_cut_by_it() {
        assert_eq!(
            events("9 <34>1 abc7 <34>a\nb11 <34>1 a b c\n\n"),
            Some(vec!["<34>1 abc", "<34>a\nb", "<34>1 a b c"])
        );
        assert_eq!(
            events("9 <34>1 abc\n9 <34>1 xyz\n"),
            Some(vec!["<34>1 abc", "<34>1 xyz"])
        );
        for lines in [
            "9 lives\n",
            "2026-03-02 01:02:03 <3> x\n",
            "99 <34>1 too short",
            "0 <3>\n",
        ] {
            assert_eq!(events(lines), None, "{lines}");
        }
    }

    #[test]
    fn documents_of_many_lines_are_one_record_each() {
        assert_eq!(
            events("{\n \"a\": [1,\n2]\n}\n{\n}\nrest"),
            Some(vec!["{\n \"a\": [1,\n2]\n}", "{\n}"])
        );
        assert_eq!(
            events("[\n{\"a\":\"}\\\"\"}\n]"),
            Some(vec!["[\n{\"a\":\"}\\\"\"}\n]"])
        );
        for lines in [
            "{\"a\":1}\n{\"b\":2}\n",
            "{\"a\": \"torn\n{\"b\":2}\n",
            "{\"a\":\n{\"b\":2}\n{\"c\":3}\n",
            "{\"a\":1,\n{\"b\":2}\n",
            "[1] + done\n",
            "{not json\n}\n",
        ] {
            assert_eq!(events(lines), None, "{lines}");
        }
    }

    #[test]
    fn events_of_windows_end_a_record_each() {
        assert_eq!(
            events(
                "<?xml version='1.0'?>\n<Events>\n<Event x='1'>\n<a/></Event>\n<Event><b/></Event></Events>\n"
            ),
            Some(vec!["<Event x='1'>\n<a/></Event>", "<Event><b/></Event>"])
        );
        assert_eq!(events("<Event><b/></Event>\n<Event><c/></Event>\n"), None);
        assert_eq!(events("<34>1 not xml\n"), None);
    }

    /// A document of `count` events that does not fit into the memory of a line.
    fn large(count: usize, head: &str, tail: &str) -> String {
        let event = |i: usize| format!("{{\"n\": {i},\n \"text\": \"{}\"}}", "x".repeat(500));
        let list: Vec<String> = (0..count).map(event).collect();
        format!("{head}[{}]{tail}\n", list.join(",\n "))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn a_large_document_gives_its_elements_wherever_it_is_cut(
            want in LOOKAHEAD..LOOKAHEAD + 5000,
            shape in prop::sample::select(vec![("", ""), ("{\"total\": 7, \"events\": ", ", \"next\": [null]}"), ("{\"status\":200,\n\"data\":{\"items\":", "}}")]),
        ) {
            let text = large(4000, shape.0, shape.1);
            let bytes = text.as_bytes();
            let (mut at, mut open, mut seen) = (0, Vec::new(), 0);
            while at < bytes.len() {
                let end = (at + want).min(bytes.len());
                let more = if end == bytes.len() { More::No } else { More::Maybe };
                let Found::Records(cuts) = cut(&bytes[at..end], &mut open, more) else {
                    panic!("lines at {at} of {}", bytes.len());
                };
                for cut in &cuts {
                    let event: serde_json::Value = serde_json::from_slice(&bytes[at..][cut.event.clone()]).expect("JSON");
                    prop_assert_eq!(&event["n"], seen);
                    seen += 1;
                }
                let last = cuts.last().expect("a record");
                at += last.end + usize::from(last.terminated);
            }
            prop_assert_eq!(seen, 4000);
            prop_assert!(open.is_empty());
        }

        #[test]
        fn cuts_follow_each_other_in_any_bytes(bytes in "[\\[{<1-9 ]?[\\[\\]{}<>:,\"a-c1-9 \n]{0,60}") {
            let mut open = Vec::new();
            if let Found::Records(cuts) = cut(bytes.as_bytes(), &mut open, More::No) {
                let mut at = 0;
                for cut in cuts {
                    prop_assert!(at <= cut.event.start && cut.event.start <= cut.event.end && cut.event.end <= cut.end);
                    at = cut.end + usize::from(cut.terminated);
                }
                prop_assert!(at > 0 && at <= bytes.len());
            }
        }
    }
}
