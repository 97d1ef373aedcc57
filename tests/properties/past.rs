//! What is said as of a time does not know what came after it.

use crate::world::{BEGIN, DAYS, ONE_SEVERITY, ONE_TEMPLATE, World, file_of, log_of, same};
use brainstem::time::HOUR;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_future_changes_no_answer(lines in log_of(ONE_TEMPLATE), hours in prop::collection::vec(1..DAYS * 24, 1..4)) {
        let whole = World::of("t", &file_of(&lines));
        for hour in hours {
            let as_of = BEGIN.plus(hour * HOUR);
            let before = World::of("t", &file_of(lines.iter().filter(|l| l.time < as_of)));
            same(&whole.answers("t", as_of), &before.answers("t", as_of))?;
        }
    }

    #[test]
    fn the_future_changes_no_finding_even_of_varied_messages(lines in log_of(ONE_SEVERITY), hour in 1..DAYS * 24) {
        let as_of = BEGIN.plus(hour * HOUR);
        let whole = World::of("t", &file_of(&lines));
        let before = World::of("t", &file_of(lines.iter().filter(|l| l.time < as_of)));
        same(&whole.findings("t", as_of), &before.findings("t", as_of))?;
    }
}
