//! `promote`: a candidate into memory.

use super::candidates::as_of;
use super::session::{Outcome, Session};
use super::subject::{Subject, subject};
use crate::error::{Error, Kind, Result};
use crate::memory::{Marks, MemoryType, PinnedRecord};
use crate::pipeline::{View, samples, view};
use crate::recall::{Hand, Occasion, Promotion, incident_of, incident_of_signature};
use crate::report::{lossless, pages};
use crate::signature::{SignatureId, event_id};
use crate::store::{Found, Store};

/// Keep a candidate for good, as an incident, a lesson or a hint
///
/// Keeps the candidate's numbers and sample records for good, so that it is found when it comes again. A watch_pattern raises the
/// attention of its signature from then on, a tenant_risk_marker that of everything on a host or of a service; a lesson and a
/// runbook_hint are shown whenever the signature comes up.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem promote cand_cfpzfn --title 'Tunnel to branch B flaps' \\
    --summary 'The provider replaced the modem.' --check 'the modem log'")]
pub struct Args {
    /// The candidate, or a signature that no candidate speaks of; any unique beginning of its id
    #[arg(value_name = "ID")]
    id: String,
    /// What to call it [default: the candidate's title]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// What happened and what was done [default: the candidate's explanation]
    #[arg(long, value_name = "TEXT")]
    summary: Option<String>,
    /// The kind of memory
    #[arg(long = "type", value_name = "TYPE", default_value = "incident_memory", value_parser = type_names())]
    memory_type: String,
    /// A word of your own for this kind of incident, such as vpn_instability
    #[arg(long, value_name = "WORD")]
    incident_type: Option<String>,
    /// What to look at next time
    #[arg(long, value_name = "TEXT")]
    check: Option<String>,
    /// The weak host of a tenant_risk_marker [default: the candidate's hosts]
    #[arg(long, value_name = "HOST", value_delimiter = ',')]
    host: Vec<String>,
    /// The weak program of a tenant_risk_marker
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    service: Vec<String>,
    /// Who says so [default: the name you are logged in with]
    #[arg(long, value_name = "NAME", env = "BRAINSTEM_REVIEWER")]
    author: Option<String>,
}

/// Records kept with a memory: enough to recognise it, few enough to read.
const PINNED: usize = 10;

/// The kinds of memory by name.
pub fn type_names() -> clap::builder::PossibleValuesParser {
    MemoryType::ALL.map(MemoryType::name).into()
}

/// The kind of this name.
pub fn memory_type(name: &str) -> Option<MemoryType> {
    MemoryType::ALL.into_iter().find(|t| t.name() == name)
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let kind = memory_type(&args.memory_type).unwrap_or_default();
    let marked = !args.host.is_empty() || !args.service.is_empty();
    if marked && kind != MemoryType::TenantRiskMarker {
        let what = "only a tenant_risk_marker is about a host or a service";
        return Err(Error::new(Kind::Usage, what).hint("add --type tenant_risk_marker"));
    }
    let store = session.write_store()?;
    let as_of = as_of(session, &store)?;
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    let facts = &seen.learned.facts;
    let author = session.author(args.author.as_deref());
    let said = Promotion {
        title: args.title,
        summary: args.summary,
        memory_type: kind,
        incident_type: args.incident_type,
        check: args.check,
        author: author.clone(),
        marks: Marks {
            hosts: args.host,
            services: args.service,
        },
        configuration: session.tuning.hash(),
    };
    let when = Occasion {
        now: session.now,
        newest: facts.last_time,
    };
    let fresh = match subject(&args.id, session, &store, &seen)? {
        Subject::Candidate(c) => {
            let records = records(&store, &seen, &c.signatures)?;
            incident_of(c, said.clone(), records, when)
        }
        Subject::Signature(index) => {
            let records = records(&store, &seen, &[facts.signatures[index].id])?;
            incident_of_signature(facts, index, said.clone(), records, when)
        }
        _ => {
            return Err(
                Error::new(Kind::Usage, format!("{} cannot be promoted", args.id))
                    .hint("name a candidate or a signature; brainstem candidates lists some"),
            );
        }
    };
    // Of all that are there, also those that nobody knew as of an earlier time.
    let all = store.incidents(&session.tenant)?;
    let known = all
        .iter()
        .find(|i| i.incident_memory_id == fresh.incident_memory_id);
    let hand = Hand {
        author: author.as_deref(),
        at: session.now,
    };
    let incident = match known {
        Some(known) => hand.promote_again(known, fresh, &said),
        None => fresh,
    };
    store.remember(std::slice::from_ref(&incident))?;
    session.print(&pages::promoted(&incident, as_of))?;
    store.close()?;
    Ok(Outcome::Done)
}

/// The newest records of these signatures, to be kept with the memory.
fn records(store: &Store, seen: &View, ids: &[SignatureId]) -> Result<Vec<PinnedRecord>> {
    let found = samples(store, &seen.learned, ids, PINNED)?;
    let record = |f: Found| PinnedRecord {
        event_id: event_id(f.ordinal),
        timestamp: f.time,
        raw: lossless(f.record.text()),
        host: f.host,
    };
    Ok(found.into_iter().map(record).collect())
}
