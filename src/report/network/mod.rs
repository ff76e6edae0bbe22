//! The referral network as files that other programs open: GraphML, GEXF, and plain tables.

mod exported;
mod gexf;
mod graphml;
mod xml;

pub use exported::Exported;
