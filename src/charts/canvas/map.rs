//! The map: an equal-area projection of points in degrees, laid into a part of the sheet, shapes cut
//! to it, and labels on plates. Which counties are shown is the chart's.

use super::font::CAPITAL;
use super::labels;
use super::page::text_box;
use super::shapes::Ring;
use super::sheet::{Anchor, Paint, Path, Rect, Sheet, Words};

/// Albers' equal-area conic projection of the sphere with radius 1 (Snyder, Map Projections: A
/// Working Manual, 1987, equations 14-1 to 14-6).
#[derive(Debug, Clone, Copy)]
struct Albers {
    /// The longitude of the middle, in radians.
    middle: f64,
    n: f64,
    c: f64,
    rho_0: f64,
}

impl Albers {
    /// Two standard parallels, and the latitude and longitude of the origin, in degrees.
    fn new(parallels: (f64, f64), origin: (f64, f64)) -> Self {
        let (first, second) = (parallels.0.to_radians(), parallels.1.to_radians());
        let n = (first.sin() + second.sin()) / 2.0;
        let c = first.cos().powi(2) + 2.0 * n * first.sin();
        let rho_0 = (c - 2.0 * n * origin.0.to_radians().sin()).max(0.0).sqrt() / n;
        let middle = origin.1.to_radians();
        Self {
            middle,
            n,
            c,
            rho_0,
        }
    }

    /// Standard parallels a sixth of the height inside the lowest and highest latitude, which keeps
    /// shapes nearly true in between.
    fn around(points: &[(f64, f64)]) -> Self {
        let bounds = Rect::around(points);
        let sixth = bounds.height() / 6.0;
        Self::new(
            (bounds.y0 + sixth, bounds.y1 - sixth),
            ((bounds.y0 + bounds.y1) / 2.0, (bounds.x0 + bounds.x1) / 2.0),
        )
    }

    /// The place of a point (longitude, latitude), growing to the right and upwards.
    fn at(&self, (longitude, latitude): (f64, f64)) -> (f64, f64) {
        use std::f64::consts::{PI, TAU};
        // The shorter way around the Earth.
        let away = (longitude.to_radians() - self.middle + PI).rem_euclid(TAU) - PI;
        let rho = (self.c - 2.0 * self.n * latitude.to_radians().sin()).max(0.0);
        let rho = rho.sqrt() / self.n;
        let theta = self.n * away;
        (rho * theta.sin(), self.rho_0 - rho * theta.cos())
    }
}

impl Rect {
    /// The least box around points; their second coordinate grows from `y0` to `y1`.
    fn around(points: &[(f64, f64)]) -> Self {
        let none = Self {
            x0: f64::INFINITY,
            y0: f64::INFINITY,
            x1: f64::NEG_INFINITY,
            y1: f64::NEG_INFINITY,
        };
        points.iter().fold(none, |around, &(x, y)| Self {
            x0: around.x0.min(x),
            y0: around.y0.min(y),
            x1: around.x1.max(x),
            y1: around.y1.max(y),
        })
    }
}

/// A projection laid into a part of the sheet.
#[derive(Debug)]
pub(crate) struct Map {
    projection: Albers,
    at: Rect,
    scale: f64,
    /// What stands in the middle of `at`.
    middle: (f64, f64),
}

impl Map {
    /// A map on which all these rings find room.
    pub(crate) fn new(rings: &[Ring], at: Rect) -> Self {
        let points: Vec<(f64, f64)> = rings.iter().flatten().copied().collect();
        let projection = Albers::around(&points);
        let placed: Vec<(f64, f64)> = points.iter().map(|p| projection.at(*p)).collect();
        let bounds = Rect::around(&placed);
        // A little of what lies around is shown too.
        let room = 0.94;
        let scale = room * (at.width() / bounds.width()).min(at.height() / bounds.height());
        Self {
            projection,
            at,
            scale,
            middle: ((bounds.x0 + bounds.x1) / 2.0, (bounds.y0 + bounds.y1) / 2.0),
        }
    }

    /// Where a point (longitude, latitude) stands on the sheet.
    pub(crate) fn place(&self, point: (f64, f64)) -> (f64, f64) {
        let centre = (
            (self.at.x0 + self.at.x1) / 2.0,
            (self.at.y0 + self.at.y1) / 2.0,
        );
        let (x, y) = self.projection.at(point);
        (
            centre.0 + (x - self.middle.0) * self.scale,
            centre.1 - (y - self.middle.1) * self.scale,
        )
    }

    /// Where rings stand on the sheet, cut to the map.
    pub(crate) fn lay(&self, rings: &[Ring]) -> Vec<Ring> {
        let laid = rings
            .iter()
            .map(|ring| ring.iter().map(|p| self.place(*p)).collect());
        laid.map(|ring: Ring| cut(ring, self.at))
            .filter(|ring| ring.len() > 2)
            .collect()
    }
}

/// A ring cut to a box, side by side (Sutherland and Hodgman, 1974).
fn cut(mut ring: Ring, to: Rect) -> Ring {
    type Inside = fn(&(f64, f64), &Rect) -> f64;
    // How far a point lies inside each side.
    let sides: [Inside; 4] = [
        |p, to| p.0 - to.x0,
        |p, to| to.x1 - p.0,
        |p, to| p.1 - to.y0,
        |p, to| to.y1 - p.1,
    ];
    for inside in sides {
        let mut kept = Ring::with_capacity(ring.len());
        let before = ring.iter().cycle().skip(ring.len().saturating_sub(1));
        for (from, here) in before.zip(&ring) {
            let (a, b) = (inside(from, &to), inside(here, &to));
            if (a < 0.0) != (b < 0.0) {
                let share = a / (a - b);
                kept.push((
                    from.0 + (here.0 - from.0) * share,
                    from.1 + (here.1 - from.1) * share,
                ));
            }
            if b >= 0.0 {
                kept.push(*here);
            }
        }
        ring = kept;
    }
    ring
}

/// Twice the area of a ring, and its centre of gravity.
fn weight(ring: &Ring) -> (f64, (f64, f64)) {
    let mut sum = (0.0, 0.0, 0.0);
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let cross = a.0 * b.1 - b.0 * a.1;
        sum = (
            sum.0 + cross,
            sum.1 + (a.0 + b.0) * cross,
            sum.2 + (a.1 + b.1) * cross,
        );
    }
    let third = 3.0 * sum.0;
    let centre = if third == 0.0 {
        ring.first().copied().unwrap_or_default()
    } else {
        (sum.1 / third, sum.2 / third)
    };
    (sum.0.abs(), centre)
}

/// The middle of the largest of these rings.
pub(crate) fn middle(rings: &[Ring]) -> Option<(f64, f64)> {
    let all = rings.iter().map(weight);
    all.max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, centre)| centre)
}

impl Sheet {
    /// The outline of rings, painted.
    pub(crate) fn rings(&self, rings: &[Ring], paint: Paint) {
        let mut path = Path::default();
        for ring in rings {
            path.ring(ring);
        }
        self.path(&path, paint);
    }

    /// The first of the texts that finds room on or beside a point inside `area`, on a plate of
    /// paper, so that it can be read on any colour; where none does, it is left out and counted.
    pub(crate) fn plate(&self, point: (f64, f64), words: Words, texts: &[String], area: Rect) {
        let taken = self.page.borrow().boxes().to_vec();
        let centred = (point.0, point.1 + words.size * CAPITAL / 2.0);
        let middle = words.from(Anchor::Middle);
        // Plates keep apart.
        let apart = |own: &Rect| {
            own.across(own.x0 - 16.0, own.x1 + 16.0)
                .down(own.y0 - 12.0, own.y1 + 12.0)
        };
        let grown: Vec<Rect> = taken.iter().map(apart).collect();
        let found = texts.iter().find_map(|text| {
            let own = text_box(centred, middle, text);
            let free = own.within(&area) && !grown.iter().any(|other| own.meets(other));
            let place = if free {
                Some((centred, Anchor::Middle))
            } else {
                labels::place(point, words.size * 0.6, text, words, area, &grown)
            };
            place.map(|(at, anchor)| (at, words.from(anchor), text))
        });
        let Some((at, words, text)) = found else {
            self.dropped.set(self.dropped.get() + 1);
            return;
        };
        let own = text_box(at, words, text);
        let plate = own
            .across(own.x0 - 8.0, own.x1 + 8.0)
            .down(own.y0 - 6.0, own.y1 + 1.0);
        self.rect(plate, Paint::Fill(self.palette.paper, 0.9));
        self.text(at, words, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::shapes::shapes;
    use proptest::prelude::*;

    /// Snyder's numerical example for the sphere (page 291).
    #[test]
    fn projects_the_published_example() {
        let albers = Albers::new((29.5, 45.5), (23.0, -96.0));
        let (x, y) = albers.at((-75.0, 35.0));
        assert!((albers.n - 0.602_837_0).abs() < 5e-8, "{}", albers.n);
        assert!(
            (x - 0.295_272_0).abs() < 5e-8 && (y - 0.241_677_4).abs() < 5e-8,
            "{x} {y}"
        );
    }

    /// The areas that the Census Bureau gives for land and water, in square kilometres.
    #[test]
    fn areas_are_true() {
        for (fips, expected) in [("35001", 3_023.0), ("42079", 2_347.0), ("48301", 1_755.0)] {
            let rings = shapes().rings(fips);
            let points: Vec<_> = rings.iter().flatten().copied().collect();
            let albers = Albers::around(&points);
            let flat = |ring: &Ring| ring.iter().map(|p| albers.at(*p)).collect::<Ring>();
            let area: f64 = rings.iter().map(|ring| weight(&flat(ring)).0 / 2.0).sum();
            let area = area * catchment_base::places::EARTH_RADIUS_KM.powi(2);
            assert!((area / expected - 1.0).abs() < 0.01, "{fips}: {area}");
        }
    }

    #[test]
    fn a_map_across_the_date_line_is_in_one_piece() {
        let albers = Albers::new((50.0, 55.0), (52.0, 179.0));
        let (west, east) = (albers.at((-179.0, 52.0)), albers.at((177.0, 52.0)));
        assert!((west.0 + east.0).abs() < 1e-9 && west.0 > 0.0 && west.0 < 0.05);
    }

    proptest! {
        /// A small cell has the area that it has on the sphere, wherever it lies.
        #[test]
        fn cells_keep_their_area(x in -120.0f64..-70.0, y in 25.0f64..49.0) {
            let albers = Albers::new((29.5, 45.5), (37.0, -96.0));
            let step = 0.01;
            let cell: Ring = [(x, y), (x + step, y), (x + step, y + step), (x, y + step)]
                .iter().map(|p| albers.at(*p)).collect();
            let sphere = step.to_radians() * ((y + step).to_radians().sin() - y.to_radians().sin());
            prop_assert!((weight(&cell).0 / 2.0 / sphere - 1.0).abs() < 1e-4);
        }

        /// What is cut to a box lies in it, and what lies in it stays.
        #[test]
        fn what_is_cut_lies_inside(points in prop::collection::vec((-50.0f64..150.0, -50.0f64..150.0), 3..12)) {
            let to = Rect { x0: 0.0, y0: 0.0, x1: 100.0, y1: 100.0 };
            let inside = |p: &(f64, f64)| p.0 >= -1e-9 && p.0 <= 100.0 + 1e-9 && p.1 >= -1e-9 && p.1 <= 100.0 + 1e-9;
            let ring = cut(points.clone(), to);
            prop_assert!(ring.iter().all(inside));
            if points.iter().all(inside) {
                prop_assert_eq!(ring, points);
            }
        }
    }

    #[test]
    fn a_square_is_cut_to_its_half_and_its_middle_found() {
        let square = vec![(-50.0, 0.0), (50.0, 0.0), (50.0, 80.0), (-50.0, 80.0)];
        let to = Rect {
            x0: 0.0,
            y0: 0.0,
            x1: 100.0,
            y1: 100.0,
        };
        let half = cut(square, to);
        assert_eq!(weight(&half).0 / 2.0, 4000.0);
        assert_eq!(
            middle(&[vec![(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)], half]),
            Some((25.0, 40.0))
        );
    }
}
