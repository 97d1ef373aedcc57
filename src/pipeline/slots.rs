//! What the slots of a signature held: distinct values, the commonest of them, and the range of numbers and durations.
//!
//! Nothing of this is counted while records come in, which costs nothing there: the values stand in the columns of the evidence,
//! and are read when somebody asks, from the newest records and no more of them than can be read in no time.

use super::records::Records;
use crate::error::Result;
use crate::refine::{Cut, Layout, Quantity, Stretch};
use crate::signature::{Range, SignatureFacts, SlotReport, SlotValues};
use crate::store::{Filter, Found, Learned, Order, Store};
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_128;

/// Records that are looked at, the newest ones: enough for a median and a 95th percentile that would not change with more.
const MOST_RECORDS: u64 = 10_000;
/// Segments that are opened at most, the newest ones: each takes some milliseconds, and what is rare stands in many.
const MOST_SEGMENTS: u64 = 16;
/// Values that are shown of a slot.
const TOP: usize = 5;
/// Bytes of a value that are kept to be shown.
const SHOWN: usize = 120;

/// What the slots of a signature held in the newest of its records before the as-of time.
pub fn slot_values(
    store: &Store,
    learned: &Learned,
    signature: &SignatureFacts,
) -> Result<SlotReport> {
    let layout = Layout::of(&signature.template);
    let mut slots: Vec<Tally> = layout.slots().iter().map(|_| Tally::default()).collect();
    let mut report = SlotReport::default();
    if slots.is_empty() {
        return Ok(report);
    }
    let tenant = &learned.facts.tenant;
    let filter = Filter {
        fingerprints: Some(learned.fingerprints_of(signature.id)),
        until: Some(learned.facts.as_of),
        segments: Some(MOST_SEGMENTS),
        ..Filter::default()
    };
    let records = Records::new(store, tenant, learned)?;
    let mut aligned: FxHashMap<u128, Option<Vec<Stretch>>> = FxHashMap::default();
    let mut cut = Cut::new();
    store.search(tenant, &filter, Order::Newest, &mut |found: Found| {
        let message = records.message(&found);
        cut.cut(&message);
        let stretches = aligned
            .entry(xxh3_128(&cut.logtype))
            .or_insert_with(|| layout.align(&cut.logtype));
        match stretches {
            Some(stretches) => {
                for (slot, stretch) in slots.iter_mut().zip(stretches) {
                    let variables = cut.vars.iter().map(|v| v.of(&message));
                    slot.add(&stretch.value(&cut.logtype, variables));
                }
            }
            None => report.unclear += 1,
        }
        report.records += 1;
        Ok(report.records < MOST_RECORDS)
    })?;
    let told = layout.slots().iter().zip(slots);
    report.slots = told
        .map(|(slot, tally)| tally.told(slot.text.clone(), slot.before.clone()))
        .collect();
    Ok(report)
}

/// The values of one slot while they are counted.
#[derive(Default)]
struct Tally {
    /// By the hash of the whole value: its beginning, and how often it was there.
    values: FxHashMap<u128, (String, u64)>,
    numbers: Numbers,
}

impl Tally {
    fn add(&mut self, value: &str) {
        self.numbers.add(value);
        let shown = || (shortened(value), 0);
        let known = self.values.entry(xxh3_128(value.as_bytes()));
        known.or_insert_with(shown).1 += 1;
    }

    fn told(self, slot: String, before: String) -> SlotValues {
        let distinct = self.values.len() as u64;
        let mut top: Vec<(String, u64)> = self.values.into_values().collect();
        top.sort_unstable_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        top.truncate(TOP);
        SlotValues {
            slot,
            before,
            distinct,
            top,
            range: self.numbers.range(),
        }
    }
}

fn shortened(value: &str) -> String {
    if value.len() <= SHOWN {
        return value.to_string();
    }
    let mut end = SHOWN;
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &value[..end])
}

/// The numbers of a slot, for as long as all its values are numbers that can be compared.
#[derive(Default)]
struct Numbers {
    /// The unit of the first, and whether all had it.
    unit: Option<String>,
    mixed: bool,
    bare: Vec<f64>,
    /// The same in seconds, for as long as all are durations.
    seconds: Vec<f64>,
    /// Whether a value was no number.
    other: bool,
}

impl Numbers {
    fn add(&mut self, value: &str) {
        if self.other || value.is_empty() {
            return;
        }
        let Some(quantity) = Quantity::of(value) else {
            self.other = true;
            return;
        };
        let unit = self.unit.get_or_insert_with(|| quantity.unit.to_string());
        self.mixed |= unit != quantity.unit;
        self.bare.push(quantity.number);
        self.seconds.extend(quantity.seconds());
    }

    fn range(self) -> Option<Range> {
        let durations = self.seconds.len() == self.bare.len();
        let (mut all, unit) = match (self.other, self.mixed, durations) {
            (false, false, _) => (self.bare, self.unit?),
            (false, true, true) => (self.seconds, "s".to_string()),
            _ => return None,
        };
        all.sort_unstable_by(f64::total_cmp);
        // Nearest rank: the smallest value that at least this share is not above.
        let rank = |percent: usize| all.get((all.len() * percent).div_ceil(100).max(1) - 1);
        Some(Range {
            unit,
            min: *all.first()?,
            median: *rank(50)?,
            p95: *rank(95)?,
            max: *all.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(values: &[&str]) -> SlotValues {
        let mut tally = Tally::default();
        values.iter().for_each(|v| tally.add(v));
        tally.told("<*>".to_string(), String::new())
    }

    #[test]
    fn the_commonest_values_come_first() {
        let told = tally(&["b", "a", "c", "b", "d", "e", "f", "a"]);
        let top: Vec<(&str, u64)> = told.top.iter().map(|(v, n)| (v.as_str(), *n)).collect();
        assert_eq!(top, [("a", 2), ("b", 2), ("c", 1), ("d", 1), ("e", 1)]);
        assert_eq!((told.distinct, told.range), (6, None));
    }

    #[test]
    fn long_values_that_begin_alike_are_told_apart() {
        let long = |end: &str| format!("{}{end}", "ä".repeat(100));
        let told = tally(&[&long("1"), &long("2"), &long("2")]);
        assert_eq!(told.distinct, 2);
        assert!(told.top[0].0.len() < 130 && told.top[0].1 == 2);
    }

    #[test]
    fn ranges_are_of_values_that_were_there() {
        let all: Vec<String> = (1..=100).rev().map(|n| format!("{n} ms")).collect();
        let told = tally(&all.iter().map(String::as_str).collect::<Vec<_>>());
        let range = told.range.expect("numbers");
        assert_eq!(
            (range.min, range.median, range.p95, range.max),
            (1.0, 50.0, 95.0, 100.0)
        );
        assert_eq!(range.unit, "ms");
        let one = tally(&["7"]).range.expect("a number");
        assert_eq!(
            (one.min, one.median, one.p95, one.max),
            (7.0, 7.0, 7.0, 7.0)
        );
    }

    #[test]
    fn only_what_can_be_compared_has_a_range() {
        let mixed = tally(&["2 s", "500 ms", "1 min"]).range.expect("durations");
        assert_eq!(
            (mixed.unit.as_str(), mixed.min, mixed.max),
            ("s", 0.5, 60.0)
        );
        assert_eq!(tally(&["5", ""]).range.map(|r| r.max), Some(5.0));
        for values in [
            &["5 KB", "3 MB"][..],
            &["5", "five"],
            &["5", "5 ms"],
            &[],
            &[""],
        ] {
            assert_eq!(tally(values).range, None, "{values:?}");
        }
    }
}
