//! Every text stands on the canvas, clear of all others, large enough and readable.

use catchment_charts::canvas::theme::Colour;
use catchment_charts::{CHARTS, Size};
use resvg::usvg::roxmltree::Document;

use crate::made::{CASES, tables};
use crate::pictures::frames;
use crate::svg::{Text, texts};

fn colour(hex: &str) -> Colour {
    let channel = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    Colour(channel(1), channel(3), channel(5))
}

fn overlap(a: &Text, b: &Text) -> bool {
    a.x0 < b.x1 && b.x0 < a.x1 && a.top < b.foot && b.top < a.foot
}

#[test]
fn texts_are_on_the_canvas_apart_and_readable() {
    for chart in CHARTS {
        for case in CASES {
            for (name, frame) in frames() {
                let drawing = (chart.draw)(&tables(case), &frame).unwrap();
                let document = Document::parse(&drawing.svg).unwrap();
                let (width, height) = frame.shape.units();
                let texts = texts(&document);
                let place = format!("{} {case:?} {name}", chart.name);
                // The footer has room for all that it says.
                let words: String = texts
                    .iter()
                    .map(|t| t.words.as_str())
                    .collect::<Vec<_>>()
                    .join(" ");
                let titled = frame.size == Size::Full;
                assert!(
                    !titled || words.contains(&drawing.footer),
                    "{place}: {}",
                    drawing.footer
                );
                for (at, text) in texts.iter().enumerate() {
                    let inside = text.x0 >= 40.0
                        && text.x1 <= f64::from(width) - 40.0
                        && text.top >= 20.0
                        && text.foot <= f64::from(height) - 20.0;
                    assert!(inside, "{place}: off the canvas: {text:?}");
                    assert!(text.size >= 44.0, "{place}: too small: {text:?}");
                    for ground in &text.grounds {
                        let readable = ground.starts_with('#')
                            && colour(ground).contrast(colour(&text.fill)) >= 4.5;
                        assert!(readable, "{place}: too faint: {text:?}");
                    }
                    for other in &texts[at + 1..] {
                        assert!(
                            !overlap(text, other),
                            "{place}: overlap:\n{text:?}\n{other:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_cut_is_whole_in_its_title() {
    for chart in CHARTS {
        let drawing = (chart.draw)(
            &tables(crate::made::Case::Longest),
            &crate::pictures::frame(),
        )
        .unwrap();
        let document = Document::parse(&drawing.svg).unwrap();
        let cut = document.descendants().filter(|n| {
            n.has_tag_name("text")
                && n.children()
                    .any(|c| c.text().is_some_and(|t| c.is_text() && t.ends_with('…')))
        });
        for text in cut {
            let size = text.attribute("font-size").unwrap();
            if size != "48" {
                continue;
            }
            let whole = text
                .children()
                .find(|c| c.has_tag_name("title"))
                .and_then(|t| t.text());
            let short = text
                .children()
                .filter(|c| c.is_text())
                .filter_map(|c| c.text())
                .collect::<String>();
            let beginning = short.trim_end_matches('…');
            assert!(
                whole.is_some_and(|w| w.starts_with(beginning) && w.len() > short.len()),
                "{short}"
            );
        }
    }
}
