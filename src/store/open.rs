//! Opening and creating the store file: safely, under a lock, and never half.
//!
//! The file is opened here and handed to redb, which by itself would follow links, make stores of empty files and leave a
//! file of mode 0644. A new store is built under a temporary name and renamed when it is whole, because a process killed while
//! redb writes the first header leaves a file that can never be opened again.

use crate::error::{Error, Kind, Result, os_text};
use redb::backends::{FileBackend, InMemoryBackend};
use redb::{Builder, Database, DatabaseError, ReadOnlyDatabase, StorageError};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Bytes of pages kept in memory. The default of redb is 1 GiB; a batch touches far less than this.
const CACHE: usize = 16 << 20;

/// An open database.
pub(super) enum Handle {
    /// For reading and writing, alone.
    Write(Database),
    /// For reading, beside other readers.
    Read(ReadOnlyDatabase),
}

/// Called while another process holds the store, with a description of who does; sleeps and answers whether to try again.
pub type Wait<'a> = &'a mut dyn FnMut(&str) -> bool;

/// A store in memory, gone when it is dropped.
pub(super) fn in_memory() -> Result<Database> {
    Builder::new()
        .set_cache_size(CACHE)
        .create_with_backend(InMemoryBackend::new())
        .map_err(|e| database_error(Path::new("memory"), e))
}

/// Opens the store for writing. `None` when there is no file of that name.
pub(super) fn for_writing(path: &Path, wait: Wait<'_>) -> Result<Option<Database>> {
    let Some(opened) = retry(path, wait, || {
        let Some(file) = open_file(path, Access::Write)? else {
            return Ok(None);
        };
        let backend = FileBackend::new(file).map_err(Failure::Database)?;
        builder()
            .create_with_backend(backend)
            .map(Some)
            .map_err(Failure::Database)
    })?
    else {
        return Ok(None);
    };
    Ok(Some(opened))
}

/// Opens the store for reading, repairing it first if its writer was killed. `None` when there is no file of that name.
pub(super) fn for_reading(path: &Path, wait: Wait<'_>) -> Result<Option<Handle>> {
    let open = || {
        let Some(file) = open_file(path, Access::Read)? else {
            return Ok(None);
        };
        let backend = FileBackend::new(file).map_err(Failure::Database)?;
        match builder().open_read_only_with_backend(backend) {
            Ok(db) => Ok(Some(Handle::Read(db))),
            Err(e) => Err(Failure::Database(e)),
        }
    };
    match retry(path, &mut *wait, open) {
        Err(e) if e.kind == Kind::Data && e.message.ends_with(NOT_CLOSED) => {
            match for_writing(path, wait) {
                // Who may only read cannot repair: it is the owner's to do, and then this works again.
                Err(own) if matches!(own.kind, Kind::Permission | Kind::CannotCreate) => {
                    Err(Error {
                        kind: Kind::Busy,
                        ..e
                    })
                }
                opened => Ok(opened?.map(Handle::Write)),
            }
        }
        other => other,
    }
}

/// Creates an empty database at `path` with the tables `fill` writes. `Ok(false)` when a file of that name appeared meanwhile.
pub(super) fn create(path: &Path, fill: impl FnOnce(&Database) -> Result<()>) -> Result<bool> {
    let directory = parent(path);
    check_directory(&directory)?;
    remove_left_overs(&directory, path);
    let temporary = temporary_name(path);
    let made = fill_new(&temporary, fill).and_then(|()| {
        match renameat_with(CWD, &temporary, CWD, path, RenameFlags::NOREPLACE) {
            Ok(()) => sync_directory(&directory).map(|()| true),
            Err(rustix::io::Errno::EXIST) => Ok(false),
            Err(e) => Err(cannot_create(path, &e.into())),
        }
    });
    if !matches!(made, Ok(true)) {
        // Best effort: the name is our own, and the error that brought us here is the one to tell.
        let _ = std::fs::remove_file(&temporary);
    }
    made
}

fn fill_new(temporary: &Path, fill: impl FnOnce(&Database) -> Result<()>) -> Result<()> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
        .open(temporary)
        .map_err(|e| cannot_create(temporary, &e))?;
    let backend = FileBackend::new(file).map_err(|e| database_error(temporary, e))?;
    let database = builder()
        .create_with_backend(backend)
        .map_err(|e| database_error(temporary, e))?;
    fill(&database)?;
    database.close().map_err(|e| database_error(temporary, e))?;
    File::open(temporary)
        .and_then(|f| f.sync_all())
        .map_err(|e| Error::io(format!("cannot write {}", temporary.display()), &e))
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE);
    builder
}

/// Makes the directory of the store, private to its owner, if it is not there.
pub(super) fn make_directory(path: &Path) -> Result<()> {
    let directory = parent(path);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&directory)
        .map_err(|e| cannot_create(&directory, &e))
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// A directory where anybody may rename our file away is no place for a store. One with the sticky bit, as /tmp, is: there only
/// the owner may, and we neither follow links nor take files of others.
fn check_directory(directory: &Path) -> Result<()> {
    let meta = std::fs::metadata(directory).map_err(|e| cannot_create(directory, &e))?;
    if meta.mode() & 0o1002 == 0o0002 {
        let message = format!(
            "cannot create a store in {}: anybody may replace files there",
            directory.display()
        );
        return Err(Error::new(Kind::CannotCreate, message)
            .hint("name another place with --store, or chmod o-w the directory"));
    }
    Ok(())
}

fn temporary_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.tmp.{}", std::process::id()))
}

/// Removes what a process killed while creating this store left behind. One with our own number was another: in a container
/// every run has the same.
fn remove_left_overs(directory: &Path, path: &Path) {
    let own = std::process::id().to_string();
    let start = format!(
        ".{}.tmp.",
        path.file_name().unwrap_or_default().to_string_lossy()
    );
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|n| n.strip_prefix(&start));
        if pid.is_some_and(|p| {
            let number = p.bytes().all(|b| b.is_ascii_digit());
            number && (p == own || !Path::new("/proc").join(p).exists())
        }) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn sync_directory(directory: &Path) -> Result<()> {
    File::open(directory)
        .and_then(|d| d.sync_all())
        .map_err(|e| Error::io(format!("cannot write {}", directory.display()), &e))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

enum Failure {
    Told(Error),
    Database(DatabaseError),
}

impl From<Error> for Failure {
    fn from(e: Error) -> Failure {
        Failure::Told(e)
    }
}

/// Opens the file itself: no links, a regular file with one name, ours if we are to write it. All checks are on the open file.
fn open_file(path: &Path, access: Access) -> Result<Option<File>> {
    let flags =
        rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::CLOEXEC | rustix::fs::OFlags::NONBLOCK;
    let opened = OpenOptions::new()
        .read(true)
        .write(access == Access::Write)
        .custom_flags(flags.bits() as i32)
        .open(path);
    let file = match opened {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) if e.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            return Err(unsafe_place(path, "it is a symbolic link"));
        }
        Err(e) if e.kind() == io::ErrorKind::IsADirectory => {
            return Err(not_a_store(path, "it is a directory"));
        }
        Err(e) => {
            return Err(Error::io(
                format!("cannot open the store {}", path.display()),
                &e,
            ));
        }
    };
    let meta = file
        .metadata()
        .map_err(|e| Error::io(format!("cannot open the store {}", path.display()), &e))?;
    if meta.is_dir() {
        return Err(not_a_store(path, "it is a directory"));
    }
    if !meta.is_file() {
        return Err(unsafe_place(path, "it is not a regular file"));
    }
    if meta.len() == 0 {
        return Err(not_a_store(path, "it is empty"));
    }
    if meta.nlink() > 1 {
        return Err(unsafe_place(path, "it has a second name (a hard link)"));
    }
    if access == Access::Write && meta.uid() != rustix::process::geteuid().as_raw() {
        return Err(unsafe_place(path, "it belongs to another user"));
    }
    Ok(Some(file))
}

fn unsafe_place(path: &Path, why: &str) -> Error {
    Error::new(
        Kind::CannotCreate,
        format!("cannot use {} as a store: {why}", path.display()),
    )
    .hint("name a file of your own with --store")
}

fn not_a_store(path: &Path, why: &str) -> Error {
    Error::new(
        Kind::Data,
        format!("{} is not a brainstem store: {why}", path.display()),
    )
    .hint("name the store with --store, or a new file to create one")
}

fn cannot_create(path: &Path, cause: &io::Error) -> Error {
    Error::new(
        Kind::CannotCreate,
        format!("cannot create {}: {}", path.display(), os_text(cause)),
    )
    .hint("name a place you may write with --store or BRAINSTEM_STORE")
}

/// Tries `open` until it succeeds, fails for good, or `wait` gives up on another process that holds the store.
fn retry<T>(
    path: &Path,
    wait: Wait<'_>,
    mut open: impl FnMut() -> std::result::Result<T, Failure>,
) -> Result<T> {
    loop {
        match open() {
            Ok(value) => return Ok(value),
            Err(Failure::Told(e)) => return Err(e),
            Err(Failure::Database(DatabaseError::DatabaseAlreadyOpen)) => {
                let holder = holder(path).unwrap_or_else(|| "another process".to_string());
                if !wait(&holder) {
                    return Err(Error::new(
                        Kind::Busy,
                        format!("the store {} is in use by {holder}", path.display()),
                    )
                    .hint("try again when it is done, or wait longer with --lock-timeout 60"));
                }
            }
            Err(Failure::Database(e)) => return Err(database_error(path, e)),
        }
    }
}

/// Who holds a lock on the file, as the kernel lists it: `process 812 (brainstem)`.
fn holder(path: &Path) -> Option<String> {
    let inode = format!(":{}", std::fs::metadata(path).ok()?.ino());
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let own = std::process::id().to_string();
    let pid = locks.lines().find_map(|line| {
        let mut words = line
            .split_whitespace()
            .skip_while(|w| *w != "WRITE" && *w != "READ")
            .skip(1);
        let (pid, file) = (words.next()?, words.next()?);
        (file.ends_with(&inode) && pid != own && pid != "-1").then(|| pid.to_string())
    })?;
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    Some(format!(
        "process {pid} ({})",
        name.trim_end().escape_default()
    ))
}

const NOT_CLOSED: &str = "it was not closed cleanly";

/// What an error of redb means to a person.
pub(super) fn database_error(path: &Path, e: DatabaseError) -> Error {
    match e {
        DatabaseError::Storage(e) => storage_error(path, e),
        DatabaseError::RepairAborted => not_a_store_now(path, NOT_CLOSED),
        DatabaseError::UpgradeRequired(v) => not_a_store_now(
            path,
            &format!("its file format {v} is older than this program reads"),
        ),
        other => Error::new(
            Kind::Data,
            format!("cannot open the store {}: {other}", path.display()),
        ),
    }
}

/// The error behind a panic at `place` (file and line), if it is damage of the file: redb panics over pages it cannot make
/// sense of, and has no other way to say so.
pub fn damage_behind(place: &str) -> Option<Error> {
    let of_redb = place.split(['/', '\\']).any(|part| {
        part.strip_prefix("redb-")
            .is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
    });
    of_redb.then(|| {
        let message = format!("the store is damaged: a part of it makes no sense ({place})");
        Error::new(Kind::Data, message).hint(DAMAGED)
    })
}

/// What to do about a damaged store.
const DAMAGED: &str = "restore it from a backup, or name a new file with --store and ingest again";

fn not_a_store_now(path: &Path, why: &str) -> Error {
    Error::new(
        Kind::Data,
        format!("cannot read the store {}: {why}", path.display()),
    )
    .hint("run any brainstem command as the owner of the store; it repairs it")
}

/// What a storage error of redb means to a person: a full disk is not a damaged file.
pub(super) fn storage_error(path: &Path, e: StorageError) -> Error {
    match e {
        StorageError::Io(e) if e.kind() == io::ErrorKind::InvalidData => {
            not_a_store(path, "its first bytes are not those of one")
        }
        // A page that points beyond the end of the file.
        StorageError::Io(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
            damaged(path, "a part of it is missing")
        }
        StorageError::Io(e) => io_error(path, &e),
        StorageError::Corrupted(why) if why.contains("magic") => {
            not_a_store(path, "its first bytes are not those of one")
        }
        StorageError::Corrupted(why) => damaged(path, &why),
        StorageError::PreviousIo => io_error(path, &io::Error::other("an earlier write failed")),
        other => Error::new(
            Kind::Data,
            format!("cannot read the store {}: {other}", path.display()),
        ),
    }
}

fn damaged(path: &Path, why: &str) -> Error {
    Error::new(
        Kind::Data,
        format!("the store {} is damaged: {why}", path.display()),
    )
    .hint(DAMAGED)
}

fn io_error(path: &Path, e: &io::Error) -> Error {
    let full = matches!(
        e.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    );
    let error = Error::new(
        Kind::Io,
        format!(
            "cannot write the store {}: {}; nothing of this batch was stored",
            path.display(),
            os_text(e)
        ),
    );
    if full {
        error.hint("free some space, then run the same command again: it goes on where it stopped")
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_has_its_name_once_it_is_whole_and_not_before() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("store.redb");
        let names = || -> Vec<_> {
            let entries = std::fs::read_dir(directory.path()).expect("a directory");
            entries.flatten().map(|entry| entry.file_name()).collect()
        };
        // Left by a process that was killed and had our number, as every run in a container has.
        std::fs::write(temporary_name(&path), "half a store").expect("a file");
        let failing = |_: &Database| Err(Error::new(Kind::Io, "no room"));
        assert!(create(&path, failing).is_err());
        assert!(names().is_empty(), "{:?}", names());
        std::fs::write(temporary_name(&path), "half a store").expect("a file");
        let made = create(&path, |_| {
            assert!(!path.exists());
            Ok(())
        });
        assert_eq!(made, Ok(true));
        assert_eq!(names(), ["store.redb"]);
        // Whoever comes second finds it, and leaves it as it is.
        let before = std::fs::read(&path).expect("a store");
        assert_eq!(create(&path, |_| Ok(())), Ok(false));
        assert_eq!(names(), ["store.redb"]);
        assert!(before == std::fs::read(&path).expect("a store"));
    }
}
