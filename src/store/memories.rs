//! Memory: what was promoted, by tenant.

use super::Store;
use super::schema::{INCIDENTS, PINNED, from_json, to_json};
use crate::error::Result;
use crate::halves::in_halves;
use crate::memory::{Incident, PinnedRecord};

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
        let txn = self.read()?;
        let Some(table) = self.table(&txn, INCIDENTS)? else {
            return Ok(Vec::new());
        };
        let mut rows = Vec::new();
        for entry in self.get(table.range((tenant, "")..))? {
            let (key, value) = self.get(entry)?;
            if key.value().0 != tenant {
                break;
            }
            rows.push(value);
        }
        in_halves(&rows, |rows| {
            let read = rows.iter().map(|row| from_json(row.value(), "memory"));
            read.collect::<Vec<Result<Incident>>>()
        })
        .into_iter()
        .collect()
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
