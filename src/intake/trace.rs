//! Lines that belong to the record before them: stack traces and indented continuation.
//!
//! A trace is complete when the next line that begins a record comes, or the input ends. A line that goes on with nothing
//! is a record by itself. Which lines go together depends on them alone, not on how they were cut into chunks.

use memchr::{Memchr, memchr, memmem};

/// Lines of a record, at most. What is beyond comes line by line.
const MAX_LINES: usize = 500;
/// Bytes of such a record, at most.
const MAX_BYTES: usize = 64 * 1024;
/// Blank lines within a trace, at most: Go and Python put one between its parts.
const MAX_BLANKS: usize = 2;

/// For each byte whether a line that begins with it may go on with the record before. Months, digits, brackets and what else
/// begins the lines of most logs is not among them: they cost this one look.
static MAY_GO_ON: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b" \t\nCDST-abcdefghijklmnopqrstuvwxyz";
    let mut i = 0;
    while i < bytes.len() {
        table[bytes[i] as usize] = true;
        i += 1;
    }
    table
};

/// Whether the line that begins with `first` may belong to the record of a line that ends with `last`.
#[inline]
pub(super) fn may_go_on(first: u8, last: u8) -> bool {
    // The message of a Rust panic follows a colon, and may begin with anything.
    MAY_GO_ON[usize::from(first)] || last == b':'
}

/// What a record's lines have been so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// No trace, or one that is told by its indentation.
    Any,
    /// A Python traceback, whose exception is still to come.
    Traceback,
    /// A Python traceback with its exception.
    Raised,
    /// A goroutine: its frames are not indented.
    Go,
    /// A Rust panic whose message is still to come.
    Panicked,
    /// A Rust panic with its message.
    Rust,
}

/// Where the record ends that begins with the line from `start` to `end`, and how many more lines it has. `ends` gives the
/// ends of the lines behind.
pub(super) fn extent(bytes: &[u8], start: usize, end: usize, ends: Memchr<'_>) -> (usize, usize) {
    let head = &bytes[start..end];
    let mut kind = of_head(head);
    let (mut at, mut done, mut lines, mut blanks) = (end + 1, end, 0, 0);
    if head.first().is_none_or(|b| b.is_ascii_whitespace()) {
        return (end, 0);
    }
    for (n, next) in ends.enumerate() {
        let line = &bytes[at..next];
        at = next + 1;
        if n >= MAX_LINES || next - start > MAX_BYTES {
            break;
        }
        if line.trim_ascii().is_empty() {
            blanks += 1;
            if blanks > MAX_BLANKS {
                break;
            }
            continue;
        }
        let Some(then) = goes_on(kind, head, line, Gap { blanks, lines }) else {
            break;
        };
        (kind, done, lines, blanks) = (then, next, n + 1, 0);
    }
    (done, lines)
}

/// What lies between a line and the head of the record.
struct Gap {
    blanks: usize,
    lines: usize,
}

fn of_head(head: &[u8]) -> Kind {
    if head.ends_with(b":") && memmem::find(head, b"panicked at ").is_some() {
        return Kind::Panicked;
    }
    match head.starts_with(TRACEBACK) {
        true => Kind::Traceback,
        false => Kind::Any,
    }
}

const TRACEBACK: &[u8] = b"Traceback (most recent call last)";

/// What the record is with this line too; `None` if the line begins another.
fn goes_on(kind: Kind, head: &[u8], line: &[u8], gap: Gap) -> Option<Kind> {
    let indented = matches!(line[0], b' ' | b'\t');
    let starts = |starts: &[&[u8]]| starts.iter().any(|start| line.starts_with(start));
    if gap.blanks > 0 {
        return match kind {
            _ if line.starts_with(b"goroutine ") && crashed(head) => Some(Kind::Go),
            Kind::Go if starts(&[b"goroutine ", b"created by "]) => Some(Kind::Go),
            Kind::Raised if starts(&[b"During handling of", b"The above exception"]) => {
                Some(Kind::Raised)
            }
            Kind::Raised if line.starts_with(TRACEBACK) => Some(Kind::Traceback),
            _ => None,
        };
    }
    match kind {
        Kind::Panicked if !matches!(line[0], b'0'..=b'9' | b'<' | b'[' | b'{') => Some(Kind::Rust),
        Kind::Rust if starts(&[b"stack backtrace:", b"note: "]) => Some(Kind::Rust),
        // Text of another program's document is no continuation.
        _ if indented && !matches!(line.trim_ascii_start().first(), Some(b'{' | b'}' | b'<')) => {
            Some(kind)
        }
        Kind::Traceback if exception(line, Path::Any) => Some(Kind::Raised),
        _ if line.starts_with(b"goroutine ") && crashed(head) => Some(Kind::Go),
        _ if line.starts_with(b"[signal ") && crashed(head) => Some(Kind::Go),
        Kind::Go if frame(line) || starts(&[b"created by ", b"exit status "]) => Some(Kind::Go),
        _ if starts(&[b"Caused by: ", b"Suppressed: ", b"--- End of "]) => Some(kind),
        _ if line.starts_with(TRACEBACK) && (announces(head) || kind == Kind::Raised) => {
            Some(Kind::Traceback)
        }
        Kind::Any if gap.lines == 0 && announces(head) && exception(line, Path::Dotted) => {
            Some(kind)
        }
        _ => None,
    }
}

/// Whether a line reports that a Go program crashed.
fn crashed(head: &[u8]) -> bool {
    [&b"panic"[..], b"fatal error: ", b"SIG"]
        .iter()
        .any(|word| memmem::find(head, word).is_some())
}

/// Whether a trace may follow: a log's line with a time, or one that speaks of an error.
fn announces(head: &[u8]) -> bool {
    let stamped = matches!(head.first(), Some(b'0'..=b'9' | b'[' | b'<'));
    stamped
        || [
            &b"rror"[..],
            b"RROR",
            b"xception",
            b"ailed",
            b"CRIT",
            b"FATAL",
            b"WARN",
        ]
        .iter()
        .any(|word| memmem::find(head, word).is_some())
}

/// A frame of a goroutine: `main.run(0x1, 0x2)`.
fn frame(line: &[u8]) -> bool {
    line.ends_with(b")")
        && memchr(b'(', line).is_some_and(|at| at > 0 && !line[..at].contains(&b' '))
}

/// How an exception is named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Path {
    /// With the package it is from.
    Dotted,
    /// With or without.
    Any,
}

/// Whether a line names an exception: `java.io.IOException: no`, `KeyError: 'x'`.
fn exception(line: &[u8], path: Path) -> bool {
    const ENDS: [&[u8]; 9] = [
        b"Exception",
        b"Error",
        b"Warning",
        b"Interrupt",
        b"Exit",
        b"Failure",
        b"Fault",
        b"Throwable",
        b"Timeout",
    ];
    let name = line.split(|b| *b == b':').next().unwrap_or(line);
    let name = name.trim_ascii_end();
    let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$');
    name.len() <= 200
        && (path == Path::Any || name.contains(&b'.'))
        && ENDS.iter().any(|end| name.ends_with(end))
        && name.iter().all(word)
}

/// The last place in `bytes`, all whole lines, where a record begins whatever follows: what is before it can be told
/// apart. `None` when there is none within the size of a record.
pub(super) fn last_head(bytes: &[u8]) -> Option<usize> {
    let mut end = bytes.len();
    for _ in 0..=MAX_LINES {
        let line = end.checked_sub(1)?;
        let start = memchr::memrchr(b'\n', &bytes[..line]).map_or(0, |at| at + 1);
        let before = start.checked_sub(2).map(|at| bytes[at]);
        if begins(&bytes[start..line]) && before != Some(b':') {
            return Some(start);
        }
        if bytes.len() - start > MAX_BYTES || start == 0 {
            return None;
        }
        end = start;
    }
    None
}

/// Whether a line begins a record, whatever stands before it.
fn begins(line: &[u8]) -> bool {
    let Some(&first) = line.first() else {
        return false;
    };
    let starts = |starts: &[&[u8]]| starts.iter().any(|start| line.starts_with(start));
    !(matches!(first, b' ' | b'\t' | b'\r')
        || starts(&[
            b"goroutine ",
            b"created by ",
            b"exit status ",
            b"[signal ",
            b"Caused by: ",
            b"Suppressed: ",
            b"--- End of ",
            b"stack backtrace:",
            b"note: ",
            TRACEBACK,
            b"During handling of",
            b"The above exception",
        ])
        || frame(line)
        || exception(line, Path::Any))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records of a text, as the numbers of their lines.
    fn records(text: &str) -> Vec<usize> {
        let bytes = text.as_bytes();
        let mut ends = memchr::memchr_iter(b'\n', bytes);
        let (mut at, mut counts) = (0, Vec::new());
        while let Some(end) = ends.next() {
            let (done, more) = extent(bytes, at, end, ends.clone());
            for _ in 0..more {
                ends.next();
            }
            counts.push(more + 1);
            at = done + 1;
        }
        counts
    }

    #[test]
    fn traces_join_the_line_they_belong_to() {
        for (trace, counts) in [
            (
                "2026-03-02 01:02:03 ERROR failed\njava.lang.IllegalStateException: no\n\tat a.B.c(B.java:7)\nCaused by: java.io.IOException\n\t... 3 more\n2026-03-02 01:02:04 INFO next\n",
                vec![5, 1],
            ),
            (
                "Exception in thread \"main\" java.lang.Error: x\n\tat a.B.main(B.java)\nplain\n",
                vec![2, 1],
            ),
            (
                "2026-03-02 ERROR:root:oops\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\nKeyError: 'x'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\", line 3\nacme.errors.AcmeError: y\nnext: one\n",
                vec![11, 1],
            ),
            (
                "started\nTraceback (most recent call last):\n  File \"a.py\"\nValueError\ndone\n",
                vec![1, 3, 1],
            ),
            (
                "panic: runtime error: index out of range [3]\n\ngoroutine 1 [running]:\nmain.run(0x1, {0x2, 0x3})\n\t/src/main.go:7 +0x1d\nmain.main()\n\t/src/main.go:3\nexit status 2\nlistening\n",
                vec![8, 1],
            ),
            (
                "thread 'main' panicked at src/main.rs:2:5:\nindex out of bounds\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/x\nnote: run with `RUST_BACKTRACE=1`\nnext\n",
                vec![6, 1],
            ),
            (
                "Unhandled exception. System.IO.FileNotFoundException: no file\n   at A.B.Main() in /a.cs:line 3\n--- End of stack trace from previous location ---\n   at C.D()\nnext\n",
                vec![4, 1],
            ),
            (
                "  indented\n  again\nhead\n  one\n\n  two\n",
                vec![1, 1, 2, 1, 1],
            ),
            ("\n\n\n", vec![1, 1, 1]),
            (
                "May  1 00:00:00 h a: b\nSep  1 00:00:00 h a: b\nhello: world\n",
                vec![1, 1, 1],
            ),
        ] {
            assert_eq!(records(trace), counts, "{trace}");
        }
    }

    #[test]
    fn a_record_is_bounded() {
        let many = format!("head\n{}", " more\n".repeat(2000));
        let counts = records(&many);
        assert_eq!(counts[0], MAX_LINES + 1);
        assert!(counts[1..].iter().all(|n| *n == 1));
        let wide = format!("head\n{}", format!(" {}\n", "x".repeat(30_000)).repeat(9));
        assert_eq!(records(&wide)[0], 3);
    }

    #[test]
    fn the_last_head_is_no_line_of_a_trace() {
        let text = "2026 ERROR x\njava.lang.Error\n\tat a.b(c)\n";
        assert_eq!(last_head(text.as_bytes()), Some(0));
        let two = format!("first\n{text}");
        assert_eq!(last_head(two.as_bytes()), Some(6));
        assert_eq!(last_head(b"thread 'a' panicked at b:\nmessage\n"), Some(0));
        assert_eq!(last_head(b"  a\n  b\n"), None);
        assert_eq!(last_head(b""), None);
    }
}
