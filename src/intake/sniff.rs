//! What the first bytes say a stream is: text, text packed by a compression program, or nothing to read lines from.

use std::path::Path;

/// Bytes that are looked at.
pub const SAMPLE: usize = 4096;

/// A compression brainstem can undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
}

impl Packing {
    /// Its name, as an envelope's transport.
    pub fn name(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
            Packing::Xz => "xz",
            Packing::Bzip2 => "bzip2",
        }
    }

    /// What the first bytes are packed with, if with anything.
    pub fn of(start: &[u8]) -> Option<Packing> {
        PACKED
            .iter()
            .find(|(magic, _)| start.starts_with(magic))
            .map(|(_, packing)| *packing)
            .or_else(|| is_skippable_frame(start).then_some(Packing::Zstd))
    }

    /// Whether more bytes after `start` could still make it a packing.
    pub fn undecided(start: &[u8]) -> bool {
        PACKED
            .iter()
            .any(|(magic, _)| start.len() < magic.len() && magic.starts_with(start))
            || (start.len() < 4 && start.first().is_some_and(|b| (0x50..0x60).contains(b)))
    }
}

/// First bytes of what can be unpacked. bzip2 has nine sizes, all of which fit `BZh`.
const PACKED: [(&[u8], Packing); 4] = [
    (&[0x1f, 0x8b, 0x08], Packing::Gzip),
    (&[0x28, 0xb5, 0x2f, 0xfd], Packing::Zstd),
    (b"\xfd7zXZ\0", Packing::Xz),
    (b"BZh", Packing::Bzip2),
];

/// zstd allows frames of foreign data before the first real one (pzstd and seekable archives have them).
fn is_skippable_frame(start: &[u8]) -> bool {
    matches!(start, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// What a program that is no text reader would say about these bytes.
struct Signature {
    at: usize,
    magic: &'static [u8],
    what: &'static str,
}

const fn signature(at: usize, magic: &'static [u8], what: &'static str) -> Signature {
    Signature { at, magic, what }
}

/// Files that are found beside logs and have no lines.
const BINARY: [Signature; 17] = [
    signature(0, b"LPKSHHRH", JOURNAL),
    signature(0, b"\x7fELF", "an ELF program"),
    signature(0, b"SQLite format 3\0", "an SQLite database"),
    signature(0, b"\x89PNG\r\n\x1a\n", "a PNG image"),
    signature(0, b"\xff\xd8\xff", "a JPEG image"),
    signature(0, b"GIF8", "a GIF image"),
    signature(0, b"%PDF-", "a PDF document"),
    signature(0, b"PK\x03\x04", ZIP),
    signature(0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    signature(0, b"\x04\x22\x4d\x18", "an lz4 archive"),
    signature(0, b"\x1f\x9d", COMPRESS),
    signature(0, b"ElfFile\0", EVTX),
    signature(0, b"\xd4\xc3\xb2\xa1", "a packet capture"),
    signature(0, b"\x0a\x0d\x0d\x0a", "a packet capture"),
    signature(0, b"!<arch>\n", "an ar archive"),
    signature(0, b"redb\x1a\x0a\xa9\x0d\x0a", "a redb database"),
    signature(257, b"ustar", TAR),
];

const JOURNAL: &str = "a systemd journal";
const EVTX: &str = "a Windows event log in binary form";
const LOGINS: &str = "a login record (utmp)";
const UNKNOWN: &str = "binary data";
const TAR: &str = "a tar archive";
const ZIP: &str = "a zip archive";
const COMPRESS: &str = "a compress(1) archive";
const LITTLE: &str = "UTF-16 without a byte order mark";
const BIG: &str = "big-endian UTF-16 without a byte order mark";
/// What is found in a packed file that holds another.
pub const PACKED_TWICE: &str = "another packed file";

/// Size of a record of utmp, wtmp and btmp on Linux.
const UTMP_RECORD: usize = 384;

/// What to do with a file that looks like no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// It is named and left.
    Leave,
    /// It is read as lines all the same.
    Take,
}

/// The share of control bytes (of 256) from which a sample is no text in any encoding that keeps ASCII. Noise, such as
/// packed or encrypted data, has 20.
const CONTROL_SHARE: usize = 10;

/// The name of what the sample is if it has no lines to read; nothing if it may be text. Runs of NUL bytes are no sign:
/// torn and sparse logs have them.
pub fn binary(sample: &[u8]) -> Option<&'static str> {
    let known = BINARY.iter().find(|s| {
        sample
            .get(s.at..)
            .is_some_and(|rest| rest.starts_with(s.magic))
    });
    if let Some(known) = known {
        return Some(known.what);
    }
    if utf16(sample) {
        return None;
    }
    if is_utmp(sample) {
        return Some(LOGINS);
    }
    if let Some(what) = unmarked_utf16(sample) {
        return Some(what);
    }
    // Not counted: what separates the fields of FIX and other protocols (1, 28 to 31), white space, ESC.
    let control = |byte: &&u8| matches!(**byte, 0 | 2..=6 | 14..=26 | 127);
    let text = without_runs(sample);
    let count = text.iter().filter(control).count();
    (text.len() >= 32 && count * 256 > text.len() * CONTROL_SHARE).then_some(UNKNOWN)
}

/// Whether the sample begins with the byte order mark of UTF-16.
fn utf16(sample: &[u8]) -> bool {
    sample.starts_with(&[0xff, 0xfe]) || sample.starts_with(&[0xfe, 0xff])
}

/// Text in UTF-16 that does not say so: in most languages of log files every other byte of it is NUL.
fn unmarked_utf16(sample: &[u8]) -> Option<&'static str> {
    let nuls = |from: usize| {
        sample
            .iter()
            .skip(from)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd, pairs) = (nuls(0), nuls(1), sample.len() / 2);
    let most = |count: usize| pairs >= 16 && count * 10 >= pairs * 9;
    match (even, odd) {
        (0, odd) if most(odd) => Some(LITTLE),
        (even, 0) if most(even) => Some(BIG),
        _ => None,
    }
}

/// What to type instead of naming a file that has no lines.
pub fn instead(what: &str, path: &Path) -> String {
    let path = quoted(path);
    match what {
        JOURNAL => format!("journalctl --file {path} -o json --all | brainstem ingest -"),
        LOGINS => format!("last -f {path} | brainstem ingest -"),
        EVTX => "export it as XML or JSON, for example with wevtutil or evtx_dump".to_string(),
        LITTLE => format!("iconv -f UTF-16LE -t UTF-8 {path} | brainstem ingest -"),
        BIG => format!("iconv -f UTF-16BE -t UTF-8 {path} | brainstem ingest -"),
        TAR => format!("tar -xOf {path} | brainstem ingest -"),
        ZIP => format!("unzip -p {path} | brainstem ingest -"),
        COMPRESS => format!("zcat {path} | brainstem ingest -"),
        PACKED_TWICE => format!("unpack {path} once, and ingest what comes out of it"),
        UNKNOWN => format!("brainstem ingest --force-text {path}, if it is a log in spite of it"),
        _ => format!("strings {path} | brainstem ingest -, if there is text in it"),
    }
}

/// A path as one word of a shell, whatever is in its name.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let begins_like_an_option = path.starts_with('-');
    let place = if begins_like_an_option { "./" } else { "" };
    format!("'{place}{}'", path.replace('\'', "'\\''"))
}

/// A utmp record begins with its type (0 to 9, 16 bits, then 16 bits of nothing) and has text fields padded with NUL.
fn is_utmp(sample: &[u8]) -> bool {
    let record = |r: &[u8]| r[0] <= 9 && r[1..4] == [0, 0, 0] && r[8 + 31] == 0;
    let whole = sample.chunks_exact(UTMP_RECORD);
    whole.len() > 0 && whole.clone().all(record) && whole.clone().any(|r| r[0] != 0)
}

/// The sample without runs of 16 and more NUL bytes.
fn without_runs(sample: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(sample.len());
    for run in sample.chunk_by(|a, b| (*a == 0) == (*b == 0)) {
        if run[0] != 0 || run.len() < 16 {
            kept.extend_from_slice(run);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_any_of_its_clothes_is_text() {
        let utf16: Vec<u8> = "\u{feff}Ereignis 7\r\nNaechstes Ereignis\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let sparse = [&[0; 3000][..], b"Jan  2 10:00:00 web1 app: up\n"].concat();
        let coloured = "\u{1b}[32m INFO\u{1b}[0m started worker=3\n".repeat(20);
        for text in [
            &b""[..],
            b"\n\n\n",
            b"Jan  2 10:00:00 web1 app: up\n",
            "<13>Zu viele W\u{fc}nsche\n".as_bytes(),
            b"caf\xe9 caf\xe9 caf\xe9 caf\xe9 caf\xe9 caf\xe9 caf\xe9 caf\xe9 caf\xe9\n",
            b"a\0b\n",
            &utf16,
            &sparse,
            &[0; SAMPLE],
            "8=FIX.4.4\u{1}35=8\u{1}49=DESK\u{1}56=VENUE\u{1}10=113\u{1}\n".as_bytes(),
            coloured.as_bytes(),
        ] {
            assert_eq!(binary(text), None, "{:?}", text.escape_ascii().to_string());
        }
    }

    #[test]
    fn what_lies_beside_logs_is_told() {
        let mut wtmp = vec![0; 2 * UTMP_RECORD];
        wtmp[0] = 2;
        wtmp[8..12].copy_from_slice(b"~\0\0\0");
        wtmp[UTMP_RECORD] = 7;
        wtmp[UTMP_RECORD + 8..UTMP_RECORD + 13].copy_from_slice(b"pts/0");
        let noise: Vec<u8> = (0..4096u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        let words = "2026-03-02 01:02:03 something happened\r\n".encode_utf16();
        let little: Vec<u8> = words.clone().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = words.flat_map(u16::to_be_bytes).collect();
        let mut tar = vec![b'a'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        for (bytes, what) in [
            (&wtmp[..], LOGINS),
            (b"LPKSHHRH\0\0\0\0", JOURNAL),
            (b"\x7fELF\x02\x01\x01", "an ELF program"),
            (&tar, "a tar archive"),
            (&noise, UNKNOWN),
            (&little, LITTLE),
            (&big, BIG),
        ] {
            assert_eq!(binary(bytes), Some(what));
        }
    }

    #[test]
    fn packing_is_told_by_content_and_as_soon_as_possible() {
        for (start, packing) in [
            (&[0x1f, 0x8b, 8, 0][..], Some(Packing::Gzip)),
            (&[0x28, 0xb5, 0x2f, 0xfd], Some(Packing::Zstd)),
            (&[0x5a, 0x2a, 0x4d, 0x18], Some(Packing::Zstd)),
            (b"\xfd7zXZ\0", Some(Packing::Xz)),
            (b"BZh91AY", Some(Packing::Bzip2)),
            (b"BZ is not bzip2", None),
            (b"Zone", None),
        ] {
            assert_eq!(Packing::of(start), packing);
            for len in 0..start.len() {
                let early = &start[..len];
                let told = Packing::of(early);
                assert!(told == packing || Packing::undecided(early) || packing.is_none());
            }
        }
        assert!(!Packing::undecided(b"Jan"));
        assert!(!Packing::undecided(b"hi\n"));
    }
}
