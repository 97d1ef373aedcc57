//! Tables on a screen: which columns there is room for, how wide each is, and the lines of the table.

use super::{Cell, Column, Extent, Glyphs, Shown, Table, Tone, Words, cut, toned};
use comfy_table::{CellAlignment, LineStyle, TableStyle};
use unicode_width::UnicodeWidthStr;

/// No cell is wider than this, even where everything is asked for; the sheet formats have it whole.
const WIDEST_CELL: usize = 2_000;
/// A column is never squeezed below this: less than a word tells nothing.
const NARROWEST_COLUMN: usize = 6;
/// Columns of a table, and what stands beside a title, are this far apart.
pub const GAP: usize = 2;

/// The table in lines of at most `width` columns of text, where that can be had: the heading, a rule, a line for each row.
pub fn table_lines(table: &Table, words: &Words<'_>, width: usize) -> Vec<String> {
    Fitted::new(table, words, width).lines(table, words)
}

/// The columns of a table that are shown, and how wide each is.
struct Fitted {
    columns: Vec<(usize, usize)>,
}

impl Fitted {
    /// Leaves out columns, and cuts columns that may be cut, until the table fits.
    fn new(table: &Table, words: &Words<'_>, width: usize) -> Fitted {
        let natural: Vec<usize> = (0..table.columns.len())
            .map(|i| natural_width(table, i, words))
            .collect();
        let wide = words.look.extent == Extent::Wide;
        let mut shown: Vec<usize> = (0..table.columns.len())
            .filter(|&i| match table.columns[i].shown {
                Shown::Always | Shown::WithRoom(_) => true,
                Shown::Wide => wide,
                Shown::Sheet => false,
            })
            .collect();
        if wide {
            return Fitted {
                columns: shown
                    .into_iter()
                    .map(|i| (i, natural[i].min(WIDEST_CELL)))
                    .collect(),
            };
        }
        let cuttable: Vec<bool> = (0..table.columns.len())
            .map(|i| holds(table, i, Cell::is_text))
            .collect();
        let least = |i: usize| match cuttable[i] {
            true => natural[i].min(table.columns[i].least),
            false => natural[i],
        };
        while total(shown.iter().map(|&i| least(i))) > width {
            let Some(goes) = next_to_go(&shown, &table.columns) else {
                break;
            };
            shown.retain(|&i| i != goes);
        }
        let mut columns: Vec<(usize, usize)> = shown.into_iter().map(|i| (i, least(i))).collect();
        let needed = total(columns.iter().map(|&(_, w)| w));
        if needed <= width {
            share(&mut columns, &natural, width - needed);
        } else {
            squeeze(&mut columns, &cuttable, needed - width);
        }
        Fitted { columns }
    }

    fn lines(&self, table: &Table, words: &Words<'_>) -> Vec<String> {
        let mut drawn = comfy_table::Table::new();
        drawn.load_style(thin_rule(words.look.glyphs));
        drawn.set_header(self.columns.iter().map(|&(i, width)| {
            let title = cut(table.columns[i].title, width, words.ellipsis());
            comfy_table::Cell::new(toned(Tone::Dim, &title))
        }));
        for row in &table.rows {
            drawn.add_row(self.columns.iter().map(|&(i, width)| {
                let cell = row.get(i).unwrap_or(&Cell::Empty);
                comfy_table::Cell::new(toned(cell.tone(), &words.fitted(cell, width)))
            }));
        }
        let last = self.columns.len().saturating_sub(1);
        for (at, column) in drawn.column_iter_mut().enumerate() {
            let gap = if at == last { 0 } else { GAP as u16 };
            column.set_padding((0, gap));
            if self
                .columns
                .get(at)
                .is_some_and(|&(i, _)| holds(table, i, Cell::is_number))
            {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        drawn.lines().collect()
    }
}

/// A rule under the heading and nothing else.
fn thin_rule(glyphs: Glyphs) -> TableStyle {
    let rule = match glyphs {
        Glyphs::Unicode => '─',
        Glyphs::Ascii => '-',
    };
    TableStyle::new().header_separator(LineStyle::none().fill(rule))
}

fn natural_width(table: &Table, column: usize, words: &Words<'_>) -> usize {
    let cells = table.rows.iter().filter_map(|row| row.get(column));
    cells
        .map(|cell| words.cell(cell).width())
        .max()
        .unwrap_or(0)
        .max(table.columns[column].title.width())
}

/// Whether any cell of a column is such a one.
fn holds(table: &Table, column: usize, such: fn(&Cell) -> bool) -> bool {
    table
        .rows
        .iter()
        .filter_map(|row| row.get(column))
        .any(such)
}

/// The width of columns with the gaps between them.
fn total(widths: impl Iterator<Item = usize>) -> usize {
    widths.map(|w| w + GAP).sum::<usize>().saturating_sub(GAP)
}

/// The column that is missed least.
fn next_to_go(shown: &[usize], columns: &[Column]) -> Option<usize> {
    shown
        .iter()
        .filter_map(|&i| match columns[i].shown {
            Shown::WithRoom(rank) => Some((rank, i)),
            _ => None,
        })
        .max()
        .map(|(_, i)| i)
}

/// Gives `spare` columns of text to those that could use them, as evenly as their needs allow.
fn share(columns: &mut [(usize, usize)], natural: &[usize], mut spare: usize) {
    while spare > 0 {
        let hungry = columns
            .iter()
            .filter(|(i, width)| natural[*i] > *width)
            .count();
        if hungry == 0 {
            return;
        }
        let portion = (spare / hungry).max(1);
        for (i, width) in columns.iter_mut() {
            let given = portion.min(natural[*i].saturating_sub(*width)).min(spare);
            *width += given;
            spare -= given;
        }
    }
}

/// Takes `excess` columns of text from those that may be cut, the widest first, below what they would need.
fn squeeze(columns: &mut [(usize, usize)], cuttable: &[bool], excess: usize) {
    for _ in 0..excess {
        let widest = columns
            .iter_mut()
            .filter(|(i, width)| cuttable[*i] && *width > NARROWEST_COLUMN)
            .max_by_key(|(_, width)| *width);
        match widest {
            Some((_, width)) => *width -= 1,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Look, Report, paint};

    static COLUMNS: [Column; 3] = [
        Column::new("host", "host"),
        Column::new("message", "message").least(10),
        Column::new("count", "count"),
    ];

    fn lines(width: usize) -> Vec<String> {
        let mut table = Table::new(&COLUMNS);
        table.rows = [
            ("web-01", "connection refused by upstream", 7),
            ("数据库", "磁盘已满，无法写入日志文件", 12_449),
        ]
        .map(|(host, message, n)| vec![Cell::text(host), Cell::text(message), Cell::Count(n)])
        .to_vec();
        let (report, look) = (Report::default(), Look::default());
        let lines = table_lines(&table, &Words::short(&report, &look), width);
        lines.iter().map(|line| paint(line, &look)).collect()
    }

    #[test]
    fn wide_characters_stay_in_line() {
        assert_eq!(
            lines(80),
            [
                "host    message                         count",
                "─────────────────────────────────────────────",
                "web-01  connection refused by upstream      7",
                "数据库  磁盘已满，无法写入日志文件      12.4k",
            ]
        );
    }

    #[test]
    fn what_does_not_fit_is_cut_and_numbers_never_are() {
        assert_eq!(
            lines(32),
            [
                "host    message            count",
                "────────────────────────────────",
                "web-01  connection refus…      7",
                "数据库  磁盘已满，无法写…  12.4k",
            ]
        );
    }
}
