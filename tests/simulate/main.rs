//! A made territory read back from its files: what it promises is counted again here from the
//! CSV alone, with code that shares nothing with the simulation.

mod arrivals;
mod capacity;
mod determinism;
mod dirt;
mod exports;
mod layouts;
mod leakage;
mod territory;
