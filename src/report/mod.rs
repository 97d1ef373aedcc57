//! How results look: a page is built once as a [`Report`], and any [`Renderer`] turns it into bytes.
//!
//! - `pages/`: one file per page; plain data in, a `Report` out.
//! - one file and one row of [`RENDERERS`] per output format.
//! - `untrusted`, `secrets`: the one door log text leaves by. No renderer can print it another way.
//!
//! Nothing here reads the clock, the terminal or the environment: the command line decides the [`Look`], and all that is
//! relative is relative to the report's own as-of time.

mod choose;
mod columns;
mod csv;
mod html;
mod human;
mod ids;
mod json;
mod layout;
mod markdown;
mod model;
mod ndjson;
pub mod pages;
mod prometheus;
mod schema;
mod secrets;
mod table;
mod together;
mod untrusted;
mod words;

pub use choose::Direction;
pub use human::score_text;
pub use json::write_line;
pub use model::{
    Block, Cell, Change, Column, Exhibit, Fact, Item, Level, Line, Shown, Table, Tone,
};
pub use prometheus::Metric;
pub use schema::schema;
pub use secrets::{MASK, mask};
pub use together::together;
pub use untrusted::{Untrusted, escape, lossless};

use columns::{GAP, table_lines};
use human::{
    ago_text, bytes_text, count_text, cut, cut_template, exact_text, number_text, points_text,
    prefix, share_text, spark_ascii, spark_text,
};
use ids::ShortIds;
use json::write_answer_line;
use layout::{justified, paint, toned, wrap};
use model::band_tone;
use secrets::names_a_secret;
use untrusted::ascii_only;
use words::Words;

use crate::time::Timestamp;
use serde_json::{Map, Value};
use std::io::{self, Write};

/// Whether text carries colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// ANSI colours.
    On,
    /// Plain text.
    #[default]
    Off,
}

/// Which characters of ours a terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    /// Rules, dots and blocks.
    #[default]
    Unicode,
    /// ASCII only; log text too.
    Ascii,
}

/// How much of a table is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// What fits.
    #[default]
    Fitted,
    /// All columns, whole cells, full ids, however wide that is.
    Wide,
}

/// What becomes of passwords, keys and tokens in log text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Secrets {
    /// They are masked.
    #[default]
    Masked,
    /// They are shown.
    Shown,
}

/// How a page is to look, decided by the command line.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns of text there are.
    pub width: usize,
    /// Colour or none.
    pub color: Color,
    /// Unicode or ASCII.
    pub glyphs: Glyphs,
    /// What fits or everything.
    pub extent: Extent,
    /// Masked or shown.
    pub secrets: Secrets,
}

impl Default for Look {
    /// Eighty columns, no colour: a mail, a pipe, an old terminal.
    fn default() -> Look {
        Look {
            width: 80,
            color: Color::Off,
            glyphs: Glyphs::Unicode,
            extent: Extent::Fitted,
            secrets: Secrets::Masked,
        }
    }
}

/// What programs get: one JSON object, of which one member may be a list of rows.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Members before the list: `ok` first.
    pub head: Map<String, Value>,
    /// The list, by name: the lines of NDJSON.
    pub list: Option<(&'static str, Vec<Value>)>,
    /// Members behind the list.
    pub tail: Map<String, Value>,
}

impl Answer {
    /// `"ok": true` and whatever members `value` has, if it is an object.
    pub fn ok(value: Value) -> Answer {
        let mut head = Map::new();
        head.insert("ok".to_string(), Value::Bool(true));
        if let Value::Object(members) = value {
            head.extend(members);
        }
        Answer {
            head,
            list: None,
            tail: Map::new(),
        }
    }

    /// `"ok": true` and a list.
    pub fn list(name: &'static str, rows: Vec<Value>) -> Answer {
        Answer {
            list: Some((name, rows)),
            ..Answer::ok(Value::Null)
        }
    }

    /// The same with one more member behind the list.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Answer {
        self.tail.insert(name.to_string(), value);
        self
    }
}

/// A result, free of any format.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What all relative times are relative to.
    pub as_of: Timestamp,
    /// For programs.
    pub answer: Answer,
    /// For spreadsheets; on the page where [`Block::Sheet`] stands.
    pub sheet: Table,
    /// For people.
    pub blocks: Vec<Block>,
    /// For monitoring.
    pub metrics: Vec<Metric>,
}

impl Report {
    /// The same with the configuration it was made under: its hash, and how many constants are not as they came.
    #[must_use]
    pub fn under(mut self, hash: &str, changed: usize) -> Report {
        self.answer = self.answer.with("configuration", Value::from(hash));
        let mut line = vec![Cell::Words("Configuration "), Cell::text(hash)];
        line.extend(match changed {
            0 => vec![Cell::Words(", as it comes.")],
            n => vec![
                Cell::Words(", with "),
                Cell::Counted(n as u64, "constant", "constants"),
                Cell::Words(" changed."),
            ],
        });
        self.blocks.push(Block::Note(Tone::Dim, line));
        self
    }
}

/// Turns any report into bytes of one output format.
pub trait Renderer: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Writes the report; fails only when `out` does.
    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()>;
}

/// All output formats; the first is the default.
pub static RENDERERS: &[&dyn Renderer] = &[
    &table::TableRenderer,
    &json::JsonRenderer,
    &ndjson::NdjsonRenderer,
    &csv::CsvRenderer,
    &markdown::MarkdownRenderer,
    &html::HtmlRenderer,
    &prometheus::PrometheusRenderer,
];

/// The renderer of this name.
pub fn renderer(name: &str) -> Option<&'static dyn Renderer> {
    RENDERERS.iter().copied().find(|r| r.name() == name)
}
