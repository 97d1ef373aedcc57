//! `merge`: other stores into this one.

use super::progress::Bar;
use super::session::{Outcome, Session};
use crate::error::{Error, Kind, Result};
use crate::pipeline::merge;
use crate::report::pages::{self, MergedRow};
use std::path::{Path, PathBuf};

/// Take other stores into this one
///
/// Afterwards this store answers as if it had read all their logs itself. What it has already is passed over, so a merge can be
/// done again, also after either store went on. Tenants stay apart, and the other stores are only read. Each store is taken in
/// one step: a merge that is killed leaves this store as it was before the store it was at.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem merge /mnt/branch/store.redb
  brainstem --store fleet.redb merge web-01.redb web-02.redb")]
pub struct Args {
    /// The other stores
    #[arg(value_name = "STORE", required = true)]
    stores: Vec<PathBuf>,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    for path in &args.stores {
        is_another(path, session.store_path())?;
    }
    let store = session.create_store()?;
    let mut rows = Vec::new();
    for path in &args.stores {
        let other = session.read_other(path).map_err(|e| match e.kind {
            Kind::NoInput => e.hint("check the path: merge takes stores that ingest has made"),
            _ => e,
        })?;
        let mut bytes = 0;
        for tenant in other.tenants()? {
            bytes += other.status(&tenant)?.raw_bytes;
        }
        let mut bar = Bar::new(Some(bytes), session.global.quiet, session.signals.clone());
        let done = merge(&store, &other, session.now, &mut bar);
        bar.clear();
        let done = done?;
        if done.pruned > 0 {
            session.warn(&format!(
                "{} records of {} were pruned there; what counted only by them is not counted here",
                done.pruned,
                path.display()
            ));
        }
        rows.push(MergedRow {
            store: path.display().to_string(),
            records: done.records,
            known: done.known,
            sources: done.sources,
            memories: done.memories,
            reviews: done.reviews,
            overrules: done.overrules,
            pruned: done.pruned,
        });
    }
    store.keep_reserve();
    session.print(&pages::merged(&rows, session.now))?;
    store.close()?;
    Ok(Outcome::Done)
}

/// A store cannot be taken into itself, under whatever name.
fn is_another(path: &Path, store: &Path) -> Result<()> {
    let same = |a: &Path, b: &Path| Some(a.canonicalize().ok()? == b.canonicalize().ok()?);
    if same(path, store) != Some(true) {
        return Ok(());
    }
    let message = format!("{} is the store to merge into", path.display());
    Err(Error::new(Kind::Usage, message).hint("name other stores, or another one with --store"))
}
