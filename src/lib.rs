//! brainstem: operational memory for weak signals. This page is the map of the house.

pub mod candidate;
pub mod envelope;
pub mod error;
pub mod event;
pub mod formats;
pub mod intake;
pub mod memory;
pub mod refine;
pub mod signature;
pub mod time;
