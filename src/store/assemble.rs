//! From the rows of the tables to facts: fingerprints by signature, with their activity together.

use super::activity;
use super::fingerprints::{Families, Row};
use super::stretches::{Stretch, Stretches};
use crate::signature::{
    Cell, Cells, Facts, Fingerprint, HostActivity, SeveritySeen, SignatureFacts, SignatureId,
};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The facts, and how the store's numbers relate to them.
pub struct Learned {
    /// What the right side reads.
    pub facts: Facts,
    /// The signature of each fingerprint, by the fingerprint's number.
    pub signature_of: BTreeMap<u32, SignatureId>,
    /// Whether nothing happened at or after the as-of time, so that nothing had to be left out.
    pub is_whole: bool,
}

impl Learned {
    /// The numbers of a signature's fingerprints.
    pub fn fingerprints_of(&self, id: SignatureId) -> BTreeSet<u32> {
        self.signature_of
            .iter()
            .filter(|(_, s)| **s == id)
            .map(|(n, _)| *n)
            .collect()
    }

    /// The index of the signature of a fingerprint, by the fingerprint's number.
    pub fn place(&self, fingerprint: u32) -> Option<usize> {
        let id = self.signature_of.get(&fingerprint)?;
        let signatures = &self.facts.signatures;
        signatures.binary_search_by_key(id, |s| s.id).ok()
    }
}

/// Lets signatures be found by fingerprints whose records read as theirs since.
pub(super) fn add_aliases(learned: &mut Learned, aliases: &[(u128, u128)]) {
    if aliases.is_empty() {
        return;
    }
    let signatures = &mut learned.facts.signatures;
    let members = signatures.iter().enumerate();
    let of: BTreeMap<u128, usize> = members
        .flat_map(|(i, s)| s.members.iter().map(move |m| (m.0, i)))
        .collect();
    for (old, new) in aliases {
        if let (None, Some(&at)) = (of.get(old), of.get(new)) {
            signatures[at].members.push(Fingerprint(*old));
        }
    }
    signatures
        .iter_mut()
        .for_each(|s| s.members.sort_unstable());
}

/// The facts of these fingerprints and what the store's numbers mean, from what was read of them.
pub(super) fn assemble(
    tenant: &str,
    as_of: Timestamp,
    rows: &[(u32, Row)],
    families: &Families,
    (activity, severities): (Stretches, BTreeMap<u32, Vec<SeveritySeen>>),
    names: &[String],
) -> Learned {
    let name = |n: u32| names.get(n as usize).map_or("", String::as_str);
    let mut met = vec![false; names.len()];
    for stretch in activity.all() {
        if let Some(met) = met.get_mut(stretch.host as usize) {
            *met = true;
        }
    }
    let used = (0u32..).zip(&met).filter(|(_, met)| **met).map(|(n, _)| n);
    let mut hosts: Vec<(&str, u32)> = used.map(|n| (name(n), n)).collect();
    hosts.sort_unstable();
    let mut place = vec![0u32; names.len()];
    for (i, (_, n)) in (0u32..).zip(&hosts) {
        place[*n as usize] = i;
    }
    let shared = Shared::new(activity, place);
    let by_number: BTreeMap<u32, &Row> = rows.iter().map(|(n, r)| (*n, r)).collect();
    let mut grouped: BTreeMap<SignatureId, (Vec<u32>, &str)> = BTreeMap::new();
    let mut signature_of = BTreeMap::new();
    for (number, root, template) in &families.members {
        let Some(root) = by_number.get(root) else {
            continue;
        };
        let id = SignatureId(Fingerprint(root.fingerprint));
        grouped
            .entry(id)
            .or_insert_with(|| (Vec::new(), template))
            .0
            .push(*number);
        signature_of.insert(*number, id);
    }
    let signatures: Vec<SignatureFacts> = grouped
        .into_iter()
        .filter_map(|(id, (members, template))| {
            let totals = members.iter().filter_map(|m| shared.total(*m)).collect();
            let merged = (totals, shared.activity(&members));
            let severities = members.iter().filter_map(|m| severities.get(m)).flatten();
            let rows = members.iter().filter_map(|m| by_number.get(m).copied());
            signature(id, template, rows, severities, merged, &name)
        })
        .collect();
    let first_time = signatures
        .iter()
        .map(|s| s.first_seen)
        .min()
        .unwrap_or(as_of);
    let last_time = signatures
        .iter()
        .map(|s| s.last_seen)
        .max()
        .unwrap_or(as_of);
    let hosts = hosts
        .into_iter()
        .map(|(name, _)| name.to_string())
        .collect();
    Learned {
        facts: Facts {
            tenant: tenant.to_string(),
            as_of,
            first_time,
            last_time,
            hosts,
            signatures,
            fits: Vec::new(),
        },
        signature_of,
        is_whole: true,
    }
}

/// The activity of all fingerprints, to be shared by signatures.
struct Shared {
    cells: Arc<Vec<Cell>>,
    stretches: Vec<Stretch>,
    /// For each host's number its place among the hosts by name.
    place: Vec<u32>,
    /// By ascending fingerprint.
    totals: Vec<Total>,
}

/// What all stretches of a fingerprint come to: added up in the order they lie in, since signatures have another.
struct Total {
    fingerprint: u32,
    /// Its stretches.
    at: std::ops::Range<usize>,
    count: u64,
    first: Timestamp,
    last: Timestamp,
}

impl Shared {
    fn new(activity: Stretches, place: Vec<u32>) -> Shared {
        let totals = activity.totals(|fingerprint, at, of| {
            let count = |s: &Stretch| -> u64 {
                let counts = activity.cells(*s).iter().map(|c| u64::from(c.count));
                counts.sum()
            };
            let firsts = of.iter().filter_map(|s| activity.cells(*s).first());
            let lasts = of.iter().filter_map(|s| activity.cells(*s).last());
            Some(Total {
                fingerprint,
                at,
                count: of.iter().map(count).sum(),
                first: firsts.map(Cell::first).min()?,
                last: lasts.map(Cell::last).max()?,
            })
        });
        let (stretches, cells) = activity.into_parts();
        Shared {
            cells: Arc::new(cells),
            stretches,
            place,
            totals,
        }
    }

    fn total(&self, fingerprint: u32) -> Option<&Total> {
        let at = (self.totals).binary_search_by_key(&fingerprint, |t| t.fingerprint);
        self.totals.get(at.ok()?)
    }

    /// The activity of some fingerprints together, by ascending place of the host's name.
    fn activity(&self, members: &[u32]) -> Vec<HostActivity> {
        let mut all: Vec<(u32, Stretch)> = (members.iter())
            .filter_map(|&m| self.total(m))
            .flat_map(|total| &self.stretches[total.at.clone()])
            .filter_map(|s| Some((*self.place.get(s.host as usize)?, *s)))
            .collect();
        all.sort_by_key(|(place, _)| *place);
        let on_host = |same: &[(u32, Stretch)]| HostActivity {
            host: same[0].0,
            cells: match same {
                [(_, one)] => Cells::of(&self.cells, one.range()),
                several => {
                    let mut merged = Vec::new();
                    for (_, stretch) in several {
                        activity::merge(&mut merged, &Cells::of(&self.cells, stretch.range()));
                    }
                    merged.into()
                }
            },
        };
        all.chunk_by(|a, b| a.0 == b.0).map(on_host).collect()
    }
}

fn signature<'n>(
    id: SignatureId,
    template: &str,
    rows: impl Iterator<Item = &'n Row>,
    seen: impl Iterator<Item = &'n SeveritySeen>,
    (totals, activity): (Vec<&Total>, Vec<HostActivity>),
    name: &impl Fn(u32) -> &'n str,
) -> Option<SignatureFacts> {
    let rows: Vec<&Row> = rows.collect();
    let eldest = rows.iter().find(|r| r.fingerprint == id.0.0)?;
    let mut severities: BTreeMap<u8, SeveritySeen> = BTreeMap::new();
    for seen in seen {
        let entry = severities
            .entry(seen.severity.number())
            .or_insert(SeveritySeen { count: 0, ..*seen });
        entry.first_seen = entry.first_seen.min(seen.first_seen);
        entry.count += seen.count;
    }
    let mut fingerprints: Vec<Fingerprint> =
        rows.iter().map(|r| Fingerprint(r.fingerprint)).collect();
    fingerprints.sort_unstable();
    Some(SignatureFacts {
        id,
        service: name(eldest.service).to_string(),
        template: template.to_string(),
        name: None,
        members: fingerprints,
        severities: severities.into_values().collect(),
        first_seen: totals.iter().map(|t| t.first).min()?,
        last_seen: totals.iter().map(|t| t.last).max()?,
        count: totals.iter().map(|t| t.count).sum(),
        activity,
    })
}
