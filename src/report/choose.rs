//! What a person asks of a list besides its contents: which fields, in which order.

use super::{Cell, Report, Shown};
use crate::error::{Error, Kind, Result};
use serde_json::Value;
use std::cmp::Ordering;

/// Which end of a list comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

impl Report {
    /// Keeps these fields of the list and no others, in this order, in every format. Fields are called as in JSON.
    ///
    /// Fails with [`Kind::Usage`] where there is no such field; the report is then as it was.
    pub fn keep_fields(&mut self, fields: &[String]) -> Result<()> {
        let kept = fields
            .iter()
            .map(|f| self.field(f))
            .collect::<Result<Vec<usize>>>()?;
        let columns = kept
            .iter()
            .map(|&i| self.sheet.columns[i].shown(Shown::Always));
        let columns = columns.collect::<Vec<_>>();
        for row in &mut self.sheet.rows {
            *row = kept
                .iter()
                .map(|&i| row.get(i).cloned().unwrap_or(Cell::Empty))
                .collect();
        }
        if let Some((_, rows)) = &mut self.answer.list {
            for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                *row = columns
                    .iter()
                    .filter_map(|c| row.get_key_value(c.key))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
            }
        }
        self.sheet.columns = columns.into();
        Ok(())
    }

    /// Puts the list in the order of a field, in every format; rows that are equal in it keep their order.
    ///
    /// Fails with [`Kind::Usage`] where there is no such field.
    pub fn sort_by_field(&mut self, field: &str, direction: Direction) -> Result<()> {
        let column = self.field(field)?;
        let rows = &self.sheet.rows;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|&a, &b| {
            let ordering = compare(rows[a].get(column), rows[b].get(column));
            match direction {
                Direction::Ascending => ordering,
                Direction::Descending => ordering.reverse(),
            }
        });
        if let Some((_, list)) = &mut self.answer.list
            && list.len() == order.len()
        {
            *list = order.iter().map(|&i| list[i].clone()).collect();
        }
        self.sheet.rows = order.iter().map(|&i| self.sheet.rows[i].clone()).collect();
        Ok(())
    }

    /// Keeps the first rows of the list, in every format.
    pub fn keep_rows(&mut self, most: usize) {
        self.sheet.rows.truncate(most);
        if let Some((_, rows)) = &mut self.answer.list {
            rows.truncate(most);
        }
    }

    fn field(&self, name: &str) -> Result<usize> {
        let found = self.sheet.columns.iter().position(|c| c.key == name);
        found.ok_or_else(|| {
            let all: Vec<&str> = self.sheet.columns.iter().map(|c| c.key).collect();
            Error::new(Kind::Usage, format!("no such field: {name}"))
                .hint(format!("fields are {}", all.join(", ")))
        })
    }
}

/// The order of two cells of a column: by number, time, rank or text; an empty cell is least.
fn compare(a: Option<&Cell>, b: Option<&Cell>) -> Ordering {
    match (a.map(rank), b.map(rank)) {
        (Some(Rank::Number(a)), Some(Rank::Number(b))) => a.total_cmp(&b),
        (Some(Rank::Text(a)), Some(Rank::Text(b))) => a.cmp(&b),
        (Some(Rank::Text(_)), Some(Rank::Number(_))) => Ordering::Greater,
        (Some(Rank::Number(_)), Some(Rank::Text(_))) => Ordering::Less,
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

enum Rank {
    Number(f64),
    Text(String),
}

fn rank(cell: &Cell) -> Rank {
    use super::Secrets::Masked;
    match cell {
        Cell::Empty => Rank::Number(f64::NEG_INFINITY),
        Cell::Words(s) | Cell::Dim(s) | Cell::Toned(_, s) | Cell::Named(s) => {
            Rank::Text((*s).to_string())
        }
        Cell::Text(s) | Cell::Title(s) | Cell::Code(s) | Cell::Command(s) | Cell::Id(s) => {
            Rank::Text(s.shown(Masked))
        }
        Cell::Count(n) | Cell::Counted(n, ..) | Cell::Exact(n) | Cell::Bytes(n) => {
            Rank::Number(*n as f64)
        }
        Cell::Score(n) | Cell::Points(n) | Cell::Span(n) => Rank::Number(*n as f64),
        Cell::Number(x) | Cell::Share(x) => Rank::Number(*x),
        Cell::Time(t) | Cell::Moment(t) | Cell::Day(t) | Cell::Ago(t) => Rank::Number(t.0 as f64),
        Cell::Band(band) => Rank::Number(f64::from(*band as u8)),
        Cell::Attention(band) => Rank::Number(f64::from(*band as u8)),
        Cell::Severity(severity) => Rank::Number(severity.map_or(-8.0, |s| -f64::from(s.number()))),
        Cell::Change(change) => Rank::Number(f64::from(*change as u8)),
        Cell::List(names) => Rank::Number(names.len() as f64),
        Cell::Spark(counts) => Rank::Number(counts.iter().map(|&n| f64::from(n)).sum()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Answer, Column, Table};
    use serde_json::json;

    static COLUMNS: [Column; 2] = [
        Column::new("host", "host").shown(Shown::Wide),
        Column::new("event_count", "count"),
    ];

    fn list() -> Report {
        let mut sheet = Table::new(&COLUMNS);
        let rows = [("b", 2), ("a", 10), ("c", 2)];
        sheet.rows = rows
            .iter()
            .map(|&(h, n)| vec![Cell::text(h), Cell::Count(n)])
            .collect();
        let values = rows
            .iter()
            .map(|&(h, n)| json!({"host": h, "event_count": n, "more": 1}))
            .collect();
        Report {
            answer: Answer::list("results", values),
            sheet,
            ..Report::default()
        }
    }

    fn hosts(report: &Report) -> Vec<&str> {
        let (_, rows) = report.answer.list.as_ref().expect("a list");
        rows.iter().filter_map(|row| row["host"].as_str()).collect()
    }

    #[test]
    fn rows_are_ordered_by_value_and_equal_ones_stay() {
        let mut report = list();
        report
            .sort_by_field("event_count", Direction::Descending)
            .expect("a field");
        assert_eq!(hosts(&report), ["a", "b", "c"]);
        report
            .sort_by_field("host", Direction::Descending)
            .expect("a field");
        assert_eq!(hosts(&report), ["c", "b", "a"]);
        assert_eq!(report.sheet.rows[0][0], Cell::text("c"));
    }

    #[test]
    fn only_the_fields_asked_for_are_kept_in_their_order() {
        let mut report = list();
        let fields = ["event_count".to_string(), "host".to_string()];
        report.keep_fields(&fields).expect("fields");
        let keys: Vec<&str> = report.sheet.columns.iter().map(|c| c.key).collect();
        assert_eq!(keys, ["event_count", "host"]);
        let (_, rows) = report.answer.list.as_ref().expect("a list");
        assert_eq!(rows[0].to_string(), r#"{"event_count":2,"host":"b"}"#);
    }

    #[test]
    fn an_unknown_field_is_named_with_those_there_are() {
        let e = list()
            .keep_fields(&["hots".to_string()])
            .expect_err("no such field");
        assert_eq!(e.to_string(), "no such field: hots");
        assert_eq!(e.hint.as_deref(), Some("fields are host, event_count"));
    }
}
