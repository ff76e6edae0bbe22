//! Payers under whom everybody stopped referring to us, not one referrer alone.

use std::collections::BTreeMap;

use super::super::context::Context;
use super::Cause;
use super::ends::End;
use crate::base::{Day, Result, units};

/// A payer's referrals by others before the silence, below which a fall says nothing.
const LEAST_BEFORE: i64 = 20;

/// What one referrer sent under one payer in the year before the silence.
#[derive(Debug, Clone)]
struct Share {
    payer_key: String,
    payer: String,
    n: i64,
    /// Of these, those in the span that the silence is held against.
    n_in_span: i64,
}

/// Referrals under each payer by day, and the payers of each referrer.
pub(super) struct Payers {
    /// Days, rising, with the referrals up to each.
    arrivals: BTreeMap<String, Vec<(Day, i64)>>,
    shares: BTreeMap<String, Vec<Share>>,
}

impl Payers {
    pub(super) fn read(context: &Context<'_>) -> Result<Self> {
        let table = context
            .warehouse
            .read("int_payer_arrivals")?
            .sorted_by(&["payer_key", "referred_on"])?;
        let (payers, days) = (table.text("payer_key")?, table.day("referred_on")?);
        let n = table.int("n")?;
        let mut arrivals: BTreeMap<String, Vec<(Day, i64)>> = BTreeMap::new();
        for row in 0..table.rows() {
            let of = arrivals.entry(payers.value(row).to_string()).or_default();
            let sum = of.last().map_or(0, |last| last.1) + n.value(row);
            of.push((Day(days.value(row)), sum));
        }
        Ok(Self {
            arrivals,
            shares: read_shares(context)?,
        })
    }

    /// Referrals under a payer after one day up to another.
    fn between(&self, payer: &str, after: Day, to: Day) -> i64 {
        let up_to = |day: Day| {
            let days = self.arrivals.get(payer).map_or(&[][..], Vec::as_slice);
            let known = days.partition_point(|row| row.0 <= day);
            known.checked_sub(1).map_or(0, |at| days[at].1)
        };
        up_to(to) - up_to(after)
    }

    /// Two thirds of the referrer's last year came under one payer, and nearly nobody else refers under
    /// it since.
    pub(super) fn left(&self, end: &End) -> Option<Cause> {
        let shares = self.shares.get(&end.npi)?;
        let all: i64 = shares.iter().map(|share| share.n).sum();
        let main = shares
            .iter()
            .find(|share| share.payer_key != "unknown" && share.n * 3 >= all * 2)?;
        let from = end.last_on.plus(-end.span);
        let before = self.between(&main.payer_key, from, end.last_on) - main.n_in_span;
        let since = self.between(&main.payer_key, end.last_on, end.last_on.plus(end.span));
        (before >= LEAST_BEFORE && since * 5 <= before).then(|| {
            let said = format!(
                "Most referrals came under {}; others' referrals to us under it fell from {} to {} in as long a time.",
                main.payer,
                units::count(before),
                units::count(since)
            );
            Cause::new("insurer_changed", said)
        })
    }
}

fn read_shares(context: &Context<'_>) -> Result<BTreeMap<String, Vec<Share>>> {
    let sql = "select referring_npi, payer_key, min(payer) as payer, sum(n) as n, sum(n_in_span) as n_in_span \
         from int_referrer_final_year group by referring_npi, payer_key";
    let table = context.warehouse.ask("payers of referrers", sql)?;
    let table = table.sorted_by(&["referring_npi", "payer_key"])?;
    let (npis, keys) = (table.text("referring_npi")?, table.text("payer_key")?);
    let payers = table.texts("payer")?;
    let (n, n_in_span) = (table.int("n")?, table.int("n_in_span")?);
    let mut shares: BTreeMap<String, Vec<Share>> = BTreeMap::new();
    for (row, payer) in payers.into_iter().enumerate() {
        let payer_key = keys.value(row).to_string();
        shares
            .entry(npis.value(row).to_string())
            .or_default()
            .push(Share {
                payer: payer.unwrap_or_else(|| payer_key.clone()),
                payer_key,
                n: n.value(row),
                n_in_span: n_in_span.value(row),
            });
    }
    Ok(shares)
}
