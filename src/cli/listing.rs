//! What a person asks of a list besides its contents: how many rows, which fields, in which order.

use super::session::Session;
use crate::error::Result;
use crate::event::Event;
use crate::report::{Block, Direction, Report, pages};
use crate::time::Timestamp;
use serde_json::Value;

/// Options of every subcommand that lists things.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Listing {
    /// Only these fields, in this order, called as in JSON: title,hosts,event_count
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    fields: Vec<String>,
    /// In the order of a field, named as for --fields; FIELD:desc puts the greatest first
    #[arg(long, value_name = "FIELD[:desc]")]
    sort: Option<String>,
}

impl Listing {
    /// So many rows are to be found: all, where their order decides which of them are listed. 0 stands for all.
    pub fn wanted(&self, limit: usize) -> usize {
        match (limit, &self.sort) {
            (0, _) | (_, Some(_)) => usize::MAX,
            (limit, None) => limit,
        }
    }

    /// Says that there are more rows than a table was cut to.
    pub fn tell_more(limit: usize, total: usize, what: &str, session: &Session) {
        if limit > 0 && total > limit && session.format() == "table" {
            session.note(&format!("{limit} of {total} {what}; --limit 0 lists all"));
        }
    }

    /// Whether rows come in the order they are found in, so that each can be written at once.
    pub fn keeps_order(&self) -> bool {
        self.sort.is_none()
    }

    /// Whether anything is asked.
    fn is_asked(&self) -> bool {
        self.sort.is_some() || !self.fields.is_empty()
    }

    /// One event as it was asked for.
    pub fn value(&self, event: &Event, as_of: Timestamp) -> Result<Value> {
        if self.fields.is_empty() {
            return Ok(pages::event_value(event));
        }
        let one = pages::events(std::slice::from_ref(event), as_of);
        let list = self.apply(one, 0)?.answer.list;
        Ok(list
            .and_then(|(_, mut rows)| rows.pop())
            .unwrap_or_default())
    }

    /// The list as it was asked for: sorted, then cut to `limit` rows, then to its fields.
    ///
    /// Fails with a usage error that names the fields there are.
    pub fn apply(&self, mut report: Report, limit: usize) -> Result<Report> {
        if let Some(sort) = &self.sort {
            let (field, direction) = match sort.rsplit_once(':') {
                Some((field, "desc")) => (field, Direction::Descending),
                Some((field, "asc")) => (field, Direction::Ascending),
                _ => (sort.as_str(), Direction::Ascending),
            };
            report.sort_by_field(field, direction)?;
            if limit > 0 {
                report.keep_rows(limit);
            }
        }
        if !self.fields.is_empty() {
            report.keep_fields(&self.fields)?;
        }
        // Of a page that is no list, what was asked for is the table of what it is about.
        let sheet = |block: &Block| matches!(block, Block::Sheet);
        if self.is_asked() && !report.blocks.iter().any(sheet) && !report.sheet.rows.is_empty() {
            report.blocks = vec![Block::Sheet];
        }
        Ok(report)
    }
}
