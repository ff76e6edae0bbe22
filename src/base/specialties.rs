//! The specialty set: names, groups and kinds of care, and how a code or a text finds its row.
//! The set is reference/specialties.csv; no name in it changes.

use std::collections::BTreeMap;
use std::sync::OnceLock;

static TABLE: &str = include_str!("../../reference/specialties.csv");

/// What a referral has where its specialty is outside the set.
pub const UNKNOWN: &str = "Unknown";

/// One row of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Specialty {
    /// The name that every table shows.
    pub name: String,
    /// The service line.
    pub group: String,
    /// The kind of care: consult, procedure, imaging, lab, therapy, dme, post_acute or none.
    pub care: String,
    /// NUCC taxonomy codes.
    pub nucc_codes: Vec<String>,
    /// CMS specialty codes.
    pub cms_codes: Vec<String>,
    /// Usual other words.
    pub aliases: Vec<String>,
}

/// The set, in the order of the file.
pub fn all() -> &'static [Specialty] {
    static READ: OnceLock<Vec<Specialty>> = OnceLock::new();
    READ.get_or_init(|| {
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        reader
            .records()
            .filter_map(|row| specialty(&row.ok()?))
            .collect()
    })
}

fn specialty(row: &csv::StringRecord) -> Option<Specialty> {
    let list = |at: usize| -> Vec<String> {
        let cell = row.get(at).unwrap_or("");
        cell.split(';')
            .filter(|s| !s.is_empty())
            .map(str::to_string)
            .collect()
    };
    Some(Specialty {
        name: row.get(0)?.to_string(),
        group: row.get(1)?.to_string(),
        care: row.get(2)?.to_string(),
        nucc_codes: list(4),
        cms_codes: list(5),
        aliases: list(6),
    })
}

/// Finds the row of a code or a text: NUCC and CMS codes as they are, names and aliases without
/// regard to case, spaces and punctuation. `None` where it is outside the set.
///
/// ```
/// use catchment_base::specialties::find;
/// assert_eq!(find("207RC0000X").unwrap().name, "Cardiology");
/// assert_eq!(find("cardiovascular  DISEASE").unwrap().name, "Cardiology");
/// assert_eq!(find("OB-GYN").unwrap().name, "Obstetrics & Gynecology");
/// assert_eq!(find("6").unwrap().name, "Cardiology");
/// assert!(find("astrology").is_none());
/// ```
pub fn find(text: &str) -> Option<&'static Specialty> {
    static INDEX: OnceLock<BTreeMap<String, usize>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index = BTreeMap::new();
        // Names win over codes, and codes over aliases, where two rows claim one word.
        for (at, row) in all().iter().enumerate() {
            index.entry(fold(&row.name)).or_insert(at);
        }
        for (at, row) in all().iter().enumerate() {
            for code in row.nucc_codes.iter().chain(&row.cms_codes) {
                index.entry(fold(code)).or_insert(at);
                // Spreadsheets drop the zero of "06".
                if let Some(short) = code.strip_prefix('0') {
                    index.entry(fold(short)).or_insert(at);
                }
            }
        }
        for (at, row) in all().iter().enumerate() {
            for alias in &row.aliases {
                index.entry(fold(alias)).or_insert(at);
            }
        }
        index
    });
    index.get(&fold(text)).map(|&at| &all()[at])
}

/// The row of a name of the set.
pub fn named(name: &str) -> Option<&'static Specialty> {
    all().iter().find(|s| s.name == name)
}

/// Letters and digits in lower case; `&` reads as "and".
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '&' {
            out.push_str("and");
        } else if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_code_and_alias_finds_a_row_of_its_own() {
        assert!(all().len() > 80, "{}", all().len());
        for row in all() {
            assert_eq!(find(&row.name).map(|r| &r.name), Some(&row.name));
            for code in row
                .nucc_codes
                .iter()
                .chain(&row.cms_codes)
                .chain(&row.aliases)
            {
                assert!(find(code).is_some(), "{code}");
            }
        }
    }

    #[test]
    fn every_kind_of_care_is_one_of_the_set() {
        let kinds = [
            "consult",
            "procedure",
            "imaging",
            "lab",
            "therapy",
            "dme",
            "post_acute",
            "none",
        ];
        assert!(all().iter().all(|s| kinds.contains(&s.care.as_str())));
    }
}
