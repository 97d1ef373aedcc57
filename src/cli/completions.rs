//! `completions`: scripts for shells.

use super::{Outcome, Session};
use crate::error::Result;
use clap_complete::Shell;

/// Print the completion script of a shell
///
/// Put it where the shell looks for such scripts; new shells then complete subcommands, options and their values, and ids and tenants of
/// the store.
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
    let script = String::from_utf8_lossy(&script);
    session.print_bytes(with_ids(args.shell, &script).as_bytes())?;
    Ok(Outcome::Done)
}

/// The script of a shell, made to ask the program for what only the store knows.
fn with_ids(shell: Shell, script: &str) -> String {
    let (asks, end) = match shell {
        Shell::Bash => (include_str!("completing/bash.sh"), "\nif [["),
        Shell::Zsh => (include_str!("completing/zsh.sh"), "\nif [ \"$funcstack"),
        Shell::Fish => return script.to_string() + include_str!("completing/fish.sh"),
        _ => return script.to_string(),
    };
    // The words are another function, and ours takes its name. The end makes that known to the shell.
    let script = script.replacen("\n_brainstem() {", "\n_brainstem_words() {", 1);
    let script = match script.strip_prefix("_brainstem() {") {
        Some(rest) => format!("_brainstem_words() {{{rest}"),
        None => script,
    };
    match script.rsplit_once(end) {
        Some((words, rest)) => format!("{words}{asks}{}{rest}", end.trim_start()),
        None => script,
    }
}
