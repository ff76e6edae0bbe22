//! What the rule for prospects is worth beside plainer ones: how each ranked those who began to refer
//! to us in the last two quarters, from what was known before. The method is docs/methods/prospects_judged.md.

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, estimates};
use super::prospect_judgement::METHODS;
use super::prospect_network::MARTS;
use crate::base::{Result, Table, TableBuilder};

pub(super) const FINDING: Finding = Finding {
    name: "prospects_judged",
    marts: &MARTS,
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let judged = context.prospects_judged()?;
    let found = |at: usize| judged.methods.get(at).copied().unwrap_or_default();
    let rows = 0..if judged.is_asked { METHODS.len() } else { 0 };
    let areas: Vec<Estimate> = rows
        .clone()
        .map(|at| {
            found(at)
                .0
                .map_or_else(Estimate::default, |a| Estimate::of(a.value, a.interval))
        })
        .collect();
    let precisions: Vec<Estimate> = rows
        .clone()
        .map(|at| {
            found(at)
                .1
                .map_or_else(Estimate::default, |p| Estimate::of(p.value, p.interval))
        })
        .collect();
    let same = |value: Option<i64>| rows.clone().map(move |_| value);
    let out = TableBuilder::new("prospects_judged")
        .text("method", rows.clone().map(|at| Some(METHODS[at])));
    let out = estimates(out, "auc", &areas);
    estimates(out, "precision_at_100", &precisions)
        .int("ties_train", same(judged.ties_train))
        .int("ties_test", same(judged.ties_test))
        .int("candidates", same(judged.candidates))
        .real("scale_km", rows.clone().map(|_| judged.scale_km))
        .text("note", rows.clone().map(|_| Some(&judged.note)))
        .finish()
}
