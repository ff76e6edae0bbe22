//! The practices that refer to us, by specialty: the same screening as of referrers, over everyone who
//! refers from there. A provider's lapse is no loss where colleagues have taken over. The method is
//! docs/methods/referrer_practices.md.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made, made};
use super::referrer_history::{History, Holidays, in_order};
use super::referrers_models::regular_outlooks;
use super::screening::{Case, QUARTERS, Rules, Screening};
use super::screening_columns::{Explained, Outlooks, histories, verdicts};
use crate::base::{Day, Quarter, Result, Table, TableBuilder};

pub(super) const FINDING: Finding = Finding {
    name: "referrer_practices",
    marts: &[
        "int_referrers",
        "int_referrer_days",
        "int_referral_span",
        "int_practices",
    ],
    make,
};

const ALL: &str = "all";
/// Referrers of whom no practice is known are none together.
const UNKNOWN: &str = "unknown";

type Key = (String, String);

/// What is known of a referrer beside their days.
struct Member {
    complete: Day,
    screened: bool,
    status: String,
    cause: String,
}

/// A practice's referrals of a specialty.
#[derive(Default)]
struct Practice {
    history: History,
    /// Who refers, with referrals in the former and the present two quarters.
    members: BTreeMap<String, (u64, u64)>,
    /// The referrer of the latest referral.
    latest: String,
}

fn make(context: &Context<'_>, tables: &Made) -> Result<Table> {
    let members = members(context, made(tables, "referrers")?)?;
    let practices = gather(context)?;
    let rules = Rules {
        lapsed: &context.config.lapsed,
        quarter: context.quarter,
        data_begins: context.data_begins()?,
    };
    let places = context
        .warehouse
        .read("int_practices")?
        .sorted_by(&["practice_id"])?;
    // Specialties are one family, and practices as a whole another.
    let (whole, parts): (Vec<_>, Vec<_>) = practices.into_iter().partition(|(key, _)| key.1 == ALL);
    let tables = [whole, parts].map(|practices| judged(practices, &members, rules, &places));
    let [whole, parts] = tables;
    let (whole, parts) = (whole?, parts?);
    let batches = [whole.batch().clone(), parts.batch().clone()];
    Table::concat("referrer_practices", &batches, &whole.batch().schema())?
        .sorted_by(&["practice_id", "specialty"])
}

fn members(context: &Context<'_>, referrers: &Table) -> Result<BTreeMap<String, Member>> {
    let listed = super::referrers::listed(context)?;
    let complete = listed.days("last_complete_on")?;
    let screened = listed.flag("screened")?;
    // Both tables are in order of the NPI.
    let (npis, status) = (referrers.text("referring_npi")?, referrers.text("status")?);
    let causes = referrers.texts("cause")?;
    let member = |row: usize| Member {
        complete: complete[row].unwrap_or(context.quarter.last_day()),
        screened: screened.value(row),
        status: status.value(row).to_string(),
        cause: causes[row].clone().unwrap_or_default(),
    };
    Ok((0..referrers.rows())
        .map(|row| (npis.value(row).to_string(), member(row)))
        .collect())
}

fn gather(context: &Context<'_>) -> Result<BTreeMap<Key, Practice>> {
    let table = in_order(context)?;
    let (npis, days) = (table.text("referring_npi")?, table.day("referred_on")?);
    let (practices, specialties) = (table.text("practice_id")?, table.text("specialty")?);
    let n = table.counts("n")?;
    let quarter = context.quarter;
    let within =
        |day: Day, backs: [i32; 2]| backs.iter().any(|b| day.quarter() == quarter.plus(-b));
    let mut out: BTreeMap<Key, Practice> = BTreeMap::new();
    for row in (0..table.rows()).filter(|row| practices.value(*row) != UNKNOWN) {
        let (day, count) = (Day(days.value(row)), n[row].max(0) as u64);
        for specialty in [ALL, specialties.value(row)] {
            let key = (practices.value(row).to_string(), specialty.to_string());
            let practice = out.entry(key).or_default();
            practice.history.add(day, count, specialties.value(row));
            let member = practice
                .members
                .entry(npis.value(row).to_string())
                .or_default();
            member.0 += if within(day, [4, 5]) { count } else { 0 };
            member.1 += if within(day, [0, 1]) { count } else { 0 };
            practice.latest = npis.value(row).to_string();
        }
    }
    Ok(out)
}

/// What became of a practice's members.
struct Fate {
    referrers: i64,
    lapsed: i64,
    /// Referrals a quarter that the lapsed among them sent a year before, and send now.
    lapsed_former: f64,
    lapsed_present: f64,
    explained: Explained,
    fell: bool,
}

fn fate(
    practice: &Practice,
    case: &Case,
    status: &str,
    members: &BTreeMap<String, Member>,
) -> Fate {
    let known = || {
        practice
            .members
            .iter()
            .filter_map(|(npi, n)| Some((members.get(npi)?, n)))
    };
    let lapsed = || known().filter(|(member, _)| member.status == "lapsed");
    let sum = |of: fn(&(u64, u64)) -> u64| lapsed().map(|(_, n)| of(n)).sum::<u64>() as f64;
    let (former, present) = (sum(|n| n.0), sum(|n| n.1));
    // Fallen: at least half of what the lapsed no longer send is missing.
    let missing = case.former as f64 - case.present as f64;
    let fell = lapsed().next().is_some() && missing >= 0.5 * (former - present);
    Fate {
        referrers: practice.members.len() as i64,
        lapsed: lapsed().count() as i64,
        lapsed_former: former / QUARTERS,
        lapsed_present: present / QUARTERS,
        explained: explain(practice, status, members),
        fell: fell || status == "lapsed",
    }
}

/// The cause of most of what a silent practice's silent members sent in the former quarters, by name
/// among equals; where no member has one, a lapsed practice has stopped.
fn explain(practice: &Practice, status: &str, members: &BTreeMap<String, Member>) -> Explained {
    if !["lapsed", "silent", "at_risk"].contains(&status) {
        return Explained::default();
    }
    let mut causes: BTreeMap<&str, u64> = BTreeMap::new();
    for (npi, (former, _)) in &practice.members {
        if let Some(member) = members.get(npi).filter(|m| !m.cause.is_empty()) {
            *causes.entry(&member.cause).or_default() += former + 1;
        }
    }
    let most = causes.values().max().copied();
    let cause = causes.iter().find(|(_, n)| Some(**n) == most);
    let cause = cause.map(|(word, _)| (*word).to_string());
    Explained {
        cause: cause.or((status == "lapsed").then(|| "stopped".to_string())),
        ..Explained::default()
    }
}

fn judged(
    practices: Vec<(Key, Practice)>,
    members: &BTreeMap<String, Member>,
    rules: Rules<'_>,
    places: &Table,
) -> Result<Table> {
    let holidays = Holidays::around(rules.quarter);
    let mut keys = Vec::new();
    let (mut cases, mut all) = (Vec::new(), Vec::new());
    for (key, mut practice) in practices {
        let history = std::mem::take(&mut practice.history);
        cases.push(case(
            history,
            &key,
            &practice,
            members,
            (rules.quarter, &holidays),
        ));
        keys.push(key);
        all.push(practice);
    }
    let screening = Screening::of(cases, rules);
    let outlooks = regular_outlooks(&screening.cases, rules);
    let fates: Vec<Fate> = all
        .iter()
        .zip(&screening.cases)
        .zip(&screening.statuses)
        .map(|((practice, case), status)| fate(practice, case, status, members))
        .collect();
    assemble(&keys, &screening, &outlooks, &fates, places)
}

/// A practice is complete to the day to which the referrer of its latest referral is, and screened where
/// one of its referrers is.
fn case(
    history: History,
    key: &Key,
    practice: &Practice,
    members: &BTreeMap<String, Member>,
    when: (Quarter, &Holidays),
) -> Case {
    let latest = members.get(&practice.latest);
    let complete = latest.map_or(when.0.last_day(), |member| member.complete);
    let mut known = practice.members.keys().filter_map(|npi| members.get(npi));
    let screened = known.any(|member| member.screened);
    Case::new(history, (key.1.clone(), complete, screened), when)
}

fn assemble(
    keys: &[Key],
    screening: &Screening<'_>,
    outlooks: &Outlooks,
    fates: &[Fate],
    places: &Table,
) -> Result<Table> {
    let ids: Vec<String> = places.texts("practice_id")?.into_iter().flatten().collect();
    let row_of: BTreeMap<&str, usize> = ids.iter().map(String::as_str).zip(0..).collect();
    let mut out = TableBuilder::new("referrer_practices")
        .text("practice_id", keys.iter().map(|k| Some(&k.0)));
    for column in ["practice_name", "county", "territory"] {
        let names = places.text(column)?;
        let of = |key: &Key| {
            row_of
                .get(key.0.as_str())
                .map_or(UNKNOWN, |row| names.value(*row))
        };
        out = out.text(column, keys.iter().map(|key| Some(of(key))));
    }
    out = out.text("specialty", keys.iter().map(|k| Some(&k.1)));
    let explained: Vec<Explained> = fates.iter().map(|f| f.explained.clone()).collect();
    verdicts(histories(out, screening), screening, outlooks, &explained)
        .int("referrers", fates.iter().map(|f| Some(f.referrers)))
        .int("referrers_lapsed", fates.iter().map(|f| Some(f.lapsed)))
        .real(
            "lapsed_former_per_quarter",
            fates.iter().map(|f| Some(f.lapsed_former)),
        )
        .real(
            "lapsed_present_per_quarter",
            fates.iter().map(|f| Some(f.lapsed_present)),
        )
        .flag("fell", fates.iter().map(|f| Some(f.fell)))
        .finish()
}
