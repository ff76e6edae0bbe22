//! Where care is short: access to each specialty by county (E2SFCA on great-circle distances), held
//! against a benchmark. The method is docs/methods/underserved.md.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Finding, Made};
use super::estimates::ranks;
use crate::base::places::{distance_km, places};
use crate::base::{Result, Table, TableBuilder};
use crate::stats::access::{Decay, Link, two_step};

pub(super) const FINDING: Finding = Finding {
    name: "underserved",
    marts: &["int_counties", "int_supply", "int_county_demand"],
    make,
};

/// Below this shortfall nobody is missing.
const LEAST_GAP_FTE: f64 = 0.5;
/// Kilometres of a degree of latitude, a little less than it is, so that no neighbour is missed.
const KM_A_DEGREE: f64 = 110.0;

/// A ZIP code with its people.
struct Zip {
    code: String,
    county: usize,
    people: f64,
    point: (f64, f64),
}

/// A place where providers of a specialty work.
struct Site {
    point: (f64, f64),
    fte: f64,
}

/// The supply of one specialty.
#[derive(Default)]
struct Supply {
    sites: Vec<Site>,
    providers: BTreeMap<String, BTreeSet<String>>,
    fte: BTreeMap<String, i64>,
    has_outside: bool,
}

struct Map {
    zips: Vec<Zip>,
    counties: Vec<String>,
    people: Vec<f64>,
    edge: Vec<bool>,
}

struct Row {
    county: usize,
    specialty: String,
    access: f64,
    spar: Option<f64>,
    benchmark: Option<f64>,
    benchmark_name: &'static str,
    gap: Option<f64>,
    nearest_km: Option<f64>,
    roster: &'static str,
    providers: i64,
    fte: f64,
}

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let map = read_map(context)?;
    let supplies = read_supply(context)?;
    let demand = read_demand(context)?;
    let mut specialties: BTreeSet<&str> = supplies.keys().map(String::as_str).collect();
    specialties.extend(
        demand
            .keys()
            .map(|(_, s)| s.as_str())
            .filter(|s| *s != "Unknown"),
    );
    if map.zips.is_empty() || supplies.is_empty() {
        specialties.clear();
    }
    let none = Supply::default();
    let mut rows = Vec::new();
    for specialty in specialties {
        rows.extend(rows_of(
            context,
            &map,
            specialty,
            supplies.get(specialty).unwrap_or(&none),
        ));
    }
    rows.sort_by(|a, b| {
        (&map.counties[a.county], &a.specialty).cmp(&(&map.counties[b.county], &b.specialty))
    });
    assemble(context, &map, &rows, &demand)
}

fn read_map(context: &Context<'_>) -> Result<Map> {
    let table = context
        .warehouse
        .read("int_counties")?
        .sorted_by(&["zip"])?;
    let (codes, names) = (table.text("zip")?, table.text("county")?);
    let (people, lats, lons) = (
        table.ints("population")?,
        table.reals("lat")?,
        table.reals("lon")?,
    );
    let counties: Vec<String> = names
        .iter()
        .flatten()
        .map(str::to_string)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut zips = Vec::new();
    let mut totals = vec![0.0; counties.len()];
    for row in 0..table.rows() {
        let county = counties.partition_point(|c| c.as_str() < names.value(row));
        let count = people[row].unwrap_or(0) as f64;
        totals[county] += count;
        let known = crate::base::places::find(codes.value(row)).map(|p| (p.lat, p.lon));
        let Some(point) = lats[row].zip(lons[row]).or(known) else {
            continue;
        };
        zips.push(Zip {
            code: codes.value(row).to_string(),
            county,
            people: count,
            point,
        });
    }
    let reach = context
        .config
        .underserved
        .bands_km
        .last()
        .copied()
        .unwrap_or(0.0);
    let edge = edges(&zips, counties.len(), reach);
    Ok(Map {
        zips,
        counties,
        people: totals,
        edge,
    })
}

/// Whether a ZIP point of the shipped list lies within reach of a county and is not in the
/// population table: its people and providers can't be seen from here.
fn edges(zips: &[Zip], counties: usize, reach: f64) -> Vec<bool> {
    let known: BTreeSet<&str> = zips.iter().map(|z| z.code.as_str()).collect();
    let mut strangers: Vec<(f64, f64)> = places()
        .iter()
        .filter(|p| !known.contains(p.zip.as_str()))
        .map(|p| (p.lat, p.lon))
        .collect();
    strangers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut edge = vec![false; counties];
    for zip in zips {
        if edge[zip.county] {
            continue;
        }
        let low = zip.point.0 - reach / KM_A_DEGREE;
        let first = strangers.partition_point(|p| p.0 < low);
        edge[zip.county] = strangers[first..]
            .iter()
            .take_while(|p| p.0 <= zip.point.0 + reach / KM_A_DEGREE)
            .any(|p| distance_km(zip.point, *p) <= reach);
    }
    edge
}

fn read_supply(context: &Context<'_>) -> Result<BTreeMap<String, Supply>> {
    let table = context
        .warehouse
        .read("int_supply")?
        .sorted_by(&["npi", "practice_id"])?;
    let (specialties, npis) = (table.text("specialty")?, table.text("npi")?);
    let (counties, fte) = (table.text("county")?, table.int("fte_thousandths")?);
    let (lats, lons, inside) = (
        table.reals("lat")?,
        table.reals("lon")?,
        table.flag("is_inside")?,
    );
    let mut out: BTreeMap<String, Supply> = BTreeMap::new();
    for row in 0..table.rows() {
        for specialty in [specialties.value(row), "all"] {
            if specialty == "Unknown" {
                continue;
            }
            let supply = out.entry(specialty.to_string()).or_default();
            supply.has_outside |= !inside.value(row);
            let county = counties.value(row).to_string();
            *supply.fte.entry(county.clone()).or_default() += fte.value(row);
            supply
                .providers
                .entry(county)
                .or_default()
                .insert(npis.value(row).to_string());
            if let Some(point) = lats[row].zip(lons[row]) {
                let same = supply.sites.iter_mut().find(|s| s.point == point);
                let more = fte.value(row) as f64 / 1000.0;
                match same {
                    Some(site) => site.fte += more,
                    None => supply.sites.push(Site { point, fte: more }),
                }
            }
        }
    }
    Ok(out)
}

/// By county and specialty: referrals, of which the destination's county is known, of which out.
type Demand = BTreeMap<(String, String), (i64, i64, i64)>;

fn read_demand(context: &Context<'_>) -> Result<Demand> {
    let table = context
        .warehouse
        .read("int_county_demand")?
        .sorted_by(&["county", "specialty"])?;
    let (counties, specialties) = (table.text("county")?, table.text("specialty")?);
    let (n, known, out_of) = (
        table.int("n")?,
        table.int("destination_known")?,
        table.int("out_of_county")?,
    );
    let mut out = Demand::new();
    for row in 0..table.rows() {
        for specialty in [specialties.value(row), "all"] {
            let sums = out
                .entry((counties.value(row).to_string(), specialty.to_string()))
                .or_default();
            sums.0 += n.value(row);
            sums.1 += known.value(row);
            sums.2 += out_of.value(row);
        }
    }
    Ok(out)
}

fn rows_of(context: &Context<'_>, map: &Map, specialty: &str, supply: &Supply) -> Vec<Row> {
    let config = &context.config.underserved;
    let reach = config.bands_km.last().copied().unwrap_or(0.0);
    let (links, nearest) = links(map, supply, reach);
    let people: Vec<f64> = map.zips.iter().map(|z| z.people).collect();
    let fte: Vec<f64> = supply.sites.iter().map(|s| s.fte).collect();
    let decay = Decay::Bands(
        config
            .bands_km
            .iter()
            .copied()
            .zip(config.weights.iter().copied())
            .collect(),
    );
    // The only ways to fail are weights and places that do not fit; the configuration is checked.
    let by_zip =
        two_step(&links, &people, &fte, &decay).unwrap_or_else(|_| vec![0.0; people.len()]);
    let access = by_county(map, |at| by_zip[at] * 100_000.0);
    let nearest_km = nearest_by_county(map, supply, &nearest);
    let mean = weighted_mean(map, &access, |_| true);
    let inner = weighted_mean(map, &access, |county| !map.edge[county]).or(mean);
    let stated = context.config.specialty(specialty).benchmark_per_100k;
    let benchmark = if specialty == "all" {
        None
    } else {
        stated.or(inner)
    };
    let name = if stated.is_some() {
        "configured"
    } else {
        "territory mean"
    };
    (0..map.counties.len())
        .map(|county| Row {
            county,
            specialty: specialty.to_string(),
            access: access[county],
            spar: mean.filter(|m| *m > 0.0).map(|m| access[county] / m),
            benchmark,
            benchmark_name: name,
            gap: benchmark.map(|b| (b - access[county]).max(0.0) * map.people[county] / 100_000.0),
            nearest_km: nearest_km[county],
            roster: if supply.has_outside { "all" } else { "own" },
            providers: supply
                .providers
                .get(&map.counties[county])
                .map_or(0, |p| p.len() as i64),
            fte: supply
                .fte
                .get(&map.counties[county])
                .map_or(0.0, |f| *f as f64 / 1000.0),
        })
        .collect()
}

/// The mean distance to the nearest site by county; none where nobody has the specialty.
fn nearest_by_county(map: &Map, supply: &Supply, nearest: &[f64]) -> Vec<Option<f64>> {
    if supply.sites.is_empty() {
        return vec![None; map.counties.len()];
    }
    by_county(map, |at| nearest[at])
        .into_iter()
        .map(Some)
        .collect()
}

/// The pairs of ZIP code and site within reach, and each ZIP code's distance to its nearest site.
fn links(map: &Map, supply: &Supply, reach: f64) -> (Vec<Link>, Vec<f64>) {
    let mut links = Vec::new();
    let mut nearest = vec![f64::INFINITY; map.zips.len()];
    for (demand, zip) in map.zips.iter().enumerate() {
        for (at, site) in supply.sites.iter().enumerate() {
            // A cheap bound first: a degree of latitude is never shorter than this.
            let apart = (zip.point.0 - site.point.0).abs() * KM_A_DEGREE;
            if apart > nearest[demand].max(reach) {
                continue;
            }
            let distance = distance_km(zip.point, site.point);
            nearest[demand] = nearest[demand].min(distance);
            if distance <= reach {
                links.push(Link {
                    demand,
                    supply: at,
                    distance,
                });
            }
        }
    }
    (links, nearest)
}

/// The population-weighted mean of a ZIP code's value over each county; plain where nobody lives.
fn by_county(map: &Map, value: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0, 0.0, 0.0); map.counties.len()];
    for (at, zip) in map.zips.iter().enumerate() {
        let sum = &mut sums[zip.county];
        sum.0 += value(at) * zip.people;
        sum.1 += zip.people;
        sum.2 += value(at);
        sum.3 += 1.0;
    }
    sums.into_iter()
        .map(|(w, p, s, n)| {
            if p > 0.0 {
                w / p
            } else if n > 0.0 {
                s / n
            } else {
                0.0
            }
        })
        .collect()
}

fn weighted_mean(map: &Map, access: &[f64], counts: impl Fn(usize) -> bool) -> Option<f64> {
    let (mut sum, mut people) = (0.0, 0.0);
    for county in (0..access.len()).filter(|c| counts(*c)) {
        sum += access[county] * map.people[county];
        people += map.people[county];
    }
    (people > 0.0).then(|| sum / people)
}

fn assemble(context: &Context<'_>, map: &Map, rows: &[Row], demand: &Demand) -> Result<Table> {
    let short = context.config.underserved.short;
    let judged: Vec<Option<bool>> = rows
        .iter()
        .map(|r| {
            let (benchmark, gap) = r.benchmark.zip(r.gap)?;
            let lacks = r.access < short * benchmark && gap >= LEAST_GAP_FTE;
            (r.roster == "all").then_some(lacks && !map.edge[r.county])
        })
        .collect();
    let scores: Vec<Option<f64>> = rows
        .iter()
        .zip(&judged)
        .map(|(r, judged)| r.gap.filter(|_| *judged == Some(true)))
        .collect();
    let referrals = |r: &Row| {
        demand
            .get(&(map.counties[r.county].clone(), r.specialty.clone()))
            .copied()
    };
    let per_1000 = |r: &Row| {
        let people = map.people[r.county];
        (people > 0.0).then(|| referrals(r).map_or(0, |d| d.0) as f64 * 1000.0 / people)
    };
    let out_share = |r: &Row| {
        referrals(r)
            .filter(|d| d.1 > 0)
            .map(|d| d.2 as f64 / d.1 as f64)
    };
    TableBuilder::new("underserved")
        .text("county", rows.iter().map(|r| Some(&map.counties[r.county])))
        .text("specialty", rows.iter().map(|r| Some(&r.specialty)))
        .text(
            "quarter",
            rows.iter().map(|_| Some(context.quarter.to_string())),
        )
        .int(
            "population",
            rows.iter().map(|r| Some(map.people[r.county] as i64)),
        )
        .int("providers", rows.iter().map(|r| Some(r.providers)))
        .real("fte", rows.iter().map(|r| Some(r.fte)))
        .real("access", rows.iter().map(|r| Some(r.access)))
        .real("spar", rows.iter().map(|r| r.spar))
        .real("benchmark", rows.iter().map(|r| r.benchmark))
        .text(
            "benchmark_name",
            rows.iter().map(|r| r.benchmark.map(|_| r.benchmark_name)),
        )
        .real("gap_fte", rows.iter().map(|r| r.gap))
        .real("nearest_km", rows.iter().map(|r| r.nearest_km))
        .real("referrals_per_1000", rows.iter().map(per_1000))
        .real("out_of_county_share", rows.iter().map(out_share))
        .flag("edge", rows.iter().map(|r| Some(map.edge[r.county])))
        .text("roster", rows.iter().map(|r| Some(r.roster)))
        .int("rank", ranks(&scores))
        .flag("underserved", judged)
        .finish()
}
