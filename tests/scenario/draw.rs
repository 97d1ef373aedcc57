//! Seeded chance: the same seed draws the same on every machine.

/// SplitMix64 (Steele, Lea and Flood 2014): small, and good enough to scatter log lines.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 up to 1, without 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// `low` to `high`, both included.
    pub fn whole(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.whole(0, of.len() as u64 - 1) as usize]
    }

    /// `n` different indices below `of`.
    pub fn some(&mut self, n: usize, of: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..of).collect();
        for i in 0..n.min(of) {
            let j = self.whole(i as u64, of as u64 - 1) as usize;
            all.swap(i, j);
        }
        all.truncate(n);
        all
    }

    /// A Poisson count (Knuth's way; expected counts here are small).
    pub fn count(&mut self, expected: f64) -> u32 {
        let limit = (-expected).exp();
        let (mut n, mut product) = (0, self.share());
        while product > limit {
            n += 1;
            product *= self.share();
        }
        n
    }

    /// A value for a slot of a pattern: `{ip}`, `{num}` and so on.
    pub fn fill(&mut self, slot: &str) -> String {
        const PEOPLE: [&str; 9] = [
            "anneke", "birger", "chiara", "dmitri", "eun", "farah", "goran", "hanneke", "imre",
        ];
        match slot {
            "ip" => format!(
                "{}.{}.{}.{}",
                self.whole(20, 215),
                self.whole(0, 255),
                self.whole(0, 255),
                self.whole(1, 254)
            ),
            "port" => self.whole(1025, 65_000).to_string(),
            "num" => self.whole(2, 98_000).to_string(),
            "small" => self.whole(2, 30).to_string(),
            "hex" => format!("0x{:010x}", self.next() >> 24),
            "user" => (*self.one(&PEOPLE)).to_string(),
            "path" => format!("/var/spool/q/{:06x}.msg", self.next() >> 40),
            other => other.to_string(),
        }
    }
}

/// Expands the slots of a pattern; `Slots::Named` leaves `<num>` where a value would stand.
pub fn expand(pattern: &str, mut value: impl FnMut(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let close = open + rest[open..].find('}').expect("patterns close their braces");
        out.push_str(&rest[..open]);
        out.push_str(&value(&rest[open + 1..close]));
        rest = &rest[close + 1..];
    }
    out + rest
}
