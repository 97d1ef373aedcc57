//! What a person made durable: incidents, lessons, hints; the judgements they recorded, and what they overruled.

mod ledger;
mod outline;
mod overrule;
mod review;

pub use ledger::{LedgerEntry, Told};
pub use outline::{MemoryOutline, Text};
pub use overrule::{Act, Overrule, Undone};
pub use review::{Decision, Helped, RecoveryLimit, Review, Tried, WakeLimits};

use crate::time::{HOUR, Timestamp};
use serde::{Deserialize, Serialize};

/// The kinds of memory.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum MemoryType {
    /// Something that happened.
    #[default]
    IncidentMemory,
    /// Something learned.
    Lesson,
    /// What to do when it comes.
    RunbookHint,
    /// Something to keep in sight.
    WatchPattern,
    /// A tenant's weak place.
    TenantRiskMarker,
}

impl MemoryType {
    /// All kinds.
    pub const ALL: [MemoryType; 5] = [
        MemoryType::IncidentMemory,
        MemoryType::Lesson,
        MemoryType::RunbookHint,
        MemoryType::WatchPattern,
        MemoryType::TenantRiskMarker,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            MemoryType::IncidentMemory => "incident_memory",
            MemoryType::Lesson => "lesson",
            MemoryType::RunbookHint => "runbook_hint",
            MemoryType::WatchPattern => "watch_pattern",
            MemoryType::TenantRiskMarker => "tenant_risk_marker",
        }
    }
}

/// A raw record kept with a memory, so that it can be shown when the evidence has gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedRecord {
    /// The event's id at the time.
    pub event_id: String,
    /// When it happened.
    pub timestamp: Timestamp,
    /// Its host.
    pub host: String,
    /// The raw record; bytes that are not UTF-8 as `\xNN`.
    pub raw: String,
}

/// Whether a memory is still being worked on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is.
    #[default]
    Open,
    /// It is over. What it knows is still told; a pattern or a weak place is no longer watched.
    Closed,
}

impl Status {
    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Closed => "closed",
        }
    }
}

/// One change of a memory, kept for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Option<String>,
    /// What was changed: `title`, `summary`, `status`, `merged` …
    pub field: String,
    /// What it was.
    pub before: String,
    /// What it became.
    pub after: String,
}

/// What a tenant's weak place is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Hosts.
    pub hosts: Vec<String>,
    /// Programs.
    pub services: Vec<String>,
}

/// A durable memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// `inc_` and letters.
    pub incident_memory_id: String,
    /// The tenant.
    pub tenant_id: String,
    /// What kind.
    pub memory_type: MemoryType,
    /// A word of the person's own: `vpn_instability`.
    pub incident_type: Option<String>,
    /// One line.
    pub title: String,
    /// What happened, why, what was done.
    pub summary: String,
    /// What to look at next time.
    pub check: Option<String>,
    /// The candidate it was made of.
    pub candidate_id: String,
    /// That candidate's type.
    pub candidate_type: String,
    /// Its signatures.
    pub signature_ids: Vec<String>,
    /// Their templates.
    pub templates: Vec<String>,
    /// The service.
    pub service: String,
    /// The hosts.
    pub hosts: Vec<String>,
    /// Occurrences at the time.
    pub event_count: u64,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen before it was promoted.
    pub last_seen: Timestamp,
    /// The score at the time, in ten-thousandths.
    pub score_points: i64,
    /// When it was promoted.
    pub created_at: Timestamp,
    /// The time of the newest event the person could have seen when it was promoted first: as of an earlier time nobody knew of
    /// it. Memories of before this was kept are known as of any time.
    #[serde(default = "ever")]
    pub judged_at: Timestamp,
    /// Sample records, kept for ever. Lists of memories come without them.
    #[serde(default)]
    pub pinned: Vec<PinnedRecord>,
    /// Who made it.
    #[serde(default)]
    pub author: Option<String>,
    /// The hash of the constants its score was made with.
    #[serde(default)]
    pub configuration: String,
    /// Whether it is still being worked on.
    #[serde(default)]
    pub status: Status,
    /// The weak place, where it is one.
    #[serde(default)]
    pub marks: Marks,
    /// The memory that took it in.
    #[serde(default)]
    pub merged_into: Option<String>,
    /// What was changed since, oldest first.
    #[serde(default)]
    pub history: Vec<Amendment>,
}

/// A time that can be written down, before any that logs have.
fn ever() -> Timestamp {
    Timestamp(0)
}

/// Whether what was said when `judged_at` was the newest event there was can be known as of a time. The facts are cut at a whole
/// hour, so the hour that has begun counts.
pub fn known_as_of(judged_at: Timestamp, as_of: Timestamp) -> bool {
    judged_at <= as_of.plus(HOUR)
}
