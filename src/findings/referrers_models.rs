//! What four models of repeat buying say of each referrer: the probability that they still refer, and
//! the referrals to be expected of the next quarter. The method is docs/methods/referrers_models.md.

use super::context::{Context, Finding, Made};
use super::referrer_history::History;
use super::screening::{Case, Rules};
use super::screening_columns::Outlooks;
use crate::base::Table;
use crate::base::{Day, Quarter, Result, TableBuilder};
use crate::stats::repeat_buying::{
    self as models, BgNbd, Fit, MbgNbd, Model, ParetoNbd, fit, fit_regular,
};

pub(super) const FINDING: Finding = Finding {
    name: "referrers_models",
    marts: &["int_referrers", "int_referrer_days", "int_referral_span"],
    make,
};

const DAYS_A_WEEK: f64 = 7.0;

/// What the last eight quarters say of one referrer, in weeks from their first referral day in them.
struct Seen {
    history: models::History,
    /// Referrals for each referral day.
    referrals_a_day: f64,
    /// The sum of ln of the weeks between neighbouring referral days.
    sum_ln_gaps: f64,
    /// From the end of the observation to the end of the quarter, and to that of the next.
    weeks_left: f64,
    weeks_to_next_end: f64,
}

/// What one model says of one referrer.
#[derive(Default, Clone, Copy)]
struct Outlook {
    p_alive: Option<f64>,
    expected: Option<f64>,
}

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let table = context
        .warehouse
        .read("int_referrers")?
        .sorted_by(&["referring_npi"])?;
    let seen = read(context, &table)?;
    let histories = histories(&seen, context.data_begins()?, context.quarter);
    let regular = fit_regular(&histories, sum_ln_gaps(&seen), true).ok();
    let stages = regular.map(|found| i64::from(found.fit.model.k));
    let regular = regular.map(|found| found.fit);
    let identified = regular.as_ref().is_some_and(Fit::identified);
    let days = context.config.lapsed.minimum_days;
    let columns = [
        (
            "bg_nbd",
            outlooks(fit::<BgNbd>(&histories).ok(), &seen, days),
        ),
        (
            "mbg_nbd",
            outlooks(fit::<MbgNbd>(&histories).ok(), &seen, days),
        ),
        ("mbg_cnbd_k", outlooks(regular, &seen, days)),
        (
            "pareto_nbd",
            outlooks(fit::<ParetoNbd>(&histories).ok(), &seen, days),
        ),
    ];
    assemble(&table, &seen, columns, stages, identified)
}

/// The histories to fit: none under eight quarters of data, which are too few to tell a rhythm from a
/// beginning.
fn histories(seen: &[Option<Seen>], begins: Option<Day>, quarter: Quarter) -> Vec<models::History> {
    if begins.is_some_and(|day| day.quarter() <= quarter.plus(-7)) {
        seen.iter().flatten().map(|s| s.history).collect()
    } else {
        Vec::new()
    }
}

fn sum_ln_gaps(seen: &[Option<Seen>]) -> f64 {
    seen.iter().flatten().map(|s| s.sum_ln_gaps).sum()
}

/// What MBG/CNBD-k says of cases, fitted to themselves.
pub(super) fn regular_outlooks(cases: &[Case], rules: Rules<'_>) -> Outlooks {
    let of = |case: &Case| seen(&case.history, rules.quarter, case.complete);
    let seen: Vec<Option<Seen>> = cases.iter().map(of).collect();
    let histories = histories(&seen, rules.data_begins, rules.quarter);
    let regular = fit_regular(&histories, sum_ln_gaps(&seen), true).ok();
    let said = outlooks(
        regular.map(|found| found.fit),
        &seen,
        rules.lapsed.minimum_days,
    );
    Outlooks {
        p_alive: said.iter().map(|o| o.p_alive).collect(),
        expected: said.iter().map(|o| o.expected).collect(),
    }
}

fn assemble(
    table: &Table,
    seen: &[Option<Seen>],
    columns: [(&str, Vec<Outlook>); 4],
    stages: Option<i64>,
    identified: bool,
) -> Result<Table> {
    let weeks = |value: &dyn Fn(&Seen) -> f64| -> Vec<Option<f64>> {
        seen.iter().map(|s| s.as_ref().map(value)).collect()
    };
    let mut out = TableBuilder::new("referrers_models")
        .text("referring_npi", table.text("referring_npi")?.iter())
        .text("referring_name", table.text("referring_name")?.iter())
        .int(
            "x",
            seen.iter().map(|s| Some(i64::from(s.as_ref()?.history.x))),
        )
        .real("t_x", weeks(&|s| s.history.t_x))
        .real("t", weeks(&|s| s.history.t));
    for (model, outlooks) in columns {
        out = out
            .real(
                &format!("{model}_p_alive"),
                outlooks.iter().map(|o| o.p_alive),
            )
            .real(
                &format!("{model}_expected"),
                outlooks.iter().map(|o| o.expected),
            );
    }
    out.int("k", seen.iter().map(|_| stages))
        .flag("identified", seen.iter().map(|_| Some(identified)))
        .finish()
}

/// What a model says of each; nothing where the likelihood does not tell its parameters, or of those
/// with fewer referral days than `fewest`.
fn outlooks<M: Model>(fit: Option<Fit<M>>, seen: &[Option<Seen>], fewest: u32) -> Vec<Outlook> {
    let model = fit.filter(Fit::identified).map(|fit| fit.model);
    let of = |seen: &Seen| -> Option<Outlook> {
        let model = model.filter(|_| seen.history.x + 1 >= fewest)?;
        let events = model.expected_after(&seen.history, seen.weeks_to_next_end)
            - model.expected_after(&seen.history, seen.weeks_left);
        Some(Outlook {
            p_alive: Some(model.p_alive(&seen.history)),
            expected: Some(events.max(0.0) * seen.referrals_a_day),
        })
    };
    seen.iter()
        .map(|seen| seen.as_ref().and_then(of).unwrap_or_default())
        .collect()
}

fn read(context: &Context<'_>, table: &Table) -> Result<Vec<Option<Seen>>> {
    let mut histories = History::read(context)?;
    let npis = table.text("referring_npi")?;
    let complete = table.days("last_complete_on")?;
    let quarter = context.quarter;
    Ok((0..table.rows())
        .map(|row| {
            let history = histories.remove(npis.value(row))?;
            seen(
                &history,
                quarter,
                complete[row].unwrap_or(quarter.last_day()),
            )
        })
        .collect())
}

fn seen(history: &History, quarter: Quarter, complete: Day) -> Option<Seen> {
    let start = quarter.plus(-7).first_day();
    let within = |day: Day| day >= start && day <= quarter.last_day();
    let days: Vec<(Day, u64)> = history
        .days
        .iter()
        .copied()
        .filter(|(day, _)| within(*day))
        .collect();
    let (first, last) = (days.first()?.0, days.last()?.0);
    // Entry may lag behind the last order that is there.
    let end = complete.max(last);
    let weeks = |from: Day, to: Day| f64::from((to.0 - from.0).max(0)) / DAYS_A_WEEK;
    let referrals: u64 = days.iter().map(|(_, n)| n).sum();
    Some(Seen {
        history: models::History {
            x: days.len() as u32 - 1,
            t_x: weeks(first, last),
            t: weeks(first, end),
        },
        referrals_a_day: referrals as f64 / days.len() as f64,
        sum_ln_gaps: days
            .windows(2)
            .map(|pair| weeks(pair[0].0, pair[1].0).ln())
            .sum(),
        weeks_left: weeks(end, quarter.last_day()),
        weeks_to_next_end: weeks(end, quarter.plus(1).last_day()),
    })
}
