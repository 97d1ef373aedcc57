//! What the run report has to say of a source: every sentence of that kind stands here.

use super::End;
use std::fmt;

/// What a [`Note`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// The last line has no end yet and waits.
    Unfinished,
    /// The file is shorter than what was read of it.
    Shrunk,
    /// The file no longer holds what was read of it.
    Rewritten,
    /// The file was truncated or rewritten while it was read.
    Changed,
    /// The file equals one that was read before.
    Identical,
    /// The file is the beginning of one that was read before.
    Copy,
    /// Bytes are gone that were not read.
    Gap,
    /// A file that had been read to its end is gone.
    Gone,
    /// A packed file is cut short or damaged.
    Damaged,
    /// The same, of a file that has not changed since the run that said so first.
    StillDamaged,
    /// A packed file unpacks to more than any log does.
    Bomb,
}

/// A sentence about a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// One sentence, lower case, the source named first.
    pub text: String,
}

impl Note {
    /// Whether input was lost or left out for good, so that the run must not end with code 0.
    pub fn input_was_skipped(&self) -> bool {
        matches!(
            self.kind,
            NoteKind::Gap | NoteKind::Damaged | NoteKind::Bomb
        )
    }

    fn new(kind: NoteKind, text: String) -> Note {
        Note { kind, text }
    }

    /// Notes on how reading ended, and on `waiting` bytes of a last line that were left.
    pub(super) fn of_end(name: &str, end: &End, waiting: u64) -> Vec<Note> {
        let unfinished = Note::new(
            NoteKind::Unfinished,
            format!(
                "{name}: {} of an unfinished last line or document wait for the next run",
                bytes(waiting)
            ),
        );
        let kind = match end {
            End::Complete if waiting > 0 => return vec![unfinished],
            End::Complete => return Vec::new(),
            End::Changed => NoteKind::Changed,
            End::Cut | End::Damaged(_) => NoteKind::Damaged,
            End::Bomb(_) => NoteKind::Bomb,
        };
        let more = match end {
            End::Bomb(ratio) => format!(", and --max-ratio {} reads on", ratio.saturating_mul(5)),
            _ => String::new(),
        };
        vec![Note::new(
            kind,
            format!("{name} {end}; what came before is kept{more}"),
        )]
    }

    /// The note on an archive that ends in the middle and was written to just now.
    pub(super) fn growing(name: &str) -> Note {
        Note::new(
            NoteKind::Unfinished,
            format!(
                "{name} ends in the middle; if it is still being written, the next run reads the rest"
            ),
        )
    }

    pub(super) fn still_damaged(name: &str, damage: &str) -> Note {
        Note::new(
            NoteKind::StillDamaged,
            format!("{name} {damage}, as the run before found; nothing more can be read of it"),
        )
    }

    pub(super) fn still_bomb(name: &str, ratio: u64) -> Note {
        Note::new(
            NoteKind::StillDamaged,
            format!(
                "{name} {}, as the run before found; --max-ratio {} reads on",
                End::Bomb(ratio),
                ratio.saturating_mul(5)
            ),
        )
    }

    pub(super) fn shrunk(name: &str, read: u64, now: u64) -> Note {
        Note::new(
            NoteKind::Shrunk,
            format!(
                "{name} was truncated: {} of it were read, now it has {}, which are read as new",
                bytes(read),
                bytes(now)
            ),
        )
    }

    pub(super) fn rewritten(name: &str, read: u64) -> Note {
        Note::new(
            NoteKind::Rewritten,
            format!(
                "{name} was rewritten: the first {} are not what was read before; all of it is read as new",
                bytes(read)
            ),
        )
    }

    pub(super) fn identical(name: &str) -> Note {
        Note::new(
            NoteKind::Identical,
            format!(
                "{name} was written anew and is byte for byte what was read before; it is not counted again"
            ),
        )
    }

    pub(super) fn copy(name: &str, of: &str) -> Note {
        Note::new(
            NoteKind::Copy,
            format!(
                "{name} is so far nothing but the beginning of {of}, which was read; it is looked at again by the next run"
            ),
        )
    }

    pub(super) fn gap(name: &str, unread: u64) -> Note {
        Note::new(
            NoteKind::Gap,
            format!(
                "the file that {name} was before is gone; at least {} of it were not read",
                bytes(unread)
            ),
        )
    }

    pub(super) fn gone(name: &str) -> Note {
        Note::new(
            NoteKind::Gone,
            format!(
                "the file that {name} was before is gone; if something was written to it after the last run, it was not read"
            ),
        )
    }
}

impl fmt::Display for End {
    /// As the second half of a sentence that begins with the name of the source.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Complete => f.write_str("was read to its end"),
            End::Changed => f.write_str("was truncated or rewritten while it was read"),
            End::Cut => f.write_str("is cut short"),
            End::Damaged(cause) => write!(f, "is damaged: {cause}"),
            End::Bomb(ratio) => write!(f, "unpacks to more than {ratio} times its size"),
        }
    }
}

/// `1 byte`, `14 bytes`, `5,000 bytes`.
fn bytes(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + if count == 1 { " byte" } else { " bytes" }
}
