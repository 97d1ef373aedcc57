//! Options every subcommand understands.

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Options of all subcommands.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The store file [default: $XDG_DATA_HOME/brainstem/store.redb; /var/lib/brainstem/store.redb for root]
    #[arg(long, global = true, value_name = "FILE", env = "BRAINSTEM_STORE")]
    pub store: Option<PathBuf>,
    /// The tenant: the client or environment records belong to [default: default]
    #[arg(long, global = true, value_name = "NAME", env = "BRAINSTEM_TENANT")]
    pub tenant: Option<String>,
    /// A configuration file to use instead of /etc/brainstem/config.toml and $XDG_CONFIG_HOME/brainstem/config.toml
    #[arg(long, global = true, value_name = "FILE", env = "BRAINSTEM_CONFIG")]
    pub config: Option<PathBuf>,
    /// Answer as of this time: 2026-03-16T00:00:00Z, 2026-03-16, yesterday, "6h ago" [default: now]
    #[arg(long, global = true, value_name = "TIME")]
    pub as_of: Option<String>,
    /// How results are written
    #[arg(long, global = true, value_name = "FORMAT", value_parser = format_names())]
    pub format: Option<String>,
    /// Colour in tables
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub color: When,
    /// Plain ASCII instead of lines and bars
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Whole cells and ids, however wide
    #[arg(long, global = true)]
    pub wide: bool,
    /// Show passwords, keys and tokens found in log text instead of masking them
    #[arg(long, global = true)]
    pub show_secrets: bool,
    /// Zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system's]
    #[arg(long, global = true, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// Say nothing but results and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more: what was read, what it cost
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Seconds to wait for another process that holds the store
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 10)]
    pub lock_timeout: u64,
}

fn format_names() -> PossibleValuesParser {
    PossibleValuesParser::new(crate::report::RENDERERS.iter().map(|r| r.name()))
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
