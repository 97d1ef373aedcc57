//! Progress on a terminal, and the wish of a person to stop.

use crate::pipeline::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A bar on standard error if that is a terminal, and a flag that signals set.
pub struct Bar {
    bar: ProgressBar,
    signal: Arc<AtomicUsize>,
}

impl Bar {
    /// A bar over `bytes`, if they are known. The first SIGINT or SIGTERM asks to stop, the second ends at once.
    pub fn new(bytes: Option<u64>, quiet: bool) -> Bar {
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
        let signal = Arc::new(AtomicUsize::new(0));
        let again = Arc::new(AtomicBool::new(false));
        for number in [SIGINT, SIGTERM] {
            // Without handlers a signal just ends the process, which loses nothing either.
            let _ = flag::register_conditional_shutdown(number, 128 + number, Arc::clone(&again));
            let _ = flag::register(number, Arc::clone(&again));
            let _ = flag::register_usize(number, Arc::clone(&signal), number as usize);
        }
        Bar { bar, signal }
    }

    /// A bar over so many steps.
    pub fn steps(count: u64, quiet: bool) -> Bar {
        let bar = Bar::new(Some(count), quiet);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} step {pos} of {len} {eta}") {
            bar.bar.set_style(style);
        }
        bar
    }

    /// One step more is done.
    pub fn stepped(&self) {
        self.bar.inc(1);
    }

    /// The signal that came, if one did.
    pub fn signal(&self) -> Option<u8> {
        match self.signal.load(Ordering::Relaxed) {
            0 => None,
            n => Some(n as u8),
        }
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
        self.signal().is_some()
    }
}
