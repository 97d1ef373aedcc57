//! The configuration files: which store, which tenant, whose records are, and other values for the constants; and where each of
//! them was said.

use crate::error::{Error, Kind, Result, os_text};
use crate::formats::Zone;
use crate::pipeline::{By, Route};
use crate::tuning::{CONSTANTS, Tuning, nearest};
use glob::Pattern;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the configuration files say.
#[derive(Debug, Default)]
pub struct Config {
    /// The store.
    pub store: Option<PathBuf>,
    /// The tenant.
    pub tenant: Option<String>,
    /// The constants.
    pub tuning: Tuning,
    /// Where all of it was said.
    pub origins: Origins,
}

/// Where what is in force was said.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// The files that were read, the one with the last word last.
    pub files: Vec<PathBuf>,
    /// Where the store was named: a file, an option or a variable.
    pub store: Option<String>,
    /// Where the tenant was named.
    pub tenant: Option<String>,
    /// The file each constant was set in.
    pub tuned: BTreeMap<&'static str, PathBuf>,
    /// The rules that say whose records are, and the file of each.
    pub routes: Vec<(Route, PathBuf)>,
}

impl Origins {
    /// The rules alone.
    pub fn rules(&self) -> Vec<Route> {
        self.routes.iter().map(|(route, _)| route.clone()).collect()
    }
}

/// Reads the file that was asked for, or else the system's and then the user's, which has the last word.
pub fn load(asked: Option<&Path>) -> Result<Config> {
    let mut config = Config::default();
    match asked {
        Some(path) => read(path, &mut config)?,
        None => {
            for path in usual_places().into_iter().filter(|p| p.exists()) {
                read(&path, &mut config)?;
            }
        }
    }
    Ok(config)
}

fn usual_places() -> Vec<PathBuf> {
    use etcetera::BaseStrategy;
    let user = etcetera::choose_base_strategy()
        .ok()
        .map(|b| b.config_dir().join("brainstem").join("config.toml"));
    std::iter::once(PathBuf::from("/etc/brainstem/config.toml"))
        .chain(user)
        .collect()
}

fn read(path: &Path, config: &mut Config) -> Result<()> {
    let text = read_text(path)?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
        let wrong = e.message().to_string();
        let line = e.span().map_or_else(String::new, |span| {
            let before = text.get(..span.start).unwrap_or_default();
            format!(" in line {}", before.matches('\n').count() + 1)
        });
        Error::new(
            Kind::Usage,
            format!("cannot read {}{line}: {wrong}", path.display()),
        )
        .hint("a configuration line looks like: tenant = \"client-a\"")
    })?;
    let in_file = |e: Error| Error {
        message: format!("{}: {}", path.display(), e.message),
        ..e
    };
    config.origins.files.push(path.to_path_buf());
    for (key, value) in &table {
        apply(key, value, path, config).map_err(in_file)?;
    }
    Ok(())
}

/// One entry of a file; tables are dotted names written apart.
fn apply(key: &str, value: &toml::Value, file: &Path, config: &mut Config) -> Result<()> {
    let origins = &mut config.origins;
    match (key, value) {
        ("store", toml::Value::String(path)) => {
            config.store = Some(PathBuf::from(path));
            origins.store = Some(file.display().to_string());
        }
        ("tenant", toml::Value::String(name)) => {
            config.tenant = Some(name.clone());
            origins.tenant = Some(file.display().to_string());
        }
        ("route", toml::Value::Array(rules)) => {
            for rule in rules {
                origins.routes.push((route(rule)?, file.to_path_buf()));
            }
        }
        (_, toml::Value::Table(table)) if is_table(key) => {
            for (inner, value) in table {
                apply(&format!("{key}.{inner}"), value, file, config)?;
            }
        }
        _ => {
            let Some(constant) = CONSTANTS.iter().find(|c| c.name == key) else {
                return Err(wrong_key(key));
            };
            let number = match value {
                toml::Value::Integer(n) => *n as f64,
                toml::Value::Float(n) => *n,
                _ => {
                    let message = format!("{key} needs a number ({})", constant.unit);
                    return Err(Error::new(Kind::Usage, message)
                        .hint(format!("write {key} = {:?}", constant.default)));
                }
            };
            config.tuning.set(key, number)?;
            origins.tuned.insert(constant.name, file.to_path_buf());
        }
    }
    Ok(())
}

/// Whether constants have names in this table, or in one of it.
fn is_table(key: &str) -> bool {
    let inside = |c: &crate::tuning::Constant| {
        (c.name.strip_prefix(key)).is_some_and(|rest| rest.starts_with('.'))
    };
    CONSTANTS.iter().any(inside)
}

/// What is not text or number and should be; or what is not known at all.
fn wrong_key(key: &str) -> Error {
    let texts = ["store", "tenant"];
    if texts.contains(&key) {
        return Error::new(Kind::Usage, format!("{key} needs text"))
            .hint(format!("write {key} = \"…\""));
    }
    if key == "route" || is_table(key) {
        let (needs, hint) = match key {
            "route" => ("is a list of tables", "write [[route]], with two brackets"),
            _ => ("is a table", "brainstem config lists what is in it"),
        };
        return Error::new(Kind::Usage, format!("{key} {needs}")).hint(hint);
    }
    let known = (texts.into_iter().chain(["route"]))
        .chain(CONSTANTS.iter().map(|c| c.name))
        .chain(tables());
    unknown(&format!("there is no setting called {key}"), key, known)
}

/// The first words of the names of constants.
pub fn tables() -> impl Iterator<Item = &'static str> {
    CONSTANTS.iter().filter_map(|c| c.name.split('.').next())
}

/// An error over a name nobody knows, with what is meant.
pub fn unknown(message: &str, name: &str, known: impl Iterator<Item = &'static str>) -> Error {
    let hint = match nearest(name, known) {
        Some(meant) => format!("did you mean {meant}?"),
        None => "brainstem config lists all settings".to_string(),
    };
    Error::new(Kind::Usage, message).hint(hint)
}

/// One rule: a path, a host, or a field and its value; and the tenant that what matches belongs to.
fn route(rule: &toml::Value) -> Result<Route> {
    let wrong = |what: &str| {
        Error::new(Kind::Usage, format!("a route {what}")).hint(
            "write [[route]], then tenant = \"client-a\" and one of path = \"/srv/a/*\", host = \"a-*\", \
             or field = \"customer\" with value = \"acme\"",
        )
    };
    let table = rule.as_table().ok_or_else(|| wrong("is a table"))?;
    let known = ["path", "host", "field", "value", "tenant"];
    if let Some(key) = table.keys().find(|k| !known.contains(&k.as_str())) {
        let error = wrong(&format!("has no {key:?}"));
        return Err(match nearest(key, known.into_iter()) {
            Some(meant) => error.hint(format!("did you mean {meant}?")),
            None => error,
        });
    }
    let text = |key: &str| match table.get(key) {
        None => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) => Ok(Some(text)),
            None => Err(wrong(&format!("needs text for {key:?}"))),
        },
    };
    let (by, pattern) = match (text("path")?, text("host")?, text("field")?, text("value")?) {
        (Some(path), None, None, None) => (By::Path, path),
        (None, Some(host), None, None) => (By::Host, host),
        (None, None, Some(field), Some(value)) => (By::Field(field.to_string()), value),
        _ => return Err(wrong("looks at one of path, host, or field with value")),
    };
    let tenant = text("tenant")?.ok_or_else(|| wrong("names a tenant"))?;
    check_tenant(tenant)?;
    let pattern =
        Pattern::new(pattern).map_err(|e| wrong(&format!("cannot look for {pattern:?}: {e}")))?;
    Ok(Route {
        by,
        pattern,
        tenant: tenant.to_string(),
    })
}

/// Reads a file whole, naming it in the error.
pub fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| {
        Error::new(
            Kind::NoInput,
            format!("cannot read {}: {}", path.display(), os_text(&e)),
        )
        .hint("check the path, and that you may read it")
    })
}

/// The zone of this name.
pub fn zone_of(name: &str) -> Result<Zone> {
    Zone::parse(name).ok_or_else(|| {
        Error::new(Kind::Usage, format!("there is no time zone {name:?}"))
            .hint("write --timezone UTC, --timezone +02:00 or --timezone Europe/Berlin")
    })
}

/// Tenants become keys and labels: a strict slug, checked once, never decoded.
pub fn check_tenant(name: &str) -> Result<()> {
    let first = name
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let rest = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
    if first && rest && name.len() <= 63 {
        return Ok(());
    }
    Err(Error::new(Kind::Usage, format!("{name:?} is no tenant name"))
        .hint("use up to 63 lower-case letters, digits, - and _, a letter or digit first: --tenant client-a"))
}
