//! What every chart stands on: the font and its widths, colours and sizes, the SVG page, plotters'
//! backend on it, the frame with title and footer, and the pictures made of it.

pub(crate) mod areas;
pub(crate) mod axes;
mod backend;
pub(crate) mod bars;
pub(crate) mod callouts;
pub mod font;
pub mod frame;
pub(crate) mod labels;
mod leaders;
pub(crate) mod map;
mod page;
pub mod picture;
pub(crate) mod plot;
pub(crate) mod record;
pub(crate) mod rows;
pub(crate) mod shapes;
pub(crate) mod sheet;
pub(crate) mod stacks;
pub mod theme;
pub(crate) mod vocabulary;
pub(crate) mod words;
