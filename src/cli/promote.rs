//! `promote`: a candidate into memory.

use super::candidates::{as_of, find};
use super::session::{Outcome, Session};
use crate::error::Result;
use crate::memory::{MemoryType, PinnedRecord};
use crate::pipeline::{samples, view};
use crate::recall::{Promotion, incident_of};
use crate::report::{lossless, pages};
use crate::signature::event_id;
use clap::builder::PossibleValue;

/// Keep a candidate for good, as an incident, a lesson or a hint
///
/// Its numbers and ten of its records are kept with what you say about it. When it comes again, the page says so, and what
/// to check.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem promote cand_cfpzfn --title 'Tunnel to branch B flaps' \\
    --summary 'The provider replaced the modem.' --check 'the modem log'")]
pub struct Args {
    /// The candidate's id, or the beginning of it
    #[arg(value_name = "CANDIDATE", value_hint = clap::ValueHint::Other)]
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
}

/// Records kept with a memory: enough to recognise it, few enough to read.
const PINNED: usize = 10;

fn type_names() -> clap::builder::PossibleValuesParser {
    let told = |t: MemoryType| {
        PossibleValue::new(t.name()).help(match t {
            MemoryType::IncidentMemory => "something that happened",
            MemoryType::Lesson => "something learned",
            MemoryType::RunbookHint => "what to do when it comes",
            MemoryType::WatchPattern => "something to keep in sight",
            MemoryType::TenantRiskMarker => "a weak place of this tenant",
        })
    };
    MemoryType::ALL.map(told).into()
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let store = session.write_store()?;
    let as_of = as_of(session, &store)?;
    let view = view(&store, &session.tenant, as_of, &session.tuning)?;
    let candidate = find(&view, &args.id)?;
    let pinned = samples(&store, &view.learned, &candidate.signatures, PINNED)?
        .into_iter()
        .map(|found| PinnedRecord {
            event_id: event_id(found.ordinal),
            timestamp: found.time,
            raw: lossless(&found.raw),
            host: found.host,
        })
        .collect();
    let said = Promotion {
        title: args.title,
        summary: args.summary,
        memory_type: MemoryType::ALL
            .into_iter()
            .find(|t| t.name() == args.memory_type)
            .unwrap_or_default(),
        incident_type: args.incident_type,
        check: args.check,
    };
    let incident = incident_of(candidate, said, pinned, session.now);
    store.remember(&incident)?;
    session.print(&pages::promoted(&incident, as_of))?;
    Ok(Outcome::Done)
}
