//! The papers of a run: tables, charts, report and call list into a folder that is written aside and
//! takes its place at once. What stands in them is decided by findings, charts and report.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::base::config::Cut;
use crate::base::progress::Progress;
use crate::base::{Config, Error, Quarter, Result, Table, metrics};
use crate::charts::{CHARTS, Chart, Drawing, Frame, Size, Tables, outlined, png};
use crate::findings::Made;
use crate::lake::{Snapshot, load_report};
use crate::report::{CallList, Report, Section, call_list, html};

/// A folder that is written aside and takes its place at once.
pub(crate) struct Partial {
    pub(crate) path: PathBuf,
}

impl Partial {
    pub(crate) fn begin(out: &Path) -> Result<Self> {
        let name = out
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let path = out.with_file_name(format!(".{name}.partial"));
        fs::remove_dir_all(&path).ok();
        for folder in ["tables", "history", "charts"] {
            let folder = path.join(folder);
            fs::create_dir_all(&folder).map_err(|e| Error::io("can't be made", &folder, e))?;
        }
        Ok(Self { path })
    }

    pub(crate) fn finish(self, out: &Path) -> Result<()> {
        if out.exists() {
            let is_ours = out.join("tables/run_info.csv").is_file()
                || fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
            if !is_ours {
                return Err(
                    Error::usage("holds other files; a run replaces the whole folder")
                        .at(out)
                        .help("name an empty folder with --out"),
                );
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
pub(crate) type Drawn = (&'static str, Drawing, Drawing);

/// What the papers are written from.
pub(crate) struct Papers<'a> {
    pub(crate) config: &'a Config,
    pub(crate) quarter: Quarter,
    pub(crate) made: &'a Made,
    /// Leakage tables cut by something, where that was asked for.
    pub(crate) cuts: Option<(Cut, &'a [Table])>,
    pub(crate) snapshot: &'a Snapshot,
}

impl Papers<'_> {
    pub(crate) fn write_tables(&self, out: &Path) -> Result<()> {
        for (name, table) in self.made {
            table.write_csv(&out.join(format!("tables/{name}.csv")))?;
            table.write_parquet(&out.join(format!("tables/{name}.parquet")))?;
        }
        if let Some((by, tables)) = self.cuts {
            let folder = out.join(format!("tables/by_{by}"));
            fs::create_dir_all(&folder).map_err(|e| Error::io("can't be made", &folder, e))?;
            for table in tables {
                table.write_csv(&folder.join(format!("{}.csv", table.name())))?;
                table.write_parquet(&folder.join(format!("{}.parquet", table.name())))?;
            }
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

    pub(crate) fn write_charts(&self, out: &Path, progress: &dyn Progress) -> Result<Vec<Drawn>> {
        let tables = Tables::new(self.made.values().cloned());
        // A chart of a table that no finding makes has nothing to say, not even that it is empty.
        let charts: Vec<&Chart> = CHARTS
            .iter()
            .filter(|chart| chart.reads.iter().any(|table| tables.get(table).is_some()))
            .collect();
        progress.begin("charts", Some(charts.len() as u64));
        let drawn = charts
            .into_par_iter()
            .map(|chart| {
                let drawn = self.write_chart(chart, &tables, out)?;
                progress.advance(1);
                Ok(drawn)
            })
            .collect::<Result<Vec<Drawn>>>()?;
        progress.end();
        Ok(drawn)
    }

    fn write_chart(&self, chart: &Chart, tables: &Tables, out: &Path) -> Result<Drawn> {
        let mut frame = Frame::new(self.config.organisation.name.as_str(), self.quarter);
        frame.internal_mark = true;
        let full = (chart.draw)(tables, &frame)?;
        let body = (chart.draw)(
            tables,
            &Frame {
                size: Size::Body,
                ..frame
            },
        )?;
        let svg = outlined(&full.svg)?;
        write(
            &out.join(format!("charts/{}.svg", chart.name)),
            svg.as_bytes(),
        )?;
        write(
            &out.join(format!("charts/{}.png", chart.name)),
            &png(&full.svg, 3840, 2160)?,
        )?;
        Ok((chart.name, full, body))
    }

    pub(crate) fn write_report(
        &self,
        out: &Path,
        drawn: &[Drawn],
        warnings: &[String],
        missing: &[String],
    ) -> Result<()> {
        let load_report = load_report(&self.snapshot.loads)?;
        let shown = self.shown()?;
        let coverage = self.coverage()?;
        let columns: Vec<Vec<&str>> = SHOWN
            .iter()
            .map(|section| section.columns.split_whitespace().collect())
            .collect();
        let sections: Vec<Section<'_>> = SHOWN
            .iter()
            .zip(&columns)
            .filter_map(|(section, columns)| {
                let (_, full, body) = drawn.iter().find(|d| d.0 == section.chart)?;
                Some(Section {
                    name: section.chart,
                    title: &full.title,
                    alt: &body.alt,
                    svg: &body.svg,
                    table: shown.get(section.chart)?,
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
            summary: drawn
                .iter()
                .filter(|d| !d.1.empty)
                .map(|d| d.1.title.clone())
                .collect(),
            definitions: definitions(&sections),
            coverage: coverage.as_ref().map(|table| (table, COVERAGE)),
            sources: self.sources(),
            prospects_judged: self
                .made
                .get("prospects_judged")
                .map(|table| (table, PROSPECTS_JUDGED)),
            load_report: &load_report,
            notes: warnings.to_vec(),
            missing: missing.to_vec(),
            credits: vec!["Places: GeoNames postal codes, CC BY 4.0.".to_string()],
            sections,
        };
        write(&out.join("report.html"), html(&report)?.as_bytes())
    }

    /// The rows of each section's table: the run's quarter, in the order of ranks.
    fn shown(&self) -> Result<BTreeMap<&'static str, Table>> {
        let mut out = BTreeMap::new();
        for section in SHOWN {
            let Some(found) = self.made.get(section.table) else {
                continue;
            };
            let by_quarter = section.table != "volume" && found.has("quarter");
            let mut rows = found.clone();
            if let Some((column, value)) = section.only {
                rows = rows.only(column, value)?;
            }
            if by_quarter {
                rows = rows.only("quarter", &self.quarter.to_string())?;
            }
            if rows.has("rank") {
                rows = rows.sorted_by(&["rank"])?;
            }
            out.insert(section.chart, rows);
        }
        Ok(out)
    }

    /// What is known of each source: the run's quarter and the one before.
    fn coverage(&self) -> Result<Option<Table>> {
        let Some(table) = self.made.get("coverage") else {
            return Ok(None);
        };
        let shown = [self.quarter.plus(-1), self.quarter].map(|q| q.to_string());
        let quarters = table.texts("quarter")?;
        let is_shown = |row: &usize| quarters[*row].as_ref().is_some_and(|q| shown.contains(q));
        let rows: Vec<usize> = (0..table.rows()).filter(is_shown).collect();
        table.pick(&rows).map(Some)
    }

    fn sources(&self) -> Vec<String> {
        let mut sources: Vec<String> = self
            .snapshot
            .loads
            .iter()
            .filter(|l| ["referrals", "shared_patients"].contains(&l.table.as_str()))
            .map(|l| l.source.clone())
            .collect();
        sources.sort();
        sources.dedup();
        sources
    }

    pub(crate) fn write_call_list(&self, out: &Path) -> Result<()> {
        let Some(table) = self.made.get("call_list") else {
            return Ok(());
        };
        let list = CallList {
            organisation: &self.config.organisation.name,
            quarter: self.quarter,
            as_of: self.quarter.last_day(),
            table,
        };
        write(&out.join("call_list.xlsx"), &call_list(&list)?)
    }
}

/// A section of the report: a chart, its table, and the columns of it that stand beside the picture.
struct Shown {
    chart: &'static str,
    table: &'static str,
    /// Of the table's rows those with this value in this column.
    only: Option<(&'static str, &'static str)>,
    columns: &'static str,
}

const fn shown(chart: &'static str, table: &'static str, columns: &'static str) -> Shown {
    Shown {
        chart,
        table,
        only: None,
        columns,
    }
}

impl Shown {
    const fn of(self, column: &'static str, value: &'static str) -> Self {
        Self {
            only: Some((column, value)),
            ..self
        }
    }
}

/// The report's sections in the order in which a review asks.
const SHOWN: &[Shown] = &[
    shown(
        "volume",
        "volume",
        "quarter working_days inbound_external inbound_per_day inbound_internal aligned kept signal",
    ),
    shown(
        "bridge",
        "inbound_bridge",
        "specialty territory from_n new reactivated growing stable declining lapsed affiliation_changed to_n",
    ),
    shown(
        "refusals",
        "our_refusals",
        "specialty receiving_practice_name reason n share declined expired unscheduled_after_14_days",
    ),
    shown(
        "leakage",
        "leakage_by_specialty",
        "rank specialty n leaked leakage leakage_change leakage_change_q unknown_destination not_offered",
    ),
    shown(
        "leakage_change",
        "leakage_change_explained",
        "specialty comparison leakage_from leakage_to change mix rate new_referrers lost_referrers affiliation coverage",
    ),
    shown("ledger", "leakage_ledger", "specialty class n share"),
    shown("reasons", "reasons", "specialty reason n share addressable n_change n_change_q"),
    shown(
        "recoverable",
        "leakage_by_specialty",
        "rank specialty leaked addressable recoverable recoverable_if_covered value_recoverable",
    ),
    shown(
        "flows",
        "leakage_flows",
        "practice_name county specialty destination_name n providers",
    )
    .of("specialty", "all"),
    shown(
        "destinations",
        "leakage_by_destination",
        "rank destination_name specialty received share received_change received_change_q distance_km",
    ),
    shown(
        "leakage_map",
        "leakage_by_referring_county",
        "rank county n leaked leakage leakage_change leakage_change_q",
    ),
    shown(
        "splitters",
        "leakage_by_referrer",
        "rank referring_name practice_name n leakage shrunk_leakage class class_probability",
    ),
    shown(
        "payers",
        "payer_mix",
        "payer specialty n share leakage leakage_n share_change_year share_change_year_q",
    )
    .of("specialty", "all"),
    shown(
        "competitors",
        "competitors",
        "rank organization_name specialty received observed_share market_share share_change share_change_q",
    )
    .of("specialty", "all"),
    shown(
        "hhi",
        "competitors",
        "organization_name specialty market_share concentration",
    ),
    shown(
        "lapsed_summary",
        "lapsed_summary",
        "specialty territory count lost_per_quarter gained_per_quarter net",
    ),
    shown(
        "lapsed",
        "lapsed",
        "rank referring_name practice_name county specialty last_on days_silent former_per_quarter \
         present_per_quarter expected_lapse_loss gap_q cause switched_to",
    ),
    shown(
        "cohorts",
        "referrer_cohorts",
        "first_quarter quarters_since n active share",
    ),
    shown(
        "backtest",
        "backtest",
        "as_of_quarter rule bin n predicted observed precision recall auc false_alarm_rate as_known",
    ),
    shown(
        "network",
        "network_nodes",
        "name specialty practice_name county community partners_in partners_out referrals_in betweenness",
    )
    .of("role", "hub"),
    shown(
        "prospects",
        "prospects",
        "rank name practice_name county expected_referrals reasons suggested_specialty suggested_introducer",
    ),
    shown(
        "concentration",
        "concentration_curve",
        "specialty referrers cumulative_share",
    ),
    shown(
        "fragility",
        "fragility",
        "specialty n herfindahl top_1 top_5 top_10 lost_if_top_left",
    )
    .of("practice_id", "all"),
    shown(
        "underserved",
        "underserved",
        "rank county specialty population fte access benchmark gap_fte nearest_km edge underserved",
    ),
    shown(
        "overflow",
        "overflow",
        "practice_name specialty weekly_demand weekly_slots utilisation_4q backlog backlog_weeks median_wait_days status",
    ),
];

/// What stands of coverage in the report.
const COVERAGE: &[&str] = &[
    "source",
    "quarter",
    "rows",
    "referring_resolved_share",
    "destination_placed_share",
    "specialty_known_share",
    "completed_known_share",
    "thin",
    "possible_repeats",
    "entry_lag_p95_days",
    "last_complete_on",
    "silent",
];

/// What stands of the judgement of prospects in the report.
const PROSPECTS_JUDGED: &[&str] = &[
    "method",
    "auc",
    "precision_at_100",
    "candidates",
    "ties_test",
    "scale_km",
    "note",
];

/// What the shown columns mean in their tables; a column that means two things stands twice.
fn definitions(sections: &[Section<'_>]) -> Vec<(String, String)> {
    let shown = sections
        .iter()
        .flat_map(|s| s.columns.iter().map(|column| (s.table.name(), *column)));
    let coverage = COVERAGE.iter().map(|column| ("coverage", *column));
    let judged = PROSPECTS_JUDGED
        .iter()
        .map(|column| ("prospects_judged", *column));
    let mut said: Vec<(&str, &str)> = shown
        .chain(coverage)
        .chain(judged)
        .filter_map(|(table, column)| metrics::of(table, column).filter(|m| m.name == column))
        .map(|metric| (metric.name, metric.sentence))
        .collect();
    said.sort_unstable();
    said.dedup();
    said.into_iter()
        .map(|(name, sentence)| (name.to_string(), sentence.to_string()))
        .collect()
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(|e| Error::io("can't be written", path, e))
}
