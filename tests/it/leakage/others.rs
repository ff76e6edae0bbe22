//! Reasons, refusals, payers, competitors, flows and dependence, recounted from the files.

use std::collections::{BTreeMap, BTreeSet};

use super::counts::aligned;
use super::order::{Class, Order};
use super::raw::{QUARTER, Raw, quarter, shown};
use super::{Complaints, tally};
use crate::workspace::Fresh;

pub fn check(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    check_reasons(complaints, fresh, raw);
    check_refusals(complaints, fresh, raw);
    check_payers(complaints, fresh, raw);
    check_competitors(complaints, fresh, raw);
    check_flows(complaints, fresh, raw);
    check_dependence(complaints, fresh, raw);
}

fn both(order: &Order) -> [String; 2] {
    [order.specialty.clone(), "all".to_string()]
}

fn leaked(raw: &Raw) -> impl Iterator<Item = &Order> {
    aligned(raw).filter(|o| o.class() == Some(Class::Leaked))
}

/// What comes to us in the quarters that tables show, whoever sends it.
fn inbound(raw: &Raw) -> impl Iterator<Item = &Order> {
    let quarters = shown();
    let orders = raw.orders.iter().filter(|o| o.counts && o.is_inside());
    orders.filter(move |o| quarters.contains(&o.quarter))
}

/// Each row's share is its count of the whole that `of` finds.
fn check_shares(
    complaints: &mut Complaints,
    table: &str,
    rows: &[super::Row],
    (keys, count, share): (&[&str], &str, &str),
    wholes: &BTreeMap<Vec<String>, [i64; 1]>,
) {
    for row in rows {
        let key: Vec<String> = keys.iter().map(|k| row[*k].clone()).collect();
        let part: f64 = row[count].parse().unwrap();
        let whole = wholes.get(&key).map(|w| w[0] as f64);
        let place = format!("{table} {row:?} {share}");
        complaints.near(&place, &row[share], whole.map(|whole| part / whole));
    }
}

fn check_reasons(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    let keys = |o: &&Order| {
        both(o)
            .map(|s| vec![s, o.why().to_string(), o.quarter.clone()])
            .to_vec()
    };
    let expected = tally(leaked(raw), keys, |_| [true]);
    let rows = fresh.table("reasons");
    complaints.compare(
        "reasons",
        &rows,
        &["specialty", "reason", "quarter"],
        ["n"],
        &expected,
    );
    let wholes = tally(
        leaked(raw),
        |o| both(o).map(|s| vec![s, o.quarter.clone()]).to_vec(),
        |_| [true],
    );
    check_shares(
        complaints,
        "reasons",
        &rows,
        (&["specialty", "quarter"], "n", "share"),
        &wholes,
    );
    let never = [
        "patient_preference",
        "insurer_choice",
        "physician_judgement",
        "service_not_offered",
        "distance",
    ];
    for row in &rows {
        if (row["addressable"] == "true") == never.contains(&row["reason"].as_str()) {
            complaints.add(format!("reasons {row:?} addressable"));
        }
    }
    let some: BTreeSet<&String> = rows.iter().map(|r| &r["reason"]).collect();
    assert!(some.len() > 5, "{some:?}");
}

/// Declined, expired, and without a booking 14 days after the order on the quarter's last day.
fn refused(order: &Order) -> [bool; 3] {
    let ends = order.day.quarter().last_day();
    let is_old = ends.0 - order.day.0 >= 14;
    let is = |words: &[&str]| words.contains(&order.status.as_str());
    let is_open = is(&["requested", "in_review", "accepted"]);
    let has_none = is_open && order.booked.is_none() && order.visit.is_none();
    let is_late = order.booked.is_some_and(|day| day > ends)
        && order.completed.is_none_or(|day| day > ends)
        && (is_open || is(&["scheduled", "completed", "no_show"]));
    [
        is(&["declined"]),
        is(&["expired"]),
        is_old && (has_none || is_late),
    ]
}

fn check_refusals(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    let place = |o: &Order| o.to_practice.clone().unwrap_or("unknown".to_string());
    let turned = inbound(raw).filter(|o| refused(o).contains(&true));
    let keys = |o: &&Order| {
        both(o)
            .map(|s| vec![s, place(o), o.reason.clone(), o.quarter.clone()])
            .to_vec()
    };
    let ones = |o: &&Order| {
        let [declined, expired, unscheduled] = refused(o);
        [true, declined, expired, unscheduled]
    };
    let expected = tally(turned, keys, ones);
    let rows = fresh.table("our_refusals");
    let columns = ["n", "declined", "expired", "unscheduled_after_14_days"];
    let key = ["specialty", "receiving_practice_id", "reason", "quarter"];
    complaints.compare("our_refusals", &rows, &key, columns, &expected);
    let keys = |o: &&Order| {
        both(o)
            .map(|s| vec![s, place(o), o.quarter.clone()])
            .to_vec()
    };
    let wholes = tally(inbound(raw), keys, |_| [true]);
    let key: &[&str] = &["specialty", "receiving_practice_id", "quarter"];
    check_shares(
        complaints,
        "our_refusals",
        &rows,
        (key, "n", "share"),
        &wholes,
    );
    for row in &rows {
        let of: Vec<String> = key.iter().map(|k| row[*k].clone()).collect();
        if wholes.get(&of).map(|w| w[0].to_string()).as_ref() != Some(&row["received"]) {
            complaints.add(format!(
                "our_refusals {row:?}: {:?} received",
                wholes.get(&of)
            ));
        }
    }
}

fn check_payers(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    let payer = |o: &Order| match o.payer.as_str() {
        "" => "unknown".to_string(),
        payer => payer.to_string(),
    };
    let is_eligible = |o: &Order| [Some(Class::Leaked), Some(Class::Kept)].contains(&o.class());
    let quarters = shown();
    let is_either =
        |o: &&Order| quarters.contains(&o.quarter) && (o.counts && o.is_inside() || is_eligible(o));
    let of = || raw.orders.iter().filter(is_either);
    let keys = |o: &&Order| {
        both(o)
            .map(|s| vec![payer(o), s, o.quarter.clone()])
            .to_vec()
    };
    let ones = |o: &&Order| {
        let is_leaked = o.class() == Some(Class::Leaked);
        [o.is_inside(), is_eligible(o), is_leaked]
    };
    let all = tally(of(), keys, ones);
    let expected = all
        .iter()
        .map(|(key, [n, eligible, _])| (key.clone(), [*n, *eligible]))
        .collect();
    let rows = fresh.table("payer_mix");
    let key = ["payer", "specialty", "quarter"];
    complaints.compare("payer_mix", &rows, &key, ["n", "leakage_n"], &expected);
    let wholes = tally(
        inbound(raw),
        |o| both(o).map(|s| vec![s, o.quarter.clone()]).to_vec(),
        |_| [true],
    );
    check_shares(
        complaints,
        "payer_mix",
        &rows,
        (&key[1..], "n", "share"),
        &wholes,
    );
    for row in &rows {
        let id: Vec<String> = key.iter().map(|k| row[*k].clone()).collect();
        let rate = all
            .get(&id)
            .filter(|c| c[1] > 0)
            .map(|c| c[2] as f64 / c[1] as f64);
        complaints.near(&format!("payer_mix {id:?} leakage"), &row["leakage"], rate);
    }
}

fn check_competitors(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    let organization = |o: &Order| o.to_organization.clone().unwrap_or(o.destination.clone());
    let keys = |o: &&Order| {
        both(o)
            .map(|s| vec![organization(o), s, o.quarter.clone()])
            .to_vec()
    };
    let expected = tally(leaked(raw), keys, |_| [true]);
    let rows = fresh.table("competitors");
    let key = ["organization_id", "specialty", "quarter"];
    complaints.compare("competitors", &rows, &key, ["received"], &expected);
    let wholes = tally(
        leaked(raw),
        |o| both(o).map(|s| vec![s, o.quarter.clone()]).to_vec(),
        |_| [true],
    );
    check_shares(
        complaints,
        "competitors",
        &rows,
        (&key[1..], "received", "observed_share"),
        &wholes,
    );
    for row in rows
        .iter()
        .filter(|r| !r["market_share"].is_empty() || !r["concentration"].is_empty())
    {
        complaints.add(format!("competitors {row:?}: a market without claims"));
    }
}

fn check_flows(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    let now = |o: &&Order| o.quarter == QUARTER;
    let keys = |o: &&Order| {
        both(o)
            .map(|s| vec![o.from_practice.clone(), s, o.destination.clone()])
            .to_vec()
    };
    let flows = tally(leaked(raw).filter(now), keys, |_| [true]);
    let mut providers: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    for order in aligned(raw).filter(now) {
        let senders = providers.entry(&order.from_practice).or_default();
        senders.insert(order.from.as_ref().unwrap());
    }
    let with = |(key, [n]): (Vec<String>, [i64; 1])| {
        let senders = providers[&key[0]].len() as i64;
        (key, [n, senders])
    };
    let expected = flows.into_iter().map(with).collect();
    let key = ["practice_id", "specialty", "destination_id"];
    let rows = fresh.table("leakage_flows");
    complaints.compare("leakage_flows", &rows, &key, ["n", "providers"], &expected);
}

/// External inbound referrals of the last four quarters by practice and referrer.
fn check_dependence(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    let last: BTreeSet<String> = quarter().last(4).iter().map(ToString::to_string).collect();
    let is_external = |o: &&Order| last.contains(&o.quarter) && o.from_affiliation != "own";
    let sender = |o: &Order| {
        o.from
            .clone()
            .or(Some(o.from_text.clone()).filter(|n| !n.is_empty()))
    };
    let mut by_practice: BTreeMap<Vec<String>, BTreeMap<String, u64>> = BTreeMap::new();
    let mut curve: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for order in inbound(raw).filter(is_external) {
        let Some(sender) = sender(order) else {
            continue;
        };
        let whole = match order.from_practice.as_str() {
            "unknown" => sender.clone(),
            practice => practice.to_string(),
        };
        for specialty in both(order) {
            let mut add = |practice: &str, who: &str| {
                let counts = by_practice
                    .entry(vec![specialty.clone(), practice.to_string()])
                    .or_default();
                *counts.entry(who.to_string()).or_default() += 1;
            };
            add("all", &whole);
            add(&order.from_practice, &sender);
            *curve
                .entry(specialty)
                .or_default()
                .entry(sender.clone())
                .or_default() += 1;
        }
    }
    let n = |counts: &BTreeMap<String, u64>| [counts.values().sum::<u64>() as i64];
    let expected = by_practice
        .iter()
        .map(|(key, counts)| (key.clone(), n(counts)))
        .collect();
    let rows = fresh.table("fragility");
    complaints.compare(
        "fragility",
        &rows,
        &["specialty", "practice_id"],
        ["n"],
        &expected,
    );
    for row in &rows {
        let key = vec![row["specialty"].clone(), row["practice_id"].clone()];
        if let Some(counts) = by_practice.get(&key) {
            check_concentration(complaints, &format!("fragility {key:?}"), row, counts);
        }
    }
    let mut expected = BTreeMap::new();
    for (specialty, counts) in curve {
        let mut sizes: Vec<u64> = counts.into_values().collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        let total: u64 = sizes.iter().sum();
        for at in 1..=sizes.len() {
            let share = sizes[..at].iter().sum::<u64>() as f64 / total as f64;
            expected.insert(vec![specialty.clone(), at.to_string()], share);
        }
    }
    let rows = fresh.table("concentration_curve");
    if rows.len() != expected.len() {
        complaints.add(format!(
            "concentration_curve: {} rows expected, {} found",
            expected.len(),
            rows.len()
        ));
    }
    for row in &rows {
        let key = vec![row["specialty"].clone(), row["referrers"].clone()];
        complaints.near(
            &format!("concentration_curve {key:?}"),
            &row["cumulative_share"],
            expected.get(&key).copied(),
        );
    }
}

fn check_concentration(
    complaints: &mut Complaints,
    place: &str,
    row: &super::Row,
    counts: &BTreeMap<String, u64>,
) {
    let mut sizes: Vec<f64> = counts.values().map(|n| *n as f64).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    let total: f64 = sizes.iter().sum();
    let top = |k: usize| sizes.iter().take(k).sum::<f64>() / total;
    let points = 10_000.0 * sizes.iter().map(|n| (n / total).powi(2)).sum::<f64>();
    for (column, expected) in [
        ("herfindahl", points),
        ("top_1", top(1)),
        ("top_5", top(5)),
        ("top_10", top(10)),
        ("lost_if_top_left", sizes[0] / 4.0),
    ] {
        complaints.near(&format!("{place} {column}"), &row[column], Some(expected));
    }
}
