//! `digest`: the page a person reads in the morning.

use super::{
    Known, coverage_note, digest_answer, digest_sheet, hosts_line, joined, page, section,
    seen_before_lines, step_lines, where_lines,
};
use crate::candidate::{Candidate, DecisionBand};
use crate::envelope::Coverage;
use crate::report::{
    Block, Cell, Change, Column, Fact, Item, Level, Line, Report, Table, Tone, Untrusted,
};
use crate::time::Timestamp;
use std::collections::BTreeSet;

/// A candidate, and what became of it since the last digest.
#[derive(Clone, Debug)]
pub struct DigestItem {
    /// The candidate.
    pub candidate: Candidate,
    /// What became of it; `None` when there is no digest to compare with.
    pub change: Option<Change>,
    /// The newest message of its leading signature: what a template stands for.
    pub example: Option<String>,
}

/// Something the last digest told of that is no longer there.
#[derive(Clone, Debug)]
pub struct Gone {
    /// Its id.
    pub candidate_id: String,
    /// Its title.
    pub title: String,
    /// When it was last seen.
    pub last_seen: Timestamp,
}

/// Something a review keeps from the page.
#[derive(Clone, Debug)]
pub struct HeldBack {
    /// The review.
    pub review_id: String,
    /// What it held back.
    pub title: String,
    /// The judgement, in a word: noise, known, snoozed.
    pub decision: String,
    /// Who said so.
    pub reviewer: Option<String>,
    /// When.
    pub since: Timestamp,
    /// Where it acts.
    pub hosts: Vec<String>,
    /// Occurrences it swallowed in the window of this digest.
    pub event_count: u64,
    /// Until when, if it ends.
    pub until: Option<Timestamp>,
    /// How near it is to waking, in words: "3 of 10 an hour, 1 of 2 hosts".
    pub wakes: Option<String>,
}

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct DigestPage<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The end of the window.
    pub as_of: Timestamp,
    /// Its beginning.
    pub since: Timestamp,
    /// What is shown, best first.
    pub items: &'a [DigestItem],
    /// What did not fit the limit, best first.
    pub below: &'a [DigestItem],
    /// What is no longer there.
    pub gone: &'a [Gone],
    /// When the last digest was made, if one was.
    pub previous: Option<Timestamp>,
    /// What reviews hold back.
    pub held_back: &'a [HeldBack],
    /// What memory knows.
    pub known: Known<'a>,
    /// What became of the records that were read.
    pub coverage: Coverage,
    /// Hosts that were heard of.
    pub hosts: u64,
    /// Signatures that were judged.
    pub signatures: u64,
    /// The one sealed line that stands for the page where there is nothing to tell; empty where nobody asked.
    pub statement: &'a str,
    /// What a reader must know first: an as-of time that was moved, a source that could not be read.
    pub notices: &'a [String],
}

/// So many of the items below the limit are named.
const BELOW_NAMED: usize = 5;

/// The operator's page.
pub fn digest(d: &DigestPage<'_>) -> Report {
    let mut blocks = vec![heading(d)];
    blocks.push(Block::Paragraph(summary(d)));
    blocks.extend(
        d.notices
            .iter()
            .map(|n| Block::Note(Tone::Warn, vec![Cell::text(n)])),
    );
    for &band in DecisionBand::ALL.iter().rev() {
        let of_band: Vec<&DigestItem> = d
            .items
            .iter()
            .filter(|i| i.candidate.decision_band == band)
            .collect();
        if !of_band.is_empty() {
            blocks.push(band_heading(band));
            blocks.extend(of_band.into_iter().map(|i| Block::Item(item(i, d.known))));
        }
    }
    blocks.extend(below(d));
    blocks.extend(changes(d));
    blocks.extend(held_back(d));
    blocks.push(coverage_note(&d.coverage));
    Report {
        as_of: d.as_of,
        answer: digest_answer(d),
        sheet: digest_sheet(d),
        blocks,
        ..Report::default()
    }
}

fn heading(d: &DigestPage<'_>) -> Block {
    let line = vec![Cell::Words("Digest for "), Cell::text(d.tenant)];
    page(line, vec![Cell::Time(d.as_of), Cell::Words(" UTC")])
}

/// How much there is, over what time, and from how much.
fn summary(d: &DigestPage<'_>) -> Line {
    let seen = joined(vec![
        vec![Cell::Words("the last "), Cell::Span(d.as_of.since(d.since))],
        match d.hosts {
            0 => Line::new(),
            n => vec![Cell::Counted(n, "host", "hosts")],
        },
        vec![Cell::Counted(d.signatures, "signature", "signatures")],
    ]);
    let mut line = Line::new();
    if d.items.is_empty() {
        line.push(nothing(d));
    } else {
        for &band in DecisionBand::ALL.iter().rev() {
            let all = d.items.iter().chain(d.below);
            let n = all.filter(|i| i.candidate.decision_band == band).count() as u64;
            if n > 0 {
                if !line.is_empty() {
                    line.push(Cell::Words(", "));
                }
                line.push(Cell::Counted(n, band_words(band), band_words(band)));
            }
        }
    }
    line.push(Cell::Dim(" · "));
    line.extend(seen);
    line
}

/// An empty page is only good news when something was read.
fn nothing(d: &DigestPage<'_>) -> Cell {
    match d.coverage.lines_read {
        0 => Cell::Toned(Tone::Alarm, "Nothing was read: this is not an all-clear."),
        _ => Cell::Toned(Tone::Good, "Nothing needs attention."),
    }
}

fn band_words(band: DecisionBand) -> &'static str {
    match band {
        DecisionBand::PromoteToIncidentMemory => "to remember",
        DecisionBand::UrgentHumanReview => "urgent",
        DecisionBand::Review => "to review",
        DecisionBand::Watch => "to watch",
        DecisionBand::Ignore => "to ignore",
    }
}

fn band_heading(band: DecisionBand) -> Block {
    let title = match band {
        DecisionBand::PromoteToIncidentMemory => "Worth remembering",
        DecisionBand::UrgentHumanReview => "Urgent",
        DecisionBand::Review => "Review",
        DecisionBand::Watch => "Watch",
        DecisionBand::Ignore => "Ignore",
    };
    Block::Heading {
        level: Level::Section,
        tone: Cell::Band(band).tone(),
        line: vec![Cell::Words(title)],
        aside: Line::new(),
    }
}

fn item(i: &DigestItem, known: Known<'_>) -> Item {
    let c = &i.candidate;
    let mut facts = Vec::new();
    let mut why = vec![Cell::text(&c.why_it_matters)];
    if let Some(thin) = &c.thin {
        why.extend([Cell::Words(" Thin data: "), Cell::text(thin)]);
    }
    facts.push(Fact::new("Why", why));
    if let Some(example) = &i.example {
        facts.push(Fact::new("Line", vec![Cell::code(example)]));
    }
    facts.push(Fact::many("Where", where_lines(c)));
    let with = member_lines(c);
    if !with.is_empty() {
        facts.push(Fact::many("With", with));
    }
    let before = seen_before_lines(c, known);
    let unseen = before.is_empty();
    if !unseen {
        facts.push(Fact::many("Before", before));
    }
    if !c.judgements.is_empty() {
        let said = c.judgements.iter().map(|j| vec![Cell::text(&j.words)]);
        facts.push(Fact::many("Said", said.collect()));
    }
    if !c.check_next.is_empty() {
        facts.push(Fact::many("Next", step_lines(&c.check_next)));
    }
    Item {
        change: i.change,
        band: c.decision_band,
        title: Untrusted::from(&c.title),
        score_points: c.score_points,
        about: joined(vec![
            vec![Cell::Named(c.candidate_type.name())],
            vec![Cell::text(&c.service)],
            vec![Cell::id(&c.candidate_id)],
            match unseen {
                true => vec![Cell::Words("not in memory")],
                false => Line::new(),
            },
        ]),
        facts,
    }
}

/// So many of the lines that are one event with another are named.
const MEMBERS_NAMED: usize = 2;

/// What is one event with it: other lines, each once, and how many more findings there are.
fn member_lines(c: &Candidate) -> Vec<Line> {
    let own: Vec<String> = c.signatures.iter().map(ToString::to_string).collect();
    let mut told: BTreeSet<&String> = own.iter().collect();
    let mut others = c.members.iter().filter_map(|m| {
        let lead = m.signature_ids.first()?;
        told.insert(lead).then(|| vec![Cell::title(&m.title)])
    });
    let mut lines: Vec<Line> = others.by_ref().take(MEMBERS_NAMED).collect();
    let more = others.count() as u64;
    if more > 0 {
        let counted = Cell::Counted(more, "more line", "more lines");
        lines.push(vec![counted, Cell::Words(" that are one event with it")]);
    }
    lines
}

static BELOW: [Column; 4] = [
    Column::new("score_total", "score"),
    Column::new("decision_band", "band"),
    Column::new("title", "title").least(30),
    Column::new("candidate_id", "id"),
];

fn below(d: &DigestPage<'_>) -> Vec<Block> {
    if d.below.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(&BELOW);
    table.rows = d
        .below
        .iter()
        .take(BELOW_NAMED)
        .map(|i| &i.candidate)
        .map(below_row)
        .collect();
    let more = d.below.len() as u64;
    let mut aside = vec![Cell::Counted(more, "more item", "more items")];
    if d.below.len() > BELOW_NAMED {
        aside.push(Cell::Dim(" · --limit 0 shows all"));
    }
    vec![
        super::section_beside("Below the limit", aside),
        Block::Table(table),
    ]
}

fn below_row(c: &Candidate) -> Vec<Cell> {
    vec![
        Cell::Score(c.score_points),
        Cell::Band(c.decision_band),
        Cell::title(&c.title),
        Cell::id(&c.candidate_id),
    ]
}

fn changes(d: &DigestPage<'_>) -> Vec<Block> {
    let Some(previous) = d.previous else {
        return Vec::new();
    };
    let count = |change| {
        let all = d.items.iter().chain(d.below);
        all.filter(|i| i.change == Some(change)).count() as u64
    };
    let mut line = vec![
        Cell::Words("Since "),
        Cell::Time(previous),
        Cell::Words(": "),
    ];
    for (change, word) in [
        (Change::New, "new, "),
        (Change::Worse, "worse, "),
        (Change::Same, "the same, "),
        (Change::Better, "better, "),
    ] {
        line.extend([
            Cell::Count(count(change)),
            Cell::Words(" "),
            Cell::Words(word),
        ]);
    }
    line.extend([Cell::Count(d.gone.len() as u64), Cell::Words(" gone.")]);
    let mut blocks = vec![section("Since the last digest"), Block::Paragraph(line)];
    if !d.gone.is_empty() {
        blocks.push(Block::Bullets(d.gone.iter().map(gone_line).collect()));
    }
    blocks
}

fn gone_line(gone: &Gone) -> Line {
    vec![
        Cell::Change(Change::Gone),
        Cell::Words(" "),
        Cell::text(&gone.title),
        Cell::Words(", last seen "),
        Cell::Ago(gone.last_seen),
    ]
}

/// So many of the reviews that hold something back are named.
const HELD_NAMED: usize = 12;

fn held_back(d: &DigestPage<'_>) -> Vec<Block> {
    if d.held_back.is_empty() {
        return Vec::new();
    }
    let swallowed = d.held_back.iter().map(|h| h.event_count).sum();
    let aside = vec![Cell::Counted(swallowed, "event", "events")];
    let mut lines: Vec<Line> = d.held_back.iter().take(HELD_NAMED).map(held_line).collect();
    if d.held_back.len() > HELD_NAMED {
        let more = (d.held_back.len() - HELD_NAMED) as u64;
        lines.push(vec![
            Cell::Counted(more, "more review", "more reviews"),
            Cell::Words(", as listed by "),
            Cell::Command(Untrusted::from("brainstem review")),
        ]);
    }
    let mut blocks = vec![
        super::section_beside("Held back by reviews", aside),
        Block::Bullets(lines),
    ];
    if let Some(next) = next_to_end(d.held_back) {
        let mut line = vec![Cell::Words("Next to end: "), Cell::text(&next.title)];
        line.extend(next.until.map(|_| Cell::Words(", at ")));
        line.extend(next.until.map(Cell::Time));
        blocks.push(Block::Note(Tone::Dim, line));
    }
    blocks
}

/// The review that ends first.
pub(super) fn next_to_end(held: &[HeldBack]) -> Option<&HeldBack> {
    held.iter()
        .filter(|h| h.until.is_some())
        .min_by_key(|h| (h.until, &h.review_id))
}

fn held_line(held: &HeldBack) -> Line {
    let mut line = vec![Cell::text(&held.decision), Cell::Words(": ")];
    line.extend([Cell::text(&held.title), Cell::Words(", on ")]);
    line.extend(hosts_line(&held.hosts));
    line.extend([
        Cell::Words(", "),
        Cell::Counted(held.event_count, "time", "times"),
        Cell::Words(", since "),
        Cell::Time(held.since),
    ]);
    if let Some(reviewer) = &held.reviewer {
        line.extend([Cell::Words(" by "), Cell::text(reviewer)]);
    }
    if let Some(until) = held.until {
        line.extend([Cell::Words(", until "), Cell::Time(until)]);
    }
    if let Some(wakes) = &held.wakes {
        line.extend([Cell::Words(", near waking: "), Cell::text(wakes)]);
    }
    line.extend([Cell::Words(" "), Cell::id(&held.review_id)]);
    line
}
