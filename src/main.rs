//! Hands the arguments over and returns the exit code.

use std::process::ExitCode;

// Columns grow and go by the thousand in every segment; the system's allocator gives their pages back to the kernel each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(brainstem::cli::main(std::env::args_os().collect()))
}
