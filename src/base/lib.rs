//! Everyone's words: errors, days and quarters, the configuration and the workspace, NPIs, units,
//! tables, metrics and progress. No engine and no statistics live here.

pub mod calendar;
pub mod config;
pub mod error;
pub mod metrics;
pub mod npi;
pub mod places;
pub mod progress;
pub mod quarter;
pub mod specialties;
pub mod table;
pub mod units;
pub mod workspace;

pub use config::Config;
pub use error::{Error, Kind, Result};
pub use quarter::{Day, Quarter};
pub use table::{Table, TableBuilder};
pub use workspace::Workspace;
