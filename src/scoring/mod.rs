//! Scoring: from a finding to a score a person can recompute, a decision, and the words that explain both.

mod decide;
mod words;

pub use decide::{Decision, decide};
pub use words::{advice, brief, readable, title};

use crate::candidate::{CandidateType, Component, Contribution, Finding, Measure};
use crate::time::{DAY, Timestamp};
use crate::tuning::Tuning;

/// A score and the rows that add up to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The sum of the rows' points, in ten-thousandths.
    pub points: i64,
    /// One row per component measured, in the order of [`Component::ALL`].
    pub rows: Vec<Contribution>,
    /// What age took: 1 for what was seen just now.
    pub freshness: f64,
}

/// Scores a finding as of a time. `memory` is what people recorded about its signatures, -1 (noise) to 1 (an incident).
///
/// Every row is value × weight, rounded to ten-thousandths; the score is the sum of the rounded rows. Values fade with
/// the age of the last event: half of them is left after `score.half_life`. A silence goes on, and does not fade.
/// An important source makes a finding as much stronger as there is one.
pub fn score(
    finding: &Finding,
    service: &str,
    memory: f64,
    as_of: Timestamp,
    tuning: &Tuning,
) -> Score {
    let age = match finding.candidate_type {
        CandidateType::Silence => 0.0,
        _ => as_of.since(finding.last_seen).max(0) as f64 / DAY as f64,
    };
    let freshness = 0.5f64.powf(age / tuning.score_half_life.max(0.01));
    let mut measures: Vec<Measure> = finding.measures.clone();
    let carried = component_of(finding.candidate_type);
    let main = (measures.iter())
        .filter(|m| m.component == carried)
        .map(|m| m.value)
        .fold(0.0, f64::max);
    let source = source_criticality(service);
    measures.push(Measure {
        component: Component::SourceCriticality,
        raw: source,
        baseline: 0.0,
        value: source * main,
    });
    measures.push(Measure {
        component: Component::MemoryWeight,
        raw: memory,
        baseline: 0.0,
        value: memory.clamp(-1.0, 1.0),
    });
    let mut rows: Vec<Contribution> = Vec::new();
    for component in Component::ALL {
        for m in measures
            .iter()
            .filter(|m| m.component == component && m.value != 0.0)
        {
            let value = (m.value * freshness * 10_000.0).round() / 10_000.0;
            let weight = weight_of(component, tuning);
            rows.push(Contribution {
                component,
                raw: m.raw,
                baseline: m.baseline,
                value,
                weight,
                points: (value * weight * 10_000.0).round() as i64,
            });
        }
    }
    Score {
        points: rows.iter().map(|r| r.points).sum(),
        rows,
        freshness,
    }
}

/// The weight of a component.
pub fn weight_of(component: Component, tuning: &Tuning) -> f64 {
    match component {
        Component::Recurrence => tuning.weight_recurrence,
        Component::Recovery => tuning.weight_recovery,
        Component::Spread => tuning.weight_spread,
        Component::Burst => tuning.weight_burst,
        Component::Novelty => tuning.weight_novelty,
        Component::TemporalCorrelation => tuning.weight_temporal,
        Component::HumanImpact => tuning.weight_impact,
        Component::Precursor => tuning.weight_precursor,
        Component::MemoryWeight => tuning.weight_memory,
        Component::SourceCriticality => tuning.weight_source,
    }
}

/// The component that carries findings of a type.
pub fn component_of(candidate_type: CandidateType) -> Component {
    match candidate_type {
        CandidateType::Recurrence => Component::Recurrence,
        CandidateType::Burst => Component::Burst,
        CandidateType::Spread => Component::Spread,
        CandidateType::SelfHeal => Component::Recovery,
        CandidateType::Precursor => Component::Precursor,
        CandidateType::Anomaly => Component::Novelty,
        CandidateType::Silence => Component::TemporalCorrelation,
    }
}

/// Words in the names of programs that others depend on: storage, names, identity, replication, the kernel.
const CRITICAL: &[&str] = &[
    "kernel",
    "raid",
    "mdadm",
    "smart",
    "zfs",
    "ceph",
    "lvm",
    "multipath",
    "scsi",
    "nvme",
    "etcd",
    "consul",
    "dns",
    "named",
    "unbound",
    "resolved",
    "ldap",
    "krb",
    "kdc",
    "sssd",
    "samba",
    "winbind",
    "backup",
    "restic",
    "borg",
    "repl",
    "postgres",
    "mysql",
    "maria",
    "oracle",
    "mongo",
    "redis",
    "kafka",
    "rabbit",
    "vpn",
    "ipsec",
    "charon",
    "wireguard",
    "openvpn",
    "bgp",
    "frr",
    "bird",
    "ospf",
    "vrrp",
    "keepalived",
    "corosync",
    "pacemaker",
    "hypervisor",
    "libvirt",
    "vault",
    "cert",
    "sudo",
    "useradd",
    "audit",
    "ups",
    "nut",
    "ipmi",
    "power",
];

/// 1 for programs that others depend on, by name; 0 else.
fn source_criticality(service: &str) -> f64 {
    let name = service.to_lowercase();
    if CRITICAL.iter().any(|w| name.contains(w)) {
        1.0
    } else {
        0.0
    }
}
