//! Numbers in, numbers out: the statistics behind every rate, interval, status and wait.
//!
//! The modules take slices of plain numbers and give plain numbers back. They know no table, no
//! file, no quarter and no configuration; whoever calls them decides what the numbers mean. Sums
//! run in the order of the input, and parallel sums over fixed blocks merged in order, so the
//! same input gives the same bits whatever the number of threads.

pub mod access;
pub mod changes;
pub mod classes;
pub mod clustering;
pub mod comparisons;
pub mod concentration;
pub mod control;
pub mod discrimination;
pub mod distributions;
pub mod explained;
pub mod forecasts;
pub mod gap;
pub mod hypergeometric;
pub mod intervals;
pub mod linkage;
pub mod multiplicity;
pub mod optimise;
pub mod queues;
pub mod repeat_buying;
pub mod sequential;
pub mod service_area;
pub mod shrinkage;
pub mod special;
pub mod stopping;
pub mod survival;
pub mod trend;
