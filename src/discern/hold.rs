//! Keeps what people put aside from hiding what they did not: a finding that is held back never takes others with it.

use super::{Desk, Finding, Folded, Strength, fold};

/// Folds findings so that what is held back leads only what is held back, and what belongs to it by its own signatures: the
/// recovery of a pair that was put aside is no news. Everything else it would have led is folded anew, without it.
pub fn apart(desk: &Desk, findings: &[Finding], strength: &[Strength]) -> Vec<Folded> {
    let held: Vec<bool> = findings.iter().map(|f| desk.held_back(f)).collect();
    let mut out = Vec::new();
    let mut freed: Vec<usize> = Vec::new();
    for mut group in fold(findings, strength, desk.tuning) {
        if held[group.lead] {
            let stays = |&i: &usize| held[i] || belongs(&findings[group.lead], &findings[i]);
            let (stay, free) = group.members.iter().partition(|i| stays(i));
            (group.members, freed) = (stay, [freed, free].concat());
        }
        out.push(group);
    }
    freed.sort_unstable();
    out.extend(fold_some(desk, findings, strength, &freed));
    out
}

/// Whether a finding speaks of another signature of the one that leads, nowhere else than there.
fn belongs(lead: &Finding, finding: &Finding) -> bool {
    let signature = finding.signatures[0];
    signature != lead.signatures[0]
        && lead.signatures.contains(&signature)
        && finding.hosts.iter().all(|h| lead.hosts.contains(h))
}

fn fold_some(
    desk: &Desk,
    findings: &[Finding],
    strength: &[Strength],
    some: &[usize],
) -> Vec<Folded> {
    let of_some: Vec<Finding> = some.iter().map(|&i| findings[i].clone()).collect();
    let strength: Vec<Strength> = some.iter().map(|&i| strength[i]).collect();
    fold(&of_some, &strength, desk.tuning)
        .into_iter()
        .map(|group| Folded {
            lead: some[group.lead],
            members: group.members.into_iter().map(|i| some[i]).collect(),
        })
        .collect()
}
