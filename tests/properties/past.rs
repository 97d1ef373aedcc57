//! What is said as of a time does not know what came after it.

use crate::world::{BEGIN, DAYS, World, file_of, log, same};
use brainstem::time::HOUR;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_future_changes_no_answer(lines in log(), hours in prop::collection::vec(1..DAYS * 24, 1..4)) {
        let whole = World::of("t", &file_of(&lines));
        for hour in hours {
            let as_of = BEGIN.plus(hour * HOUR);
            let before = World::of("t", &file_of(lines.iter().filter(|l| l.time < as_of)));
            same(&whole.known("t", as_of), &before.known("t", as_of))?;
        }
    }
}
