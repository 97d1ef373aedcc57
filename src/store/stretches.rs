//! The activity of many fingerprints as the store holds it: one list of cells, and which stretch of it belongs to whom.

use super::activity;
use crate::signature::Cell;
use crate::time::Timestamp;

/// The cells of one fingerprint on one host, in the list of all.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// Number of the fingerprint.
    pub fingerprint: u32,
    /// Number of the host's name.
    pub host: u32,
    from: u32,
    to: u32,
}

impl Stretch {
    /// Where in the list.
    pub fn range(self) -> std::ops::Range<u32> {
        self.from..self.to
    }
}

/// Stretches by ascending fingerprint and host, their cells by ascending hour.
#[derive(Debug, Default)]
pub struct Stretches {
    cells: Vec<Cell>,
    stretches: Vec<Stretch>,
}

impl Stretches {
    /// None yet, with room for so many rows: growing costs more than the room.
    pub fn with_room(rows: u64) -> Stretches {
        let rows = usize::try_from(rows).unwrap_or(0);
        Stretches {
            cells: Vec::with_capacity(rows),
            stretches: Vec::with_capacity(rows),
        }
    }

    /// Adds a row of the table of activity. Rows must come in the table's order. `None` when the row is damaged.
    pub fn add(&mut self, fingerprint: u32, host: u32, day: i32, row: &[u8]) -> Option<()> {
        let from = u32::try_from(self.cells.len()).ok()?;
        activity::decode_into(day, row, &mut self.cells)?;
        let to = u32::try_from(self.cells.len()).ok()?;
        match self.stretches.last_mut() {
            Some(last) if (last.fingerprint, last.host) == (fingerprint, host) => last.to = to,
            _ => self.stretches.push(Stretch {
                fingerprint,
                host,
                from,
                to,
            }),
        }
        Some(())
    }

    /// The time of the newest occurrence.
    pub fn newest(&self) -> Option<Timestamp> {
        let last = |s: &Stretch| self.cells(*s).last().map(Cell::last);
        self.stretches.iter().filter_map(last).max()
    }

    /// Whether the hour that `time` lies in has an occurrence at or after it.
    pub fn splits_an_hour(&self, time: Timestamp) -> bool {
        let hour = time.hour();
        self.stretches.iter().any(|s| {
            let cells = self.cells(*s);
            let at = cells.partition_point(|c| c.hour < hour);
            (cells.get(at)).is_some_and(|c| c.hour == hour && c.last() >= time)
        })
    }

    /// Forgets the hours at or after `as_of`, and what is left without any.
    pub fn cut_off(&mut self, as_of: Timestamp) {
        let cells = &self.cells;
        self.stretches.retain_mut(|s| {
            let of = &cells[s.from as usize..s.to as usize];
            s.to = s.from + of.partition_point(|c| c.hour.start() < as_of) as u32;
            s.to > s.from
        });
    }

    /// All, by ascending fingerprint and host.
    pub fn all(&self) -> &[Stretch] {
        &self.stretches
    }

    /// Those of one fingerprint.
    pub fn of(&self, fingerprint: u32) -> &[Stretch] {
        let from = (self.stretches).partition_point(|s| s.fingerprint < fingerprint);
        let rest = &self.stretches[from..];
        let ours = rest.iter().take_while(|s| s.fingerprint == fingerprint);
        &rest[..ours.count()]
    }

    /// What `total` says of each fingerprint, given the places of its stretches and them; by ascending fingerprint.
    pub fn totals<T>(
        &self,
        total: impl Fn(u32, std::ops::Range<usize>, &[Stretch]) -> Option<T>,
    ) -> Vec<T> {
        let mut at = 0;
        (self
            .stretches
            .chunk_by(|a, b| a.fingerprint == b.fingerprint))
        .filter_map(|of| {
            let from = at;
            at += of.len();
            total(of[0].fingerprint, from..at, of)
        })
        .collect()
    }

    /// The cells of a stretch.
    pub fn cells(&self, stretch: Stretch) -> &[Cell] {
        self.cells
            .get(stretch.from as usize..stretch.to as usize)
            .unwrap_or_default()
    }

    /// Occurrences of a fingerprint.
    pub fn count(&self, fingerprint: u32) -> u64 {
        let cells = self.of(fingerprint).iter().flat_map(|s| self.cells(*s));
        cells.map(|c| u64::from(c.count)).sum()
    }

    /// The stretches, and the list of cells they are of.
    pub fn into_parts(self) -> (Vec<Stretch>, Vec<Cell>) {
        (self.stretches, self.cells)
    }
}
