//! Memory: what was promoted, by tenant.

use super::Store;
use super::schema::INCIDENTS;
use crate::error::{Error, Kind, Result};
use crate::memory::Incident;

// Memory is stored as JSON: there is little of it, it outlives programs, and a person may have to read it without one.

impl Store {
    /// Keeps an incident; one of the same id is replaced.
    pub fn remember(&self, incident: &Incident) -> Result<()> {
        let bytes = serde_json::to_vec(incident)
            .map_err(|e| Error::new(Kind::Internal, format!("cannot encode an incident: {e}")))?;
        let txn = self.write()?;
        {
            let mut table = self.get(txn.open_table(INCIDENTS))?;
            let key = (
                incident.tenant_id.as_str(),
                incident.incident_memory_id.as_str(),
            );
            self.get(table.insert(key, bytes.as_slice()))?;
        }
        self.get(txn.commit())
    }

    /// All incidents of a tenant, by id.
    pub fn incidents(&self, tenant: &str) -> Result<Vec<Incident>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, INCIDENTS)? else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        for entry in self.get(table.range((tenant, "")..))? {
            let (key, value) = self.get(entry)?;
            if key.value().0 != tenant {
                break;
            }
            out.push(serde_json::from_slice(value.value()).map_err(|e| {
                Error::new(
                    Kind::Data,
                    format!("the store holds an incident this program cannot read: {e}"),
                )
            })?);
        }
        Ok(out)
    }
}
