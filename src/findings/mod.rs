//! Says what the marts mean: one file a finding, each a table with rates, intervals and changes.
//! Findings read marts and each other; they draw nothing and write nothing.

mod backtest;
mod backtest_lists;
mod backtest_rules;
mod call_list;
mod care_densities;
mod communities;
mod competitors;
mod concentration_curve;
mod context;
mod coverage;
mod dependence;
mod estimates;
mod fragility;
mod inbound;
mod inbound_bridge;
mod lapsed;
mod lapsed_summary;
mod leakage_by_destination;
mod leakage_by_patient_county;
mod leakage_by_practice;
mod leakage_by_referrer;
mod leakage_by_referring_county;
mod leakage_by_specialty;
mod leakage_cells;
mod leakage_chains;
mod leakage_change_explained;
mod leakage_flows;
mod leakage_ledger;
mod leakage_rates;
mod network;
mod network_nodes;
mod network_tie_changes;
mod network_ties;
mod our_refusals;
mod overflow;
mod payer_mix;
mod prospect_judgement;
mod prospect_network;
mod prospect_scores;
mod prospects;
mod prospects_judged;
mod reasons;
mod recoverable;
mod referrer_causes;
mod referrer_cohorts;
mod referrer_history;
mod referrer_practices;
mod referrer_priors;
mod referrer_reasons;
mod referrers;
mod referrers_models;
mod run_info;
mod screening;
mod screening_columns;
mod service_area;
mod standing;
mod tallies;
mod tie_changes;
mod underserved;
mod volume;
mod watch;

pub use backtest_lists::QUARTERS_AFTER;
pub use context::{Context, Finding, Made};
pub(crate) use estimates::family_q_values;
pub(crate) use leakage_rates::ALL;
pub use service_area::service_area;
pub use standing::Standing;

/// The findings that can be cut by payer, priority, territory or age band: those of leakage.
pub static CUT: &[&str] = &[
    "leakage_by_specialty",
    "leakage_by_referrer",
    "leakage_by_destination",
    "leakage_by_practice",
    "leakage_by_referring_county",
    "leakage_by_patient_county",
    "leakage_ledger",
    "leakage_change_explained",
    "leakage_chains",
    "leakage_flows",
    "reasons",
    "our_refusals",
    "payer_mix",
    "competitors",
    "fragility",
    "concentration_curve",
];

/// Every finding, each after those that it reads.
pub static FINDINGS: &[Finding] = &[
    run_info::FINDING,
    service_area::FINDING,
    coverage::FINDING,
    volume::FINDING,
    inbound::FINDING,
    leakage_by_specialty::FINDING,
    leakage_by_referrer::FINDING,
    leakage_by_destination::FINDING,
    leakage_by_practice::FINDING,
    leakage_by_referring_county::FINDING,
    leakage_by_patient_county::FINDING,
    leakage_ledger::FINDING,
    leakage_change_explained::FINDING,
    leakage_chains::FINDING,
    leakage_flows::FINDING,
    reasons::FINDING,
    our_refusals::FINDING,
    payer_mix::FINDING,
    competitors::FINDING,
    network_nodes::FINDING,
    network_ties::FINDING,
    network_tie_changes::FINDING,
    communities::FINDING,
    fragility::FINDING,
    concentration_curve::FINDING,
    referrers_models::FINDING,
    referrers::FINDING,
    lapsed::FINDING,
    referrer_practices::FINDING,
    watch::FINDING,
    lapsed_summary::FINDING,
    inbound_bridge::FINDING,
    referrer_cohorts::FINDING,
    backtest_lists::FINDING,
    backtest::FINDING,
    underserved::FINDING,
    overflow::FINDING,
    prospects::FINDING,
    prospects_judged::FINDING,
    call_list::FINDING,
];
