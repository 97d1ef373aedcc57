//! The command line: the only floor that reads arguments, the environment and the clock, and the only one that prints.
//!
//! One file per subcommand, with its arguments beside its work, and one row of [`SUBCOMMANDS`].

mod candidates;
mod completions;
mod config;
mod digest;
mod events;
mod explain;
mod export;
mod global;
mod incidents;
mod ingest;
mod man;
mod progress;
mod promote;
mod related;
mod replay;
mod review;
mod session;
mod signatures;
mod status;
mod subject;

use crate::error::{Error, Kind};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use global::Global;
use session::{Outcome, Session};
use std::ffi::OsString;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

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
    row!(completions),
    row!(man),
];

fn usage(e: clap::Error) -> Error {
    Error::new(Kind::Usage, e.to_string())
}

/// The whole command line, as help, manual and completions describe it.
pub fn command() -> Command {
    let base = Command::new("brainstem")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Operational memory for weak signals: logs in, the few things worth a person's time out")
        .after_help(
            "Examples:\n  brainstem ingest /var/log/syslog      take a log in; again later: only what is new\n  \
             journalctl -o json | brainstem ingest\n  brainstem digest                      the page of the day\n  \
             brainstem explain cand_bcdf           everything about one finding\n\n\
             Exit codes: 0 done, 1 done but some input was skipped, 2 usage, 3 --fail-on reached, 65 damaged store,\n\
             66 no input, 70 internal error, 73 cannot create, 74 write error, 75 store is busy, 77 not allowed.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true);
    let base = Global::augment_args(base);
    SUBCOMMANDS.iter().fold(base, |c, s| {
        c.subcommand((s.arguments)(Command::new(s.name)))
    })
}

/// Runs the program; returns its exit code.
pub fn main(arguments: Vec<OsString>) -> u8 {
    quiet_panics();
    match catch_unwind(AssertUnwindSafe(|| run(&arguments))) {
        Ok(code) => code,
        Err(_) => {
            let e = Error::new(Kind::Internal, "an internal error; the store is as it was after the last commit")
                .hint("run the same command again; if it happens again, report it with the place named above");
            session::tell_error(&e, session::wants_json(&arguments));
            e.kind.exit_code()
        }
    }
}

/// A panic says where it was, never what it was about: that may hold log text.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        // Nothing can be done when standard error is gone.
        let _ = writeln!(std::io::stderr(), "brainstem: internal error{place}");
    }));
}

fn run(arguments: &[OsString]) -> u8 {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(e) => return bad_arguments(&e, arguments),
    };
    let json = session::wants_json(arguments);
    let done = Global::from_arg_matches(&matches)
        .map_err(usage)
        .and_then(|global| {
            let mut session = Session::new(global)?;
            let (name, matches) = matches
                .subcommand()
                .ok_or_else(|| Error::new(Kind::Usage, "no subcommand"))?;
            let row = SUBCOMMANDS.iter().find(|s| s.name == name);
            let outcome = row.map_or(Ok(Outcome::Done), |row| (row.run)(matches, &mut session))?;
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

/// Help and version are results; anything else that is wrong with the arguments is told as clap tells it, or as JSON.
fn bad_arguments(e: &clap::Error, arguments: &[OsString]) -> u8 {
    use clap::error::ErrorKind;
    if matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A closed pipe is the reader's wish.
        let _ = e.print();
        return 0;
    }
    if session::wants_json(arguments) {
        let text = e.to_string();
        let first = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        let error =
            Error::new(Kind::Usage, first).hint("brainstem --help lists commands and options");
        session::tell_error(&error, true);
    } else {
        let _ = e.print();
    }
    Kind::Usage.exit_code()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
