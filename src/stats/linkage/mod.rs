//! Record linkage: how alike two texts are (Jaro and Winkler), and how much an agreement weighs
//! (Fellegi and Sunter), with weights that are learnt without labels.
//!
//! The modules know levels of agreement by field and nothing of names. Which texts are compared,
//! what a level means and what is done with a probability is the caller's.

mod learning;
mod likeness;
mod weights;

pub use learning::{Learning, Learnt, Nonmatches, Pattern, Unlearnt, learn};
pub use likeness::{Letters, jaro, jaro_winkler, soundex};
pub use weights::{Field, MISSING, Model, posteriors_of_one};
