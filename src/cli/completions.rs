//! `completions`: scripts for shells.

use super::{Outcome, Session};
use crate::error::Result;
use clap_complete::Shell;

/// Print the completion script of a shell
///
/// Put it where the shell looks for such scripts; new shells then complete subcommands, options and their values.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem completions bash > /etc/bash_completion.d/brainstem
  brainstem completions zsh > ~/.zfunc/_brainstem
  brainstem completions fish > ~/.config/fish/completions/brainstem.fish")]
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
