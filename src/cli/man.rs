//! `man`: manual pages.

use super::session::{Outcome, Session};
use crate::error::{Error, Kind, Result};
use std::path::PathBuf;

/// Print the manual page, or write one page per subcommand into a directory
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  brainstem man | man -l -\n  brainstem man --directory /usr/local/share/man/man1"
)]
pub struct Args {
    /// The page of this subcommand
    #[arg(value_name = "SUBCOMMAND")]
    page: Option<String>,
    /// Write all pages here, as brainstem.1, brainstem-ingest.1 …
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    if let Some(directory) = args.directory {
        clap_mangen::generate_to(built(), &directory)
            .map_err(|e| Error::io(format!("cannot write to {}", directory.display()), &e))?;
        return Ok(Outcome::Done);
    }
    let whole = built();
    let page = match &args.page {
        None => whole,
        Some(name) => whole.find_subcommand(name).cloned().ok_or_else(|| {
            Error::new(Kind::Usage, format!("there is no subcommand {name}"))
                .hint("brainstem --help lists them")
        })?,
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page)
        .render(&mut text)
        .map_err(|e| Error::io("cannot write the manual page", &e))?;
    session.print_bytes(&text)?;
    Ok(Outcome::Done)
}

/// The command line without clap's own `help` subcommand, which needs no page.
fn built() -> clap::Command {
    let mut command = super::command().disable_help_subcommand(true);
    command.build();
    command
}
