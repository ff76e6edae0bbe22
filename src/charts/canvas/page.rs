//! The SVG page: writes rectangles, lines, circles, texts and groups, one a line, with coordinates
//! rounded to two decimals. Where things stand is decided by others.

use std::fmt::Write as _;

use super::font::{self, Weight};
use super::theme::Colour;

/// Which end of a text stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text is set; its point is on the baseline.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub size: f64,
    pub weight: Weight,
    pub colour: Colour,
    pub anchor: Anchor,
}

impl Words {
    /// The same with another end at the point.
    pub(crate) fn from(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// The same in semibold where `bold`, else in regular.
    pub(crate) fn bold(self, bold: bool) -> Self {
        let weight = if bold {
            Weight::Semibold
        } else {
            Weight::Regular
        };
        Self { weight, ..self }
    }

    /// The same in a colour.
    pub(crate) fn tinted(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }
}

/// A box on the page; `x1` and `y1` are its right and lower edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub x0: f64,
    pub y0: f64,
    pub x1: f64,
    pub y1: f64,
}

impl Rect {
    pub(crate) fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    pub(crate) fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    /// The same between other sides.
    pub(crate) fn across(self, x0: f64, x1: f64) -> Self {
        Self { x0, x1, ..self }
    }

    /// The same between another top and bottom.
    pub(crate) fn down(self, y0: f64, y1: f64) -> Self {
        Self { y0, y1, ..self }
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.x0 < other.x1 && other.x0 < self.x1 && self.y0 < other.y1 && other.y0 < self.y1
    }

    pub(crate) fn within(&self, other: &Self) -> bool {
        self.x0 >= other.x0 && self.x1 <= other.x1 && self.y0 >= other.y0 && self.y1 <= other.y1
    }
}

/// The ink and how it is laid on: filled, hatched, or as a line of some width.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Paint {
    Fill(Colour, f64),
    Hatch(Colour),
    Line(Colour, f64, u32),
    Dashes(Colour, u32),
}

/// An outline of straight lines and curves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Path(String);

impl Path {
    /// Goes on to a new ring through these points, and closes it.
    pub(crate) fn ring(&mut self, points: &[(f64, f64)]) {
        for (place, point) in points.iter().enumerate() {
            let step = if place == 0 { "M" } else { "L" };
            let _ = write!(self.0, "{step}{} {}", number(point.0), number(point.1));
        }
        self.0.push('Z');
    }

    /// A band from the span of heights `from` at one upright line to the span `to` at another, bent
    /// so that it leaves and arrives level.
    pub(crate) fn ribbon(x: (f64, f64), from: (f64, f64), to: (f64, f64)) -> Self {
        let middle = number((x.0 + x.1) / 2.0);
        let (left, right) = (number(x.0), number(x.1));
        let [a, b, c, d] = [from.0, to.0, to.1, from.1].map(number);
        Self(format!(
            "M{left} {a}C{middle} {a} {middle} {b} {right} {b}L{right} {c}\
             C{middle} {c} {middle} {d} {left} {d}Z"
        ))
    }
}

/// The page as it is written.
#[derive(Debug)]
pub(crate) struct Page {
    name: String,
    body: String,
    hatches: Vec<Colour>,
    boxes: Vec<Rect>,
}

impl Page {
    /// An empty page; `name` keeps its ids apart from those of other pictures in one document.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_string(),
            body: String::new(),
            hatches: Vec::new(),
            boxes: Vec::new(),
        }
    }

    /// The boxes of the texts written so far.
    pub(crate) fn boxes(&self) -> &[Rect] {
        &self.boxes
    }

    /// Opens a group with these attributes.
    pub(crate) fn open(&mut self, attributes: &[(&str, &str)], title: Option<&str>) {
        self.body.push_str("<g");
        for (name, value) in attributes {
            let _ = write!(self.body, " {name}=\"{}\"", escaped(value));
        }
        self.body.push_str(">\n");
        if let Some(title) = title {
            let _ = writeln!(self.body, "<title>{}</title>", escaped(title));
        }
    }

    /// Closes the group that was opened last.
    pub(crate) fn close(&mut self) {
        self.body.push_str("</g>\n");
    }

    pub(crate) fn rect(&mut self, at: Rect, paint: Paint) {
        let paint = self.painted(paint);
        let _ = writeln!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{paint}/>",
            number(at.x0.min(at.x1)),
            number(at.y0.min(at.y1)),
            number(at.width().abs()),
            number(at.height().abs()),
        );
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), paint: Paint) {
        let paint = self.painted(paint);
        let _ = writeln!(
            self.body,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{paint}/>",
            number(from.0),
            number(from.1),
            number(to.0),
            number(to.1),
        );
    }

    pub(crate) fn polyline(&mut self, points: &[(f64, f64)], closed: bool, paint: Paint) {
        let paint = self.painted(paint);
        let points: Vec<String> = points
            .iter()
            .map(|p| format!("{},{}", number(p.0), number(p.1)))
            .collect();
        let element = if closed { "polygon" } else { "polyline" };
        let _ = writeln!(
            self.body,
            "<{element} points=\"{}\"{paint}/>",
            points.join(" ")
        );
    }

    /// A path in SVG's own words; where it runs around itself twice it is a hole.
    pub(crate) fn path(&mut self, drawn: &Path, paint: Paint) {
        let paint = self.painted(paint);
        let _ = writeln!(
            self.body,
            "<path d=\"{}\" fill-rule=\"evenodd\"{paint}/>",
            drawn.0
        );
    }

    pub(crate) fn circle(&mut self, centre: (f64, f64), radius: f64, paint: Paint) {
        let paint = self.painted(paint);
        let _ = writeln!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{paint}/>",
            number(centre.0),
            number(centre.1),
            number(radius),
        );
    }

    /// Writes a text; `whole` is what a reader who hovers sees, where the text was cut.
    pub(crate) fn text(&mut self, at: (f64, f64), words: Words, text: &str, whole: Option<&str>) {
        self.boxes.push(text_box(at, words, text));
        let anchor = match words.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let title = whole
            .map(|w| format!("<title>{}</title>", escaped(w)))
            .unwrap_or_default();
        let _ = writeln!(
            self.body,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"{}\" fill=\"{}\"{anchor}>{title}{}</text>",
            number(at.0),
            number(at.1),
            number(words.size),
            words.weight.number(),
            words.colour.hex(),
            escaped(text),
        );
    }

    /// The whole picture: `size` in units, shown at half of them in pixels.
    pub(crate) fn finish(&self, size: (u32, u32), title: &str, alt: &str) -> String {
        let name = &self.name;
        let (width, height) = size;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{}\" height=\"{}\" role=\"img\" aria-labelledby=\"{name}-title {name}-desc\" \
             font-family=\"{}\">\n",
            width / 2,
            height / 2,
            font::FAMILY,
        );
        let _ = writeln!(out, "<title id=\"{name}-title\">{}</title>", escaped(title));
        let _ = writeln!(out, "<desc id=\"{name}-desc\">{}</desc>", escaped(alt));
        if !self.hatches.is_empty() {
            out.push_str("<defs>\n");
            for (at, colour) in self.hatches.iter().enumerate() {
                let _ = writeln!(
                    out,
                    "<pattern id=\"{name}-hatch-{at}\" width=\"16\" height=\"16\" \
                     patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
                     <rect width=\"5\" height=\"16\" fill=\"{}\"/></pattern>",
                    colour.hex()
                );
            }
            out.push_str("</defs>\n");
        }
        out.push_str(&self.body);
        out.push_str("</svg>\n");
        out
    }

    fn painted(&mut self, paint: Paint) -> String {
        let opacity = |name: &str, share: f64| {
            if share < 1.0 {
                format!(" {name}-opacity=\"{}\"", number(share))
            } else {
                String::new()
            }
        };
        match paint {
            Paint::Fill(colour, share) => {
                format!(" fill=\"{}\"{}", colour.hex(), opacity("fill", share))
            }
            Paint::Hatch(colour) => {
                let known = self.hatches.iter().position(|c| *c == colour);
                let at = known.unwrap_or_else(|| {
                    self.hatches.push(colour);
                    self.hatches.len() - 1
                });
                format!(
                    " fill=\"url(#{}-hatch-{at})\" stroke=\"{}\" stroke-width=\"3\"",
                    self.name,
                    colour.hex()
                )
            }
            Paint::Line(colour, share, width) => format!(
                " fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\"{}",
                colour.hex(),
                opacity("stroke", share)
            ),
            Paint::Dashes(colour, width) => format!(
                " fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" stroke-dasharray=\"20 14\"",
                colour.hex()
            ),
        }
    }
}

/// The box that a text takes: its exact width, from the top of its capitals to the foot of its
/// descending letters.
pub(crate) fn text_box(at: (f64, f64), words: Words, text: &str) -> Rect {
    let width = font::width(text, words.size, words.weight);
    let x0 = match words.anchor {
        Anchor::Start => at.0,
        Anchor::Middle => at.0 - width / 2.0,
        Anchor::End => at.0 - width,
    };
    Rect {
        x0,
        y0: at.1 - words.size * font::CAPITAL,
        x1: x0 + width,
        y1: at.1 + words.size * font::DESCENT,
    }
}

/// A coordinate with two decimals at most.
fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    // Adding zero turns a negative zero into zero.
    format!("{}", rounded + 0.0)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 has no place for control characters, escaped or not.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_decimals_and_no_negative_zero() {
        assert_eq!(number(1.0), "1");
        assert_eq!(number(2.346), "2.35");
        assert_eq!(number(-0.001), "0");
    }

    #[test]
    fn names_can_not_break_the_page() {
        let mut page = Page::new("x");
        page.open(&[("data-key", "\"><script>")], Some("a & b\u{0}"));
        page.close();
        let svg = page.finish((10, 10), "t", "d");
        assert!(resvg::usvg::roxmltree::Document::parse(&svg).is_ok());
        assert!(svg.contains("&quot;&gt;&lt;script&gt;"));
    }

    #[test]
    fn rings_close_and_ribbons_keep_their_width() {
        let mut path = Path::default();
        path.ring(&[(0.0, 0.0), (9.0, 0.0), (9.0, 9.0)]);
        path.ring(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)]);
        assert_eq!(path.0, "M0 0L9 0L9 9ZM1 1L2 1L2 2Z");
        let ribbon = Path::ribbon((0.0, 100.0), (10.0, 30.0), (50.0, 70.0));
        assert_eq!(
            ribbon.0,
            "M0 10C50 10 50 50 100 50L100 70C50 70 50 30 0 30Z"
        );
    }

    #[test]
    fn a_colour_is_hatched_once() {
        let mut page = Page::new("x");
        let at = Rect {
            x0: 0.0,
            y0: 0.0,
            x1: 1.0,
            y1: 1.0,
        };
        page.rect(at, Paint::Hatch(Colour(1, 2, 3)));
        page.rect(at, Paint::Hatch(Colour(1, 2, 3)));
        assert_eq!(
            page.finish((10, 10), "t", "d").matches("<pattern").count(),
            1
        );
    }
}
