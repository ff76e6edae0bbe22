//! Catchment, a market-intelligence engine for physician referral networks.
//!
//! Data flows one way, and the rooms stand in its order: `input` reads what comes, `lake` holds
//! it, `identity` finds out who is who, `marts` ask, `findings` say what it means, `charts` draw
//! it and `report` hands it over. `mapping` is the language that says what a file's columns mean,
//! `intake` takes files and folders in, `standpoint` is the day at which all is asked, `run` is the
//! quarter, one line a step, `backtest` makes the lists of past quarters again, and `explanation` says
//! where a number came from.

pub use catchment_base as base;
pub use catchment_charts as charts;
pub use catchment_mapping as mapping;
pub use catchment_network as network;
pub use catchment_report as report;
pub use catchment_simulate as simulate;
pub use catchment_stats as stats;

pub mod backtest;
pub mod cli;
pub mod cuts;
pub mod engine;
pub mod explanation;
pub mod findings;
pub mod identity;
pub mod input;
pub mod intake;
pub mod lake;
pub mod marts;
mod papers;
pub mod run;
pub mod standpoint;
