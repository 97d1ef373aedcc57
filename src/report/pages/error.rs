//! What a command says when it cannot do what was asked.

use crate::error::Error;
use crate::report::{Answer, Block, Cell, Column, Report, Secrets, Table, Tone, Untrusted};
use serde_json::{Value, json};

static COLUMNS: [Column; 3] = [
    Column::new("code", "code"),
    Column::new("message", "message"),
    Column::new("hint", "hint"),
];

/// The two lines a person sees on standard error, whatever the width: safe to print, each with its newline.
pub fn error_text(e: &Error) -> String {
    let line = |name: &str, text: &String| {
        format!("{name}: {}\n", Untrusted::from(text).shown(Secrets::Masked))
    };
    let hint = e
        .hint
        .as_ref()
        .map_or(String::new(), |hint| line("hint", hint));
    line("brainstem", &e.message) + &hint
}

/// The error as an answer for programs and as a page.
pub fn error(e: &Error) -> Report {
    let mut answer = Answer::ok(Value::Null);
    answer.head.insert("ok".to_string(), Value::Bool(false));
    let said = json!({"code": e.kind.code(), "message": e.message, "hint": e.hint});
    answer.head.insert("error".to_string(), said);
    let hint = e.hint.as_ref().map_or(Cell::Empty, Cell::text);
    let mut sheet = Table::new(&COLUMNS);
    sheet.rows.push(vec![
        Cell::Named(e.kind.code()),
        Cell::text(&e.message),
        hint,
    ]);
    let mut blocks = vec![Block::Note(
        Tone::Plain,
        vec![Cell::Words("brainstem: "), Cell::text(&e.message)],
    )];
    if let Some(hint) = &e.hint {
        blocks.push(Block::Note(
            Tone::Plain,
            vec![Cell::Words("hint: "), Cell::text(hint)],
        ));
    }
    Report {
        answer,
        sheet,
        blocks,
        ..Report::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn an_error_is_two_lines_and_holds_no_escapes() {
        let e = Error::new(Kind::NoInput, "cannot read a\u{1b}[2J\n.log: No such file")
            .hint("pass - to read standard input");
        assert_eq!(
            error_text(&e),
            "brainstem: cannot read a\\x1b[2J\\n.log: No such file\nhint: pass - to read standard input\n"
        );
        assert_eq!(error(&e).answer.head["error"]["code"], "no_input");
        assert_eq!(error(&e).answer.head["ok"], false);
    }
}
