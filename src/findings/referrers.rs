//! The referrers outside our own: how much they sent, whether their silence is more than chance,
//! and what their stopping costs. The method is docs/methods/lapsed.md.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made, made};
use super::estimates::{changes, ranks};
use super::referrer_history::{History, Holidays, Rhythm};
use super::referrer_priors::Priors;
use super::referrer_reasons::{Facts, changed_on, reason};
use crate::base::{Day, Quarter, Result, Table, TableBuilder};
use crate::stats::comparisons::{Change, poisson_rate_ratio};
use crate::stats::gap::gap_p;
use crate::stats::multiplicity::q_values;

pub(super) const FINDING: Finding = Finding {
    name: "referrers",
    marts: &["int_referrers", "int_referrer_days", "int_referral_span"],
    make,
};

/// At risk from here on: more doubtful than lapsed, worth a look.
const AT_RISK: f64 = 0.20;
const SIGNIFICANT: f64 = 0.05;

struct Referrer {
    history: History,
    rhythm: Option<Rhythm>,
    specialty: String,
    complete: Day,
    /// Referrals in the last four quarters, oldest first.
    quarters: [u64; 4],
    /// Referrals in the last two quarters and in the same two a year before.
    present: u64,
    former: u64,
}

/// What is reckoned over all referrers together.
struct Judged {
    gap_p: Vec<Option<f64>>,
    gap_q: Vec<Option<f64>>,
    ratios: Vec<Option<Change>>,
    /// Ratio and q-value.
    ratio: Vec<Option<(f64, f64)>>,
    loss: Vec<f64>,
}

fn make(context: &Context<'_>, tables: &Made) -> Result<Table> {
    let table = context
        .warehouse
        .read("int_referrers")?
        .sorted_by(&["referring_npi"])?;
    let span = context.warehouse.read("int_referral_span")?;
    let data_begins = span.days("first_on")?.first().copied().flatten();
    let referrers = read(context, &table)?;
    let judged = judge(
        &referrers,
        context.quarter,
        context.config.lapsed.minimum_days,
    );
    let rules = Rules {
        context,
        data_begins,
    };
    let statuses: Vec<&'static str> = referrers
        .iter()
        .enumerate()
        .map(|(at, r)| rules.status(r, at, &judged))
        .collect();
    let outlooks = Outlooks::read(made(tables, "referrers_models")?, &table)?;
    assemble(&rules, &table, &referrers, &judged, &statuses, &outlooks)
}

/// What the models of repeat buying say, in the order of the referrers.
struct Outlooks {
    p_alive: Vec<Option<f64>>,
    expected: Vec<Option<f64>>,
}

impl Outlooks {
    fn read(models: &Table, table: &Table) -> Result<Self> {
        let of = |column: &str| -> Result<BTreeMap<String, Option<f64>>> {
            let npis = models.texts("referring_npi")?.into_iter().flatten();
            Ok(npis.zip(models.reals(column)?).collect())
        };
        let in_order = |by_npi: BTreeMap<String, Option<f64>>| -> Result<Vec<Option<f64>>> {
            let npis = table.texts("referring_npi")?.into_iter();
            Ok(npis
                .map(|npi| by_npi.get(&npi?).copied().flatten())
                .collect())
        };
        Ok(Self {
            p_alive: in_order(of("mbg_cnbd_k_p_alive")?)?,
            expected: in_order(of("mbg_cnbd_k_expected")?)?,
        })
    }
}

fn read(context: &Context<'_>, table: &Table) -> Result<Vec<Referrer>> {
    let mut histories = History::read(context)?;
    let (npis, specialties) = (
        table.text("referring_npi")?,
        table.text("roster_specialty")?,
    );
    let complete = table.days("last_complete_on")?;
    let holidays = Holidays::around(context.quarter);
    let quarter = context.quarter;
    let of = |h: &History, q: Quarter| h.referrals(q.first_day(), q.last_day());
    Ok((0..table.rows())
        .map(|row| {
            let history = histories.remove(npis.value(row)).unwrap_or_default();
            let complete = complete[row].unwrap_or(quarter.last_day());
            Referrer {
                rhythm: history.rhythm(quarter, complete, &holidays),
                specialty: specialties.value(row).to_string(),
                complete,
                quarters: [3, 2, 1, 0].map(|back| of(&history, quarter.plus(-back))),
                present: of(&history, quarter) + of(&history, quarter.plus(-1)),
                former: of(&history, quarter.plus(-4)) + of(&history, quarter.plus(-5)),
                history,
            }
        })
        .collect())
}

fn judge(referrers: &[Referrer], quarter: Quarter, minimum_days: u32) -> Judged {
    let own = |r: &Referrer| r.specialty.clone();
    let pace = Priors::of(referrers.iter().map(|r| (own(r), r.pace(quarter))));
    let gap_p: Vec<Option<f64>> = referrers
        .iter()
        .map(|r| {
            let (rhythm, prior) = (r.rhythm?, pace.of_specialty(&r.specialty)?);
            Some(gap_p(
                prior.alpha,
                prior.r,
                rhythm.t_days,
                rhythm.x,
                rhythm.g_days,
                rhythm.dispersion,
            ))
        })
        .collect();
    // The family is everyone with enough referral days in the eight quarters to be screened.
    let screened: Vec<Option<f64>> = referrers
        .iter()
        .zip(&gap_p)
        .map(|(r, p)| p.filter(|_| r.rhythm.is_some_and(|r| r.referral_days >= minimum_days)))
        .collect();
    let ratios: Vec<Option<Change>> = referrers
        .iter()
        .map(|r| poisson_rate_ratio(r.present, 2.0, r.former, 2.0))
        .collect();
    let q = q_values(&ratios.iter().map(|r| r.map(|r| r.p)).collect::<Vec<_>>());
    let volume = Priors::of(referrers.iter().map(|r| (own(r), (r.former, 2.0))));
    let loss = referrers
        .iter()
        .map(|r| match volume.of_specialty(&r.specialty) {
            Some(prior) => (prior.posterior_mean(r.former, 2.0)
                - prior.posterior_mean(r.present, 2.0))
            .max(0.0),
            None => (r.former as f64 / 2.0 - r.present as f64 / 2.0).max(0.0),
        })
        .collect();
    Judged {
        gap_q: q_values(&screened),
        gap_p,
        ratio: ratios
            .iter()
            .zip(q)
            .map(|(r, q)| Some((r.as_ref()?.estimate, q?)))
            .collect(),
        ratios,
        loss,
    }
}

impl Referrer {
    /// Referral days, and days to have them on, in the four quarters that end a year before.
    fn pace(&self, quarter: Quarter) -> (u64, f64) {
        let (first, last) = (quarter.plus(-7).first_day(), quarter.plus(-4).last_day());
        let days = Holidays::around(quarter).days_between(first.plus(-1), last);
        (self.history.referral_days(first, last), days)
    }
}

struct Rules<'a> {
    context: &'a Context<'a>,
    data_begins: Option<Day>,
}

impl Rules<'_> {
    /// The first status that fits, in the order of their definition.
    fn status(&self, referrer: &Referrer, at: usize, judged: &Judged) -> &'static str {
        let (lapsed, quarter) = (&self.context.config.lapsed, self.context.quarter);
        let days = &referrer.history.days;
        let gap_q = judged.gap_q[at];
        let silence = self.silence_limit(referrer);
        // Counted to the last complete day: a feed that stopped must not make everybody silent.
        let silent_for = days
            .last()
            .map_or(i32::MAX, |d| referrer.complete.0 - d.0.0);
        let recent = quarter.plus(-1).first_day();
        let ratio = judged.ratio[at];
        if (days.len() as u32) < lapsed.minimum_days {
            "too_few"
        } else if gap_q.is_some_and(|q| q < lapsed.level) {
            "lapsed"
        } else if f64::from(silent_for) >= silence {
            "silent"
        } else if self.returned(referrer).is_some() {
            "reactivated"
        } else if self.began_lately(days.first().map(|d| d.0), recent) {
            "new"
        } else if gap_q.is_some_and(|q| q < AT_RISK)
            || ratio.is_some_and(|(ratio, q)| ratio <= 0.5 && q < SIGNIFICANT)
        {
            "at_risk"
        } else {
            match ratio {
                Some((ratio, q)) if q < SIGNIFICANT && ratio < 1.0 => "declining",
                Some((ratio, q)) if q < SIGNIFICANT && ratio > 1.0 => "growing",
                _ => "stable",
            }
        }
    }

    /// The day in the last two quarters on which the referrer came back after a silence, and the days
    /// of that silence.
    fn returned(&self, referrer: &Referrer) -> Option<(Day, i64)> {
        let recent = self.context.quarter.plus(-1).first_day();
        let silence = self.silence_limit(referrer);
        let back =
            referrer.history.days.windows(2).find(|pair| {
                pair[1].0 >= recent && f64::from(pair[1].0.0 - pair[0].0.0) >= silence
            })?;
        Some((back[1].0, i64::from(back[1].0.0 - back[0].0.0)))
    }

    /// What the row's sentence needs to know.
    fn facts<'r>(
        &self,
        referrer: &'r Referrer,
        at: usize,
        judged: &Judged,
        status: &'r str,
    ) -> Facts<'r> {
        Facts {
            status,
            history: &referrer.history,
            typical_gap: referrer.rhythm.and_then(|r| r.typical_gap),
            days_silent: silent_days(referrer, self.context.quarter),
            returned_after: self.returned(referrer).map(|back| back.1),
            gap_p: judged.gap_p[at],
            is_silence: judged.gap_q[at].is_some_and(|q| q < AT_RISK),
            present: referrer.present,
            former: referrer.former,
        }
    }

    /// How long a referrer may be quiet: the configured days, or three typical gaps where longer.
    fn silence_limit(&self, referrer: &Referrer) -> f64 {
        let gap = referrer.rhythm.and_then(|r| r.typical_gap).unwrap_or(0.0);
        f64::from(self.context.config.lapsed.silent_days).max(3.0 * gap)
    }

    /// Whether the first referral fell in the last two quarters, after four quarters of data.
    fn began_lately(&self, first: Option<Day>, recent: Day) -> bool {
        let watched = |first: Day| {
            self.data_begins
                .is_some_and(|begins| begins <= first.quarter().plus(-4).last_day())
        };
        first.is_some_and(|first| first >= recent && watched(first))
    }
}

fn assemble(
    rules: &Rules<'_>,
    table: &Table,
    referrers: &[Referrer],
    judged: &Judged,
    statuses: &[&'static str],
    outlooks: &Outlooks,
) -> Result<Table> {
    let quarter = rules.context.quarter;
    let scores: Vec<Option<f64>> = judged
        .loss
        .iter()
        .zip(statuses)
        .map(|(l, s)| (*s == "lapsed").then_some(*l))
        .collect();
    let (mut sentences, mut since) = (Vec::new(), Vec::new());
    for (at, (referrer, status)) in referrers.iter().zip(statuses).enumerate() {
        let facts = rules.facts(referrer, at, judged, status);
        sentences.push(Some(reason(&facts)));
        let returned_on = rules.returned(referrer).map(|back| back.0);
        since.push(changed_on(&facts, returned_on, quarter));
    }
    let npis = table.text("referring_npi")?;
    let mut out = TableBuilder::new("referrers").text("referring_npi", npis.iter());
    for name in [
        "referring_name",
        "practice_id",
        "practice_name",
        "county",
        "territory",
    ] {
        out = out.text(name, table.text(name)?.iter());
    }
    out = histories(out, quarter, referrers)
        .real("gap_p", judged.gap_p.iter().copied())
        .real("gap_q", judged.gap_q.iter().copied());
    let family = vec![Some(0); referrers.len()];
    changes(out, "rate_ratio", &judged.ratios, &family)
        .real("p_alive", outlooks.p_alive.iter().copied())
        .real("expected_next_quarter", outlooks.expected.iter().copied())
        .real("expected_lapse_loss", judged.loss.iter().map(|l| Some(*l)))
        .day("changed_on", since)
        .text("status", statuses.iter().map(|s| Some(*s)))
        .text("reason", sentences)
        .int("rank", ranks(&scores))
        .finish()
}

/// Adds what each referrer's own history says.
fn histories(mut out: TableBuilder, quarter: Quarter, referrers: &[Referrer]) -> TableBuilder {
    let days = |r: &Referrer| r.history.days.len() as i64;
    let referrals = |r: &Referrer| r.history.days.iter().map(|d| d.1 as i64).sum::<i64>();
    out = out
        .text(
            "specialty",
            referrers.iter().map(|r| r.history.main_specialty()),
        )
        .day(
            "first_on",
            referrers
                .iter()
                .map(|r| r.history.days.first().map(|d| d.0)),
        )
        .day(
            "last_on",
            referrers.iter().map(|r| r.history.days.last().map(|d| d.0)),
        )
        .int(
            "days_silent",
            referrers.iter().map(|r| Some(silent_days(r, quarter))),
        )
        .int("referrals", referrers.iter().map(|r| Some(referrals(r))))
        .int("referral_days", referrers.iter().map(|r| Some(days(r))));
    for (at, name) in ["q_3", "q_2", "q_1", "q_0"].into_iter().enumerate() {
        out = out.int(name, referrers.iter().map(|r| Some(r.quarters[at] as i64)));
    }
    let gap = |r: &Referrer| r.rhythm.and_then(|r| r.typical_gap);
    out.real("typical_gap_days", referrers.iter().map(gap))
        .real(
            "former_per_quarter",
            referrers.iter().map(|r| Some(r.former as f64 / 2.0)),
        )
        .real(
            "present_per_quarter",
            referrers.iter().map(|r| Some(r.present as f64 / 2.0)),
        )
}

/// Days from the last referral day to the last complete one of its source, never below 0.
fn silent_days(referrer: &Referrer, quarter: Quarter) -> i64 {
    let last = referrer
        .history
        .days
        .last()
        .map_or(quarter.last_day(), |d| d.0);
    i64::from((referrer.complete.0 - last.0).max(0))
}
