//! `ndjson`: one JSON object a line: the rows of the answer's list, or the whole answer where it has none.

use super::{Look, Renderer, Report, write_answer_line, write_line};
use std::io::{self, Write};

/// The renderer of JSON lines.
pub struct NdjsonRenderer;

impl Renderer for NdjsonRenderer {
    fn name(&self) -> &'static str {
        "ndjson"
    }

    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        match &report.answer.list {
            Some((_, rows)) => rows
                .iter()
                .try_for_each(|row| write_line(row, look.secrets, out)),
            None => write_answer_line(&report.answer, look.secrets, out),
        }
    }
}
