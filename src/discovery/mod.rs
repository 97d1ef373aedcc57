//! Discovery: from the facts of signatures to findings worth a person's time. One file per type, all on one seam.

mod anomaly;
mod burst;
mod expect;
mod fold;
mod format_change;
mod kin;
mod precursor;
mod recurrence;
mod self_heal;
mod series;
mod silence;
mod spread;
mod stats;
mod tracks;

pub use fold::{Folded, Strength, fold};
pub use stats::binomial_tail;
pub use tracks::{Track, tracks};

use crate::candidate::{CandidateType, Component, Evidence, Finding, Measure};
use crate::profile::{Fleet, Profile};
use crate::signature::{Facts, SignatureFacts};
use crate::tuning::Tuning;
use expect::{Excess, Horizon, excesses};
use format_change::format_changes;
use kin::{ByService, alike};
use series::{Episode, Series, covered, episodes, episodes_everywhere, points, starts_of};
use stats::{discoveries, mad, median, poisson_tail, quantile};

/// What attention says about one signature, as far as detectors need it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Note {
    /// Evidence of trouble, 0 to 1.
    pub trouble: f64,
    /// Evidence that access or protection changed, 0 to 1.
    pub access: f64,
    /// How much it is routine, 0 to 1.
    pub routine: f64,
    /// Whether it has words of success.
    pub success: bool,
    /// Whether its own records call it information or less.
    pub harmless: bool,
    /// Whether neither severity nor words judge it: no record says more than a notice, or says a severity at all, and no
    /// word speaks of success.
    pub unjudged: bool,
    /// Whether a promoted incident names it.
    pub incident: bool,
    /// Whether it earned the deep pass over exact times.
    pub earned: bool,
}

/// What detectors read.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The facts.
    pub facts: &'a Facts,
    /// What the whole store says.
    pub fleet: &'a Fleet,
    /// By signature index.
    pub profiles: &'a [Profile],
    /// By signature index.
    pub notes: &'a [Note],
    /// By host index: exact times of what earned them and is not frequent.
    pub tracks: &'a [Vec<Track>],
}

/// A way to find candidates of one type.
pub trait Detector: Sync {
    /// What it is called: the name of its type.
    fn name(&self) -> &'static str {
        self.candidate_type().name()
    }
    /// The type it finds.
    fn candidate_type(&self) -> CandidateType;
    /// Appends what it finds, in an order that depends on the facts only.
    fn find(&self, view: &View, tuning: &Tuning, out: &mut Vec<Finding>);
}

/// All detectors.
pub static DETECTORS: &[&dyn Detector] = &[
    &recurrence::Recurrence,
    &burst::Burst,
    &spread::Spread,
    &self_heal::SelfHeal,
    &precursor::Precursor,
    &anomaly::Anomaly,
    &silence::Silence,
];

impl<'a> View<'a> {
    /// The signatures that earned the deep pass, with their indices.
    fn earned(&self) -> impl Iterator<Item = (usize, &'a SignatureFacts)> {
        let notes = self.notes;
        (self.facts.signatures.iter().enumerate()).filter(move |(i, _)| notes[*i].earned)
    }

    /// Whether the signature speaks of trouble, or of changed access.
    fn troubled(&self, signature: usize, tuning: &Tuning) -> bool {
        let note = &self.notes[signature];
        note.trouble.max(note.access) >= tuning.trouble_floor
    }

    /// How much of its news counts: all of it for trouble and changed access, little for what the program itself calls
    /// information or success, most of it for what nobody judged.
    fn said(&self, signature: usize, tuning: &Tuning) -> f64 {
        let note = &self.notes[signature];
        match () {
            () if self.troubled(signature, tuning) => 1.0,
            () if note.harmless || note.success => tuning.said_harmless,
            () => tuning.said_unjudged,
        }
    }

    /// The name of a host for people.
    fn host(&self, host: u32) -> &'a str {
        match self.facts.hosts[host as usize].as_str() {
            "" => "an unnamed host",
            name => name,
        }
    }

    /// The hosts in words: `db-01`, `db-01 and web-02`, `5 hosts`.
    fn hosts_text(&self, hosts: &[u32]) -> String {
        match hosts {
            [] => "no host".to_string(),
            [one] => self.host(*one).to_string(),
            [one, two] => format!("{} and {}", self.host(*one), self.host(*two)),
            more => format!("{} hosts", more.len()),
        }
    }

    /// Where, as the end of a statement: ` on db-01`; nothing where records name no host.
    fn on_hosts(&self, hosts: &[u32]) -> String {
        match hosts {
            [one] if self.facts.hosts[*one as usize].is_empty() => String::new(),
            _ => format!(" on {}", self.hosts_text(hosts)),
        }
    }

    /// How likely people feel it: evidence of trouble, or of changed access.
    fn impact(&self, signature: usize) -> Measure {
        let note = &self.notes[signature];
        let value = note.trouble.max(note.access);
        measure(Component::HumanImpact, value, 0.0, value)
    }
}

fn measure(component: Component, raw: f64, baseline: f64, value: f64) -> Measure {
    Measure {
        component,
        raw,
        baseline,
        value: value.clamp(0.0, 1.0),
    }
}

fn evidence(name: &str, value: impl Into<String>) -> Evidence {
    Evidence {
        name: name.to_string(),
        value: value.into(),
    }
}

/// `1 host`, `3 hosts`.
fn count_text(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// A number for people: whole where that says enough, one digit else.
fn number_text(n: f64) -> String {
    if n >= 10.0 || n == n.round() {
        format!("{n:.0}")
    } else if n >= 0.1 {
        format!("{n:.1}")
    } else {
        format!("{n:.2}")
    }
}

/// A probability for people.
fn chance_text(chance: f64) -> String {
    if chance < 1e-12 {
        "below 1e-12".to_string()
    } else {
        format!("{chance:.0e}")
    }
}
