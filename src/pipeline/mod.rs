//! Where the workshops meet: reads from top to bottom like the course of the water.
//!
//! ```text
//! resolve ─ open ─ frame ──► parse ─ cut ─ number ──► write          (ingest: once per line)
//! facts ─ attention ─ discovery ─ scoring ──► candidates             (view: once per question)
//! ```

mod check;
mod ingest;
mod lines;
mod message;
mod odd;
mod reader;
mod reading;
mod records;
mod room;
mod slots;
mod view;
mod worker;

pub use check::{Checked, check};
pub use ingest::{Ingested, Progress, ingest};
pub use message::{CHUNK, Request, Unread};
pub use reading::{Others, Reading, parse, parse_text};
pub use records::{MALFORMED, Records, samples};
pub use slots::slot_values;
pub use view::{View, view};
pub use worker::{Scene, Worker};
