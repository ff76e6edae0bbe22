//! Holds what came in: Delta Lake tables of zstd Parquet. A row in `loads`, committed last, alone
//! makes a load visible. Nothing "current" is stored: every version stays, and what is current is
//! asked of the marts. Deltalake stays in this room.

mod delta;
mod loading;
mod loads;
mod snapshot;
mod versions;

pub use loading::{Lake, Outcome};
pub use loads::{Load, load_report};
pub use snapshot::Snapshot;
