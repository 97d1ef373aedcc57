//! Reading bytes fast: over what cannot make a variable, over terminal colours, over punctuation.

use super::class::*;

/// A token with one of these is looked at closely.
pub const CLOSE: u16 = DIGIT | SLASH | AT | BACKSLASH | MARK;

/// How many bytes `text` begins with that cannot make a variable: neither of a class in [`CLOSE`] nor a control byte.
/// Eight at a time, since that is most of a message.
pub fn plain_bytes(text: &[u8]) -> usize {
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
pub fn trim(message: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
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
    use super::super::CLASS;
    use super::*;

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

    #[test]
    fn colours_end_where_they_should() {
        assert_eq!(escape_end(b"\x1b[1;31mx", 0), 7);
        assert_eq!(escape_end(b"\x1bx", 0), 1);
        assert_eq!(escape_end(b"\x1b[1;31", 0), 1);
    }
}
