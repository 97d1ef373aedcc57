//! `export`: an evidence bundle for a ticket.

use super::candidates::as_of;
use super::session::{Outcome, Session};
use super::{explain, related};
use crate::error::Result;
use crate::pipeline::view;
use crate::report::pages;

/// Write all about a finding as one document, for a ticket
///
/// Passwords, keys and tokens are always masked: what leaves with a ticket is read by others.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  brainstem export cand_bcdf > ticket.md\n  brainstem export inc_ghjk --format json"
)]
pub struct Args {
    /// A candidate, signature, event or memory; any unique beginning of its id
    #[arg(value_name = "ID")]
    id: String,
    /// So many raw records
    #[arg(long, value_name = "N", default_value_t = 10)]
    samples: usize,
    /// So many related things of each kind
    #[arg(long, value_name = "N", default_value_t = 5)]
    limit: usize,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    session.global.show_secrets = false;
    if session.global.format.is_none() {
        session.global.format = Some("markdown".to_string());
    }
    let store = session.read_store()?;
    let as_of = as_of(session, &store)?;
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    let about = explain::page(&args.id, args.samples, session, &store, &seen)?;
    let around = related::page(&args.id, args.limit, session, &store, &seen.into())?;
    session.print(&pages::bundle(about, around))?;
    Ok(Outcome::Done)
}
