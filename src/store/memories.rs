//! Memory: what was promoted, by tenant.

use super::Store;
use super::schema::{INCIDENTS, from_json, to_json};
use crate::error::Result;
use crate::memory::Incident;

impl Store {
    /// Keeps an incident; one of the same id is replaced.
    pub fn remember(&self, incident: &Incident) -> Result<()> {
        let bytes = to_json(incident, "memory")?;
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
            out.push(from_json(value.value(), "memory")?);
        }
        Ok(out)
    }
}
