//! Leakage tables cut by payer, priority, territory or age band: each value's referrals alone go
//! through the marts and findings again. What is whole by its nature stays whole: who is observed,
//! which orders went on, which slots are open and who gets them.

use std::collections::BTreeSet;

use crate::base::config::Cut;
use crate::base::progress::Progress;
use crate::base::{Quarter, Result, Table, TableBuilder};
use crate::findings::{ALL, CUT, Context, FINDINGS, Finding, Made, family_q_values};
use crate::marts::Warehouse;

/// The mart whose referrals are cut.
const REFERRALS: &str = "int_placed_referrals";

/// Marts that stand behind every cut as they are for all referrals together.
const WHOLE: &[&str] = &[
    "int_unobserved_organizations",
    "int_onward_orders",
    "int_open_slots",
    "int_open_offers",
];

/// The expression that a cut goes by.
fn column(by: Cut) -> &'static str {
    match by {
        Cut::Payer => "coalesce(payer, 'unknown')",
        Cut::Priority => "coalesce(priority, 'unknown')",
        Cut::Territory => "referring_territory",
        Cut::AgeBand => "coalesce(age_band, 'unknown')",
    }
}

/// Every leakage table cut, each with the value in a first column: payer, priority, age_band or referring_territory. `whole`
/// has the findings of all referrals together, which are made.
pub(crate) fn cut(
    whole: &Context<'_>,
    made: &Made,
    by: Cut,
    progress: &dyn Progress,
) -> Result<Vec<Table>> {
    // The mix of payers of one payer says nothing.
    let is_cut = |name: &str| CUT.contains(&name) && (by != Cut::Payer || name != "payer_mix");
    let findings: Vec<&Finding> = FINDINGS.iter().filter(|f| is_cut(f.name)).collect();
    let values = values(whole.warehouse, by)?;
    let marts: BTreeSet<&str> = findings
        .iter()
        .flat_map(|f| f.marts.iter().copied())
        .collect();
    let marts: Vec<&str> = marts.into_iter().collect();
    let mut parts: Vec<Vec<(String, Table)>> = findings.iter().map(|_| Vec::new()).collect();
    progress.begin("cuts", Some(values.len() as u64));
    for (number, value) in values.iter().enumerate() {
        let filter = format!("{} = $cut", column(by));
        let part = whole
            .warehouse
            .part(number, REFERRALS, (&filter, value), WHOLE)?;
        part.build(&marts, progress)?;
        let context = whole.within(&part)?;
        for (finding, tables) in findings.iter().zip(&mut parts) {
            tables.push((value.clone(), (finding.make)(&context, made)?));
        }
        progress.advance(1);
    }
    whole.warehouse.restore()?;
    progress.end();
    let whole = findings.iter().zip(parts);
    whole
        .map(|(finding, tables)| together(finding.name, by, &tables))
        .collect()
}

/// The values of the cut, in order.
fn values(warehouse: &Warehouse<'_>, by: Cut) -> Result<Vec<String>> {
    let sql = format!(
        "select distinct {} as value from {REFERRALS} as p
         inner join reference_quarters as q on q.quarter = p.quarter
         where counts order by 1",
        column(by)
    );
    let table = warehouse.ask("values of the cut", &sql)?;
    Ok(table.texts("value")?.into_iter().flatten().collect())
}

/// The table with q-values over all of its values in place of p-values: one family is one table and
/// one quarter, without the rows `all`.
pub fn with_q_values(table: &Table) -> Result<Table> {
    if !table.columns().iter().any(|name| name.ends_with("_q")) {
        return Ok(table.clone());
    }
    let quarters = table.text("quarter")?;
    let specialties = table
        .has("specialty")
        .then(|| table.text("specialty"))
        .transpose()?;
    let family = |row: usize| {
        let is_all = specialties.is_some_and(|s| s.value(row) == ALL);
        let quarter: Quarter = quarters.value(row).parse().ok()?;
        (!is_all).then_some(quarter.index() as u32)
    };
    let families: Vec<Option<u32>> = (0..table.rows()).map(family).collect();
    let mut out = TableBuilder::new(table.name());
    for (at, field) in table.batch().schema().fields().iter().enumerate() {
        let name = field.name();
        out = if name.ends_with("_q") {
            out.real(name, family_q_values(&table.reals(name)?, &families))
        } else {
            out.array(name, table.batch().column(at).clone())
        };
    }
    out.finish()
}

/// One table of those of each value, the value first.
fn together(name: &str, by: Cut, tables: &[(String, Table)]) -> Result<Table> {
    // Some tables have a territory of their own: that of a receiving practice.
    let column = match by {
        Cut::Territory => "referring_territory".to_string(),
        by => by.to_string(),
    };
    let mut batches = Vec::new();
    for (value, table) in tables {
        let rows = table.rows();
        let mut out = TableBuilder::new(name).text(&column, (0..rows).map(|_| Some(value)));
        for (at, field) in table.batch().schema().fields().iter().enumerate() {
            out = out.array(field.name(), table.batch().column(at).clone());
        }
        batches.push(out.finish()?.batch().clone());
    }
    match batches.first().map(|batch| batch.schema()) {
        Some(schema) => with_q_values(&Table::concat(name, &batches, &schema)?),
        None => TableBuilder::new(name)
            .text(&column, std::iter::empty::<Option<&str>>())
            .finish(),
    }
}
