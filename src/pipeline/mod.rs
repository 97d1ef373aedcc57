//! Where the workshops meet: reads from top to bottom like the course of the water.
//!
//! ```text
//! resolve ─ open ─ frame ──► parse ─ cut ─ number ──► write          (ingest: once per line)
//! facts ─ attention ─ discovery ─ scoring ──► candidates             (view: once per question)
//! view ─ view ─ view … ──► what would have been told when            (walk: once per replay)
//! ```

mod backlog;
mod below;
mod check;
mod choice;
#[cfg(test)]
mod crash;
mod ingest;
mod lines;
mod merge;
mod message;
mod moved;
mod odd;
mod paused;
mod reader;
mod reading;
mod records;
mod reparse;
mod room;
mod route;
mod run;
mod seen;
mod share;
mod slots;
mod suggest;
mod surroundings;
mod view;
mod walk;
mod worker;
mod writer;

pub use below::{Below, below};
pub use check::{Checked, check};
pub use ingest::{Run, ingest};
pub use merge::merge;
pub use message::{BATCH_BYTES, CHUNK, Missing, Pause, Request, Unread};
pub use reader::stream_family;
pub use reading::{Others, Reading, parse, parse_text};
pub use records::{MALFORMED, Records, newest, samples};
pub use reparse::{Reparse, Reparsed, reparse};
pub use route::{By, Route, Routes};
pub use run::{Ingested, Progress};
pub use slots::slot_values;
pub use suggest::{Suggestion, suggest};
pub use surroundings::{Fetching, Surroundings};
pub use view::{View, last_outlook, view, views};
pub use walk::Walk;
pub use worker::{Scene, Worker};
