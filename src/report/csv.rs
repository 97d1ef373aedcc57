//! `csv`: the sheet of a report, whole and exact, safe to open in a spreadsheet.

use super::{Cell, Look, Renderer, Report, Untrusted, points_text};
use crate::time::SECOND;
use csv::{QuoteStyle, WriterBuilder};
use std::io::{self, Write};

/// The renderer for spreadsheets.
pub struct CsvRenderer;

impl Renderer for CsvRenderer {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut sheet = WriterBuilder::new()
            .quote_style(QuoteStyle::Necessary)
            .from_writer(out);
        let columns = &report.sheet.columns;
        if columns.is_empty() {
            return sheet.flush();
        }
        sheet
            .write_record(columns.iter().map(|c| c.key))
            .map_err(write_error)?;
        for row in &report.sheet.rows {
            let cells =
                (0..columns.len()).map(|i| row.get(i).map_or(String::new(), |c| value(c, look)));
            sheet.write_record(cells).map_err(write_error)?;
        }
        sheet.flush()
    }
}

/// What the writer below said: the kind decides whether anybody is told. Turned around by `From`, it would be "other".
fn write_error(e: csv::Error) -> io::Error {
    match e.into_kind() {
        csv::ErrorKind::Io(e) => e,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A cell as a program would want it: all digits, whole ids, RFC 3339 times, spans in seconds.
fn value(cell: &Cell, look: &Look) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Words(words) | Cell::Dim(words) | Cell::Toned(_, words) | Cell::Named(words) => {
            (*words).to_string()
        }
        Cell::Text(text)
        | Cell::Title(text)
        | Cell::Code(text)
        | Cell::Command(text)
        | Cell::Id(text) => guarded(text.shown(look.secrets)),
        Cell::Count(n) | Cell::Counted(n, ..) | Cell::Exact(n) | Cell::Bytes(n) => n.to_string(),
        Cell::Score(points) | Cell::Points(points) => points_text(*points),
        Cell::Number(x) | Cell::Share(x) => x.to_string(),
        Cell::Time(t) | Cell::Moment(t) | Cell::Ago(t) => t.rfc3339(),
        Cell::Day(t) => t.day_text(),
        Cell::Span(micros) => (*micros as f64 / SECOND as f64).to_string(),
        Cell::Band(band) => band.name().to_string(),
        Cell::Attention(band) => band.name().to_string(),
        Cell::Severity(severity) => severity.map_or("", |s| s.name()).to_string(),
        Cell::Change(change) => change.name().to_string(),
        Cell::List(names) => {
            let shown = |n: &Untrusted| n.shown(look.secrets);
            guarded(names.iter().map(shown).collect::<Vec<_>>().join("; "))
        }
        Cell::Spark(counts) => counts
            .iter()
            .map(u32::to_string)
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// Characters a spreadsheet begins a formula with, in both widths (OWASP, "CSV Injection").
const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The text with a leading `'` where a spreadsheet would take it for a formula, also behind blanks.
fn guarded(text: String) -> String {
    match text.trim_start().starts_with(FORMULA_STARTS) {
        true => format!("'{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Column, Table};

    static COLUMNS: [Column; 2] = [
        Column::new("template", "template"),
        Column::new("change", "change"),
    ];

    fn written(cell: Cell) -> String {
        let mut report = Report {
            sheet: Table::new(&COLUMNS),
            ..Report::default()
        };
        report.sheet.rows.push(vec![cell, Cell::Number(-0.5)]);
        let mut out = Vec::new();
        CsvRenderer
            .render(&report, &Look::default(), &mut out)
            .expect("a vector takes everything");
        String::from_utf8(out)
            .expect("text")
            .replacen("template,change\n", "", 1)
    }

    #[test]
    fn text_cannot_become_a_formula_and_numbers_stay_numbers() {
        assert_eq!(written(Cell::text("=1+1")), "'=1+1,-0.5\n");
        assert_eq!(written(Cell::text("  @SUM(A1)")), "'  @SUM(A1),-0.5\n");
        assert_eq!(written(Cell::code("＝cmd")), "'＝cmd,-0.5\n");
        assert_eq!(
            written(Cell::list(&["-x".to_string(), "=y".to_string()])),
            "'-x; =y,-0.5\n"
        );
    }

    #[test]
    fn quotes_commas_and_newlines_stay_in_their_cell() {
        assert_eq!(
            written(Cell::text("a,\"b\"\nc")),
            "\"a,\"\"b\"\"\\nc\",-0.5\n"
        );
    }

    #[test]
    fn times_and_counts_are_exact() {
        assert_eq!(written(Cell::Count(12_449)), "12449,-0.5\n");
        assert_eq!(written(Cell::Score(8_449)), "0.8449,-0.5\n");
        assert_eq!(written(Cell::Span(1_500_000)), "1.5,-0.5\n");
    }
}
