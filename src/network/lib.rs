//! The network room: edges in, numbers out.
//!
//! It knows nodes as numbers from 0, ties between them and, for the order of
//! work, names. It knows no table and no file: whoever calls it keeps the meaning
//! of the numbers. [`labelled`] alone has providers with their names, for people.

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
pub mod labelled;
pub mod layout;
mod neighbours;
pub mod order;
pub mod prospects;
pub mod reciprocity;
pub mod roles;
pub mod shared_patients;
mod triangles;
pub mod undirected;
