//! Progress on a terminal, and the wish of a person to stop.

use crate::pipeline::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::cell::Cell;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long a record of a slow stream may wait to be committed: a killed run loses no more than this, and a commit costs
/// milliseconds.
const DUE: Duration = Duration::from_secs(2);

/// How often a sign of life moves.
const TICK: Duration = Duration::from_millis(120);

/// The wish of a person to stop: the first SIGINT or SIGTERM asks for it, the second ends the process at once.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    signal: Arc<AtomicUsize>,
}

impl Signals {
    /// From now on signals ask. Before, they end the process, which loses nothing either.
    pub fn heed(&self) {
        let again = Arc::new(AtomicBool::new(false));
        for number in [SIGINT, SIGTERM] {
            // Without handlers it stays as it was.
            let _ = flag::register_conditional_shutdown(number, 128 + number, Arc::clone(&again));
            let _ = flag::register(number, Arc::clone(&again));
            let _ = flag::register_usize(number, Arc::clone(&self.signal), number as usize);
        }
    }

    /// As if none had come; another one still ends the process.
    pub fn forget(&self) {
        self.signal.store(0, Ordering::Relaxed);
    }

    /// The signal that came, if one did.
    pub fn came(&self) -> Option<u8> {
        match self.signal.load(Ordering::Relaxed) {
            0 => None,
            n => Some(n as u8),
        }
    }
}

/// A bar on standard error if that is a terminal, and a flag that signals set.
pub struct Bar {
    bar: ProgressBar,
    signals: Signals,
    /// When something was committed last.
    committed: Instant,
    /// How long a round may take, and when this one began.
    round: Option<(Duration, Instant)>,
    cut: Cell<Ended>,
}

/// How the last round ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// By itself.
    Whole,
    /// It had taken long enough.
    Cut,
}

impl Bar {
    /// A bar over `bytes`, if they are known, and a run that ends when a signal asks for it.
    pub fn new(bytes: Option<u64>, quiet: bool, signals: Signals) -> Bar {
        let bar = ProgressBar::new(bytes.unwrap_or(0));
        let shown = std::io::stderr().is_terminal() && !quiet;
        bar.set_draw_target(if shown {
            ProgressDrawTarget::stderr_with_hz(8)
        } else {
            ProgressDrawTarget::hidden()
        });
        let template = match bytes {
            Some(_) => "{bar:30} {bytes}/{total_bytes} {msg} {eta}",
            None => "{spinner} {bytes} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Bar {
            bar,
            signals,
            committed: Instant::now(),
            round: None,
            cut: Cell::new(Ended::Whole),
        }
    }

    /// No bar, but the same flag, and rounds of at most this length.
    pub fn of_rounds(longest: Duration, signals: Signals) -> Bar {
        Bar {
            round: Some((longest, Instant::now())),
            ..Bar::new(None, true, signals)
        }
    }

    /// A round begins.
    pub fn begin_round(&mut self) {
        self.cut.set(Ended::Whole);
        if let Some((_, began)) = &mut self.round {
            *began = Instant::now();
        }
    }

    /// Whether the last round was ended because it had taken long enough.
    pub fn was_cut(&self) -> bool {
        self.cut.get() == Ended::Cut
    }

    /// A bar over so many steps.
    pub fn steps(count: u64, quiet: bool, signals: Signals) -> Bar {
        let bar = Bar::new(Some(count), quiet, signals);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} step {pos} of {len} {eta}") {
            bar.bar.set_style(style);
        }
        bar
    }

    /// A sign of life for work that cannot be measured before it is done: what it is, and for how long it has been at it.
    pub fn busy(what: &'static str, quiet: bool) -> Bar {
        let bar = Bar::new(None, quiet, Signals::default());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}, {elapsed}") {
            bar.bar.set_style(style);
        }
        bar.bar.set_message(what);
        if !bar.bar.is_hidden() {
            bar.bar.enable_steady_tick(TICK);
        }
        bar
    }

    /// A bar over work of parts: what it is, and how far its part is, as [`Bar::part`] says.
    pub fn parts(what: &'static str, quiet: bool) -> Bar {
        let bar = Bar::new(Some(0), quiet, Signals::default());
        // The bar takes what room the rest leaves.
        let template = "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.bar.set_style(style);
        }
        bar.bar.set_message(what);
        bar
    }

    /// So many bytes of so many are done; another length is another part.
    pub fn part(&self, bytes: u64, of: u64) {
        if self.bar.length() != Some(of) {
            self.bar.reset();
            self.bar.set_length(of);
        }
        self.bar.set_position(bytes);
    }

    /// One step more is done.
    pub fn stepped(&self) {
        self.bar.inc(1);
    }

    /// The signal that came, if one did.
    pub fn signal(&self) -> Option<u8> {
        self.signals.came()
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn at(&mut self, bytes: u64, records: u64) {
        self.bar.set_position(bytes);
        let rate = records as f64 / self.bar.elapsed().as_secs_f64().max(0.001);
        self.bar.set_message(format!("{rate:.0} lines/s"));
    }

    fn stop(&self) -> bool {
        let long = |(longest, began): (Duration, Instant)| began.elapsed() >= longest;
        if self.round.is_some_and(long) {
            self.cut.set(Ended::Cut);
        }
        self.signal().is_some() || self.was_cut()
    }

    fn is_due(&mut self) -> bool {
        let due = self.committed.elapsed() >= DUE;
        if due {
            self.committed = Instant::now();
        }
        due
    }
}
