//! catchment.toml: what every key means, how the file is read and checked, which source a file
//! belongs to, the commented file that `init` writes, and the fingerprint that results carry.
//! Where the file lies is the workspace's business.

pub mod document;
mod fingerprint;
mod keys;
mod lapse_rule;
mod named;
mod parse;
mod rules;
mod sections;
mod sources;
mod template;
mod values;
mod words;

pub use keys::{Keys, nearest, one_of};
pub use lapse_rule::LapseRule;
pub use sections::{
    Config, Counting, Cuts, Deck, Goal, Ingest, Lapsed, Liaison, Network, Organisation, Overflow,
    Override, Privacy, SourceConfig, SpecialtyConfig, Subject, Territory, Underserved,
};
pub use words::{Affiliation, Cut, Direction, ServiceType};
