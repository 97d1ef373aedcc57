//! x
/// x
pub struct Follow;
