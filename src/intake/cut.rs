//! Framing of what is not written line by line: records with their length before them, JSON and XML documents.
//!
//! What a chunk begins with decides; nearly all begin with a line. A document that fits into the memory of a line is one
//! record, whatever it holds; of a larger one each element of its list is a record of its own, with the bytes between it
//! and the element before.

use super::{LOOKAHEAD, MAX_LINE};
use memchr::{memchr, memchr2, memmem};
use std::ops::Range;

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

/// Syslog records with their length before them (RFC 6587, section 3.4.1): `83 <34>1 2026-…`.
fn counted(bytes: &[u8], more: More) -> Found {
    let mut cuts = Vec::new();
    let mut at = 0;
    while let Some((start, len)) = count(&bytes[at..]) {
        let event = at + start..at + start + len;
        let behind = bytes.get(event.end);
        let follows = matches!(behind, None | Some(b'\n' | b'1'..=b'9'));
        if event.end > bytes.len() || (behind.is_none() && more == More::Maybe) {
            return some(cuts, Found::More);
        }
        if !follows {
            break;
        }
        // Some senders count the line end, others put one behind what they counted.
        let own = usize::from(bytes[event.end - 1] == b'\n');
        let terminated = own == 1 || behind == Some(&b'\n');
        let end = event.end - own;
        cuts.push(Cut {
            end,
            terminated,
            event: event.start..end,
        });
        at = end + usize::from(terminated);
    }
    some(cuts, Found::Lines)
}

/// Where a record begins behind its length, and the length.
fn count(bytes: &[u8]) -> Option<(usize, usize)> {
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let head = bytes.get(digits..digits + 3)?;
    let priority = head[0] == b' ' && head[1] == b'<' && head[2].is_ascii_digit();
    if !(1..=7).contains(&digits) || bytes[0] == b'0' || !priority {
        return None;
    }
    let len = std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()?;
    (4..=MAX_LINE).contains(&len).then_some((digits + 1, len))
}

fn some(cuts: Vec<Cut>, otherwise: Found) -> Found {
    match cuts.is_empty() {
        true => otherwise,
        false => Found::Records(cuts),
    }
}

/// Events of Windows in one document: a record ends with each event.
fn xml(bytes: &[u8], text: usize, more: More) -> Found {
    let starts = [&b"<?xml"[..], b"<Events", b"<Event>", b"<Event "];
    let rest = &bytes[text..];
    if !starts.iter().any(|start| rest.starts_with(start)) {
        return Found::Lines;
    }
    let first = memmem::find(rest, b"</Event>");
    let line = memchr(b'\n', rest);
    // An event a line is what lines are for.
    if rest.starts_with(b"<Event")
        && !rest.starts_with(b"<Events")
        && matches!((first, line), (Some(end), Some(line)) if end < line)
    {
        return Found::Lines;
    }
    let mut cuts: Vec<Cut> = Vec::new();
    let mut at = 0;
    while let Some(len) = memmem::find(&bytes[at..], b"</Event>") {
        let end = at + len + b"</Event>".len();
        let start = memmem::find(&bytes[at..end], b"<Event ")
            .or_else(|| memmem::find(&bytes[at..end], b"<Event>"));
        let behind = end + blanks(&bytes[end..]);
        let closing = &bytes[behind..];
        let undecided = closing.len() < b"</Events>".len() && more == More::Maybe;
        if undecided && b"</Events>".starts_with(closing) {
            return some(cuts, Found::More);
        }
        let (end, last) = match closing.starts_with(b"</Events>") {
            true => (behind + b"</Events>".len(), true),
            false => (end, false),
        };
        let event = at + start.unwrap_or(0)..at + len + b"</Event>".len();
        let terminated = bytes.get(end) == Some(&b'\n');
        cuts.push(Cut {
            end,
            terminated,
            event,
        });
        at = end + usize::from(terminated);
        if last {
            break;
        }
    }
    some(cuts, Found::More)
}

/// A JSON document that does not end with its first line.
fn document(bytes: &[u8], text: usize, open: &mut Vec<u8>, more: More) -> Found {
    let line = memchr(b'\n', bytes).unwrap_or(bytes.len());
    let mut cuts: Vec<Cut> = Vec::new();
    let mut at = text;
    loop {
        let mut scan = Scan::value(bytes, at);
        match scan.run() {
            Ok(end)
                if cuts.is_empty()
                    && end <= line
                    && (more == More::Maybe || line < bytes.len()) =>
            {
                return Found::Lines;
            }
            Ok(end) => {
                let spaces = bytes[end..]
                    .iter()
                    .take_while(|b| matches!(b, b' ' | b'\r' | b'\t'));
                let behind = end + spaces.count();
                if behind == bytes.len() && more == More::Maybe {
                    return some(cuts, Found::More);
                }
                let terminated = bytes.get(behind) == Some(&b'\n');
                let from = cuts
                    .last()
                    .map_or(0, |cut| cut.end + usize::from(cut.terminated));
                let end = if terminated { behind } else { end };
                cuts.push(Cut {
                    end,
                    terminated,
                    event: from..end,
                });
                at = end + usize::from(terminated);
                if !matches!(bytes.get(at), Some(b'{' | b'[')) {
                    return Found::Records(cuts);
                }
            }
            Err(Stop::Bad) => return some(cuts, Found::Lines),
            Err(Stop::More) if !cuts.is_empty() => return Found::Records(cuts),
            Err(Stop::More) if bytes.len() >= LOOKAHEAD => {
                return match list(bytes, text, open) {
                    Some(first) => elements(bytes, first, open, more),
                    None => Found::Lines,
                };
            }
            Err(Stop::More) => return Found::More,
        }
    }
}

/// Finds the list of events that begins in a large document: where its first element stands. The brackets around it are
/// then open.
fn list(bytes: &[u8], at: usize, open: &mut Vec<u8>) -> Option<usize> {
    /// Brackets around a list of events, at most: `{"data": {"items": [`.
    const DEEPEST: usize = 4;
    let mut at = at;
    while open.len() < DEEPEST {
        match bytes.get(at)? {
            b'[' => {
                open.push(b'[');
                let first = at + 1 + blanks(&bytes[at + 1..]);
                return (bytes.get(first) == Some(&b'{')).then_some(first);
            }
            b'{' => {
                open.push(b'{');
                at = large_member(bytes, at + 1)?;
            }
            _ => return None,
        }
    }
    None
}

/// Where the member of an object begins that does not end in what is at hand.
fn large_member(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += blanks(&bytes[at..]);
        if bytes.get(at) == Some(&b',') {
            at += 1;
            at += blanks(&bytes[at..]);
        }
        at = string_end(bytes, at).ok()?;
        at += blanks(&bytes[at..]);
        if bytes.get(at) != Some(&b':') {
            return None;
        }
        at += 1;
        at += blanks(&bytes[at..]);
        match Scan::value(bytes, at).run() {
            Ok(end) => at = end,
            Err(Stop::More) => return Some(at),
            Err(Stop::Bad) => return None,
        }
    }
}

/// The elements of a list whose brackets are `open`; the first one at `first`, or behind a comma.
fn elements(bytes: &[u8], first: usize, open: &mut Vec<u8>, more: More) -> Found {
    let mut cuts: Vec<Cut> = Vec::new();
    let mut at = first;
    loop {
        at += blanks(&bytes[at..]);
        if bytes.get(at) == Some(&b',') {
            at += 1;
            at += blanks(&bytes[at..]);
        }
        let end = match Scan::value(bytes, at).run() {
            Ok(end) => end,
            Err(Stop::More) => return some(cuts, Found::More),
            Err(Stop::Bad) => return some(cuts, Found::Lines),
        };
        let event = at..end;
        let behind = end + blanks(&bytes[end..]);
        match bytes.get(behind) {
            Some(b',') => {
                cuts.push(Cut {
                    end,
                    terminated: false,
                    event,
                });
                at = end;
            }
            Some(b']') => {
                let mut scan = Scan::rest(bytes, behind, open);
                let end = match scan.run() {
                    Ok(end) => end,
                    // Held back, so that what closes the document goes with its last element.
                    Err(Stop::More) => return some(cuts, Found::More),
                    Err(Stop::Bad) => return some(cuts, Found::Lines),
                };
                let spaces = bytes[end..]
                    .iter()
                    .take_while(|b| matches!(b, b' ' | b'\r' | b'\t'));
                let behind = end + spaces.count();
                if behind == bytes.len() && more == More::Maybe {
                    return some(cuts, Found::More);
                }
                let terminated = bytes.get(behind) == Some(&b'\n');
                cuts.push(Cut {
                    end: if terminated { behind } else { end },
                    terminated,
                    event,
                });
                open.clear();
                return Found::Records(cuts);
            }
            None => return some(cuts, Found::More),
            Some(_) => return some(cuts, Found::Lines),
        }
    }
}

/// Why a scan did not come to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// The bytes ended first.
    More,
    /// This is no JSON.
    Bad,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    CommaOrEnd,
}

/// Finds the end of a JSON value. Strict where a torn line would otherwise swallow those behind it: a line end in a string
/// and a key that is no string end it.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<u8>,
    next: Next,
}

impl<'a> Scan<'a> {
    /// Of the value that begins at `at`.
    fn value(bytes: &'a [u8], at: usize) -> Scan<'a> {
        Scan {
            bytes,
            at,
            open: Vec::new(),
            next: Next::Value,
        }
    }

    /// Of what follows the last element of a list in these brackets.
    fn rest(bytes: &'a [u8], at: usize, open: &[u8]) -> Scan<'a> {
        Scan {
            bytes,
            at,
            open: open.to_vec(),
            next: Next::CommaOrEnd,
        }
    }

    fn run(&mut self) -> Result<usize, Stop> {
        /// Deeper documents are read as lines.
        const DEEPEST: usize = 256;
        loop {
            self.at += blanks(&self.bytes[self.at..]);
            let byte = *self.bytes.get(self.at).ok_or(Stop::More)?;
            let in_object = self.open.last() == Some(&b'{');
            match (self.next, byte) {
                (Next::Value | Next::ValueOrEnd, b'{' | b'[') => {
                    if self.open.len() == DEEPEST {
                        return Err(Stop::Bad);
                    }
                    self.open.push(byte);
                    self.at += 1;
                    self.next = match byte {
                        b'{' => Next::KeyOrEnd,
                        _ => Next::ValueOrEnd,
                    };
                    continue;
                }
                (Next::Value | Next::ValueOrEnd, b'"') => {
                    self.at = string_end(self.bytes, self.at)?;
                }
                (Next::ValueOrEnd | Next::CommaOrEnd, b']') if !in_object => self.close()?,
                (Next::KeyOrEnd | Next::CommaOrEnd, b'}') if in_object => self.close()?,
                (Next::Value | Next::ValueOrEnd, _) => self.bare()?,
                (Next::Key | Next::KeyOrEnd, b'"') => {
                    self.at = string_end(self.bytes, self.at)?;
                    self.at += blanks(&self.bytes[self.at..]);
                    if *self.bytes.get(self.at).ok_or(Stop::More)? != b':' {
                        return Err(Stop::Bad);
                    }
                    self.at += 1;
                    self.next = Next::Value;
                    continue;
                }
                (Next::CommaOrEnd, b',') => {
                    self.at += 1;
                    self.next = match in_object {
                        true => Next::Key,
                        false => Next::Value,
                    };
                    continue;
                }
                _ => return Err(Stop::Bad),
            }
            if self.open.is_empty() {
                return Ok(self.at);
            }
            self.next = Next::CommaOrEnd;
        }
    }

    fn close(&mut self) -> Result<(), Stop> {
        self.at += 1;
        self.open.pop().map(drop).ok_or(Stop::Bad)
    }

    /// A number or a word.
    fn bare(&mut self) -> Result<(), Stop> {
        let rest = &self.bytes[self.at..];
        let word = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
        let len = rest.iter().take_while(word).count();
        if len == rest.len() {
            return Err(Stop::More);
        }
        self.at += len;
        if len == 0 { Err(Stop::Bad) } else { Ok(()) }
    }
}

/// The position behind the string that begins at `at`.
fn string_end(bytes: &[u8], at: usize) -> Result<usize, Stop> {
    match bytes.get(at) {
        None => return Err(Stop::More),
        Some(b'"') => {}
        Some(_) => return Err(Stop::Bad),
    }
    let mut end = at + 1;
    loop {
        let rest = bytes.get(end..).ok_or(Stop::More)?;
        let found = memchr2(b'"', b'\\', rest);
        if memchr(b'\n', &rest[..found.unwrap_or(rest.len())]).is_some() {
            return Err(Stop::Bad);
        }
        end += found.ok_or(Stop::More)?;
        match bytes[end] {
            b'"' => return Ok(end + 1),
            _ => end += 2,
        }
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
