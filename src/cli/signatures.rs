//! `signatures`: templates, counts and attention.

use super::candidates::present;
use super::ingest::check_readings;
use super::listing::Listing;
use super::overrule;
use super::session::{Outcome, Session};
use super::subject::row;
use crate::candidate::AttentionBand;
use crate::error::Result;
use crate::report::pages::{self, CheckPage, SignatureRow};
use clap::builder::PossibleValue;
use std::path::{Path, PathBuf};

/// List the signatures: what all lines are instances of
///
/// A signature is a message without its variable parts, of one service, on any host. Those that have earned most attention
/// come first; what is frequent and steady sinks by itself. Where the program learned wrongly what belongs together, a person
/// overrules it, for all times that are asked about.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem signatures
  brainstem signatures connection refused --band watch
  brainstem signatures --limit 0 --format csv > signatures.csv
  brainstem signatures --sort count:desc --fields count,service,template
  brainstem signatures --merge sig_rtmv sig_klmn
  brainstem signatures --rename sig_rtmv 'the modem drops'
  brainstem signatures --undo ovr_pqrs
  brainstem signatures --check /var/log/syslog")]
pub struct Args {
    /// Words that occur in the template or the service
    #[arg(value_hint = clap::ValueHint::Other, conflicts_with = "change")]
    query: Vec<String>,
    /// Only what is in this attention band or above
    #[arg(long, value_name = "BAND", value_parser = band_names())]
    band: Option<String>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    listing: Listing,
    /// Say that two signatures are one: they are counted together, and both ids name it
    #[arg(long, value_names = ["ID", "ID"], num_args = 2, group = "change")]
    merge: Vec<String>,
    /// Say that what a signature consists of are signatures of their own
    #[arg(long, value_name = "ID", group = "change")]
    split: Option<String>,
    /// Give a signature a name that people read instead of its template
    #[arg(long, value_names = ["ID", "TEXT"], num_args = 2, group = "change")]
    rename: Vec<String>,
    /// Take back what was merged, split or renamed
    #[arg(long, value_name = "OVERRULE", group = "change")]
    undo: Option<String>,
    /// List what was merged, split, renamed and undone, when and by whom
    #[arg(long, group = "change")]
    overrules: bool,
    /// Read a file in different orders and pieces, without storing it, and prove that its signatures, ids and counts are the same
    #[arg(long, value_name = "PATH", group = "change")]
    check: Option<PathBuf>,
    /// Who says so [default: the name you are logged in with]
    #[arg(
        long,
        value_name = "NAME",
        env = "BRAINSTEM_REVIEWER",
        hide_env_values = true
    )]
    author: Option<String>,
}

fn band_names() -> clap::builder::PossibleValuesParser {
    let told = |b: AttentionBand| {
        PossibleValue::new(b.name()).help(match b {
            AttentionBand::IgnoreFast => "not worth looking at",
            AttentionBand::Background => "known and steady",
            AttentionBand::Watch => "kept in sight: exact times are looked at",
            AttentionBand::Investigate => "worth a search for its cause",
            AttentionBand::Promote => "worth a person's memory",
        })
    };
    AttentionBand::ALL.map(told).into()
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let author = args.author.as_deref();
    if !args.merge.is_empty() {
        return overrule::merge(&args.merge, author, session);
    }
    if let Some(id) = &args.split {
        return overrule::split(id, author, session);
    }
    if let [id, text] = args.rename.as_slice() {
        return overrule::rename(id, text, author, session);
    }
    if let Some(id) = &args.undo {
        return overrule::undo(id, author, session);
    }
    if args.overrules {
        return overrule::list(session);
    }
    if let Some(path) = &args.check {
        return check(path, session);
    }
    list(&args, session)
}

/// The exit code is 1 when anything was different.
fn check(path: &Path, session: &mut Session) -> Result<Outcome> {
    let checked = check_readings(path, session)?;
    let page = CheckPage {
        path: &path.display().to_string(),
        records: checked.records,
        signatures: checked.signatures,
        fingerprints: checked.fingerprints,
        readings: &checked.readings,
        differences: &checked.differences,
        as_of: session.now,
    };
    session.print(&pages::checked(&page))?;
    Ok(match checked.differences.is_empty() {
        true => Outcome::Done,
        false => Outcome::Partly,
    })
}

fn list(args: &Args, session: &mut Session) -> Result<Outcome> {
    let view = present(session)?;
    let words: Vec<String> = args
        .query
        .iter()
        .flat_map(|q| q.split_whitespace())
        .map(str::to_lowercase)
        .collect();
    let least = AttentionBand::ALL
        .into_iter()
        .find(|b| Some(b.name()) == args.band.as_deref());
    let mut order: Vec<usize> = (0..view.learned.facts.signatures.len()).collect();
    order.retain(|&i| {
        let s = &view.learned.facts.signatures[i];
        let name = s.name.as_deref().unwrap_or_default();
        let text = format!("{} {name} {}", s.service, s.template).to_lowercase();
        words.iter().all(|w| text.contains(w.as_str()))
            && least.is_none_or(|b| view.discovery.attention[i].band >= b)
    });
    // Most attention first, then most frequent; ids settle what is left.
    order.sort_by_key(|&i| {
        let s = &view.learned.facts.signatures[i];
        (
            std::cmp::Reverse(view.discovery.attention[i].score_points),
            std::cmp::Reverse(s.count),
            s.id,
        )
    });
    let total = order.len();
    order.truncate(args.listing.wanted(args.limit));
    let rows: Vec<SignatureRow> = order.into_iter().map(|i| row(&view, i)).collect();
    let page = pages::signatures(&rows, view.learned.facts.as_of);
    session.print_judged(args.listing.apply(page, args.limit)?)?;
    Listing::tell_more(args.limit, total, "signatures", session);
    Ok(Outcome::Done)
}
