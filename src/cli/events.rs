//! `events`: search what was stored.

use super::candidates::{as_of, only};
use super::listing::Listing;
use super::session::{Outcome, Session};
use crate::envelope::ParseStatus;
use crate::error::{Error, Kind, Result};
use crate::event::Severity;
use crate::pipeline::{MALFORMED, Records};
use crate::recall::signatures_like;
use crate::report::{pages, write_line};
use crate::store::{Filter, Found, Order};
use crate::time::MINUTE;
use std::collections::BTreeSet;

/// Search the stored events
///
/// They come in the order they were taken in, which for one log is the order of its lines. --limit counts in that order, and
/// --sort orders what it lets through.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem events rekey failed --host fw-01 --since 24h
  brainstem events --signature sig_rtmvsn --raw
  brainstem events --host db-01 --around 2026-03-15T10:18
  brainstem events --malformed --raw
  brainstem events --severity error --format ndjson | jq .message_raw")]
pub struct Args {
    /// Words that all occur in the message, in upper or lower case
    #[arg(value_hint = clap::ValueHint::Other)]
    query: Vec<String>,
    /// Only this host
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// Only this service
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Only this severity and graver: error, warning, notice or a number
    #[arg(long, value_name = "LEVEL")]
    severity: Option<String>,
    /// Only this signature, by its id or the beginning of it
    #[arg(long, value_name = "ID")]
    signature: Option<String>,
    /// Only since then: 24h, yesterday, 2026-03-01
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only before then
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only from ten minutes before then to ten minutes after
    #[arg(long, value_name = "TIME", conflicts_with_all = ["since", "until"])]
    around: Option<String>,
    /// Only records that were not, or not wholly, understood
    #[arg(long)]
    malformed: bool,
    /// Newest first
    #[arg(long)]
    reverse: bool,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    listing: Listing,
    /// Print the records as they came, byte for byte
    #[arg(long)]
    raw: bool,
}

/// What goes with an event is looked for so long before and after it, in microseconds: long enough for what led to it,
/// short enough to read.
const AROUND: i64 = 10 * MINUTE;

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let as_of = as_of(session, &store)?;
    let learned = store.facts(&session.tenant, as_of)?;
    let mut filter = Filter {
        words: args
            .query
            .iter()
            .flat_map(|q| q.split_whitespace())
            .map(String::from)
            .collect(),
        host: args.host,
        service: args.service,
        severity: args.severity.as_deref().map(severity).transpose()?,
        since: session.time_option("since", args.since.as_deref(), as_of)?,
        until: session.time_option("until", args.until.as_deref(), as_of)?,
        statuses: args.malformed.then(|| MALFORMED.to_vec()),
        ..Filter::default()
    };
    session.check_span(("since", filter.since), ("until", filter.until))?;
    if let Some(at) = session.time_option("around", args.around.as_deref(), as_of)? {
        filter.since = Some(at.plus(-AROUND));
        filter.until = Some(at.plus(AROUND));
    }
    if session.global.as_of.is_some() {
        filter.until = Some(filter.until.map_or(as_of, |t| t.min(as_of)));
    }
    if let Some(id) = &args.signature {
        let signatures = &learned.facts.signatures;
        let like = signatures_like(&learned.facts, id).into_iter();
        let all = like.map(|i| (signatures[i].id.to_string(), signatures[i].id));
        let id = only(id, all.collect())?;
        filter.fingerprints = Some(
            learned
                .fingerprints_of(id)
                .into_iter()
                .collect::<BTreeSet<u32>>(),
        );
    }
    let order = if args.reverse {
        Order::Newest
    } else {
        Order::Oldest
    };
    let limit = if args.limit == 0 {
        usize::MAX
    } else {
        args.limit
    };
    let records = Records::new(&store, &session.tenant, &learned)?;
    let (mut count, mut listed) = (0usize, Vec::new());
    let mut more = false;
    let all = filter.is_open() && order == Order::Oldest;
    let mut lines = RawLines {
        shares: if all { Shares::Whole } else { Shares::Apart },
        open: None,
    };
    let streamed = session.format() == "ndjson" && args.listing.keeps_order();
    let secrets = session.look().secrets;
    let tenant = session.tenant.clone();
    let done = store.search(&tenant, &filter, order, &mut |found| {
        if count == limit {
            more = true;
            return Ok(false);
        }
        count += 1;
        if args.raw {
            lines.add(&found, session)?;
        } else if streamed {
            let mut line = Vec::new();
            let value = args.listing.value(&records.event(&found), as_of)?;
            write_line(&value, secrets, &mut line)
                .map_err(|e| Error::io("cannot write the result", &e))?;
            session.print_bytes(&line)?;
        } else {
            listed.push(records.event(&found));
        }
        Ok(true)
    })?;
    session.detail(&format!(
        "{} segments read, {} passed over",
        done.segments_read, done.segments_passed
    ));
    if args.raw {
        lines.end(session)?;
    } else if !streamed {
        let page = match args.malformed {
            true => pages::malformed(&listed, as_of),
            false => pages::events(&listed, as_of),
        };
        session.print(&args.listing.apply(page, 0)?)?;
    }
    if more && session.format() == "table" {
        let end = match args.reverse {
            true => "last",
            false => "first",
        };
        session.note(&format!(
            "these are the {end} {limit}, and there are more; --limit 0 lists all"
        ));
    }
    Ok(Outcome::Done)
}

/// How records are printed as they came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shares {
    /// Of a line that holds several events each prints its share: everything together is what came.
    Whole,
    /// Only some are printed, so each prints as an event of its own.
    Apart,
}

/// Raw records as lines: the pieces of a line that was more than one record are put together again.
struct RawLines {
    shares: Shares,
    /// The record printed last, while its line may go on.
    open: Option<(u64, u32, ParseStatus)>,
}

impl RawLines {
    fn add(&mut self, found: &Found, session: &mut Session) -> Result<()> {
        if !self.goes_on_with(found) {
            self.end(session)?;
        }
        let record = &found.record;
        if record.is_share() && self.shares == Shares::Apart {
            session.print_bytes(record.text())?;
            return session.print_bytes(b"\n");
        }
        session.print_bytes(&record.raw)?;
        let mut nuls = record.nuls;
        while nuls > 0 {
            let some = nuls.min(ZEROS.len() as u64);
            session.print_bytes(&ZEROS[..some as usize])?;
            nuls -= some;
        }
        session.print_bytes(record.line_end)?;
        self.open =
            (record.line_end.is_empty()).then_some((found.ordinal, found.source, found.status));
        Ok(())
    }

    /// Whether a record stands on the line of the one before.
    fn goes_on_with(&self, next: &Found) -> bool {
        let Some((ordinal, source, status)) = self.open else {
            return false;
        };
        let rest = matches!(
            next.status,
            ParseStatus::OversizeFragment | ParseStatus::NulRun
        );
        // The end of a line that was taken without it may have come alone: then another line follows.
        let same_line = status != ParseStatus::Unterminated || rest;
        (ordinal + 1, source) == (next.ordinal, next.source) && same_line
    }

    fn end(&mut self, session: &mut Session) -> Result<()> {
        match self.open.take() {
            Some(_) => session.print_bytes(b"\n"),
            None => Ok(()),
        }
    }
}

/// What a run of NUL bytes is printed from.
static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];

fn severity(word: &str) -> Result<Severity> {
    let number = word.parse::<u8>().ok().and_then(Severity::from_number);
    number.or_else(|| Severity::from_word(word)).ok_or_else(|| {
        Error::new(Kind::Usage, format!("{word:?} is no severity"))
            .hint("use emergency, alert, critical, error, warning, notice, info or debug")
    })
}
