//! The hot path: cuts the variables out of a message and leaves its logtype. Once per line, no allocation once warm.

use super::class::*;
use super::{CLASS, Shape, SlotType, classes_of, shape_of};
use crate::event::Span;

/// Variables per message. More of them are data, not a sentence; what follows the last is cut as one.
const MAX_VARS: usize = 256;
/// Bytes of a logtype, about. What follows is cut as one variable, so a message of a megabyte has a bounded logtype.
const MAX_LOGTYPE: usize = 4096;
/// Bytes of the longest token whose pieces are looked at; a longer one is encoded data.
const MAX_TOKEN: usize = 256;
/// Bytes of the longest bracket within a path or URL.
const MAX_BRACKET: usize = 64;
/// A token with one of these is looked at closely.
const CLOSE: u16 = DIGIT | SLASH | AT | BACKSLASH | MARK;

/// The logtype and the variables of the message cut last; its buffers are reused from message to message.
#[derive(Debug, Default)]
pub struct Cut {
    /// The message with each variable replaced by its type's marker.
    pub logtype: Vec<u8>,
    /// Where the variables stand in the message, in order, never overlapping.
    pub vars: Vec<Span>,
    /// Up to where the message is in the logtype.
    done: usize,
}

impl Cut {
    /// Empty buffers.
    pub fn new() -> Cut {
        Cut::default()
    }

    /// Cuts `message` (at most 4 GiB): afterwards `logtype` and `vars` are its own. Any bytes; [`join`] gives them back.
    pub fn cut(&mut self, message: &[u8]) {
        self.logtype.clear();
        self.vars.clear();
        self.done = 0;
        // A token begins at or after `floor`; nothing from there to `at` is worth a look by itself.
        let (mut floor, mut at) = (0, 0);
        while self.done < message.len() {
            at += plain_bytes(&message[at..]);
            let Some(&byte) = message.get(at) else { break };
            if CLASS[usize::from(byte)] & CLOSE == 0 {
                at = if byte == 0x1b {
                    escape_end(message, at)
                } else {
                    at + 1
                };
                floor = at;
                continue;
            }
            let mut start = at;
            let mut seen = 0;
            while start > floor && CLASS[usize::from(message[start - 1])] != 0 {
                start -= 1;
                seen |= CLASS[usize::from(message[start])];
            }
            while at < message.len() && CLASS[usize::from(message[at])] != 0 {
                seen |= CLASS[usize::from(message[at])];
                at += 1;
            }
            at = self.token(message, start, at, seen);
            floor = at;
        }
        let room = MAX_LOGTYPE.saturating_sub(self.logtype.len());
        if message.len() - self.done > room {
            self.close(message, self.done + room);
        } else {
            self.logtype.extend_from_slice(&message[self.done..]);
        }
    }

    /// Ends the logtype: what follows `constant_end` is one variable.
    fn close(&mut self, message: &[u8], constant_end: usize) {
        self.logtype
            .extend_from_slice(&message[self.done..constant_end]);
        self.logtype.push(SlotType::Any.marker());
        self.vars.push(Span::new(constant_end, message.len()));
        self.done = message.len();
    }

    /// Cuts one token; returns where to go on (a path may reach beyond the token).
    fn token(&mut self, message: &[u8], start: usize, end: usize, seen: u16) -> usize {
        if seen & MARK != 0 {
            self.var(message, start, end, SlotType::Any);
            return end;
        }
        if seen & (SLASH | BACKSLASH) != 0
            && let Some(end) = self.place(message, start, end)
        {
            return end;
        }
        if end - start > MAX_TOKEN {
            self.var(message, start, end, SlotType::Any);
        } else if seen == DIGIT {
            self.var(message, start, end, SlotType::Num);
        } else if seen & DIGIT != 0 {
            if !is_code(&message[start..end]) {
                self.pieces(message, start, end);
            }
        } else if seen & AT != 0 {
            let (a, b) = trim(message, start, end);
            let text = &message[a..b];
            if let Some(at) = text.iter().position(|&c| c == b'@')
                && at > 0
                && text[at..].contains(&b'.')
                && seen & COLON == 0
            {
                self.var(message, a, b, SlotType::Email);
            }
        }
        end
    }

    /// Cuts a URL or an absolute path that begins within the token; `None` when none does.
    fn place(&mut self, message: &[u8], start: usize, end: usize) -> Option<usize> {
        let token = &message[start..end];
        if let Some(colon) = token.windows(3).position(|w| w == b"://") {
            let scheme = token[..colon]
                .iter()
                .rev()
                .take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
                .count();
            if scheme > 0 {
                return Some(self.place_from(message, start + colon - scheme, SlotType::Url));
            }
        }
        let drive = token
            .windows(3)
            .position(|w| w[0].is_ascii_alphabetic() && w[1] == b':' && w[2] == b'\\');
        if let Some(at) = drive {
            return Some(self.place_from(message, start + at, SlotType::Path));
        }
        if token.starts_with(b"\\\\") && token.len() > 2 && token[2].is_ascii_alphanumeric() {
            return Some(self.place_from(message, start, SlotType::Path));
        }
        let slash = token.iter().position(|&b| b == b'/')?;
        let before = &token[..slash];
        let rooted = before.is_empty()
            || before.ends_with(b":")
            || before.ends_with(b"~")
            || before.ends_with(b"*");
        if !rooted {
            return None;
        }
        let after = &token[slash + 1..];
        if !after.iter().any(u8::is_ascii_alphanumeric) {
            return None;
        }
        if let Shape::Whole(SlotType::Ip) | Shape::IpPort(_) = address(after) {
            self.pieces(message, start + slash + 1, end);
            return Some(end);
        }
        if before.iter().any(u8::is_ascii_digit) {
            self.pieces(message, start, start + slash);
        }
        Some(self.place_from(message, start + slash, SlotType::Path))
    }

    /// Cuts a place from `start` to where it ends; a line number after it is a variable of its own.
    fn place_from(&mut self, message: &[u8], start: usize, slot: SlotType) -> usize {
        let reach = place_end(message, start);
        let mut end = reach;
        while end > start + 1 && b".:!?=&*".contains(&message[end - 1]) {
            end -= 1;
        }
        let place = &message[start..end];
        let digits = place
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let line = end - digits;
        if digits > 0 && slot == SlotType::Path && line > start + 1 && message[line - 1] == b':' {
            self.var(message, start, line - 1, slot);
            self.var(message, line, end, SlotType::Num);
        } else {
            self.var(message, start, end, slot);
        }
        reach
    }

    /// Cuts the pieces of a token that hold digits.
    fn pieces(&mut self, message: &[u8], start: usize, end: usize) {
        let (start, end) = trim(message, start, end);
        let core = &message[start..end];
        let seen = classes_of(core);
        if seen == DIGIT {
            return self.var(message, start, end, SlotType::Num);
        }
        if seen & DIGIT == 0 {
            return;
        }
        // Dot leaders: `enabled......0`.
        if seen & DOT != 0
            && let Some(dots) = core.windows(2).position(|w| w == b"..")
        {
            self.pieces(message, start, start + dots);
            self.pieces(message, start + dots + 2, end);
            return;
        }
        match shape_of(core, seen) {
            Shape::Whole(slot) => self.var(message, start, end, slot),
            Shape::IpPort(at) => {
                self.var(message, start, start + at, SlotType::Ip);
                self.var(message, start + at + 1, end, SlotType::Port);
            }
            Shape::Word => {}
            Shape::Pair(at) => {
                self.pieces(message, start, start + at);
                self.pieces(message, start + at + 1, end);
            }
            Shape::Split(by) => {
                let mut from = start;
                for piece in core.split(|&b| b == by) {
                    self.pieces(message, from, from + piece.len());
                    from += piece.len() + 1;
                }
            }
        }
    }

    /// Puts a variable into the logtype, and before it what is constant. Once the logtype is closed, does nothing.
    fn var(&mut self, message: &[u8], start: usize, end: usize, slot: SlotType) {
        if self.done > start {
            return;
        }
        let room = MAX_LOGTYPE.saturating_sub(self.logtype.len());
        if start - self.done > room || self.vars.len() + 1 >= MAX_VARS {
            let constant = room.min(start - self.done);
            return self.close(message, self.done + constant);
        }
        self.logtype.extend_from_slice(&message[self.done..start]);
        self.logtype.push(slot.marker());
        self.vars.push(Span::new(start, end));
        self.done = end;
    }
}

/// Writes to `out` the message that was cut into `logtype` and `vars`, byte for byte. Missing variables are empty.
pub fn join<'a>(logtype: &[u8], vars: impl Iterator<Item = &'a [u8]>, out: &mut Vec<u8>) {
    let mut vars = vars;
    for &byte in logtype {
        if CLASS[usize::from(byte)] & MARK != 0 {
            out.extend_from_slice(vars.next().unwrap_or_default());
        } else {
            out.push(byte);
        }
    }
}

/// Whether a token is the code of a message, as network devices print it: `%LINK-3-UPDOWN:`. It is the most constant
/// part of its message.
fn is_code(token: &[u8]) -> bool {
    matches!(token, [b'%', b'A'..=b'Z', rest @ ..]
        if rest.contains(&b'-') && classes_of(rest) & !(DIGIT | HEX | ALPHA | DASH | UNDER | COLON) == 0
            && !rest.iter().any(u8::is_ascii_lowercase))
}

/// Where a URL or path that begins at `start` ends. Brackets belong to it if they close again: `http://[::1]/x`.
fn place_end(message: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < message.len() {
        match message[at] {
            b if b <= b' ' || b == 0x7f || b"\"'<>|,;(){}]".contains(&b) => break,
            b'[' => {
                let inner = message[at..].iter().take(MAX_BRACKET);
                let stop = inner.clone().position(|&b| b == b']' || b <= b' ');
                match stop {
                    Some(n) if n > 1 && message[at + n] == b']' => at += n + 1,
                    _ => break,
                }
            }
            _ => at += 1,
        }
    }
    at
}

/// The shape of an address after a slash, with a trailing `:` or `.` forgiven.
fn address(text: &[u8]) -> Shape {
    let (a, b) = trim(text, 0, text.len());
    if text[a..b].first().is_some_and(u8::is_ascii_digit) {
        shape_of(&text[a..b], classes_of(&text[a..b]))
    } else {
        Shape::Split(b'/')
    }
}

/// How many bytes `text` begins with that cannot make a variable: neither of a class in [`CLOSE`] nor a control byte.
/// Eight at a time, since that is most of a message.
fn plain_bytes(text: &[u8]) -> usize {
    let mut count = 0;
    while let Some(chunk) = text[count..].first_chunk::<8>() {
        let notable = notable_bytes(u64::from_le_bytes(*chunk));
        if notable != 0 {
            return count + notable.trailing_zeros() as usize / 8;
        }
        count += 8;
    }
    let rest = &text[count..];
    let mut padded = [b' '; 8];
    padded[..rest.len()].copy_from_slice(rest);
    let notable = notable_bytes(u64::from_le_bytes(padded));
    count + rest.len().min(notable.trailing_zeros() as usize / 8)
}

/// The high bit of each byte of `word` that is a digit, `/`, `@`, `\` or a control byte.
fn notable_bytes(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let ascii = word & !HIGH;
    // With the high bits free no sum carries into the next byte.
    let at_least = |b: u8| ascii + (0x80 - u64::from(b)) * EACH;
    let differs = |b: u8| (ascii ^ (u64::from(b) * EACH)) + 0x7f * EACH;
    let digit_or_slash = at_least(b'/') & !at_least(b'9' + 1);
    (digit_or_slash | !differs(b'@') | !differs(b'\\') | !at_least(b' ')) & !word & HIGH
}

/// Without punctuation at the ends; a sign before a digit stays.
fn trim(message: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    let bare = |b: u8| b.is_ascii_alphanumeric();
    while end > start && !bare(message[end - 1]) {
        end -= 1;
    }
    while start < end && !bare(message[start]) {
        let signed = b"+-".contains(&message[start])
            && message[start + 1..end]
                .first()
                .is_some_and(u8::is_ascii_digit);
        // `::1` is an address.
        let address = message[start..end].starts_with(b"::") && end - start > 2;
        if signed || address {
            break;
        }
        start += 1;
    }
    (start, end)
}

/// The end of the terminal control sequence that begins at `at`: colours are no words.
pub fn escape_end(message: &[u8], at: usize) -> usize {
    if message.get(at + 1) != Some(&b'[') {
        return at + 1;
    }
    let body = &message[at + 2..];
    // Real sequences are short; a bound keeps hostile ones from hiding a message.
    match body.iter().take(16).position(|b| (0x40..=0x7e).contains(b)) {
        Some(n) if body[..n].iter().all(|b| (0x20..0x40).contains(b)) => at + 2 + n + 1,
        _ => at + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The logtype with types spelt out.
    fn shown(message: &str) -> String {
        let mut cut = Cut::new();
        cut.cut(message.as_bytes());
        cut.logtype
            .iter()
            .map(|&b| match SlotType::from_marker(b) {
                Some(slot) => slot.text().to_string(),
                None => char::from(b).to_string(),
            })
            .collect()
    }

    #[test]
    fn values_are_cut_and_words_stay() {
        for (message, logtype) in [
            ("disk sda1 at 93% of 15GB", "disk <*> at <num>% of <num>"),
            (
                "from 10.0.0.7 port=22, try 3.",
                "from <ip> port=<num>, try <num>.",
            ),
            ("peer /10.0.0.7:9000 left", "peer /<ip>:<port> left"),
            ("open /var/log/x.log: denied", "open <path>: denied"),
            ("at /src/a.c:17", "at <path>:<num>"),
            ("GET http://h/x?a=b&c=1, 200", "GET <url>, <num>"),
            ("C:\\Temp\\a.txt missing", "<path> missing"),
            ("sent by ann@example.org", "sent by <email>"),
            (
                "cache parity enable......0",
                "cache parity enable......<num>",
            ),
            ("id 0x1f state:ok sts:5", "id <hex> state:ok sts:<num>"),
            ("at 10:00:01 from ::1", "at <time> from <ip>"),
            ("and/or input/output", "and/or input/output"),
            ("\x1b[31mERROR\x1b[0m 5", "\x1b[31mERROR\x1b[0m <num>"),
            ("%LINK-3-UPDOWN: port 3", "%LINK-3-UPDOWN: port <num>"),
            ("no IPv6 route", "no IPv6 route"),
            ("--- *** ...", "--- *** ..."),
        ] {
            assert_eq!(shown(message), logtype);
        }
    }

    #[test]
    fn a_huge_message_has_a_small_logtype() {
        let mut cut = Cut::new();
        for piece in [
            "a 1 ", "word ", "x", "/", ":1", "..1", "\x01", "a@", "::", "\x1b[", "é",
        ] {
            let message = piece.repeat((1 << 20) / piece.len());
            cut.cut(message.as_bytes());
            assert!(
                cut.logtype.len() <= MAX_LOGTYPE + 1,
                "{piece:?} {}",
                cut.logtype.len()
            );
            assert!(cut.vars.len() <= MAX_VARS, "{piece:?} {}", cut.vars.len());
        }
    }

    #[test]
    fn no_byte_that_could_make_a_variable_is_passed_over() {
        for byte in 0..=255u8 {
            let notable = CLASS[usize::from(byte)] & CLOSE != 0 || byte < b' ';
            for at in 0..19 {
                let mut text = [b'~'; 19];
                text[at] = byte;
                let plain = if notable { at } else { text.len() };
                assert_eq!(plain_bytes(&text), plain, "byte {byte} at {at}");
            }
        }
    }

    fn lossless(message: &[u8]) -> Result<(), TestCaseError> {
        let mut cut = Cut::new();
        cut.cut(message);
        let mut back = Vec::new();
        let vars = cut.vars.clone();
        join(&cut.logtype, vars.iter().map(|v| v.of(message)), &mut back);
        prop_assert_eq!(back, message);
        let markers = cut
            .logtype
            .iter()
            .filter(|b| SlotType::from_marker(**b).is_some())
            .count();
        prop_assert_eq!(markers, vars.len());
        Ok(())
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(message in prop::collection::vec(any::<u8>(), 0..300)) {
            lossless(&message)?;
        }

        #[test]
        fn any_loglike_text_comes_back(message in "([a-f0-9:./@_\\-\\\\ =,*\u{1}\u{2}\u{1b}\\[x]{0,8}|[0-9]{1,3}\\.[0-9]{1,3}\\.1\\.1:?| /|http://|é|C:\\\\){0,40}") {
            lossless(message.as_bytes())?;
        }
    }
}
