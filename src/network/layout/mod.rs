//! A place for every node, so that a person can read the network: communities are discs apart from
//! one another, and members stand about the centre of their own. What is drawn of it, and how, is
//! left to others.

mod discs;
mod members;
mod places;
pub mod repulsion;

pub use discs::Disc;
pub use places::{Layout, place};
