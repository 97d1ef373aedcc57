//! `table`: pages for a terminal or a mail, 60 to 200 columns wide.

use super::{
    Block, Cell, Exhibit, Extent, Fact, GAP, Item, Level, Line, Look, Renderer, Report, Table,
    Tone, Words, band_tone, cut, justified, paint, table_lines, toned, wrap,
};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// The terminal's renderer.
pub struct TableRenderer;

/// Sentences are not set wider than this: the eye loses the line.
const MEASURE: usize = 100;
/// A page is never laid out narrower than this; a smaller window wraps it itself.
const NARROWEST: usize = 40;
/// A title takes no more lines than this.
const TITLE_LINES: usize = 3;
/// A sentence takes no more lines than this, whatever a log put into it.
const SENTENCE_LINES: usize = 6;
/// A line of a log that stands among facts takes no more lines than this.
const LOG_LINES: usize = 2;
/// A raw record takes no more lines than this.
const RECORD_LINES: usize = 8;

impl Renderer for TableRenderer {
    fn name(&self) -> &'static str {
        "table"
    }

    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page {
            report,
            words: Words::short(report, look),
            text: String::new(),
        };
        let mut before = None;
        for block in &report.blocks {
            if before.is_some_and(|b| is_apart(b, block)) {
                page.text.push('\n');
            }
            page.block(block);
            before = Some(block);
        }
        out.write_all(paint(&page.text, look).as_bytes())
    }
}

/// Whether a blank line stands between two blocks.
fn is_apart(before: &Block, block: &Block) -> bool {
    let page_heading = matches!(
        before,
        Block::Heading {
            level: Level::Page,
            ..
        }
    );
    let section_heading = matches!(
        before,
        Block::Heading {
            level: Level::Section,
            ..
        }
    );
    match block {
        Block::Heading { .. } => true,
        Block::Paragraph(_) | Block::Note(..) => {
            !page_heading && !section_heading && !matches!(before, Block::Note(..))
        }
        Block::Bullets(_) => !section_heading && !matches!(before, Block::Paragraph(_)),
        _ => !section_heading,
    }
}

/// A page as it grows.
struct Page<'a> {
    report: &'a Report,
    words: Words<'a>,
    text: String,
}

impl Page<'_> {
    fn width(&self) -> usize {
        self.words.look.width.max(NARROWEST)
    }

    fn measure(&self) -> usize {
        self.width().min(MEASURE)
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading {
                level,
                tone,
                line,
                aside,
            } => self.heading(*level, *tone, line, aside),
            Block::Paragraph(line) => self.prose("", "", line, SENTENCE_LINES),
            Block::Facts(facts) => self.facts("", facts),
            Block::Bullets(lines) => lines.iter().for_each(|l| self.said("• ", "  ", l)),
            Block::Sheet => self.table(&self.report.sheet),
            Block::Table(table) => self.table(table),
            Block::Item(item) => self.item(item),
            Block::Evidence(exhibits) => exhibits.iter().for_each(|e| self.exhibit(e)),
            Block::Note(tone, line) => self.note(*tone, line),
        }
    }

    fn heading(&mut self, level: Level, tone: Tone, line: &Line, aside: &Line) {
        let aside = self.aside(aside);
        match level {
            Level::Page => {
                let title = self.words.line(line);
                self.titled("", "", &title, &aside);
            }
            Level::Section => {
                let room = self.measure().saturating_sub(aside.width() + 8);
                let title = self.cut(&self.words.line(line), room);
                let used = title.width()
                    + 1
                    + if aside.is_empty() {
                        0
                    } else {
                        aside.width() + 1
                    };
                let rule = "─".repeat(self.measure().saturating_sub(used));
                let head = if tone == Tone::Plain {
                    Tone::Strong
                } else {
                    tone
                };
                let joint = if aside.is_empty() { "" } else { " " };
                self.push(&format!(
                    "{} {}{joint}{aside}",
                    toned(head, &title),
                    toned(Tone::Dim, &rule)
                ));
            }
        }
    }

    /// A sentence, wrapped; `first` stands before its first line, `rest` before the others.
    fn prose(&mut self, first: &str, rest: &str, line: &Line, most: usize) {
        let text = self.line(line);
        self.wrapped(first, rest, &text, most);
    }

    fn wrapped(&mut self, first: &str, rest: &str, text: &str, most: usize) {
        let most = match self.words.look.extent {
            Extent::Fitted => most,
            Extent::Wide => usize::MAX,
        };
        let room = self.measure().saturating_sub(first.width());
        for (i, piece) in wrap(text, room, most, self.words.ellipsis())
            .iter()
            .enumerate()
        {
            let lead = if i == 0 { first } else { rest };
            self.push(&format!("{lead}{piece}"));
        }
    }

    fn note(&mut self, tone: Tone, line: &Line) {
        let text = toned(tone, &self.words.line(line));
        self.wrapped("", "", &text, SENTENCE_LINES);
    }

    fn facts(&mut self, indent: &str, facts: &[Fact]) {
        let names: Vec<String> = facts
            .iter()
            .map(|f| self.words.fitted(&f.name, 24))
            .collect();
        let wide = names.iter().map(|n| n.width()).max().unwrap_or(0);
        for (fact, name) in facts.iter().zip(&names) {
            let pad = " ".repeat(wide - name.width() + GAP);
            let rest = format!("{indent}{}", " ".repeat(wide + GAP));
            let first = format!("{indent}{}{pad}", toned(Tone::Dim, name));
            for (i, line) in fact.lines.iter().enumerate() {
                let lead = if i == 0 { &first } else { &rest };
                self.said(lead, &rest, line);
            }
        }
    }

    /// A line among others: a command, log text or a sentence.
    fn said(&mut self, first: &str, rest: &str, line: &Line) {
        match line.as_slice() {
            [Cell::Command(_)] => self.command(first, rest, line),
            [Cell::Code(_)] => self.prose(first, rest, line, LOG_LINES),
            _ => self.prose(first, rest, line, SENTENCE_LINES),
        }
    }

    /// A command, which can be copied as it stands: where it does not fit, it goes on behind a backslash.
    fn command(&mut self, first: &str, rest: &str, line: &Line) {
        const ON: &str = " \\";
        let room = self.measure().saturating_sub(first.width());
        let text = self.line(line);
        if text.width() <= room {
            return self.push(&format!("{first}{text}"));
        }
        let mut lead = first.to_string();
        let mut said = String::new();
        for part in text.split(" --").enumerate() {
            let part = match part {
                (0, begin) => begin.to_string(),
                (_, option) => format!(" --{option}"),
            };
            if !said.is_empty() && said.width() + part.width() + ON.len() > room {
                self.push(&format!("{lead}{said}{ON}"));
                lead = format!("{rest} ");
                said.clear();
            }
            said.push_str(&part);
        }
        self.wrapped(&lead, &format!("{rest}  "), &said, SENTENCE_LINES);
    }

    /// A title that may take more lines than one, and what stands beside it on the first.
    fn titled(&mut self, first: &str, rest: &str, title: &str, aside: &str) {
        let room = self
            .measure()
            .saturating_sub(first.width() + aside.width() + GAP);
        for (i, piece) in wrap(title, room, TITLE_LINES, self.words.ellipsis())
            .iter()
            .enumerate()
        {
            let (lead, aside) = if i == 0 { (first, aside) } else { (rest, "") };
            let left = format!("{lead}{}", toned(Tone::Strong, piece));
            self.push(&justified(&left, aside, self.measure()));
        }
    }

    fn item(&mut self, item: &Item) {
        let indent = "  ";
        let change = item.change.map(Cell::Change).unwrap_or(Cell::Empty);
        let aside = format!(
            "{}  {}",
            toned(change.tone(), &self.words.cell(&change)),
            toned(
                Tone::Strong,
                &self.words.cell(&Cell::Score(item.score_points))
            )
        );
        let aside = aside.trim_start().to_string();
        let title = self.words.cell(&Cell::Title(item.title.clone()));
        let bullet = toned(band_tone(item.band), "● ");
        self.titled(&bullet, indent, &title, &aside);
        let about = toned(Tone::Dim, &self.words.line(&item.about));
        self.wrapped(indent, indent, &about, 2);
        self.facts(indent, &item.facts);
    }

    fn exhibit(&mut self, exhibit: &Exhibit) {
        let about = toned(Tone::Dim, &self.words.line(&exhibit.about));
        self.wrapped("", "", &about, 2);
        let mut room = match self.words.look.extent {
            Extent::Fitted => RECORD_LINES,
            Extent::Wide => usize::MAX,
        };
        for line in self.words.record(&exhibit.raw) {
            if room == 0 {
                self.push(&format!("│ {}", self.words.ellipsis()));
                return;
            }
            let pieces = wrap(
                &line,
                self.measure().saturating_sub(2),
                room,
                self.words.ellipsis(),
            );
            pieces
                .iter()
                .for_each(|piece| self.push(&format!("│ {piece}")));
            room = room.saturating_sub(pieces.len());
        }
    }

    fn table(&mut self, table: &Table) {
        for line in table_lines(table, &self.words, self.width()) {
            self.push(&line);
        }
    }

    /// A line with every cell in its colour.
    fn line(&self, line: &Line) -> String {
        line.iter()
            .map(|cell| toned(cell.tone(), &self.words.cell(cell)))
            .collect()
    }

    /// What stands beside a heading: plain cells are dim.
    fn aside(&self, line: &Line) -> String {
        let tone = |cell: &Cell| match cell.tone() {
            Tone::Plain => Tone::Dim,
            tone => tone,
        };
        line.iter()
            .map(|cell| toned(tone(cell), &self.words.cell(cell)))
            .collect()
    }

    fn cut(&self, text: &str, width: usize) -> String {
        cut(text, width, self.words.ellipsis()).into_owned()
    }
}
