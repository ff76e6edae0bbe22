//! The report page and the call list as their readers get them.

mod call_list;
mod charts;
mod markup;
mod network;
mod page;
mod sample;
