//! Finds out which generation of its log a file is, by what it holds.

use super::{
    Age, Binary, Checkpoint, Digester, Got, Limits, LogFile, Note, Outcome, PACKED_TWICE, Packing,
    Place, Plain, Prefix, SAMPLE, Source, Unpacked, WINDOW, access, binary, hole, instead,
    read_all, read_at, unpacked_name,
};
use crate::error::{Error, Kind, Result};
use std::cmp::Reverse;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Bytes read at a time to prove what a file holds.
const STRIDE: usize = 256 * 1024;

/// Which life of a log a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// One that was seen before, by the number under which its checkpoint is stored.
    Existing(u64),
    /// One that was never seen.
    New,
}

/// A file whose generation is to be found out.
pub struct Subject<'a> {
    /// The file as it was named.
    pub log: &'a LogFile,
    /// Its name for people.
    pub name: String,
    /// It, opened.
    pub file: File,
    /// Its numbers, from the opened file.
    pub place: Place,
    /// Everything known of its family.
    pub known: &'a [(u64, Checkpoint)],
    /// Bounds of unpacking.
    pub limits: Limits,
    /// What to do with what looks like no text.
    pub binary: Binary,
}

/// What was found out.
pub enum Verdict {
    /// All of it was returned by an earlier run, as part of this generation.
    Nothing {
        /// The generation.
        id: u64,
        /// Its checkpoint.
        known: Checkpoint,
        /// The file, if it is one to find the generation in.
        place: Option<Place>,
        /// What there is to say of it.
        note: Option<Note>,
    },
    /// There may be something new.
    Read {
        /// The generation.
        generation: Generation,
        /// Its checkpoint.
        known: Checkpoint,
        /// Has followed everything up to the first new byte.
        digester: Digester,
        /// New bytes that the source has given already.
        carry: Vec<u8>,
        /// Stands behind them.
        source: Box<dyn Source>,
        /// What there is to say of it.
        note: Option<Note>,
    },
}

impl Verdict {
    /// The checkpoint of the generation.
    pub fn known(&mut self) -> &mut Checkpoint {
        match self {
            Verdict::Nothing { known, .. } | Verdict::Read { known, .. } => known,
        }
    }
}

impl<'a> Subject<'a> {
    /// The verdict on a file that is not packed and begins with `head`.
    pub fn plain(&self, head: &[u8]) -> Result<Verdict> {
        let size = self.place.size;
        let found = self.longest(head)?;
        let whole = matches!(&found, Some((_, known, _)) if known.offset() == size);
        let here = matches!(&found, Some((_, known, _)) if known.place(&self.place).is_some());
        if self.log.age != Age::Live && !whole && !here {
            let own = || Ok(digest(&self.file, size)?.prefix());
            if let Some(copy) = self.copy(head, size, own) {
                return Ok(copy);
            }
        }
        let (generation, known, digester, note) = match found {
            Some((id, known, digester)) => {
                let anew = (whole && self.written_anew(known)).then(|| Note::identical(&self.name));
                (Generation::Existing(id), known.clone(), digester, anew)
            }
            None => {
                let (generation, known) = self.first();
                (generation, known, Digester::default(), self.replaced())
            }
        };
        if generation == Generation::New {
            self.refuse_binary(head)?;
        }
        let file = self.file.try_clone().map_err(|e| self.failed(&e))?;
        let name = self.name.clone();
        let source = Plain::new(file, name, digester.offset(), size, digester.window());
        Ok(Verdict::Read {
            generation,
            known,
            digester,
            carry: Vec::new(),
            source: Box::new(source),
            note,
        })
    }

    /// The generation of which this plain file holds the most, followed up to where it was read.
    fn longest(&self, head: &[u8]) -> Result<Option<(u64, &'a Checkpoint, Digester)>> {
        for (id, known) in self.plausible(head, self.place.size) {
            let proof = prove(&self.file, &self.place, known).map_err(|e| self.failed(&e))?;
            if let Some(digester) = proof {
                return Ok(Some((id, known, digester)));
            }
        }
        Ok(None)
    }

    /// The verdict on a packed file. It has to be unpacked from its start; that is spared when it has been read to its end
    /// and not changed since.
    pub fn packed(&self, packing: Packing) -> Result<Verdict> {
        if let Some((id, known, outcome)) = self.settled() {
            let note = match outcome {
                Outcome::Whole => None,
                Outcome::Damaged(how) => Some(Note::still_damaged(&self.name, how)),
                Outcome::Bomb(ratio) => Some(Note::still_bomb(&self.name, *ratio)),
            };
            return Ok(Verdict::Nothing {
                id,
                known: known.clone(),
                place: Some(self.place.clone()),
                note,
            });
        }
        let mut walk = self.walk(packing)?;
        walk.look_ahead(SAMPLE)?;
        let head = walk.carry.clone();
        self.refuse_binary(&head)?;
        let mut found = None;
        for (id, known) in self.plausible(&head, u64::MAX).into_iter().rev() {
            if !walk.go_to(known.offset())? {
                break;
            }
            if walk.digester.prefix() == known.prefix {
                found = Some((id, known));
            }
        }
        let start = found.map_or(0, |(_, known)| known.offset());
        if walk.ended && start < walk.end() {
            walk.go_to(walk.end())?;
            let own = walk.digester.prefix();
            if let Some(copy) = self.copy(&head, own.offset, || Ok(own)) {
                return Ok(copy);
            }
        }
        if start != walk.digester.offset() {
            walk = self.walk(packing)?;
            walk.go_to(start)?;
        }
        let (generation, known) = match found {
            Some((id, known)) => (Generation::Existing(id), known.clone()),
            None => self.first(),
        };
        Ok(Verdict::Read {
            generation,
            known,
            digester: walk.digester,
            carry: walk.carry,
            source: Box::new(walk.source),
            note: None,
        })
    }

    /// Generations whose beginning this file has, and which end at or before `most`; the longest first, then those last
    /// seen in this very file.
    fn plausible(&self, head: &[u8], most: u64) -> Vec<(u64, &'a Checkpoint)> {
        let mut plausible: Vec<(u64, &Checkpoint)> = self
            .known
            .iter()
            .map(|(id, known)| (*id, known))
            .filter(|(_, known)| (1..=most).contains(&known.offset()))
            .filter(|(_, known)| known.prefix.begins_with(head))
            .collect();
        plausible.sort_by_key(|(id, known)| {
            Reverse((known.offset(), known.place(&self.place).is_some(), *id))
        });
        plausible
    }

    /// The generation of a file of which nothing is known but perhaps that it was there, empty.
    fn first(&self) -> (Generation, Checkpoint) {
        let empty = |c: &Checkpoint| c.offset() == 0 && c.place(&self.place).is_some();
        match self.latest(empty) {
            Some((id, known)) => (Generation::Existing(id), known.clone()),
            None => (Generation::New, Checkpoint::default()),
        }
    }

    /// The generation with the greatest number of those that are `wanted`.
    fn latest(&self, wanted: impl Fn(&Checkpoint) -> bool) -> Option<(u64, &'a Checkpoint)> {
        self.known
            .iter()
            .filter(|(_, known)| wanted(known))
            .max_by_key(|(id, _)| *id)
            .map(|(id, known)| (*id, known))
    }

    /// The generation that this very packed file was read as, to its end.
    fn settled(&self) -> Option<(u64, &'a Checkpoint, &'a Outcome)> {
        self.known
            .iter()
            .filter_map(|(id, known)| {
                let place = known.place(&self.place)?;
                let outcome = place.outcome.as_ref()?;
                let settled = place.untouched(&self.place) && outcome.is_final(&self.limits);
                settled.then_some((*id, known, outcome))
            })
            .max_by_key(|(_, known, _)| known.offset())
    }

    /// A rotated or packed file may be a copy that is still being made: a part of what was read in another file. It must
    /// not be taken for a generation of its own. It begins with `head`; `own` is about all its `len` bytes.
    fn copy(&self, head: &[u8], len: u64, own: impl Fn() -> io::Result<Prefix>) -> Option<Verdict> {
        if self.known.iter().all(|(_, known)| known.offset() < len) {
            return None;
        }
        let of = |path: &Path| -> Option<(u64, &Checkpoint, Place)> {
            let file = access::open(path).ok()?;
            let place = Place::of(&rustix::fs::fstat(&file).ok()?, path.file_name()?);
            if place.same_file(&self.place) || read_all(&file, 0, head.len() as u64).ok()? != head {
                return None;
            }
            let (id, known) = self.known.iter().find(|(_, known)| {
                known.offset() >= len.max(1)
                    && prove(&file, &place, known).is_ok_and(|proof| proof.is_some())
            })?;
            let same = digest(&file, len).ok()?.prefix() == own().ok()?;
            same.then_some((*id, known, place))
        };
        let (id, known, original) = self.originals().iter().find_map(|path| of(path))?;
        Some(Verdict::Nothing {
            id,
            known: known.clone(),
            place: None,
            // Older than the original it is not in the making any more, and not worth a word at every run.
            note: (self.place.modified >= original.modified)
                .then(|| Note::copy(&self.name, &original.name)),
        })
    }

    /// Where the file may be copied from: the same file unpacked, the live one, and where the youngest generations were.
    fn originals(&self) -> Vec<PathBuf> {
        let mut ids: Vec<&(u64, Checkpoint)> = self.known.iter().collect();
        ids.sort_by_key(|(id, _)| Reverse(*id));
        let places = ids.iter().take(3).flat_map(|(_, known)| &known.places);
        let names = places.map(|place| self.log.family.directory().join(&place.name));
        let likely = [unpacked_name(&self.log.path), Some(self.log.family.live())];
        likely.into_iter().flatten().chain(names).collect()
    }

    /// Whether a file under this name held the same bytes before and was written since.
    fn written_anew(&self, known: &Checkpoint) -> bool {
        known
            .places
            .iter()
            .any(|place| place.name == self.place.name && !place.untouched(&self.place))
    }

    /// What there is to say when this file no longer holds what was read of it.
    fn replaced(&self) -> Option<Note> {
        if self.log.age != Age::Live {
            return None; // What is rotated takes the name of what was rotated before.
        }
        let of_this_file = |known: &Checkpoint| {
            let before = known.place(&self.place);
            before.is_some_and(|before| before.name == self.place.name)
        };
        let known = self.latest(of_this_file)?.1;
        let read = known.offset();
        match read {
            0 => None,
            _ if read > self.place.size => Some(Note::shrunk(&self.name, read, self.place.size)),
            _ => Some(Note::rewritten(&self.name, read)),
        }
    }

    fn refuse_binary(&self, start: &[u8]) -> Result<()> {
        let inner = Packing::of(start).map(|_| PACKED_TWICE);
        match binary(start).or(inner) {
            Some(what) if self.binary == Binary::Leave => Err(Error::new(
                Kind::NoInput,
                format!("cannot read {}: it holds {what}, not lines", self.name),
            )
            .hint(instead(what, &self.log.path))),
            _ => Ok(()),
        }
    }

    fn walk(&self, packing: Packing) -> Result<Walk> {
        let file = self.file.try_clone().map_err(|e| self.failed(&e))?;
        let (name, size) = (self.name.clone(), self.place.size);
        Ok(Walk {
            source: Unpacked::new(file, name, size, packing, self.limits)?,
            digester: Digester::default(),
            carry: Vec::new(),
            ended: false,
        })
    }

    fn failed(&self, cause: &io::Error) -> Error {
        Error::io(format!("cannot read {}", self.name), cause)
    }
}

/// Goes through a packed file.
struct Walk {
    source: Unpacked,
    /// Has followed everything before `carry`.
    digester: Digester,
    carry: Vec<u8>,
    ended: bool,
}

impl Walk {
    /// Where what was unpacked so far ends.
    fn end(&self) -> u64 {
        self.digester.offset() + self.carry.len() as u64
    }

    /// Unpacks until `len` bytes lie ahead, or all.
    fn look_ahead(&mut self, len: usize) -> Result<()> {
        let mut at = self.carry.len();
        self.carry.resize(at.max(len), 0);
        while at < len && !self.ended {
            match self.source.read(&mut self.carry[at..])? {
                Got::Bytes(len) => at += len,
                Got::Quiet => {}
                Got::End(_) => self.ended = true,
            }
        }
        self.carry.truncate(at);
        Ok(())
    }

    /// Follows everything up to `offset`; false if there is less.
    fn go_to(&mut self, offset: u64) -> Result<bool> {
        while self.digester.offset() < offset {
            if self.carry.is_empty() {
                self.look_ahead(STRIDE)?;
            }
            if self.carry.is_empty() {
                return Ok(false);
            }
            let left = offset - self.digester.offset();
            let len = usize::try_from(left).map_or(self.carry.len(), |l| l.min(self.carry.len()));
            self.digester.update(&self.carry[..len]);
            self.carry.drain(..len);
        }
        Ok(true)
    }
}

/// Follows `file` up to the offset of `known` if it holds what was read then. In the file where it was last seen the head
/// and the bytes before the offset are proof enough; any other is read whole.
fn prove(file: &File, place: &Place, known: &Checkpoint) -> io::Result<Option<Digester>> {
    let prefix = &known.prefix;
    if place.size < prefix.offset {
        return Ok(None);
    }
    let window = prefix.offset.min(WINDOW as u64);
    if !prefix.ends_with(&read_all(file, prefix.offset - window, window)?) {
        return Ok(None);
    }
    let start = prefix.recent_start();
    let recent = read_all(file, start, prefix.offset - start)?;
    let Some(digester) = Digester::resume(prefix, &recent) else {
        return Ok(None);
    };
    let head = read_all(file, 0, prefix.head_len() as u64)?;
    if !prefix.begins_with(&head) {
        return Ok(None);
    }
    if start == 0 || known.place(place).is_some() {
        return Ok(Some(digester));
    }
    let whole = digest(file, prefix.offset)?;
    Ok((whole.prefix() == *prefix).then_some(whole))
}

/// Follows the first `len` bytes of `file`, holes by their length.
fn digest(file: &File, len: u64) -> io::Result<Digester> {
    let mut digester = Digester::default();
    let mut buffer = vec![0; STRIDE];
    while digester.offset() < len {
        let hole = hole(file, digester.offset()).min(len - digester.offset());
        digester.update_zeros(hole);
        let want = (len - digester.offset()).min(STRIDE as u64) as usize;
        let got = read_at(file, &mut buffer[..want], digester.offset())?;
        if got == 0 && want > 0 {
            break;
        }
        digester.update(&buffer[..got]);
    }
    Ok(digester)
}
