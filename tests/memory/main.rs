//! Memory end to end, through the program itself: what is judged, promoted, remembered and told again.

mod digest;
mod export;
mod place;
mod promote;
mod recall;
mod related;
mod review;
