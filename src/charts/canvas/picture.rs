//! Pictures of a finished drawing: SVG with its text turned into outlines, for programs that lack
//! the font, and PNG. No font of the machine is ever used.

use std::sync::{Arc, OnceLock};

use catchment_base::{Error, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb, roxmltree};

use super::font;

/// The same picture with every text as outlines. Everything else stays as it is: title,
/// description, and the marks with their tables, keys and values.
///
/// Fails only where `svg` is no SVG.
///
/// ```
/// let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='30'><title>Hi</title>\
///            <g data-key='a'><text y='20' font-family=\"'Source Sans 3'\">Hi</text></g></svg>";
/// let outlined = catchment_charts::outlined(svg).unwrap();
/// assert!(outlined.contains("<title>Hi</title>") && outlined.contains("<path"));
/// assert!(outlined.contains("data-key='a'") && !outlined.contains("<text"));
/// ```
pub fn outlined(svg: &str) -> Result<String> {
    let document = roxmltree::Document::parse(svg)
        .map_err(|e| Error::internal("a drawing is no valid SVG").because(e))?;
    let root = document.root_element();
    let mut out = String::with_capacity(svg.len() * 4);
    let mut written = 0;
    for text in document.descendants().filter(|n| n.has_tag_name("text")) {
        let range = text.range();
        out.push_str(&svg[written..range.start]);
        out.push_str(&outline_of(&root, text, &svg[range.clone()])?);
        written = range.end;
    }
    out.push_str(&svg[written..]);
    out.push('\n');
    Ok(out)
}

/// The outlines of one text element, as a group that keeps the text's own title.
fn outline_of(
    root: &roxmltree::Node<'_, '_>,
    text: roxmltree::Node<'_, '_>,
    source: &str,
) -> Result<String> {
    let attribute = |name: &str| root.attribute(name).unwrap_or_default();
    let view: Vec<&str> = attribute("viewBox").split_whitespace().collect();
    // One unit of the picture is one of the page, so that the outlines need no transform.
    let (width, height) = match view[..] {
        [_, _, width, height] => (width, height),
        _ => (attribute("width"), attribute("height")),
    };
    let page = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"{}\">{source}</svg>",
        attribute("font-family")
    );
    let options = usvg::WriteOptions {
        preserve_text: false,
        coordinates_precision: 2,
        indent: usvg::Indent::None,
        ..usvg::WriteOptions::default()
    };
    let written = read(&page)?.to_string(&options);
    let start = written.find('>').map_or(0, |at| at + 1);
    let end = written.rfind("</svg>").unwrap_or(start).max(start);
    let whole = text.children().find(|c| c.has_tag_name("title"));
    let title = whole.map_or("", |t| &text.document().input_text()[t.range()]);
    Ok(format!("<g>{title}{}</g>", &written[start..end]))
}

/// The picture as PNG of this width and height in pixels.
///
/// Fails where `svg` is no SVG, or the size is zero or too large for memory.
pub fn png(svg: &str, width: u32, height: u32) -> Result<Vec<u8>> {
    let tree = read(svg)?;
    let size = || Error::internal(format!("no picture can have {width} by {height} pixels"));
    let mut pixels = Pixmap::new(width, height).ok_or_else(size)?;
    let scale = (
        width as f32 / tree.size().width(),
        height as f32 / tree.size().height(),
    );
    resvg::render(
        &tree,
        Transform::from_scale(scale.0, scale.1),
        &mut pixels.as_mut(),
    );
    pixels
        .encode_png()
        .map_err(|e| Error::internal("a picture can't be written as PNG").because(e))
}

fn read(svg: &str) -> Result<usvg::Tree> {
    let options = usvg::Options {
        fontdb: fonts(),
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options)
        .map_err(|e| Error::internal("a drawing is no valid SVG").because(e))
}

/// The embedded fonts, and no others.
fn fonts() -> Arc<fontdb::Database> {
    static READ: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    READ.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        for file in [font::REGULAR, font::SEMIBOLD] {
            fonts.load_font_source(fontdb::Source::Binary(Arc::new(file)));
        }
        Arc::new(fonts)
    })
    .clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::font::{Weight, width};

    fn page(body: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 3840 2160\" width=\"1920\" height=\"1080\" \
             font-family=\"{}\"><title>A &amp; B</title><desc>d</desc>{body}</svg>",
            font::FAMILY
        )
    }

    #[test]
    fn outlines_keep_title_and_lose_text() {
        let svg = outlined(&page(
            "<text x=\"100\" y=\"100\" font-size=\"48\">Referrals</text>",
        ))
        .unwrap();
        assert!(svg.contains("<title>A &amp; B</title><desc>d</desc>"));
        assert!(!svg.contains("<text") && svg.contains("<path"), "{svg}");
        assert!(roxmltree::Document::parse(&svg).is_ok());
    }

    #[test]
    fn outlines_keep_marks_and_draw_the_same_pixels() {
        let svg = page(
            "<g data-table=\"t\" data-key=\"k\" data-value=\"0.5\"><rect x=\"90\" y=\"90\" width=\"400\" height=\"80\"/>\
             <text x=\"900\" y=\"600\" font-size=\"200\" font-weight=\"600\" text-anchor=\"end\">\
             <title>Refer &amp; more</title>Refer …</text></g>",
        );
        let outlines = outlined(&svg).unwrap();
        assert!(
            outlines.contains("data-key=\"k\"")
                && outlines.contains("<title>Refer &amp; more</title>")
        );
        assert_eq!(
            png(&svg, 960, 540).unwrap(),
            png(&outlines, 960, 540).unwrap()
        );
    }

    #[test]
    fn png_has_the_size_asked_for() {
        let bytes = png(&page(""), 384, 216).unwrap();
        assert_eq!(&bytes[16..24], &[0, 0, 1, 128, 0, 0, 0, 216]);
        assert!(png(&page(""), 0, 216).is_err());
        assert!(png("no picture", 10, 10).is_err());
    }

    /// The shaper of resvg, with kerning, is the judge of our widths.
    #[test]
    fn widths_agree_with_the_shaper() {
        let texts = [
            "Cardiology leaks most: 41.2\u{202f}% of 1,234 referrals",
            "Physical Medicine & Rehabilitation",
            "Bradford County, Pediatric Hematology & Oncology",
            "Northwest Valley Avenue Family Practice, P.A.",
        ];
        for (weight, number) in [(Weight::Regular, 400), (Weight::Semibold, 600)] {
            for text in texts {
                let escaped = text.replace('&', "&amp;");
                let svg = page(&format!(
                    "<text x=\"0\" y=\"500\" font-size=\"100\" font-weight=\"{number}\">{escaped}</text>"
                ));
                let tree = read(&svg).unwrap();
                let shaped = f64::from(tree.root().bounding_box().width()) * 2.0;
                let ours = width(text, 100.0, weight);
                // Kerning only ever draws letters together, so nothing is wider than we think.
                let ratio = ours / shaped;
                assert!(
                    (0.998..1.015).contains(&ratio),
                    "{text}: {ours} beside {shaped}"
                );
            }
        }
    }
}
