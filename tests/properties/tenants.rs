//! What one tenant is told does not depend on any other.

use crate::world::{END, World, file_of, log, same};
use proptest::prelude::*;

/// Short names over few letters: many are the beginning of another, or differ by what might separate keys.
fn name() -> impl Strategy<Value = String> {
    "[a0][a0_-]{0,2}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tenants_do_not_know_each_other(ours in log(), theirs in log(), one in name(), other in name(), first in any::<bool>()) {
        prop_assume!(one != other);
        let alone = World::of(&one, &file_of(&ours));
        let shared = World::new();
        let (our_log, their_log) = (shared.append("ours.log", file_of(&ours)), shared.append("theirs.log", file_of(&theirs)));
        if first {
            shared.run(&other, &[&their_log], 1);
        }
        shared.run(&one, &[&our_log], 1);
        shared.run(&other, &[&their_log], 1);
        same(&shared.answers(&one, END), &alone.answers(&one, END))?;
        prop_assert_eq!(shared.raw(&one), alone.raw(&one));
        let state = shared.store.status(&one).expect("a state");
        prop_assert_eq!(state.events, ours.len() as u64);
        prop_assert_eq!(shared.store.sources(&one).expect("sources").len(), 1);
    }
}
