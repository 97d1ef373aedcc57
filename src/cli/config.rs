//! The configuration files: which store, which tenant, and other values for the constants.

use crate::error::{Error, Kind, Result, os_text};
use crate::pipeline::{By, Route};
use crate::tuning::Tuning;
use glob::Pattern;
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
    /// Whose records are, by path, host or field.
    pub routes: Vec<Route>,
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
        Error::new(
            Kind::Usage,
            format!("cannot read {}: {wrong}", path.display()),
        )
        .hint("a configuration line looks like: tenant = \"client-a\"")
    })?;
    let in_file = |e: Error| Error {
        message: format!("{}: {}", path.display(), e.message),
        ..e
    };
    for (key, value) in &table {
        apply(key, value, config).map_err(in_file)?;
    }
    Ok(())
}

/// One entry; tables are dotted names written apart.
fn apply(key: &str, value: &toml::Value, config: &mut Config) -> Result<()> {
    match (key, value) {
        ("store", toml::Value::String(path)) => config.store = Some(PathBuf::from(path)),
        ("tenant", toml::Value::String(name)) => config.tenant = Some(name.clone()),
        ("route", toml::Value::Array(rules)) => {
            for rule in rules {
                config.routes.push(route(rule)?);
            }
        }
        (_, toml::Value::Table(table)) => {
            for (inner, value) in table {
                apply(&format!("{key}.{inner}"), value, config)?;
            }
        }
        (_, toml::Value::Integer(n)) => config.tuning.set(key, *n as f64)?,
        (_, toml::Value::Float(n)) => config.tuning.set(key, *n)?,
        _ => {
            return Err(Error::new(Kind::Usage, format!("{key} is not something to configure with that value"))
                .hint("known keys: store, tenant, [[route]], and the constants of attention, discovery and scoring with a number"));
        }
    }
    Ok(())
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
        return Err(wrong(&format!("has no {key:?}")));
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
