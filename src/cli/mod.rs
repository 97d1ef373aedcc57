//! The command line: the only floor that reads arguments, the environment and the clock, and the only one that prints.
//!
//! One file per subcommand, with its arguments beside its work, and one row of `SUBCOMMANDS`.

mod after;
mod before;
mod candidates;
mod complete;
mod completions;
mod config;
mod cursor;
mod digest;
mod events;
mod explain;
mod export;
mod follow;
mod global;
mod incidents;
mod ingest;
mod listing;
mod man;
mod merge;
mod overrule;
mod progress;
mod promote;
mod prune;
mod related;
mod reparse;
mod replay;
mod review;
mod session;
mod settings;
mod signatures;
mod status;
mod subject;

use crate::error::{Error, Kind};
use crate::store;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use global::Global;
use session::{Outcome, Session};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

/// A subcommand: its name, its arguments, its work.
struct Subcommand {
    name: &'static str,
    arguments: fn(Command) -> Command,
    run: fn(&ArgMatches, &mut Session) -> crate::error::Result<Outcome>,
}

/// A row for the subcommand in the module of that name, which has `Args` and `run`.
macro_rules! row {
    ($module:ident) => {
        Subcommand {
            name: stringify!($module),
            arguments: $module::Args::augment_args,
            run: |matches, session| {
                let args = $module::Args::from_arg_matches(matches).map_err(usage)?;
                $module::run(args, session)
            },
        }
    };
}

static SUBCOMMANDS: &[Subcommand] = &[
    row!(ingest),
    row!(digest),
    row!(candidates),
    row!(explain),
    row!(events),
    row!(signatures),
    row!(promote),
    row!(review),
    row!(incidents),
    row!(related),
    row!(export),
    row!(replay),
    row!(status),
    row!(prune),
    row!(merge),
    row!(config),
    row!(completions),
    row!(man),
];

fn usage(e: clap::Error) -> Error {
    Error::new(Kind::Usage, e.to_string())
}

/// What `--help` and the manual say after the options. Lines are set as they are; behind the margin of a manual page 75
/// columns are left for them.
const AFTER_LONG_HELP: &str = "\
Examples:
  brainstem ingest /var/log        take logs in; again: only what is new
  brainstem digest                 the page of the day
  brainstem explain cand_cfpzfn    all about one finding
  brainstem digest app.log         a page about one file; nothing is stored

Environment:
  BRAINSTEM_STORE     as --store
  BRAINSTEM_TENANT    as --tenant
  BRAINSTEM_CONFIG    as --config
  BRAINSTEM_REVIEWER  as --reviewer, of brainstem review
  NO_COLOR            if not empty: no colour, unless --color always
  COLUMNS             the width of pages outside a terminal, 60 to 200
  TZ                  the zone of log stamps that name none
  XDG_DATA_HOME, XDG_CONFIG_HOME
                      where the files below are, instead of ~/.local/share
                      and ~/.config

Files:
  /var/lib/brainstem/store.redb            the store of root
  $XDG_DATA_HOME/brainstem/store.redb      the store of anyone else
  /etc/brainstem/config.toml               settings of the machine
  $XDG_CONFIG_HOME/brainstem/config.toml   settings of a person
  Settings are store, tenant and the numbers that decide, by name:
    tenant = \"client-a\"
    burst.factor = 4.0
  and rules that say whose records are, where --tenant does not; the first
  that matches counts, and what a record says before where it came from:
    [[route]]
    path = \"/srv/logs/client-a/*\"
    tenant = \"client-a\"
    [[route]]
    host = \"b-*\"
    tenant = \"client-b\"
    [[route]]
    field = \"customer\"
    value = \"acme\"
    tenant = \"acme\"

Exit status:
   0  done
   1  done, but some input was skipped, something is not well, or what was
      asked for is not there
   2  the command line or the configuration makes no sense
   3  --fail-on: something is in that band or above
  65  the store is damaged, or made by a newer brainstem
  66  no input could be read
  70  a fault of brainstem itself
  73  the store cannot be created, or its place is not safe
  74  reading or writing failed; the store is as it was
  75  another process uses the store; try again
  77  the operating system refused
 130  SIGINT ended it, after a commit
 143  SIGTERM ended it, after a commit";

/// The whole command line, as help, manual and completions describe it.
pub fn command() -> Command {
    let base = Global::augment_args(Command::new("brainstem"))
        .version(env!("CARGO_PKG_VERSION"))
        .about("Read logs, and tell the few things in them that are worth a person's time")
        .long_about(
            "Read logs, and tell the few things in them that are worth a person's time\n\n\
             Logs go into one local store, where every line becomes an instance of a signature: the message without its \
             variable parts. What a signature does over days and hosts decides what is told: what comes back, bursts, \
             spreads, heals itself, announces something worse, is new, or stopped. Each finding comes with its numbers, \
             its records and what to check next.\n\n\
             The same logs always give the same answer. Nothing runs in the background and nothing leaves the machine.",
        )
        .after_help("Start with brainstem ingest /var/log, then brainstem digest.")
        .after_long_help(AFTER_LONG_HELP)
        // Wider lines are hard to read, and a pipe should give what a terminal gives.
        .max_term_width(80)
        .subcommand_required(true)
        .arg_required_else_help(true);
    SUBCOMMANDS.iter().fold(base, |c, s| {
        c.subcommand((s.arguments)(with_few_globals(Command::new(s.name))))
    })
}

/// A subcommand with all global options, of which its help tells those that are often typed: its own must be seen.
fn with_few_globals(subcommand: Command) -> Command {
    Global::augment_args(subcommand)
        .mut_args(|a| {
            let rare = a.is_hide_short_help_set();
            a.hide_long_help(rare)
                .help_heading("Global options (all of them: brainstem --help)")
        })
        .next_help_heading(None::<&str>)
}

/// Runs the program; returns its exit code.
pub fn main(arguments: Vec<OsString>) -> u8 {
    let place = Arc::new(Mutex::new(None));
    quiet_panics(Arc::clone(&place));
    survive_file_size_limit();
    match catch_unwind(AssertUnwindSafe(|| run(&arguments))) {
        Ok(code) => code,
        Err(_) => {
            let place = place.lock().map_or(None, |mut p| p.take());
            let e = store::damage_behind(place.as_deref().unwrap_or_default()).unwrap_or_else(|| {
                Error::new(Kind::Internal, "an internal error; the store is as it was after the last commit")
                    .hint("run the same command again; if it happens again, report it with the place named above")
            });
            session::tell_error(&e, session::wants_json(&arguments));
            e.kind.exit_code()
        }
    }
}

/// Where the size of files is limited, writing beyond the limit shall be an error like that of a full disk, not the end of
/// the process. The flag is never read: it is there so that the signal has a handler.
fn survive_file_size_limit() {
    // Without the handler the signal just ends the process, which loses nothing either.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// A panic says where it was, once, and never what it was about: that may hold log text. `first` is where the first one was,
/// or the last that a damaged store was behind: what parsers fail over ends no run, and that does.
fn quiet_panics(first: Arc<Mutex<Option<String>>>) {
    let told = Mutex::new(BTreeSet::new());
    std::panic::set_hook(Box::new(move |info| {
        let place = info
            .location()
            .map_or_else(String::new, |l| format!("{}:{}", l.file(), l.line()));
        // A parser that fails over one record may fail over thousands; they are kept as text.
        let new = told.lock().is_ok_and(|mut told| told.insert(place.clone()));
        if new && store::damage_behind(&place).is_none() {
            // Nothing can be done when standard error is gone.
            let _ = writeln!(std::io::stderr(), "brainstem: internal error at {place}");
        }
        if let Ok(mut first) = first.lock()
            && (first.is_none() || store::damage_behind(&place).is_some())
        {
            *first = Some(place);
        }
    }));
}

/// The subcommand whose schema is asked for: what else it needs, an id or a store, a schema does not.
fn schema_of(arguments: &[OsString]) -> Option<&'static str> {
    let before = arguments.iter().take_while(|a| *a != "--");
    before.clone().find(|a| *a == "--schema")?;
    let named = |s: &&Subcommand| before.clone().skip(1).any(|a| a == s.name);
    SUBCOMMANDS.iter().find(named).map(|s| s.name)
}

/// Prints the JSON schema of a subcommand's answer.
fn print_schema(name: &str) -> crate::error::Result<()> {
    let none = || {
        Error::new(Kind::Usage, format!("brainstem {name} answers no JSON"))
            .hint("brainstem candidates --schema prints that of an answer in JSON")
    };
    let schema = crate::report::schema(name).ok_or_else(none)?;
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    match writeln!(std::io::stdout(), "{text}") {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::io("cannot write the schema", &e))
        }
        _ => Ok(()),
    }
}

fn run(arguments: &[OsString]) -> u8 {
    if let Some(name) = schema_of(arguments) {
        let printed = print_schema(name);
        return printed.map_or_else(
            |e| {
                session::tell_error(&e, session::wants_json(arguments));
                e.kind.exit_code()
            },
            |()| 0,
        );
    }
    if let [_, first, words @ ..] = arguments
        && first == complete::ASKS
    {
        complete::run(words);
        return 0;
    }
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(e) => return bad_arguments(&e, arguments),
    };
    let json = session::wants_json(arguments);
    let done = Global::from_arg_matches(&matches)
        .map_err(usage)
        .and_then(|global| {
            let mut session = Session::new(global, &|name| said_by(&matches, name))?;
            let (name, matches) = matches
                .subcommand()
                .ok_or_else(|| Error::new(Kind::Usage, "no subcommand"))?;
            let row = SUBCOMMANDS.iter().find(|s| s.name == name);
            let outcome = match row {
                Some(row) if session.global.all_tenants => {
                    knows_tenants(name)?;
                    session.for_all_tenants(|session| (row.run)(matches, session))?
                }
                Some(row) => (row.run)(matches, &mut session)?,
                None => Outcome::Done,
            };
            session.finish().map(|()| outcome)
        });
    match done {
        Ok(outcome) => outcome.exit_code(),
        Err(e) => {
            if e.kind != Kind::BrokenPipe {
                session::tell_error(&e, json);
            }
            e.kind.exit_code()
        }
    }
}

/// Which option or variable a global option has its value from.
fn said_by(matches: &ArgMatches, name: &str) -> Option<String> {
    match matches.value_source(name)? {
        ValueSource::CommandLine => Some(format!("--{name}")),
        ValueSource::EnvVariable => Some(format!("BRAINSTEM_{}", name.to_uppercase())),
        _ => None,
    }
}

/// Subcommands that answer for a tenant, and so can for each of them.
const OF_TENANTS: [&str; 6] = [
    "candidates",
    "digest",
    "events",
    "incidents",
    "signatures",
    "status",
];

fn knows_tenants(name: &str) -> crate::error::Result<()> {
    if OF_TENANTS.contains(&name) {
        return Ok(());
    }
    let message = format!("brainstem {name} works for one tenant at a time");
    Err(Error::new(Kind::Usage, message).hint("name it with --tenant instead of --all-tenants"))
}

/// Help and version are results; anything else that is wrong with the arguments is an error like any other.
fn bad_arguments(e: &clap::Error, arguments: &[OsString]) -> u8 {
    match e.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed pipe is the reader's wish.
            let _ = e.print();
            return 0;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !session::wants_json(arguments) => {
            let _ = e.print();
        }
        _ => session::tell_error(&wrong_usage(e, arguments), session::wants_json(arguments)),
    }
    Kind::Usage.exit_code()
}

/// What clap found wrong, in our shape: its first paragraph is what happened, its tip is what to type instead.
fn wrong_usage(e: &clap::Error, arguments: &[OsString]) -> Error {
    let text = e.to_string();
    let said = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let said = said.trim_start_matches("error: ");
    let said = said.replace("invalid digit found in string", "not a whole number");
    let named = |s: &&Subcommand| arguments.iter().skip(1).any(|a| a == s.name);
    let help = match SUBCOMMANDS.iter().find(named) {
        Some(s) => format!("brainstem {} --help tells what it takes", s.name),
        None => "brainstem --help lists commands and options".to_string(),
    };
    let tip = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("tip: "))
        // Nobody who mistypes an option means a value.
        .filter(|tip| !tip.starts_with("to pass "));
    let (said, hint) = match e.kind() {
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ("no subcommand was named".to_string(), help)
        }
        _ => match tip {
            Some(tip) => (said, format!("{tip}; {help}")),
            None => (said, help),
        },
    };
    Error::new(Kind::Usage, said).hint(hint)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
