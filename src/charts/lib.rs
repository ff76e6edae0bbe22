//! Draws the charts: one file a chart, each reading one result table and answering one question in
//! its title. The tables come from others, and deck and report place the pictures.

mod backtest;
mod bridge;
pub mod canvas;
pub mod catalogue;
mod cohorts;
mod competitors;
mod concentration;
mod destinations;
mod flows;
mod fragility;
mod hhi;
mod lapsed;
mod lapsed_summary;
mod leakage;
mod leakage_change;
mod leakage_map;
mod ledger;
mod network;
mod overflow;
mod payers;
mod prospects;
mod reasons;
mod recoverable;
mod refusals;
mod splitters;
mod underserved;
mod volume;

pub use canvas::frame::{Drawing, Frame, Shape, Size};
pub use canvas::picture::{outlined, png};
pub use canvas::theme::Theme;
pub use catalogue::{CHARTS, Chart, Tables, find};
