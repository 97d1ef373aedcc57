//! What is still to be read: inputs, and those that were opened and not read to their end.

use super::message::Unread;
use super::paused::Paused;
use crate::intake::{Input, LogFile, Problem, Resolved};
use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

/// Inputs in the order they are to be read.
#[derive(Default)]
pub(super) struct Backlog {
    items: VecDeque<Item>,
}

/// One of them.
pub(super) enum Item {
    /// To be opened, after what rotation moved away from it.
    Input(Input),
    /// To be opened.
    Planned(Input),
    /// Open; goes on where it stopped.
    Open(Box<Paused>),
}

impl Backlog {
    /// Adds what was found, with this name for standard input; returns what cannot be read.
    pub fn add(&mut self, resolved: Resolved, label: &str) -> Vec<Unread> {
        let waiting = self.waiting();
        for mut input in resolved.inputs {
            if let Input::Stdin { label: name } = &mut input {
                *name = label.to_string();
            }
            let waits = match &input {
                Input::File(log) => !log.is_held() && waiting.contains(&log.path),
                Input::Stdin { .. } => false,
            };
            if !waits {
                self.items.push_back(Item::Input(input));
            }
        }
        let unread = |p: &Problem| Unread {
            name: p.path.display().to_string(),
            reason: p.error.message.clone(),
            hint: p.error.hint.clone(),
        };
        resolved.problems.iter().map(unread).collect()
    }

    /// The names that wait already. What they were when they were found first says more about what is to be read.
    fn waiting(&self) -> BTreeSet<PathBuf> {
        let name = |item: &Item| match item {
            Item::Input(Input::File(log)) if !log.is_held() => Some(log.path.clone()),
            _ => None,
        };
        self.items.iter().filter_map(name).collect()
    }

    /// The files among them that were not opened yet.
    pub fn logs(&self) -> impl Iterator<Item = &LogFile> {
        self.items.iter().filter_map(|item| match item {
            Item::Input(Input::File(log)) | Item::Planned(Input::File(log)) => Some(log),
            _ => None,
        })
    }

    /// The next, if there is one.
    pub fn next(&mut self) -> Option<Item> {
        self.items.pop_front()
    }

    /// Puts one back that is to be read before all others: what comes after it may depend on it.
    pub fn before_others(&mut self, item: Item) {
        self.items.push_front(item);
    }

    /// Puts one back behind all others.
    pub fn after_others(&mut self, item: Item) {
        self.items.push_back(item);
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether nothing is left but streams that pause.
    pub fn is_quiet(&self) -> bool {
        let quiet = |item: &Item| matches!(item, Item::Open(paused) if paused.is_quiet());
        self.items.iter().all(quiet)
    }
}
