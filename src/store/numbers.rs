//! Numbers for what is said over and over: hosts, services, logtypes, frames. A number stands for the same thing for ever.

use super::{Store, schema};
use crate::error::Result;
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use xxhash_rust::xxh3::xxh3_128;

/// The number after the last one of a table.
pub(super) fn next_key<V: redb::Value>(
    store: &Store,
    table: &redb::Table<'_, u32, V>,
) -> Result<u32> {
    Ok(store.get(table.last())?.map_or(0, |(k, _)| k.value() + 1))
}

/// The number of a host or service, which is given one if it has none.
pub(super) fn number_name(store: &Store, txn: &WriteTransaction, name: &str) -> Result<u32> {
    let mut numbers = store.get(txn.open_table(schema::NAME_NUMBERS))?;
    if let Some(number) = store.get(numbers.get(name))? {
        return Ok(number.value());
    }
    let mut names = store.get(txn.open_table(schema::NAMES))?;
    let number = next_key(store, &names)?;
    store.get(names.insert(number, name))?;
    store.get(numbers.insert(name, number))?;
    Ok(number)
}

/// The number of a byte string that is found by its hash. Two strings of one hash, which somebody may have made on purpose, get
/// the next free place after it.
pub(super) fn number_bytes(
    store: &Store,
    txn: &WriteTransaction,
    by_number: TableDefinition<'static, u32, &'static [u8]>,
    by_hash: TableDefinition<'static, u128, u32>,
    bytes: &[u8],
) -> Result<u32> {
    let mut values = store.get(txn.open_table(by_number))?;
    let mut numbers = store.get(txn.open_table(by_hash))?;
    let mut hash = xxh3_128(bytes);
    loop {
        let Some(number) = store.get(numbers.get(hash))?.map(|v| v.value()) else {
            break;
        };
        if store
            .get(values.get(number))?
            .is_some_and(|v| v.value() == bytes)
        {
            return Ok(number);
        }
        hash = hash.wrapping_add(1);
    }
    let number = next_key(store, &values)?;
    store.get(values.insert(number, bytes))?;
    store.get(numbers.insert(hash, number))?;
    Ok(number)
}
