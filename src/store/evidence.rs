//! Evidence: segments in the store, in pieces that fill pages.

use super::Store;
use super::header::{SegmentRow, ShapeRow, has_member, members_to_bytes};
use super::schema::{MEMBERS, META, NEXT_ORDINAL, PIECES, SEGMENTS, decode, encode};
use super::segment::{Place, Reader};
use crate::error::{Error, Kind, Result};
use redb::{ReadableTable, WriteTransaction};

/// Adds a segment of new records after all others.
pub(super) fn add(
    store: &Store,
    txn: &WriteTransaction,
    mut row: SegmentRow,
    shapes: &[ShapeRow],
    body: &[u8],
) -> Result<()> {
    let mut meta = store.get(txn.open_table(META))?;
    // Counted apart from the segments: the numbers of records that were pruned are not given again.
    let next: u64 = match store.get(meta.get(NEXT_ORDINAL))? {
        Some(bytes) => decode(bytes.value(), "count of records")?,
        None => 0,
    };
    let after = encode(&(next + u64::from(row.rows)))?;
    store.get(meta.insert(NEXT_ORDINAL, after.as_slice()))?;
    row.ordinals = vec![(0, next)];
    let number = {
        let segments = store.get(txn.open_table(SEGMENTS))?;
        store
            .get(segments.last())?
            .map_or(0, |(number, _)| number.value() + 1)
    };
    put(store, txn, number, row, shapes, body)
}

/// Writes a segment under a number that is free.
pub(super) fn put(
    store: &Store,
    txn: &WriteTransaction,
    number: u64,
    mut row: SegmentRow,
    shapes: &[ShapeRow],
    body: &[u8],
) -> Result<()> {
    let mut stored = zstd::bulk::compress(&encode(&shapes.to_vec())?, 3)
        .map_err(|e| Error::io("cannot compress a segment", &e))?;
    row.shape_bytes = stored.len() as u32;
    stored.extend_from_slice(body);
    row.stored_bytes = stored.len() as u32;
    let mut segments = store.get(txn.open_table(SEGMENTS))?;
    store.get(segments.insert(number, row.to_bytes()?.as_slice()))?;
    let mut members = store.get(txn.open_table(MEMBERS))?;
    let held = members_to_bytes(shapes.iter().map(|s| s.fingerprint));
    store.get(members.insert(number, held.as_slice()))?;
    let mut pieces = store.get(txn.open_table(PIECES))?;
    for (piece, bytes) in cut(&stored).enumerate() {
        store.get(pieces.insert((number, piece as u32), bytes))?;
    }
    Ok(())
}

/// Takes a segment out.
pub(super) fn remove(store: &Store, txn: &WriteTransaction, number: u64) -> Result<()> {
    let mut segments = store.get(txn.open_table(SEGMENTS))?;
    store.get(segments.remove(number))?;
    let mut members = store.get(txn.open_table(MEMBERS))?;
    store.get(members.remove(number))?;
    let mut pieces = store.get(txn.open_table(PIECES))?;
    store.get(pieces.retain_in((number, 0)..=(number, u32::MAX), |_, _| false))
}

/// Whether a segment holds records of fingerprints that are wanted.
pub(super) fn holds_any(
    store: &Store,
    members: &impl ReadableTable<u64, &'static [u8]>,
    number: u64,
    is_wanted: impl Fn(&u32) -> bool,
) -> Result<bool> {
    let bytes = store.get(members.get(number))?;
    let held = bytes.and_then(|bytes| has_member(bytes.value(), is_wanted));
    held.ok_or_else(|| damaged(number))
}

fn damaged(number: u64) -> Error {
    Error::new(
        Kind::Data,
        format!("segment {number} of the store is damaged"),
    )
    .hint("restore the store from a backup, or ingest again into a new one")
}

/// Reads a segment's shapes and opens its body.
pub(super) fn open(
    store: &Store,
    pieces: &impl ReadableTable<(u64, u32), &'static [u8]>,
    number: u64,
    row: &SegmentRow,
) -> Result<(Vec<ShapeRow>, Reader)> {
    let mut bytes = Vec::with_capacity(row.stored_bytes as usize);
    for piece in store.get(pieces.range((number, 0)..=(number, u32::MAX)))? {
        let (_, value) = store.get(piece)?;
        bytes.extend_from_slice(value.value());
    }
    let (shapes, body) = bytes
        .split_at_checked(row.shape_bytes as usize)
        .ok_or_else(|| damaged(number))?;
    let shapes = zstd::stream::decode_all(shapes).map_err(|_| damaged(number))?;
    let shapes: Vec<ShapeRow> = decode(&shapes, "segment")?;
    let places = shapes
        .iter()
        .map(|s| Place {
            shape: s.shape,
            frame_group: s.frame_group,
            message_group: s.message_group,
        })
        .collect();
    Ok((shapes, Reader::open(places, row.rows, body)?))
}

/// What redb keeps beside a value in the page that holds it alone: its header, our key, and the length.
const PAGE_OVERHEAD: usize = 32;
/// The largest piece: a value of a mebibyte less the overhead.
const LARGEST_PIECE: usize = (1 << 20) - PAGE_OVERHEAD;
/// Smaller rests go into one piece: redb packs small values into a page.
const SMALLEST_PIECE: usize = 4096 - PAGE_OVERHEAD;

/// Cuts a value into pieces that fill the pages redb gives them. A value occupies a power of two of bytes, so a value of any
/// size would waste a third of its space on average; powers of two that add up to it waste almost nothing.
fn cut(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let mut size = LARGEST_PIECE;
        while size > bytes.len() && size > SMALLEST_PIECE {
            size = (size + PAGE_OVERHEAD) / 2 - PAGE_OVERHEAD;
        }
        let (piece, rest) = bytes.split_at(size.min(bytes.len()));
        bytes = rest;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fill_their_pages_and_add_up() {
        for size in [0, 1, 4063, 4064, 4065, 65_536, 300_000, 5_000_000] {
            let bytes = vec![7u8; size];
            let pieces: Vec<&[u8]> = cut(&bytes).collect();
            assert_eq!(pieces.iter().map(|p| p.len()).sum::<usize>(), size);
            let pages: usize = pieces
                .iter()
                .map(|p| (p.len() + PAGE_OVERHEAD).next_power_of_two().max(4096))
                .sum();
            assert!(
                pages <= size + size / 50 + 8192,
                "{size} bytes take {pages}"
            );
        }
    }
}
