//! wip
use crate::catalogue::*;
use crate::canvas::frame::*;
pub(crate) const CHART: Chart = Chart { name: "lapsed", question: "", reads: &[], internal: false, draw };
fn draw(_: &Tables, _: &Frame) -> catchment_base::Result<Drawing> { Err(catchment_base::Error::internal("wip")) }
