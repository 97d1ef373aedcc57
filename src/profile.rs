//! The cheap pass: what the hourly cells of every signature say, in a few numbers each, and what the whole store says.
//!
//! Its cost grows with the number of cells; nothing here looks at exact times.

use crate::signature::{Facts, HostActivity, SignatureFacts};
use crate::time::{DAY, HOUR, Hour, Timestamp};
use crate::tuning::Tuning;

/// The instants everything is measured against. All come from the facts, none from a clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Nothing at or after this is known.
    pub as_of: Timestamp,
    /// The first instant known.
    pub first: Timestamp,
    /// Just after the last event: up to here silence means something.
    pub end: Timestamp,
    /// Start of the present window.
    pub window: Timestamp,
    /// Start of the look-back.
    pub lookback: Timestamp,
    /// Start of the recent stretch.
    pub recent: Timestamp,
}

impl Clock {
    /// The instants of `facts`.
    pub fn of(facts: &Facts, tuning: &Tuning) -> Clock {
        let back = |days: f64| facts.as_of.plus(-(days * DAY as f64) as i64);
        Clock {
            as_of: facts.as_of,
            first: facts.first_time,
            end: facts.last_time.plus(1).min(facts.as_of),
            window: back(tuning.window_days),
            lookback: back(tuning.lookback_days),
            recent: back(tuning.recent_days),
        }
    }

    /// The first hour that is not over yet at the as-of time: closed buckets lie before it.
    pub fn open_hour(&self) -> Hour {
        self.as_of.hour()
    }

    /// How many days before the as-of time an hour lies, counted from 0.
    pub fn days_ago(&self, hour: Hour) -> i32 {
        (self.as_of.plus(HOUR - 1).hour().0 - 1 - hour.0).div_euclid(24)
    }

    /// Days of history, at least a part of one.
    pub fn days(&self) -> f64 {
        (self.as_of.since(self.first) as f64 / DAY as f64).max(1.0 / 24.0)
    }
}

/// What the whole store says about one host.
#[derive(Clone, Copy, Debug)]
pub struct HostSpan {
    /// Its first event's hour start, or [`Timestamp::MAX`] when it has none.
    pub first: Timestamp,
    /// Its last event, or [`Timestamp::MIN`].
    pub last: Timestamp,
    /// Its events.
    pub count: u64,
}

/// What the whole store says about one program.
#[derive(Clone, Debug, Default)]
pub struct ServiceSpan {
    /// Its events before the look-back.
    pub events: u64,
    /// Its signatures seen exactly once before the look-back.
    pub singles: u64,
    /// Its events within the look-back.
    pub lately: u64,
}

/// What the whole store says, to judge one signature by.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// The instants.
    pub clock: Clock,
    /// By host index.
    pub hosts: Vec<HostSpan>,
    /// By name, ascending.
    pub services: Vec<(String, ServiceSpan)>,
    /// Signatures that appeared per day in the known past: after the warm-up, before the look-back.
    pub new_per_day: f64,
    /// All events.
    pub events: u64,
    /// Of those, before the look-back.
    pub events_before: u64,
}

impl Fleet {
    /// Looks over all signatures once.
    pub fn of(facts: &Facts, profiles: &[Profile], tuning: &Tuning) -> Fleet {
        let clock = Clock::of(facts, tuning);
        let mut hosts = vec![
            HostSpan {
                first: Timestamp::MAX,
                last: Timestamp::MIN,
                count: 0
            };
            facts.hosts.len()
        ];
        let mut services: std::collections::BTreeMap<&str, ServiceSpan> =
            std::collections::BTreeMap::new();
        let warm = clock
            .first
            .plus((tuning.anomaly_warmup * DAY as f64) as i64);
        let (mut appeared, mut events, mut events_before) = (0u32, 0, 0);
        for (signature, profile) in facts.signatures.iter().zip(profiles) {
            for at in &signature.activity {
                let span = &mut hosts[at.host as usize];
                let (Some(first), Some(last)) = (at.cells.first(), at.cells.last()) else {
                    continue;
                };
                span.first = span.first.min(first.first());
                span.last = span.last.max(last.last());
                span.count += at.cells.iter().map(|c| u64::from(c.count)).sum::<u64>();
            }
            let service = services.entry(signature.service.as_str()).or_default();
            service.events += profile.before_lookback;
            service.singles += u64::from(profile.before_lookback == 1);
            service.lately += profile.count - profile.before_lookback;
            appeared +=
                u32::from(signature.first_seen >= warm && signature.first_seen < clock.lookback);
            events += profile.count;
            events_before += profile.before_lookback;
        }
        let days = (clock.lookback.since(warm) as f64 / DAY as f64).max(1.0);
        Fleet {
            clock,
            hosts,
            services: services
                .into_iter()
                .map(|(name, span)| (name.to_string(), span))
                .collect(),
            new_per_day: f64::from(appeared) / days,
            events,
            events_before,
        }
    }

    /// What is known of a program.
    pub fn service(&self, name: &str) -> Option<&ServiceSpan> {
        let at = self
            .services
            .binary_search_by(|(n, _)| n.as_str().cmp(name))
            .ok()?;
        Some(&self.services[at].1)
    }

    /// Days that `host` was known before `time`; 0 when it was not.
    pub fn known_days(&self, host: u32, time: Timestamp) -> f64 {
        let first = self.hosts[host as usize].first;
        if first == Timestamp::MAX {
            return 0.0;
        }
        (time.since(first) as f64 / DAY as f64).max(0.0)
    }

    /// Hosts that said anything within the recent stretch.
    pub fn active_hosts(&self) -> usize {
        (self.hosts.iter())
            .filter(|h| h.count > 0 && h.last >= self.clock.recent)
            .count()
            .max(1)
    }
}

/// One signature in a few numbers.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Events.
    pub count: u64,
    /// Events before the look-back.
    pub before_lookback: u64,
    /// Events in the present window (whole hours).
    pub window_count: u64,
    /// Days with events.
    pub active_days: u32,
    /// Days with events in the recent stretch.
    pub recent_days: u32,
    /// Separate stretches of active hours, over all hosts.
    pub stretches: u32,
    /// Of those, in the recent stretch of days.
    pub recent_stretches: u32,
    /// Hosts with events.
    pub hosts: u32,
    /// Hosts with events in the present window.
    pub window_hosts: u32,
    /// Most hosts on any day before the present window.
    pub past_hosts: u32,
    /// The busiest closed hour of one host within the look-back.
    pub peak: u32,
    /// The busiest hour of one host before the look-back.
    pub past_peak: u32,
    /// Share of active hours in the two commonest hours of the day, over all hosts.
    pub clock_share: f64,
    /// Some host fell silent: active in many hours before, and in none of the last ones.
    pub stopped: Stopped,
}

/// Whether a signature may have stopped somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stopped {
    /// No host of it has been silent for unusually long.
    #[default]
    No,
    /// Worth the deep pass.
    Perhaps,
}

/// Reusable space of the cheap pass.
#[derive(Default)]
pub struct Scratch {
    days: Vec<(i32, u32)>,
}

impl Profile {
    /// Reads the cells of one signature.
    pub fn of(signature: &SignatureFacts, clock: &Clock, scratch: &mut Scratch) -> Profile {
        let mut p = Profile {
            hosts: signature.activity.len() as u32,
            ..Profile::default()
        };
        let mut by_clock = [0u32; 24];
        scratch.days.clear();
        for at in &signature.activity {
            read_host(&mut p, at, clock, &mut by_clock, &mut scratch.days);
        }
        let total: u32 = by_clock.iter().sum();
        p.clock_share = f64::from(timetable(&by_clock)) / f64::from(total.max(1));
        scratch.days.sort_unstable();
        scratch.days.dedup();
        for day in scratch.days.chunk_by(|a, b| a.0 == b.0) {
            p.active_days += 1;
            p.recent_days += u32::from(day[0].0 < 7);
            if day[0].0 == 0 {
                p.window_hosts = day.len() as u32;
            } else {
                p.past_hosts = p.past_hosts.max(day.len() as u32);
            }
        }
        p
    }
}

/// How many active hours lie in the two commonest hours of the day: what comes daily around a full hour, or twice a day.
fn timetable(by_clock: &[u32; 24]) -> u32 {
    let mut sorted = *by_clock;
    sorted.sort_unstable();
    sorted[22] + sorted[23]
}

fn read_host(
    p: &mut Profile,
    at: &HostActivity,
    clock: &Clock,
    by_clock: &mut [u32; 24],
    days: &mut Vec<(i32, u32)>,
) {
    let (lookback, recent, open) = (
        clock.lookback.hour(),
        clock.recent.hour(),
        clock.open_hour(),
    );
    let mut last: Option<Hour> = None;
    let mut longest = 0;
    for cell in &at.cells {
        let count = u64::from(cell.count);
        p.count += count;
        if cell.hour < lookback {
            p.before_lookback += count;
            p.past_peak = p.past_peak.max(cell.count);
        } else if cell.hour < open {
            p.peak = p.peak.max(cell.count);
        }
        by_clock[usize::from(cell.hour.of_day())] += 1;
        let ago = clock.days_ago(cell.hour);
        p.window_count += if ago == 0 { count } else { 0 };
        if days.last() != Some(&(ago, at.host)) {
            days.push((ago, at.host));
        }
        let gap = last.map_or(i32::MAX, |l| cell.hour.0 - l.0);
        if gap > 1 {
            p.stretches += 1;
            p.recent_stretches += u32::from(cell.hour >= recent);
            longest = if last.is_some() {
                longest.max(gap)
            } else {
                longest
            };
        }
        last = Some(cell.hour);
    }
    let silent = last.map_or(0, |l| clock.end.hour().0 - l.0);
    if at.cells.len() >= 6 && silent >= 1 && silent > longest {
        p.stopped = Stopped::Perhaps;
    }
}
