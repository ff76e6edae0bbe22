//! Whom to call: practices whose referrers have lapsed and that fell with them, the dearest first within
//! each territory. A conversation starter speaks of our service only.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Finding, Made, made};
use super::estimates::ranks;
use crate::base::{Day, Result, Table, TableBuilder, units};

pub(super) const FINDING: Finding = Finding {
    name: "call_list",
    marts: &["int_last_visits"],
    make,
};

const ALL: &str = "all";
/// Causes that a call can't mend: nobody is there to be called, or nothing is lost.
const NO_CALL: [&str; 3] = ["retired", "id_changed", "feed_stopped"];

/// What is known of a practice and specialty to call on.
#[derive(Default)]
struct Practice {
    name: String,
    county: String,
    territory: String,
    /// The lapsed referrers, who refer to this specialty most.
    lapsed: i64,
    former: f64,
    /// Where the lapsed send their patients now, where it is known.
    switched_to: BTreeSet<String>,
    /// Everyone who refers or referred from the practice.
    referrers: Option<i64>,
    /// Whether the practice as a whole has lapsed.
    whole: bool,
    loss: f64,
    last_on: Option<Day>,
}

fn make(context: &Context<'_>, tables: &Made) -> Result<Table> {
    let practices = gather(made(tables, "lapsed")?, made(tables, "referrer_practices")?)?;
    let waits = shortest_waits(made(tables, "overflow")?, &context.quarter.to_string())?;
    let visits = context
        .warehouse
        .read("int_last_visits")?
        .sorted_by(&["practice_id"])?;
    let last_visits: BTreeMap<String, Option<Day>> = visits
        .texts("practice_id")?
        .into_iter()
        .flatten()
        .zip(visits.days("last_visit_on")?)
        .collect();
    let rows: Vec<(&(String, String), &Practice)> = practices.iter().collect();
    let rank = rank_within_territory(&rows);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|at| (&rows[*at].1.territory, rank[*at], rows[*at].0));
    let cells =
        |get: &dyn Fn(usize) -> String| order.iter().map(|at| Some(get(*at))).collect::<Vec<_>>();
    TableBuilder::new("call_list")
        .text("territory", cells(&|at| rows[at].1.territory.clone()))
        .text("practice_id", cells(&|at| rows[at].0.0.clone()))
        .text("practice_name", cells(&|at| rows[at].1.name.clone()))
        .text("county", cells(&|at| rows[at].1.county.clone()))
        .text("specialty", cells(&|at| rows[at].0.1.clone()))
        .text("why", cells(&|_| "lapsed".to_string()))
        .text("evidence", cells(&|at| evidence(rows[at].1)))
        .text(
            "suggested_topic",
            cells(&|at| format!("Access to {}", rows[at].0.1)),
        )
        .text(
            "conversation_starter",
            cells(&|at| starter(&rows[at].0.1, waits.get(&rows[at].0.1))),
        )
        .text(
            "last_visit_month",
            order
                .iter()
                .map(|at| month(last_visits.get(&rows[*at].0.0).copied().flatten())),
        )
        .real(
            "expected_referrals",
            order.iter().map(|at| Some(rows[*at].1.loss)),
        )
        .int("rank", order.iter().map(|at| rank[*at]))
        .finish()
}

/// The practices whose lapsed referrers can be called on and that fell with them, and those that lapsed
/// as a whole.
fn gather(lapsed: &Table, practices: &Table) -> Result<BTreeMap<(String, String), Practice>> {
    let mut out = members(lapsed)?;
    let mut losses: BTreeMap<String, f64> = BTreeMap::new();
    for ((practice_id, _), practice) in &out {
        *losses.entry(practice_id.clone()).or_default() += practice.loss;
    }
    let all = practices.only("specialty", ALL)?;
    let row_of: BTreeMap<String, usize> = all
        .texts("practice_id")?
        .into_iter()
        .flatten()
        .zip(0..)
        .collect();
    let (fell, referrers) = (all.flag("fell")?, all.ints("referrers")?);
    let (loss, last) = (all.real("expected_lapse_loss")?, all.days("last_on")?);
    out.retain(|(practice_id, _), practice| {
        // Nobody can have taken over from those of whom no practice is known.
        let Some(row) = row_of.get(practice_id).copied() else {
            return true;
        };
        // No more is to be won back than the practice as a whole has lost.
        let lost = losses.get(practice_id).copied().unwrap_or(0.0);
        if lost > loss.value(row) {
            practice.loss *= loss.value(row) / lost;
        }
        practice.referrers = referrers[row];
        practice.last_on = last[row];
        // Else colleagues have taken over what the lapsed sent.
        fell.value(row)
    });
    add_whole(practices, &mut out)?;
    // Who had stopped before the year with which they are compared is no new loss, and nothing to win back.
    out.retain(|_, practice| practice.loss > 0.0);
    Ok(out)
}

/// Adds the practices that lapsed as a whole in a specialty, where nobody of theirs is listed for it
/// and at least half of what the specialty lost is missing from all specialties together.
fn add_whole(practices: &Table, out: &mut BTreeMap<(String, String), Practice>) -> Result<()> {
    let missing = missing(practices)?;
    let mut of_all: BTreeMap<String, f64> = BTreeMap::new();
    for (row, missing) in missing.iter().enumerate() {
        if practices.cell("specialty", row)? == ALL {
            of_all.insert(practices.cell("practice_id", row)?, *missing);
        }
    }
    let (statuses, causes) = (practices.text("status")?, practices.texts("cause")?);
    let referrers = practices.ints("referrers")?;
    let (former, loss) = (
        practices.real("former_per_quarter")?,
        practices.real("expected_lapse_loss")?,
    );
    let last = practices.days("last_on")?;
    for (row, last_on) in last.into_iter().enumerate() {
        let key = (
            practices.cell("practice_id", row)?,
            practices.cell("specialty", row)?,
        );
        let is_callable = !causes[row].as_deref().is_some_and(|c| NO_CALL.contains(&c));
        if statuses.value(row) != "lapsed" || !is_callable || key.1 == ALL || out.contains_key(&key)
        {
            continue;
        }
        let whole = of_all.get(&key.0).copied().unwrap_or(missing[row]);
        if whole < 0.5 * missing[row] {
            continue;
        }
        let practice = Practice {
            name: practices.cell("practice_name", row)?,
            county: practices.cell("county", row)?,
            territory: practices.cell("territory", row)?,
            former: former.value(row),
            referrers: referrers[row],
            whole: true,
            loss: loss.value(row),
            last_on,
            ..Practice::default()
        };
        out.insert(key, practice);
    }
    Ok(())
}

/// What each practice sends less than a year before in a specialty, a quarter.
fn missing(practices: &Table) -> Result<Vec<f64>> {
    let (former, present) = (
        practices.real("former_per_quarter")?,
        practices.real("present_per_quarter")?,
    );
    Ok((0..practices.rows())
        .map(|row| former.value(row) - present.value(row))
        .collect())
}

/// The lapsed referrers who can be called on, by practice and the specialty that they refer to most.
fn members(lapsed: &Table) -> Result<BTreeMap<(String, String), Practice>> {
    let (former, loss) = (
        lapsed.real("former_per_quarter")?,
        lapsed.real("expected_lapse_loss")?,
    );
    let (causes, switched_to) = (lapsed.texts("cause")?, lapsed.texts("switched_to")?);
    let last = lapsed.days("last_on")?;
    let mut out: BTreeMap<(String, String), Practice> = BTreeMap::new();
    for (row, last_on) in last.into_iter().enumerate() {
        if causes[row].as_deref().is_some_and(|c| NO_CALL.contains(&c)) {
            continue;
        }
        let key = (
            lapsed.cell("practice_id", row)?,
            lapsed.cell("specialty", row)?,
        );
        let practice = out.entry(key).or_default();
        practice.name = lapsed.cell("practice_name", row)?;
        practice.county = lapsed.cell("county", row)?;
        practice.territory = lapsed.cell("territory", row)?;
        practice.lapsed += 1;
        practice.former += former.value(row);
        practice.loss += loss.value(row);
        practice.last_on = practice.last_on.max(last_on);
        practice.switched_to.extend(switched_to[row].clone());
    }
    Ok(out)
}

/// The shortest median wait among our sites by specialty, in days.
fn shortest_waits(overflow: &Table, quarter: &str) -> Result<BTreeMap<String, f64>> {
    let now = overflow.only("quarter", quarter)?;
    let medians = now.reals("median_wait_days")?;
    let mut out: BTreeMap<String, f64> = BTreeMap::new();
    for (specialty, median) in now.texts("specialty")?.into_iter().zip(medians) {
        if let (Some(specialty), Some(median)) = (specialty, median) {
            let shortest = out.entry(specialty).or_insert(median);
            *shortest = shortest.min(median);
        }
    }
    Ok(out)
}

fn evidence(practice: &Practice) -> String {
    let who = match (practice.whole, practice.referrers) {
        (true, Some(referrers)) => format!(
            "the whole practice has lapsed in this specialty, with {}",
            units::counted(referrers, "referrer")
        ),
        (_, Some(referrers)) if referrers > practice.lapsed => {
            format!(
                "{} of {} lapsed",
                practice.lapsed,
                units::counted(referrers, "referrer")
            )
        }
        _ => format!("{} lapsed", units::counted(practice.lapsed, "referrer")),
    };
    let last = month(practice.last_on).map_or_else(String::new, |m| format!("; last referral {m}"));
    let to: Vec<&str> = practice.switched_to.iter().map(String::as_str).collect();
    let to = match to.is_empty() {
        true => String::new(),
        false => format!("; now sends to {}", to.join(", ")),
    };
    let together = match practice.lapsed {
        1 => "",
        _ => "together ",
    };
    format!(
        "{who}, {together}{} a quarter before{last}{to}",
        units::real(practice.former, 1),
    )
}

/// Speaks of our service and of nothing else.
fn starter(specialty: &str, wait: Option<&f64>) -> String {
    match wait {
        Some(days) => format!(
            "Half of the patients referred to our quickest {specialty} clinic are seen within {}. What would make referring easier for your team?",
            units::counted(days.round() as i64, "day"),
        ),
        None => format!(
            "We would like to hear how booking with our {specialty} clinic and our reports back work for your team. What should we do better?"
        ),
    }
}

/// A day's month; documents that leave the office give no days.
fn month(day: Option<Day>) -> Option<String> {
    day.map(|d| format!("{}-{:02}", d.year(), d.month()))
}

fn rank_within_territory(rows: &[(&(String, String), &Practice)]) -> Vec<Option<i64>> {
    let mut territories: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (_, practice)) in rows.iter().enumerate() {
        territories.entry(&practice.territory).or_default().push(at);
    }
    let mut out = vec![None; rows.len()];
    for at in territories.into_values() {
        let scores: Vec<Option<f64>> = at.iter().map(|row| Some(rows[*row].1.loss)).collect();
        for (row, rank) in at.into_iter().zip(ranks(&scores)) {
            out[row] = rank;
        }
    }
    out
}
