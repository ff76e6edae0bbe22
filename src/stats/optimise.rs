//! Minimising a function of a few parameters: Nelder and Mead's simplex, Newton steps with
//! numerical derivatives to finish, and a one-dimensional search.
//!
//! Deterministic: no random starts, no clock. What the parameters mean, and that they are logarithms
//! where they have to stay positive, is the caller's.

/// Where a search ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minimum<const N: usize> {
    /// The best point found.
    pub point: [f64; N],
    /// The function's value there.
    pub value: f64,
    /// Whether the search stopped because it had nothing left to gain, rather than at its limit of
    /// turns.
    pub converged: bool,
}

/// The simplex stops when all its values and all its corners are this close together, relative to
/// the best.
const SIMPLEX_TOLERANCE: f64 = 1e-10;

/// Minimises `objective` from `start` by the simplex method of Nelder and Mead (1965), with the
/// usual coefficients 1, 2, 1/2 and 1/2.
///
/// `step` is the size of the first simplex in every direction. A value that is not a number counts
/// as infinitely bad. At most 600 turns per parameter.
///
/// ```
/// use catchment_stats::optimise::nelder_mead;
/// let bowl = |p: &[f64; 2]| (p[0] - 1.0).powi(2) + 10.0 * (p[1] + 2.0).powi(2);
/// let found = nelder_mead(bowl, [0.0, 0.0], 0.5);
/// assert!((found.point[0] - 1.0).abs() < 1e-4 && (found.point[1] + 2.0).abs() < 1e-4);
/// ```
pub fn nelder_mead<const N: usize>(
    objective: impl Fn(&[f64; N]) -> f64,
    start: [f64; N],
    step: f64,
) -> Minimum<N> {
    let value_of = |point: [f64; N]| {
        let value = objective(&point);
        let value = if value.is_nan() { f64::INFINITY } else { value };
        Corner { point, value }
    };
    let mut best = value_of(start);
    let mut others: Vec<Corner<N>> = (0..N)
        .map(|axis| value_of(shifted(start, axis, step)))
        .collect();
    for _ in 0..600 * N {
        sort_corners(&mut best, &mut others);
        if is_small(&best, &others) {
            return best.into_minimum(true);
        }
        let Some(worst) = others.pop() else {
            break;
        };
        let second_worst = others.last().map_or(best.value, |corner| corner.value);
        let centre = centre_of(&best, &others);
        let along = |length: f64| value_of(between(&centre, &worst.point, length));
        let reflected = along(-1.0);
        let replacement = if reflected.value < best.value {
            let expanded = along(-2.0);
            Some(if expanded.value < reflected.value {
                expanded
            } else {
                reflected
            })
        } else if reflected.value < second_worst {
            Some(reflected)
        } else {
            let outside = reflected.value < worst.value;
            let contracted = along(if outside { -0.5 } else { 0.5 });
            let limit = if outside {
                reflected.value
            } else {
                worst.value
            };
            (contracted.value < limit).then_some(contracted)
        };
        match replacement {
            Some(corner) => others.push(corner),
            None => {
                others.push(worst);
                for corner in &mut others {
                    *corner = value_of(between(&best.point, &corner.point, 0.5));
                }
            }
        }
    }
    sort_corners(&mut best, &mut others);
    best.into_minimum(false)
}

#[derive(Clone, Copy)]
struct Corner<const N: usize> {
    point: [f64; N],
    value: f64,
}

impl<const N: usize> Corner<N> {
    fn into_minimum(self, converged: bool) -> Minimum<N> {
        Minimum {
            point: self.point,
            value: self.value,
            converged,
        }
    }
}

/// Puts the best corner first and the rest in order, the worst last; a stable sort, so ties do not
/// depend on anything else.
fn sort_corners<const N: usize>(best: &mut Corner<N>, others: &mut [Corner<N>]) {
    others.sort_by(|a, b| a.value.total_cmp(&b.value));
    if let Some(first) = others.first_mut()
        && first.value < best.value
    {
        std::mem::swap(first, best);
        others.sort_by(|a, b| a.value.total_cmp(&b.value));
    }
}

fn is_small<const N: usize>(best: &Corner<N>, others: &[Corner<N>]) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= SIMPLEX_TOLERANCE * (1.0 + a.abs());
    best.value.is_finite()
        && others.iter().all(|corner| {
            near(best.value, corner.value)
                && best
                    .point
                    .iter()
                    .zip(&corner.point)
                    .all(|(a, b)| (a - b).abs() <= 1e-6)
        })
}

/// The mean of all corners but the worst.
fn centre_of<const N: usize>(best: &Corner<N>, others: &[Corner<N>]) -> [f64; N] {
    let mut centre = best.point;
    for corner in others {
        for (sum, coordinate) in centre.iter_mut().zip(&corner.point) {
            *sum += coordinate;
        }
    }
    centre.map(|sum| sum / (others.len() + 1) as f64)
}

/// The point at `length` of the way from `from` to `to`.
fn between<const N: usize>(from: &[f64; N], to: &[f64; N], length: f64) -> [f64; N] {
    let mut point = *from;
    for (coordinate, end) in point.iter_mut().zip(to) {
        *coordinate += length * (end - *coordinate);
    }
    point
}

/// `point` moved by `step` along one axis; an axis beyond the last leaves it where it is.
fn shifted<const N: usize>(mut point: [f64; N], axis: usize, step: f64) -> [f64; N] {
    if let Some(coordinate) = point.get_mut(axis) {
        *coordinate += step;
    }
    point
}

/// Finishes a search by Newton steps with numerical derivatives, each halved until it gains, and
/// stops where the function no longer bends upward in every direction or no step gains.
pub fn newton_polish<const N: usize>(
    objective: impl Fn(&[f64; N]) -> f64,
    from: Minimum<N>,
) -> Minimum<N> {
    let mut best = from;
    for _ in 0..8 {
        let Some(inverse) = inverse_of_positive(&hessian(&objective, &best.point)) else {
            return best;
        };
        let slope = gradient(&objective, &best.point);
        let mut length = 1.0;
        let mut gained = false;
        for _ in 0..12 {
            let mut point = best.point;
            for (coordinate, row) in point.iter_mut().zip(&inverse) {
                let step: f64 = row.iter().zip(&slope).map(|(a, b)| a * b).sum();
                *coordinate -= length * step;
            }
            let value = objective(&point);
            if value < best.value {
                gained = best.value - value > 1e-13 * best.value.abs();
                best = Minimum {
                    point,
                    value,
                    ..best
                };
                break;
            }
            length *= 0.5;
        }
        if !gained {
            return best;
        }
    }
    best
}

/// Where Newton's steps ended, with the inverse of the second derivatives next to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewtonMinimum<const N: usize> {
    /// The minimum; it has converged.
    pub minimum: Minimum<N>,
    /// The inverse of the second derivatives at the last point but one, which lies within the
    /// length of the last step of the minimum.
    pub inverse: [[f64; N]; N],
}

/// Minimises by Newton steps alone from a point that is already close, with as few calls of an
/// expensive `objective` as that allows; `None` where it bends down in some direction on the way or
/// does not settle within twelve steps, so that a search from further off is called for.
///
/// It has settled where the next step promises less than 1e-13 of the value.
///
/// ```
/// use catchment_stats::optimise::newton;
/// let found = newton(|p: &[f64; 1]| (p[0] - 1.0).cosh(), [1.4]).unwrap();
/// assert!((found.minimum.point[0] - 1.0).abs() < 1e-6);
/// assert!((found.inverse[0][0] - 1.0).abs() < 1e-6);
/// assert_eq!(newton(|p: &[f64; 1]| -p[0] * p[0], [0.1]), None);
/// ```
pub fn newton<const N: usize>(
    objective: impl Fn(&[f64; N]) -> f64,
    start: [f64; N],
) -> Option<NewtonMinimum<N>> {
    let mut best = Minimum {
        point: start,
        value: objective(&start),
        converged: true,
    };
    for _ in 0..12 {
        let inverse = inverse_of_positive(&hessian(&objective, &best.point))?;
        let slope = gradient(&objective, &best.point);
        let step = inverse.map(|row| row.iter().zip(&slope).map(|(a, b)| a * b).sum::<f64>());
        let promised = 0.5 * step.iter().zip(&slope).map(|(a, b)| a * b).sum::<f64>();
        if promised <= 1e-13 * best.value.abs() {
            return Some(NewtonMinimum {
                minimum: best,
                inverse,
            });
        }
        let next = (0..12).find_map(|halvings| {
            let length = 0.5f64.powi(halvings);
            let mut point = best.point;
            for (coordinate, part) in point.iter_mut().zip(&step) {
                *coordinate -= length * part;
            }
            let value = objective(&point);
            (value < best.value).then_some(Minimum {
                point,
                value,
                converged: true,
            })
        });
        match next {
            Some(next) => best = next,
            // Rounding is all that is left to gain.
            None => {
                return (promised <= 1e-9 * best.value.abs()).then_some(NewtonMinimum {
                    minimum: best,
                    inverse,
                });
            }
        }
    }
    None
}

/// The step of the numerical derivatives, for parameters of the order of 1, as logarithms are.
const DERIVATIVE_STEP: f64 = 1e-4;

/// The first derivatives of `objective` at `point`, by central differences of step 1e-4.
fn gradient<const N: usize>(objective: impl Fn(&[f64; N]) -> f64, point: &[f64; N]) -> [f64; N] {
    let mut slope = [0.0; N];
    for (axis, value) in slope.iter_mut().enumerate() {
        let up = objective(&shifted(*point, axis, DERIVATIVE_STEP));
        let down = objective(&shifted(*point, axis, -DERIVATIVE_STEP));
        *value = (up - down) / (2.0 * DERIVATIVE_STEP);
    }
    slope
}

/// The second derivatives of `objective` at `point`, by central differences of step 1e-4, so the
/// parameters should be of the order of 1, as logarithms are.
// Row and column numbers run below N, the length of every row and of the matrix.
#[allow(clippy::needless_range_loop)]
pub fn hessian<const N: usize>(
    objective: impl Fn(&[f64; N]) -> f64,
    point: &[f64; N],
) -> [[f64; N]; N] {
    let h = DERIVATIVE_STEP;
    let at = |i: usize, di: f64, j: usize, dj: f64| {
        objective(&shifted(shifted(*point, i, di * h), j, dj * h))
    };
    // Forth and back along one axis is the point itself, or it but for a rounding.
    let middle = objective(point);
    let mut matrix = [[0.0; N]; N];
    for i in 0..N {
        let bent = at(i, 1.0, i, 1.0) - middle - middle + at(i, -1.0, i, -1.0);
        matrix[i][i] = bent / (4.0 * h * h);
        for j in 0..i {
            let bent = at(j, 1.0, i, 1.0) - at(j, 1.0, i, -1.0) - at(j, -1.0, i, 1.0)
                + at(j, -1.0, i, -1.0);
            matrix[i][j] = bent / (4.0 * h * h);
            matrix[j][i] = matrix[i][j];
        }
    }
    matrix
}

/// The inverse of a symmetric positive definite matrix by Cholesky's factors; `None` where it is
/// not positive definite.
///
/// ```
/// use catchment_stats::optimise::inverse_of_positive;
/// let inverse = inverse_of_positive(&[[4.0, 0.0], [0.0, 0.25]]).unwrap();
/// assert_eq!(inverse, [[0.25, 0.0], [0.0, 4.0]]);
/// assert_eq!(inverse_of_positive(&[[1.0, 2.0], [2.0, 1.0]]), None);
/// ```
// Row and column numbers run below N, the length of every row and of the matrix.
#[allow(clippy::needless_range_loop)]
pub fn inverse_of_positive<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut factor = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let inner: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = matrix[i][j] - inner;
            factor[i][j] = if i == j {
                if rest <= 0.0 || !rest.is_finite() {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / factor[j][j]
            };
        }
    }
    let mut inverse = [[0.0; N]; N];
    for column in 0..N {
        let mut solution = [0.0; N];
        for i in 0..N {
            let unit = if i == column { 1.0 } else { 0.0 };
            let inner: f64 = (0..i).map(|k| factor[i][k] * solution[k]).sum();
            solution[i] = (unit - inner) / factor[i][i];
        }
        for i in (0..N).rev() {
            let inner: f64 = (i + 1..N).map(|k| factor[k][i] * solution[k]).sum();
            solution[i] = (solution[i] - inner) / factor[i][i];
        }
        for (row, value) in inverse.iter_mut().zip(solution) {
            row[column] = value;
        }
    }
    Some(inverse)
}

/// The place between `low` and `high` where `objective` is least: the best of `cells` + 1 evenly
/// spaced places, then a golden-section search between its neighbours.
///
/// Where the function is flat, the lowest place wins. A value that is not a number counts as
/// infinitely bad.
///
/// ```
/// use catchment_stats::optimise::minimise_between;
/// let place = minimise_between(|x| (x - 0.3) * (x - 0.3), -2.0, 5.0, 20);
/// assert!((place - 0.3).abs() < 1e-6);
/// ```
pub fn minimise_between(objective: impl Fn(f64) -> f64, low: f64, high: f64, cells: u32) -> f64 {
    let cells = cells.max(1);
    let value_of = |x: f64| {
        let value = objective(x);
        if value.is_nan() { f64::INFINITY } else { value }
    };
    let place = |cell: u32| low + (high - low) * f64::from(cell) / f64::from(cells);
    let mut best = (0, value_of(low));
    for cell in 1..=cells {
        let value = value_of(place(cell));
        if value < best.1 {
            best = (cell, value);
        }
    }
    let (mut a, mut b) = (
        place(best.0.saturating_sub(1)),
        place((best.0 + 1).min(cells)),
    );
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    let (mut c, mut d) = (b - golden * (b - a), a + golden * (b - a));
    let (mut at_c, mut at_d) = (value_of(c), value_of(d));
    while (b - a).abs() > 1e-9 * (1.0 + a.abs().max(b.abs())) {
        if at_c <= at_d {
            (b, d, at_d) = (d, c, at_c);
            c = b - golden * (b - a);
            at_c = value_of(c);
        } else {
            (a, c, at_c) = (c, d, at_d);
            d = a + golden * (b - a);
            at_d = value_of(d);
        }
    }
    let inner = 0.5 * (a + b);
    // At an end of the range the search only comes near it, so the grid's own place may be better.
    if value_of(inner) < best.1 {
        inner
    } else {
        place(best.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rosenbrock 1960: a curved valley with its floor of 0 at (1, 1).
    fn rosenbrock(p: &[f64; 2]) -> f64 {
        100.0 * (p[1] - p[0] * p[0]).powi(2) + (1.0 - p[0]).powi(2)
    }

    #[test]
    fn rosenbrock_valley() {
        let rough = nelder_mead(rosenbrock, [-1.2, 1.0], 0.5);
        assert!(rough.converged);
        assert!(rough.value < 1e-8, "{rough:?}");
        let fine = newton_polish(rosenbrock, rough);
        assert!((fine.point[0] - 1.0).abs() < 1e-7 && (fine.point[1] - 1.0).abs() < 1e-7);
    }

    /// Powell 1962, four parameters, 0 at the origin with a singular second derivative.
    #[test]
    fn powell_in_four_dimensions() {
        let powell = |p: &[f64; 4]| {
            (p[0] + 10.0 * p[1]).powi(2)
                + 5.0 * (p[2] - p[3]).powi(2)
                + (p[1] - 2.0 * p[2]).powi(4)
                + 10.0 * (p[0] - p[3]).powi(4)
        };
        let found = nelder_mead(powell, [3.0, -1.0, 0.0, 1.0], 0.5);
        assert!(found.value < 1e-8, "{found:?}");
    }

    #[test]
    fn second_derivatives_of_rosenbrock() {
        // At (1, 1): 1200 - 400 + 2, -400, 200.
        let matrix = hessian(rosenbrock, &[1.0, 1.0]);
        let expected = [[802.0, -400.0], [-400.0, 200.0]];
        for (row, wanted) in matrix.iter().zip(&expected) {
            for (a, b) in row.iter().zip(wanted) {
                assert!((a - b).abs() < 1e-4, "{matrix:?}");
            }
        }
        let inverse = inverse_of_positive(&expected).unwrap();
        // 1 / (802 * 200 - 160000) = 1 / 400.
        assert!((inverse[0][0] - 0.5).abs() < 1e-10);
        assert!((inverse[0][1] - 1.0).abs() < 1e-10);
        assert!((inverse[1][1] - 2.005).abs() < 1e-10);
    }

    #[test]
    fn forbidden_places_are_left() {
        let half = |p: &[f64; 1]| {
            if p[0] < 0.0 {
                f64::NAN
            } else {
                (p[0] - 0.5).powi(2)
            }
        };
        let found = nelder_mead(half, [3.0], -4.0);
        assert!((found.point[0] - 0.5).abs() < 1e-4);
        let saddle = |p: &[f64; 2]| p[0] * p[0] - p[1] * p[1];
        let start = Minimum {
            point: [0.0, 0.0],
            value: 0.0,
            converged: true,
        };
        assert_eq!(newton_polish(saddle, start), start);
    }

    #[test]
    fn one_dimension_finds_the_deeper_dip_and_the_ends() {
        let two_dips = |x: f64| (x * x - 4.0).powi(2) + x;
        assert!((minimise_between(two_dips, -5.0, 5.0, 40) + 2.0305).abs() < 1e-3);
        assert_eq!(minimise_between(|x| -x, 0.0, 3.0, 10), 3.0);
        assert_eq!(minimise_between(|x| x, 1.0, 3.0, 10), 1.0);
    }
}
