//! Where a change of leakage came from, exactly: other rates, another mix, referrers who came and
//! went, other affiliations, other feeds.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Finding, Made};
use super::leakage_cells::{Cells, change};
use super::leakage_rates::ALL;
use crate::base::{Quarter, Result, Table, TableBuilder};
use crate::stats::comparisons::Change;
use crate::stats::explained::{Cell, Counts, Explained, Period, explain, fraction};

pub(super) const FINDING: Finding = Finding {
    name: "leakage_change_explained",
    marts: &["int_change_cells", "int_leakage_cells"],
    make,
};

/// The comparisons, with how many quarters each goes back.
const COMPARISONS: [(&str, i32); 2] = [("quarter_before", 1), ("year_before", 4)];

struct Row {
    specialty: String,
    comparison: &'static str,
    from: Quarter,
    explained: Explained,
    change: Option<Change>,
}

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let table = context.warehouse.read("int_change_cells")?;
    let cells = Cells::by_specialty(context)?;
    let mut rows = Vec::new();
    for (comparison, back) in COMPARISONS {
        let from = context.quarter.plus(-back);
        let compared = compared(&table.only("comparison", comparison)?)?;
        for (specialty, compared) in compared {
            // Without a referral in one of the quarters there is no change.
            let Some(explained) = explain(&compared) else {
                continue;
            };
            let group = |quarter: Quarter| cells.of(&specialty, &quarter.to_string());
            rows.push(Row {
                comparison,
                from,
                explained,
                change: change(group(context.quarter), group(from)),
                specialty,
            });
        }
    }
    rows.sort_by(|a, b| (&a.specialty, a.comparison).cmp(&(&b.specialty, b.comparison)));
    assemble(context.quarter, &rows)
}

fn assemble(quarter: Quarter, rows: &[Row]) -> Result<Table> {
    let part = |of: fn(&Explained) -> i64| {
        rows.iter()
            .map(move |row| Some(fraction(of(&row.explained))))
    };
    let limit = |of: fn(&Change) -> f64| rows.iter().map(move |row| row.change.as_ref().map(of));
    TableBuilder::new("leakage_change_explained")
        .text("specialty", rows.iter().map(|row| Some(&row.specialty)))
        .text("comparison", rows.iter().map(|row| Some(row.comparison)))
        .text(
            "from_quarter",
            rows.iter().map(|row| Some(row.from.to_string())),
        )
        .text("to_quarter", rows.iter().map(|_| Some(quarter.to_string())))
        .real("leakage_from", part(|e| e.from))
        .real("leakage_to", part(|e| e.to))
        .real("change", part(|e| e.change))
        .real("change_low", limit(|c| c.low))
        .real("change_high", limit(|c| c.high))
        .real("mix", part(|e| e.mix))
        .real("rate", part(|e| e.rate))
        .real("new_referrers", part(|e| e.new_referrers))
        .real("lost_referrers", part(|e| e.lost_referrers))
        .real("affiliation", part(|e| e.affiliation))
        .real("coverage", part(|e| e.coverage))
        .finish()
}

/// The cells of each specialty, and of all together. Referrers and specialties are numbered by name.
fn compared(table: &Table) -> Result<BTreeMap<String, Vec<Cell>>> {
    let (sources, specialties) = (table.text("source")?, table.text("specialty")?);
    let (npis, periods) = (table.text("referring_npi")?, table.text("period")?);
    let [n, leaked] = ["n", "leaked"].map(|name| table.counts(name));
    let [fixed_n, fixed_leaked] = ["fixed_n", "fixed_leaked"].map(|name| table.counts(name));
    let (n, leaked, fixed_n, fixed_leaked) = (n?, leaked?, fixed_n?, fixed_leaked?);
    let counts = |leaked: &[i64], n: &[i64], row: usize| Counts {
        leaked: leaked[row].max(0) as u64,
        n: n[row].max(0) as u64,
    };
    let mut fed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut found: BTreeMap<(&str, &str, &str), [Period; 2]> = BTreeMap::new();
    for row in 0..table.rows() {
        let key = (specialties.value(row), npis.value(row), sources.value(row));
        let period = Period {
            counted: counts(&leaked, &n, row),
            as_before: counts(&fixed_leaked, &fixed_n, row),
        };
        found.entry(key).or_default()[usize::from(periods.value(row) == "to")] = period;
        fed.entry(key.2).or_default().insert(periods.value(row));
    }
    let mut out: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
    let (referrers, set) = (
        numbered(found.keys().map(|key| key.1)),
        numbered(found.keys().map(|key| key.0)),
    );
    for ((specialty, npi, source), [before, after]) in found {
        let cell = Cell {
            referrer: referrers[npi],
            specialty: set[specialty],
            in_both: fed[source].len() == 2,
            before,
            after,
        };
        for name in [specialty, ALL] {
            out.entry(name.to_string()).or_default().push(cell);
        }
    }
    Ok(out)
}

/// Each name with its place in their order.
fn numbered<'n>(names: impl Iterator<Item = &'n str>) -> BTreeMap<&'n str, u32> {
    let names: BTreeSet<&str> = names.collect();
    names.into_iter().zip(0..).collect()
}
