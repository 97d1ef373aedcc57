//! Room on the disk: a batch is begun only where it can be finished, and a reserve lets `prune` work on a full disk.

use super::Store;
use crate::error::{Error, Kind, Result, os_text};
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Bytes that must be free before a batch is begun: four times what 32 MiB of a log take in the store.
const FREE: u64 = 16 << 20;
/// On a small file system an eighth of it must do.
const SHARE: u64 = 8;
/// Bytes of the reserve, at least: the pages that one step of a prune writes before it frees any.
const LEAST_RESERVE: u64 = 1 << 20;
/// And at most.
const MOST_RESERVE: u64 = 16 << 20;
/// The reserve grows with the store, since its segments' lists do: a twentieth of it.
const RESERVE_SHARE: u64 = 20;

impl Store {
    /// Fails when there is too little room for another batch.
    pub fn check_room(&self) -> Result<()> {
        let Some((free, total)) = self.room() else {
            return Ok(());
        };
        let wanted = FREE.min(total / SHARE);
        if free >= wanted {
            return Ok(());
        }
        let message = format!(
            "no space for the store {}: {} of the {} a batch needs are free; nothing of this batch was stored",
            self.path().display(),
            mebibytes(free),
            mebibytes(wanted),
        );
        Err(Error::new(Kind::Io, message).hint(
            "free some space, or run brainstem prune; then the same command goes on where it stopped",
        ))
    }

    /// Bytes that are free on the file system of the store, and its size; unknown for a store in memory.
    fn room(&self) -> Option<(u64, u64)> {
        // The path of a store in memory names nothing.
        let stat = statvfs(self.path()).ok()?;
        Some((stat.f_bavail * stat.f_frsize, stat.f_blocks * stat.f_frsize))
    }

    /// Puts space aside, so that there is some when the disk is full. Where that cannot be done, there is none: a reserve is
    /// no reason to fail.
    pub fn keep_reserve(&self) {
        let Ok(store) = std::fs::metadata(self.path()) else {
            return;
        };
        let wanted = (store.blocks() * 512 / RESERVE_SHARE).clamp(LEAST_RESERVE, MOST_RESERVE);
        let path = reserve(self.path());
        let kept = std::fs::symlink_metadata(&path).map_or(0, |m| m.blocks() * 512);
        // Half as much as wanted is as good; a store that grows must not move its reserve at every run.
        let scarce = || {
            self.room()
                .is_none_or(|(free, total)| free < wanted + FREE.min(total / SHARE))
        };
        if kept >= wanted / 2 || scarce() {
            return;
        }
        // Best effort, as above; a left-over of another size goes first.
        let _ = std::fs::remove_file(&path);
        if fill(&path, wanted).is_err() {
            let _ = std::fs::remove_file(&path);
        }
    }

    /// Gives the space back that was put aside.
    pub fn release_reserve(&self) -> Result<()> {
        let path = reserve(self.path());
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::new(
                Kind::Io,
                format!("cannot remove {}: {}", path.display(), os_text(&e)),
            )),
            _ => Ok(()),
        }
    }

    /// Whether so little is free that work must go in small steps.
    pub(super) fn is_scarce(&self) -> bool {
        self.room()
            .is_some_and(|(free, total)| free < (4 * FREE).min(total / SHARE))
    }
}

/// Where the space is put aside: a file beside the store.
fn reserve(store: &Path) -> PathBuf {
    let name = store.file_name().unwrap_or_default().to_string_lossy();
    store.with_file_name(format!(".{name}.reserve"))
}

fn fill(path: &Path, bytes: u64) -> std::io::Result<File> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    fallocate(&file, FallocateFlags::empty(), 0, bytes)?;
    Ok(file)
}

/// `3.5 MiB`.
fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1u32 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_is_kept_once_and_given_back() {
        let dir = tempfile::TempDir::new().expect("a directory");
        let path = dir.path().join("store.redb");
        let store = Store::open_or_create(&path, "store_x", &mut |_| false).expect("a store");
        assert!(store.check_room().is_ok());
        store.keep_reserve();
        let reserve = dir.path().join(".store.redb.reserve");
        let kept = std::fs::metadata(&reserve).expect("a reserve");
        assert!(kept.blocks() * 512 >= LEAST_RESERVE);
        store.keep_reserve();
        let again = std::fs::metadata(&reserve).expect("a reserve");
        assert_eq!(kept.ino(), again.ino());
        store.release_reserve().expect("it can be removed");
        store.release_reserve().expect("it need not be there");
        assert!(!reserve.exists());
    }

    #[test]
    fn a_store_in_memory_needs_no_room() {
        let store = Store::in_memory().expect("a store");
        store.keep_reserve();
        assert!(store.check_room().is_ok() && !store.is_scarce());
    }
}
