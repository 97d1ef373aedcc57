//! Reading columns back.

use super::super::varint::{take, take_slice, unzigzag};
use super::{BYTES, CONSTANT, DICTIONARY, HEX, LINES, NUMBER, SPLIT, Values};

/// Columns that are written nest at most this deep; deeper ones were made on purpose.
const DEPTH: u8 = 6;

/// Where reading stands in the three streams.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    /// What is left of the directory.
    pub directory: &'a [u8],
    /// What is left of the numbers.
    pub numbers: &'a [u8],
    /// What is left of the texts.
    pub texts: &'a [u8],
}

/// Reads the next column, of `count` values; `None` when the bytes are damaged.
pub fn read(at: &mut Cursor<'_>, count: usize) -> Option<Values> {
    read_at(at, count, DEPTH)
}

fn read_at(at: &mut Cursor<'_>, count: usize, depth: u8) -> Option<Values> {
    let depth = depth.checked_sub(1)?;
    match take_byte(&mut at.directory)? {
        CONSTANT => {
            let n = take(&mut at.directory)? as usize;
            let value = take_slice(&mut at.directory, n)?;
            let mut out = Values::default();
            // A damaged count must not reserve memory before a byte of it was seen, so nothing is reserved here.
            (0..count).for_each(|_| out.push(value));
            Some(out)
        }
        DICTIONARY => {
            let n = take(&mut at.directory)? as usize;
            let distinct = read_at(at, n, depth)?;
            let planes = if n <= 256 { 1 } else { 2 };
            let indices = read_planes(&mut at.numbers, planes, count)?;
            let mut out = Values::default();
            for i in indices {
                if i as usize >= distinct.len() {
                    return None;
                }
                out.push(distinct.get(i as usize));
            }
            Some(out)
        }
        NUMBER => read_number(at, count),
        HEX => read_hex(at, count),
        SPLIT => {
            let n = take(&mut at.directory)? as usize;
            let skeleton = take_slice(&mut at.directory, n)?;
            let fields: Vec<Values> = (0..=n)
                .map(|_| read_at(at, count, depth))
                .collect::<Option<_>>()?;
            let mut out = Values::default();
            for i in 0..count {
                for (f, field) in fields.iter().enumerate() {
                    out.data.extend_from_slice(field.get(i));
                    out.data.extend(skeleton.get(f));
                }
                out.ends.push(out.data.len() as u32);
            }
            Some(out)
        }
        LINES => {
            let n = take(&mut at.directory)? as usize;
            let text = take_slice(&mut at.texts, n)?;
            let mut out = Values::default();
            text.strip_suffix(b"\n")?
                .split(|&b| b == b'\n')
                .for_each(|v| out.push(v));
            (out.len() == count).then_some(out)
        }
        BYTES => {
            let n = take(&mut at.directory)? as usize;
            let mut data = take_slice(&mut at.texts, n)?;
            let mut out = Values::default();
            for _ in 0..count {
                let length = take(&mut at.directory)? as usize;
                out.push(take_slice(&mut data, length)?);
            }
            Some(out)
        }
        _ => None,
    }
}

/// Passes over the next column without building its values; `None` when the bytes are damaged.
pub fn skip(at: &mut Cursor<'_>, count: usize) -> Option<()> {
    skip_at(at, count, DEPTH)
}

fn skip_at(at: &mut Cursor<'_>, count: usize, depth: u8) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match take_byte(&mut at.directory)? {
        CONSTANT => {
            let n = take(&mut at.directory)? as usize;
            take_slice(&mut at.directory, n)?;
        }
        DICTIONARY => {
            let n = take(&mut at.directory)? as usize;
            skip_at(at, n, depth)?;
            take_slice(
                &mut at.numbers,
                count.checked_mul(if n <= 256 { 1 } else { 2 })?,
            )?;
        }
        NUMBER => {
            let head = take_slice(&mut at.directory, 4)?;
            take(&mut at.directory)?;
            take_slice(&mut at.numbers, count.checked_mul(usize::from(head[2]))?)?;
        }
        HEX => {
            let length = take(&mut at.directory)? as usize;
            take_slice(&mut at.numbers, count.checked_mul(length.div_ceil(2))?)?;
        }
        SPLIT => {
            let n = take(&mut at.directory)? as usize;
            take_slice(&mut at.directory, n)?;
            (0..=n).try_for_each(|_| skip_at(at, count, depth))?;
        }
        LINES => {
            let n = take(&mut at.directory)? as usize;
            take_slice(&mut at.texts, n)?;
        }
        BYTES => {
            let n = take(&mut at.directory)? as usize;
            take_slice(&mut at.texts, n)?;
            (0..count).try_for_each(|_| take(&mut at.directory).map(|_| ()))?;
        }
        _ => return None,
    }
    Some(())
}

fn take_byte(bytes: &mut &[u8]) -> Option<u8> {
    let (&b, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(b)
}

fn read_planes(numbers: &mut &[u8], planes: u8, count: usize) -> Option<Vec<u64>> {
    let bytes = take_slice(numbers, count.checked_mul(usize::from(planes))?)?;
    let mut out = vec![0u64; count];
    for (plane, row) in bytes.chunks_exact(count.max(1)).enumerate().take(8) {
        out.iter_mut()
            .zip(row)
            .for_each(|(n, &b)| *n |= u64::from(b) << (8 * plane));
    }
    Some(out)
}

fn read_number(at: &mut Cursor<'_>, count: usize) -> Option<Values> {
    let [radix, width, planes, by_delta] = *take_slice(&mut at.directory, 4)? else {
        return None;
    };
    let least = take(&mut at.directory)?;
    if planes > 8 || !matches!(radix, 10 | 16) {
        return None;
    }
    let stored = read_planes(&mut at.numbers, planes, count)?;
    let mut out = Values::default();
    let mut before = least;
    let mut digits = [0u8; 32];
    for n in stored {
        let n = if by_delta == 1 {
            before.wrapping_add_signed(unzigzag(n))
        } else {
            least.wrapping_add(n)
        };
        before = n;
        let text = digits_of(n, u64::from(radix), usize::from(width).min(32), &mut digits);
        out.push(text);
    }
    Some(out)
}

/// The digits of `n`, at least `width` of them, written at the end of `buffer`.
fn digits_of(mut n: u64, radix: u64, width: usize, buffer: &mut [u8; 32]) -> &[u8] {
    let mut at = buffer.len();
    while n > 0 || at > buffer.len() - width.max(1) {
        at -= 1;
        let digit = (n % radix) as u8;
        buffer[at] = if digit < 10 {
            b'0' + digit
        } else {
            b'a' + digit - 10
        };
        n /= radix;
    }
    &buffer[at..]
}

fn read_hex(at: &mut Cursor<'_>, count: usize) -> Option<Values> {
    let length = take(&mut at.directory)? as usize;
    let each = length.div_ceil(2);
    let bytes = take_slice(&mut at.numbers, count.checked_mul(each)?)?;
    let digit = |n: u8| if n < 10 { b'0' + n } else { b'a' + n - 10 };
    let mut out = Values::default();
    for packed in bytes.chunks_exact(each.max(1)) {
        let start = out.data.len();
        packed
            .iter()
            .for_each(|b| out.data.extend_from_slice(&[digit(b >> 4), digit(b & 15)]));
        out.data.truncate(start + length);
        out.ends.push(out.data.len() as u32);
    }
    Some(out)
}
