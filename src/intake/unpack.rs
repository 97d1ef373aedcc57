//! Unpacking: gzip, zstd, xz and bzip2, of as many members as there are, with bounds on memory and on what comes out.

use super::{End, Got, Packing};
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bounds of unpacking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Times the packed size that may come out. Real logs reach 100 (xz of one line over and over), bombs 1,000 and more.
    pub ratio: u64,
    /// Unpacked bytes below which the ratio is not looked at.
    pub free: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            ratio: 200,
            free: 256 << 20,
        }
    }
}

/// log2 of the largest zstd window, 128 MiB: the decoder's memory. `zstd --long=27` makes it, `--ultra -22` does not
/// exceed it.
const ZSTD_WINDOW_LOG: u32 = 27;
/// Memory of the xz decoder, in KiB; `xz -9` needs 65 MiB.
const XZ_MEMORY_KIB: u32 = 128 << 10;
/// Packed bytes read at a time.
const BLOCK: usize = 128 * 1024;

/// Unpacked bytes asked for at a time: what a decoder has unpacked when it meets damage is lost with the call. It is always
/// asked for as many, whatever the caller wants, so that a damaged file or a bomb ends at the same byte in every run: one
/// that ended earlier than the run before would be taken for another file, and read once more.
const STEP: usize = 32 * 1024;

/// Undoes one packing. Errors are those of the file; damage to its content is an [`End`].
pub struct Decoder {
    /// Its buffer holds one step.
    inner: BufReader<Box<dyn Read + Send>>,
    taken: Arc<AtomicU64>,
    given: u64,
    limits: Limits,
}

impl Decoder {
    /// Unpacks what `from` gives.
    pub fn new(
        from: Box<dyn Read + Send>,
        packing: Packing,
        limits: Limits,
    ) -> io::Result<Decoder> {
        let taken = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            inner: from,
            taken: Arc::clone(&taken),
        };
        let packed = BufReader::with_capacity(BLOCK, counted);
        let inner: Box<dyn Read + Send> = match packing {
            Packing::Gzip => Box::new(Gzip::member(packed)),
            Packing::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Box::new(decoder)
            }
            Packing::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(
                packed,
                true,
                XZ_MEMORY_KIB,
            )),
            Packing::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(packed)),
        };
        Ok(Decoder {
            inner: BufReader::with_capacity(STEP, inner),
            taken,
            given: 0,
            limits,
        })
    }

    /// Reads some unpacked bytes. After an end it must not be called again.
    pub fn read(&mut self, into: &mut [u8]) -> io::Result<Got> {
        if self.inner.buffer().is_empty() {
            if self.is_bomb() {
                return Ok(Got::End(End::Bomb(self.limits.ratio)));
            }
            match self.step() {
                Ok(0) => return Ok(Got::End(End::Complete)),
                Ok(len) => self.given += len as u64,
                // The system gave the error a number: it is about reading the file, not about what is in it.
                Err(e) if e.raw_os_error().is_some() => return Err(e),
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
                    return Ok(Got::End(End::Cut));
                }
                Err(e) => return Ok(Got::End(End::Damaged(e.to_string()))),
            }
        }
        let some = self.inner.buffer();
        let len = some.len().min(into.len());
        into[..len].copy_from_slice(&some[..len]);
        self.inner.consume(len);
        Ok(Got::Bytes(len))
    }

    /// Unpacks another step; returns how many bytes it has.
    fn step(&mut self) -> io::Result<usize> {
        loop {
            match self.inner.fill_buf() {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                some => return some.map(<[u8]>::len),
            }
        }
    }

    fn is_bomb(&self) -> bool {
        self.given > self.limits.free && self.given / self.limits.ratio.max(1) > self.taken()
    }

    /// Packed bytes read so far.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }
}

struct Counted {
    inner: Box<dyn Read + Send>,
    taken: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let len = self.inner.read(into)?;
        self.taken.fetch_add(len as u64, Ordering::Relaxed);
        Ok(len)
    }
}

/// All members of a gzip file. Unlike the library's own it takes NUL bytes after the last member for what they are,
/// padding, as gzip does, and tells a cut file from one with something foreign behind it.
enum Gzip<R: BufRead> {
    Member(Box<flate2::bufread::GzDecoder<R>>),
    Between(R),
    Ended,
}

impl<R: BufRead> Gzip<R> {
    fn member(from: R) -> Gzip<R> {
        Gzip::Member(Box::new(flate2::bufread::GzDecoder::new(from)))
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(self, Gzip::Ended) {
                Gzip::Member(mut member) => {
                    let len = match member.read(into) {
                        Ok(len) => len,
                        Err(e) => {
                            if e.kind() == io::ErrorKind::Interrupted {
                                *self = Gzip::Member(member);
                            }
                            return Err(e);
                        }
                    };
                    if len > 0 || into.is_empty() {
                        *self = Gzip::Member(member);
                        return Ok(len);
                    }
                    *self = Gzip::Between(member.into_inner());
                }
                Gzip::Between(mut rest) => match next_member(&mut rest)? {
                    Next::Member => *self = Gzip::member(rest),
                    Next::Nothing => return Ok(0),
                    Next::Foreign => {
                        return Err(io::Error::new(
                            io::ErrorKind::InvalidData,
                            "bytes after its end are no gzip",
                        ));
                    }
                },
                Gzip::Ended => return Ok(0),
            }
        }
    }
}

/// What follows a gzip member.
enum Next {
    Member,
    Nothing,
    Foreign,
}

fn next_member(rest: &mut impl BufRead) -> io::Result<Next> {
    loop {
        let some = rest.fill_buf()?;
        match some.iter().position(|byte| *byte != 0) {
            _ if some.is_empty() => return Ok(Next::Nothing),
            Some(at) => {
                let member = some[at] == 0x1f;
                rest.consume(at);
                return Ok(if member { Next::Member } else { Next::Foreign });
            }
            None => {
                let len = some.len();
                rest.consume(len);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    const ALL: [Packing; 4] = [Packing::Gzip, Packing::Zstd, Packing::Xz, Packing::Bzip2];

    fn pack(bytes: &[u8], packing: Packing) -> Vec<u8> {
        match packing {
            Packing::Gzip => {
                let mut out =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                out.write_all(bytes).expect("memory");
                out.finish().expect("memory")
            }
            Packing::Zstd => zstd::encode_all(bytes, 3).expect("memory"),
            Packing::Bzip2 => {
                let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
                out.write_all(bytes).expect("memory");
                out.finish().expect("memory")
            }
            // Made by xz 5.4 with -0 from the lines of `text`, since the library's own writer is not to be trusted.
            Packing::Xz => XZ.to_vec(),
        }
    }

    const XZ: &[u8] = include_bytes!("../../fixtures/intake/lines.xz");

    /// Lines that no compression makes small at once.
    fn text() -> Vec<u8> {
        (0..5_000u64)
            .flat_map(|i| {
                format!("line {i} {:x}\n", i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).into_bytes()
            })
            .collect()
    }

    fn unpack(packed: &[u8], packing: Packing, limits: Limits) -> (Vec<u8>, End) {
        unpack_by(&[70_000], packed, packing, limits)
    }

    /// Asks for as many bytes at a time as `sizes` say, over and over.
    fn unpack_by(
        sizes: &[usize],
        packed: &[u8],
        packing: Packing,
        limits: Limits,
    ) -> (Vec<u8>, End) {
        let from = Box::new(io::Cursor::new(packed.to_vec()));
        let mut decoder = Decoder::new(from, packing, limits).expect("a decoder");
        let mut out = Vec::new();
        let mut buffer = vec![0; 100_000];
        let mut sizes = sizes.iter().cycle();
        loop {
            let size = *sizes.next().expect("at least one");
            match decoder
                .read(&mut buffer[..size])
                .expect("memory has no read errors")
            {
                Got::Bytes(len) => out.extend_from_slice(&buffer[..len]),
                Got::Quiet => {}
                Got::End(end) => return (out, end),
            }
        }
    }

    #[test]
    fn all_members_come_out() {
        for packing in ALL {
            let packed = pack(&text(), packing);
            let twice = [packed.clone(), packed].concat();
            let (out, end) = unpack(&twice, packing, Limits::default());
            assert_eq!(end, End::Complete, "{packing:?}");
            assert!(out == [text(), text()].concat(), "{packing:?}");
        }
        let skippable = [
            &[0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3],
            &*pack(b"x\n", Packing::Zstd),
        ]
        .concat();
        assert_eq!(
            unpack(&skippable, Packing::Zstd, Limits::default()),
            (b"x\n".to_vec(), End::Complete)
        );
    }

    #[test]
    fn a_cut_archive_gives_what_came_before_the_cut() {
        for packing in ALL {
            let packed = pack(&text(), packing);
            for len in [packed.len() - 1, packed.len() - 9, packed.len() / 2, 20] {
                let (out, end) = unpack(&packed[..len], packing, Limits::default());
                assert_eq!(
                    end,
                    End::Cut,
                    "{packing:?} cut to {len} of {}",
                    packed.len()
                );
                assert!(text().starts_with(&out));
                // The others pack pieces of 64 KiB and more: of half a piece nothing comes out.
                if len > packed.len() / 4 && packing == Packing::Gzip {
                    assert!(
                        out.len() > text().len() / 8,
                        "{packing:?} {} bytes",
                        out.len()
                    );
                }
            }
        }
    }

    #[test]
    fn what_follows_an_archive_is_told_and_padding_is_not() {
        for packing in ALL {
            let garbage = [&*pack(&text(), packing), b"garbage"].concat();
            let (out, end) = unpack(&garbage, packing, Limits::default());
            assert!(
                out == text() && matches!(end, End::Damaged(_) | End::Cut),
                "{packing:?} {end:?}"
            );
        }
        let padded = [&*pack(&text(), Packing::Gzip), &[0; 1000]].concat();
        assert_eq!(
            unpack(&padded, Packing::Gzip, Limits::default()).1,
            End::Complete
        );
    }

    #[test]
    fn a_wrong_checksum_costs_no_line() {
        let mut packed = pack(&text(), Packing::Gzip);
        let crc = packed.len() - 8;
        packed[crc] ^= 1;
        let (out, end) = unpack(&packed, Packing::Gzip, Limits::default());
        assert!(out == text() && matches!(end, End::Damaged(_)));
    }

    #[test]
    fn damage_in_the_middle_keeps_what_came_before() {
        let mut packed = pack(&text(), Packing::Gzip);
        let middle = packed.len() / 2;
        packed[middle..middle + 40].fill(0xff);
        let (out, end) = unpack(&packed, Packing::Gzip, Limits::default());
        assert!(matches!(end, End::Damaged(_)));
        let good = out
            .iter()
            .zip(text())
            .take_while(|(a, b)| **a == *b)
            .count();
        assert!(
            good > text().len() / 2 - 2 * STEP,
            "{good} of {}",
            text().len()
        );
    }

    #[test]
    fn bombs_stop_early() {
        let limits = Limits {
            ratio: 200,
            free: 1 << 20,
        };
        let bomb = vec![b'a'; 20 << 20];
        for packing in [Packing::Gzip, Packing::Zstd, Packing::Bzip2] {
            let (out, end) = unpack(&pack(&bomb, packing), packing, limits);
            assert_eq!(end, End::Bomb(200), "{packing:?}");
            assert!(out.len() < 8 << 20, "{packing:?} {}", out.len());
        }
        assert_eq!(
            unpack(&pack(&text(), Packing::Gzip), Packing::Gzip, limits).1,
            End::Complete
        );
    }

    #[test]
    fn a_window_larger_than_memory_allows_is_refused() {
        // A frame header that asks for 2 GiB, with one raw block of two bytes.
        let frame = [
            0x28,
            0xb5,
            0x2f,
            0xfd,
            0x00,
            (31 - 10) << 3,
            0x11,
            0,
            0,
            b'x',
            b'\n',
        ];
        let (out, end) = unpack(&frame, Packing::Zstd, Limits::default());
        assert!(out.is_empty() && matches!(end, End::Damaged(_)), "{end:?}");
    }

    proptest! {
        #[test]
        fn no_damage_is_worse_than_an_end_and_it_is_always_the_same(
            which in 0usize..4, at in 0.0..1.0f64, with in prop::collection::vec(any::<u8>(), 1..20), cut in 0.0..1.0f64,
            sizes in prop::collection::vec(prop_oneof![1000..5000usize, 30_000..100_000usize], 1..5)
        ) {
            let mut packed = pack(&text(), ALL[which]);
            let from = (at * (packed.len() - with.len()) as f64) as usize;
            packed[from..from + with.len()].copy_from_slice(&with);
            packed.truncate((cut * 2.0 * packed.len() as f64) as usize);
            let limits = Limits { ratio: 200, free: 1 << 20 };
            let (out, end) = unpack(&packed, ALL[which], limits);
            prop_assert!(out.len() < 16 << 20);
            // Whatever is asked for at a time.
            let again = unpack_by(&sizes, &packed, ALL[which], limits);
            prop_assert!(again == (out, end), "{:?} after {} bytes", again.1, again.0.len());
        }
    }
}
