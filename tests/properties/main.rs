//! What holds for any logs, tried on many that were drawn: counts add up, records come back, and neither the way in nor the
//! future nor another tenant changes an answer.

mod past;
mod tenants;
mod way_in;
mod world;
