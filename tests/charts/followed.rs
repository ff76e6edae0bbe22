//! The charts of what became of referrers: lost and gained, the bridge, who stays, and forecasts.

use catchment_base::TableBuilder;
use catchment_charts::{Shape, Tables, find};
use resvg::usvg::roxmltree::{Document, Node};

use crate::made::{Case, tables};
use crate::marks::{drawn, further, key, last, near, values};
use crate::pictures::{frame, frames};
use crate::svg::{marks, number, scale};

const SHOWN: [Case; 4] = [Case::Usual, Case::One, Case::Calm, Case::Unknown];

fn part<'a, 'b>(mark: Node<'a, 'b>, column: &str) -> Option<Node<'a, 'b>> {
    mark.children()
        .find(|c| c.attribute("data-column") == Some(column))
}

/// The left and right edge of a bar.
fn ends(bar: Node<'_, '_>) -> (f64, f64) {
    let x = number(bar, "x");
    (x, x + number(bar, "width"))
}

/// The first and last point of a line.
fn line_ends(mark: Node<'_, '_>) -> ((f64, f64), (f64, f64)) {
    let line = mark
        .children()
        .find(|c| c.has_tag_name("polyline"))
        .unwrap();
    let points: Vec<f64> = line
        .attribute("points")
        .unwrap()
        .split([' ', ','])
        .map(|p| p.parse().unwrap())
        .collect();
    ((points[0], points[1]), (points[2], points[3]))
}

#[test]
fn what_is_lost_lies_left_of_zero_and_what_is_gained_right() {
    let keys = ["specialty", "territory"];
    for case in SHOWN {
        let table = tables(case).get("lapsed_summary").unwrap().clone();
        let of = |column: &str| values(&table, &keys, column);
        let (lost, gained, net) = (of("lost_per_quarter"), of("gained_per_quarter"), of("net"));
        let (low, high) = (of("lost_per_quarter_low"), of("gained_per_quarter_high"));
        for (name, frame) in frames() {
            let drawing = drawn("lapsed_summary", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let marks = marks(&document);
            assert_eq!(
                marks.len() + further(&drawing),
                table.rows() / 2,
                "{case:?} {name}"
            );
            let at = scale(&document, "x");
            for mark in &marks {
                assert_eq!(number(*mark, "data-value"), net[key(*mark)]);
                let (Some(left), Some(right)) = (
                    part(*mark, "lost_per_quarter"),
                    part(*mark, "gained_per_quarter"),
                ) else {
                    assert_eq!(key(*mark), "all|all", "the sum has no bars");
                    continue;
                };
                let (bar, other) = (ends(last(left, "rect")), ends(last(right, "rect")));
                near(bar.0, at(-lost[key(*mark)]), key(*mark));
                near(bar.1, at(0.0), key(*mark));
                near(other.0, at(0.0), key(*mark));
                near(other.1, at(gained[key(*mark)]), key(*mark));
                near(line_ends(left).0.0, at(-low[key(*mark)]), "low of lost");
                near(line_ends(right).1.0, at(high[key(*mark)]), "high of gained");
            }
            let own = marks.iter().filter(|m| key(**m) != "all|all");
            let order: Vec<f64> = own.map(|m| lost[key(*m)]).collect();
            assert!(order.windows(2).all(|w| w[0] >= w[1]), "{order:?}");
        }
    }
}

const PARTS: [&str; 7] = [
    "new",
    "reactivated",
    "growing",
    "stable",
    "declining",
    "lapsed",
    "affiliation_changed",
];

#[test]
fn the_bridge_leads_from_before_to_now() {
    let keys = ["specialty", "territory"];
    let palette = frame().theme.palette();
    for case in [Case::Usual, Case::One, Case::Calm] {
        let table = tables(case).get("inbound_bridge").unwrap().clone();
        let of = |column: &str| values(&table, &keys, column)["all|all"];
        for (name, frame) in frames() {
            let drawing = drawn("bridge", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let marks = marks(&document);
            assert_eq!(marks.len(), 1, "{case:?} {name}");
            let at = scale(&document, "x");
            let mark = marks[0];
            let from = ends(last(part(mark, "from_n").unwrap(), "rect"));
            near(from.0, at(0.0), "before");
            near(from.1, at(of("from_n")), "before");
            let mut start = of("from_n");
            for column in PARTS {
                let value = of(column);
                let part = part(mark, column).unwrap();
                assert_eq!(number(part, "data-value"), value);
                let bar = last(part, "rect");
                let (left, right) = ends(bar);
                near(left, at(start.min(start + value)), column);
                near(right, at(start.max(start + value)), column);
                if name == "wide" {
                    let expected = if value < 0.0 {
                        palette.highlight
                    } else {
                        palette.ours
                    };
                    assert_eq!(bar.attribute("fill"), Some(expected.hex().as_str()));
                }
                start += value;
            }
            assert_eq!(start, of("to_n"), "the parts add up");
            let now = mark.children().rfind(|c| c.has_tag_name("rect")).unwrap();
            near(ends(now).1, at(start), "now");
            assert_eq!(number(mark, "data-value"), start);
        }
    }
}

/// A cell's shade is the fifth of the scale that its share lies in; small lines have outlines.
#[test]
fn cells_of_cohorts_are_shaded_by_their_shares() {
    let keys = ["first_quarter", "quarters_since"];
    let palette = frame().theme.palette();
    for case in SHOWN {
        let table = tables(case).get("referrer_cohorts").unwrap().clone();
        let (share, n) = (values(&table, &keys, "share"), values(&table, &keys, "n"));
        for (name, frame) in frames() {
            let drawing = drawn("cohorts", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let marks = marks(&document);
            let most = if frame.shape == Shape::Half { 7 } else { 13 };
            assert!(marks.iter().all(|m| {
                key(*m)
                    .rsplit_once('|')
                    .unwrap()
                    .1
                    .parse::<usize>()
                    .unwrap()
                    < most
            }));
            let cells: std::collections::BTreeSet<&str> = marks.iter().map(|m| key(*m)).collect();
            assert_eq!(cells.len(), marks.len());
            if case != Case::Unknown && frame.shape == Shape::Wide {
                assert_eq!(marks.len(), table.rows(), "{case:?} {name}");
            }
            for mark in marks {
                assert_eq!(number(mark, "data-value"), share[key(mark)]);
                let rect = mark.children().find(|c| c.has_tag_name("rect")).unwrap();
                let outlined = mark.children().any(|c| c.attribute("fill") == Some("none"));
                assert_eq!(outlined, n[key(mark)] < 30.0, "{}", key(mark));
                let step = ((share[key(mark)] * 5.0) as usize).min(4);
                if !outlined && name == "wide" {
                    let expected = palette.sequential[step].hex();
                    assert_eq!(rect.attribute("fill"), Some(expected.as_str()));
                }
                let written = mark.children().find(|c| c.has_tag_name("text")).unwrap();
                let percent = format!("{:.0}\u{202f}%", share[key(mark)] * 100.0);
                assert_eq!(written.text(), Some(percent.as_str()));
            }
        }
    }
}

#[test]
fn bins_stand_at_forecast_and_outcome() {
    let keys = ["as_of_quarter", "rule", "bin"];
    for case in SHOWN {
        let table = tables(case).get("backtest").unwrap().clone();
        let of = |column: &str| values(&table, &keys, column);
        let (predicted, observed, n) = (of("predicted"), of("observed"), of("n"));
        let (low, high) = (of("observed_low"), of("observed_high"));
        for (name, frame) in frames() {
            let drawing = drawn("backtest", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let marks = marks(&document);
            assert_eq!(
                marks.len(),
                table.rows() / 3,
                "{case:?} {name}: the last forecast alone"
            );
            let (across, up) = (scale(&document, "x"), scale(&document, "y"));
            let mut areas = Vec::new();
            for mark in marks {
                assert!(key(mark).starts_with("2025Q3|catchment|"));
                assert_eq!(number(mark, "data-value"), observed[key(mark)]);
                let dot = last(mark, "circle");
                near(number(dot, "cx"), across(predicted[key(mark)]), key(mark));
                near(number(dot, "cy"), up(observed[key(mark)]), key(mark));
                let (from, to) = line_ends(mark);
                near(from.1, up(low[key(mark)]), "low");
                near(to.1, up(high[key(mark)]), "high");
                let hollow = dot.attribute("fill") == Some("none");
                assert_eq!(
                    hollow,
                    n[key(mark)] < 30.0 || case == Case::Unknown,
                    "{}",
                    key(mark)
                );
                areas.push((n[key(mark)], number(dot, "r")));
            }
            areas.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(areas.windows(2).all(|w| w[0].1 <= w[1].1), "{areas:?}");
        }
    }
}

/// Where the table has all forecasts together, those are drawn and none of a quarter alone.
#[test]
fn all_forecasts_together_go_before_the_last() {
    let table = tables(Case::Usual).get("backtest").unwrap().clone();
    let mut out = TableBuilder::new("backtest");
    for (at, field) in table.batch().schema().fields().iter().enumerate() {
        out = match field.name().as_str() {
            "as_of_quarter" => {
                let of = table.texts("as_of_quarter").unwrap().into_iter().flatten();
                let of = of.map(|q| if q == "2024Q4" { "all".to_string() } else { q });
                out.text("as_of_quarter", of.map(Some))
            }
            name => out.array(name, table.batch().column(at).clone()),
        };
    }
    let together = Tables::new([out.finish().unwrap()]);
    let drawing = (find("backtest").unwrap().draw)(&together, &frame()).unwrap();
    let document = Document::parse(&drawing.svg).unwrap();
    let marks = marks(&document);
    assert_eq!(marks.len(), table.rows() / 3);
    assert!(
        marks
            .iter()
            .all(|mark| key(*mark).starts_with("all|catchment|"))
    );
    assert!(
        drawing.subtitle.contains("at the end of 2025"),
        "{}",
        drawing.subtitle
    );
}

/// Eight of ten made intervals hold their forecast, by hand.
#[test]
fn the_footer_counts_the_intervals_that_hold_the_diagonal() {
    let drawing = drawn("backtest", Case::Usual, &frame());
    assert!(
        drawing
            .footer
            .contains("10 of 10 intervals hold the diagonal."),
        "{}",
        drawing.footer
    );
}

/// Who began in this quarter refers in it by definition: that is nothing to report.
#[test]
fn cohorts_wait_for_a_second_quarter() {
    let table = TableBuilder::new("referrer_cohorts")
        .text("first_quarter", [Some("2026Q3")])
        .int("quarters_since", [Some(0)])
        .int("n", [Some(30)])
        .int("active", [Some(30)])
        .real("share", [Some(1.0)])
        .real("share_low", [Some(0.89)])
        .real("share_high", [Some(1.0)]);
    let tables = Tables::new([table.finish().unwrap()]);
    for (name, frame) in frames() {
        let drawing = (find("cohorts").unwrap().draw)(&tables, &frame).unwrap();
        assert!(drawing.empty, "{name}: {}", drawing.title);
    }
}

/// What counts as a lapse is said as the run had it.
#[test]
fn lapsed_says_by_which_rule() {
    let info = |rule: &str| {
        let table = TableBuilder::new("run_info").text("lapse_rule", [Some(rule)]);
        let lapsed = tables(Case::Usual).get("lapsed").unwrap().clone();
        Tables::new([lapsed, table.finish().unwrap()])
    };
    let lapsed = find("lapsed").unwrap();
    for (name, frame) in frames() {
        let own = (lapsed.draw)(&info("gap"), &frame).unwrap();
        assert_eq!(own.svg, drawn("lapsed", Case::Usual, &frame).svg, "{name}");
        let days = (lapsed.draw)(&info("days=90"), &frame).unwrap();
        assert!(days.footer.contains("days=90") && !days.footer.contains("q-value"));
        assert!(!days.subtitle.contains("rhythm"), "{}", days.subtitle);
    }
}

#[test]
fn lapsed_referrers_have_their_cause_where_the_table_has_one() {
    for (name, frame) in frames() {
        let usual = drawn("lapsed", Case::Usual, &frame);
        assert!(
            usual.svg.contains(">Another NPI<") && usual.svg.contains(">Retired<"),
            "{name}"
        );
        assert!(
            !drawn("lapsed", Case::Calm, &frame)
                .svg
                .contains(">Retired<")
        );
    }
}
