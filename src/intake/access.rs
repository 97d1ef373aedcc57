//! The door to files named by others: opens regular files only, never waits, and does not let a link lead it astray.
//!
//! A log directory often belongs to the program that writes the log. Were its owner able to put a link to `/etc/shadow`
//! there, a run by root would carry that file into the store. So a symlink counts only when root, we or the owner of what
//! it points to made it; a second hard link only in a directory of root, of ours or of the file's owner. All checks are
//! on what was opened, so that nothing can be swapped between a check and its use.

use crate::error::{Error, Kind, Result};
use rustix::fd::OwnedFd;
use rustix::fs::{
    CWD, FileType, Mode, OFlags, ResolveFlags, Stat, fstat, openat, openat2, readlinkat,
};
use rustix::io::Errno;
use rustix::process::geteuid;
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};

/// Links on one path before it counts as a loop, as in the kernel.
const MAX_LINKS: usize = 40;

const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

/// Opens a regular file for reading.
pub fn open(path: &Path) -> Result<File> {
    let fast = openat2(CWD, path, READ, Mode::empty(), ResolveFlags::NO_SYMLINKS)
        .ok()
        .and_then(|fd| Some((fstat(&fd).ok()?, fd)))
        .filter(|(stat, _)| stat.st_nlink <= 1);
    let (stat, fd) = match fast {
        Some(opened) => opened,
        None => walk(path)?,
    };
    let what = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => return Ok(File::from(fd)),
        FileType::Directory => "is a directory",
        FileType::Fifo => "is a pipe",
        FileType::Socket => "is a socket",
        _ => "is a device",
    };
    let error = Error::new(
        Kind::NoInput,
        format!("cannot read {}: {what}", path.display()),
    );
    Err(match what {
        "is a pipe" => error.hint("write to it on standard input: `COMMAND | brainstem ingest -`"),
        _ => error,
    })
}

/// A link on the way: it has to belong to the owner of what it leads to, to root or to us.
struct Link {
    owner: u32,
    /// How many names of the path are left when what it leads to is reached.
    until: usize,
}

/// Goes along `path` one name after the other, with the checks that need to know every link and the last directory.
/// What is no regular file comes back unopened, for its kind to be told.
fn walk(path: &Path) -> Result<(Stat, OwnedFd)> {
    let failed = |errno: Errno| Error::io(format!("cannot read {}", path.display()), &errno.into());
    let enter = |from: &OwnedFd, name: &OsStr| {
        let flags = OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        openat(from, name, flags, Mode::empty()).map_err(failed)
    };
    let start = |path: &Path| {
        let root = if path.is_absolute() { "/" } else { "." };
        openat(CWD, root, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).map_err(failed)
    };
    let mut left = names(path);
    let mut here = start(path)?;
    let mut links: Vec<Link> = Vec::new();
    let mut followed = 0;
    while let Some(name) = left.pop_front() {
        let there = enter(&here, &name)?;
        let stat = fstat(&there).map_err(failed)?;
        if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink {
            followed += 1;
            if followed > MAX_LINKS {
                return Err(failed(Errno::LOOP));
            }
            links.push(Link {
                owner: stat.st_uid,
                until: left.len(),
            });
            let target = readlinkat(&there, "", Vec::new()).map_err(failed)?;
            let target = OsStr::from_bytes(target.as_bytes());
            if Path::new(target).is_absolute() {
                here = start(Path::new(target))?;
            }
            for name in names(Path::new(target)).into_iter().rev() {
                left.push_front(name);
            }
            continue;
        }
        while links.last().is_some_and(|link| link.until >= left.len()) {
            let maker = links.pop().map_or(0, |link| link.owner);
            if !trusted(maker, stat.st_uid) {
                return Err(led_astray(path, "a symbolic link"));
            }
        }
        if left.is_empty() && FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile {
            let directory = fstat(&here).map_err(failed)?;
            if stat.st_nlink > 1 && !trusted(directory.st_uid, stat.st_uid) {
                return Err(led_astray(path, "a hard link"));
            }
            let fd =
                openat(&here, &name, READ | OFlags::NOFOLLOW, Mode::empty()).map_err(failed)?;
            let opened = fstat(&fd).map_err(failed)?;
            // Renamed away between the two calls: what stands there now was not checked.
            if (opened.st_dev, opened.st_ino) != (stat.st_dev, stat.st_ino) {
                return Err(failed(Errno::STALE));
            }
            return Ok((opened, fd));
        }
        here = there;
    }
    Ok((fstat(&here).map_err(failed)?, here))
}

/// The names along a path; where it starts is not one of them.
fn names(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_os_string()),
            Component::ParentDir => Some("..".into()),
            _ => None,
        })
        .collect()
}

fn trusted(maker: u32, owner: u32) -> bool {
    maker == 0 || maker == owner || maker == geteuid().as_raw()
}

fn led_astray(path: &Path, by: &str) -> Error {
    Error::new(
        Kind::Permission,
        format!(
            "refusing to read {}: {by} on the way to it was made by neither root nor the owner of the file",
            path.display()
        ),
    )
    .hint("name the file by the path its owner gave it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{chown, lchown, symlink};

    fn read(path: &Path) -> String {
        let file = open(path).expect("it opens");
        std::io::read_to_string(file).expect("it reads")
    }

    fn refusal(path: &Path) -> Error {
        open(path).expect_err("it is refused")
    }

    #[test]
    fn links_of_the_owner_lead_to_the_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir_all(at("real/deep")).expect("directories");
        std::fs::write(at("real/deep/a.log"), "text").expect("a file");
        symlink("deep/a.log", at("real/near")).expect("a link");
        symlink(at("real"), at("far")).expect("a link");
        symlink("../far/near", at("real/deep/back")).expect("a link");
        std::fs::hard_link(at("real/deep/a.log"), at("hard")).expect("a hard link");
        for path in [
            "real/deep/a.log",
            "real/near",
            "far/near",
            "real/deep/back",
            "hard",
            "far/deep/../near",
        ] {
            // `real/deep/back` goes one directory too high and finds nothing; all others lead to the file.
            if path == "real/deep/back" {
                assert_eq!(refusal(&at(path)).kind, Kind::NoInput);
            } else {
                assert_eq!(read(&at(path)), "text", "{path}");
            }
        }
    }

    #[test]
    fn what_is_no_regular_file_is_refused_without_waiting() {
        let dir = tempfile::tempdir().expect("a directory");
        let pipe = dir.path().join("pipe");
        rustix::fs::mkfifoat(CWD, &pipe, Mode::RUSR | Mode::WUSR).expect("a pipe");
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket"));
        symlink("loop", dir.path().join("loop")).expect("a link");
        for (path, cause) in [
            (pipe.as_path(), "is a pipe"),
            (&dir.path().join("socket"), "socket"),
            (dir.path(), "is a directory"),
            (Path::new("/dev/zero"), "is a device"),
            (
                &dir.path().join("loop"),
                "Too many levels of symbolic links",
            ),
            (&dir.path().join("none"), "No such file"),
        ] {
            let message = refusal(path).message;
            assert!(message.contains(cause), "{message}");
        }
    }

    #[test]
    fn links_made_by_strangers_are_refused() {
        if !geteuid().is_root() {
            return; // only root can make links of others
        }
        let dir = tempfile::tempdir().expect("a directory");
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir(at("app")).expect("a directory");
        std::fs::write(at("secret"), "secret").expect("a file");
        std::fs::write(at("own"), "own").expect("a file");
        chown(at("own"), Some(1001), None).expect("root may");
        for (link, target) in [("to_secret", "secret"), ("to_own", "own")] {
            symlink(at(target), at("app").join(link)).expect("a link");
            lchown(at("app").join(link), Some(1001), None).expect("root may");
        }
        std::fs::hard_link(at("secret"), at("app/hard")).expect("a hard link");
        chown(at("app"), Some(1001), None).expect("root may");

        assert_eq!(read(&at("app/to_own")), "own");
        for path in ["app/to_secret", "app/hard"] {
            let error = refusal(&at(path));
            assert_eq!(error.kind, Kind::Permission, "{}", error.message);
        }
    }

    #[test]
    fn a_swap_at_the_right_moment_gains_nothing() {
        if !geteuid().is_root() {
            return; // only root can make links of others
        }
        let dir = tempfile::tempdir().expect("a directory");
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("secret"), "secret").expect("a file");
        std::fs::write(at("own"), "own").expect("a file");
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    symlink(at("secret"), at("link")).expect("a link");
                    lchown(at("link"), Some(1001), None).expect("root may");
                    std::fs::rename(at("link"), at("app.log")).expect("a rename");
                    std::fs::hard_link(at("own"), at("file")).expect("a link");
                    std::fs::rename(at("file"), at("app.log")).expect("a rename");
                }
            });
            for _ in 0..3_000 {
                if let Ok(file) = open(&at("app.log")) {
                    let text = std::io::read_to_string(file).expect("it reads");
                    assert_eq!(text, "own");
                }
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }
}
