//! Fingerprints: what is known of each, and the families they were found to form.

use super::Store;
use super::schema::{FAMILIES, FINGERPRINTS, decode, encode};
use crate::error::Result;
use crate::event::Severity;
use crate::refine::{Known, families};
use crate::signature::{Fingerprint, SeveritySeen};
use crate::time::Timestamp;
use redb::ReadableTable;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the store knows of a fingerprint. Its activity stands in a table of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub tenant: String,
    pub fingerprint: u128,
    /// Number of the service's name.
    pub service: u32,
    /// The normalised logtype.
    pub normalised: String,
    /// Severities its records carried, by number, with first time and count.
    pub severities: Vec<(u8, i64, u64)>,
    /// The first time a record of its own said; the largest number when none did. Records without a time must not decide
    /// which member of a family is the eldest, for theirs depends on when they were read.
    pub first_dated: i64,
    /// The first time it counts under.
    pub first_seen: i64,
}

#[derive(Serialize, Deserialize)]
enum Stored {
    V1(Row),
}

impl Row {
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        encode(&Stored::V1(self.clone()))
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Row> {
        let Stored::V1(row) = decode(bytes, "fingerprint")?;
        Ok(row)
    }

    /// Counts `count` records of a severity, the first of them at `first`.
    pub fn saw_severity(&mut self, severity: Severity, first: Timestamp, count: u64) {
        match self
            .severities
            .iter_mut()
            .find(|(n, _, _)| *n == severity.number())
        {
            Some((_, at, n)) => {
                *at = (*at).min(first.0);
                *n += count;
            }
            None => {
                self.severities.push((severity.number(), first.0, count));
                self.severities.sort_unstable();
            }
        }
    }

    /// Its severities as of a time, gravest first.
    pub fn severities_before(&self, as_of: Timestamp) -> Vec<SeveritySeen> {
        let seen = self
            .severities
            .iter()
            .filter(|(_, first, _)| *first < as_of.0);
        seen.filter_map(|&(n, first, count)| {
            Some(SeveritySeen {
                severity: Severity::from_number(n)?,
                first_seen: Timestamp(first),
                count,
            })
        })
        .collect()
    }
}

/// Which family each fingerprint belongs to, by its number in the store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Families {
    /// (fingerprint number, number of the family's eldest, template), ascending.
    pub members: Vec<(u32, u32, String)>,
}

/// Learns the families of these fingerprints.
pub(super) fn learn(rows: &[(u32, &Row)], service: impl Fn(u32) -> String) -> Families {
    let services: Vec<String> = rows.iter().map(|(_, r)| service(r.service)).collect();
    let known: Vec<Known<'_>> = (rows.iter().zip(&services))
        .map(|((_, row), service)| Known {
            fingerprint: Fingerprint(row.fingerprint),
            service,
            normalised: &row.normalised,
            first_seen: Timestamp(row.first_dated),
        })
        .collect();
    let found = families(&known);
    let members = (rows.iter().zip(found.root).zip(found.template))
        .map(|(((number, _), root), template)| (*number, rows[root as usize].0, template))
        .collect();
    Families { members }
}

impl Store {
    /// All fingerprints of a tenant by number.
    pub(super) fn fingerprint_rows(&self, tenant: &str) -> Result<Vec<(u32, Row)>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, FINGERPRINTS)? else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        for row in self.get(table.iter())? {
            let (number, value) = self.get(row)?;
            let row = Row::from_bytes(value.value())?;
            if row.tenant == tenant {
                out.push((number.value(), row));
            }
        }
        Ok(out)
    }

    /// The families as the last batch left them, if they cover exactly `count` fingerprints.
    pub(super) fn stored_families(&self, tenant: &str, count: usize) -> Result<Option<Families>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, FAMILIES)? else {
            return Ok(None);
        };
        let Some(value) = self.get(table.get(tenant))? else {
            return Ok(None);
        };
        let families: Families = decode(value.value(), "list of families")?;
        Ok((families.members.len() == count).then_some(families))
    }

    /// Signatures of a tenant as the last batch left them, without reading any activity.
    pub fn signature_count(&self, tenant: &str) -> Result<u64> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, FAMILIES)? else {
            return Ok(0);
        };
        let Some(value) = self.get(table.get(tenant))? else {
            return Ok(0);
        };
        let families: Families = decode(value.value(), "list of families")?;
        Ok(families
            .members
            .iter()
            .filter(|(number, eldest, _)| number == eldest)
            .count() as u64)
    }

    /// What is known of some fingerprints of a tenant, most frequent first.
    pub fn members(&self, tenant: &str, numbers: &BTreeSet<u32>) -> Result<Vec<Member>> {
        let mut rows = self.fingerprint_rows(tenant)?;
        rows.retain(|(number, _)| numbers.contains(number));
        let activity = self.activity_of(&rows)?;
        let mut members: Vec<Member> = rows
            .into_iter()
            .map(|(number, row)| Member {
                fingerprint: Fingerprint(row.fingerprint),
                count: activity
                    .get(&number)
                    .into_iter()
                    .flat_map(|h| h.values().flatten())
                    .map(|c| u64::from(c.count))
                    .sum(),
                first_seen: Timestamp(row.first_seen),
                template: row.normalised,
            })
            .collect();
        members.sort_by_key(|m| (std::cmp::Reverse(m.count), m.fingerprint));
        Ok(members)
    }
}

/// A fingerprint as a member of its signature.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The hash.
    pub fingerprint: Fingerprint,
    /// Its own text.
    pub template: String,
    /// Occurrences.
    pub count: u64,
    /// The first of them.
    pub first_seen: Timestamp,
}
