//! Names of organizations and practices in one form: legal forms, small words, case and signs
//! folded; and whether two of them can be one name mistyped.

use std::collections::{BTreeMap, BTreeSet};

use super::names::plain;
use crate::stats::linkage::jaro_winkler;

/// Legal forms, which end a name.
const LEGAL: &[&str] = &[
    "LLC",
    "LLP",
    "LP",
    "PLLC",
    "PLC",
    "PC",
    "PA",
    "PSC",
    "SC",
    "INC",
    "INCORPORATED",
    "CORP",
    "CORPORATION",
    "CO",
    "COMPANY",
    "LTD",
    "LIMITED",
    "APC",
    "APMC",
    "MDPA",
    "MDPC",
    "NFP",
];

/// Words that come and go.
const SMALL: &[&str] = &["THE", "OF", "AND", "AT", "FOR", "A", "AN"];

/// What stands between a legal name and the one that a practice goes by.
const TRADING: &[&str] = &[
    " DBA ",
    " D/B/A ",
    " D B A ",
    " AKA ",
    " DOING BUSINESS AS ",
];

/// A name of an organization or a practice with its words in upper case, in their order, without
/// legal forms and small words. Of `X LLC d/b/a Y` it is Y's.
///
/// ```
/// use catchment::identity::fold_organization;
/// assert_eq!(fold_organization("The Heart Group of Ohio, P.C."), "HEART GROUP OHIO");
/// assert_eq!(fold_organization("ABC Holdings LLC d/b/a Eastside Family & Co"), "EASTSIDE FAMILY");
/// ```
pub fn fold_organization(name: &str) -> String {
    let whole = fold_one(&names_of(name).1);
    if whole.is_empty() {
        plain(name, &[])
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    } else {
        whole
    }
}

/// The legal name, where a trading name stands beside it, and the name that is gone by.
fn names_of(name: &str) -> (Option<String>, String) {
    let upper = plain(&name.replace('.', ""), &['/']);
    for mark in TRADING {
        if let Some((legal, trading)) = upper.split_once(mark) {
            return (Some(legal.to_string()), trading.to_string());
        }
    }
    (None, upper)
}

fn fold_one(upper: &str) -> String {
    let spaced = upper.replace('/', " ");
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    while words.len() > 1 && words.last().is_some_and(|w| LEGAL.contains(w)) {
        words.pop();
    }
    let all = words.len();
    let mut seen = 0;
    words.retain(|word| {
        seen += 1;
        // A single letter at the end tells sites apart.
        !SMALL.contains(word) || (seen == all && word.len() == 1)
    });
    words.join(" ")
}

/// Whether two folded names can be one mistyped: the same numbers, and every word of the shorter
/// one in the other, but for one that is alike; the longer may have one word more.
pub(super) fn are_alike(a: &str, b: &str) -> bool {
    let words = |name: &str| 1 + name.bytes().filter(|byte| *byte == b' ').count();
    if words(a).abs_diff(words(b)) > 1 || !numbers(a).eq(numbers(b)) {
        return false;
    }
    let (mut a, mut b): (Vec<&str>, Vec<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    a.retain(|word| match b.iter().position(|other| other == word) {
        Some(at) => {
            b.remove(at);
            false
        }
        None => true,
    });
    match (a.as_slice(), b.as_slice()) {
        ([], rest) | (rest, []) => rest.len() <= 1,
        ([x], [y]) => jaro_winkler(x, y) >= 0.9,
        // Two words written as one, or one as two.
        ([x, z], [y]) | ([y], [x, z]) => *y == format!("{x}{z}") || *y == format!("{z}{x}"),
        _ => false,
    }
}

/// The words of a folded name that have a digit.
fn numbers(name: &str) -> impl Iterator<Item = &str> {
    let words = name.split(' ');
    words.filter(|word| word.bytes().any(|byte| byte.is_ascii_digit()))
}

/// The form under which each text is compared: folded, but where folding would make the names of
/// two rostered ids one, the text in lower case as it stands. `rostered` are names with their ids.
pub(super) fn keys<'t>(
    rostered: &'t [(String, String)],
    texts: impl Iterator<Item = &'t str>,
) -> BTreeMap<String, String> {
    let lower = |text: &str| text.trim().to_lowercase();
    let mut groups = BTreeMap::<String, (BTreeSet<String>, BTreeSet<&str>)>::new();
    for (name, id) in rostered {
        let group = groups.entry(fold_organization(name)).or_default();
        group.0.insert(lower(name));
        group.1.insert(id);
    }
    let key = |text: &str| {
        let (legal, trading) = names_of(text);
        let legal = legal.map(|legal| fold_one(&legal));
        let trading = match fold_one(&trading) {
            folded if folded.is_empty() => fold_organization(text),
            folded => folded,
        };
        let folded = match legal {
            Some(legal) if !groups.contains_key(&trading) && groups.contains_key(&legal) => legal,
            _ => trading,
        };
        match groups.get(&folded) {
            Some((names, ids)) if ids.len() > 1 && names.len() > 1 => lower(text),
            _ => folded,
        }
    };
    let names = rostered.iter().map(|(name, _)| name.as_str());
    names
        .chain(texts)
        .map(|text| (text.to_string(), key(text)))
        .collect()
}
