//! Stored records read once more: what of them says something else now, and what becomes of the facts.
//!
//! Only what changes is touched. A record that reads as before stays where it is; the facts of every fingerprint that gains or
//! loses a record are made anew from the records, and what was counted of records that are pruned since stays with them.

use super::counts::is_fitting;
use super::evidence;
use super::fingerprints::{Families, Row, learn};
use super::header::{SegmentRow, ShapeRow};
use super::moves::{Moves, Regrouped, Signed};
use super::recount::{Counted, Passing, Said, departures_without, without};
use super::schema::{ALIASES, FINGERPRINTS, PIECES, SEGMENTS};
use super::search::Words;
use super::segment::Dictionary;
use super::severities::Departures;
use super::{Store, activity, overrules};
use crate::envelope::{Coverage, ParseStatus};
use crate::error::Result;
use crate::refine::normalise;
use crate::signature::Cell;
use crate::time::Timestamp;
use redb::ReadableTable;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// A record as it is stored.
pub struct StoredRecord<'r> {
    /// The record, byte for byte.
    pub raw: &'r [u8],
    /// Whether it is a line by itself, or some of them: then what it says can be read from its bytes.
    pub is_line: bool,
    /// The time it counts under.
    pub time: Timestamp,
    /// How well it was understood.
    pub status: ParseStatus,
    /// The constant part of its message.
    pub logtype: &'r [u8],
    /// Its fingerprint.
    pub fingerprint: u128,
    /// Its source, by number.
    pub source: u32,
    /// When it was received.
    pub received_at: Timestamp,
    /// Segment and run: records of one came in one piece.
    pub run: (u64, usize),
}

/// What a record says now, with everything needed to store it so.
#[derive(Clone, Debug)]
pub struct Reread {
    /// The time it counts under.
    pub time: Timestamp,
    /// Its host.
    pub host: String,
    /// Its service.
    pub service: String,
    /// Its severity by number, or [`super::segment::NONE`].
    pub severity: u8,
    /// Its facility, or [`super::segment::NONE`].
    pub facility: u8,
    /// How well it is understood.
    pub status: ParseStatus,
    /// Its fingerprint.
    pub fingerprint: u128,
    /// Its normalised logtype.
    pub normalised: String,
    /// The constant part of its message, and what fills its slots.
    pub logtype: (Vec<u8>, Vec<Vec<u8>>),
    /// The layout around the message, and what fills its slots.
    pub frame: (Vec<u8>, Vec<Vec<u8>>),
    /// Whether the message is a piece of the frame.
    pub verbatim: bool,
}

/// Reads a stored record; `None` leaves it as it is.
pub type Read<'a> = &'a mut dyn FnMut(&StoredRecord<'_>) -> Option<Reread>;

/// What kinds of change there are, by what of the record differs; in the order they are told.
pub const FIELDS: [&str; 6] = [
    "time",
    "host",
    "service",
    "severity",
    "parse_status",
    "message",
];

/// What reading all records once more comes to; and, for the store, what is to be written.
#[derive(Default)]
pub struct Rereading {
    /// Records read.
    pub records: u64,
    /// Records that say something else now.
    pub changed: u64,
    /// How many differ in which of [`FIELDS`].
    pub fields: [u64; FIELDS.len()],
    /// By source: how well its stored records were understood, and are now.
    pub sources: BTreeMap<u32, (Coverage, Coverage)>,
    /// Signatures that are split, merged or renamed.
    pub regrouped: Vec<Regrouped>,
    pub(super) segments: BTreeSet<u64>,
    pub(super) names: Vec<String>,
    pub(super) rows: BTreeMap<u32, Row>,
    pub(super) fresh: BTreeSet<u32>,
    pub(super) activity: BTreeMap<(u32, u32), Vec<Cell>>,
    pub(super) departures: BTreeMap<(u32, i32), Departures>,
    /// By source, fingerprint of what did not fit, day and hour: how many records more or fewer.
    pub(super) fitting: BTreeMap<(u32, Option<u128>, i32, u8), i64>,
    pub(super) gone: BTreeSet<u32>,
    pub(super) aliases: BTreeMap<u128, u128>,
    pub(super) families: Families,
}

impl Rereading {
    /// Whether nothing at all would be otherwise.
    pub fn is_as_before(&self) -> bool {
        self.changed == 0 && self.regrouped.is_empty()
    }
}

/// Numbers for names, the store's and then more.
struct Names {
    all: Vec<String>,
    numbers: FxHashMap<String, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.all.len() as u32;
        self.all.push(name.to_string());
        self.numbers.insert(name.to_string(), number);
        number
    }
}

impl Store {
    /// Reads every stored record of a tenant once more. Nothing is written.
    pub fn reread(&self, tenant: &str, read: Read<'_>) -> Result<Rereading> {
        let rows: BTreeMap<u32, Row> = self.fingerprint_rows(tenant)?.into_iter().collect();
        let all = self.names()?;
        let known = all.len();
        let numbers = (0u32..).zip(&all).map(|(n, name)| (name.clone(), n));
        let mut names = Names {
            numbers: numbers.collect(),
            all,
        };
        let mut done = Rereading::default();
        let mut moves = Moves::default();
        let mut affected: BTreeSet<u128> = BTreeSet::new();
        self.pass(tenant, &rows, &mut names, None, read, &mut |p| {
            done.records += 1;
            let status = |s: &Said| ParseStatus::from_number(s.status).unwrap_or_default();
            let now = p.now.unwrap_or(p.was);
            let (before, after) = done.sources.entry(p.source).or_default();
            before.count(status(p.was), 1);
            after.count(status(now), 1);
            moves.note(p.was.fingerprint, now.fingerprint, p.raw);
            if let Some(now) = p.now {
                for (said, sign) in [(p.was, -1), (now, 1)] {
                    let of = (!is_fitting(said.status)).then_some(said.fingerprint);
                    let hour = said.time.hour();
                    let key = (p.source, of, hour.day(), hour.of_day());
                    *done.fitting.entry(key).or_default() += sign;
                }
                done.changed += 1;
                done.segments.insert(p.segment);
                affected.extend([p.was.fingerprint, now.fingerprint]);
                for (count, differs) in done.fields.iter_mut().zip(differences(p.was, now)) {
                    *count += u64::from(differs);
                }
            }
        })?;
        let changed = done.segments.clone();
        let mut counted = Counted::default();
        if !affected.is_empty() {
            self.pass(tenant, &rows, &mut names, Some(&changed), read, &mut |p| {
                counted.take(&p, &affected);
            })?;
        }
        self.settle(tenant, &rows, &affected, counted, &moves, &mut done)?;
        let mut after = rows.clone();
        after.retain(|number, _| !done.gone.contains(number));
        after.extend(done.rows.iter().map(|(n, row)| (*n, row.clone())));
        done.families = families_of(&after, &names.all);
        let mut before = match self.stored_families(tenant, rows.len())? {
            Some(families) => families,
            None => families_of(&rows, &names.all),
        };
        // What people said holds before and after; what is stored is without it.
        let overrules = self.overrules(tenant)?;
        let mut told = done.families.clone();
        for (families, rows) in [(&mut before, &rows), (&mut told, &after)] {
            let rows: Vec<(u32, Row)> = rows.iter().map(|(n, row)| (*n, row.clone())).collect();
            overrules::apply(&overrules, families, &rows);
        }
        let (before, after) = (Signed::of(&before, &rows), Signed::of(&told, &after));
        done.regrouped = moves.regrouped(&before, &after);
        done.names = names.all.split_off(known);
        Ok(done)
    }

    /// Gives every record of a tenant, in order of storing, to `each`. With `changed`, only the segments in it are read once
    /// more: the others are known to be as before.
    fn pass(
        &self,
        tenant: &str,
        rows: &BTreeMap<u32, Row>,
        names: &mut Names,
        changed: Option<&BTreeSet<u64>>,
        read: Read<'_>,
        each: &mut dyn FnMut(Passing<'_>),
    ) -> Result<()> {
        let txn = self.read()?;
        let (Some(segments), Some(pieces)) =
            (self.table(&txn, SEGMENTS)?, self.table(&txn, PIECES)?)
        else {
            return Ok(());
        };
        let mut words = Words::default();
        let mut texts: FxHashMap<u32, String> = FxHashMap::default();
        let mut raw = Vec::new();
        for entry in self.get(segments.iter())? {
            let (number, value) = self.get(entry)?;
            let (number, row) = (number.value(), SegmentRow::from_bytes(value.value())?);
            if row.tenant != tenant {
                continue;
            }
            let (shapes, mut reader) = evidence::open(self, &pieces, number, &row)?;
            self.learn_words(&txn, &shapes, &mut words)?;
            for i in 0..reader.len() {
                let shape = &shapes[reader.shape_number(i)];
                let was = said(shape, reader.time(i), rows);
                let run = row.run_of(i);
                let source = run.map_or(0, |at| row.runs[at].source);
                raw.clear();
                let mut now = None;
                if changed.is_none_or(|c| c.contains(&number)) {
                    let record = reader.record(i, &words)?;
                    raw.clone_from(&record.raw);
                    now = read(&StoredRecord {
                        is_line: record.is_line(),
                        raw: &raw,
                        time: was.time,
                        status: ParseStatus::from_number(was.status).unwrap_or_default(),
                        logtype: words.logtype(shape.shape.logtype),
                        fingerprint: was.fingerprint,
                        source,
                        received_at: row.received_at(i),
                        run: (number, run.unwrap_or(0)),
                    });
                }
                let now = now.map(|now| (said_now(&now, names), now));
                let now = now.filter(|(now, _)| *now != was);
                let logtype = shape.shape.logtype;
                let text = match &now {
                    Some((_, reread)) => reread.normalised.as_str(),
                    None if changed.is_none() => "",
                    None => {
                        (texts.entry(logtype)).or_insert_with(|| normalise(words.logtype(logtype)))
                    }
                };
                each(Passing {
                    segment: number,
                    source,
                    raw: &raw,
                    text,
                    now: now.as_ref().map(|(now, _)| now),
                    was: &was,
                });
            }
        }
        Ok(())
    }

    /// What is to be written for the fingerprints that gained or lost records.
    fn settle(
        &self,
        tenant: &str,
        rows: &BTreeMap<u32, Row>,
        affected: &BTreeSet<u128>,
        mut counted: Counted,
        moves: &Moves,
        done: &mut Rereading,
    ) -> Result<()> {
        let numbers: BTreeMap<u128, u32> = rows.iter().map(|(n, r)| (r.fingerprint, *n)).collect();
        let ours: Vec<(u32, Row)> = (rows.iter())
            .filter(|(_, r)| affected.contains(&r.fingerprint))
            .map(|(n, r)| (*n, r.clone()))
            .collect();
        let stored = self.activity_of(&ours)?;
        let departed = self.departures_of(&ours)?;
        let mut next = self.next_fingerprint()?;
        let target = |old: u128| match counted.now.contains_key(&old) {
            true => old,
            // All that is left of it reads as another now; so would have what was pruned.
            false => moves.main_target(old).unwrap_or(old),
        };
        let targets: BTreeMap<u128, u128> = affected.iter().map(|f| (*f, target(*f))).collect();
        let mut by_number: BTreeMap<u128, u32> = BTreeMap::new();
        for fingerprint in counted.now.keys() {
            let number = numbers.get(fingerprint).copied().unwrap_or_else(|| {
                done.fresh.insert(next);
                next += 1;
                next - 1
            });
            by_number.insert(*fingerprint, number);
        }
        let mut inherited: Vec<(u32, i64, i64)> = Vec::new();
        for (old, row) in &ours {
            let was = counted.was.remove(&row.fingerprint).unwrap_or_default();
            let heir = targets[&row.fingerprint];
            let to = by_number.get(&heir).copied().unwrap_or(*old);
            let mut left_over = false;
            for stretch in stored.of(*old) {
                let (host, cells) = (&stretch.host, stored.cells(*stretch));
                let left = without(cells, was.cells.get(host).map_or(&[], Vec::as_slice));
                left_over |= !left.is_empty();
                if !left.is_empty() {
                    activity::merge(done.activity.entry((to, *host)).or_default(), &left);
                }
            }
            for (day, all) in departed.get(old).into_iter().flatten() {
                let left = departures_without(all, was.departures.get(day));
                if !left.is_empty() && to == *old {
                    done.departures.insert((to, *day), left);
                }
            }
            if heir != row.fingerprint {
                done.aliases.insert(row.fingerprint, heir);
                done.gone.insert(*old);
            }
            if left_over && heir == row.fingerprint {
                done.rows.insert(*old, row.clone());
            } else if left_over {
                inherited.push((to, row.first_dated, row.first_seen));
            }
        }
        for (fingerprint, now) in counted.now {
            let number = by_number[&fingerprint];
            let kept = done.rows.remove(&number);
            let row = now.row(tenant, fingerprint, kept);
            for (host, cells) in now.cells {
                activity::merge(done.activity.entry((number, host)).or_default(), &cells);
            }
            let usual = row.usual;
            for (day, all) in now.departures {
                let into = done.departures.entry((number, day)).or_default();
                let departs = all.into_iter().filter(|((_, s), _)| Some(*s) != usual);
                super::severities::merge(into, &departs.collect());
            }
            done.rows.insert(number, row);
        }
        for (to, first_dated, first_seen) in inherited {
            if let Some(row) = done.rows.get_mut(&to) {
                row.first_dated = row.first_dated.min(first_dated);
                row.first_seen = row.first_seen.min(first_seen);
            }
        }
        done.departures.retain(|_, day| !day.is_empty());
        Ok(())
    }

    /// What the number of the next new fingerprint will be.
    fn next_fingerprint(&self) -> Result<u32> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, FINGERPRINTS)? else {
            return Ok(0);
        };
        Ok(self.get(table.last())?.map_or(0, |(n, _)| n.value() + 1))
    }

    /// Fingerprints that became others when their records were read once more, by tenant.
    pub(super) fn aliases(&self, tenant: &str) -> Result<Vec<(u128, u128)>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, ALIASES)? else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        for entry in self.get(table.range((tenant, 0)..=(tenant, u128::MAX)))? {
            let (key, value) = self.get(entry)?;
            out.push((key.value().1, value.value()));
        }
        Ok(out)
    }
}

/// The families of all fingerprints as of the end of time.
fn families_of(rows: &BTreeMap<u32, Row>, names: &[String]) -> Families {
    let whole = rows
        .iter()
        .map(|(n, row)| (*n, row.clone().before(i64::MAX)));
    let whole: Vec<(u32, Row)> = whole.collect();
    let numbered: Vec<(u32, &Row)> = whole.iter().map(|(n, row)| (*n, row)).collect();
    learn(&numbered, |n| {
        names.get(n as usize).cloned().unwrap_or_default()
    })
}

fn said(shape: &ShapeRow, time: Timestamp, rows: &BTreeMap<u32, Row>) -> Said {
    Said {
        time,
        host: shape.shape.host,
        service: shape.shape.service,
        severity: shape.shape.severity,
        facility: shape.shape.facility,
        status: shape.shape.status,
        fingerprint: rows.get(&shape.fingerprint).map_or(0, |r| r.fingerprint),
    }
}

fn said_now(now: &Reread, names: &mut Names) -> Said {
    Said {
        // Segments keep times exactly, so what differs by a microsecond differs.
        time: now.time,
        host: names.number(&now.host),
        service: names.number(&now.service),
        severity: now.severity,
        facility: now.facility,
        status: now.status.number(),
        fingerprint: now.fingerprint,
    }
}

/// In which of [`FIELDS`] two readings differ.
fn differences(was: &Said, now: &Said) -> [bool; FIELDS.len()] {
    [
        was.time != now.time,
        was.host != now.host,
        was.service != now.service,
        (was.severity, was.facility) != (now.severity, now.facility),
        was.status != now.status,
        was.fingerprint != now.fingerprint && was.service == now.service,
    ]
}
