//! `markdown`: pages for a ticket or a wiki, in which no log text can become anything but text.
//!
//! Text from outside is let through as prose only word by word, where a word is plainly a word or a number; every other
//! word stands in a code span. So no link, image, mention, reference or tag can come about, in any dialect.

use super::{
    Block, Cell, Exhibit, Fact, Item, Level, Line, Look, Renderer, Report, Shown, Table, Words,
};
use std::borrow::Cow;
use std::io::{self, Write};

/// The renderer for tickets.
pub struct MarkdownRenderer;

impl Renderer for MarkdownRenderer {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page {
            report,
            words: Words::whole(report, look),
            text: String::new(),
        };
        for block in &report.blocks {
            if !page.text.is_empty() {
                page.text.push('\n');
            }
            page.block(block);
        }
        out.write_all(page.text.as_bytes())
    }
}

/// A page as it grows.
struct Page<'a> {
    report: &'a Report,
    words: Words<'a>,
    text: String,
}

impl Page<'_> {
    fn push(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading {
                level, line, aside, ..
            } => self.heading(*level, line, aside),
            Block::Paragraph(line) => self.push(&self.line(line)),
            Block::Facts(facts) => facts.iter().for_each(|f| self.fact(f)),
            Block::Bullets(lines) => lines
                .iter()
                .for_each(|l| self.push(&format!("- {}", self.line(l)))),
            Block::Sheet => self.table(&self.report.sheet),
            Block::Table(table) => self.table(table),
            Block::Item(item) => self.item(item),
            Block::Evidence(exhibits) => self.evidence(exhibits),
            Block::Note(_, line) => self.push(&format!("> {}", self.line(line))),
        }
    }

    fn heading(&mut self, level: Level, line: &Line, aside: &Line) {
        let signs = match level {
            Level::Page => "#",
            Level::Section => "##",
        };
        self.push(&format!("{signs} {}", self.line(line)));
        if !aside.is_empty() {
            self.push("");
            self.push(&self.line(aside));
        }
    }

    fn item(&mut self, item: &Item) {
        self.push(&format!(
            "### {}",
            prose(&self.words.untrusted(&item.title))
        ));
        self.push("");
        let change = item.change.map_or(String::new(), |c| {
            format!("**{}** · ", self.words.cell(&Cell::Change(c)))
        });
        let score = self.words.cell(&Cell::Score(item.score_points));
        self.push(&format!(
            "{change}score {score} · {}",
            self.line(&item.about)
        ));
        self.push("");
        item.facts.iter().for_each(|f| self.fact(f));
    }

    fn fact(&mut self, fact: &Fact) {
        let name = match &fact.name {
            Cell::Words(words) => format!("**{words}**"),
            other => self.cell(other),
        };
        match fact.lines.as_slice() {
            [line] => self.push(&format!("- {name}: {}", self.line(line))),
            lines => {
                self.push(&format!("- {name}:"));
                lines
                    .iter()
                    .for_each(|l| self.push(&format!("  - {}", self.line(l))));
            }
        }
    }

    fn evidence(&mut self, exhibits: &[Exhibit]) {
        for (i, exhibit) in exhibits.iter().enumerate() {
            if i > 0 {
                self.push("");
            }
            self.push(&self.line(&exhibit.about));
            self.push("");
            let raw = self.words.record(&exhibit.raw).join("\n");
            let raw = tamed(&raw);
            let fence = "`".repeat((longest_run(&raw) + 1).max(3));
            self.push(&format!("{fence}text"));
            self.push(&raw);
            self.push(&fence);
        }
    }

    fn table(&mut self, table: &Table) {
        let shown: Vec<usize> = (0..table.columns.len())
            .filter(|&i| matches!(table.columns[i].shown, Shown::Always | Shown::WithRoom(_)))
            .collect();
        let titles: Vec<&str> = shown.iter().map(|&i| table.columns[i].title).collect();
        self.push(&format!("| {} |", titles.join(" | ")));
        let rules: Vec<&str> = shown
            .iter()
            .map(|&i| {
                match table
                    .rows
                    .iter()
                    .filter_map(|row| row.get(i))
                    .any(Cell::is_number)
                {
                    true => "---:",
                    false => "---",
                }
            })
            .collect();
        self.push(&format!("| {} |", rules.join(" | ")));
        for row in &table.rows {
            let cells: Vec<String> = shown
                .iter()
                .map(|&i| {
                    row.get(i)
                        .map_or(String::new(), |c| self.cell(c).replace('|', "\\|"))
                })
                .collect();
            self.push(&format!("| {} |", cells.join(" | ")));
        }
    }

    /// A line of cells; code spans that would touch are kept apart, or they would be one.
    fn line(&self, line: &Line) -> String {
        let mut text = String::new();
        for cell in line {
            let piece = self.cell(cell);
            if text.ends_with('`') && piece.starts_with('`') {
                text.push(' ');
            }
            text.push_str(&piece);
        }
        text
    }

    fn cell(&self, cell: &Cell) -> String {
        let text = self.words.cell(cell);
        match cell {
            Cell::Text(_) | Cell::Title(_) => prose(&text),
            Cell::List(names) => {
                let spans: Vec<String> = names
                    .iter()
                    .map(|n| code_span(&self.words.untrusted(n)))
                    .collect();
                spans.join(", ")
            }
            Cell::Code(_) | Cell::Command(_) | Cell::Id(_) | Cell::Spark(_) => code_span(&text),
            Cell::Toned(..) | Cell::Change(_) => format!("**{text}**"),
            _ => text,
        }
    }
}

/// A code span around text that is on one line: its fence is longer than any run of backticks inside.
fn code_span(text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let text = tamed(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let padded = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if padded { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Longer runs of backticks than this are written out: CommonMark's own parser, which GitHub uses, pairs no fence of more
/// than 80, and what it does not pair is no code.
const LONGEST_RUN: usize = 20;

/// The text without runs of backticks too long to be fenced.
fn tamed(text: &str) -> Cow<'_, str> {
    match longest_run(text) > LONGEST_RUN {
        true => Cow::Owned(text.replace('`', "\\x60")),
        false => Cow::Borrowed(text),
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Text as prose: plain words as they are, runs of other words in code spans.
fn prose(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut risky: Vec<&str> = Vec::new();
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        if is_plain(word) {
            if !risky.is_empty() {
                out.push(code_of(&risky));
                risky.clear();
            }
            out.push(word.to_string());
        } else {
            risky.push(word);
        }
    }
    if !risky.is_empty() {
        out.push(code_of(&risky));
    }
    out.join(" ")
}

/// Risky words in one code span, the punctuation of the sentence behind it.
fn code_of(words: &[&str]) -> String {
    let joined = words.join(" ");
    let core = joined.trim_end_matches([',', ';', ':', '.']);
    let quoted = core.strip_prefix('`').and_then(|c| c.strip_suffix('`'));
    match quoted.filter(|inner| !inner.is_empty() && !inner.contains(['`', ' '])) {
        Some(inner) => format!("{}{}", code_span(inner), &joined[core.len()..]),
        None if core.is_empty() => code_span(&joined),
        None => format!("{}{}", code_span(core), &joined[core.len()..]),
    }
}

/// Whether a word is a plain word or number that no dialect of markdown reads as anything else: letters with inner
/// hyphens and apostrophes, or a number with its unit, in parentheses and with the punctuation of a sentence.
fn is_plain(word: &str) -> bool {
    let core = word.trim_start_matches(['(', '"']);
    let core = core.trim_end_matches([')', '"', ',', ';', ':', '.', '?', '%']);
    let first = core.chars().next();
    let begins_list = first.is_some_and(|c| c.is_ascii_digit())
        && word.ends_with([')', '.'])
        && !word.contains('(');
    match first {
        Some(c) if c.is_ascii_digit() => core.len() <= 16 && !begins_list && is_number(core),
        Some(c) if c.is_alphabetic() => core
            .chars()
            .all(|c| c.is_alphabetic() || c == '\'' || c == '-'),
        _ => false,
    }
}

/// Digits with the signs of numbers, dates and times between them, and a unit of at most three letters behind.
fn is_number(core: &str) -> bool {
    let digits = core.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    core.len() - digits.len() <= 3
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ':' | '-'))
        && !digits.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_sentences_stay_plain() {
        let text = "Seen 12 times in 3.5h (85% of 14 days), last at 2026-03-02 14:05; it's new.";
        assert_eq!(prose(text), text);
    }

    #[test]
    fn what_could_mean_something_is_code() {
        assert_eq!(
            prose("Failed password for <user> from 10.0.0.1, see https://x.y/ @bob #12 ok"),
            "Failed password for `<user>` from 10.0.0.1, see `https://x.y/ @bob #12` ok"
        );
        assert_eq!(prose("on web-01: <img src=x>"), "on `web-01: <img src=x>`");
        assert_eq!(prose("would be `watch`, if"), "would be `watch`, if");
        assert_eq!(prose("1. not a list"), "`1`. not a list");
        assert_eq!(prose("- [x](y) **z** _w_"), "`- [x](y) **z** _w_`");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(code_span("a `b` ``c``"), "``` a `b` ``c`` ```");
        assert_eq!(code_span("plain"), "`plain`");
        assert_eq!(
            code_span(&"`".repeat(21)),
            format!("`{}`", "\\x60".repeat(21))
        );
    }
}
