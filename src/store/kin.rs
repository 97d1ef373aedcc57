//! The facts of a few signatures, without reading those of all others.

use super::Store;
use super::assemble::{Learned, add_aliases, assemble};
use super::fingerprints::{Families, FamiliesInPlace, Row};
use super::outlook::Outlook;
use super::schema::{ACTIVITY, FINGERPRINT_NUMBERS};
use crate::error::Result;
use crate::signature::{Fingerprint, id_range};
use crate::time::{HOUR, Timestamp};
use redb::AccessGuard;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// Which fingerprints belong together, as a tenant's last batch learned it.
pub struct Kin {
    tenant: String,
    /// The families as they are kept.
    row: AccessGuard<'static, &'static [u8]>,
    /// Of each fingerprint the eldest of its family, by ascending number.
    eldest: Vec<(u32, u32)>,
    aliases: Vec<(u128, u128)>,
    names: Vec<String>,
}

/// Days on hosts.
pub struct Places(FxHashSet<(u32, i32)>);

impl Kin {
    /// The eldest of the family of a fingerprint.
    fn eldest(&self, number: u32) -> Option<u32> {
        let at = self
            .eldest
            .binary_search_by_key(&number, |(n, _)| *n)
            .ok()?;
        Some(self.eldest[at].1)
    }

    /// The fingerprints of the families that some belong to, with the eldest of their family.
    fn families_of(&self, numbers: &BTreeSet<u32>) -> impl Iterator<Item = (u32, u32)> {
        let eldest: FxHashSet<u32> = numbers.iter().filter_map(|n| self.eldest(*n)).collect();
        let members = self.eldest.iter().copied();
        members.filter(move |(_, own)| eldest.contains(own))
    }

    /// What concerns these fingerprints.
    fn families(&self, numbers: &BTreeSet<u32>) -> Result<Families> {
        let mut families = Families::default();
        if !numbers.is_empty() {
            let all = FamiliesInPlace::from_bytes(self.row.value())?.members;
            let ours = all.into_iter().filter(|(n, ..)| numbers.contains(n));
            families.members = ours
                .map(|(n, own, text)| (n, own, text.to_string()))
                .collect();
        }
        Ok(families)
    }

    /// The days on which signatures were seen on their hosts, and those that are no further than `near` (microseconds) from
    /// when they were.
    pub fn places(&self, learned: &Learned, near: i64) -> Places {
        let numbers: FxHashMap<&str, u32> = (self.names.iter().zip(0u32..))
            .map(|(name, number)| (name.as_str(), number))
            .collect();
        let mut places = FxHashSet::default();
        for at in learned.facts.signatures.iter().flat_map(|s| &s.activity) {
            let host = &learned.facts.hosts[at.host as usize];
            let Some(&host) = numbers.get(host.as_str()) else {
                continue;
            };
            for cell in at.cells.iter() {
                let start = cell.hour.start();
                let around = [start.plus(-near), start.plus(HOUR + near)];
                places.extend(around.map(|t: Timestamp| (host, t.hour().day())));
            }
        }
        Places(places)
    }
}

impl Store {
    /// What it takes to find single signatures of a tenant; `None` when what was learned last does not stand as it was learned,
    /// so that all facts must be asked.
    pub fn kin(&self, tenant: &str) -> Result<Option<Kin>> {
        if !self.overrules(tenant)?.is_empty() {
            return Ok(None);
        }
        let Some(row) = self.families_row(tenant)? else {
            return Ok(None);
        };
        let families = FamiliesInPlace::from_bytes(row.value())?.members;
        Ok(Some(Kin {
            tenant: tenant.to_string(),
            eldest: families.iter().map(|(n, own, _)| (*n, *own)).collect(),
            row,
            aliases: self.dead_aliases(tenant)?,
            names: self.names()?,
        }))
    }

    /// The aliases of fingerprints that have no records left: one that still has some stands for itself.
    fn dead_aliases(&self, tenant: &str) -> Result<Vec<(u128, u128)>> {
        let mut aliases = self.aliases(tenant)?;
        let txn = self.read()?;
        let (Some(numbers), Some(activity)) = (
            self.table(&txn, FINGERPRINT_NUMBERS)?,
            self.table(&txn, ACTIVITY)?,
        ) else {
            return Ok(aliases);
        };
        let mut dead = Vec::with_capacity(aliases.len());
        for (old, new) in aliases.drain(..) {
            let lives = match self.get(numbers.get((tenant, old)))?.map(|n| n.value()) {
                Some(number) => {
                    let all = (number, 0, i32::MIN)..=(number, u32::MAX, i32::MAX);
                    self.get(activity.range(all))?.next().is_some()
                }
                None => false,
            };
            if !lives {
                dead.push((old, new));
            }
        }
        Ok(dead)
    }

    /// The numbers of the fingerprints that ids of signatures, or beginnings of ids, name.
    pub fn named_by<'i>(
        &self,
        kin: &Kin,
        ids: impl Iterator<Item = &'i str>,
    ) -> Result<BTreeSet<u32>> {
        let tenant = kin.tenant.as_str();
        let mut numbers = BTreeSet::new();
        let txn = self.read()?;
        let Some(table) = self.table(&txn, FINGERPRINT_NUMBERS)? else {
            return Ok(numbers);
        };
        let ranges = ids.filter_map(|id| id_range("sig_", id));
        for hashes in ranges.filter_map(|range| Fingerprint::with_numbers(&range)) {
            let all = (tenant, *hashes.start())..=(tenant, *hashes.end());
            for entry in self.get(table.range(all))? {
                numbers.insert(self.get(entry)?.1.value());
            }
            let old = kin.aliases.iter().filter(|(old, _)| hashes.contains(old));
            for (_, new) in old {
                numbers.extend(self.get(table.get((tenant, *new)))?.map(|v| v.value()));
            }
        }
        Ok(numbers)
    }

    /// Those of these fingerprints whose family was seen in one of these places.
    pub fn seen_in(
        &self,
        kin: &Kin,
        numbers: BTreeSet<u32>,
        places: &Places,
    ) -> Result<BTreeSet<u32>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, ACTIVITY)? else {
            return Ok(BTreeSet::new());
        };
        let mut met: FxHashSet<u32> = FxHashSet::default();
        for (number, eldest) in kin.families_of(&numbers) {
            if met.contains(&eldest) {
                continue;
            }
            for entry in
                self.get(table.range((number, 0, i32::MIN)..=(number, u32::MAX, i32::MAX)))?
            {
                let (_, host, day) = self.get(entry)?.0.value();
                if places.0.contains(&(host, day)) {
                    met.insert(eldest);
                    break;
                }
            }
        }
        let is_met = |n: &u32| kin.eldest(*n).is_some_and(|eldest| met.contains(&eldest));
        Ok(numbers.into_iter().filter(is_met).collect())
    }

    /// The facts of the signatures that some fingerprints, by number, belong to: each as [`Store::facts`] tells it. `outlook` says
    /// what all facts together say; it must be that of the tenant today.
    pub fn facts_about(
        &self,
        kin: &Kin,
        numbers: &BTreeSet<u32>,
        outlook: &Outlook,
    ) -> Result<Learned> {
        let as_of = outlook.as_of;
        let members: BTreeSet<u32> = kin.families_of(numbers).map(|(n, _)| n).collect();
        let rows = self.rows_of(members.iter().copied())?;
        let activity = self.activity_of(&rows)?;
        let rows: Vec<(u32, Row)> = (rows.into_iter())
            .map(|(n, row)| (n, row.before(as_of.0)))
            .collect();
        let severities = self.severities_of(&rows, &activity, as_of)?;
        let families = kin.families(&members)?;
        let seen = (activity, severities);
        let mut learned = assemble(&kin.tenant, as_of, &rows, &families, seen, &kin.names);
        learned.facts.first_time = outlook.first_time;
        learned.facts.last_time = outlook.last_time;
        add_aliases(&mut learned, &kin.aliases);
        Ok(learned)
    }
}
