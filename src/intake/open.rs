//! Opens an input at the first byte that is new.

use super::{
    Age, Binary, Checkpoint, ChunkReader, Digester, Generation, Input, Limits, LogFile, Note,
    Packing, Partial, Place, Rules, SAMPLE, Start, Stream, Subject, Verdict, access, read_all,
    unpacked_name,
};
use crate::error::{Error, Result};
use crate::time::{DAY, HOUR, MINUTE, Timestamp};
use std::fs::File;
use std::os::fd::AsFd;

/// Microseconds without a write after which a rotated file gets no more: programs go on writing to the old file until
/// they are told to reopen, and one with a buffer writes half lines.
const ROTATED_REST: i64 = HOUR;
/// The same for a live file: a slow program with a buffer leaves half a line for hours, but not for a day.
const LIVE_REST: i64 = DAY;
/// The same for a packed file, which one program writes in one go.
const PACKED_REST: i64 = 10 * MINUTE;

/// How to read.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The time of reading: tells whether a file is at rest.
    pub now: Timestamp,
    /// What becomes of an unfinished last line of a file that may still grow. Of streams, whole archives and files at
    /// rest it is always taken.
    pub partial: Partial,
    /// Bounds of unpacking.
    pub limits: Limits,
    /// What to do with a file that looks like no text.
    pub binary: Binary,
}

/// A file or stream, ready to give what is new.
pub struct Opened {
    /// Which life of the log it is.
    pub generation: Generation,
    /// Where the first new byte is in the unpacked stream.
    pub start: u64,
    /// Gives the new records.
    pub reader: ChunkReader,
    /// `file`, `gzip`, `zstd`, `xz`, `bzip2` or `stdin`.
    pub transport: &'static str,
    /// Time of the last change of a file: nothing in it is younger.
    pub modified: Option<Timestamp>,
    /// What was found in opening it. The reader has notes of its own.
    pub notes: Vec<Note>,
}

/// Opens `input` at the first byte that is new. `known` are the checkpoints of all generations of its family; nothing is
/// known of a stream. Fails when it cannot be read or has no lines.
pub fn open(input: &Input, known: &[(u64, Checkpoint)], options: &Options) -> Result<Opened> {
    match input {
        Input::File(log) => open_file(log, known, options),
        Input::Stdin { label } => {
            let failed = |e: &std::io::Error| Error::io(format!("cannot read {label}"), e);
            let stdin = std::io::stdin();
            let own = stdin.as_fd().try_clone_to_owned().map_err(|e| failed(&e))?;
            Ok(open_stream(File::from(own), label, options))
        }
    }
}

/// Opens a stream, such as a pipe, where it stands.
pub fn open_stream(stream: File, label: &str, options: &Options) -> Opened {
    let reader = ChunkReader::new(Start {
        name: label.to_string(),
        source: Box::new(Stream::new(stream, label.to_string(), options.limits)),
        total: None,
        rules: Rules::TAKE,
        digester: Digester::default(),
        carry: Vec::new(),
        known: Checkpoint::default(),
        place: None,
    });
    Opened {
        generation: Generation::New,
        start: 0,
        reader,
        transport: "stdin",
        modified: None,
        notes: Vec::new(),
    }
}

fn open_file(log: &LogFile, known: &[(u64, Checkpoint)], options: &Options) -> Result<Opened> {
    let name = log.path.display().to_string();
    let failed = |e: &std::io::Error| Error::io(format!("cannot read {name}"), e);
    let file = match &log.held {
        Some(held) => held.try_clone().map_err(|e| failed(&e))?,
        None => access::open(&log.path)?,
    };
    let stat = rustix::fs::fstat(&file).map_err(|e| failed(&e.into()))?;
    let place = Place {
        name: log.seen.name.clone(),
        ..Place::of(&stat, "".as_ref())
    };
    let head = read_all(&file, 0, place.size.min(SAMPLE as u64)).map_err(|e| failed(&e))?;
    let packing = Packing::of(&head);
    let subject = Subject {
        log,
        name: name.clone(),
        file,
        place: place.clone(),
        known,
        limits: options.limits,
        binary: options.binary,
    };
    let mut verdict = match packing {
        None => subject.plain(&head)?,
        Some(packing) => subject.packed(packing)?,
    };
    verdict.known().followed |= log.followed;
    let modified = Timestamp(place.modified / 1_000);
    // The first byte or two of an archive that is being written are no line.
    let rules = match Packing::undecided(&head) && unpacked_name(&log.path).is_some() {
        true => Rules::LEAVE,
        false => rules(log, packing, options, options.now.since(modified)),
    };
    let transport = packing.map_or("file", Packing::name);
    Ok(opened(verdict, name, place, rules, transport))
}

fn opened(
    verdict: Verdict,
    name: String,
    place: Place,
    rules: Rules,
    transport: &'static str,
) -> Opened {
    let modified = Some(Timestamp(place.modified / 1_000));
    match verdict {
        Verdict::Nothing {
            id,
            known,
            place,
            note,
        } => Opened {
            generation: Generation::Existing(id),
            start: known.offset(),
            reader: ChunkReader::nothing(name, known, place),
            transport,
            modified,
            notes: note.into_iter().collect(),
        },
        Verdict::Read {
            generation,
            known,
            digester,
            carry,
            source,
            note,
        } => Opened {
            generation,
            start: digester.offset(),
            transport,
            modified,
            notes: note.into_iter().collect(),
            reader: ChunkReader::new(Start {
                name,
                total: Some(match transport {
                    "file" => place.size.saturating_sub(digester.offset()),
                    _ => place.size,
                }),
                source,
                rules,
                digester,
                carry,
                known,
                place: Some(place),
            }),
        },
    }
}

/// What becomes of the last line of a file that was not written to for `still` microseconds.
fn rules(log: &LogFile, packing: Option<Packing>, options: &Options, still: i64) -> Rules {
    let after = |rest: i64| match options.partial {
        Partial::Leave if still < rest => Partial::Leave,
        _ => Partial::Take,
    };
    if packing.is_some() {
        return Rules {
            sound: Partial::Take,
            damaged: after(PACKED_REST),
        };
    }
    // Some programs write to a name with a date in it: then there is no live name.
    let may_grow = log.age == Age::Live || !log.family.live().exists();
    let partial = after(if may_grow { LIVE_REST } else { ROTATED_REST });
    Rules {
        sound: partial,
        damaged: partial,
    }
}
