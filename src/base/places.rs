//! Places: the ZIP codes of the United States with their points (GeoNames, CC BY 4.0), and the
//! great-circle distance.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::OnceLock;

static PLACES: &[u8] = include_bytes!("../../reference/places.csv.gz");
static COUNTIES: &str = include_str!("../../reference/county_population.csv");

/// The mean radius of the Earth in kilometres (IUGG).
pub const EARTH_RADIUS_KM: f64 = 6371.0088;

/// A ZIP code with its point.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Five digits.
    pub zip: String,
    /// The name of the place.
    pub place: String,
    /// The state's two letters.
    pub state: String,
    /// The county's name, without the word "County".
    pub county: String,
    /// The county's FIPS code (five digits), empty where GeoNames gives none.
    pub county_fips: String,
    /// Latitude in degrees.
    pub lat: f64,
    /// Longitude in degrees.
    pub lon: f64,
}

/// People of a county (US Census Bureau estimates for 2018).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountyPopulation {
    /// All.
    pub all: u64,
    /// Under 18 years.
    pub under_18: u64,
    /// 65 years and over.
    pub over_65: u64,
    /// Women of 15 to 44 years.
    pub female_15_44: u64,
}

/// Every ZIP code of the shipped list, by ZIP code.
pub fn places() -> &'static [Place] {
    static READ: OnceLock<Vec<Place>> = OnceLock::new();
    READ.get_or_init(|| {
        let mut text = String::new();
        // The bytes are part of the program: a fault here is a fault of the build, and the tests
        // read every row.
        let read = flate2::read::GzDecoder::new(PLACES).read_to_string(&mut text);
        debug_assert!(read.is_ok());
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader
            .records()
            .filter_map(|row| place(&row.ok()?))
            .collect()
    })
}

fn place(row: &csv::StringRecord) -> Option<Place> {
    Some(Place {
        zip: row.get(0)?.to_string(),
        place: row.get(1)?.to_string(),
        state: row.get(2)?.to_string(),
        county: row.get(3)?.to_string(),
        county_fips: row.get(4)?.to_string(),
        lat: row.get(5)?.parse().ok()?,
        lon: row.get(6)?.parse().ok()?,
    })
}

/// The place of a ZIP code.
///
/// ```
/// assert_eq!(catchment_base::places::find("87102").unwrap().county, "Bernalillo");
/// ```
pub fn find(zip: &str) -> Option<&'static Place> {
    let all = places();
    all.binary_search_by(|p| p.zip.as_str().cmp(zip))
        .ok()
        .map(|at| &all[at])
}

/// The states (two letters, rising) in which these ZIP codes and counties lie. A county is written as
/// its name with or without "County", as "Name, ST", or as its FIPS code. A name that several states
/// have belongs to those that the other places name, else to all that have it.
///
/// # Errors
/// The first place that the shipped list does not have.
///
/// ```
/// use catchment_base::places::states_of;
/// assert_eq!(states_of(["87102"], ["Taos County", "Lea, NM"]).unwrap(), ["NM"]);
/// assert_eq!(states_of([], ["Harris"]).unwrap(), ["GA", "TX"]);
/// assert_eq!(states_of([], ["Atlantis"]).unwrap_err(), "Atlantis");
/// ```
pub fn states_of<'t>(
    zips: impl IntoIterator<Item = &'t str>,
    counties: impl IntoIterator<Item = &'t str>,
) -> Result<Vec<String>, String> {
    let mut sure = BTreeSet::new();
    for zip in zips {
        let place = find(zip).ok_or_else(|| zip.to_string())?;
        sure.insert(place.state.as_str());
    }
    let mut open = Vec::new();
    for county in counties {
        let states = states_of_county(county);
        match states.len() {
            0 => return Err(county.to_string()),
            1 => sure.extend(states),
            _ => open.push(states),
        }
    }
    let named = sure.clone();
    for states in open {
        let mut shared = states.intersection(&named).copied().peekable();
        if shared.peek().is_some() {
            sure.extend(shared);
        } else {
            sure.extend(states);
        }
    }
    Ok(sure.into_iter().map(str::to_string).collect())
}

/// Every state that has a county of this name or code.
fn states_of_county(county: &str) -> BTreeSet<&'static str> {
    counties_named(county).map(|known| known.state).collect()
}

/// The FIPS code (five digits) of a county, written as [`states_of`] reads it. Where counties of
/// several states bear the name, it is the one in these states; where still more than one or none
/// is left, there is no answer.
///
/// ```
/// use catchment_base::places::county_fips;
/// assert_eq!(county_fips("Luzerne County", &[]), Some("42079"));
/// assert_eq!(county_fips("Wayne", &["PA".to_string()]), Some("42127"));
/// assert_eq!(county_fips("Wayne, NY", &[]), Some("36117"));
/// assert_eq!(county_fips("Wayne", &[]), None);
/// ```
pub fn county_fips(county: &str, states: &[String]) -> Option<&'static str> {
    let all: Vec<&County> = counties_named(county)
        .filter(|known| !known.fips.is_empty())
        .collect();
    if let [only] = all[..] {
        return Some(only.fips);
    }
    let mut within = all
        .iter()
        .filter(|known| states.iter().any(|state| state == known.state));
    let first = within.next()?;
    within.next().is_none().then_some(first.fips)
}

/// A county of the shipped list.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct County {
    /// In lower case, without the word that says what it is.
    name: String,
    state: &'static str,
    fips: &'static str,
}

/// The counties of this name or code, in the state that it names, if it names one.
fn counties_named(county: &str) -> impl Iterator<Item = &'static County> {
    static READ: OnceLock<BTreeSet<County>> = OnceLock::new();
    let all = READ.get_or_init(|| {
        let named = places().iter().filter(|place| !place.county.is_empty());
        let county = |place: &'static Place| County {
            name: bare(&place.county),
            state: &place.state,
            fips: &place.county_fips,
        };
        named.map(county).collect()
    });
    let (name, state) = match county.rsplit_once(',') {
        Some((name, state)) if state.trim().len() == 2 => (name, Some(state.trim().to_uppercase())),
        _ => (county, None),
    };
    let name = bare(name);
    all.iter()
        .filter(move |known| known.name == name || known.fips == name)
        .filter(move |known| state.as_ref().is_none_or(|state| state == known.state))
}

/// The name of a county in lower case, without the word that says what it is.
fn bare(name: &str) -> String {
    const WORDS: [&str; 6] = [
        " county",
        " parish",
        " borough",
        " census area",
        " municipality",
        " (ca)",
    ];
    let name = name.trim().to_lowercase();
    let bare = WORDS.iter().find_map(|word| name.strip_suffix(word));
    bare.unwrap_or(&name).to_string()
}

/// The people of a county by its FIPS code.
pub fn county_population(fips: &str) -> Option<CountyPopulation> {
    static READ: OnceLock<Vec<(String, CountyPopulation)>> = OnceLock::new();
    let all = READ.get_or_init(|| {
        let mut reader = csv::Reader::from_reader(COUNTIES.as_bytes());
        reader
            .records()
            .filter_map(|row| county(&row.ok()?))
            .collect()
    });
    all.binary_search_by(|c| c.0.as_str().cmp(fips))
        .ok()
        .map(|at| all[at].1)
}

fn county(row: &csv::StringRecord) -> Option<(String, CountyPopulation)> {
    let number = |at: usize| row.get(at)?.parse().ok();
    Some((
        row.get(0)?.to_string(),
        CountyPopulation {
            all: number(1)?,
            under_18: number(2)?,
            over_65: number(3)?,
            female_15_44: number(4)?,
        },
    ))
}

/// The great-circle distance in kilometres between two points in degrees (haversine).
///
/// ```
/// use catchment_base::places::distance_km;
/// // A quarter of the equator.
/// assert!((distance_km((0.0, 0.0), (0.0, 90.0)) - 10_007.557).abs() < 0.01);
/// ```
pub fn distance_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (lat1, lat2) = (from.0.to_radians(), to.0.to_radians());
    let half_lat = ((lat2 - lat1) / 2.0).sin();
    let half_lon = ((to.1 - from.1).to_radians() / 2.0).sin();
    let h = half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon;
    2.0 * EARTH_RADIUS_KM * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_list_reads() {
        assert_eq!(places().len(), 41_488);
        assert!(places().windows(2).all(|w| w[0].zip < w[1].zip));
        assert!(
            places()
                .iter()
                .all(|p| p.zip.len() == 5 && p.lat.abs() <= 90.0)
        );
    }

    #[test]
    fn counties_have_people() {
        let bernalillo = county_population("35001").unwrap();
        assert!(bernalillo.all > 600_000 && bernalillo.all < 750_000);
        assert!(bernalillo.under_18 + bernalillo.over_65 < bernalillo.all);
        assert_eq!(county_population("99999"), None);
    }

    #[test]
    fn counties_are_known_by_name_state_and_code() {
        let pennsylvania = ["PA".to_string()];
        assert_eq!(county_fips("luzerne", &[]), Some("42079"));
        assert_eq!(county_fips("42079", &[]), Some("42079"));
        // Parishes and census areas stand in the list with their word, and counties without.
        assert_eq!(county_fips("Plaquemines Parish", &[]), Some("22075"));
        assert_eq!(county_fips("Caddo, LA", &[]), Some("22017"));
        assert_eq!(county_fips("Bethel Census Area", &[]), Some("02050"));
        // A name of several counties is settled by the states, and by nothing else.
        assert_eq!(county_fips("Bradford", &[]), None);
        assert_eq!(county_fips("Bradford", &pennsylvania), Some("42015"));
        let two = ["PA".to_string(), "FL".to_string()];
        assert_eq!(county_fips("Bradford", &two), None);
        assert_eq!(county_fips("Bradford, fl", &two), Some("12007"));
        assert_eq!(county_fips("Atlantis", &pennsylvania), None);
        assert_eq!(county_fips("Luzerne, NY", &pennsylvania), None);
        assert_eq!(county_fips("", &pennsylvania), None);
    }

    /// New York to Los Angeles by the published airport points is 3,983 km by great circle.
    #[test]
    fn measures_a_known_distance() {
        let km = distance_km((40.6413, -73.7781), (33.9416, -118.4085));
        assert!((km - 3_974.0).abs() < 10.0, "{km}");
    }
}
