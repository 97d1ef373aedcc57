//! `html`: one page in one file, for a browser or a mail: no script, no link, nothing fetched from anywhere.

use super::{
    Block, Cell, Exhibit, Fact, Item, Level, Line, Look, Renderer, Report, Shown, Table, Tone,
    Words, band_tone,
};
use crate::time::Timestamp;
use std::fmt::Write as _;
use std::io::{self, Write};

/// The renderer for browsers.
pub struct HtmlRenderer;

/// The look of the page, light and dark.
const STYLE: &str = include_str!("html.css");

/// Nothing may be loaded and nothing may run, whatever a record says.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

impl Renderer for HtmlRenderer {
    fn name(&self) -> &'static str {
        "html"
    }

    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page {
            report,
            words: Words::whole(report, look),
            html: String::new(),
        };
        report.blocks.iter().for_each(|block| page.block(block));
        let title = page.title();
        // A list has many columns; anything else is read as text.
        let body = match report.blocks.first() {
            Some(Block::Sheet) => "<body class=\"wide\">",
            _ => "<body>",
        };
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n{body}\n{}</body>\n</html>\n",
            page.html
        )
    }
}

/// A page as it grows.
struct Page<'a> {
    report: &'a Report,
    words: Words<'a>,
    html: String,
}

impl Page<'_> {
    /// The words of the page's own heading.
    fn title(&self) -> String {
        let heading = self.report.blocks.iter().find_map(|block| match block {
            Block::Heading { line, .. } => Some(self.words.line(line)),
            _ => None,
        });
        entities(&heading.unwrap_or_else(|| "brainstem".to_string()))
    }

    fn push(&mut self, html: &str) {
        self.html.push_str(html);
        self.html.push('\n');
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading {
                level,
                tone,
                line,
                aside,
            } => self.heading(*level, *tone, line, aside),
            Block::Paragraph(line) => self.push(&format!("<p>{}</p>", self.line(line))),
            Block::Facts(facts) => self.facts(facts),
            Block::Bullets(lines) => {
                let items: String = lines
                    .iter()
                    .map(|l| format!("<li>{}</li>\n", self.line(l)))
                    .collect();
                self.push(&format!("<ul>\n{items}</ul>"));
            }
            Block::Sheet => self.table(&self.report.sheet),
            Block::Table(table) => self.table(table),
            Block::Item(item) => self.item(item),
            Block::Evidence(exhibits) => exhibits.iter().for_each(|e| self.exhibit(e)),
            Block::Note(tone, line) => {
                self.push(&format!("<p{}>{}</p>", class(*tone), self.line(line)))
            }
        }
    }

    fn heading(&mut self, level: Level, tone: Tone, line: &Line, aside: &Line) {
        let (tag, class, head) = match level {
            Level::Page => ("h1", String::new(), "head"),
            Level::Section => ("h2", class(tone), "head section"),
        };
        let aside = match aside.is_empty() {
            true => String::new(),
            false => format!("<p class=\"aside\">{}</p>", self.line(aside)),
        };
        self.push(&format!(
            "<div class=\"{head}\"><{tag}{class}>{}</{tag}>{aside}</div>",
            self.line(line)
        ));
    }

    fn item(&mut self, item: &Item) {
        self.push(&format!("<article{}>", class(band_tone(item.band))));
        let change = item
            .change
            .map_or(String::new(), |c| self.cell(&Cell::Change(c)) + " ");
        let score = self.cell(&Cell::Score(item.score_points));
        let title = entities(&self.words.untrusted(&item.title));
        self.push(&format!(
            "<div class=\"head\"><h3>{title}</h3><p class=\"aside\">{change}{score}</p></div>"
        ));
        self.push(&format!(
            "<p class=\"about\">{}</p>",
            self.line(&item.about)
        ));
        self.facts(&item.facts);
        self.push("</article>");
    }

    fn facts(&mut self, facts: &[Fact]) {
        self.push("<dl>");
        for fact in facts {
            let lines: Vec<String> = fact.lines.iter().map(|l| self.line(l)).collect();
            let said = match lines.as_slice() {
                [line] => line.clone(),
                lines => lines.iter().map(|l| format!("<div>{l}</div>")).collect(),
            };
            self.push(&format!(
                "<dt>{}</dt><dd>{said}</dd>",
                self.cell(&fact.name)
            ));
        }
        self.push("</dl>");
    }

    fn exhibit(&mut self, exhibit: &Exhibit) {
        let about = self.line(&exhibit.about);
        let raw = entities(&self.words.record(&exhibit.raw).join("\n"));
        self.push(&format!("<p class=\"about\">{about}</p>\n<pre>{raw}</pre>"));
    }

    fn table(&mut self, table: &Table) {
        let shown: Vec<(usize, &str)> = (0..table.columns.len())
            .filter(|&i| matches!(table.columns[i].shown, Shown::Always | Shown::WithRoom(_)))
            .map(|i| {
                let is_number = table
                    .rows
                    .iter()
                    .filter_map(|row| row.get(i))
                    .any(Cell::is_number);
                (i, if is_number { " class=\"number\"" } else { "" })
            })
            .collect();
        let mut html = "<div class=\"scroll\"><table>\n<thead><tr>".to_string();
        for &(i, class) in &shown {
            let _ = write!(html, "<th{class}>{}</th>", entities(table.columns[i].title));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            html.push_str("<tr>");
            for &(i, class) in &shown {
                let cell = row.get(i).unwrap_or(&Cell::Empty);
                // Words of this program are short, and are not broken for the sake of what logs say.
                let class = match cell {
                    Cell::Words(_) | Cell::Named(_) | Cell::Band(_) | Cell::Attention(_) => {
                        " class=\"word\""
                    }
                    Cell::Title(_) | Cell::Code(_) => " class=\"text\"",
                    Cell::List(_) => " class=\"names\"",
                    _ => class,
                };
                let _ = write!(html, "<td{class}>{}</td>", self.cell(cell));
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table></div>");
        self.push(&html);
    }

    fn line(&self, line: &Line) -> String {
        line.iter().map(|cell| self.cell(cell)).collect()
    }

    fn cell(&self, cell: &Cell) -> String {
        let text = entities(&self.words.cell(cell));
        match cell {
            Cell::Spark(counts) => spark(counts),
            Cell::Code(_) | Cell::Command(_) if !text.is_empty() => format!("<code>{text}</code>"),
            Cell::Id(_) => format!("<span class=\"id dim\">{text}</span>"),
            Cell::Time(t) | Cell::Moment(t) | Cell::Day(t) => time(*t, &text),
            Cell::Ago(t) => time(*t, &text),
            _ => match cell.tone() {
                Tone::Plain => text,
                tone => format!("<span{}>{text}</span>", class(tone)),
            },
        }
    }
}

/// An instant, exact for programs.
fn time(t: Timestamp, text: &str) -> String {
    format!(
        "<time datetime=\"{}\">{text}</time>",
        entities(&t.rfc3339())
    )
}

fn class(tone: Tone) -> String {
    let name = match tone {
        Tone::Plain => return String::new(),
        Tone::Strong => "strong",
        Tone::Dim => "dim",
        Tone::Alarm => "alarm",
        Tone::Warn => "warn",
        Tone::Note => "note",
        Tone::Good => "good",
    };
    format!(" class=\"{name}\"")
}

/// Width of a bar of a chart, and of the space it stands in; heights go to 20.
const BAR: usize = 5;
const STEP: usize = 7;
const HEIGHT: u64 = 20;

/// Counts as bars, scaled to the highest; a day with anything at all has a bar that can be seen, a day without a line.
fn spark(counts: &[u32]) -> String {
    let top = u64::from(counts.iter().copied().max().unwrap_or(0)).max(1);
    let said: Vec<String> = counts.iter().map(u32::to_string).collect();
    let mut svg = format!(
        "<svg class=\"spark\" viewBox=\"0 0 {} {HEIGHT}\" role=\"img\" aria-label=\"{} by day\">",
        (counts.len() * STEP).max(1),
        said.join(" ")
    );
    for (i, &n) in counts.iter().enumerate() {
        let tall = match n {
            0 => 1,
            n => (u64::from(n) * HEIGHT / top).max(3),
        };
        let _ = write!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{BAR}\" height=\"{tall}\"/>",
            i * STEP,
            HEIGHT - tall
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Text with everything written as an entity that HTML could read as more than text.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_a_tag_or_an_attribute() {
        assert_eq!(
            entities("<img src='x'> & \"y\""),
            "&lt;img src=&#39;x&#39;&gt; &amp; &quot;y&quot;"
        );
    }

    #[test]
    fn a_chart_has_a_bar_for_every_day() {
        let svg = spark(&[0, 1, 1_000_000]);
        assert_eq!(svg.matches("<rect").count(), 3);
        assert!(
            svg.contains("height=\"20\"")
                && svg.contains("height=\"3\"")
                && svg.contains("height=\"1\"")
        );
        assert!(svg.contains("aria-label=\"0 1 1000000 by day\""));
    }
}
