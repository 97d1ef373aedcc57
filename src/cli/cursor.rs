//! `ingest --journal-cursor`: how far a journal was read.

use super::session::{Outcome, Session};
use crate::error::{Error, Kind, Result};
use crate::formats::Cursor;
use crate::pipeline::stream_family;
use crate::report::pages;

/// Prints the cursor of the newest entry that was taken in: of the streams called `label`, or of all sources.
pub fn run(label: Option<&str>, session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let family = label.map(stream_family);
    let sources = store.sources(&session.tenant)?;
    let ours = sources
        .iter()
        .filter(|s| family.as_ref().is_none_or(|f| s.family == *f));
    let newest = ours
        .filter_map(|s| Some((Cursor::read(s.cursor.as_deref()?).time(), s)))
        .max_by_key(|(time, source)| (*time, source.last_ingest));
    let Some(cursor) = newest.and_then(|(_, source)| source.cursor.as_deref()) else {
        let of = label.map_or_else(String::new, |l| format!(" from {l}"));
        return Err(Error::new(
            Kind::NotFound,
            format!("no journal entry was taken in{of} yet"),
        )
        .hint("journalctl -o json --all | brainstem ingest"));
    };
    match session.format() {
        "table" => session.print_bytes(format!("{cursor}\n").as_bytes())?,
        _ => session.print(&pages::journal_cursor(cursor, session.now))?,
    }
    Ok(Outcome::Done)
}
