//! `incidents`: search memory.

use super::session::{Outcome, Session};
use crate::error::Result;
use crate::recall::search;
use crate::report::pages::{self, IncidentHit};

/// Search what was promoted
///
/// Without words, all of it, the latest first.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem incidents
  brainstem incidents vpn flaps --limit 5")]
pub struct Args {
    /// Words of titles, summaries, templates, hosts; small mistakes are forgiven
    #[arg(value_hint = clap::ValueHint::Other)]
    query: Vec<String>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let incidents = store.incidents(&session.tenant)?;
    let limit = if args.limit == 0 {
        usize::MAX
    } else {
        args.limit
    };
    let hits: Vec<IncidentHit> = search(&incidents, &args.query.join(" "))
        .into_iter()
        .take(limit)
        .map(|hit| IncidentHit {
            incident: hit.incident.clone(),
            reason: hit
                .reasons
                .iter()
                .map(|(word, _)| word.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        })
        .collect();
    session.print(&pages::incidents(&hits, session.now))?;
    Ok(Outcome::Done)
}
