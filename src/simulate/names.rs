//! Made names of people, systems and practices. No list of anyone was
//! copied; surnames are put together from syllables so that there are enough for a large state.

use std::collections::BTreeSet;

use rand::RngExt;

use crate::random::Stream;

const GIVEN: [&str; 112] = [
    "Aaron", "Abigail", "Adele", "Adrian", "Agnes", "Alan", "Alicia", "Alma", "Amara", "Andre",
    "Anita", "Anna", "Anton", "Ariel", "Arthur", "Astrid", "Beatrice", "Benjamin", "Bernice",
    "Bianca", "Boris", "Brenda", "Bruno", "Carla", "Carmen", "Cecil", "Celia", "Clara", "Colin",
    "Cora", "Cyrus", "Dalia", "Damian", "Daria", "Delia", "Dennis", "Diego", "Dora", "Edgar",
    "Edith", "Elena", "Elias", "Elsa", "Emil", "Enid", "Erwin", "Esther", "Eva", "Fabian", "Felix",
    "Fiona", "Flora", "Frank", "Frida", "Gemma", "Gideon", "Gloria", "Greta", "Hanna", "Harold",
    "Hector", "Helena", "Hugo", "Ida", "Igor", "Imani", "Ines", "Ingrid", "Irene", "Isaac", "Ivan",
    "Jasper", "Joan", "Jonas", "Judith", "Julian", "Karim", "Karla", "Kenji", "Lara", "Lena",
    "Leo", "Lidia", "Louis", "Lucia", "Magda", "Malik", "Marco", "Martha", "Mei", "Milan", "Mira",
    "Nadia", "Naomi", "Nils", "Nora", "Olga", "Omar", "Oscar", "Paula", "Petra", "Rafael", "Rosa",
    "Ruth", "Samir", "Selma", "Simon", "Sonia", "Theo", "Vera", "Viktor", "Yusuf",
];

const STEMS: [&str; 44] = [
    "Alder", "Ambro", "Bar", "Beck", "Bran", "Cal", "Carde", "Castel", "Cor", "Dal", "Dor", "Eld",
    "Fair", "Fen", "Gal", "Gar", "Hal", "Har", "Holm", "Kel", "Kin", "Lan", "Lin", "Lor", "Mar",
    "Mel", "Mon", "Nor", "Oak", "Pell", "Quin", "Ran", "Rol", "Sal", "Sel", "Stan", "Tal", "Thorn",
    "Tor", "Val", "Ver", "Wes", "Win", "Yar",
];

const ENDINGS: [&str; 36] = [
    "ado", "ale", "anza", "aro", "berg", "bridge", "by", "court", "dano", "der", "dez", "din",
    "ell", "er", "feld", "ford", "gate", "grove", "ham", "ian", "ic", "ides", "ing", "land", "ley",
    "low", "man", "mont", "ner", "owski", "quist", "son", "stad", "ton", "vik", "worth",
];

/// Whole surnames that no rostered provider has, for people of whom only exports know.
const STRANGERS: [&str; 24] = [
    "Abubakar",
    "Achterberg",
    "Bjarnason",
    "Chukwuma",
    "Czajkowski",
    "Dzhugash",
    "Echeverri",
    "Fujiwara",
    "Gwozdz",
    "Hjelmqvist",
    "Iwuchukwu",
    "Jhaveri",
    "Kyriakou",
    "Ljubic",
    "Mbeki-Roth",
    "Nguemo",
    "Oyelaran",
    "Papadakis",
    "Rzepka",
    "Szymborek",
    "Tshabalala",
    "Uzunoglu",
    "Vuorinen",
    "Zwiebel",
];

const SYSTEMS: [&str; 14] = [
    "Larkmoor",
    "Brightwater",
    "Copperline",
    "Juniper Mesa",
    "Stonebridge",
    "Silver Fork",
    "Ashgrove",
    "Redwillow",
    "Northlight",
    "Clearfield",
    "Bluestem",
    "Harborview Plains",
    "Cedar Hollow",
    "Fallbrook",
];

/// A given name and a surname, drawn.
pub(crate) fn person(stream: &mut Stream) -> String {
    let given = GIVEN[stream.random_range(0..GIVEN.len())];
    format!("{given} {}", surname(stream))
}

/// A surname, drawn.
pub(crate) fn surname(stream: &mut Stream) -> String {
    let stem = STEMS[stream.random_range(0..STEMS.len())];
    format!("{stem}{}", ENDINGS[stream.random_range(0..ENDINGS.len())])
}

/// A person of whom only exports know; no rostered provider has the surname.
pub(crate) fn stranger(stream: &mut Stream) -> String {
    let given = GIVEN[stream.random_range(0..GIVEN.len())];
    format!(
        "{given} {}",
        STRANGERS[stream.random_range(0..STRANGERS.len())]
    )
}

/// As many systems' names as asked for (at most 14), shuffled.
pub(crate) fn systems(stream: &mut Stream, count: usize) -> Vec<&'static str> {
    let mut names = SYSTEMS.to_vec();
    for at in (1..names.len()).rev() {
        names.swap(at, stream.random_range(0..=at));
    }
    names.truncate(count);
    names
}

/// A name as exports fold it: `SMITH, ANNA` for `Anna Smith`.
pub(crate) fn folded(name: &str) -> String {
    match name.split_once(' ') {
        Some((given, surname)) => format!("{surname}, {given}").to_uppercase(),
        None => name.to_uppercase(),
    }
}

/// Makes names unique by a number behind those that are taken.
#[derive(Debug, Default)]
pub(crate) struct Unique {
    taken: BTreeSet<String>,
}

impl Unique {
    /// The name itself, or with the first number (from 2) that makes it new.
    pub(crate) fn name(&mut self, wish: String) -> String {
        let mut name = wish.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{wish} {number}");
            number += 1;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Subject, stream};

    #[test]
    fn names_repeat_only_where_they_may() {
        let mut unique = Unique::default();
        assert_eq!(unique.name("Oak Clinic".to_string()), "Oak Clinic");
        assert_eq!(unique.name("Oak Clinic".to_string()), "Oak Clinic 2");
        assert_eq!(unique.name("Oak Clinic".to_string()), "Oak Clinic 3");
        assert_eq!(folded("Anna Smith"), "SMITH, ANNA");
        let mut stream = stream(1, Subject::Roster, 0);
        let systems = systems(&mut stream, 6);
        assert_eq!(systems.iter().collect::<BTreeSet<_>>().len(), 6);
    }

    #[test]
    fn strangers_share_no_surname_with_the_roster() {
        for stem in STEMS {
            for ending in ENDINGS {
                assert!(!STRANGERS.contains(&format!("{stem}{ending}").as_str()));
            }
        }
    }
}
