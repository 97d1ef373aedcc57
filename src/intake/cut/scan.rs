//! Where a JSON value ends.

use super::blanks;
use memchr::{memchr, memchr2};

/// Why a scan did not come to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes ended first.
    More,
    /// This is no JSON.
    Bad,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    CommaOrEnd,
}

/// Finds the end of a JSON value. Strict where a torn line would otherwise swallow those behind it: a line end in a string
/// and a key that is no string end it.
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<u8>,
    next: Next,
}

impl<'a> Scan<'a> {
    /// Of the value that begins at `at`.
    pub(super) fn value(bytes: &'a [u8], at: usize) -> Scan<'a> {
        Scan {
            bytes,
            at,
            open: Vec::new(),
            next: Next::Value,
        }
    }

    /// Of what follows the last element of a list in these brackets.
    pub(super) fn rest(bytes: &'a [u8], at: usize, open: &[u8]) -> Scan<'a> {
        Scan {
            bytes,
            at,
            open: open.to_vec(),
            next: Next::CommaOrEnd,
        }
    }

    pub(super) fn run(&mut self) -> Result<usize, Stop> {
        /// Deeper documents are read as lines.
        const DEEPEST: usize = 256;
        loop {
            self.at += blanks(&self.bytes[self.at..]);
            let byte = *self.bytes.get(self.at).ok_or(Stop::More)?;
            let in_object = self.open.last() == Some(&b'{');
            match (self.next, byte) {
                (Next::Value | Next::ValueOrEnd, b'{' | b'[') => {
                    if self.open.len() == DEEPEST {
                        return Err(Stop::Bad);
                    }
                    self.open.push(byte);
                    self.at += 1;
                    self.next = match byte {
                        b'{' => Next::KeyOrEnd,
                        _ => Next::ValueOrEnd,
                    };
                    continue;
                }
                (Next::Value | Next::ValueOrEnd, b'"') => {
                    self.at = string_end(self.bytes, self.at)?;
                }
                (Next::ValueOrEnd | Next::CommaOrEnd, b']') if !in_object => self.close()?,
                (Next::KeyOrEnd | Next::CommaOrEnd, b'}') if in_object => self.close()?,
                (Next::Value | Next::ValueOrEnd, _) => self.bare()?,
                (Next::Key | Next::KeyOrEnd, b'"') => {
                    self.at = string_end(self.bytes, self.at)?;
                    self.at += blanks(&self.bytes[self.at..]);
                    if *self.bytes.get(self.at).ok_or(Stop::More)? != b':' {
                        return Err(Stop::Bad);
                    }
                    self.at += 1;
                    self.next = Next::Value;
                    continue;
                }
                (Next::CommaOrEnd, b',') => {
                    self.at += 1;
                    self.next = match in_object {
                        true => Next::Key,
                        false => Next::Value,
                    };
                    continue;
                }
                _ => return Err(Stop::Bad),
            }
            if self.open.is_empty() {
                return Ok(self.at);
            }
            self.next = Next::CommaOrEnd;
        }
    }

    fn close(&mut self) -> Result<(), Stop> {
        self.at += 1;
        self.open.pop().map(drop).ok_or(Stop::Bad)
    }

    /// A number or a word.
    fn bare(&mut self) -> Result<(), Stop> {
        let rest = &self.bytes[self.at..];
        let word = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
        let len = rest.iter().take_while(word).count();
        if len == rest.len() {
            return Err(Stop::More);
        }
        self.at += len;
        if len == 0 { Err(Stop::Bad) } else { Ok(()) }
    }
}

/// The position behind the string that begins at `at`.
pub(super) fn string_end(bytes: &[u8], at: usize) -> Result<usize, Stop> {
    match bytes.get(at) {
        None => return Err(Stop::More),
        Some(b'"') => {}
        Some(_) => return Err(Stop::Bad),
    }
    let mut end = at + 1;
    loop {
        let rest = bytes.get(end..).ok_or(Stop::More)?;
        let found = memchr2(b'"', b'\\', rest);
        if memchr(b'\n', &rest[..found.unwrap_or(rest.len())]).is_some() {
            return Err(Stop::Bad);
        }
        end += found.ok_or(Stop::More)?;
        match bytes[end] {
            b'"' => return Ok(end + 1),
            _ => end += 2,
        }
    }
}
