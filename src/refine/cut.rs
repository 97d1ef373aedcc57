//! The hot path: cuts the variables out of a message and leaves its logtype. Once per line, no allocation once warm.

use super::class::*;
use super::{
    CLASS, CLOSE, Shape, SlotType, classes_of, dotted, escape_end, place_in, plain_bytes, shape_of,
    trim,
};
use crate::event::Span;

/// Variables per message. More of them are data, not a sentence; what follows the last is cut as one.
const MAX_VARS: usize = 256;
/// Bytes of a logtype, about. What follows is cut as one variable, so a message of a megabyte has a bounded logtype.
const MAX_LOGTYPE: usize = 4096;
/// Bytes of the longest token whose pieces are looked at; a longer one is encoded data.
const MAX_TOKEN: usize = 256;

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
        if seen == DIGIT {
            self.var(message, start, end, SlotType::Num);
        } else if seen & DIGIT != 0 {
            if message[start] != b'%' || !is_code(&message[start..end]) {
                self.pieces_of(message, (start, end), seen);
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
        let found = place_in(message, start, end)?;
        self.pieces(message, start, found.start);
        self.var(message, found.start, found.end, found.slot);
        if let Some(line) = found.line {
            self.var(message, line.start, line.end, SlotType::Num);
        }
        Some(found.reach)
    }

    /// Cuts the pieces of a token that hold digits.
    fn pieces(&mut self, message: &[u8], start: usize, end: usize) {
        self.pieces_of(message, (start, end), classes_of(&message[start..end]));
    }

    /// The same, where the classes `seen` in it are known.
    fn pieces_of(&mut self, message: &[u8], token: (usize, usize), seen: u16) {
        let (start, end) = trim(message, token.0, token.1);
        let core = &message[start..end];
        let seen = match (start, end) == token {
            true => seen,
            false => classes_of(core),
        };
        if seen & DIGIT == 0 {
            return;
        }
        if end - start > MAX_TOKEN || seen == DIGIT {
            let slot = if seen == DIGIT {
                SlotType::Num
            } else {
                SlotType::Any
            };
            return self.var(message, start, end, slot);
        }
        if seen & !(DIGIT | DOT) == 0
            && let Some(slot) = dotted(core)
        {
            return self.var(message, start, end, slot);
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
            "a 1 ", "word ", "x", "/", ":1", "..1", "\x01", "a@", "::", "\x1b[", "é", "1..1",
            "a:1..", "1:", "x1/",
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

    proptest! {
        #[test]
        fn no_digit_stays_in_a_logtype(message in "([a-z0-9:./@_\\-\\\\ =,*#]{0,12}|[0-9]{1,3}\\.1\\.1\\.1:?| /|http://|x:\\\\){0,30}") {
            let mut cut = Cut::new();
            cut.cut(message.as_bytes());
            let logtype = String::from_utf8_lossy(&cut.logtype).replace("ipv4", "").replace("ipv6", "");
            prop_assert!(!logtype.contains(|c: char| c.is_ascii_digit()), "{} / {:?}", message, logtype);
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
