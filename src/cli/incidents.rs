//! `incidents`: search memory, change it, and move it between stores.

use super::candidates::{as_of, only};
use super::listing::Listing;
use super::promote::{memory_type, type_names};
use super::session::{Outcome, Session};
use super::settings::read_text;
use crate::error::{Error, Kind, Result};
use crate::memory::{Incident, Review, Status, known_as_of};
use crate::recall::{Hand, Lookup, Promotion, imported, search, signatures_like};
use crate::report::pages::{self, IncidentHit};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Search memory in words, change what it says, move it between stores
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  brainstem incidents\n  brainstem incidents vpn flaps --limit 5\n  \
    brainstem incidents --type lesson --since 30d\n  brainstem incidents --edit inc_bcdf --summary 'it was the modem'\n  \
    brainstem incidents --merge inc_ghjk --into inc_bcdf\n  brainstem incidents --export > memory.jsonl\n  \
    brainstem incidents --import memory.jsonl --tenant client-b"
)]
pub struct Args {
    /// Words of titles, summaries, templates, hosts; small mistakes are forgiven. The id of a signature, also an older one, asks
    /// for what speaks of that signature
    #[arg(value_hint = clap::ValueHint::Other)]
    query: Vec<String>,
    /// Only this kind of memory
    #[arg(long = "type", value_name = "TYPE", value_parser = type_names())]
    memory_type: Option<String>,
    /// Only what was last seen or promoted since then: 30d, 2026-03-01
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    #[command(flatten)]
    listing: Listing,
    /// Change title, summary, check or incident type of this memory
    #[arg(long, value_name = "ID", group = "change")]
    edit: Option<String>,
    /// Say that it is over
    #[arg(long, value_name = "ID", group = "change")]
    close: Option<String>,
    /// Say that it is not over
    #[arg(long, value_name = "ID", group = "change")]
    reopen: Option<String>,
    /// Take this memory into the one that --into names
    #[arg(long, value_name = "ID", group = "change", requires = "into")]
    merge: Option<String>,
    /// The memory that takes the other in
    #[arg(long, value_name = "ID", requires = "merge")]
    into: Option<String>,
    /// The new title
    #[arg(long, value_name = "TEXT", requires = "edit")]
    title: Option<String>,
    /// The new summary
    #[arg(long, value_name = "TEXT", requires = "edit")]
    summary: Option<String>,
    /// What to look at next time
    #[arg(long, value_name = "TEXT", requires = "edit")]
    check: Option<String>,
    /// A word of your own for this kind of incident
    #[arg(long, value_name = "WORD", requires = "edit")]
    incident_type: Option<String>,
    /// Who changes it [default: the name you are logged in with]
    #[arg(long, value_name = "NAME", env = "BRAINSTEM_REVIEWER")]
    author: Option<String>,
    /// Write all memories with their records as JSON lines
    #[arg(long, group = "change")]
    export: bool,
    /// Take in memories from a file of JSON lines; what is there already is taken in once
    #[arg(long, value_name = "FILE", group = "change")]
    import: Option<PathBuf>,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    if args.export {
        return export(session);
    }
    if let Some(path) = &args.import {
        return import(path, session);
    }
    let named = [&args.edit, &args.close, &args.reopen, &args.merge];
    match named.into_iter().flatten().next() {
        Some(id) => change(id, &args, session),
        None => list(&args, session),
    }
}

fn list(args: &Args, session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let as_of = as_of(session, &store)?;
    let since = session.time_option("since", args.since.as_deref(), as_of)?;
    let kind = args.memory_type.as_deref().and_then(memory_type);
    let fits = |i: &Incident| {
        i.merged_into.is_none()
            && known_as_of(i.judged_at, as_of)
            && kind.is_none_or(|k| i.memory_type == k)
            && since.is_none_or(|t| i.last_seen.max(i.created_at) >= t)
    };
    let mut incidents = store.incidents(&session.tenant)?;
    incidents.retain(fits);
    let (ids, words): (Vec<String>, Vec<String>) =
        (args.query.iter().cloned()).partition(|word| word.starts_with("sig_"));
    if !ids.is_empty() {
        speaking_of(&ids, &mut incidents, session, &store)?;
    }
    let reviews = store.reviews(&session.tenant)?;
    let notes = notes(&incidents, &reviews);
    let found = search(&incidents, &notes, &words.join(" "));
    let total = found.len();
    let hits: Vec<IncidentHit> = found
        .into_iter()
        .take(args.listing.wanted(args.limit))
        .map(|hit| IncidentHit {
            incident: hit.incident.clone(),
            reason: hit
                .reasons
                .iter()
                .map(|(word, _)| word.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        })
        .collect();
    let page = pages::incidents(&hits, as_of);
    session.print(&args.listing.apply(page, args.limit)?)?;
    Listing::tell_more(args.limit, total, "memories", session);
    Ok(Outcome::Done)
}

/// What people wrote about each memory since, in reviews of itself or of what it was made of, by its id.
fn notes<'a>(incidents: &'a [Incident], reviews: &'a [Review]) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut said: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for review in reviews {
        let subjects = review.signature_ids.iter().chain([&review.subject_id]);
        for subject in subjects {
            let notes = said.entry(subject).or_default();
            notes.extend(review.notes.as_deref());
        }
    }
    let about = |i: &'a Incident| {
        let subjects = [&i.incident_memory_id, &i.candidate_id];
        let subjects = subjects.into_iter().chain(&i.signature_ids);
        let notes = subjects.filter_map(|s| said.get(s.as_str())).flatten();
        let notes: BTreeSet<&str> = notes.copied().collect();
        (i.incident_memory_id.as_str(), notes.into_iter().collect())
    };
    match said.is_empty() {
        true => BTreeMap::new(),
        false => incidents.iter().map(about).collect(),
    }
}

/// Leaves the memories that speak of all of these signatures.
fn speaking_of(
    ids: &[String],
    incidents: &mut Vec<Incident>,
    session: &Session,
    store: &Store,
) -> Result<()> {
    let facts = store.facts(&session.tenant, as_of(session, store)?)?.facts;
    let lookup = Lookup::of(&facts);
    for id in ids {
        let like = signatures_like(&facts, id).into_iter();
        let named = like.map(|i| (facts.signatures[i].id.to_string(), i));
        let index = only(id, named.collect())?;
        incidents.retain(|i| lookup.signatures(&i.signature_ids).contains(&index));
    }
    Ok(())
}

/// The memory of this id, with its records.
fn find(id: &str, store: &Store, all: &[Incident]) -> Result<Incident> {
    let live = all.iter().filter(|i| i.merged_into.is_none());
    let like = live.filter(|i| i.incident_memory_id.starts_with(id));
    let found = only(
        id,
        like.map(|i| (i.incident_memory_id.clone(), i)).collect(),
    )?;
    store.with_records(found)
}

fn change(id: &str, args: &Args, session: &mut Session) -> Result<Outcome> {
    let store = session.write_store()?;
    let all = store.incidents(&session.tenant)?;
    let mut incident = find(id, &store, &all)?;
    let author = session.author(args.author.as_deref());
    let hand = Hand {
        author: author.as_deref(),
        at: session.now,
    };
    let mut changed = Vec::new();
    if args.edit.is_some() {
        let said = Promotion {
            title: args.title.clone(),
            summary: args.summary.clone(),
            check: args.check.clone(),
            incident_type: args.incident_type.clone(),
            ..Promotion::default()
        };
        if [&said.title, &said.summary, &said.check, &said.incident_type]
            .iter()
            .all(|t| t.is_none())
        {
            return Err(Error::new(Kind::Usage, "there is nothing to change")
                .hint("add --title, --summary, --check or --incident-type"));
        }
        hand.edit(&mut incident, &said);
    } else if args.close.is_some() {
        hand.set_status(&mut incident, Status::Closed);
    } else if args.reopen.is_some() {
        hand.set_status(&mut incident, Status::Open);
    } else if let Some(into) = &args.into {
        let mut target = find(into, &store, &all)?;
        if target.incident_memory_id == incident.incident_memory_id {
            return Err(
                Error::new(Kind::Usage, "a memory cannot be taken into itself")
                    .hint("name two: --merge inc_bcdf --into inc_ghjk"),
            );
        }
        hand.merge(&mut target, &mut incident);
        changed.push(std::mem::replace(&mut incident, target));
    }
    changed.push(incident.clone());
    store.remember(&changed)?;
    let hit = IncidentHit {
        incident,
        reason: String::new(),
    };
    let as_of = as_of(session, &store)?;
    session.print(&pages::incidents(&[hit], as_of))?;
    Ok(Outcome::Done)
}

fn export(session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    for incident in store.incidents(&session.tenant)? {
        let whole = store.with_records(&incident)?;
        let mut line = serde_json::to_vec(&whole)
            .map_err(|e| Error::new(Kind::Internal, format!("cannot write a memory: {e}")))?;
        line.push(b'\n');
        session.print_bytes(&line)?;
    }
    session
        .note("memories are written whole, with their records as they came: passwords in them too");
    Ok(Outcome::Done)
}

fn import(path: &std::path::Path, session: &mut Session) -> Result<Outcome> {
    let text = read_text(path)?;
    let store = session.create_store()?;
    let mut known: BTreeMap<String, Incident> = BTreeMap::new();
    for incident in store.incidents(&session.tenant)? {
        let whole = store.with_records(&incident)?;
        known.insert(whole.incident_memory_id.clone(), whole);
    }
    let mut taken: BTreeMap<String, Incident> = BTreeMap::new();
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, l)| !l.trim().is_empty())
    {
        let mut incident: Incident = serde_json::from_str(line).map_err(|e| {
            let what = format!(
                "line {} of {} is no memory: {e}",
                number + 1,
                path.display()
            );
            Error::new(Kind::Data, what)
                .hint("brainstem incidents --export writes such lines; nothing was taken in")
        })?;
        incident.tenant_id.clone_from(&session.tenant);
        let id = incident.incident_memory_id.clone();
        if let Some(incident) = imported(taken.get(&id).or(known.get(&id)), incident) {
            taken.insert(id, incident);
        }
    }
    let incidents: Vec<Incident> = taken.into_values().collect();
    store.remember(&incidents)?;
    let hits: Vec<IncidentHit> = incidents
        .into_iter()
        .map(|incident| IncidentHit {
            incident,
            reason: "taken in".to_string(),
        })
        .collect();
    let as_of = as_of(session, &store)?;
    session.print(&pages::incidents(&hits, as_of))?;
    Ok(Outcome::Done)
}
