//! Reviews: what a person judged, about which signature, on which hosts; and what would wake what they put to sleep.

use crate::event::Severity;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a person says about a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Worth the time it took.
    Useful,
    /// Nobody wants to see it.
    Noise,
    /// True, but no news.
    Known,
    /// Done with; if it comes again, something failed.
    Resolved,
    /// Not now: until a time, or until it gets worse.
    Snooze,
    /// No judgement, only words or what was tried.
    Note,
    /// Takes back another review.
    Withdraw,
}

impl Decision {
    /// All of them.
    pub const ALL: [Decision; 7] = [
        Decision::Useful,
        Decision::Noise,
        Decision::Known,
        Decision::Resolved,
        Decision::Snooze,
        Decision::Note,
        Decision::Withdraw,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Decision::Useful => "useful",
            Decision::Noise => "noise",
            Decision::Known => "known",
            Decision::Resolved => "resolved",
            Decision::Snooze => "snooze",
            Decision::Note => "note",
            Decision::Withdraw => "withdraw",
        }
    }

    /// Whether it takes the place of an earlier judgement. Notes stand beside all others.
    pub fn is_judgement(self) -> bool {
        !matches!(self, Decision::Note | Decision::Withdraw)
    }
}

/// How long a recovery may take before a snooze ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryLimit {
    /// The signature that says it is well again.
    pub signature_id: String,
    /// Microseconds.
    pub limit: i64,
}

/// What ends a snooze "until it escalates": frozen when it was recorded, so that nothing that comes later moves them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WakeLimits {
    /// Occurrences in one hour, on the hosts of the review; more wake it.
    pub hourly_rate: f64,
    /// Hosts it was known on; any other wakes it.
    pub hosts: Vec<String>,
    /// The gravest severity it was known with; a graver one wakes it.
    pub severity: Option<Severity>,
    /// How long it may take to recover, where it was known to.
    pub recovery: Option<RecoveryLimit>,
}

/// Whether a hint helped, as a person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Helped {
    /// It did.
    Yes,
    /// It did not.
    No,
    /// Too early to say; the facts will.
    Unknown,
}

/// That a memory was followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Which.
    pub incident_memory_id: String,
    /// What came of it, as the person saw it.
    pub helped: Helped,
}

/// A judgement. It acts on its signatures, on its hosts, in its tenant, and on nothing else. Reviews are never changed: a later
/// one takes the place of an earlier one where both speak of the same signature and host, and the earlier one stays readable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// `rev_` and letters.
    pub review_id: String,
    /// The tenant.
    pub tenant_id: String,
    /// `candidate`, `signature`, `event`, `incident` or `review`.
    pub subject_type: String,
    /// Its id.
    pub subject_id: String,
    /// What the subject was called then.
    pub title: String,
    /// The judgement.
    pub decision: Decision,
    /// The signatures it acts on.
    pub signature_ids: Vec<String>,
    /// The hosts it acts on; an empty name stands for records without one.
    pub hosts: Vec<String>,
    /// The person's words.
    pub notes: Option<String>,
    /// Who.
    pub reviewer: Option<String>,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// The time of the newest event the person could have seen: what comes later came after the judgement.
    pub judged_at: Timestamp,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
    /// What else ends it.
    pub wake: Option<WakeLimits>,
    /// What was tried.
    pub tried: Option<Tried>,
}
