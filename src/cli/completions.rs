//! `completions`: scripts for shells.

use super::session::{Outcome, Session};
use crate::error::Result;
use clap_complete::Shell;

/// Print the completion script of a shell
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Example:\n  brainstem completions bash > /usr/share/bash-completion/completions/brainstem"
)]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "brainstem", &mut script);
    session.print_bytes(&script)?;
    Ok(Outcome::Done)
}
