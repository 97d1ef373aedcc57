//! How much attention a signature has earned: a pure function of its aggregates, in named contributions.

mod table;
mod trouble;

pub use trouble::{Words, words_of};

use table::{COUNTED, NEGATIONS, ROWS, Says};

use crate::candidate::AttentionBand;
use crate::event::Severity;
use crate::profile::{Fleet, Profile, Stopped};
use crate::signature::SignatureFacts;
use crate::time::DAY;
use crate::tuning::Tuning;

/// What a signature has earned, and why.
#[derive(Clone, Debug)]
pub struct Attention {
    /// The score in ten-thousandths: the sum of the contributions' points, never below 0.
    pub score_points: i64,
    /// The band it falls into.
    pub band: AttentionBand,
    /// What made it up, in a fixed order; rows of 0 are left out.
    pub contributions: Vec<Earned>,
    /// Evidence of trouble, 0 to 1, from severity and words.
    pub trouble: f64,
    /// Evidence that access or protection changed, 0 to 1.
    pub access: f64,
    /// Whether it has words of success.
    pub success: bool,
    /// The words the evidence rests on.
    pub words: Vec<&'static str>,
    /// How much it is routine: frequent, and not getting worse; 0 to 1.
    pub routine: f64,
}

/// One contribution to attention.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Earned {
    /// `trouble`, `rarity`, `novelty`, `change`, `return`, `spread`, `memory`, `stopped`,
    /// `routine` or `floor`.
    pub name: &'static str,
    /// What was measured, 0 to 1 (`memory`: -1 to 1).
    pub value: f64,
    /// Its weight; negative where it takes away.
    pub weight: f64,
    /// What it adds, in ten-thousandths.
    pub points: i64,
}

/// The attention of one signature. `memory` is what people recorded about it, -1 (noise) to 1 (an incident).
pub fn attend(
    signature: &SignatureFacts,
    profile: &Profile,
    fleet: &Fleet,
    memory: f64,
    tuning: &Tuning,
) -> Attention {
    let words = words_of(&signature.template);
    let trouble = trouble_of(signature, &words);
    let routine = routine_of(signature, profile, fleet, tuning);
    let rows = [
        (
            "trouble",
            trouble.max(words.access * 0.8),
            tuning.attention_trouble,
        ),
        ("rarity", rarity_of(profile, fleet), tuning.attention_rarity),
        (
            "novelty",
            novelty_of(signature, fleet, tuning),
            tuning.attention_novelty,
        ),
        ("change", change_of(profile, fleet), tuning.attention_change),
        ("return", return_of(profile), tuning.attention_return),
        ("spread", spread_of(profile), tuning.attention_spread),
        ("memory", memory.clamp(-1.0, 1.0), tuning.attention_memory),
        (
            "stopped",
            f64::from(u8::from(profile.stopped == Stopped::Perhaps)),
            tuning.attention_stopped,
        ),
        ("routine", routine, -tuning.attention_routine),
    ];
    let mut contributions: Vec<Earned> = (rows.iter())
        .map(|&(name, value, weight)| Earned {
            name,
            value,
            weight,
            points: (value * weight * 10_000.0).round() as i64,
        })
        .filter(|e| e.points != 0)
        .collect();
    let sum: i64 = contributions.iter().map(|e| e.points).sum();
    if sum < 0 {
        contributions.push(Earned {
            name: "floor",
            value: 1.0,
            weight: -sum as f64 / 10_000.0,
            points: -sum,
        });
    }
    let score_points = sum.max(0);
    Attention {
        score_points,
        band: band_of(score_points, tuning),
        contributions,
        trouble,
        access: words.access,
        success: words.success,
        words: words.found,
        routine,
    }
}

/// The band of a score in ten-thousandths.
pub fn band_of(score_points: i64, tuning: &Tuning) -> AttentionBand {
    let score = score_points as f64 / 10_000.0;
    match score {
        s if s >= tuning.band_promote => AttentionBand::Promote,
        s if s >= tuning.band_investigate => AttentionBand::Investigate,
        s if s >= tuning.band_watch => AttentionBand::Watch,
        s if s >= tuning.band_background => AttentionBand::Background,
        _ => AttentionBand::IgnoreFast,
    }
}

/// Severity first, where the records say one; words otherwise, and words to shade it. A program that calls its own
/// line information has a say: its words count less than half.
fn trouble_of(signature: &SignatureFacts, words: &Words) -> f64 {
    let known: u64 = signature.severities.iter().map(|s| s.count).sum();
    let gravest = (signature.severities.iter())
        .filter(|s| s.count * 20 >= known)
        .map(|s| s.severity)
        .max();
    let word = words.trouble;
    match gravest {
        Some(s) if s >= Severity::Critical => 0.95,
        Some(Severity::Error) => 0.75 + 0.2 * word,
        Some(Severity::Warning) => 0.45 + 0.4 * word,
        Some(Severity::Notice) => 0.1 + 0.75 * word,
        Some(_) => 0.4 * word,
        None => 0.9 * word,
    }
}

/// 1 for what is seen once in the history, falling with the logarithm of the rate to 0 at a hundred a day.
fn rarity_of(profile: &Profile, fleet: &Fleet) -> f64 {
    let per_day = profile.count as f64 / fleet.clock.days().max(1.0);
    (1.0 - (1.0 + per_day).log10() / 2.0).clamp(0.0, 1.0)
}

fn novelty_of(signature: &SignatureFacts, fleet: &Fleet, tuning: &Tuning) -> f64 {
    let known = fleet.clock.days() - tuning.lookback_days >= tuning.anomaly_warmup;
    if signature.first_seen < fleet.clock.lookback || !known {
        return 0.0;
    }
    1.0 / (1.0 + fleet.new_per_day / 4.0)
}

/// The present window against its share of the time before, and the busiest hour against the busiest before.
fn change_of(profile: &Profile, fleet: &Fleet) -> f64 {
    let earlier = (fleet.clock.days() - 1.0).max(0.0);
    if earlier < 1.0 {
        return 0.0;
    }
    let usual = (profile.count - profile.window_count) as f64 / earlier;
    let now = profile.window_count as f64;
    let rate = if now >= 3.0 {
        ((now + 1.0) / (usual + 1.0)).ln() / 20f64.ln()
    } else {
        0.0
    };
    let (peak, past) = (f64::from(profile.peak), f64::from(profile.past_peak));
    let peak = if peak >= 5.0 {
        ((peak + 1.0) / (past + 1.0)).ln() / 10f64.ln()
    } else {
        0.0
    };
    rate.max(peak).clamp(0.0, 1.0)
}

fn return_of(profile: &Profile) -> f64 {
    if profile.recent_days < 2 {
        return 0.0;
    }
    let n = f64::from(profile.recent_stretches);
    n / (n + 6.0)
}

fn spread_of(profile: &Profile) -> f64 {
    let more = f64::from(
        profile
            .window_hosts
            .saturating_sub(profile.past_hosts.max(1)),
    );
    1.0 - (-more / 2.0).exp()
}

/// Frequent or on a timetable, on most days since it was first seen, and not busier than before.
fn routine_of(
    signature: &SignatureFacts,
    profile: &Profile,
    fleet: &Fleet,
    tuning: &Tuning,
) -> f64 {
    let known = fleet.clock.as_of.since(signature.first_seen) as f64 / DAY as f64;
    if known < tuning.routine_days || f64::from(profile.active_days) < tuning.routine_share * known
    {
        return 0.0;
    }
    let per_day = f64::from(profile.stretches) / known;
    let often = per_day * per_day / (per_day * per_day + tuning.routine_rate * tuning.routine_rate);
    let timetable = if profile.clock_share >= tuning.routine_clock {
        0.9
    } else {
        0.0
    };
    let calm = 1.0 - change_of(profile, fleet);
    // Days without any silence make one stretch each: many events are as frequent as many stretches.
    let crowd = profile.count as f64 / known / 24.0 / f64::from(profile.hosts.max(1));
    often.max(timetable).max(crowd / (crowd + 1.0)) * calm
}
