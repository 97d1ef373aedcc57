//! How a source ended: what becomes of a last line without its end, and what there is to say.

use super::{Body, Chunk, ChunkReader, End, Endian, Note, Outcome, Step, TextEnd, pieces_after};

/// What becomes of a last line without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partial {
    /// It is returned, marked unterminated. Should the rest come later, it is returned then, marked as a fragment.
    Take,
    /// It waits for its end.
    Leave,
}

/// What becomes of a last line without its end, by how the source ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// After a sound end.
    pub sound: Partial,
    /// After the end of a damaged archive.
    pub damaged: Partial,
}

impl Rules {
    /// It is always returned.
    pub const TAKE: Rules = Rules {
        sound: Partial::Take,
        damaged: Partial::Take,
    };
    /// It always waits.
    pub const LEAVE: Rules = Rules {
        sound: Partial::Leave,
        damaged: Partial::Leave,
    };
}

impl ChunkReader {
    /// What the run report has to say of the reading; complete once [`Step::End`] was returned.
    pub fn notes(&self) -> Vec<Note> {
        match &self.end {
            Some(End::Cut) if self.rules.damaged == Partial::Leave => {
                vec![Note::growing(&self.name)]
            }
            Some(end) => Note::of_end(&self.name, end, self.waiting),
            None => Vec::new(),
        }
    }

    /// Decides about what is left at the end: less than a line.
    pub(super) fn finish(&mut self, chunk: &mut Chunk) -> Step {
        if let Some(endian) = self.utf16 {
            return self.finish_utf16(chunk, endian);
        }
        if chunk.len > 0 && self.takes_partial() {
            let pieces = pieces_after(chunk.bytes(), self.pieces);
            self.give(chunk, chunk.len, TextEnd::Stops, pieces);
            return Step::Chunk;
        }
        self.waiting += chunk.len as u64;
        self.clear(chunk);
        Step::End
    }

    /// The same for UTF-16: half a unit is no text.
    fn finish_utf16(&mut self, chunk: &mut Chunk, endian: Endian) -> Step {
        let len = chunk.len & !1;
        if len > 0 && self.takes_partial() {
            self.give_body(chunk, len, Body::Utf16(endian));
            return Step::Chunk;
        }
        self.waiting += chunk.len as u64;
        self.clear(chunk);
        Step::End
    }

    pub(super) fn takes_partial(&self) -> bool {
        let rule = match &self.end {
            Some(End::Complete) => self.rules.sound,
            Some(End::Cut | End::Damaged(_) | End::Bomb(_)) => self.rules.damaged,
            Some(End::Changed) | None => Partial::Leave,
        };
        rule == Partial::Take
    }

    /// How the packed file ended, once nothing of it waits any more.
    pub(super) fn outcome(&self, before: Option<Outcome>) -> Option<Outcome> {
        match &self.end {
            Some(end) if self.waiting == 0 && self.source.packed() => Outcome::of(end),
            _ => before,
        }
    }
}
