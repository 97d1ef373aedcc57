//! What the completion scripts ask the program itself: ids and tenants, from the store. It is no subcommand people see: the
//! words typed so far come as they are, `brainstem complete WORD…`, the one being typed last.
//!
//! Whatever goes wrong, nothing is said: somebody is in the middle of typing.

use super::global::Global;
use super::session::Session;
use super::{SUBCOMMANDS, candidates};
use crate::error::Result;
use crate::pipeline::view;
use crate::report::{escape, mask};
use clap::{Arg, Args, Command, FromArgMatches};
use std::ffi::OsString;

/// The word that asks.
pub const ASKS: &str = "complete";

/// Characters of what is told of an id: it stands beside it on a line.
const TOLD: usize = 60;

/// What may stand where the cursor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Ids of candidates, memories, and signatures.
    Ids,
    Signatures,
    Memories,
    Overrules,
    Tenants,
}

/// Prints what may be typed: a line each, with what it is behind a tab.
pub fn run(words: &[OsString]) {
    let words: Vec<&str> = words
        .iter()
        .map(|w| w.to_str().unwrap_or_default())
        .collect();
    let Some((typed, before)) = words.split_last() else {
        return;
    };
    let (Some(wanted), Some(mut session)) = (wanted(before, typed), session(before)) else {
        return;
    };
    let Ok(all) = known(wanted, typed, &session) else {
        return;
    };
    for (name, about) in all.iter().filter(|(name, _)| name.starts_with(typed)) {
        let about: String = escape(&mask(about)).chars().take(TOLD).collect();
        let line = format!("{}\t{about}\n", escape(name));
        // Nobody is there to be told that nobody reads.
        let _ = session.print_bytes(line.as_bytes());
    }
    let _ = session.finish();
}

/// What is wanted behind the words before: what the option or argument takes, if it is something of the store.
fn wanted(before: &[&str], typed: &str) -> Option<Wanted> {
    let name = before
        .iter()
        .find(|w| SUBCOMMANDS.iter().any(|s| s.name == **w));
    let row = SUBCOMMANDS.iter().find(|s| Some(&s.name) == name);
    let mut command = Global::augment_args(Command::new("brainstem"));
    if let Some(row) = row {
        command = (row.arguments)(command);
    }
    if let Some(back) = before.iter().rev().position(|w| w.starts_with("--")) {
        let option = before[before.len() - 1 - back].trim_start_matches('-');
        let takes = command
            .get_arguments()
            .find(|a| a.get_long() == Some(option));
        if let Some(found) = takes.and_then(|a| of(row.map(|r| r.name), a, back)) {
            return Some(found);
        }
        // The word belongs to the option, and it is nothing of the store.
        let belongs = |a: &Arg| a.get_action().takes_values() && back == 0;
        if takes.is_some_and(belongs) {
            return None;
        }
    }
    let argument = command.get_positionals().next()?;
    of(None, argument, 0).filter(|_| !typed.starts_with('-'))
}

/// What the value of an argument of a subcommand is, by the names of both; `at`: the how manieth of its values.
fn of(subcommand: Option<&str>, argument: &Arg, at: usize) -> Option<Wanted> {
    let name = argument.get_value_names()?.get(at)?.as_str();
    match (name, argument.get_long(), subcommand) {
        ("ID", Some("signature"), _) | ("ID", Some(_), Some("signatures")) => {
            Some(Wanted::Signatures)
        }
        ("ID", Some("incident"), _) | ("ID", Some(_), Some("incidents")) | ("MEMORY", ..) => {
            Some(Wanted::Memories)
        }
        ("ID", ..) => Some(Wanted::Ids),
        ("OVERRULE", ..) => Some(Wanted::Overrules),
        ("NAME", Some("tenant"), _) => Some(Wanted::Tenants),
        _ => None,
    }
}

/// A session with the store, tenant and configuration that the words name. It waits for nobody.
fn session(before: &[&str]) -> Option<Session> {
    let mut said = vec!["brainstem"];
    for (i, word) in before.iter().enumerate() {
        let option = word.split('=').next().unwrap_or_default();
        if ["--store", "--tenant", "--config", "--as-of"].contains(&option) {
            said.push(word);
            said.extend(before.get(i + 1).filter(|_| !word.contains('=')));
        }
    }
    said.extend(["--quiet", "--lock-timeout", "0"]);
    let command = Global::augment_args(Command::new("brainstem"));
    let matches = command
        .ignore_errors(true)
        .try_get_matches_from(said)
        .ok()?;
    let global = Global::from_arg_matches(&matches).ok()?;
    Session::new(global, &|_| None).ok()
}

/// What the store has of it: what to type, and what that is.
fn known(wanted: Wanted, typed: &str, session: &Session) -> Result<Vec<(String, String)>> {
    let store = session.read_store()?;
    let tenant = &session.tenant;
    let memories = || -> Result<Vec<(String, String)>> {
        let all = store
            .incidents(tenant)?
            .into_iter()
            .filter(|i| i.merged_into.is_none());
        Ok(all.map(|i| (i.incident_memory_id, i.title)).collect())
    };
    match wanted {
        Wanted::Tenants => {
            let all = store.tenants()?.into_iter();
            return Ok(all.map(|name| (name, String::new())).collect());
        }
        Wanted::Memories => return memories(),
        Wanted::Overrules => {
            let all = store
                .overrules(tenant)?
                .into_iter()
                .filter(|o| o.undone.is_none());
            let told = |o: crate::memory::Overrule| (o.overrule_id, o.act.name().to_string());
            return Ok(all.map(told).collect());
        }
        Wanted::Ids | Wanted::Signatures => {}
    }
    let as_of = candidates::as_of(session, &store)?;
    let seen = view(&store, tenant, as_of, &session.tuning)?;
    let mut all = Vec::new();
    if wanted == Wanted::Ids {
        let found = &seen.discovery.candidates;
        all.extend(
            found
                .iter()
                .map(|c| (c.candidate_id.clone(), c.title.clone())),
        );
        all.extend(memories()?);
    }
    // Of hundreds nobody picks one: where anything may stand, they come when somebody begins to type one.
    if wanted == Wanted::Signatures || typed.starts_with("sig") {
        let signatures = seen.learned.facts.signatures.iter();
        all.extend(signatures.map(|s| (s.id.to_string(), s.template.clone())));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_follows_from_the_words_before() {
        for (before, typed, expected) in [
            (&["explain"][..], "", Some(Wanted::Ids)),
            (&["--store", "x", "explain"], "cand_b", Some(Wanted::Ids)),
            (&["explain"], "--rec", None),
            (&["--tenant"], "", Some(Wanted::Tenants)),
            (&["digest", "--tenant"], "a", Some(Wanted::Tenants)),
            (&["digest"], "", None),
            (&["digest", "--limit"], "", None),
            (&["events", "--signature"], "", Some(Wanted::Signatures)),
            (
                &["signatures", "--merge", "sig_a"],
                "",
                Some(Wanted::Signatures),
            ),
            (&["signatures", "--undo"], "", Some(Wanted::Overrules)),
            (
                &["review", "cand_b", "useful", "--tried"],
                "",
                Some(Wanted::Memories),
            ),
            (&["incidents", "--merge"], "", Some(Wanted::Memories)),
            (&[], "", None),
        ] {
            assert_eq!(wanted(before, typed), expected, "{before:?} {typed}");
        }
    }
}
