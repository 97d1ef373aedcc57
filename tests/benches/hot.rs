//! What is done once per line, one step at a time: `cargo bench`.

use brainstem::formats::{Context, Format, Zone, by_name};
use brainstem::refine::Cut;
use brainstem::store::segment::column::Slice;
use brainstem::store::segment::frame::Framer;
use brainstem::store::segment::{Builder, NONE, Place, Reader, Sealed, Shape};
use brainstem::time::Timestamp;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use xxhash_rust::xxh3::xxh3_128;

const NOW: Timestamp = Timestamp(1_773_619_200_000_000);

/// A few thousand lines of six shapes, with the variables of each line its own.
fn lines() -> Vec<String> {
    (0..6000u64)
        .map(|i| {
            let (a, b) = (i * 7919 % 256, i * 104_729 % 256);
            let (host, second) = (["web-1", "db-2", "gate"][i as usize % 3], i % 60);
            let text = match i % 6 {
                0 => format!("sshd[{}]: Failed password for invalid user guest from 203.0.{a}.{b} port {} ssh2", 900 + a, 1024 + i),
                1 => format!("kernel: [UFW BLOCK] IN=ens3 OUT= SRC=198.51.{a}.{b} DST=10.0.0.{a} LEN=60 TTL={b} PROTO=TCP SPT={}", 1024 + i),
                2 => format!("shop[411]: request id={:08x}-{a:04x}-{b:04x} method=GET path=/cart/{i} status=200 duration_ms={a}.{b:03}", i * 2_654_435_761 % (1 << 32)),
                3 => format!("postfix/smtpd[{}]: connect from unknown[192.0.{a}.{b}]", 300 + b),
                4 => format!("backup[88]: sent {} bytes received {b} bytes for /srv/data/in/{:06x}.dat", i * 31, i * 7919),
                _ => format!("systemd[1]: session-{i}.scope: Deactivated successfully."),
            };
            format!("Mar 12 04:05:{second:02} {host} {text}")
        })
        .collect()
}

fn syslog() -> &'static dyn Format {
    by_name("syslog").expect("the format is registered")
}

fn context() -> Context {
    Context::new(Zone::Utc, NOW, NOW)
}

fn built(lines: &[String]) -> Builder {
    let (mut cut, mut framer, mut builder, mut context) =
        (Cut::new(), Framer::default(), Builder::default(), context());
    builder.begin_run(0, 0, NOW);
    for line in lines {
        let parsed = syslog().parse(line.as_bytes(), &mut context);
        let time = parsed.time.unwrap_or(NOW);
        cut.cut(&parsed.message);
        let verbatim = framer.cut(line.as_bytes(), &parsed, time);
        let number = |bytes: &[u8]| xxh3_128(bytes) as u32;
        let shape = Shape {
            frame: number(&framer.frame),
            logtype: number(&cut.logtype),
            host: number(parsed.host.as_bytes()),
            service: number(parsed.service.as_bytes()),
            severity: NONE,
            facility: NONE,
            status: parsed.status.number(),
            verbatim,
        };
        let (raw, message) = (line.as_bytes(), &parsed.message);
        builder.push(
            shape,
            time,
            raw.len(),
            framer.slots.iter().map(|&span| Slice { of: raw, span }),
            cut.vars.iter().map(|&span| Slice { of: message, span }),
        );
    }
    builder
}

fn steps(c: &mut Criterion) {
    let lines = lines();
    let bytes: u64 = lines.iter().map(|l| l.len() as u64 + 1).sum();
    let text = lines.join("\n");
    let mut group = c.benchmark_group("6000 lines");
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("frame", |b| {
        b.iter(|| memchr::memchr_iter(b'\n', black_box(text.as_bytes())).count())
    });
    group.bench_function("parse syslog", |b| {
        let mut context = context();
        b.iter(|| {
            lines
                .iter()
                .map(|l| {
                    syslog()
                        .parse(black_box(l.as_bytes()), &mut context)
                        .message
                        .len()
                })
                .sum::<usize>()
        });
    });
    group.bench_function("cut and hash", |b| {
        let mut cut = Cut::new();
        b.iter(|| {
            lines.iter().fold(0u128, |sum, l| {
                cut.cut(black_box(&l.as_bytes()[16..]));
                sum ^ xxh3_128(&cut.logtype)
            })
        });
    });
    group.bench_function("all of it, and encode the segment", |b| {
        b.iter(|| built(&lines).seal().expect("sealed").body.len())
    });
    let sealed = built(&lines).seal().expect("sealed");
    group.bench_function("open the segment", |b| b.iter(|| open(&sealed).len()));
    group.finish();
}

fn open(sealed: &Sealed) -> Reader {
    let places = sealed.shapes.iter().map(Place::from).collect();
    Reader::open(places, sealed.rows, black_box(&sealed.body)).expect("its own segment")
}

criterion_group!(benches, steps);
criterion_main!(benches);
