//! `config`: the settings in force, where each value came from, and the same as a file to start from.

use super::{list_page, section};
use crate::report::{Block, Cell, Column, Line, Report, Shown, Table, Tone};
use crate::time::Timestamp;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;

/// A setting in force.
#[derive(Clone, Debug)]
pub struct ConfigRow {
    /// Its name, as a configuration file has it.
    pub name: &'static str,
    /// Its value: text or a number.
    pub value: Value,
    /// The unit of the value.
    pub unit: &'static str,
    /// The value where nobody says another; null where that depends on the machine.
    pub default: Value,
    /// The file, option or variable that said it, or `default`.
    pub origin: String,
    /// Why it is there and why it is what it is.
    pub reason: &'static str,
}

/// A rule that says whose records are.
#[derive(Clone, Debug)]
pub struct RouteRow {
    /// `path`, `host` or `field`.
    pub by: &'static str,
    /// The field looked at, if it is one.
    pub field: Option<String>,
    /// What must match.
    pub pattern: String,
    /// Whose the records then are.
    pub tenant: String,
    /// The file that says so.
    pub origin: String,
}

/// What there is to tell of the configuration.
#[derive(Clone, Debug)]
pub struct ConfigPage<'a> {
    /// When it was asked.
    pub as_of: Timestamp,
    /// The name of all constants in force together, as reports have it.
    pub configuration: &'a str,
    /// The files that were read, the one with the last word last.
    pub files: &'a [PathBuf],
    /// The settings asked for.
    pub settings: &'a [ConfigRow],
    /// The rules, in order.
    pub routes: &'a [RouteRow],
    /// Whether each setting is told with its reason.
    pub detailed: bool,
}

static COLUMNS: [Column; 6] = [
    Column::new("name", "name").least(27),
    Column::new("value", "value").least(6),
    Column::new("unit", "unit").least(12),
    Column::new("default", "default")
        .least(6)
        .shown(Shown::WithRoom(1)),
    Column::new("origin", "from").least(7),
    Column::new("reason", "why").least(40).shown(Shown::Wide),
];

/// The settings asked for, and the rules.
pub fn config(p: &ConfigPage<'_>) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows = p.settings.iter().map(row).collect();
    let values = p.settings.iter().map(value).collect();
    let mut report = list_page(
        p.as_of,
        "settings",
        values,
        sheet,
        "Everything is as it comes.",
    );
    let tail = &mut report.answer.tail;
    tail.insert(
        "routes".to_string(),
        p.routes.iter().map(route_value).collect(),
    );
    tail.insert("files".to_string(), json!(p.files));
    tail.insert("configuration".to_string(), json!(p.configuration));
    if p.detailed {
        report.blocks = p.settings.iter().map(in_detail).collect();
    }
    if !p.routes.is_empty() && !p.detailed {
        report.blocks.push(section("Whose records are"));
        report
            .blocks
            .push(Block::Bullets(p.routes.iter().map(route_line).collect()));
    }
    report.blocks.push(Block::Note(Tone::Dim, read_from(p)));
    report
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn row(s: &ConfigRow) -> Vec<Cell> {
    vec![
        Cell::Words(s.name),
        Cell::text(text(&s.value)),
        Cell::Words(s.unit),
        Cell::text(text(&s.default)),
        Cell::text(&s.origin),
        Cell::Words(s.reason),
    ]
}

fn value(s: &ConfigRow) -> Value {
    json!({
        "name": s.name,
        "value": s.value,
        "unit": s.unit,
        "default": s.default,
        "origin": s.origin,
        "reason": s.reason,
    })
}

fn route_value(r: &RouteRow) -> Value {
    json!({
        "by": r.by,
        "field": r.field,
        "pattern": r.pattern,
        "tenant": r.tenant,
        "origin": r.origin,
    })
}

/// A paragraph on a setting.
fn in_detail(s: &ConfigRow) -> Block {
    let mut line = vec![
        Cell::Toned(Tone::Strong, s.name),
        Cell::Words(" = "),
        Cell::text(text(&s.value)),
        Cell::Words(" "),
        Cell::Words(s.unit),
        Cell::Dim(" · from "),
        Cell::text(&s.origin),
    ];
    if s.value != s.default && !s.default.is_null() {
        line.extend([Cell::Dim(" instead of "), Cell::text(text(&s.default))]);
    }
    line.extend([Cell::Dim(" · "), Cell::Words(s.reason)]);
    Block::Paragraph(line)
}

fn route_line(r: &RouteRow) -> Line {
    let mut line = vec![Cell::Words(r.by)];
    if let Some(field) = &r.field {
        line.extend([Cell::Words(" "), Cell::text(field)]);
    }
    line.extend([Cell::Words(" "), Cell::code(&r.pattern), Cell::Words(": ")]);
    line.extend([
        Cell::text(&r.tenant),
        Cell::Dim(" from "),
        Cell::text(&r.origin),
    ]);
    line
}

fn read_from(p: &ConfigPage<'_>) -> Line {
    let mut line = vec![Cell::Words("Configuration "), Cell::text(p.configuration)];
    if p.files.is_empty() {
        line.push(Cell::Words("; no file was read."));
        return line;
    }
    let names: Vec<String> = p.files.iter().map(|f| f.display().to_string()).collect();
    line.extend([Cell::Words(", from "), Cell::list(&names), Cell::Words(".")]);
    line
}

/// All settings as a configuration file: what is as it comes stands in a comment.
pub fn config_file(settings: &[ConfigRow], routes: &[RouteRow]) -> String {
    let mut file = String::from(
        "# Settings of brainstem, read from /etc/brainstem/config.toml and then from\n\
         # $XDG_CONFIG_HOME/brainstem/config.toml, which has the last word.\n\
         # What stands in a comment is as it comes.\n",
    );
    let mut group = "";
    for s in settings {
        let this = s.name.split('.').next().unwrap_or_default();
        if this != group {
            file.push('\n');
            group = this;
        }
        let comment = if s.origin == "default" { "# " } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            file,
            "# {} [{}]\n{comment}{} = {}",
            s.reason,
            s.unit,
            s.name,
            quoted(&s.value)
        );
    }
    for r in routes {
        let (key, pattern) = match &r.field {
            Some(field) => (
                format!("field = {}\nvalue", quoted(&json!(field))),
                &r.pattern,
            ),
            None => (r.by.to_string(), &r.pattern),
        };
        let (pattern, tenant) = (quoted(&json!(pattern)), quoted(&json!(r.tenant)));
        let _ = writeln!(file, "\n[[route]]\n{key} = {pattern}\ntenant = {tenant}");
    }
    file
}

/// A value as TOML has it: its strings are those of JSON, but that they cannot hold a DEL.
fn quoted(value: &Value) -> String {
    value.to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comments_out_what_is_as_it_comes_and_quotes_what_is_not() {
        let row = |name, value, origin: &str| ConfigRow {
            name,
            value,
            unit: "name",
            default: Value::Null,
            origin: origin.to_string(),
            reason: "Because.",
        };
        let settings = [
            row("tenant", json!("a\"b\u{7f}\n"), "--tenant"),
            row("burst.factor", json!(3.0), "default"),
        ];
        let file = config_file(&settings, &[]);
        assert!(file.contains("\ntenant = \"a\\\"b\\u007f\\n\"\n"), "{file}");
        assert!(file.contains("\n# burst.factor = 3.0\n"), "{file}");
        let table: toml::Table = file.parse().expect("it is TOML");
        assert_eq!(table["tenant"].as_str(), Some("a\"b\u{7f}\n"));
        assert_eq!(table.len(), 1);
    }
}
