//! Points of a plane on the sheet: fitted into a part of it in their own proportions, and the rounded
//! outline around some of them. What the points are is the chart's.

use std::f64::consts::TAU;

use super::page::Rect;
use super::shapes::Ring;

/// Where a plane stands on the sheet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    scale: f64,
    from: (f64, f64),
    to: (f64, f64),
}

impl Fit {
    /// The points in the middle of `at`, as large as they can be; a unit of theirs is never longer
    /// than twice the width.
    pub(crate) fn new(points: &[(f64, f64)], at: Rect) -> Self {
        let ends = |of: fn(&(f64, f64)) -> f64| {
            let low = points.iter().map(of).fold(f64::INFINITY, f64::min);
            (low, points.iter().map(of).fold(low, f64::max))
        };
        let (x, y) = (ends(|p| p.0), ends(|p| p.1));
        let scale = (at.width() / (x.1 - x.0).max(1e-6)).min(at.height() / (y.1 - y.0).max(1e-6));
        Self {
            scale: scale.min(at.width() * 2.0),
            from: ((x.0 + x.1) / 2.0, (y.0 + y.1) / 2.0),
            to: ((at.x0 + at.x1) / 2.0, (at.y0 + at.y1) / 2.0),
        }
    }

    /// Where a point stands.
    pub(crate) fn of(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (
            self.to.0 + (x - self.from.0) * self.scale,
            self.to.1 + (y - self.from.1) * self.scale,
        )
    }
}

/// The box around a point, `half` of a side to each.
pub(crate) fn around((x, y): (f64, f64), half: f64) -> Rect {
    Rect {
        x0: x - half,
        y0: y - half,
        x1: x + half,
        y1: y + half,
    }
}

/// A disc by its middle and radius.
pub(crate) type Disc = ((f64, f64), f64);

/// The outline around discs: their convex hull.
pub(crate) fn outline(discs: impl Iterator<Item = Disc>) -> Ring {
    const CORNERS: u32 = 16;
    let corners = discs.flat_map(|((x, y), radius)| {
        (0..CORNERS).map(move |step| {
            let angle = TAU * f64::from(step) / f64::from(CORNERS);
            (x + radius * angle.cos(), y + radius * angle.sin())
        })
    });
    hull(corners.collect())
}

/// The convex hull of points (Andrew, "Another efficient algorithm for convex hulls in two
/// dimensions", Information Processing Letters 9, 1979).
fn hull(mut points: Ring) -> Ring {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points.dedup();
    let half = |points: &mut dyn Iterator<Item = (f64, f64)>| {
        let mut chain = Ring::new();
        for point in points {
            while let [.., a, b] = chain[..]
                && (b.0 - a.0) * (point.1 - a.1) - (b.1 - a.1) * (point.0 - a.0) <= 0.0
            {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut chain = half(&mut points.iter().copied());
    chain.extend(half(&mut points.iter().rev().copied()));
    chain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn points_fill_their_part_in_their_own_proportions() {
        let at = Rect {
            x0: 100.0,
            y0: 100.0,
            x1: 500.0,
            y1: 300.0,
        };
        let fit = Fit::new(&[(0.0, 0.0), (0.4, 0.4)], at);
        assert_eq!(fit.of((0.0, 0.0)), (200.0, 100.0));
        assert_eq!(fit.of((0.4, 0.4)), (400.0, 300.0));
        let one = Fit::new(&[(0.3, 0.3)], at);
        assert_eq!(one.of((0.3, 0.3)), (300.0, 200.0));
    }

    #[test]
    fn the_hull_of_a_square_is_its_corners() {
        let square = vec![
            (0.0, 0.0),
            (2.0, 0.0),
            (1.0, 1.0),
            (2.0, 2.0),
            (0.0, 2.0),
            (1.0, 0.0),
        ];
        assert_eq!(
            hull(square),
            [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]
        );
    }

    proptest! {
        /// Every point lies on the left of every side of the hull.
        #[test]
        fn a_hull_holds_its_points(points in prop::collection::vec((-9.0f64..9.0, -9.0f64..9.0), 3..40)) {
            let ring = hull(points.clone());
            for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                for p in &points {
                    prop_assert!((b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0) > -1e-9);
                }
            }
        }
    }
}
