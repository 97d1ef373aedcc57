//! What a subcommand works with: the store, the tenant, the time, and the way its result leaves.

use super::global::{Global, When};
use super::progress::Signals;
use super::settings::{self, Origins};
use crate::error::{Error, Kind, Result};
use crate::pipeline::Routes;
use crate::report::{self, Color, Extent, Glyphs, Look, Renderer, Report, Secrets};
use crate::store::Store;
use crate::time::{DAY, SECOND, Timestamp, parse_when};
use crate::tuning::Tuning;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How a subcommand ended, if it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All done.
    Done,
    /// Done, but some input was skipped, or what was asked for is not well.
    Partly,
    /// A candidate reached the band of `--fail-on`.
    Reached,
    /// Ended early by this signal, after a clean commit.
    Signalled(u8),
}

impl Outcome {
    /// The exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Outcome::Done => 0,
            Outcome::Partly => 1,
            Outcome::Reached => 3,
            Outcome::Signalled(signal) => 128 + signal,
        }
    }
}

/// One run of the program.
pub struct Session {
    /// The options of all subcommands.
    pub global: Global,
    /// When it began.
    pub now: Timestamp,
    /// The tenant.
    pub tenant: String,
    /// The constants in force.
    pub tuning: Tuning,
    /// Where the settings in force were said.
    pub origins: Origins,
    /// Whose records are, where the configuration says so and nobody named a tenant.
    pub routes: Routes,
    /// Whether somebody wants it to end.
    pub signals: Signals,
    store: PathBuf,
    /// What was answered for each tenant, while several are asked for.
    together: Option<Vec<(String, Report)>>,
    out: std::io::BufWriter<std::io::Stdout>,
}

impl Session {
    /// Reads the configuration. `said` tells which option or variable gave the value of a global option, if one did.
    pub fn new(global: Global, said: &dyn Fn(&str) -> Option<String>) -> Result<Session> {
        let mut config = settings::load(global.config.as_deref())?;
        let routes = match global.tenant {
            Some(_) => Routes::default(),
            None => Routes::new(config.origins.rules()),
        };
        let origins = &mut config.origins;
        origins.store = said("store").or(origins.store.take());
        origins.tenant = said("tenant").or(origins.tenant.take());
        let tenant = global
            .tenant
            .clone()
            .or(config.tenant)
            .unwrap_or_else(|| "default".to_string());
        settings::check_tenant(&tenant)?;
        let store = match global.store.clone().or(config.store) {
            Some(path) => path,
            None => default_store()?,
        };
        Ok(Session {
            now: Timestamp::from(chrono::Utc::now()),
            tenant,
            tuning: config.tuning,
            origins: config.origins,
            routes,
            signals: Signals::default(),
            store,
            together: None,
            out: std::io::BufWriter::with_capacity(1 << 16, std::io::stdout()),
            global,
        })
    }

    /// Where the store is, or would be.
    pub fn store_path(&self) -> &Path {
        &self.store
    }

    /// Opens the store for reading.
    pub fn read_store(&self) -> Result<Store> {
        Store::open_for_reading(&self.store, &mut self.waiter())
    }

    /// Opens another store for reading.
    pub fn read_other(&self, path: &Path) -> Result<Store> {
        Store::open_for_reading(path, &mut self.waiter())
    }

    /// Opens the store for writing; it must exist.
    pub fn write_store(&self) -> Result<Store> {
        Store::open_for_writing(&self.store, &mut self.waiter())
    }

    /// Opens the store for writing if that takes no waiting.
    pub fn write_store_at_once(&self) -> Result<Store> {
        Store::open_for_writing(&self.store, &mut |_| false)
    }

    /// Opens the store for writing and creates it if need be.
    pub fn create_store(&self) -> Result<Store> {
        let seed = format!("{} {}", self.now.0, std::process::id());
        let id = crate::signature::derived_id("store_", &[&seed]);
        Store::open_or_create(&self.store, &id, &mut self.waiter())
    }

    /// Waits for another process in small steps, as long as the options allow, and says so once.
    fn waiter(&self) -> impl FnMut(&str) -> bool + use<> {
        let limit = Duration::from_secs(self.global.lock_timeout);
        let quiet = self.global.quiet;
        let began = Instant::now();
        let mut told = quiet;
        let signals = self.signals.clone();
        move |holder| {
            if began.elapsed() >= limit || signals.came().is_some() {
                return false;
            }
            if !told && began.elapsed() > Duration::from_secs(1) {
                told = true;
                note(&format!("waiting for {holder}, which uses the store"));
            }
            std::thread::sleep(Duration::from_millis(20));
            true
        }
    }

    /// The time to answer as of. Without `--as-of` it is now, unless the newest event lies so far back that every window
    /// would be empty: then it is just after that event, and a note says so.
    pub fn as_of(&self, newest: Option<Timestamp>) -> Result<Timestamp> {
        if let Some(text) = &self.global.as_of {
            return parse_when(text, self.now).ok_or_else(|| {
                Error::new(Kind::Usage, format!("cannot read the time {text:?}"))
                    .hint("write --as-of 2026-03-16T00:00:00Z, 2026-03-16, yesterday or \"6h ago\"")
            });
        }
        match newest {
            Some(newest) if self.now.since(newest) > DAY => {
                let ago = crate::time::span_text(self.now.since(newest));
                self.note(&format!(
                    "the newest event is {ago} old; answering as of {} (--as-of now for the present)",
                    newest.minute_text()
                ));
                Ok(newest.plus(SECOND))
            }
            _ => Ok(self.now),
        }
    }

    /// A time option, relative to `now`.
    pub fn time_option(
        &self,
        name: &str,
        text: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>> {
        text.map(|text| {
            parse_when(text, now).ok_or_else(|| {
                Error::new(
                    Kind::Usage,
                    format!("cannot read the time {text:?} of --{name}"),
                )
                .hint(format!(
                    "write --{name} 24h, --{name} 7d, --{name} 2026-03-16 or an RFC 3339 time"
                ))
            })
        })
        .transpose()
    }

    /// Who acts: as said, or the name the person is logged in with.
    pub fn author(&self, said: Option<&str>) -> Option<String> {
        let name = said.map(str::to_string);
        let name = name.or_else(|| std::env::var("USER").ok());
        name.or_else(|| std::env::var("LOGNAME").ok())
            .filter(|n| !n.is_empty())
    }

    /// How results are to look.
    pub fn look(&self) -> Look {
        let stdout = std::io::stdout();
        let terminal = stdout.is_terminal();
        let color = match self.global.color {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        };
        Look {
            width: width(terminal),
            color: if color { Color::On } else { Color::Off },
            glyphs: if self.global.ascii {
                Glyphs::Ascii
            } else {
                Glyphs::Unicode
            },
            extent: if self.global.wide {
                Extent::Wide
            } else {
                Extent::Fitted
            },
            secrets: if self.global.show_secrets {
                Secrets::Shown
            } else {
                Secrets::Masked
            },
        }
    }

    /// The name of the output format.
    pub fn format(&self) -> &str {
        self.global.format.as_deref().unwrap_or("table")
    }

    /// Asks the same for every tenant there is; what is answered for each is written as one result.
    pub fn for_all_tenants(
        &mut self,
        mut ask: impl FnMut(&mut Session) -> Result<Outcome>,
    ) -> Result<Outcome> {
        let tenants = self.read_store()?.tenants()?;
        self.together = Some(Vec::new());
        let mut worst = Outcome::Done;
        for tenant in tenants {
            self.tenant = tenant;
            worst = worst.max(ask(self)?);
        }
        let parts = self.together.take().unwrap_or_default();
        if !parts.is_empty() {
            self.print(&report::together(parts))?;
        }
        Ok(worst)
    }

    /// Writes a result.
    pub fn print(&mut self, report: &Report) -> Result<()> {
        if let Some(parts) = &mut self.together {
            parts.push((self.tenant.clone(), report.clone()));
            return Ok(());
        }
        let renderer: &dyn Renderer = report::renderer(self.format()).ok_or_else(|| {
            Error::new(Kind::Usage, format!("no output format {:?}", self.format()))
        })?;
        let look = self.look();
        renderer
            .render(report, &look, &mut self.out)
            .map_err(|e| output_failed(&e))
    }

    /// Writes a result that constants decided, with the name of the configuration they are in.
    pub fn print_judged(&mut self, report: Report) -> Result<()> {
        let report = report.under(&self.tuning.hash(), self.tuning.changed());
        self.print(&report)
    }

    /// Writes bytes as they are.
    pub fn print_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).map_err(|e| output_failed(&e))
    }

    /// Says something to the person, unless they asked for quiet.
    pub fn note(&self, text: &str) {
        if !self.global.quiet {
            note(text);
        }
    }

    /// Says what went wrong with a part of the work, also to those who asked for quiet.
    pub fn warn(&self, text: &str) {
        note(text);
    }

    /// Says something more, if the person asked for it.
    pub fn detail(&self, text: &str) {
        if self.global.verbose {
            note(text);
        }
    }

    /// Flushes the result.
    pub fn finish(&mut self) -> Result<()> {
        self.out.flush().map_err(|e| output_failed(&e))
    }
}

fn output_failed(e: &std::io::Error) -> Error {
    let mut error = Error::io("cannot write the result", e);
    if error.kind != Kind::BrokenPipe {
        error.kind = Kind::Io;
    }
    error
}

/// One line to standard error, made safe: it may name files and hosts.
fn note(text: &str) {
    // Nothing can be done when standard error is gone.
    let _ = writeln!(std::io::stderr(), "brainstem: {}", report::escape(text));
}

/// Tells an error the way the caller reads: JSON on standard output, or two lines on standard error.
pub fn tell_error(e: &Error, json: bool) {
    let report = report::pages::error(e);
    let look = Look::default();
    if json {
        if let Some(renderer) = report::renderer("json") {
            let _ = renderer.render(&report, &look, &mut std::io::stdout());
        }
    } else {
        note(&e.message);
        if let Some(hint) = &e.hint {
            let _ = writeln!(std::io::stderr(), "hint: {}", report::escape(hint));
        }
    }
}

/// Whether the arguments ask for JSON, also when they cannot be parsed.
pub fn wants_json(arguments: &[OsString]) -> bool {
    let json = |f: &str| matches!(f, "json" | "ndjson");
    arguments.iter().any(|a| {
        a.to_str()
            .and_then(|a| a.strip_prefix("--format="))
            .is_some_and(json)
    }) || arguments
        .windows(2)
        .any(|w| w[0] == "--format" && w[1].to_str().is_some_and(json))
}

/// The width to write for: the terminal's, or what COLUMNS says, or 80; between 60 and 200.
fn width(terminal: bool) -> usize {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|c| c.parse::<usize>().ok());
    let size = terminal
        .then(|| rustix::termios::tcgetwinsize(std::io::stdout()).ok())
        .flatten();
    let width = size
        .map(|s| usize::from(s.ws_col))
        .filter(|&w| w > 0)
        .or(columns)
        .unwrap_or(80);
    width.clamp(60, 200)
}

fn default_store() -> Result<PathBuf> {
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from("/var/lib/brainstem/store.redb"));
    }
    use etcetera::BaseStrategy;
    let base = etcetera::choose_base_strategy().map_err(|_| {
        Error::new(
            Kind::CannotCreate,
            "cannot find a place for the store: there is no home directory",
        )
        .hint("name one with --store FILE or BRAINSTEM_STORE")
    })?;
    Ok(base.data_dir().join("brainstem").join("store.redb"))
}
