//! The shapes of the counties: TopoJSON of the US Census Bureau's boundaries, read once. Where they
//! stand on a sheet is the map's.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::OnceLock;

use serde_json::Value;

static SHAPES: &[u8] = include_bytes!("../../../reference/county_shapes.json.gz");

/// A closed line of points in degrees, longitude first.
pub(crate) type Ring = Vec<(f64, f64)>;

/// The counties by their FIPS code, and the lines that they share.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    /// The rings of a county as the arcs that they consist of; a negative number is an arc
    /// backwards.
    counties: BTreeMap<String, Vec<Vec<i64>>>,
    arcs: Vec<Ring>,
}

/// All counties of the United States.
pub(crate) fn shapes() -> &'static Shapes {
    static READ: OnceLock<Shapes> = OnceLock::new();
    READ.get_or_init(|| {
        let mut text = String::new();
        // The bytes are part of the program: a fault here is a fault of the build, and the tests
        // read every county.
        let read = flate2::read::GzDecoder::new(SHAPES).read_to_string(&mut text);
        debug_assert!(read.is_ok());
        serde_json::from_str(&text)
            .ok()
            .and_then(|topology| Shapes::parse(&topology))
            .unwrap_or_default()
    })
}

impl Shapes {
    /// Reads a topology (TopoJSON 1.0.0) whose object `counties` is a collection of polygons.
    fn parse(topology: &Value) -> Option<Self> {
        let transform = topology.get("transform")?;
        let (scale, start) = (
            pair(transform.get("scale")?)?,
            pair(transform.get("translate")?)?,
        );
        let arcs = topology.get("arcs")?.as_array()?;
        let arcs = arcs
            .iter()
            .map(|arc| arc_of(arc, scale, start))
            .collect::<Option<_>>()?;
        let all = topology
            .pointer("/objects/counties/geometries")?
            .as_array()?;
        let county = |shape: &Value| {
            let mut rings = Vec::new();
            gather(shape.get("arcs")?, &mut rings)?;
            Some((shape.get("id")?.as_str()?.to_string(), rings))
        };
        Some(Self {
            counties: all.iter().map(county).collect::<Option<_>>()?,
            arcs,
        })
    }

    /// The rings of a county: its outlines, and holes where others lie in it.
    pub(crate) fn rings(&self, fips: &str) -> Vec<Ring> {
        let rings = self.counties.get(fips).into_iter().flatten();
        // Rounding left a few outlines without a width.
        let wide = |ring: &Ring| ring.len() > 3;
        rings.map(|arcs| self.joined(arcs)).filter(wide).collect()
    }

    /// The arcs one after the other; each begins where the one before it ends.
    fn joined(&self, arcs: &[i64]) -> Ring {
        let mut ring = Ring::new();
        for &number in arcs {
            let Some(arc) = self.arcs.get(index(number)) else {
                continue;
            };
            ring.pop();
            if number < 0 {
                ring.extend(arc.iter().rev());
            } else {
                ring.extend(arc);
            }
        }
        ring
    }

    /// The counties that share a line with one of these and are none of them.
    pub(crate) fn neighbours(&self, of: &BTreeSet<&str>) -> Vec<&str> {
        let arcs = |rings: &'_ Vec<Vec<i64>>| -> Vec<usize> {
            rings
                .iter()
                .flatten()
                .map(|number| index(*number))
                .collect()
        };
        let own = of.iter().filter_map(|fips| self.counties.get(*fips));
        let lines: BTreeSet<usize> = own.flat_map(arcs).collect();
        let beside = self.counties.iter().filter(|(fips, rings)| {
            !of.contains(fips.as_str()) && arcs(rings).iter().any(|arc| lines.contains(arc))
        });
        beside.map(|(fips, _)| fips.as_str()).collect()
    }
}

/// The place of an arc; those that run backwards are the complement of their number.
fn index(number: i64) -> usize {
    (if number < 0 { !number } else { number }) as usize
}

fn pair(value: &Value) -> Option<(f64, f64)> {
    Some((value.get(0)?.as_f64()?, value.get(1)?.as_f64()?))
}

/// The points of an arc: each is a step from the one before it, in units of the transform.
fn arc_of(arc: &Value, scale: (f64, f64), start: (f64, f64)) -> Option<Ring> {
    let mut at = (0.0, 0.0);
    let point = |step: &Value| {
        let step = pair(step)?;
        at = (at.0 + step.0, at.1 + step.1);
        Some((at.0 * scale.0 + start.0, at.1 * scale.1 + start.1))
    };
    arc.as_array()?.iter().map(point).collect()
}

/// The rings of a polygon, or of several, whichever way they are nested.
fn gather(arcs: &Value, rings: &mut Vec<Vec<i64>>) -> Option<()> {
    let parts = arcs.as_array()?;
    if parts.iter().all(Value::is_i64) {
        rings.push(parts.iter().filter_map(Value::as_i64).collect());
        return Some(());
    }
    parts.iter().try_for_each(|part| gather(part, rings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_county_is_read_and_closed() {
        let all = shapes();
        assert_eq!((all.counties.len(), all.arcs.len()), (3231, 9869));
        for fips in all.counties.keys() {
            let rings = all.rings(fips);
            // Falls Church is too small for the scale and has become a line.
            assert_eq!(rings.is_empty(), fips == "51610", "{fips}");
            for ring in rings {
                assert!(ring.len() > 3 && ring.first() == ring.last(), "{fips}");
            }
        }
        assert!(all.rings("99999").is_empty());
    }

    /// The courthouse of Wilkes-Barre lies in Luzerne, the one of Scranton does not.
    #[test]
    fn counties_hold_their_towns() {
        let inside = |fips: &str, (x, y): (f64, f64)| {
            let rings = shapes().rings(fips);
            let crossings = rings
                .iter()
                .flat_map(|ring| ring.windows(2))
                .filter(|side| {
                    let ((x0, y0), (x1, y1)) = (side[0], side[1]);
                    (y0 > y) != (y1 > y) && x < x0 + (y - y0) / (y1 - y0) * (x1 - x0)
                });
            crossings.count() % 2 == 1
        };
        assert!(inside("42079", (-75.884, 41.250)));
        assert!(!inside("42079", (-75.662, 41.408)) && inside("42069", (-75.662, 41.408)));
        // A city that is a county of its own is a hole in the one around it: Fairfax in Virginia.
        assert!(inside("51600", (-77.306, 38.853)) && !inside("51059", (-77.306, 38.853)));
        assert!(inside("51059", (-77.2, 38.8)));
    }

    /// The counties that border on Wyoming County, Pennsylvania.
    #[test]
    fn neighbours_share_a_line() {
        let wyoming = BTreeSet::from(["42131"]);
        assert_eq!(
            shapes().neighbours(&wyoming),
            ["42015", "42069", "42079", "42113", "42115"]
        );
    }
}
