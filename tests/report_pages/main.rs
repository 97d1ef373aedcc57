//! How pages look: every page and output format, with a small invented world and with hostile text in every field.

mod browser;
mod golden;
mod hostile;
#[path = "../schema/mod.rs"]
mod schema;
mod schemas;
mod walks;
mod world;
