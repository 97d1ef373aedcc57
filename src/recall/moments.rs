//! When a signature was seen on some hosts: reading the hourly cells.

use crate::signature::{Cell, Facts, HostActivity, SignatureFacts};
use crate::time::{HOUR, Hour, Timestamp};
use std::collections::BTreeMap;

/// A recovery later than this belongs to another fault.
const HEALS_WITHIN: i64 = HOUR;

/// Occurrences in `(after, before)`, as exact as the cells are: time and count.
pub fn between(cells: &[Cell], after: Timestamp, before: Timestamp) -> Vec<(Timestamp, u32)> {
    let from = cells.partition_point(|c| c.hour < after.hour());
    cells[from..]
        .iter()
        .take_while(|c| c.hour.start() < before)
        .flat_map(Cell::points)
        .filter(|(t, _)| *t > after && *t < before)
        .collect()
}

/// The cells of some hosts (ascending).
fn cells_on<'s>(s: &'s SignatureFacts, hosts: &'s [u32]) -> impl Iterator<Item = &'s [Cell]> {
    s.activity
        .iter()
        .filter(|at| hosts.binary_search(&at.host).is_ok())
        .map(|at| &*at.cells)
}

/// Occurrences on some hosts in `(after, before)`.
pub fn count_on(s: &SignatureFacts, hosts: &[u32], after: Timestamp, before: Timestamp) -> u64 {
    cells_on(s, hosts)
        .flat_map(|cells| between(cells, after, before))
        .map(|(_, n)| u64::from(n))
        .sum()
}

/// Occurrences on some hosts after `since`, by hour, all hosts together.
pub fn by_hour(s: &SignatureFacts, hosts: &[u32], since: Timestamp) -> BTreeMap<Hour, u32> {
    let mut hours: BTreeMap<Hour, u32> = BTreeMap::new();
    for cells in cells_on(s, hosts) {
        for (time, count) in between(cells, since, Timestamp::MAX) {
            let slot = hours.entry(time.hour()).or_default();
            *slot = slot.saturating_add(count);
        }
    }
    hours
}

/// The last hour with an occurrence on some hosts.
pub fn last_hour(s: &SignatureFacts, hosts: &[u32]) -> Option<Hour> {
    cells_on(s, hosts)
        .filter_map(|cells| cells.last())
        .map(|c| c.hour)
        .max()
}

/// The first occurrence on some hosts after `since`, and the last one not after it.
pub fn around(
    s: &SignatureFacts,
    hosts: &[u32],
    since: Timestamp,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let all = |cells| between(cells, Timestamp::MIN, Timestamp::MAX);
    let (mut after, mut before) = (None::<Timestamp>, None::<Timestamp>);
    for (time, _) in cells_on(s, hosts).flat_map(all) {
        if time > since {
            after = Some(after.map_or(time, |t| t.min(time)));
        } else {
            before = before.max(Some(time));
        }
    }
    (after, before)
}

/// The faults that began after `since` on each of some hosts, with how long each took until the next recovery there, if one came.
pub fn gaps(
    fault: &SignatureFacts,
    recovery: &SignatureFacts,
    hosts: &[u32],
    since: Timestamp,
) -> Vec<(Timestamp, Option<i64>)> {
    let mut out = Vec::new();
    for at in fault
        .activity
        .iter()
        .filter(|at| hosts.binary_search(&at.host).is_ok())
    {
        let there = recovery.activity.iter().find(|r| r.host == at.host);
        let well: Vec<Timestamp> = there
            .map(|r| between(&r.cells, since, Timestamp::MAX))
            .unwrap_or_default()
            .into_iter()
            .map(|(t, _)| t)
            .collect();
        let mut over = Timestamp::MIN;
        for (start, _) in between(&at.cells, since, Timestamp::MAX) {
            // Said again before it was over: the same fault.
            if start <= over {
                continue;
            }
            let next = well.get(well.partition_point(|w| *w <= start)).copied();
            let next = next.filter(|w| w.since(start) <= HEALS_WITHIN);
            over = next.unwrap_or(start.plus(HEALS_WITHIN));
            out.push((start, next.map(|w| w.since(start))));
        }
    }
    out
}

/// The hosts of a signature by name, in order of arrival.
pub fn arrivals(facts: &Facts, signature: usize) -> Vec<String> {
    let mut all: Vec<&HostActivity> = facts.signatures[signature].activity.iter().collect();
    all.sort_by_key(|at| (at.cells.first().map(Cell::first), at.host));
    let name = |at: &HostActivity| facts.hosts[at.host as usize].clone();
    all.into_iter().map(name).collect()
}
