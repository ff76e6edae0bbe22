//! Which row of the specialty set a code or a text of an export means. Which rows there are is
//! `base`'s business, and what somebody wrote into vocabulary.toml its own reader's.

mod lexicon;
mod matcher;
mod misspelling;
mod reading;
mod wording;

pub use matcher::{Found, Method, find};
pub use misspelling::ALIKE;
