//! The DataFusion session: what is registered, how SQL runs, how results come out. It knows no
//! mart and no lake.

mod session;
mod sql;
mod value;

pub use session::{Engine, Stored};
pub use sql::tables_of;
pub use value::{Parameters, Value};
