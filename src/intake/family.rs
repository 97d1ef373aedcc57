//! Rotation families: which files are the past and the present of one log, and in which order they were written.

use regex::bytes::Regex;
use std::cmp::Reverse;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Endings that compression programs append to a name. The content decides how a file is read; the name only where it belongs.
const PACKED: [&[u8]; 6] = [b".gz", b".zst", b".xz", b".bz2", b".zstd", b".Z"];

/// `app.log-20260102`, `app-2026-01-02.log`, `app.log.2026-01-02_10`, `app-2026-01-02-1.log`, `app.log-20260102-1767312000`.
static DATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?-u)^(.+?)[-._]((?:19|20)[0-9]{2}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12][0-9]|3[01])(?:[-_.T:]?[0-9]+)*)(\.[A-Za-z]{1,6})?$",
    )
    .ok()
});

/// Where a file stands among the generations of its log. Greater is younger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// `app.log.3`, `app.3.log`, `app.log.old`: the greater the number, the older.
    Numbered(Reverse<u32>),
    /// `app.log-20260102`: the date, then what follows it.
    Dated(u64, Vec<u64>),
    /// `app.log`: the name the program writes to.
    Live,
}

/// All generations of one log: a directory and the name without what rotation appended to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Family {
    directory: PathBuf,
    base: Vec<u8>,
}

impl Family {
    /// The family of a file, and where the file stands in it. `path` is absolute and without symlinks, so that all ways
    /// to name a file lead to one family.
    pub fn of(path: &Path) -> (Family, Age) {
        let name = path.file_name().unwrap_or_default().as_bytes();
        let (base, age) = split(name);
        let directory = path.parent().unwrap_or(Path::new("/")).to_path_buf();
        (Family { directory, base }, age)
    }

    /// The directory of all its files.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The path of the live file, whether there is one or not.
    pub fn live(&self) -> PathBuf {
        self.directory.join(OsStr::from_bytes(&self.base))
    }

    /// The key under which checkpoints are stored: text, different for different families whatever bytes the names have.
    pub fn key(&self) -> String {
        name_text(self.live().as_os_str())
    }
}

/// Any file name as text, reversibly: bytes that are not UTF-8, and the backslash, become `\xNN`.
pub fn name_text(name: &OsStr) -> String {
    let mut out = String::new();
    for part in name.as_bytes().utf8_chunks() {
        out.push_str(&part.valid().replace('\\', "\\x5c"));
        for byte in part.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// The path that a packed file had before it was packed, by its name.
pub fn unpacked_name(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.as_bytes();
    Some(path.with_file_name(OsStr::from_bytes(unpacked(name)?)))
}

fn unpacked(name: &[u8]) -> Option<&[u8]> {
    PACKED
        .iter()
        .find_map(|end| name.strip_suffix(*end))
        .filter(|rest| !rest.is_empty())
}

/// Takes a file name apart into the live name and the age.
fn split(name: &[u8]) -> (Vec<u8>, Age) {
    let packed = unpacked(name);
    let name = packed.unwrap_or(name);
    if let Some(found) = DATED.as_ref().and_then(|dated| dated.captures(name)) {
        let base = [&found[1], found.get(3).map_or(&b""[..], |e| e.as_bytes())].concat();
        let (day, rest) = date(&found[2]);
        return (base, Age::Dated(day, rest));
    }
    // No program writes to a packed file: without a number it is the youngest of the past.
    let unnumbered = match packed {
        Some(_) => Age::Numbered(Reverse(0)),
        None => Age::Live,
    };
    numbered(name).unwrap_or_else(|| (name.to_vec(), unnumbered))
}

/// `app.log.3`, `app.log.old`, `app.3.log`. No rule for `app-3.log`: there a number mostly names an instance.
fn numbered(name: &[u8]) -> Option<(Vec<u8>, Age)> {
    let dot = memchr::memrchr(b'.', name).filter(|at| *at > 0)?;
    let (base, end) = (&name[..dot], &name[dot + 1..]);
    if end == b"old" {
        return Some((base.to_vec(), Age::Numbered(Reverse(1))));
    }
    if let Some(number) = number(end) {
        return Some((base.to_vec(), Age::Numbered(Reverse(number))));
    }
    let inner = memchr::memrchr(b'.', base).filter(|at| *at > 0)?;
    let number = number(&base[inner + 1..]).filter(|_| end == b"log" || end == b"txt")?;
    let live = [&base[..inner], b".", end].concat();
    Some((live, Age::Numbered(Reverse(number))))
}

/// One to four digits: more is no count of rotations.
fn number(text: &[u8]) -> Option<u32> {
    let digits = (1..=4).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    digits.then(|| {
        text.iter()
            .fold(0, |n, digit| n * 10 + u32::from(digit - b'0'))
    })
}

/// The eight digits of the day, and the numbers after it.
fn date(text: &[u8]) -> (u64, Vec<u64>) {
    let value = |digits: &[u8]| {
        digits.iter().fold(0u64, |n, digit| {
            n.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
        })
    };
    let mut seen = 0;
    let end = text
        .iter()
        .position(|byte| {
            seen += usize::from(byte.is_ascii_digit());
            seen == 8
        })
        .map_or(text.len(), |at| at + 1);
    let day: Vec<u8> = text[..end]
        .iter()
        .copied()
        .filter(u8::is_ascii_digit)
        .collect();
    let rest = text[end..]
        .split(|byte| !byte.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(value)
        .collect();
    (value(&day), rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    fn base(name: &str) -> String {
        Family::of(&Path::new("/logs").join(name)).0.key()
    }

    #[test]
    fn what_rotation_appends_is_no_part_of_the_family() {
        for (name, live) in [
            ("syslog", "syslog"),
            ("syslog.1", "syslog"),
            ("syslog.12.gz", "syslog"),
            ("syslog-20260102", "syslog"),
            ("syslog-20260102.xz", "syslog"),
            ("syslog-20260102-1767312000.bz2", "syslog"),
            ("app.log.2026-01-02", "app.log"),
            ("app.log.2026-01-02_10.zst", "app.log"),
            ("app-2026-01-02-1.log.gz", "app.log"),
            ("app.2026-01-02.0.log", "app.log"),
            ("app.1.log", "app.log"),
            ("boot.log.old", "boot.log"),
            ("app.log.gz", "app.log"),
            // Numbers that name something else.
            ("node-1.log", "node-1.log"),
            ("postgresql-16-main.log", "postgresql-16-main.log"),
            ("disk1", "disk1"),
            ("app.log.20261", "app.log.20261"),
            ("report-20261399", "report-20261399"),
            (".1", ".1"),
            (".gz", ".gz"),
        ] {
            assert_eq!(base(name), format!("/logs/{live}"), "{name}");
        }
    }

    #[test]
    fn generations_sort_from_old_to_live() {
        let by_number = ["a.log.10.gz", "a.log.2.gz", "a.log.1", "a.log.gz", "a.log"];
        let by_date = [
            "a.log-20251231.gz",
            "a.log-20260101",
            "a.log-20260101-3",
            "a.log-20260101-12",
            "a.log",
        ];
        for names in [&by_number[..], &by_date[..]] {
            let ages: Vec<Age> = names
                .iter()
                .map(|n| Family::of(&Path::new("/logs").join(n)).1)
                .collect();
            assert!(ages.is_sorted(), "{names:?} {ages:?}");
        }
    }

    #[test]
    fn names_that_are_not_utf8_keep_apart() {
        let key = |bytes: &[u8]| name_text(&OsString::from_vec(bytes.to_vec()));
        let keys = [
            key(b"a\xff"),
            key(b"a\xfe"),
            key(b"a\\xff"),
            key("a\u{fffd}".as_bytes()),
        ];
        for (i, one) in keys.iter().enumerate() {
            for other in &keys[i + 1..] {
                assert_ne!(one, other);
            }
        }
    }
}
