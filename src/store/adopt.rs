//! Taking over from another store what people said in it, and what it remembers beside its records. All of it can be done
//! again without effect.

use super::schema::{
    ALIASES, FINGERPRINT_NUMBERS, FINGERPRINTS, INCIDENTS, OVERRULES, PINNED, RAISED, REVIEWS,
    SEEN, SHOWN, decode, encode, from_json,
};
use super::seen::SeenPage;
use super::{Merged, Store};
use crate::error::Result;
use crate::memory::{Incident, Overrule};
use crate::time::Timestamp;
use redb::{Key, ReadTransaction, ReadableTable, TableDefinition, Value, WriteTransaction};
use std::collections::BTreeMap;

/// Adopts all of it.
pub(super) fn adopt(
    store: &Store,
    txn: &WriteTransaction,
    other: &Store,
    merged: &mut Merged,
) -> Result<()> {
    let from = other.read()?;
    let at = Between {
        store,
        txn,
        other,
        from: &from,
    };
    merged.memories = at.rows(INCIDENTS, newer_memory)?;
    // The records of a memory are those of when it was made, so that either store has the same.
    at.rows(PINNED, |_, _| Ok(false))?;
    merged.reviews = at.rows(REVIEWS, |_, _| Ok(false))?;
    merged.overrules = at.rows(OVERRULES, newly_undone)?;
    at.rows(RAISED, |_, _| Ok(false))?;
    at.rows(ALIASES, |_, _| Ok(false))?;
    at.seen()?;
    at.shown()
}

/// Two stores, in the middle of it.
struct Between<'m> {
    store: &'m Store,
    txn: &'m WriteTransaction,
    other: &'m Store,
    from: &'m ReadTransaction,
}

impl Between<'_> {
    /// Copies the rows of a table that are not here, and those that are to replace ours; returns how many.
    fn rows<K: Key + 'static, V: Value + 'static>(
        &self,
        definition: TableDefinition<'static, K, V>,
        replaces: impl Fn(V::SelfType<'_>, V::SelfType<'_>) -> Result<bool>,
    ) -> Result<u64> {
        let Some(theirs) = self.other.table(self.from, definition)? else {
            return Ok(0);
        };
        let mut ours = self.store.get(self.txn.open_table(definition))?;
        let mut copied = 0;
        for entry in self.other.get(theirs.iter())? {
            let (key, value) = self.other.get(entry)?;
            let wanted = match self.store.get(ours.get(key.value()))? {
                Some(here) => replaces(here.value(), value.value())?,
                None => true,
            };
            if wanted {
                self.store.get(ours.insert(key.value(), value.value()))?;
                copied += 1;
            }
        }
        Ok(copied)
    }

    /// What either store has seen of journals, both have.
    fn seen(&self) -> Result<()> {
        let Some(theirs) = self.other.table(self.from, SEEN)? else {
            return Ok(());
        };
        let mut ours = self.store.get(self.txn.open_table(SEEN))?;
        for entry in self.other.get(theirs.iter())? {
            let (key, value) = self.other.get(entry)?;
            let here = self.store.get(ours.get(key.value()))?;
            let here = here.map(|v| SeenPage::from_bytes(v.value())).transpose()?;
            let both = SeenPage::from_bytes(value.value())?.and(&here.unwrap_or_default());
            let bytes = both.to_bytes()?;
            self.store.get(ours.insert(key.value(), bytes.as_slice()))?;
        }
        Ok(())
    }

    /// Ids that stood for a signature there still name it here.
    fn shown(&self) -> Result<()> {
        let (Some(theirs), Some(rows)) = (
            self.other.table(self.from, SHOWN)?,
            self.other.table(self.from, FINGERPRINTS)?,
        ) else {
            return Ok(());
        };
        let numbers = self.store.get(self.txn.open_table(FINGERPRINT_NUMBERS))?;
        let mut ours = self.store.get(self.txn.open_table(SHOWN))?;
        for entry in self.other.get(theirs.iter())? {
            let (tenant, value) = self.other.get(entry)?;
            let tenant = tenant.value();
            let mut all: BTreeMap<u32, i64> = match self.store.get(ours.get(tenant))? {
                Some(bytes) => decode::<Vec<(u32, i64)>>(bytes.value(), "list of ids")?,
                None => Vec::new(),
            }
            .into_iter()
            .collect();
            for (number, at) in decode::<Vec<(u32, i64)>>(value.value(), "list of ids")? {
                let Some(row) = self.other.get(rows.get(number))? else {
                    continue;
                };
                let hash = super::fingerprints::Row::from_bytes(row.value())?.fingerprint;
                if let Some(number) = self.store.get(numbers.get((tenant, hash)))? {
                    let here = all.entry(number.value()).or_insert(at);
                    *here = (*here).max(at);
                }
            }
            let all: Vec<(u32, i64)> = all.into_iter().collect();
            self.store
                .get(ours.insert(tenant, encode(&all)?.as_slice()))?;
        }
        Ok(())
    }
}

/// Of two versions of a memory the one that was changed last counts.
fn newer_memory(ours: &[u8], theirs: &[u8]) -> Result<bool> {
    let changed = |bytes: &[u8]| -> Result<(Timestamp, usize)> {
        let memory: Incident = from_json(bytes, "memory")?;
        let last = memory.history.iter().map(|a| a.at).max();
        Ok((last.unwrap_or(memory.created_at), memory.history.len()))
    };
    Ok(changed(theirs)? > changed(ours)?)
}

/// What was undone in either store is undone.
fn newly_undone(ours: &[u8], theirs: &[u8]) -> Result<bool> {
    let undone = |bytes: &[u8]| -> Result<bool> {
        Ok(from_json::<Overrule>(bytes, "overrule")?.undone.is_some())
    };
    Ok(undone(theirs)? && !undone(ours)?)
}
