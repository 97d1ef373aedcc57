//! A cell as plain text: every renderer that writes for people takes its words from here.

use super::{
    Cell, Extent, Glyphs, Line, Look, Report, ShortIds, Untrusted, ago_text, ascii_only,
    bytes_text, count_text, cut, cut_template, exact_text, number_text, points_text, score_text,
    share_text, spark_ascii, spark_text,
};
use crate::candidate::DecisionBand;
use crate::time::{Timestamp, span_text};
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// Turns cells into safe text, as this look wants it and relative to the report's own time.
pub struct Words<'a> {
    /// How it is to look.
    pub look: &'a Look,
    as_of: Timestamp,
    ids: Option<ShortIds>,
}

impl<'a> Words<'a> {
    /// With ids cut short, for screens; whole where everything is asked for.
    pub fn short(report: &Report, look: &'a Look) -> Words<'a> {
        Words {
            look,
            as_of: report.as_of,
            ids: match look.extent {
                Extent::Fitted => Some(ShortIds::of(report)),
                Extent::Wide => None,
            },
        }
    }

    /// With whole ids, for pages that are kept.
    pub fn whole(report: &Report, look: &'a Look) -> Words<'a> {
        Words {
            look,
            as_of: report.as_of,
            ids: None,
        }
    }

    /// What stands where text was cut off.
    pub fn ellipsis(&self) -> &'static str {
        match self.look.glyphs {
            Glyphs::Unicode => "…",
            Glyphs::Ascii => "...",
        }
    }

    /// Text from outside, safe to print.
    pub fn untrusted(&self, text: &Untrusted) -> String {
        let shown = text.shown(self.look.secrets);
        match self.look.glyphs {
            Glyphs::Unicode => shown,
            Glyphs::Ascii => ascii_only(&shown),
        }
    }

    /// A raw record, line by line, safe to print.
    pub fn record(&self, raw: &Untrusted) -> Vec<String> {
        let shown = raw.shown_lines(self.look.secrets);
        match self.look.glyphs {
            Glyphs::Unicode => shown,
            Glyphs::Ascii => shown.iter().map(|line| ascii_only(line)).collect(),
        }
    }

    /// A cell as text, whole.
    pub fn cell(&self, cell: &Cell) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Words(words) | Cell::Dim(words) | Cell::Toned(_, words) => (*words).to_string(),
            Cell::Named(name) => name.replace('_', " "),
            Cell::Text(text) | Cell::Title(text) | Cell::Id(text) | Cell::Command(text) => {
                match &self.ids {
                    Some(ids) => ids.shorten(&self.untrusted(text)),
                    None => self.untrusted(text),
                }
            }
            Cell::Code(text) => self.untrusted(text),
            Cell::Count(n) => self.count(*n),
            Cell::Counted(1, one, _) => format!("1 {one}"),
            Cell::Counted(n, _, many) => format!("{} {many}", in_words(*n)),
            Cell::Exact(n) => exact_text(*n),
            Cell::Bytes(n) => bytes_text(*n),
            Cell::Score(points) => score_text(*points),
            Cell::Points(points) => points_text(*points),
            Cell::Number(x) => number_text(*x),
            Cell::Share(x) => share_text(*x),
            Cell::Time(t) => t.minute_text(),
            Cell::Moment(t) => moment_text(*t),
            Cell::Day(t) => t.day_text(),
            Cell::Ago(t) => self.ago(*t),
            Cell::Span(micros) => span_text(*micros),
            Cell::Band(band) => band_word(*band).to_string(),
            Cell::Attention(band) => band.name().replace('_', " "),
            Cell::Severity(severity) => severity.map_or(String::new(), |s| s.name().to_string()),
            Cell::Change(change) => change.name().to_uppercase(),
            Cell::List(names) => names
                .iter()
                .map(|n| self.name(n))
                .collect::<Vec<_>>()
                .join(", "),
            Cell::Spark(counts) => match self.look.glyphs {
                Glyphs::Unicode => spark_text(counts),
                Glyphs::Ascii => spark_ascii(counts),
            },
        }
    }

    /// A cell as text of at most `width` columns.
    pub fn fitted(&self, cell: &Cell, width: usize) -> String {
        let whole = self.cell(cell);
        if whole.width() <= width {
            return whole;
        }
        match cell {
            Cell::Code(_) => cut_template(&whole, width, self.ellipsis()).into_owned(),
            Cell::List(names) => self.some_of(names, width),
            Cell::Text(_) if whole.starts_with('/') && !whole.contains(' ') => {
                end_of_path(&whole, width, self.ellipsis())
            }
            Cell::Title(_) => cut(&without_numbers(&whole), width, self.ellipsis()).into_owned(),
            _ => cut(&whole, width, self.ellipsis()).into_owned(),
        }
    }

    /// A line of cells as text, whole.
    pub fn line(&self, line: &Line) -> String {
        line.iter().map(|cell| self.cell(cell)).collect()
    }

    /// How long ago; with everything asked for, when, too.
    fn ago(&self, t: Timestamp) -> String {
        let ago = ago_text(t, self.as_of);
        match self.look.extent {
            Extent::Fitted => ago,
            Extent::Wide => format!("{} ({ago})", t.minute_text()),
        }
    }

    fn count(&self, n: u64) -> String {
        match self.look.extent {
            Extent::Fitted => count_text(n),
            Extent::Wide => n.to_string(),
        }
    }

    fn name(&self, name: &Untrusted) -> String {
        match name.is_empty() {
            true => "(no name)".to_string(),
            false => self.untrusted(name),
        }
    }

    /// As many names as there is room for, and how many more there are.
    fn some_of(&self, names: &[Untrusted], width: usize) -> String {
        let mut text = String::new();
        for (i, name) in names.iter().enumerate() {
            let name = self.name(name);
            let more = format!(" +{}", names.len() - i - 1);
            let joint = if i == 0 { "" } else { ", " };
            if text.width() + joint.len() + name.width() + more.len() > width {
                let rest = format!(" +{}", names.len() - i);
                return match i {
                    0 => {
                        let room = width.saturating_sub(more.len());
                        let more = if names.len() > 1 { more.as_str() } else { "" };
                        format!("{}{more}", cut(&name, room, self.ellipsis()))
                    }
                    _ => format!("{text}{rest}"),
                };
            }
            text.push_str(joint);
            text.push_str(&name);
        }
        text
    }
}

/// The end of a path, which tells it apart: `…/demo/alder.log`; from a directory on where that costs little.
fn end_of_path(path: &str, width: usize, ellipsis: &str) -> String {
    let room = width.saturating_sub(ellipsis.width());
    let fits = |at: &usize| path[*at..].width() <= room;
    let mut starts = path.char_indices().map(|(at, _)| at);
    let Some(first) = starts.find(fits).filter(|_| room > 0) else {
        return cut(path, width, ellipsis).into_owned();
    };
    let whole = path[first..].find('/').map(|at| first + at);
    let from = whole.filter(|at| (at - first) * 3 <= room).unwrap_or(first);
    format!("{ellipsis}{}", &path[from..])
}

/// A title without its numbers: `burst: connection refused` of `burst, 30 in 5 minutes on db-02: connection refused`. What
/// is told apart by its message keeps the message.
fn without_numbers(title: &str) -> Cow<'_, str> {
    let parts = title
        .split_once(": ")
        .and_then(|(head, message)| Some((head.split_once(", ")?.0, message)));
    match parts {
        Some((kind, message)) => Cow::Owned(format!("{kind}: {message}")),
        None => Cow::Borrowed(title),
    }
}

/// From here on, all digits of a count in a sentence are more than a reader takes in.
const TOO_EXACT: u64 = 100_000;

/// A count in a sentence.
fn in_words(n: u64) -> String {
    match n {
        0..TOO_EXACT => exact_text(n),
        _ => count_text(n),
    }
}

/// A decision band in a word; programs get its name.
fn band_word(band: DecisionBand) -> &'static str {
    match band {
        DecisionBand::PromoteToIncidentMemory => "promote",
        DecisionBand::UrgentHumanReview => "urgent",
        DecisionBand::Review => "review",
        DecisionBand::Watch => "watch",
        DecisionBand::Ignore => "ignore",
    }
}

/// `2026-03-02 14:05:07`, UTC.
fn moment_text(t: Timestamp) -> String {
    t.chrono().map_or_else(
        || t.rfc3339(),
        |c| c.format("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(cell: &Cell, width: usize) -> String {
        let (report, look) = (Report::default(), Look::default());
        Words::short(&report, &look).fitted(cell, width)
    }

    #[test]
    fn lists_say_how_many_are_left_out() {
        let hosts: Vec<String> = (1..=5).map(|i| format!("web-0{i}")).collect();
        assert_eq!(
            words_of(&Cell::list(&hosts), 40),
            "web-01, web-02, web-03, web-04, web-05"
        );
        assert_eq!(words_of(&Cell::list(&hosts), 20), "web-01, web-02 +3");
        assert_eq!(words_of(&Cell::list(&hosts), 6), "we… +4");
    }

    #[test]
    fn a_path_that_is_cut_keeps_its_end() {
        let path = Cell::text("/srv/logs/demo/alder.log");
        assert_eq!(words_of(&path, 24), "/srv/logs/demo/alder.log");
        assert_eq!(words_of(&path, 18), "…/demo/alder.log");
        assert_eq!(words_of(&path, 10), "…alder.log");
        assert_eq!(words_of(&path, 4), "…log");
    }

    #[test]
    fn a_title_that_is_cut_keeps_its_message() {
        let title = Cell::title("burst, 30 in 5 minutes on db-02: out of memory");
        assert_eq!(
            words_of(&title, 60),
            "burst, 30 in 5 minutes on db-02: out of memory"
        );
        assert_eq!(words_of(&title, 30), "burst: out of memory");
        assert_eq!(words_of(&title, 16), "burst: out of…");
        assert_eq!(
            words_of(&Cell::title("the modem, again"), 12),
            "the modem,…"
        );
    }

    #[test]
    fn one_is_not_plural() {
        assert_eq!(words_of(&Cell::Counted(1, "host", "hosts"), 40), "1 host");
        assert_eq!(
            words_of(&Cell::Counted(12_400, "host", "hosts"), 40),
            "12,400 hosts"
        );
    }
}
