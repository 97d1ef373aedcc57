//! Where the workshops meet: reads from top to bottom like the course of the water.
//!
//! ```text
//! resolve ─ open ─ frame ──► parse ─ cut ─ number ──► write          (ingest: once per line)
//! facts ─ attention ─ discovery ─ scoring ──► candidates             (view: once per question)
//! ```

mod ingest;
mod lines;
mod message;
mod odd;
mod reader;
mod reading;
mod records;
mod view;
mod worker;

pub use ingest::{Ingested, Progress, ingest};
pub use message::{Request, Unread};
pub use reading::{Others, Reading, parse, parse_text};
pub use records::{MALFORMED, Records, samples};
pub use view::{View, view};
pub use worker::{Scene, Worker};
