//! `ingest`: logs into the store.

use super::progress::Bar;
use super::session::{Outcome, Session};
use crate::candidate::Candidate;
use crate::error::{Error, Kind, Result};
use crate::formats::{FORMATS, Zone};
use crate::intake::Partial;
use crate::memory::Incident;
use crate::pipeline::{CHUNK, Checked, Ingested, Request, View, check, ingest, view};
use crate::report::pages::{self, DryRun, IngestPage, SeenBefore, Skipped};
use crate::signature::SignatureId;
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
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
    /// What to call standard input
    #[arg(long, value_name = "NAME", default_value = "stdin")]
    source_label: String,
    /// Read and report, but store nothing
    #[arg(long)]
    dry_run: bool,
    /// Take an unfinished last line now
    ///
    /// Otherwise it is left for the next run, which may find its end.
    #[arg(long)]
    flush_partial: bool,
    /// Worker threads [default: one per processor, up to 8]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

const EXAMPLES: &str = "\
Examples:
  brainstem ingest /var/log
  brainstem ingest '/var/log/app/*.log*'
  journalctl -o json --all | brainstem ingest
  ssh fw-01 cat /var/log/messages | brainstem ingest --source-label fw-01";

const LIMITS: &str = "\
Limits:
  A file is known again by its content. Lines on standard input have no
  place of their own: piped in twice, they count twice.
  Lines that a rotation threw away before they were read are lost; where
  a gap can be seen, it is told.
  Two files of one rotation with the same bytes count as one.";

fn input_formats() -> clap::builder::PossibleValuesParser {
    std::iter::once("auto")
        .chain(FORMATS.iter().map(|f| f.name()))
        .collect::<Vec<_>>()
        .into()
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let began = Instant::now();
    let request = request(&args, session)?;
    let store = if args.dry_run {
        Store::in_memory()?
    } else {
        session.create_store()?
    };
    let (done, signal) = take_in(&store, &request, session)?;
    if signal.is_none() {
        something_read(&done, session)?;
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
    done.notes.iter().for_each(|n| session.note(n));
    let seen_before = after.as_ref().map(|a| a.seen_before()).unwrap_or_default();
    let single = after.as_ref().filter(|_| done.records == 1);
    let ids: Vec<String> = single.map(|a| a.ids()).unwrap_or_default();
    let page = IngestPage {
        ingested: done.records,
        signatures_created: after.as_ref().map_or(0, |a| a.signatures_created),
        candidates_created: found,
        coverage: done.coverage,
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
        as_of: session.now,
    };
    if !session.global.quiet || session.format() != "table" {
        session.print(&pages::ingest(&page))?;
    } else {
        skipped.iter().for_each(|s| session.warn(&s.reason));
    }
    Ok(outcome(&done, signal))
}

fn outcome(done: &Ingested, signal: Option<u8>) -> Outcome {
    if let Some(signal) = signal {
        return Outcome::Signalled(signal);
    }
    if done.unread.is_empty() {
        Outcome::Done
    } else {
        Outcome::Partly
    }
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
        label: args.source_label.clone(),
        zone: zone(session)?,
        received_at: session.now,
        partial: if args.dry_run || args.flush_partial {
            Partial::Take
        } else {
            Partial::Leave
        },
        threads: threads(args.threads),
        chunk: CHUNK,
    })
}

/// The zone of stamps that name none.
pub fn zone(session: &Session) -> Result<Zone> {
    match &session.global.timezone {
        Some(name) => Zone::parse(name).ok_or_else(|| {
            Error::new(Kind::Usage, format!("there is no time zone {name:?}"))
                .hint("write --timezone UTC, --timezone +02:00 or --timezone Europe/Berlin")
        }),
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
        label: "stdin".to_string(),
        zone: zone(session)?,
        received_at: session.now,
        partial: Partial::Take,
        threads: threads(None),
        chunk: CHUNK,
    })
}

/// Reads files into a store in memory, taking unfinished last lines too; says what could not be read.
pub fn read_into_memory(paths: &[PathBuf], session: &Session) -> Result<(Store, Vec<String>)> {
    let store = Store::in_memory()?;
    let request = in_memory(paths, session)?;
    let (done, _) = take_in(&store, &request, session)?;
    done.notes.iter().for_each(|n| session.note(n));
    something_read(&done, session)?;
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
    let mut bar = Bar::new(None, session.global.quiet);
    let checked = check(&mut request, &mut bar);
    bar.clear();
    let (done, checked) = checked?;
    something_read(&done, session)?;
    Ok(checked)
}

/// Fails when inputs were named and none of them could be read; the error tells of the first, the others are told before.
fn something_read(done: &Ingested, session: &Session) -> Result<()> {
    let [first, rest @ ..] = done.unread.as_slice() else {
        return Ok(());
    };
    if !done.sources.is_empty() {
        return Ok(());
    }
    rest.iter().for_each(|u| session.warn(&u.reason));
    let message = format!("no input could be read: {}", first.reason);
    Err(Error::new(Kind::NoInput, message)
        .hint("check the paths; brainstem ingest - reads standard input"))
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
    let mut bar = Bar::new(bytes, session.global.quiet);
    let done = ingest(store, request, &mut bar);
    bar.clear();
    Ok((done?, bar.signal()))
}

/// What the store looks like after a run that stored something.
struct After {
    view: View,
    signatures_created: u64,
    event_id: Option<String>,
    signature_id: Option<String>,
    touched: BTreeSet<String>,
}

fn after(store: &Store, session: &Session, done: &Ingested) -> Result<After> {
    let newest = store
        .newest(&session.tenant, session.now)?
        .unwrap_or(session.now);
    let view = view(store, &session.tenant, newest.plus(1), &session.tuning)?;
    let of = &view.learned.signature_of;
    let touched: BTreeSet<String> = done
        .touched
        .iter()
        .filter_map(|n| of.get(n))
        .map(ToString::to_string)
        .collect();
    let signature_id = touched.iter().next().cloned();
    let last = store.status(&session.tenant)?.next_ordinal.checked_sub(1);
    Ok(After {
        signatures_created: signatures_created(of, &done.fresh),
        event_id: last.map(crate::signature::event_id),
        signature_id,
        touched,
        view,
    })
}

/// Signatures none of whose fingerprints was there before.
fn signatures_created(of: &BTreeMap<u32, SignatureId>, fresh: &BTreeSet<u32>) -> u64 {
    let known: BTreeSet<SignatureId> = of
        .iter()
        .filter(|(n, _)| !fresh.contains(n))
        .map(|(_, id)| *id)
        .collect();
    let of_fresh: BTreeSet<SignatureId> = fresh.iter().filter_map(|n| of.get(n)).copied().collect();
    of_fresh.difference(&known).count() as u64
}

impl After {
    /// Candidates that speak of what was just stored.
    fn candidates(&self) -> impl Iterator<Item = &Candidate> {
        let ours = |c: &&Candidate| {
            c.signatures
                .iter()
                .any(|s| self.touched.contains(&s.to_string()))
        };
        self.view.discovery.candidates.iter().filter(ours)
    }

    fn ids(&self) -> Vec<String> {
        self.candidates().map(|c| c.candidate_id.clone()).collect()
    }

    /// Remembers the candidates there are, and counts those there were not before.
    fn created(&self, store: &Store, session: &Session) -> Result<u64> {
        let ids: Vec<String> = self
            .view
            .discovery
            .candidates
            .iter()
            .map(|c| c.candidate_id.clone())
            .collect();
        let mut batch = store.batch(&session.tenant);
        let created = batch.raise(&ids)?;
        batch.commit(&[], None)?;
        Ok(created)
    }

    /// Memory that speaks of what was just stored.
    fn seen_before(&self) -> Vec<SeenBefore> {
        let view = &self.view;
        let touched = |i: &usize| {
            let id = view.learned.facts.signatures[*i].id;
            self.touched.contains(&id.to_string())
        };
        let ours = |i: &&Incident| {
            let known = view.lookup.signatures(&i.signature_ids);
            known.iter().any(touched)
        };
        let mut found: Vec<&Incident> = view.incidents.iter().filter(ours).collect();
        let rank = |i: &Incident| {
            view.helped
                .get(&i.incident_memory_id)
                .map_or(0, |h| h.rank())
        };
        found.sort_by_key(|i| std::cmp::Reverse(rank(i)));
        let seen = |i: &Incident| SeenBefore {
            incident_memory_id: i.incident_memory_id.clone(),
            title: i.title.clone(),
            last_seen: i.last_seen,
            check: i.check.clone(),
            helped: view.helped.get(&i.incident_memory_id).map(|h| h.words()),
        };
        found.into_iter().map(seen).collect()
    }
}
