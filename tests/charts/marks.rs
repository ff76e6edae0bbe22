//! Every row that a chart shows has one mark, none stands without a row, and each stands within one
//! unit of where its value belongs on the scale that a reader sees.

use std::collections::BTreeMap;

use catchment_base::Table;
use catchment_charts::{Drawing, Frame, find};
use resvg::usvg::roxmltree::{Document, Node};

use crate::made::{Case, tables};
use crate::pictures::frames;
use crate::svg::{marks, number, scale, texts};

pub fn drawn(chart: &str, case: Case, frame: &Frame) -> Drawing {
    (find(chart).unwrap().draw)(&tables(case), frame).unwrap()
}

/// The values of a column by the key that marks carry.
pub fn values(table: &Table, keys: &[&str], column: &str) -> BTreeMap<String, f64> {
    let values = table.reals(column).unwrap();
    let mut out = BTreeMap::new();
    for (row, value) in values.into_iter().enumerate() {
        let key: Vec<String> = keys.iter().map(|k| table.cell(k, row).unwrap()).collect();
        if let Some(value) = value {
            out.insert(key.join("|"), value);
        }
    }
    out
}

/// How many rows the footer says are in the table and not in the picture.
pub fn further(drawing: &Drawing) -> usize {
    let sentence = drawing.footer.split(". ").find(|s| s.contains("further "));
    sentence.map_or(0, |s| s.split('\u{a0}').next().unwrap().parse().unwrap())
}

pub fn near(at: f64, expected: f64, what: &str) {
    assert!(
        (at - expected).abs() <= 1.01,
        "{what}: at {at}, belongs at {expected}"
    );
}

pub fn last<'a, 'b>(node: Node<'a, 'b>, tag: &str) -> Node<'a, 'b> {
    node.children()
        .rfind(|c| c.has_tag_name(tag))
        .unwrap_or_else(|| panic!("{tag} in {node:?}"))
}

pub fn key<'a>(mark: Node<'a, '_>) -> &'a str {
    mark.attribute("data-key").unwrap()
}

#[test]
fn volume_points_stand_at_their_values() {
    for case in [Case::Usual, Case::One, Case::Calm] {
        for (name, frame) in frames() {
            let drawing = drawn("volume", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let table = tables(case).get("volume").unwrap().clone();
            let values = values(&table, &["quarter"], "inbound_per_day");
            let marks = marks(&document);
            assert_eq!(marks.len(), values.len(), "{case:?} {name}");
            let at = scale(&document, "y");
            for mark in marks {
                assert_eq!(number(mark, "data-value"), values[key(mark)]);
                near(
                    number(last(mark, "circle"), "cy"),
                    at(values[key(mark)]),
                    key(mark),
                );
            }
        }
    }
}

#[test]
fn leakage_bars_start_at_zero_and_end_at_their_values() {
    for case in [Case::Usual, Case::One, Case::Calm] {
        for (name, frame) in frames() {
            let drawing = drawn("leakage", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let table = tables(case).get("leakage_by_specialty").unwrap().clone();
            let leakage = values(&table, &["specialty"], "leakage");
            let all = values(&table, &["specialty"], "leakage_all");
            let (low, high) = (
                values(&table, &["specialty"], "leakage_low"),
                values(&table, &["specialty"], "leakage_high"),
            );
            let at = scale(&document, "x");
            let marks = marks(&document);
            let (sums, rows): (Vec<_>, Vec<_>) = marks.into_iter().partition(|m| key(*m) == "all");
            let wanted = leakage.keys().filter(|k| *k != "all").count();
            assert_eq!(rows.len() + further(&drawing), wanted, "{case:?} {name}");
            assert!(rows.len() >= wanted.min(10));
            assert_eq!(sums.len(), if case == Case::One { 0 } else { 2 });
            for mark in sums.iter().chain(&rows) {
                let column = mark.attribute("data-column").unwrap();
                let value = if column == "leakage_all" {
                    all[key(*mark)]
                } else {
                    leakage[key(*mark)]
                };
                assert_eq!(number(*mark, "data-value"), value);
                let bar = last(*mark, "rect");
                near(number(bar, "x"), at(0.0), key(*mark));
                near(
                    number(bar, "x") + number(bar, "width"),
                    at(value),
                    key(*mark),
                );
                if column == "leakage" {
                    let line = mark
                        .children()
                        .find(|c| c.has_tag_name("polyline"))
                        .unwrap();
                    let points = line.attribute("points").unwrap().replace(',', " ");
                    let ends: Vec<f64> = points.split(' ').map(|p| p.parse().unwrap()).collect();
                    near(ends[0], at(low[key(*mark)]), "low");
                    near(ends[2], at(high[key(*mark)]), "high");
                }
            }
        }
    }
}

/// In charts that are read line by line a mark stands beside its own name.
#[test]
fn marks_stand_in_the_lines_of_their_names() {
    let named = [
        ("leakage", "specialty"),
        ("underserved", "county"),
        ("overflow", "practice_name"),
    ];
    for (chart, column) in named {
        for (name, frame) in frames() {
            let drawing = drawn(chart, Case::Usual, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let table = tables(Case::Usual)
                .get(find(chart).unwrap().reads[0])
                .unwrap()
                .clone();
            let names: Vec<String> = table.texts(column).unwrap().into_iter().flatten().collect();
            let texts = texts(&document);
            let left = texts.iter().map(|t| t.x0).fold(f64::INFINITY, f64::min);
            let rows = texts.iter().filter(|t| {
                t.x0 == left
                    && names
                        .iter()
                        .any(|n| n.starts_with(t.words.trim_end_matches('…')))
            });
            let rows: Vec<f64> = rows.map(|t| (t.top + t.foot) / 2.0).collect();
            let marks: Vec<_> = marks(&document)
                .into_iter()
                .filter(|m| key(*m) != "all")
                .collect();
            assert_eq!(rows.len(), marks.len(), "{chart} {name}");
            for (row, mark) in rows.iter().zip(marks) {
                let title = mark
                    .children()
                    .find(|c| c.has_tag_name("title"))
                    .unwrap()
                    .text()
                    .unwrap();
                let shape = mark
                    .descendants()
                    .rfind(|c| c.has_tag_name("circle") || c.has_tag_name("rect"))
                    .unwrap();
                let middle = match shape.attribute("cy") {
                    Some(_) => number(shape, "cy"),
                    None => number(shape, "y") + number(shape, "height") / 2.0,
                };
                assert!(
                    (middle - row).abs() < 40.0,
                    "{chart} {name}: {title} at {middle} beside {row}"
                );
            }
        }
    }
}

#[test]
fn few_referrals_are_hollow_and_come_after_the_ranked() {
    let drawing = drawn("leakage", Case::Usual, &crate::pictures::frame());
    let document = Document::parse(&drawing.svg).unwrap();
    let table = tables(Case::Usual)
        .get("leakage_by_specialty")
        .unwrap()
        .clone();
    let n = values(&table, &["specialty"], "n");
    let shrunk = values(&table, &["specialty"], "shrunk_leakage");
    let (low, high) = (
        values(&table, &["specialty"], "leakage_bound_low"),
        values(&table, &["specialty"], "leakage_bound_high"),
    );
    let apart = |k: &str| n[k] < 30.0 || high[k] - low[k] > 0.10;
    let rows: Vec<_> = marks(&document)
        .into_iter()
        .filter(|m| key(*m) != "all")
        .collect();
    for mark in &rows {
        let hollow = last(*mark, "rect").attribute("fill") == Some("none");
        assert_eq!(hollow, apart(key(*mark)), "{}", key(*mark));
    }
    let ranked: Vec<f64> = rows
        .iter()
        .filter(|m| !apart(key(**m)))
        .map(|m| shrunk[key(*m)])
        .collect();
    assert!(ranked.windows(2).all(|w| w[0] >= w[1]), "{ranked:?}");
    let first = rows.iter().position(|m| apart(key(*m))).unwrap();
    assert!(
        rows[first..].iter().all(|m| apart(key(*m))),
        "what is not ranked stands last"
    );
}

#[test]
fn unknown_destinations_leave_only_bounds_and_no_rank() {
    let drawing = drawn("leakage", Case::Unknown, &crate::pictures::frame());
    let document = Document::parse(&drawing.svg).unwrap();
    let table = tables(Case::Unknown)
        .get("leakage_by_specialty")
        .unwrap()
        .clone();
    let high = values(&table, &["specialty"], "leakage_bound_high");
    let at = scale(&document, "x");
    let marks = marks(&document);
    let names: Vec<&str> = marks
        .iter()
        .map(|m| key(*m))
        .filter(|k| *k != "all")
        .collect();
    assert!(names.windows(2).all(|w| w[0] < w[1]), "by name: {names:?}");
    assert!(
        !drawing.svg.contains(&frameless_highlight()),
        "nothing is highlighted"
    );
    for mark in marks
        .iter()
        .filter(|m| m.attribute("data-column") == Some("leakage_bound_high"))
    {
        let bar = last(*mark, "rect");
        near(
            number(bar, "x") + number(bar, "width"),
            at(high[key(*mark)]),
            key(*mark),
        );
        assert!(
            bar.attribute("fill").unwrap().starts_with("url("),
            "what is unknown is hatched"
        );
    }
}

fn frameless_highlight() -> String {
    catchment_charts::Theme::Light.palette().highlight.hex()
}

#[test]
fn lapsed_bars_are_as_long_as_their_values() {
    for (name, frame) in frames() {
        let drawing = drawn("lapsed", Case::Usual, &frame);
        let document = Document::parse(&drawing.svg).unwrap();
        let table = tables(Case::Usual).get("lapsed").unwrap().clone();
        let loss = values(&table, &["referring_npi"], "expected_lapse_loss");
        let marks = marks(&document);
        assert_eq!(marks.len() + further(&drawing), 14, "{name}");
        assert!(
            marks.len() == 12 || name.contains("half") && marks.len() >= 9,
            "{name}"
        );
        let first = number(last(marks[0], "rect"), "width") / loss[key(marks[0])];
        for mark in &marks {
            assert_eq!(number(*mark, "data-value"), loss[key(*mark)]);
            near(
                number(last(*mark, "rect"), "width"),
                loss[key(*mark)] * first,
                key(*mark),
            );
        }
        quarters(&marks, &table);
        slopes(&marks, &table);
    }
}

/// The small bars of the last four quarters, all on one scale.
fn quarters(marks: &[Node<'_, '_>], table: &Table) {
    let mut scales = Vec::new();
    for column in ["q_3", "q_2", "q_1", "q_0"] {
        let values = values(table, &["referring_npi"], column);
        for mark in marks {
            let part = mark
                .children()
                .find(|c| c.attribute("data-column") == Some(column))
                .unwrap();
            assert_eq!(number(part, "data-value"), values[key(*mark)]);
            let bar = part.children().find(|c| c.has_tag_name("rect"));
            match bar {
                Some(bar) => scales.push((number(bar, "height"), values[key(*mark)])),
                None => assert_eq!(values[key(*mark)], 0.0),
            }
        }
    }
    let unit = scales
        .iter()
        .map(|(height, value)| height / value)
        .fold(0.0, f64::max);
    for (height, value) in scales {
        assert!((height - value * unit).abs() <= 2.0, "{height} for {value}");
    }
}

/// The slopes from the former to the present number, all on one scale.
fn slopes(marks: &[Node<'_, '_>], table: &Table) {
    let former = values(table, &["referring_npi"], "former_per_quarter");
    let present = values(table, &["referring_npi"], "present_per_quarter");
    let height = |mark: &Node<'_, '_>, column: &str| {
        let part = mark
            .children()
            .find(|c| c.attribute("data-column") == Some(column))?;
        Some(number(last(part, "circle"), "cy"))
    };
    let fall = |mark: &Node<'_, '_>| {
        Some(height(mark, "present_per_quarter")? - height(mark, "former_per_quarter")?)
    };
    // Half a slide has no room for slopes.
    let Some(first) = fall(&marks[0]) else {
        return;
    };
    let lost = |mark: &Node<'_, '_>| former[key(*mark)] - present[key(*mark)];
    for mark in marks {
        let expected = first / lost(&marks[0]) * lost(mark);
        assert!(
            first > 0.0 && (fall(mark).unwrap() - expected).abs() <= 2.0,
            "{}",
            key(*mark)
        );
    }
}

#[test]
fn underserved_dots_stand_at_their_share_of_the_benchmark() {
    for case in [Case::Usual, Case::One, Case::Calm] {
        for (name, frame) in frames() {
            let drawing = drawn("underserved", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let table = tables(case).get("underserved").unwrap().clone();
            let keys = ["county", "specialty"];
            let (access, benchmark) = (
                values(&table, &keys, "access"),
                values(&table, &keys, "benchmark"),
            );
            let at = scale(&document, "x");
            let marks = marks(&document);
            assert_eq!(
                marks.len() + further(&drawing),
                table.rows(),
                "{case:?} {name}"
            );
            assert!(marks.len() >= table.rows().min(8) && marks.len() <= 15);
            assert_eq!(drawing.shown, marks.len());
            for mark in marks {
                assert_eq!(number(mark, "data-value"), access[key(mark)]);
                near(
                    number(last(mark, "circle"), "cx"),
                    at(access[key(mark)] / benchmark[key(mark)]),
                    key(mark),
                );
            }
        }
    }
}

#[test]
fn what_lies_at_the_edge_is_hollow() {
    let drawing = drawn("underserved", Case::Usual, &crate::pictures::frame());
    let document = Document::parse(&drawing.svg).unwrap();
    let hollow: Vec<&str> = marks(&document)
        .into_iter()
        .filter(|m| last(*m, "circle").attribute("fill") == Some("none"))
        .map(key)
        .collect();
    assert_eq!(
        hollow,
        ["Wayne|Cardiology", "Pike|Gastroenterology", "Wayne|Urology"]
    );
}

#[test]
fn overflow_dots_stand_at_demand_and_slots() {
    for case in [Case::Usual, Case::One, Case::Calm] {
        for (name, frame) in frames() {
            let drawing = drawn("overflow", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let table = tables(case).get("overflow").unwrap().clone();
            let keys = ["practice_id", "specialty"];
            let (demand, slots) = (
                values(&table, &keys, "weekly_demand"),
                values(&table, &keys, "weekly_slots"),
            );
            let at = scale(&document, "x");
            let marks = marks(&document);
            assert_eq!(
                marks.len() + further(&drawing),
                table.rows(),
                "{case:?} {name}"
            );
            assert!(marks.len() >= table.rows().min(8));
            for mark in marks {
                near(
                    number(last(mark, "circle"), "cx"),
                    at(demand[key(mark)]),
                    key(mark),
                );
                let part = mark
                    .children()
                    .find(|c| c.attribute("data-column") == Some("weekly_slots"));
                assert_eq!(
                    part.is_some(),
                    slots.contains_key(key(mark)),
                    "no post for unknown slots"
                );
                if let Some(part) = part {
                    let points = last(part, "polyline").attribute("points").unwrap();
                    let x: f64 = points.split(',').next().unwrap().parse().unwrap();
                    near(x, at(slots[key(mark)]), key(mark));
                }
            }
        }
    }
}

#[test]
fn what_is_missing_or_withheld_is_said_and_never_drawn_as_zero() {
    for chart in catchment_charts::CHARTS {
        let drawing = (chart.draw)(&tables(Case::None), &crate::pictures::frame()).unwrap();
        assert!(drawing.empty && drawing.shown == 0, "{}", chart.name);
        assert!(!drawing.svg.contains("data-table"));
        let nothing = catchment_charts::Tables::default();
        let drawing = (chart.draw)(&nothing, &crate::pictures::frame()).unwrap();
        assert!(drawing.empty, "{}", chart.name);
        let drawing = (chart.draw)(&tables(Case::Withheld), &crate::pictures::frame()).unwrap();
        assert!(
            drawing.withheld > 0 && drawing.withheld == drawing.shown,
            "{}",
            chart.name
        );
        let document = Document::parse(&drawing.svg).unwrap();
        for mark in marks(&document) {
            assert_eq!(mark.attribute("data-value"), Some(""));
        }
        assert!(drawing.svg.contains("url(#"), "{} has a hatch", chart.name);
    }
}
