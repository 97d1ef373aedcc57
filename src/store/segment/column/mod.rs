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

mod read;
mod write;

use crate::event::Span;
pub use read::{Cursor, read, skip};
pub use write::write;

/// A value and the bytes it stands in.
#[derive(Clone, Copy, Debug)]
pub struct Slice<'a> {
    /// All bytes.
    pub of: &'a [u8],
    /// Where in them; within their length, and never backwards.
    pub span: Span,
}

impl<'a> Slice<'a> {
    /// A value by itself.
    pub fn whole(value: &'a [u8]) -> Slice<'a> {
        Slice {
            of: value,
            span: Span::new(0, value.len()),
        }
    }
}

/// Most values are no longer than this.
const SHORT: usize = 16;

/// The bytes of `span` in `data` and their number as one word, to be hashed and compared at once; `None` when they are more
/// than fifteen.
pub fn word(data: &[u8], span: Span) -> Option<u128> {
    let (start, len) = (span.start as usize, (span.end - span.start) as usize);
    if len > 15 {
        return None;
    }
    let bytes = match data.get(start..start + SHORT) {
        // What stands behind the value is masked out.
        Some(all) => u128::from_le_bytes(all.try_into().ok()?),
        None => {
            let mut padded = [0u8; SHORT];
            padded[..len].copy_from_slice(data.get(start..start + len)?);
            u128::from_le_bytes(padded)
        }
    };
    Some(bytes & ((1 << (8 * len)) - 1) | (len as u128) << 120)
}

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

    /// Appends a value that stands in other bytes.
    pub fn push_slice(&mut self, value: Slice<'_>) {
        let (start, end) = (value.span.start as usize, value.span.end as usize);
        match value.of.get(start..start + SHORT) {
            // Sixteen bytes are copied as one; what stands behind the value is cut off again.
            Some(all) if end <= start + SHORT => {
                let at = self.data.len();
                self.data
                    .extend_from_slice(all.first_chunk::<SHORT>().unwrap_or(&[0; SHORT]));
                self.data.truncate(at + (end - start));
            }
            _ => self.data.extend_from_slice(value.span.of(value.of)),
        }
        self.ends.push(self.data.len() as u32);
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

    /// Bytes of memory it holds.
    pub fn room(&self) -> usize {
        self.data.capacity() + self.ends.capacity() * size_of::<u32>()
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

    proptest! {
        #[test]
        fn words_tell_values_apart_and_slices_are_what_they_span(
            bytes in prop::collection::vec(prop::sample::select(vec![0u8, 1, b'a', 255]), 0..40),
            a in (0usize..40, 0usize..18),
            b in (0usize..40, 0usize..18),
        ) {
            let span = |(start, len): (usize, usize)| {
                let start = start.min(bytes.len());
                Span::new(start, (start + len).min(bytes.len()))
            };
            let (a, b) = (span(a), span(b));
            let mut values = Values::default();
            values.push_slice(Slice { of: &bytes, span: a });
            values.push_slice(Slice { of: &bytes, span: b });
            prop_assert_eq!(values.get(0), a.of(&bytes));
            prop_assert_eq!(values.get(1), b.of(&bytes));
            if let (Some(x), Some(y)) = (word(&bytes, a), word(&bytes, b)) {
                prop_assert_eq!(x == y, a.of(&bytes) == b.of(&bytes));
            }
        }
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
