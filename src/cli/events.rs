//! `events`: search what was stored.

use super::candidates::{as_of, only};
use super::session::{Outcome, Session};
use crate::envelope::ParseStatus;
use crate::error::{Error, Kind, Result};
use crate::event::Severity;
use crate::intake::MAX_LINE;
use crate::pipeline::{MALFORMED, Records};
use crate::recall::signatures_like;
use crate::report::{pages, write_line};
use crate::store::{Filter, Found, Order};
use std::collections::BTreeSet;

/// Search the stored events
///
/// They come in the order they were taken in, which for one log is the order of its lines.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem events rekey failed --host fw-01 --since 24h
  brainstem events --signature sig_rtmvsn --raw
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
    /// Only records that were not, or not wholly, understood
    #[arg(long)]
    malformed: bool,
    /// Newest first
    #[arg(long)]
    reverse: bool,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Print the records as they came, byte for byte
    #[arg(long)]
    raw: bool,
}

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
    let (mut count, mut listed, mut line) = (0usize, Vec::new(), RawLine::default());
    let streamed = session.format() == "ndjson";
    let secrets = session.look().secrets;
    let tenant = session.tenant.clone();
    let done = store.search(&tenant, &filter, order, &mut |found| {
        count += 1;
        if args.raw {
            line.add(&found, session)?;
        } else if streamed {
            let mut line = Vec::new();
            write_line(
                &pages::event_value(&records.event(&found)),
                secrets,
                &mut line,
            )
            .map_err(|e| Error::io("cannot write the result", &e))?;
            session.print_bytes(&line)?;
        } else {
            listed.push(records.event(&found));
        }
        Ok(count < limit)
    })?;
    session.detail(&format!(
        "{} segments read, {} passed over",
        done.segments_read, done.segments_passed
    ));
    if args.raw {
        line.end(session)?;
    } else if !streamed {
        session.print(&pages::events(&listed, as_of))?;
    }
    Ok(Outcome::Done)
}

/// Raw records as lines: the fragments of a line that was too long for one record are put together again.
#[derive(Default)]
struct RawLine {
    /// Ordinal and source of the fragment printed last, while its line may go on.
    open: Option<(u64, u32)>,
}

impl RawLine {
    fn add(&mut self, found: &Found, session: &mut Session) -> Result<()> {
        let fragment = found.status == ParseStatus::OversizeFragment;
        let before = found.ordinal.checked_sub(1).map(|o| (o, found.source));
        if !(fragment && self.open == before) {
            self.end(session)?;
        }
        session.print_bytes(&found.raw)?;
        self.open = Some((found.ordinal, found.source));
        if fragment && found.raw.len() >= MAX_LINE {
            return Ok(());
        }
        self.end(session)
    }

    fn end(&mut self, session: &mut Session) -> Result<()> {
        match self.open.take() {
            Some(_) => session.print_bytes(b"\n"),
            None => Ok(()),
        }
    }
}

fn severity(word: &str) -> Result<Severity> {
    let number = word.parse::<u8>().ok().and_then(Severity::from_number);
    number.or_else(|| Severity::from_word(word)).ok_or_else(|| {
        Error::new(Kind::Usage, format!("{word:?} is no severity"))
            .hint("use emergency, alert, critical, error, warning, notice, info or debug")
    })
}
