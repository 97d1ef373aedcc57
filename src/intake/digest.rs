//! What proves that bytes were read before: digests of a stream's beginning, of its latest bytes and of all of it.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// Bytes of the beginning that have a digest of their own: enough for almost every log to differ from its predecessor.
pub const HEAD: usize = 1024;
/// Bytes before the offset that have a digest of their own: two files with equal headers still differ here.
pub const WINDOW: usize = 256;
/// Bytes of a block of the chain. Resuming re-reads less than one block (and the window), never the whole file.
const BLOCK: usize = 64 * 1024;

static ZEROS: [u8; BLOCK] = [0; BLOCK];

/// 128 bits of xxh3. It tells files apart; it is no defence against somebody who builds a collision on purpose, who
/// could as well have left the line out of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Digest(u128);

impl Digest {
    fn of(bytes: &[u8]) -> Digest {
        Digest(xxh3_128(bytes))
    }

    fn then(self, next: Digest) -> Digest {
        let mut both = [0; 32];
        both[..16].copy_from_slice(&self.0.to_le_bytes());
        both[16..].copy_from_slice(&next.0.to_le_bytes());
        Digest::of(&both)
    }
}

/// What is known of the first `offset` bytes of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefix {
    /// How many bytes this is about.
    pub offset: u64,
    /// The first [`HEAD`] bytes, or all when there are fewer.
    head: Digest,
    /// The last [`WINDOW`] bytes before the offset, or all when there are fewer.
    window: Digest,
    /// All whole blocks before the offset, each block's digest folded into the chain.
    blocks: Digest,
    /// The bytes after the last whole block.
    tail: Digest,
}

impl Prefix {
    /// Where the bytes begin that [`Digester::resume`] wants: they end at the offset and are fewer than 65 KiB.
    pub(super) fn recent_start(&self) -> u64 {
        let block = self.offset - self.offset % BLOCK as u64;
        block.min(self.offset.saturating_sub(WINDOW as u64))
    }

    /// Whether this and `other` tell of the same stream; `None` where only the first bytes of the longer one can say, which
    /// [`Prefix::begins_with`] of the shorter one wants.
    pub fn agrees(&self, other: &Prefix) -> Option<bool> {
        if self.offset == other.offset {
            return Some(self == other);
        }
        let long = self.offset.min(other.offset) >= HEAD as u64;
        long.then(|| self.head == other.head)
    }

    /// How many bytes of the beginning `begins_with` wants.
    pub fn head_len(&self) -> usize {
        self.offset.min(HEAD as u64) as usize
    }

    /// Whether a stream that starts with `head` (at least [`Prefix::head_len`] bytes) can be this one.
    pub fn begins_with(&self, head: &[u8]) -> bool {
        head.get(..self.head_len())
            .is_some_and(|head| Digest::of(head) == self.head)
    }

    /// Whether `bytes` (at least the last [`WINDOW`] before the offset) are what stood there.
    pub(super) fn ends_with(&self, bytes: &[u8]) -> bool {
        let wanted = self.offset.min(WINDOW as u64) as usize;
        bytes.len() >= wanted && Digest::of(&bytes[bytes.len() - wanted..]) == self.window
    }
}

/// The beginning: its bytes while it still grows, its digest afterwards.
#[derive(Clone)]
enum Head {
    Growing(Vec<u8>),
    Whole(Digest),
}

/// Follows a stream from its first byte, or from a known [`Prefix`], and knows the prefix at every moment.
#[derive(Clone)]
pub struct Digester {
    offset: u64,
    head: Head,
    window: Vec<u8>,
    blocks: Digest,
    tail: Box<Xxh3>,
}

impl Default for Digester {
    fn default() -> Digester {
        Digester {
            offset: 0,
            head: Head::Growing(Vec::new()),
            window: Vec::new(),
            blocks: Digest::default(),
            tail: Box::new(Xxh3::new()),
        }
    }
}

impl Digester {
    /// Continues after `prefix`. `recent` are the bytes from [`Prefix::recent_start`] to the offset; nothing comes back
    /// unless they are the bytes that stood there. The bytes before them are taken on trust.
    pub fn resume(prefix: &Prefix, recent: &[u8]) -> Option<Digester> {
        let tail_len = (prefix.offset % BLOCK as u64) as usize;
        if recent.len() as u64 != prefix.offset - prefix.recent_start() {
            return None;
        }
        let tail = &recent[recent.len() - tail_len..];
        if !prefix.ends_with(recent) || Digest::of(tail) != prefix.tail {
            return None;
        }
        let head = if prefix.offset >= HEAD as u64 {
            Head::Whole(prefix.head)
        } else {
            Head::Growing(recent.to_vec())
        };
        let mut hasher = Box::new(Xxh3::new());
        hasher.update(tail);
        Some(Digester {
            offset: prefix.offset,
            head,
            window: recent[recent.len().saturating_sub(WINDOW)..].to_vec(),
            blocks: prefix.blocks,
            tail: hasher,
        })
    }

    /// Bytes followed so far.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The last bytes followed, [`WINDOW`] of them or all when there are fewer.
    pub fn window(&self) -> &[u8] {
        &self.window
    }

    /// Follows `bytes`.
    pub fn update(&mut self, bytes: &[u8]) {
        if let Head::Growing(head) = &mut self.head {
            head.extend_from_slice(&bytes[..bytes.len().min(HEAD - head.len())]);
            if head.len() == HEAD {
                self.head = Head::Whole(Digest::of(head));
            }
        }
        self.slide(bytes);
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = BLOCK - (self.offset % BLOCK as u64) as usize;
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.tail.update(now);
            self.offset += now.len() as u64;
            if now.len() == room {
                self.blocks = self.blocks.then(Digest(self.tail.digest128()));
                self.tail.reset();
            }
            rest = later;
        }
    }

    /// Follows `count` NUL bytes, in a time that does not grow with the bytes but with the blocks.
    pub fn update_zeros(&mut self, count: u64) {
        let mut left = count;
        if let Head::Growing(head) = &self.head {
            left -= self.zeros(left.min((HEAD - head.len()) as u64));
        }
        let to_block = (BLOCK as u64 - self.offset % BLOCK as u64) % BLOCK as u64;
        left -= self.zeros(left.min(to_block));
        if left >= BLOCK as u64 {
            let zeros = Digest::of(&ZEROS);
            for _ in 0..left / BLOCK as u64 {
                self.blocks = self.blocks.then(zeros);
            }
            self.offset += left - left % BLOCK as u64;
            self.slide(&ZEROS);
        }
        self.zeros(left % BLOCK as u64);
    }

    /// Follows fewer NUL bytes than a block has, and returns how many.
    fn zeros(&mut self, count: u64) -> u64 {
        self.update(&ZEROS[..count as usize]);
        count
    }

    /// What is known of all bytes followed so far.
    pub fn prefix(&self) -> Prefix {
        Prefix {
            offset: self.offset,
            head: match &self.head {
                Head::Growing(bytes) => Digest::of(bytes),
                Head::Whole(digest) => *digest,
            },
            window: Digest::of(&self.window),
            blocks: self.blocks,
            tail: Digest(self.tail.digest128()),
        }
    }

    fn slide(&mut self, bytes: &[u8]) {
        let new = &bytes[bytes.len().saturating_sub(WINDOW)..];
        let kept = self.window.len().min(WINDOW - new.len());
        self.window.drain(..self.window.len() - kept);
        self.window.extend_from_slice(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(bytes: &[u8]) -> Prefix {
        let mut digester = Digester::default();
        digester.update(bytes);
        digester.prefix()
    }

    fn noise(len: usize) -> Vec<u8> {
        (0..len as u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect()
    }

    #[test]
    fn any_byte_before_the_offset_matters() {
        let bytes = noise(3 * BLOCK + 700);
        let known = whole(&bytes);
        for at in [
            0,
            HEAD - 1,
            HEAD,
            BLOCK - 1,
            BLOCK,
            2 * BLOCK + 5,
            3 * BLOCK + 699,
        ] {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_ne!(whole(&other), known, "byte {at}");
        }
    }

    #[test]
    fn resuming_refuses_other_recent_bytes() {
        let bytes = noise(BLOCK + 10);
        let known = whole(&bytes);
        let recent = bytes[known.recent_start() as usize..].to_vec();
        assert!(Digester::resume(&known, &recent).is_some());
        assert!(Digester::resume(&known, &recent[1..]).is_none());
        for at in 0..recent.len() {
            let mut other = recent.clone();
            other[at] ^= 1;
            assert!(Digester::resume(&known, &other).is_none(), "byte {at}");
        }
    }

    proptest! {
        #[test]
        fn pieces_and_resuming_give_what_the_whole_gives(
            len in 0usize..3 * BLOCK, cuts in prop::collection::vec(0usize..3 * BLOCK, 0..6)
        ) {
            let bytes = noise(len);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(len)).collect();
            cuts.sort_unstable();
            cuts.push(len);
            let mut digester = Digester::default();
            let mut from = 0;
            for cut in cuts {
                digester.update(&bytes[from..cut]);
                let known = digester.prefix();
                let recent = &bytes[known.recent_start() as usize..cut];
                digester = Digester::resume(&known, recent).expect("the bytes are the same");
                from = cut;
            }
            prop_assert_eq!(digester.prefix(), whole(&bytes));
            prop_assert_eq!(digester.window(), &bytes[len.saturating_sub(WINDOW)..]);
        }

        #[test]
        fn a_run_of_zeros_is_that_many_zero_bytes(before in 0usize..2 * BLOCK, zeros in 0usize..3 * BLOCK, after in 0usize..600) {
            let mut bytes = noise(before);
            bytes.resize(before + zeros, 0);
            bytes.extend(noise(after));
            let mut digester = Digester::default();
            digester.update(&bytes[..before]);
            digester.update_zeros(zeros as u64);
            digester.update(&bytes[before + zeros..]);
            prop_assert_eq!(digester.prefix(), whole(&bytes));
        }
    }
}
