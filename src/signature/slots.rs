//! What the slots of a signature held: distinct values, the commonest, and the range of numbers.

/// What the slots of a signature held in the newest of its records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SlotReport {
    /// Records that were looked at.
    pub records: u64,
    /// Of them those whose values could not be told apart.
    pub unclear: u64,
    /// The slots, in the order of the template.
    pub slots: Vec<SlotValues>,
}

/// What one slot held.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotValues {
    /// As the template shows it.
    pub slot: String,
    /// The constants before it in the template.
    pub before: String,
    /// Distinct values.
    pub distinct: u64,
    /// The commonest of them with how often each was there; ties in the order of their bytes.
    pub top: Vec<(String, u64)>,
    /// Where all values are numbers of one unit, or durations.
    pub range: Option<Range>,
}

/// The range of a slot's numbers. Median and 95th percentile are values that were there (nearest rank).
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// The unit they all have; durations of several units are in seconds.
    pub unit: String,
    /// The smallest.
    pub min: f64,
    /// Half of them are not above it.
    pub median: f64,
    /// 95 of 100 are not above it.
    pub p95: f64,
    /// The largest.
    pub max: f64,
}
