//! Lines longer than memory: pieces of them, and runs of NUL bytes.

use super::{Body, Chunk, ChunkReader, Got, LOOKAHEAD, Piece, Step, TextEnd, nuls, piece};
use crate::error::Result;

/// Bytes read at a time to find the end of a run of NUL bytes.
const STRIDE: usize = 256 * 1024;

impl ChunkReader {
    /// The end of a line all of which was returned already, while it had no end, is no empty line.
    pub(super) fn swallow_line_end(&mut self, chunk: &mut Chunk) {
        if self.pieces > 0 && chunk.bytes().first() == Some(&b'\n') {
            self.follow(b"\n");
            self.pieces = 0;
            chunk.offset += 1;
            chunk.buffer.copy_within(1..chunk.len, 0);
            chunk.len -= 1;
        }
    }

    /// Returns as much of a line without an end as is certain.
    pub(super) fn long_line(&mut self, chunk: &mut Chunk) -> Result<Step> {
        let (mut len, mut pieces, mut end) = (0, self.pieces, TextEnd::Stops);
        while chunk.len - len >= LOOKAHEAD {
            let rest = &chunk.bytes()[len..];
            match piece(rest) {
                (Piece::Nuls, run) if run == rest.len() => break,
                (Piece::Part, part) => {
                    (len, pieces, end) = (len + part, pieces + 1, TextEnd::GoesOn);
                }
                (_, part) => (len, pieces, end) = (len + part, 0, TextEnd::Stops),
            }
        }
        if len > 0 {
            self.give(chunk, len, end, pieces);
            return Ok(Step::Chunk);
        }
        self.run = chunk.len as u64;
        self.nul_run(chunk)
    }

    /// Goes on to the end of a run of NUL bytes, which may be longer than any memory.
    pub(super) fn nul_run(&mut self, chunk: &mut Chunk) -> Result<Step> {
        self.clear(chunk);
        chunk.reserve(STRIDE);
        while self.carry.is_empty() {
            self.run += self.source.skip_hole();
            match self.read(&mut chunk.buffer)? {
                Got::Bytes(len) => {
                    let zeros = nuls(&chunk.buffer[..len]);
                    self.run += zeros as u64;
                    self.carry = chunk.buffer[zeros..len].to_vec();
                }
                Got::Quiet => return Ok(Step::Quiet),
                Got::End(_) => break,
            }
        }
        if self.carry.is_empty() && !self.takes_partial() {
            self.waiting = std::mem::take(&mut self.run);
            return Ok(Step::End);
        }
        let terminated = self.carry.first() == Some(&b'\n');
        if terminated {
            chunk.load(b"\n");
            self.carry.remove(0);
        }
        let run = std::mem::take(&mut self.run);
        chunk.body = Body::Nuls(run);
        if let Some(digester) = &mut self.digester {
            digester.update_zeros(run);
        }
        self.follow(chunk.bytes());
        self.pieces = 0;
        Ok(Step::Chunk)
    }
}

/// Pieces returned of the line that `bytes`, all returned, leave open.
pub(super) fn pieces_after(mut bytes: &[u8], mut pieces: u64) -> u64 {
    while !bytes.is_empty() {
        let (piece, len) = piece(bytes);
        pieces = match piece {
            Piece::Text | Piece::Part => pieces + 1,
            Piece::Torn | Piece::Nuls => 0,
        };
        bytes = &bytes[len..];
    }
    pieces
}
