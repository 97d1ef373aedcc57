//! What became of findings since the last digest.

use crate::candidate::{Candidate, CandidateType, DecisionBand};
use crate::memory::{LedgerEntry, Told};
use crate::report::Change;
use crate::signature::derived_id;

/// A candidate is worse, or better, when its score moved by this much (ten-thousandths): a twentieth is more than what a day's
/// fading takes from most, and less than what a person would call the same.
const NOTABLE: i64 = 500;

/// A candidate as the ledger keeps it.
pub fn told(c: &Candidate) -> Told {
    Told {
        candidate_id: c.candidate_id.clone(),
        candidate_type: c.candidate_type.name().to_string(),
        signature_id: c
            .signatures
            .first()
            .map(ToString::to_string)
            .unwrap_or_default(),
        title: c.title.clone(),
        decision_band: c.decision_band.name().to_string(),
        score_points: c.score_points,
        hosts: c.hosts.clone(),
        last_seen: c.last_seen,
    }
}

/// Whether a digest told of this candidate: as itself, as one of those that are folded into it now, or of its signature under
/// another type, since what recurred may burst today and is no news for that. Elsewhere it is news, and silences
/// are of one place each.
fn is_of(t: &Told, c: &Candidate) -> bool {
    let silent = CandidateType::Silence;
    let lead = c.signatures.first().map(ToString::to_string);
    t.candidate_id == c.candidate_id
        || c.members.iter().any(|m| m.candidate_id == t.candidate_id)
        || (lead.as_deref() == Some(t.signature_id.as_str())
            && t.hosts.iter().all(|h| c.hosts.contains(h))
            && c.candidate_type != silent
            && t.candidate_type != silent.name())
}

/// What became of a candidate since a digest: its band decides, then its hosts, then its score.
pub fn change_since(previous: Option<&LedgerEntry>, c: &Candidate) -> Change {
    let before = previous.map(|p| p.items.as_slice()).unwrap_or_default();
    let exact = before.iter().find(|t| t.candidate_id == c.candidate_id);
    let Some(before) = exact.or_else(|| before.iter().find(|t| is_of(t, c))) else {
        return Change::New;
    };
    let band = DecisionBand::ALL
        .into_iter()
        .find(|b| b.name() == before.decision_band);
    let (hosts, moved) = (c.hosts.len(), c.score_points - before.score_points);
    if Some(c.decision_band) > band || hosts > before.hosts.len() || moved >= NOTABLE {
        Change::Worse
    } else if Some(c.decision_band) < band || moved <= -NOTABLE {
        Change::Better
    } else {
        Change::Same
    }
}

/// What a digest told of that is told no longer, and not because somebody put it aside.
pub fn gone_since<'p>(
    previous: Option<&'p LedgerEntry>,
    told_now: &[&Candidate],
    all: &[Candidate],
) -> Vec<&'p Told> {
    let before = previous.map(|p| p.items.as_slice()).unwrap_or_default();
    let still = |t: &Told| told_now.iter().any(|c| is_of(t, c));
    let aside = |t: &Told| all.iter().any(|c| c.held_back && is_of(t, c));
    before.iter().filter(|t| !still(t) && !aside(t)).collect()
}

/// What stands between a statement and its seal.
const SEAL: &str = "; seal ";

/// A statement with the seal of a store: only who holds the store can make it, and only for these words.
pub fn sealed(statement: &str, creation_id: &str) -> String {
    let seal = derived_id("seal_", &[creation_id, statement]);
    format!("{statement}{SEAL}{seal}")
}

/// Whether a sealed statement was made by this store and is as it was.
pub fn is_sealed(line: &str, creation_id: &str) -> bool {
    let line = line.trim();
    line.rsplit_once(SEAL)
        .is_some_and(|(statement, _)| sealed(statement, creation_id) == line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_holds_for_its_words_and_its_store_only() {
        let line = sealed("ran at noon, 0 items", "store_a");
        assert!(is_sealed(&line, "store_a"));
        assert!(!is_sealed(&line, "store_b"));
        assert!(!is_sealed(&line.replace("0 items", "1 items"), "store_a"));
        assert!(!is_sealed("ran at noon, 0 items", "store_a"));
    }
}
