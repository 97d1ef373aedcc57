//! Whether what was tried helped: what people said, and what the facts say since.

use super::{Lookup, around, host_indices};
use crate::memory::{Decision, Helped, Review};
use crate::signature::Facts;
use crate::time::{DAY, span_text};
use std::collections::{BTreeMap, BTreeSet};

/// Quiet for less than this proves nothing: most weak signals stay away for hours by themselves.
const QUIET: i64 = DAY;

/// What came of following a memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// How often it was tried.
    pub tried: u32,
    /// How often a person said that it helped.
    pub yes: u32,
    /// How often a person said that it did not.
    pub no: u32,
    /// How often what it was tried on has stopped since.
    pub stopped: u32,
    /// How often it came back.
    pub back: u32,
    /// The last of that, in words.
    pub last: String,
}

impl Help {
    /// What ranks hints: what helped first, what did not last.
    pub fn rank(&self) -> i64 {
        i64::from(self.yes) + i64::from(self.stopped) - i64::from(self.no) - i64::from(self.back)
    }

    /// In words: `tried 2 times, helped once; quiet for 3d since`.
    pub fn words(&self) -> String {
        let times = |n: u32| {
            if n == 1 {
                "once".to_string()
            } else {
                format!("{n} times")
            }
        };
        let mut words = format!("tried {}", times(self.tried));
        for (n, what) in [(self.yes, "helped"), (self.no, "did not help")] {
            if n > 0 {
                words.push_str(&format!(", {what} {}", times(n)));
            }
        }
        if !self.last.is_empty() {
            words.push_str(&format!("; {}", self.last));
        }
        words
    }
}

/// What came of each memory that was tried, by its id. `reviews` must be oldest first.
pub fn helped(facts: &Facts, lookup: &Lookup, reviews: &[Review]) -> BTreeMap<String, Help> {
    let withdrawn: BTreeSet<&str> = (reviews.iter())
        .filter(|r| r.decision == Decision::Withdraw)
        .map(|r| r.subject_id.as_str())
        .collect();
    let mut all: BTreeMap<String, Help> = BTreeMap::new();
    for review in reviews {
        let Some(tried) = &review.tried else { continue };
        if withdrawn.contains(review.review_id.as_str()) {
            continue;
        }
        let help = all.entry(tried.incident_memory_id.clone()).or_default();
        help.tried += 1;
        help.yes += u32::from(tried.helped == Helped::Yes);
        help.no += u32::from(tried.helped == Helped::No);
        let hosts = host_indices(facts, &review.hosts);
        let again = lookup.signatures(&review.signature_ids).into_iter();
        let again = again.filter_map(|s| around(&facts.signatures[s], &hosts, review.judged_at).0);
        let quiet = facts.last_time.since(review.judged_at);
        match again.min() {
            Some(at) => {
                help.back += 1;
                help.last = format!("back after {}", span_text(at.since(review.judged_at)));
            }
            None if quiet >= QUIET => {
                help.stopped += 1;
                help.last = format!("quiet for {} since", span_text(quiet));
            }
            None => help.last = "too early to tell whether it stopped".to_string(),
        }
    }
    all
}
