//! Facts: what attention and discovery read, put together from fingerprints, families and activity as of a time.

use super::fingerprints::{Families, Row, learn};
use super::schema::{ACTIVITY, FITTED, FITTING, NAMES, SEVERITIES};
use super::severities::{self, Departures};
use super::sources::Source;
use super::stretches::{Stretch, Stretches};
use super::write::damaged_activity;
use super::{Store, activity, overrules};
use crate::error::Result;
use crate::event::Severity;
use crate::signature::{
    Cell, Cells, Facts, Fingerprint, FitHour, HostActivity, SeveritySeen, SignatureFacts,
    SignatureId, SourceFit,
};
use crate::time::{Hour, Timestamp};
use redb::{ReadableTable, ReadableTableMetadata};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The facts, and how the store's numbers relate to them.
pub struct Learned {
    /// What the right side reads.
    pub facts: Facts,
    /// The signature of each fingerprint, by the fingerprint's number.
    pub signature_of: BTreeMap<u32, SignatureId>,
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
    /// The last run at whose end it stood for a signature, and its id was that signature's.
    pub stood: Option<Timestamp>,
}

impl Store {
    /// The facts of a tenant as of `as_of`. When something happened later in the hour that time lies in, it is rounded down
    /// to the hour, since activity is kept by the hour; then nothing from the future is visible.
    pub fn facts(&self, tenant: &str, as_of: Timestamp) -> Result<Learned> {
        let rows = self.fingerprint_rows(tenant)?;
        let mut activity = self.activity_of(&rows)?;
        let as_of = match activity.splits_an_hour(as_of) {
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

    /// What was known of some fingerprints of a tenant as of a time (that of [`Facts::as_of`]), most frequent first.
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
    fn severities_of(
        &self,
        rows: &[(u32, Row)],
        activity: &Stretches,
        as_of: Timestamp,
    ) -> Result<BTreeMap<u32, Vec<SeveritySeen>>> {
        let mut departures: BTreeMap<u32, BTreeMap<u8, u64>> = BTreeMap::new();
        let txn = self.read()?;
        if let Some(table) = self.table(&txn, SEVERITIES)? {
            for entry in self.get(table.iter())? {
                let (key, value) = self.get(entry)?;
                let (fingerprint, day) = key.value();
                let of_day = severities::decode(value.value()).ok_or_else(damaged_activity)?;
                for ((hour, severity), count) in of_day {
                    if Hour(day * 24 + i32::from(hour)).start() < as_of {
                        let counts = departures.entry(fingerprint).or_default();
                        *counts.entry(severity).or_default() += count;
                    }
                }
            }
        }
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

    pub(super) fn activity_of(&self, rows: &[(u32, Row)]) -> Result<Stretches> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, ACTIVITY)? else {
            return Ok(Stretches::default());
        };
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
}

/// Lets signatures be found by fingerprints whose records read as theirs since.
fn add_aliases(learned: &mut Learned, aliases: &[(u128, u128)]) {
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

fn assemble(
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
    }
}

/// Fewer records that do not fit are some odd lines, as every log has them.
const MANY_ODD: u64 = 20;

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
