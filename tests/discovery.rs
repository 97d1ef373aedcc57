//! What discovery promises: it finds what was planted, and stays quiet otherwise.

mod scenario;

use brainstem::candidate::{Candidate, CandidateType, DecisionBand};
use brainstem::discern::{Remembered, discover};
use brainstem::signature::Facts;
use brainstem::time::{DAY, HOUR, MINUTE, Timestamp};
use brainstem::tuning::Tuning;
use scenario::{Builder, Scenario, Signals};

fn found(facts: &Facts) -> Vec<Candidate> {
    discover(facts, &[], &Tuning::default()).candidates
}

#[test]
fn planted_signals_surface_with_their_type_and_little_noise() {
    let (mut typed, mut remarks) = (0, Vec::new());
    for seed in 1..=5 {
        let scenario = Scenario::new(seed, Signals::All);
        let grade = scenario.grade(&found(&scenario.facts()), 20);
        assert_eq!(
            grade.surfaced, grade.planted,
            "seed {seed}: {:#?}",
            grade.remarks
        );
        assert!(
            grade.noise * 10 <= grade.top,
            "seed {seed}: {:#?}",
            grade.remarks
        );
        assert!(
            grade.decoy.is_none_or(|rank| rank > 10),
            "seed {seed}: {:#?}",
            grade.remarks
        );
        typed += grade.typed;
        remarks.extend(grade.remarks);
    }
    assert!(typed >= 5 * 13, "{typed} of 70: {remarks:#?}");
}

#[test]
fn a_quiet_harbour_asks_for_nothing() {
    for seed in 1..=5 {
        let scenario = Scenario::new(seed, Signals::None);
        let candidates = found(&scenario.facts());
        let asking = candidates
            .iter()
            .filter(|c| c.decision_band >= DecisionBand::Review)
            .count();
        let titles: Vec<&str> = candidates.iter().map(|c| c.title.as_str()).collect();
        assert_eq!(asking, 0, "seed {seed}: {titles:#?}");
        assert!(candidates.len() <= 2, "seed {seed}: {titles:#?}");
    }
}

#[test]
fn on_the_first_day_nothing_is_new_only_because_everything_is() {
    for seed in 1..=3 {
        let scenario = Scenario::of_days(seed, Signals::None, 1);
        for hour in [2, 7, 13, 24] {
            let candidates = found(&scenario.facts_as_of(scenario.start.plus(hour * HOUR)));
            let titles: Vec<&str> = candidates.iter().map(|c| c.title.as_str()).collect();
            assert!(
                candidates
                    .iter()
                    .all(|c| c.candidate_type != CandidateType::Anomaly),
                "{titles:#?}"
            );
            assert!(candidates.len() <= 2, "seed {seed}, {hour} h: {titles:#?}");
        }
    }
}

#[test]
fn contributions_add_up_and_ids_are_unique() {
    for seed in 1..=3 {
        let candidates = found(&Scenario::new(seed, Signals::All).facts());
        let mut ids: Vec<&str> = candidates.iter().map(|c| c.candidate_id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), candidates.len());
        for c in &candidates {
            assert_eq!(
                c.score_points,
                c.score_breakdown.iter().map(|r| r.points).sum::<i64>(),
                "{}",
                c.title
            );
            for row in &c.score_breakdown {
                assert_eq!(
                    row.points,
                    (row.value * row.weight * 10_000.0).round() as i64,
                    "{}",
                    c.title
                );
            }
            assert!(
                !c.counterfactual.is_empty() && !c.check_next.is_empty(),
                "{}",
                c.title
            );
        }
    }
}

#[test]
fn attention_adds_up_for_every_signature() {
    let facts = Scenario::new(4, Signals::All).facts();
    for attention in discover(&facts, &[], &Tuning::default()).attention {
        assert_eq!(
            attention.score_points,
            attention
                .contributions
                .iter()
                .map(|e| e.points)
                .sum::<i64>()
        );
    }
}

/// The same weeks, four weeks later: nothing but the dates may change.
#[test]
fn nothing_depends_on_the_clock() {
    let scenario = Scenario::new(2, Signals::All);
    let mut later = Scenario::new(2, Signals::All);
    let shift = 28 * DAY;
    later
        .lines
        .iter_mut()
        .for_each(|l| l.time = l.time.plus(shift));
    later.end = later.end.plus(shift);
    let scores = |s: &Scenario| -> Vec<(String, i64, String)> {
        found(&s.facts())
            .into_iter()
            .map(|c| (c.candidate_id, c.score_points, c.title))
            .collect()
    };
    assert_eq!(scores(&scenario), scores(&later));
}

#[test]
fn a_finding_keeps_its_id_from_day_to_day() {
    let scenario = Scenario::new(3, Signals::All);
    let ids = |as_of: Timestamp| -> Vec<String> {
        (found(&scenario.facts_as_of(as_of)).into_iter())
            .filter(|c| c.candidate_type == CandidateType::Recurrence)
            .map(|c| c.candidate_id)
            .collect()
    };
    let today = ids(scenario.end);
    let kept = ids(scenario.end.plus(-2 * DAY))
        .into_iter()
        .filter(|id| today.contains(id))
        .count();
    assert!(kept >= 2, "{kept}");
}

#[test]
fn judgements_move_the_score_and_the_band() {
    let facts = Scenario::new(1, Signals::All).facts();
    let plain = found(&facts);
    let subject = plain
        .iter()
        .find(|c| c.candidate_type == CandidateType::Recurrence)
        .expect("one recurs");
    let judged = |weight: f64, incidents: Vec<(String, String)>| {
        let memory = [Remembered {
            incidents,
            weight,
            ..Remembered::of(subject.signatures[0])
        }];
        let all = discover(&facts, &memory, &Tuning::default()).candidates;
        all.into_iter()
            .find(|c| c.candidate_id == subject.candidate_id)
    };
    let noise = judged(-1.0, Vec::new());
    assert!(noise.is_none_or(
        |c| c.score_points < subject.score_points && c.decision_band <= DecisionBand::Watch
    ));
    let incident = ("inc_x".to_string(), "Brake of crane seven".to_string());
    let known = judged(1.0, vec![incident]).expect("an incident does not hide it");
    assert!(known.score_points > subject.score_points);
    assert_eq!(known.related_incidents, ["inc_x"]);
}

/// Removing a host from a spreading line never makes it spread more, and what the explanation says about one host holds.
#[test]
fn a_counterfactual_says_what_would_be() {
    let scenario = Scenario::new(5, Signals::All);
    let facts = scenario.facts();
    let spread = (found(&facts).into_iter())
        .find(|c| c.candidate_type == CandidateType::Spread)
        .expect("one spreads");
    assert!(
        spread
            .counterfactual
            .iter()
            .any(|t| t.starts_with("would not be raised if it were on its first host only"))
    );
    for host in &spread.hosts {
        let mut fewer = facts.clone();
        let index = fewer
            .hosts
            .iter()
            .position(|h| h == host)
            .expect("a host of the facts") as u32;
        let signature = fewer
            .signatures
            .iter_mut()
            .find(|s| s.id == spread.signatures[0])
            .expect("its signature");
        signature.activity.retain(|at| at.host != index);
        let left = found(&fewer)
            .into_iter()
            .find(|c| c.candidate_id == spread.candidate_id);
        assert!(
            left.is_none_or(|c| c.score_points < spread.score_points),
            "{host}"
        );
    }
    let mut one = facts.clone();
    let first = one
        .hosts
        .iter()
        .position(|h| *h == spread.hosts[0])
        .expect("a host of the facts") as u32;
    for signature in one
        .signatures
        .iter_mut()
        .filter(|s| s.id == spread.signatures[0])
    {
        signature.activity.retain(|at| at.host == first);
    }
    assert!(
        found(&one)
            .iter()
            .all(|c| c.candidate_id != spread.candidate_id)
    );
}

/// One host, a steady background so that it is known and alive, and a story of its own.
fn story(days: i64, tell: impl FnOnce(&mut Builder, Timestamp, Timestamp)) -> Vec<Candidate> {
    let (start, end) = (scenario::START, scenario::START.plus(days * DAY));
    let mut builder = Builder::default();
    for minute in (0..days * 1440).step_by(7) {
        let wobble = (minute * 7919) % 400;
        builder.add(
            start.plus(minute * MINUTE + wobble * 1_000_000),
            "buoy",
            "gpsd",
            "fix with <num> satellites",
            None,
        );
    }
    tell(&mut builder, start, end);
    found(&builder.facts(end))
}

#[test]
fn a_nightly_storm_is_no_burst_but_the_same_at_noon_is() {
    let storm = |b: &mut Builder, at: Timestamp| {
        (0..60).for_each(|i| {
            b.add(
                at.plus(i * 5_000_000),
                "buoy",
                "dumper",
                "dump of <path> failed, retried",
                None,
            )
        });
    };
    let quiet = story(14, |b, start, _| {
        (0..14).for_each(|day| storm(b, start.plus(day * DAY + 2 * HOUR)))
    });
    assert!(
        quiet
            .iter()
            .all(|c| c.candidate_type != CandidateType::Burst),
        "{:?}",
        quiet.iter().map(|c| &c.title).collect::<Vec<_>>()
    );
    let loud = story(14, |b, start, end| {
        (0..14).for_each(|day| storm(b, start.plus(day * DAY + 2 * HOUR)));
        (0..4).for_each(|i| storm(b, end.plus(-12 * HOUR + i * 5 * MINUTE)));
    });
    assert!(
        loud.iter()
            .any(|c| c.candidate_type == CandidateType::Burst),
        "{:?}",
        loud.iter().map(|c| &c.title).collect::<Vec<_>>()
    );
}

#[test]
fn silence_is_that_of_the_place_not_of_the_input() {
    let beat = |b: &mut Builder, from: Timestamp, to: Timestamp| {
        let mut at = from;
        while at < to {
            b.add(at, "buoy", "lamp", "lamp heartbeat", None);
            at = at.plus(10 * MINUTE);
        }
    };
    let stopped = story(10, |b, start, end| beat(b, start, end.plus(-3 * HOUR)));
    assert!(
        stopped
            .iter()
            .any(|c| c.candidate_type == CandidateType::Silence)
    );
    let going = story(10, |b, start, end| beat(b, start, end));
    assert!(
        going.is_empty(),
        "{:?}",
        going.iter().map(|c| &c.title).collect::<Vec<_>>()
    );
    // All of the store ends a day before the as-of time: nothing was read since, so nothing is silent.
    let mut builder = Builder::default();
    beat(&mut builder, scenario::START, scenario::START.plus(9 * DAY));
    assert!(found(&builder.facts(scenario::START.plus(10 * DAY))).is_empty());
}

#[test]
fn a_host_that_falls_silent_is_one_candidate() {
    let (start, end) = (scenario::START, scenario::START.plus(10 * DAY));
    let mut builder = Builder::default();
    for (host, stop) in [("buoy", end), ("pier", end.plus(-9 * HOUR)), ("dock", end)] {
        for service in ["lamp", "horn", "radar"] {
            let mut at = start;
            while at < stop {
                builder.add(at, host, service, "heartbeat", None);
                at = at.plus(10 * MINUTE);
            }
        }
    }
    let candidates = found(&builder.facts(end));
    let silent: Vec<&Candidate> = candidates
        .iter()
        .filter(|c| c.candidate_type == CandidateType::Silence)
        .collect();
    assert_eq!(
        silent.len(),
        1,
        "{:?}",
        silent.iter().map(|c| &c.title).collect::<Vec<_>>()
    );
    assert!(silent[0].title.contains("pier"));
}

#[test]
fn symptoms_of_one_event_are_folded_into_one() {
    let all = story(14, |b, _, end| {
        let crash = end.plus(-5 * HOUR);
        for (i, (service, text)) in [
            ("kernel", "watchdog bit, system reset"),
            ("lamp", "lamp driver died"),
            ("horn", "horn lost its power"),
        ]
        .into_iter()
        .enumerate()
        {
            b.add(
                crash.plus(i as i64 * 20_000_000),
                "buoy",
                service,
                text,
                None,
            );
        }
    });
    assert_eq!(
        all.len(),
        1,
        "{:?}",
        all.iter().map(|c| &c.title).collect::<Vec<_>>()
    );
    assert_eq!(all[0].members.len(), 2);
}

#[test]
fn any_facts_are_looked_at_without_panic() {
    assert!(found(&Builder::default().facts(scenario::START)).is_empty());
    let mut builder = Builder::default();
    builder.add(Timestamp(-5 * DAY), "", "", "", None);
    builder.add(
        Timestamp(400_000 * DAY),
        "",
        "",
        "<>",
        Some(brainstem::event::Severity::Emergency),
    );
    found(&builder.facts(Timestamp(400_001 * DAY)));
}
