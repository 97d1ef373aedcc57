//! `replay --reparse`: stored records through today's parsers.

use super::ingest::zone;
use super::progress::Bar;
use super::session::{Outcome, Session};
use crate::error::Result;
use crate::pipeline::{Reparse, reparse};
use crate::report::pages::{self, Applied, ReparsePage};

/// Reads stored records once more, those of all sources or of those with a name like `source`, as they were read or as another
/// format; keeps what they say now, or only tells.
pub fn run(
    source: Option<String>,
    format: Option<String>,
    applied: Applied,
    session: &mut Session,
) -> Result<Outcome> {
    let how = Reparse {
        source,
        format,
        // Each source has the zone it was read with; only one that is asked for takes its place.
        zone: match session.global.timezone {
            Some(_) => Some(zone(session)?),
            None => None,
        },
    };
    // Whoever writes must have the store alone from the first look on.
    let store = match applied {
        Applied::Yes => session.write_store()?,
        Applied::No => session.read_store()?,
    };
    let bar = Bar::parts("reading stored records", session.global.quiet);
    let told = &mut |bytes, of| bar.part(bytes, of);
    let found = reparse(&store, &session.tenant, &how, told)?;
    bar.clear();
    let bar = Bar::busy("writing what changed", session.global.quiet);
    if applied == Applied::Yes {
        found.apply(&store, &session.tenant)?;
    }
    bar.clear();
    session.print(&pages::reparse(&ReparsePage {
        tenant: &session.tenant,
        as_of: session.now,
        records: found.records,
        changed: found.changed,
        fields: &found.fields,
        sources: &found.sources,
        signatures: &found.signatures,
        applied,
    }))?;
    store.close()?;
    Ok(Outcome::Done)
}
