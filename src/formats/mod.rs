//! Formats: what a raw record says. One file per format and one row of [`FORMATS`].
//!
//! Reading has three parts that never see each other: intake (where bytes come from), framing (where a record ends) and
//! format (what it says). A format never fails: it returns what it got and marks what was wrong in `Parsed::status`.

use crate::event::{Fields, Parsed};
use crate::time::Timestamp;

/// What a format may need to know besides the record: the zone of local stamps, and the time nothing lies beyond.
pub struct Context {
    /// Stamps without a year get the latest year that does not put them more than a day after this: the time of the
    /// last change of a file, the time of receipt for a stream.
    pub anchor: Timestamp,
    /// The time of receipt, for judging whether a stamp is plausible.
    pub received_at: Timestamp,
}

/// A log format.
pub trait Format: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Records of this format, made for this project: its test, its documentation, and what detection is checked with.
    fn samples(&self) -> &'static [&'static str];

    /// How sure it is that `record` is in this format, 0 (cannot be) to 100 (nothing else can be).
    fn likeness(&self, record: &[u8]) -> u8;

    /// What the record says; the hot path. `record` has no line end.
    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a>;

    /// Everything structured the record says besides the parts in [`Parsed`]; the cold path.
    fn fields(&self, record: &[u8]) -> Fields;
}
