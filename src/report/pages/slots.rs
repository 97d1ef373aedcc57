//! What the slots of a signature held, as a section of its page.

use super::section_beside;
use crate::report::{Block, Cell, Column, Line, Shown, Table, Tone};
use crate::signature::{Range, SlotReport, SlotValues};
use serde_json::{Value, json};

static COLUMNS: [Column; 8] = [
    Column::new("slot", "slot").least(12),
    Column::new("distinct", "distinct"),
    Column::new("min", "min"),
    Column::new("median", "median").shown(Shown::WithRoom(2)),
    Column::new("p95", "p95").shown(Shown::WithRoom(3)),
    Column::new("max", "max"),
    Column::new("unit", "unit").shown(Shown::WithRoom(1)),
    Column::new("values", "commonest values").least(24),
];

/// The slots of a signature that `count` records are of; nothing where it has none.
pub fn section(report: &SlotReport, count: u64) -> Vec<Block> {
    if report.slots.is_empty() || report.records == 0 {
        return Vec::new();
    }
    let mut table = Table::new(&COLUMNS);
    table.rows = report.slots.iter().map(row).collect();
    let mut blocks = vec![
        section_beside("What varies", aside(report, count)),
        Block::Table(table),
    ];
    if report.unclear > 0 {
        let line = vec![
            Cell::Counted(report.unclear, "record is", "records are"),
            Cell::Words(" of another form, and not among them."),
        ];
        blocks.push(Block::Note(Tone::Dim, line));
    }
    blocks
}

/// Which records this is of.
fn aside(report: &SlotReport, count: u64) -> Line {
    let (which, of) = match report.records < count {
        true => ("newest ", Some(report.records)),
        false => ("all ", None),
    };
    let mut line = vec![Cell::Words(which)];
    line.extend(
        of.into_iter()
            .flat_map(|n| [Cell::Exact(n), Cell::Words(" of ")]),
    );
    line.push(Cell::Counted(
        count.max(report.records),
        "record",
        "records",
    ));
    line
}

fn row(s: &SlotValues) -> Vec<Cell> {
    let varying = s.range.as_ref().filter(|_| s.distinct > 1);
    let number =
        |of: fn(&Range) -> f64| varying.map_or(Cell::Empty, |r| Cell::text(written(of(r))));
    let unit = varying.map_or(Cell::Empty, |r| Cell::text(&r.unit));
    vec![
        Cell::code(name(s)),
        Cell::Count(s.distinct),
        number(|r| r.min),
        number(|r| r.median),
        number(|r| r.p95),
        number(|r| r.max),
        unit,
        Cell::text(values(s)),
    ]
}

/// The slot with the word before it, which says which slot is meant: `from <ip>`, `port=<num>`.
fn name(s: &SlotValues) -> String {
    let slot = if s.slot.is_empty() { "<>" } else { &s.slot };
    let space = if s.before.ends_with(' ') { " " } else { "" };
    let word = s.before.trim_end().rsplit(' ').next().unwrap_or_default();
    format!("{word}{space}{slot}")
}

/// The commonest values with their counts; the only one of a slot that never varied is said to be that.
fn values(s: &SlotValues) -> String {
    let shown = |value: &str| match value {
        "" => "(empty)".to_string(),
        value => value.to_string(),
    };
    if let [(only, _)] = s.top.as_slice() {
        return format!("always {}", shown(only));
    }
    let told: Vec<String> = (s.top.iter())
        .map(|(value, n)| format!("{} ({n})", shown(value)))
        .collect();
    let more = s.distinct - s.top.len() as u64;
    match more {
        0 => told.join(", "),
        _ => format!("{}, {more} more", told.join(", ")),
    }
}

/// A number without the digits that only its way of being stored gives it.
fn written(number: f64) -> String {
    let rounded = (number * 1e6).round() / 1e6;
    match rounded == 0.0 {
        true => number.to_string(),
        false => rounded.to_string(),
    }
}

/// The same for programs.
pub fn value(report: &SlotReport) -> Value {
    let slot = |s: &SlotValues| {
        json!({
            "slot": s.slot,
            "before": s.before,
            "distinct": s.distinct,
            "constant": s.distinct == 1,
            "top": s.top.iter().map(|(value, count)| json!({"value": value, "count": count})).collect::<Vec<_>>(),
            "range": s.range.as_ref().map(|r| json!({
                "unit": r.unit,
                "min": r.min,
                "median": r.median,
                "p95": r.p95,
                "max": r.max,
            })),
        })
    };
    json!({
        "records": report.records,
        "unclear": report.unclear,
        "slots": report.slots.iter().map(slot).collect::<Vec<_>>(),
    })
}
