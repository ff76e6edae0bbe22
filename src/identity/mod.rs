//! Names to NPIs and texts to specialties, when a run reads them and never at load. A roster that
//! comes later mends what came before.

mod agreement;
mod answers;
mod blocks;
mod cache;
mod candidates;
mod comparison;
mod evidence;
mod matching;
mod names;
mod nicknames;
mod nobody;
mod organizations;
mod resolution;
mod roster;
mod texts;

pub use agreement::{Agreement, agreement};
pub use answers::{Answer, Taken, answers_file, key as name_key};
pub use matching::{ACCEPTED, CLERICAL};
pub use names::{Name, fold};
pub use nobody::{Meaning, meaning};
pub use organizations::fold_organization;
pub use resolution::{Counts, resolve, review, specialty_texts, take};
