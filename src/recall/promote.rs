//! Promotion: from a finding to a memory that outlives it; and how memories change without losing what they were.

use super::arrivals;
use crate::candidate::Candidate;
use crate::memory::{Amendment, Incident, Marks, MemoryType, PinnedRecord, Status};
use crate::signature::{Facts, derived_id};
use crate::time::Timestamp;

/// What a person says when promoting.
#[derive(Clone, Debug, Default)]
pub struct Promotion {
    /// One line; the finding's title when empty.
    pub title: Option<String>,
    /// What happened and what was done; the finding's explanation when empty.
    pub summary: Option<String>,
    /// The kind of memory.
    pub memory_type: MemoryType,
    /// A word of the person's own.
    pub incident_type: Option<String>,
    /// What to look at next time.
    pub check: Option<String>,
    /// Who says so.
    pub author: Option<String>,
    /// The weak place; the hosts of the finding when empty.
    pub marks: Marks,
    /// The hash of the constants in force.
    pub configuration: String,
}

/// When somebody promotes.
#[derive(Clone, Copy, Debug)]
pub struct Occasion {
    /// By the clock.
    pub now: Timestamp,
    /// The newest event that was to be seen.
    pub newest: Timestamp,
}

/// The memory a candidate becomes. Its id comes from tenant, candidate and kind, so that promoting twice is one memory.
pub fn incident_of(
    candidate: &Candidate,
    said: Promotion,
    pinned: Vec<PinnedRecord>,
    when: Occasion,
) -> Incident {
    let mut marks = said.marks;
    if said.memory_type == MemoryType::TenantRiskMarker && marks == Marks::default() {
        marks.hosts = candidate
            .hosts
            .iter()
            .filter(|h| !h.is_empty())
            .cloned()
            .collect();
        if marks.hosts.is_empty() {
            marks.services = vec![candidate.service.clone()];
        }
    }
    Incident {
        incident_memory_id: id_of(
            &candidate.tenant_id,
            &candidate.candidate_id,
            said.memory_type,
        ),
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
        created_at: when.now,
        judged_at: when.newest,
        pinned,
        author: said.author,
        configuration: said.configuration,
        status: Status::Open,
        marks,
        merged_into: None,
        history: Vec::new(),
    }
}

/// The memory a signature becomes that no candidate speaks of.
pub fn incident_of_signature(
    facts: &Facts,
    index: usize,
    said: Promotion,
    pinned: Vec<PinnedRecord>,
    when: Occasion,
) -> Incident {
    let s = &facts.signatures[index];
    let id = s.id.to_string();
    let hosts = arrivals(facts, index);
    let mut marks = said.marks;
    if said.memory_type == MemoryType::TenantRiskMarker && marks == Marks::default() {
        marks.hosts = hosts.clone();
    }
    let summary = || format!("{} said \"{}\" {} times.", s.service, s.title(), s.count);
    Incident {
        incident_memory_id: id_of(&facts.tenant, &id, said.memory_type),
        tenant_id: facts.tenant.clone(),
        memory_type: said.memory_type,
        incident_type: said.incident_type,
        title: said.title.unwrap_or_else(|| s.title().to_string()),
        summary: said.summary.unwrap_or_else(summary),
        check: said.check,
        candidate_id: String::new(),
        candidate_type: String::new(),
        signature_ids: vec![id],
        templates: vec![s.template.clone()],
        service: s.service.clone(),
        hosts,
        event_count: s.count,
        first_seen: s.first_seen,
        last_seen: s.last_seen,
        score_points: 0,
        created_at: when.now,
        judged_at: when.newest,
        pinned,
        author: said.author,
        configuration: said.configuration,
        status: Status::Open,
        marks,
        merged_into: None,
        history: Vec::new(),
    }
}

fn id_of(tenant: &str, subject: &str, kind: MemoryType) -> String {
    derived_id("inc_", &[tenant, subject, kind.name()])
}

/// Who changes a memory, and when.
#[derive(Clone, Copy, Debug)]
pub struct Hand<'a> {
    /// Who.
    pub author: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

impl Hand<'_> {
    /// Changes one field and writes down what it was; nothing where it is so already.
    pub fn amend(self, incident: &mut Incident, field: &str, before: &str, after: &str) {
        if before != after {
            incident.history.push(Amendment {
                at: self.at,
                author: self.author.map(str::to_string),
                field: field.to_string(),
                before: before.to_string(),
                after: after.to_string(),
            });
        }
    }

    /// Changes what is said; what is not given stays.
    pub fn edit(self, incident: &mut Incident, said: &Promotion) {
        if let Some(title) = &said.title {
            self.amend(incident, "title", &incident.title.clone(), title);
            incident.title.clone_from(title);
        }
        if let Some(summary) = &said.summary {
            self.amend(incident, "summary", &incident.summary.clone(), summary);
            incident.summary.clone_from(summary);
        }
        if let Some(check) = &said.check {
            let before = incident.check.clone().unwrap_or_default();
            self.amend(incident, "check", &before, check);
            incident.check = Some(check.clone());
        }
        if let Some(word) = &said.incident_type {
            let before = incident.incident_type.clone().unwrap_or_default();
            self.amend(incident, "incident_type", &before, word);
            incident.incident_type = Some(word.clone());
        }
    }

    /// Opens or closes it.
    pub fn set_status(self, incident: &mut Incident, status: Status) {
        self.amend(incident, "status", incident.status.name(), status.name());
        incident.status = status;
    }

    /// Takes `other` into `incident`, which then knows what both knew; the other stays as a pointer to it.
    pub fn merge(self, incident: &mut Incident, other: &mut Incident) {
        self.amend(incident, "merged", "", &other.incident_memory_id.clone());
        let into = incident.incident_memory_id.clone();
        self.amend(other, "merged_into", "", &into);
        other.merged_into = Some(into);
        unite(&mut incident.signature_ids, &other.signature_ids);
        unite(&mut incident.templates, &other.templates);
        unite(&mut incident.hosts, &other.hosts);
        unite(&mut incident.marks.hosts, &other.marks.hosts);
        unite(&mut incident.marks.services, &other.marks.services);
        for record in &other.pinned {
            if !incident.pinned.contains(record) {
                incident.pinned.push(record.clone());
            }
        }
        incident.event_count = incident.event_count.saturating_add(other.event_count);
        incident.first_seen = incident.first_seen.min(other.first_seen);
        incident.last_seen = incident.last_seen.max(other.last_seen);
        incident.check = incident.check.take().or_else(|| other.check.clone());
    }

    /// Promoting again what is in memory: new numbers and records, the old words unless new ones are given, and its history.
    pub fn promote_again(self, before: &Incident, fresh: Incident, said: &Promotion) -> Incident {
        let mut again = Incident {
            title: before.title.clone(),
            summary: before.summary.clone(),
            check: before.check.clone(),
            incident_type: before.incident_type.clone(),
            created_at: before.created_at,
            judged_at: before.judged_at,
            author: before.author.clone(),
            status: before.status,
            history: before.history.clone(),
            first_seen: before.first_seen.min(fresh.first_seen),
            ..fresh
        };
        let text = |i: &Incident| format!("{} times, last {}", i.event_count, i.last_seen);
        let (was, is) = (text(before), text(&again));
        self.amend(&mut again, "evidence", &was, &is);
        self.edit(&mut again, said);
        self.set_status(&mut again, Status::Open);
        again
    }
}

fn unite(into: &mut Vec<String>, more: &[String]) {
    for one in more {
        if !into.contains(one) {
            into.push(one.clone());
        }
    }
}

/// What importing a memory makes of one that is there already: the one that was changed last, with the changes of both; `None` when
/// it is there as it is.
pub fn imported(known: Option<&Incident>, arriving: Incident) -> Option<Incident> {
    let Some(known) = known else {
        return Some(arriving);
    };
    let touched = |i: &Incident| i.history.last().map_or(i.created_at, |a| a.at);
    let mut history = known.history.clone();
    history.extend(
        arriving
            .history
            .iter()
            .filter(|a| !known.history.contains(a))
            .cloned(),
    );
    history.sort_by_key(|a| a.at);
    let newer = match touched(&arriving) > touched(known) {
        true => arriving,
        false => known.clone(),
    };
    let merged = Incident { history, ..newer };
    (merged != *known).then_some(merged)
}
