//! What the columns of a file mean: the canonical tables, the mapping language with its expressions,
//! and how single cells are read. No engine and no file format lives here.

pub mod canonical;
pub mod values;
pub mod vocabulary;
