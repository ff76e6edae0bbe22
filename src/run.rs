//! The quarter, one line a step: from the lake to the papers on the table.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::progress::Progress;
use crate::base::{Config, Error, Quarter, Result, Table, Workspace, metrics, units};
use crate::charts::{CHARTS, Drawing, Frame, Size, Tables, outlined, png};
use crate::engine::Engine;
use crate::findings::{Context, FINDINGS, Made};
use crate::identity;
use crate::lake::{Snapshot, load_report};
use crate::marts::{Catalogue, Warehouse, register_references};
use crate::report::{CallList, Report, Section, call_list, html};

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

/// The last whole quarter: the last that ends on or before the greatest latest day of any referral
/// export.
pub fn last_whole_quarter(snapshot: &Snapshot) -> Result<Quarter> {
    let latest = snapshot.latest_on().ok_or_else(|| {
        Error::usage("no referrals are loaded").help("load exports with 'catchment ingest PATH'")
    })?;
    let quarter = latest.quarter();
    Ok(if quarter.last_day() <= latest { quarter } else { quarter.plus(-1) })
}

/// Registers what marts read: the lake, the reference tables, the configuration, who is who.
pub fn prepare<'e>(
    engine: &'e Engine,
    workspace: &Workspace,
    config: &Config,
    snapshot: &Snapshot,
    quarter: Quarter,
    folder: &Path,
) -> Result<Warehouse<'e>> {
    snapshot.register(engine)?;
    register_references(engine, config, quarter)?;
    identity::resolve(engine)?;
    let catalogue = Catalogue::read(&workspace.queries())?;
    Ok(Warehouse::new(engine, catalogue, folder, quarter, config.counting.episode_days))
}

/// Runs a quarter and puts its results into `out`, in place of an earlier run's.
pub fn run(
    workspace: &Workspace,
    quarter: Option<Quarter>,
    out: Option<&Path>,
    threads: Option<usize>,
    progress: &dyn Progress,
) -> Result<Ran> {
    let config = workspace.config()?;
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, threads)?;
    let snapshot = Snapshot::read(&engine, workspace)?;
    let quarter = match quarter {
        Some(quarter) => quarter,
        None => last_whole_quarter(&snapshot)?,
    };
    let warehouse = prepare(&engine, workspace, &config, &snapshot, quarter, scratch.path())?;
    build_marts(&warehouse, progress)?;
    let made = make_findings(&Context { warehouse: &warehouse, config: &config, quarter }, progress)?;
    let missing = missing_inputs(&snapshot);
    let warnings = warnings(&warehouse, &made, quarter, &snapshot)?;

    let out = out.map_or_else(|| workspace.out(quarter), Path::to_path_buf);
    let papers = Papers { config: &config, quarter, made: &made, snapshot: &snapshot };
    let partial = Partial::begin(&out)?;
    papers.write_tables(&partial.path)?;
    let drawings = papers.write_charts(&partial.path, progress)?;
    papers.write_report(&partial.path, &drawings, &warnings, &missing)?;
    papers.write_call_list(&partial.path)?;
    partial.finish(&out)?;
    Ok(Ran {
        quarter,
        tables: FINDINGS.iter().filter_map(|f| Some((f.name.to_string(), made.get(f.name)?.rows()))).collect(),
        charts: drawings.iter().map(|(name, full, _)| ((*name).to_string(), full.title.clone())).collect(),
        out,
        warnings,
        missing,
    })
}

fn build_marts(warehouse: &Warehouse<'_>, progress: &dyn Progress) -> Result<()> {
    let mut wanted: Vec<&str> = FINDINGS.iter().flat_map(|f| f.marts.iter().copied()).collect();
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
        ("referrals", "everything but the map of supply"),
        ("providers", "who is inside, specialties and practices: leakage, referrers, supply"),
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
    if snapshot.latest_on().is_some_and(|latest| latest < quarter.last_day()) {
        out.push(format!("{quarter} is not over in what is loaded; its numbers are not final"));
    }
    let span = warehouse.read("int_referral_span")?;
    let count = |column: &str| -> Result<i64> { Ok(span.ints(column)?.first().copied().flatten().unwrap_or(0)) };
    let (all, reconstructed) = (count("referrals")?, count("reconstructed")?);
    if reconstructed > 0 {
        out.push(format!(
            "{} of {} have no version of {quarter}'s end and are walked back from a later one",
            units::count(reconstructed),
            units::counted(all, "referral"),
        ));
    }
    if let Some(leakage) = made.get("leakage_by_specialty") {
        let now = leakage.only("specialty", "all")?.only("quarter", &quarter.to_string())?;
        if let (Some(Some(n)), Some(Some(unknown))) =
            (now.ints("n")?.first().copied(), now.ints("unknown_destination")?.first().copied())
            && unknown * 10 > n + unknown
        {
            out.push(format!(
                "the destination of {} of {} aligned referrals is unknown: leakage shows both bounds and nothing is ranked",
                units::count(unknown),
                units::count(n + unknown),
            ));
        }
    }
    Ok(out)
}

/// A folder that is written aside and takes its place at once.
struct Partial {
    path: PathBuf,
}

impl Partial {
    fn begin(out: &Path) -> Result<Self> {
        let name = out.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let path = out.with_file_name(format!(".{name}.partial"));
        fs::remove_dir_all(&path).ok();
        for folder in ["tables", "history", "charts"] {
            let folder = path.join(folder);
            fs::create_dir_all(&folder).map_err(|e| Error::io("can't be made", &folder, e))?;
        }
        Ok(Self { path })
    }

    fn finish(self, out: &Path) -> Result<()> {
        if out.exists() {
            let is_ours = out.join("tables/run_info.csv").is_file()
                || fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
            if !is_ours {
                return Err(Error::usage("holds other files; a run replaces the whole folder")
                    .at(out)
                    .help("name an empty folder with --out"));
            }
            fs::remove_dir_all(out).map_err(|e| Error::io("can't be replaced", out, e))?;
        }
        fs::rename(&self.path, out).map_err(|e| Error::io("can't be written", out, e))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.path).ok();
    }
}

/// A chart's name with its full and its body drawing.
type Drawn = (&'static str, Drawing, Drawing);

struct Papers<'a> {
    config: &'a Config,
    quarter: Quarter,
    made: &'a Made,
    snapshot: &'a Snapshot,
}

impl Papers<'_> {
    fn write_tables(&self, out: &Path) -> Result<()> {
        for (name, table) in self.made {
            table.write_csv(&out.join(format!("tables/{name}.csv")))?;
            table.write_parquet(&out.join(format!("tables/{name}.parquet")))?;
        }
        let report = load_report(&self.snapshot.loads)?;
        report.write_csv(&out.join("history/load_report.csv"))?;
        report.write_parquet(&out.join("history/load_report.parquet"))?;
        let mut versions: String = String::from("table,version\n");
        for (table, version) in &self.snapshot.versions {
            versions.push_str(&format!("{table},{version}\n"));
        }
        write(&out.join("history/lake_versions.csv"), versions.as_bytes())
    }

    fn write_charts(&self, out: &Path, progress: &dyn Progress) -> Result<Vec<Drawn>> {
        let tables = Tables::new(self.made.values().cloned());
        progress.begin("charts", Some(CHARTS.len() as u64));
        let mut drawn = Vec::new();
        for chart in CHARTS {
            let mut frame = Frame::new(self.config.organisation.name.as_str(), self.quarter);
            frame.internal_mark = true;
            let full = (chart.draw)(&tables, &frame)?;
            let body = (chart.draw)(&tables, &Frame { size: Size::Body, ..frame })?;
            let svg = outlined(&full.svg)?;
            write(&out.join(format!("charts/{}.svg", chart.name)), svg.as_bytes())?;
            write(&out.join(format!("charts/{}.png", chart.name)), &png(&full.svg, 3840, 2160)?)?;
            drawn.push((chart.name, full, body));
            progress.advance(1);
        }
        progress.end();
        Ok(drawn)
    }

    fn write_report(&self, out: &Path, drawn: &[Drawn], warnings: &[String], missing: &[String]) -> Result<()> {
        let load_report = load_report(&self.snapshot.loads)?;
        let empty: BTreeMap<&str, Table> = BTreeMap::new();
        let mut shown = empty;
        for (name, table, _) in SHOWN {
            if let Some(found) = self.made.get(*table) {
                let by_quarter = *table != "volume" && found.has("quarter");
                let rows = if by_quarter { found.only("quarter", &self.quarter.to_string())? } else { found.clone() };
                let rows = if rows.has("rank") { rows.sorted_by(&["rank"])? } else { rows };
                shown.insert(name, rows);
            }
        }
        let sections: Vec<Section<'_>> = SHOWN
            .iter()
            .filter_map(|(name, _, columns)| {
                let (_, full, body) = drawn.iter().find(|d| d.0 == *name)?;
                Some(Section {
                    name,
                    title: &full.title,
                    alt: &body.alt,
                    svg: &body.svg,
                    table: shown.get(name)?,
                    columns,
                    note: &full.footer,
                })
            })
            .collect();
        let report = Report {
            organisation: &self.config.organisation.name,
            quarter: self.quarter,
            as_of: self.quarter.last_day(),
            audience: "internal",
            summary: drawn.iter().filter(|d| !d.1.empty).map(|d| d.1.title.clone()).collect(),
            definitions: definitions(&sections),
            sources: self.sources(),
            load_report: &load_report,
            notes: warnings.to_vec(),
            missing: missing.to_vec(),
            credits: vec!["Places: GeoNames postal codes, CC BY 4.0.".to_string()],
            sections,
        };
        write(&out.join("report.html"), html(&report)?.as_bytes())
    }

    fn sources(&self) -> Vec<String> {
        let mut sources: Vec<String> = self
            .snapshot
            .loads
            .iter()
            .filter(|l| l.table == "referrals")
            .map(|l| l.source.clone())
            .collect();
        sources.sort();
        sources.dedup();
        sources
    }

    fn write_call_list(&self, out: &Path) -> Result<()> {
        let Some(table) = self.made.get("call_list") else { return Ok(()) };
        let list = CallList {
            organisation: &self.config.organisation.name,
            quarter: self.quarter,
            as_of: self.quarter.last_day(),
            table,
        };
        write(&out.join("call_list.xlsx"), &call_list(&list)?)
    }
}

/// The report's sections: chart, table, and the columns of it that stand beside the picture.
const SHOWN: &[(&str, &str, &[&str])] = &[
    (
        "volume",
        "volume",
        &["quarter", "working_days", "inbound_external", "inbound_per_day", "inbound_internal", "aligned", "kept", "signal"],
    ),
    (
        "leakage",
        "leakage_by_specialty",
        &["rank", "specialty", "n", "leaked", "leakage", "leakage_change", "leakage_change_q", "unknown_destination", "not_offered"],
    ),
    (
        "lapsed",
        "lapsed",
        &["rank", "referring_name", "practice_name", "county", "specialty", "last_on", "days_silent", "former_per_quarter", "present_per_quarter", "expected_lapse_loss", "gap_q"],
    ),
    (
        "underserved",
        "underserved",
        &["rank", "county", "specialty", "population", "fte", "access", "benchmark", "gap_fte", "nearest_km", "edge", "underserved"],
    ),
    (
        "overflow",
        "overflow",
        &["practice_name", "specialty", "weekly_demand", "weekly_slots", "utilisation_4q", "backlog", "backlog_weeks", "median_wait_days", "status"],
    ),
];

fn definitions(sections: &[Section<'_>]) -> Vec<(String, String)> {
    let mut names: Vec<&str> = sections.iter().flat_map(|s| s.columns.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter_map(|column| metrics::METRICS.iter().find(|m| m.name == column))
        .map(|metric| (metric.name.to_string(), metric.sentence.to_string()))
        .collect()
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(|e| Error::io("can't be written", path, e))
}
