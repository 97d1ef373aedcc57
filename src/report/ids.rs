//! Ids short enough to type: of each kind, as many letters as tell the ids of one page apart.

use super::{Block, Cell, Fact, Line, Report, Secrets};
use std::collections::{BTreeMap, BTreeSet};

/// The kinds of id that are derived from content, so that a short prefix tells them apart. Ids of places in the store
/// count upwards, and a prefix of one is the prefix of many.
const KINDS: [&str; 4] = ["sig_", "cand_", "inc_", "rev_"];
/// Letters in a derived id.
const LETTERS: usize = 20;
/// Never fewer letters than this: six of twenty letters are one of 64 million, so that a prefix that is unique on the
/// page is all but surely unique in the store.
const LEAST: usize = 6;

/// How many letters each kind of id needs on a page.
#[derive(Clone, Debug, Default)]
pub struct ShortIds {
    letters: BTreeMap<&'static str, usize>,
}

impl ShortIds {
    /// The lengths at which all ids on this page stay apart.
    pub fn of(report: &Report) -> ShortIds {
        let mut found = BTreeSet::new();
        for cell in report.sheet.rows.iter().flatten() {
            collect(cell, &mut found);
        }
        for block in &report.blocks {
            each_cell(block, &mut |cell| collect(cell, &mut found));
        }
        ShortIds {
            letters: KINDS
                .iter()
                .map(|&kind| (kind, letters_needed(kind, &found)))
                .collect(),
        }
    }

    /// The text with every derived id in it cut short.
    pub fn shorten(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for (start, kind) in ids_in(text) {
            let keep = self.letters.get(kind).copied().unwrap_or(LETTERS);
            out.push_str(&text[done..start + kind.len() + keep]);
            done = start + kind.len() + LETTERS;
        }
        out.push_str(&text[done..]);
        out
    }
}

fn collect(cell: &Cell, found: &mut BTreeSet<String>) {
    if let Cell::Id(text) | Cell::Text(text) | Cell::Title(text) | Cell::Command(text) = cell {
        let text = text.shown(Secrets::Shown);
        for (start, kind) in ids_in(&text) {
            found.insert(text[start..start + kind.len() + LETTERS].to_string());
        }
    }
}

/// One more letter than the longest beginning two of them share.
fn letters_needed(kind: &str, found: &BTreeSet<String>) -> usize {
    let of_kind: Vec<&String> = found.iter().filter(|id| id.starts_with(kind)).collect();
    of_kind
        .windows(2)
        .map(|pair| shared(pair[0], pair[1]) + 1 - kind.len())
        .fold(LEAST, usize::max)
        .min(LETTERS)
}

fn shared(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count()
}

/// Where derived ids stand in a text, and of what kind they are.
fn ids_in(text: &str) -> impl Iterator<Item = (usize, &'static str)> {
    text.match_indices('_').filter_map(|(at, _)| {
        let head = &text[..=at];
        let kind = KINDS.into_iter().find(|kind| head.ends_with(kind))?;
        let start = at + 1 - kind.len();
        let letters = text.as_bytes().get(at + 1..at + 1 + LETTERS)?;
        let alone = |b: Option<&u8>| b.is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_');
        let is_id = letters.iter().all(|b| b"bcdfghjklmnpqrstvwxz".contains(b))
            && alone(start.checked_sub(1).and_then(|i| text.as_bytes().get(i)))
            && alone(text.as_bytes().get(at + 1 + LETTERS));
        is_id.then_some((start, kind))
    })
}

fn each_cell(block: &Block, visit: &mut dyn FnMut(&Cell)) {
    let mut line = |cells: &Line| cells.iter().for_each(&mut *visit);
    match block {
        Block::Heading { line: a, aside, .. } => {
            line(a);
            line(aside);
        }
        Block::Paragraph(cells) | Block::Note(_, cells) => line(cells),
        Block::Facts(facts) => facts.iter().flat_map(fact_lines).for_each(line),
        Block::Bullets(lines) => lines.iter().for_each(line),
        Block::Sheet => {}
        Block::Table(table) => table.rows.iter().for_each(line),
        Block::Item(item) => {
            line(&vec![Cell::Text(item.title.clone())]);
            line(&item.about);
            item.facts.iter().flat_map(fact_lines).for_each(line);
        }
        Block::Evidence(exhibits) => exhibits.iter().for_each(|e| line(&e.about)),
    }
}

fn fact_lines(fact: &Fact) -> &[Line] {
    &fact.lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Column, Table};

    static COLUMNS: [Column; 1] = [Column::new("id", "id")];

    fn page(ids: &[&str]) -> Report {
        let mut report = Report {
            sheet: Table::new(&COLUMNS),
            ..Report::default()
        };
        report.sheet.rows = ids.iter().map(|&id| vec![Cell::id(id)]).collect();
        report
    }

    #[test]
    fn ids_keep_as_many_letters_as_tell_them_apart() {
        let short = ShortIds::of(&page(&[
            "sig_bcdfghjkbbbbbbbbbbbb",
            "sig_bcdfghjlbbbbbbbbbbbb",
            "cand_bcdfghjkbbbbbbbbbbbb",
        ]));
        assert_eq!(short.shorten("sig_bcdfghjkbbbbbbbbbbbb"), "sig_bcdfghjk");
        assert_eq!(short.shorten("cand_bcdfghjkbbbbbbbbbbbb"), "cand_bcdfgh");
    }

    #[test]
    fn ids_in_sentences_are_cut_too_and_other_words_are_not() {
        let short = ShortIds::of(&page(&[]));
        assert_eq!(
            short.shorten(
                "see cand_bcdfghjkbbbbbbbbbbbb, not cand_1 or my_sig_bcdfghjkbbbbbbbbbbbb"
            ),
            "see cand_bcdfgh, not cand_1 or my_sig_bcdfghjkbbbbbbbbbbbb"
        );
        assert_eq!(
            short.shorten("evt_00000000000000000001 _ é_"),
            "evt_00000000000000000001 _ é_"
        );
    }
}
