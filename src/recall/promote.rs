//! Promotion: from a candidate to a memory that outlives it.

use crate::candidate::Candidate;
use crate::memory::{Incident, MemoryType, PinnedRecord};
use crate::signature::derived_id;
use crate::time::Timestamp;

/// What a person says when promoting.
#[derive(Clone, Debug, Default)]
pub struct Promotion {
    /// One line; the candidate's title when empty.
    pub title: Option<String>,
    /// What happened and what was done; the candidate's explanation when empty.
    pub summary: Option<String>,
    /// The kind of memory.
    pub memory_type: MemoryType,
    /// A word of the person's own.
    pub incident_type: Option<String>,
    /// What to look at next time.
    pub check: Option<String>,
}

/// The memory a candidate becomes. Its id comes from tenant, candidate and kind, so that promoting twice is one memory.
pub fn incident_of(
    candidate: &Candidate,
    said: Promotion,
    pinned: Vec<PinnedRecord>,
    now: Timestamp,
) -> Incident {
    let id = derived_id(
        "inc_",
        &[
            &candidate.tenant_id,
            &candidate.candidate_id,
            said.memory_type.name(),
        ],
    );
    Incident {
        incident_memory_id: id,
        tenant_id: candidate.tenant_id.clone(),
        memory_type: said.memory_type,
        incident_type: said.incident_type,
        title: said.title.unwrap_or_else(|| candidate.title.clone()),
        summary: said
            .summary
            .unwrap_or_else(|| candidate.explanation.clone()),
        check: said.check,
        candidate_id: candidate.candidate_id.clone(),
        candidate_type: candidate.candidate_type.name().to_string(),
        signature_ids: candidate
            .signatures
            .iter()
            .map(ToString::to_string)
            .collect(),
        templates: vec![candidate.template.clone()],
        service: candidate.service.clone(),
        hosts: candidate.hosts.clone(),
        event_count: candidate.event_count,
        first_seen: candidate.first_seen,
        last_seen: candidate.last_seen,
        score_points: candidate.score_points,
        created_at: now,
        pinned,
    }
}
