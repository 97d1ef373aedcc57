//! How often the records of a fingerprint carried another severity than usual, by the hour: what was said as of a time
//! must not know how the same line is judged later.
//!
//! Nearly every fingerprint has one severity for ever, so only departures from it are written: the usual one has the rest
//! of the hour's activity.

use super::segment::varint::{put, take, take_slice};
use std::collections::BTreeMap;

/// The departures of one day: (hour of the day, severity by number) to how often.
pub type Departures = BTreeMap<(u8, u8), u64>;

/// Adds `more` to `into`.
pub fn merge(into: &mut Departures, more: &Departures) {
    for (&at, &count) in more {
        let n = into.entry(at).or_default();
        *n = n.saturating_add(count);
    }
}

/// A day as bytes: hour, severity, count.
pub fn encode(departures: &Departures) -> Vec<u8> {
    let mut out = Vec::with_capacity(departures.len() * 3);
    for (&(hour, severity), &count) in departures {
        out.extend_from_slice(&[hour, severity]);
        put(&mut out, count);
    }
    out
}

/// A day from its bytes; `None` when they are damaged.
pub fn decode(mut bytes: &[u8]) -> Option<Departures> {
    let mut departures = Departures::new();
    while !bytes.is_empty() {
        let at = take_slice(&mut bytes, 2)?;
        departures.insert((at[0], at[1]), take(&mut bytes)?);
    }
    Some(departures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_day_comes_back(day in prop::collection::btree_map((0u8..24, any::<u8>()), any::<u64>(), 0..40)) {
            prop_assert_eq!(decode(&encode(&day)), Some(day));
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(&bytes);
        }
    }
}
