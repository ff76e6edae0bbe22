//! Draws the charts: one file a chart, each reading one result table and answering one question in
//! its title. The tables come from others, and deck and report place the pictures.

pub mod canvas;
pub mod catalogue;
mod competitors;
mod destinations;
mod hhi;
mod lapsed;
mod leakage;
mod ledger;
mod overflow;
mod payers;
mod reasons;
mod recoverable;
mod refusals;
mod underserved;
mod volume;

pub use canvas::frame::{Drawing, Frame, Shape, Size};
pub use canvas::picture::{outlined, png};
pub use canvas::theme::Theme;
pub use catalogue::{CHARTS, Chart, Tables, find};
