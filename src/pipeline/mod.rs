//! Where the workshops meet: reads from top to bottom like the course of the water.
//!
//! ```text
//! resolve ─ open ─ frame ──► parse ─ cut ─ number ──► write          (ingest: once per line)
//! facts ─ attention ─ discovery ─ scoring ──► candidates             (view: once per question)
//! view ─ view ─ view … ──► what would have been told when            (walk: once per replay)
//! ```

mod below;
mod check;
mod ingest;
mod message;
mod reader;
mod records;
mod reparse;
mod room;
mod slots;
mod suggest;
mod view;
mod walk;
mod worker;

pub use below::{Below, below};
pub use check::{Checked, check};
pub use ingest::{Ingested, Progress, ingest};
pub use message::{CHUNK, Request, Unread};
pub use records::{MALFORMED, Records, samples};
pub use reparse::{Reparse, Reparsed, reparse};
pub use slots::slot_values;
pub use suggest::{Suggestion, suggest};
pub use view::{View, view};
pub use walk::Walk;
pub use worker::{Others, RawRecord, Reading, Worker, parse};
