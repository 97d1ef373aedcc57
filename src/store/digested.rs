//! What the store takes in: a chunk of records as a worker left it.

use super::segment::Sealed;
use crate::envelope::ParseStatus;
use crate::time::Timestamp;

/// A fingerprint a worker met for the first time.
#[derive(Clone, Debug)]
pub struct NewFingerprint {
    /// The hash.
    pub fingerprint: u128,
    /// The service, in the worker's numbers.
    pub service: u32,
    /// The normalised logtype.
    pub normalised: String,
}

/// What a worker made of one chunk. Numbers are the worker's own; the lists hold what it numbered since its last chunk.
#[derive(Debug)]
pub struct Digested {
    /// Which worker.
    pub worker: usize,
    /// Records that were put together with others of their kind because the store has no room to tell them apart.
    pub beyond: u64,
    /// Hosts and services it numbered.
    pub names: Vec<String>,
    /// Logtypes it numbered.
    pub logtypes: Vec<Vec<u8>>,
    /// Frames it numbered.
    pub frames: Vec<Vec<u8>>,
    /// Fingerprints it numbered.
    pub fingerprints: Vec<NewFingerprint>,
    /// The records; absent when the chunk held none.
    pub sealed: Option<Sealed>,
    /// For each shape of the segment its fingerprint, in the worker's numbers.
    pub shape_fingerprints: Vec<u32>,
}

impl Digested {
    /// The latest time that a record said itself.
    pub fn last_dated(&self) -> Option<Timestamp> {
        let shapes = self.sealed.iter().flat_map(|sealed| &sealed.shapes);
        let dated = |status| ParseStatus::from_number(status).is_some_and(ParseStatus::is_dated);
        shapes
            .filter(|s| dated(s.shape.status))
            .map(|s| s.last)
            .max()
    }
}
