//! The store: one redb file that holds the facts. Nothing above this floor knows that it is redb.
//!
//! | file | keeps |
//! | --- | --- |
//! | `open` | how the file is opened, created, locked and repaired |
//! | `schema` | the tables, and the version of what is in them |
//! | `segment` | records in columns; knows nothing of tables |
//! | `digested`, `write`, `counts`, `numbers` | one batch: everything a run learned, in one transaction |
//! | `evidence`, `header`, `search` | segments by number, what is in each, and finding records in them |
//! | `upkeep` | merging small segments, pruning |
//! | `room` | space on the disk, and a reserve of it |
//! | `merge`, `sieve`, `carry`, `adopt` | joining another store: its sources, which of their records are new, taking those over, and what people said |
//! | `reread`, `recount`, `moves`, `rewrite` | what stored records say to today's parsers, and writing that |
//! | `facts`, `assemble` | what the right side reads, as of a time |
//! | `kin` | the same of a few signatures, without reading the rest |
//! | `outlook` | what the last look found, while nothing has changed |
//! | `activity`, `fingerprints`, `sources`, `seen`, `memories`, `reviews`, `overrules`, `ledger` | one kind of stored thing each |

pub mod activity;
mod adopt;
mod assemble;
mod carry;
mod counts;
mod digested;
#[cfg(test)]
pub(crate) mod disk;
mod evidence;
mod facts;
mod fingerprints;
mod header;
mod kin;
mod ledger;
mod memories;
mod merge;
mod moves;
mod numbers;
mod open;
mod outlook;
mod overrules;
mod recount;
mod reread;
mod reviews;
mod rewrite;
mod room;
mod schema;
mod search;
mod seen;
pub mod segment;
mod severities;
mod sieve;
mod sources;
mod status;
mod stretches;
mod upkeep;
mod write;

pub use assemble::Learned;
pub use digested::{Digested, NewFingerprint};
pub use facts::Member;
pub use kin::{Kin, Places};
pub use memories::MemoryRows;
pub use merge::{Arrivals, Merged};
pub use moves::{Regrouped, Side};
pub use open::{Wait, damage_behind};
pub use outlook::Outlook;
pub use reread::{FIELDS, Read, Reread, Rereading, StoredRecord};
pub use schema::VERSION;
pub use search::{Filter, Found, Order, Search};
pub use seen::{SeenKey, SeenPage};
pub use sources::{Chosen, Source};
pub use status::{Kept, RunRecord, StoreStatus};
pub use upkeep::{Expiry, Pruned, Trial};
pub use write::{Batch, Summary};

use crate::error::{Error, Kind, Result};
use open::Handle;
use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, TableError,
    WriteTransaction,
};
use schema::{CHANGES, META, encode};
use std::path::{Path, PathBuf};

/// An open store.
pub struct Store {
    path: PathBuf,
    handle: Handle,
}

impl Store {
    /// A store in memory, for looking at files without keeping anything.
    pub fn in_memory() -> Result<Store> {
        let database = open::in_memory()?;
        let path = PathBuf::from("(memory)");
        initialise(&path, &database, "memory")?;
        Ok(Store {
            path,
            handle: Handle::Write(database),
        })
    }

    /// Opens the store at `path` for writing and creates it if it is not there. `creation_id` marks a new store.
    pub fn open_or_create(path: &Path, creation_id: &str, wait: Wait<'_>) -> Result<Store> {
        open::make_directory(path)?;
        loop {
            if let Some(database) = open::for_writing(path, &mut *wait)? {
                return Store::checked(path, Handle::Write(database));
            }
            // When another process created it meanwhile, it is opened in the next turn.
            open::create(path, |database| initialise(path, database, creation_id))?;
        }
    }

    /// Opens an existing store for writing.
    pub fn open_for_writing(path: &Path, wait: Wait<'_>) -> Result<Store> {
        match open::for_writing(path, wait)? {
            Some(database) => Store::checked(path, Handle::Write(database)),
            None => Err(no_store(path)),
        }
    }

    /// Opens an existing store for reading.
    pub fn open_for_reading(path: &Path, wait: Wait<'_>) -> Result<Store> {
        match open::for_reading(path, wait)? {
            Some(handle) => Store::checked(path, handle),
            None => Err(no_store(path)),
        }
    }

    fn checked(path: &Path, handle: Handle) -> Result<Store> {
        let store = Store {
            path: path.to_path_buf(),
            handle,
        };
        let version = store
            .meta("version")?
            .and_then(|v| <[u8; 4]>::try_from(v.as_slice()).ok())
            .map(u32::from_le_bytes);
        match version {
            Some(VERSION) => Ok(store),
            Some(v) if v > VERSION => Err(Error::new(
                Kind::Data,
                format!(
                    "the store {} is of version {v}, this program reads up to version {VERSION}",
                    path.display()
                ),
            )
            .hint("install a newer brainstem, or name another store with --store")),
            Some(v) => Err(Error::new(
                Kind::Data,
                format!(
                    "the store {} is of version {v}, which came before the first release; this program reads version {VERSION}",
                    path.display()
                ),
            )
            .hint("ingest the logs again into a new store, named with --store")),
            None => Err(Error::new(
                Kind::Data,
                format!("{} is a database of another program", path.display()),
            )
            .hint("name the brainstem store with --store")),
        }
    }

    /// Closes it. What was committed is safe without that; an error tells of a disk that has failed since, which otherwise
    /// nobody would hear of. The next to open the store repairs it.
    pub fn close(self) -> Result<()> {
        match self.handle {
            Handle::Write(database) => database.close().map_err(|e| {
                Error::new(
                    Kind::Io,
                    format!(
                        "cannot close the store {}: {e}; what was committed is kept",
                        self.path.display()
                    ),
                )
            }),
            Handle::Read(_) => Ok(()),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, META)? else {
            return Ok(None);
        };
        Ok(self.get(table.get(name))?.map(|v| v.value().to_vec()))
    }

    fn read(&self) -> Result<ReadTransaction> {
        match &self.handle {
            Handle::Write(database) => database.begin_read(),
            Handle::Read(database) => database.begin_read(),
        }
        .map_err(|e| self.failed(e.into()))
    }

    /// Begins a write transaction, and notes that what a view reads changes with it.
    fn write(&self) -> Result<WriteTransaction> {
        let txn = self.write_aside()?;
        {
            let mut meta = self.get(txn.open_table(META))?;
            let before = self.get(meta.get(CHANGES))?.map(|v| v.value().to_vec());
            let before = before.and_then(|v| <[u8; 8]>::try_from(v.as_slice()).ok());
            let changes = before.map_or(0, u64::from_le_bytes).wrapping_add(1);
            self.get(meta.insert(CHANGES, changes.to_le_bytes().as_slice()))?;
        }
        Ok(txn)
    }

    /// Begins a write transaction that survives a killed process and is found again in milliseconds; for what no view reads.
    fn write_aside(&self) -> Result<WriteTransaction> {
        let Handle::Write(database) = &self.handle else {
            return Err(Error::new(
                Kind::Internal,
                "a store opened for reading was written to",
            ));
        };
        let mut txn = database.begin_write().map_err(|e| self.failed(e.into()))?;
        txn.set_quick_repair(true);
        Ok(txn)
    }

    /// A table for reading; `None` when nothing was ever written to it.
    fn table<K: redb::Key, V: redb::Value>(
        &self,
        txn: &ReadTransaction,
        definition: TableDefinition<'static, K, V>,
    ) -> Result<Option<redb::ReadOnlyTable<K, V>>> {
        match txn.open_table(definition) {
            Ok(table) => Ok(Some(table)),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(e) => Err(self.failed(e.into())),
        }
    }

    /// Turns a storage result into ours.
    fn get<T, E: Into<redb::Error>>(&self, result: std::result::Result<T, E>) -> Result<T> {
        result.map_err(|e| self.failed(e.into()))
    }

    fn failed(&self, e: redb::Error) -> Error {
        let storage = match e {
            redb::Error::Io(e) => redb::StorageError::Io(e),
            redb::Error::Corrupted(why) => redb::StorageError::Corrupted(why),
            redb::Error::PreviousIo => redb::StorageError::PreviousIo,
            redb::Error::TableTypeMismatch { .. } => {
                redb::StorageError::Corrupted("a table has another shape".into())
            }
            other => {
                return Error::new(
                    Kind::Data,
                    format!("cannot use the store {}: {other}", self.path.display()),
                );
            }
        };
        open::storage_error(&self.path, storage)
    }
}

fn no_store(path: &Path) -> Error {
    Error::new(
        Kind::NoInput,
        format!("there is no store at {} yet", path.display()),
    )
    .hint("run brainstem ingest /var/log/syslog first, or name a store with --store")
}

fn initialise(path: &Path, database: &Database, creation_id: &str) -> Result<()> {
    let failed = |e: redb::Error| match e {
        redb::Error::Io(e) => open::storage_error(path, redb::StorageError::Io(e)),
        other => Error::new(
            Kind::CannotCreate,
            format!("cannot create the store {}: {other}", path.display()),
        ),
    };
    let mut txn = database.begin_write().map_err(|e| failed(e.into()))?;
    txn.set_quick_repair(true);
    {
        let mut meta = txn.open_table(META).map_err(|e| failed(e.into()))?;
        for (name, value) in [
            ("version", VERSION.to_le_bytes().to_vec()),
            ("creation_id", encode(&creation_id)?),
        ] {
            meta.insert(name, value.as_slice())
                .map_err(|e| failed(e.into()))?;
        }
    }
    txn.commit().map_err(|e| failed(e.into()))
}
