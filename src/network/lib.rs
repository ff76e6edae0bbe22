//! The network room: edges in, numbers out.
//!
//! It knows nodes as numbers from 0, ties between them and, for the order of
//! work, names. It knows no table, no provider and no file: whoever calls it
//! keeps the meaning of the numbers.

pub mod assignment;
pub mod centrality;
pub mod components;
pub mod graph;
pub mod order;
pub mod prospects;
pub mod reciprocity;
