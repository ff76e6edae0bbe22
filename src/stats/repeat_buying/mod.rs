//! Models of repeat buying with silent dropout, read as repeat referring: is a referrer still
//! active, and how much is to be expected of them?
//!
//! Three models of the same histories: BG/NBD, MBG/NBD and Pareto/NBD. The history of a referrer is
//! the number of repeat referral days, the time of the last and the time observed; time is in one
//! unit of the caller's choice, weeks as a rule. Statuses and thresholds are the caller's.

mod bg_nbd;
mod fit;
mod history;
mod mbg_nbd;
mod model;
mod pareto_nbd;

pub use bg_nbd::BgNbd;
pub use fit::{Fit, FitError, fit};
pub use history::{History, Weighted, aggregate};
pub use mbg_nbd::MbgNbd;
pub use model::{Model, ln_likelihood};
pub use pareto_nbd::ParetoNbd;
