//! The charts against their tables: marks stand where their values say, texts neither overlap nor
//! leave the canvas, titles hold the table's numbers, and pictures stay as they are.

mod dependence;
mod followed;
mod leaks;
mod made;
mod marks;
mod network;
mod pictures;
mod svg;
mod texts;
mod titles;
