//! `man`: the manual, made of the same words as the help: what `--help` says is what a page says.

use super::{Outcome, Session};
use crate::error::{Error, Result};
use clap::builder::{PossibleValue, PossibleValuesParser, StyledStr};
use clap::{Arg, Command};
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};
use std::path::PathBuf;

/// Print the manual, or write all its pages into a directory
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem man | man -l -
  brainstem man digest | man -l -
  brainstem man --directory /usr/local/share/man/man1")]
pub struct Args {
    /// The page of this subcommand [default: of brainstem itself]
    #[arg(value_name = "SUBCOMMAND", value_parser = names_of_subcommands(), hide_possible_values = true)]
    page: Option<String>,
    /// Write all pages here, as brainstem.1, brainstem-ingest.1 …
    #[arg(long, value_name = "DIR", conflicts_with = "page")]
    directory: Option<PathBuf>,
}

fn names_of_subcommands() -> PossibleValuesParser {
    PossibleValuesParser::new(super::SUBCOMMANDS.iter().map(|s| s.name))
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let whole = built();
    if let Some(directory) = args.directory {
        let cannot = |e| Error::io(format!("cannot write to {}", directory.display()), &e);
        std::fs::create_dir_all(&directory).map_err(cannot)?;
        for command in std::iter::once(&whole).chain(whole.get_subcommands()) {
            let file = directory.join(format!("{}.1", page_name(command)));
            std::fs::write(file, page(command, &whole)).map_err(cannot)?;
        }
        return Ok(Outcome::Done);
    }
    let named = args.page.and_then(|name| whole.find_subcommand(name));
    let command = named.unwrap_or(&whole);
    session.print_bytes(page(command, &whole).as_bytes())?;
    Ok(Outcome::Done)
}

/// The command line without clap's own `help` subcommand, which needs no page.
fn built() -> Command {
    let mut command = super::command().disable_help_subcommand(true);
    command.build();
    command
}

/// The page of `command`, which is `whole` or a subcommand of it. No date: a page changes only when what it says does.
fn page(command: &Command, whole: &Command) -> String {
    let name = page_name(command);
    let version = format!("brainstem {}", whole.get_version().unwrap_or_default());
    let mut page = Roff::new();
    let no_date = "\"\"";
    page.control(
        "TH",
        [
            &name.to_uppercase(),
            "1",
            no_date,
            &version,
            "User Commands",
        ],
    );
    // Names of options and variables must not be taken apart, and even margins would tear holes.
    page.control("nh", []);
    page.control("ad", ["l"]);
    page.control("SH", ["NAME"]);
    page.text([roman(format!(
        "{name} - {}",
        in_a_line(command.get_about())
    ))]);
    page.control("SH", ["SYNOPSIS"]);
    synopsis(&mut page, command);
    page.control("SH", ["DESCRIPTION"]);
    description(&mut page, command);
    subcommands(&mut page, command);
    options(&mut page, command);
    let rest = (command.get_after_long_help()).or_else(|| command.get_after_help());
    sections(&mut page, &plain(rest));
    if !command.has_subcommands() {
        page.control("SH", ["SEE ALSO"]);
        page.text([bold(page_name(whole)), roman("(1)")]);
    }
    page.render()
}

/// `brainstem-ingest`.
fn page_name(command: &Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

fn plain(text: Option<&StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

/// What a command is for, as the line of names wants it: in the middle of a sentence.
fn in_a_line(about: Option<&StyledStr>) -> String {
    let about = plain(about);
    let mut letters = about.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

fn synopsis(page: &mut Roff, command: &Command) {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").trim();
    let name = command.get_bin_name().unwrap_or_default();
    let rest = usage.strip_prefix(name).unwrap_or_default();
    page.text([bold(name), roman(rest)]);
}

/// The long description; where there is more of it than what the line of names says, without that.
fn description(page: &mut Roff, command: &Command) {
    let long = plain(command.get_long_about());
    match long.split_once("\n\n") {
        Some((_, more)) => paragraphs(page, more, "PP"),
        None => {
            page.text([roman(format!("{}.", plain(command.get_about())))]);
        }
    }
}

/// Paragraphs of running text, with `between` before all but the first.
fn paragraphs(page: &mut Roff, text: &str, between: &str) {
    let paragraphs = text.split("\n\n").filter(|p| !p.trim().is_empty());
    for (i, paragraph) in paragraphs.enumerate() {
        if i > 0 {
            page.control(between, []);
        }
        page.text([roman(paragraph.trim())]);
    }
}

fn subcommands(page: &mut Roff, command: &Command) {
    if command.has_subcommands() {
        page.control("SH", ["COMMANDS"]);
    }
    for sub in command.get_subcommands() {
        page.control("TP", []);
        page.text([bold(page_name(sub)), roman("(1)")]);
        page.text([roman(plain(sub.get_about()))]);
    }
}

/// The arguments and options of the command, and where it has subcommands those that all of them share.
fn options(page: &mut Roff, command: &Command) {
    let shown = || command.get_arguments().filter(|a| !a.is_hide_set());
    let shared = |a: &&Arg| a.get_help_heading().is_some();
    page.control("SH", ["OPTIONS"]);
    let (given, named): (Vec<&Arg>, Vec<&Arg>) = shown()
        .filter(|a| !shared(a))
        .partition(|a| a.is_positional());
    given.iter().chain(&named).for_each(|a| option(page, a));
    if command.has_subcommands() {
        page.control("SH", ["GLOBAL OPTIONS"]);
        shown().filter(shared).for_each(|a| option(page, a));
    } else {
        page.control("PP", []);
        page.text([
            roman("The global options, among them "),
            bold("--store"),
            roman(", "),
            bold("--tenant"),
            roman(", "),
            bold("--as-of"),
            roman(" and "),
            bold("--format"),
            roman(", are described in "),
            bold("brainstem"),
            roman("(1)."),
        ]);
    }
}

fn option(page: &mut Roff, argument: &Arg) {
    page.control("TP", []);
    page.text(names(argument));
    let help = plain(argument.get_long_help().or_else(|| argument.get_help()));
    paragraphs(page, &help, "IP");
    let defaults: Vec<_> = (argument.get_default_values().iter())
        .map(|v| v.to_string_lossy())
        .collect();
    if !defaults.is_empty() && argument.get_action().takes_values() {
        page.text([roman(format!("[default: {}]", defaults.join(", ")))]);
    }
    if let Some(variable) = argument.get_env() {
        let variable = variable.to_string_lossy();
        page.text([roman("[environment: "), bold(variable), roman("]")]);
    }
    if !argument.is_hide_possible_values_set() {
        values(page, &argument.get_possible_values());
    }
}

/// The values an option takes: each with what it means, where that is told.
fn values(page: &mut Roff, values: &[PossibleValue]) {
    if values.iter().any(|v| v.get_help().is_some()) {
        page.control("RS", []);
        page.control("PD", ["0"]);
        for value in values {
            page.control("TP", ["14"]);
            page.text([bold(value.get_name())]);
            page.text([roman(plain(value.get_help()))]);
        }
        page.control("PD", []);
        page.control("RE", []);
    } else if !values.is_empty() {
        let names: Vec<&str> = values.iter().map(|v| v.get_name()).collect();
        page.control("IP", []);
        page.text([roman(format!("One of {}.", names.join(", ")))]);
    }
}

/// `-i, --input-format FORMAT`, or `[PATH]...`.
fn names(argument: &Arg) -> Vec<Inline> {
    if argument.is_positional() {
        return vec![italic(argument.to_string())];
    }
    let short = argument.get_short().map(|s| format!("-{s}"));
    let long = argument.get_long().map(|l| format!("--{l}"));
    let mut line = Vec::new();
    for name in short.into_iter().chain(long) {
        if !line.is_empty() {
            line.push(roman(", "));
        }
        line.push(bold(name));
    }
    if argument.get_action().takes_values() {
        for value in argument.get_value_names().unwrap_or_default() {
            line.extend([roman(" "), italic(value.as_str())]);
        }
    }
    line
}

/// The blocks behind the options: a heading that ends in a colon, and lines set as they are.
fn sections(page: &mut Roff, text: &str) {
    for block in text.split("\n\n") {
        let Some((heading, lines)) = block.split_once(":\n") else {
            continue;
        };
        page.control("SH", [heading.trim().to_uppercase().as_str()]);
        page.control("nf", []);
        for line in lines.lines() {
            page.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
        }
        page.control("fi", []);
    }
}
