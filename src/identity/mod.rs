//! Names to NPIs and texts to specialties, when a run reads them and never at load. A roster that
//! comes later mends what came before.

mod names;
mod resolution;

pub use names::fold;
pub use resolution::{Counts, resolve};
