//! Reasons, refusals, payers, competitors and flows, recounted from the files.

use std::collections::{BTreeMap, BTreeSet};

use super::counts::aligned;
use super::order::{Class, Order};
use super::raw::{QUARTER, Raw, shown};
use super::{Complaints, tally};
use crate::workspace::Fresh;

pub fn check(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    check_reasons(complaints, fresh, raw);
    check_refusals(complaints, fresh, raw);
    check_payers(complaints, fresh, raw);
    check_competitors(complaints, fresh, raw);
    check_flows(complaints, fresh, raw);
}

pub fn both(order: &Order) -> [String; 2] {
    [order.specialty.clone(), "all".to_string()]
}

fn leaked(raw: &Raw) -> impl Iterator<Item = &Order> {
    aligned(raw).filter(|o| o.class() == Some(Class::Leaked))
}

/// What comes to us in the quarters that tables show, whoever sends it.
pub fn inbound(raw: &Raw) -> impl Iterator<Item = &Order> {
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
