//! `prune`: evidence goes when the attention its signature has earned no longer holds it.

use super::candidates::as_of;
use super::progress::Bar;
use super::session::{Outcome, Session};
use crate::candidate::AttentionBand;
use crate::error::{Error, Kind, Result};
use crate::pipeline::{View, view};
use crate::report::pages::{self, PrunePage};
use crate::signature::{Facts, SignatureId};
use crate::store::{Expiry, Trial};
use crate::time::{DAY, Hour, Timestamp, parse_span};
use crate::tuning::Tuning;
use std::collections::{BTreeMap, BTreeSet};

/// Remove old records; counts, memory and what was promoted stay
///
/// How long records are kept depends on the attention their signature has earned. Those of a promoted incident are kept for
/// ever. Nothing that is counted, learned or remembered changes: only the records themselves go.
///
/// A pause of more than 30 days in which nothing at all was logged makes no record older, unless --as-of is given: a machine
/// that was off, or whose clock jumped, loses nothing by it.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem prune --dry-run
  brainstem prune --keep background=7d,watch=90d")]
pub struct Args {
    /// How long to keep records, by attention band
    ///
    /// BAND=SPAN or BAND=forever, separated by commas. Bands that are not named keep what the configuration says of
    /// keep.BAND. [default: ignore_fast=7d, background=30d, watch=180d, investigate=730d, promote=forever]
    #[arg(long, value_name = "SPEC", value_delimiter = ',')]
    keep: Vec<String>,
    /// Say what would go, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

/// A file shrinks by compaction only when this share of it was removed: it costs a rewrite of the rest.
const WORTH_COMPACTING: f64 = 0.2;

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let keep = spans(&args.keep, &session.tuning)?;
    let mut store = session.write_store()?;
    let as_of = as_of(session, &store)?;
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    let trial = if args.dry_run { Trial::Yes } else { Trial::No };
    let before = store.status(&session.tenant)?.disk_bytes;
    if trial == Trial::No {
        store.release_reserve()?;
    }
    let bar = Bar::parts("looking through records", session.global.quiet);
    let told = &mut |bytes, of| bar.part(bytes, of);
    let pauses = match session.global.as_of {
        Some(_) => Vec::new(),
        None => pauses(&seen.learned.facts),
    };
    let expiry = |pauses: &[Pause]| expiry(&seen, &keep, pauses);
    // What the calendar alone would take; looked at only where it would take more.
    let calendar = match pauses.is_empty() {
        true => None,
        false => Some(store.prune(&session.tenant, &expiry(&[]), Trial::Yes, told)?),
    };
    let done = store.prune(&session.tenant, &expiry(&pauses), trial, told)?;
    bar.clear();
    let bar = Bar::busy("giving space back", session.global.quiet);
    if trial == Trial::No && done.stored_bytes as f64 >= WORTH_COMPACTING * before as f64 {
        store.compact()?;
    }
    if trial == Trial::No {
        store.keep_reserve();
    }
    bar.clear();
    let spared = calendar.map_or(0, |all| all.removed - done.removed);
    if let (1.., Some(pause)) = (spared, pauses.first()) {
        session.note(&format!(
            "nothing was logged from {} to {}, which makes no record older: {spared} more would go with --as-of now",
            pause.from.day_text(),
            pause.to.day_text()
        ));
    }
    let page = PrunePage {
        as_of: seen.learned.facts.as_of,
        events: done.records,
        removed: done.removed,
        raw_bytes: done.raw_bytes,
        stored_bytes: done.stored_bytes,
        file_bytes: (before, store.status(&session.tenant)?.disk_bytes),
        trial: args.dry_run,
    };
    session.print(&pages::prune(&page))?;
    store.close()?;
    Ok(Outcome::Done)
}

/// How long each band is kept, in microseconds; `None`: for ever.
type Keep = BTreeMap<AttentionBand, Option<i64>>;

/// The constants in force, with what the option says instead.
fn spans(spec: &[String], tuning: &Tuning) -> Result<Keep> {
    let days = |n: f64| Some((n * DAY as f64) as i64);
    let mut keep: Keep = BTreeMap::from([
        (AttentionBand::IgnoreFast, days(tuning.keep_ignore_fast)),
        (AttentionBand::Background, days(tuning.keep_background)),
        (AttentionBand::Watch, days(tuning.keep_watch)),
        (AttentionBand::Investigate, days(tuning.keep_investigate)),
        (AttentionBand::Promote, None),
    ]);
    for entry in spec {
        let wrong = || {
            Error::new(Kind::Usage, format!("cannot read {entry:?} of --keep")).hint(
                "write BAND=SPAN, as in --keep background=7d,watch=forever; \
                 bands: ignore_fast, background, watch, investigate, promote",
            )
        };
        let (band, span) = entry.split_once('=').ok_or_else(wrong)?;
        let band = AttentionBand::ALL
            .into_iter()
            .find(|b| b.name() == band.trim())
            .ok_or_else(wrong)?;
        let span = match span.trim() {
            "forever" => None,
            span => Some(parse_span(span).ok_or_else(wrong)?),
        };
        keep.insert(band, span);
    }
    Ok(keep)
}

/// A time in which nothing was logged, longer than a machine in use is silent: it was off, or its clock jumped.
struct Pause {
    from: Timestamp,
    to: Timestamp,
}

/// Pauses of a clock that jumped are of years; shorter ones age no more than the records that matter least.
const PAUSE: i64 = 30 * DAY;

/// The pauses of a tenant before the as-of time, latest first.
fn pauses(facts: &Facts) -> Vec<Pause> {
    let activity = facts.signatures.iter().flat_map(|s| &s.activity);
    let mut hours: BTreeSet<Hour> = activity.flat_map(|a| &a.cells).map(|c| c.hour).collect();
    hours.insert(facts.as_of.hour());
    let times: Vec<Timestamp> = hours.iter().rev().map(|h| h.start()).collect();
    let apart = times.windows(2).map(|two| Pause {
        from: two[1],
        to: two[0],
    });
    apart.filter(|p| p.to.since(p.from) > PAUSE).collect()
}

/// The time so long before another that the pauses in between do not count.
fn before(mut time: Timestamp, mut span: i64, pauses: &[Pause]) -> Timestamp {
    for pause in pauses {
        let lived = time.since(pause.to).max(0);
        if lived >= span {
            break;
        }
        span -= lived;
        time = pause.from;
    }
    time.plus(-span)
}

/// Until when the evidence of each fingerprint may go. What a promoted incident speaks of is never in it.
fn expiry(seen: &View, keep: &Keep, pauses: &[Pause]) -> Expiry {
    let facts = &seen.learned.facts;
    let kept = seen.incidents.iter();
    let promoted: BTreeSet<usize> = kept
        .flat_map(|i| seen.lookup.signatures(&i.signature_ids))
        .collect();
    let mut of_signature: BTreeMap<SignatureId, Timestamp> = BTreeMap::new();
    let all = facts.signatures.iter().zip(&seen.discovery.attention);
    for (index, (signature, attention)) in all.enumerate() {
        if let Some(Some(span)) = keep.get(&attention.band)
            && !promoted.contains(&index)
        {
            of_signature.insert(signature.id, before(facts.as_of, *span, pauses));
        }
    }
    let of = |(number, id): (&u32, &SignatureId)| of_signature.get(id).map(|t| (*number, *t));
    seen.learned.signature_of.iter().filter_map(of).collect()
}
