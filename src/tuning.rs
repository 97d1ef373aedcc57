//! Every number that decides something on the right side of the store: once, with its name, unit, default and reason.
//!
//! A person may set any of them by its dotted name; the hash of all values is named in reports, so that two reports
//! can be compared only when they were made with the same numbers.

use crate::error::{Error, Kind, Result};
use crate::signature::digest_parts;

/// What there is to know about one constant.
#[derive(Clone, Copy, Debug)]
pub struct Constant {
    /// Its dotted name: `burst.factor`.
    pub name: &'static str,
    /// The unit of its value.
    pub unit: &'static str,
    /// The value where nobody said another.
    pub default: f64,
    /// Why it exists and why it is what it is.
    pub reason: &'static str,
}

macro_rules! tuning {
    ($($field:ident $name:literal = $default:literal $unit:literal, $reason:literal;)*) => {
        /// The constants in force.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Tuning {
            $(#[doc = $reason] pub $field: f64,)*
        }

        impl Default for Tuning {
            fn default() -> Tuning {
                Tuning { $($field: $default,)* }
            }
        }

        /// All constants, in the order they are shown.
        pub const CONSTANTS: &[Constant] = &[
            $(Constant { name: $name, unit: $unit, default: $default, reason: $reason },)*
        ];

        impl Tuning {
            fn slot(&mut self, name: &str) -> Option<&mut f64> {
                match name {
                    $($name => Some(&mut self.$field),)*
                    _ => None,
                }
            }

            /// The value of the constant called `name`, if there is one.
            pub fn get(&self, name: &str) -> Option<f64> {
                match name {
                    $($name => Some(self.$field),)*
                    _ => None,
                }
            }
        }
    };
}

tuning! {
    window_days "window.days" = 1.0 "days", "The present: what is new, spreading or bursting within it is news; a day, because a person reads the page daily.";
    lookback_days "window.lookback" = 3.0 "days", "How far back news is still told; a weekend must not hide it.";
    recent_days "window.recent" = 7.0 "days", "The stretch whose rate is compared with the time before; a week, so that workdays and weekends weigh the same.";
    episode_gap "episode.gap" = 30.0 "minutes", "Quiet longer than this ends an episode; a storm and its echoes stay one.";

    attention_trouble "attention.trouble" = 0.40 "weight", "Evidence of trouble, from severity and words: the best single sign that a line matters.";
    attention_rarity "attention.rarity" = 0.15 "weight", "Rare lines carry more news than frequent ones.";
    attention_novelty "attention.novelty" = 0.20 "weight", "First seen within the look-back, in a store that knew the host before.";
    attention_change "attention.change" = 0.25 "weight", "Busier than its own past, same length of time compared.";
    attention_return "attention.return" = 0.15 "weight", "Comes back in separate stretches over several days.";
    attention_spread "attention.spread" = 0.15 "weight", "On more hosts now than on any day before.";
    attention_memory "attention.memory" = 0.20 "weight", "What people recorded about it: up for incidents, down for noise.";
    attention_stopped "attention.stopped" = 0.80 "weight", "Quiet for longer than ever: routine that ends is news, so it outweighs being routine.";
    attention_routine "attention.routine" = 0.60 "weight", "Taken off for what is frequent and not getting worse, so that routine sinks by itself.";
    band_background "band.background" = 0.05 "score", "Attention below this is not worth looking at.";
    band_watch "band.watch" = 0.15 "score", "From here a signature earns the deep pass over exact times.";
    band_investigate "band.investigate" = 0.45 "score", "From here evidence is kept longest.";
    band_promote "band.promote" = 0.75 "score", "From here it is worth a person's memory.";

    keep_ignore_fast "keep.ignore_fast" = 7.0 "days", "Evidence of what is not worth looking at: a week, in case it becomes so.";
    keep_background "keep.background" = 30.0 "days", "Evidence of the known and steady: a month, to compare with the last.";
    keep_watch "keep.watch" = 180.0 "days", "Evidence of what is kept in sight: half a year, as long as slow faults take to show.";
    keep_investigate "keep.investigate" = 730.0 "days", "Evidence of what earned the deep pass: two years, so that a yearly event finds the one before.";

    deep_most "deep.most" = 5000.0 "signatures", "So many at most get the deep pass, those with most attention first: bounds its cost on any store.";
    routine_rate "routine.rate" = 6.0 "episodes/day", "Half routine at this rate: what comes every few hours and gets no worse is how the place lives.";
    routine_days "routine.days" = 5.0 "days", "Shorter acquaintance cannot tell a routine.";
    routine_share "routine.share" = 0.7 "share", "Of the days since it was first seen that a routine must have been active on.";
    routine_clock "routine.clock" = 0.8 "share", "Of its events in the same hour of the day: then it keeps a timetable.";

    trouble_floor "trouble.floor" = 0.2 "0 to 1", "Evidence of trouble below this is none.";
    trouble_grave "trouble.grave" = 0.35 "0 to 1", "Evidence of trouble from here is worth a warning: an error, or a warning without one.";

    tracks_most "tracks.most" = 200.0 "events", "Signatures with more events on a host tell nothing by what comes before and after, and cost much.";

    said_harmless "said.harmless" = 0.35 "share", "Of its news that counts where the program itself calls it information or success: upgrades say new things.";
    said_unjudged "said.unjudged" = 0.75 "share", "Of its news that counts where neither severity nor words judge it: most logs of rsyslog carry no severity.";

    recurrence_unjudged "recurrence.unjudged" = 0.25 "0 to 1", "Evidence of trouble in what nobody judged, but began lately and comes back.";
    recurrence_episodes "recurrence.episodes" = 3.0 "episodes", "Two may be chance; the third time it comes back.";
    recurrence_usual "recurrence.usual" = 3.0 "episodes", "Episodes a week that give half the value.";
    recurrence_steady "recurrence.steady" = 0.75 "share", "What is left of the value where it comes no more often than in the weeks before.";
    recurrence_stale "recurrence.stale" = 7.0 "days", "Not seen for so long: it no longer comes back.";

    burst_factor "burst.factor" = 3.0 "times", "Smaller excess is everyday swing.";
    burst_alpha "burst.alpha" = 0.001 "probability", "Chance that pure noise of one series is called a burst; divided by the buckets looked at.";
    burst_min "burst.min" = 8.0 "events", "Fewer are no storm, however improbable.";
    burst_mad "burst.mad" = 3.5 "deviations", "Iglewicz and Hoaglin's limit for the modified z-score, for series that swing more than chance.";
    burst_before "burst.before" = 3.0 "times", "What it did so often before, half as high, is its habit.";
    burst_volume "burst.volume" = 4.0 "signatures", "So many lines of the same hosts that burst in one hour are a shift of volume, not four storms.";
    burst_quiet "burst.quiet" = 3.0 "hours", "So many calm hours end a storm.";
    burst_history "burst.history" = 24.0 "hours", "Less past cannot say what is usual.";

    anomaly_warmup "anomaly.warmup" = 3.0 "days", "A host known for less has nothing but news.";
    anomaly_events "anomaly.events" = 200.0 "events", "Lines a store must have seen before anything can be new in it.";
    anomaly_usual "anomaly.usual" = 3.0 "lines/day", "New lines a day at which news counts half: so many a person can still read.";
    anomaly_many "anomaly.many" = 4.0 "signatures", "So many new ones of one program within an hour are one change of that program.";
    anomaly_return "anomaly.return" = 30.0 "days", "Away for so long, it is as good as new.";

    spread_hosts "spread.hosts" = 3.0 "hosts", "Two may be chance.";
    spread_factor "spread.factor" = 2.0 "times", "Against the widest day before.";
    spread_usual "spread.usual" = 2.5 "hosts", "Hosts above its widest day that give two thirds of the value.";

    heal_episodes "self_heal.episodes" = 3.0 "episodes", "Fewer teach no pair.";
    heal_share "self_heal.share" = 0.8 "share", "Of the faults that must have been followed by the recovery.";
    heal_within "self_heal.within" = 60.0 "minutes", "A recovery later than this was somebody's work.";
    heal_alike "self_heal.alike" = 0.5 "share", "Of words a recovery without a word of success must have in common with its fault: the same thing in another state.";
    heal_chance "self_heal.chance" = 0.001 "probability", "That recoveries said at random follow the faults so well; divided by the lines tried.";
    heal_other "self_heal.other" = 0.6 "share", "Of the recoveries that must follow a fault; else it is said anyway.";

    precursor_support "precursor.support" = 3.0 "episodes", "Fewer hits are anecdote.";
    precursor_lift "precursor.lift" = 3.0 "times", "Against random moments.";
    precursor_fdr "precursor.fdr" = 0.01 "share", "Of false ones among the pairs told (Benjamini and Hochberg 1995); pairs are many, warnings must be few.";
    precursor_precision "precursor.precision" = 0.3 "share", "Of its episodes that must be followed by the grave one; a warning mostly false is none.";
    precursor_recall "precursor.recall" = 0.5 "share", "Of the grave episodes it must announce.";
    precursor_lead "precursor.lead" = 45.0 "seconds", "Sooner than this it is the same event, not a warning.";

    silence_runs "silence.runs" = 3.0 "runs", "Missed in a row; one may be late, two unlucky.";
    silence_events "silence.events" = 12.0 "events", "Gaps that teach a period.";
    silence_jitter "silence.jitter" = 0.2 "share", "Spread of the gaps (MAD over median) of what keeps time.";
    silence_longest "silence.longest" = 3.0 "times", "The longest gap ever, for what is busy without keeping time.";
    silence_kept "silence.kept" = 7.0 "days", "A silence longer than this is the new state.";

    fold_together "fold.together" = 5.0 "minutes", "Events on the same hosts that start closer than this are one event.";
    fold_share "fold.share" = 0.7 "share", "Of the episodes that must start together, for two recurring ones to be one.";

    weight_recurrence "weight.recurrence" = 0.30 "weight", "Comes back.";
    weight_recovery "weight.recovery" = 0.35 "weight", "Heals itself: nobody was called, so nobody knows.";
    weight_spread "weight.spread" = 0.30 "weight", "Several hosts at once mean a shared cause.";
    weight_burst "weight.burst" = 0.35 "weight", "Many at once.";
    weight_novelty "weight.novelty" = 0.34 "weight", "Never seen here.";
    weight_temporal "weight.temporal_correlation" = 0.45 "weight", "Timing that is no accident.";
    weight_impact "weight.human_impact" = 0.35 "weight", "Words and severity of trouble: somebody will feel it.";
    weight_precursor "weight.precursor" = 0.40 "weight", "It announces something worse, so there is time to act.";
    weight_memory "weight.memory_weight" = 0.20 "weight", "People said that it matters, or that it does not.";
    weight_source "weight.source_criticality" = 0.08 "weight", "Some programs carry others.";
    score_half_life "score.half_life" = 4.0 "days", "After its last event a finding loses half its score in this time.";
    score_floor "score.floor" = 0.20 "score", "Below this a finding is not worth a line.";
    score_watch "score.watch" = 0.20 "score", "From here it is worth knowing.";
    score_review "score.review" = 0.40 "score", "From here it is worth a look.";
    score_urgent "score.urgent" = 0.75 "score", "From here it is worth a look now.";
}

/// The name that somebody who wrote `name` may have meant: half of its letters must be right.
pub fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    known
        .map(|k| (strsim::damerau_levenshtein(k, name), k))
        .min()
        .filter(|(distance, k)| 2 * distance <= k.len())
        .map(|(_, k)| k)
}

impl Tuning {
    /// Sets the constant called `name`. Fails when there is none of that name (and says which is meant), or when
    /// `value` is not a finite number of at least 0.
    pub fn set(&mut self, name: &str, value: f64) -> Result<()> {
        let Some(slot) = self.slot(name) else {
            let error = Error::new(Kind::Usage, format!("there is no setting called {name}"));
            return Err(match nearest(name, CONSTANTS.iter().map(|c| c.name)) {
                Some(known) => error.hint(format!("did you mean {known}?")),
                None => error.hint("brainstem config lists all settings"),
            });
        };
        if !value.is_finite() || value < 0.0 {
            return Err(Error::new(
                Kind::Usage,
                format!("{name} must be a number of at least 0, not {value}"),
            ));
        }
        *slot = value;
        Ok(())
    }

    /// How many constants are not as they came.
    pub fn changed(&self) -> usize {
        let differs = |c: &&Constant| self.get(c.name) != Some(c.default);
        CONSTANTS.iter().filter(differs).count()
    }

    /// Ten hexadecimal digits that are the same exactly for the same values.
    pub fn hash(&self) -> String {
        let parts: Vec<String> = (CONSTANTS.iter())
            .map(|c| format!("{}={:?}", c.name, self.get(c.name).unwrap_or(c.default)))
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        format!("{:032x}", digest_parts(&parts))[..10].to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_defaults_are_in_force() {
        let tuning = Tuning::default();
        for (i, c) in CONSTANTS.iter().enumerate() {
            assert_eq!(tuning.get(c.name), Some(c.default), "{}", c.name);
            assert!(c.reason.ends_with('.'), "{}", c.name);
            assert!(
                CONSTANTS[..i].iter().all(|d| d.name != c.name),
                "{}",
                c.name
            );
        }
    }

    #[test]
    fn setting_changes_the_hash_and_setting_back_restores_it() {
        let mut tuning = Tuning::default();
        let before = tuning.hash();
        tuning.set("burst.factor", 4.0).expect("known name");
        assert_ne!(tuning.hash(), before);
        tuning.set("burst.factor", 3.0).expect("known name");
        assert_eq!(tuning.hash(), before);
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let error = (Tuning::default().set("burst.facter", 4.0)).expect_err("unknown name");
        assert_eq!(error.hint.as_deref(), Some("did you mean burst.factor?"));
        assert!(Tuning::default().set("burst.factor", f64::NAN).is_err());
    }
}
