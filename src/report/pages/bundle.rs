//! `export`: everything about a subject in one document, to be handed on with a ticket.

use crate::report::{Answer, Block, Report};
use serde_json::Value;

/// The page about a subject, followed by what is related to it.
pub fn bundle(about: Report, related: Report) -> Report {
    let sheet = related.sheet;
    let blocks = related.blocks.into_iter().map(|block| match block {
        Block::Sheet => Block::Table(sheet.clone()),
        other => other,
    });
    let mut answer: Answer = about.answer;
    let mut more = related.answer.head;
    more.shift_remove("ok");
    answer
        .tail
        .insert("related".to_string(), Value::Object(more));
    Report {
        answer,
        blocks: about.blocks.into_iter().chain(blocks).collect(),
        sheet: about.sheet,
        as_of: about.as_of,
        metrics: about.metrics,
    }
}
