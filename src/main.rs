//! Hands the arguments over and returns the exit code.

fn main() {}
