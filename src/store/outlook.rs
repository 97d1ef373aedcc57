//! What the last look at a tenant found, in outline: kept while nothing it was found by has changed, so that relating one thing
//! to the rest need not find everything anew. Only a note, as of its time: looking again as of that time says the same.

use super::Store;
use super::schema::{CHANGES, OUTLOOKS, RAISED, decode, encode};
use crate::candidate::Outline;
use crate::error::Result;
use crate::time::Timestamp;
use redb::WriteTransaction;
use serde::{Deserialize, Serialize};

/// What a look at a tenant found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// What it depends on beside the store: the program and its constants.
    pub by: String,
    /// State of the store it was found in: [`Store::changes`].
    pub changes: u64,
    /// As of when.
    pub as_of: Timestamp,
    /// Whether nothing had happened then or later. Otherwise it is good for nothing but counting candidates.
    pub is_whole: bool,
    /// The first and the last occurrence of anything.
    pub first_time: Timestamp,
    /// See `first_time`.
    pub last_time: Timestamp,
    /// The candidates there were.
    pub candidates: Vec<Outline>,
}

#[derive(Serialize, Deserialize)]
enum Stored {
    V1(Outlook),
}

impl Store {
    /// Counts the changes of what a view reads: as long as it is the same, looking again finds the same.
    pub fn changes(&self) -> Result<u64> {
        let bytes = self.meta(CHANGES)?.unwrap_or_default();
        Ok(<[u8; 8]>::try_from(bytes.as_slice()).map_or(0, u64::from_le_bytes))
    }

    /// Keeps what a look at a tenant found, in the place of what an earlier one did; not what can be of no use any more.
    pub fn keep_outlook(&self, tenant: &str, outlook: &Outlook) -> Result<()> {
        if !self.is_of_use(outlook)? {
            return Ok(());
        }
        let txn = self.write_aside()?;
        self.put_outlook(&txn, tenant, outlook)?;
        self.get(txn.commit())
    }

    /// Keeps what a look after an ingest found, and returns how many of its candidates no ingest had found before.
    pub fn keep_first_outlook(&self, tenant: &str, outlook: &Outlook) -> Result<u64> {
        let txn = self.write_aside()?;
        if self.is_of_use(outlook)? {
            self.put_outlook(&txn, tenant, outlook)?;
        }
        let mut fresh = 0;
        {
            let mut raised = self.get(txn.open_table(RAISED))?;
            for candidate in &outlook.candidates {
                let key = (tenant, candidate.candidate_id.as_str());
                fresh += u64::from(self.get(raised.insert(key, ()))?.is_none());
            }
        }
        self.get(txn.commit())?;
        Ok(fresh)
    }

    fn put_outlook(&self, txn: &WriteTransaction, tenant: &str, outlook: &Outlook) -> Result<()> {
        let bytes = encode(&Stored::V1(outlook.clone()))?;
        let mut table = self.get(txn.open_table(OUTLOOKS))?;
        self.get(table.insert(tenant, bytes.as_slice()))?;
        Ok(())
    }

    fn is_of_use(&self, outlook: &Outlook) -> Result<bool> {
        Ok(outlook.is_whole && outlook.changes == self.changes()?)
    }

    /// What the last look at a tenant found, if nothing has changed since. A note that this program cannot read is none.
    pub fn outlook(&self, tenant: &str) -> Result<Option<Outlook>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, OUTLOOKS)? else {
            return Ok(None);
        };
        let Some(bytes) = self.get(table.get(tenant))? else {
            return Ok(None);
        };
        let Ok(Stored::V1(outlook)) = decode(bytes.value(), "outlook") else {
            return Ok(None);
        };
        Ok(self.is_of_use(&outlook)?.then_some(outlook))
    }
}
