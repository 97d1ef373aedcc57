//! One column of a segment: the values one variable took, in the few bytes their kind allows.
//!
//! A column is written into two streams that are compressed apart, since they compress differently: `numbers` (binary
//! planes) and `texts`. Its description goes into the `directory`. The encodings, tried in this order:
//!
//! | encoding | when | written |
//! | --- | --- | --- |
//! | constant | all values are the same | the value, once |
//! | dictionary | few values, often | the distinct values as a column of their own, and their indices |
//! | number | all are canonical decimal or hexadecimal, or digits of one width | differences to the least value or to the one before, in byte planes |
//! | hex | hexadecimal digits of one length, too many for a number | packed, two digits a byte |
//! | split | the same separators in every value (`10.1.2.3`, `a/b/c.dat`, a UUID) | a column for each field |
//! | text | anything else | the bytes, ended by newlines, or lengths and bytes |

use super::varint::{put, take, take_slice, unzigzag, zigzag};
use rustc_hash::FxHashMap;

/// Values in order, end to end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    data: Vec<u8>,
    ends: Vec<u32>,
}

impl Values {
    /// Room for so many values of so many bytes in all.
    pub fn with_capacity(values: usize, bytes: usize) -> Values {
        Values {
            data: Vec::with_capacity(bytes),
            ends: Vec::with_capacity(values),
        }
    }

    /// Appends a value.
    pub fn push(&mut self, value: &[u8]) {
        self.data.extend_from_slice(value);
        self.ends.push(self.data.len() as u32);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The value at `i`; empty when there is none.
    pub fn get(&self, i: usize) -> &[u8] {
        let start = if i == 0 {
            0
        } else {
            self.ends.get(i - 1).copied().unwrap_or(0) as usize
        };
        let end = self.ends.get(i).copied().unwrap_or(0) as usize;
        self.data.get(start..end).unwrap_or_default()
    }

    /// All values in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let value = &self.data[start..end as usize];
            start = end as usize;
            value
        })
    }

    /// Forgets all values, keeps the memory.
    pub fn clear(&mut self) {
        self.data.clear();
        self.ends.clear();
    }
}

/// The streams a segment's columns are written to.
#[derive(Debug, Default)]
pub struct Streams {
    /// What and how long each column is.
    pub directory: Vec<u8>,
    /// Binary planes.
    pub numbers: Vec<u8>,
    /// Text.
    pub texts: Vec<u8>,
}

const CONSTANT: u8 = 0;
const DICTIONARY: u8 = 1;
const NUMBER: u8 = 2;
const HEX: u8 = 3;
const SPLIT: u8 = 4;
const LINES: u8 = 5;
const BYTES: u8 = 6;

/// Columns nest at most this deep: dictionary, split, number.
const DEPTH: u8 = 3;
/// A dictionary pays when its values come at least this often on average: an index takes about a byte, a fresh value three or more.
const REPEAT: usize = 3;
/// More fields than this in one value are no structure.
const FIELDS: usize = 24;
/// This many values are looked at before a dictionary is given up as hopeless.
const SAMPLE: usize = 96;

/// Writes a column. [`skip`] and [`read`] take it back, given the same number of values.
pub fn write(values: &Values, out: &mut Streams) {
    write_at(values, out, 0);
}

fn write_at(values: &Values, out: &mut Streams, depth: u8) {
    let first = values.get(0);
    if values.iter().all(|v| v == first) {
        out.directory.push(CONSTANT);
        put(&mut out.directory, first.len() as u64);
        out.directory.extend_from_slice(first);
        return;
    }
    if depth == 0
        && let Some((distinct, indices)) = dictionary(values)
    {
        out.directory.push(DICTIONARY);
        put(&mut out.directory, distinct.len() as u64);
        write_at(&distinct, out, depth + 1);
        let planes = if distinct.len() <= 256 { 1 } else { 2 };
        write_planes(
            indices.iter().map(|&i| u64::from(i)),
            planes,
            &mut out.numbers,
        );
        return;
    }
    if write_number(values, out) || write_hex(values, out) {
        return;
    }
    if depth < DEPTH
        && let Some(fields) = split(values)
    {
        out.directory.push(SPLIT);
        let skeleton: Vec<u8> = separators(first).map(|(_, b)| b).collect();
        put(&mut out.directory, skeleton.len() as u64);
        out.directory.extend_from_slice(&skeleton);
        fields
            .iter()
            .for_each(|field| write_at(field, out, depth + 2));
        return;
    }
    write_text(values, out);
}

/// The distinct values in order of appearance and an index for each value, if a dictionary pays.
fn dictionary(values: &Values) -> Option<(Values, Vec<u16>)> {
    let most = (values.len() / REPEAT).min(usize::from(u16::MAX));
    if most < 2 {
        return None;
    }
    let mut index: FxHashMap<&[u8], u16> = FxHashMap::default();
    let (mut distinct, mut indices) = (Values::default(), Vec::with_capacity(values.len()));
    for (i, value) in values.iter().enumerate() {
        let next = distinct.len() as u16;
        let at = *index.entry(value).or_insert(next);
        if at == next {
            distinct.push(value);
            let hopeless = i == SAMPLE && distinct.len() > SAMPLE * 9 / 10;
            if distinct.len() > most || hopeless {
                return None;
            }
        }
        indices.push(at);
    }
    Some((distinct, indices))
}

/// Writes the low `planes` bytes of each number, the lowest bytes of all first.
fn write_planes(numbers: impl Iterator<Item = u64> + Clone, planes: u8, out: &mut Vec<u8>) {
    for plane in 0..planes {
        out.extend(numbers.clone().map(|n| (n >> (8 * plane)) as u8));
    }
}

/// How numbers are written as text: radix, and the fixed width with leading zeros, or 0 for canonical.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Notation {
    radix: u8,
    width: u8,
}

/// Digits a number may have so that it fits 60 bits, whichever they are.
const MOST_DIGITS: [(u8, usize); 2] = [(10, 18), (16, 15)];

/// The notation all values have, if there is one, and the numbers.
fn numbers(values: &Values) -> Option<(Notation, Vec<u64>)> {
    MOST_DIGITS
        .into_iter()
        .find_map(|(radix, most)| in_radix(values, radix, most))
}

/// Reads all values in one radix; gives up at the first byte that is no digit of it.
fn in_radix(values: &Values, radix: u8, most: usize) -> Option<(Notation, Vec<u64>)> {
    let width = values.get(0).len();
    let (mut fixed, mut canonical) = (true, true);
    let mut out = Vec::with_capacity(values.len());
    for v in values.iter() {
        fixed &= v.len() == width;
        canonical &= v.len() == 1 || v.first() != Some(&b'0');
        if v.is_empty() || v.len() > most || !(fixed || canonical) {
            return None;
        }
        let mut n = 0u64;
        for &b in v {
            let digit = match b {
                b'0'..=b'9' => b - b'0',
                b'a'..=b'f' if radix == 16 => b - b'a' + 10,
                _ => return None,
            };
            n = n * u64::from(radix) + u64::from(digit);
        }
        out.push(n);
    }
    let width = if canonical { 0 } else { width as u8 };
    Some((Notation { radix, width }, out))
}

fn write_number(values: &Values, out: &mut Streams) -> bool {
    let Some((notation, numbers)) = numbers(values) else {
        return false;
    };
    let least = numbers.iter().copied().min().unwrap_or(0);
    let range = numbers.iter().copied().max().unwrap_or(0) - least;
    let mut before = least;
    let deltas: Vec<u64> = numbers
        .iter()
        .map(|&n| {
            let d = zigzag(n as i64 - before as i64);
            before = n;
            d
        })
        .collect();
    let widest = deltas.iter().copied().max().unwrap_or(0);
    let by_delta = planes_of(widest) < planes_of(range);
    let planes = if by_delta {
        planes_of(widest)
    } else {
        planes_of(range)
    };
    out.directory.push(NUMBER);
    out.directory
        .extend_from_slice(&[notation.radix, notation.width, planes, u8::from(by_delta)]);
    put(&mut out.directory, least);
    if by_delta {
        write_planes(deltas.iter().copied(), planes, &mut out.numbers);
    } else {
        write_planes(numbers.iter().map(|n| n - least), planes, &mut out.numbers);
    }
    true
}

fn planes_of(n: u64) -> u8 {
    (64 - n.leading_zeros()).div_ceil(8).max(1) as u8
}

fn write_hex(values: &Values, out: &mut Streams) -> bool {
    let length = values.get(0).len();
    let packs =
        |v: &[u8]| v.len() == length && v.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if length < 16 || !values.iter().all(packs) {
        return false;
    }
    out.directory.push(HEX);
    put(&mut out.directory, length as u64);
    let nibble = |b: u8| if b <= b'9' { b - b'0' } else { b - b'a' + 10 };
    for v in values.iter() {
        out.numbers.extend(
            v.chunks(2)
                .map(|p| (nibble(p[0]) << 4) | p.get(1).map_or(0, |&b| nibble(b))),
        );
    }
    true
}

/// The separators of a value: everything that is neither letter nor digit, nor part of a word beyond ASCII.
fn separators(value: &[u8]) -> impl Iterator<Item = (usize, u8)> + '_ {
    value
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, b)| !b.is_ascii_alphanumeric() && *b < 0x80)
}

/// The fields between separators as columns, if every value has the same separators.
fn split(values: &Values) -> Option<Vec<Values>> {
    let skeleton: Vec<u8> = separators(values.get(0)).map(|(_, b)| b).collect();
    if skeleton.is_empty() || skeleton.len() >= FIELDS {
        return None;
    }
    let room = values.data.len() / (skeleton.len() + 1);
    let mut fields: Vec<Values> = (0..=skeleton.len())
        .map(|_| Values::with_capacity(values.len(), room))
        .collect();
    for value in values.iter() {
        let (mut start, mut field) = (0, 0);
        for (at, separator) in separators(value) {
            if skeleton.get(field) != Some(&separator) {
                return None;
            }
            fields[field].push(&value[start..at]);
            (start, field) = (at + 1, field + 1);
        }
        if field != skeleton.len() {
            return None;
        }
        fields[field].push(&value[start..]);
    }
    Some(fields)
}

fn write_text(values: &Values, out: &mut Streams) {
    if memchr::memchr(b'\n', &values.data).is_none() {
        out.directory.push(LINES);
        put(
            &mut out.directory,
            (values.data.len() + values.len()) as u64,
        );
        for v in values.iter() {
            out.texts.extend_from_slice(v);
            out.texts.push(b'\n');
        }
    } else {
        out.directory.push(BYTES);
        put(&mut out.directory, values.data.len() as u64);
        values
            .iter()
            .for_each(|v| put(&mut out.directory, v.len() as u64));
        out.texts.extend_from_slice(&values.data);
    }
}

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
            let distinct = read(at, n)?;
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
            let fields: Vec<Values> = (0..=n).map(|_| read(at, count)).collect::<Option<_>>()?;
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
    match take_byte(&mut at.directory)? {
        CONSTANT => {
            let n = take(&mut at.directory)? as usize;
            take_slice(&mut at.directory, n)?;
        }
        DICTIONARY => {
            let n = take(&mut at.directory)? as usize;
            skip(at, n)?;
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
            (0..=n).try_for_each(|_| skip(at, count))?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round(values: &[Vec<u8>]) -> usize {
        let mut column = Values::default();
        values.iter().for_each(|v| column.push(v));
        let mut out = Streams::default();
        write(&column, &mut out);
        let start = Cursor {
            directory: &out.directory,
            numbers: &out.numbers,
            texts: &out.texts,
        };
        let (mut a, mut b) = (start, start);
        assert_eq!(read(&mut a, values.len()), Some(column));
        skip(&mut b, values.len()).expect("a column that reads also skips");
        for left in [
            a.directory,
            a.numbers,
            a.texts,
            b.directory,
            b.numbers,
            b.texts,
        ] {
            assert!(left.is_empty());
        }
        out.directory.len() + out.numbers.len() + out.texts.len()
    }

    fn texts(values: impl Iterator<Item = String>) -> Vec<Vec<u8>> {
        values.map(String::into_bytes).collect()
    }

    #[test]
    fn each_kind_of_value_finds_its_encoding() {
        let n = 1000u64;
        let mix = |i: u64| i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        assert!(round(&texts((0..n).map(|_| "same".into()))) < 10);
        assert!(round(&texts((0..n).map(|i| (1_700_000_000 + i * 3).to_string()))) < 1100);
        assert!(
            round(&texts(
                (0..n).map(|i| format!("{:x}", 0x5f00_0000_0000 + i))
            )) < 1100
        );
        assert!(
            round(&texts((0..n).map(|i| format!(
                "10.{}.{}.{}",
                mix(i) % 10,
                mix(i * 7) % 256,
                mix(i * 11) % 256
            )))) < 3100
        );
        assert!(
            round(&texts((0..n).map(|i| format!(
                "{:08x}-{:04x}-{:012x}",
                mix(i) as u32,
                mix(i) as u16,
                mix(i)
            )))) < 12_200
        );
        assert!(
            round(&texts(
                (0..n).map(|i| ["a", "bb", "ccc"][(mix(i) % 3) as usize].into())
            )) < 1100
        );
        assert!(round(&texts((0..n).map(|i| format!("0.{:03}", mix(i) % 1000)))) < 2100);
    }

    proptest! {
        #[test]
        fn any_values_come_back(values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..60)) {
            round(&values);
        }

        #[test]
        fn values_that_look_like_numbers_come_back(values in prop::collection::vec("[0-9a-f./:-]{0,20}", 1..80)) {
            round(&texts(values.into_iter()));
        }

        #[test]
        fn numbers_of_any_width_come_back(values in prop::collection::vec("0{0,3}[0-9]{1,20}", 1..80)) {
            round(&texts(values.into_iter()));
        }

        #[test]
        fn damaged_bytes_are_refused_or_read_but_never_panic(
            directory in prop::collection::vec(any::<u8>(), 0..40),
            numbers in prop::collection::vec(any::<u8>(), 0..40),
            texts in prop::collection::vec(any::<u8>(), 0..40),
            count in 0usize..50,
        ) {
            let at = Cursor { directory: &directory, numbers: &numbers, texts: &texts };
            let (mut a, mut b) = (at, at);
            let _ = read(&mut a, count);
            let _ = skip(&mut b, count);
        }
    }
}
