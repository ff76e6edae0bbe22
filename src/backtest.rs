//! Stands at the ends of past quarters with what was known then, and makes the list of referrers again
//! as a run of that quarter would have: same marts, same rules, anew. What came of them is the finding
//! of the same name.

use crate::base::progress::{Progress, Silent};
use crate::base::{Config, Error, Kind, Quarter, Result, Workspace};
use crate::engine::Engine;
use crate::findings::{Context, QUARTERS_AFTER, Standing};
use crate::lake::Snapshot;
use crate::standpoint::prepare;

/// The lists at the ends of the last quarters after which two have passed by the end of `quarter`, the
/// latest first; at most so many, and none with less than a year of data behind it.
pub fn standings(
    workspace: &Workspace,
    config: &Config,
    (quarter, at_most): (Quarter, u32),
    threads: Option<usize>,
    progress: &dyn Progress,
) -> Result<Vec<Standing>> {
    progress.begin("past quarters", Some(u64::from(at_most)));
    let mut all = Vec::new();
    for back in 0..at_most as i32 {
        if progress.is_interrupted() {
            return Err(Error::new(
                Kind::Interrupted,
                "stopped; the results of the last run are as they were",
            ));
        }
        let standing = stand(workspace, config, quarter.plus(-QUARTERS_AFTER - back), threads)?;
        if !standing.as_ref().is_some_and(Standing::has_a_year) {
            break;
        }
        all.extend(standing);
        progress.advance(1);
    }
    progress.end();
    Ok(all)
}

/// The list at the end of a quarter; none where no referral was known by then.
fn stand(
    workspace: &Workspace,
    config: &Config,
    quarter: Quarter,
    threads: Option<usize>,
) -> Result<Option<Standing>> {
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, threads)?;
    let snapshot = Snapshot::read(&engine, workspace)?;
    if snapshot.latest_on().is_none() {
        return Ok(None);
    }
    let warehouse = prepare(&engine, workspace, config, &snapshot, quarter, scratch.path())?;
    warehouse.build(Standing::MARTS, &Silent)?;
    Standing::take(&Context::new(&warehouse, config, quarter)).map(Some)
}
