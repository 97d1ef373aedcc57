//! Intake: where bytes come from, which of them are new, and where a record ends.
//!
//! [`resolve`] turns what was named on the command line into [`Input`]s. For each, [`Rotations::catch_up`] names rotated
//! files to be read before it, and [`open()`] finds out which generation of the log a file is and what of it is new. The
//! [`ChunkReader`] that comes back gives the new records; after each chunk its [`Checkpoint`] says what has been read, to
//! be stored in one transaction with the records.
//!
//! ```no_run
//! use brainstem::intake::{Binary, Chunk, Options, Rotations, Step, open, resolve};
//! # fn run(options: Options) -> brainstem::error::Result<()> {
//! let mut rotations = Rotations::default();
//! let mut chunk = Chunk::default();
//! for input in resolve(&["/var/log/syslog".into()], Binary::Leave).inputs {
//!     let known = []; // Of its family, from the store: for each generation its number and its checkpoint.
//!     for input in rotations.catch_up(&input, &known, &options).inputs {
//!         let known = []; // Again: the one before may have changed it.
//!         let mut opened = open(&input, &known, &options)?;
//!         while opened.reader.next(4 << 20, &mut chunk)? == Step::Chunk {
//!             println!("{} new records", chunk.records().count());
//!             let _stored_with_them = opened.reader.checkpoint();
//!         }
//!         let _stored_if_changed = opened.reader.checkpoint();
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A generation is one life of a log between two rotations. It is known by its content, within its rotation family: a
//! digest of its head, of the bytes before the offset and of everything read. Names and inode numbers change owners, a
//! fixed head is the same in every generation of a log with a header; they serve as hints where to look first.
//!
//! What holds, whatever happens to the files between and during runs, if the inputs of a family are read one after the
//! other, each with the checkpoints of those before: no line is lost that is still in a file of the family, and none is
//! returned twice. Byte-identical generations cannot be told from copies: they count once, and a note says so.

mod access;
mod checkpoint;
mod cut;
mod digest;
mod family;
mod follow;
mod frame;
mod identity;
mod note;
mod open;
mod reader;
mod resolve;
mod rotation;
mod sniff;
mod source;
mod trace;
mod unpack;

pub use checkpoint::{Checkpoint, Columns, Outcome, Place, State};
pub use digest::Prefix;
pub use family::{Age, Family};
pub use follow::{Follow, POLL_INTERVAL};
pub use frame::{Chunk, MAX_LINE, MIN_RUN, Mark, Record, Records};
pub use identity::Generation;
pub use note::{Note, NoteKind};
pub use open::{Opened, Options, open, open_stream};
pub use reader::{ChunkReader, Partial, Step};
pub use resolve::{Problem, Resolved, resolve};
pub use rotation::{CatchUp, Rotations};
pub use sniff::Binary;
pub use unpack::Limits;

use crate::error::{Error, Result};
use cut::{Cut, Found, More, cut};
use digest::{Digester, WINDOW};
use family::{name_text, unpacked_name};
use frame::{Body, LOOKAHEAD, Piece, TextEnd, nuls, piece, utf16_end};
use identity::{Subject, Verdict};
use reader::{Rules, Start};
use sniff::{PACKED_TWICE, Packing, SAMPLE, binary, instead};
use source::{End, Got, Nothing, Plain, Source, Stream, Unpacked, hole, read_all, read_at};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trace::{extent, last_head, may_go_on};

/// One thing to read.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file.
    File(LogFile),
    /// Standard input.
    Stdin {
        /// Its name in reports.
        label: String,
    },
}

/// A file to read.
#[derive(Clone, Debug)]
pub struct LogFile {
    /// As it was named: for people.
    pub path: PathBuf,
    /// Its rotation family: the checkpoints of all its generations belong together.
    pub family: Family,
    /// Where it stands in the family, by its name.
    pub age: Age,
    /// What it was when it was found; by now the name may belong to another.
    seen: Place,
    /// Whether it is read on behalf of the live name of its family.
    followed: bool,
    /// An open handle, if the file was followed: it can be read after its name is gone.
    held: Option<Arc<File>>,
}

impl Input {
    /// Its name for people.
    pub fn label(&self) -> String {
        match self {
            Input::File(file) => file.path.display().to_string(),
            Input::Stdin { label } => label.clone(),
        }
    }
}

impl LogFile {
    /// Device and inode it had when it was found. Numbers are used again after a file was deleted.
    pub fn numbers(&self) -> (u64, u64) {
        (self.seen.device, self.seen.inode)
    }

    /// Whether it is open, so that its name no longer matters.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// The same, opened: it is this file that will be read, whatever happens to its name.
    fn hold(&self) -> Result<LogFile> {
        let file = access::open(&self.path)?;
        let stat = rustix::fs::fstat(&file)
            .map_err(|e| Error::io(format!("cannot read {}", self.path.display()), &e.into()))?;
        let mut seen = Place::of(&stat, "".as_ref());
        seen.name.clone_from(&self.seen.name);
        Ok(LogFile {
            seen,
            held: Some(Arc::new(file)),
            ..self.clone()
        })
    }

    /// Finds out what `path` is; `name` is what people call it.
    fn find(path: &Path, name: &Path) -> Result<(LogFile, File)> {
        let failed = |e: &std::io::Error| Error::io(format!("cannot read {}", name.display()), e);
        let file = access::open(path)?;
        let stat = rustix::fs::fstat(&file).map_err(|e| failed(&e.into()))?;
        let real = std::fs::canonicalize(path).map_err(|e| failed(&e))?;
        let (family, age) = Family::of(&real);
        let log = LogFile {
            path: name.to_path_buf(),
            family,
            seen: Place::of(&stat, real.file_name().unwrap_or_default()),
            followed: age == Age::Live,
            age,
            held: None,
        };
        Ok((log, file))
    }
}
