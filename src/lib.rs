//! brainstem: operational memory for weak signals. This page is the map of the house.

pub mod attention;
pub mod candidate;
pub mod cli;
pub mod discern;
pub mod discovery;
pub mod envelope;
pub mod error;
pub mod event;
pub mod formats;
pub mod intake;
pub mod memory;
pub mod pipeline;
pub mod profile;
pub mod recall;
pub mod refine;
pub mod report;
pub mod scoring;
pub mod signature;
pub mod store;
pub mod time;
pub mod tuning;
