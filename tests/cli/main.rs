//! The real program, from the outside: a module per subcommand, and one for each promise that is no subcommand's alone.

mod any_bytes;
mod archives;
mod as_of;
mod bad_input;
mod candidates;
mod config;
mod crash;
mod errors;
mod events;
mod explain;
mod follow;
mod full_disk;
mod hostile;
mod huge_input;
mod ingest;
mod journal;
mod lifecycle;
mod machine;
mod memory;
mod merge;
mod mistakes;
mod order;
mod patience;
mod place;
mod records;
mod reparse;
mod replay;
#[path = "../scenario/mod.rs"]
mod scenario;
#[path = "../schema/mod.rs"]
mod schema;
mod schemas;
mod signatures;
mod store;
mod tenants;
mod times;
mod whole;
mod writers;
