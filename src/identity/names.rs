//! A provider's name taken apart: last name, given and middle name, generation; titles,
//! credentials, case, accents and punctuation are left behind. Whether a name means anybody is
//! nobody.rs's.

/// Titles and credentials that stand beside a name and are none of it.
const TITLES: &[&str] = &[
    "MD", "DO", "NP", "NPC", "PA", "PAC", "DR", "PHD", "APRN", "ARNP", "CNP", "FNP", "FNPC",
    "FNPBC", "ANP", "AGNP", "PNP", "WHNP", "PMHNP", "DNP", "CRNP", "CRNA", "CNM", "CNS", "RN",
    "BSN", "MSN", "DPM", "DDS", "DMD", "OD", "DC", "DPT", "PT", "OT", "PSYD", "PHARMD", "LCSW",
    "MBBS", "MBCHB", "MPH", "MBA", "MS", "MA", "MSC", "FACC", "FACP", "FACS", "FACOG", "FAAP",
    "FAAFP", "FASN", "FCCP", "FAAOS", "FHRS", "FSCAI", "MR", "MRS", "PROF", "ESQ", "BC", "DOCTOR",
];

/// Words that begin a last name of several words.
const PARTICLES: &[&str] = &[
    "DE", "DEL", "DELA", "DELLA", "DA", "DAS", "DOS", "DI", "DU", "LA", "LE", "LOS", "VAN",
    "VANDER", "VON", "DER", "DEN", "TER", "ST", "SAN", "SANTA", "EL", "AL", "ABU", "BIN", "BEN",
    "MAC", "MC",
];

/// A name taken apart. All texts are upper-case ASCII where the alphabet allows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    /// All words but titles and generation, in alphabetical order.
    pub folded: String,
    /// The last name, its parts written together.
    pub last: String,
    /// The parts of a last name that has several.
    pub parts: Vec<String>,
    /// The first name; may be one letter, or empty.
    pub given: String,
    /// The first middle name; may be one letter, or empty.
    pub middle: String,
    /// `JR`, `SR`, `II` and the like, else empty.
    pub generation: String,
    /// Whether a comma says which word is the last name.
    pub is_ordered: bool,
}

/// A name with its words in upper case and in order.
///
/// ```
/// use catchment::identity::fold;
/// assert_eq!(fold("Smith,  anna"), fold("ANNA SMITH"));
/// assert_eq!(fold("Anna O'Neil, MD"), "ANNA ONEIL");
/// ```
pub fn fold(name: &str) -> String {
    Name::parse(name).folded
}

/// Upper-case letters and digits of a text; accents fall, other signs part words, and what
/// `inside` names stays as it is.
pub(super) fn plain(text: &str, inside: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_uppercase) {
        match c {
            '\'' | '’' | '`' | '´' => {}
            c if inside.contains(&c) || c.is_ascii_alphanumeric() => out.push(c),
            c if c.is_alphanumeric() => match unaccented(c) {
                Some(letters) => out.push_str(letters),
                None => out.push(c),
            },
            _ => out.push(' '),
        }
    }
    out
}

/// The Latin letters under an accent.
fn unaccented(c: char) -> Option<&'static str> {
    Some(match c {
        'À'..='Å' | 'Ā' | 'Ă' | 'Ą' => "A",
        'Æ' => "AE",
        'Ç' | 'Ć' | 'Ĉ' | 'Ċ' | 'Č' => "C",
        'Ď' | 'Đ' | 'Ð' => "D",
        'È'..='Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' => "E",
        'Ğ' | 'Ģ' | 'Ġ' => "G",
        'Ì'..='Ï' | 'Ĩ' | 'Ī' | 'Į' | 'İ' => "I",
        'Ķ' => "K",
        'Ł' | 'Ļ' | 'Ľ' | 'Ĺ' => "L",
        'Ñ' | 'Ń' | 'Ņ' | 'Ň' => "N",
        'Ò'..='Ö' | 'Ø' | 'Ō' | 'Ő' => "O",
        'Œ' => "OE",
        'Ŕ' | 'Ř' => "R",
        'Ś' | 'Ş' | 'Š' | 'Ș' => "S",
        'Ţ' | 'Ť' | 'Ț' => "T",
        'Ù'..='Ü' | 'Ũ' | 'Ū' | 'Ů' | 'Ű' | 'Ų' => "U",
        'Ý' | 'Ÿ' => "Y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        _ => return None,
    })
}

fn generation(word: &str) -> Option<&str> {
    Some(match word {
        "JR" | "JUNIOR" => "JR",
        "SR" | "SENIOR" => "SR",
        "II" | "2ND" => "II",
        "III" | "3RD" => "III",
        "IV" | "4TH" => "IV",
        // A number behind a name keeps apart who would else be one.
        word if word.bytes().all(|b| b.is_ascii_digit()) => word,
        _ => return None,
    })
}

/// The words of one run between commas: dots join what is a title (M.D.) and part what is not
/// (J.R. at the beginning).
fn words(segment: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, word) in segment.split_whitespace().enumerate() {
        let joined: String = word.chars().filter(|&c| c != '.').collect();
        let solid = joined.replace('-', "");
        if TITLES.contains(&solid.as_str()) {
            out.push(solid);
            continue;
        }
        let is_known = at > 0 && generation(&joined).is_some();
        if is_known || !word.trim_end_matches('.').contains('.') {
            out.push(joined);
        } else {
            out.extend(word.split('.').map(str::to_string));
        }
    }
    out.retain(|word| word.chars().any(char::is_alphanumeric));
    out
}

impl Name {
    /// Takes a name apart: `Last, First M`, `First M Last`, with titles, credentials and a
    /// generation wherever they stand.
    pub fn parse(text: &str) -> Self {
        let plain = plain(text, &['.', ',', '-']);
        let mut segments: Vec<Vec<String>> = plain.split(',').map(words).collect();
        let mut name = Self::default();
        for (at, segment) in segments.iter_mut().enumerate() {
            let mut place = 0;
            segment.retain(|word| {
                place += 1;
                let found = generation(word).filter(|_| place > 1 || at > 0);
                if let Some(found) = found {
                    name.generation = found.to_string();
                }
                found.is_none()
            });
        }
        drop_titles(&mut segments);
        segments.retain(|segment| !segment.is_empty());
        let mut all: Vec<&str> = segments
            .iter()
            .flatten()
            .flat_map(|w| w.split('-'))
            .filter(|w| !w.is_empty())
            .collect();
        all.sort_unstable();
        name.folded = all.join(" ");
        name.is_ordered = segments.len() > 1;
        match segments.as_slice() {
            [] => {}
            [only] => name.place(only, last_begins(only)),
            [last, rest @ ..] => {
                let words: Vec<String> = rest.iter().flatten().chain(last).cloned().collect();
                name.place(&words, words.len() - last.len());
            }
        }
        name
    }

    /// The words before `begin` are given and middle names, the others the last name.
    fn place(&mut self, words: &[String], begin: usize) {
        let joined = |word: &String| word.replace('-', "");
        self.given = words[..begin].first().map(joined).unwrap_or_default();
        self.middle = words[..begin].get(1).map(joined).unwrap_or_default();
        self.last = words[begin..].iter().map(joined).collect();
        let parts = words[begin..].iter().flat_map(|w| w.split('-'));
        self.parts = parts
            .filter(|part| part.len() > 1 && !PARTICLES.contains(part))
            .map(str::to_string)
            .collect();
        if self.parts.len() < 2 {
            self.parts.clear();
        }
    }

    /// The name read the other way round, where no comma says which word is the last name.
    pub fn swapped(&self) -> Option<Self> {
        if self.is_ordered || self.given.len() < 2 || !self.middle.is_empty() {
            return None;
        }
        Some(Self {
            last: self.given.clone(),
            given: self.last.clone(),
            parts: Vec::new(),
            ..self.clone()
        })
    }

    /// Whether the first name is known by more than its first letter.
    pub fn is_full(&self) -> bool {
        self.given.chars().count() > 1 && !self.last.is_empty()
    }
}

/// Where the last name of a run without comma begins: its last word, with the particles before it.
fn last_begins(words: &[String]) -> usize {
    let mut begin = words.len().saturating_sub(1);
    while begin > 1 && PARTICLES.contains(&words[begin - 1].as_str()) {
        begin -= 1;
    }
    begin
}

/// Takes titles and credentials away, but leaves a name two words where it has them: Do and Ma are
/// last names too.
fn drop_titles(segments: &mut [Vec<String>]) {
    let is_title = |word: &String| TITLES.contains(&word.as_str());
    let named = |segment: &[String]| segment.iter().filter(|w| !is_title(w)).count();
    let all: usize = segments.iter().map(|s| named(s)).sum();
    let begins_with_a_name = segments.first().is_some_and(|first| named(first) > 0);
    for (at, segment) in segments.iter_mut().enumerate() {
        let is_kept = at == 0 && (all < 2 && segment.len() > 1 || !begins_with_a_name && all > 0);
        if is_kept {
            let mut left = 2usize.saturating_sub(all);
            segment.retain(|word| {
                let stays = left > 0 && ["DO", "MA"].contains(&word.as_str());
                left -= usize::from(stays);
                stays || !is_title(word)
            });
        } else {
            segment.retain(|word| !is_title(word));
        }
    }
}
