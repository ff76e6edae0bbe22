//! Models of repeat buying with silent dropout, read as repeat referring: is a referrer still
//! active, and how much is to be expected of them?
//!
//! Models of the same histories: BG/NBD, MBG/NBD and Pareto/NBD for gaps at random, (M)BG/CNBD-k for
//! regular ones, BG/BB for periods that only say yes or no. The history of a referrer is the number
//! of repeat referral days, the time of the last and the time observed; time is in one unit of the
//! caller's choice, weeks as a rule. Statuses and thresholds are the caller's.

mod bg_bb;
mod bg_nbd;
mod cnbd;
mod fit;
mod history;
mod mbg_nbd;
mod model;
mod pareto_nbd;
mod regularity;
mod staying;

pub use bg_bb::{BetaBernoulli, BgBb};
pub use bg_nbd::BgNbd;
pub use cnbd::{Cnbd, RegularCount};
pub use fit::{Fit, FitError, fit, fit_family};
pub use history::{History, Population};
pub use mbg_nbd::MbgNbd;
pub use model::{Likelihood, Model, RandomCount, ln_likelihood};
pub use pareto_nbd::ParetoNbd;
pub use regularity::{RegularFit, fit_regular, regularity};
pub use staying::Staying;
