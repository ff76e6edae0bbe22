//! Titles, descriptions and alternative texts: they are there, and each number in a title is one of
//! the table's, or a count of its rows.

use std::collections::{BTreeMap, BTreeSet};

use catchment_base::{Table, units};
use catchment_charts::{CHARTS, find};
use resvg::usvg::roxmltree::Document;

use crate::made::{CASES, Case, tables};
use crate::pictures::{frame, frames};

#[test]
fn every_picture_has_title_and_description() {
    for chart in CHARTS {
        for case in CASES {
            for (_, frame) in frames() {
                let drawing = (chart.draw)(&tables(case), &frame).unwrap();
                let document = Document::parse(&drawing.svg).unwrap();
                let of = |tag: &str| {
                    let node = document
                        .root_element()
                        .children()
                        .find(|c| c.has_tag_name(tag));
                    node.and_then(|n| n.text()).unwrap_or_default().to_string()
                };
                assert_eq!(of("title"), drawing.title);
                assert_eq!(of("desc"), drawing.alt);
                assert!(!drawing.title.is_empty() && !drawing.subtitle.is_empty());
                assert!(drawing.alt.chars().count() <= 250 && drawing.alt.chars().count() > 20);
                assert!(drawing.footer.starts_with("As known on 30 Sep 2026."));
                assert!(drawing.title.chars().count() < 100, "{}", drawing.title);
            }
        }
    }
}

/// Every way in which a number of the table may be written.
fn written(table: &Table) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    out.insert(units::count(table.rows() as i64));
    for column in table.columns() {
        let Ok(values) = table.reals(&column) else {
            continue;
        };
        for value in values.into_iter().flatten() {
            for places in 0..2 {
                out.insert(units::real(value, places));
                out.insert(units::signed(value * 100.0, places));
                out.insert(units::real(value * 100.0, places));
                out.insert(units::signed((value - 1.0) * 100.0, places));
            }
        }
    }
    // How many referrers are of a class is a count of rows.
    if let Ok(classes) = table.texts("class") {
        let table = table.only("quarter", "2026Q3").unwrap();
        for class in classes.into_iter().flatten() {
            let rows = table.only("class", &class).unwrap().rows();
            out.insert(units::count(rows as i64));
        }
    }
    // What new and returning referrers brought, and lapsed and declining took, are sums.
    for (one, other) in [("new", "reactivated"), ("lapsed", "declining")] {
        if let (true, Ok(one), Ok(other)) = (table.has(one), table.ints(one), table.ints(other)) {
            let sums = one.into_iter().zip(other);
            let known = sums.filter_map(|(one, other)| Some((one? + other?).abs()));
            out.extend(known.map(units::count));
        }
    }
    // What a chart of flows says of a county and a destination is their sum.
    if let (Ok(from), Ok(to)) = (table.texts("county"), table.texts("destination_id")) {
        let mut sums: BTreeMap<_, i64> = BTreeMap::new();
        for ((from, to), n) in from.into_iter().zip(to).zip(table.ints("n").unwrap()) {
            *sums.entry((from, to)).or_default() += n.unwrap_or(0);
        }
        out.extend(sums.into_values().map(units::count));
    }
    out
}

/// The numbers in a text, with their signs and separators.
fn numbers(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let letters: Vec<char> = text.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let digit = |at: Option<usize>| {
            at.and_then(|a| letters.get(a))
                .is_some_and(char::is_ascii_digit)
        };
        let part = letter.is_ascii_digit()
            || (matches!(letter, '+' | '−') && digit(Some(at + 1)))
            || (matches!(letter, ',' | '.') && digit(at.checked_sub(1)) && digit(Some(at + 1)));
        if part {
            out.last_mut().unwrap().push(letter);
        } else if !out.last().unwrap().is_empty() {
            out.push(String::new());
        }
    }
    out.retain(|n| !n.is_empty());
    out
}

#[test]
fn numbers_in_titles_are_in_the_table() {
    let before = "2026\u{a0}Q2";
    let mut seen = 0;
    for chart in CHARTS {
        for case in [Case::Usual, Case::One, Case::Unknown, Case::Calm] {
            let tables = tables(case);
            let drawing = (chart.draw)(&tables, &frame()).unwrap();
            let known = written(tables.get(chart.reads[0]).unwrap());
            // The names of quarters are no numbers of the table.
            let began = &tables.get("referrer_cohorts").unwrap().clone();
            let mut title = drawing.title.replace(before, "");
            for quarter in began.texts("first_quarter").unwrap().into_iter().flatten() {
                title = title.replace(&quarter.replace('Q', "\u{a0}Q"), "");
            }
            for number in numbers(&title.replace("30 eligible", "").replace("30 referrals", "")) {
                assert!(
                    known.contains(&number),
                    "{} {case:?}: {number} in {}",
                    chart.name,
                    drawing.title
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "only {seen} numbers were checked");
}

fn title(chart: &str, case: Case) -> String {
    let chart = find(chart).unwrap();
    (chart.draw)(&tables(case), &frame())
        .unwrap()
        .title
        .replace('\u{202f}', " ")
}

#[test]
fn titles_say_what_the_table_says() {
    #[rustfmt::skip]
    let said = [
        ("volume", Case::Usual, "2,733 referrals came in, +18 % on last year"),
        ("volume", Case::Calm, "27 referrals came in, no clear change on last year"),
        ("overflow", Case::Withheld, "Wilkes-Barre Heart Center is over capacity"),
        ("volume", Case::Withheld, "The number of referrals that came in is withheld"),
        ("leakage", Case::One, "Cardiology leaks 41.2 % of 1,234 referrals"),
        ("leakage", Case::Withheld, "Leakage by specialty is withheld"),
        ("volume", Case::One, "2,733 referrals came in from outside"),
        ("leakage", Case::Usual, "Cardiology leaks most: 41.2 % of 1,234 referrals, +6.3 points on 2026\u{a0}Q2"),
        ("leakage", Case::Calm, "Cardiology leaks most: 41.2 % of 1,234 referrals, no clear change on 2026\u{a0}Q2"),
        ("leakage", Case::Unknown, "Leakage lies between 23.1 % and 38.8 %: 1,164 referrals have no known destination"),
        ("leakage_change", Case::Usual, "Of +1.9 points of leakage on 2026\u{a0}Q2, new referrers are +1.8"),
        ("leakage_change", Case::Calm, "Leakage shows no clear change on 2026\u{a0}Q2"),
        ("leakage_change", Case::Withheld, "The change in leakage on 2026\u{a0}Q2 is withheld"),
        ("flows", Case::Usual, "Luzerne sends Geisinger Wyoming Valley 113 referrals"),
        ("flows", Case::Calm, "No flow can be named: the practices are too small"),
        ("flows", Case::Withheld, "Where leaked referrals go is withheld"),
        ("network", Case::Usual, "Maria Delgado, MD joins 33 referrers"),
        ("network", Case::Calm, "Maria Delgado, MD joins 3 referrers"),
        ("network", Case::Withheld, "Whom the first hub joins is withheld"),
        ("prospects", Case::Usual, "Helen Strand, CRNP is tied to 23 of our referrers"),
        ("prospects", Case::Calm, "Helen Strand, CRNP comes first of 18 prospects"),
        ("prospects", Case::Withheld, "Helen Strand, CRNP comes first of 18 prospects"),
        ("lapsed_summary", Case::Usual, "118.4 a quarter lost, 86.9 gained, net −31.5 (−51.4 to −11.6)"),
        ("lapsed_summary", Case::Calm, "3.0 a quarter lost, 2.2 gained: no clear change"),
        ("lapsed_summary", Case::Withheld, "What was lost and gained is withheld"),
        ("bridge", Case::Usual, "New and returning referrers brought 137; lapsed and declining took 319"),
        ("bridge", Case::Withheld, "What moved the volume is withheld"),
        ("cohorts", Case::Usual, "13 of 35 who began in 2024\u{a0}Q1 still refer"),
        ("cohorts", Case::Withheld, "How many new referrers stay is withheld"),
        ("backtest", Case::Usual, "Of those given 95.8 %, 93.4 % lapsed"),
        ("backtest", Case::Withheld, "How forecasts fared is withheld"),
        ("leakage_map", Case::Usual, "Monroe leaks most: 44.7 % of 244 referrals"),
        ("leakage_map", Case::One, "Luzerne leaks 24.8 % of 2,011 referrals"),
        ("leakage_map", Case::Calm, "No county has 30 eligible referrals, so none is ranked"),
        ("leakage_map", Case::Withheld, "Leakage by county is withheld"),
        ("splitters", Case::Usual, "38 referrers split, 12 leak"),
        ("splitters", Case::One, "No referrer splits or leaks"),
        ("splitters", Case::Calm, "No referrer has enough referrals to be classed"),
        ("lapsed", Case::Usual, "14 referrers lapsed; Maria Delgado, MD alone sent 13.8 a quarter"),
        ("lapsed", Case::One, "1 referrer lapsed; Maria Delgado, MD sent 13.8 a quarter"),
        ("concentration", Case::Usual, "Ten referrers send 91.4 % of Urology"),
        ("concentration", Case::Calm, "No specialty has 30 referrals, so none is compared"),
        ("concentration", Case::Withheld, "What the first referrers send is withheld"),
        ("fragility", Case::Usual, "Rheumatology hangs on 25.6 % from one practice"),
        ("fragility", Case::Calm, "No specialty has 30 referrals, so none is ranked"),
        ("fragility", Case::Withheld, "What the largest practice sends is withheld"),
        ("underserved", Case::Usual, "Bradford lacks 3.8 FTE of Cardiology"),
        ("underserved", Case::Calm, "No county falls short in any specialty"),
        ("underserved", Case::Withheld, "Our own roster alone can’t tell where care is short"),
        ("overflow", Case::Usual, "Wilkes-Barre Heart Center gets 48.2 Cardiology referrals a week for 36 slots"),
        ("overflow", Case::Calm, "No site is over capacity; Honesdale Specialty Clinic comes nearest at 99.0 %"),
    ];
    for (chart, case, expected) in said {
        assert_eq!(title(chart, case), expected);
    }
}

#[test]
fn what_names_referrers_is_internal_and_says_so_even_where_the_frame_does_not() {
    for chart in CHARTS {
        assert_eq!(
            chart.internal,
            ["lapsed", "splitters", "network", "prospects"].contains(&chart.name)
        );
        let unmarked = catchment_charts::Frame {
            internal_mark: false,
            ..frame()
        };
        let drawing = (chart.draw)(&tables(Case::Usual), &unmarked).unwrap();
        assert_eq!(
            drawing.svg.contains(">Internal<"),
            chart.internal,
            "{}",
            chart.name
        );
        let drawing = (chart.draw)(&tables(Case::Usual), &frame()).unwrap();
        assert!(drawing.svg.contains(">Internal<"), "{}", chart.name);
    }
}

#[test]
fn the_catalogue_and_the_folder_agree() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_string))
        .filter(|name| name != "lib" && name != "catalogue")
        .collect();
    files.sort();
    let mut names: Vec<&str> = CHARTS.iter().map(|chart| chart.name).collect();
    names.sort_unstable();
    assert_eq!(files, names);
}
