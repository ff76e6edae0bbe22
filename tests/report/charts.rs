//! The page with the charts' own pictures: they are taken in, and turn dark with the page.

use catchment_charts::{CHARTS, Frame, Size, Tables, Theme};
use catchment_report::{Section, html};

use crate::markup::parse;
use crate::sample::{Parts, quarter};

/// Each colour of the light theme must become that of the dark one.
#[test]
fn pictures_take_the_colours_of_the_dark_theme() {
    let parts = Parts::new(1);
    let page = html(&parts.report()).unwrap();
    let (light, dark) = (Theme::Light.palette(), Theme::Dark.palette());
    let pairs = [
        (light.paper, dark.paper),
        (light.ink, dark.ink),
        (light.second, dark.second),
        (light.grid, dark.grid),
        (light.band, dark.band),
        (light.context, dark.context),
        (light.bars, dark.bars),
        (light.highlight, dark.highlight),
        (light.ours, dark.ours),
        (light.ours_middle, dark.ours_middle),
        (light.ours_pale, dark.ours_pale),
        (light.highlight_pale, dark.highlight_pale),
        (light.under, dark.under),
    ];
    for (light, dark) in pairs {
        for ink in ["fill", "stroke"] {
            let rule = format!(
                ".picture [{ink}=\"{}\" i]{{{ink}:{}}}",
                light.hex(),
                dark.hex()
            );
            assert!(page.contains(&rule), "{rule}");
        }
    }
}

#[test]
fn every_chart_is_taken_in() {
    let parts = Parts::new(1);
    let frame = Frame {
        size: Size::Body,
        ..Frame::new("Us", quarter())
    };
    let tables = Tables::new([parts.leakage.clone()]);
    let drawn: Vec<_> = CHARTS
        .iter()
        .filter(|chart| !chart.reads.contains(&parts.leakage.name()))
        .map(|chart| (chart.name, (chart.draw)(&tables, &frame).unwrap()))
        .collect();
    let mut report = parts.report();
    report.sections = drawn
        .iter()
        .map(|(name, drawing)| Section {
            name,
            title: &drawing.title,
            alt: &drawing.alt,
            svg: &drawing.svg,
            table: &parts.lapsed,
            columns: &["referring_name"],
            note: "",
        })
        .collect();
    let elements = parse(&html(&report).unwrap());
    let pictures = elements.iter().filter(|e| e.name == "svg").count();
    assert_eq!(pictures, drawn.len());
    assert!(pictures >= 4);
}
