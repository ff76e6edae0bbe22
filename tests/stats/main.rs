//! The statistics against published cases and against simulation.

mod access;
mod baseball;
mod classes;
mod coverage;
mod discrimination;
mod donations;
mod explained;
mod few_referrers;
mod intervals;
mod linkage;
mod made_referrers;
mod parts;
mod random;
mod regular_gaps;
mod repeat_buying;
mod series;
mod service_area;
mod special;
mod stopping;
mod survival;
mod table;
