//! Recall: making findings durable, and finding again what is known.

mod promote;
mod rank;
mod related;

pub use promote::{Promotion, incident_of};
pub use rank::{Hit, search};
pub use related::{Related, Relation, Subject, related};
