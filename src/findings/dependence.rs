//! Inbound referrals (or shared patients) by those who send them: what fragility and its curve add up.

use std::collections::BTreeMap;

use super::context::Context;
use super::leakage_rates::ALL;
use crate::base::Result;

/// The mart behind it.
pub(super) const MART: &str = "int_dependence_cells";

/// What one practice sends in the four quarters.
#[derive(Debug, Clone, Default)]
pub(super) struct Practice {
    /// Name, county and territory.
    pub(super) labels: [String; 3],
    /// By referrer.
    pub(super) referrers: BTreeMap<String, u64>,
}

impl Practice {
    pub(super) fn n(&self) -> u64 {
        self.referrers.values().sum()
    }
}

/// What each practice sends, by specialty, `all` included.
pub(super) type Senders = BTreeMap<String, BTreeMap<String, Practice>>;

/// Whether what is counted are referrals: without any known they are shared patients.
pub(super) fn are_referrals(context: &Context<'_>) -> Result<bool> {
    let sql = "select count(*) as n from int_dependence_cells where not of_referrals";
    let table = context.warehouse.ask("what dependence counts", sql)?;
    Ok(table.counts("n")?.first().is_none_or(|n| *n == 0))
}

/// Reads the external inbound referrals of the last four quarters, or the shared patients.
pub(super) fn senders(context: &Context<'_>) -> Result<Senders> {
    let table = context.warehouse.read(MART)?;
    let (specialties, practices) = (table.text("specialty")?, table.text("practice_id")?);
    let npis = table.text("referring_npi")?;
    let [names, counties, territories] =
        ["practice_name", "county", "territory"].map(|name| table.text(name));
    let labels = [names?, counties?, territories?];
    let n = table.counts("n")?;
    let mut senders = Senders::new();
    for (row, n) in n.iter().enumerate() {
        for specialty in [specialties.value(row), ALL] {
            let of_specialty = senders.entry(specialty.to_string()).or_default();
            let practice = of_specialty
                .entry(practices.value(row).to_string())
                .or_default();
            practice.labels = labels.map(|texts| texts.value(row).to_string());
            let referrer = npis.value(row).to_string();
            *practice.referrers.entry(referrer).or_default() += (*n).max(0) as u64;
        }
    }
    Ok(senders)
}
