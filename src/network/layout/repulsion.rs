//! How points push each other away: the sum over all others, with far groups taken as one point.
//! Who is pushed where, and what holds the points together, is left to others.

use rayon::prelude::*;

/// A cell of so few points is not divided.
const FEW: usize = 8;

/// Cells are divided no deeper, so that points at one place end.
const DEEPEST: u32 = 40;

/// With an angle up to this a point never takes the cell that it lies in as one point: its distance
/// to the centre of the cell's weight is at most the cell's diagonal.
const WIDEST: f64 = 0.7;

/// The sum of forces on every point: from each other one its weight times the own, divided by the
/// distance, away from it. Points at the same place leave each other alone.
///
/// A cell that is seen under an angle (its side divided by its distance) below `angle` pushes as one
/// point at its centre of weight (Barnes and Hut, "A hierarchical O(N log N) force-calculation
/// algorithm", Nature 324, 1986). With an angle of 0 every pair counts; above 0.7 it is 0.7.
///
/// The bytes are the same on any number of threads.
///
/// # Examples
///
/// ```
/// use catchment_network::layout::repulsion::sum;
///
/// let pushed = sum(&[(0.0, 0.0), (2.0, 0.0)], &[1.0, 3.0], 0.0);
/// assert_eq!(pushed, [(-1.5, 0.0), (1.5, 0.0)]);
/// ```
pub fn sum(points: &[(f64, f64)], weights: &[f64], angle: f64) -> Vec<(f64, f64)> {
    let angle = angle.clamp(0.0, WIDEST);
    let tree = Tree::build(points, weights);
    let on = |(point, weight): (&(f64, f64), &f64)| {
        let (x, y) = tree.push(*point, angle * angle);
        (x * weight, y * weight)
    };
    points.par_iter().zip(weights).map(on).collect()
}

/// A square of the plane with what lies in it.
#[derive(Debug, Clone)]
struct Cell {
    side: f64,
    weight: f64,
    /// The centre of weight.
    centre: (f64, f64),
    /// Its points in the order of the tree.
    from: usize,
    to: usize,
    /// The numbers of its quarters that hold points; none where it is not divided.
    quarters: Vec<usize>,
}

/// The cells; the first holds everything.
struct Tree {
    cells: Vec<Cell>,
    /// Points with their weights, those of a cell next to each other.
    points: Vec<((f64, f64), f64)>,
}

/// A square by its lower corner and its side, and how often the whole was halved to it.
#[derive(Clone, Copy)]
struct Square {
    x: f64,
    y: f64,
    side: f64,
    depth: u32,
}

impl Square {
    /// The quarters: left and right below, left and right above.
    fn quarter(self, number: usize) -> Self {
        let half = self.side / 2.0;
        Self {
            x: self.x + half * (number % 2) as f64,
            y: self.y + half * (number / 2) as f64,
            side: half,
            depth: self.depth + 1,
        }
    }

    fn number(self, (x, y): (f64, f64)) -> usize {
        let half = self.side / 2.0;
        usize::from(x >= self.x + half) + 2 * usize::from(y >= self.y + half)
    }
}

impl Tree {
    fn build(points: &[(f64, f64)], weights: &[f64]) -> Self {
        let points: Vec<_> = points
            .iter()
            .copied()
            .zip(weights.iter().copied())
            .collect();
        let ends = |of: fn(&(f64, f64)) -> f64| {
            let values = || points.iter().map(|(point, _)| of(point));
            (
                values().fold(f64::INFINITY, f64::min),
                values().fold(f64::NEG_INFINITY, f64::max),
            )
        };
        let (x, y) = (ends(|p| p.0), ends(|p| p.1));
        let whole = Square {
            x: x.0,
            y: y.0,
            side: (x.1 - x.0).max(y.1 - y.0),
            depth: 0,
        };
        let mut tree = Self {
            cells: Vec::new(),
            points,
        };
        if !tree.points.is_empty() {
            tree.divide(whole, 0, tree.points.len());
        }
        tree
    }

    /// Makes the cell of the points `from` to `to` and, first, those of its quarters; gives its
    /// number.
    fn divide(&mut self, square: Square, from: usize, to: usize) -> usize {
        let own = self.points.get(from..to).unwrap_or_default();
        let (mut weight, mut x, mut y) = (0.0, 0.0, 0.0);
        for (point, of) in own {
            weight += of;
            x += of * point.0;
            y += of * point.1;
        }
        let number = self.cells.len();
        self.cells.push(Cell {
            side: square.side,
            weight,
            centre: (x / weight, y / weight),
            from,
            to,
            quarters: Vec::new(),
        });
        if to - from <= FEW || square.depth >= DEEPEST {
            return number;
        }
        let mut sorted: [Vec<((f64, f64), f64)>; 4] = Default::default();
        for point in own {
            if let Some(quarter) = sorted.get_mut(square.number(point.0)) {
                quarter.push(*point);
            }
        }
        let mut start = from;
        for (place, quarter) in sorted.iter().enumerate() {
            let end = start + quarter.len();
            if let Some(here) = self.points.get_mut(start..end) {
                here.copy_from_slice(quarter);
            }
            if end > start {
                let child = self.divide(square.quarter(place), start, end);
                if let Some(cell) = self.cells.get_mut(number) {
                    cell.quarters.push(child);
                }
            }
            start = end;
        }
        number
    }

    /// The sum of what pushes a point of weight 1; `angle` is squared.
    fn push(&self, point: (f64, f64), angle: f64) -> (f64, f64) {
        let (mut x, mut y) = (0.0, 0.0);
        let mut add = |from: (f64, f64), weight: f64| {
            let (dx, dy) = (point.0 - from.0, point.1 - from.1);
            let square = dx * dx + dy * dy;
            if square > 0.0 {
                x += weight * dx / square;
                y += weight * dy / square;
            }
        };
        let mut open = vec![0];
        while let Some(cell) = open.pop().and_then(|number: usize| self.cells.get(number)) {
            let (dx, dy) = (point.0 - cell.centre.0, point.1 - cell.centre.1);
            if cell.side * cell.side < angle * (dx * dx + dy * dy) {
                add(cell.centre, cell.weight);
            } else if cell.quarters.is_empty() {
                let own = self.points.get(cell.from..cell.to).unwrap_or_default();
                own.iter().for_each(|(at, weight)| add(*at, *weight));
            } else {
                open.extend(cell.quarters.iter().rev());
            }
        }
        (x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_and_points_at_one_place_have_no_force() {
        assert!(sum(&[], &[], 0.5).is_empty());
        let alike = sum(&[(3.0, 4.0); 20], &[1.0; 20], 0.5);
        assert_eq!(alike, [(0.0, 0.0); 20]);
    }

    /// Twenty at one place push one far away as a single one of their weight, exactly.
    #[test]
    fn a_far_cell_is_one_point() {
        let mut points = vec![(0.0, 0.0); 20];
        points.push((0.0, 10.0));
        let pushed = sum(&points, &[1.0; 21], 0.5);
        assert_eq!(pushed[20], (0.0, 2.0));
        assert_eq!(pushed[0], (0.0, -0.1));
    }
}
