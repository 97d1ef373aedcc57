//! `digest`: the operator's page.

use super::candidates::{as_of, band, band_names};
use super::ingest::read_into_memory;
use super::session::{Outcome, Session};
use crate::candidate::{Candidate, CandidateType, DecisionBand};
use crate::envelope::Coverage;
use crate::error::Result;
use crate::memory::LedgerEntry;
use crate::pipeline::{Records, View, last_outlook, newest, view};
use crate::recall::{State, change_since, count_on, gone_since, is_sealed, sealed, told};
use crate::report::pages::{self, DigestItem, DigestPage, Gone, HeldBack, Known};
use crate::report::{Change, Secrets, lossless, mask};
use crate::store::{Outlook, Store};
use crate::time::{DAY, Timestamp};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Print the page of the day: what stands out, and what to do next
///
/// Each digest of the store is remembered, so that the next one can tell what is new, worse, the same, better or gone. With paths, a page about those files alone: they are read into memory and nothing is stored.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  brainstem digest\n  brainstem digest /var/log/syslog /var/log/syslog.1\n  \
    brainstem digest --format markdown | mail -s 'Logs' ops@example.net\n  \
    brainstem digest --exceptions-only    for cron: a line when all is well"
)]
pub struct Args {
    /// Files, directories or patterns to look at instead of the store
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Tell of what was seen since then: 24h, 7d, 2026-03-15
    #[arg(long, value_name = "TIME", default_value = "24h")]
    since: String,
    /// At most so many items; 0 for all
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Only what is new or worse since the last digest; one sealed line when there is nothing
    #[arg(long)]
    exceptions_only: bool,
    /// Do not remember this digest: the next one will compare with the one before
    #[arg(long)]
    dry_run: bool,
    /// Check the seal of a line that --exceptions-only printed
    #[arg(long, value_name = "LINE", conflicts_with = "paths")]
    verify: Option<String>,
    /// Exit with 3 when an item is in this band or above
    #[arg(long, value_name = "BAND", value_parser = band_names())]
    fail_on: Option<String>,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    if let Some(line) = &args.verify {
        return verify(line, session);
    }
    let mut notices = Vec::new();
    let store = if args.paths.is_empty() {
        session.read_store()?
    } else {
        let (store, unread) = read_into_memory(&args.paths, session)?;
        notices.extend(unread);
        store
    };
    let as_of = as_of(session, &store)?;
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    let facts = &seen.learned.facts;
    let since = session
        .time_option("since", Some(&args.since), facts.as_of)?
        .unwrap_or(facts.as_of.plus(-DAY));
    let previous = match args.paths.is_empty() {
        true => store.last_digest(&session.tenant, facts.as_of)?,
        false => None,
    };
    let told_now: Vec<&Candidate> = (seen.discovery.candidates.iter())
        .filter(|c| belongs(c, since))
        .collect();
    let (mut items, below) = items(&args, previous.as_ref(), &told_now);
    let records = Records::new(&store, &session.tenant, &seen.learned)?;
    let secrets = session.look().secrets;
    for item in &mut items {
        item.example = example(&item.candidate, &store, &seen, &records, secrets)?;
    }
    let gone = gone(previous.as_ref(), &told_now, &seen);
    let coverage = coverage(&store, session)?;
    let held = held_back(&seen, since);
    let entry = LedgerEntry {
        tenant_id: session.tenant.clone(),
        made_at: session.now,
        as_of: facts.as_of,
        lines_read: coverage.lines_read,
        items: told_now.iter().map(|c| told(c)).collect(),
        statement: statement(
            session,
            &store,
            &seen,
            previous.as_ref(),
            &items,
            told_now.len(),
        )?,
    };
    let helped = seen.helped_words();
    let page = DigestPage {
        items: &items,
        below: &below,
        gone: &gone,
        previous: previous.as_ref().map(|p| p.as_of),
        held_back: &held,
        statement: if args.exceptions_only {
            &entry.statement
        } else {
            ""
        },
        ..page(session, &seen, since, coverage, &notices, &helped)
    };
    let silent = args.exceptions_only && items.is_empty() && notices.is_empty();
    if silent && session.format() == "table" {
        session.print_bytes(format!("{}\n", entry.statement).as_bytes())?;
    } else {
        let report = pages::digest(&page);
        session.print_judged(report)?;
    }
    session.finish()?;
    let last = last_outlook(&store, &session.tenant, as_of, &session.tuning);
    let is_news = session.global.as_of.is_none() && matches!(last, Ok(None));
    let outlook = is_news.then(|| seen.outlook(&session.tuning));
    let worst = items.iter().map(|i| i.candidate.decision_band).max();
    let unread = !notices.is_empty() || (silent && coverage.lines_read == 0);
    drop(store);
    if args.paths.is_empty() && !args.dry_run {
        remember(&entry, &outlook, session);
    }
    Ok(
        if band(args.fail_on.as_deref()).is_some_and(|b| worst >= Some(b)) {
            Outcome::Reached
        } else if unread {
            Outcome::Partly
        } else {
            Outcome::Done
        },
    )
}

/// Writes a digest into the ledger. The page was printed already: a store that cannot be written costs the next digest its
/// comparison, and this one nothing.
fn remember(entry: &LedgerEntry, outlook: &Option<Outlook>, session: &Session) {
    let written = session.write_store().and_then(|store| {
        store.record_digest(entry)?;
        let kept = match outlook {
            Some(outlook) => store.keep_outlook(&session.tenant, outlook),
            None => Ok(()),
        };
        if let Err(e) = kept {
            session.detail(&format!("what was found is not kept: {}", e.message));
        }
        Ok(())
    });
    if let Err(e) = written {
        session.note(&format!(
            "this digest is not remembered, so the next one compares with an earlier one: {}",
            e.message
        ));
    }
}

/// Whether a statement is one of this store's.
fn verify(line: &str, session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let (outcome, words) = match is_sealed(line, &store.creation_id()?) {
        true => (Outcome::Done, "the seal is right: this store said so\n"),
        false => (
            Outcome::Partly,
            "the seal is wrong: this store did not say so\n",
        ),
    };
    session.print_bytes(words.as_bytes())?;
    Ok(outcome)
}

/// What is told, and what does not fit; with `--exceptions-only` what is new or worse alone.
fn items(
    args: &Args,
    previous: Option<&LedgerEntry>,
    told_now: &[&Candidate],
) -> (Vec<DigestItem>, Vec<DigestItem>) {
    let change = |c: &Candidate| args.paths.is_empty().then(|| change_since(previous, c));
    let exceptional = |i: &DigestItem| {
        !args.exceptions_only || matches!(i.change, None | Some(Change::New | Change::Worse))
    };
    let mut items: Vec<DigestItem> = (told_now.iter())
        .map(|c| DigestItem {
            candidate: (*c).clone(),
            change: change(c),
            example: None,
        })
        .filter(exceptional)
        .collect();
    let limit = if args.limit == 0 {
        usize::MAX
    } else {
        args.limit
    };
    let below = items.split_off(items.len().min(limit));
    (items, below)
}

/// Characters of a message on the page: enough to know it by.
const EXAMPLE: usize = 240;

/// The newest message of a candidate's leading signature, where its template does not say everything.
fn example(
    c: &Candidate,
    store: &Store,
    seen: &View,
    records: &Records,
    secrets: Secrets,
) -> Result<Option<String>> {
    let all = &seen.learned.facts.signatures;
    let lead = all.iter().position(|s| Some(&s.id) == c.signatures.first());
    let found = match lead {
        Some(lead) => newest(store, &seen.learned, lead)?,
        None => None,
    };
    let message = found.map(|f| lossless(&records.message(&f)));
    // Masked before it is cut: half a secret is not known for one.
    let shown = |m: String| match secrets {
        Secrets::Masked => mask(&m).into_owned(),
        Secrets::Shown => m,
    };
    let cut = |m: String| match m.char_indices().nth(EXAMPLE) {
        Some((end, _)) => format!("{}…", &m[..end]),
        None => m,
    };
    Ok(message.filter(|m| *m != c.template).map(shown).map(cut))
}

fn gone(previous: Option<&LedgerEntry>, told_now: &[&Candidate], seen: &View) -> Vec<Gone> {
    gone_since(previous, told_now, &seen.discovery.candidates)
        .into_iter()
        .map(|t| Gone {
            candidate_id: t.candidate_id.clone(),
            title: t.title.clone(),
            last_seen: t.last_seen,
        })
        .collect()
}

/// What reviews hold back, what most is held back by first.
fn held_back(seen: &View, since: Timestamp) -> Vec<HeldBack> {
    let facts = &seen.learned.facts;
    let holding = seen.standings.iter().filter(|s| s.state == State::Holds);
    let mut all: Vec<HeldBack> = holding
        .map(|s| {
            let review = &seen.reviews[s.review];
            let signature = &facts.signatures[s.signature];
            let near: Vec<&str> = s.gauges.iter().map(|g| g.now.as_str()).collect();
            HeldBack {
                review_id: review.review_id.clone(),
                title: review.title.clone(),
                decision: review.decision.name().to_string(),
                reviewer: review.reviewer.clone(),
                since: review.created_at,
                hosts: (s.hosts.iter())
                    .map(|&h| facts.hosts[h as usize].clone())
                    .collect(),
                event_count: count_on(signature, &s.hosts, since.plus(-1), facts.as_of),
                until: review.until,
                wakes: (!near.is_empty()).then(|| near.join(", ")),
            }
        })
        .collect();
    all.sort_by(|a, b| {
        (b.event_count.cmp(&a.event_count)).then_with(|| a.review_id.cmp(&b.review_id))
    });
    all
}

/// The line that stands for a digest without items, sealed.
fn statement(
    session: &Session,
    store: &Store,
    seen: &View,
    previous: Option<&LedgerEntry>,
    items: &[DigestItem],
    all: usize,
) -> Result<String> {
    let coverage = coverage(store, session)?;
    let lines = coverage.lines_read;
    let sources = store.sources(&session.tenant)?.len();
    let many = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    let mut words = format!(
        "brainstem digest of {}: ran at {}, as of {}, read {} of {}",
        session.tenant,
        session.now,
        seen.learned.facts.as_of,
        many(lines as usize, "line"),
        many(sources, "source"),
    );
    if let Some(previous) = previous {
        let fresh = lines.saturating_sub(previous.lines_read);
        words.push_str(&format!(" ({fresh} since the last digest)"));
    }
    words.push_str(&format!(", {}", many(items.len(), "item")));
    if all > items.len() {
        words.push_str(&format!(" new or worse, {} as before", all - items.len()));
    }
    let held = seen.discovery.candidates.iter().filter(|c| c.held_back);
    match held.count() {
        0 => {}
        n => words.push_str(&format!(", {n} held back by reviews")),
    }
    if lines == 0 {
        words.push_str(": nothing was read, this is no all-clear");
    }
    Ok(sealed(&words, &store.creation_id()?))
}

/// A silence was last seen before it began; everything else must have happened in the window.
fn belongs(c: &Candidate, since: Timestamp) -> bool {
    !c.held_back
        && c.decision_band > DecisionBand::Ignore
        && (c.last_seen >= since || c.candidate_type == CandidateType::Silence)
}

/// The page without what is on it.
fn page<'a>(
    session: &'a Session,
    seen: &'a View,
    since: Timestamp,
    coverage: Coverage,
    notices: &'a [String],
    helped: &'a BTreeMap<String, String>,
) -> DigestPage<'a> {
    let facts = &seen.learned.facts;
    DigestPage {
        tenant: &session.tenant,
        as_of: facts.as_of,
        since,
        items: &[],
        below: &[],
        gone: &[],
        previous: None,
        held_back: &[],
        known: Known {
            incidents: &seen.incidents,
            helped,
        },
        coverage,
        hosts: facts.hosts.iter().filter(|h| !h.is_empty()).count() as u64,
        signatures: facts.signatures.len() as u64,
        statement: "",
        notices,
    }
}

fn coverage(store: &Store, session: &Session) -> Result<Coverage> {
    let mut all = Coverage::default();
    store
        .sources(&session.tenant)?
        .iter()
        .for_each(|s| all.add(&s.coverage));
    Ok(all)
}
