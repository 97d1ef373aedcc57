//! What a page is made of, before anyone decides how it looks: cells with a meaning, lines of cells, tables, blocks.

use super::Untrusted;
use crate::candidate::{AttentionBand, DecisionBand};
use crate::event::Severity;
use crate::time::Timestamp;
use std::borrow::Cow;

/// What became of an item since the last digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Was not there.
    New,
    /// Was there, and is worse.
    Worse,
    /// Was there, and is as it was.
    Same,
    /// Was there, and is better.
    Better,
    /// Was there, and is no longer.
    Gone,
}

impl Change {
    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Change::New => "new",
            Change::Worse => "worse",
            Change::Same => "same",
            Change::Better => "better",
            Change::Gone => "gone",
        }
    }
}

/// What a colour says. Nothing is coloured for its beauty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Ordinary text.
    Plain,
    /// What the eye should find first.
    Strong,
    /// What may be passed over: labels, separators, ids.
    Dim,
    /// Needs a person now.
    Alarm,
    /// Worth a look.
    Warn,
    /// To be known.
    Note,
    /// Better than it was, or as it should be.
    Good,
}

/// One value on a page. Renderers decide how it looks; the variant says what it means.
///
/// Only `Words`, `Dim`, `Strong` and the units of `Counted` are printed as they stand, and they can only be made of text
/// that is part of this program.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words of ours.
    Words(&'static str),
    /// Words of ours that may be passed over.
    Dim(&'static str),
    /// Words of ours that matter, and how.
    Toned(Tone, &'static str),
    /// A name of ours as JSON has it, which people read without its underscores.
    Named(&'static str),
    /// A sentence or a name that may hold text from a log.
    Text(Untrusted),
    /// The title of a candidate: kind, numbers, message. Where there is no room for all, the numbers go first.
    Title(Untrusted),
    /// Text from a log as it stands: a template, a raw line.
    Code(Untrusted),
    /// A command to type.
    Command(Untrusted),
    /// An id; shortened where a person reads it on a screen.
    Id(Untrusted),
    /// How many.
    Count(u64),
    /// How many of what: number, one, many.
    Counted(u64, &'static str, &'static str),
    /// All digits of a number of records.
    Exact(u64),
    /// A number of bytes.
    Bytes(u64),
    /// A score in ten-thousandths, to two decimals.
    Score(i64),
    /// A part of a score in ten-thousandths, with all its digits, so that parts can be added up.
    Points(i64),
    /// A measured number.
    Number(f64),
    /// A number between 0 and 1: a value, a weight, what it adds.
    Share(f64),
    /// An instant, to the minute.
    Time(Timestamp),
    /// An instant, to the second.
    Moment(Timestamp),
    /// A day.
    Day(Timestamp),
    /// An instant, told by how long ago it was.
    Ago(Timestamp),
    /// A length of time in microseconds.
    Span(i64),
    /// What a candidate asks of a person.
    Band(DecisionBand),
    /// What a signature has earned.
    Attention(AttentionBand),
    /// How grave, if a record said so.
    Severity(Option<Severity>),
    /// What became of it.
    Change(Change),
    /// Names, most telling first.
    List(Vec<Untrusted>),
    /// Counts per day, oldest first.
    Spark(Vec<u32>),
}

impl Cell {
    /// A name or sentence from outside.
    pub fn text(text: impl Into<Untrusted>) -> Cell {
        Cell::Text(text.into())
    }

    /// The title of a candidate.
    pub fn title(text: impl Into<Untrusted>) -> Cell {
        Cell::Title(text.into())
    }

    /// Log text or a command, as it stands.
    pub fn code(text: impl Into<Untrusted>) -> Cell {
        Cell::Code(text.into())
    }

    /// An id.
    pub fn id(text: impl Into<Untrusted>) -> Cell {
        Cell::Id(text.into())
    }

    /// A list of names.
    pub fn list<'a>(names: impl IntoIterator<Item = &'a String>) -> Cell {
        Cell::List(names.into_iter().map(Untrusted::from).collect())
    }

    /// The value of a record's field; masked like any secret where its name says that it is one.
    pub fn field(name: &str, value: String) -> Cell {
        Cell::Code(Untrusted::named(name, value))
    }

    /// Whether it is a number and stands to the right.
    pub fn is_number(&self) -> bool {
        matches!(
            self,
            Cell::Count(_)
                | Cell::Counted(..)
                | Cell::Exact(_)
                | Cell::Bytes(_)
                | Cell::Score(_)
                | Cell::Points(_)
                | Cell::Number(_)
                | Cell::Share(_)
        )
    }

    /// Whether it is text of any length, which can be cut.
    pub fn is_text(&self) -> bool {
        matches!(
            self,
            Cell::Text(_) | Cell::Title(_) | Cell::Code(_) | Cell::Command(_) | Cell::List(_)
        )
    }

    /// What its colour says.
    pub fn tone(&self) -> Tone {
        match self {
            Cell::Toned(tone, _) => *tone,
            Cell::Dim(_) | Cell::Id(_) => Tone::Dim,
            Cell::Band(band) => band_tone(*band),
            Cell::Attention(band) => match band {
                AttentionBand::Promote => Tone::Alarm,
                AttentionBand::Investigate => Tone::Warn,
                AttentionBand::Watch => Tone::Note,
                AttentionBand::Background | AttentionBand::IgnoreFast => Tone::Dim,
            },
            Cell::Severity(severity) => match severity {
                Some(s) if *s >= Severity::Error => Tone::Alarm,
                Some(Severity::Warning) => Tone::Warn,
                Some(Severity::Debug) => Tone::Dim,
                _ => Tone::Plain,
            },
            Cell::Change(change) => match change {
                Change::New => Tone::Strong,
                Change::Worse => Tone::Alarm,
                Change::Better => Tone::Good,
                Change::Same | Change::Gone => Tone::Dim,
            },
            Cell::Spark(_) => Tone::Note,
            _ => Tone::Plain,
        }
    }
}

/// What the colour of a decision band says.
pub fn band_tone(band: DecisionBand) -> Tone {
    match band {
        DecisionBand::PromoteToIncidentMemory | DecisionBand::UrgentHumanReview => Tone::Alarm,
        DecisionBand::Review => Tone::Warn,
        DecisionBand::Watch => Tone::Note,
        DecisionBand::Ignore => Tone::Dim,
    }
}

/// Cells that read as one line or one sentence.
pub type Line = Vec<Cell>;

/// When a column is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Always.
    Always,
    /// Where there is room; the higher the number, the sooner it goes.
    WithRoom(u8),
    /// Where everything is asked for, and in sheets.
    Wide,
    /// In sheets only: it says again, for programs, what another column says for people.
    Sheet,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in a sheet, as in JSON.
    pub key: &'static str,
    /// Its heading for people.
    pub title: &'static str,
    /// When it is there.
    pub shown: Shown,
    /// Columns of a screen that its text needs before other columns may be there. Numbers, times and ids are never cut.
    pub least: usize,
}

/// What a column of text needs if nothing else is said: a host's name, a path's end.
const TEXT_NEEDS: usize = 20;

impl Column {
    /// A column that is always there.
    pub const fn new(key: &'static str, title: &'static str) -> Column {
        Column {
            key,
            title,
            shown: Shown::Always,
            least: TEXT_NEEDS,
        }
    }

    /// The same column, there when `shown` says.
    #[must_use]
    pub const fn shown(mut self, shown: Shown) -> Column {
        self.shown = shown;
        self
    }

    /// The same column, whose text needs `least` columns of a screen.
    #[must_use]
    pub const fn least(mut self, least: usize) -> Column {
        self.least = least;
        self
    }
}

/// A table: every row has a cell for every column.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The columns.
    pub columns: Cow<'static, [Column]>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: &'static [Column]) -> Table {
        Table {
            columns: Cow::Borrowed(columns),
            rows: Vec::new(),
        }
    }
}

/// How high a heading stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Of the page.
    Page,
    /// Of a section.
    Section,
}

/// A named fact: one or more lines beside a label.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its label.
    pub name: Cell,
    /// What there is to say.
    pub lines: Vec<Line>,
}

impl Fact {
    /// A fact of one line.
    pub fn new(name: &'static str, line: Line) -> Fact {
        Fact {
            name: Cell::Words(name),
            lines: vec![line],
        }
    }

    /// A fact of many lines.
    pub fn many(name: &'static str, lines: Vec<Line>) -> Fact {
        Fact {
            name: Cell::Words(name),
            lines,
        }
    }
}

/// One thing that is worth a person's time.
#[derive(Clone, Debug)]
pub struct Item {
    /// What became of it since the last digest, when that is known.
    pub change: Option<Change>,
    /// What it asks for.
    pub band: DecisionBand,
    /// Its one line.
    pub title: Untrusted,
    /// Its score in ten-thousandths.
    pub score_points: i64,
    /// Its type, its service, its id.
    pub about: Line,
    /// Why, where, whether it was seen before, what next.
    pub facts: Vec<Fact>,
}

/// A raw record shown as proof.
#[derive(Clone, Debug)]
pub struct Exhibit {
    /// When, where, from which source.
    pub about: Line,
    /// The record as it came.
    pub raw: Untrusted,
}

/// A piece of a page.
#[derive(Clone, Debug)]
pub enum Block {
    /// A heading with something beside it.
    Heading {
        /// How high it stands.
        level: Level,
        /// What its colour says.
        tone: Tone,
        /// The heading.
        line: Line,
        /// What stands beside it, to the right.
        aside: Line,
    },
    /// A sentence or more.
    Paragraph(Line),
    /// Named facts.
    Facts(Vec<Fact>),
    /// One line each.
    Bullets(Vec<Line>),
    /// The report's own sheet.
    Sheet,
    /// Another table.
    Table(Table),
    /// A thing worth a person's time.
    Item(Item),
    /// Raw records.
    Evidence(Vec<Exhibit>),
    /// What a reader should know about the page itself: coverage, warnings.
    Note(Tone, Line),
}
