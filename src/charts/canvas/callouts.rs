//! Names above a bar in parts, each with a line down to its part: sides and heights are chosen so
//! that no line crosses a name and as few heights are used as can be.

use super::font;
use super::page::{Anchor, Paint};
use super::sheet::Sheet;
use super::theme::{Colour, LABEL};

/// The name of a part, and the middle of the part.
#[derive(Debug, Clone)]
pub(crate) struct Callout {
    pub x: f64,
    pub name: String,
    pub colour: Colour,
}

/// Names with their sides and heights.
#[derive(Debug)]
pub(crate) struct Callouts {
    names: Vec<Callout>,
    places: Vec<Place>,
}

/// Whether a name stands left of its line, and its height above the bar, from 0.
type Place = (bool, usize);

/// The distance from height to height.
const STEP: f64 = LABEL * 1.2;

/// The room between a line and its name, and between neighbours.
const GAP: f64 = 14.0;

/// With more names the sides are not searched for.
const MOST: usize = 10;

impl Callouts {
    /// Chooses sides and heights for names of which none may leave `x0` to `x1`.
    pub(crate) fn fit(names: Vec<Callout>, x0: f64, x1: f64) -> Self {
        let width = |n: &Callout| font::width(&n.name, LABEL, font::Weight::Regular) + 2.0 * GAP;
        let widths: Vec<f64> = names.iter().map(width).collect();
        let span = |at: usize, left: bool| {
            let (x, wide) = (names.get(at).map_or(x0, |n| n.x), widths.get(at).copied());
            let wide = wide.unwrap_or(0.0);
            if left { (x - wide, x) } else { (x, x + wide) }
        };
        let middle = (x0 + x1) / 2.0;
        // Should nothing fit, each name stands towards the middle, on a height of its own.
        let mut best: Option<((usize, usize), Vec<Place>)> = None;
        let lines: Vec<f64> = names.iter().map(|n| n.x).collect();
        let few = names.len() <= MOST;
        for chosen in 0..(if few { 1u32 << names.len() } else { 0 }) {
            let left = |at: usize| chosen >> at & 1 == 1;
            let spans: Vec<(f64, f64)> = (0..names.len()).map(|at| span(at, left(at))).collect();
            if spans.iter().any(|s| s.0 < x0 || s.1 > x1) {
                continue;
            }
            let Some(heights) = heights(&lines, &spans) else {
                continue;
            };
            let most = heights.iter().max().copied().unwrap_or(0);
            let cost = (most, heights.iter().sum());
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                let places = heights.iter().enumerate().map(|(at, h)| (left(at), *h));
                best = Some((cost, places.collect()));
            }
        }
        let own = lines.iter().enumerate().map(|(at, x)| (*x > middle, at));
        let places = best.map_or_else(|| own.collect(), |(_, places)| places);
        Self { names, places }
    }

    /// The room that they take above the bar.
    pub(crate) fn height(&self) -> f64 {
        let most = self.places.iter().map(|place| place.1 + 1).max();
        most.map_or(0.0, |most| most as f64 * STEP + GAP)
    }

    /// Writes them above the bar whose upper edge is `foot`.
    pub(crate) fn write(&self, sheet: &Sheet, foot: f64) {
        for (name, (left, height)) in self.names.iter().zip(&self.places) {
            let baseline = foot - GAP - STEP * *height as f64 - LABEL * 0.22;
            let top = baseline - LABEL * font::CAPITAL;
            let line = Paint::Line(sheet.palette.bars, 1.0, 3);
            sheet.line((name.x, top), (name.x, foot), line);
            let (x, anchor) = if *left {
                (name.x - GAP, Anchor::End)
            } else {
                (name.x + GAP, Anchor::Start)
            };
            let words = sheet.words().tinted(name.colour).from(anchor);
            sheet.text((x, baseline), words, &name.name);
        }
    }
}

/// A height for each name: above every line that its span covers, and apart from names beside it.
/// None where two names cover each other's line.
fn heights(lines: &[f64], spans: &[(f64, f64)]) -> Option<Vec<usize>> {
    let covers = |at: usize, other: usize| {
        let (span, line) = (spans.get(at)?, lines.get(other)?);
        Some(at != other && span.0 - GAP < *line && *line < span.1 + GAP)
    };
    let covers = |at: usize, other: usize| covers(at, other).unwrap_or(false);
    let meet = |at: usize, other: usize| {
        let (one, two) = (spans.get(at)?, spans.get(other)?);
        Some(one.0 < two.1 && two.0 < one.1)
    };
    let count = lines.len();
    let mut placed: Vec<Option<usize>> = vec![None; count];
    let known = |placed: &[Option<usize>], at: usize| placed.get(at).copied().flatten();
    // Each round places the first name that has all names below it placed.
    for _ in 0..count {
        let below = |at: usize| (0..count).filter(move |other| covers(at, *other));
        let next = (0..count).find(|at| {
            known(&placed, *at).is_none() && below(*at).all(|o| known(&placed, o).is_some())
        })?;
        let least = below(next).filter_map(|o| known(&placed, o)).max();
        let mut height = least.map_or(0, |h| h + 1);
        let taken = |height: usize| {
            (0..count).any(|o| known(&placed, o) == Some(height) && meet(next, o).unwrap_or(false))
        };
        while taken(height) {
            height += 1;
        }
        if let Some(place) = placed.get_mut(next) {
            *place = Some(height);
        }
    }
    placed.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_far_apart_stand_on_one_height_and_near_ones_fan_out() {
        let name = |x: f64| Callout {
            x,
            name: "Redirected outside".into(),
            colour: Colour(0, 0, 0),
        };
        let far = Callouts::fit([200.0, 900.0, 1600.0].map(name).to_vec(), 0.0, 2400.0);
        assert!(far.places.iter().all(|p| p.1 == 0), "{far:?}");
        let near = Callouts::fit([900.0, 940.0, 980.0].map(name).to_vec(), 0.0, 2400.0);
        let most = near.places.iter().map(|p| p.1).max();
        assert_eq!(most, Some(1), "{near:?}");
        assert!(near.height() > far.height());
        assert_eq!(Callouts::fit(Vec::new(), 0.0, 1.0).height(), 0.0);
    }

    proptest! {
        #[test]
        fn no_line_crosses_a_name(mut at in prop::collection::vec(1000u32..2600, 1..9)) {
            at.sort_unstable();
            at.dedup_by(|a, b| *a - *b < 20);
            let names: Vec<Callout> = at
                .iter()
                .map(|x| Callout { x: f64::from(*x), name: "Redirected".into(), colour: Colour(0, 0, 0) })
                .collect();
            let fitted = Callouts::fit(names, 0.0, 3600.0);
            let wide = font::width("Redirected", LABEL, font::Weight::Regular) + GAP;
            let span = |at: usize| {
                let (x, left) = (fitted.names[at].x, fitted.places[at].0);
                if left { (x - wide, x) } else { (x, x + wide) }
            };
            for one in 0..fitted.names.len() {
                for two in (0..fitted.names.len()).filter(|two| *two != one) {
                    let (a, b) = (span(one), span(two));
                    let (high, low) = (fitted.places[one].1, fitted.places[two].1);
                    prop_assert!(high != low || a.1 <= b.0 || b.1 <= a.0, "{fitted:?}");
                    // The line of a name that stands higher passes every lower one.
                    let line = fitted.names[one].x;
                    prop_assert!(high <= low || line <= b.0 || line >= b.1, "{fitted:?}");
                }
            }
        }
    }
}
