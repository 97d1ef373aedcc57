//! `replay --reparse`: what stored records say now, and what that makes of signatures.

use super::{page, section};
use crate::envelope::Coverage;
use crate::report::{Answer, Block, Cell, Column, Line, Report, Shown, Table};
use crate::time::Timestamp;
use serde_json::{Value, json};

/// A source that was read once more.
#[derive(Clone, Debug)]
pub struct SourceReading {
    /// Its name.
    pub name: String,
    /// How well its stored records were understood.
    pub before: Coverage,
    /// How well they are now.
    pub after: Coverage,
}

/// A signature, before or after.
#[derive(Clone, Debug)]
pub struct Was {
    /// Its id.
    pub signature_id: String,
    /// Its template.
    pub template: String,
    /// Its records, as far as they are stored.
    pub records: u64,
}

/// Signatures that become others.
#[derive(Clone, Debug)]
pub struct Regrouping {
    /// As they were.
    pub before: Vec<Was>,
    /// As they are.
    pub after: Vec<Was>,
    /// A record of them.
    pub example: String,
}

/// Whether it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was.
    Yes,
    /// It was only looked at.
    No,
}

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct ReparsePage<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// When.
    pub as_of: Timestamp,
    /// Records read.
    pub records: u64,
    /// Records that say something else.
    pub changed: u64,
    /// How many differ in what.
    pub fields: &'a [(&'static str, u64)],
    /// The sources.
    pub sources: &'a [SourceReading],
    /// Signatures that are not as they were.
    pub signatures: &'a [Regrouping],
    /// Whether it was written.
    pub applied: Applied,
}

static SOURCES: [Column; 5] = [
    Column::new("source", "source"),
    Column::new("records", "records"),
    Column::new("parsed", "understood"),
    Column::new("partial", "in part").shown(Shown::WithRoom(1)),
    Column::new("malformed", "not"),
];

static SIGNATURES: [Column; 6] = [
    Column::new("change", "change"),
    Column::new("side", "").shown(Shown::Always),
    Column::new("template", "template").least(24),
    Column::new("records", "records"),
    Column::new("example", "example").shown(Shown::Wide),
    Column::new("signature_id", "id"),
];

/// So many signatures are listed for people; JSON and sheets have all.
const LISTED: usize = 50;

/// What would change, or did.
pub fn reparse(p: &ReparsePage<'_>) -> Report {
    let mut sheet = Table::new(&SIGNATURES);
    sheet.rows = p.signatures.iter().flat_map(rows).collect();
    let mut blocks = vec![
        page(
            vec![Cell::Words("Reparse of "), Cell::text(p.tenant)],
            Vec::new(),
        ),
        Block::Paragraph(summary(p)),
    ];
    let other: Vec<&SourceReading> = p.sources.iter().filter(|s| s.before != s.after).collect();
    if !other.is_empty() {
        let mut table = Table::new(&SOURCES);
        table.rows = other.into_iter().flat_map(source_rows).collect();
        blocks.extend([section("Understood before and after"), Block::Table(table)]);
    }
    if !p.signatures.is_empty() {
        let mut table = Table::new(&SIGNATURES);
        table.rows = p.signatures.iter().take(LISTED).flat_map(rows).collect();
        blocks.extend([section("Signatures"), Block::Table(table)]);
        if p.signatures.len() > LISTED {
            let more = (p.signatures.len() - LISTED) as u64;
            let line = vec![
                Cell::Count(more),
                Cell::Words(" more; --format json has all."),
            ];
            blocks.push(Block::Paragraph(line));
        }
    }
    let list = |kind: &str| -> Value {
        let of_kind = p.signatures.iter().filter(|r| change(r) == kind);
        of_kind.map(value).collect()
    };
    let fields: serde_json::Map<String, Value> = (p.fields.iter())
        .map(|(name, n)| ((*name).to_string(), json!(n)))
        .collect();
    let answer = Answer::ok(json!({
        "records": p.records,
        "changed": p.changed,
        "changed_fields": fields,
        "applied": p.applied == Applied::Yes,
        "sources": p.sources.iter().map(source_value).collect::<Vec<_>>(),
        "split": list("split"),
        "merged": list("merged"),
        "renamed": list("renamed"),
        "rearranged": list("rearranged"),
    }));
    Report {
        as_of: p.as_of,
        answer,
        sheet,
        blocks,
        ..Report::default()
    }
}

fn summary(p: &ReparsePage<'_>) -> Line {
    let mut line = vec![
        Cell::Counted(p.records, "record", "records"),
        Cell::Words(" read once more; "),
    ];
    if p.changed == 0 && p.signatures.is_empty() {
        line.push(Cell::Words("nothing changes."));
        return line;
    }
    line.extend([Cell::Count(p.changed), Cell::Words(" say something else")]);
    let differing = p.fields.iter().filter(|(_, n)| *n > 0);
    for (i, (name, n)) in differing.enumerate() {
        let lead = if i == 0 { " (" } else { ", " };
        line.extend([
            Cell::Words(lead),
            Cell::Named(name),
            Cell::Words(" "),
            Cell::Count(*n),
        ]);
    }
    if p.fields.iter().any(|(_, n)| *n > 0) {
        line.push(Cell::Words(")"));
    }
    line.push(Cell::Words(match p.applied {
        Applied::Yes => ". It was written; memory and reviews stay with what they speak of.",
        Applied::No => ". Nothing was written; --apply writes it.",
    }));
    line
}

/// What became of some signatures, in a word.
fn change(r: &Regrouping) -> &'static str {
    match (r.before.len(), r.after.len()) {
        (1, 1) => "renamed",
        (1, _) => "split",
        (_, 1) => "merged",
        _ => "rearranged",
    }
}

fn rows(r: &Regrouping) -> Vec<Vec<Cell>> {
    let sides = [("was", &r.before), ("is", &r.after)];
    let all = sides
        .into_iter()
        .flat_map(|(side, all)| all.iter().map(move |w| (side, w)));
    let row = |(i, (side, was)): (usize, (&'static str, &Was))| {
        vec![
            Cell::Words(if i == 0 { change(r) } else { "" }),
            Cell::Dim(side),
            Cell::code(&was.template),
            Cell::Count(was.records),
            Cell::code(&r.example),
            Cell::id(&was.signature_id),
        ]
    };
    all.enumerate().map(row).collect()
}

fn source_rows(s: &SourceReading) -> [Vec<Cell>; 2] {
    let row = |name: Cell, c: &Coverage| {
        vec![
            name,
            Cell::Count(c.lines_read),
            Cell::Count(c.parsed),
            Cell::Count(c.partial),
            Cell::Count(c.malformed),
        ]
    };
    [
        row(Cell::text(&s.name), &s.before),
        row(Cell::Dim("now"), &s.after),
    ]
}

fn source_value(s: &SourceReading) -> Value {
    let of = |c: &Coverage| {
        json!({
            "records": c.lines_read,
            "parsed": c.parsed,
            "partial": c.partial,
            "malformed": c.malformed,
            "undated": c.undated,
        })
    };
    json!({"source": s.name, "before": of(&s.before), "after": of(&s.after)})
}

fn value(r: &Regrouping) -> Value {
    let side = |all: &[Was]| -> Value {
        let one = |w: &Was| json!({"signature_id": w.signature_id, "template": w.template, "records": w.records});
        all.iter().map(one).collect()
    };
    json!({"before": side(&r.before), "after": side(&r.after), "example": r.example})
}
