//! The text behind escapes: JSON's backslashes, and the doubled quotes of CSV.

/// The text of a string with escapes. A lone surrogate becomes U+FFFD; an unknown escape stays as it is.
pub(in crate::formats) fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(slash) = memchr::memchr(b'\\', rest) {
        text.extend_from_slice(&rest[..slash]);
        rest = &rest[slash..];
        let plain = match rest.get(1) {
            Some(&c @ (b'"' | b'\\' | b'/')) => c,
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'u') => {
                let (c, len) = unicode(rest);
                text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[len..];
                continue;
            }
            _ => {
                text.push(b'\\');
                rest = &rest[1..];
                continue;
            }
        };
        text.push(plain);
        rest = &rest[2..];
    }
    text.extend_from_slice(rest);
    text
}

/// The text of a string in which quotes stand twice.
pub(in crate::formats) fn undouble(raw: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(quote) = memchr::memchr(b'"', rest) {
        text.extend_from_slice(&rest[..=quote]);
        let behind = &rest[quote + 1..];
        rest = behind.strip_prefix(b"\"").unwrap_or(behind);
    }
    text.extend_from_slice(rest);
    text
}

/// The character of `\uXXXX` at the head, of two of them where they are a surrogate pair, and the length.
fn unicode(b: &[u8]) -> (char, usize) {
    let unit = |at: usize| -> Option<u32> {
        let escape = b.get(at..at + 6)?;
        if !escape.starts_with(b"\\u") || !escape[2..].iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        u32::from_str_radix(std::str::from_utf8(&escape[2..]).ok()?, 16).ok()
    };
    match (unit(0), unit(6)) {
        (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
            let c = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
        }
        (Some(c), _) => (char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
        (None, _) => (char::REPLACEMENT_CHARACTER, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_escapes_are_kept_or_replaced() {
        let rows: [(&[u8], &str); 5] = [
            (br"a\u00e9b", "a\u{e9}b"),
            (br"\ud83d\ude00!", "\u{1f600}!"),
            (br"\ud83dx", "\u{fffd}x"),
            (br"\x41\", "\\x41\\"),
            (br"\u12", "\u{fffd}12"),
        ];
        for (raw, text) in rows {
            assert_eq!(String::from_utf8_lossy(&unescape(raw)), text);
        }
    }
}
