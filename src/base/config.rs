//! catchment.toml.
/// x
#[derive(Debug, Clone, Default)]
pub struct Config {}
impl Config { /// x
 pub fn parse(_t:&str)->crate::Result<Self>{Ok(Self::default())} }
