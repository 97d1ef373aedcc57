//! Shares: a source whose records belong to several tenants is known to each of them under a number of its own.

use super::reading::{Reading, parse_text};
use super::route::{Groups, Routes};
use crate::error::Result;
use crate::formats::Context;
use crate::intake::{Checkpoint, Record};
use crate::store::{Source, Store};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Numbers for sources, given to the reader and to workers alike.
pub(super) struct Numbers {
    state: Mutex<State>,
}

struct State {
    next: u32,
    /// By source and tenant.
    shares: BTreeMap<(u32, usize), u32>,
}

impl Numbers {
    /// Those of the store; `stored` are the shares it has.
    pub fn of(store: &Store, routes: &Routes, stored: &BTreeMap<u32, Source>) -> Result<Numbers> {
        let place = |s: &Source| {
            let tenant = routes.tenants().binary_search(&s.tenant).ok()?;
            let of = s.shared()?;
            Some(((of, tenant), s.number))
        };
        Ok(Numbers {
            state: Mutex::new(State {
                next: store.next_source()?,
                shares: stored.values().filter_map(place).collect(),
            }),
        })
    }

    /// A number that no source has.
    pub fn fresh(&self) -> u32 {
        self.with(State::fresh)
    }

    /// The number under which a tenant knows the source of this number.
    pub fn share(&self, source: u32, tenant: usize) -> u32 {
        self.with(|state| match state.shares.get(&(source, tenant)) {
            Some(&number) => number,
            None => {
                let number = state.fresh();
                state.shares.insert((source, tenant), number);
                number
            }
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        // Whoever failed while it held the lock left whole numbers behind.
        let mut state = self.state.lock().unwrap_or_else(|e| e.into_inner());
        work(&mut state)
    }
}

impl State {
    fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }
}

/// The shares the store has, by number.
pub(super) fn stored(store: &Store, routes: &Routes) -> Result<BTreeMap<u32, Source>> {
    let mut shares = BTreeMap::new();
    for tenant in routes.tenants() {
        let all = store.sources(tenant)?.into_iter();
        let ours = all.filter(|s| s.shared().is_some());
        shares.extend(ours.map(|s| (s.number, s)));
    }
    Ok(shares)
}

/// A new share of `source` for a tenant. It is never read from: how far the source was read is known where it is.
pub(super) fn new_share(source: &Source, tenant: &str, number: u32) -> Source {
    Source {
        number,
        tenant: tenant.to_string(),
        family: Source::share_of(source.number),
        checkpoint: Checkpoint::default(),
        coverage: crate::envelope::Coverage::default(),
        bytes: 0,
        last_event: None,
        cursor: None,
        ..source.clone()
    }
}

/// The records that name a tenant, by tenant and place. One without a time shares the lot of the one before it, as the lines of
/// a trace do.
pub(super) fn groups<'a>(
    records: impl Iterator<Item = (u32, Record<'a>)>,
    routes: &Routes,
    reading: Reading,
    context: &Context,
) -> Groups {
    // Another context: what is learned from a record must be learned when it is read.
    let mut context = context.clone();
    let mut groups = Groups::new();
    let mut last = None;
    for (place, record) in records {
        let (format, parsed) = parse_text(reading, record.bytes, &mut context);
        if parsed.status.is_dated() {
            last = routes.of_record(&parsed, || format.fields_in(record.bytes, &context));
        }
        if let Some(tenant) = last {
            groups.entry(tenant).or_default().push(place);
        }
    }
    groups
}
