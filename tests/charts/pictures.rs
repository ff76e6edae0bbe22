//! Pictures stay as they are: snapshots of every chart and case, the same bytes twice, and on
//! request PNGs for a person to look at.

use catchment_charts::{CHARTS, Frame, Shape, Size, Theme};

use crate::made::{CASES, Case, quarter, tables};

pub fn frame() -> Frame {
    Frame::new("Susquehanna Health Partners", quarter())
}

/// The frames in which every chart must stand: whole and half, with and without title, dark.
pub fn frames() -> Vec<(&'static str, Frame)> {
    vec![
        ("wide", frame()),
        (
            "half",
            Frame {
                shape: Shape::Half,
                ..frame()
            },
        ),
        (
            "body",
            Frame {
                size: Size::Body,
                internal_mark: false,
                ..frame()
            },
        ),
        (
            "body-half",
            Frame {
                size: Size::Body,
                shape: Shape::Half,
                ..frame()
            },
        ),
        (
            "dark",
            Frame {
                theme: Theme::Dark,
                size: Size::Body,
                ..frame()
            },
        ),
    ]
}

#[test]
fn pictures_stay_as_they_are() {
    for chart in CHARTS {
        for case in [
            Case::Usual,
            Case::Longest,
            Case::One,
            Case::None,
            Case::Withheld,
        ] {
            let drawing = (chart.draw)(&tables(case), &frame()).unwrap();
            let said = format!(
                "<!-- {}\n{}\n{}\n{}\nshown {} withheld {} dropped {} empty {} -->\n{}",
                drawing.title,
                drawing.subtitle,
                drawing.footer,
                drawing.alt,
                drawing.shown,
                drawing.withheld,
                drawing.dropped_labels,
                drawing.empty,
                drawing.svg
            );
            insta::assert_snapshot!(format!("{}-{}", chart.name, case.name()), said);
        }
    }
}

#[test]
fn the_same_tables_give_the_same_bytes() {
    for chart in CHARTS {
        let draw = || (chart.draw)(&tables(Case::Usual), &frame()).unwrap().svg;
        assert_eq!(draw(), draw(), "{}", chart.name);
    }
}

/// `CATCHMENT_PICTURES=FOLDER cargo test -p catchment-charts -- --ignored` writes every picture.
#[test]
#[ignore = "writes pictures for a person to look at"]
fn write_pictures() {
    let folder = std::env::var("CATCHMENT_PICTURES").expect("CATCHMENT_PICTURES names a folder");
    for chart in CHARTS {
        for case in CASES {
            for (name, frame) in frames() {
                let drawing = (chart.draw)(&tables(case), &frame).unwrap();
                let (width, height) = frame.shape.units();
                let png = catchment_charts::png(&drawing.svg, width / 2, height / 2).unwrap();
                let path = format!("{folder}/{}-{}-{name}.png", chart.name, case.name());
                std::fs::write(path, png).unwrap();
            }
        }
    }
}
