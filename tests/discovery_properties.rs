//! Properties of discovery that hold for any facts: sums, order, and the direction in which facts move scores.

mod scenario;

use brainstem::candidate::{Candidate, CandidateType, Component};
use brainstem::discern::discover;
use brainstem::event::Severity;
use brainstem::signature::Facts;
use brainstem::time::{DAY, HOUR, MINUTE, Timestamp};
use brainstem::tuning::Tuning;
use proptest::prelude::*;
use scenario::{Builder, START};

const HOSTS: [&str; 5] = ["ara", "bor", "cyg", "dor", "eri"];
const LINES: [(&str, &str, Option<Severity>); 6] = [
    (
        "pump",
        "pump pressure low, retrying",
        Some(Severity::Warning),
    ),
    ("pump", "pump pressure restored", Some(Severity::Info)),
    ("belt", "belt stopped: motor failed", Some(Severity::Error)),
    ("scale", "weight <num> kg", None),
    ("scale", "calibration lost", None),
    (
        "door",
        "door <num> opened by <user>",
        Some(Severity::Notice),
    ),
];

fn found(facts: &Facts) -> Vec<Candidate> {
    discover(facts, &[], &Tuning::default()).candidates
}

/// Fourteen days in which every host says something every few minutes, so that it is known and alive.
fn known() -> Builder {
    let mut builder = Builder::default();
    for (i, host) in HOSTS.iter().enumerate() {
        for minute in (0..14 * 1440).step_by(11) {
            let wobble = (minute * 613 + i as i64 * 97) % 600;
            let time = START.plus(minute * MINUTE + wobble * 1_000_000);
            builder.add(
                time,
                host,
                "watch",
                "all is well at post <num>",
                Some(Severity::Info),
            );
        }
    }
    builder
}

fn end() -> Timestamp {
    START.plus(14 * DAY)
}

/// Adds a line `minutes` before the end.
fn add(builder: &mut Builder, line: usize, host: usize, minutes: i64) {
    let (service, template, severity) = LINES[line];
    builder.add(
        end().plus(-minutes * MINUTE - 1),
        HOSTS[host],
        service,
        template,
        severity,
    );
}

/// The score of the candidates of one type, by the component that carries them; 0 where there is none.
fn value(candidates: &[Candidate], kind: CandidateType, component: Component) -> f64 {
    (candidates.iter().filter(|c| c.candidate_type == kind))
        .flat_map(|c| &c.score_breakdown)
        .filter(|r| r.component == component)
        .map(|r| r.value)
        .fold(0.0, f64::max)
}

/// A line, a host and a moment.
fn event() -> impl Strategy<Value = (usize, usize, i64)> {
    (0..LINES.len(), 0..HOSTS.len(), 0i64..14 * 1440)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_story_adds_up_and_has_one_order(events in prop::collection::vec(event(), 0..200), turn in 0usize..200) {
        let mut builder = known();
        events.iter().for_each(|e| add(&mut builder, e.0, e.1, e.2));
        let mut turned = known();
        let cut = turn.min(events.len());
        events[cut..].iter().chain(&events[..cut]).rev().for_each(|e| add(&mut turned, e.0, e.1, e.2));
        let (one, other) = (found(&builder.facts(end())), found(&turned.facts(end())));
        let told = |all: &[Candidate]| -> Vec<(String, String, i64, Vec<String>)> {
            all.iter().map(|c| (c.candidate_id.clone(), c.title.clone(), c.score_points, c.counterfactual.clone())).collect()
        };
        prop_assert_eq!(told(&one), told(&other));
        for c in &one {
            prop_assert_eq!(c.score_points, c.score_breakdown.iter().map(|r| r.points).sum::<i64>());
            prop_assert!(c.first_seen <= c.last_seen && c.last_seen < end());
            prop_assert!(c.hosts.iter().all(|h| HOSTS.contains(&h.as_str())));
        }
        prop_assert!(one.windows(2).all(|w| w[0].score_points >= w[1].score_points));
    }

    /// More of a storm never makes it less of one, and more of it in the past never more.
    #[test]
    fn a_storm_grows_with_itself_and_shrinks_with_its_past(size in 12i64..60, more in 1i64..40, past in 1i64..30, day in 2i64..13) {
        let story = |size: i64, past: i64| {
            let mut builder = known();
            for i in 0..size {
                add(&mut builder, 2, 0, 400 - i / 20);
            }
            for i in 0..past {
                add(&mut builder, 2, 0, day * 1440 + i * 61 % 1300);
            }
            value(&found(&builder.facts(end())), CandidateType::Burst, Component::Burst)
        };
        let plain = story(size, 1);
        prop_assert!(story(size + more, 1) >= plain);
        prop_assert!(story(size, 1 + past) <= plain);
    }

    /// Every host that joins makes a spread more of one; every host that had it before makes it less.
    #[test]
    fn a_spread_grows_with_hosts_and_shrinks_with_its_past(hosts in 3usize..5, past in 0usize..4) {
        let story = |hosts: usize, past: usize| {
            let mut builder = known();
            (0..hosts).for_each(|h| add(&mut builder, 4, h, 300 + 10 * h as i64));
            (0..past).for_each(|h| add(&mut builder, 4, h, 5 * 1440 + 10 * h as i64));
            value(&found(&builder.facts(end())), CandidateType::Spread, Component::Spread)
        };
        prop_assert!(story(hosts + 1, past) >= story(hosts, past));
        prop_assert!(story(hosts, past + 1) <= story(hosts, past));
    }

    /// A fault that heals as often, but slower at the end, is no less worth a look.
    #[test]
    fn slower_recovery_raises(count in 5i64..12, quick in 1i64..3) {
        let story = |slow: i64| {
            let mut builder = known();
            for i in 0..count {
                let at = 6 * 1440 - i * 700;
                let late = if i * 2 >= count { slow } else { quick };
                add(&mut builder, 0, 1, at);
                add(&mut builder, 1, 1, at - late);
            }
            value(&found(&builder.facts(end())), CandidateType::SelfHeal, Component::Recovery)
        };
        let steady = story(quick);
        prop_assert!(steady > 0.0);
        prop_assert!(story(quick * 5) > steady);
    }

    /// The longer something regular is silent the surer it is; one more line ends it.
    #[test]
    fn silence_grows_until_it_is_broken(period in 10i64..30, missed in 13i64..30, more in 1i64..20) {
        let story = |missed: i64, broken: &[i64]| {
            let mut builder = known();
            let mut minutes = 9 * 1440;
            while minutes > missed * period {
                add(&mut builder, 3, 2, minutes);
                minutes -= period;
            }
            broken.iter().for_each(|m| add(&mut builder, 3, 2, *m));
            value(&found(&builder.facts(end())), CandidateType::Silence, Component::TemporalCorrelation)
        };
        let silent = story(missed, &[]);
        prop_assert!(silent > 0.0);
        prop_assert!(story(missed + more, &[]) >= silent);
        prop_assert_eq!(story(missed, &[1]), 0.0);
    }

    /// What was said once before is not new, on whatever day.
    #[test]
    fn one_line_in_the_past_ends_the_news(host in 0usize..5, hours in 1i64..20, day in 4i64..13) {
        let story = |before: bool| {
            let mut builder = known();
            add(&mut builder, 4, host, hours * 60);
            if before {
                add(&mut builder, 4, host, day * 1440);
            }
            value(&found(&builder.facts(end())), CandidateType::Anomaly, Component::Novelty)
        };
        prop_assert!(story(false) > 0.0);
        prop_assert_eq!(story(true), 0.0);
    }

    /// A warning that is given in vain more often is worth less.
    #[test]
    fn false_warnings_lower_a_precursor(count in 4i64..8, vain in 1i64..6) {
        let story = |vain: i64| {
            let mut builder = known();
            for i in 0..count {
                let at = 8 * 1440 - i * 1500;
                add(&mut builder, 4, 3, at);
                add(&mut builder, 2, 3, at - 12);
            }
            (0..vain).for_each(|i| add(&mut builder, 4, 3, 8 * 1440 - i * 1700 - 333));
            value(&found(&builder.facts(end())), CandidateType::Precursor, Component::Precursor)
        };
        let sure = story(0);
        prop_assert!(sure > 0.0);
        prop_assert!(story(vain) < sure);
    }

    /// As time passes and nothing more comes, every score but that of a silence falls.
    #[test]
    fn what_is_over_fades(line in prop::sample::select(vec![0usize, 2, 4]), hours in 1i64..30) {
        let mut builder = known();
        (0..9).for_each(|i| add(&mut builder, line, 1, 2000 + i * 800));
        let facts = builder.facts(end());
        let score = |facts: &Facts| {
            let all = found(facts);
            let of = |c: &&Candidate| c.candidate_type == CandidateType::Recurrence;
            all.iter().filter(of).map(|c| c.score_points).max().unwrap_or(0)
        };
        let mut later = facts.clone();
        later.as_of = facts.as_of.plus(hours * HOUR);
        prop_assert!(score(&later) <= score(&facts));
    }
}
