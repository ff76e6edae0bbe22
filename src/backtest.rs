//! Stands at the ends of past quarters with what was known then, and makes the list of referrers again
//! as a run of that quarter would have: same marts, same rules, anew. What came of them is the finding
//! of the same name.

use crate::base::progress::{Progress, Silent};
use crate::base::{Config, Error, Kind, Quarter, Result, Table, Workspace};
use crate::engine::Engine;
use crate::findings::{Context, FINDINGS, Made, QUARTERS_AFTER, Standing};
use crate::lake::Snapshot;
use crate::standpoint::{last_whole_quarter, prepare};

/// How often the lists of past quarters were wrong, as the result table says it, without a run.
pub fn backtest(
    workspace: &Workspace,
    config: &Config,
    past: (Option<Quarter>, u32),
    threads: Option<usize>,
    progress: &dyn Progress,
) -> Result<(Quarter, Table)> {
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, threads)?;
    let snapshot = Snapshot::read(&engine, workspace)?;
    let quarter = match past.0 {
        Some(quarter) => quarter,
        None => last_whole_quarter(&snapshot)?,
    };
    let standings = standings(workspace, config, (quarter, past.1), threads, progress)?;
    let warehouse = prepare(
        &engine,
        workspace,
        config,
        &snapshot,
        quarter,
        scratch.path(),
    )?;
    let context = Context::new(&warehouse, config, quarter).with_standings(standings);
    let mut made = Made::new();
    for name in ["backtest_lists", "backtest"] {
        let finding = FINDINGS.iter().find(|finding| finding.name == name);
        let finding = finding.ok_or_else(|| Error::internal(format!("{name} is no finding")))?;
        warehouse.build(finding.marts, &Silent)?;
        let table = (finding.make)(&context, &made)?;
        made.insert(name.to_string(), table);
    }
    let table = made.remove("backtest");
    Ok((
        quarter,
        table.ok_or_else(|| Error::internal("backtest is not made"))?,
    ))
}

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
        let standing = stand(
            workspace,
            config,
            quarter.plus(-QUARTERS_AFTER - back),
            threads,
        )?;
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
    let warehouse = prepare(
        &engine,
        workspace,
        config,
        &snapshot,
        quarter,
        scratch.path(),
    )?;
    warehouse.build(Standing::MARTS, &Silent)?;
    Standing::take(&Context::new(&warehouse, config, quarter)).map(Some)
}
