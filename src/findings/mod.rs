//! Says what the marts mean: one file a finding, each a table with rates, intervals and changes.
//! Findings read marts and each other; they draw nothing and write nothing.

mod call_list;
mod context;
mod coverage;
mod estimates;
mod inbound;
mod lapsed;
mod leakage_by_destination;
mod leakage_by_referrer;
mod leakage_by_specialty;
mod leakage_cells;
mod network_nodes;
mod network_ties;
mod overflow;
mod referrer_history;
mod referrers;
mod run_info;
mod underserved;
mod volume;

pub use context::{Context, Finding, Made};

/// Every finding, each after those that it reads.
pub static FINDINGS: &[Finding] = &[
    run_info::FINDING,
    coverage::FINDING,
    volume::FINDING,
    inbound::FINDING,
    leakage_by_specialty::FINDING,
    leakage_by_referrer::FINDING,
    leakage_by_destination::FINDING,
    referrers::FINDING,
    lapsed::FINDING,
    underserved::FINDING,
    overflow::FINDING,
    network_nodes::FINDING,
    network_ties::FINDING,
    call_list::FINDING,
];
