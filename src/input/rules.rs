//! Rules that look at more than one cell: what a row must have, what may not lie in the future, what
//! may not come before what, and what is filled in.

use std::borrow::Cow;

use super::cells::{Cells, days_of, is_missing, missing};
use super::cleaning::Rules;
use super::row::{Faults, Reason};
use crate::mapping::canonical::{Kind, Layout};

const MICROS_A_DAY: i64 = 86_400_000_000;

/// Applies every rule of a layout to its columns.
pub(super) fn apply<'a>(columns: &mut [Cells<'a>], rules: &Rules<'a>, faults: &mut Faults) {
    require(columns, rules.layout, faults);
    forbid_future(columns, rules, faults);
    forbid_disorder(columns, rules.layout, faults);
    fill(columns, rules);
}

/// Quarantines rows that lack what they must have.
fn require(columns: &[Cells<'_>], layout: &Layout, faults: &mut Faults) {
    for (at, column) in layout
        .columns
        .iter()
        .enumerate()
        .filter(|(_, c)| c.required)
    {
        for row in missing(&columns[at]) {
            if faults.is_sound(row) || !faults.reasons(row).contains(&Reason::MissingRequired) {
                // A required cell that could not be read has its own reason already.
                if faults.emptied_at(row, at).is_some() || !was_bad(faults, row, column.kind) {
                    faults.quarantine(row, Reason::MissingRequired);
                }
            }
        }
    }
    let group: Vec<usize> = layout
        .one_of
        .iter()
        .filter_map(|c| layout.index(c))
        .collect();
    let Some((first, rest)) = group.split_first() else {
        return;
    };
    for row in missing(&columns[*first]) {
        if rest.iter().all(|at| is_missing(&columns[*at], row)) {
            // A text that was taken out leaves a gap; only a bad cell has a reason of its own.
            let reason = group
                .iter()
                .find_map(|at| faults.emptied_at(row, *at))
                .filter(|reason| Reason::QUARANTINE.contains(reason));
            faults.quarantine(row, reason.unwrap_or(Reason::MissingRequired));
        }
    }
}

/// Whether a row is quarantined for the reason that a bad cell of this kind gives.
fn was_bad(faults: &Faults, row: usize, kind: Kind) -> bool {
    let reason = match kind {
        Kind::Day | Kind::PastDay | Kind::Moment => Reason::BadDate,
        Kind::Amount | Kind::Between(..) | Kind::Count => Reason::BadNumber,
        Kind::Npi => Reason::BadNpi,
        Kind::Zip => Reason::BadZip,
        Kind::Status => Reason::UnknownStatus,
        _ => return false,
    };
    faults.reasons(row).contains(&reason)
}

/// Days that lie after their row was written, or after their file was.
fn forbid_future(columns: &mut [Cells<'_>], rules: &Rules<'_>, faults: &mut Faults) {
    let updated: Option<Vec<Option<i64>>> =
        rules
            .layout
            .index("updated_at")
            .and_then(|at| match &columns[at] {
                Cells::Moment(moments) => Some(moments.clone()),
                _ => None,
            });
    for (at, column) in rules.layout.columns.iter().enumerate() {
        if column.kind != Kind::PastDay {
            continue;
        }
        let Some(days) = days_of(columns, at) else {
            continue;
        };
        for (row, day) in days.iter_mut().enumerate() {
            let own = updated
                .as_ref()
                .and_then(|u| u[row])
                .map(|m| m.div_euclid(MICROS_A_DAY) as i32);
            let Some(last) = own.or(rules.last_possible) else {
                continue;
            };
            if day.is_some_and(|d| d > last) {
                *day = None;
                if column.required {
                    faults.quarantine(row, Reason::FutureDate);
                } else {
                    faults.empty(row, at, Reason::FutureDate);
                }
            }
        }
    }
}

/// What may not come before what: the second of a pair is emptied where it does.
const ORDER: &[(&str, &str)] = &[
    ("referred_on", "scheduled_on"),
    ("referred_on", "appointment_on"),
    ("referred_on", "completed_on"),
    ("referred_on", "report_sent_on"),
    ("referred_on", "expires_on"),
    ("effective_from", "effective_to"),
];

fn forbid_disorder(columns: &mut [Cells<'_>], layout: &Layout, faults: &mut Faults) {
    for (first, second) in ORDER {
        let (Some(first), Some(second)) = (layout.index(first), layout.index(second)) else {
            continue;
        };
        let Some(firsts) = days_of(columns, first).map(|d| d.clone()) else {
            continue;
        };
        let Some(seconds) = days_of(columns, second) else {
            continue;
        };
        for (row, (first, day)) in firsts.iter().zip(seconds.iter_mut()).enumerate() {
            if let (Some(from), Some(to)) = (first, *day)
                && to < *from
            {
                *day = None;
                faults.empty(row, second, Reason::DateOrder);
            }
        }
    }
}

/// Fills the source, and the time of versions that have none.
fn fill<'a>(columns: &mut [Cells<'a>], rules: &Rules<'a>) {
    if let Some(at) = rules.layout.index("source")
        && let Cells::Text(sources) = &mut columns[at]
    {
        for source in sources.iter_mut().filter(|s| s.is_none()) {
            *source = Some(Cow::Borrowed(rules.source));
        }
    }
    if let (Some(at), Some(latest)) = (rules.layout.index("updated_at"), rules.latest)
        && let Cells::Moment(moments) = &mut columns[at]
    {
        for moment in moments.iter_mut().filter(|m| m.is_none()) {
            *moment = Some(i64::from(latest) * MICROS_A_DAY);
        }
    }
}
