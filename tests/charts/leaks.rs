//! The charts that follow leakage: what changed it, where it goes, where it comes from, who splits.

use std::collections::BTreeMap;

use catchment_base::Table;
use catchment_charts::{Drawing, Shape};
use resvg::usvg::roxmltree::{Document, Node};

use crate::made::{Case, tables};
use crate::marks::{drawn, further, key, last, near, values};
use crate::pictures::{frame, frames};
use crate::svg::{marks, number, scale};

const PARTS: [&str; 6] = [
    "rate",
    "mix",
    "new_referrers",
    "lost_referrers",
    "affiliation",
    "coverage",
];

/// The left and right edge of a bar.
fn ends(bar: Node<'_, '_>) -> (f64, f64) {
    let x = number(bar, "x");
    (x, x + number(bar, "width"))
}

#[test]
fn the_parts_of_a_change_stand_on_each_other_and_end_at_the_change() {
    let keys = ["specialty", "comparison"];
    for case in [Case::Usual, Case::One, Case::Calm] {
        let table = tables(case)
            .get("leakage_change_explained")
            .unwrap()
            .clone();
        let change = values(&table, &keys, "change");
        let (low, high) = (
            values(&table, &keys, "change_low"),
            values(&table, &keys, "change_high"),
        );
        for (name, frame) in frames() {
            let drawing = drawn("leakage_change", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let marks = marks(&document);
            let wanted = if frame.shape == Shape::Half || case == Case::One {
                1
            } else {
                2
            };
            assert_eq!(marks.len(), wanted, "{case:?} {name}");
            for (mark, axis) in marks.into_iter().zip(["x", "x-year"]) {
                let at = scale(&document, axis);
                let mut start = 0.0f64;
                for column in PARTS {
                    let value = values(&table, &keys, column)[key(mark)];
                    let part = mark
                        .children()
                        .find(|c| c.attribute("data-column") == Some(column))
                        .unwrap();
                    assert_eq!(number(part, "data-value"), value);
                    let (left, right) = ends(last(part, "rect"));
                    near(left, at(start.min(start + value)), column);
                    near(right, at(start.max(start + value)), column);
                    start += value;
                }
                assert!((start - change[key(mark)]).abs() < 1e-9);
                assert_eq!(number(mark, "data-value"), change[key(mark)]);
                let (left, right) = ends(last(mark, "rect"));
                near(left, at(start.min(0.0)), "change");
                near(right, at(start.max(0.0)), "change");
                let line = mark
                    .children()
                    .find(|c| c.has_tag_name("polyline"))
                    .unwrap();
                let points = line.attribute("points").unwrap().replace(',', " ");
                let ends: Vec<f64> = points.split(' ').map(|p| p.parse().unwrap()).collect();
                near(ends[0], at(low[key(mark)]), "low");
                near(ends[2], at(high[key(mark)]), "high");
            }
        }
    }
}

fn fills(drawing: &Drawing) -> Vec<String> {
    let document = Document::parse(&drawing.svg).unwrap();
    let shapes = marks(&document).into_iter().flat_map(|m| {
        let parts = m.descendants().filter(|c| c.has_tag_name("rect"));
        parts.filter_map(|c| c.attribute("fill").map(str::to_string))
    });
    shapes.collect()
}

#[test]
fn a_change_that_is_not_clear_has_no_colour() {
    let palette = frame().theme.palette();
    let colours = [palette.highlight.hex(), palette.ours.hex()];
    let coloured = |case| {
        let all = fills(&drawn("leakage_change", case, &frame()));
        all.iter().filter(|fill| colours.contains(fill)).count()
    };
    assert_eq!(coloured(Case::Usual), 12);
    assert_eq!(coloured(Case::Calm), 0);
}

/// The sums of the known counts between county and destination, with all small practices together,
/// and with what is beyond the eight largest of a side together.
fn sums(table: &Table) -> BTreeMap<(String, String), i64> {
    let (counties, destinations) = (
        table.texts("county").unwrap(),
        table.texts("destination_id").unwrap(),
    );
    let (n, providers) = (table.ints("n").unwrap(), table.ints("providers").unwrap());
    let mut rows = Vec::new();
    for row in 0..table.rows() {
        let county = match providers[row] {
            Some(3..) => counties[row].clone().unwrap(),
            _ => "other".to_string(),
        };
        rows.push((
            county,
            destinations[row].clone().unwrap(),
            n[row].unwrap_or(0),
        ));
    }
    let first = |side: &dyn Fn(&(String, String, i64)) -> &String| {
        let mut sums: BTreeMap<&String, i64> = BTreeMap::new();
        for row in &rows {
            *sums.entry(side(row)).or_default() += row.2;
        }
        sums.remove(&"other".to_string());
        let mut order: Vec<(i64, &String)> = sums.into_iter().map(|(k, n)| (-n, k)).collect();
        order.sort();
        let names = order.into_iter().take(8).map(|(_, k)| k.clone());
        names.collect::<Vec<String>>()
    };
    let (left, right) = (first(&|r| &r.0), first(&|r| &r.1));
    let named = |name: &String, names: &[String]| {
        let known = names.contains(name);
        if known {
            name.clone()
        } else {
            "other".to_string()
        }
    };
    let mut out = BTreeMap::new();
    for row in &rows {
        *out.entry((named(&row.0, &left), named(&row.1, &right)))
            .or_default() += row.2;
    }
    out.retain(|_, n| *n > 0);
    out
}

/// The heights at which a band leaves and arrives: top and foot on the left, top and foot on the right.
fn band(mark: Node<'_, '_>) -> [f64; 4] {
    let path = mark.children().find(|c| c.has_tag_name("path")).unwrap();
    let drawn = path.attribute("d").unwrap();
    let numbers: Vec<f64> = drawn
        .split([' ', 'M', 'C', 'L', 'Z'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().unwrap())
        .collect();
    [numbers[1], numbers[15], numbers[7], numbers[9]]
}

#[test]
fn bands_are_as_wide_as_their_referrals_and_lie_beside_each_other() {
    for case in [Case::Usual, Case::One, Case::Calm, Case::Unknown] {
        let table = tables(case).get("leakage_flows").unwrap().clone();
        let sums = sums(&table);
        for (name, frame) in frames() {
            let drawing = drawn("flows", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let marks = marks(&document);
            assert_eq!(marks.len(), sums.len(), "{case:?} {name}");
            let (mut tall, mut n) = (0.0, 0.0);
            let mut sides: BTreeMap<(usize, &str), Vec<(f64, f64)>> = BTreeMap::new();
            for mark in &marks {
                let (from, to) = key(*mark).split_once('|').unwrap();
                let sum = sums[&(from.to_string(), to.to_string())] as f64;
                assert_eq!(number(*mark, "data-value"), sum);
                let [a, b, c, d] = band(*mark);
                assert!((b - a - (d - c)).abs() < 0.05, "{}", key(*mark));
                tall += b - a;
                n += sum;
                sides.entry((0, from)).or_default().push((a, b));
                sides.entry((1, to)).or_default().push((c, d));
            }
            for mark in &marks {
                let [a, b, ..] = band(*mark);
                near(b - a, number(*mark, "data-value") * tall / n, key(*mark));
            }
            for (side, mut spans) in sides {
                spans.sort_by(|a, b| a.0.total_cmp(&b.0));
                let touching = spans.windows(2).all(|s| (s[0].1 - s[1].0).abs() < 0.05);
                assert!(touching, "{case:?} {name} {side:?}: {spans:?}");
            }
        }
    }
}

#[test]
fn small_practices_are_never_placed_and_what_is_withheld_is_said() {
    let drawing = drawn("flows", Case::Calm, &frame());
    let document = Document::parse(&drawing.svg).unwrap();
    assert!(
        marks(&document)
            .iter()
            .all(|m| key(*m).starts_with("other|"))
    );
    let table = tables(Case::Unknown).get("leakage_flows").unwrap().clone();
    let hidden = table
        .ints("n")
        .unwrap()
        .iter()
        .filter(|n| n.is_none())
        .count();
    let said = format!("The counts of {hidden} rows are withheld and in no band.");
    assert!(
        hidden > 1
            && drawn("flows", Case::Unknown, &frame())
                .footer
                .contains(&said)
    );
}

/// The middle of what a mark's first outline covers.
fn centre(mark: Node<'_, '_>) -> (f64, f64) {
    let path = mark.children().find(|c| c.has_tag_name("path")).unwrap();
    let numbers: Vec<f64> = path
        .attribute("d")
        .unwrap()
        .split([' ', 'M', 'L', 'Z'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().unwrap())
        .collect();
    let middle = |from: usize| {
        let values = || numbers.iter().skip(from).step_by(2).copied();
        (values().fold(f64::INFINITY, f64::min) + values().fold(f64::NEG_INFINITY, f64::max)) / 2.0
    };
    (middle(0), middle(1))
}

#[test]
fn counties_stand_where_they_lie_and_those_without_a_place_are_counted() {
    for case in [Case::Usual, Case::Longest, Case::Unknown, Case::Withheld] {
        for (name, frame) in frames() {
            let drawing = drawn("leakage_map", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let table = tables(case)
                .get("leakage_by_referring_county")
                .unwrap()
                .clone();
            let rows = table.only("quarter", "2026Q3").unwrap().rows();
            let marks = marks(&document);
            // One has no known county, one stands in no list of places.
            assert_eq!(marks.len(), rows - 2, "{case:?} {name}");
            assert!(drawing.footer.contains("1\u{a0}county can’t be placed"));
            assert!(
                drawing
                    .footer
                    .contains("eligible referrals have no known county.")
            );
            let at = |county: &str| {
                let mark = marks.iter().find(|m| key(**m).starts_with(county));
                centre(*mark.unwrap())
            };
            // North of the territory, from west to east, then southwards.
            let row = ["Bradford", "Susquehanna", "Wayne"].map(at);
            assert!(row[0].0 < row[1].0 && row[1].0 < row[2].0);
            assert!(at("Wyoming").1 < at("Luzerne").1 && at("Wayne").1 < at("Monroe").1);
            assert!(at("Sullivan").0 < at("Wyoming").0);
        }
    }
}

#[test]
fn shades_follow_leakage_and_few_referrals_are_hollow() {
    let palette = frame().theme.palette();
    let shades = palette.sequential.map(|shade| shade.hex());
    for case in [Case::Usual, Case::Unknown, Case::One] {
        let drawing = drawn("leakage_map", case, &frame());
        let document = Document::parse(&drawing.svg).unwrap();
        let table = tables(case)
            .get("leakage_by_referring_county")
            .unwrap()
            .clone();
        let leakage = values(&table, &["county"], "leakage");
        let mut shaded = Vec::new();
        for mark in marks(&document) {
            let path = mark.children().find(|c| c.has_tag_name("path")).unwrap();
            let fill = path.attribute("fill").unwrap();
            let rate = leakage[key(mark)];
            assert_eq!(number(mark, "data-value"), rate);
            match shades.iter().position(|shade| shade == fill) {
                Some(shade) => shaded.push((rate, shade)),
                None => {
                    assert_eq!(fill, palette.paper.hex());
                    assert!(["Sullivan", "Pike"].contains(&key(mark)), "{}", key(mark));
                }
            }
        }
        shaded.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(
            shaded.windows(2).all(|s| s[0].1 <= s[1].1),
            "{case:?}: {shaded:?}"
        );
        if case == Case::Usual {
            assert_eq!((shaded[0].1, shaded[shaded.len() - 1].1), (0, 4));
        }
    }
}

fn dot<'a, 'b>(mark: Node<'a, 'b>) -> Node<'a, 'b> {
    last(mark, "circle")
}

#[test]
fn referrers_stand_at_their_leakage_in_the_colour_of_their_class() {
    let palette = frame().theme.palette();
    let colours = BTreeMap::from([
        ("loyalist", palette.classes[0]),
        ("leaker", palette.classes[1]),
        ("splitter", palette.classes[2]),
        ("too_few", palette.bars),
    ]);
    for case in [Case::Usual, Case::One, Case::Calm] {
        let table = tables(case).get("leakage_by_referrer").unwrap().clone();
        let rate = values(&table, &["referring_npi"], "shrunk_leakage");
        let n = values(&table, &["referring_npi"], "n");
        let npis = table.texts("referring_npi").unwrap().into_iter().flatten();
        let classes = table.texts("class").unwrap().into_iter().flatten();
        let classes: BTreeMap<String, String> = npis.zip(classes).collect();
        let drawing = drawn("splitters", case, &frame());
        let document = Document::parse(&drawing.svg).unwrap();
        let marks = marks(&document);
        let rows = table.only("quarter", "2026Q3").unwrap().rows();
        assert_eq!(marks.len(), rows);
        let at = scale(&document, "x");
        let most = marks.iter().map(|m| n[key(*m)]).fold(0.0, f64::max);
        let widest = marks
            .iter()
            .map(|m| number(dot(*m), "r"))
            .fold(0.0, f64::max);
        for mark in &marks {
            assert_eq!(number(*mark, "data-value"), rate[key(*mark)]);
            near(number(dot(*mark), "cx"), at(rate[key(*mark)]), key(*mark));
            // The area is the number of referrals; no dot is too small to be seen.
            let radius = (widest * (n[key(*mark)] / most).sqrt()).max(6.0);
            near(number(dot(*mark), "r"), radius, "radius");
            let hollow = dot(*mark).attribute("fill") == Some("none");
            assert_eq!(hollow, n[key(*mark)] < 30.0);
            let ink = dot(*mark).attribute(if hollow { "stroke" } else { "fill" });
            let class = classes[key(*mark)].as_str();
            assert_eq!(ink, Some(colours[class].hex().as_str()), "{class}");
        }
    }
}

#[test]
fn dots_stand_apart_where_there_is_room() {
    let drawing = drawn("splitters", Case::Usual, &frame());
    let document = Document::parse(&drawing.svg).unwrap();
    let circles: Vec<(f64, f64, f64)> = marks(&document)
        .iter()
        .map(|m| last(*m, "circle"))
        .map(|c| (number(c, "cx"), number(c, "cy"), number(c, "r")))
        .collect();
    for (place, a) in circles.iter().enumerate() {
        for b in &circles[place + 1..] {
            let apart = (a.0 - b.0).hypot(a.1 - b.1);
            assert!(apart > a.2 + b.2, "{a:?} {b:?}");
        }
    }
}

#[test]
fn more_referrers_than_can_be_told_apart_are_counted() {
    let drawing = drawn("splitters", Case::Unknown, &frame());
    assert_eq!((drawing.shown, further(&drawing)), (600, 99));
}
