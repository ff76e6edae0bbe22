//! The columns that a screening has in every table: what the history says, how the silence was judged,
//! and what follows.

use super::estimates::{changed, ranks};
use super::referrer_reasons::{changed_on, reason};
use super::screening::{QUARTERS, Screening};
use crate::base::TableBuilder;

/// Why somebody is silent, as far as anything tells it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Explained {
    pub cause: Option<String>,
    pub switched_to: Option<String>,
    /// A sentence of evidence.
    pub evidence: Option<String>,
}

/// What the models of repeat buying say, in the order of the cases.
#[derive(Default)]
pub(super) struct Outlooks {
    pub p_alive: Vec<Option<f64>>,
    pub expected: Vec<Option<f64>>,
}

/// Adds what each history says, and the tests of it.
pub(super) fn histories(mut out: TableBuilder, screening: &Screening<'_>) -> TableBuilder {
    let cases = &screening.cases;
    let first = |days: &[(crate::base::Day, u64)]| days.first().map(|d| d.0);
    let referrals = |days: &[(crate::base::Day, u64)]| days.iter().map(|d| d.1 as i64).sum::<i64>();
    out = out
        .day("first_on", cases.iter().map(|c| first(&c.history.days)))
        .day(
            "last_on",
            cases.iter().map(|c| c.history.days.last().map(|d| d.0)),
        )
        .int("days_silent", cases.iter().map(|c| Some(c.silent_days())))
        .int(
            "referrals",
            cases.iter().map(|c| Some(referrals(&c.history.days))),
        )
        .int(
            "referral_days",
            cases.iter().map(|c| Some(c.history.days.len() as i64)),
        );
    for (at, name) in ["q_3", "q_2", "q_1", "q_0"].into_iter().enumerate() {
        out = out.int(name, cases.iter().map(|c| Some(c.quarters[at] as i64)));
    }
    let rate = |count: u64| Some(count as f64 / QUARTERS);
    out = out
        .real("typical_gap_days", cases.iter().map(|c| c.typical_gap()))
        .real("former_per_quarter", cases.iter().map(|c| rate(c.former)))
        .real("present_per_quarter", cases.iter().map(|c| rate(c.present)))
        .real("gap_p", screening.gap_p.iter().copied())
        .real("gap_q", screening.gap_q.iter().copied());
    changed(out, "rate_ratio", &screening.ratios, &screening.ratio_q)
}

/// Adds what follows: the outlook, the loss, the status with its cause and reason, and the rank of the
/// lapsed by what their stopping costs.
pub(super) fn verdicts(
    out: TableBuilder,
    screening: &Screening<'_>,
    outlooks: &Outlooks,
    explained: &[Explained],
) -> TableBuilder {
    let statuses = &screening.statuses;
    let scores: Vec<Option<f64>> = screening
        .loss
        .iter()
        .zip(statuses)
        .map(|(l, s)| (*s == "lapsed").then_some(*l))
        .collect();
    let cases = 0..screening.cases.len();
    let sentence = |at: usize| {
        let own = reason(screening, at);
        Some(match &explained[at].evidence {
            Some(evidence) => format!("{own} {evidence}"),
            None => own,
        })
    };
    let days = cases.clone().map(|at| screening.lapse_on(at));
    let lapse_on: Vec<_> = days.collect();
    out.real("p_alive", outlooks.p_alive.iter().copied())
        .real("expected_next_quarter", outlooks.expected.iter().copied())
        .real(
            "expected_lapse_loss",
            screening.loss.iter().map(|l| Some(*l)),
        )
        .day(
            "changed_on",
            cases.clone().map(|at| changed_on(screening, at)),
        )
        .text("status", statuses.iter().map(|s| Some(*s)))
        .text("cause", explained.iter().map(|e| e.cause.as_deref()))
        .text("reason", cases.map(sentence))
        .int("rank", ranks(&scores))
        .text(
            "switched_to",
            explained.iter().map(|e| e.switched_to.as_deref()),
        )
        .real("p_stopped", screening.p_stopped.iter().copied())
        .real("p_quiet", screening.p_quiet.iter().copied())
        .day("lapse_on", lapse_on)
}
