//! Stands at the ends of past quarters with what was known then, and makes the list of referrers again
//! as a run of that quarter would have: same marts, same rules, anew. What came of them is the finding
//! of the same name.

use crate::base::config::LapseRule;
use crate::base::progress::{Progress, Silent};
use crate::base::{Config, Day, Error, Quarter, Result, Table, Workspace};
use crate::engine::{Engine, Parameters};
use crate::findings::{Context, FINDINGS, Made, QUARTERS_AFTER, Standing};
use crate::lake::Snapshot;
use crate::standpoint::{last_whole_quarter, prepare};

/// Quarters of referrals that a list needs, its own among them.
const QUARTERS_BEFORE: i32 = 4;

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
    let lake = (workspace, &snapshot);
    let standings = standings(lake, config, (quarter, past.1), threads, progress)?;
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
/// latest first; at most so many, and none with less than a year of data behind it. All stand in one
/// snapshot of the lake, whatever is loaded meanwhile.
pub fn standings(
    lake: (&Workspace, &Snapshot),
    config: &Config,
    (quarter, at_most): (Quarter, u32),
    threads: Option<usize>,
    progress: &dyn Progress,
) -> Result<Vec<Standing>> {
    let Some(first) = (match at_most {
        0 => None,
        _ => first_quarter(lake, threads)?,
    }) else {
        return Ok(Vec::new());
    };
    (0..at_most as i32)
        .map(|back| quarter.plus(-QUARTERS_AFTER - back))
        .take_while(|past| first <= past.plus(1 - QUARTERS_BEFORE))
        .map(|past| stand(lake, config, past, threads, progress))
        .collect()
}

/// The quarter of the first referral of all; none where there is no referral.
fn first_quarter(
    (workspace, snapshot): (&Workspace, &Snapshot),
    threads: Option<usize>,
) -> Result<Option<Quarter>> {
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, threads)?;
    snapshot.register(&engine)?;
    let sql = "select min(referred_on) as first_on from lake_referrals";
    let table = engine.query("the first referral", sql, &Parameters::new())?;
    let first = table.days("first_on")?.first().copied().flatten();
    Ok(first.map(Day::quarter))
}

/// The list at the end of a quarter.
fn stand(
    (workspace, snapshot): (&Workspace, &Snapshot),
    config: &Config,
    quarter: Quarter,
    threads: Option<usize>,
    progress: &dyn Progress,
) -> Result<Standing> {
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, threads)?;
    let warehouse = prepare(
        &engine,
        workspace,
        config,
        snapshot,
        quarter,
        scratch.path(),
    )?;
    let steps = warehouse.catalogue().order(Standing::MARTS)?.len();
    progress.begin(&format!("as of {quarter}"), Some(steps as u64));
    warehouse.build(Standing::MARTS, progress)?;
    progress.end();
    // The list of `catchment` is that of the gap test, whatever rule the runs use; rules of days are judged
    // beside it.
    let mut config = config.clone();
    config.lapsed.rule = LapseRule::Gap;
    Standing::take(&Context::new(&warehouse, &config, quarter))
}
