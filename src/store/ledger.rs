//! The digest ledger, by tenant and as-of time.

use super::Store;
use super::schema::{LEDGER, from_json, to_json};
use crate::error::Result;
use crate::memory::LedgerEntry;
use crate::time::Timestamp;
use redb::ReadableTable;

/// So many digests of a tenant are remembered: more than a year of days.
const KEPT: usize = 400;

impl Store {
    /// Remembers a digest; another one as of the same time is replaced.
    pub fn record_digest(&self, entry: &LedgerEntry) -> Result<()> {
        let bytes = to_json(entry, "digest")?;
        let tenant = entry.tenant_id.as_str();
        let txn = self.write_aside()?;
        {
            let mut table = self.get(txn.open_table(LEDGER))?;
            self.get(table.insert((tenant, entry.as_of.0), bytes.as_slice()))?;
            let mut times = Vec::new();
            for row in self.get(table.range((tenant, i64::MIN)..=(tenant, i64::MAX)))? {
                times.push(self.get(row)?.0.value().1);
            }
            let old = times.len().saturating_sub(KEPT);
            for time in &times[..old] {
                self.get(table.remove((tenant, *time)))?;
            }
        }
        self.get(txn.commit())
    }

    /// The last digest of a tenant as of `as_of` or before.
    pub fn last_digest(&self, tenant: &str, as_of: Timestamp) -> Result<Option<LedgerEntry>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, LEDGER)? else {
            return Ok(None);
        };
        let mut range = self.get(table.range((tenant, i64::MIN)..=(tenant, as_of.0)))?;
        match range.next_back() {
            Some(row) => from_json(self.get(row)?.1.value(), "digest").map(Some),
            None => Ok(None),
        }
    }

    /// What tells this store from every other one.
    pub fn creation_id(&self) -> Result<String> {
        let bytes = self.meta("creation_id")?.unwrap_or_default();
        super::schema::decode(&bytes, "creation id")
    }
}
