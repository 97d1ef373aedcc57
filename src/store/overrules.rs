//! Overrules: what people said about which messages are one signature, and what it makes of the families that were learned.

use super::Store;
use super::fingerprints::{Families, Row};
use super::schema::{FAMILIES, OVERRULES, decode, from_json, to_json};
use crate::error::Result;
use crate::memory::{Act, Overrule};
use crate::refine::shared_text;
use crate::signature::{Fingerprint, SignatureId, id_range};
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// Keeps an overrule; one of the same id is replaced.
    pub fn record_overrule(&self, overrule: &Overrule) -> Result<()> {
        let bytes = to_json(overrule, "overrule")?;
        let txn = self.write()?;
        {
            let mut table = self.get(txn.open_table(OVERRULES))?;
            let key = (overrule.tenant_id.as_str(), overrule.overrule_id.as_str());
            self.get(table.insert(key, bytes.as_slice()))?;
        }
        self.get(txn.commit())
    }

    /// All overrules of a tenant, oldest first, also those that were undone.
    pub fn overrules(&self, tenant: &str) -> Result<Vec<Overrule>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, OVERRULES)? else {
            return Ok(Vec::new());
        };
        let mut out: Vec<Overrule> = Vec::new();
        for entry in self.get(table.range((tenant, "")..))? {
            let (key, value) = self.get(entry)?;
            if key.value().0 != tenant {
                break;
            }
            out.push(from_json(value.value(), "overrule")?);
        }
        out.sort_by(|a, b| (a.created_at, &a.overrule_id).cmp(&(b.created_at, &b.overrule_id)));
        Ok(out)
    }

    /// Signatures of a tenant as the last batch left them and people overruled them, without reading any activity.
    pub fn signature_count(&self, tenant: &str) -> Result<u64> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, FAMILIES)? else {
            return Ok(0);
        };
        let Some(value) = self.get(table.get(tenant))? else {
            return Ok(0);
        };
        let mut families: Families = decode(value.value(), "list of families")?;
        let overrules = self.overrules(tenant)?;
        if !overrules.is_empty() {
            apply(&overrules, &mut families, &self.fingerprint_rows(tenant)?);
        }
        Ok(families
            .members
            .iter()
            .filter(|(number, eldest, _)| number == eldest)
            .count() as u64)
    }
}

/// Applies the overrules in force, oldest first, to the families of `rows`; returns the names that signatures were given.
///
/// Ids stand for the fingerprints they are made of: whatever family a fingerprint has come into is what is meant. Those that are
/// not among `rows`, as of the time asked about, change nothing.
pub(super) fn apply(
    overrules: &[Overrule],
    families: &mut Families,
    rows: &[(u32, Row)],
) -> BTreeMap<SignatureId, String> {
    let mut over = Overruled::new(families, rows);
    let mut given: Vec<(usize, &str)> = Vec::new();
    for overrule in overrules.iter().filter(|o| o.undone.is_none()) {
        let ids = overrule.signature_ids.iter();
        let places: Vec<usize> = ids.filter_map(|id| over.place(id)).collect();
        match (overrule.act, overrule.text.as_deref()) {
            (Act::Merge, _) => over.merge(&places),
            (Act::Split, _) => over.single_out(&places),
            (Act::Rename, Some(text)) => given.extend(places.first().map(|&at| (at, text))),
            (Act::Rename, None) => {}
        }
    }
    let root = |at: usize| Some(over.rows.get(&over.families.members[at].1)?.fingerprint);
    let named = given.into_iter().filter_map(|(at, text)| {
        let id = SignatureId(Fingerprint(root(at)?));
        Some((id, text.to_string()))
    });
    named.collect()
}

/// Families while they are changed.
struct Overruled<'f> {
    families: &'f mut Families,
    rows: BTreeMap<u32, &'f Row>,
    /// Where in the list of members a fingerprint stands, by the number that its id tells.
    places: BTreeMap<u128, usize>,
}

impl<'f> Overruled<'f> {
    fn new(families: &'f mut Families, rows: &'f [(u32, Row)]) -> Overruled<'f> {
        let rows: BTreeMap<u32, &Row> = rows.iter().map(|(n, row)| (*n, row)).collect();
        let place = |(at, (number, ..)): (usize, &(u32, u32, String))| {
            Some((Fingerprint(rows.get(number)?.fingerprint).number(), at))
        };
        let places = families.members.iter().enumerate().filter_map(place);
        Overruled {
            places: places.collect(),
            families,
            rows,
        }
    }

    fn place(&self, id: &str) -> Option<usize> {
        let range = id_range("sig_", id)?;
        self.places.get(&range.start).copied()
    }

    /// Makes the families of these members one.
    fn merge(&mut self, places: &[usize]) {
        let roots: BTreeSet<u32> = places
            .iter()
            .map(|&at| self.families.members[at].1)
            .collect();
        if roots.len() < 2 {
            return;
        }
        let all: Vec<usize> = (0..self.families.members.len())
            .filter(|&at| roots.contains(&self.families.members[at].1))
            .collect();
        let texts: BTreeSet<&str> = all
            .iter()
            .map(|&at| self.families.members[at].2.as_str())
            .collect();
        let text = shared_text(&texts.into_iter().collect::<Vec<_>>());
        self.make_one(&all, text);
    }

    /// Takes members out of their families; what is left of those stays together.
    fn single_out(&mut self, places: &[usize]) {
        let mut left: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for &at in places {
            left.entry(self.families.members[at].1).or_default();
        }
        let out: BTreeSet<usize> = places.iter().copied().collect();
        for (at, (_, root, _)) in self.families.members.iter().enumerate() {
            if let Some(rest) = left.get_mut(root).filter(|_| !out.contains(&at)) {
                rest.push(at);
            }
        }
        for at in out {
            let number = self.families.members[at].0;
            if let Some(row) = self.rows.get(&number) {
                self.families.members[at] = (number, number, row.normalised.clone());
            }
        }
        for rest in left.values() {
            self.make_one(rest, None);
        }
    }

    /// Makes these members one family: its eldest gives it its id, and its text where there is no other.
    fn make_one(&mut self, all: &[usize], text: Option<String>) {
        let age = |&&at: &&usize| {
            let row = self.rows.get(&self.families.members[at].0);
            row.map_or((i64::MAX, u128::MAX), |r| (r.first_dated, r.fingerprint))
        };
        let Some(&eldest) = all.iter().min_by_key(age) else {
            return;
        };
        let root = self.families.members[eldest].0;
        let text = text.unwrap_or_else(|| self.families.members[eldest].2.clone());
        for &at in all {
            let member = &mut self.families.members[at];
            (member.1, member.2) = (root, text.clone());
        }
    }
}
