//! Made people, and the ways in which clerks write their names.

/// A person as the roster has it.
#[derive(Clone)]
pub struct Person {
    pub npi: String,
    pub given: String,
    pub last: String,
    pub practice: String,
    pub specialty: String,
}

/// What is done to a name.
pub const KINDS: [&str; 10] = [
    "as it is",
    "initial",
    "credentials",
    "turned",
    "nickname",
    "typo in last",
    "typo in first",
    "hyphen",
    "middle",
    "practice misspelt",
];

/// Given names of the made territories and a short form of each.
const SHORT: &[(&str, &str)] = &[
    ("Abigail", "Abby"),
    ("Benjamin", "Ben"),
    ("Arthur", "Art"),
    ("Frank", "Frankie"),
    ("Harold", "Hal"),
    ("Judith", "Judy"),
    ("Martha", "Marty"),
    ("Dennis", "Denny"),
    ("Edgar", "Ed"),
    ("Helena", "Lena"),
    ("Louis", "Lou"),
    ("Rafael", "Rafi"),
    ("Alicia", "Ali"),
    ("Beatrice", "Bea"),
    ("Esther", "Essie"),
    ("Isaac", "Ike"),
    ("Oscar", "Ozzie"),
    ("Viktor", "Vic"),
    ("Anita", "Nita"),
    ("Elena", "Lena"),
    ("Simon", "Si"),
];

/// Scattered whole numbers, the same every time.
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

/// One letter behind the first changed, lost, doubled, or changed with its neighbour.
fn mistyped(word: &str, draw: &mut Draw) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + draw.below(letters.len() - 2);
    match draw.below(4) {
        0 => letters[at] = char::from(b'a' + draw.below(26) as u8),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, letters[at]),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

/// The name and the practice as some clerk writes them.
pub fn varied(person: &Person, kind: &str, draw: &mut Draw) -> (String, String) {
    let Person {
        given,
        last,
        practice,
        ..
    } = person;
    let mut place = practice.clone();
    let name = match kind {
        "initial" => format!("{last}, {}", &given[..1]),
        "credentials" => format!("Dr. {given} {last}, M.D., FACP"),
        "turned" => format!("{last} {given}"),
        "nickname" => match SHORT.iter().find(|(full, _)| full == given) {
            Some((_, short)) => format!("{last}, {short}"),
            None => format!("{last}, {given} MD"),
        },
        "typo in last" => format!("{}, {given}", mistyped(last, draw)),
        "typo in first" => format!("{} {last}", mistyped(given, draw)),
        "hyphen" => format!("{given} {last}-Quist"),
        "middle" => format!("{last}, {given} Q."),
        "practice misspelt" => {
            place = mistyped(practice, draw);
            format!("{last}, {}", &given[..1])
        }
        _ => format!("{last}, {given}").to_uppercase(),
    };
    (name, place)
}
