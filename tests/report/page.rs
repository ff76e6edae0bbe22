//! The page: structure, words, safety, self-containment, sameness.

use std::collections::BTreeSet;

use catchment_report::compliance::{NO_BENCHMARK, RIGHT_REASONS};
use catchment_report::html;
use proptest::prelude::*;

use crate::markup::{Element, outline, parse};
use crate::sample::{HOSTILE, LAPSED_TITLE, PROSPECTS_JUDGED, Parts};

fn all<'a>(elements: &'a [Element], name: &str) -> Vec<&'a Element> {
    elements.iter().filter(|e| e.name == name).collect()
}

#[test]
fn words_and_structure() {
    let parts = Parts::new(4);
    let page = html(&parts.report()).unwrap();
    insta::assert_snapshot!(outline(&parse(&page)));
}

#[test]
fn ids_are_unique_and_what_refers_to_one_finds_it() {
    let parts = Parts::new(4);
    let elements = parse(&html(&parts.report()).unwrap());
    let mut ids = BTreeSet::new();
    for id in elements.iter().filter_map(|e| e.get("id")) {
        assert!(ids.insert(id), "{id} stands twice");
    }
    let mut found = 0;
    for element in &elements {
        let links = element.get("href").and_then(|h| h.strip_prefix('#'));
        let labels = element
            .get("aria-labelledby")
            .into_iter()
            .flat_map(str::split_whitespace);
        let paints = element
            .get("fill")
            .and_then(|f| f.strip_prefix("url(#")?.strip_suffix(')'));
        for id in links.into_iter().chain(labels).chain(paints) {
            assert!(ids.contains(id), "nothing is called {id}");
            found += 1;
        }
    }
    assert!(found > 20);
    for picture in all(&elements, "svg") {
        assert_eq!(picture.get("role"), Some("img"));
        assert_eq!(
            picture.get("aria-labelledby").unwrap().split(' ').count(),
            2
        );
    }
}

#[test]
fn every_table_has_a_caption_and_scopes_and_can_be_reached() {
    let parts = Parts::new(4);
    let elements = parse(&html(&parts.report()).unwrap());
    assert_eq!(all(&elements, "table").len(), 4);
    assert_eq!(all(&elements, "caption").len(), 4);
    for th in all(&elements, "th") {
        assert!(matches!(th.get("scope"), Some("row" | "col")));
    }
    for scroll in elements.iter().filter(|e| e.get("class") == Some("scroll")) {
        assert_eq!(
            (scroll.get("tabindex"), scroll.get("role")),
            (Some("0"), Some("region"))
        );
    }
    for landmark in ["header", "nav", "main", "footer", "h1"] {
        assert_eq!(all(&elements, landmark).len(), 1, "{landmark}");
    }
    assert_eq!(
        elements
            .iter()
            .find(|e| e.name == "a")
            .unwrap()
            .get("class"),
        Some("skip")
    );
}

/// Attributes by which a page loads or runs something.
#[test]
fn nothing_is_asked_of_any_network() {
    let parts = Parts::new(104);
    let page = html(&parts.report()).unwrap();
    let bare = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for word in [
        "http:",
        "https:",
        "//fonts",
        "@import",
        "<link",
        "<img",
        "<iframe",
        "javascript:",
    ] {
        assert!(!bare.contains(word), "{word}");
    }
    for part in bare.split("url(").skip(1) {
        assert!(
            part.starts_with("data:font/woff2;base64,d09GMg") || part.starts_with('#'),
            "{}",
            &part[..30]
        );
    }
    for element in parse(&page) {
        for (name, value) in &element.attributes {
            assert!(
                !name.starts_with("on") && name != "style" && name != "src",
                "{name}"
            );
            assert!(name != "href" || value.starts_with('#'), "{value}");
        }
    }
}

/// SHA-256 as FIPS 180-4 has it, and Base64 as RFC 4648, written here so that the page's own are not
/// their own judge.
#[test]
fn the_policy_names_the_hashes_of_style_and_script() {
    let parts = Parts::new(104);
    let elements = parse(&html(&parts.report()).unwrap());
    let policy = elements.iter().find_map(|e| {
        e.get("http-equiv")
            .filter(|h| *h == "Content-Security-Policy")
            .and(e.get("content"))
    });
    let style = all(&elements, "style");
    let scripts: Vec<_> = all(&elements, "script")
        .into_iter()
        .filter(|s| s.get("type").is_none())
        .collect();
    assert_eq!((style.len(), scripts.len()), (1, 1));
    let source = |text: &str| format!("'sha256-{}'", base64(&sha256(text.as_bytes())));
    assert_eq!(
        source(""),
        "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    );
    assert_eq!(
        policy.unwrap(),
        format!(
            "default-src 'none'; style-src {}; script-src {}; img-src data:; font-src data:; base-uri 'none'; form-action 'none'",
            source(&style[0].text),
            source(&scripts[0].text)
        )
    );
}

#[test]
fn hostile_names_stay_names() {
    let parts = Parts::new(104);
    let elements = parse(&html(&parts.report()).unwrap());
    let rows = all(&elements, "th");
    assert!(
        rows.iter()
            .any(|th| th.text == HOSTILE && th.get("scope") == Some("row"))
    );
    assert!(all(&elements, "h2").iter().any(|h| h.text == LAPSED_TITLE));
    assert!(
        all(&elements, "title")
            .iter()
            .any(|t| t.text == LAPSED_TITLE)
    );
    assert_eq!(all(&elements, "script").len(), 2);
}

#[test]
fn long_tables_are_json_beyond_a_hundred_rows() {
    let parts = Parts::new(104);
    let elements = parse(&html(&parts.report()).unwrap());
    let json = elements
        .iter()
        .find(|e| e.get("type") == Some("application/json"))
        .unwrap();
    let rest: Vec<Vec<String>> = serde_json::from_str(&json.text).unwrap();
    assert_eq!(rest.len(), 4);
    assert_eq!(rest[0][0], "Referrer 100");
    assert_eq!(rest[0][2], "1,400");
    let drawn = all(&elements, "th")
        .iter()
        .filter(|th| th.text.starts_with("Referrer ") && th.get("scope") == Some("row"))
        .count();
    assert_eq!(drawn, 99);
    let whole = Parts::new(100);
    assert!(!html(&whole.report()).unwrap().contains("application/json"));
}

#[test]
fn every_page_says_for_whom_it_is_and_leakage_says_its_rules() {
    let parts = Parts::new(4);
    let elements = parse(&html(&parts.report()).unwrap());
    let style = &all(&elements, "style")[0].text;
    assert!(style.contains("@bottom-left{content:\"Internal\""));
    assert!(style.contains(".stamp{position:fixed"));
    assert_eq!(elements.iter().filter(|e| e.text == "Internal").count(), 3);
    let notes = |note: &str| {
        let mut report = parts.report();
        report.sections[0].note = note;
        let elements = parse(&html(&report).unwrap());
        let at = elements
            .iter()
            .position(|e| e.get("class") == Some("notes"))
            .unwrap();
        let depth = elements[at].depth;
        let inside = elements[at + 1..].iter().take_while(|e| e.depth > depth);
        inside.map(|e| e.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(notes("Own."), ["Own.", NO_BENCHMARK, RIGHT_REASONS]);
    assert_eq!(notes(""), [NO_BENCHMARK, RIGHT_REASONS]);
    let footer = "As known. No outside benchmark uses this definition.";
    assert_eq!(notes(footer), [footer, RIGHT_REASONS]);
}

#[test]
fn what_can_not_be_right_is_refused() {
    let parts = Parts::new(4);
    let mut twice = parts.report();
    twice.sections[1].name = "leakage";
    assert!(html(&twice).is_err());
    let mut columnless = parts.report();
    columnless.sections[0].columns = &["specialty", "no_such"];
    assert!(html(&columnless).is_err());
    let mut empty = parts.report();
    empty.sections[0].svg = "";
    assert!(html(&empty).is_err());
    let mut audience = parts.report();
    audience.audience = "\"} * {";
    assert!(html(&audience).is_err());
}

#[test]
fn an_empty_report_is_a_page() {
    let parts = Parts::new(0);
    let mut report = parts.report();
    report.sections.remove(0);
    report.summary.clear();
    report.missing.clear();
    let elements = parse(&html(&report).unwrap());
    assert!(elements.iter().any(|e| e.text == "There is no row."));
    assert!(!elements.iter().any(|e| e.get("id") == Some("part-missing")));
}

#[test]
fn what_ranking_prospects_is_worth_stands_in_the_page() {
    let parts = Parts::new(2);
    let mut report = parts.report();
    assert!(
        !html(&report)
            .unwrap()
            .contains("How well prospects are found")
    );
    report.prospects_judged = Some((&parts.prospects_judged, PROSPECTS_JUDGED));
    let page = html(&report).unwrap();
    let elements = parse(&page);
    let has = |name: &str, text: &str| elements.iter().any(|e| e.name == name && e.text == text);
    assert!(has("h2", "How well prospects are found"));
    assert!(has("a", "How well prospects are found"));
    assert!(has("th", "Area under the curve") && has("th", "catchment"));
    // Two places, as wide as its interval is.
    assert!(page.contains(">0.73<") && page.contains(">0.61–0.82<"));
    assert!(page.contains("24 of 310 candidates gained a tie"));
    let links: Vec<&str> = elements.iter().filter_map(|e| e.get("href")).collect();
    assert!(links.contains(&"#part-prospects"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever a name is made of, the page stays balanced, shows it as it is, and is the same twice.
    #[test]
    fn any_name_is_shown_as_it_is(name in "[<>&\"'a-z/=;!\u{2028}é \\-\\]\\[{}]{1,24}") {
        let parts = Parts::new(4);
        let mut report = parts.report();
        report.organisation = &name;
        report.notes = vec![name.clone()];
        let page = html(&report).unwrap();
        let elements = parse(&page);
        prop_assert!(elements.iter().any(|e| e.name == "li" && e.text == name));
        prop_assert_eq!(page, html(&report).unwrap());
    }
}

fn base64(bytes: &[u8]) -> String {
    let letters: Vec<char> = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(['+', '/'])
        .collect();
    let mut bits: Vec<u8> = bytes
        .iter()
        .flat_map(|b| (0..8).rev().map(move |i| b >> i & 1))
        .collect();
    bits.resize(bits.len().div_ceil(6) * 6, 0);
    let mut out: String = bits
        .chunks(6)
        .map(|six| letters[six.iter().fold(0, |n, b| n * 2 + usize::from(*b))])
        .collect();
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

fn sha256(message: &[u8]) -> Vec<u8> {
    // The first 32 bits of the fractional parts of cube and square roots of the first primes.
    let primes: Vec<u64> = (2u64..312)
        .filter(|n| (2..*n).all(|d| n % d != 0))
        .collect();
    let root = |p: u64, power: u32| -> u32 {
        let (mut low, mut high) = (0u128, 1u128 << 40);
        while high - low > 1 {
            let middle = (low + high) / 2;
            // The root times 2^32 is sought: its power is p times 2^(32 power).
            let fits = if power == 2 {
                middle * middle <= u128::from(p) << 64
            } else {
                middle.pow(3) <= u128::from(p) << 96
            };
            if fits { low = middle } else { high = middle }
        }
        low as u32
    };
    let mut h: Vec<u32> = primes[..8].iter().map(|p| root(*p, 2)).collect();
    let mut data = message.to_vec();
    data.push(0x80);
    while data.len() % 64 != 56 {
        data.push(0);
    }
    data.extend((message.len() as u64 * 8).to_be_bytes());
    for block in data.chunks(64) {
        let mut w: Vec<u32> = block
            .chunks(4)
            .map(|b| u32::from_be_bytes(b.try_into().unwrap()))
            .collect();
        for t in 16..64 {
            let s0 = w[t - 15].rotate_right(7) ^ w[t - 15].rotate_right(18) ^ (w[t - 15] >> 3);
            let s1 = w[t - 2].rotate_right(17) ^ w[t - 2].rotate_right(19) ^ (w[t - 2] >> 10);
            w.push(
                w[t - 16]
                    .wrapping_add(s0)
                    .wrapping_add(w[t - 7])
                    .wrapping_add(s1),
            );
        }
        let mut v = h.clone();
        for t in 0..64 {
            let s1 = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
            let ch = (v[4] & v[5]) ^ (!v[4] & v[6]);
            let one = v[7]
                .wrapping_add(s1)
                .wrapping_add(ch)
                .wrapping_add(root(primes[t], 3))
                .wrapping_add(w[t]);
            let s0 = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
            let two = s0.wrapping_add((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            v = vec![
                one.wrapping_add(two),
                v[0],
                v[1],
                v[2],
                v[3].wrapping_add(one),
                v[4],
                v[5],
                v[6],
            ];
        }
        for (a, b) in h.iter_mut().zip(v) {
            *a = a.wrapping_add(b);
        }
    }
    h.iter().flat_map(|word| word.to_be_bytes()).collect()
}
