//! The quarter, one line a step: from the lake to the papers on the table.

use std::path::{Path, PathBuf};

use crate::base::config::{Cut, LapseRule};
use crate::base::progress::{Progress, Silent};

use crate::backtest::standings;
use crate::base::{Config, Error, Quarter, Result, Table, Workspace, units};
use crate::cuts::cut;
use crate::engine::Engine;
use crate::findings::{Context, FINDINGS, Made};
use crate::lake::Snapshot;
use crate::marts::Warehouse;
use crate::papers::{Drawn, Papers, Partial};
use crate::standpoint::{last_whole_quarter, prepare};

/// What a run made.
#[derive(Debug)]
pub struct Ran {
    /// The quarter.
    pub quarter: Quarter,
    /// The folder with everything.
    pub out: PathBuf,
    /// The tables with their numbers of rows, in the order in which they were made.
    pub tables: Vec<(String, usize)>,
    /// The charts' names and titles.
    pub charts: Vec<(String, String)>,
    /// What a person should read before trusting the numbers.
    pub warnings: Vec<String>,
    /// Kinds of input that are missing, and what they would bring.
    pub missing: Vec<String>,
}

/// What each source brings, as of now: the coverage table alone, without a run.
pub fn coverage(warehouse: &Warehouse<'_>, config: &Config, quarter: Quarter) -> Result<Table> {
    let finding = FINDINGS
        .iter()
        .find(|f| f.name == "coverage")
        .ok_or_else(|| Error::internal("coverage is no finding"))?;
    warehouse.build(finding.marts, &Silent)?;
    (finding.make)(&Context::new(warehouse, config, quarter), &Made::new())
}

/// What a run is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The quarter; the last whole one where none is named.
    pub quarter: Option<Quarter>,
    /// Where the results go; into the workspace where nothing is named.
    pub out: Option<PathBuf>,
    /// What leakage tables are cut by; what the configuration says where nothing is named.
    pub by: Option<Cut>,
    /// By what a silence counts as a lapse; what the configuration says where nothing is named.
    pub lapse_rule: Option<LapseRule>,
}

/// Runs a quarter and puts its results into their folder, in place of an earlier run's.
pub fn run(
    workspace: &Workspace,
    asked: &Asked,
    threads: Option<usize>,
    progress: &dyn Progress,
) -> Result<Ran> {
    let mut config = workspace.config()?;
    config.lapsed.rule = asked.lapse_rule.unwrap_or(config.lapsed.rule);
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, threads)?;
    let snapshot = Snapshot::read(&engine, workspace)?;
    let quarter = match asked.quarter {
        Some(quarter) => quarter,
        None => last_whole_quarter(&snapshot)?,
    };
    let warehouse = prepare(
        &engine,
        workspace,
        &config,
        &snapshot,
        quarter,
        scratch.path(),
    )?;
    build_marts(&warehouse, progress)?;
    let past = (quarter, config.lapsed.backtest_quarters);
    let standings = standings((workspace, &snapshot), &config, past, threads, progress)?;
    let context = Context::new(&warehouse, &config, quarter).with_standings(standings);
    let made = make_findings(&context, progress)?;
    let missing = missing_inputs(&snapshot);
    let warnings = warnings(&warehouse, &made, quarter, &snapshot)?;
    let by = asked.by.or(config.cuts.by);
    let cuts = match by {
        Some(by) => Some((by, cut(&context, &made, by, progress)?)),
        None => None,
    };

    let out = asked.out.clone().unwrap_or_else(|| workspace.out(quarter));
    let papers = Papers {
        config: &config,
        quarter,
        made: &made,
        cuts: cuts.as_ref().map(|(by, tables)| (*by, tables.as_slice())),
        snapshot: &snapshot,
    };
    let drawn = hand_over(&papers, &out, &warnings, &missing, progress)?;
    let rows = |name: &str| Some((name.to_string(), made.get(name)?.rows()));
    Ok(Ran {
        quarter,
        tables: FINDINGS.iter().filter_map(|f| rows(f.name)).collect(),
        charts: drawn
            .iter()
            .map(|(name, full, _)| ((*name).to_string(), full.title.clone()))
            .collect(),
        out,
        warnings,
        missing,
    })
}

/// Writes everything aside, and puts it into its place at once.
fn hand_over(
    papers: &Papers<'_>,
    out: &Path,
    warnings: &[String],
    missing: &[String],
    progress: &dyn Progress,
) -> Result<Vec<Drawn>> {
    let partial = Partial::begin(out)?;
    papers.write_tables(&partial.path)?;
    let drawn = papers.write_charts(&partial.path, progress)?;
    papers.write_report(&partial.path, &drawn, warnings, missing)?;
    papers.write_call_list(&partial.path)?;
    partial.finish(out)?;
    Ok(drawn)
}

fn build_marts(warehouse: &Warehouse<'_>, progress: &dyn Progress) -> Result<()> {
    let mut wanted: Vec<&str> = FINDINGS
        .iter()
        .flat_map(|f| f.marts.iter().copied())
        .collect();
    wanted.push("int_unobserved_organizations");
    let steps = warehouse.catalogue().order(&wanted)?.len();
    progress.begin("marts", Some(steps as u64));
    warehouse.build(&wanted, progress)?;
    progress.end();
    Ok(())
}

fn make_findings(context: &Context<'_>, progress: &dyn Progress) -> Result<Made> {
    progress.begin("findings", Some(FINDINGS.len() as u64));
    let mut made = Made::new();
    for finding in FINDINGS {
        let started = std::time::Instant::now();
        let table = (finding.make)(context, &made)?;
        tracing::debug!(
            finding = finding.name,
            rows = table.rows(),
            milliseconds = started.elapsed().as_millis() as u64,
            "finding made"
        );
        made.insert(finding.name.to_string(), table);
        progress.advance(1);
    }
    progress.end();
    Ok(made)
}

/// The kinds of input that no load feeds, and what each would bring.
fn missing_inputs(snapshot: &Snapshot) -> Vec<String> {
    const BRINGS: &[(&str, &str)] = &[
        (
            "referrals",
            "everything but the map of supply, and what shared patients tell",
        ),
        (
            "providers",
            "who is inside, specialties and practices: leakage, referrers, supply",
        ),
        ("organizations", "affiliations of practices"),
        ("population", "underserved counties"),
        ("capacity", "utilisation and overflow"),
        ("visits", "the last contact on the call list"),
    ];
    BRINGS
        .iter()
        .filter(|(table, _)| !snapshot.loads.iter().any(|l| l.table == *table))
        .map(|(table, brings)| format!("no {table} loaded; they bring {brings}"))
        .collect()
}

fn warnings(
    warehouse: &Warehouse<'_>,
    made: &Made,
    quarter: Quarter,
    snapshot: &Snapshot,
) -> Result<Vec<String>> {
    let mut out = Vec::new();
    let unobserved = warehouse.ask(
        "unobserved organizations",
        "select u.organization_id, coalesce(max(o.name), u.organization_id) as name, max(u.n) as n
         from int_unobserved_organizations as u
         left join stg_organizations as o on o.organization_id = u.organization_id
         group by u.organization_id order by u.organization_id",
    )?;
    for row in 0..unobserved.rows() {
        out.push(format!(
            "{} counts as aligned, and not one of its {} referrals in four quarters left us: its other orders are most likely not exported, so it is taken out of leakage",
            unobserved.cell("name", row)?,
            unobserved.cell("n", row)?,
        ));
    }
    if snapshot
        .latest_on()
        .is_some_and(|latest| latest < quarter.last_day())
    {
        out.push(format!(
            "{quarter} is not over in what is loaded; its numbers are not final"
        ));
    }
    out.extend(silent_sources(made, quarter)?);
    out.extend(shared_patients(warehouse, made)?);
    let span = warehouse.read("int_referral_span")?;
    let count = |column: &str| -> Result<i64> {
        Ok(span.ints(column)?.first().copied().flatten().unwrap_or(0))
    };
    let (all, reconstructed) = (count("referrals")?, count("reconstructed")?);
    if reconstructed > 0 {
        out.push(format!(
            "{} of {} have no version of {quarter}'s end and are walked back from a later one",
            units::count(reconstructed),
            units::counted(all, "referral"),
        ));
    }
    out.extend(unknown_destinations(made, quarter)?);
    Ok(out)
}

/// A sentence where so many destinations are unknown that nothing is ranked.
fn unknown_destinations(made: &Made, quarter: Quarter) -> Result<Option<String>> {
    let Some(leakage) = made.get("leakage_by_specialty") else {
        return Ok(None);
    };
    let now = leakage
        .only("specialty", "all")?
        .only("quarter", &quarter.to_string())?;
    let count = |column: &str| -> Result<i64> {
        Ok(now.ints(column)?.first().copied().flatten().unwrap_or(0))
    };
    let (n, unknown) = (count("n")?, count("unknown_destination")?);
    Ok((unknown * 10 > n + unknown).then(|| {
        format!(
            "the destination of {} of {} aligned referrals is unknown: leakage shows both bounds and nothing is ranked",
            units::count(unknown),
            units::count(n + unknown),
        )
    }))
}

/// What can't be said of a network of shared patients.
fn shared_patients(warehouse: &Warehouse<'_>, made: &Made) -> Result<Vec<String>> {
    let Some(info) = made.get("run_info") else {
        return Ok(Vec::new());
    };
    if info.cell("network_of", 0)? != "shared_patients" {
        return Ok(Vec::new());
    }
    let end = |column: &str| -> Result<String> {
        let day = info.cell(column, 0)?;
        Ok(match day.is_empty() {
            true => "a day that no file states".to_string(),
            false => day,
        })
    };
    let mut out = vec![format!(
        "the network and the market are of shared patients, from {} to {}: such files have neither days nor orders, so nothing is said of changes, of lapsed referrers and of leakage; pairs of fewer than 11 patients are left out of the public ones, so a missing tie is not zero",
        end("network_from_on")?,
        end("network_to_on")?,
    )];
    let periods = warehouse.ask(
        "periods of shared patients",
        "select count(*) as n from (select distinct period_from, period_to from stg_shared_patients)",
    )?;
    let others = periods.counts("n")?.first().map_or(0, |n| n - 1);
    if others > 0 {
        out.push(format!(
            "shared patients of {} are loaded and stand apart: the network is of the latest one alone",
            match others {
                1 => "another period".to_string(),
                more => format!("{more} other periods"),
            }
        ));
    }
    Ok(out)
}

/// A sentence for each source that had fallen silent at the quarter's end.
fn silent_sources(made: &Made, quarter: Quarter) -> Result<Vec<String>> {
    let Some(coverage) = made.get("coverage") else {
        return Ok(Vec::new());
    };
    let now = coverage.only("quarter", &quarter.to_string())?;
    let (silent, sources) = (now.flag("silent")?, now.text("source")?);
    let last = now.days("last_on")?;
    Ok((0..now.rows())
        .filter(|row| silent.value(*row))
        .filter_map(|row| {
            Some(format!(
                "the feed {} has no referrals since {}; it may have stopped",
                sources.value(row),
                last.get(row).copied().flatten()?,
            ))
        })
        .collect())
}
