//! How a name in its circumstances agrees with a provider, field by field.

use super::names::Name;
use super::nicknames;
use super::organizations::are_alike;
use super::roster::{Entry, Roster, place_key, specialty_number};
use crate::base::specialties;
use crate::stats::linkage::{MISSING, jaro_winkler};

/// The fields in their order.
pub(super) const FIELDS: [&str; 8] = [
    "last name",
    "first name",
    "initial",
    "middle name",
    "generation",
    "practice",
    "organization",
    "specialty",
];
/// differs; alike; very alike, or one part of several is the same; the same.
pub(super) const LAST: usize = 0;
/// differs; alike, a short form, or the other's middle name; the same. Where both are written out.
pub(super) const GIVEN: usize = 1;
/// differs; the same. Where one of the two is a letter.
pub(super) const INITIAL: usize = 2;
/// differs; the same, or beginning with the same letter where one is a letter.
pub(super) const MIDDLE: usize = 3;
/// differs; the same.
pub(super) const GENERATION: usize = 4;
/// elsewhere; in the same ZIP area (three digits); in the same ZIP code; of the organization that
/// is named; alike; the same.
pub(super) const PLACE: usize = 5;
/// differs; alike; the same. Where no practice is named.
pub(super) const ORGANIZATION: usize = 6;
/// differs; of one service line; the same.
pub(super) const SPECIALTY: usize = 7;

/// The level of each field, [`MISSING`] where one side has none.
pub(super) type Levels = [u8; FIELDS.len()];

/// A name with what is said beside it.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    pub(super) name: Name,
    /// The name read the other way round.
    pub(super) swapped: Option<Name>,
    /// The practice's folded name, and its number where the roster has it.
    pub(super) practice: String,
    pub(super) place: Option<u32>,
    pub(super) organization: String,
    pub(super) organization_number: Option<u32>,
    pub(super) specialty: Option<u32>,
}

impl Asked {
    /// A name beside a practice, an organization and a specialty's text; each may be empty.
    pub(super) fn new(
        roster: &Roster,
        name: &str,
        practice: &str,
        organization: &str,
        specialty: Option<u32>,
    ) -> Self {
        let fold = |text: &str| match text {
            "" => String::new(),
            text => place_key(text),
        };
        let name = Name::parse(name);
        let (practice, organization) = (fold(practice), fold(organization));
        Self {
            swapped: name.swapped(),
            name,
            place: roster.places.find(&practice),
            practice,
            organization_number: roster.organizations.find(&organization),
            organization,
            specialty,
        }
    }
}

/// The specialty that a department's name says: "Cardiology Clinic".
pub(super) fn department_specialty(department: &str) -> Option<u32> {
    let line = department.split([',', '\n', '\r', '(']).next()?;
    let words: Vec<&str> = line
        .split_whitespace()
        .filter(|word| {
            let word = word.to_uppercase();
            ![
                "CLINIC",
                "CLINICS",
                "DEPARTMENT",
                "DEPT",
                "DEPT.",
                "CENTER",
                "OFFICE",
                "SERVICE",
                "SERVICES",
                "ASSOCIATES",
                "OF",
                "-",
            ]
            .contains(&word.as_str())
        })
        .collect();
    specialty_number(&words.join(" "))
}

/// Likeness from which two last or first names can be one mistyped.
pub(super) const ALIKE: f64 = 0.88;
/// Likeness from which they very much can.
const VERY_ALIKE: f64 = 0.94;

/// The level of two last names.
pub(super) fn last_level(a: &Name, b: &Name) -> u8 {
    if a.last.is_empty() || b.last.is_empty() {
        return MISSING;
    }
    if a.last == b.last {
        return 3;
    }
    let has = |name: &Name, part: &String| name.last == *part || name.parts.contains(part);
    if a.parts.iter().any(|part| has(b, part)) || b.parts.iter().any(|part| has(a, part)) {
        return 2;
    }
    match jaro_winkler(&a.last, &b.last) {
        likeness if likeness >= VERY_ALIKE => 2,
        likeness if likeness >= ALIKE => 1,
        _ => 0,
    }
}

fn is_letter(text: &str) -> bool {
    text.len() == 1
}

/// The levels of first name and initial: one of the two is always missing.
pub(super) fn first_levels(x: &str, y: &str) -> (u8, u8) {
    if x.is_empty() || y.is_empty() {
        return (MISSING, MISSING);
    }
    if is_letter(x) || is_letter(y) {
        return (MISSING, u8::from(x.chars().next() == y.chars().next()));
    }
    let level = if x == y {
        2
    } else {
        u8::from(jaro_winkler(x, y) >= ALIKE || nicknames::are_one(x, y))
    };
    (level, MISSING)
}

/// Whether one of the two is called by what is the other's middle name.
pub(super) fn goes_by(a: &Name, b: &Name) -> bool {
    let is_called = |a: &Name, b: &Name| a.middle.len() > 1 && a.middle == b.given;
    is_called(a, b) || is_called(b, a)
}

fn middle_level(a: &Name, b: &Name) -> u8 {
    let (x, y) = (a.middle.as_str(), b.middle.as_str());
    if x.is_empty() || y.is_empty() {
        return MISSING;
    }
    if is_letter(x) || is_letter(y) {
        return u8::from(x.chars().next() == y.chars().next());
    }
    u8::from(x == y || jaro_winkler(x, y) >= ALIKE)
}

/// The levels of the name alone.
pub(super) fn name_levels(asked: &Name, entry: &Name) -> Levels {
    let first = first_levels(&asked.given, &entry.given);
    name_levels_from(last_level(asked, entry), first, asked, entry)
}

/// The levels of the name alone, where those of the last and the first name are known.
pub(super) fn name_levels_from(
    last: u8,
    (given, initial): (u8, u8),
    asked: &Name,
    entry: &Name,
) -> Levels {
    let mut levels = [MISSING; FIELDS.len()];
    (levels[LAST], levels[GIVEN], levels[INITIAL]) = (last, given, initial);
    levels[MIDDLE] = middle_level(asked, entry);
    // Who goes by the middle name has no other one that could differ.
    if levels[GIVEN] != 2 && goes_by(asked, entry) {
        (levels[GIVEN], levels[INITIAL]) = (1, MISSING);
        levels[MIDDLE] = MISSING;
    }
    if !asked.generation.is_empty() && !entry.generation.is_empty() {
        levels[GENERATION] = u8::from(asked.generation == entry.generation);
    }
    levels
}

/// Adds the levels of the circumstances.
pub(super) fn add_circumstances(
    roster: &Roster,
    asked: &Asked,
    entry: &Entry,
    levels: &mut Levels,
) {
    let provider = &roster.providers[entry.provider as usize];
    let of_organization =
        |number: Option<u32>| number.is_some_and(|number| provider.organizations.contains(&number));
    if !asked.practice.is_empty() && !provider.places.is_empty() {
        levels[PLACE] = place_level(roster, asked, entry);
    } else if !asked.organization.is_empty() && !provider.organizations.is_empty() {
        let names = || {
            let numbers = provider.organizations.iter();
            numbers.map(|n| roster.organizations.names[*n as usize].as_str())
        };
        levels[ORGANIZATION] = if of_organization(asked.organization_number) {
            2
        } else if asked.organization_number.is_none() {
            u8::from(names().any(|name| are_alike(&asked.organization, name)))
        } else {
            0
        };
    }
    if let Some(asked) = asked.specialty
        && !provider.specialties.is_empty()
    {
        let group = |number: u32| &specialties::all()[number as usize].group;
        levels[SPECIALTY] = if provider.specialties.contains(&asked) {
            2
        } else {
            let is_near = |own: &u32| group(*own) == group(asked);
            u8::from(provider.specialties.iter().any(is_near))
        };
    }
}

fn place_level(roster: &Roster, asked: &Asked, entry: &Entry) -> u8 {
    let provider = &roster.providers[entry.provider as usize];
    if let Some(place) = asked.place {
        if provider.places.contains(&place) {
            return 5;
        }
    } else {
        let name = |place: &u32| roster.places.names[*place as usize].as_str();
        let is_alike = |place: &u32| are_alike(&asked.practice, name(place));
        if provider.places.iter().any(is_alike) {
            return 4;
        }
    }
    if let Some(organization) = asked.organization_number
        && provider.organizations.contains(&organization)
    {
        return 3;
    }
    let zips = asked.place.and_then(|place| roster.place_zips.get(&place));
    let Some(zips) = zips else {
        return 0;
    };
    let shares = |digits: usize| {
        let mut pairs = zips
            .iter()
            .flat_map(|a| provider.zips.iter().map(move |b| (a, b)));
        pairs.any(|(a, b)| a.get(..digits) == b.get(..digits))
    };
    match (shares(5), shares(3)) {
        (true, _) => 2,
        (_, true) => 1,
        _ => 0,
    }
}

/// Whether these levels leave a name to be accepted without a person: last and first name speak
/// for it, and neither middle name nor generation against it.
pub(super) fn is_acceptable(levels: &Levels) -> bool {
    let known = |field: usize| !matches!(levels[field], 0 | MISSING);
    known(LAST)
        && (known(GIVEN) || known(INITIAL))
        && levels[MIDDLE] != 0
        && levels[GENERATION] != 0
}

/// The fields that agree, for a person to read.
pub(super) fn agreeing(levels: &Levels) -> String {
    const WHOLE: [u8; FIELDS.len()] = [3, 2, 1, 1, 1, 5, 2, 2];
    let words = FIELDS.iter().zip(levels).zip(WHOLE);
    let said: Vec<String> = words
        .filter(|((_, level), _)| !matches!(**level, 0 | MISSING))
        .map(|((field, level), whole)| match (*field, *level) {
            (_, level) if level == whole => (*field).to_string(),
            ("practice", 1 | 2) => "practice near".to_string(),
            ("practice", 3) => "organization".to_string(),
            ("specialty", _) => "service line".to_string(),
            (field, _) => format!("{field} alike"),
        })
        .collect();
    said.join("; ")
}
