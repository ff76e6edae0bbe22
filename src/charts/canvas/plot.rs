//! The plot: plotters' coordinates over a part of the sheet, and the marks in them. Axes carry the
//! value of each line, so that a reader (or a test) can measure every mark against them.

use std::convert::Infallible;

use catchment_base::{Error, Result};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    Cartesian2d, Circle, DrawingArea, DrawingAreaErrorKind, EmptyElement, PathElement, Polygon,
    Rectangle,
};
use plotters::style::{Color, RGBColor, ShapeStyle};

use super::backend::Backend;
use super::page::Rect;
use super::theme::Colour;

/// A part of the sheet with a scale across and a scale down.
pub(crate) struct Plot {
    area: DrawingArea<Backend, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    paper: RGBColor,
}

/// How a mark is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// In its colour.
    Solid,
    /// In the colour of the paper with an outline: few cases, or at the edge of what is known.
    Hollow,
}

/// The ends of a scale, `(start, end)`: left to right, or bottom to top.
pub(crate) type Scale = (f64, f64);

impl Plot {
    /// Lays the scales over `at`.
    pub(crate) fn new(
        root: &DrawingArea<Backend, Shift>,
        at: Rect,
        x: Scale,
        y: Scale,
        paper: Colour,
    ) -> Self {
        let part = root.clone().shrink(
            (at.x0.round() as i32, at.y0.round() as i32),
            (at.width().round() as u32, at.height().round() as u32),
        );
        // Values grow upwards, and heights on the sheet downwards.
        let (across, down) = part.get_pixel_range();
        let pixels = (across, down.end..down.start);
        let coordinates = Cartesian2d::new(x.0..x.1, y.0..y.1, pixels);
        Self {
            area: part.apply_coord_spec(coordinates),
            paper: paper.into(),
        }
    }

    /// Where a value stands on the sheet.
    pub(crate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = self.area.map_coordinate(&(x, y));
        (f64::from(x), f64::from(y))
    }

    /// A bar across, from one value to another, `half` of a line thick to either side of `y`.
    pub(crate) fn bar(
        &self,
        from: f64,
        to: f64,
        y: f64,
        half: f64,
        colour: Colour,
        fill: Fill,
    ) -> Result<()> {
        self.block((from, y - half), (to, y + half), colour, fill)
    }

    /// A block between two corners.
    pub(crate) fn block(
        &self,
        one: (f64, f64),
        two: (f64, f64),
        colour: Colour,
        fill: Fill,
    ) -> Result<()> {
        let colour = RGBColor::from(colour);
        match fill {
            Fill::Solid => self.draw(&Rectangle::new([one, two], colour.filled())),
            Fill::Hollow => {
                self.draw(&Rectangle::new([one, two], self.paper.filled()))?;
                self.draw(&Rectangle::new([one, two], colour.stroke_width(OUTLINE)))
            }
        }
    }

    /// A dot of a radius in units of the sheet.
    pub(crate) fn dot(
        &self,
        at: (f64, f64),
        radius: u32,
        colour: Colour,
        fill: Fill,
    ) -> Result<()> {
        let colour = RGBColor::from(colour);
        match fill {
            // A rim of paper keeps dots apart that overlap.
            Fill::Solid => {
                self.draw(&Circle::new(at, radius + 4, self.paper.filled()))?;
                self.draw(&Circle::new(at, radius, colour.filled()))
            }
            Fill::Hollow => {
                self.draw(&Circle::new(at, radius, self.paper.filled()))?;
                self.draw(&Circle::new(at, radius, colour.stroke_width(OUTLINE)))
            }
        }
    }

    /// A post across the line at `at`, `half` units of the sheet high to either side, on a rim of
    /// paper. Dots that stand on it do not hide it.
    pub(crate) fn post(&self, at: (f64, f64), half: i32, colour: Colour) -> Result<()> {
        for (colour, width, half) in [(self.paper, 20, half + 4), (colour.into(), 12, half)] {
            let style = colour.stroke_width(width);
            let stroke = PathElement::new(vec![(0, -half), (0, half)], style);
            self.draw(&(EmptyElement::at(at) + stroke))?;
        }
        Ok(())
    }

    /// A line through points.
    pub(crate) fn line(&self, points: Vec<(f64, f64)>, colour: Colour, width: u32) -> Result<()> {
        self.draw(&PathElement::new(
            points,
            RGBColor::from(colour).stroke_width(width),
        ))
    }

    /// A filled band between two heights, over the whole width of the scale given.
    pub(crate) fn band(&self, x: Scale, low: f64, high: f64, colour: Colour) -> Result<()> {
        let corners = vec![(x.0, low), (x.1, low), (x.1, high), (x.0, high)];
        let style: ShapeStyle = RGBColor::from(colour).filled();
        self.draw(&Polygon::new(corners, style))
    }

    /// An interval across at `y`, its ends `cap` units of the sheet high, on a rim of paper so that
    /// it shows on bars too.
    pub(crate) fn interval(
        &self,
        ends: (f64, f64),
        y: f64,
        cap: i32,
        colour: Colour,
    ) -> Result<()> {
        for (colour, width) in [(self.paper, 10), (RGBColor::from(colour), 4)] {
            let style = colour.stroke_width(width);
            self.draw(&PathElement::new(vec![(ends.0, y), (ends.1, y)], style))?;
            for end in [ends.0, ends.1] {
                let stroke = PathElement::new(vec![(0, -cap / 2), (0, cap / 2)], style);
                self.draw(&(EmptyElement::at((end, y)) + stroke))?;
            }
        }
        Ok(())
    }

    /// An interval upright at `x`, its ends `cap` units of the sheet wide, on a rim of paper.
    pub(crate) fn upright(&self, ends: (f64, f64), x: f64, cap: i32, colour: Colour) -> Result<()> {
        for (colour, width) in [(self.paper, 10), (RGBColor::from(colour), 4)] {
            let style = colour.stroke_width(width);
            self.draw(&PathElement::new(vec![(x, ends.0), (x, ends.1)], style))?;
            for end in [ends.0, ends.1] {
                let stroke = PathElement::new(vec![(-cap / 2, 0), (cap / 2, 0)], style);
                self.draw(&(EmptyElement::at((x, end)) + stroke))?;
            }
        }
        Ok(())
    }

    fn draw<'a, E, B>(&self, element: &'a E) -> Result<()>
    where
        B: plotters::element::CoordMapper,
        &'a E: plotters::element::PointCollection<'a, (f64, f64), B>,
        E: plotters::element::Drawable<Backend, B>,
    {
        self.area
            .draw(element)
            .map_err(|e: DrawingAreaErrorKind<Infallible>| {
                Error::internal("a mark can't be drawn").because(e.to_string())
            })
    }
}

/// The outline of what is hollow.
const OUTLINE: u32 = 5;
