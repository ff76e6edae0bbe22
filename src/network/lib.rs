//! The network room: edges in, numbers out.
//!
//! It knows nodes as numbers from 0, ties between them and, for the order of
//! work, names. It knows no table, no provider and no file: whoever calls it
//! keeps the meaning of the numbers.

mod arcs;
pub mod assignment;
pub mod backbone;
pub mod brokerage;
pub mod care_density;
pub mod centrality;
pub mod communities;
pub mod components;
pub mod cut_points;
pub mod graph;
mod neighbours;
pub mod layout;
pub mod order;
pub mod prospects;
pub mod reciprocity;
pub mod roles;
pub mod shared_patients;
mod triangles;
pub mod undirected;
