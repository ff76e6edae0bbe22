//! Reads a picture back: its texts with their boxes, its marks with their shapes, its scales.

use catchment_charts::canvas::font::{Weight, width};
use resvg::usvg::roxmltree::{Document, Node};

/// A text as it stands on the canvas.
#[derive(Debug, Clone)]
pub struct Text {
    pub words: String,
    pub x0: f64,
    pub x1: f64,
    pub top: f64,
    pub foot: f64,
    pub size: f64,
    pub fill: String,
    /// The fills of the rectangles that it stands on, at its two ends and its middle.
    pub grounds: Vec<String>,
}

pub fn number(node: Node<'_, '_>, attribute: &str) -> f64 {
    let text = node
        .attribute(attribute)
        .unwrap_or_else(|| panic!("{attribute} of {node:?}"));
    text.parse()
        .unwrap_or_else(|_| panic!("{attribute} is {text}"))
}

/// The words of an element, without those of its title.
fn words(node: Node<'_, '_>) -> String {
    node.children()
        .filter(|c| c.is_text())
        .filter_map(|c| c.text())
        .collect()
}

/// The fill of the last rectangle before a text that holds this point.
fn ground(text: Node<'_, '_>, (x, y): (f64, f64)) -> String {
    let holds = |n: &Node<'_, '_>| {
        let (x0, y0) = (number(*n, "x"), number(*n, "y"));
        (x0..=x0 + number(*n, "width")).contains(&x)
            && (y0..=y0 + number(*n, "height")).contains(&y)
    };
    let before = text.document().descendants();
    let rects = before.filter(|n| n.has_tag_name("rect") && n.range().start < text.range().start);
    rects
        .filter(|n| n.attribute("x").is_some() && n.attribute("fill") != Some("none"))
        .rfind(holds)
        .and_then(|n| n.attribute("fill"))
        .unwrap_or_else(|| panic!("nothing stands under {text:?}"))
        .to_string()
}

pub fn texts(document: &Document<'_>) -> Vec<Text> {
    let elements = document.descendants().filter(|n| n.has_tag_name("text"));
    elements
        .map(|node| {
            let words = words(node);
            let size = number(node, "font-size");
            let weight = match node.attribute("font-weight") {
                Some("600") => Weight::Semibold,
                _ => Weight::Regular,
            };
            let wide = width(&words, size, weight);
            let x = number(node, "x");
            let x0 = match node.attribute("text-anchor") {
                Some("middle") => x - wide / 2.0,
                Some("end") => x - wide,
                _ => x,
            };
            let y = number(node, "y");
            let fill = node.attribute("fill").unwrap_or("#000000").to_string();
            let middle = y - size * 0.33;
            let points = [x0 + 1.0, x0 + wide / 2.0, x0 + wide - 1.0];
            Text {
                grounds: points.map(|x| ground(node, (x, middle))).to_vec(),
                words,
                x0,
                x1: x0 + wide,
                top: y - size * 0.66,
                foot: y + size * 0.2,
                size,
                fill,
            }
        })
        .collect()
}

/// The marks: groups with a table and a key.
pub fn marks<'a, 'b>(document: &'a Document<'b>) -> Vec<Node<'a, 'b>> {
    document
        .descendants()
        .filter(|n| n.attribute("data-table").is_some())
        .collect()
}

/// The scale of an axis, from the lines that carry its values: value at 0 and value a unit.
pub fn scale(document: &Document<'_>, axis: &str) -> impl Fn(f64) -> f64 {
    let ticks: Vec<(f64, f64)> = document
        .descendants()
        .filter(|n| n.attribute("data-axis") == Some(axis))
        .map(|n| {
            let line = n.children().find(|c| c.has_tag_name("line")).unwrap();
            (
                number(n, "data-tick"),
                number(line, if axis.starts_with('x') { "x1" } else { "y1" }),
            )
        })
        .collect();
    let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
    let unit = (last.1 - first.1) / (last.0 - first.0);
    assert_eq!(
        unit > 0.0,
        axis.starts_with('x'),
        "values grow to the right and upwards"
    );
    for (value, at) in &ticks {
        assert!(
            (first.1 + (value - first.0) * unit - at).abs() <= 1.0,
            "the lines of {axis} are even: {ticks:?}"
        );
    }
    move |value| first.1 + (value - first.0) * unit
}
