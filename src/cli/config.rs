//! `config`: the settings in force, and where each value came from.

use super::session::{Outcome, Session};
use super::settings::{tables, unknown};
use crate::error::Result;
use crate::pipeline::{By, Route};
use crate::report::pages::{self, ConfigPage, ConfigRow, RouteRow};
use crate::tuning::CONSTANTS;
use std::path::PathBuf;

/// Show the settings in force, and where each came from
///
/// Settings are the store, the tenant, rules that say whose records are, and every number that decides what is told. With
/// names, only settings that begin so, each with its reason.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem config
  brainstem config burst silence.runs
  brainstem config --changed
  brainstem config --toml > ~/.config/brainstem/config.toml")]
pub struct Args {
    /// Settings whose names begin so [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Only what is not as it comes
    #[arg(long)]
    changed: bool,
    /// Write a configuration file to start from
    ///
    /// Every setting with its reason; those that are as they come are commented out.
    #[arg(long, conflicts_with_all = ["names", "changed"])]
    toml: bool,
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let settings = settings(session);
    if args.toml {
        let text = pages::config_file(&settings, &routes(session));
        session.print_bytes(text.as_bytes())?;
        return Ok(Outcome::Done);
    }
    for name in &args.names {
        if !settings.iter().any(|s| s.name.starts_with(name.as_str())) {
            let known = settings.iter().map(|s| s.name).chain(tables());
            return Err(unknown(
                &format!("there is no setting called {name}"),
                name,
                known,
            ));
        }
    }
    let wanted = |s: &ConfigRow| {
        let named = args.names.iter().any(|n| s.name.starts_with(n.as_str()));
        (args.names.is_empty() || named) && (!args.changed || s.origin != DEFAULT)
    };
    let page = ConfigPage {
        as_of: session.now,
        configuration: &session.tuning.hash(),
        files: &session.origins.files,
        settings: &settings.into_iter().filter(wanted).collect::<Vec<_>>(),
        routes: &routes(session),
        detailed: !args.names.is_empty(),
    };
    session.print(&pages::config(&page))?;
    Ok(Outcome::Done)
}

/// Where a value came from that nobody said.
const DEFAULT: &str = "default";

/// All settings in force.
fn settings(session: &Session) -> Vec<ConfigRow> {
    let origins = &session.origins;
    let text = |name, value: String, unit, said: &Option<String>, reason| ConfigRow {
        name,
        value: value.into(),
        unit,
        default: serde_json::Value::Null,
        origin: said.clone().unwrap_or_else(|| DEFAULT.to_string()),
        reason,
    };
    let store = session.store_path().display().to_string();
    let mut all = vec![
        text(
            "store",
            store,
            "path",
            &origins.store,
            "The one file that holds everything.",
        ),
        text(
            "tenant",
            session.tenant.clone(),
            "name",
            &origins.tenant,
            "Whose logs, where nothing else says so.",
        ),
    ];
    all.extend(CONSTANTS.iter().map(|c| {
        ConfigRow {
            name: c.name,
            value: session.tuning.get(c.name).unwrap_or(c.default).into(),
            unit: c.unit,
            default: c.default.into(),
            origin: (origins.tuned.get(c.name))
                .map_or_else(|| DEFAULT.to_string(), |file| file.display().to_string()),
            reason: c.reason,
        }
    }));
    all
}

fn routes(session: &Session) -> Vec<RouteRow> {
    let row = |(route, file): &(Route, PathBuf)| {
        let (by, field) = match &route.by {
            By::Path => ("path", None),
            By::Host => ("host", None),
            By::Field(field) => ("field", Some(field.clone())),
        };
        RouteRow {
            by,
            field,
            pattern: route.pattern.as_str().to_string(),
            tenant: route.tenant.clone(),
            origin: file.display().to_string(),
        }
    };
    session.origins.routes.iter().map(row).collect()
}
