//! The report page: one file that asks the network for nothing.

pub mod page;
pub mod report;

mod cells;
mod picture;
mod policy;
mod rows;
mod style;
