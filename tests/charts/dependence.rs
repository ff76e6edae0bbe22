//! The charts of on whom we depend: the curves of the first referrers, and the largest practices.

use std::collections::BTreeMap;

use resvg::usvg::roxmltree::{Document, Node};

use crate::made::{Case, tables};
use crate::marks::{drawn, further, key, last, near, values};
use crate::pictures::{frame, frames};
use crate::svg::{marks, number, scale};

/// The points of a curve.
fn points(mark: Node<'_, '_>) -> Vec<(f64, f64)> {
    let line = last(mark, "polyline").attribute("points").unwrap();
    let pair = |point: &str| {
        let (x, y) = point.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    line.split(' ').map(pair).collect()
}

/// Curves and the sums of fragility, by their tables.
fn of<'a, 'b>(marks: &[Node<'a, 'b>], table: &str) -> Vec<Node<'a, 'b>> {
    let own = marks
        .iter()
        .filter(|m| m.attribute("data-table") == Some(table));
    own.copied().collect()
}

#[test]
fn curves_go_through_their_shares_and_dots_stand_at_the_first() {
    for case in [Case::Usual, Case::One, Case::Calm, Case::Unknown] {
        let table = tables(case).get("concentration_curve").unwrap().clone();
        let shares = values(&table, &["specialty", "referrers"], "cumulative_share");
        for (name, frame) in frames() {
            let drawing = drawn("concentration", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let marks = marks(&document);
            let curves = of(&marks, "concentration_curve");
            let own = curves.iter().filter(|m| key(**m) != "all").count();
            let referrers = values(&table, &["specialty"], "referrers");
            let specialties = referrers.keys().filter(|k| *k != "all").count();
            assert_eq!(own + further(&drawing), specialties, "{case:?} {name}");
            let at = scale(&document, "y");
            for mark in curves {
                let points = points(mark);
                let most = referrers[key(mark)].min(60.0);
                assert_eq!(points.len(), most as usize + 1);
                near(points[0].1, at(0.0), "nobody sends nothing");
                let unit = (points[points.len() - 1].0 - points[0].0) / most;
                for (count, point) in points.iter().enumerate().skip(1) {
                    let share = shares[&format!("{}|{count}", key(mark))];
                    near(point.1, at(share), key(mark));
                    near(point.0, points[0].0 + unit * count as f64, key(mark));
                }
                let end = shares[&format!("{}|{most}", key(mark))];
                assert_eq!(number(mark, "data-value"), end);
            }
            for mark in of(&marks, "concentration_curve") {
                let dots: Vec<_> = mark
                    .children()
                    .filter(|c| c.has_attribute("data-column"))
                    .collect();
                // Six referrers have no tenth.
                let most = referrers[key(mark)];
                let counts = [1.0, 5.0, 10.0].into_iter().filter(|count| *count <= most);
                let sent: Vec<f64> = counts
                    .map(|count| shares[&format!("{}|{count}", key(mark))])
                    .collect();
                assert_eq!(dots.len(), sent.len(), "{}", key(mark));
                for (dot, share) in dots.iter().zip(sent) {
                    assert_eq!(number(*dot, "data-value"), share);
                    near(number(last(*dot, "circle"), "cy"), at(share), key(mark));
                }
            }
        }
    }
}

#[test]
fn curves_have_colours_of_their_own() {
    for case in [Case::Usual, Case::Calm, Case::Unknown] {
        let drawing = drawn("concentration", case, &frame());
        let document = Document::parse(&drawing.svg).unwrap();
        let curves = of(&marks(&document), "concentration_curve");
        let colours: BTreeMap<&str, &str> = curves
            .iter()
            .map(|m| (last(*m, "polyline").attribute("stroke").unwrap(), key(*m)))
            .collect();
        assert_eq!(colours.len(), curves.len(), "{case:?}: {colours:?}");
        let highlight = frame().theme.palette().highlight.hex();
        let first = colours.get(highlight.as_str()).copied();
        // In a calm quarter all specialties are too small.
        assert_eq!(first, (case != Case::Calm).then_some("Urology"));
    }
}

#[test]
fn fragile_specialties_stand_at_their_largest_practice() {
    for case in [Case::Usual, Case::One, Case::Calm, Case::Unknown] {
        let table = tables(case).get("fragility").unwrap().clone();
        let all = table.only("practice_id", "all").unwrap();
        let keys = ["specialty", "practice_id"];
        let (top, n) = (values(&all, &keys, "top_1"), values(&all, &keys, "n"));
        for (name, frame) in frames() {
            let drawing = drawn("fragility", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let marks = marks(&document);
            assert_eq!(
                marks.len() + further(&drawing),
                all.rows(),
                "{case:?} {name}"
            );
            let at = scale(&document, "x");
            for mark in &marks {
                assert_eq!(number(*mark, "data-value"), top[key(*mark)]);
                let dot = last(*mark, "circle");
                near(number(dot, "cx"), at(top[key(*mark)]), key(*mark));
                let hollow = dot.attribute("fill") == Some("none");
                assert_eq!(hollow, n[key(*mark)] < 30.0, "{}", key(*mark));
            }
            let own = marks.iter().filter(|m| key(**m) != "all|all");
            let ranked: Vec<f64> = own
                .filter(|m| n[key(**m)] >= 30.0)
                .map(|m| top[key(*m)])
                .collect();
            assert!(ranked.windows(2).all(|w| w[0] >= w[1]), "{ranked:?}");
        }
    }
}

#[test]
fn bridges_are_left_out_where_the_network_is_not_known() {
    let usual = drawn("fragility", Case::Usual, &frame());
    assert!(usual.svg.contains(">Bridges<") && usual.footer.contains("Bridges:"));
    let calm = drawn("fragility", Case::Calm, &frame());
    assert!(!calm.svg.contains("Bridges") && !calm.footer.contains("Bridges"));
}
