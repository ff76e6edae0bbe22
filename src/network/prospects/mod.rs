//! Who could well be tied to us and is not: ways of two steps to a set of nodes,
//! nearness to it, and how a tie fades with distance.

pub mod decay;
pub mod personalised;
pub mod two_paths;
