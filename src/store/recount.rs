//! Counting anew what the records of some fingerprints come to, and what is left of older counts without them.

use super::activity;
use super::fingerprints::Row;
use super::severities::Departures;
use crate::envelope::ParseStatus;
use crate::signature::{Cell, Moments, Offsets, SLOTS};
use crate::time::{MINUTE, Timestamp};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64;

/// What of a record decides what is counted.
#[derive(Clone, PartialEq)]
pub struct Said {
    pub time: Timestamp,
    pub host: u32,
    pub service: u32,
    pub severity: u8,
    pub facility: u8,
    pub status: u8,
    pub fingerprint: u128,
}

/// A record in passing: as it was, and as it is now if that is something else.
pub struct Passing<'p> {
    pub segment: u64,
    pub source: u32,
    pub raw: &'p [u8],
    /// Its normalised logtype, where it is counted.
    pub text: &'p str,
    pub was: &'p Said,
    pub now: Option<&'p Said>,
}

/// What the records of some fingerprints come to: as they were, and as they are now.
#[derive(Default)]
pub struct Counted {
    pub was: BTreeMap<u128, Tally>,
    pub now: BTreeMap<u128, Tally>,
}

#[derive(Default)]
pub struct Tally {
    pub cells: BTreeMap<u32, Vec<Cell>>,
    pub departures: BTreeMap<i32, Departures>,
    /// Service, text, severity, time and whether the record itself said it, in order of storing; the texts once each.
    seen: Vec<(u32, String, u8, Timestamp, bool)>,
    known: FxHashMap<(u64, u8, bool), usize>,
}

impl Counted {
    pub fn take(&mut self, p: &Passing<'_>, affected: &BTreeSet<u128>) {
        if affected.contains(&p.was.fingerprint) {
            let tally = self.was.entry(p.was.fingerprint).or_default();
            tally.add(p.was, "");
        }
        let now = p.now.unwrap_or(p.was);
        if affected.contains(&now.fingerprint) {
            let tally = self.now.entry(now.fingerprint).or_default();
            tally.add(now, p.text);
        }
    }
}

impl Tally {
    fn add(&mut self, said: &Said, text: &str) {
        let cell = Cell::one(said.time);
        activity::merge(self.cells.entry(said.host).or_default(), &[cell]);
        let day = self.departures.entry(said.time.hour().day()).or_default();
        let at = (said.time.hour().of_day(), said.severity);
        *day.entry(at).or_default() += 1;
        let dated = ParseStatus::from_number(said.status).is_some_and(ParseStatus::is_dated);
        let key = (xxh3_64(text.as_bytes()), said.severity, dated);
        match self.known.get(&key) {
            Some(&at) => self.seen[at].3 = self.seen[at].3.min(said.time),
            None => {
                self.known.insert(key, self.seen.len());
                let text = text.to_string();
                self.seen
                    .push((said.service, text, said.severity, said.time, dated));
            }
        }
    }

    /// The row of the fingerprint: what was known of it and is not told anew, with what its records say now.
    pub fn row(&self, tenant: &str, fingerprint: u128, kept: Option<Row>) -> Row {
        let text = self.seen.first().map(|s| s.1.clone());
        let mut row = kept.unwrap_or_else(|| Row {
            tenant: tenant.to_string(),
            fingerprint,
            service: self.seen.first().map_or(0, |s| s.0),
            normalised: text.unwrap_or_default(),
            first_text: i64::MAX,
            wider: Vec::new(),
            severities: Vec::new(),
            usual: None,
            first_dated: i64::MAX,
            first_seen: i64::MAX,
        });
        for (_, text, severity, time, dated) in &self.seen {
            row.saw_severity(*severity, *time);
            let other = (*text != row.normalised).then_some(text.as_str());
            row.saw_text(other, time.0);
            row.first_seen = row.first_seen.min(time.0);
            if *dated {
                row.first_dated = row.first_dated.min(time.0);
            }
        }
        row
    }
}

/// What is left of some hours without records that were counted in them.
pub fn without(cells: &[Cell], gone: &[Cell]) -> Vec<Cell> {
    let mut gone = gone.iter().peekable();
    let mut left = Vec::new();
    for cell in cells {
        while gone.next_if(|g| g.hour < cell.hour).is_some() {}
        match gone.next_if(|g| g.hour == cell.hour) {
            Some(taken) if taken.count >= cell.count => {}
            Some(taken) => left.push(less(cell, taken)),
            None => left.push(cell.clone()),
        }
    }
    left
}

fn less(cell: &Cell, taken: &Cell) -> Cell {
    let mut left = cell.clone();
    left.count -= taken.count;
    match (&mut left.moments, &taken.moments) {
        (Moments::Exact(all), Moments::Exact(taken)) => {
            let mut taken: Vec<u16> = taken.to_vec();
            let kept = all.iter().copied().filter(|offset| {
                let at = taken.iter().position(|t| t == offset);
                at.map(|at| taken.swap_remove(at)).is_none()
            });
            *all = Offsets::of(&kept.collect::<Vec<u16>>());
        }
        (Moments::Slots(slots), _) => {
            for (time, count) in taken.points() {
                let slot = time.since(cell.hour.start()) / (5 * MINUTE);
                let slot = &mut slots.counts[(slot as usize).min(SLOTS - 1)];
                *slot = slot.saturating_sub(count);
            }
        }
        // Fewer records than were taken out cannot be there.
        (Moments::Exact(_), Moments::Slots(_)) => {}
    }
    left
}

/// What is left of a day's departures without those of some records.
pub fn departures_without(all: &Departures, gone: Option<&Departures>) -> Departures {
    let left = all.iter().map(|(at, count)| {
        let gone = gone.and_then(|g| g.get(at)).copied().unwrap_or(0);
        (*at, count.saturating_sub(gone))
    });
    left.filter(|(_, count)| *count > 0).collect()
}
