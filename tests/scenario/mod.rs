//! Weeks of an invented harbour's logs, from a seed: routine, decoys and, unless it shall be quiet, signals of all seven
//! types. Gives the facts that discovery reads, the log lines a program would read, and a grade for what was found.
#![allow(dead_code, unused_imports, reason = "each test uses a part of it")]

mod draw;
mod facts;
mod grade;
mod lines;
mod words;

pub use facts::Builder;
pub use grade::Reported;
pub use lines::Shape;

use brainstem::candidate::CandidateType;
use brainstem::event::Severity;
use brainstem::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use draw::{Dice, expand};
use words::{CHATTER, DECOYS, HOSTS, Pace, SIGNALS, Says, Signal, TIMETABLES};

/// Whether signals are planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signals {
    All,
    None,
}

/// One line of the scenario.
#[derive(Clone, Debug)]
pub struct Line {
    pub time: Timestamp,
    /// Index into [`Scenario::hosts`].
    pub host: usize,
    pub service: &'static str,
    pub severity: Severity,
    pub pattern: &'static str,
    pub message: String,
}

/// A signal that was planted.
#[derive(Clone, Debug)]
pub struct Planted {
    pub kind: CandidateType,
    pub also: &'static [CandidateType],
    pub words: &'static str,
    pub hosts: Vec<usize>,
}

/// All lines, in order of time, and the truth about them.
pub struct Scenario {
    pub start: Timestamp,
    pub end: Timestamp,
    pub hosts: Vec<&'static str>,
    pub lines: Vec<Line>,
    pub planted: Vec<Planted>,
    /// Words of harmless lines, and why they are harmless.
    pub decoys: Vec<(&'static str, &'static str)>,
}

/// Midnight of a Monday.
pub const START: Timestamp = Timestamp(1_780_272_000_000_000);

impl Scenario {
    /// Two weeks of twelve hosts.
    pub fn new(seed: u64, signals: Signals) -> Scenario {
        Scenario::of_days(seed, signals, 14)
    }

    /// `days` days of twelve hosts, starting on [`START`].
    pub fn of_days(seed: u64, signals: Signals, days: i64) -> Scenario {
        let mut it = Scenario {
            start: START,
            end: START.plus(days * DAY),
            hosts: HOSTS.to_vec(),
            lines: Vec::new(),
            planted: Vec::new(),
            decoys: Vec::new(),
        };
        let mut dice = Dice::new(seed);
        it.chatter(&mut dice);
        it.timetables(&mut dice);
        it.harmless(&mut dice);
        if signals == Signals::All {
            for signal in &SIGNALS {
                it.plant(signal, &mut dice);
            }
        }
        it.lines.sort_by(|a, b| {
            (a.time, a.host, a.pattern, &a.message).cmp(&(b.time, b.host, b.pattern, &b.message))
        });
        it
    }

    fn say(&mut self, time: Timestamp, host: usize, says: &Says, dice: &mut Dice) {
        if time >= self.start && time < self.end {
            self.lines.push(Line {
                time,
                host,
                service: says.service,
                severity: says.severity,
                pattern: says.pattern,
                message: expand(says.pattern, |slot| dice.fill(slot)),
            });
        }
    }

    fn hours(&self) -> i64 {
        self.end.since(self.start) / HOUR
    }

    fn chatter(&mut self, dice: &mut Dice) {
        for host in 0..self.hosts.len() {
            for chatter in &CHATTER {
                let rate = chatter.1 * dice.between(0.6, 1.4);
                if dice.share() > chatter.2 {
                    continue;
                }
                for hour in 0..self.hours() {
                    let busy = match chatter.3 {
                        Pace::People => 1.6 * workday(hour),
                        Pace::Machines => 1.0,
                    };
                    for _ in 0..dice.count(rate / 24.0 * busy) {
                        let time = self
                            .start
                            .plus(hour * HOUR + dice.between(0.0, HOUR as f64) as i64);
                        self.say(time, host, &chatter.0, dice);
                    }
                }
            }
        }
    }

    fn timetables(&mut self, dice: &mut Dice) {
        for table in &TIMETABLES {
            for host in 0..self.hosts.len() {
                let late = dice.between(0.0, 20.0);
                let mut time = self.start.plus(table.at * MINUTE);
                while time < self.end {
                    for _ in 0..table.repeat {
                        let after = (late + dice.between(0.0, table.over)) * SECOND as f64;
                        self.say(time.plus(after as i64), host, &table.says, dice);
                    }
                    time = time.plus(table.every * MINUTE);
                }
            }
            self.decoys.extend(table.decoy);
        }
    }

    fn harmless(&mut self, dice: &mut Dice) {
        let span = self.end.since(self.start) as f64;
        for decoy in &DECOYS {
            for host in dice.some(decoy.hosts, self.hosts.len()) {
                for _ in 0..decoy.count {
                    let time = self
                        .start
                        .plus((span * dice.between(decoy.from, 1.0)) as i64);
                    self.say(time, host, &decoy.says, dice);
                }
            }
            self.decoys.push((decoy.words, decoy.why));
        }
    }

    fn plant(&mut self, signal: &Signal, dice: &mut Dice) {
        let host = dice.whole(0, self.hosts.len() as u64 - 1) as usize;
        let hosts = match signal.kind {
            CandidateType::Spread => dice.some(signal.count as usize, self.hosts.len()),
            _ => vec![host],
        };
        let end = self.end;
        let ago = |hours: f64| end.plus(-(hours * HOUR as f64) as i64);
        match signal.kind {
            CandidateType::Recurrence => self.scatter(signal, host, 7.0, (0.0, 0.0), dice),
            CandidateType::SelfHeal => self.scatter(signal, host, 7.0, (4.0, 45.0), dice),
            CandidateType::Precursor => {
                let days = self.hours() as f64 / 24.0 - 1.0;
                self.scatter(signal, host, days, (200.0, 1200.0), dice);
            }
            CandidateType::Burst => {
                let storm = ago(dice.between(6.0, 20.0));
                for hour in (0..self.hours()).step_by(40) {
                    self.say(
                        self.start
                            .plus(hour * HOUR + dice.between(0.0, 1e10) as i64),
                        host,
                        &signal.says,
                        dice,
                    );
                }
                for _ in 0..signal.count {
                    self.say(
                        storm.plus(dice.between(0.0, 300e6) as i64),
                        host,
                        &signal.says,
                        dice,
                    );
                }
            }
            CandidateType::Spread => {
                let when = ago(dice.between(5.0, 20.0));
                self.say(when.plus(-3 * DAY), hosts[0], &signal.says, dice);
                for &h in &hosts {
                    for _ in 0..2 {
                        self.say(
                            when.plus(dice.between(0.0, 2.0 * HOUR as f64) as i64),
                            h,
                            &signal.says,
                            dice,
                        );
                    }
                }
            }
            CandidateType::Anomaly => {
                let when = ago(dice.between(2.0, 22.0));
                for _ in 0..signal.count {
                    self.say(
                        when.plus(dice.between(0.0, 600e6) as i64),
                        host,
                        &signal.says,
                        dice,
                    );
                }
            }
            CandidateType::Silence => {
                let mut time = self.start.plus(dice.between(0.0, 600e6) as i64);
                while time < ago(13.0) {
                    self.say(time, host, &signal.says, dice);
                    time = time.plus((600e6 * dice.between(0.97, 1.03)) as i64);
                }
            }
        }
        self.planted.push(Planted {
            kind: signal.kind,
            also: signal.also,
            words: signal.words,
            hosts,
        });
    }

    /// Says it `count` times, spread over the last `days`, each time followed after `after` seconds by what then comes.
    fn scatter(
        &mut self,
        signal: &Signal,
        host: usize,
        days: f64,
        after: (f64, f64),
        dice: &mut Dice,
    ) {
        let step = days * DAY as f64 / f64::from(signal.count);
        for i in 0..signal.count {
            let back = days * DAY as f64 - (f64::from(i) + dice.between(0.1, 0.9)) * step;
            let time = self.end.plus(-back as i64);
            self.say(time, host, &signal.says, dice);
            if let Some(then) = &signal.then {
                let later = (dice.between(after.0, after.1) * SECOND as f64) as i64;
                self.say(time.plus(later), host, then, dice);
            }
        }
    }
}

/// How busy people are in an hour since a Monday's midnight, about 0.35 to 1, less at weekends.
fn workday(hour: i64) -> f64 {
    let of_day = (hour % 24) as f64;
    let weekend = if hour / 24 % 7 >= 5 { 0.4 } else { 1.0 };
    (0.35 + 0.65 * (-((of_day - 13.0) / 5.0).powi(2)).exp()) * weekend
}
