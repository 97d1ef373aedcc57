//! Options every subcommand understands.

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Options of all subcommands.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The store
    ///
    /// One file, which ingest creates; its directory is made for its owner only. [default:
    /// $XDG_DATA_HOME/brainstem/store.redb, or /var/lib/brainstem/store.redb for root]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "BRAINSTEM_STORE",
        hide_env_values = true
    )]
    pub store: Option<PathBuf>,
    /// Whose logs [default: default]
    ///
    /// The client or environment that records belong to. One store can hold many; no command mixes them.
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "BRAINSTEM_TENANT",
        hide_env_values = true
    )]
    pub tenant: Option<String>,
    /// Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status
    #[arg(long, global = true, hide_short_help = true)]
    pub all_tenants: bool,
    /// Answer as of then: yesterday, 2026-03-16 [default: now]
    ///
    /// Also "6h ago" and RFC 3339 times such as 2026-03-16T07:00:00Z. What happened later is not looked at. Where the newest event is more than a day old, the default is just after that
    /// event, and a note says so.
    #[arg(long, global = true, value_name = "TIME")]
    pub as_of: Option<String>,
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        value_parser = format_names(),
        hide_possible_values = true,
        help = format_list(),
        long_help = format!("How results are written: {}", format_list())
    )]
    /// How results are written
    pub format: Option<String>,
    /// Print the JSON schema of what the subcommand answers with --format json
    #[arg(long, global = true, hide_short_help = true)]
    pub schema: bool,
    /// A configuration file, instead of the usual ones
    ///
    /// Without it, /etc/brainstem/config.toml is read and then $XDG_CONFIG_HOME/brainstem/config.toml, which has the last
    /// word. Options and environment come before both.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "BRAINSTEM_CONFIG",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub config: Option<PathBuf>,
    /// The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system's]
    #[arg(long, global = true, value_name = "ZONE", hide_short_help = true)]
    pub timezone: Option<String>,
    /// When to use colour
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t = When::Auto,
        value_name = "WHEN",
        hide_short_help = true
    )]
    pub color: When,
    /// Draw with ASCII characters only
    #[arg(long, global = true, hide_short_help = true)]
    pub ascii: bool,
    /// Show whole cells and ids, however wide that is
    #[arg(long, global = true, hide_short_help = true)]
    pub wide: bool,
    /// Show passwords, keys and tokens found in log text instead of masking them
    #[arg(long, global = true, hide_short_help = true)]
    pub show_secrets: bool,
    /// Say nothing but results and errors
    #[arg(short, long, global = true, hide_short_help = true)]
    pub quiet: bool,
    /// Say more: what was looked at, and what it cost
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "quiet",
        hide_short_help = true
    )]
    pub verbose: bool,
    /// Seconds to wait for another process that uses the store
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        default_value_t = 10,
        hide_short_help = true
    )]
    pub lock_timeout: u64,
}

/// The formats in words: clap's list of possible values takes lines of its own.
fn format_list() -> String {
    let names: Vec<&str> = (crate::report::RENDERERS.iter())
        .map(|r| r.name())
        .collect();
    match names.as_slice() {
        [all @ .., last] => format!("{} or {last}", all.join(", ")),
        [] => String::new(),
    }
}

fn format_names() -> PossibleValuesParser {
    PossibleValuesParser::new(crate::report::RENDERERS.iter().map(|r| r.name()))
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set.
    #[value(help = "on a terminal, unless NO_COLOR is set")]
    Auto,
    /// Also in a pipe.
    #[value(help = "also in a pipe")]
    Always,
    /// Not even on a terminal.
    #[value(help = "not even on a terminal")]
    Never,
}
