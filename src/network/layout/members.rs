//! The members of one community in the disc of radius 1: who has ties to other members stands where
//! forces put them, all others at the rim. Where the disc stands is left to others.

use std::f64::consts::TAU;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::repulsion;

/// A tie between two members, by their places in the list of members.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Inner {
    pub one: usize,
    pub other: usize,
    /// Relative to the mean of all ties.
    pub weight: f64,
}

/// The radius within which tied members stand.
pub(super) const CORE: f64 = 0.84;

/// The rings of those without a tie.
const RIM: (f64, f64) = (0.91, 0.99);

/// The angle under which far groups count as one.
const ANGLE: f64 = 0.7;

/// So often forces move the members of a community, unless they are many.
const STEPS: usize = 300;

/// The number of members times steps is held near this, so that ten times as many members take a
/// little more than ten times as long.
const WORK: usize = 1_500_000;

/// So often they are moved even where they are many.
const FEWEST_STEPS: usize = 30;

/// Above so many no forces are reckoned: members stand on a spiral, those with most ties innermost.
pub(super) const SPIRAL: usize = 200_000;

/// How strongly everything is drawn to the middle, so that parts without ties do not drift off.
const GRAVITY: f64 = 0.6;

/// How far apart members are drawn to even density: 0 leaves distances from the middle as they are,
/// 1 gives every ring of the disc the same share.
const EVEN: f64 = 0.55;

/// How round a long shape is made: 0 leaves it, 1 makes it as wide as long.
const ROUND: f64 = 0.8;

/// So often members too near to each other are moved apart.
const PUSHES: usize = 40;

/// Places for `count` members in the disc of radius 1. `angles` has for each member the direction
/// of its partners elsewhere, if it has any; `seed` and `stream` make the first places.
pub(super) fn arrange(
    count: usize,
    ties: &[Inner],
    angles: &[Option<f64>],
    (seed, stream): (u64, u64),
) -> Vec<(f64, f64)> {
    let mut degree = vec![0usize; count];
    for end in ties.iter().flat_map(|tie| [tie.one, tie.other]) {
        if let Some(degree) = degree.get_mut(end) {
            *degree += 1;
        }
    }
    let tied: Vec<usize> = (0..count).filter(|m| degree.get(*m) > Some(&0)).collect();
    let mut number = vec![0usize; count];
    for (place, member) in tied.iter().enumerate() {
        if let Some(number) = number.get_mut(*member) {
            *number = place;
        }
    }
    let of = |member: usize| number.get(member).copied().unwrap_or(0);
    let inner: Vec<Inner> = ties
        .iter()
        .map(|tie| Inner {
            one: of(tie.one),
            other: of(tie.other),
            ..*tie
        })
        .collect();
    let degrees: Vec<usize> = tied
        .iter()
        .filter_map(|m| degree.get(*m).copied())
        .collect();
    let own = |member: &usize| angles.get(*member).copied().flatten();
    let inward: Vec<Option<f64>> = tied.iter().map(own).collect();
    let mut core = if tied.len() > SPIRAL {
        spiral(&degrees)
    } else {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        let first = scattered(tied.len(), &mut rng);
        spread(settle(first, &inner, &degrees), &degrees)
    };
    turn(&mut core, &inward);
    let mut places = vec![(0.0, 0.0); count];
    for (member, (x, y)) in tied.iter().zip(core) {
        if let Some(place) = places.get_mut(*member) {
            *place = (x * CORE, y * CORE);
        }
    }
    let loose: Vec<usize> = (0..count).filter(|m| degree.get(*m) == Some(&0)).collect();
    for (member, at) in loose.iter().zip(rim(&loose, &own)) {
        if let Some(place) = places.get_mut(*member) {
            // A community of one has no rim.
            *place = if count == 1 { (0.0, 0.0) } else { at };
        }
    }
    places
}

/// Anywhere in a disc that gives each one unit of room.
fn scattered(count: usize, rng: &mut ChaCha8Rng) -> Vec<(f64, f64)> {
    let size = (count as f64).sqrt();
    (0..count)
        .map(|_| {
            let angle = TAU * rng.random::<f64>();
            let away = size * rng.random::<f64>().sqrt();
            (away * angle.cos(), away * angle.sin())
        })
        .collect()
}

/// Moves points until forces hold them: all push each other away in proportion to their ties and
/// one more, ties draw their ends together in proportion to their length, and the middle draws all
/// (after Jacomy and others, "ForceAtlas2", PLoS ONE 9 (2014), e98679). Steps become shorter as in
/// Fruchterman and Reingold, "Graph drawing by force-directed placement", Software: Practice and
/// Experience 21 (1991).
fn settle(mut points: Vec<(f64, f64)>, ties: &[Inner], degrees: &[usize]) -> Vec<(f64, f64)> {
    let weights: Vec<f64> = degrees.iter().map(|d| *d as f64 + 1.0).collect();
    let count = points.len();
    let steps = (WORK / count.max(1)).clamp(FEWEST_STEPS, STEPS);
    let longest = (count as f64).sqrt() / 4.0;
    for step in 0..steps {
        let mut forces = repulsion::sum(&points, &weights, ANGLE);
        for ((force, (x, y)), weight) in forces.iter_mut().zip(&points).zip(&weights) {
            let away = x.hypot(*y).max(1e-9);
            force.0 -= GRAVITY * weight * x / away;
            force.1 -= GRAVITY * weight * y / away;
        }
        for tie in ties {
            let ends = points.get(tie.one).zip(points.get(tie.other));
            let Some((one, other)) = ends else { continue };
            let (dx, dy) = (other.0 - one.0, other.1 - one.1);
            // Referrals differ by far more than lengths may.
            let pull = tie.weight.sqrt().clamp(0.5, 2.0);
            for (end, sign) in [(tie.one, pull), (tie.other, -pull)] {
                if let Some(force) = forces.get_mut(end) {
                    force.0 += sign * dx;
                    force.1 += sign * dy;
                }
            }
        }
        let most = longest * (1.0 - step as f64 / steps as f64).powi(2) + 1e-3;
        for (((x, y), force), weight) in points.iter_mut().zip(&forces).zip(&weights) {
            let size = force.0.hypot(force.1);
            if size > 0.0 {
                // One with many ties feels many forces at once.
                let step = (size / weight).min(most) / size;
                *x += force.0 * step;
                *y += force.1 * step;
            }
        }
    }
    points
}

/// The same in the disc of radius 1, about its middle, with about the same room everywhere and no
/// two at one place.
fn spread(points: Vec<(f64, f64)>, degrees: &[usize]) -> Vec<(f64, f64)> {
    let count = points.len();
    if count < 2 {
        return vec![(0.0, 0.0); count];
    }
    let (mut x, mut y, mut all) = (0.0, 0.0, 0.0);
    for (point, degree) in points.iter().zip(degrees) {
        let weight = *degree as f64 + 1.0;
        x += weight * point.0;
        y += weight * point.1;
        all += weight;
    }
    let around: Vec<(f64, f64)> = points
        .iter()
        .map(|point| (point.0 - x / all, point.1 - y / all))
        .collect();
    let around = rounded(around);
    let away: Vec<f64> = around.iter().map(|(x, y)| x.hypot(*y)).collect();
    let furthest = away.iter().copied().fold(1e-12, f64::max);
    let mut order: Vec<usize> = (0..count).collect();
    let of = |member: usize| away.get(member).copied().unwrap_or(0.0);
    order.sort_by(|a, b| of(*a).total_cmp(&of(*b)).then(a.cmp(b)));
    let mut even = vec![0.0; count];
    for (rank, member) in order.iter().enumerate() {
        if let Some(even) = even.get_mut(*member) {
            *even = ((rank as f64 + 0.5) / count as f64).sqrt();
        }
    }
    let placed = around.iter().zip(&away).zip(&even);
    let mut out: Vec<(f64, f64)> = placed
        .map(|(((x, y), away), even)| {
            let to = (1.0 - EVEN) * away / furthest + EVEN * even;
            let by = to / away.max(1e-12);
            (x * by, y * by)
        })
        .collect();
    push_apart(&mut out);
    out
}

/// The same with a long shape made rounder: along its axes the spread is drawn towards that across.
fn rounded(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in &points {
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    // The axes of the two-by-two matrix of squares.
    let (half, apart) = ((xx + yy) / 2.0, ((xx - yy) / 2.0).hypot(xy));
    let (long, wide) = (half + apart, half - apart);
    if wide < long * 1e-6 {
        return points;
    }
    let angle = f64::atan2(2.0 * xy, xx - yy) / 2.0;
    let (cos, sin) = (angle.cos(), angle.sin());
    let by = (wide / long).powf(ROUND / 2.0);
    let drawn = |(x, y): (f64, f64)| {
        let (along, across) = ((x * cos + y * sin) * by, y * cos - x * sin);
        (along * cos - across * sin, along * sin + across * cos)
    };
    points.into_iter().map(drawn).collect()
}

/// Moves members that are nearer than the room each has, in the disc of radius 1.
fn push_apart(points: &mut [(f64, f64)]) {
    let least = 1.25 / (points.len() as f64).sqrt();
    let across = (2.0 / least).ceil().max(1.0) as usize;
    let square = |at: f64| (((at + 1.0) / least) as usize).min(across - 1);
    for _ in 0..PUSHES {
        let mut grid: Vec<Vec<usize>> = vec![Vec::new(); across * across];
        for (member, (x, y)) in points.iter().enumerate() {
            if let Some(cell) = grid.get_mut(square(*y) * across + square(*x)) {
                cell.push(member);
            }
        }
        let mut moved = false;
        for member in 0..points.len() {
            let Some(&(x, y)) = points.get(member) else {
                continue;
            };
            let (column, row) = (square(x), square(y));
            for near in (row.saturating_sub(1)..=(row + 1).min(across - 1))
                .flat_map(|r| {
                    (column.saturating_sub(1)..=(column + 1).min(across - 1))
                        .map(move |c| r * across + c)
                })
                .filter_map(|cell| grid.get(cell))
                .flatten()
                .copied()
                .filter(|other| *other > member)
            {
                moved |= part(points, member, near, least);
            }
        }
        for (x, y) in points.iter_mut() {
            let out = x.hypot(*y).max(1.0);
            *x /= out;
            *y /= out;
        }
        if !moved {
            break;
        }
    }
}

/// Moves two points apart along their line, half of what they lack each; whether they lacked any.
fn part(points: &mut [(f64, f64)], one: usize, other: usize, least: f64) -> bool {
    let Some((a, b)) = points.get(one).copied().zip(points.get(other).copied()) else {
        return false;
    };
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let apart = dx.hypot(dy);
    if apart >= least {
        return false;
    }
    // Two at one place are parted in a direction of their own.
    let (ux, uy) = if apart > 1e-9 {
        (dx / apart, dy / apart)
    } else {
        let angle = TAU * golden(one);
        (angle.cos(), angle.sin())
    };
    let half = (least - apart) / 2.0;
    for (point, sign) in [(one, -half), (other, half)] {
        if let Some((x, y)) = points.get_mut(point) {
            *x += sign * ux;
            *y += sign * uy;
        }
    }
    true
}

/// Parts of a turn that stay apart however many there are.
fn golden(number: usize) -> f64 {
    (number as f64 * 0.618_033_988_749_894_9).fract()
}

/// Members on a spiral of even density, those with most ties innermost.
fn spiral(degrees: &[usize]) -> Vec<(f64, f64)> {
    let mut order: Vec<usize> = (0..degrees.len()).collect();
    order.sort_by_key(|member| (std::cmp::Reverse(degrees.get(*member)), *member));
    let mut places = vec![(0.0, 0.0); degrees.len()];
    for (rank, member) in order.iter().enumerate() {
        let away = ((rank as f64 + 0.5) / degrees.len() as f64).sqrt();
        let angle = TAU * golden(rank);
        if let Some(place) = places.get_mut(*member) {
            *place = (away * angle.cos(), away * angle.sin());
        }
    }
    places
}

/// Turns, or mirrors and turns, the disc so that members with partners elsewhere face them as well
/// as can be (the rotation of Procrustes in the plane).
fn turn(points: &mut [(f64, f64)], angles: &[Option<f64>]) {
    let fit = |mirror: f64| {
        let (mut across, mut along) = (0.0, 0.0);
        for ((x, y), angle) in points.iter().zip(angles) {
            if let Some(angle) = angle {
                let y = y * mirror;
                along += x * angle.cos() + y * angle.sin();
                across += x * angle.sin() - y * angle.cos();
            }
        }
        (f64::hypot(across, along), f64::atan2(across, along))
    };
    let (plain, mirrored) = (fit(1.0), fit(-1.0));
    let (mirror, angle) = if mirrored.0 > plain.0 {
        (-1.0, mirrored.1)
    } else {
        (1.0, plain.1)
    };
    for (x, y) in points.iter_mut() {
        let flipped = *y * mirror;
        (*x, *y) = (
            *x * angle.cos() - flipped * angle.sin(),
            *x * angle.sin() + flipped * angle.cos(),
        );
    }
}

/// Those without a tie to another member, evenly along the rim in rings; who has partners elsewhere
/// stands in their order around it.
fn rim(loose: &[usize], angle: &dyn Fn(&usize) -> Option<f64>) -> Vec<(f64, f64)> {
    let wanted: Vec<f64> = loose
        .iter()
        .enumerate()
        .map(|(place, member)| {
            angle(member).map_or(golden(place), |angle| (angle / TAU).rem_euclid(1.0))
        })
        .collect();
    let mut order: Vec<usize> = (0..loose.len()).collect();
    let of = |place: usize| wanted.get(place).copied().unwrap_or(0.0);
    order.sort_by(|a, b| of(*a).total_cmp(&of(*b)).then(a.cmp(b)));
    let rings = (loose.len() / 60).clamp(1, 4);
    let count = loose.len() as f64;
    // All turn together by what the wishes lack on average.
    let lack = |(rank, place): (usize, &usize)| (of(*place) - rank as f64 / count) * TAU;
    let (mut x, mut y) = (0.0, 0.0);
    for angle in order.iter().enumerate().map(lack) {
        x += angle.cos();
        y += angle.sin();
    }
    let shift = f64::atan2(y, x);
    let mut places = vec![(0.0, 0.0); loose.len()];
    for (rank, place) in order.iter().enumerate() {
        let share = if rings == 1 {
            0.5
        } else {
            (rank % rings) as f64 / (rings - 1) as f64
        };
        let away = RIM.0 + (RIM.1 - RIM.0) * share;
        let angle = TAU * rank as f64 / count + shift;
        if let Some(at) = places.get_mut(*place) {
            *at = (away * angle.cos(), away * angle.sin());
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tie(one: usize, other: usize) -> Inner {
        Inner {
            one,
            other,
            weight: 1.0,
        }
    }

    fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
        (a.0 - b.0).hypot(a.1 - b.1)
    }

    /// The centre of a star is nearer to the middle than any of its tips.
    #[test]
    fn the_centre_of_a_star_stands_in_the_middle() {
        let ties: Vec<Inner> = (1..12).map(|tip| tie(0, tip)).collect();
        let places = arrange(12, &ties, &[None; 12], (1, 1));
        let away = |at: &(f64, f64)| at.0.hypot(at.1);
        assert!(
            places[1..]
                .iter()
                .all(|tip| away(tip) > 2.0 * away(&places[0])),
            "{places:?}"
        );
        assert!(places.iter().all(|at| away(at) <= CORE + 1e-12));
    }

    /// On a line the ends are furthest from each other.
    #[test]
    fn a_line_is_unfolded() {
        let ties: Vec<Inner> = (0..6).map(|n| tie(n, n + 1)).collect();
        let places = arrange(7, &ties, &[None; 7], (1, 1));
        let ends = apart(places[0], places[6]);
        for (a, b) in (0..7).flat_map(|a| (0..a).map(move |b| (a, b))) {
            assert!(apart(places[a], places[b]) <= ends + 1e-9);
        }
    }

    #[test]
    fn who_has_no_tie_stands_at_the_rim_towards_partners_elsewhere() {
        let mut angles = vec![None; 10];
        angles[5] = Some(0.3);
        let places = arrange(10, &[tie(0, 1)], &angles, (1, 1));
        for at in &places[2..] {
            assert!(at.0.hypot(at.1) > CORE && at.0.hypot(at.1) < 1.0);
        }
        let others: Vec<f64> = places[2..].iter().map(|at| at.1.atan2(at.0)).collect();
        let nearest = others
            .iter()
            .map(|a| (a - 0.3).abs())
            .fold(f64::INFINITY, f64::min);
        assert!((others[3] - 0.3).abs() < nearest + 0.8, "{others:?}");
        assert_eq!(arrange(1, &[], &[None], (1, 1)), [(0.0, 0.0)]);
        assert!(arrange(0, &[], &[], (1, 1)).is_empty());
    }

    #[test]
    fn members_face_their_partners() {
        let mut points = vec![(0.5, 0.0), (-0.5, 0.0), (0.0, 0.5)];
        turn(&mut points, &[Some(TAU / 4.0), Some(-TAU / 4.0), Some(0.0)]);
        assert!(apart(points[0], (0.0, 0.5)) < 1e-12);
        assert!(apart(points[1], (0.0, -0.5)) < 1e-12);
        assert!(apart(points[2], (0.5, 0.0)) < 1e-12, "mirrored: {points:?}");
    }

    #[test]
    fn a_spiral_has_the_most_tied_innermost() {
        let places = spiral(&[1, 9, 4]);
        let away: Vec<f64> = places.iter().map(|at| at.0.hypot(at.1)).collect();
        assert!(away[1] < away[2] && away[2] < away[0] && away[0] < 1.0);
    }
}
