//! From a logtype to the text people read: slots by name, dates as one, escapes gone, white space single.

use super::{
    Lexeme, SlotType, Sort, atoms, escape_end, is_month, is_weekday, is_zone, lex, render,
};

/// The normalised text of a logtype: `Failed password for root from <ip> port <port>`. Pure; any bytes.
pub fn normalise(logtype: &[u8]) -> String {
    let raw = spell(logtype);
    let mut lexemes = lex(&raw);
    encoded(&mut lexemes);
    dates(&mut lexemes);
    ports(&mut lexemes);
    let text: String = lexemes.iter().map(|l| l.text).collect();
    render(&atoms(&text))
}

/// The logtype with slots spelt out, without control sequences, and with one space for any white space.
fn spell(logtype: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(logtype.len() * 2);
    let mut at = 0;
    while at < logtype.len() {
        match logtype[at] {
            0x1b => {
                at = escape_end(logtype, at);
                continue;
            }
            b if b.is_ascii_whitespace() || b == 0x0b => {
                if bytes.last().is_some_and(|&b| b != b' ') {
                    bytes.push(b' ');
                }
            }
            b => match SlotType::from_marker(b) {
                Some(slot) => bytes.extend_from_slice(slot.text().as_bytes()),
                None if b < 0x20 || b == 0x7f => {}
                None => bytes.push(b),
            },
        }
        at += 1;
    }
    String::from_utf8_lossy(bytes.trim_ascii_end()).into_owned()
}

/// Letters of the longest word that is still a word; longer ones are encoded data. The longest identifiers seen in logs
/// have about 70.
const MAX_WORD: usize = 100;
/// Letters from which a word of `a` to `f` alone is a hexadecimal number: no English word of them has eight.
const HEX_WORD: usize = 8;

/// Words that are no words, though they have no digit.
fn encoded(lexemes: &mut [Lexeme]) {
    for lexeme in lexemes.iter_mut().filter(|l| l.sort == Sort::Word) {
        let slot = match lexeme.text {
            text if text.len() >= HEX_WORD && text.bytes().all(|b| b.is_ascii_hexdigit()) => {
                SlotType::Hex
            }
            text if text.len() > MAX_WORD && text.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                SlotType::Any
            }
            _ => continue,
        };
        *lexeme = Lexeme {
            sort: Sort::Slot(slot),
            text: slot.text(),
            at: 0,
        };
    }
}

/// Turns `Fri Jun <num> <time> UTC <num>` into one `<time>`, and `<time> <time>,<num>` too.
fn dates(lexemes: &mut Vec<Lexeme>) {
    let mut at = 0;
    while at < lexemes.len() {
        let found = match lexemes[at].sort {
            Sort::Word => date_around(lexemes, at),
            Sort::Slot(SlotType::Time) => {
                Some((at, clock_end(lexemes, at + 1))).filter(|(a, b)| b - a > 1)
            }
            _ => None,
        };
        if let Some((start, end)) = found {
            lexemes.splice(start..end, [time()]);
            at = start;
        }
        at += 1;
    }
}

/// Where what belongs to the time that ends at `at` ends: a clock after a date, a fraction after a comma.
fn clock_end(lexemes: &[Lexeme], at: usize) -> usize {
    let is = |i: usize, text: &str, slot: SlotType| {
        lexemes.get(i).is_some_and(|l| l.text == text)
            && lexemes
                .get(i + 1)
                .is_some_and(|l| l.sort == Sort::Slot(slot))
    };
    let clock = if is(at, " ", SlotType::Time) {
        at + 2
    } else {
        at
    };
    if is(clock, ",", SlotType::Num) {
        clock + 2
    } else {
        clock
    }
}

/// A lexeme of its own; its place is not used.
fn time() -> Lexeme<'static> {
    Lexeme {
        sort: Sort::Slot(SlotType::Time),
        text: SlotType::Time.text(),
        at: 0,
    }
}

/// The date that the word at `at` is part of: a month beside a number, or a weekday or zone beside a time.
fn date_around(lexemes: &[Lexeme], at: usize) -> Option<(usize, usize)> {
    let word = lexemes[at].text;
    let (before, after) = (
        neighbour_before(lexemes, at),
        neighbour_after(lexemes, at + 1),
    );
    let number = |i: Option<usize>| {
        i.is_some_and(|i| {
            matches!(
                lexemes[i].sort,
                Sort::Slot(SlotType::Num | SlotType::Time | SlotType::Any)
            )
        })
    };
    if is_month(word) && (number(before) || number(after)) {
        let mut start = at;
        if let Some(i) = before.filter(|_| number(before)) {
            start = i;
        }
        if let Some(i) = neighbour_before(lexemes, start)
            && is_weekday(lexemes[i].text)
        {
            start = i;
        }
        let mut end = at + 1;
        while let Some(i) = neighbour_after(lexemes, end)
            && (number(Some(i)) || is_zone(lexemes[i].text))
        {
            end = i + 1;
        }
        return Some((start, end));
    }
    let zoned = before.is_some_and(|i| lexemes[i].sort == Sort::Slot(SlotType::Time));
    (zoned && is_zone(word)).then(|| (before.unwrap_or(at), at + 1))
}

/// The index of the lexeme before `at`, past at most two of space, comma, dash, slash.
fn neighbour_before(lexemes: &[Lexeme], at: usize) -> Option<usize> {
    (0..at).rev().take(3).find(|&i| !is_glue(&lexemes[i]))
}

/// The index of the lexeme at `at` or after, past at most two of space, comma, dash, slash.
fn neighbour_after(lexemes: &[Lexeme], at: usize) -> Option<usize> {
    (at..lexemes.len()).take(3).find(|&i| !is_glue(&lexemes[i]))
}

fn is_glue(lexeme: &Lexeme) -> bool {
    lexeme.sort == Sort::Space || ",-/".contains(lexeme.text)
}

/// A number after the word port is a port.
fn ports(lexemes: &mut [Lexeme]) {
    for at in 1..lexemes.len() {
        if lexemes[at].sort != Sort::Slot(SlotType::Num) {
            continue;
        }
        let before = lexemes[..at]
            .iter()
            .rev()
            .take(3)
            .find(|l| l.sort != Sort::Space && !"=:".contains(l.text));
        if before.is_some_and(|l| l.text.to_ascii_lowercase().ends_with("port")) {
            lexemes[at] = Lexeme {
                sort: Sort::Slot(SlotType::Port),
                text: SlotType::Port.text(),
                at: 0,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refine::Cut;

    fn text(message: &[u8]) -> String {
        let mut cut = Cut::new();
        cut.cut(message);
        normalise(&cut.logtype)
    }

    #[test]
    fn text_is_what_people_can_read() {
        for (message, expected) in [
            (
                "Failed password for root from 10.0.0.7 port 22001",
                "Failed password for root from <ip> port <port>",
            ),
            ("at Fri Jun 17 07:07:00 2005 it ended", "at <time> it ended"),
            ("since 17 Jun 2005, 07:07:00 UTC", "since <time>"),
            ("on 2024-05-01 10:00:00,123 again", "on <time> again"),
            ("you may 5 times", "you may <num> times"),
            ("moved\t to   /var/x  ", "moved to <path>"),
            ("\u{1b}[31mbad\u{1b}[0m disk", "bad disk"),
            ("word deadbeefcafe here", "word <hex> here"),
            (
                "10.0.0.1:80 -> 10.0.0.2:443 open",
                "<ip>:<port> -> <ip>:<port> open",
            ),
            ("ports 1, 2, 3, 4", "ports <num>"),
            ("took 5 ms", "took <num> ms"),
        ] {
            assert_eq!(text(message.as_bytes()), expected);
        }
        assert_eq!(
            text(b"bad \xff\xfe bytes \x00 5"),
            "bad \u{fffd}\u{fffd} bytes <num>"
        );
        let blob = "Abz".repeat(50);
        assert_eq!(text(format!("key {blob} end").as_bytes()), "key <*> end");
    }
}
