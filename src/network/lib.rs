//! The network room: edges in, numbers out.
//!
//! It knows nodes as numbers from 0, ties between them and, for the order of
//! work, names. It knows no table and no file: whoever calls it keeps the meaning
//! of the numbers. [`labelled`] alone has providers with their names, for people.

pub mod assignment;
pub mod centrality;
pub mod components;
pub mod graph;
pub mod labelled;
pub mod order;
pub mod reciprocity;
