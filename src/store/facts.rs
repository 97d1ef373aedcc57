//! Facts: what attention and discovery read, put together from fingerprints, families and activity as of a time.

use super::assemble::{Learned, add_aliases, assemble};
use super::counts::damaged_activity;
use super::fingerprints::{Row, learn};
use super::schema::{ACTIVITY, FINGERPRINTS, FITTED, FITTING, NAMES, SEVERITIES};
use super::severities::{self, Departures};
use super::sources::Source;
use super::stretches::Stretches;
use super::{Store, overrules};
use crate::error::Result;
use crate::event::Severity;
use crate::signature::{Fingerprint, FitHour, SeveritySeen, SignatureId, SourceFit};
use crate::time::{Hour, Timestamp};
use redb::{ReadableTable, ReadableTableMetadata};
use std::collections::{BTreeMap, BTreeSet};

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
    /// The last run at whose end it stood for a signature, and its id was that signature's.
    pub stood: Option<Timestamp>,
}

/// Fewer records that do not fit are some odd lines, as every log has them.
const MANY_ODD: u64 = 20;

impl Store {
    /// The facts of a tenant as of `as_of`. When something happened later in the hour that time lies in, it is rounded down
    /// to the hour, since activity is kept by the hour; then nothing from the future is visible.
    pub fn facts(&self, tenant: &str, as_of: Timestamp) -> Result<Learned> {
        let rows = self.fingerprint_rows(tenant)?;
        let mut activity = self.activity_of(&rows)?;
        let is_whole = activity.newest().is_none_or(|newest| newest < as_of);
        let as_of = match !is_whole && activity.splits_an_hour(as_of) {
            true => as_of.hour().start(),
            false => as_of,
        };
        let total = rows.len();
        activity.cut_off(as_of);
        let settled = rows.iter().all(|(_, row)| row.is_settled(as_of.0));
        let rows: Vec<(u32, Row)> = rows
            .into_iter()
            .filter(|(n, _)| !activity.of(*n).is_empty())
            .map(|(n, row)| (n, row.before(as_of.0)))
            .collect();
        let severities = self.severities_of(&rows, &activity, as_of)?;
        let names = self.names()?;
        let stored = if rows.len() == total && settled {
            self.stored_families(tenant, total)?
        } else {
            None
        };
        let mut families = stored.unwrap_or_else(|| {
            let rows: Vec<(u32, &Row)> = rows.iter().map(|(n, r)| (*n, r)).collect();
            learn(&rows, |n| {
                names.get(n as usize).cloned().unwrap_or_default()
            })
        });
        let overrules = self.overrules(tenant)?;
        let given = match overrules.is_empty() {
            true => BTreeMap::new(),
            false => overrules::apply(&overrules, &mut families, &rows),
        };
        let seen = (activity, severities);
        let mut learned = assemble(tenant, as_of, &rows, &families, seen, &names);
        learned.is_whole = is_whole;
        for signature in &mut learned.facts.signatures {
            signature.name = given.get(&signature.id).cloned();
        }
        learned.facts.fits = self.fits(tenant, as_of, &learned.signature_of)?;
        add_aliases(&mut learned, &self.aliases(tenant)?);
        Ok(learned)
    }

    /// How well the records of each log fitted its format before `as_of`, where many did not.
    fn fits(
        &self,
        tenant: &str,
        as_of: Timestamp,
        signature_of: &BTreeMap<u32, SignatureId>,
    ) -> Result<Vec<SourceFit>> {
        type Counts = (u64, BTreeMap<SignatureId, u64>);
        let txn = self.read()?;
        let Some(table) = self.table(&txn, FITTING)? else {
            return Ok(Vec::new());
        };
        let mut hours: BTreeMap<u32, BTreeMap<i32, Counts>> = BTreeMap::new();
        for entry in self.get(table.iter())? {
            let (key, value) = self.get(entry)?;
            let (source, fingerprint, day) = key.value();
            let of_day = severities::decode(value.value()).ok_or_else(damaged_activity)?;
            for ((hour, _), count) in of_day {
                let hour = Hour(day * 24 + i32::from(hour));
                if hour.start() >= as_of {
                    continue;
                }
                let of_hour = hours.entry(source).or_default().entry(hour.0).or_default();
                match signature_of.get(&fingerprint) {
                    _ if fingerprint == FITTED => of_hour.0 += count,
                    Some(id) => *of_hour.1.entry(*id).or_default() += count,
                    None => {}
                }
            }
        }
        // The generations of a log are one history.
        let mut logs: BTreeMap<String, (Source, BTreeMap<i32, Counts>)> = BTreeMap::new();
        for source in self.sources(tenant)? {
            let Some(of_source) = hours.remove(&source.number) else {
                continue;
            };
            let (newest, all) = logs
                .entry(source.family.clone())
                .or_insert_with(|| (source.clone(), BTreeMap::new()));
            *newest = source;
            for (hour, (fitted, odd)) in of_source {
                let into = all.entry(hour).or_default();
                into.0 += fitted;
                for (id, count) in odd {
                    *into.1.entry(id).or_default() += count;
                }
            }
        }
        let fit = |(source, hours): (Source, BTreeMap<i32, Counts>)| SourceFit {
            name: source.name,
            format: source.format,
            hours: hours
                .into_iter()
                .map(|(hour, (fitted, odd))| FitHour {
                    hour: Hour(hour),
                    fitted,
                    odd: odd.into_iter().collect(),
                })
                .collect(),
        };
        let mut fits: Vec<SourceFit> = logs.into_values().map(fit).collect();
        fits.retain(|f| f.hours.iter().map(FitHour::odd_count).sum::<u64>() >= MANY_ODD);
        fits.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(fits)
    }

    /// What was known of some fingerprints of a tenant as of a time (that of [`crate::signature::Facts::as_of`]), most frequent first.
    pub fn members(
        &self,
        tenant: &str,
        numbers: &BTreeSet<u32>,
        as_of: Timestamp,
    ) -> Result<Vec<Member>> {
        let shown = self.shown(tenant)?;
        let mut rows = self.fingerprint_rows(tenant)?;
        rows.retain(|(number, _)| numbers.contains(number));
        let mut activity = self.activity_of(&rows)?;
        activity.cut_off(as_of);
        let member = |(number, row): (u32, Row)| {
            let count = Some(activity.count(number)).filter(|&n| n > 0)?;
            Some(Member {
                fingerprint: Fingerprint(row.fingerprint),
                count,
                first_seen: Timestamp(row.first_seen),
                stood: shown.get(&number).copied(),
                template: row.text_before(as_of.0),
            })
        };
        let mut members: Vec<Member> = rows.into_iter().filter_map(member).collect();
        members.sort_by_key(|m| (std::cmp::Reverse(m.count), m.fingerprint));
        Ok(members)
    }

    /// How often the records of each fingerprint carried which severity before `as_of`: the departures as counted, and the
    /// usual one for the rest of its activity.
    pub(super) fn severities_of(
        &self,
        rows: &[(u32, Row)],
        activity: &Stretches,
        as_of: Timestamp,
    ) -> Result<BTreeMap<u32, Vec<SeveritySeen>>> {
        let mut departures = self.departures_before(rows, as_of)?;
        let mut counted = |(number, row): &(u32, Row)| {
            let mut counts = departures.remove(number).unwrap_or_default();
            let all = activity.count(*number);
            let departed: u64 = counts.values().sum();
            if let Some(usual) = row.usual {
                counts.insert(usual, all.saturating_sub(departed));
            }
            let seen = row.severities.iter().filter_map(|&(severity, first)| {
                Some(SeveritySeen {
                    severity: Severity::from_number(severity)?,
                    first_seen: Timestamp(first),
                    count: *counts.get(&severity)?,
                })
            });
            (*number, seen.collect())
        };
        Ok(rows.iter().map(&mut counted).collect())
    }

    /// How often records of these fingerprints carried another severity than usual before `as_of`.
    fn departures_before(
        &self,
        rows: &[(u32, Row)],
        as_of: Timestamp,
    ) -> Result<BTreeMap<u32, BTreeMap<u8, u64>>> {
        let mut counted: BTreeMap<u32, BTreeMap<u8, u64>> = BTreeMap::new();
        let mut count = |fingerprint: u32, day: i32, of_day: Departures| {
            for ((hour, severity), count) in of_day {
                if Hour(day * 24 + i32::from(hour)).start() < as_of {
                    let counts = counted.entry(fingerprint).or_default();
                    *counts.entry(severity).or_default() += count;
                }
            }
        };
        if self.are_few(rows)? {
            for (fingerprint, days) in self.departures_of(rows)? {
                for (day, of_day) in days {
                    count(fingerprint, day, of_day);
                }
            }
            return Ok(counted);
        }
        let txn = self.read()?;
        let Some(table) = self.table(&txn, SEVERITIES)? else {
            return Ok(counted);
        };
        for entry in self.get(table.iter())? {
            let (key, value) = self.get(entry)?;
            let (fingerprint, day) = key.value();
            let of_day = severities::decode(value.value()).ok_or_else(damaged_activity)?;
            count(fingerprint, day, of_day);
        }
        Ok(counted)
    }

    pub(super) fn names(&self) -> Result<Vec<String>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, NAMES)? else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        for entry in self.get(table.iter())? {
            out.push(self.get(entry)?.1.value().to_string());
        }
        Ok(out)
    }

    /// The departures of some fingerprints from their usual severity, by day.
    pub(super) fn departures_of(
        &self,
        rows: &[(u32, Row)],
    ) -> Result<BTreeMap<u32, BTreeMap<i32, Departures>>> {
        let txn = self.read()?;
        let mut out: BTreeMap<u32, BTreeMap<i32, Departures>> = BTreeMap::new();
        let Some(table) = self.table(&txn, SEVERITIES)? else {
            return Ok(out);
        };
        for (number, _) in rows {
            for entry in self.get(table.range((*number, i32::MIN)..=(*number, i32::MAX)))? {
                let (key, value) = self.get(entry)?;
                let of_day = severities::decode(value.value()).ok_or_else(damaged_activity)?;
                out.entry(*number)
                    .or_default()
                    .insert(key.value().1, of_day);
            }
        }
        Ok(out)
    }

    /// The activity of these fingerprints, which come by ascending number.
    pub(super) fn activity_of(&self, rows: &[(u32, Row)]) -> Result<Stretches> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, ACTIVITY)? else {
            return Ok(Stretches::default());
        };
        if self.are_few(rows)? {
            let mut out = Stretches::default();
            for (number, _) in rows {
                let all = (*number, 0, i32::MIN)..=(*number, u32::MAX, i32::MAX);
                for entry in self.get(table.range(all))? {
                    let (key, value) = self.get(entry)?;
                    let (fingerprint, host, day) = key.value();
                    out.add(fingerprint, host, day, value.value())
                        .ok_or_else(damaged_activity)?;
                }
            }
            return Ok(out);
        }
        let mut out = Stretches::with_room(self.get(table.len())?);
        let mut ours = rows.iter().map(|(n, _)| *n).peekable();
        for entry in self.get(table.iter())? {
            let (key, value) = self.get(entry)?;
            let (fingerprint, host, day) = key.value();
            // Both come by ascending number.
            while ours.next_if(|&n| n < fingerprint).is_some() {}
            if ours.peek() == Some(&fingerprint) {
                out.add(fingerprint, host, day, value.value())
                    .ok_or_else(damaged_activity)?;
            }
        }
        Ok(out)
    }

    /// Whether looking for the rows of each of these is less work than reading the rows of all.
    fn are_few(&self, rows: &[(u32, Row)]) -> Result<bool> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, FINGERPRINTS)? else {
            return Ok(false);
        };
        Ok(self.get(table.len())? > FEW * rows.len() as u64)
    }
}

/// A row that is looked for costs as much as so many that are read one after the other.
const FEW: u64 = 4;
