//! Waits that are not all over yet: Kaplan and Meier's curve, the log-rank test, and Aalen and
//! Johansen's cumulative incidence where a wait can end in several ways.
//!
//! Times are in one unit of the caller's choice (days as a rule, whole numbers given as floats) and
//! must be finite and not negative. Someone censored at a time is still at risk at that time. Which
//! waits are censored when is the caller's.

mod competing;
mod kaplan_meier;
mod log_rank;
mod order;

pub use competing::{Incidence, IncidenceStep, cumulative_incidence};
pub use kaplan_meier::{Confidence, KaplanMeier, SurvivalStep, kaplan_meier};
pub use log_rank::{LogRank, log_rank};
pub use order::SurvivalError;
