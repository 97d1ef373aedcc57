//! Room: how much a store may hold of what a log of random words would make without end. Shared by the workers of a run.

use crate::error::Result;
use crate::store::{Kept, Store};
use rustc_hash::FxHashSet;
use std::sync::RwLock;

/// Logtypes a store may hold. A machine has some thousands; a source of random words would make one of every line, so what
/// comes beyond this is kept as plain text under one catch-all logtype, and stays findable by its words.
const MOST_LOGTYPES: usize = 100_000;
/// Fingerprints a store may hold: what comes beyond this is told by no signature of its own. There are as many as logtypes,
/// unless services are random words; then one for each pair.
const MOST_FINGERPRINTS: usize = 100_000;
/// Hosts and services a store may tell apart; beyond them a record has none but in its raw text. The largest fleets have some
/// ten thousand.
const MOST_NAMES: usize = 100_000;

/// What there is room for.
pub struct Room {
    /// Logtypes, by the hash of their bytes.
    pub logtypes: Budget,
    /// Fingerprints.
    pub fingerprints: Budget,
    /// Hosts and services, by the hash of their name.
    pub names: Budget,
}

impl Room {
    /// What a store has room for.
    pub fn of(store: &Store) -> Result<Room> {
        Ok(Room {
            logtypes: Budget::of(store, Kept::Logtypes, MOST_LOGTYPES)?,
            fingerprints: Budget::of(store, Kept::Fingerprints, MOST_FINGERPRINTS)?,
            names: Budget::of(store, Kept::Names, MOST_NAMES)?,
        })
    }
}

/// How many things of one kind there is room for.
pub struct Budget {
    most: usize,
    known: RwLock<FxHashSet<u128>>,
}

impl Budget {
    /// Those the store has are asked for only when it is half full, so that they need no room again; before, what is there
    /// and what may come again together fit.
    fn of(store: &Store, kept: Kept, most: usize) -> Result<Budget> {
        let count = store.count_of(kept)?;
        let (most, known) = match count >= most / 2 {
            true => (most, store.hashes_of(kept)?),
            false => (most - count, FxHashSet::default()),
        };
        Ok(Budget {
            most,
            known: RwLock::new(known),
        })
    }

    /// Whether there is room for the thing of this hash, which the asking worker has not met before; it is taken then.
    pub fn takes(&self, hash: u128) -> bool {
        // A worker that failed while it held the lock has ended the run.
        let Ok(known) = self.known.read() else {
            return false;
        };
        if known.contains(&hash) {
            return true;
        }
        if known.len() >= self.most {
            return false;
        }
        drop(known);
        let Ok(mut known) = self.known.write() else {
            return false;
        };
        let room = known.len() < self.most || known.contains(&hash);
        if room {
            known.insert(hash);
        }
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_needs_no_room_again() {
        let budget = Budget {
            most: 3,
            known: RwLock::new(FxHashSet::from_iter([7])),
        };
        assert!(budget.takes(1) && budget.takes(2));
        assert!(!budget.takes(3) && !budget.takes(4));
        assert!(budget.takes(1) && budget.takes(2) && budget.takes(7));
    }
}
