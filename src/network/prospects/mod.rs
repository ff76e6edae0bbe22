//! Who could well be tied to us and is not: likeness of two nodes by whom they
//! share, nearness to a set of nodes, and how a tie fades with distance.

pub mod decay;
pub mod likeness;
pub mod personalised;
pub mod two_paths;
