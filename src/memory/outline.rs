//! What relating something to a memory takes, read in place: thousands of memories are compared for every question.

use super::{Incident, MemoryType, ever};
use crate::time::Timestamp;
use serde::Deserialize;
use std::borrow::Cow;

/// A memory in outline; see [`Incident`].
#[derive(Clone, Debug, Deserialize)]
pub struct MemoryOutline<'a> {
    /// Its id.
    #[serde(borrow)]
    pub incident_memory_id: Cow<'a, str>,
    /// What kind.
    pub memory_type: MemoryType,
    /// One line.
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    /// What happened.
    #[serde(borrow)]
    pub summary: Cow<'a, str>,
    /// What to look at next time.
    #[serde(borrow)]
    pub check: Option<Text<'a>>,
    /// The candidate it was made of.
    #[serde(borrow)]
    pub candidate_id: Cow<'a, str>,
    /// Its signatures.
    #[serde(borrow)]
    pub signature_ids: Vec<Text<'a>>,
    /// Their templates.
    #[serde(borrow)]
    pub templates: Vec<Text<'a>>,
    /// The service.
    #[serde(borrow)]
    pub service: Cow<'a, str>,
    /// The hosts.
    #[serde(borrow)]
    pub hosts: Vec<Text<'a>>,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// When people could know of it.
    #[serde(default = "ever")]
    pub judged_at: Timestamp,
    /// The memory that took it in.
    #[serde(default, borrow)]
    pub merged_into: Option<Text<'a>>,
}

/// A text in a list or an option; without a type of its own it would be copied.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'a> From<&'a String> for Text<'a> {
    fn from(text: &'a String) -> Text<'a> {
        Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a Incident> for MemoryOutline<'a> {
    fn from(i: &'a Incident) -> MemoryOutline<'a> {
        let texts = |all: &'a [String]| all.iter().map(Text::from).collect();
        MemoryOutline {
            incident_memory_id: Cow::Borrowed(&i.incident_memory_id),
            memory_type: i.memory_type,
            title: Cow::Borrowed(&i.title),
            summary: Cow::Borrowed(&i.summary),
            check: i.check.as_ref().map(Text::from),
            candidate_id: Cow::Borrowed(&i.candidate_id),
            signature_ids: texts(&i.signature_ids),
            templates: texts(&i.templates),
            service: Cow::Borrowed(&i.service),
            hosts: texts(&i.hosts),
            last_seen: i.last_seen,
            judged_at: i.judged_at,
            merged_into: i.merged_into.as_ref().map(Text::from),
        }
    }
}
