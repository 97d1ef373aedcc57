//! What is stored of a generation of a file, so that the next run knows what it has read.

use super::{End, Limits, Prefix, name_text};
use crate::envelope::Endian;
use rustix::fs::Stat;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;

/// Places of a generation that are remembered. A log seldom lies in more than two (plain and packed, live and copied).
const MAX_PLACES: usize = 4;

/// How far a generation has been read, and what proves it. Offsets count unpacked bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// What was read: everything before the end of the last record returned.
    pub prefix: Prefix,
    /// Pieces already returned of the line that the offset stands in; 0 at a line start.
    pub pieces: u64,
    /// Where the generation was found, latest first. Hints that save proving it again.
    pub places: Vec<Place>,
    /// Whether it was read on behalf of the live name: then what was written after it is wanted, too, wherever it is now.
    pub followed: bool,
    /// What reading on needs to know, if anything.
    pub state: Option<State>,
}

/// What the bytes before the offset say about those behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The byte order, if the text is UTF-16.
    pub utf16: Option<Endian>,
    /// The brackets that are open around the list of events in whose middle the offset is.
    pub open: Vec<u8>,
    /// The names of the columns; the caller's to set.
    pub columns: Option<Columns>,
}

/// What the first record of a table says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// Their names, in order.
    pub names: Vec<String>,
    /// What each means to an event.
    pub fields: Vec<String>,
    /// What stands between them.
    pub delimiter: u8,
}

/// A file that held the generation, as it was after it was last read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Device number.
    pub device: u64,
    /// Inode number.
    pub inode: u64,
    /// Size in bytes, packed or not.
    pub size: u64,
    /// Time of the last change of its content, nanoseconds since the epoch.
    pub modified: i64,
    /// File name as text, without the directory.
    pub name: String,
    /// What came of a packed file; nothing for a plain one, and until its end was reached.
    pub outcome: Option<Outcome>,
}

/// How a packed file ended. As long as the file has not changed it need not be unpacked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Well.
    Whole,
    /// Early, and why.
    Damaged(String),
    /// It was left when it had unpacked to more than so many times its size.
    Bomb(u64),
}

impl Outcome {
    /// What is remembered of this end; nothing if the file has to be looked at again.
    pub(super) fn of(end: &End) -> Option<Outcome> {
        match end {
            End::Complete => Some(Outcome::Whole),
            End::Changed => None,
            End::Cut | End::Damaged(_) => Some(Outcome::Damaged(end.to_string())),
            End::Bomb(ratio) => Some(Outcome::Bomb(*ratio)),
        }
    }

    /// Whether nothing else would come of it within these bounds.
    pub(super) fn is_final(&self, limits: &Limits) -> bool {
        match self {
            Outcome::Bomb(ratio) => limits.ratio <= *ratio,
            Outcome::Whole | Outcome::Damaged(_) => true,
        }
    }
}

impl Checkpoint {
    /// Bytes read and returned as records.
    pub fn offset(&self) -> u64 {
        self.prefix.offset
    }

    /// Remembers `place` as the latest, unless it is remembered just so.
    pub(super) fn found_at(&mut self, place: Place) {
        if self.places.contains(&place) {
            return;
        }
        self.places.retain(|known| !known.same_file(&place));
        self.places.insert(0, place);
        self.places.truncate(MAX_PLACES);
    }

    /// What is remembered of the file with this status.
    pub(super) fn place(&self, status: &Place) -> Option<&Place> {
        self.places.iter().find(|known| known.same_file(status))
    }
}

impl Place {
    /// The place that a file with this status and name is.
    pub(super) fn of(stat: &Stat, name: &OsStr) -> Place {
        Place {
            device: stat.st_dev,
            inode: stat.st_ino,
            size: u64::try_from(stat.st_size).unwrap_or(0),
            modified: stat
                .st_mtime
                .saturating_mul(1_000_000_000)
                .saturating_add(i64::try_from(stat.st_mtime_nsec).unwrap_or(0)),
            name: name_text(name),
            outcome: None,
        }
    }

    /// Whether both are one file, as far as the system's numbers tell: they are used again after a file was deleted.
    pub(super) fn same_file(&self, other: &Place) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    /// Whether nothing has been written to the file in between.
    pub(super) fn untouched(&self, other: &Place) -> bool {
        self.same_file(other) && self.size == other.size && self.modified == other.modified
    }
}
