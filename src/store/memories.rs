//! Memory: what was promoted, by tenant.

use super::Store;
use super::schema::{INCIDENTS, PINNED, from_json, to_json};
use crate::error::Result;
use crate::halves::in_halves;
use crate::memory::{Incident, MemoryOutline, PinnedRecord};
use redb::AccessGuard;
use serde::Deserialize;

/// Memories as they are kept.
pub struct MemoryRows(Vec<AccessGuard<'static, &'static [u8]>>);

impl MemoryRows {
    /// The memories, without their records.
    pub fn read(&self) -> Result<Vec<Incident>> {
        self.as_they_are()
    }

    /// The memories in outline, which stay where they are.
    pub fn outlines(&self) -> Result<Vec<MemoryOutline<'_>>> {
        self.as_they_are()
    }

    fn as_they_are<'a, T: Deserialize<'a> + Send>(&'a self) -> Result<Vec<T>> {
        let all = in_halves(&self.0, |rows| {
            let read = rows.iter().map(|row| from_json(row.value(), "memory"));
            read.collect::<Vec<Result<T>>>()
        });
        all.into_iter().collect()
    }
}

impl Store {
    /// Keeps memories, all or none; one of the same id is replaced, with its records.
    pub fn remember(&self, incidents: &[Incident]) -> Result<()> {
        let txn = self.write()?;
        {
            let mut rows = self.get(txn.open_table(INCIDENTS))?;
            let mut records = self.get(txn.open_table(PINNED))?;
            for incident in incidents {
                let key = (
                    incident.tenant_id.as_str(),
                    incident.incident_memory_id.as_str(),
                );
                let mut row = incident.clone();
                let pinned = to_json(&std::mem::take(&mut row.pinned), "record")?;
                self.get(rows.insert(key, to_json(&row, "memory")?.as_slice()))?;
                self.get(records.insert(key, pinned.as_slice()))?;
            }
        }
        self.get(txn.commit())
    }

    /// All memories of a tenant, by id, without their records; also those that others took in.
    pub fn incidents(&self, tenant: &str) -> Result<Vec<Incident>> {
        self.memory_rows(tenant, "")?.read()
    }

    /// The rows of the memories of a tenant whose id begins with `id`, by id.
    pub fn memory_rows(&self, tenant: &str, id: &str) -> Result<MemoryRows> {
        let txn = self.read()?;
        let mut rows = Vec::new();
        let Some(table) = self.table(&txn, INCIDENTS)? else {
            return Ok(MemoryRows(rows));
        };
        for entry in self.get(table.range((tenant, id)..))? {
            let (key, value) = self.get(entry)?;
            if key.value().0 != tenant || !key.value().1.starts_with(id) {
                break;
            }
            rows.push(value);
        }
        Ok(MemoryRows(rows))
    }

    /// How many there are.
    pub fn count_incidents(&self, tenant: &str) -> Result<u64> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, INCIDENTS)? else {
            return Ok(0);
        };
        let mut count = 0;
        for entry in self.get(table.range((tenant, "")..))? {
            if self.get(entry)?.0.value().0 != tenant {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    /// The memory with its records.
    pub fn with_records(&self, incident: &Incident) -> Result<Incident> {
        let mut whole = incident.clone();
        let txn = self.read()?;
        if let Some(table) = self.table(&txn, PINNED)? {
            let key = (
                incident.tenant_id.as_str(),
                incident.incident_memory_id.as_str(),
            );
            if let Some(bytes) = self.get(table.get(key))? {
                let kept: Vec<PinnedRecord> = from_json(bytes.value(), "record")?;
                whole.pinned = kept;
            }
        }
        Ok(whole)
    }
}
