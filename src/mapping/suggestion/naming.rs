//! How near the name of a column of a file lies to the names that a canonical column usually has:
//! the same name, the same words in another order, most of the words, or a slip of the pen. What
//! the names are is `synonyms`' business.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::synonyms;
use crate::canonical::LAYOUTS;
use crate::vocabulary::fold;

/// What a name that is one of the usual ones counts, and less where it could mean other things.
const STRONG: f64 = 1.0;
const WEAK: f64 = 0.62;
/// What the same words in another order or spelling count.
const SAME_WORDS: f64 = 0.96;
/// What names of which most words are the same count at most, and how many must be.
const MOST_WORDS: f64 = 0.85;
const ENOUGH_WORDS: f64 = 0.6;
/// What is left where a name does not say the word that tells what the usual one is.
const UNSAID: f64 = 0.5;
/// What a slip of the pen counts.
const NEAR_MISS: f64 = 0.85;
/// What is left where a name speaks of something that the column never is.
const CONFLICT: f64 = 0.35;

/// How a name fits a canonical column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Likeness {
    /// 0 to 1.
    pub(super) score: f64,
    /// The usual name that it matches.
    pub(super) usual: &'static str,
    /// Whether it is that name, but for case, spaces and signs.
    pub(super) is_exact: bool,
    /// Whether it speaks of something that the column never is, such as a telephone number.
    pub(super) has_conflict: bool,
}

/// The name of a column of a file, cut into words.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) folded: String,
    pub(super) words: BTreeSet<String>,
    /// Those of the words that tell what the column is.
    telling: Vec<String>,
}

struct Usual {
    text: &'static str,
    name: Name,
    counts: f64,
}

/// The usual names of a canonical column, and every word in them.
struct Known {
    names: Vec<Usual>,
    words: BTreeSet<String>,
}

impl Name {
    pub(super) fn of(header: &str) -> Self {
        let words = words(header);
        let telling = words.iter().filter(|word| tells(word)).cloned().collect();
        Self {
            folded: fold(header),
            words,
            telling,
        }
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

/// How a name fits a column of a table.
pub(super) fn likeness(name: &Name, table: &'static str, column: &'static str) -> Likeness {
    let mut best = Likeness {
        score: 0.0,
        usual: column,
        is_exact: false,
        has_conflict: false,
    };
    let Some(known) = known().get(&(table, column)) else {
        return best;
    };
    for usual in &known.names {
        let (score, is_exact) = alike(name, usual);
        if score > best.score {
            (best.score, best.is_exact, best.usual) = (score, is_exact, usual.text);
        }
    }
    // Something that a column with these words never is.
    let is_foreign = |word: &String| !known.words.contains(word);
    best.has_conflict = !best.is_exact && name.telling.iter().any(is_foreign);
    if best.has_conflict {
        best.score *= CONFLICT;
    }
    best
}

fn alike(name: &Name, usual: &Usual) -> (f64, bool) {
    if name.folded == usual.name.folded {
        return (usual.counts, true);
    }
    if name.words == usual.name.words && !name.words.is_empty() {
        return (SAME_WORDS * usual.counts, false);
    }
    let weigh = |words: &mut dyn Iterator<Item = &String>| words.map(|w| weight(w)).sum::<f64>();
    let both = weigh(&mut name.words.intersection(&usual.name.words));
    let all = weigh(&mut name.words.iter()) + weigh(&mut usual.name.words.iter());
    let share = if all > 0.0 { 2.0 * both / all } else { 0.0 };
    // A name that could mean other things is believed only as a whole.
    if share >= ENOUGH_WORDS && usual.counts >= STRONG {
        let is_silent = usual.name.telling.iter().any(|word| !name.has(word));
        let leaves = if is_silent { UNSAID } else { 1.0 };
        return (MOST_WORDS * share * leaves, false);
    }
    let slips = match name.folded.len().min(usual.name.folded.len()) {
        0..6 => 0,
        6..14 => 1,
        _ => 2,
    };
    let is_slip = slips > 0
        && name.folded.len().abs_diff(usual.name.folded.len()) <= slips
        && strsim::osa_distance(&name.folded, &usual.name.folded) <= slips;
    (
        if is_slip {
            NEAR_MISS * usual.counts
        } else {
            0.0
        },
        false,
    )
}

/// Whether a word tells what a column is; a number does, but for the first of several columns.
fn tells(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit()) && word != "1" || holds(TELLING, word)
}

fn known() -> &'static BTreeMap<(&'static str, &'static str), Known> {
    static KNOWN: OnceLock<BTreeMap<(&str, &str), Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut all = BTreeMap::new();
        for layout in LAYOUTS {
            for synonyms in synonyms::of(layout.table) {
                let own = std::iter::once((synonyms.column, STRONG));
                let strong = synonyms.strong.iter().map(|name| (*name, STRONG));
                let weak = synonyms.weak.iter().map(|name| (*name, WEAK));
                let names: Vec<Usual> = own.chain(strong).chain(weak).map(usual).collect();
                let words = names.iter().flat_map(|usual| usual.name.words.clone());
                let words = words.collect();
                all.insert((layout.table, synonyms.column), Known { names, words });
            }
        }
        all
    })
}

fn usual((text, counts): (&'static str, f64)) -> Usual {
    let mut name = Name::of(text);
    // Epic joins the names of two columns; such a name is known as a whole.
    if text.contains("_ID_") {
        name.words.clear();
    }
    Usual { text, name, counts }
}

/// Words that tell what a column is: whose it is, and what it is of him.
const TELLING: &str = "npi id name date time zip phone fax email address city state country county \
    count flag amount first last middle prefix suffix gender sex mailing authorized official other \
    parent patient patients sender target billing rendering supervising attending operating payer \
    taxonomy license credential upin issuer comment note notes reason type status priority line \
    street expiration birth ssn replacement previous second secondary tertiary specialty practice \
    extension age language race sequence version modifier fips deductible coinsurance attempts \
    attempt score rank hospital school file user password url website pharmacy room visits \
    location facility department organization group reactivation deactivation report enumeration \
    certification received denied deleted reviewed cancel";

/// Words that say little, and how much they count beside the others.
const LIGHT: &[(&str, f64)] = &[
    ("provider", 0.4),
    ("code", 0.3),
    ("referral", 0.3),
    ("order", 0.3),
    ("claim", 0.3),
    ("name", 0.6),
    ("type", 0.5),
];

fn weight(word: &str) -> f64 {
    let light = LIGHT.iter().find(|(known, _)| *known == word);
    light.map_or(1.0, |(_, weight)| *weight)
}

fn holds(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Words that mean one thing: each line the word, and how else it is written.
const ALIKE: &[(&str, &str)] = &[
    ("id", "number num no nbr nr # ident identifier key"),
    ("date", "dt dttm datetime dtm day"),
    ("name", "nm nam"),
    ("specialty", "spec speciality spclty specialties"),
    ("location", "loc"),
    ("department", "dept dep"),
    ("organization", "org organisation"),
    ("appointment", "appt appts appointments"),
    ("patient", "pt pat bene beneficiary member mbr"),
    (
        "provider",
        "prov prv prvdr phys physn physician doctor doc dr clinician practitioner surgeon",
    ),
    ("referral", "ref refd rfl referrals rfrl"),
    ("patients", "pts"),
    (
        "sender",
        "referring ordering requesting sending referrer requester originating rfr",
    ),
    (
        "target",
        "receiving destination consulting consultant specialist",
    ),
    ("zip", "zipcode postal postcode zip5"),
    ("payer", "payor insurer insurance ins carrier"),
    ("expiration", "exp expires expiry expire"),
    ("reason", "rsn"),
    ("amount", "amt"),
    ("count", "cnt qty"),
    ("claim", "clm"),
    ("diagnosis", "dx diag dgns"),
    ("procedure", "proc px"),
    ("service", "svc srvc serv"),
    ("address", "addr"),
    ("phone", "tel telephone mobile"),
    ("group", "grp"),
    ("facility", "fac"),
    ("code", "cd"),
    ("flag", "yn ind indicator sw"),
    ("scheduled", "sched booked"),
    ("report", "rpt"),
    ("population", "pop"),
    ("practice", "clinic office site"),
    ("note", "memo remark remarks comments"),
    ("status", "sts"),
    ("other", "alternate alternative"),
    ("priority", "urgency"),
];

/// Words that say nothing of what a column is.
const SILENT: &str = "of the a an for at and is was text desc description value legal";

fn meant(word: &str) -> &str {
    let known = ALIKE.iter().find(|(_, others)| holds(others, word));
    known.map_or(word, |(meant, _)| meant)
}

/// A name without what says nothing of the column: eClinicalWorks' mark of its provider network, and
/// remarks without a letter, such as the scale in `Score (1-5)`.
fn told(header: &str) -> String {
    let mut told = header.replace("P2p", " ");
    let remark = |text: &str| {
        let open = text.find('(')?;
        let length = text[open..].find(')')? + 1;
        let is_silent = !text[open..open + length].contains(char::is_alphabetic);
        is_silent.then_some(open..open + length)
    };
    if let Some(range) = remark(&told) {
        told.replace_range(range, " ");
    }
    told
}

/// The words of a name, each as its usual form.
fn words(header: &str) -> BTreeSet<String> {
    let mut raw = split(&told(header));
    // Epic writes the name of a category as NAME_OF_CATEGORY_C_NAME.
    if raw.len() > 2 && raw[raw.len() - 2..] == ["c", "name"] {
        raw.truncate(raw.len() - 2);
    }
    let mut words: Vec<&str> = Vec::new();
    for (at, word) in raw.iter().enumerate() {
        let next = raw.get(at + 1).map(String::as_str);
        let word = match meant(word) {
            "id" if next == Some("of") || word == "#" && at == 0 && next.is_some() => "count",
            "on" if at > 0 && next.is_none() => "date",
            word => word,
        };
        let before = words.last().copied().unwrap_or_default();
        let is_sent = [
            "referral",
            "referred",
            "refer",
            "sent",
            "ordered",
            "requested",
        ]
        .contains(&before);
        match word {
            "to" if is_sent => replace_last(&mut words, "target"),
            "by" | "from" if is_sent => replace_last(&mut words, "sender"),
            "to" if words.is_empty() => words.push("target"),
            "from" if words.is_empty() => words.push("sender"),
            word => words.push(word),
        }
    }
    let silent = |word: &&str| !holds(SILENT, word);
    words
        .into_iter()
        .filter(silent)
        .map(str::to_string)
        .collect()
}

fn replace_last<'w>(words: &mut Vec<&'w str>, word: &'w str) {
    words.pop();
    words.push(word);
}

/// Cuts a name at signs, before capitals, and between letters and digits; `#` is a word.
fn split(header: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in header.chars() {
        let breaks = !c.is_alphanumeric()
            || before.is_lowercase() && c.is_uppercase()
            || before.is_alphabetic() && c.is_ascii_digit()
            || before.is_ascii_digit() && c.is_alphabetic();
        if breaks {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric() || c == '#') {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str, table: &'static str, column: &'static str) -> Likeness {
        likeness(&Name::of(header), table, column)
    }

    fn said(header: &str) -> String {
        let words: Vec<String> = words(header).into_iter().collect();
        words.join(" ")
    }

    #[test]
    fn names_are_cut_into_words() {
        for (header, expected) in [
            ("refFromP2pNPI", "npi sender"),
            ("REFD_TO_SPEC_C_NAME", "specialty target"),
            ("Referral #", "id referral"),
            ("Date Sent To", "date target"),
            ("Number of Patients", "count patients"),
            ("visited_on", "date visited"),
            ("To Provider", "provider target"),
            (
                "Healthcare Provider Taxonomy Code_2",
                "2 code healthcare provider taxonomy",
            ),
        ] {
            assert_eq!(said(header), expected, "{header}");
        }
    }

    #[test]
    fn a_name_is_the_nearer_the_more_of_it_is_the_same() {
        let scores = [
            "Referring Provider NPI",
            "NPI, referring prov",
            "Referring Provdier NPI",
            "Color",
        ]
        .map(|header| of(header, "referrals", "referring_npi").score);
        assert!(
            scores.windows(2).all(|pair| pair[0] > pair[1]),
            "{scores:?}"
        );
        assert_eq!((scores[0], scores[3]), (1.0, 0.0));
        assert!(of("referring_npi", "referrals", "referring_npi").is_exact);
    }

    #[test]
    fn what_a_column_never_is_counts_against_it() {
        for (header, column) in [
            ("Referring Provider Phone", "referring_name"),
            ("Referring Provider ID", "referring_name"),
            ("Referred To Provider NPI", "referring_npi"),
            ("Diagnosis 2", "reason_code"),
        ] {
            let found = of(header, "referrals", column);
            assert!(
                found.has_conflict && found.score < 0.35,
                "{header} {found:?}"
            );
        }
        assert!(of("Country", "population", "county").score < 0.35);
    }
}
