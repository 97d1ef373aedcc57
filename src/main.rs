//! Hands the arguments over and returns the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(brainstem::cli::main(std::env::args_os().collect()))
}
