//! Rules that look at more than one value: bands and weights, levels that must be in order,
//! overrides that must not overlap, and places that belong to one territory.

use std::collections::BTreeMap;

use super::sections::{Network, Overflow, Override, Territory, Underserved};
use crate::quarter::Day;

/// A rule that is broken: the key within its table, what is wrong, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) key: &'static str,
    pub(super) what: String,
    pub(super) help: String,
}

fn broken(key: &'static str, what: impl Into<String>, help: impl Into<String>) -> Option<Broken> {
    Some(Broken {
        key,
        what: what.into(),
        help: help.into(),
    })
}

/// Bands must rise, and there must be as many weights, never rising.
pub(super) fn of_underserved(section: &Underserved) -> Option<Broken> {
    let (bands, weights) = (&section.bands_km, &section.weights);
    if bands.is_empty() || !bands.is_sorted_by(|near, far| near < far) {
        return broken(
            "bands_km",
            format!("found {bands:?}"),
            "expected at least one distance, each greater than the one before it",
        );
    }
    if weights.len() != bands.len() {
        return broken(
            "weights",
            format!("found {} weights for {} bands", weights.len(), bands.len()),
            "expected one weight for each of bands_km",
        );
    }
    if !weights.is_sorted_by(|near, far| near >= far) {
        return broken(
            "weights",
            format!("found {weights:?}"),
            "expected no weight greater than the one before it",
        );
    }
    None
}

/// Slack lies below tight, and tight not above over.
pub(super) fn of_overflow(section: &Overflow) -> Option<Broken> {
    let Overflow {
        over, tight, slack, ..
    } = *section;
    if slack >= tight {
        return broken(
            "slack",
            format!("found {slack}"),
            format!("expected less than tight, {tight}"),
        );
    }
    if tight > over {
        return broken(
            "tight",
            format!("found {tight}"),
            format!("expected at most over, {over}"),
        );
    }
    None
}

/// No two overrides of one subject share a day. The overrides must be sorted.
pub(super) fn of_network(section: &Network) -> Option<Broken> {
    let last = |o: &Override| o.to.unwrap_or(Day(i32::MAX));
    let first = |o: &Override| o.from.unwrap_or(Day(i32::MIN));
    let clash = section
        .overrides
        .windows(2)
        .find(|pair| matches!(pair, [a, b] if a.subject == b.subject && first(b) <= last(a)));
    match clash {
        Some([one, _]) => {
            let (super::Subject::OrganizationId(id) | super::Subject::Npi(id)) = &one.subject;
            broken(
                "overrides",
                format!("two of '{id}' hold on the same day"),
                "end the one with 'to' on the day before the other's 'from'",
            )
        }
        _ => None,
    }
}

/// No ZIP code and no county stands in two territories, and one at most is the service area, which
/// lists no places. Answers with the later territory.
pub(super) fn of_territories(all: &BTreeMap<String, Territory>) -> Option<(&str, Broken)> {
    of_service_areas(all).or_else(|| of_places(all))
}

fn of_service_areas(all: &BTreeMap<String, Territory>) -> Option<(&str, Broken)> {
    let mut areas = all.iter().filter(|(_, t)| t.service_area.is_some());
    let (first, territory) = areas.next()?;
    if !territory.zips.is_empty() || !territory.counties.is_empty() {
        let broken = broken(
            "service_area",
            "stands beside places that are listed",
            "a territory is the service area or what it lists: leave one of them out",
        );
        return broken.map(|broken| (first.as_str(), broken));
    }
    let (second, _) = areas.next()?;
    let broken = broken(
        "service_area",
        format!("the territory '{first}' is the service area too"),
        "there is one service area: leave it in one of them",
    );
    broken.map(|broken| (second.as_str(), broken))
}

fn of_places(all: &BTreeMap<String, Territory>) -> Option<(&str, Broken)> {
    let mut zips: BTreeMap<String, &str> = BTreeMap::new();
    let mut counties: BTreeMap<String, &str> = BTreeMap::new();
    for (name, territory) in all {
        let lists = [
            ("zips", &territory.zips, &mut zips),
            ("counties", &territory.counties, &mut counties),
        ];
        for (key, places, taken) in lists {
            for place in places {
                let Some(other) = taken.insert(place.to_lowercase(), name) else {
                    continue;
                };
                let broken = broken(
                    key,
                    format!("'{place}' stands in the territory '{other}' too"),
                    "a place belongs to one territory: leave it in one of them",
                );
                return broken.map(|broken| (name.as_str(), broken));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Affiliation, Subject};

    #[test]
    fn the_defaults_break_no_rule() {
        assert_eq!(of_underserved(&Underserved::default()), None);
        assert_eq!(of_overflow(&Overflow::default()), None);
        assert_eq!(of_network(&Network::default()), None);
        assert_eq!(of_territories(&BTreeMap::new()), None);
    }

    fn network(spans: &[(&str, Option<i32>, Option<i32>)]) -> Network {
        let overrides = spans.iter().map(|&(id, from, to)| Override {
            subject: Subject::OrganizationId(id.to_string()),
            affiliation: Affiliation::Own,
            from: from.map(Day),
            to: to.map(Day),
        });
        Network {
            overrides: overrides.collect(),
            ..Network::default()
        }
    }

    #[test]
    fn overrides_of_one_subject_may_follow_but_not_overlap() {
        let fine = network(&[
            ("a", None, Some(9)),
            ("a", Some(10), None),
            ("b", None, None),
        ]);
        assert_eq!(of_network(&fine), None);
        let clash = network(&[("a", None, Some(10)), ("a", Some(10), None)]);
        assert_eq!(
            of_network(&clash).unwrap().what,
            "two of 'a' hold on the same day"
        );
        assert!(of_network(&network(&[("a", None, None), ("a", None, None)])).is_some());
    }
}
