//! Recall: making findings durable, judging them, and finding again what is known. Judgement is pure: facts and what people
//! recorded in, what it amounts to out.

mod helped;
mod ledger;
mod lessons;
mod lookup;
mod moments;
mod promote;
mod rank;
mod related;
mod remember;
mod standing;
mod together;
mod wake;

pub use helped::{Help, helped};
pub use ledger::{change_since, gone_since, is_sealed, sealed, told};
pub use lessons::add_lessons;
pub use lookup::{Lookup, signatures_like};
pub use moments::{arrivals, count_on};
pub use promote::{Hand, Occasion, Promotion, imported, incident_of, incident_of_signature};
pub use rank::{Hit, search};
pub use related::{Compared, Related, Relation, Subject};
pub use remember::remembered;
pub use standing::{Standing, State, host_indices, standings};
pub use together::NEAR;
pub use wake::{Gauge, freeze, limits_words, rate_limit};

use moments::{around, between, by_hour, gaps, last_hour};
use rank::{each_word, words};
use together::{Met, Together};
use wake::gauges;
