//! The map of the network and the list of prospects.

use std::collections::{BTreeMap, BTreeSet};

use catchment_base::places::distance_km;
use catchment_base::{Table, TableBuilder};
use catchment_charts::{Shape, Tables, find};
use resvg::usvg::roxmltree::{Document, Node};

use crate::made::network::{nodes, ties};
use crate::made::{Case, tables};
use crate::marks::{drawn, further, key, last, near, values};
use crate::pictures::{frame, frames};
use crate::svg::{marks, number, scale, texts};

const SHOWN: [Case; 4] = [Case::Usual, Case::One, Case::Calm, Case::Unknown];

fn of<'a, 'b>(document: &'a Document<'b>, table: &str) -> Vec<Node<'a, 'b>> {
    let all = marks(document).into_iter();
    all.filter(|m| m.attribute("data-table") == Some(table))
        .collect()
}

/// The middle of a mark: that of its circle, or of the corners of its diamond.
fn middle(mark: Node<'_, '_>) -> (f64, f64) {
    if let Some(circle) = mark.children().rfind(|c| c.has_tag_name("circle")) {
        return (number(circle, "cx"), number(circle, "cy"));
    }
    let path = last(mark, "path").attribute("d").unwrap();
    let numbers: Vec<f64> = path
        .split([' ', 'M', 'L', 'Z'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().unwrap())
        .collect();
    (numbers[0], numbers[3])
}

#[test]
fn providers_stand_where_the_table_places_them() {
    for case in SHOWN {
        let places: BTreeMap<String, (f64, f64)> =
            nodes(case).into_iter().map(|n| (n.npi, n.at)).collect();
        for (name, frame) in frames() {
            let drawing = drawn("network", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let all: Vec<_> = of(&document, "network_nodes")
                .into_iter()
                .map(|m| (middle(m), places[key(m)]))
                .collect();
            // The two furthest apart give the scale, the same across and down.
            let far = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1);
            let first = all[0];
            let end = all
                .iter()
                .copied()
                .max_by(|a, b| far(a.1, first.1).total_cmp(&far(b.1, first.1)));
            let end = end.unwrap();
            let unit = far(end.0, first.0) / far(end.1, first.1);
            for (at, place) in &all {
                near(at.0, first.0.0 + (place.0 - first.1.0) * unit, name);
                near(at.1, first.0.1 + (place.1 - first.1.1) * unit, name);
            }
        }
    }
}

/// The strongest ties of the backbone, and no others, each between two providers who are drawn.
#[test]
fn the_strongest_of_the_backbone_are_drawn_and_the_rest_counted() {
    for case in SHOWN {
        let npis: Vec<String> = nodes(case).into_iter().map(|n| n.npi).collect();
        let mut backbone: Vec<_> = ties(case).into_iter().filter(|t| t.3 < 0.05).collect();
        backbone.sort_by(|a, b| {
            b.2.cmp(&a.2)
                .then(a.3.total_cmp(&b.3))
                .then((a.0, a.1).cmp(&(b.0, b.1)))
        });
        for (name, frame) in frames() {
            let most = if frame.shape == Shape::Half { 300 } else { 600 };
            let drawing = drawn("network", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let lines: BTreeSet<&str> =
                of(&document, "network_ties").into_iter().map(key).collect();
            let strongest: BTreeSet<String> = backbone
                .iter()
                .take(most)
                .map(|t| format!("{}|{}", npis[t.0], npis[t.1]))
                .collect();
            assert!(
                lines
                    .iter()
                    .copied()
                    .eq(strongest.iter().map(String::as_str)),
                "{case:?} {name}"
            );
            let left = backbone.len().saturating_sub(most);
            let said = format!("{left} are left out.");
            assert_eq!(drawing.footer.contains("left out."), left > 0);
            assert!(
                left == 0 || drawing.footer.replace(',', "").contains(&said),
                "{}",
                drawing.footer
            );
            let ends: BTreeSet<&str> = lines.iter().flat_map(|l| l.split('|')).collect();
            let nodes = of(&document, "network_nodes");
            let shown: BTreeSet<&str> = nodes.iter().map(|m| key(*m)).collect();
            assert_eq!(ends, shown, "{case:?} {name}");
            assert_eq!(drawing.shown, lines.len() + shown.len());
            let hidden = npis.len() - shown.len();
            let footer = drawing.footer.replace(',', "");
            assert!(
                hidden == 0 || footer.contains(&format!("{hidden} provider")),
                "{footer}"
            );
        }
    }
}

#[test]
fn ties_lead_from_one_to_the_other_and_are_as_wide_as_their_referrals() {
    let drawing = drawn("network", Case::Usual, &frame());
    let document = Document::parse(&drawing.svg).unwrap();
    let at: BTreeMap<&str, (f64, f64)> = of(&document, "network_nodes")
        .into_iter()
        .map(|m| (key(m), middle(m)))
        .collect();
    let mut widths = Vec::new();
    for tie in of(&document, "network_ties") {
        let (from, to) = key(tie).split_once('|').unwrap();
        let line = last(tie, "line");
        near(number(line, "x1"), at[from].0, from);
        near(number(line, "y1"), at[from].1, from);
        near(number(line, "x2"), at[to].0, to);
        near(number(line, "y2"), at[to].1, to);
        widths.push((number(tie, "data-value"), number(line, "stroke-width")));
    }
    let most = widths.iter().map(|w| w.0).fold(0.0, f64::max);
    for (referrals, width) in widths {
        let expected = 2.0 + 8.0 * (referrals / most).sqrt();
        assert!((width - expected).abs() <= 0.5, "{width} for {referrals}");
    }
}

#[test]
fn roles_have_shapes_and_the_largest_communities_colours() {
    let drawing = drawn("network", Case::Usual, &frame());
    let document = Document::parse(&drawing.svg).unwrap();
    let palette = frame().theme.palette();
    let made: BTreeMap<String, _> = nodes(Case::Usual)
        .into_iter()
        .map(|n| (n.npi.clone(), n))
        .collect();
    for mark in of(&document, "network_nodes") {
        let node = &made[key(mark)];
        let shapes = |tag: &str| mark.children().filter(|c| c.has_tag_name(tag)).count();
        let expected = match node.role {
            "bridge" => (0, 2),
            "hub" => (3, 0),
            _ => (2, 0),
        };
        assert_eq!(
            (shapes("circle"), shapes("path")),
            expected,
            "{}",
            node.role
        );
        let shape = mark.children().rfind(|c| c.is_element()).unwrap();
        let own = if node.community <= 5 {
            palette.classes[node.community - 1]
        } else {
            palette.bars
        };
        assert_eq!(shape.attribute("fill"), Some(own.hex().as_str()));
    }
    assert!(drawing.footer.contains("Grey: smaller communities."));
}

/// At most fifteen names, hubs first, each at most a few steps from its mark.
#[test]
fn fifteen_names_stand_near_their_marks() {
    let drawing = drawn("network", Case::Usual, &frame());
    let document = Document::parse(&drawing.svg).unwrap();
    let made = nodes(Case::Usual);
    let named: Vec<_> = texts(&document)
        .into_iter()
        .filter(|t| {
            [", hub", ", bridge", ", anchor"]
                .iter()
                .any(|role| t.words.ends_with(role))
        })
        .collect();
    let telling = made.iter().filter(|n| n.role != "periphery").count();
    assert_eq!(named.len() + drawing.dropped_labels, telling.min(15));
    assert!(named.len() >= 12, "{}", named.len());
    let marks = of(&document, "network_nodes");
    for text in named {
        let role = text.words.rsplit_once(", ").unwrap().1;
        let away = marks
            .iter()
            .filter(|m| made.iter().any(|n| n.npi == key(**m) && n.role == role));
        let nearest = away.map(|m| {
            let (x, y) = middle(*m);
            let dx = (text.x0 - x).max(x - text.x1).max(0.0);
            let dy = (text.top - y).max(y - text.foot).max(0.0);
            dx.hypot(dy)
        });
        let nearest = nearest.fold(f64::INFINITY, f64::min);
        assert!(nearest < 520.0, "{} is {nearest} away", text.words);
    }
}

fn without(table: &Table, column: &str) -> Table {
    let kept = table.columns().into_iter().filter(|c| c != column);
    let mut out = TableBuilder::new(table.name());
    for name in kept {
        out = match table.texts(&name) {
            Ok(texts) => out.text(&name, texts),
            Err(_) => out.real(&name, table.reals(&name).unwrap()),
        };
    }
    out.finish().unwrap()
}

/// A run of an earlier version has neither places nor a backbone.
#[test]
fn a_network_without_places_or_backbone_is_said_to_be_missing() {
    let usual = tables(Case::Usual);
    let (nodes, ties) = (
        usual.get("network_nodes").unwrap().clone(),
        usual.get("network_ties").unwrap().clone(),
    );
    let draw = find("network").unwrap().draw;
    for column in ["x", "y", "role", "community"] {
        let less = Tables::new([without(&nodes, column), ties.clone()]);
        assert!(draw(&less, &frame()).unwrap().empty, "{column}");
    }
    let less = Tables::new([nodes, without(&ties, "backbone_p")]);
    assert!(draw(&less, &frame()).unwrap().empty);
}

/// The ties of shared-patient files: no referrals, as many patients.
fn of_shared_patients(ties: &Table) -> Table {
    let text = |column: &str| ties.texts(column).unwrap();
    TableBuilder::new("network_ties")
        .text("npi_from", text("npi_from"))
        .text("npi_to", text("npi_to"))
        .int("referrals", vec![None::<i64>; ties.rows()])
        .int("patients", ties.ints("referrals").unwrap())
        .real("backbone_p", ties.reals("backbone_p").unwrap())
        .finish()
        .unwrap()
}

/// Where no referral is known the map is the same, of patients; nothing is said to be withheld.
#[test]
fn a_network_of_shared_patients_is_drawn_by_patients() {
    let usual = tables(Case::Usual);
    let nodes = usual.get("network_nodes").unwrap().clone();
    let ties = usual.get("network_ties").unwrap();
    let draw = find("network").unwrap().draw;
    let referrals = draw(&usual, &frame()).unwrap();
    let patients = draw(&Tables::new([nodes, of_shared_patients(ties)]), &frame()).unwrap();
    for (drawing, column, words) in [
        (&referrals, "referrals", "width: referrals in four quarters"),
        (
            &patients,
            "patients",
            "network of shared patients by community; width: patients in common",
        ),
    ] {
        assert!(drawing.svg.contains(words), "{words}");
        let document = Document::parse(&drawing.svg).unwrap();
        for tie in of(&document, "network_ties") {
            assert_eq!(tie.attribute("data-column"), Some(column));
        }
    }
    // Patients in common make nobody a referrer.
    for word in ["withheld", "referrer"] {
        assert!(
            !patients.svg.contains(word) && !patients.title.contains(word),
            "{word}"
        );
    }
    assert!(patients.title.ends_with("providers") && referrals.title.ends_with("referrers"));
    let lines = |svg: &str| -> Vec<String> {
        let document = Document::parse(svg).unwrap();
        let ties = of(&document, "network_ties").into_iter();
        ties.map(|tie| {
            last(tie, "line")
                .attribute("stroke-width")
                .unwrap()
                .to_string()
        })
        .collect()
    };
    assert_eq!(lines(&patients.svg), lines(&referrals.svg));
}

/// Communities of one county are told apart by what most of their providers do.
#[test]
fn communities_are_named_by_what_tells_them_apart() {
    let usual = tables(Case::Usual);
    let (nodes, ties) = (
        usual.get("network_nodes").unwrap(),
        usual.get("network_ties").unwrap(),
    );
    let communities = nodes.ints("community").unwrap();
    let named = |county: &dyn Fn(i64) -> String, specialty: &dyn Fn(i64) -> String| {
        let column = |of: &dyn Fn(i64) -> String| -> Vec<Option<String>> {
            communities.iter().map(|c| c.map(of)).collect()
        };
        let mut table = TableBuilder::new("network_nodes");
        for name in ["npi", "name", "role"] {
            table = table.text(name, nodes.texts(name).unwrap());
        }
        for name in ["partners_in", "community"] {
            table = table.int(name, nodes.ints(name).unwrap());
        }
        for name in ["x", "y"] {
            table = table.real(name, nodes.reals(name).unwrap());
        }
        let table = table
            .text("county", column(county))
            .text("specialty", column(specialty))
            .finish()
            .unwrap();
        let draw = find("network").unwrap().draw;
        draw(&Tables::new([table, ties.clone()]), &frame()).unwrap()
    };
    let one = |_| "Wayne".to_string();
    let each = |community: i64| format!("Kind {community}");
    let by_specialty = named(&one, &each);
    assert!(by_specialty.svg.contains("2: Kind 2"));
    assert!(!by_specialty.svg.contains("2: Wayne"));
    assert!(
        by_specialty
            .footer
            .contains("Number: community, with its most common specialty.")
    );
    let by_county = named(&each, &one);
    assert!(by_county.svg.contains("2: Kind 2") && !by_county.svg.contains("2: Wayne"));
    assert!(
        by_county
            .footer
            .contains("Number: community, with its county.")
    );
    // Of as many different ones the county, as people know it.
    assert!(named(&each, &each).footer.contains("with its county."));
}

#[test]
fn bars_of_prospects_end_at_what_is_expected() {
    for case in [Case::Usual, Case::One, Case::Calm, Case::Unknown] {
        let table = tables(case).get("prospects").unwrap().clone();
        // Where nobody could judge what a score brings, the scores stand there.
        let column = if case == Case::Calm {
            "score"
        } else {
            "expected_referrals"
        };
        let expected = values(&table, &["npi"], column);
        for (name, frame) in frames() {
            let drawing = drawn("prospects", case, &frame);
            let document = Document::parse(&drawing.svg).unwrap();
            let marks = marks(&document);
            assert_eq!(
                marks.len() + further(&drawing),
                table.rows(),
                "{case:?} {name}"
            );
            let half = frame.shape == Shape::Half;
            assert!(
                marks.len() >= table.rows().min(if half { 7 } else { 15 }),
                "{name}: {}",
                marks.len()
            );
            let at = scale(&document, "x");
            for mark in marks {
                assert_eq!(number(mark, "data-value"), expected[key(mark)]);
                let bar = last(mark, "rect");
                near(number(bar, "x"), at(0.0), key(mark));
                near(
                    number(bar, "x") + number(bar, "width"),
                    at(expected[key(mark)]),
                    key(mark),
                );
            }
        }
    }
}

/// Distances on the map are those on the sphere, all on one scale.
#[test]
fn prospects_stand_on_the_map_as_they_do_on_earth() {
    let table = tables(Case::Usual).get("prospects").unwrap().clone();
    let (lat, lon) = (
        values(&table, &["npi"], "lat"),
        values(&table, &["npi"], "lon"),
    );
    for (name, frame) in frames() {
        let drawing = drawn("prospects", Case::Usual, &frame);
        let document = Document::parse(&drawing.svg).unwrap();
        let all = marks(&document);
        let dots: Vec<_> = all
            .iter()
            .filter_map(|m| {
                let part = m
                    .children()
                    .find(|c| c.attribute("data-column") == Some("lat"))?;
                let dot = last(part, "circle");
                assert_eq!(number(part, "data-value"), lat[key(*m)]);
                Some((
                    (number(dot, "cx"), number(dot, "cy")),
                    (lat[key(*m)], lon[key(*m)]),
                ))
            })
            .collect();
        let placed = all.iter().filter(|m| lat.contains_key(key(**m))).count();
        assert_eq!(dots.len(), placed, "{name}");
        let lost = all.len() - placed;
        assert_eq!(drawing.footer.contains("no known place"), lost > 0);
        let mut scales = Vec::new();
        for (a, b) in dots.iter().flat_map(|a| dots.iter().map(move |b| (a, b))) {
            let km = distance_km(a.1, b.1);
            if km > 20.0 {
                scales.push((a.0.0 - b.0.0).hypot(a.0.1 - b.0.1) / km);
            }
            // East is right, north is up.
            if a.1.1 - b.1.1 > 0.2 {
                assert!(a.0.0 > b.0.0, "{name}");
            }
            if a.1.0 - b.1.0 > 0.2 {
                assert!(a.0.1 < b.0.1, "{name}");
            }
        }
        let (low, high) = scales
            .iter()
            .fold((f64::INFINITY, 0.0f64), |(l, h), s| (l.min(*s), h.max(*s)));
        assert!(high / low < 1.01, "{name}: {low} to {high}");
    }
}

#[test]
fn who_is_tied_to_how_many_is_left_out_where_the_table_lacks_it() {
    let usual = drawn("prospects", Case::Usual, &frame());
    assert!(usual.svg.contains(">Tied to<") && usual.title.contains("is tied to"));
    let calm = drawn("prospects", Case::Calm, &frame());
    assert!(!calm.svg.contains(">Tied to<") && calm.title.contains("comes first of"));
    assert!(calm.svg.contains("No prospect can be placed"));
    // The number of ties has a column of its own, and is not said twice.
    assert!(usual.svg.contains(">less than 1 km from our Cardiology; "));
}
