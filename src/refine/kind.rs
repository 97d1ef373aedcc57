//! What the bytes of one token are: a table of byte classes, and the shape of a token made of them.

use super::SlotType;

/// Classes of bytes, ORed over a token. No class at all means that the byte ends a token.
pub mod class {
    /// `0` to `9`.
    pub const DIGIT: u16 = 1;
    /// `a` to `f`, either case.
    pub const HEX: u16 = 2;
    /// The other ASCII letters.
    pub const ALPHA: u16 = 4;
    /// `.`
    pub const DOT: u16 = 8;
    /// `:`
    pub const COLON: u16 = 16;
    /// `-`
    pub const DASH: u16 = 32;
    /// `_`
    pub const UNDER: u16 = 64;
    /// `/`
    pub const SLASH: u16 = 128;
    /// `@`
    pub const AT: u16 = 256;
    /// `\`
    pub const BACKSLASH: u16 = 512;
    /// `+ * % $ & ! ? ~ ^` and the backtick.
    pub const OTHER: u16 = 1024;
    /// A marker of [`SlotType`](super::SlotType) standing in the message itself.
    pub const MARK: u16 = 2048;
}
use class::*;

/// The class of every byte.
pub static CLASS: [u16; 256] = classes();

const fn classes() -> [u16; 256] {
    let mut table = [0u16; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' | b'A'..=b'F' => HEX,
            b'g'..=b'z' | b'G'..=b'Z' => ALPHA,
            b'.' => DOT,
            b':' => COLON,
            b'-' => DASH,
            b'_' => UNDER,
            b'/' => SLASH,
            b'@' => AT,
            b'\\' => BACKSLASH,
            b'+' | b'*' | b'%' | b'$' | b'&' | b'!' | b'?' | b'~' | b'^' | b'`' => OTHER,
            _ => 0,
        };
        b += 1;
    }
    let mut i = 0;
    while i < SlotType::ALL.len() {
        table[SlotType::ALL[i].marker() as usize] = MARK;
        i += 1;
    }
    table
}

/// The classes of `bytes`, ORed.
pub fn classes_of(bytes: &[u8]) -> u16 {
    bytes
        .iter()
        .fold(0, |seen, &b| seen | CLASS[usize::from(b)])
}

/// How a token with a digit in it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Not at all: a word that has a digit in it.
    Word,
    /// As one variable.
    Whole(SlotType),
    /// An address, a colon, and a port from this offset on.
    IpPort(usize),
    /// Into the pieces between these bytes, each judged by itself.
    Split(u8),
    /// Into what is before this offset and what is after the byte there.
    Pair(usize),
}

/// The shape of `core`: a token without its leading and trailing punctuation, with the classes `seen` and among them a
/// digit.
pub fn shape_of(core: &[u8], seen: u16) -> Shape {
    if seen & COLON != 0 {
        return with_colon(core, seen);
    }
    if seen & SLASH != 0 {
        return with_slash(core, seen);
    }
    if seen & !(DIGIT | DOT) == 0 {
        return Shape::Whole(dotted(core).unwrap_or(SlotType::Any));
    }
    let one = |byte: u8| {
        let at = core.iter().position(|&b| b == byte)?;
        (at > 0 && !core[at + 1..].contains(&byte)).then_some(at)
    };
    if core.len() == 4 && (core.eq_ignore_ascii_case(b"ipv4") || core.eq_ignore_ascii_case(b"ipv6"))
    {
        return Shape::Word;
    }
    let letters = |text: &[u8]| classes_of(text) & !(HEX | ALPHA | UNDER | DASH) == 0;
    // An object and its address or line: `Session@1f2e3d`. A name and a number: `core.2275`.
    if seen & AT != 0
        && let Some(at) = one(b'@')
        && core[at + 1..].iter().all(u8::is_ascii_hexdigit)
        && classes_of(&core[..at]) & !(HEX | ALPHA | UNDER | DASH | DOT | OTHER) == 0
    {
        return Shape::Pair(at);
    }
    if seen & DOT != 0
        && seen & (HEX | ALPHA) != 0
        && let Some(at) = one(b'.')
        && core[at + 1..].iter().all(u8::is_ascii_digit)
        && letters(&core[..at])
    {
        return Shape::Pair(at);
    }
    Shape::Whole(plain(core, seen))
}

fn with_colon(core: &[u8], seen: u16) -> Shape {
    if is_date(core) || is_access_date(core) {
        return Shape::Whole(SlotType::Time);
    }
    let colons = core.iter().filter(|&&b| b == b':').count();
    if seen & !(DIGIT | COLON | DOT) == 0 {
        if is_clock(core) {
            return Shape::Whole(SlotType::Time);
        }
        if let (1, Some(at)) = (colons, core.iter().position(|&b| b == b':'))
            && core[at + 1..].iter().all(u8::is_ascii_digit)
            && dotted(&core[..at]) == Some(SlotType::Ip)
        {
            return Shape::IpPort(at);
        }
    }
    if seen & !(DIGIT | HEX | COLON) == 0 {
        let groups = || core.split(|&b| b == b':');
        let pairs = groups().all(|g| g.len() == 2);
        let short = groups().all(|g| g.len() <= 4);
        if pairs && matches!(colons, 5 | 7) {
            return Shape::Whole(SlotType::Mac);
        }
        if short && (colons == 7 || (colons >= 2 && core.windows(2).any(|w| w == b"::"))) {
            return Shape::Whole(SlotType::Ip);
        }
        // Bytes with colons between them; some groups may have no digit.
        if short && colons >= 2 && seen & HEX != 0 {
            return Shape::Whole(SlotType::Hex);
        }
    }
    // `eth0:fe80::1`: a name before an address.
    match core.iter().position(|&b| b == b':') {
        Some(at) if colons <= MAX_NESTED => Shape::Pair(at),
        _ => Shape::Split(b':'),
    }
}

/// Colons in a token up to which each tail is tried as an address.
const MAX_NESTED: usize = 12;

fn with_slash(core: &[u8], seen: u16) -> Shape {
    let encoded = seen & !(DIGIT | HEX | ALPHA | SLASH | OTHER) == 0 && seen & (HEX | ALPHA) != 0;
    if is_access_date(core) {
        return Shape::Whole(SlotType::Time);
    }
    if encoded && core.len() >= ENCODED {
        return Shape::Whole(SlotType::Any);
    }
    let pieces = core.split(|&b| b == b'/');
    let lengths = pieces.clone().map(<[u8]>::len);
    match lengths.clone().count() {
        3 if seen == DIGIT | SLASH && lengths.max() == Some(4) => Shape::Whole(SlotType::Time),
        0..=2 => Shape::Split(b'/'),
        _ if seen & (HEX | ALPHA) == 0 => Shape::Split(b'/'),
        _ if pieces
            .clone()
            .skip(1)
            .any(|p| p.first().is_some_and(u8::is_ascii_alphabetic)) =>
        {
            Shape::Whole(SlotType::Path)
        }
        _ => Shape::Whole(SlotType::Any),
    }
}

/// Bytes from which letters, digits, slashes and plus signs are encoded data rather than names and numbers.
const ENCODED: usize = 24;

/// A token without colon and slash.
fn plain(core: &[u8], seen: u16) -> SlotType {
    let dots = || core.iter().filter(|&&b| b == b'.').count();
    let unsigned = match core {
        [b'-' | b'+', rest @ ..] => rest,
        all => all,
    };
    if seen & !(DIGIT | DOT | DASH | OTHER) == 0 {
        if classes_of(unsigned) & !(DIGIT | DOT) == 0 && dots() <= 1 {
            return SlotType::Num;
        }
        return if is_date(core) {
            SlotType::Time
        } else {
            SlotType::Any
        };
    }
    if let [b'0', b'x' | b'X', hex @ ..] = unsigned
        && !hex.is_empty()
        && hex.iter().all(u8::is_ascii_hexdigit)
    {
        return SlotType::Hex;
    }
    if seen & AT != 0 {
        return match core.iter().position(|&b| b == b'@') {
            Some(at) if at > 0 && at + 1 < core.len() => SlotType::Email,
            _ => SlotType::Any,
        };
    }
    if seen & !(DIGIT | HEX | DASH) == 0 {
        if is_uuid(core) {
            return SlotType::Uuid;
        }
        let pairs = core.split(|&b| b == b'-');
        if core.len() == 17 && pairs.clone().count() == 6 && pairs.clone().all(|g| g.len() == 2) {
            return SlotType::Mac;
        }
        // Shorter ones are as likely names: `a1`, `b2b`, `cafe1`.
        if seen & DASH == 0 && core.len() >= 6 {
            return SlotType::Hex;
        }
    }
    if is_quantity(unsigned) {
        return SlotType::Num;
    }
    if is_date(core) {
        return SlotType::Time;
    }
    if seen & (UNDER | OTHER | BACKSLASH) == 0 && dots() >= 2 && is_host(core) {
        return SlotType::Host;
    }
    SlotType::Any
}

/// Digits and dots: a number, an address, or a version; `None` where dots lead from one thing to another.
pub fn dotted(core: &[u8]) -> Option<SlotType> {
    let (mut dots, mut digits, mut value, mut address) = (0, 0, 0u32, true);
    for &b in core {
        if b == b'.' {
            if digits == 0 && dots > 0 {
                return None;
            }
            address &= (1..=3).contains(&digits) && value <= 255;
            (dots, digits, value) = (dots + 1, 0, 0);
        } else {
            digits += 1;
            value = (value * 10 + u32::from(b - b'0')).min(1000);
        }
    }
    address &= (1..=3).contains(&digits) && value <= 255;
    Some(match dots {
        0 | 1 => SlotType::Num,
        3 if address => SlotType::Ip,
        _ => SlotType::Any,
    })
}

/// `7:05`, `19:07:05`, `19:07:05.123`.
fn is_clock(text: &[u8]) -> bool {
    let mut groups = 0;
    text.split(|&b| b == b':').all(|g| {
        groups += 1;
        let whole = if groups == 3 {
            g.split(|&b| b == b'.').next().unwrap_or(g)
        } else {
            g
        };
        whole.len() <= 2
            && (groups == 1 || whole.len() == 2)
            && whole.iter().all(u8::is_ascii_digit)
            && !whole.is_empty()
    }) && matches!(groups, 2 | 3)
}

/// Starts with `2016-09-28`, and ends there or goes on with a time.
fn is_date(text: &[u8]) -> bool {
    text.len() >= 10
        && text[..10].iter().enumerate().all(|(i, &b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        })
        && (text.len() == 10 || matches!(text[10], b'T' | b't' | b'_' | b'-' | b':'))
}

/// Starts with `28/Sep/2016`.
fn is_access_date(text: &[u8]) -> bool {
    text.len() >= 11
        && text[..11].iter().enumerate().all(|(i, &b)| match i {
            2 | 6 => b == b'/',
            3..=5 => b.is_ascii_alphabetic(),
            _ => b.is_ascii_digit(),
        })
}

fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(i, &b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Digits with at most one dot, then a unit of up to three letters: `15GB`, `300ms`, `3.60GHz`; or a duration: `2m30s`.
fn is_quantity(text: &[u8]) -> bool {
    let duration = |b: &u8| b.is_ascii_digit() || b"dhmsu.".contains(b);
    if text.first().is_some_and(u8::is_ascii_digit)
        && text.last() == Some(&b's')
        && text.iter().all(duration)
    {
        return true;
    }
    let digits = text
        .iter()
        .take_while(|b| b.is_ascii_digit() || **b == b'.')
        .count();
    let unit = &text[digits..];
    text.first().is_some_and(u8::is_ascii_digit)
        && text[..digits].iter().filter(|&&b| b == b'.').count() <= 1
        && unit.len() <= 3
        && unit.iter().all(u8::is_ascii_alphabetic)
}

/// Lower-case labels between dots, the last one of two to six letters.
fn is_host(text: &[u8]) -> bool {
    let last = text.rsplit(|&b| b == b'.').next().unwrap_or_default();
    (2..=6).contains(&last.len())
        && last.iter().all(u8::is_ascii_lowercase)
        && !text.iter().any(u8::is_ascii_uppercase)
        && text.split(|&b| b == b'.').all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Shape {
        shape_of(text.as_bytes(), classes_of(text.as_bytes()))
    }

    #[test]
    fn tokens_are_what_people_would_call_them() {
        use SlotType::*;
        for (text, slot) in [
            ("5", Num),
            ("-3.25", Num),
            ("15GB", Num),
            ("0x7fA3", Hex),
            ("a489c868f0", Hex),
            ("10.0.3.255", Ip),
            ("10.0.3.256", Any),
            ("1.2.3", Any),
            ("fe80::1", Ip),
            ("2001:db8:0:0:1:2:3:4", Ip),
            ("00:1a:2b:3c:4d:5e", Mac),
            ("00:1a:2b:aa:bb:cc:dd:ee:ff:00:11:22:08:00", Hex),
            ("00-1a-2b-3c-4d-5e", Mac),
            ("0b1e2f3a-1111-2222-3333-0123456789ab", Uuid),
            ("19:07:05.123", Time),
            ("7:05", Time),
            ("2024-05-01", Time),
            ("2024-05-01T10:00:00Z", Time),
            ("2024/05/01", Time),
            ("1h2m30.5s", Num),
            ("data/part7/x", Path),
            ("Gi1/0/24", Any),
            ("kJ8+/xyzABCDEFGHijklmnopQRST", Any),
            ("01/May/2024:10:00:00", Time),
            ("mail7@example.org", Email),
            ("web3.example.net", Host),
            ("job_17_x", Any),
        ] {
            assert_eq!(shape(text), Shape::Whole(slot), "{text}");
        }
        assert_eq!(shape("10.0.0.1:80"), Shape::IpPort(8));
        assert_eq!(shape("main.c:80"), Shape::Pair(6));
        assert_eq!(shape("core.2275"), Shape::Pair(4));
        assert_eq!(shape("Session@1f2e3d"), Shape::Pair(7));
        assert_eq!(shape("1/2"), Shape::Split(b'/'));
        assert_eq!(shape("0.1/0.2/0.3/0.05"), Shape::Split(b'/'));
    }
}
