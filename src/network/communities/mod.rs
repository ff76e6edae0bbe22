//! Communities: groups of nodes that are tied among themselves more than chance
//! would have it, how good and how stable they are, and which is which from one
//! quarter to the next.

mod aggregation;
pub mod agreement;
pub mod leiden;
mod level;
pub mod matching;
pub mod modularity;
mod moving;
pub mod partition;
mod refinement;
mod search;
