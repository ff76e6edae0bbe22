//! Hands over what others have computed and drawn: the report page, the call list and the network. It
//! computes nothing; it places, writes numbers for people, and says for whom the papers are.

pub mod call_list;
pub mod compliance;
pub mod html;
pub mod network;
pub mod wording;

pub use call_list::{CallList, call_list};
pub use html::page::html;
pub use html::report::{Report, Section};
