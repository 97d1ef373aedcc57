//! Intake by its public face: files in a directory, runs over them with stored checkpoints, and what comes out.

mod damage;
mod lifecycle;
mod rotation;
mod stream;
mod support;
mod world;
