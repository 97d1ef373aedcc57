//! The configuration files: which store, which tenant, and other values for the constants.

use crate::error::{Error, Kind, Result, os_text};
use crate::tuning::Tuning;
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
        (_, toml::Value::Table(table)) => {
            for (inner, value) in table {
                apply(&format!("{key}.{inner}"), value, config)?;
            }
        }
        (_, toml::Value::Integer(n)) => config.tuning.set(key, *n as f64)?,
        (_, toml::Value::Float(n)) => config.tuning.set(key, *n)?,
        _ => {
            return Err(Error::new(Kind::Usage, format!("{key} is not something to configure with that value"))
                .hint("known keys: store, tenant, and the constants of attention, discovery and scoring with a number"));
        }
    }
    Ok(())
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
