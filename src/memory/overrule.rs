//! Overrules: what a person says about which messages are one signature, against what was learned.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// These signatures are one.
    Merge,
    /// These fingerprints are a signature each, whatever else was learned.
    Split,
    /// The signature is called so.
    Rename,
}

impl Act {
    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Act::Merge => "merge",
            Act::Split => "split",
            Act::Rename => "rename",
        }
    }
}

/// That an overrule was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub author: Option<String>,
}

/// A person's judgement about identity. It is no event: what messages are does not depend on when somebody saw it, so it holds
/// for every time that is asked about, from the moment it is recorded until it is undone. Later ones act on what the earlier
/// ones made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overrule {
    /// `ovr_` and letters.
    pub overrule_id: String,
    /// The tenant; it acts on no other.
    pub tenant_id: String,
    /// What is said.
    pub act: Act,
    /// The signature it was said of.
    pub subject_id: String,
    /// The ids it acts on: the signatures that are one, the fingerprints that are a signature each, or the one renamed.
    pub signature_ids: Vec<String>,
    /// Their templates then, in the same order, so that the list can be read.
    pub templates: Vec<String>,
    /// The name given.
    pub text: Option<String>,
    /// Who.
    pub author: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// Whether it was taken back.
    #[serde(default)]
    pub undone: Option<Undone>,
}
