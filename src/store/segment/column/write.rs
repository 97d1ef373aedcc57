//! Writing columns: each kind of value finds the encoding that takes the fewest bytes.

use super::super::varint::{put, zigzag};
use super::{BYTES, CONSTANT, DICTIONARY, HEX, LINES, NUMBER, SPLIT, Streams, Values, word};
use crate::event::Span;
use rustc_hash::FxHashMap;

/// Columns nest at most this deep: dictionary, split, number.
const DEPTH: u8 = 3;
/// A dictionary pays when its values come at least this often on average: an index takes about a byte, a fresh value three or more.
const REPEAT: usize = 3;
/// More fields than this in one value are no structure.
const FIELDS: usize = 24;
/// This many values are looked at before a dictionary is given up as hopeless.
const SAMPLE: usize = 96;

/// Some values, as spans of the bytes they stand in: a field of a value is a span too, so nothing is copied to look at it.
#[derive(Clone, Copy)]
struct Cells<'a> {
    data: &'a [u8],
    spans: &'a [Span],
}

impl<'a> Cells<'a> {
    fn get(self, i: usize) -> &'a [u8] {
        self.spans.get(i).map_or(&[], |&span| self.of(span))
    }

    fn of(self, span: Span) -> &'a [u8] {
        span.of(self.data)
    }

    fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        self.spans.iter().map(move |&span| self.of(span))
    }

    fn len(self) -> usize {
        self.spans.len()
    }
}

/// Writes a column. [`skip`](super::skip) and [`read`](super::read) take it back, given the same number of values.
pub fn write(values: &Values, out: &mut Streams) {
    let mut start = 0;
    let spans: Vec<Span> = (values.ends.iter())
        .map(|&end| Span {
            start: std::mem::replace(&mut start, end),
            end,
        })
        .collect();
    let cells = Cells {
        data: &values.data,
        spans: &spans,
    };
    write_at(cells, out, 0);
}

fn write_at(cells: Cells<'_>, out: &mut Streams, depth: u8) {
    let first = cells.get(0);
    if cells.iter().all(|v| v == first) {
        out.directory.push(CONSTANT);
        put(&mut out.directory, first.len() as u64);
        out.directory.extend_from_slice(first);
        return;
    }
    if depth == 0
        && let Some((distinct, indices)) = dictionary(cells)
    {
        out.directory.push(DICTIONARY);
        put(&mut out.directory, distinct.len() as u64);
        let planes = if distinct.len() <= 256 { 1 } else { 2 };
        let distinct = Cells {
            spans: &distinct,
            ..cells
        };
        write_at(distinct, out, depth + 1);
        write_planes(
            indices.iter().map(|&i| u64::from(i)),
            planes,
            &mut out.numbers,
        );
        return;
    }
    if write_number(cells, out) || write_hex(cells, out) {
        return;
    }
    if depth < DEPTH
        && let Some((skeleton, fields)) = split(cells)
    {
        out.directory.push(SPLIT);
        put(&mut out.directory, skeleton.len() as u64);
        out.directory.extend_from_slice(&skeleton);
        for spans in &fields {
            write_at(Cells { spans, ..cells }, out, depth + 2);
        }
        return;
    }
    write_text(cells, out);
}

/// The distinct values in order of appearance and an index for each value, if a dictionary pays.
fn dictionary(cells: Cells<'_>) -> Option<(Vec<Span>, Vec<u16>)> {
    let most = (cells.len() / REPEAT).min(usize::from(u16::MAX));
    if most < 2 {
        return None;
    }
    // Nearly all values fit a word, which is hashed and compared at once.
    let mut words: FxHashMap<u128, u16> = FxHashMap::default();
    let mut longer: FxHashMap<&[u8], u16> = FxHashMap::default();
    let (mut distinct, mut indices) = (Vec::new(), Vec::with_capacity(cells.len()));
    for (i, &span) in cells.spans.iter().enumerate() {
        let next = distinct.len() as u16;
        let at = match word(cells.data, span) {
            Some(word) => *words.entry(word).or_insert(next),
            None => *longer.entry(cells.of(span)).or_insert(next),
        };
        if at == next {
            distinct.push(span);
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
fn numbers(cells: Cells<'_>) -> Option<(Notation, Vec<u64>)> {
    MOST_DIGITS
        .into_iter()
        .find_map(|(radix, most)| in_radix(cells, radix, most))
}

/// Reads all values in one radix; gives up at the first byte that is no digit of it.
fn in_radix(cells: Cells<'_>, radix: u8, most: usize) -> Option<(Notation, Vec<u64>)> {
    let width = cells.get(0).len();
    let (mut fixed, mut canonical) = (true, true);
    let mut out = Vec::with_capacity(cells.len());
    for v in cells.iter() {
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

fn write_number(cells: Cells<'_>, out: &mut Streams) -> bool {
    let Some((notation, numbers)) = numbers(cells) else {
        return false;
    };
    let least = numbers.iter().copied().min().unwrap_or(0);
    let range = numbers.iter().copied().max().unwrap_or(0) - least;
    let widest = || deltas(&numbers, least).max().unwrap_or(0);
    // Differences to the one before cannot take less than one byte either.
    let by_delta = planes_of(range) > 1 && planes_of(widest()) < planes_of(range);
    let planes = planes_of(if by_delta { widest() } else { range });
    out.directory.push(NUMBER);
    out.directory
        .extend_from_slice(&[notation.radix, notation.width, planes, u8::from(by_delta)]);
    put(&mut out.directory, least);
    if by_delta {
        write_planes(deltas(&numbers, least), planes, &mut out.numbers);
    } else {
        write_planes(numbers.iter().map(|n| n - least), planes, &mut out.numbers);
    }
    true
}

/// The difference of each number to the one before, the first to `least`; signs folded in.
fn deltas(numbers: &[u64], least: u64) -> impl Iterator<Item = u64> + Clone {
    let before = std::iter::once(least).chain(numbers.iter().copied());
    numbers
        .iter()
        .zip(before)
        .map(|(&n, before)| zigzag(n as i64 - before as i64))
}

fn planes_of(n: u64) -> u8 {
    (64 - n.leading_zeros()).div_ceil(8).max(1) as u8
}

fn write_hex(cells: Cells<'_>, out: &mut Streams) -> bool {
    let length = cells.get(0).len();
    let packs =
        |v: &[u8]| v.len() == length && v.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if length < 16 || !cells.iter().all(packs) {
        return false;
    }
    out.directory.push(HEX);
    put(&mut out.directory, length as u64);
    let nibble = |b: u8| if b <= b'9' { b - b'0' } else { b - b'a' + 10 };
    for v in cells.iter() {
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
        .filter(|(_, b)| SEPARATES[usize::from(*b)])
}

static SEPARATES: [bool; 256] = {
    let mut table = [false; 256];
    let mut b = 0;
    while b < 0x80 {
        table[b] = !(b as u8).is_ascii_alphanumeric();
        b += 1;
    }
    table
};

/// The separators that every value has, and the fields between them, if all have the same.
fn split(cells: Cells<'_>) -> Option<(Vec<u8>, Vec<Vec<Span>>)> {
    let skeleton: Vec<u8> = separators(cells.get(0)).map(|(_, b)| b).collect();
    if skeleton.is_empty() || skeleton.len() >= FIELDS {
        return None;
    }
    let room = || Vec::with_capacity(cells.len());
    let mut fields: Vec<Vec<Span>> = (0..=skeleton.len()).map(|_| room()).collect();
    for &span in cells.spans {
        let (mut start, mut field) = (span.start, 0);
        for (at, separator) in separators(cells.of(span)) {
            if skeleton.get(field) != Some(&separator) {
                return None;
            }
            let end = span.start + at as u32;
            fields[field].push(Span { start, end });
            (start, field) = (end + 1, field + 1);
        }
        if field != skeleton.len() {
            return None;
        }
        fields[field].push(Span {
            start,
            end: span.end,
        });
    }
    Some((skeleton, fields))
}

fn write_text(cells: Cells<'_>, out: &mut Streams) {
    let length: usize = cells.iter().map(<[u8]>::len).sum();
    if cells.iter().all(|v| memchr::memchr(b'\n', v).is_none()) {
        out.directory.push(LINES);
        put(&mut out.directory, (length + cells.len()) as u64);
        for v in cells.iter() {
            out.texts.extend_from_slice(v);
            out.texts.push(b'\n');
        }
    } else {
        out.directory.push(BYTES);
        put(&mut out.directory, length as u64);
        for v in cells.iter() {
            put(&mut out.directory, v.len() as u64);
            out.texts.extend_from_slice(v);
        }
    }
}
