//! Proposes a mapping for a file whose layout nobody knows, from the names of its columns and the
//! shapes of its cells. Reading the file is left to others, and so is the last word: what is
//! proposed is a text for the user to read and change.

mod assignment;
mod fitness;
mod forms;
mod naming;
mod profile;
mod proposal;
mod synonyms;
mod writing;

#[cfg(test)]
mod measured;

pub use proposal::{Guess, Suggestion, suggest};
