//! How the records of a source are read, and when that is decided.

use super::message::Request;
use super::paused::Paused;
use super::reading::{Others, Reading};
use crate::formats::{Header, by_name, detect};
use crate::intake::{Chunk, Record};
use crate::store::{Chosen, Source};
use std::borrow::Cow;

/// Records looked at to choose a format.
const SAMPLE: usize = 200;
/// The format of a source that had no record yet that can tell one.
pub(super) const UNDECIDED: &str = "";

/// How the records of a source are read: as asked for, as decided before, or as its first records look.
pub(super) fn choose(request: &Request, open: &mut Paused, chunk: &Chunk) -> Reading {
    if let Some(reading) = open.reading {
        return reading;
    }
    let asked = request.format.as_deref().and_then(by_name);
    let decided = open.source.as_ref().and_then(|s| by_name(&s.format));
    let looked_at = match (asked, decided) {
        (None, None) => SAMPLE,
        _ => 1,
    };
    let sample: Vec<Cow<'_, [u8]>> = (chunk.records().filter(Record::is_telling))
        .take(looked_at)
        .map(|r| r.sample())
        .collect();
    let sample: Vec<&[u8]> = sample.iter().map(|record| &**record).collect();
    let told = sample
        .first()
        .filter(|_| !request.columns.is_empty())
        .and_then(|first| Header::read_as(first, &request.columns));
    let reading = match (asked, &told) {
        (Some(format), _) => Reading {
            format,
            others: Others::Never,
        },
        (None, Some(_)) => Reading {
            format: by_name("csv").unwrap_or_else(|| detect(&sample)),
            others: Others::Try,
        },
        (None, None) => Reading {
            format: decided.unwrap_or_else(|| detect(&sample)),
            others: Others::Try,
        },
    };
    let names_columns = reading.format.name() == "csv" && open.source.is_none() && told.is_none();
    if sample.is_empty() && (names_columns || asked.is_none() && decided.is_none()) {
        // A log that was just made says nothing yet, and is looked at again when it does.
        return reading;
    }
    if reading.format.name() == "csv" {
        // All chunks and all later runs read the columns by the names in the first record.
        let known = open.source.as_ref().and_then(Source::header);
        let first = sample.first().copied();
        open.context.header = told.or(known).or_else(|| Header::read(first?));
    }
    open.reading = Some(reading);
    reading
}

/// How a format was chosen that records are read by.
pub(super) fn chosen(reading: Reading) -> Chosen {
    match reading.others {
        Others::Try => Chosen::Found,
        Others::Never => Chosen::Asked,
    }
}
