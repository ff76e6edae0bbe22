//! The statistics against published cases and against simulation.

mod access;
mod baseball;
mod classes;
mod coverage;
mod discrimination;
mod explained;
mod few_referrers;
mod intervals;
mod linkage;
mod random;
mod repeat_buying;
mod service_area;
mod survival;
mod table;
