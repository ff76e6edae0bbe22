//! The referrers outside our own: how much they sent, whether their silence is more than chance, why
//! they may be silent, and what their stopping costs. The method is docs/methods/referrers.md.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made, made};
use super::referrer_causes::{self as causes, Causes, month};
use super::referrer_history::{History, Holidays};
use super::screening::{Case, Rules, Screening};
use super::screening_columns::{Explained, Outlooks, histories, verdicts};
use crate::base::{Result, Table, TableBuilder};

/// The marts from which a screening comes.
pub(super) const MARTS: &[&str] = &["int_referrers", "int_referrer_days", "int_referral_span"];

pub(super) const FINDING: Finding = Finding {
    name: "referrers",
    marts: &[
        MARTS[0],
        MARTS[1],
        MARTS[2],
        causes::MARTS[0],
        causes::MARTS[1],
        causes::MARTS[2],
        causes::MARTS[3],
        causes::MARTS[4],
        causes::MARTS[5],
        causes::MARTS[6],
        causes::MARTS[7],
        causes::MARTS[8],
    ],
    make,
};

fn make(context: &Context<'_>, tables: &Made) -> Result<Table> {
    let listed = listed(context)?;
    let screening = screen(context, &listed)?;
    let outlooks = outlooks(made(tables, "referrers_models")?, &listed)?;
    let explained = explain(&listed, &screening, &Causes::read(context)?)?;
    let npis = listed.text("referring_npi")?;
    let mut out = TableBuilder::new("referrers").text("referring_npi", npis.iter());
    for name in [
        "referring_name",
        "practice_id",
        "practice_name",
        "county",
        "territory",
    ] {
        out = out.text(name, listed.text(name)?.iter());
    }
    let specialties = screening.cases.iter().map(|c| c.history.main_specialty());
    out = histories(out.text("specialty", specialties), &screening);
    verdicts(out, &screening, &outlooks, &explained).finish()
}

/// Everyone listed, in order of their NPI.
pub(super) fn listed(context: &Context<'_>) -> Result<Table> {
    context
        .warehouse
        .read("int_referrers")?
        .sorted_by(&["referring_npi"])
}

/// Judges everyone listed.
pub(super) fn screen<'c>(context: &Context<'c>, listed: &Table) -> Result<Screening<'c>> {
    let rules = Rules {
        lapsed: &context.config.lapsed,
        quarter: context.quarter,
        data_begins: context.data_begins()?,
    };
    let mut known = History::read(context)?;
    let (npis, specialties) = (
        listed.text("referring_npi")?,
        listed.text("roster_specialty")?,
    );
    let (complete, screened) = (listed.days("last_complete_on")?, listed.flag("screened")?);
    let holidays = Holidays::around(rules.quarter);
    let case = |row: usize| {
        let history = known.remove(npis.value(row)).unwrap_or_default();
        let complete = complete[row].unwrap_or(rules.quarter.last_day());
        let who = (
            specialties.value(row).to_string(),
            complete,
            screened.value(row),
        );
        Case::new(history, who, (rules.quarter, &holidays))
    };
    Ok(Screening::of((0..listed.rows()).map(case).collect(), rules))
}

/// What the models of repeat buying say, in the order of the referrers.
fn outlooks(models: &Table, listed: &Table) -> Result<Outlooks> {
    let of = |column: &str| -> Result<Vec<Option<f64>>> {
        let npis = models.texts("referring_npi")?.into_iter().flatten();
        let by_npi: BTreeMap<String, Option<f64>> = npis.zip(models.reals(column)?).collect();
        let npis = listed.texts("referring_npi")?.into_iter();
        Ok(npis
            .map(|npi| by_npi.get(&npi?).copied().flatten())
            .collect())
    };
    Ok(Outlooks {
        p_alive: of("mbg_cnbd_k_p_alive")?,
        expected: of("mbg_cnbd_k_expected")?,
    })
}

/// Why each is silent, where they are.
fn explain(listed: &Table, screening: &Screening<'_>, known: &Causes) -> Result<Vec<Explained>> {
    let npis = listed.text("referring_npi")?;
    let (stopped, feeds) = (listed.flag("feed_stopped")?, listed.text("stopped_feed")?);
    let since = listed.days("stopped_feed_on")?;
    let explained = |row: usize| {
        if stopped.value(row) && screening.cases[row].screened {
            let since = since[row].map_or(String::new(), |day| format!(" since {}", month(day)));
            return Explained {
                cause: Some("feed_stopped".to_string()),
                switched_to: None,
                evidence: Some(format!(
                    "The feed {} has brought nothing{since}, from anybody; it may have stopped.",
                    feeds.value(row)
                )),
            };
        }
        let status = screening.statuses[row];
        let is_silent = match status {
            "lapsed" | "silent" => true,
            "at_risk" => screening.is_silence(row),
            _ => false,
        };
        match known.of(npis.value(row)).filter(|_| is_silent) {
            Some(cause) => Explained {
                cause: Some(cause.word.to_string()),
                switched_to: cause.switched_to.clone(),
                evidence: Some(cause.evidence.clone()),
            },
            None => Explained {
                cause: (status == "lapsed").then(|| "stopped".to_string()),
                ..Explained::default()
            },
        }
    };
    Ok((0..listed.rows()).map(explained).collect())
}
