//! How much each node matters, in three senses: the weight that flows to it,
//! the shortest ways that lead over it, and how closely its partners are knit.

pub mod betweenness;
pub mod clustering;
pub mod pagerank;
mod pendants;
mod traversal;
mod trunk;
