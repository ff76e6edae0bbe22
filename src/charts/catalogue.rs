//! The list of charts, and the tables that they read. A chart itself is one file beside this one.

use std::collections::BTreeMap;

use catchment_base::{Result, Table};

use crate::canvas::frame::{Drawing, Frame};
use crate::{
    backtest, bridge, cohorts, competitors, concentration, destinations, flows, fragility, hhi,
    lapsed, lapsed_summary, leakage, leakage_change, leakage_map, ledger, network, overflow,
    payers, prospects, reasons, recoverable, refusals, splitters, underserved, volume,
};

/// One chart of the catalogue.
#[derive(Debug)]
pub struct Chart {
    /// Its name, which is also its file's.
    pub name: &'static str,
    /// The question that it answers.
    pub question: &'static str,
    /// The result tables that it reads.
    pub reads: &'static [&'static str],
    /// Whether it names single referrers, and so is for internal readers alone.
    pub internal: bool,
    /// Draws it. A table that is not there, or has no rows, gives a picture that says what is
    /// missing; an error means that a table lacks a column or has one of another type.
    pub draw: fn(&Tables, &Frame) -> Result<Drawing>,
}

/// Every chart, in the order in which a review asks.
pub static CHARTS: &[Chart] = &[
    volume::CHART,
    bridge::CHART,
    refusals::CHART,
    leakage::CHART,
    leakage_change::CHART,
    destinations::CHART,
    flows::CHART,
    leakage_map::CHART,
    splitters::CHART,
    reasons::CHART,
    recoverable::CHART,
    lapsed_summary::CHART,
    lapsed::CHART,
    cohorts::CHART,
    backtest::CHART,
    concentration::CHART,
    fragility::CHART,
    underserved::CHART,
    overflow::CHART,
    competitors::CHART,
    hhi::CHART,
    payers::CHART,
    ledger::CHART,
    network::CHART,
    prospects::CHART,
];

/// The chart of this name.
///
/// ```
/// assert!(catchment_charts::find("leakage").is_some());
/// assert!(catchment_charts::find("pie").is_none());
/// ```
pub fn find(name: &str) -> Option<&'static Chart> {
    CHARTS.iter().find(|chart| chart.name == name)
}

/// The result tables of a run, by name.
#[derive(Debug, Clone, Default)]
pub struct Tables(BTreeMap<String, Table>);

impl Tables {
    /// The tables in any order; of two with one name the last stays.
    pub fn new(tables: impl IntoIterator<Item = Table>) -> Self {
        Self(
            tables
                .into_iter()
                .map(|table| (table.name().to_string(), table))
                .collect(),
        )
    }

    /// The table of this name, if it is there.
    pub fn get(&self, name: &str) -> Option<&Table> {
        self.0.get(name)
    }

    /// What comes in as the run counts it: referrals or, where the run knows of none, patients whom
    /// providers share; one and many of them.
    pub(crate) fn inbound(&self) -> Result<(&'static str, &'static str)> {
        let info = self.get("run_info");
        let info = info.filter(|info| info.rows() > 0 && info.has("network_of"));
        Ok(
            match info.map(|info| info.cell("network_of", 0)).transpose()? {
                Some(of) if of == "shared_patients" => ("shared patient", "shared patients"),
                _ => ("referral", "referrals"),
            },
        )
    }

    /// By what the run counts a silence as a lapse, where it is not the referrer's own rhythm: `days=90`.
    pub(crate) fn other_lapse_rule(&self) -> Result<Option<String>> {
        let info = self.get("run_info");
        let info = info.filter(|info| info.rows() > 0 && info.has("lapse_rule"));
        let rule = info.map(|info| info.cell("lapse_rule", 0)).transpose()?;
        Ok(rule.filter(|rule| rule != "gap"))
    }

    /// Its rows whose text in `column` is `value`; `None` where the table is not there or has no
    /// such row.
    pub(crate) fn rows(&self, name: &str, column: &str, value: &str) -> Result<Option<Table>> {
        let Some(table) = self.get(name).filter(|table| table.rows() > 0) else {
            return Ok(None);
        };
        Ok(Some(table.only(column, value)?).filter(|table| table.rows() > 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catchment_base::TableBuilder;

    #[test]
    fn tables_are_found_by_name() {
        let table = TableBuilder::new("t")
            .text("quarter", [Some("2026Q3")])
            .finish()
            .unwrap();
        let tables = Tables::new([table]);
        assert!(tables.rows("t", "quarter", "2026Q3").unwrap().is_some());
        assert!(tables.rows("t", "quarter", "2026Q2").unwrap().is_none());
        assert!(tables.rows("other", "quarter", "2026Q3").unwrap().is_none());
        assert!(tables.rows("t", "no_column", "2026Q3").is_err());
    }
}
