//! `replay --reparse`: stored records through today's parsers.

use super::ingest::zone;
use super::replay::Args;
use super::session::{Outcome, Session};
use crate::error::Result;
use crate::pipeline::{Reparse, reparse};
use crate::report::pages::{self, Applied, ReparsePage};

/// Reads all stored records once more; with `--apply`, keeps what they say now.
pub fn run(args: &Args, session: &mut Session) -> Result<Outcome> {
    let how = Reparse {
        source: args.source.clone(),
        format: args.input_format.clone(),
        // Each source has the zone it was read with; only one that is asked for takes its place.
        zone: match session.global.timezone {
            Some(_) => Some(zone(session)?),
            None => None,
        },
    };
    // Whoever writes must have the store alone from the first look on.
    let store = match args.apply {
        true => session.write_store()?,
        false => session.read_store()?,
    };
    let found = reparse(&store, &session.tenant, &how)?;
    if args.apply {
        found.apply(&store, &session.tenant)?;
    }
    session.print(&pages::reparse(&ReparsePage {
        tenant: &session.tenant,
        as_of: session.now,
        records: found.records,
        changed: found.changed,
        fields: &found.fields,
        sources: &found.sources,
        signatures: &found.signatures,
        applied: if args.apply {
            Applied::Yes
        } else {
            Applied::No
        },
    }))?;
    Ok(Outcome::Done)
}
