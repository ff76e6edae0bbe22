//! The engine's rooms and the house's rules, tested from outside: one module a subject.

mod columns;
mod command_line;
mod coverage;
mod cuts;
mod explain;
mod formats;
mod house;
mod identity;
mod inbox;
mod intake;
mod lake;
mod lapsed;
mod layouts;
mod leakage;
mod marts;
mod organizations;
mod patients;
mod people;
mod real;
mod registers;
mod territory;
mod traps;
mod workspace;
