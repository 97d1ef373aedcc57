//! What a run did, and who is told how far it is.

use super::message::Unread;
use crate::envelope::Coverage;
use crate::store::Source;
use std::collections::{BTreeMap, BTreeSet};

/// What a run did.
#[derive(Debug, Default)]
pub struct Ingested {
    /// Records stored.
    pub records: u64,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// Fingerprints there were not before, by number.
    pub fresh: BTreeSet<u32>,
    /// What became of the records.
    pub coverage: Coverage,
    /// Records that were left out because they are older than was asked for.
    pub skipped_old: u64,
    /// Records stored for other tenants than the run's, by tenant.
    pub elsewhere: BTreeMap<String, u64>,
    /// Sources that were looked at, by number.
    pub sources: BTreeMap<u32, Source>,
    /// What a person should know, a sentence each.
    pub notes: Vec<String>,
    /// Inputs that could not be read.
    pub unread: Vec<Unread>,
    /// Numbers of the fingerprints of the records stored.
    pub touched: BTreeSet<u32>,
}

impl Ingested {
    /// Counts records that another tenant got.
    pub(super) fn went_to(&mut self, tenant: &str, records: u64) {
        if records > 0 {
            *self.elsewhere.entry(tenant.to_string()).or_default() += records;
        }
    }

    /// Once each: whoever follows a log asks again and again.
    pub(super) fn could_not_read(&mut self, unread: Unread) {
        if !self.unread.contains(&unread) {
            self.unread.push(unread);
        }
    }
}

/// Told how far the run is.
pub trait Progress {
    /// Bytes and records taken in so far.
    fn at(&mut self, bytes: u64, records: u64);
    /// Whether the round should end after what it has.
    fn stop(&self) -> bool;
    /// Whether what was taken in has waited long enough to be committed.
    fn is_due(&mut self) -> bool {
        false
    }
}
