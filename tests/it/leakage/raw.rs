//! What the raw files say of every referral, read and judged by code that shares nothing with the
//! marts: latest versions, episodes, names, places of work on a day, what is offered, where each order
//! went and what became of it. It leaves counting to the tests. It reads clean files of one source
//! in the program's own columns, as made territories have them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use catchment::base::{Day, Quarter, specialties};

use super::order::{Order, canonical};
use crate::workspace::read_csv;

type Row = BTreeMap<String, String>;

/// The mean radius of the Earth.
pub const EARTH_KM: f64 = 6371.0088;

/// The quarter of every run here.
pub const QUARTER: &str = "2026Q3";

pub fn quarter() -> Quarter {
    QUARTER.parse().unwrap()
}

/// The quarters that tables show, by name.
pub fn shown() -> BTreeSet<String> {
    quarter().last(8).iter().map(ToString::to_string).collect()
}

fn day(text: &str) -> Option<Day> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_string())
}

/// A provider's period at a place of work.
#[derive(Debug, Clone)]
pub struct Spell {
    pub npi: String,
    pub practice: String,
    pub practice_name: String,
    pub organization: String,
    pub affiliation: Option<String>,
    pub specialty: Option<String>,
    pub starts: Day,
    pub ends: Day,
    pub gone: Option<Day>,
    pub is_primary: bool,
    pub is_person: bool,
    pub takes_new: bool,
    pub ages: Vec<String>,
    pub payers: Vec<String>,
    pub point: Option<(f64, f64)>,
    pub zip: String,
    county: String,
    words: String,
}

fn list(text: &str) -> Vec<String> {
    let words = text.split([';', ',', '|']).map(str::trim);
    words
        .filter(|w| !w.is_empty())
        .map(str::to_string)
        .collect()
}

/// The words of a name in any order.
fn words(name: &str) -> String {
    let upper = name.to_uppercase().replace(',', " ");
    let mut words: Vec<&str> = upper.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ")
}

impl Spell {
    pub fn holds(&self, day: Day) -> bool {
        self.starts <= day && day <= self.ends
    }

    pub fn is_inside(&self) -> bool {
        is_inside(self.affiliation.as_deref().unwrap_or(""))
    }

    pub fn is_gone(&self, on: Day) -> bool {
        self.gone.is_some_and(|gone| gone <= on)
    }

    /// Whether it sees an age group; no list is every age, and no group any.
    pub fn sees(&self, age: &str) -> bool {
        self.ages.is_empty() || age.is_empty() || self.ages.iter().any(|a| a == age)
    }
}

pub fn is_inside(affiliation: &str) -> bool {
    ["own", "affiliated"].contains(&affiliation)
}

/// The files of a territory.
pub struct Raw {
    pub spells: Vec<Spell>,
    pub orders: Vec<Order>,
    /// Practice, specialty, Monday and slots.
    pub slots: Vec<(String, String, Day, i64)>,
    organizations: BTreeMap<String, (String, String)>,
    names: BTreeMap<String, BTreeSet<String>>,
    counties: BTreeMap<String, String>,
}

impl Raw {
    /// Reads the files of a folder, and judges every referral.
    pub fn read(folder: &Path) -> Self {
        let rows = |name: &str| read_csv(&folder.join(name));
        let organizations = rows("organizations.csv");
        let of_id: BTreeMap<&str, &str> = organizations
            .iter()
            .map(|o| (o["organization_id"].as_str(), o["affiliation"].as_str()))
            .collect();
        let spells: Vec<Spell> = rows("providers.csv")
            .iter()
            .map(|row| spell(row, &of_id))
            .collect();
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for spell in &spells {
            let bearers = names.entry(spell.words.clone()).or_default();
            bearers.insert(spell.npi.clone());
        }
        let mut raw = Self {
            spells,
            orders: Vec::new(),
            slots: rows("capacity.csv").iter().map(slots).collect(),
            organizations: organizations
                .iter()
                .map(|o| {
                    let named = (o["organization_id"].clone(), o["affiliation"].clone());
                    (o["name"].to_lowercase(), named)
                })
                .collect(),
            names,
            counties: rows("population.csv")
                .iter()
                .map(|p| (p["zip"].clone(), p["county"].clone()))
                .collect(),
        };
        let latest = latest(folder);
        raw.orders = latest.values().map(|row| raw.judge(row)).collect();
        count_episodes(&mut raw.orders);
        raw
    }

    /// The place of work that is meant on a day: the one that is named, else the primary one, else the
    /// one with the lowest id.
    pub fn place(&self, npi: &str, on: Day, named: &str) -> Option<&Spell> {
        let there = |spell: &&Spell| spell.npi == npi && spell.holds(on);
        let mut places: Vec<&Spell> = self.spells.iter().filter(there).collect();
        places.sort_by_key(|s| {
            let is_named = !named.is_empty() && s.practice_name == named;
            (!is_named, !s.is_primary, s.practice.clone())
        });
        places.first().copied()
    }

    /// The affiliation of a provider at a practice on a day.
    pub fn affiliation(&self, npi: &str, practice: &str, on: Day) -> Option<String> {
        let there = |s: &&Spell| s.npi == npi && s.practice == practice && s.holds(on);
        let spell = self.spells.iter().find(there)?;
        Some(spell.affiliation.clone().unwrap_or("outside".to_string()))
    }

    /// The latest period of a practice.
    pub fn practice(&self, practice: &str) -> Option<&Spell> {
        let of = self.spells.iter().filter(|s| s.practice == practice);
        of.max_by_key(|s| (s.ends, s.starts, std::cmp::Reverse(s.npi.clone())))
    }

    /// The one who is meant by a name, alone or alone at the practice that is named.
    fn bearer(&self, name: &str, practice: &str) -> Option<String> {
        let bearers = self.names.get(&words(name)).filter(|_| !name.is_empty())?;
        let works_there = |npi: &&String| {
            let mut at = self.spells.iter().filter(|s| s.npi == **npi);
            at.any(|s| s.practice_name == practice)
        };
        let there: Vec<&String> = bearers.iter().filter(works_there).collect();
        match (bearers.len(), there.as_slice()) {
            (1, _) => bearers.first().cloned(),
            (_, [only]) => Some((*only).clone()),
            _ => None,
        }
    }

    fn judge(&self, row: &Row) -> Order {
        let on: Day = row["referred_on"].parse().unwrap();
        let end = |which: &str| {
            let practice = &row[&format!("{which}_practice")];
            let stated = filled(&row[&format!("{which}_npi")]);
            stated.or_else(|| self.bearer(&row[&format!("{which}_name")], practice))
        };
        let (from, to) = (end("referring"), end("referred_to"));
        let place = |npi: &Option<String>, named: &str| {
            npi.as_ref().and_then(|npi| self.place(npi, on, named))
        };
        let from_place = place(&from, &row["referring_practice"]);
        let to_place = place(&to, &row["referred_to_practice"]);
        let named = self
            .organizations
            .get(&row["referred_to_organization"].to_lowercase());
        let (specialty, service) = self.specialty(row, to.as_deref());
        let organization = to_place.map(|s| &s.organization).or(named.map(|n| &n.0));
        let text = |column: &str| filled(&row[column]);
        let of_place = to_place.map(|s| s.practice.clone());
        let destination = of_place.or(named.map(|n| n.0.clone()));
        let destination = destination.or(text("referred_to_organization"));
        let unknown = || "unknown".to_string();
        let from_county = from_place.and_then(|s| self.county(&s.practice));
        let from_side = from_place.and_then(|s| s.affiliation.clone());
        let patient_county = self.counties.get(&row["patient_zip"]);
        Order {
            id: row["referral_id"].clone(),
            day: on,
            quarter: on.quarter().to_string(),
            offered: self.offers(&specialty, on, &row["age_band"]),
            specialty,
            service,
            status: row["status"].clone(),
            reason: canonical(&row["status_reason"]),
            from,
            from_text: row["referring_name"].clone(),
            from_practice: from_place.map_or_else(unknown, |s| s.practice.clone()),
            from_county: from_county.unwrap_or_else(unknown),
            from_affiliation: from_side.unwrap_or_else(unknown),
            patient: text("patient_id"),
            patient_county: patient_county.cloned().unwrap_or_else(unknown),
            zip: row["patient_zip"].clone(),
            age: row["age_band"].clone(),
            payer: row["payer"].clone(),
            to,
            to_practice: to_place.map(|s| s.practice.clone()),
            to_organization: organization.cloned(),
            to_affiliation: side(to_place, named, &row["direction"]),
            destination: (destination.or(text("referred_to_name"))).unwrap_or_else(unknown),
            counts: true,
            booked: day(&row["scheduled_on"]),
            visit: day(&row["appointment_on"]),
            completed: day(&row["completed_on"]),
            onward: None,
            follows: !row["replaces_id"].is_empty() || row["is_renewal"] == "true",
            is_renewal: row["is_renewal"] == "true",
            replaces: text("replaces_id"),
        }
    }

    /// The county of a practice: of its ZIP code, else what the roster says.
    fn county(&self, practice: &str) -> Option<String> {
        let latest = self.practice(practice)?;
        let stated = filled(&latest.county);
        self.counties.get(&latest.zip).cloned().or(stated)
    }

    /// The specialty of an order and its kind of service; without one, that of who is referred to.
    fn specialty(&self, row: &Row, to: Option<&str>) -> (String, String) {
        let stated = filled(&row["specialty"]);
        let of_provider = || {
            let of = self.spells.iter().filter(|s| Some(s.npi.as_str()) == to);
            of.max_by_key(|s| (s.ends, s.starts))?.specialty.clone()
        };
        let name = match &stated {
            Some(text) => specialties::find(text).map(|s| s.name.clone()),
            None => of_provider(),
        };
        let care = name
            .as_deref()
            .and_then(specialties::find)
            .map(|s| s.care.clone());
        let service = filled(&row["service_type"]).or(care);
        (
            name.unwrap_or("Unknown".to_string()),
            service.unwrap_or("consult".to_string()),
        )
    }

    fn offers(&self, specialty: &str, on: Day, age: &str) -> bool {
        self.spells.iter().any(|s| {
            s.specialty.as_deref() == Some(specialty)
                && s.holds(on)
                && s.is_inside()
                && !s.is_gone(on)
                && s.sees(age)
        })
    }
}

fn side(place: Option<&Spell>, named: Option<&(String, String)>, direction: &str) -> String {
    let side = match (place, named, direction) {
        (Some(spell), _, _) => spell.affiliation.as_deref().unwrap_or("outside"),
        (None, Some((_, affiliation)), _) => affiliation,
        (None, None, "internal" | "incoming") => "own",
        (None, None, "outgoing") => "outside",
        _ => "unknown",
    };
    side.to_string()
}

fn spell(row: &Row, organizations: &BTreeMap<&str, &str>) -> Spell {
    let stated = filled(&row["affiliation"]);
    let number = |column: &str| row[column].parse::<f64>().ok();
    let organization = row["organization_id"].clone();
    let of_organization = organizations.get(organization.as_str());
    Spell {
        npi: row["npi"].clone(),
        practice: row["practice_id"].clone(),
        practice_name: row["practice_name"].clone(),
        affiliation: stated.or(of_organization.map(ToString::to_string)),
        organization,
        specialty: specialties::find(&row["specialty"]).map(|s| s.name.clone()),
        starts: day(&row["effective_from"]).unwrap_or(Day::of(1900, 1, 1).unwrap()),
        ends: day(&row["effective_to"]).unwrap_or(Day::of(2999, 12, 31).unwrap()),
        gone: day(&row["deactivated_on"]),
        is_primary: row["is_primary"] == "true",
        is_person: row["entity_type"] != "organization",
        takes_new: row["accepts_new_patients"] != "false",
        ages: list(&row["age_bands"]),
        payers: list(&row["payers_accepted"]),
        point: number("lat").zip(number("lon")),
        zip: row["zip"].clone(),
        county: row["county"].clone(),
        words: words(&row["name"]),
    }
}

/// The Monday of a day's week.
pub fn monday(on: Day) -> Day {
    on.plus(-(on.weekday() as i32))
}

fn slots(row: &Row) -> (String, String, Day, i64) {
    let specialty = specialties::find(&row["specialty"]).unwrap().name.clone();
    let week = monday(row["week_of"].parse().unwrap());
    (
        row["practice_id"].clone(),
        specialty,
        week,
        row["slots"].parse().unwrap(),
    )
}

/// The latest version of each referral over the exports, by id.
fn latest(folder: &Path) -> BTreeMap<String, Row> {
    let mut found: BTreeMap<String, Row> = BTreeMap::new();
    let mut files: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    for file in files.iter().filter(|f| name(f).starts_with("referrals")) {
        for row in read_csv(file) {
            let known = found.get(&row["referral_id"]);
            if known.is_none_or(|known| known["updated_at"] <= row["updated_at"]) {
                found.insert(row["referral_id"].clone(), row);
            }
        }
    }
    found
}

/// Which order of each episode counts, and the first order outside that took its place.
fn count_episodes(orders: &mut [Order]) {
    let known: BTreeMap<String, usize> = orders
        .iter()
        .enumerate()
        .map(|(at, o)| (o.id.clone(), at))
        .collect();
    let mut episodes: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for at in 0..orders.len() {
        let (mut root, mut depth) = (orders[at].id.clone(), 0);
        while let Some(before) = known.get(&root).and_then(|at| orders[*at].replaces.clone()) {
            (root, depth) = (before, depth + 1);
        }
        episodes.entry(root).or_default().push((depth, at));
    }
    for members in episodes.values_mut() {
        members.sort_by_key(|(depth, at)| (*depth, orders[*at].day, orders[*at].id.clone()));
        let (depth, first) = members[0];
        let begins = depth == 0 && !orders[first].follows;
        let heir = members
            .iter()
            .map(|m| m.1)
            .find(|at| begins && orders[*at].can_count());
        let is_onward = |o: &Order| {
            o.replaces.is_some()
                && !o.is_renewal
                && !o.is_inside()
                && !o.is_unknown()
                && !["void", "cancelled"].contains(&o.status.as_str())
        };
        let others = members.iter().map(|m| m.1).filter(|at| Some(*at) != heir);
        let onward = others.map(|at| &orders[at]).filter(|o| is_onward(o));
        let onward = onward.map(|o| o.day).min();
        for (_, at) in members.iter() {
            orders[*at].counts = Some(*at) == heir;
            orders[*at].onward = onward;
        }
    }
}
