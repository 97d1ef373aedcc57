//! A disk for tests that fails when told to, and forgets what a power cut makes a real one forget.

use super::{Handle, Store, initialise};
use crate::error::Result;
use redb::{Builder, StorageBackend};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

/// Bytes that a disk writes whole or not at all.
const SECTOR: usize = 512;

/// A file on a disk. Copies are handles of the same.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    file: Arc<Mutex<File>>,
}

#[derive(Debug, Default)]
struct File {
    /// As processes see it.
    now: Vec<u8>,
    /// As it was when it was last flushed.
    flushed: Vec<u8>,
    /// What was done to it since, oldest first.
    since: Vec<Change>,
    /// Changes and flushes so far, and what happens at which of them.
    steps: u64,
    fault: Option<(u64, Fault)>,
}

#[derive(Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// That step fails, half done, and those after it succeed.
    Error,
    /// That step is half done, and nothing after it is done at all: the process is gone.
    Kill,
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Length(len) => bytes.resize(*len, 0),
            Change::Write(at, data) => {
                let end = at + data.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[*at..end].copy_from_slice(data);
            }
        }
    }
}

impl Disk {
    /// A disk whose file holds this, flushed.
    pub fn holding(bytes: &[u8]) -> Disk {
        let file = File {
            now: bytes.to_vec(),
            flushed: bytes.to_vec(),
            ..File::default()
        };
        Disk {
            file: Arc::new(Mutex::new(file)),
        }
    }

    /// The same, which fails in this way at step `at`, counted from 0.
    pub fn failing(bytes: &[u8], at: u64, fault: Fault) -> Disk {
        let disk = Disk::holding(bytes);
        disk.lock().fault = Some((at, fault));
        disk
    }

    /// Steps taken so far.
    pub fn steps(&self) -> u64 {
        self.lock().steps
    }

    /// What another process finds.
    pub fn content(&self) -> Vec<u8> {
        self.lock().now.clone()
    }

    /// What is there after a power cut: what was flushed, and of each later change all, nothing or some sectors, as `roll`
    /// decides, which gives numbers below the one it is asked with. So writes are torn, and reach the disk in any order.
    pub fn after_power_cut(&self, mut roll: impl FnMut(usize) -> usize) -> Vec<u8> {
        let file = self.lock();
        let mut bytes = file.flushed.clone();
        for change in &file.since {
            match (roll(3), change) {
                (0, _) => {}
                (1, Change::Write(at, data)) => {
                    for (n, sector) in data.chunks(SECTOR).enumerate() {
                        if roll(2) == 0 {
                            Change::Write(at + n * SECTOR, sector.to_vec()).apply(&mut bytes);
                        }
                    }
                }
                _ => change.apply(&mut bytes),
            }
        }
        bytes
    }

    fn lock(&self) -> MutexGuard<'_, File> {
        self.file.lock().expect("no test panics while it writes")
    }
}

impl File {
    fn fault(&self) -> Option<Fault> {
        let (at, fault) = self.fault?;
        match fault {
            Fault::Error => (self.steps == at).then_some(fault),
            Fault::Kill => (self.steps >= at).then_some(fault),
        }
    }

    /// Takes a step; where it fails, `half` of it is done.
    fn step(&mut self, whole: Option<Change>, half: Option<Change>) -> io::Result<()> {
        let fault = self.fault();
        let first = self.fault.is_some_and(|(at, _)| at == self.steps);
        self.steps += 1;
        let done = match fault {
            None => whole,
            Some(_) if first => half,
            Some(_) => None,
        };
        if let Some(change) = done {
            change.apply(&mut self.now);
            self.since.push(change);
        }
        match fault {
            None => Ok(()),
            Some(_) => Err(io::Error::from(rustix::io::Errno::IO)),
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.lock().now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let file = self.lock();
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let bytes = file.now.get(from..from + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let len = usize::try_from(len).map_err(io::Error::other)?;
        self.lock().step(Some(Change::Length(len)), None)
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut file = self.lock();
        file.step(None, None)?;
        file.flushed = file.now.clone();
        file.since.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let at = usize::try_from(offset).map_err(io::Error::other)?;
        let half = &data[..data.len() / 2];
        let (whole, half) = (data.to_vec(), half.to_vec());
        self.lock().step(
            Some(Change::Write(at, whole)),
            Some(Change::Write(at, half)),
        )
    }
}

impl Store {
    /// The store on this disk; a new one where there is nothing.
    pub(crate) fn on(disk: &Disk) -> Result<Store> {
        let path = PathBuf::from("(disk)");
        let new = disk.lock().now.is_empty();
        let database = Builder::new()
            .create_with_backend(disk.clone())
            .map_err(|e| super::open::database_error(&path, e))?;
        if new {
            initialise(&path, &database, "disk")?;
        }
        Store::checked(&path, Handle::Write(database))
    }
}
