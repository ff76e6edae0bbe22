//! What the columns of a file mean: the canonical tables, the mapping language with its expressions,
//! and how single cells are read. No engine and no file format lives here.

mod binding;
pub mod canonical;
mod clock;
pub mod dates;
pub mod days;
mod draft;
mod evaluation;
pub mod evidence;
mod expression;
mod extension;
mod fingerprint;
pub mod functions;
mod joins;
mod language;
mod library;
mod manual;
mod own_vocabulary;
pub mod patients;
pub mod shapes;
pub mod specialty;
mod spellings;
mod suggestion;
mod tokens;
pub mod values;
pub mod vocabulary;

pub use binding::{Bound, BoundValue, Fit};
pub use dates::DatePattern;
pub use days::{Dates, DayOrder};
pub use evaluation::{Cells, Rank};
pub use evidence::{Evidence, Verdict};
pub use joins::{BoundJoin, Join};
pub use language::{Filter, Mapping, Reading};
pub use library::Library;
pub use own_vocabulary::Vocabulary;
pub use suggestion::{Guess, Suggestion, suggest};
