//! How pages look: every page and output format, with a small invented world and with hostile text in every field.

mod golden;
mod hostile;
mod walks;
mod world;
