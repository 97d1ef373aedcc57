//! `ingest`: logs into the store.

use super::after::after;
use super::progress::Bar;
use super::session::{Outcome, Session};
use super::{cursor, follow};
use crate::error::{Error, Kind, Result};
use crate::formats::{FORMATS, Zone};
use crate::intake::{Binary, Limits, Partial};
use crate::pipeline::{
    BATCH_BYTES, CHUNK, Checked, Ingested, Missing, Pause, Request, Routes, check, ingest,
};
use crate::report::pages::{self, DryRun, IngestPage, Skipped};
use crate::store::Store;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Read logs into the store; what was read before is skipped
///
/// Files, directories and patterns are read from where the last run stopped, through rotation and through gzip, zstd, xz
/// and bzip2. Without a path, standard input is read. A record that cannot be understood is kept and counted, never
/// dropped, and the summary says how well all of them were understood.
#[derive(clap::Args, Debug)]
#[command(
    after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{LIMITS}")
)]
pub struct Args {
    /// Files, directories, patterns, or - for standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The format of the records [default: auto]
    ///
    /// With auto, each source is looked at by itself.
    #[arg(short, long, value_name = "FORMAT", value_parser = input_formats())]
    input_format: Option<String>,
    /// What a column of a CSV file means: timestamp, message, host, service or severity [repeatable]
    ///
    /// With it, a first line with these columns is a header, whatever its other names are.
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// What to call standard input [default: stdin]
    #[arg(long, value_name = "NAME")]
    source_label: Option<String>,
    /// Go on with what is written later, through rotation
    ///
    /// New records are committed every second, and in between others can use the store. SIGINT and SIGTERM end it after a
    /// commit, with the summary; that is its usual end, and the exit code is 0 then.
    #[arg(short = 'F', long, conflicts_with_all = ["dry_run", "flush_partial"])]
    follow: bool,
    /// Leave out records older than this: 24h, 7d, 2026-03-16
    ///
    /// They are counted, and are not looked at again by a later run.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// When the last record was written, where stamps name no year: 2023-01-05 [default: as old as the file is]
    ///
    /// Each such stamp is of the latest year in which it lies before this. A copy that does not keep the age of its file
    /// needs it, and an old log on standard input.
    #[arg(long, value_name = "TIME", conflicts_with = "follow")]
    written: Option<String>,
    /// Print how far the journal was read, for journalctl --after-cursor
    ///
    /// The cursor of the newest entry taken in under --source-label, or under any name. Nothing is read.
    #[arg(long, conflicts_with_all = ["paths", "input_format", "follow", "since", "dry_run", "flush_partial", "allow_missing"])]
    journal_cursor: bool,
    /// Take it that a path or a pattern may have no file
    ///
    /// Otherwise one without a file is told of, and the run ends with 1, or with 66 if nothing else could be read.
    #[arg(long)]
    allow_missing: bool,
    /// Read and report, but store nothing
    #[arg(long)]
    dry_run: bool,
    /// Take an unfinished last line now
    ///
    /// Otherwise it is left for the next run, which may find its end.
    #[arg(long)]
    flush_partial: bool,
    /// Read also files that look like no text, line by line
    ///
    /// Otherwise programs, pictures and the like are left out and named. What standard input brings is always read.
    #[arg(long)]
    force_text: bool,
    /// Unpack archives to so many times their size; beyond it and 256 MiB they are left [default: 200]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_ratio: Option<u64>,
    /// Worker threads [default: one per processor, up to 8]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

const EXAMPLES: &str = "\
Examples:
  brainstem ingest /var/log
  brainstem ingest '/var/log/app/*.log*'
  journalctl -o json --all | brainstem ingest
  journalctl -o json -f | brainstem ingest --follow
  brainstem ingest --follow /var/log/syslog '/var/log/app/*.log'
  ssh fw-01 cat /var/log/messages | brainstem ingest --source-label fw-01";

const LIMITS: &str = "\
The journal:
  Entries of journalctl -o json are known by their cursor: those that come
  again are skipped, so pipes may overlap. To keep them short, begin where
  the store ends. Do not use journalctl --cursor-file: it moves on also
  when what it wrote was not stored.
    c=$(brainstem ingest --journal-cursor)
    journalctl -o json --all ${c:+\"--after-cursor=$c\"} |
      brainstem ingest

Limits:
  A file is known again by its content. Other lines on standard input have
  no place of their own: piped in twice, they count twice.
  Lines that a rotation threw away before they were read are lost; where
  a gap can be seen, it is told.
  Two files of one rotation with the same bytes count as one.";

/// What standard input is called where nobody says otherwise.
const STDIN: &str = "stdin";

fn input_formats() -> clap::builder::PossibleValuesParser {
    std::iter::once("auto")
        .chain(FORMATS.iter().map(|f| f.name()))
        .collect::<Vec<_>>()
        .into()
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let began = Instant::now();
    if args.journal_cursor {
        return cursor::run(args.source_label.as_deref(), session);
    }
    let request = request(&args, session)?;
    session.signals.heed();
    if args.follow {
        let done = follow::follow(request, session)?;
        let store = session.create_store()?;
        return summary(&args, done, store, session, began);
    }
    let store = if args.dry_run {
        Store::in_memory()?
    } else {
        session.create_store()?
    };
    let (done, signal) = take_in(&store, &request, session)?;
    if signal.is_none() {
        something_read(&done, session, CHECK_OR_ALLOW)?;
    }
    done.notes.iter().for_each(|n| session.note(n));
    store.keep_reserve();
    let outcome = summary(&args, done, store, session, began)?;
    Ok(signal.map_or(outcome, Outcome::Signalled))
}

/// Tells what was done, once the store is closed.
fn summary(
    args: &Args,
    done: Ingested,
    store: Store,
    session: &mut Session,
    began: Instant,
) -> Result<Outcome> {
    for (tenant, count) in &done.elsewhere {
        session.note(&format!(
            "{count} of the events belong to {tenant}, as the configuration says"
        ));
    }
    let after = if done.records > 0 {
        Some(after(&store, session, &done)?)
    } else {
        None
    };
    let found = match &after {
        Some(after) if !args.dry_run => after.created(&store, session)?,
        _ => 0,
    };
    let skipped: Vec<Skipped> = done
        .unread
        .iter()
        .map(|u| Skipped {
            source: u.name.clone(),
            reason: u.reason.clone(),
        })
        .collect();
    let seen_before = after.as_ref().map(|a| a.seen_before()).unwrap_or_default();
    let single = after.as_ref().filter(|_| done.records == 1);
    let ids: Vec<String> = single.map(|a| a.ids()).unwrap_or_default();
    let trial = match (&after, args.dry_run) {
        (Some(after), true) => Some(after.trial(&store, session, &done, zone(session)?)?),
        _ => None,
    };
    store.close()?;
    let page = IngestPage {
        ingested: done.records,
        signatures_created: after.as_ref().map_or(0, |a| a.signatures_created),
        candidates_created: found,
        coverage: done.coverage,
        skipped_old: done.skipped_old,
        sources: done.sources.len() as u64,
        bytes: done.bytes,
        took: Some(began.elapsed().as_micros() as i64),
        event_id: single.and_then(|a| a.event_id.as_deref()),
        signature_id: single.and_then(|a| a.signature_id.as_deref()),
        candidate_ids: &ids,
        skipped: &skipped,
        seen_before: &seen_before,
        dry_run: if args.dry_run {
            DryRun::Yes
        } else {
            DryRun::No
        },
        trial: trial.as_ref(),
        as_of: session.now,
    };
    if !session.global.quiet || session.format() != "table" {
        session.print(&pages::ingest(&page))?;
    } else {
        skipped.iter().for_each(|s| session.warn(&s.reason));
    }
    Ok(match done.unread.is_empty() {
        true => Outcome::Done,
        false => Outcome::Partly,
    })
}

/// What the arguments ask for.
fn request(args: &Args, session: &Session) -> Result<Request> {
    let mut paths = args.paths.clone();
    if paths.is_empty() {
        paths.push(PathBuf::from("-"));
    }
    if paths.iter().any(|p| p.as_os_str() == "-") && std::io::stdin().is_terminal() {
        return Err(Error::new(
            Kind::Usage,
            "standard input is a terminal: there is nothing to read",
        )
        .hint("name a file, as in brainstem ingest /var/log/syslog, or pipe a log in"));
    }
    Ok(Request {
        paths,
        tenant: session.tenant.clone(),
        format: args.input_format.clone().filter(|f| f != "auto"),
        columns: args.map.iter().map(|m| meaning(m)).collect::<Result<_>>()?,
        label: args
            .source_label
            .clone()
            .unwrap_or_else(|| STDIN.to_string()),
        zone: zone(session)?,
        received_at: session.now,
        written: session.time_option("written", args.written.as_deref(), session.now)?,
        partial: if args.dry_run || args.flush_partial {
            Partial::Take
        } else {
            Partial::Leave
        },
        binary: if args.force_text {
            Binary::Take
        } else {
            Binary::Leave
        },
        limits: Limits {
            ratio: args.max_ratio.unwrap_or(Limits::default().ratio),
            ..Limits::default()
        },
        threads: threads(args.threads),
        batch_bytes: batch_bytes(),
        pause: Pause::Wait,
        since: session.time_option("since", args.since.as_deref(), session.now)?,
        routes: session.routes.clone(),
        missing: match args.allow_missing {
            true => Missing::Allowed,
            false => Missing::Told,
        },
        chunk: CHUNK,
    })
}

/// A field and the column it stands in.
fn meaning(told: &str) -> Result<(String, String)> {
    const FIELDS: [&str; 5] = ["timestamp", "message", "host", "service", "severity"];
    match told.split_once('=') {
        Some((field, column)) if FIELDS.contains(&field) && !column.trim().is_empty() => {
            Ok((field.to_string(), column.trim().to_string()))
        }
        _ => Err(
            Error::new(Kind::Usage, format!("cannot tell a column by {told:?}")).hint(
                "write --map timestamp=When, with timestamp, message, host, service or severity",
            ),
        ),
    }
}

/// Bytes of records between two commits. The variable is for tests, which want many commits of small logs.
fn batch_bytes() -> u64 {
    let said = std::env::var("BRAINSTEM_BATCH_BYTES").ok();
    let said = said.and_then(|s| s.parse().ok()).filter(|&n| n > 0);
    said.unwrap_or(BATCH_BYTES)
}

/// The zone of stamps that name none.
pub fn zone(session: &Session) -> Result<Zone> {
    match &session.global.timezone {
        Some(name) => super::settings::zone_of(name),
        None => {
            let tz = std::env::var("TZ").ok();
            let link = std::fs::read_link("/etc/localtime").ok();
            Ok(Zone::system(tz.as_deref(), link.as_deref()))
        }
    }
}

/// What reads files, as they are now, for looking at them once.
fn in_memory(paths: &[PathBuf], session: &Session) -> Result<Request> {
    Ok(Request {
        paths: paths.to_vec(),
        tenant: session.tenant.clone(),
        format: None,
        columns: Vec::new(),
        label: STDIN.to_string(),
        zone: zone(session)?,
        received_at: session.now,
        written: None,
        partial: Partial::Take,
        binary: Binary::Leave,
        limits: Limits::default(),
        threads: threads(None),
        batch_bytes: BATCH_BYTES,
        pause: Pause::Wait,
        since: None,
        routes: Routes::default(),
        missing: Missing::Told,
        chunk: CHUNK,
    })
}

/// Reads files into a store in memory, taking unfinished last lines too; says what could not be read.
pub fn read_into_memory(paths: &[PathBuf], session: &Session) -> Result<(Store, Vec<String>)> {
    let store = Store::in_memory()?;
    session.signals.heed();
    let request = in_memory(paths, session)?;
    let (done, _) = take_in(&store, &request, session)?;
    done.notes.iter().for_each(|n| session.note(n));
    something_read(&done, session, CHECK)?;
    Ok((store, done.unread.into_iter().map(|u| u.reason).collect()))
}

/// Reads files several times in different ways into stores in memory, and compares what became of them.
pub fn check_readings(path: &Path, session: &Session) -> Result<Checked> {
    if path == Path::new("-") {
        return Err(
            Error::new(Kind::Usage, "standard input cannot be read twice")
                .hint("write it to a file, and name that"),
        );
    }
    let mut request = in_memory(&[path.to_path_buf()], session)?;
    session.signals.heed();
    let mut bar = Bar::new(None, session.global.quiet, session.signals.clone());
    let checked = check(&mut request, &mut bar);
    bar.clear();
    let (done, checked) = checked?;
    something_read(&done, session, CHECK)?;
    Ok(checked)
}

/// What to do when nothing could be read.
const CHECK: &str = "check the paths; brainstem ingest - reads standard input";
/// The same where files may be missing.
const CHECK_OR_ALLOW: &str = "check the paths, or say --allow-missing if there may be no file; brainstem ingest - reads standard input";

/// Fails when inputs were named and none of them could be read; the error tells of the first, the others are told before.
fn something_read(done: &Ingested, session: &Session, hint: &str) -> Result<()> {
    let [first, rest @ ..] = done.unread.as_slice() else {
        return Ok(());
    };
    if !done.sources.is_empty() {
        return Ok(());
    }
    rest.iter().for_each(|u| session.warn(&u.reason));
    let message = format!("no input could be read: {}", first.reason);
    let hint = first.hint.as_deref().unwrap_or(hint);
    Err(Error::new(Kind::NoInput, message).hint(hint))
}

/// As many threads as asked for, or as there are processors.
fn threads(asked: Option<usize>) -> usize {
    asked
        .unwrap_or_else(|| {
            std::thread::available_parallelism()
                .map_or(1, usize::from)
                .min(8)
        })
        .clamp(1, 64)
}

/// Runs the pipeline under a progress bar.
pub fn take_in(
    store: &Store,
    request: &Request,
    session: &Session,
) -> Result<(Ingested, Option<u8>)> {
    let bytes = request
        .paths
        .iter()
        .map(|p| {
            std::fs::metadata(p)
                .ok()
                .filter(|m| m.is_file())
                .map(|m| m.len())
        })
        .sum();
    let mut bar = Bar::new(bytes, session.global.quiet, session.signals.clone());
    let done = ingest(store, request, &mut bar);
    bar.clear();
    Ok((done?, bar.signal()))
}
