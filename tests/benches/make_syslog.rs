//! Writes a BSD syslog of so many lines to standard output: `make_syslog LINES`. The same lines every time.
//!
//! Twelve hosts, two weeks, a daily rhythm, and the mixture of a server's day: log-ins, timers, a firewall, mail, an
//! application with request ids, a name server, and now and then something wrong.

use std::io::{BufWriter, Write};

/// What is said, how often relative to the others, and by whom. Slots: `i` address, `l` local address, `p` port, `n` number,
/// `x` hexadecimal, `u` user, `m` milliseconds, `g` UUID, `f` file.
const SAID: &[(u32, &str, &str)] = &[
    (
        60,
        "sshd[9120]",
        "Accepted publickey for {u} from {i} port {p} ssh2: ED25519 SHA256:{x}",
    ),
    (
        110,
        "sshd[9120]",
        "Failed password for invalid user {u} from {i} port {p} ssh2",
    ),
    (
        100,
        "sshd[9120]",
        "Connection closed by {i} port {p} [preauth]",
    ),
    (
        50,
        "sshd[9120]",
        "pam_unix(sshd:session): session opened for user {u}(uid={n}) by (uid=0)",
    ),
    (
        50,
        "sshd[9120]",
        "pam_unix(sshd:session): session closed for user {u}",
    ),
    (
        80,
        "systemd[1]",
        "Started session-{n}.scope - Session {n} of User {u}.",
    ),
    (
        40,
        "systemd[1]",
        "session-{n}.scope: Deactivated successfully.",
    ),
    (
        120,
        "kernel",
        "[UFW BLOCK] IN=ens3 OUT= MAC={x} SRC={i} DST={l} LEN=60 TTL=52 ID={n} PROTO=TCP SPT={p} DPT={p} SYN",
    ),
    (150, "postfix/smtpd[2210]", "connect from unknown[{i}]"),
    (
        150,
        "postfix/smtpd[2210]",
        "disconnect from unknown[{i}] ehlo=1 auth=0/1 quit=1 commands=2/3",
    ),
    (
        300,
        "shop[4711]",
        "request id={g} method=GET path=/cart/{n} status=200 duration_ms={m} user={u}",
    ),
    (
        60,
        "shop[4711]",
        "cache miss key=article:{n} backend=memcached took {m} ms",
    ),
    (
        60,
        "named[530]",
        "client @0x{x} {l}#{p} (host{n}.example.com): query (cache) 'host{n}.example.com/A/IN' denied",
    ),
    (
        30,
        "dhclient[611]",
        "DHCPREQUEST for {l} on ens3 to {l} port 67",
    ),
    (
        30,
        "backup[1888]",
        "sent {n} bytes received {n} bytes for {f}",
    ),
    (
        20,
        "nginx[700]",
        "{n}#{n}: *{n} open() \"{f}\" failed (2: No such file or directory), client: {i}, server: _",
    ),
    (
        3,
        "smartd[480]",
        "Device: /dev/sdb [SAT], {n} Currently unreadable (pending) sectors",
    ),
    (
        2,
        "mariadbd[900]",
        "Aborted connection {n} to db: 'shop' user: '{u}' host: '{l}' (Got timeout reading communication packets)",
    ),
    (1, "kernel", "TCP: out of memory -- consider tuning tcp_mem"),
];
const HOSTS: [&str; 12] = [
    "web-1", "web-2", "db-1", "db-2", "mail", "gate", "vpn", "store-1", "app-1", "app-2", "ns-1",
    "watch",
];
const USERS: [&str; 10] = [
    "anna", "ben", "cleo", "dora", "emil", "fritz", "gina", "hans", "ines", "jan",
];
const MONTH: &str = "Mar";
const DAYS: u64 = 14;

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

fn main() -> std::io::Result<()> {
    let lines: u64 = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_000_000);
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout());
    let mut dice = Dice(7);
    let weight: u64 = SAID.iter().map(|s| u64::from(s.0)).sum();
    for line in 0..lines {
        let second = line * DAYS * 86_400 / lines.max(1);
        let (day, of_day) = (2 + second / 86_400, second % 86_400);
        let host = HOSTS[dice.below(HOSTS.len() as u64) as usize];
        write!(
            out,
            "{MONTH} {day:2} {:02}:{:02}:{:02} {host} ",
            of_day / 3600,
            of_day / 60 % 60,
            of_day % 60
        )?;
        let mut at = dice.below(weight);
        let said = SAID.iter().find(|s| {
            let here = at < u64::from(s.0);
            at = at.saturating_sub(u64::from(s.0));
            here
        });
        let (_, tag, text) = said.unwrap_or(&SAID[0]);
        write!(out, "{tag}: ")?;
        fill(&mut out, text, &mut dice)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

fn fill(out: &mut impl Write, text: &str, dice: &mut Dice) -> std::io::Result<()> {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.write_all(before.as_bytes())?;
        let (slot, after) = after.split_once('}').unwrap_or(("", after));
        match slot {
            "i" => write!(
                out,
                "{}.{}.{}.{}",
                11 + dice.below(200),
                dice.below(256),
                dice.below(256),
                dice.below(255)
            )?,
            "l" => write!(
                out,
                "10.{}.{}.{}",
                dice.below(9),
                dice.below(256),
                dice.below(255)
            )?,
            "p" => write!(out, "{}", 1024 + dice.below(64_000))?,
            "n" => write!(out, "{}", dice.below(100_000))?,
            "x" => write!(out, "{:012x}", dice.next() >> 16)?,
            "u" => write!(out, "{}", USERS[dice.below(10) as usize])?,
            "m" => write!(out, "{}.{:03}", dice.below(900), dice.below(1000))?,
            "g" => {
                let (a, b) = (dice.next(), dice.next());
                write!(
                    out,
                    "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
                    a >> 32,
                    (a >> 16) & 0xffff,
                    a & 0xffff,
                    b >> 48,
                    b & 0xffff_ffff_ffff
                )?;
            }
            "f" => write!(
                out,
                "/srv/data/{}/{:06x}.dat",
                ["in", "out", "spool"][dice.below(3) as usize],
                dice.below(1 << 24)
            )?,
            _ => {}
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())
}
