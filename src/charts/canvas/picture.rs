//! Pictures of a finished drawing: SVG with its text turned into outlines, for programs that lack
//! the font, and PNG. No font of the machine is ever used.

use std::sync::{Arc, OnceLock};

use catchment_base::{Error, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb, roxmltree};

use super::font;

/// The same picture with every text as outlines; title and description stay.
///
/// Fails only where `svg` is no SVG.
///
/// ```
/// let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='30'><title>Hi</title>\
///            <text y='20' font-family=\"'Source Sans 3'\">Hi</text></svg>";
/// let outlined = catchment_charts::outlined(svg).unwrap();
/// assert!(outlined.contains("<title>Hi</title>") && outlined.contains("<path"));
/// assert!(!outlined.contains("<text"));
/// ```
pub fn outlined(svg: &str) -> Result<String> {
    let options = usvg::WriteOptions {
        preserve_text: false,
        coordinates_precision: 2,
        indent: usvg::Indent::None,
        ..usvg::WriteOptions::default()
    };
    let outlined = read(svg)?.to_string(&options);
    let (title, alt) = words_of(svg)?;
    // The writer drops title and description, and both must go where the picture goes.
    let end = outlined.find('>').map_or(0, |at| at + 1);
    let (head, body) = outlined.split_at(end);
    Ok(format!(
        "{head}<title>{title}</title><desc>{alt}</desc>{body}\n"
    ))
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

/// Title and description of a drawing, escaped as they stand in it.
fn words_of(svg: &str) -> Result<(&str, &str)> {
    let document = roxmltree::Document::parse(svg)
        .map_err(|e| Error::internal("a drawing is no valid SVG").because(e))?;
    let words = |tag: &str| {
        let element = document
            .root_element()
            .children()
            .find(|c| c.has_tag_name(tag));
        let text = element.and_then(|e| e.first_child()).map(|t| t.range());
        text.and_then(|range| svg.get(range)).unwrap_or_default()
    };
    Ok((words("title"), words("desc")))
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
