//! Fingerprints: what is known of each, and the families they were found to form.

use super::Store;
use super::schema::{FAMILIES, FINGERPRINTS, SHOWN, decode, encode};
use crate::error::Result;
use crate::refine::{Known, families, widen};
use crate::signature::Fingerprint;
use crate::time::Timestamp;
use redb::{AccessGuard, ReadableTable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the store knows of a fingerprint. Its activity stands in a table of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub tenant: String,
    pub fingerprint: u128,
    /// Number of the service's name.
    pub service: u32,
    /// The normalised logtype that was met first.
    pub normalised: String,
    /// The first time of a record of that logtype; the largest number when there is none.
    pub first_text: i64,
    /// Normalised logtypes that differ from it in the kinds of their slots, with their first times: those that widened the text
    /// at their time, so there are at most as many as there are slots and wider kinds for them.
    pub wider: Vec<(String, i64)>,
    /// Severities its records carried, by number, with first time; [`NONE`] for records without one.
    pub severities: Vec<(u8, i64)>,
    /// The severity of its records that are not told apart in the table of severities: that of the first record stored.
    pub usual: Option<u8>,
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

    /// Notes that a record of a severity (by number, or [`NONE`]) was there at `first`.
    pub fn saw_severity(&mut self, severity: u8, first: Timestamp) {
        self.usual.get_or_insert(severity);
        match self.severities.iter_mut().find(|(n, _)| *n == severity) {
            Some((_, at)) => *at = (*at).min(first.0),
            None => {
                self.severities.push((severity, first.0));
                self.severities.sort_unstable();
            }
        }
    }

    /// Notes that a record was there at `first` whose normalised logtype is `text`, or [`Row::normalised`]. Returns whether the
    /// text of all of them changed.
    pub fn saw_text(&mut self, text: Option<&str>, first: i64) -> bool {
        let Some(text) = text else {
            self.first_text = self.first_text.min(first);
            return false;
        };
        match self.wider.iter_mut().find(|(known, _)| known == text) {
            Some((_, at)) if *at <= first => return false,
            Some((_, at)) => *at = first,
            None => self.wider.push((text.to_string(), first)),
        }
        let before = self.text_before(i64::MAX);
        self.drop_covered();
        self.text_before(i64::MAX) != before
    }

    /// Drops the texts that those before them, in time, cover already: they change the text as of no time.
    fn drop_covered(&mut self) {
        let (first_text, normalised) = (self.first_text, &self.normalised);
        let (mut whole, mut told): (Option<String>, bool) = (None, false);
        self.wider
            .sort_unstable_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        self.wider.retain(|(text, at)| {
            if !told && first_text <= *at {
                whole = Some(both(whole.as_deref(), normalised));
                told = true;
            }
            let with_it = both(whole.as_deref(), text);
            let news = whole.as_ref() != Some(&with_it);
            whole = Some(with_it);
            news
        });
    }

    /// The text of its records before a time. Logtypes of one fingerprint differ in the kinds of their slots only, and widening
    /// is commutative: so it does not depend on which of them came first.
    pub fn text_before(&self, as_of: i64) -> String {
        let wider = self.wider.iter().filter(|(_, first)| *first < as_of);
        let first = (self.first_text < as_of).then_some(&self.normalised);
        (first.into_iter().chain(wider.map(|(text, _)| text)))
            .fold(None, |so_far: Option<String>, text| {
                Some(both(so_far.as_deref(), text))
            })
            .unwrap_or_else(|| self.normalised.clone())
    }

    /// Whether nothing seen at or after a time changed what it is taken for: then the row as of that time is the same.
    pub fn is_settled(&self, as_of: i64) -> bool {
        let texts = self.wider.iter().map(|(_, first)| *first);
        let known = |first: i64| first < as_of || first == i64::MAX;
        texts.chain([self.first_text, self.first_dated]).all(known)
    }

    /// The row as of a time: without what was seen at or after it.
    pub fn before(mut self, as_of: i64) -> Row {
        self.normalised = self.text_before(as_of);
        self.first_text = i64::MIN;
        self.wider.clear();
        self.severities.retain(|(_, first)| *first < as_of);
        if self.first_dated >= as_of {
            self.first_dated = i64::MAX;
        }
        self
    }
}

/// The text of records of both texts.
fn both(so_far: Option<&str>, text: &str) -> String {
    so_far.map_or_else(|| text.to_string(), |other| widen(other, text))
}

/// Which family each fingerprint belongs to, by its number in the store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Families {
    /// (fingerprint number, number of the family's eldest, template), ascending.
    pub members: Vec<(u32, u32, String)>,
}

/// The same, read in place: most questions are about few of them.
#[derive(Deserialize)]
pub(super) struct FamiliesInPlace<'a> {
    #[serde(borrow)]
    pub members: Vec<(u32, u32, &'a str)>,
}

impl<'a> FamiliesInPlace<'a> {
    /// From a row of the table of families.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<FamiliesInPlace<'a>> {
        decode(bytes, "list of families")
    }
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

/// Notes in `shown` (fingerprint and time, ascending) which fingerprints stand for a signature at the end of the run of `at`.
pub(super) fn note_shown(shown: &mut Vec<(u32, i64)>, families: &Families, at: Timestamp) {
    let mut all: BTreeMap<u32, i64> = std::mem::take(shown).into_iter().collect();
    all.extend(
        families
            .members
            .iter()
            .map(|(_, eldest, _)| (*eldest, at.0)),
    );
    *shown = all.into_iter().collect();
}

impl Store {
    /// The fingerprints of a tenant whose ids stood for a signature at the end of a run, by number, with the time of the last
    /// such run.
    pub(super) fn shown(&self, tenant: &str) -> Result<BTreeMap<u32, Timestamp>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, SHOWN)? else {
            return Ok(BTreeMap::new());
        };
        let Some(value) = self.get(table.get(tenant))? else {
            return Ok(BTreeMap::new());
        };
        let shown: Vec<(u32, i64)> = decode(value.value(), "list of ids")?;
        Ok(shown
            .into_iter()
            .map(|(n, at)| (n, Timestamp(at)))
            .collect())
    }

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

    /// These fingerprints; numbers that nothing has are left out.
    pub(super) fn rows_of(&self, numbers: impl Iterator<Item = u32>) -> Result<Vec<(u32, Row)>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, FINGERPRINTS)? else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        for number in numbers {
            if let Some(value) = self.get(table.get(number))? {
                out.push((number, Row::from_bytes(value.value())?));
            }
        }
        Ok(out)
    }

    /// The families as the last batch left them, if they cover exactly `count` fingerprints.
    pub(super) fn stored_families(&self, tenant: &str, count: usize) -> Result<Option<Families>> {
        let Some(row) = self.families_row(tenant)? else {
            return Ok(None);
        };
        let families: Families = decode(row.value(), "list of families")?;
        Ok((families.members.len() == count).then_some(families))
    }

    /// The row of the families as the last batch left them, if it learned them.
    pub(super) fn families_row(
        &self,
        tenant: &str,
    ) -> Result<Option<AccessGuard<'static, &'static [u8]>>> {
        let txn = self.read()?;
        match self.table(&txn, FAMILIES)? {
            Some(table) => self.get(table.get(tenant)),
            None => Ok(None),
        }
    }
}
