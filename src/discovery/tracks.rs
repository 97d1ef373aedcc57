//! Tracks: exact times by host, for the detectors that look at what comes before and after what.

use super::{Note, points, starts_of};
use crate::signature::Facts;
use crate::time::Timestamp;

/// When one signature was seen on one host.
#[derive(Clone, Debug)]
pub struct Track {
    /// Index of the signature.
    pub signature: usize,
    /// Its occurrences, ascending; where an hour holds too many, its busy five minutes.
    pub times: Vec<Timestamp>,
}

impl Track {
    /// The moments its episodes start: a quiet span longer than `gap` microseconds ends one.
    pub fn starts(&self, gap: i64) -> Vec<Timestamp> {
        starts_of(&self.times, gap)
    }
}

/// By host index, the tracks of the signatures that earned the deep pass and have at most `most` occurrences on that
/// host: what is frequent tells nothing by its timing. Ascending by signature.
pub fn tracks(facts: &Facts, notes: &[Note], most: usize) -> Vec<Vec<Track>> {
    let mut out: Vec<Vec<Track>> = vec![Vec::new(); facts.hosts.len()];
    for (index, signature) in facts.signatures.iter().enumerate() {
        if !notes[index].earned {
            continue;
        }
        for at in &signature.activity {
            if at.cells.len() > most {
                continue;
            }
            let times: Vec<Timestamp> =
                points(at, Timestamp::MIN).iter().map(|(t, _)| *t).collect();
            if times.len() <= most {
                out[at.host as usize].push(Track {
                    signature: index,
                    times,
                });
            }
        }
    }
    out
}
