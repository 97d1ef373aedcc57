//! `signatures --merge`, `--split`, `--rename`, `--undo`: what was overruled, and the list of it.

use super::{joined, list_page, section as heading, signatures};
use crate::memory::{Act, Overrule};
use crate::report::{Answer, Block, Cell, Column, Line, Report, Shown, Table, Tone};
use crate::time::Timestamp;
use serde_json::{Value, json};

/// An overrule that was just recorded or undone, and what its signatures are now.
#[derive(Clone, Debug)]
pub struct OverrulePage<'a> {
    /// The overrule.
    pub overrule: &'a Overrule,
    /// The signatures it spoke of, as they are now.
    pub signatures: &'a [super::SignatureRow],
    /// What all times are relative to.
    pub as_of: Timestamp,
}

static COLUMNS: [Column; 9] = [
    Column::new("overrule_id", "id"),
    Column::new("act", "what"),
    Column::new("subject", "of").least(30),
    Column::new("text", "name").least(10),
    Column::new("author", "by")
        .least(6)
        .shown(Shown::WithRoom(2)),
    Column::new("created_at", "since").shown(Shown::WithRoom(1)),
    Column::new("undone", "undone"),
    Column::new("subject_id", "subject_id").shown(Shown::Sheet),
    Column::new("signature_ids", "signature_ids").shown(Shown::Sheet),
];

/// Overrules in the order given.
pub fn overrules(all: &[Overrule], as_of: Timestamp) -> Report {
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows = all.iter().map(row).collect();
    let values = all.iter().map(value).collect();
    list_page(as_of, "results", values, sheet, "Nothing was overruled.")
}

fn row(o: &Overrule) -> Vec<Cell> {
    let optional = |text: &Option<String>| text.as_ref().map_or(Cell::Empty, Cell::text);
    vec![
        Cell::id(&o.overrule_id),
        Cell::Named(o.act.name()),
        o.templates.first().map_or(Cell::Empty, Cell::code),
        optional(&o.text),
        optional(&o.author),
        Cell::Time(o.created_at),
        o.undone.as_ref().map_or(Cell::Empty, |u| Cell::Time(u.at)),
        Cell::id(&o.subject_id),
        Cell::list(&o.signature_ids),
    ]
}

/// Every field of an overrule by its name.
pub fn value(o: &Overrule) -> Value {
    json!(o)
}

/// What was said, and what came of it.
pub fn overruled(p: &OverrulePage<'_>) -> Report {
    let o = p.overrule;
    let did = if o.undone.is_some() {
        "Undid "
    } else {
        "Recorded "
    };
    let mut blocks = vec![Block::Paragraph(joined(vec![
        vec![Cell::Words(did), Cell::id(&o.overrule_id)],
        words(o),
    ]))];
    if o.undone.is_none() {
        let line = vec![
            Cell::Words("It holds for every time that is asked about. To take it back: "),
            Cell::code(format!("brainstem signatures --undo {}", o.overrule_id)),
        ];
        blocks.push(Block::Note(Tone::Dim, line));
    }
    let list = signatures(p.signatures, p.as_of);
    if !p.signatures.is_empty() {
        blocks.extend([heading("What it is now"), Block::Sheet]);
    }
    let values = p.signatures.iter().map(super::signature_value);
    Report {
        as_of: p.as_of,
        answer: Answer::ok(json!({
            "overrule_id": o.overrule_id,
            "overrule": value(o),
            "results": values.collect::<Vec<_>>(),
        })),
        sheet: list.sheet,
        blocks,
        ..Report::default()
    }
}

/// What an overrule says, for people.
fn words(o: &Overrule) -> Line {
    let ids = |all: &[String]| joined(all.iter().map(|id| vec![Cell::id(id)]).collect());
    match o.act {
        Act::Merge => {
            let mut line = vec![Cell::Words("one signature: ")];
            line.extend(ids(&o.signature_ids));
            line
        }
        Act::Split => vec![
            Cell::Counted(o.signature_ids.len() as u64, "signature", "signatures"),
            Cell::Words(" of "),
            Cell::id(&o.subject_id),
        ],
        Act::Rename => vec![
            Cell::id(&o.subject_id),
            Cell::Words(" is called "),
            Cell::text(o.text.as_deref().unwrap_or_default()),
        ],
    }
}

/// What was overruled about a signature, oldest first, as a section of its page.
pub fn section(all: &[Overrule]) -> Vec<Block> {
    if all.is_empty() {
        return Vec::new();
    }
    let line = |o: &Overrule| {
        let mut parts = vec![words(o), vec![Cell::Time(o.created_at)]];
        parts.extend(o.author.as_ref().map(|a| vec![Cell::text(a)]));
        parts.extend((o.undone.as_ref()).map(|u| vec![Cell::Words("undone "), Cell::Time(u.at)]));
        parts.push(vec![Cell::id(&o.overrule_id)]);
        joined(parts)
    };
    vec![
        heading("What people overruled"),
        Block::Bullets(all.iter().map(line).collect()),
    ]
}
