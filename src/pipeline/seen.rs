//! Journal entries come again: pipes overlap, and an export holds what a pipe held. Each is taken in once.

use crate::error::Result;
use crate::formats::{Cursor, Cursors, Sequence};
use crate::intake::{Chunk, Mark, Record};
use crate::store::{SeenKey, SeenPage, Store};
use crate::time::Timestamp;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

/// Pages, and runs in them, that are kept in memory before those that were committed are let go: some ten megabytes.
const MOST_KEPT: usize = 1 << 20;

/// What of a chunk is to be skipped, and what is to be committed with the rest of it.
#[derive(Debug, Default)]
pub(super) struct Sifted {
    /// The records that were taken in before, by their place in the chunk; ascending.
    pub skip: Vec<u32>,
    /// The pages that changed, as they are with this chunk.
    pub pages: Vec<(SeenKey, Vec<u8>)>,
    /// The newest entry of the chunk, skipped or not.
    pub newest: Option<Newest>,
    /// How many of the records to skip are skipped for their age alone.
    pub old: u64,
}

/// The cursor of an entry, and when that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Newest {
    pub time: Option<Timestamp>,
    pub cursor: String,
}

/// The entries that were taken in: those of the store, and those of this run that are on their way there.
pub(super) struct Seen<'s> {
    store: &'s Store,
    tenant: String,
    cursors: Cursors,
    pages: FxHashMap<SeenKey, Page>,
    /// Messages that were committed. What changed with one of them can be read from the store again.
    committed: &'s AtomicU64,
    /// The sequence met last and its key.
    last: Option<(String, String, u128)>,
    /// The entry whose line goes on, and what becomes of its pieces.
    unfinished: Option<(Option<Entry>, Fate)>,
}

struct Page {
    seen: SeenPage,
    /// The message that changed it last.
    changed: u64,
}

#[derive(Clone, Copy)]
struct Entry {
    key: SeenKey,
    number: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Take,
    Skip,
}

impl Sifted {
    /// Skips these records, too; places ascend.
    pub fn leave_out(&mut self, places: &[u32]) {
        let seen = std::mem::take(&mut self.skip);
        let fresh = |place: &&u32| seen.binary_search(place).is_err();
        self.old = places.iter().filter(fresh).count() as u64;
        let all: BTreeSet<u32> = seen.iter().chain(places).copied().collect();
        self.skip = all.into_iter().collect();
    }
}

impl<'s> Seen<'s> {
    /// What the store has seen of a tenant.
    pub fn new(store: &'s Store, tenant: &str, committed: &'s AtomicU64) -> Seen<'s> {
        Seen {
            store,
            tenant: tenant.to_string(),
            cursors: Cursors::default(),
            pages: FxHashMap::default(),
            committed,
            last: None,
            unfinished: None,
        }
    }

    /// Finds what of a chunk was taken in before, and remembers the rest. `message` is the number it is sent under.
    pub fn sift(&mut self, chunk: &Chunk, message: u64) -> Result<Sifted> {
        self.forget();
        let mut sifted = Sifted::default();
        let mut changed = BTreeSet::new();
        for (place, record) in chunk.records().enumerate() {
            if self.judge(&record, message, &mut changed, &mut sifted.newest)? == Fate::Skip {
                sifted.skip.push(place as u32);
            }
        }
        for key in changed {
            let page = self.page(key, message)?;
            sifted.pages.push((key, page.seen.to_bytes()?));
        }
        Ok(sifted)
    }

    fn judge(
        &mut self,
        record: &Record<'_>,
        message: u64,
        changed: &mut BTreeSet<SeenKey>,
        newest: &mut Option<Newest>,
    ) -> Result<Fate> {
        // The pieces of a line share the fate of the first, and are seen when the last has come.
        if let Mark::Fragment { index, last } = record.mark
            && index > 0
        {
            let (entry, fate) = match last {
                true => self.unfinished.take(),
                false => self.unfinished,
            }
            .unwrap_or((None, Fate::Take));
            if let (true, Some(entry)) = (last, entry) {
                self.see(entry, message, changed)?;
            }
            return Ok(fate);
        }
        let Some(cursor) = self.cursors.of(record.bytes) else {
            return Ok(Fate::Take);
        };
        Newest::keep(newest, &cursor);
        let (key, number) = SeenKey::of(self.key(cursor.sequence()), cursor.number());
        let entry = Entry { key, number };
        match record.mark {
            Mark::Fragment { .. } => {
                let known = self.page(key, message)?.seen.contains(number);
                let fate = if known { Fate::Skip } else { Fate::Take };
                self.unfinished = Some((Some(entry), fate));
                Ok(fate)
            }
            // A journalctl that was killed leaves half an entry, and the whole one may still come.
            Mark::Unterminated if is_cut(record.bytes) => Ok(Fate::Take),
            _ => self.see(entry, message, changed),
        }
    }

    /// Remembers an entry; skips it if it was seen before.
    fn see(&mut self, entry: Entry, message: u64, changed: &mut BTreeSet<SeenKey>) -> Result<Fate> {
        let page = self.page(entry.key, message)?;
        if !page.seen.insert(entry.number) {
            return Ok(Fate::Skip);
        }
        page.changed = message;
        changed.insert(entry.key);
        Ok(Fate::Take)
    }

    fn page(&mut self, key: SeenKey, message: u64) -> Result<&mut Page> {
        use std::collections::hash_map::Entry;
        match self.pages.entry(key) {
            Entry::Occupied(page) => Ok(page.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(Page {
                seen: self.store.seen_page(&self.tenant, key)?,
                changed: message,
            })),
        }
    }

    /// Lets go of what the store can tell again, when it is much.
    fn forget(&mut self) {
        let kept: usize = self.pages.values().map(|p| 8 + p.seen.runs()).sum();
        if kept > MOST_KEPT {
            let committed = self.committed.load(Ordering::Acquire);
            self.pages.retain(|_, page| page.changed >= committed);
        }
    }

    /// The key of a sequence; mostly that of the record before.
    fn key(&mut self, sequence: Sequence<'_>) -> u128 {
        let Sequence::Journal(id, boot) = sequence else {
            return sequence.key();
        };
        match &self.last {
            Some((last, b, key)) if last == id && b == boot => *key,
            _ => {
                let key = sequence.key();
                self.last = Some((id.to_string(), boot.to_string(), key));
                key
            }
        }
    }
}

/// Whether an entry without a line end lacks more than that.
fn is_cut(record: &[u8]) -> bool {
    let text = record.trim_ascii();
    text.starts_with(b"{") && !text.ends_with(b"}")
}

impl Newest {
    /// Puts the cursor in the place of one that is not newer.
    fn keep(place: &mut Option<Newest>, cursor: &Cursor<'_>) {
        if place.as_ref().is_none_or(|p| p.time <= cursor.time()) {
            let newest = place.get_or_insert_with(|| Newest {
                time: None,
                cursor: String::new(),
            });
            newest.time = cursor.time();
            newest.cursor.clear();
            newest.cursor.push_str(cursor.text());
        }
    }

    /// Whether it is at least as new as the entry of this cursor.
    pub fn follows(&self, other: &str) -> bool {
        Cursor::read(other).time() <= self.time
    }
}
