//! The digest ledger: what each digest told, so that the next one can say what is new.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A candidate as a digest told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Its id.
    pub candidate_id: String,
    /// Its type then.
    pub candidate_type: String,
    /// The signature it spoke of.
    pub signature_id: String,
    /// Its title then.
    pub title: String,
    /// What it asked for then, by the name of its band.
    pub decision_band: String,
    /// Its score then, in ten-thousandths.
    pub score_points: i64,
    /// Where it was.
    pub hosts: Vec<String>,
    /// When it was last seen.
    pub last_seen: Timestamp,
}

/// One digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The tenant.
    pub tenant_id: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// The end of its window.
    pub as_of: Timestamp,
    /// Records the store had read until then.
    pub lines_read: u64,
    /// What it told, best first; also what did not fit the page.
    pub items: Vec<Told>,
    /// The line that stands for it where there was nothing to tell.
    pub statement: String,
}
