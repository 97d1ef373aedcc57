//! The real program, from the outside: a module per subcommand, and one for each promise that is no subcommand's alone.

mod as_of;
mod candidates;
mod ingest;
mod machine;
mod memory;
mod order;
