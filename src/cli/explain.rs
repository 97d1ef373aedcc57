//! `explain`: everything about a candidate, signature, event or incident.

use super::candidates::{as_of, find};
use super::listing::Listing;
use super::review::{about, rows};
use super::session::{Outcome, Session};
use super::subject::{Subject, row, signature_of, subject};
use crate::candidate::Candidate;
use crate::error::Result;
use crate::formats::{Context, Zone, detect};
use crate::memory::{Act, Incident, Overrule, PinnedRecord};
use crate::pipeline::{Records, View, samples, slot_values, view};
use crate::report::pages::{
    self, Alias, AttentionReason, CandidatePage, EventPage, IncidentPage, Known, Lineage,
    MemberRow, Sample, SignaturePage,
};
use crate::report::{MASK, Report, Secrets, lossless, mask};
use crate::signature::{SignatureId, SlotReport, event_id, id_text};
use crate::store::{Found, Member, Store};
use std::collections::BTreeSet;

/// Show all about one candidate, signature, event or incident
///
/// For a candidate: how its score comes about, the records behind it, what would change the decision, what to check next.
/// For a signature: how much attention it has earned and why, and what it is made of. For an event: its fields and the raw
/// record. For an incident: what was kept.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem explain cand_cfpzfn
  brainstem explain cand_cf --recompute
  brainstem explain sig_rtmvsn --samples 20 --format json")]
pub struct Args {
    /// A cand_, sig_, evt_ or inc_ id, or the beginning of one
    #[arg(value_name = "ID", value_hint = clap::ValueHint::Other)]
    id: String,
    /// Compute the score once more from what is stored, and compare
    #[arg(long)]
    recompute: bool,
    /// Show so many records
    #[arg(long, value_name = "N", default_value_t = 5)]
    samples: usize,
    /// Show whole records where they are JSON or XML, and not only their messages
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    listing: Listing,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let as_of = as_of(session, &store)?;
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    let (report, outcome) = report(&args, session, &store, &seen)?;
    session.print_judged(args.listing.apply(report, 0)?)?;
    Ok(outcome)
}

/// The page about an id with so many raw records.
pub fn page(
    id: &str,
    samples: usize,
    session: &Session,
    store: &Store,
    seen: &View,
) -> Result<Report> {
    let args = Args {
        id: id.to_string(),
        recompute: false,
        samples,
        raw: true,
        listing: Listing::default(),
    };
    report(&args, session, store, seen).map(|(report, _)| report)
}

fn report(args: &Args, session: &Session, store: &Store, seen: &View) -> Result<(Report, Outcome)> {
    let done = |report| (report, Outcome::Done);
    match subject(&args.id, session, store, seen)? {
        Subject::Candidate(c) => candidate(c, args, session, store, seen),
        Subject::Signature(index) => signature(index, args, session, store, seen).map(done),
        Subject::Event(found) => event(&found, session, store, seen).map(done),
        Subject::Incident(i) => Ok(done(incident(&store.with_records(i)?, args, seen))),
        Subject::Review(review) => {
            let rows = rows(seen, |r| r.review_id == review.review_id);
            Ok(done(pages::reviews(&rows, seen.learned.facts.as_of)))
        }
    }
}

/// Whether a record is a document, whose message is easier to read: JSON or XML. Time and host stand beside it on a page.
fn is_document(raw: &[u8]) -> bool {
    match raw.trim_ascii_start() {
        [b'{', rest @ ..] | [b'[', b'{', rest @ ..] => rest.contains(&b'"'),
        [b'<', next, ..] => next.is_ascii_alphabetic() || *next == b'?',
        _ => false,
    }
}

/// Records as pages show them.
fn shown(store: &Store, seen: &View, ids: &[SignatureId], args: &Args) -> Result<Vec<Sample>> {
    let records = Records::new(store, &seen.learned.facts.tenant, &seen.learned)?;
    let found = samples(store, &seen.learned, ids, args.samples)?;
    let message = |f: &Found| {
        let message = match args.raw || !is_document(f.record.text()) {
            true => return None,
            false => records.message(f).into_owned(),
        };
        Some(message).filter(|m| !m.is_empty())
    };
    let sample = |f: Found| Sample {
        event_id: event_id(f.ordinal),
        timestamp: f.time,
        source: records.source_name(f.source).to_string(),
        message: message(&f),
        raw: f.record.text().to_vec(),
        host: f.host,
    };
    Ok(found.into_iter().map(sample).collect())
}

fn candidate(
    candidate: &Candidate,
    args: &Args,
    session: &Session,
    store: &Store,
    seen: &View,
) -> Result<(Report, Outcome)> {
    let ids: Vec<String> = candidate
        .signatures
        .iter()
        .map(ToString::to_string)
        .collect();
    let samples = shown(store, seen, &candidate.signatures, args)?;
    let recomputed = match args.recompute {
        true => Some(recompute(session, store, seen, candidate)?),
        false => None,
    };
    let page = CandidatePage {
        candidate,
        as_of: seen.learned.facts.as_of,
        samples: &samples,
        known: Known {
            incidents: &seen.incidents,
            helped: &seen.helped_words(),
        },
        reviews: &about(seen, &seen.lookup.signatures(&ids)),
        recomputed,
    };
    let outcome = match recomputed {
        Some(points) if points != candidate.score_points => Outcome::Partly,
        _ => Outcome::Done,
    };
    Ok((pages::explain_candidate(&page), outcome))
}

/// The score from facts that are read anew.
fn recompute(session: &Session, store: &Store, seen: &View, candidate: &Candidate) -> Result<i64> {
    let again = view(
        store,
        &session.tenant,
        seen.learned.facts.as_of,
        &session.tuning,
    )?;
    find(&again, &candidate.candidate_id)
        .map(|c| c.score_breakdown.iter().map(|row| row.points).sum())
}

/// Candidates that speak of a signature: id and title.
fn speaking_of(seen: &View, id: SignatureId) -> Vec<(String, String)> {
    let about = seen
        .discovery
        .candidates
        .iter()
        .filter(|c| c.signatures.contains(&id));
    about
        .map(|c| (c.candidate_id.clone(), c.title.clone()))
        .collect()
}

/// Memory that speaks of a signature: id and title.
fn remembering(seen: &View, index: usize) -> Vec<(String, String)> {
    let about = seen
        .incidents
        .iter()
        .filter(|i| seen.lookup.signatures(&i.signature_ids).contains(&index));
    about
        .map(|i| (i.incident_memory_id.clone(), i.title.clone()))
        .collect()
}

/// Older ids that name a signature now: its members that stood for a signature once, or that somebody wrote down.
fn aliases(
    seen: &View,
    own: SignatureId,
    members: &[Member],
    overrules: &[Overrule],
) -> Vec<Alias> {
    let memories = seen.incidents.iter().chain(&seen.merged);
    let of_memory = memories.flat_map(|i| &i.signature_ids);
    let of_reviews = seen.reviews.iter().flat_map(|r| &r.signature_ids);
    let recorded: BTreeSet<&String> = of_memory.chain(of_reviews).collect();
    let named = |act: Act, id: &String| {
        let mut of_act = overrules.iter().filter(|o| o.act == act);
        of_act.any(|o| o.signature_ids.contains(id))
    };
    let alias = |m: &Member| {
        let signature_id = SignatureId(m.fingerprint).to_string();
        let recorded = recorded.contains(&signature_id);
        let why = match () {
            () if named(Act::Merge, &signature_id) => "merged",
            () if named(Act::Split, &signature_id) => "split",
            () => "grown",
        };
        (m.stood.is_some() || recorded || why != "grown").then_some(Alias {
            signature_id,
            why,
            stood_until: m.stood,
            recorded,
        })
    };
    let others = members.iter().filter(|m| m.fingerprint != own.0);
    others.filter_map(alias).collect()
}

/// What people overruled about any of these fingerprints, oldest first.
fn overruled(all: Vec<Overrule>, members: &[Member]) -> Vec<Overrule> {
    let ids: BTreeSet<String> = members
        .iter()
        .map(|m| SignatureId(m.fingerprint).to_string())
        .collect();
    let about = |o: &Overrule| o.signature_ids.iter().any(|id| ids.contains(id));
    all.into_iter().filter(about).collect()
}

/// What the row `memory` of a signature's attention comes from.
fn recorded(seen: &View, index: usize) -> String {
    let reviews = seen.standings.iter().filter(|s| s.signature == index);
    let reviews = reviews.map(|s| s.words(&seen.reviews[s.review]));
    let titles = remembering(seen, index).into_iter().map(|(_, title)| title);
    reviews.chain(titles).collect::<Vec<_>>().join("; ")
}

fn signature(
    index: usize,
    args: &Args,
    session: &Session,
    store: &Store,
    seen: &View,
) -> Result<Report> {
    let facts = &seen.learned.facts.signatures[index];
    let attention = &seen.discovery.attention[index];
    let reasons: Vec<AttentionReason> = attention
        .contributions
        .iter()
        .map(|e| AttentionReason {
            name: e.name.to_string(),
            value: e.value,
            weight: e.weight,
            contribution: e.points as f64 / 10_000.0,
            detail: if e.name == "memory" {
                recorded(seen, index)
            } else {
                String::new()
            },
        })
        .collect();
    let numbers = seen.learned.fingerprints_of(facts.id);
    let mut members = store.members(&session.tenant, &numbers, seen.learned.facts.as_of)?;
    members.sort_by_key(|m| (m.first_seen, m.fingerprint));
    let overrules = overruled(store.overrules(&session.tenant)?, &members);
    let aliases = aliases(seen, facts.id, &members, &overrules);
    let member = |m: &Member| MemberRow {
        fingerprint: id_text("fp_", m.fingerprint.0),
        template: m.template.clone(),
        count: m.count,
        first_seen: m.first_seen,
    };
    let rows: Vec<MemberRow> = members.iter().map(member).collect();
    let samples = shown(store, seen, &[facts.id], args)?;
    let mut slots = slot_values(store, &seen.learned, facts)?;
    if session.look().secrets == Secrets::Masked {
        hide_secrets(&mut slots);
    }
    let page = SignaturePage {
        signature: &row(seen, index),
        as_of: seen.learned.facts.as_of,
        severities: &facts.severities,
        reasons: &reasons,
        members: &rows,
        slots: &slots,
        lineage: Lineage {
            algorithm: crate::refine::VERSION,
            aliases: &aliases,
            overrules: &overrules,
        },
        candidates: &speaking_of(seen, facts.id),
        incidents: &remembering(seen, index),
        reviews: &about(seen, &[index]),
        samples: &samples,
    };
    Ok(pages::explain_signature(&page))
}

/// Hides values that the words before them make a secret, which they do not show by themselves.
fn hide_secrets(slots: &mut SlotReport) {
    for slot in &mut slots.slots {
        for (value, _) in &mut slot.top {
            if !mask(&format!("{}{value}", slot.before)).ends_with(value.as_str()) {
                *value = MASK.to_string();
            }
        }
    }
}

fn event(found: &Found, session: &Session, store: &Store, seen: &View) -> Result<Report> {
    let records = Records::new(store, &session.tenant, &seen.learned)?;
    let event = records.event(found);
    let index = signature_of(seen, found);
    let facts = index.map(|i| &seen.learned.facts.signatures[i]);
    let page = EventPage {
        event: &event,
        raw: found.record.text(),
        template: facts.map_or("", |s| s.template.as_str()),
        signature_count: facts.map_or(0, |s| s.count),
        candidates: &facts.map(|s| speaking_of(seen, s.id)).unwrap_or_default(),
        incidents: &index.map(|i| remembering(seen, i)).unwrap_or_default(),
        as_of: seen.learned.facts.as_of,
    };
    Ok(pages::explain_event(&page))
}

/// The message of a record that was kept, where it is a document.
fn kept_message(record: &PinnedRecord) -> Option<String> {
    let raw = record.raw.as_bytes();
    if !is_document(raw) {
        return None;
    }
    let mut context = Context::new(Zone::Utc, record.timestamp, record.timestamp);
    let parsed = detect(&[raw]).parse(raw, &mut context);
    Some(lossless(&parsed.message)).filter(|m| !m.is_empty())
}

fn incident(incident: &Incident, args: &Args, seen: &View) -> Report {
    let facts = &seen.learned.facts;
    let known = seen.lookup.signatures(&incident.signature_ids);
    let known: BTreeSet<SignatureId> = known.into_iter().map(|i| facts.signatures[i].id).collect();
    let ours = |c: &&Candidate| c.signatures.iter().any(|s| known.contains(s));
    let candidates: Vec<(String, String)> = seen
        .discovery
        .candidates
        .iter()
        .filter(ours)
        .map(|c| (c.candidate_id.clone(), c.title.clone()))
        .collect();
    let messages: Vec<Option<String>> = (incident.pinned.iter())
        .map(|record| kept_message(record).filter(|_| !args.raw))
        .collect();
    let page = IncidentPage {
        incident,
        messages: &messages,
        candidates: &candidates,
        helped: seen
            .helped
            .get(&incident.incident_memory_id)
            .map(|h| h.words()),
        as_of: seen.learned.facts.as_of,
    };
    pages::explain_incident(&page)
}
