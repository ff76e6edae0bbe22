//! Discs of communities beside each other: none overlaps another, the whole is compact and wider
//! than high, and those with many ties between them are near. What stands in a disc is left to
//! others.

/// The place of a community.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disc {
    /// The number of the community.
    pub community: u32,
    /// The middle.
    pub x: f64,
    /// The middle.
    pub y: f64,
    /// All members lie within it.
    pub radius: f64,
}

/// So many of the largest are packed by their ties; the rest stand in rings around them.
pub(super) const PACKED: usize = 400;

/// How much wider than high the whole should be.
const WIDER: f64 = 2.2;

/// The room between discs, in radii of the smaller.
const GAP: f64 = 0.16;

/// How much being near the middle weighs beside being near one's partners.
const COMPACT: f64 = 1.6;

/// The ways to stand beside a single disc.
const AROUND: u32 = 24;

/// Two discs with little room between them, into which another may fit.
type Pair = (usize, usize);

/// Middles for discs of these radii, which must not ascend. `ties` gives the weight between two of
/// the first [`PACKED`]; it is the same both ways.
///
/// Each in turn stands at the place, touching two of those before it, that is nearest to the middle
/// and to the discs it has ties with, by their weight.
pub(super) fn pack(radii: &[f64], ties: &dyn Fn(usize, usize) -> f64) -> Vec<(f64, f64)> {
    let few = radii.get(..radii.len().min(PACKED)).unwrap_or(radii);
    // Each has a rim of room, which is what touches.
    let wide: Vec<f64> = few.iter().map(|r| r * (1.0 + GAP / 2.0)).collect();
    let mut packing = Packing {
        placed: Vec::with_capacity(wide.len()),
        near: Vec::new(),
    };
    for (number, radius) in wide.iter().enumerate() {
        let weights: Vec<f64> = (0..number).map(|other| ties(number, other)).collect();
        packing.add(*radius, &weights);
    }
    let mut middles: Vec<(f64, f64)> = packing.placed.iter().map(|disc| disc.0).collect();
    let rest = radii.get(few.len()..).unwrap_or_default();
    middles.extend(rings(&packing.placed, rest));
    middles
}

struct Packing {
    placed: Vec<((f64, f64), f64)>,
    near: Vec<Pair>,
}

impl Packing {
    fn add(&mut self, radius: f64, weights: &[f64]) {
        let mut best: Option<(f64, (f64, f64))> = None;
        for at in self.candidates(radius) {
            let cost = self.cost(at, weights);
            if best.is_none_or(|(least, _)| cost < least) && self.is_free(at, radius) {
                best = Some((cost, at));
            }
        }
        let at = best.map_or((0.0, 0.0), |(_, at)| at);
        let own = (at, radius);
        // No later disc is larger, so a pair that is too far apart now stays so.
        let placed = std::mem::take(&mut self.placed);
        let room = |one: usize, other: &((f64, f64), f64)| {
            placed
                .get(one)
                .is_some_and(|disc| between(disc, other) < 2.0 * radius)
        };
        self.near
            .retain(|(one, other)| placed.get(*other).is_some_and(|disc| room(*one, disc)));
        let new = placed.len();
        self.near.extend(
            (0..new)
                .filter(|one| room(*one, &own))
                .map(|one| (one, new)),
        );
        self.placed = placed;
        self.placed.push(own);
    }

    fn candidates(&self, radius: f64) -> Vec<(f64, f64)> {
        let mut found = Vec::new();
        for (one, other) in &self.near {
            if let Some((one, other)) = self.placed.get(*one).zip(self.placed.get(*other)) {
                found.extend(touching(one, other, radius));
            }
        }
        // Beside one or two there is not yet a pair on every side.
        for ((x, y), wide) in self.placed.iter().take(3) {
            for step in 0..AROUND {
                let angle = std::f64::consts::TAU * f64::from(step) / f64::from(AROUND);
                let away = wide + radius;
                found.push((x + away * angle.cos(), y + away * angle.sin()));
            }
        }
        found
    }

    fn cost(&self, at: (f64, f64), weights: &[f64]) -> f64 {
        let out = (at.0 / WIDER).hypot(at.1);
        let (mut sum, mut far) = (0.0, 0.0);
        for (weight, ((x, y), _)) in weights.iter().zip(&self.placed) {
            sum += weight;
            far += weight * (at.0 - x).hypot(at.1 - y);
        }
        let partners = if sum > 0.0 { far / sum } else { 0.0 };
        partners + COMPACT * out
    }

    fn is_free(&self, at: (f64, f64), radius: f64) -> bool {
        // What touches may overlap by a rounding error, which the rim of room takes.
        let clear = |disc: &((f64, f64), f64)| between(disc, &(at, radius)) > -1e-9 * radius;
        self.placed.iter().all(clear)
    }
}

/// The distance between the rims of two discs.
fn between(one: &((f64, f64), f64), other: &((f64, f64), f64)) -> f64 {
    (one.0.0 - other.0.0).hypot(one.0.1 - other.0.1) - one.1 - other.1
}

/// The two middles of a disc that touches both of these; none where they are too far apart.
fn touching(
    one: &((f64, f64), f64),
    other: &((f64, f64), f64),
    radius: f64,
) -> impl Iterator<Item = (f64, f64)> {
    let (dx, dy) = (other.0.0 - one.0.0, other.0.1 - one.0.1);
    let apart = dx.hypot(dy);
    let (to_one, to_other) = (one.1 + radius, other.1 + radius);
    // How far along the line from one to the other, and how far beside it.
    let along = (to_one * to_one - to_other * to_other + apart * apart) / (2.0 * apart);
    let beside = to_one * to_one - along * along;
    let sides = if apart > 0.0 && beside >= 0.0 {
        [Some(beside.sqrt()), Some(-beside.sqrt())]
    } else {
        [None, None]
    };
    let (ux, uy) = (dx / apart, dy / apart);
    let (x, y) = one.0;
    sides
        .into_iter()
        .flatten()
        .map(move |side| (x + ux * along - uy * side, y + uy * along + ux * side))
}

/// Middles in rings around what is packed, the largest innermost.
fn rings(packed: &[((f64, f64), f64)], rest: &[f64]) -> Vec<(f64, f64)> {
    let Some(largest) = rest.first() else {
        return Vec::new();
    };
    let step = 2.0 * largest * (1.0 + GAP);
    let reach = |((x, y), wide): &((f64, f64), f64)| x.hypot(*y) + wide;
    let mut ring = packed.iter().map(reach).fold(0.0, f64::max) + step / 2.0;
    let mut middles = Vec::with_capacity(rest.len());
    while middles.len() < rest.len() {
        let most = (std::f64::consts::PI / (step / 2.0 / ring).min(1.0).asin()).floor();
        let here = (most.max(1.0) as usize).min(rest.len() - middles.len());
        for place in 0..here {
            let angle = std::f64::consts::TAU * place as f64 / here as f64;
            middles.push((ring * angle.cos(), ring * angle.sin()));
        }
        ring += step;
    }
    middles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(radii: &[f64], middles: &[(f64, f64)]) -> bool {
        let discs: Vec<_> = middles.iter().copied().zip(radii.iter().copied()).collect();
        (0..discs.len()).all(|one| (0..one).all(|other| between(&discs[one], &discs[other]) > 0.0))
    }

    #[test]
    fn a_disc_that_touches_two_is_found_on_both_sides() {
        let found: Vec<_> = touching(&((0.0, 0.0), 1.0), &((4.0, 0.0), 1.0), 1.5).collect();
        assert_eq!(found, [(2.0, 1.5), (2.0, -1.5)]);
        let far = touching(&((0.0, 0.0), 1.0), &((9.0, 0.0), 1.0), 1.5);
        assert_eq!(far.count(), 0);
    }

    #[test]
    fn discs_of_all_sizes_and_numbers_stand_apart() {
        for count in [0, 1, 2, 3, 30, PACKED, PACKED + 1, PACKED + 300] {
            let radii: Vec<f64> = (0..count).map(|n| 20.0 / (1.0 + n as f64)).collect();
            let middles = pack(&radii, &|one, other| ((one * other) % 3) as f64);
            assert_eq!(middles.len(), count);
            assert!(apart(&radii, &middles), "{count}");
        }
    }

    #[test]
    fn partners_are_nearer_than_strangers() {
        let radii = [1.0; 20];
        let ties = |one: usize, other: usize| f64::from(u8::from(one % 2 == other % 2));
        let middles = pack(&radii, &ties);
        let mean = |like: bool| {
            let pairs = (0..20).flat_map(|a| (0..a).map(move |b| (a, b)));
            let of = pairs.filter(|(a, b)| (a % 2 == b % 2) == like);
            let far =
                of.map(|(a, b)| (middles[a].0 - middles[b].0).hypot(middles[a].1 - middles[b].1));
            let all: Vec<f64> = far.collect();
            all.iter().sum::<f64>() / all.len() as f64
        };
        assert!(
            mean(true) < 0.8 * mean(false),
            "{} {}",
            mean(true),
            mean(false)
        );
    }
}
