//! plotters' drawing backend on the SVG page. Charts share the page with it, so that they can open
//! a group, let plotters draw into it, and close it.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle,
};

use super::font::{self, Weight};
use super::page::{Anchor, Page, Paint, Rect, Words};
use super::theme::Colour;

/// Draws on a page that others write on too.
pub(crate) struct Backend {
    page: Rc<RefCell<Page>>,
    size: (u32, u32),
}

impl Backend {
    /// A backend on this page, of a size in units.
    pub(crate) fn new(page: Rc<RefCell<Page>>, size: (u32, u32)) -> Self {
        Self { page, size }
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Backend {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        let (x0, y0) = float(point);
        let at = Rect {
            x0,
            y0,
            x1: x0 + 1.0,
            y1: y0 + 1.0,
        };
        self.page.borrow_mut().rect(at, paint(&color, true));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.page
            .borrow_mut()
            .line(float(from), float(to), paint(style, false));
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let ((x0, y0), (x1, y1)) = (float(upper_left), float(bottom_right));
        self.page
            .borrow_mut()
            .rect(Rect { x0, y0, x1, y1 }, paint(style, fill));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<_> = path.into_iter().map(float).collect();
        self.page
            .borrow_mut()
            .polyline(&points, false, paint(style, false));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        self.page
            .borrow_mut()
            .circle(float(center), f64::from(radius), paint(style, fill));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<_> = vert.into_iter().map(float).collect();
        self.page
            .borrow_mut()
            .polyline(&points, true, paint(style, true));
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        pos: BackendCoord,
    ) -> Drawn {
        let words = words(style);
        let (x, y) = float(pos);
        let baseline = match style.anchor().v_pos {
            VPos::Top => y + words.size * font::CAPITAL,
            VPos::Center => y + words.size * font::CAPITAL / 2.0,
            VPos::Bottom => y - words.size * font::DESCENT,
        };
        self.page
            .borrow_mut()
            .text((x, baseline), words, text, None);
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let words = words(style);
        let width = font::width(text, words.size, words.weight).ceil() as u32;
        let height = (words.size * (font::CAPITAL + font::DESCENT)).ceil() as u32;
        Ok((width, height))
    }
}

fn float(point: BackendCoord) -> (f64, f64) {
    (f64::from(point.0), f64::from(point.1))
}

fn paint<S: BackendStyle>(style: &S, fill: bool) -> Paint {
    let BackendColor {
        alpha,
        rgb: (red, green, blue),
    } = style.color();
    let colour = Colour(red, green, blue);
    if fill {
        Paint::Fill(colour, alpha)
    } else {
        Paint::Line(colour, alpha, style.stroke_width())
    }
}

fn words<T: BackendTextStyle>(style: &T) -> Words {
    let (red, green, blue) = style.color().rgb;
    Words {
        size: style.size(),
        weight: match style.style() {
            FontStyle::Bold => Weight::Semibold,
            _ => Weight::Regular,
        },
        colour: Colour(red, green, blue),
        anchor: match style.anchor().h_pos {
            HPos::Left => Anchor::Start,
            HPos::Center => Anchor::Middle,
            HPos::Right => Anchor::End,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::prelude::*;
    use plotters::style::text_anchor::Pos;

    fn drawn(draw: impl Fn(&DrawingArea<Backend, plotters::coord::Shift>)) -> String {
        let page = Rc::new(RefCell::new(Page::new("x")));
        let area = Backend::new(page.clone(), (100, 100)).into_drawing_area();
        draw(&area);
        drop(area);
        page.borrow().finish((100, 100), "t", "d")
    }

    #[test]
    fn shapes_are_written_as_they_are() {
        let svg = drawn(|area| {
            area.draw(&Rectangle::new([(1, 2), (11, 22)], RED.filled()))
                .unwrap();
            area.draw(&Circle::new(
                (5, 6),
                7,
                ShapeStyle::from(&BLUE).stroke_width(2),
            ))
            .unwrap();
            area.draw(&PathElement::new([(0, 0), (9, 9)], BLACK.mix(0.5)))
                .unwrap();
            area.draw(&Polygon::new([(0, 0), (9, 9), (0, 9)], BLACK))
                .unwrap();
            area.draw_pixel((3, 4), &BLACK).unwrap();
        });
        for line in [
            "<rect x=\"1\" y=\"2\" width=\"10\" height=\"20\" fill=\"#FF0000\"/>",
            "<circle cx=\"5\" cy=\"6\" r=\"7\" fill=\"none\" stroke=\"#0000FF\" stroke-width=\"2\"/>",
            "<polyline points=\"0,0 9,9\" fill=\"none\" stroke=\"#000000\" stroke-width=\"1\" stroke-opacity=\"0.5\"/>",
            "<polygon points=\"0,0 9,9 0,9\" fill=\"#000000\"/>",
            "<rect x=\"3\" y=\"4\" width=\"1\" height=\"1\" fill=\"#000000\"/>",
        ] {
            assert!(svg.contains(line), "{line}\n{svg}");
        }
    }

    #[test]
    fn texts_are_measured_by_the_font() {
        let svg = drawn(|area| {
            let font = FontDesc::new(FontFamily::Name("Source Sans 3"), 48.0, FontStyle::Bold);
            let style = TextStyle::from(font).pos(Pos::new(HPos::Right, VPos::Top));
            assert_eq!(area.estimate_text_size("2026", &style).unwrap().0, 99);
            area.draw(&Text::new("2026", (90, 10), style)).unwrap();
        });
        let expected = "<text x=\"90\" y=\"41.68\" font-size=\"48\" font-weight=\"600\" fill=\"#000000\" text-anchor=\"end\">2026</text>";
        assert!(svg.contains(expected), "{svg}");
    }
}
