//! Asks the lake: the SQL files of queries/, in the order in which they select from each other,
//! each stored once, its grain and its checks tested at every run.

mod catalogue;
mod explanation;
mod references;
mod warehouse;

pub use catalogue::{Catalogue, Mart};
pub use explanation::{Explanation, Rule};
pub use references::{register_references, register_territories};
pub use warehouse::Warehouse;
