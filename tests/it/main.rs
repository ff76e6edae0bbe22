//! The engine's rooms and the house's rules, tested from outside: one module a subject.

mod columns;
mod house;
mod marts;
mod command_line;
mod lake;
mod territory;
mod workspace;
